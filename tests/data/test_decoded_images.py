"""Images that functions decode: their sizes are open, their channels known, in datasets and in functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

pytest.importorskip("PIL")

SIZES = ((4, 5), (6, 7), (4, 5), (1, 1), (2, 9))


def _pixels() -> list[np.ndarray]:
    return [(np.arange(h * w * 3) * 7 % 251).astype(np.uint8).reshape(h, w, 3) for h, w in SIZES]


def _files() -> list[bytes]:
    return [tf.io.encode_png(x).numpy() for x in _pixels()]


# The static shapes are TensorFlow's.
READERS: dict[str, tuple[Any, tuple[int | None, ...]]] = {
    "png": (lambda s: tf.io.decode_png(s), (None, None, None)),
    "png of three channels": (lambda s: tf.io.decode_png(s, channels=3), (None, None, 3)),
    "jpeg of one channel": (lambda s: tf.io.decode_jpeg(s, channels=1), (None, None, 1)),
    "image": (lambda s: tf.io.decode_image(s, channels=3, expand_animations=False), (None, None, 3)),
    "float image": (
        lambda s: tf.io.decode_image(s, dtype=tf.float32, expand_animations=False),
        (None, None, None),
    ),
    "bmp": (lambda s: tf.io.decode_bmp(s), (None, None, None)),
    "gif": (lambda s: tf.io.decode_gif(s), (None, None, None, 3)),
}


@pytest.mark.parametrize("name", sorted(READERS))
def test_the_static_shape_of_what_is_decoded(name: str) -> None:
    read, shape = READERS[name]
    seen = []

    def function(s):
        x = read(s)
        seen.append(tuple(x.shape.as_list()))
        return x

    dataset = tf.data.Dataset.from_tensor_slices(_files()).map(function)
    assert seen == [shape]
    assert tuple(dataset.element_spec.shape.as_list()) == shape


def test_elements_are_what_eager_code_decodes_and_python_runs_once() -> None:
    def prepared(s):
        x = tf.io.decode_png(s, channels=3)
        return tf.cast(x, tf.float32) / 255.0, tf.shape(x), tf.reduce_mean(tf.cast(x, tf.float32), [0, 1])

    seen = []

    def function(s):
        seen.append(s)
        return prepared(s)

    dataset = tf.data.Dataset.from_tensor_slices(_files()).map(function)
    assert [x.shape.as_list() for x in dataset.element_spec] == [[None, None, 3], [3], [3]]
    for found, file in zip(dataset, _files(), strict=True):
        for got, want in zip(found, prepared(tf.constant(file)), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5)
    assert len(seen) == 1


def test_images_of_any_size_come_in_batches() -> None:
    def function(s):
        return tf.image.resize(tf.io.decode_png(s, channels=3), [3, 2])

    dataset = tf.data.Dataset.from_tensor_slices(_files()).map(function).batch(2)
    assert dataset.element_spec.shape.as_list() == [None, 3, 2, 3]
    want = [tf.image.resize(x, [3, 2]).numpy() for x in _pixels()]
    np.testing.assert_allclose(np.concatenate([x.numpy() for x in dataset]), np.stack(want), rtol=1e-5)


def test_a_function_is_traced_once_for_images_of_any_size() -> None:
    seen = []

    @tf.function
    def function(s):
        x = tf.io.decode_png(s, channels=3)
        seen.append(x.shape.as_list())
        return tf.cast(x, tf.float32) * 2.0

    for file, x in zip(_files(), _pixels(), strict=True):
        np.testing.assert_array_equal(function(tf.constant(file)), x.astype(np.float32) * 2.0)
    assert seen == [[None, None, 3]]
    with pytest.raises(tf.errors.InvalidArgumentError):
        function(tf.constant(b"no image"))


def test_a_function_of_a_function_that_decodes() -> None:
    decode = tf.function(lambda s: tf.io.decode_png(s, channels=3))
    dataset = tf.data.Dataset.from_tensor_slices(_files()).map(lambda s: decode(s) + 1)
    for found, x in zip(dataset, _pixels(), strict=True):
        np.testing.assert_array_equal(found, x + 1)


def test_a_loop_over_files_decodes_each() -> None:
    @tf.function
    def total(files):
        found = tf.zeros([], tf.int64)
        for s in files:
            found += tf.reduce_sum(tf.cast(tf.io.decode_png(s, channels=3), tf.int64))
        return found

    dataset = tf.data.Dataset.from_tensor_slices(_files())
    assert total(dataset).numpy() == sum(int(x.sum()) for x in _pixels())
