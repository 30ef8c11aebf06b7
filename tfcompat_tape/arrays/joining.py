"""Putting tensors together, taking one apart, repeating and padding."""

from __future__ import annotations

import math

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.shapes import Dimension
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import joining as ops
from tfcompat_tape.ops import padding
from tfcompat_tape.ops.arguments import INT32_64, as_int, as_ints, as_pairs, compared
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.identity import identity
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.shapes import broadcast_to, reshape

__all__ = ["concat", "meshgrid", "pad", "parallel_stack", "repeat", "split", "stack", "tile", "unstack"]

_concat = ops.concat
_pack = ops.pack


def _lifted(values):
    """Values for an op of many tensors; raw torch tensors must become Tensors, or it would give raw results."""
    for x in values:
        if type(x) is not Tensor:
            return [convert(x) if isinstance(x, torch.Tensor) else x for x in values]
    return values


def concat(values, axis, name="concat"):
    """Tensors of one dtype joined along an axis that they all have; their other sizes must agree.

    Raises:
      InvalidArgumentError: shapes or dtypes do not agree, no tensors, scalars, or a bad axis.

    Source: `tf.concat`.

    >>> import tfcompat_tape as tf
    >>> tf.concat([tf.ones([2, 1]), tf.zeros([2, 2])], 1).numpy().tolist()
    [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    """
    if type(axis) is not int:
        axis = as_int(axis, single=True)
    if not isinstance(values, (list, tuple)):
        values = [values]
    if len(values) == 1:
        return identity(convert(values[0]))
    if not values:
        raise invalid("ConcatV2: there are no tensors to concatenate.")
    return _concat(*_lifted(values), axis=axis)


def stack(values, axis=0, name="stack"):
    """Tensors of one shape and dtype along a new axis.

    Raises:
      ValueError: `axis` is out of range.
      InvalidArgumentError: shapes or dtypes do not agree.

    Source: `tf.stack`.

    >>> import tfcompat_tape as tf
    >>> tf.stack([[1, 2], [3, 4]], axis=1).numpy().tolist()
    [[1, 3], [2, 4]]
    """
    if type(axis) is not int:
        if axis is None:
            raise TypeError("Argument `axis` must be an int, not None.")
        axis = compared(axis)
        if isinstance(axis, float) and math.isinf(axis):
            raise ValueError(f"Argument `axis` = {axis} is out of range.")
        axis = attribute("Pack", "axis", axis)
    if axis == 0 and not (isinstance(values, (list, tuple)) and values and type(values[0]) is Tensor):
        try:
            return own(values)
        except (TypeError, ValueError):
            pass  # numbers beside Tensors: as the inputs of an op they take the Tensors' dtype
    if isinstance(values, np.ndarray):
        raise ValueError(f"tf.stack takes a list of arrays, not one array of {values.ndim} axes.")
    values = list(values)
    if not values:
        raise ValueError("tf.stack: there are no tensors to stack.")
    rank = len(convert(values[0])._t.shape) + 1
    if not -rank <= axis < rank:
        raise ValueError(f"Argument `axis` = {axis} not in range [{-rank}, {rank})")
    return _pack(*_lifted(values), axis=axis)


def parallel_stack(values, name="parallel_stack"):
    """A stack that fills itself as its inputs come; a thing of graphs.

    Raises:
      RuntimeError: always, as in TensorFlow's eager mode. Use `tf.stack`.

    Source: `tf.parallel_stack`.

    >>> import tfcompat_tape as tf
    >>> tf.parallel_stack([1, 2])
    Traceback (most recent call last):
    RuntimeError: tf.parallel_stack() is not compatible with eager execution. Use tf.stack.
    """
    raise RuntimeError("tf.parallel_stack() is not compatible with eager execution. Use tf.stack.")


