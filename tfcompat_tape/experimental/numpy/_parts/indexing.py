"""`x[key]` as NumPy has it: arrays of integers and masks among the items of a key.

Integers, slices, `...` and `None` are one StridedSlice, made first; then the arrays gather along the axes that are
left. Arrays in neighbouring places leave their common axes there; else these come first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.experimental.numpy._parts.promotion import array
from tfcompat_tape.ops import indexing

_ARRAYS = (list, tuple, range, np.ndarray, np.bool_, torch.Tensor, Tensor, Variable)
_VALID = (
    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid "
    "indices, got {!r}"
)


def _is_several(item: Any) -> bool:
    """Whether an item makes a list that it stands in a tuple."""
    if isinstance(item, (np.ndarray, Tensor)):
        return len(item.shape) > 0
    return item is None or item is Ellipsis or isinstance(item, (slice, list, tuple))


def _as_array(item: Any) -> Tensor | None:
    """An item of a key as a vector of integers, or an array of more axes; `None` for what a StridedSlice takes."""
    if not isinstance(item, _ARRAYS):
        return None
    x = array(item, copy=False)
    if not x._t.shape and x.dtype.is_integer:
        return None
    if x.dtype is tf.bool:
        if len(x._t.shape) != 1:
            raise NotImplementedError(f"Need rank 1 for bool index {item}")
        return tf.reshape(tf.where(x), [-1])
    if not x.dtype.is_integer:
        raise IndexError(_VALID.format(item))
    return tf.cast(x, tf.int64)


def getitem(x: Tensor, key: Any) -> Tensor:
    """`x[key]` while NumPy's behavior is enabled.

    Raises:
      IndexError: an item that is no index.
      NotImplementedError: a mask of several axes beside other items.
      InvalidArgumentError: an index that is out of range.
    """
    if type(key) is int or indexing._is_mask(key):
        return indexing.getitem(x, key)
    if isinstance(key, list) and any(map(_is_several, key)):
        key = tuple(key)
    items = list(key) if isinstance(key, tuple) else [key]
    arrays = [_as_array(item) for item in items]
    if all(index is None for index in arrays):
        return _basic(x, key)
    return _gathered(x, items, arrays)


def _basic(x: Tensor, key: Any) -> Tensor:
    try:
        return indexing.getitem(x, key)
    except TypeError:
        if isinstance(key, tuple) and isinstance(key[0], bool):
            raise
        raise IndexError(_VALID.format(key)) from None


def _gathered(x: Tensor, items: list[Any], arrays: list[Any]) -> Tensor:
    plain = tuple(
        slice(None) if index is not None else item for item, index in zip(items, arrays, strict=True)
    )
    y = _basic(x, plain)
    axes = _places(items, arrays, len(x._t.shape))
    indices = [index for index in arrays if index is not None]
    common = _common_shape(indices)
    sides = list(y._t.shape)
    flat: Any = 0  # the position among the elements of the axes that are indexed
    for axis, index in zip(axes, indices, strict=True):
        count = sides[axis]
        index = tf.where(index < 0, index + count, index)
        tf.gather(tf.zeros([count]), index)  # says which index is out of range
        flat = flat * count + tf.broadcast_to(index, common)
    together = axes == list(range(axes[0], axes[-1] + 1))
    at = axes[0] if together else 0
    rest = [axis for axis in range(len(sides)) if axis not in axes]
    order = rest[:at] + axes + rest[at:]
    if order != list(range(len(sides))):
        y = tf.transpose(y, order)
    merged = math.prod(sides[axis] for axis in axes)
    y = tf.reshape(y, [*(sides[axis] for axis in rest[:at]), merged, *(sides[axis] for axis in rest[at:])])
    return tf.gather(y, flat, axis=at)


def _common_shape(indices: list[Tensor]) -> list[int]:
    shapes = [tuple(index._t.shape) for index in indices]
    try:
        return list(torch.broadcast_shapes(*shapes))
    except RuntimeError:
        raise invalid(f"BroadcastArgs: Incompatible shapes: the arrays of an index have {shapes}.") from None


def _places(items: list[Any], arrays: list[Any], rank: int) -> list[int]:
    """On which axes, once integers have taken theirs away and `None` has added some, the arrays stand."""
    used = sum(1 for item in items if item is not None and item is not Ellipsis)
    places, axis = [], 0
    for item, index in zip(items, arrays, strict=True):
        if index is not None:
            places.append(axis)
            axis += 1
        elif item is Ellipsis:
            axis += rank - used
        elif item is None or isinstance(item, slice):
            axis += 1
    return places
