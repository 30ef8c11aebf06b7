"""Static arguments of ops: shapes, sizes and axes, from whatever TensorFlow takes for them.

Python ints, tuples and lists of ints are the hot case and cost next to nothing. Tensors, Variables, NumPy arrays and
TensorShapes are read and checked. What an op cannot take raises TensorFlow's exception.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert, is_plain, match
from tfcompat_tape.core.dtypes import DType, int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.registry import ANY
from tfcompat_tape.core.shapes import Dimension, TensorShape
from tfcompat_tape.core.tensor import Tensor

INT32_64 = frozenset({torch.int32, torch.int64})
INT16_32_64 = INT32_64 | {torch.int16}

# What an op of shapes alone takes: every dtype, and strings, whose raw form is an object array.
VALUES = ANY | frozenset({np.dtype(object)})
# Floats of eight bits, which are stored, moved and cast, but not calculated with.
EIGHT_BITS = frozenset({torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz})
# What may stand in a tensor and be put elsewhere.
STORED = VALUES | EIGHT_BITS
# What is only moved: quantized integers, too, which are NumPy arrays like strings.
MOVED = VALUES | dtypes.OF_ARRAYS.keys() | EIGHT_BITS


def as_ints(
    value: Any,
    what: str = "shape",
    *,
    scalar: bool = False,
    dtypes: Any = INT32_64,
    mixed: bool = False,
    to: DType | None = None,
    hint: DType | None = int32,
    beside: Sequence[Any] | None = None,
) -> tuple[int, ...]:
    """A vector of integers as a tuple.

    Args:
      value: ints in a tuple or list (Tensors may stand among them), an integer Tensor or array of one axis, a
        TensorShape.
      what: name of the argument, for messages.
      scalar: whether a single integer is taken too, as a vector of one.
      dtypes: the torch dtypes that a Tensor may have.
      mixed: whether Tensors that stand in a list may differ in dtype.
      to: the dtype that TensorFlow converts the argument to, before the op sees it.
      hint: the dtype that the op has by default: what is no Tensor gets it, where it can.
      beside: the other inputs of the op: if it converts all of them by itself, a Tensor of another dtype than `to` is
        an InvalidArgumentError.

    Raises:
      InvalidArgumentError: the numbers are no integers, or not one vector.
      ValueError: `None` among the numbers, or what has no tensor form; with `to`, a Tensor of another dtype.
      TypeError: with `to`, numbers that cannot have the dtype.
    """
    if type(value) is tuple or type(value) is list or type(value) is torch.Size:
        for n in value:
            if type(n) is not int:
                break
        else:
            return tuple(value)
    if not mixed and to is None and isinstance(value, (tuple, list)):
        same_dtype(what, value)
    numbers = _read(value, what, dtypes, to, hint, beside)
    if type(numbers) is int or type(numbers) is torch.SymInt:
        if not scalar:
            _fits(what, numbers)
            raise invalid(f"Expected {what} to be 1-D, but got shape []: write [{numbers}], not {numbers}.")
        return (numbers,)
    if any(type(n) is not int and type(n) is not torch.SymInt for n in numbers):
        raise invalid(f"{what} must be a vector, got an array of {_rank(numbers)} axes: {numbers}.")
    return tuple(numbers)


def as_bool(value: Any, what: str, default: bool = False) -> bool:
    """A boolean attribute of an op: True or False, or `None` for its default.

    Raises:
      TypeError: anything else, 1 and NumPy's booleans among it, as in TensorFlow.
    """
    if value is True or value is False:
        return bool(value)
    if value is None:
        return default
    raise TypeError(f"Expected bool for argument {what!r} not {value!r}.")


def _fits(what: str, *numbers: int) -> None:
    """ValueError, as in a conversion, for an integer that has no 64-bit form."""
    for n in numbers:
        if not -(2**63) <= n < 2**63:
            raise ValueError(
                f"{what}: Can't convert Python sequence with out-of-range integer to Tensor: {n}."
            )


def same_dtype(what: str, values: Any) -> None:
    """Whether the Tensors and Variables among `values` have one dtype.

    Raises:
      InvalidArgumentError: they differ.
    """
    kinds = {n.dtype for n in values if type(n) is Tensor or hasattr(n, "_read")}
    if len(kinds) > 1:
        raise invalid(f"{what}: tensors must have one dtype, got {', '.join(kind.name for kind in kinds)}.")


def as_int(
    value: Any,
    what: str = "axis",
    *,
    single: bool = False,
    dtypes: Any = INT32_64,
    to: DType | None = None,
    beside: Sequence[Any] | None = None,
) -> int:
    """An integer; `single`: an array of one element will do. For `to` and `beside` see `as_ints`.

    Raises:
      InvalidArgumentError: it is no integer, or an array.
      ValueError: it is `None` or has no tensor form.
    """
    if type(value) is int:
        return value
    if type(value) is bool and to is None:
        return int(value)
    number = _read(value, what, dtypes, to, None, beside)
    while single and type(number) is list and len(number) == 1:
        number = number[0]
    if type(number) is not int and type(number) is not torch.SymInt:
        raise invalid(f"{what} must be a scalar, but got: {compact(_form(number))}: {number}")
    return number


def compared(value: Any, what: str = "axis") -> Any:
    """An argument that TensorFlow's Python compares with numbers before an op sees it; it comes back as it is.

    Raises:
      ValueError: an array or tensor of several elements, or of none, which is neither true nor false.
      TypeError: what no number compares with.
    """
    if type(value) is int:
        return value
    if isinstance(value, (Tensor, np.ndarray)) or hasattr(value, "_read"):
        raw = convert(value)._t if not isinstance(value, np.ndarray) else value
        if not isinstance(raw, np.ndarray) and raw.dtype is torch.bool:
            raise TypeError(f"{what} must be a number, got {value!r}.")
        if math.prod(raw.shape) != 1:
            raise ValueError(
                f"The truth value of an array with more than one element is ambiguous: {what}={value!r}."
            )
        if isinstance(raw, np.ndarray) and raw.dtype == object:
            raise TypeError(f"{what} must be a number, got {value!r}.")
    elif isinstance(value, complex) or not hasattr(value, "__float__"):
        raise TypeError(f"{what} must be a number, got {value!r}.")
    return value


def hinted(value: Any, dtype: DType | None, allowed: Any = INT32_64) -> Tensor:
    """An input whose dtype is `dtype` by default: what has none of the `allowed` torch dtypes gets it, if it can.

    Raises:
      TypeError, ValueError, InvalidArgumentError: the value, or a list with it, has no tensor form.
    """
    found = convert(value)
    if dtype is None or isinstance(value, Tensor) or found._t.dtype in allowed:
        return found
    return convert(value, None, dtype)


def hinted_together(values: Sequence[Any], dtype: DType) -> list[Tensor]:
    """The same for inputs that must have one dtype: that of a Tensor among them, or of the first."""
    if any(map(_has_dtype, values)):
        return match(values, preferred=dtype)
    first = hinted(values[0], dtype)
    return [first, *[convert(value, first.dtype) for value in values[1:]]]


def unless_tensor(value: Any, dtype: DType = int32) -> DType | None:
    """`dtype` for Python's numbers and lists, which TensorFlow converts to it; `None` for tensors and arrays."""
    return None if hasattr(value, "dtype") or isinstance(value, TensorShape) else dtype