def unstack(value, num=None, axis=0, name="unstack"):
    """A list of the slices of `value` along `axis`, without that axis.

    Raises:
      ValueError: `axis` is out of range.
      InvalidArgumentError: `num` is given and is not the size of the axis.

    Source: `tf.unstack`.

    >>> import tfcompat_tape as tf
    >>> [x.numpy().tolist() for x in tf.unstack([[1, 2], [3, 4]], axis=1)]
    [[1, 3], [2, 4]]
    """
    if type(value) is not Tensor:
        value = convert(value)
    if type(axis) is not int:
        axis = attribute("Unpack", "axis", 0 if axis is None else axis)
    if num is not None:
        try:
            num = attribute("Unpack", "num", num)
        except OverflowError:
            raise ValueError(f"Number of outputs is too big: {num}") from None
    rank = len(value._t.shape)
    if not -rank <= axis < rank:
        if num is not None:
            raise invalid(f"Unpack: axis = {axis} not in [{-rank}, {rank})")
        raise ValueError(f"Argument `axis` = {axis} not in range [{-rank}, {rank})")
    if num is None and not value._t.shape[axis]:
        return []
    return list(ops.unpack(value, num=value._t.shape[axis] if num is None else num, axis=axis))


def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    """A list of parts of `value` along `axis`: so many equal ones, or parts of the given sizes, one of which may be -1.

    Raises:
      InvalidArgumentError: the axis cannot be split so, or there is no such axis.
      ValueError: `num_or_size_splits` is a scalar that is no Python int.

    Source: `tf.split`.

    >>> import tfcompat_tape as tf
    >>> [x.numpy().tolist() for x in tf.split([1, 2, 3, 4], [1, -1])]
    [[1], [2, 3, 4]]
    """
    axis = as_int(axis, to=int32, beside=(value,))
    if type(value) is not Tensor:
        value = convert(value)
    if isinstance(num_or_size_splits, (int, Dimension)):
        return list(ops.split(value, num_split=int(num_or_size_splits), split_dim=axis))
    if not isinstance(num_or_size_splits, (list, tuple)) and not convert(num_or_size_splits)._t.shape:
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    sizes = as_ints(num_or_size_splits, "size_splits", dtypes=INT32_64 | {torch.int8}, hint=None)
    if not sizes:
        raise invalid("SplitV: size_splits is empty.")
    return list(
        ops.split_v(value, size_splits=sizes, split_dim=axis, num_split=len(sizes) if num is None else num)
    )


def tile(input, multiples, name=None):
    """`input` repeated as a whole, `multiples[i]` times along axis i.

    Raises:
      InvalidArgumentError: `multiples` is not a vector with one non-negative number for each axis.

    Source: `tf.tile`.

    >>> import tfcompat_tape as tf
    >>> tf.tile([[1, 2]], [2, 2]).numpy().tolist()
    [[1, 2, 1, 2], [1, 2, 1, 2]]
    """
    return ops.tile(
        input if type(input) is Tensor else convert(input), multiples=as_ints(multiples, "multiples")
    )


@composed
def repeat(input, repeats, axis=None, name=None):
    """`input` with each element along `axis` repeated, as often as `repeats` says; flattened first if `axis` is `None`.

    Args:
      repeats: an integer, or a vector with one for each element along `axis`.

    Raises:
      ValueError: a bad axis, or the wrong number of repeats.
      TypeError: repeats that are no integers.
      InvalidArgumentError: a negative number for all elements; beside others it counts as 0.

    Source: `tf.repeat`.

    >>> import tfcompat_tape as tf
    >>> tf.repeat([3, 4], [1, 2]).numpy().tolist()
    [3, 4, 4]
    """
    x = convert(input)
    if axis is None:
        x = reshape(x, shape=(-1,))
        axis = 0
    shape = tuple(x._t.shape)
    rank = len(shape)
    counts = convert(repeats, None, int32)
    if not counts.dtype.is_integer:
        raise TypeError(f"Argument `repeats` must be of an integer dtype, got {counts.dtype.name}.")
    if len(counts._t.shape) > 1:
        raise ValueError(f"Shape {counts.shape} of `repeats` must have rank at most 1")
    if type(axis) is not int:
        raise TypeError(
            f"Argument `axis` must be an int. Received `axis` = {axis} of type {type(axis).__name__}"
        )
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    axis %= rank
    if counts._t.numel() == 1:
        times = as_int(cast(reshape(counts, shape=()), DstT=int32), "repeats")
        if times < 0:
            raise invalid(f"Repeat: Expected multiples[1] >= 0, but got {times}")
        wide = (*shape[: axis + 1], times, *shape[axis + 1 :])
        copies = broadcast_to(reshape(x, shape=(*shape[: axis + 1], 1, *shape[axis + 1 :])), shape=wide)
        return reshape(copies, shape=(*shape[:axis], shape[axis] * times, *shape[axis + 1 :]))
    if counts._t.shape[0] != shape[axis]:
        raise ValueError(f"Dimensions {shape[axis]} and {counts._t.shape[0]} are not compatible")
    numbers = reading.plain(counts._t)  # what the shape of the result depends on
    with reading.outside():
        numbers = numbers.to(torch.int32).to(torch.int64)
        counted = numbers.clamp(min=0)
        rows = torch.repeat_interleave(torch.arange(shape[axis], device=numbers.device), counted)
    # A negative axis, so that the gradient is a dense tensor.
    return gather(x, Tensor(rows, None), axis=axis - rank, batch_dims=0)


