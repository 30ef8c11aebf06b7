"""What is known of a tensor: its shape, size and rank; checks of them; shapes that broadcasting gives."""

from __future__ import annotations

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import FROM_TORCH, as_dtype, bool_, int32, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import identity as ops
from tfcompat_tape.ops.arguments import INT32_64, hinted_together
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.shape_arithmetic import broadcast_args

__all__ = [
    "broadcast_dynamic_shape",
    "broadcast_static_shape",
    "ensure_shape",
    "rank",
    "shape",
    "shape_n",
    "size",
]


def _out_type(dtype, op):
    found = torch.int32 if dtype is None else as_dtype(dtype).torch
    if found not in INT32_64:
        raise invalid(f"{op}: out_type must be int32 or int64, got {dtype}.")
    return found


def _of(value):
    """A Tensor; IndexedSlices and SparseTensors as something of their dense shape."""
    if isinstance(value, (IndexedSlices, SparseTensor)):
        return Tensor(torch.empty(value.shape.as_list(), device="meta"), None)
    return value if type(value) is Tensor else convert(value)


def shape(input, out_type=None, name=None):
    """The shape as a vector, of int32 or `out_type=tf.int64`; it lies on the CPU.

    Raises:
      InvalidArgumentError: another `out_type`.

    Source: `tf.shape`.

    >>> import tfcompat_tape as tf
    >>> tf.shape([[1, 2, 3]])
    <tf.Tensor: shape=(2,), dtype=int32, numpy=array([1, 3], dtype=int32)>
    """
    kind = _out_type(out_type, "Shape")
    if isinstance(input, SparseTensor) and not input.shape.is_fully_defined():  # it is known at each call
        return cast(input.dense_shape, FROM_TORCH[kind])
    return ops.shape(_of(input), out_type=kind)


def shape_n(input, out_type=int32, name=None):
    """The shapes of several tensors of one dtype, as vectors in a list.

    Raises:
      InvalidArgumentError: an empty list, or different dtypes.

    Source: `tf.shape_n`.

    >>> import tfcompat_tape as tf
    >>> [s.numpy().tolist() for s in tf.shape_n([tf.ones([2]), tf.ones([3, 1])])]
    [[2], [3, 1]]
    """
    tensors = [convert(x) for x in input]
    if not tensors:
        raise invalid("ShapeN: the list of tensors is empty.")
    return list(ops.shape_n(*tensors, out_type=_out_type(out_type, "ShapeN")))


def size(input, out_type=None, name=None):
    """The number of elements, as a scalar of int32 or of the dtype `out_type`.

    Source: `tf.size`.

    >>> import tfcompat_tape as tf
    >>> int(tf.size([[1, 2, 3]]))
    3
    """
    kind = int32 if out_type is None else as_dtype(out_type)
    if kind is int32 or kind is int64:
        return ops.size(_of(input), out_type=_out_type(kind, "Size"))
    count = int(ops.size(_of(input), out_type=_out_type(int64, "Size"))._t)
    return convert(bool(count) if kind is bool_ else count, kind)


def rank(input, name=None):
    """The number of axes, as an int32 scalar.

    Source: `tf.rank`.

    >>> import tfcompat_tape as tf
    >>> int(tf.rank([[1, 2, 3]]))
    2
    """
    return ops.rank(_of(input))


def ensure_shape(x, shape, name=None):
    """`x` as it is, if its shape fits `shape`, in which `None` stands for any size.

    Raises:
      InvalidArgumentError: the shape does not fit.

    Source: `tf.ensure_shape`.

    >>> import tfcompat_tape as tf
    >>> tf.ensure_shape(tf.ones([2, 3]), [None, 3]).shape
    TensorShape([2, 3])
    """
    return ops.ensure_shape(x if type(x) is Tensor else convert(x), shape=TensorShape(shape))


def broadcast_static_shape(shape_x, shape_y):
    """The TensorShape that two TensorShapes broadcast to; unknown sizes may stay unknown.

    Raises:
      ValueError: the shapes do not broadcast.

    Source: `tf.broadcast_static_shape`.

    >>> import tfcompat_tape as tf
    >>> tf.broadcast_static_shape(tf.TensorShape([1, 3]), tf.TensorShape([2, 1]))
    TensorShape([2, 3])
    """
    if shape_x.ndims is None or shape_y.ndims is None:
        return TensorShape(None)
    count = max(shape_x.ndims, shape_y.ndims)
    xs = [1] * (count - shape_x.ndims) + shape_x.as_list()
    ys = [1] * (count - shape_y.ndims) + shape_y.as_list()
    found = []
    for x, y in zip(xs, ys, strict=True):
        if x == 1 or y == 1:
            found.append(y if x == 1 else x)
        elif x is None or y is None:
            found.append(y if x is None else x)
        elif x == y:
            found.append(x)
        else:
            raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}.")
    return TensorShape(found)


def broadcast_dynamic_shape(shape_x, shape_y):
    """The shape that two shapes, integer vectors, broadcast to, as a vector.

    Raises:
      InvalidArgumentError: the shapes do not broadcast, or their dtypes differ.

    Source: `tf.broadcast_dynamic_shape`.

    >>> import tfcompat_tape as tf
    >>> tf.broadcast_dynamic_shape([1, 3], [2, 1]).numpy().tolist()
    [2, 3]
    """
    return broadcast_args(*hinted_together((shape_x, shape_y), int32))
