"""The one place where operators are installed, on Tensor and Variable alike.

The method is the op itself wherever Python allows: a plain function becomes a method, and nothing lies between `x + y`
and its kernel but the dispatch that every op has. Indexing (`__getitem__`) comes from `ops.indexing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import torch

from tfcompat_tape.core.convert import constants, convert
from tfcompat_tape.core.dispatch import binary_call, match_operands, refuse, refused
from tfcompat_tape.core.errors import not_found, unimplemented
from tfcompat_tape.core.registry import COMPLEX
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import arithmetic, comparison, complex_numbers, powers, products, rounding
from tfcompat_tape.ops.operands import answering, as_tensor, hint_operands, joined, quotient

Operator = Callable[[Any, Any], Any]


def _operator(
    op: Any, reflected: str, operands: Any = match_operands, otherwise: Any = refuse, make: Any = binary_call
) -> Any:
    call = make(op, answering(operands, reflected), otherwise)
    call.__name__ = call.__qualname__ = reflected.replace("__r", "__", 1)
    return call


def _reflected(operator: Operator) -> Operator:
    """`other + self` for an `other` that is no Tensor: it must have a form in the dtype of `self`."""

    def call(self: Any, other: Any) -> Any:
        if type(self) is not Tensor:
            self = self._read()
        try:
            raw = constants[other, self._t.dtype, type(other)]
        except (KeyError, TypeError):  # not met before; lists and arrays cannot be keys
            return operator(convert(other, self.dtype), self)
        return operator(Tensor(raw, None), self)

    return call


# -- + * / // ----------------------------------------------------------------------------------------------------------


def _logical(x: Any) -> torch.Tensor:
    if isinstance(x, np.ndarray):
        raise unimplemented("Cast string to bool is not supported.")
    if x.dtype is torch.bool:
        return x
    return (x.real if x.is_complex() else x).to(torch.int32).to(torch.bool)  # so 0.5 is false


def _mul_operands(x: Any, y: Any) -> Any:
    """With a boolean `x`, everything else is made boolean."""
    if (type(x) is Tensor or type(x) is Variable) and x._t.dtype is torch.bool:
        return x._t, None, _logical(as_tensor(y)._t), None
    return match_operands(x, y)


def _both_true(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
    """`*` where one side is boolean."""
    if torch.bool in (a.dtype, b.dtype):
        return comparison.logical_and(Tensor(_logical(a), None), Tensor(_logical(b), None))
    return refuse(op, x, y, a, b)


def whole_division_refused(op: Any, x: Any, y: Any, a: Any, b: Any) -> NoReturn:
    """TensorFlow looks for a kernel before it compares dtypes, and has none for complex numbers."""
    if a.dtype in COMPLEX:
        raise not_found(f"Could not find device for node: {op.name} has no kernel for {a.dtype}.")
    raise refused(op, (a, b))


add = _operator(arithmetic.add_v2.op, "__radd__", hint_operands, joined, arithmetic.sum_call)
sub = _operator(arithmetic.sub.op, "__rsub__", make=arithmetic.sum_call)
mul = _operator(arithmetic.mul.op, "__rmul__", _mul_operands, _both_true)
truediv = _operator(
    arithmetic.real_div.op, "__rtruediv__", otherwise=quotient(arithmetic.real_div, operator=True)
)
floordiv = _operator(rounding.floor_div.op, "__rfloordiv__", otherwise=whole_division_refused)
mod = _operator(rounding.floor_mod.op, "__rmod__")

# -- ** and @ ----------------------------------------------------------------------------------------------------------

_pow = _operator(powers.pow_.op, "__rpow__")


def pow_(x: Any, y: Any) -> Any:
    """`x ** y`."""
    if type(y) is int or type(y) is float:
        return powers.power(x if type(x) is Tensor else x._read(), y)
    return _pow(x, y)


_matmul_operands = answering(hint_operands, "__rmatmul__")


def matmul(x: Any, y: Any) -> Any:
    """`x @ y`: of matrices, or of batches of matrices."""
    if type(x) is not Tensor or type(y) is not Tensor:
        found = _matmul_operands(x, y)
        if found is NotImplemented:
            return NotImplemented
        x, y = Tensor(found[0], found[1]), Tensor(found[2], found[3])
    if len(x._t.shape) > 2 or len(y._t.shape) > 2:
        return products.batch_matmul(x, y)
    return products.matmul(x, y)


# -- & | ^ ~ and abs ---------------------------------------------------------------------------------------------------


def _logical_or_bitwise(bits: Any, logical: Any, reflected: str) -> Any:
    def otherwise(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
        if a.dtype is torch.bool and b.dtype is torch.bool:
            return logical(Tensor(a, None), Tensor(b, None))
        raise refused(op, (a, b))

    return _operator(bits.op, reflected, otherwise=otherwise)


def logical_xor(x: Any, y: Any) -> Any:
    """Whether exactly one of two boolean Tensors is true: TensorFlow composes it."""
    both = comparison.logical_and(x, y)
    return comparison.logical_and(comparison.logical_or(x, y), comparison.logical_not(both))


and_ = _logical_or_bitwise(comparison.bitwise_and, comparison.logical_and, "__rand__")
or_ = _logical_or_bitwise(comparison.bitwise_or, comparison.logical_or, "__ror__")
xor = _logical_or_bitwise(comparison.bitwise_xor, logical_xor, "__rxor__")


def invert(x: Any) -> Any:
    """`~x`: not, or the other bits."""
    x = as_tensor(x)
    return comparison.logical_not(x) if x._t.dtype is torch.bool else comparison.invert(x)


def abs_(x: Any) -> Any:
    """`abs(x)`, real for a complex `x`."""
    x = as_tensor(x)
    return complex_numbers.complex_abs(x) if x._t.dtype in COMPLEX else arithmetic.abs_(x)


# -- == and != ---------------------------------------------------------------------------------------------------------


def _equality(op: Operator, unlike: bool) -> Operator:
    """Elementwise; `unlike` where the shapes do not fit each other, or where a Tensor meets None."""

    def call(x: Any, y: Any) -> Any:
        if type(x) is Tensor:
            if y is None:
                return unlike
        else:
            x = x._read()
        if type(y) is not Tensor:
            y = convert(y, None if hasattr(y, "_read") else x.dtype)
        a, b = x._t.shape, y._t.shape
        if a != b and not _fit(a, b):
            if x.dtype != y.dtype:
                raise refused(op.op, (x._t, y._t))  # type: ignore[attr-defined]
            return convert(unlike)
        return op(x, y)

    return call


def _fit(a: Any, b: Any) -> bool:
    """Whether the shapes can be broadcast to one."""
    return all(m == n or m == 1 or n == 1 for m, n in zip(reversed(a), reversed(b), strict=False))


eq = _equality(comparison.equal, unlike=False)
ne = _equality(comparison.not_equal, unlike=True)


def div(x: Any, y: Any) -> Any:
    """Division as in Python 2, which code calls by its name: rounded down for integers."""
    dtype = (x if isinstance(x, (Tensor, Variable)) else y).dtype
    return truediv(x, y) if dtype.is_floating or dtype.is_complex else floordiv(x, y)


# -- installation ------------------------------------------------------------------------------------------------------


def _not_in_place(symbol: str, instead: str) -> Operator:
    def call(self: Any, other: Any) -> NoReturn:
        raise RuntimeError(
            f"`variable {symbol}= value` with `tf.Variable`s is not supported. Use `variable.{instead}` to modify the "
            f"variable, or `out = variable {symbol} value` to get a new Tensor."
        )

    return call


_WITH_REFLECTED = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "truediv": truediv,
    "floordiv": floordiv,
    "div": div,
    "mod": mod,
    "pow": pow_,
    "matmul": matmul,
    "and": and_,
    "or": or_,
    "xor": xor,
}
_ALONE = {
    "lt": comparison.less,
    "le": comparison.less_equal,
    "gt": comparison.greater,
    "ge": comparison.greater_equal,
    "eq": eq,
    "ne": ne,
    "neg": arithmetic.neg,
    "invert": invert,
    "abs": abs_,
}
Tensor.OVERLOADABLE_OPERATORS = frozenset(
    ["__getitem__", *[f"__{name}__" for name in (*_ALONE, *_WITH_REFLECTED)]]
    + [f"__r{name}__" for name in _WITH_REFLECTED]
)
for _cls in (Tensor, Variable):
    for _name, _call in _WITH_REFLECTED.items():
        setattr(_cls, f"__{_name}__", _call)
        setattr(_cls, f"__r{_name}__", _reflected(_call))
    for _name, _call in _ALONE.items():
        setattr(_cls, f"__{_name}__", _call)
for _name, _symbol, _instead in (
    ("iadd", "+", "assign_add(value)"),
    ("isub", "-", "assign_sub(value)"),
    ("imul", "*", "assign(variable * value)"),
    ("itruediv", "/", "assign(variable / value)"),
    ("ipow", "**", "assign(variable ** value)"),
):
    setattr(Variable, f"__{_name}__", _not_in_place(_symbol, _instead))
