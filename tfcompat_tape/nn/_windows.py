"""Arguments of convolutions and pools: strides, paddings and data formats in the forms that TensorFlow takes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.shapes import reshape

_ALL = {nd: {1: (1,) * (nd + 2)} for nd in (1, 2, 3)}


def per_axis(value: Any, nd: int, first: bool, what: str) -> tuple[int, ...]:
    """An int, or one int for all, each spatial or each axis, as one per axis. `first`: the channels come first.

    Raises:
      ValueError: another number of them.
    """
    if value is None:
        value = 1
    if type(value) is int:
        return _spread((value,), nd, first, what)
    if isinstance(value, float):
        if value != value:
            raise TypeError(f"Expected int for argument {what!r} not nan.")
        return _spread((int(value),), nd, first, what)
    if isinstance(value, (bool, np.integer, DType)):  # which count as numbers
        return _spread((int(value),), nd, first, what)
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(f"Expected int for argument {what!r} not {value!r}.")
    values = list(value)
    if len(values) not in (1, nd, nd + 2):
        raise ValueError(
            f"{what} should be of length 1, {nd} or {nd + 2}. Received: {what}={values} of length {len(values)}"
        )
    for item in values:
        if isinstance(item, (str, bytes)):
            raise TypeError(f"Expected int for argument {what!r} not {item!r}.")
    return _spread(tuple([int(v) for v in values]), nd, first, what)


@lru_cache(maxsize=1024)
def _spread(values: tuple[int, ...], nd: int, first: bool, what: str) -> tuple[int, ...]:
    if len(values) == nd + 2:
        return values
    if len(values) == 1:
        values = values * nd
    if len(values) != nd:
        raise ValueError(
            f"{what} should be of length 1, {nd} or {nd + 2}. Received: {what}={list(values)} of length {len(values)}"
        )
    return (1, 1, *values) if first else (1, *values, 1)


def given(value: Any, op: str, what: str) -> tuple[int, ...]:
    """A list with one int per axis, as it is.

    Raises:
      TypeError: it is not a list or tuple.
    """
    if isinstance(value, (list, tuple)):
        return tuple([int(v) for v in value])
    if value is None:
        return ()
    raise TypeError(f"Expected list for '{what}' argument to '{op}' Op, not {value!r}.")


def padding_of(padding: Any, nd: int) -> dict[str, Any]:
    """The attributes `padding` and `explicit_paddings`.

    Raises:
      TypeError: neither a string nor a list.
      ValueError: 'EXPLICIT' without a list, or a list that is not one pair per axis.
    """
    if isinstance(padding, bytes):  # as `op.get_attr` gives it
        padding = padding.decode()
    if isinstance(padding, str):
        if padding == "EXPLICIT":
            raise ValueError(
                "'EXPLICIT' is not a valid value for `padding`. To use explicit padding, give a list."
            )
        return {"padding": padding}
    if not isinstance(padding, (list, tuple)):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    for i, pair in enumerate(padding):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(
                "When `padding` is a list, each element of `padding` must be a list/tuple of size 2. "
                f"Received: padding={padding} with element at index {i}: {pair!r}"
            )
    if len(padding) != nd + 2:
        raise ValueError(
            f"When `padding` is a list, it must be of length {nd + 2}. Received: padding={padding}"
        )
    return {"padding": "EXPLICIT", "explicit_paddings": tuple([int(n) for pair in padding for n in pair])}


def plain_padding(padding: Any) -> str:
    """'SAME' or 'VALID', for ops without explicit padding; TypeError for a list."""
    if isinstance(padding, bytes):
        return padding.decode()
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    return padding


def tensor(value: Any, preferred: Any = None) -> Tensor:
    """`value` as a Tensor, of the dtype `preferred` if it is none and can have it."""
    return value if type(value) is Tensor else convert(value, preferred=preferred)


def channels_first(data_format: Any) -> bool:
    """Whether `data_format` puts the channels right behind the batch."""
    return isinstance(data_format, str) and data_format.startswith("NC")


def flatten_batch(x: Tensor, axes: int) -> Tensor:
    """Make one axis of all but the last `axes`."""
    shape = x._t.shape
    count = 1
    for n in shape[:-axes]:
        count *= n
    result: Tensor = reshape(x, shape=(count, *shape[-axes:]))
    return result


def restore_batch(y: Tensor, shape: Any, axes: int) -> Tensor:
    """The way back from `flatten_batch` of a tensor that had `shape`."""
    result: Tensor = reshape(y, shape=(*shape[:-axes], *y._t.shape[1:]))
    return result
