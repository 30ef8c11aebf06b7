"""What is refused, and with which exception, differently from TensorFlow on purpose (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf

INVALID = tf.errors.InvalidArgumentError


def test_integers_beyond_uint64_are_refused_and_negative_ones_wrap_around():
    for value in (2**64, 10**39):
        with pytest.raises(ValueError, match="out of range"):
            tf.constant(value, tf.uint64)
    assert tf.constant(-5, tf.uint64).numpy() == 2**64 - 5
    assert tf.constant([-5], tf.uint64).numpy().tolist() == [2**64 - 5]


@pytest.mark.parametrize("name", ["ReciprocalGrad", "RsqrtGrad", "SigmoidGrad", "SqrtGrad", "TanhGrad"])
def test_gradient_ops_want_equal_shapes(name):
    with pytest.raises(INVALID, match="same size and shape"):
        getattr(tf.raw_ops, name)(y=tf.ones([2, 3]), dy=tf.ones([1, 2, 3]))


def test_gradients_of_average_pools_have_the_shape_of_the_pool():
    window = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    with pytest.raises(INVALID, match="shape of grad"):
        tf.raw_ops.AvgPoolGrad(orig_input_shape=[1, 4, 4, 2], grad=tf.ones([1, 2, 2, 1]), **window)


def test_a_counter_has_two_numbers():
    key, counter = np.array([1], "uint64"), np.array([1], "uint64")
    with pytest.raises(INVALID):
        tf.raw_ops.StatelessRandomUniformV2(shape=[2], key=key, counter=counter, alg=1)


def test_a_tensor_is_no_list_of_sizes():
    with pytest.raises(TypeError, match="Expected list for 'ksize'"):
        tf.raw_ops.MaxPool(input=tf.ones([1, 2, 2, 1]), ksize=tf.constant(1), strides=[1] * 4, padding="SAME")


def test_bins_of_an_empty_range_are_refused():
    with pytest.raises(INVALID, match="empty"):
        tf.histogram_fixed_width_bins([0.5], [1.0, 1.0])


def test_a_lone_star_is_any_shape():
    tf.debugging.assert_shapes([(tf.zeros([1, 2]), "*"), (tf.zeros([]), ("*",))])


@pytest.mark.parametrize("seed", [[1.0, 2.0], [1.5, 2]])
def test_seeds_are_integers(seed):
    with pytest.raises(INVALID, match="integers"):
        tf.random.stateless_uniform([2], seed)


@pytest.mark.parametrize(
    "function", [lambda q: tf.cast(q, tf.float32), lambda q: tf.equal(q, q), lambda q: q + q, tf.zeros_like]
)
def test_quantized_integers_are_not_computed_with(function):
    quantized = tf.bitcast(tf.constant([1, 2], tf.uint8), tf.quint8)
    with pytest.raises((INVALID, TypeError, tf.errors.UnimplementedError)):
        function(quantized)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: tf.random.gamma([2], 1.0),
        lambda: tf.random.poisson([2], 1.0),
        lambda: tf.random.categorical([[0.0, 1.0]], 2),
        lambda: tf.random.shuffle([1.0, 2.0]),
    ],
)
def test_what_draws_row_by_row_is_not_vectorized(draw):
    with pytest.raises(ValueError, match="draws for each row of its own"):
        tf.vectorized_map(lambda b: draw(), tf.zeros([3]), fallback_to_while_loop=False)
