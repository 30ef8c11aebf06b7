"""Values of the ops on arrays against NumPy, over shapes, dtypes and arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfcompat_tape as tf
from tfcompat_tape.ops.gathering import add_rows_inside, take_or_zero

DTYPES = st.sampled_from(
    [
        "float32",
        "float64",
        "float16",
        "int8",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "complex64",
    ]
)
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4)


@st.composite
def arrays(draw: Any, shapes: Any = SHAPES) -> np.ndarray:
    shape = draw(shapes)
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(draw(DTYPES))


def check(got: Any, want: Any) -> None:
    assert got.dtype == want.dtype
    assert tuple(got.shape) == want.shape
    np.testing.assert_array_equal(got.numpy(), want)


@given(arrays(), st.data())
def test_basic_indexing(a: np.ndarray, data: Any) -> None:
    key = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True, allow_ellipsis=True))
    check(tf.constant(a)[key], np.asarray(a[key]))


@given(arrays(), st.data())
def test_negative_steps(a: np.ndarray, data: Any) -> None:
    bound = st.none() | st.integers(-6, 6)
    step = st.sampled_from([1, -1, 2, -2, 3, -3])
    key = tuple([slice(data.draw(bound), data.draw(bound), data.draw(step)) for _ in range(a.ndim)])
    check(tf.constant(a)[key], a[key])


@given(arrays(), st.data())
def test_a_slice_gradient_puts_the_cotangent_where_the_slice_was(a: np.ndarray, data: Any) -> None:
    key = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True, allow_ellipsis=True))
    x = tf.constant(a.real.astype(np.float64))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x[key]
    weights = np.arange(1.0, y.numpy().size + 1).reshape(y.shape.as_list())
    want = np.zeros(a.shape)
    want[key] = weights
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=tf.constant(weights)), want)


@given(arrays(), st.data())
def test_masks(a: np.ndarray, data: Any) -> None:
    mask = data.draw(hnp.arrays(bool, a.shape[: data.draw(st.integers(1, a.ndim))]))
    check(tf.constant(a)[mask], a[mask])
    check(tf.boolean_mask(a, mask), a[mask])


@given(arrays(), st.data())
def test_transpose_and_reshape(a: np.ndarray, data: Any) -> None:
    perm = data.draw(st.permutations(range(a.ndim)))
    moved = tf.transpose(a, perm)
    check(moved, a.transpose(perm))
    check(tf.transpose(a), a.T)
    check(tf.reshape(moved, [-1]), a.transpose(perm).reshape(-1))
    axis = data.draw(st.integers(-a.ndim - 1, a.ndim))
    check(tf.expand_dims(a, axis), np.expand_dims(a, axis))
    check(tf.squeeze(tf.expand_dims(a, axis), [axis]), a)


@given(arrays(), st.data())
def test_joining(a: np.ndarray, data: Any) -> None:
    axis = data.draw(st.integers(-a.ndim, a.ndim - 1))
    check(
        tf.concat([a, a, a[:0] if axis % a.ndim == 0 else a], axis),
        np.concatenate([a, a, a[:0] if axis % a.ndim == 0 else a], axis),
    )
    check(tf.stack([tf.constant(a), a], axis), np.stack([a, a], axis))
    parts = tf.unstack(a, axis=axis)
    assert len(parts) == a.shape[axis]
    for got, want in zip(parts, np.moveaxis(a, axis, 0), strict=True):
        check(got, want)
    sizes = data.draw(
        st.lists(st.integers(0, a.shape[axis]), max_size=3).filter(lambda s: sum(s) <= a.shape[axis])
    )
    places = np.cumsum(sizes, dtype=int)
    for got, want in zip(tf.split(a, [*sizes, -1], axis), np.split(a, places, axis), strict=True):
        check(got, want)


@given(arrays(), st.data())
def test_repeating(a: np.ndarray, data: Any) -> None:
    times = data.draw(st.lists(st.integers(0, 3), min_size=a.ndim, max_size=a.ndim))
    check(tf.tile(a, times), np.tile(a, times))
    axis = data.draw(st.integers(-a.ndim, a.ndim - 1))
    check(tf.repeat(a, 2, axis), np.repeat(a, 2, axis))
    counts = data.draw(hnp.arrays(np.int32, a.shape[axis], elements=st.integers(0, 3)))
    if counts.size != 1:
        check(tf.repeat(a, counts, axis), np.repeat(a, counts, axis))
    shift = data.draw(st.integers(-5, 5))
    check(tf.roll(a, shift, axis), np.roll(a, shift, axis))
    check(tf.reverse(a, [axis]), np.flip(a, axis))
    target = [2, *a.shape]
    check(tf.broadcast_to(a, target), np.broadcast_to(a, target))


@given(arrays(), st.data())
def test_padding(a: np.ndarray, data: Any) -> None:
    widths = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in range(a.ndim)]
    check(tf.pad(a, widths), np.pad(a, widths))
    if a.dtype != bool:
        check(tf.pad(a, widths, constant_values=7), np.pad(a, widths, constant_values=7))
    small = [(min(low, n), min(high, n)) for (low, high), n in zip(widths, a.shape, strict=True)]
    check(tf.pad(a, small, "SYMMETRIC"), np.pad(a, small, "symmetric") if a.size else np.pad(a, small))


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=3)), st.data())
def test_lookups(a: np.ndarray, data: Any) -> None:
    axis = data.draw(st.integers(-a.ndim, a.ndim - 1))
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=2, max_side=3))
    index = data.draw(hnp.arrays(np.int32, shape, elements=st.integers(0, a.shape[axis] - 1)))
    check(tf.gather(a, index, axis=axis), np.take(a, index, axis))
    batch = data.draw(st.integers(0, a.ndim - 1))
    place = data.draw(st.integers(batch, a.ndim - 1))
    index = data.draw(
        hnp.arrays(np.int64, (*a.shape[:batch], *shape), elements=st.integers(0, a.shape[place] - 1))
    )
    want = np.empty((*a.shape[:place], *shape, *a.shape[place + 1 :]), a.dtype)
    for example in np.ndindex(a.shape[:batch]):
        want[example] = np.take(a[example], index[example], place - batch)
    check(tf.gather(a, index, axis=place, batch_dims=batch), want)
    depth = data.draw(st.integers(1, a.ndim))
    points = data.draw(
        st.lists(st.tuples(*[st.integers(0, n - 1) for n in a.shape[:depth]]), min_size=1, max_size=4)
    )
    check(tf.gather_nd(a, points), np.stack([a[point] for point in points]))


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=3)), st.data())
def test_scatters(a: np.ndarray, data: Any) -> None:
    depth = data.draw(st.integers(1, a.ndim))
    points = data.draw(
        st.lists(
            st.tuples(*[st.integers(0, n - 1) for n in a.shape[:depth]]), min_size=1, max_size=4, unique=True
        )
    )
    updates = (np.arange(np.prod((len(points), *a.shape[depth:]))) % 5).reshape(len(points), *a.shape[depth:])
    updates = updates.astype(a.dtype)
    changed, summed, fresh = a.copy(), a.copy(), np.zeros_like(a)
    for point, update in zip(points, updates, strict=True):
        changed[point] = update
        fresh[point] = update
        if a.dtype != bool:
            summed[point] += update
    check(tf.tensor_scatter_nd_update(a, points, updates), changed)
    check(tf.scatter_nd(points, tf.constant(updates), a.shape), fresh)
    if a.dtype != bool:
        check(tf.tensor_scatter_nd_add(a, points, updates), summed)
    variable = tf.Variable(a)
    check(variable.scatter_nd_update(points, updates), changed)
    check(variable, changed)


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=3)), st.data())
def test_assigning_to_a_slice(a: np.ndarray, data: Any) -> None:
    key = data.draw(hnp.basic_indices(a.shape, allow_newaxis=True, allow_ellipsis=True))
    want = a.copy()
    value = np.ones(want[key].shape, a.dtype)
    want[key] = value
    variable = tf.Variable(a)
    before = variable.value()
    variable[key].assign(value)
    check(variable, want)
    check(before, a)


@pytest.mark.parametrize(
    "scatter",
    [
        lambda v: v.scatter_nd_add([[0], [7]], [[1.0, 1.0], [1.0, 1.0]]),
        lambda v: v.scatter_add(tf.IndexedSlices(tf.ones([2, 2]), [0, 7])),
        lambda v: v.scatter_div(tf.IndexedSlices(tf.ones([2, 3]), [0, 1])),
        lambda v: v.scatter_update(tf.IndexedSlices(tf.ones([2, 2], tf.int32), [0, 1])),
        lambda v: v.scatter_mul(tf.ones([2, 2])),
        lambda v: v[0].assign([1.0, 2.0, 3.0]),
        lambda v: v[0].assign("a"),
    ],
)
def test_a_change_that_fails_changes_nothing(scatter: Any) -> None:
    variable = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises((tf.errors.InvalidArgumentError, ValueError, TypeError)):
        scatter(variable)
    assert variable.numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_change_of_a_variable_does_not_reach_what_was_recorded() -> None:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.gather(v, [0]) ** 2
        v.scatter_mul(tf.IndexedSlices(tf.constant([[10.0, 10.0]]), [0]))
        v[1].assign([0.0, 0.0])
    assert v.numpy().tolist() == [[10.0, 20.0], [0.0, 0.0]]
    assert tape.gradient(y, v).values.numpy().tolist() == [[2.0, 4.0]]


@given(hnp.arrays(np.int32, st.integers(0, 8), elements=st.integers(-3, 3)))
def test_distinct_values(a: np.ndarray) -> None:
    y, idx, count = tf.unique_with_counts(a)
    assert y.numpy().tolist() == list(dict.fromkeys(a.tolist()))
    np.testing.assert_array_equal(y.numpy()[idx.numpy()], a)
    assert count.numpy().tolist() == [a.tolist().count(value) for value in y.numpy()]


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-4, 4).filter(bool))
def test_counting(start: int, limit: int, delta: int) -> None:
    if (limit - start) * delta < 0:
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.range(start, limit, delta)
    else:
        check(tf.range(start, limit, delta), np.arange(start, limit, delta, dtype=np.int32))


@given(
    hnp.arrays(np.int64, st.tuples(st.integers(1, 3), st.integers(0, 5)), elements=st.integers(0, 9)),
    st.integers(0, 4),
    st.sampled_from(["left", "right"]),
)
def test_searching(rows: np.ndarray, count: int, side: Any) -> None:
    rows = np.sort(rows, axis=1)
    keys = np.arange(rows.shape[0] * count).reshape(rows.shape[0], count) % 11
    want = [np.searchsorted(row, key, side) for row, key in zip(rows, keys, strict=True)]
    check(tf.searchsorted(rows, keys, side), np.array(want, np.int32).reshape(keys.shape))


@given(arrays(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=4)), st.data())
def test_dealing_out_and_weaving(a: np.ndarray, data: Any) -> None:
    which = data.draw(hnp.arrays(np.int32, a.shape[0], elements=st.integers(0, 2)))
    parts = tf.dynamic_partition(a, which, 3)
    for i, part in enumerate(parts):
        check(part, a[which == i])
    places = tf.dynamic_partition(tf.range(a.shape[0]), which, 3)
    check(tf.dynamic_stitch(places, parts), a)


def test_results_live_where_the_inputs_do(device: str) -> None:
    x = tf.Variable(np.arange(12.0, dtype=np.float32).reshape(3, 4))
    results = [
        tf.gather(x, [2, 0]),
        tf.gather(x, [[1], [3], [0]], batch_dims=1),
        tf.gather_nd(x, [[0, 1], [2, 3]]),
        tf.boolean_mask(x, [True, False, True]),
        tf.tensor_scatter_nd_add(x, [[1]], [[1.0, 1.0, 1.0, 1.0]]),
        tf.where([[True], [False], [True]], x, 0.0),
        tf.pad(x, [[1, 0], [0, 0]], "REFLECT"),
        tf.one_hot([1, 2], 3),
        tf.linspace(0.0, 1.0, 5),
        tf.range(3.0),
        tf.unique(tf.reshape(x, [-1]))[0],
        x[1:, ::-1],
        *tf.dynamic_partition(x, [0, 1, 0], 2),
    ]
    assert {result.device for result in results} == {x.device}
    x.scatter_update(tf.IndexedSlices(tf.zeros([1, 4]), [1]))
    x[0, :2].assign([7.0, 8.0])
    np.testing.assert_array_equal(x.numpy(), [[7, 8, 2, 3], [0, 0, 0, 0], [8, 9, 10, 11]])


def test_what_is_out_of_range_on_a_gpu_counts_as_nothing(device: str) -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    if "GPU" not in device:
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.gather(x, [0, 5])
        with pytest.raises(tf.errors.InvalidArgumentError):
            tf.scatter_nd([[0], [-1]], [1.0, 2.0], [3])
        return
    with tf.GradientTape() as tape:
        tape.watch(x)
        rows = tf.gather(x, [0, 5, -1]) * 2.0
        points = tf.gather_nd(x, [[5], [2]])
        batched = tf.gather(tf.reshape(x, [1, 3]), [[7, 1]], batch_dims=1)
        y = tf.reduce_sum(rows) + tf.reduce_sum(points) + tf.reduce_sum(batched)
    np.testing.assert_array_equal(rows.numpy(), [2, 0, 0])
    np.testing.assert_array_equal(points.numpy(), [0, 3])
    np.testing.assert_array_equal(batched.numpy(), [[0, 2]])
    np.testing.assert_array_equal(tf.convert_to_tensor(tape.gradient(y, x)).numpy(), [2, 1, 1])
    np.testing.assert_array_equal(tf.scatter_nd([[0], [-1], [9]], [1.0, 2.0, 3.0], [3]).numpy(), [1, 0, 0])


def test_rows_that_are_passed_over() -> None:
    x = torch.arange(6.0).reshape(2, 3)
    index = torch.tensor([2, 0, -1, 1, 3])
    rows = take_or_zero(x, 1, index)
    assert rows.tolist() == [[2, 0, 0, 1, 0], [5, 3, 0, 4, 0]]
    assert add_rows_inside(torch.zeros(2, 3), 1, index, rows + 1).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert take_or_zero(torch.zeros(0, 2), 0, index).tolist() == [[0, 0]] * 5
    assert add_rows_inside(torch.zeros(0, 2), 0, index, torch.ones(5, 2)).shape == (0, 2)


def test_strings() -> None:
    s = tf.constant([["a", "b"], ["c", "d"]])
    assert s[1, 0].numpy() == b"c"
    assert s[0].numpy().tolist() == [b"a", b"b"]
    assert s[:, ::-1].numpy().tolist() == [[b"b", b"a"], [b"d", b"c"]]
    assert tf.reshape(s, [4])[3].numpy() == b"d"
    assert tf.transpose(s)[0].numpy().tolist() == [b"a", b"c"]
    assert tf.concat([s, s], 1).shape == [2, 4]
    assert tf.stack([s[0], "e"][:1]).shape == [1, 2]
    assert tf.gather(s, [1])[0, 1].numpy() == b"d"
    assert tf.gather_nd(s, [[0, 1]]).numpy().tolist() == [b"b"]
    assert tf.where([True, False], s, "x").numpy().tolist() == [[b"a", b"x"], [b"c", b"x"]]
    assert [t.numpy().tolist() for t in tf.unstack(s)] == [[b"a", b"b"], [b"c", b"d"]]
    assert tf.identity(s).shape == tf.zeros([2, 2], tf.string).shape


def test_zeros_of_a_dtype_that_torch_lacks_are_refused():
    with pytest.raises(TypeError, match="qint8"):
        tf.zeros([2], tf.qint8)


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64, np.int8, np.float16])
def test_assigning_backwards(dtype: Any) -> None:
    variable = tf.Variable(np.zeros(3, dtype))
    variable[::-1].assign(np.array([1, 2, 3], dtype))
    assert variable.numpy().tolist() == [3, 2, 1]
