"""Inputs that TensorFlow cannot take on the CPU, and that work here (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf

IMAGE = np.linspace(0.0, 1.0, 48, dtype=np.float32).reshape(1, 4, 4, 3)


def grey(image):
    """The first channel of an image in nested lists."""
    return [[[[pixel[0]] for pixel in row] for row in rows] for rows in image]


@pytest.mark.parametrize(
    "function",
    [
        tf.image.image_gradients,
        tf.image.sobel_edges,
        tf.image.total_variation,
        lambda x: tf.image.grayscale_to_rgb(x[..., :1] if hasattr(x, "dtype") else grey(x)),
        lambda x: tf.image.psnr(x, [[[[0.5] * 3] * 4] * 4], 1.0),
        lambda x: tf.linalg.eigvals(
            x[0, :, :, 0] if hasattr(x, "dtype") else [[p[0] for p in r] for r in x[0]]
        ),
    ],
    ids=["image_gradients", "sobel_edges", "total_variation", "grayscale_to_rgb", "psnr", "eigvals"],
)
def test_lists_and_arrays_in_place_of_tensors(function) -> None:
    """AttributeError in TensorFlow, of most of the three."""
    wanted = tf.nest.flatten(function(tf.constant(IMAGE)))
    for other in (IMAGE, IMAGE.tolist()):
        for found, expected in zip(tf.nest.flatten(function(other)), wanted, strict=True):
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found.numpy(), expected.numpy())


def test_tridiagonal_solve_takes_lists() -> None:
    diagonals, rhs = [[1.0, 0.0], [4.0, 4.0], [0.0, 1.0]], [3.0, 3.0]
    found = tf.linalg.tridiagonal_solve(diagonals, rhs)
    np.testing.assert_array_equal(
        found.numpy(), tf.linalg.tridiagonal_solve(tf.constant(diagonals), tf.constant(rhs)).numpy()
    )


@pytest.mark.parametrize("name", ["adjust_contrast", "adjust_hue", "adjust_saturation"])
def test_float16_images_are_adjusted(name) -> None:
    """NotFoundError in TensorFlow: there is no kernel for them on the CPU."""
    adjust = getattr(tf.image, name)
    found = adjust(tf.constant(IMAGE, tf.float16), 0.25)
    assert found.dtype == tf.float16
    np.testing.assert_allclose(found.numpy(), adjust(tf.constant(IMAGE), 0.25).numpy(), atol=4e-3)


def test_a_tangent_that_does_not_depend_on_the_variable() -> None:
    """0 in TensorFlow, whose rule multiplies by a zero."""
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        with tf.autodiff.ForwardAccumulator(v, tf.constant(1.0)) as acc:
            y = v * 2.0
        tangent = acc.jvp(y)
    assert tangent.numpy() == 2.0
    assert tape.gradient(tangent, v) is None