def as_axis(axis: Any, rank: int, what: str = "axis") -> int:
    """An axis of a tensor of `rank` axes, counted from the front.

    Raises:
      InvalidArgumentError: there is no such axis.
    """
    number = axis if type(axis) is int else as_int(axis, what)
    if not -rank <= number < rank:
        _fits(what, number)
        raise invalid(
            f"Invalid reduction dimension ({number} for input with {rank} dimension(s): {what} {number} is "
            f"out of range: "
            f"Expected dimension in the range [{-rank}, {rank}), but got {number}"
        )
    return number % rank if number < 0 else number


def as_axes(axis: Any, rank: int, what: str = "axis") -> tuple[int, ...]:
    """Axes of a tensor of `rank` axes, counted from the front: all of them for `None`, one for an int.

    Raises:
      InvalidArgumentError: there is no such axis, or one stands twice.
    """
    if axis is None:
        return tuple(range(rank))
    if type(axis) is int:
        return (as_axis(axis, rank, what),)
    axes = tuple([as_axis(n, rank, what) for n in as_ints(axis, what, scalar=True)])
    if len(set(axes)) < len(axes):
        twice = next(n for place, n in enumerate(axes) if n in axes[:place])
        raise invalid(
            f"Invalid reduction arguments: Axes contains duplicate dimension: {twice}: {what} {axes}, "
            f"axis {twice} specified more than once."
        )
    return axes


