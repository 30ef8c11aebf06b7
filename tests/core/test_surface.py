"""What code finds on Tensors, Variables, dtypes and shapes beside their values: recorded from TensorFlow 2.21."""

from __future__ import annotations

import copy
import gc
import importlib.metadata
import pickle
import sys
import weakref

import numpy as np
import pytest

import tfcompat_tape as tf

# -- attributes of a Tensor ---------------------------------------------------------------------------


def test_attributes_can_be_set_on_a_tensor():
    t = tf.constant([1.0, 2.0])
    t.tag = 3
    t._keras_mask = "mask"
    assert (t.tag, t._keras_mask) == (3, "mask")
    assert t.__dict__ == {"tag": 3, "_keras_mask": "mask"}
    assert copy.copy(t).tag == copy.deepcopy(t).tag == 3
    assert tf.identity(t).__dict__ == pickle.loads(pickle.dumps(t)).__dict__ == {}
    del t.tag
    assert not hasattr(t, "tag")


@pytest.mark.parametrize("name", ["shape", "dtype", "name", "device", "op", "graph", "ndim"])
def test_what_a_tensor_is_cannot_be_set(name):
    with pytest.raises(AttributeError):
        setattr(tf.constant(1.0), name, 3)


def test_attributes_go_with_their_tensor():
    t = tf.constant(1.0)
    t.tag = marker = np.zeros(3)
    gone = weakref.ref(marker)
    gc.disable()
    try:
        del marker, t
        assert gone() is None
    finally:
        gc.enable()


def test_a_slice_of_a_variable_is_assigned_to_and_a_tensor_is_not():
    v = tf.Variable([1.0, 2.0])
    v[0].assign(5.0)
    np.testing.assert_array_equal(v.numpy(), [5.0, 2.0])
    with pytest.raises(AttributeError, match="assign"):
        tf.constant([1.0])[0].assign(5.0)


def test_references_can_be_referred_to_weakly():
    t, v = tf.constant(1.0), tf.Variable(1.0)
    for value in (t, v):
        reference = value.ref()
        assert weakref.ref(reference)() is reference
        assert weakref.WeakKeyDictionary({reference: 1})[value.ref()] == 1


# -- memory that a Tensor shares ----------------------------------------------------------------------


def test_nobody_can_write_to_a_tensor_through_numpy():
    t = tf.constant([1.0, 2.0])
    for array in (np.asarray(t), np.from_dlpack(t), np.array(t, copy=False)):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 9.0
    assert np.shares_memory(np.asarray(t), np.asarray(t))
    for array in (np.array(t), t.numpy(), np.asarray(t, np.float64), np.asarray(tf.Variable(t))):
        array[0] = 9.0
    np.testing.assert_array_equal(t.numpy(), [1.0, 2.0])


def test_dlpack_refuses_what_tensorflow_refuses():
    t = tf.constant([1.0])
    for option in ({"copy": True}, {"stream": 3}, {"dl_device": (1, 0)}):
        with pytest.raises(RuntimeError, match="does not support DLPack export"):
            t.__dlpack__(**option)
    with pytest.raises(TypeError):
        t.__dlpack__(None)
    assert t.__dlpack_device__() == (1, 0)
    assert not hasattr(tf.Variable(1.0), "__dlpack__")


def test_the_bytes_of_a_tensor():
    assert bytes(tf.constant([1.0, 2.0])) == b"\x00\x00\x80?\x00\x00\x00@"
    assert bytes(tf.transpose([[1, 2], [3, 4]]))[:8] == b"\x01\x00\x00\x00\x03\x00\x00\x00"
    with pytest.raises(ValueError, match="in a buffer"):
        bytes(tf.constant(1.0, tf.bfloat16))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python asks classes for buffers from 3.12 on")
def test_the_buffer_of_a_tensor():
    t = tf.constant([1.0, 2.0])
    view = memoryview(t)
    assert (view.readonly, view.format, view.shape, view.nbytes) == (True, "f", (2,), 8)
    assert bytes(memoryview(tf.constant(3))) == b"\x03\x00\x00\x00"
    assert not np.frombuffer(t, np.float32).flags.writeable
    with pytest.raises(ValueError, match="in a buffer"):
        memoryview(tf.constant(1.0, tf.bfloat16))
    with pytest.raises(TypeError):
        memoryview(tf.Variable(1.0))


