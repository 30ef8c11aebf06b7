"""The namespace `tf.debugging`: assertions about values, shapes and dtypes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch

from tfcompat_tape._coverage import missing_names
from tfcompat_tape.control.flow import Assert
from tfcompat_tape.control.text import summary
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import INTEGERS, OPS
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.identity import check_numerics as _check_numerics

__all__ = [
    "Assert",
    "assert_all_finite",
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_integer",
    "assert_less",
    "assert_less_equal",
    "assert_near",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "assert_proper_iterable",
    "assert_rank",
    "assert_rank_at_least",
    "assert_rank_in",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_shapes",
    "assert_type",
    "check_numerics",
    "disable_traceback_filtering",
    "enable_traceback_filtering",
    "is_numeric_tensor",
    "is_traceback_filtering_enabled",
]


# -- one value against another ------------------------------------------------------------------------------------


def _holds(conditions: torch.Tensor, message: str) -> bool:
    """Whether all conditions hold. In a trace that is found out whenever it is run; RuntimeError then if not."""
    found = reading.known(conditions)
    if found is None and reading.tracing():
        torch._assert_async(conditions.all().cpu(), message)
        return True
    return bool(to_numpy(conditions if found is None else found).all())


def _compare(op: str, sign: str, x: Any, y: Any, message: str | None, summarize: int | None) -> None:
    """InvalidArgumentError unless `x op y` for all elements."""
    x, y = convert(x), convert(y)
    if _holds(OPS[op].call(x, y)._t, message or f"Condition x {sign} y did not hold."):
        return
    holds = to_numpy(OPS[op].call(x, y)._t)
    most = 3 if summarize is None else summarize
    lines = [message] if message else []
    lines.append(f"Condition x {sign} y did not hold.")
    a, b = to_numpy(x._t), to_numpy(y._t)
    if a.shape == b.shape and a.ndim:
        where = np.argwhere(~holds)
        where = where if most < 0 else where[:most]
        index = tuple(where.T)
        lines.append(f"Indices of the first {len(where)} places where it does not:\n{where}")
        lines.append(f"Corresponding x values:\n{a[index]}\nCorresponding y values:\n{b[index]}")
    for name, array in (("x", a), ("y", b)):
        flat = array.reshape(-1)
        flat = flat if most < 0 else flat[:most]
        lines.append(f"First {len(flat)} elements of {name}:\n{flat}")
    raise invalid("\n".join(lines))


def assert_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless all elements of `x` and `y`, of one dtype and broadcastable shapes, are equal.

    Args:
      x, y: numeric, boolean or string Tensors.
      message: stands before the error's text.
      summarize: how many elements the error shows, 3 by default, all if negative.

    Raises:
      InvalidArgumentError: some are not equal, or the shapes or dtypes do not fit.

    Source: `tf.debugging.assert_equal`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_equal(tf.constant([1, 2]), [1, 2])
    """
    if x is not y:
        _compare("Equal", "==", x, y, message, summarize)


