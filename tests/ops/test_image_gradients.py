"""Gradients of tf.image: finite differences, and torch's own resizing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf

image = tf.image
RNG = np.random.RandomState(4)


def picture(*shape: int) -> np.ndarray:
    return RNG.uniform(0.1, 0.9, shape)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: image.flip_left_right(x * x),
        lambda x: image.rot90(x * x, 3),
        lambda x: image.central_crop(x * x, 0.5),
        lambda x: image.pad_to_bounding_box(x * x, 1, 0, 6, 5),
        lambda x: image.resize_with_crop_or_pad(x * x, 2, 6),
        lambda x: image.rgb_to_hsv(x),
        lambda x: image.rgb_to_yuv(x * x),
        lambda x: image.grayscale_to_rgb(x[..., :1] * x[..., 1:2]),
        lambda x: image.sobel_edges(x[None] ** 2),
        lambda x: image.total_variation(x),
        lambda x: image.image_gradients(x[None] ** 2)[0],
    ],
)
def test_differentiable_to_second_order(function: Any) -> None:
    check_gradients(function, picture(3, 4, 3))


def test_adjustments() -> None:
    check_gradients(
        lambda x: image.adjust_gamma(tf.cast(x, tf.float32), 2.0),
        picture(2, 2, 3),
        order=1,
        autograd=False,
    )


METHODS = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(2, 7), (6, 3)])
def test_resizing_is_linear_and_its_gradient_the_adjoint(method: str, size: tuple[int, int]) -> None:
    """<resize(x), y> = <x, gradient of it>, which is all there is to a linear map."""
    x = tf.constant(picture(2, 4, 5, 3), tf.float32)
    y = picture(2, *size, 3).astype(np.float32)
    for antialias in (False, True):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = image.resize(x, size, method=method, antialias=antialias)
        back = tape.gradient(z, x, output_gradients=tf.constant(y)).numpy()
        np.testing.assert_allclose(np.sum(z.numpy() * y), np.sum(x.numpy() * back), rtol=1e-5)


def test_bilinear_resizing_against_torch() -> None:
    x = torch.tensor(picture(1, 3, 5, 6), dtype=torch.float32)
    want = torch.nn.functional.interpolate(x, (7, 4), mode="bilinear").permute(0, 2, 3, 1)
    got = image.resize(tf.constant(x.permute(0, 2, 3, 1)), [7, 4])
    np.testing.assert_allclose(got.numpy(), want.numpy(), rtol=1e-6, atol=1e-6)


def test_crop_and_resize_of_image_and_boxes() -> None:
    x = tf.constant(picture(2, 4, 5, 2), tf.float32)
    boxes = tf.constant([[0.1, 0.15, 0.8, 0.9], [0.3, 0.1, 0.65, 0.85]])
    weights = tf.constant(picture(2, 3, 2, 2), tf.float32)

    def total(b: Any) -> Any:
        return tf.reduce_sum(weights * image.crop_and_resize(x, b, [1, 0], [3, 2]))

    with tf.GradientTape() as tape:
        tape.watch([x, boxes])
        loss = total(boxes)
    of_image, of_boxes = tape.gradient(loss, [x, boxes])
    np.testing.assert_allclose(
        np.sum(x.numpy() * of_image.numpy()), loss.numpy(), rtol=1e-5
    )  # linear in the image
    for index in np.ndindex(2, 4):
        step = np.zeros((2, 4), np.float32)
        step[index] = 1e-3
        slope = (total(boxes + step) - total(boxes - step)).numpy() / 2e-3
        np.testing.assert_allclose(of_boxes.numpy()[index], slope, rtol=2e-2, atol=2e-2)


@pytest.mark.parametrize("options", [{"filter_size": 3}, {"filter_size": 4, "filter_sigma": 0.7}])
def test_similarity(options: dict[str, Any]) -> None:
    x = tf.constant(picture(2, 6, 6, 2), tf.float32)
    y = tf.constant(picture(2, 6, 6, 2), tf.float32)
    np.testing.assert_allclose(image.ssim(x, x, 1.0, **options).numpy(), 1.0, rtol=1e-5)
    np.testing.assert_allclose(
        image.ssim(x, y, 1.0, **options).numpy(), image.ssim(y, x, 1.0, **options).numpy(), rtol=1e-4
    )
    with tf.GradientTape() as tape:
        tape.watch(x)
        closeness = tf.reduce_sum(image.ssim(x, y, 1.0, **options))
    gradient = tape.gradient(closeness, x).numpy()
    moved = tf.constant(x.numpy() + 1e-3 * gradient / np.abs(gradient).max())
    assert tf.reduce_sum(image.ssim(moved, y, 1.0, **options)) > closeness
