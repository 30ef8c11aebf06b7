"""Values as keys: distinct values, searching, histograms, and arithmetic of positions."""

from __future__ import annotations

import math
from collections import namedtuple

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import sets as ops
from tfcompat_tape.ops.arguments import as_int, compared, hinted_together
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.shapes import reshape

__all__ = [
    "histogram_fixed_width",
    "histogram_fixed_width_bins",
    "searchsorted",
    "unique",
    "unique_with_counts",
    "unravel_index",
]

Unique = namedtuple("Unique", ["y", "idx"])
UniqueWithCounts = namedtuple("UniqueWithCounts", ["y", "idx", "count"])


def _index_type(op_type, dtype):
    """The dtype of positions, int32 unless given, as torch has it."""
    return attribute(op_type, "out_idx", int32 if dtype is None else dtype).torch


def unique(x, out_idx=int32, name=None):
    """The distinct values of a vector, in the order in which they come, and the position of each element among them.

    Returns:
      A named tuple `(y, idx)` with `y[idx] == x`; `idx` is of dtype `out_idx`, int32 or int64.

    Raises:
      InvalidArgumentError: `x` is not a vector.

    Source: `tf.unique`.

    >>> import tfcompat_tape as tf
    >>> [t.numpy().tolist() for t in tf.unique([3, 1, 3])]
    [[3, 1], [0, 1, 0]]
    """
    return Unique(*ops.unique(convert(x), out_idx=_index_type("Unique", out_idx)))


def unique_with_counts(x, out_idx=int32, name=None):
    """As `unique`, and how often each value comes.

    Returns:
      A named tuple `(y, idx, count)`.

    Raises:
      InvalidArgumentError: `x` is not a vector.

    Source: `tf.unique_with_counts`.

    >>> import tfcompat_tape as tf
    >>> tf.unique_with_counts([3, 1, 3]).count.numpy().tolist()
    [2, 1]
    """
    return UniqueWithCounts(
        *ops.unique_with_counts(convert(x), out_idx=_index_type("UniqueWithCounts", out_idx))
    )


def searchsorted(sorted_sequence, values, side="left", out_type=int32, name=None):
    """Where each value would go in a sorted row, before equal ones (`side="left"`) or after them ("right").

    Args:
      sorted_sequence: tensor of shape `(..., n)`, each row in ascending order.
      values: tensor of shape `(..., m)` with the same leading axes and dtype.

    Returns:
      Positions from 0 to n, of the shape of `values` and dtype `out_type` (int32 if that is `None`).

    Raises:
      ValueError: another side.
      InvalidArgumentError: shapes or dtypes that do not agree.

    Source: `tf.searchsorted`.

    >>> import tfcompat_tape as tf
    >>> tf.searchsorted([1, 3, 5], [0, 3, 6]).numpy().tolist()
    [0, 1, 3]
    """
    if side not in ("left", "right"):
        raise ValueError(f"Argument `side` must be either 'right' or 'left'. Received: `side` = {side!r}.")
    rows, keys = convert(sorted_sequence), convert(values)
    shape, wanted = rows._t.shape, keys._t.shape
    if not shape or not wanted:
        raise invalid("searchsorted: both arguments must have at least one axis.")
    find = ops.lower_bound if side == "left" else ops.upper_bound
    found = find(
        reshape(rows, shape=(math.prod(shape[:-1]), shape[-1])),
        reshape(keys, shape=(math.prod(wanted[:-1]), wanted[-1])),
        out_type=(int32 if out_type is None else as_dtype(out_type)).torch,
    )
    return reshape(found, shape=tuple(wanted))


def unravel_index(indices, dims, name=None):
    """Flat positions in an array of shape `dims` as coordinates, one column each.

    Raises:
      InvalidArgumentError: a position out of range, or arguments that are no vectors of int32 or int64.

    Source: `tf.unravel_index`.

    >>> import tfcompat_tape as tf
    >>> tf.unravel_index([2, 5], [2, 3]).numpy().tolist()
    [[0, 1], [2, 2]]
    """
    return ops.unravel_index(*hinted_together((indices, dims), int32))


def histogram_fixed_width(values, value_range, nbins=100, dtype=int32, name=None):
    """How many values lie in each of `nbins` bins of one width; values outside the range go to the first and last bin.

    Args:
      value_range: vector of two numbers, the lower end of the first bin and the upper end of the last.

    Raises:
      InvalidArgumentError: an empty range, or no bins.

    Source: `tf.histogram_fixed_width`.

    >>> import tfcompat_tape as tf
    >>> tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5).numpy().tolist()
    [2, 1, 1, 0, 2]
    """
    x = convert(values)
    ends = convert(value_range) if isinstance(value_range, Tensor) else convert(value_range, x.dtype)
    given = attribute("HistogramFixedWidth", "dtype", int32 if dtype is None else dtype)
    return ops.histogram_fixed_width(x, ends, nbins=as_int(convert(nbins, int32), "nbins"), dtype=given.torch)


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=int32, name=None):
    """The bin of each value, of `nbins` bins of one width; values outside the range go to the first and last bin.

    The bins are int32, whatever `dtype` says, as in TensorFlow.

    Raises:
      InvalidArgumentError: values and range of different dtypes, an empty range, or no bins.

    Source: `tf.histogram_fixed_width_bins`.

    >>> import tfcompat_tape as tf
    >>> tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5).numpy().tolist()
    [0, 0, 1, 2, 4, 4]
    """
    x, ends = convert(values), convert(value_range)
    if x.dtype != ends.dtype:
        raise invalid(
            f"histogram_fixed_width_bins: values are {x.dtype.name}, value_range is {ends.dtype.name}."
        )
    wanted = convert(nbins, int32)
    if len(wanted._t.shape) and wanted._t.numel() > 1:
        compared(wanted, "nbins")
    count = as_int(wanted, "nbins", single=True)
    if count <= 0:
        raise invalid(f"histogram_fixed_width_bins: nbins must be positive, got {count}.")
    if ends._t.shape != (2,):
        raise invalid(
            f"histogram_fixed_width_bins: value_range must be two numbers, got shape {list(ends._t.shape)}."
        )
    low, high = ends._t.unbind(0)
    if reading.known(ends._t) is not None and not bool(reading.item(low < high)):
        raise invalid(f"histogram_fixed_width_bins: value_range {ends._t.tolist()} is empty.")
    scaled = (x._t - low).to(torch.float64) / (high - low)
    bins = (scaled * count).floor().clamp(0, count - 1)
    return Tensor(bins.to(torch.int32), None)