# -- Variables ----------------------------------------------------------------------------------------


def test_load_assigns():
    v = tf.Variable([1.0, 2.0])
    assert v.load([5, 6]) is None
    np.testing.assert_array_equal(v.numpy(), [5.0, 6.0])
    with pytest.raises(ValueError, match="Shape mismatch"):
        v.load([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(v.numpy(), [5.0, 6.0])


@pytest.mark.parametrize("dtype", [tf.int32, tf.int64])
def test_count_up_to(dtype):
    v = tf.Variable(3, dtype=dtype)
    first, second = v.count_up_to(5), v.count_up_to(tf.constant(5))
    assert (first.numpy(), second.numpy(), first.dtype) == (3, 4, dtype)
    with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 5"):
        v.count_up_to(5)
    assert v.numpy() == 5
    with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2"):
        v.count_up_to(2.5)


def test_count_up_to_refuses():
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="not in the list of allowed values: int32, int64"
    ):
        tf.Variable(1.0).count_up_to(3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="not a scalar"):
        tf.Variable([1, 2]).count_up_to(3)
    with pytest.raises(TypeError, match="limit"):
        tf.Variable(1).count_up_to(None)


# -- dtypes and shapes --------------------------------------------------------------------------------


def test_the_number_of_a_dtype():
    numbers = {"float32": 1, "int32": 3, "string": 7, "bool": 10, "qint8": 11, "bfloat16": 14, "uint64": 23}
    assert {name: int(tf.as_dtype(name)) for name in numbers} == numbers
    assert tf.as_dtype(int(tf.complex128)) is tf.complex128
    with pytest.raises(TypeError):
        [0, 1, 2, 3][tf.float32]


# Dimensions, the message's text, and its bytes.
PROTOS = [
    ([1, None, 3], "dim {\n  size: 1\n}\ndim {\n  size: -1\n}\ndim {\n  size: 3\n}\n",
     b"\x12\x02\x08\x01\x12\x0b\x08" + b"\xff" * 9 + b"\x01\x12\x02\x08\x03"),
    ([300, 0], "dim {\n  size: 300\n}\ndim {\n}\n", b"\x12\x03\x08\xac\x02\x12\x00"),
    ([], "", b""),
    (None, "unknown_rank: true\n", b"\x18\x01"),
]  # fmt: skip


@pytest.mark.parametrize(("dimensions", "text", "wire"), PROTOS)
def test_shapes_as_protocol_buffers(dimensions, text, wire):
    shape = tf.TensorShape(dimensions)
    proto = shape.as_proto()
    assert (str(proto), repr(proto), proto.SerializeToString()) == (text, text, wire)
    assert proto.unknown_rank == (dimensions is None)
    assert proto == shape.as_proto()
    back = tf.TensorShape(proto)
    assert back.rank == shape.rank
    assert repr(back) == repr(shape)


# -- functions and versions ---------------------------------------------------------------------------


def test_the_graph_of_a_concrete_function():
    @tf.function
    def f(x, n=3):
        return x * n

    concrete = f.get_concrete_function(tf.TensorSpec([2]))
    graph = concrete.graph
    assert isinstance(graph, tf.Graph)
    assert graph is concrete.graph
    assert (graph.name, graph.building_function) == ("f", True)
    assert graph.structured_input_signature == concrete.structured_input_signature
    assert graph.outer_graph is tf.compat.v1.get_default_graph()
    with graph.as_default() as entered:
        assert tf.compat.v1.get_default_graph() is entered is graph
    assert [x.name for x in (*graph.inputs, *graph.outputs)] == [
        x.name for x in (*concrete.inputs, *concrete.outputs)
    ]
    assert [op.type for op in graph.get_operations()] == ["Placeholder", "Const", "Mul", "Identity"]
    assert graph.get_tensor_by_name("x:0") is graph.inputs[0]
    with pytest.raises(tf.NotCoveredError, match="get_operations"):
        tf.Graph().get_operations()


def test_versions():
    assert tf.__version__ == tf.version.VERSION == "2.21.0"
    assert importlib.metadata.version("tfcompat_tape") in tf.version.GIT_VERSION == tf.__git_version__
