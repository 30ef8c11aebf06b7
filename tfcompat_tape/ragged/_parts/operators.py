"""The operators of RaggedTensor: each is the elementwise function of that name."""

from __future__ import annotations

import operator
from typing import Any

from tfcompat_tape.core import errors
from tfcompat_tape.ops import arithmetic
from tfcompat_tape.ragged._parts import elementwise

_BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
_LOGICAL = {"and": "logical_and", "or": "logical_or", "xor": "logical_xor"}
_COMPARED = ("lt", "le", "gt", "ge")


def _equality(op: Any, differ: bool) -> Any:
    """`==` or `!=`, elementwise; one answer for all where the rows do not fit."""

    def compare(self: Any, other: Any) -> Any:
        try:
            return elementwise.elementwise(op, (self, other))
        except (errors.InvalidArgumentError, ValueError, TypeError):
            return differ

    return compare


def install(cls: Any) -> None:
    """Give the class its operators."""
    from tfcompat_tape import math

    def method(name: str, call: Any) -> None:
        call.__name__ = name
        call.__qualname__ = f"RaggedTensor.{name}"
        setattr(cls, name, call)

    for name, op in _BINARY.items():
        method(f"__{name}__", lambda self, other, op=op: elementwise.elementwise(op, (self, other)))
        method(f"__r{name}__", lambda self, other, op=op: elementwise.elementwise(op, (other, self)))
    for name, function in _LOGICAL.items():
        op = getattr(math, function)
        method(f"__{name}__", lambda self, other, op=op: elementwise.elementwise(op, (self, other)))
        method(f"__r{name}__", lambda self, other, op=op: elementwise.elementwise(op, (other, self)))
    for name in _COMPARED:
        op = getattr(operator, name)
        method(f"__{name}__", lambda self, other, op=op: elementwise.elementwise(op, (self, other)))
    for name, differ in (("eq", False), ("ne", True)):
        method(f"__{name}__", _equality(getattr(operator, name), differ))
    method("__neg__", lambda self: elementwise.elementwise(arithmetic.neg, (self,)))
    method("__abs__", lambda self: elementwise.elementwise(abs, (self,)))
    method("__invert__", lambda self: elementwise.elementwise(math.logical_not, (self,)))
