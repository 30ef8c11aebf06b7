"""What functions of numbers, arrays and matrices answer differently on purpose (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf

INF, NAN = float("inf"), float("nan")


def gradient(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)


@pytest.mark.parametrize("count", [1, 5, 16])
def test_casts_out_of_range_do_not_depend_on_the_number_of_elements(count):
    """TensorFlow saturates where it takes several at a time, and wraps around in the rest."""
    assert set(tf.cast(tf.fill([count], tf.constant(300.0, tf.float16)), tf.int8).numpy().tolist()) == {44}


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("columns", [1, 9])
def test_nan_passes_through_segments_wherever_it_stands(place, columns):
    rows = np.ones((3, columns), np.float32)
    rows[place] = NAN
    for reduce in (tf.math.segment_max, tf.math.segment_min):
        assert np.isnan(reduce(rows, [0, 0, 0]).numpy()).all()
        assert np.isnan(getattr(tf.math, f"unsorted_{reduce.__name__}")(rows, [0, 0, 0], 1).numpy()).all()


def test_nan_and_infinity_pass_through_cumulative_logsumexp():
    assert np.isnan(tf.math.cumulative_logsumexp([NAN, 1.0]).numpy()).all()
    assert tf.math.cumulative_logsumexp([0.0, INF, INF]).numpy().tolist() == [0.0, INF, INF]


@pytest.mark.parametrize("row", [[NAN, 1.0, INF], [1.0, NAN, INF], [1.0, INF, NAN]])
def test_nan_is_the_greatest_number(row):
    np.testing.assert_array_equal(tf.sort(row).numpy(), [1.0, INF, NAN])
    np.testing.assert_array_equal(tf.math.top_k(row, 2).values.numpy(), [NAN, INF])
    assert tf.argsort(row).numpy()[-1] == row.index(NAN)
    assert np.isnan(tf.raw_ops.NthElement(input=row, n=2).numpy())


@pytest.mark.parametrize("count", [1, 4, 5])
def test_complex_infinities_make_nan_in_any_number_of_elements(count):
    """TensorFlow's answer to these is NaN in blocks of a fixed size, 0 or infinity in what is left over."""
    x, wild = tf.ones([count], tf.complex64), tf.fill([count], tf.constant(complex(INF, INF), tf.complex64))
    assert np.isnan((x / wild).numpy()).all()
    assert np.isnan((wild * wild).numpy().real).all()


def test_saturate_cast_of_int64_to_a_floating_dtype_is_the_value():
    """TensorFlow's bound overflows to -2**63, and so does every number."""
    assert tf.saturate_cast(tf.constant([3, -5], tf.int64), tf.float32).numpy().tolist() == [3.0, -5.0]


def test_saturate_cast_between_complex_dtypes_has_a_gradient():
    grad = gradient(lambda z: tf.saturate_cast(z, tf.complex64), tf.constant([1 + 2j], tf.complex128))
    assert grad.dtype == tf.complex128 and grad.numpy().tolist() == [1 + 0j]


@pytest.mark.parametrize("function", [tf.linalg.inv, lambda x: tf.linalg.solve(x, x)], ids=["inv", "solve"])
def test_a_matrix_that_holds_nan_is_not_invertible(function):
    """TensorFlow says so too, unless it comes upon NaN late."""
    with pytest.raises(tf.errors.InvalidArgumentError, match="not invertible"):
        function(tf.constant([[1.0, 0.0], [NAN, 1.0]]))


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: tf.gather(x, tf.zeros([0], tf.int32), axis=1), (0, 3)),
        (tf.sort, (2, 0)),
        (lambda x: tf.pad(x, [[0, 0], [1, 1]], "SYMMETRIC"), (0, 3)),
    ],
    ids=["gather", "sort", "pad"],
)
def test_what_takes_nothing_has_a_gradient(function, shape):
    """TensorFlow raises InvalidArgumentError when it is asked for."""
    assert gradient(function, tf.ones(shape)).shape == shape


def test_what_segment_sums_leave_out_has_the_gradient_0():
    """TensorFlow's gradient of a sparse sum over no rows is not initialized."""
    none = tf.zeros([0], tf.int32)
    grad = gradient(lambda x: tf.sparse.segment_sum(x, none, none, num_segments=2), tf.ones([3, 2]))
    assert grad.numpy().tolist() == [[0.0, 0.0]] * 3


def test_many_truncated_normal_numbers_begin_with_the_same_few():
    """TensorFlow gives each of its threads a place of its own in the stream; how many it has decides the numbers."""
    draw = tf.random.stateless_parameterized_truncated_normal
    few, many = draw([500], [3, 4], 0.0, 1.0, -1.0, 2.0), draw([20000], [3, 4], 0.0, 1.0, -1.0, 2.0)
    assert (few.numpy() == many[:500].numpy()).all()


def test_there_is_no_xla():
    """What `jit_compile` compiles is compiled by torch."""
    assert tf.test.is_built_with_xla() is False