def pad(tensor, paddings, mode="CONSTANT", constant_values=0, name=None):
    """`tensor` with rows added before and after each axis.

    Args:
      paddings: integer matrix of one row (before, after) for each axis.
      mode: "CONSTANT", "REFLECT" (mirrored, the edge not repeated) or "SYMMETRIC" (mirrored with the edge).
      constant_values: a scalar of the tensor's dtype, for "CONSTANT".

    Raises:
      InvalidArgumentError: `paddings` does not fit the tensor, or is negative.
      ValueError: another mode.

    Source: `tf.pad`.

    >>> import tfcompat_tape as tf
    >>> tf.pad([1, 2, 3], [[2, 1]], "REFLECT").numpy().tolist()
    [3, 2, 1, 2, 3, 2]
    """
    if type(tensor) is not Tensor:
        tensor = convert(tensor)
    kind = mode.upper()
    if kind not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {kind}"
        )
    pairs = as_pairs(paddings)
    if kind != "CONSTANT":
        return padding.mirror_pad(tensor, paddings=pairs, mode=kind)
    if type(constant_values) in (int, float) and constant_values == 0:
        return padding.pad(tensor, paddings=pairs)
    return padding.pad_v2(tensor, _filler(constant_values, tensor), paddings=pairs)


def _filler(value, tensor):
    if isinstance(value, bool) and not tensor.dtype.is_bool:
        value = int(value)
    return (
        convert(value) if type(value) is Tensor or hasattr(value, "_read") else convert(value, tensor.dtype)
    )


def meshgrid(*args, **kwargs):
    """Coordinate grids of vectors: for each the tensor of its values at all points of the grid.

    Args:
      *args: vectors of one dtype; others are flattened.
      indexing: "xy" (the second vector runs along the first axis; the default) or "ij".

    Raises:
      ValueError: another indexing.
      TypeError: another keyword.
      InvalidArgumentError: different dtypes.

    Source: `tf.meshgrid`.

    >>> import tfcompat_tape as tf
    >>> x, y = tf.meshgrid([1, 2], [3, 4, 5])
    >>> x.numpy().tolist(), y.numpy().tolist()
    ([[1, 2], [1, 2], [1, 2]], [[3, 3], [4, 4], [5, 5]])
    """
    indexing = kwargs.pop("indexing", "xy")
    kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"{next(iter(kwargs))!r} is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Argument `indexing` parameter must be either 'xy' or 'ij', got {indexing!r}")
    tensors = [convert(x) for x in args]
    for x in tensors:
        if x.dtype != tensors[0].dtype:
            raise invalid(
                f"meshgrid: the vectors must have one dtype, got {tensors[0].dtype.name} and {x.dtype.name}."
            )
    sizes = [math.prod(x._t.shape) for x in tensors]
    order = list(range(len(tensors)))
    if indexing == "xy" and len(order) > 1:
        order[:2] = 1, 0
    grid = tuple([sizes[i] for i in order])
    grids = []
    for i, x in enumerate(tensors):
        line = tuple([sizes[i] if i == j else 1 for j in order])
        grids.append(broadcast_to(reshape(x, shape=line), shape=grid))
    return grids
