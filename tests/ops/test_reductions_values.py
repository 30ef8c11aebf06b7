"""Reductions, running totals, orders and segments against NumPy, over shapes, axes and dtypes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfcompat_tape as tf

FLOATS = [np.float32, np.float64]
INTS = [np.int8, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
QUICK = settings(max_examples=40)


@st.composite
def arrays(draw: Any, dtypes: Any = (*FLOATS, *INTS), shapes: Any = SHAPES, few: bool = False) -> np.ndarray:
    """An array of small numbers; `few`: of so few that there are ties."""
    dtype = draw(st.sampled_from(dtypes))
    shape = draw(shapes)
    numbers = draw(hnp.arrays(np.int64, shape, elements=st.integers(-2, 2) if few else st.integers(-40, 40)))
    return (numbers / 8 if dtype in FLOATS else np.abs(numbers)).astype(dtype)


@st.composite
def arrays_and_axes(draw: Any, **options: Any) -> tuple[np.ndarray, Any]:
    x = draw(arrays(**options))
    if not x.ndim:
        return x, draw(st.sampled_from([None, ()]))
    axes = draw(st.sets(st.integers(0, x.ndim - 1)))
    signed = tuple([axis - x.ndim if draw(st.booleans()) else axis for axis in axes])
    return x, draw(st.sampled_from([None, signed, list(signed), np.array(signed, np.int32)]))


def as_axis(axis: Any) -> Any:
    return axis if axis is None else tuple(axis)


@QUICK
@given(arrays_and_axes(), st.booleans())
def test_sum_and_prod(case: Any, keepdims: bool) -> None:
    x, axis = case
    for ours, theirs in ((tf.reduce_sum, np.sum), (tf.reduce_prod, np.prod)):
        with np.errstate(over="ignore"):
            want = theirs(x, axis=as_axis(axis), keepdims=keepdims, dtype=x.dtype)
        got = ours(tf.constant(x), axis, keepdims)
        assert got.dtype.as_numpy_dtype == x.dtype
        np.testing.assert_allclose(got.numpy(), want, rtol=1e-5)


@QUICK
@given(arrays_and_axes(dtypes=FLOATS), st.booleans())
def test_mean_variance_and_norm(case: Any, keepdims: bool) -> None:
    x, axis = case
    options = {"axis": as_axis(axis), "keepdims": keepdims}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of no elements
        mean, variance = np.mean(x, **options), np.var(x, **options)
    value = tf.constant(x)
    np.testing.assert_allclose(tf.reduce_mean(value, axis, keepdims).numpy(), mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        tf.math.reduce_variance(value, axis, keepdims).numpy(), variance, rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(
        tf.math.reduce_euclidean_norm(value, axis, keepdims).numpy(),
        np.sqrt(np.sum(x * x, **options)),
        rtol=1e-5,
        atol=1e-6,
    )


@QUICK
@given(arrays_and_axes(dtypes=INTS))
def test_the_mean_of_integers(case: Any) -> None:
    x, axis = case
    total = np.sum(x.astype(object), axis=as_axis(axis))
    count = x.size // max(np.size(total), 1)
    got = tf.reduce_mean(tf.constant(x), axis).numpy()
    assert got.dtype == x.dtype
    if count:
        np.testing.assert_array_equal(got, np.asarray(total // count).astype(x.dtype))


@QUICK
@given(arrays_and_axes(shapes=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4), few=True), st.booleans())
def test_max_min_all_any(case: Any, keepdims: bool) -> None:
    x, axis = case
    options = {"axis": as_axis(axis), "keepdims": keepdims}
    np.testing.assert_array_equal(tf.reduce_max(tf.constant(x), axis, keepdims), np.max(x, **options))
    np.testing.assert_array_equal(tf.reduce_min(tf.constant(x), axis, keepdims), np.min(x, **options))
    mask = x > 0
    np.testing.assert_array_equal(tf.reduce_all(tf.constant(mask), axis, keepdims), np.all(mask, **options))
    np.testing.assert_array_equal(tf.reduce_any(tf.constant(mask), axis, keepdims), np.any(mask, **options))


@QUICK
@given(arrays(shapes=hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)), st.data())
def test_running_totals(x: np.ndarray, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    exclusive, reverse = data.draw(st.booleans()), data.draw(st.booleans())
    for ours, theirs, start in ((tf.cumsum, np.cumsum, 0), (tf.math.cumprod, np.cumprod, 1)):
        y = np.flip(x, axis) if reverse else x
        with np.errstate(over="ignore"):
            want = theirs(y, axis=axis, dtype=x.dtype)
        if exclusive and x.shape[axis]:
            first = np.full_like(np.take(x, [0], axis), start)
            want = np.concatenate([first, np.take(want, range(x.shape[axis] - 1), axis)], axis)
        want = np.flip(want, axis) if reverse else want
        got = ours(tf.constant(x), axis, exclusive, reverse)
        assert got.dtype.as_numpy_dtype == x.dtype
        np.testing.assert_allclose(got.numpy(), want, rtol=1e-5)


@QUICK
@given(
    arrays(dtypes=[np.float64], shapes=hnp.array_shapes(min_dims=1, max_dims=2, max_side=5)), st.booleans()
)
def test_log_sum_exp(x: np.ndarray, reverse: bool) -> None:
    np.testing.assert_allclose(tf.reduce_logsumexp(x * 300, -1), np.logaddexp.reduce(x * 300, -1))
    y = x[..., ::-1] if reverse else x
    want = np.logaddexp.accumulate(y, -1)
    want = want[..., ::-1] if reverse else want
    np.testing.assert_allclose(tf.math.cumulative_logsumexp(x, -1, reverse=reverse), want)


@QUICK
@given(arrays(shapes=hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), few=True), st.data())
def test_orders(x: np.ndarray, data: Any) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    value = tf.constant(x)
    np.testing.assert_array_equal(tf.argmax(value, axis), np.argmax(x, axis))
    np.testing.assert_array_equal(tf.argmin(value, axis), np.argmin(x, axis))
    ascending = np.argsort(x, axis, kind="stable")
    descending = np.flip(x.shape[axis] - 1 - np.argsort(np.flip(x, axis), axis, kind="stable"), axis)
    for direction, order in (("ASCENDING", ascending), ("DESCENDING", descending)):
        np.testing.assert_array_equal(tf.argsort(value, axis, direction), order)
        np.testing.assert_array_equal(tf.sort(value, axis, direction), np.take_along_axis(x, order, axis))
    k = data.draw(st.integers(0, x.shape[-1]))
    values, indices = tf.math.top_k(value, k)
    rows = x.shape[-1] - 1 - np.argsort(x[..., ::-1], -1, kind="stable")[..., ::-1]
    np.testing.assert_array_equal(indices, rows[..., :k])
    np.testing.assert_array_equal(values, np.take_along_axis(x, rows, -1)[..., :k])


@QUICK
@given(arrays(shapes=hnp.array_shapes(min_dims=1, max_dims=3, max_side=6)), st.data())
def test_unsorted_segments(x: np.ndarray, data: Any) -> None:
    rank = data.draw(st.integers(1, x.ndim))
    ids = data.draw(hnp.arrays(np.int32, x.shape[:rank], elements=st.integers(-1, 3)))
    rows, flat = x.reshape(-1, *x.shape[rank:]), ids.reshape(-1)
    for name, combine, start in (("sum", np.add, 0), ("prod", np.multiply, 1)):
        want = np.full((4, *x.shape[rank:]), start, x.dtype)
        with np.errstate(over="ignore"):
            combine.at(want, flat[flat >= 0], rows[flat >= 0])
        got = getattr(tf.math, f"unsorted_segment_{name}")(tf.constant(x), ids, 4)
        assert got.dtype.as_numpy_dtype == x.dtype
        np.testing.assert_allclose(got.numpy(), want, rtol=1e-5)
    for name, combine in (("max", np.maximum), ("min", np.minimum)):
        limits = np.finfo(x.dtype) if x.dtype in FLOATS else np.iinfo(x.dtype)
        want = np.full((4, *x.shape[rank:]), limits.min if name == "max" else limits.max, x.dtype)
        combine.at(want, flat[flat >= 0], rows[flat >= 0])
        np.testing.assert_array_equal(
            getattr(tf.math, f"unsorted_segment_{name}")(tf.constant(x), ids, 4), want
        )


@QUICK
@given(
    arrays(dtypes=[*FLOATS, np.int32], shapes=hnp.array_shapes(min_dims=1, max_dims=2, max_side=6)), st.data()
)
def test_sorted_segments_are_unsorted_ones(x: np.ndarray, data: Any) -> None:
    ids = np.sort(data.draw(hnp.arrays(np.int64, x.shape[:1], elements=st.integers(0, 4))))
    count = int(ids[-1]) + 1
    for name in ("sum", "prod"):
        sorted_, unsorted = getattr(tf.math, f"segment_{name}"), getattr(tf.math, f"unsorted_segment_{name}")
        np.testing.assert_array_equal(sorted_(x, ids), unsorted(x, ids, count))
    there = np.isin(np.arange(count), ids)
    for name in ("max", "min"):
        sorted_, unsorted = getattr(tf.math, f"segment_{name}"), getattr(tf.math, f"unsorted_segment_{name}")
        np.testing.assert_array_equal(sorted_(x, ids).numpy()[there], unsorted(x, ids, count).numpy()[there])
        assert not sorted_(x, ids).numpy()[~there].any()
    if x.dtype in FLOATS:
        np.testing.assert_allclose(tf.math.segment_mean(x, ids), tf.math.unsorted_segment_mean(x, ids, count))
        np.testing.assert_allclose(
            tf.sparse.segment_sum(x, np.arange(len(x)), ids), tf.math.segment_sum(x, ids), rtol=1e-6
        )


@QUICK
@given(
    hnp.arrays(np.int32, st.integers(0, 8), elements=st.integers(0, 5)), st.integers(0, 9), st.integers(0, 9)
)
def test_bincount(x: np.ndarray, least: int, most: int) -> None:
    want = np.bincount(x, minlength=least)[:most]
    np.testing.assert_array_equal(tf.math.bincount(x, minlength=least, maxlength=most), want)
    weights = x / 4
    want = np.bincount(x, weights, minlength=least)[:most]
    np.testing.assert_allclose(tf.math.bincount(x, weights, minlength=least, maxlength=most), want)


def test_reductions_on_each_device(device: str) -> None:
    x = tf.constant([[1.0, 5.0, 2.0], [5.0, 0.0, 5.0]])
    assert x.device.endswith(device.strip("/").replace("CPU", "device:CPU").replace("GPU", "device:GPU"))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        top = tf.reduce_max(x, 1)
        total = tf.reduce_logsumexp(x) + tf.reduce_sum(tf.reduce_prod(x, 0)) + tf.reduce_mean(x)
        ordered = tf.reduce_sum(tf.sort(x)[:, -1]) + tf.reduce_sum(tf.math.top_k(x, 2).values)
        segments = tf.reduce_sum(tf.math.unsorted_segment_max(x, [1, 0], 2)[:, 0])
        running = tf.reduce_sum(tf.math.cumprod(x, 1)) + tf.reduce_sum(tf.cumsum(x, 0, exclusive=True))
    np.testing.assert_allclose(tape.gradient(top, x), [[0, 1, 0], [0.5, 0, 0.5]])
    np.testing.assert_allclose(tape.gradient(ordered, x), [[0, 2, 1], [1, 0, 2]])
    np.testing.assert_allclose(tape.gradient(segments, x), [[1, 0, 0], [1, 0, 0]])
    for value in (total, running):
        assert tape.gradient(value, x).device == x.device


def test_ids_that_are_too_large(device: str) -> None:
    x = tf.constant([1.0, 2.0, 4.0])
    if device == "/CPU:0":
        with pytest.raises(tf.errors.InvalidArgumentError, match="UnsortedSegmentSum"):
            tf.math.unsorted_segment_sum(x, [0, 2, 1], 2)
    else:
        np.testing.assert_allclose(tf.math.unsorted_segment_sum(x, [0, 2, 1], 2), [1.0, 4.0])


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: tf.reduce_sum(tf.ones((2, 3)), axis=2), "axis 2 is out of range"),
        (lambda: tf.reduce_sum(tf.ones((2, 3)), axis=[0, -2]), "Axes contains duplicate dimension: 0"),
        (lambda: tf.reduce_sum([True]), r"Sum: got bool\[1\]"),
        (lambda: tf.math.segment_sum([1.0, 2.0], [1, 0]), "increasing"),
        (lambda: tf.math.unsorted_segment_sum([1.0, 2.0], [1], 2), "does not start with"),
        (lambda: tf.math.top_k([1.0], 2), "at least k columns"),
        (lambda: tf.argmax(tf.zeros((0, 2))), "ArgMax"),
    ],
)
def test_messages_help(call: Any, hint: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=hint):
        call()
