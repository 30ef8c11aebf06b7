"""Assertions about values: one against another, signs, and what is finite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.control.text import summary
from tfcompat_tape.core import reading
from tfcompat_tape.core.at_call import at_call, nothing
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import InvalidArgumentError
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.identity import check_numerics as _check_numerics
from tfcompat_tape.ops.raw.attrs import attribute

__all__ = [
    "assert_all_finite",
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_less",
    "assert_less_equal",
    "assert_near",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "check_numerics",
]

# -- one value against another ------------------------------------------------------------------------------------


def _holds(conditions: torch.Tensor, message: str) -> bool:
    """Whether all conditions hold. A trace of torch's finds that out whenever it is run; RuntimeError then if not."""
    found = reading.known(conditions)
    if found is None and reading.tracing() and reading.current.tracer is None:
        torch._assert_async(conditions.all().cpu(), message)
        return True
    return bool(to_numpy(conditions if found is None else found).all())


def _noted(condition: Callable[[], Tensor], what: str, message: Any, summarize: Any, **shown: Any) -> None:
    """Tell who notes the ops of a trace what must hold, and what is shown if it does not: texts and values by name."""
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:
        found = condition()
        holds = OPS["All"].call(found, axis=list(range(found.shape.rank)))
        data = [message or "", what]
        for name, value in shown.items():
            data += [f"{name} = ", value]
        tracer.notes.checked(holds._t, data, summarize)


def _compare(op: str, sign: str, x: Any, y: Any, message: str | None, summarize: int | None) -> None:
    """InvalidArgumentError unless `x op y` for all elements."""
    what = f"Condition x {sign} y did not hold element-wise:"
    _noted(lambda: OPS[op].call(convert(x), convert(y)), what, message, summarize, x=x, y=y)
    _compared(op, sign, x, y, message, summarize)


@at_call(nothing, effect=True)
def _compared(op: str, sign: str, x: Any, y: Any, message: str | None, summarize: int | None) -> None:
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
    raise InvalidArgumentError(None, None, "\n".join(lines))


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


@composed
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

    epsilon = 10 * torch.finfo(x.dtype.torch).eps
    rtol, atol = [convert(epsilon if t is None else t, x.dtype.real_dtype) for t in (rtol, atol)]
    _noted(lambda: _are_near(x, y, rtol, atol), _NOT_NEAR, message, summarize, rtol=rtol, atol=atol, x=x, y=y)
    _near(x, y, rtol, atol, message, summarize)


_NOT_NEAR = "x and y are not equal to tolerance."


def _are_near(x: Tensor, y: Tensor, rtol: Tensor, atol: Tensor) -> Tensor:
    bound = OPS["AddV2"].call(atol, OPS["Mul"].call(rtol, _distance(y)))
    return OPS["Less"].call(_distance(OPS["Sub"].call(x, y)), bound)


def _distance(x: Tensor) -> Tensor:
    return OPS["ComplexAbs" if x.dtype.is_complex else "Abs"].call(x)


@at_call(nothing, effect=True)
def _near(x: Any, y: Any, rtol: Any, atol: Any, message: str | None, summarize: int | None) -> None:
    x, y, rtol, atol = convert(x), convert(y), convert(rtol), convert(atol)
    if _holds(_are_near(x, y, rtol, atol)._t, message or _NOT_NEAR):
        return
    most = 3 if summarize is None else summarize
    raise InvalidArgumentError(
        None,
        None,
        f"{message or ''}\nx and y are not equal to tolerance rtol = {rtol}, atol = {atol}\n"
        f"x (shape={x.shape} dtype={x.dtype.name}) = {summary(x, most)}\n"
        f"y (shape={y.shape} dtype={y.dtype.name}) = {summary(y, most)}",
    )


# -- signs ----------------------------------------------------------------------------------------------------------


def _sign(op: str, sign: str, x: Any, message: str | None, summarize: int | None) -> None:
    def condition() -> Tensor:
        value = convert(x)
        return OPS[op].call(value, convert(0, value.dtype))

    _noted(condition, f"Condition x {sign} 0 did not hold element-wise:", message, summarize, x=x)
    _signed(op, sign, x, message, summarize)


@at_call(nothing, effect=True)
def _signed(op: str, sign: str, x: Any, message: str | None, summarize: int | None) -> None:
    x = convert(x)
    zero = Tensor(torch.zeros((), dtype=x._t.dtype, device=x._t.device), None)
    if not _holds(OPS[op].call(x, zero)._t, message or f"Condition x {sign} 0 did not hold element-wise."):
        shown = summary(x, 3 if summarize is None else summarize)
        raise InvalidArgumentError(
            None,
            None,
            f"{message + '.  ' if message else ''}\nCondition x {sign} 0 did not hold element-wise:\n"
            f"x (shape={x.shape} dtype={x.dtype.name}) = {shown}",
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
    return _check_numerics(convert(tensor), message=attribute("CheckNumerics", "message", message))


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Tensor:
    """The same as `check_numerics`. Source: `tf.debugging.assert_all_finite`.

    >>> import tfcompat_tape as tf
    >>> print(tf.debugging.assert_all_finite(tf.constant([1.0, 2.0]), "x").numpy())
    [1. 2.]
    """
    return _check_numerics(convert(x), message=attribute("CheckNumerics", "message", message))
