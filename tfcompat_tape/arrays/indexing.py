"""Parts of a tensor: slices, lookups by position, masks."""

from __future__ import annotations

import math

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import gathering, indexing
from tfcompat_tape.ops.arguments import INT16_32_64, as_int, as_ints, compared, same_dtype, unless_tensor
from tfcompat_tape.ops.padding import slice_
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.slicing import strided_slice as _strided_slice

__all__ = ["boolean_mask", "gather", "gather_nd", "slice", "strided_slice"]

_gather = gathering.gather


def _like(begin, value):
    """The dtype that `value` is converted to beside `begin`: a Variable's is to be that, as a list's."""
    if hasattr(value, "_read"):
        return convert(begin).dtype
    return unless_tensor(value)


def slice(input_, begin, size, name=None):
    """The block of `input_` that begins at the coordinates `begin` and has `size`; a size of -1 reaches to the end.

    Raises:
      InvalidArgumentError: the block does not lie in the tensor.

    Source: `tf.slice`.

    >>> import tfcompat_tape as tf
    >>> tf.slice([[1, 2, 3], [4, 5, 6]], [0, 1], [-1, 2]).numpy().tolist()
    [[2, 3], [5, 6]]
    """
    x = input_ if type(input_) is Tensor else convert(input_)
    if type(begin) is Tensor and type(size) is Tensor:
        same_dtype("Slice", (begin, size))
    return slice_(
        x, begin=as_ints(begin, "begin", hint=None), size=as_ints(size, "size", to=_like(begin, size))
    )


def strided_slice(
    input_,
    begin,
    end,
    strides=None,
    begin_mask=0,
    end_mask=0,
    ellipsis_mask=0,
    new_axis_mask=0,
    shrink_axis_mask=0,
    var=None,
    name=None,
):
    """What `x[b:e:s, ...]` is made of: begin, end and stride for each axis, and what bit i of a mask says of entry i.

    Args:
      begin, end, strides: integer vectors; strides are 1 by default and may be negative.
      begin_mask, end_mask: entries whose `begin` or `end` is left open.
      ellipsis_mask: the entry that stands for as many whole axes as are left over.
      new_axis_mask: entries that add an axis of size 1.
      shrink_axis_mask: entries that take the one element at `begin` and its axis away.
      var: the Variable that `input_` was read from; the result can then be assigned to.

    Raises:
      InvalidArgumentError: vectors of different lengths, a stride of 0, too many entries, an element out of range.

    Source: `tf.strided_slice`.

    >>> import tfcompat_tape as tf
    >>> tf.strided_slice([1, 2, 3, 4], [3], [0], [-2]).numpy().tolist()
    [4, 2]
    """
    same_dtype("StridedSlice", (begin, end, strides))
    begin = as_ints(begin, "begin", dtypes=INT16_32_64, hint=None)
    attrs = {
        "begin": begin,
        "end": as_ints(end, "end", dtypes=INT16_32_64, to=_like(begin, end)),
        "strides": (1,) * len(begin)
        if strides is None
        else as_ints(strides, "strides", dtypes=INT16_32_64, to=_like(begin, strides)),
        "begin_mask": begin_mask,
        "end_mask": end_mask,
        "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask,
        "shrink_axis_mask": shrink_axis_mask,
    }
    result = _strided_slice(convert(input_), **attrs)
    if var is not None:
        result._slice_of = (var, attrs)
    return result


def gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    """The slices of `params` along `axis` at `indices`.

    The shape is `params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]`. Along axis 0 the gradient
    is `tf.IndexedSlices`.

    Args:
      indices: int32 or int64 tensor of any shape.
      axis: the axis to look up; `batch_dims` by default.
      batch_dims: how many leading axes `params` and `indices` share.

    Raises:
      InvalidArgumentError: an index out of range (on a GPU it gives zeros instead), or a bad axis.

    Source: `tf.gather`.

    >>> import tfcompat_tape as tf
    >>> tf.gather([[1, 2], [3, 4]], [1, 1, 0]).numpy().tolist()
    [[3, 4], [3, 4], [1, 2]]
    """
    if type(batch_dims) is not int:
        batch_dims = attribute("GatherV2", "batch_dims", 0 if batch_dims is None else batch_dims)
    if axis is None:
        axis = batch_dims
    elif type(axis) is not int:
        if isinstance(axis, (Tensor, np.ndarray)) and math.prod(axis.shape) != 1:
            compared(axis)
        axis = as_int(axis)
    return _gather(
        params if type(params) is Tensor else convert(params),
        indices if type(indices) is Tensor else convert(indices),
        axis=axis,
        batch_dims=batch_dims,
    )


def gather_nd(params, indices, batch_dims=0, name=None, bad_indices_policy=""):
    """The elements or slices of `params` at the coordinates in the last axis of `indices`.

    Args:
      indices: integer tensor of shape `(..., m)`, with m at most the rank of `params`.
      batch_dims: how many leading axes `params` and `indices` share.
      bad_indices_policy: "ERROR" (the default on the CPU), or "IGNORE", which gives zeros.

    Raises:
      InvalidArgumentError: coordinates out of range, or too many of them.
      ValueError: a bad `batch_dims`.

    Source: `tf.gather_nd`.

    >>> import tfcompat_tape as tf
    >>> tf.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]).numpy().tolist()
    [2, 3]
    """
    x = params if type(params) is Tensor else convert(params)
    where = indices if type(indices) is Tensor else convert(indices)
    batch = batch_dims if type(batch_dims) is int else int(batch_dims)
    if batch:
        where = _with_batch(where, batch)
    return gathering.gather_nd(x, where, bad_indices_policy=bad_indices_policy)


def _with_batch(indices, batch):
    """Coordinates that also say which example they are for."""
    raw = indices._t
    if batch < 0:
        raise ValueError("tf.gather_nd does not allow negative batch_dims.")
    if batch >= raw.dim():
        raise ValueError(f"Argument `batch_dims` = {batch} must be less than rank(`indices`) = {raw.dim()}")
    lines = [
        torch.arange(n, dtype=raw.dtype, device=raw.device).reshape([-1] + [1] * (raw.dim() - 1 - i))
        for i, n in enumerate(raw.shape[:batch])
    ]
    form = (*raw.shape[:-1], 1)
    return Tensor(torch.cat([*[line.expand(form) for line in lines], raw], -1), None)


def boolean_mask(tensor, mask, axis=None, name="boolean_mask"):
    """The elements or slices of `tensor` where `mask` is true.

    Args:
      mask: boolean tensor whose shape is that of `tensor` from `axis` (0 by default) on, as far as it goes.

    Raises:
      ValueError: the mask is a scalar, or does not fit.

    Source: `tf.boolean_mask`.

    >>> import tfcompat_tape as tf
    >>> tf.boolean_mask([1, 2, 3], [True, False, True]).numpy().tolist()
    [1, 3]
    """
    return indexing.boolean_mask(tensor, mask, axis)
