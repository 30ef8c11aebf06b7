"""Choosing elements by a condition, and tensors that mark positions."""

from __future__ import annotations

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import as_dtype, bool_, float32, int32, int64, string
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import kernel_of
from tfcompat_tape.core.registry import FLOATS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import indexing
from tfcompat_tape.ops import selection as ops
from tfcompat_tape.ops.arguments import INT32_64, as_int, hinted
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.raw.attrs import attribute

__all__ = ["one_hot", "sequence_mask", "where"]

_select = ops.select_v2


def where(condition, x=None, y=None, name=None):
    """`x` where `condition` holds and `y` elsewhere, broadcasting; without `x` and `y`, coordinates of where it holds.

    Args:
      condition: boolean tensor; alone, of any dtype, true where it is not zero.

    Returns:
      A tensor of the dtype of `x` and `y`; or an int64 matrix of one row of coordinates for each true element.

    Raises:
      ValueError: just one of `x` and `y`.
      InvalidArgumentError: shapes that do not broadcast, different dtypes.

    Source: `tf.where`.

    >>> import tfcompat_tape as tf
    >>> tf.where([True, False], 1.0, 2.0).numpy().tolist(), tf.where([False, True]).numpy().tolist()
    ([1.0, 2.0], [[1]])
    """
    if x is None and y is None:
        return indexing.where(convert(condition))
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return _select(*match((condition, x, y), (1, 2), fixed={0: bool_}))


def one_hot(indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """For each index a vector of `depth` that is `on_value` (1) at the index and `off_value` (0) elsewhere.

    Args:
      indices: tensor of uint8, int8, int32 or int64; an index out of range gives a vector of `off_value`.
      axis: where the new axis goes; last by default.
      dtype: that of `on_value` and `off_value`, float32 if neither is given.

    Raises:
      TypeError: dtypes that do not agree.
      InvalidArgumentError: a negative depth, or a bad axis.

    Source: `tf.one_hot`.

    >>> import tfcompat_tape as tf
    >>> tf.one_hot([0, 2], 3).numpy().tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    wanted = None if dtype is None else as_dtype(dtype)
    on = None if on_value is None else convert(on_value, None, wanted)
    off = None if off_value is None else convert(off_value, None, wanted)
    for what, value in (("on_value", on), ("off_value", off)):
        if value is not None and wanted is not None and value.dtype != wanted:
            raise TypeError(f"dtype {value.dtype} of {what} does not match dtype parameter {wanted}")
    if on is not None and off is not None and on.dtype != off.dtype:
        raise TypeError(f"dtype {on.dtype} of on_value does not match dtype {off.dtype} of off_value")
    found = on or off if wanted is None else None
    kind = wanted or (found.dtype if found is not None else float32)
    if isinstance(depth, float):
        raise TypeError(f"Cannot convert {depth!r} to EagerTensor of dtype int32")
    return ops.one_hot(
        hinted(indices, int64, ops.one_hot.op.dtypes),
        convert(1, kind) if on is None else on,
        convert(0, kind) if off is None else off,
        depth=as_int(depth, "depth", to=int32, beside=(indices,)),
        axis=-1 if axis is None else axis if type(axis) is int else attribute("OneHot", "axis", axis),
    )


def sequence_mask(lengths, maxlen=None, dtype=bool_, name=None):
    """For each length a row of `maxlen` elements of which the first `length` are true.

    Args:
      lengths: tensor of int32, int64 or floats.
      maxlen: the greatest length by default.

    Raises:
      ValueError: `maxlen` is no scalar.

    Source: `tf.sequence_mask`.

    >>> import tfcompat_tape as tf
    >>> tf.sequence_mask([1, 3], dtype=tf.int32).numpy().tolist()
    [[1, 0, 0], [1, 1, 1]]
    """
    given = convert(lengths)
    x = given
    most = None if maxlen is None else convert(maxlen)
    if most is not None:
        if most._t.shape:
            raise ValueError(
                f"Argument `maxlen` must be scalar for sequence_mask, received `maxlen` = {maxlen}"
            )
        if most.dtype in (bool_, string):
            raise TypeError(f"Argument `maxlen` must be a number, received `maxlen` = {maxlen}")
        if most.dtype not in (int32, int64) and not most.dtype.is_floating:
            raise invalid(f"sequence_mask: maxlen must be int32, int64 or a float, got {most.dtype.name}.")
        x = cast(x, DstT=most.dtype)
    raw = x._t
    if not isinstance(raw, torch.Tensor) or raw.dtype not in FLOATS | INT32_64:
        if x.dtype.is_integer and x.dtype.name != "uint8":
            raise not_found(
                f"Could not find device for node: sequence_mask has no kernel for {x.dtype.name}."
            )
        raise invalid(
            f"sequence_mask: lengths must be int32, int64 or of a floating dtype, got {x.dtype.name}."
        )
    if most is None:
        size = max(0, reading.item(raw.max())) if raw.numel() else 0
    else:
        size = reading.item(most._t)
    if not size >= 0:
        raise invalid(f"sequence_mask: Requires start <= limit when delta > 0: 0/{size}")
    with kernel_of("Range"):
        steps = torch.arange(-int(-size // 1), device=raw.device).to(raw.dtype)
    mask = steps < raw.unsqueeze(-1)
    kind = torch.bool if dtype is None else as_dtype(dtype).torch
    return Tensor(mask if kind is torch.bool else mask.to(kind), None)
