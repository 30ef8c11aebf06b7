"""Making Tensors of other values, and telling what is one: `tf.constant`, `tf.convert_to_tensor`, `tf.is_tensor`."""

from __future__ import annotations

import math

import numpy as np

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype
from tfcompat_tape.core.handles import Handle
from tfcompat_tape.core.kinds import TensorType
from tfcompat_tape.core.literals import from_array, from_data
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops.shapes import broadcast_to, reshape

__all__ = ["constant", "convert_to_tensor", "get_static_value", "is_symbolic_tensor", "is_tensor"]


def constant(value, dtype=None, shape=None, name="Const"):
    """A Tensor with the given value, of `dtype` (inferred if it is left out) and `shape`.

    A single number fills the whole `shape`; otherwise the value is reshaped. Python floats become float32, ints
    int32 (int64 where they need it); NumPy values keep their dtype.

    Raises:
      TypeError: the value cannot have the dtype, or has another number of elements than `shape`, or is a Tensor of a
        function that is traced.
      ValueError: the value has no tensor form, or `shape` is no shape.

    Source: `tf.constant`.

    >>> import tfcompat_tape as tf
    >>> tf.constant(0.5, shape=[2])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([0.5, 0.5], dtype=float32)>
    """
    wanted = None if dtype is None else as_dtype(dtype)
    if type(value) is Tensor:
        tensor = value
        if wanted is not None and tensor.dtype != wanted:
            raise TypeError(
                f"Expected a tensor of dtype {wanted.name}, got {tensor.dtype.name}. Use tf.cast."
            )
        if reading.current.tracer is not None and is_symbolic_tensor(tensor):
            raise TypeError(
                f"Expected any non-tensor type, but got a tensor instead: {tensor!r} has no value yet. Use it as it "
                "is, or tf.identity."
            )
    elif hasattr(value, "_read"):
        tensor = from_array(value, wanted)  # a snapshot that no tape traces
    elif isinstance(value, (list, tuple, TensorShape)):
        tensor = from_data(value, wanted)  # which takes no Tensors: tf.stack and tf.convert_to_tensor do
    else:
        tensor = convert(value, wanted)
    if shape is not None:
        tensor = _filling(tensor, tuple(TensorShape(shape).as_list()))
    tracer = reading.current.tracer
    if tracer is not None and tensor is not value:
        tracer.ops.constant(tensor._t, name)
    return tensor


def _filling(tensor, sizes):
    have = tuple(tensor._t.shape)
    if have == sizes:
        return tensor
    if math.prod(have) == math.prod(sizes):
        return reshape(tensor, shape=sizes)
    if math.prod(have) == 1:
        return broadcast_to(reshape(tensor, shape=()), shape=sizes)
    raise TypeError(f"Eager execution of tf.constant: {math.prod(have)} elements do not fill shape {sizes}.")


def convert_to_tensor(value, dtype=None, dtype_hint=None, name=None):
    """`value` as a Tensor: of Tensors, Variables, NumPy arrays, torch tensors, numbers, and lists of all these.

    A torch tensor, or anything with DLPack, is shared and not copied. `dtype_hint` is used where the value allows it.

    Raises:
      ValueError: a Tensor of another dtype than `dtype`, or a value with no tensor form.
      TypeError: numbers that cannot have the dtype.

    Source: `tf.convert_to_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.convert_to_tensor([tf.constant(1.0), 2.0])
    <tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>
    """
    own = reading.own
    if type(value) is Tensor and dtype is None:
        return value if own is None else own(value)
    if isinstance(value, Variable) and hasattr(value, "_t"):
        value = value.value()
    wanted = None if dtype is None else as_dtype(dtype)
    found = convert(value, wanted, None if dtype_hint is None else as_dtype(dtype_hint))
    return found if own is None else own(found)


def is_tensor(x):
    """Whether `x` is a Tensor, a Variable or another of TensorFlow's kinds of tensors, such as IndexedSlices.

    Source: `tf.is_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.is_tensor(tf.Variable(1.0)), tf.is_tensor([1.0])
    (True, False)
    """
    if isinstance(x, (TensorType, SparseTensor)):
        return True
    if isinstance(x, type):
        return False
    # A class of a library's own says so by `is_tensor_like`.
    return type(x) is Handle or hasattr(x, "_to_tensor") or getattr(x, "is_tensor_like", False) is True


def is_symbolic_tensor(tensor):
    """Whether `tensor` has no value yet: it belongs to a `tf.function` that is traced.

    Source: `tf.is_symbolic_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.is_symbolic_tensor(tf.constant(1.0))
    False
    """
    if isinstance(tensor, Tensor):
        return hasattr(tensor._t, "fake_mode")
    return getattr(type(tensor), "is_symbolic", None) is True  # of a graph that is looked at


def get_static_value(tensor, partial=False):
    """The value as a NumPy array: of a Tensor its value, of a Variable `None`, of anything else what was given.

    Of a Tensor that depends on arguments of the function that is being traced it is `None`, too.

    Source: `tf.get_static_value`.

    >>> import tfcompat_tape as tf
    >>> tf.get_static_value(tf.constant([1, 2]))
    array([1, 2], dtype=int32)
    """
    if isinstance(tensor, Tensor):
        return None if reading.known(tensor._t) is None else tensor.numpy()
    if is_tensor(tensor):
        return None
    return np.asarray(tensor) if isinstance(tensor, np.generic) else tensor