def assert_none_equal(
    x: Any, y: Any, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> None:
    """Raise if some element of `x` equals its partner in `y`. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_none_equal`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_none_equal(tf.constant([1, 2]), 3)
    """
    _compare("NotEqual", "!=", x, y, message, summarize)


def assert_less(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x < y` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_less`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_less(tf.constant([1, 2]), 3)
    """
    _compare("Less", "<", x, y, message, summarize)


def assert_less_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x <= y` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_less_equal`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_less_equal(tf.constant([1, 2]), 2)
    """
    _compare("LessEqual", "<=", x, y, message, summarize)


def assert_greater(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x > y` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_greater`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_greater(tf.constant([1, 2]), 0)
    """
    _compare("Greater", ">", x, y, message, summarize)


def assert_greater_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x >= y` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_greater_equal`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_greater_equal(tf.constant([1, 2]), 1)
    """
    _compare("GreaterEqual", ">=", x, y, message, summarize)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    message: str | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> None:
    """Raise unless `|x - y| < atol + rtol * |y|` for all elements; NaN and infinities are never near.

    Args:
      x, y: Tensors of one floating or complex dtype.
      rtol, atol: tolerances, each 10 times the machine epsilon of the dtype by default.
      message, summarize: as for `assert_equal`.

    Raises:
      InvalidArgumentError: some are not near.
      ValueError: integers, or two dtypes.

    Source: `tf.debugging.assert_near`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_near(tf.constant([1.0, 2.0]), [1.0, 2.0000002])
    """
    x = convert(x)
    y = convert(y, x.dtype)
    if not (x.dtype.is_floating or x.dtype.is_complex):
        raise ValueError(f"assert_near: {x.dtype.name} is not an inexact dtype. Use assert_equal.")
    real = x.dtype.real_dtype
    epsilon = 10 * torch.finfo(x._t.dtype).eps
    rtol, atol = (convert(epsilon if t is None else t, real) for t in (rtol, atol))
    distance = (x._t - y._t).abs()
    if _holds(distance < atol._t + rtol._t * y._t.abs(), message or "x and y are not equal to tolerance."):
        return
    most = 3 if summarize is None else summarize
    raise invalid(
        f"{message or ''}\nx and y are not equal to tolerance rtol = {rtol}, atol = {atol}\n"
        f"x (shape={x.shape} dtype={x.dtype.name}) = {summary(x, most)}\n"
        f"y (shape={y.shape} dtype={y.dtype.name}) = {summary(y, most)}"
    )


# -- signs ----------------------------------------------------------------------------------------------------------


def _sign(op: str, sign: str, x: Any, message: str | None, summarize: int | None) -> None:
    x = convert(x)
    zero = Tensor(torch.zeros((), dtype=x._t.dtype, device=x._t.device), None)
    if not _holds(OPS[op].call(x, zero)._t, message or f"Condition x {sign} 0 did not hold element-wise."):
        shown = summary(x, 3 if summarize is None else summarize)
        raise invalid(
            f"{message + '.  ' if message else ''}\nCondition x {sign} 0 did not hold element-wise:\n"
            f"x (shape={x.shape} dtype={x.dtype.name}) = {shown}"
        )


def assert_positive(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x > 0` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_positive`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_positive(tf.constant([1, 2]))
    """
    _sign("Greater", ">", x, message, summarize)


def assert_negative(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x < 0` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_negative`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_negative(tf.constant([-1, -2]))
    """
    _sign("Less", "<", x, message, summarize)


def assert_non_negative(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x >= 0` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_non_negative`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_non_negative(tf.constant([0, 2]))
    """
    _sign("GreaterEqual", ">=", x, message, summarize)


def assert_non_positive(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise unless `x <= 0` for all elements. Arguments and errors as for `assert_equal`.

    Source: `tf.debugging.assert_non_positive`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_non_positive(tf.constant([0, -2]))
    """
    _sign("LessEqual", "<=", x, message, summarize)


# -- finite ---------------------------------------------------------------------------------------------------------


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """`tensor` itself, if it is finite everywhere; its gradient is checked, too.

    Raises:
      InvalidArgumentError: it holds NaN or infinities, or is not floating.

    Source: `tf.debugging.check_numerics`.

    >>> import tfcompat_tape as tf
    >>> print(tf.debugging.check_numerics(tf.constant([1.0, 2.0]), "x").numpy())
    [1. 2.]
    """
    return _check_numerics(convert(tensor), message=message)


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Tensor:
    """The same as `check_numerics`. Source: `tf.debugging.assert_all_finite`.

    >>> import tfcompat_tape as tf
    >>> print(tf.debugging.assert_all_finite(tf.constant([1.0, 2.0]), "x").numpy())
    [1. 2.]
    """
    return _check_numerics(convert(x), message=message)


# -- dtypes ---------------------------------------------------------------------------------------------------------


def _prefix(message: str | None) -> str:
    return f"{message}.  " if message else ""


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """TypeError unless `x` is of an integer dtype. Source: `tf.debugging.assert_integer`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_integer(tf.constant([1, 2]))
    """
    dtype = convert(x).dtype
    if not dtype.is_integer:
        raise TypeError(
            f'{_prefix(message)}Expected "x" to be integer type.  Found: tensor of dtype {dtype!r}'
        )


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """TypeError unless `tensor` is of dtype `tf_type`. Source: `tf.debugging.assert_type`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_type(tf.constant(1.0), tf.float32)
    """
    wanted, dtype = dtypes.as_dtype(tf_type), convert(tensor).dtype
    if dtype != wanted:
        raise TypeError(f"{_prefix(message)}tensor must be of type {wanted!r}; got {dtype!r}")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> dtypes.DType:
    """The one floating dtype that all of `tensors` (and `dtype`) have; float32 if there are none.

    Raises:
      ValueError: there is more than one dtype, or it is not floating.

    Source: `tf.debugging.assert_same_float_dtype`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_same_float_dtype([tf.constant(1.0), tf.constant(2.0)])
    tf.float32
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    for x in tensors or ():
        if x is None:
            continue
        found = convert(x).dtype
        if wanted is not None and found != wanted:
            raise ValueError(f"{x}, type={found!r}, must be of the same type ({wanted!r}).")
        wanted = found
    wanted = wanted or dtypes.float32
    if not wanted.is_floating:
        raise ValueError(f"Expected floating point type, got {wanted!r}.")
    return wanted


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether `tensor` is a Tensor of numbers: not of booleans or strings, and no Variable.

    Source: `tf.debugging.is_numeric_tensor`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.is_numeric_tensor(tf.constant(1)), tf.debugging.is_numeric_tensor("one")
    (True, False)
    """
    if not isinstance(tensor, Tensor):
        return False
    dtype = tensor.dtype
    return dtype.is_integer or dtype.is_floating or dtype.is_complex


# -- shapes ---------------------------------------------------------------------------------------------------------


def _rank(rank: Any) -> int:
    tensor = convert(rank)
    if tensor.ndim:
        raise ValueError("Rank must be a scalar.")
    if tensor._t.dtype not in INTEGERS:
        raise TypeError(f"A rank must be an integer, got {tensor.dtype!r}.")
    return int(tensor)


def _check_rank(x: Any, good: Callable[[int], bool], wanted: str, message: str | None) -> None:
    shape = convert(x).shape
    if not good(len(shape)):
        raise ValueError(
            f"{_prefix(message)}Tensor must have rank {wanted}.  Received rank {len(shape)}, shape {shape}"
        )


def assert_rank(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `x` has `rank` axes. Source: `tf.debugging.assert_rank`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank(tf.zeros([2, 3]), 2)
    """
    wanted = _rank(rank)
    _check_rank(x, lambda n: n == wanted, str(wanted), message)


def assert_rank_at_least(x: Any, rank: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `x` has `rank` axes or more. Source: `tf.debugging.assert_rank_at_least`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank_at_least(tf.zeros([2, 3]), 1)
    """
    wanted = _rank(rank)
    _check_rank(x, lambda n: n >= wanted, f"at least {wanted}", message)


def assert_rank_in(x: Any, ranks: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless the number of axes of `x` is among `ranks`. Source: `tf.debugging.assert_rank_in`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_rank_in(tf.zeros([2, 3]), (1, 2))
    """
    wanted = tuple(_rank(rank) for rank in ranks)
    _check_rank(x, lambda n: n in wanted, f"in {wanted}", message)


def assert_scalar(tensor: Any, message: str | None = None, name: str | None = None) -> None:
    """ValueError unless `tensor` has no axes. Source: `tf.debugging.assert_scalar`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_scalar(tf.constant(1.0))
    """
    shape = convert(tensor).shape
    if len(shape):
        raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {shape}.")


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> None:
    """Raise unless Tensors have the shapes described, and symbols stand for one size throughout.

    Args:
      shapes: list of pairs `(tensor, shape)`, or a dict of such. In a shape, a number stands for itself, any other
        symbol for a size that must be the same wherever the symbol stands, `None` or `"."` for any size, and `...` or
        `"*"` at the beginning for any number of axes. A string is a sequence of symbols.
      data, summarize: no effect.
      message: stands before the error's text.

    Raises:
      ValueError: a shape does not fit, or is not as described.

    Source: `tf.debugging.assert_shapes`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_shapes([(tf.zeros([4, 3]), ("N", "D")), (tf.zeros([3]), ("D",))])
    """
    pairs = list(shapes.items()) if isinstance(shapes, Mapping) else list(shapes)
    known: dict[Any, tuple[int, str]] = {}
    for x, wanted in pairs:
        tensor = convert(x)
        described = f"Tensor shape={tensor.shape} dtype={tensor.dtype.name}"
        for axis, size, symbol in _paired(tensor.shape, wanted, described, message):
            if symbol is None or symbol == ".":
                continue
            if isinstance(symbol, int) or (isinstance(symbol, str) and symbol.isdigit()):
                must, origin = int(symbol), "Specified explicitly"
            else:
                must, origin = known.setdefault(symbol, (size, f"Specified by {described} dimension {axis}"))
            if size != must:
                raise ValueError(
                    f"{_prefix(message)}{origin}.  {described} dimension {axis} must have size {must}.  "
                    f"Received size {size}, shape {tensor.shape}"
                )


def _paired(
    shape: TensorShape, wanted: Any, described: str, message: str | None
) -> Iterable[tuple[int, int, Any]]:
    """`(axis, size, symbol)` for each axis of `shape` that `wanted` says something about."""
    if not hasattr(wanted, "__iter__"):
        raise ValueError(
            f"{_prefix(message)}{described}.  The specified shape must be an iterable, got {wanted!r}."
        )
    symbols = list(wanted)
    sizes = shape.as_list()
    for place, symbol in enumerate(symbols):
        if place and (symbol is ... or symbol == "*"):
            raise ValueError(
                f"{_prefix(message)}{described}, specified shape index {place}: `...` or `*`, for any number of "
                "dimensions, is only allowed as the first entry."
            )
    if symbols and (symbols[0] is ... or symbols[0] == "*"):
        symbols = symbols[1:]
        if len(sizes) < len(symbols):
            raise ValueError(
                f"{_prefix(message)}Tensor must have rank at least {len(symbols)}.  "
                f"Received rank {len(sizes)}, shape {shape}"
            )
        skipped = len(sizes) - len(symbols)
        return [(skipped + i, sizes[skipped + i], symbol) for i, symbol in enumerate(symbols)]
    if not sizes and len(symbols) == 1:
        sizes = [1]  # a scalar counts as a vector of one
    if len(sizes) != len(symbols):
        raise ValueError(
            f"{_prefix(message)}Tensor must have rank {len(symbols)}.  Received rank {len(sizes)}, shape {shape}"
        )
    return list(zip(range(len(sizes)), sizes, symbols, strict=True))


def assert_proper_iterable(values: Any) -> None:
    """TypeError unless `values` is iterable and neither a Tensor, an array nor a string.

    Source: `tf.debugging.assert_proper_iterable`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.assert_proper_iterable([tf.constant(1), tf.constant(2)])
    """
    if isinstance(values, (Tensor, np.ndarray, bytes, str)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


# -- tracebacks -----------------------------------------------------------------------------------------------------


class _Tracebacks:
    filtered = True


def enable_traceback_filtering() -> None:
    """Remember the wish; tracebacks are never shortened here. Source: `tf.debugging.enable_traceback_filtering`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.enable_traceback_filtering()
    """
    _Tracebacks.filtered = True


def disable_traceback_filtering() -> None:
    """Remember the wish; tracebacks are never shortened here. Source: `tf.debugging.disable_traceback_filtering`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.disable_traceback_filtering()
    >>> tf.debugging.enable_traceback_filtering()
    """
    _Tracebacks.filtered = False


def is_traceback_filtering_enabled() -> bool:
    """What was wished last, True at first. Source: `tf.debugging.is_traceback_filtering_enabled`.

    >>> import tfcompat_tape as tf
    >>> tf.debugging.is_traceback_filtering_enabled()
    True
    """
    return _Tracebacks.filtered


__getattr__ = missing_names("tf.debugging")
