"""Operators that promote dtypes as NumPy does, in the place of those that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.experimental.numpy._parts import products
from tfcompat_tape.experimental.numpy._parts.promotion import at_once, is_tensor, promoted

_BUILTIN = (bool, int, float, complex, str, bytes, list, tuple, dict, np.ndarray, np.generic, torch.Tensor)
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
_COMPARISONS = ("lt", "le", "gt", "ge")
_EQUALITIES = ("eq", "ne")

_replaced: dict[tuple[type, str], Any] = {}


def _answers(y: Any, reflected: str) -> bool:
    """Whether an operand is of a class that has its own way with tensors."""
    return hasattr(type(y), reflected) and not isinstance(y, (*_BUILTIN, Tensor, Variable))


def _is_text(x: Any) -> bool:
    return not isinstance(x._t, torch.Tensor)


def _promoting(plain: Callable[[Any, Any], Any], reflected: str) -> Callable[[Any, Any], Any]:
    def call(x: Any, y: Any) -> Any:
        quick = at_once(x, y)
        if quick is not None:
            return plain(*quick)
        if _answers(y, reflected):
            return plain(x, y)
        if _is_text(x):
            return plain(x, convert(y, None if is_tensor(y) else x.dtype))
        return plain(*promoted(x, y))

    return call


def _reflected(
    plain: Callable[[Any, Any], Any], refused: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    def call(x: Any, y: Any) -> Any:
        quick = at_once(y, x)
        if quick is not None:
            return plain(*quick)
        if _is_text(x):
            return refused(x, y)
        other, own = promoted(y, x)
        return plain(other, own)

    return call


def _equality(plain: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def call(x: Any, y: Any) -> Any:
        if y is None or type(x) is not Tensor or _is_text(x) or (_answers(y, "__eq__") and _own_equality(y)):
            return plain(x, y)
        return plain(*promoted(x, y))

    return call


def _own_equality(y: Any) -> bool:
    return type(y).__eq__ is not object.__eq__


def _matmul(x: Any, y: Any) -> Any:
    if _answers(y, "__rmatmul__"):
        return NotImplemented
    return products.matmul(x, y)


def promoting() -> bool:
    """Whether operators promote."""
    return bool(_replaced)


def install() -> None:
    """Let operators of Tensors and Variables promote."""
    if _replaced:
        return
    for cls in (Tensor, Variable):
        for name in (*_ARITHMETIC, *_COMPARISONS, *_EQUALITIES):
            forward, backward = f"__{name}__", f"__r{name}__"
            plain = cls.__dict__[forward]
            _replaced[cls, forward] = plain
            if name in _EQUALITIES:
                call = _equality(plain)
            elif name == "matmul":
                call = _matmul
            else:
                call = _promoting(plain, backward)
            call.__name__ = call.__qualname__ = forward
            setattr(cls, forward, call)
            if name in _ARITHMETIC:
                _replaced[cls, backward] = cls.__dict__[backward]
                swapped = (
                    (lambda x, y: products.matmul(y, x))
                    if name == "matmul"
                    else _reflected(plain, cls.__dict__[backward])
                )
                setattr(cls, backward, swapped)


def uninstall() -> None:
    """Give the operators back that do not promote."""
    for (cls, name), plain in _replaced.items():
        setattr(cls, name, plain)
    _replaced.clear()
