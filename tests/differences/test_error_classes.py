"""What is refused otherwise than in TensorFlow, on purpose: see docs/differences.md."""

import pytest

import tfcompat_tape as tf


def test_what_does_not_fit_into_32_bits_does_not_wrap_around() -> None:
    x = tf.ones([2, 3])
    for call in (
        lambda: tf.reduce_max(x, axis=2**60),
        lambda: tf.math.top_k([1.0, 2.0], k=2**60),
        lambda: tf.slice(x, [0, 0], [1, 2**60]),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=str(2**60)):
            call()
    with pytest.raises((tf.errors.InvalidArgumentError, tf.errors.ResourceExhaustedError)):
        tf.one_hot([0], 2**60)


def test_a_list_that_is_no_rectangle_but_begins_empty() -> None:
    with pytest.raises(ValueError, match="non-rectangular"):
        tf.constant([[], 1])


def test_arguments_of_an_absurd_kind() -> None:
    with pytest.raises((TypeError, ValueError, tf.errors.InvalidArgumentError)):
        tf.reduce_max(tf.ones([2, 3]), axis=tf.float64)
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.image.sobel_edges(1.0)


def test_where_tensorflow_breaks_inside() -> None:
    with pytest.raises(ValueError, match="truth value"):  # several elements where one is compared
        tf.nn.softmax(tf.ones([2, 3]), axis=tf.constant([0, 1]))
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        tf.linalg.tridiagonal_matmul(tf.ones([2, 2]).numpy(), tf.ones([2, 1]))  # an IndexError there


def test_approximate_minima_on_the_cpu() -> None:  # NotFoundError there
    values, indices = tf.math.approx_min_k([3.0, 1.0, 2.0], 2)
    assert values.numpy().tolist() == [1.0, 2.0] and indices.numpy().tolist() == [1, 2]