def as_sizes(
    value: Any,
    what: str = "shape",
    *,
    scalar: bool = False,
    mixed: bool = False,
    to: DType | None = None,
    hint: DType | None = int32,
    beside: Sequence[Any] | None = None,
) -> tuple[int, ...]:
    """The shape of a tensor to be: no size may be negative. For `to`, `hint` and `beside` see `as_ints`.

    Raises:
      InvalidArgumentError: a size is negative.
    """
    shape = as_ints(value, what, scalar=scalar, mixed=mixed, to=to, hint=hint, beside=beside)
    for n in shape:
        if n < 0:
            raise invalid(f"{what} {list(shape)}: Dimension {n} must be >= 0")
    if shape and reading.current.tracer is None and math.prod(shape) >= 2**63:
        _fits(what, *shape)
        raise invalid(f"Shape {compact(shape)} would have more than 2**63 - 1 elements")
    return shape


def as_pairs(value: Any, what: str = "paddings") -> tuple[tuple[int, int], ...]:
    """A matrix of two columns, as pairs.

    Raises:
      InvalidArgumentError: it is no integer matrix of two columns.
    """
    if type(value) is list or type(value) is tuple:
        for row in value:
            if (
                type(row) not in (list, tuple)
                or len(row) != 2
                or type(row[0]) is not int
                or type(row[1]) is not int
            ):
                break
        else:
            if value:
                return tuple([(low, high) for low, high in value])
    if isinstance(value, (Tensor, np.ndarray)) or hasattr(value, "_read"):
        shape = tuple(value.shape)
        if len(shape) != 2 or shape[1] != 2:
            raise invalid(f"{what} must be a matrix with 2 columns, got shape {list(shape)}.")
    numbers = _read(value, what, INT32_64)
    if (
        type(numbers) is int
        or any(type(row) in (int, torch.SymInt) or len(row) != 2 for row in numbers)
        or (not numbers and not isinstance(value, (Tensor, np.ndarray)))
    ):
        raise invalid(f"{what} must be a matrix with 2 columns, got {numbers}.")
    return tuple([(low, high) for low, high in numbers])


def _read(
    value: Any,
    what: str,
    dtypes: Any,
    to: DType | None = None,
    hint: DType | None = int32,
    beside: Sequence[Any] | None = None,
) -> Any:
    """An int, or ints in nested lists."""
    if type(value) is int:
        return value
    if isinstance(value, TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {value} to a Tensor.")
        return list(value)
    if to is not None:
        if beside is not None and all(map(is_plain, beside)) and _has_dtype(value) and value.dtype != to:
            raise invalid(
                f"cannot compute it as input {what} was expected to be a {type_name(to)} tensor but is a "
                f"{type_name(value.dtype)} tensor"
            )
        return reading.sizes(convert(value, to)._t)
    if isinstance(value, (tuple, list)) and value:
        found = [_number(n, what, dtypes) for n in value]
        if None not in found:
            return found
    if isinstance(value, range):
        return list(value)
    if isinstance(value, (tuple, list)) and not value:
        return []
    raw = hinted(value, hint, dtypes)._t
    if not isinstance(raw, torch.Tensor) or raw.dtype not in dtypes:
        raise _no_integer(what, value, raw)
    return reading.sizes(raw)


def _has_dtype(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_read")


def _no_integer(what: str, value: Any, raw: Any) -> Exception:
    return invalid(
        f"{what}: Value for attr 'Tidx' of {type_name(raw.dtype)} is not in the list of allowed values: int32, int64: "
        f"it must be of an integer dtype such as int32 or int64, got {value!r}."
    )


def _number(value: Any, what: str, dtypes: Any) -> Any:
    """An integer that stands in a list as an int, `None` for anything else."""
    if type(value) is int or type(value) is torch.SymInt:
        return value
    if isinstance(value, (np.integer, Dimension)):
        return int(value)
    if type(value) is Tensor or hasattr(value, "_read"):
        raw = convert(value)._t
        if isinstance(raw, torch.Tensor) and not raw.shape and raw.dtype in dtypes:
            return reading.sizes(raw)
    return None


def _form(numbers: Any) -> list[int]:
    """The shape of nested lists."""
    return [len(numbers), *_form(numbers[0])] if isinstance(numbers, list) and numbers else []


def _rank(numbers: Any) -> int:
    return 1 + _rank(numbers[0]) if isinstance(numbers, list) and numbers else int(isinstance(numbers, list))
