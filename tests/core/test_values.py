"""Tensor and Variable as values: sharing, copies, pickles, failed assignments, NumPy on either side."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfcompat_tape as tf

DTYPES = [
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
]
DTYPES += ["uint64", "bool", "complex64", "complex128"]


def test_a_torch_tensor_is_shared_not_copied():
    raw = torch.arange(3.0)
    assert tf.convert_to_tensor(raw)._t.data_ptr() == raw.data_ptr()


def test_dlpack_is_shared_both_ways():
    class Elsewhere:
        def __init__(self, raw):
            self.raw = raw

        def __dlpack__(self, **kwargs):
            return self.raw.__dlpack__(**kwargs)

        def __dlpack_device__(self):
            return self.raw.__dlpack_device__()

    raw = torch.arange(3.0)
    x = tf.convert_to_tensor(Elsewhere(raw))
    assert x._t.data_ptr() == raw.data_ptr()
    assert torch.from_dlpack(x).data_ptr() == raw.data_ptr()


def test_a_numpy_array_is_copied_both_ways(device):
    array = np.ones(3, np.float32)
    x = tf.constant(array)
    array[0] = 5.0
    out = x.numpy()
    out[1] = 7.0
    np.array(x)[2] = 9.0
    assert x.numpy().tolist() == [1.0, 1.0, 1.0]


def test_a_variable_has_memory_of_its_own(device):
    raw = torch.ones(2)
    v = tf.Variable(raw)
    raw[0] = 5.0
    assert v.numpy().tolist() == [1.0, 1.0]
    w = tf.Variable(v)
    v.assign([3.0, 3.0])
    assert w.numpy().tolist() == [1.0, 1.0]
    v.assign(raw)
    raw[0] = 7.0
    assert v.numpy().tolist() == [5.0, 1.0]


@pytest.mark.parametrize("dtype", DTYPES)
def test_pickle_and_deepcopy(device, dtype):
    x = tf.cast(tf.constant([[0, 1], [2, 3]]), dtype)
    v = tf.Variable(x, name="v", trainable=False)
    for twin in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x), copy.copy(x)):
        assert twin.dtype == x.dtype
        np.testing.assert_array_equal(twin.numpy(), x.numpy())
    for twin in (pickle.loads(pickle.dumps(v)), copy.deepcopy(v)):
        assert (twin.name, twin.trainable, twin.dtype) == ("v:0", False, v.dtype)
        np.testing.assert_array_equal(twin.numpy(), v.numpy())
        twin.assign(tf.zeros_like(twin))
        np.testing.assert_array_equal(v.numpy(), x.numpy())


def test_a_copy_keeps_an_open_shape_and_is_another_variable(device):
    v = tf.Variable([1.0], shape=tf.TensorShape(None))
    with tf.GradientTape() as tape:
        twins = pickle.loads(pickle.dumps(v)), copy.deepcopy(v)
        y = v + twins[0] + twins[1]
        for twin in twins:
            twin.assign([[1.0, 2.0]])
    assert v.numpy().tolist() == [1.0]
    assert len(tape.watched_variables()) == 3
    assert [g.numpy().tolist() for g in tape.gradient(y, [v, *twins])] == [[1.0]] * 3


def test_a_scalar_and_strings_pickle(device):
    assert pickle.loads(pickle.dumps(tf.constant(2.5))).numpy() == 2.5
    assert pickle.loads(pickle.dumps(tf.constant(["a", "b"]))).numpy().tolist() == [b"a", b"b"]


@pytest.mark.parametrize(
    "value",
    [
        [1.0, 2.0, 3.0],
        [[1.0, 2.0]],
        5.0,
        tf.constant([1, 2]),
        tf.constant([1.0, 2.0], tf.float64),
        "text",
        None,
    ],
)
@pytest.mark.parametrize("method", ["assign", "assign_add", "assign_sub"])
def test_a_failed_assignment_leaves_the_variable_as_it_was(device, method, value):
    v = tf.Variable([1.0, 2.0])
    before = v._t
    with pytest.raises((ValueError, TypeError, tf.errors.InvalidArgumentError)):
        getattr(v, method)(value)
    assert v._t is before
    assert v.numpy().tolist() == [1.0, 2.0]


def test_an_assignment_never_changes_what_was_read(device):
    v = tf.Variable([1.0, 2.0])
    seen = v.read_value()
    with tf.GradientTape() as tape:
        y = v * v
        v.assign_add([10.0, 10.0])
        z = y + v
    assert seen.numpy().tolist() == [1.0, 2.0]
    assert tape.gradient(z, v).numpy().tolist() == [3.0, 5.0]


def test_an_assignment_returns_the_variable_under_another_name(device):
    v = tf.Variable([1.0, 2.0], name="v")
    same = v.assign_add([1.0, 1.0])
    assert isinstance(same, tf.Variable)
    assert (same.name, v.name) == ("UnreadVariable", "v:0")
    same.assign([5.0, 6.0])
    assert v.numpy().tolist() == [5.0, 6.0]
    v.assign([7.0, 8.0])
    assert same.numpy().tolist() == (same + 0.0).numpy().tolist() == [7.0, 8.0]
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(same)
        y = v * same
    assert tape.gradient(y, v).numpy().tolist() == tape.gradient(y, same).numpy().tolist() == [14.0, 16.0]
    for twin in (pickle.loads(pickle.dumps(same)), copy.deepcopy(same)):
        twin.assign([0.0, 0.0])
        assert (twin.name, v.numpy().tolist()) == ("v:0", [7.0, 8.0])


@pytest.mark.parametrize("dtype", [dtype for dtype in DTYPES if dtype != "bool"])
def test_assign_add_and_assign_sub_in_each_dtype(device, dtype):
    v = tf.Variable(tf.cast([1, 2], dtype))
    v.assign_add(tf.cast([3, 4], dtype)).assign_sub(tf.cast([1, 1], dtype))
    assert v.dtype == dtype
    assert v.numpy().tolist() == [3, 5]


def test_creators_are_asked_from_the_inside_out(device):
    asked = []

    def scope(label, /, **changes):
        def creator(next_creator, **kwargs):
            asked.append((label, kwargs["name"], kwargs["trainable"], kwargs.get("colour")))
            return next_creator(**{**kwargs, **changes})

        return tf.variable_creator_scope(creator)

    with scope("outer", trainable=False), scope("inner", name="renamed"):
        v = tf.Variable(1.0, name="v", colour="red")
    assert asked == [("inner", "v", None, "red"), ("outer", "renamed", None, "red")]
    assert (v.name, v.trainable) == ("renamed:0", False)
    with pytest.raises(KeyError), scope("failing"):
        raise KeyError
    assert tf.Variable(2.0, name="w").name == "w:0"
    assert len(asked) == 2


def test_a_constant_of_a_variable_is_a_snapshot_that_no_tape_traces(device):
    v = tf.Variable([1.5])
    with tf.GradientTape() as tape:
        y = tf.constant(v) * 2.0
    assert tape.gradient(y, v) is None
    assert tf.constant(v, tf.int32).numpy().tolist() == [1]


def test_shape_none_allows_another_shape(device):
    v = tf.Variable([1.0], shape=tf.TensorShape(None))
    v.assign([[1.0, 2.0]])
    assert v.numpy().shape == (1, 2)


def test_numpy_on_either_side_gives_tensors(device):
    x = tf.constant([1.0, 2.0])
    for result in (x + np.ones(2, np.float32), np.ones(2, np.float32) + x, np.float32(1.0) * x):
        assert isinstance(result, tf.Tensor)
    assert isinstance(np.ones(2, np.float32) - tf.Variable([1.0, 2.0]), tf.Tensor)
    assert np.sum(x) == 3.0


def test_immutable_and_unhashable(device):
    x = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError):
        x[0] = 1.0
    with pytest.raises(TypeError, match="ref"):
        hash(x)
    with pytest.raises(AttributeError):
        x.shape = 1
    assert x.ref() == x.ref()
    assert x.ref().deref() is x
    assert len({x.ref(), x.ref(), tf.constant([1.0, 2.0]).ref()}) == 2


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int32, np.int64, np.bool_]), hnp.array_shapes(min_dims=0)
    )
)
def test_numpy_round_trip(array):
    x = tf.constant(array)
    assert x.dtype.as_numpy_dtype == array.dtype.type
    np.testing.assert_array_equal(x.numpy(), array)
    np.testing.assert_array_equal(np.asarray(x), array)


@given(
    hnp.arrays(
        st.sampled_from([np.float64, np.int32, np.int64, np.bool_, np.complex128]),
        hnp.array_shapes(min_dims=0),
    )
)
def test_lists_of_python_numbers(array):
    want = array
    if array.dtype == np.float64:
        with np.errstate(over="ignore"):
            want = array.astype(np.float32)
        if np.any(np.isinf(want) & ~np.isinf(array)):
            with pytest.raises(ValueError, match="out of range"):
                tf.constant(array.tolist())
            return
    elif array.dtype == np.int64 and np.array_equal(array, array.astype(np.int32)):
        want = array.astype(np.int32)
    x = tf.constant(array.tolist())
    assert x.dtype.as_numpy_dtype == want.dtype.type
    np.testing.assert_array_equal(x.numpy(), want)


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=3)), st.data())
def test_basic_indexing_is_numpys(array, data):
    index = data.draw(hnp.basic_indices(array.shape, allow_newaxis=True))
    np.testing.assert_array_equal(tf.constant(array)[index].numpy(), array[index])
