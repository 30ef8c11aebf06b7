"""How the two operands of a function or an operator become tensors of one dtype.

TensorFlow has four ways, and they differ in what they refuse, and how:
  match    what is no tensor takes the dtype of the other operand, or of the first one (`core.dispatch.match_operands`);
  hint     the first operand has its natural dtype, and the second one takes it if it can (`tf.add`, `tf.truediv`);
  quotient integers are divided as floats, and dtypes that differ are a TypeError;
  operator as match or hint, but Python asks the second operand if it is of a class that answers to the operator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import autocast, dtypes
from tfcompat_tape.core.convert import convert, match, number
from tfcompat_tape.core.dispatch import refuse
from tfcompat_tape.core.registry import FLOATS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops import arithmetic
from tfcompat_tape.ops.unsigned import STRING

_BUILTIN = (bool, int, float, complex, str, bytes, list, tuple, dict, np.ndarray, np.generic, torch.Tensor)

# What integers are divided in.
_AS_FLOAT = {
    torch.int8: torch.float32,
    torch.uint8: torch.float32,
    torch.int16: torch.float32,
    torch.uint16: torch.float32,
    torch.int32: torch.float64,
    torch.uint32: torch.float64,
    torch.int64: torch.float64,
    torch.uint64: torch.float64,
}


def as_tensor(x: Any) -> Tensor:
    """`x` as a Tensor, of its natural dtype."""
    return x if type(x) is Tensor else convert(x)


def shaped(x: Any, what: str, preferred: Any = None) -> Tensor:
    """`x` as a Tensor, where TensorFlow asks for its shape first: Python's numbers and lists have none.

    An array has the dtype `preferred` if it can.

    Raises:
      AttributeError: a list, a number, a string or `None`.
    """
    if type(x) is Tensor:
        return x
    if not hasattr(x, "shape"):
        raise AttributeError(
            f"{what}: {type(x).__name__!r} object has no attribute 'shape'. Make it a tensor first: tf.constant(...)."
        )
    return convert(x, preferred=preferred)


def hint_operands(x: Any, y: Any) -> Any:
    """`x` as it is, `y` in the dtype of `x` if it can be."""
    x = as_tensor(x)
    if type(y) is not Tensor:
        y = convert_like(y, x)
    return x._t, x._node, y._t, y._node


def convert_like(y: Any, x: Tensor) -> Tensor:
    """`y` as a Tensor of the dtype of `x` if it can be, else of its own."""
    dtype = x.dtype
    try:
        if type(y) in (bool, int, float, complex) and dtype.torch is not None:
            return Tensor(number(y, dtype.torch), None)
        return convert(y, dtype)
    except (TypeError, ValueError):
        return convert(y)


def outer(x: Any, y: Any) -> Any:
    """The first operand of a public function, whose result is a Tensor for torch tensors too."""
    return match((x, y))[0] if isinstance(x, torch.Tensor) or isinstance(y, torch.Tensor) else x


def reflected_operand(x: Any, y: Any) -> Any:
    """The first operand of a function that TensorFlow writes as `x / y`: a Variable `y` makes it one of its dtype."""
    return convert(x, y.dtype) if hasattr(y, "_read") and not hasattr(x, "_read") else convert(x)


def answering(operands: Callable[[Any, Any], Any], reflected: str) -> Callable[[Any, Any], Any]:
    """`operands` for an operator: NotImplemented where `y` is no tensor but has the method `reflected` itself."""

    def found(x: Any, y: Any) -> Any:
        if type(x) is not Variable and hasattr(x, "_read") and not hasattr(x, "_t"):
            x = x._read()  # the operators of a subclass of Variable are those of its value
        try:
            return operands(x, y)
        except (TypeError, ValueError):
            if hasattr(type(y), reflected) and not isinstance(y, _BUILTIN):
                return NotImplemented
            raise

    return found


def quotient(divide: Any, *, operator: bool = False) -> Callable[..., Any]:
    """The `otherwise` of a true division: integers are divided as floats, all else is a TypeError."""

    def otherwise(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
        if a.dtype is b.dtype and a.dtype in _AS_FLOAT:
            wide = _AS_FLOAT[a.dtype]
            return divide(Tensor(a.to(wide), None), Tensor(b.to(wide), None))
        if operator and isinstance(y, (np.ndarray, np.generic)):
            return NotImplemented  # NumPy divides by booleans
        if autocast.enabled() and a.dtype is not b.dtype and a.dtype in FLOATS and b.dtype in FLOATS:
            return autocast.agree(op, (x, y), (a, b), {})
        raise TypeError(
            f"{op.name}: cannot divide {_name(a)} by {_name(b)}: both must have one dtype, and it must be numeric. "
            "Use tf.cast on one."
        )

    return otherwise


def _name(raw: Any) -> str:
    return dtypes.FROM_TORCH[raw.dtype].name if isinstance(raw, torch.Tensor) else "string"


def joined(op: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
    """The `otherwise` of a sum: strings are joined."""
    if a.dtype == b.dtype == STRING:
        return arithmetic.add(Tensor(a, None), Tensor(b, None))
    return refuse(op, x, y, a, b)
