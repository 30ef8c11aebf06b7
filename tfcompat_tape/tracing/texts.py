"""Strings as values of a trace: stand-ins with a shape and no elements, which no kernel of torch's ever meets.

At a call their values are arrays of bytes, as everywhere. What looks at them is a node of its own: an op (`Whole`), or
a Python function (`AtCall`), see `core/at_call.py`.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.utils._python_dispatch import _disable_current_modes

from tfcompat_tape import nest
from tfcompat_tape.core.at_call import ValueNeededError
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing.nodes import alike

OBJECT = np.dtype(object)
CPU = torch.device("cpu")
_STORED = torch.bits16  # which no kernel takes
AS_NUMBERS = (
    torch.complex128
)  # in place of strings where only shapes count; nothing else has this dtype there


def _needed(*args: Any, **kwargs: Any) -> Any:
    raise ValueNeededError("the values of strings are needed")


class Texts(FakeTensor):
    """A tensor of strings in a trace. Its dtype is that of the arrays which hold strings at a call."""

    dtype: Any = property(lambda self: OBJECT)
    __array_ufunc__ = None  # NumPy leaves it to this class
    __array__ = __iter__ = tolist = item = ravel = flatten = reshape = numpy = _needed
    __getitem__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __add__ = __radd__ = _needed
    __hash__ = FakeTensor.__hash__


def stand_in(mode: Any, shape: Any) -> Any:
    """A new one of this shape."""
    with _disable_current_modes(), mode:
        fake: Any = torch.empty(tuple(shape), dtype=_STORED)
    fake.__class__ = Texts
    return fake


def is_array(raw: Any) -> bool:
    """Whether a raw value is an array of strings."""
    return type(raw) is np.ndarray and raw.dtype == OBJECT


def described(raw: Any) -> tuple[Any, Any, torch.device]:
    """Shape, dtype and device of a raw value."""
    if type(raw) is np.ndarray:
        if raw.dtype != OBJECT:
            raise UntraceableError("quantized integers")
        return tuple(raw.shape), OBJECT, CPU
    return raw.shape, raw.dtype, raw.device


def cotangent_like(raw: Any) -> tuple[Any, torch.dtype, torch.device]:
    """What a cotangent of a raw value is like; of strings, zeros that nobody looks at."""
    shape, dtype, device = described(raw)
    return shape, torch.bool if dtype is OBJECT else dtype, device


def zeros(shape: Any, dtype: Any, device: Any) -> Any:
    """Zeros; of strings, empty ones."""
    if dtype is OBJECT:
        return np.full(tuple(shape), b"", dtype=object)
    return torch.zeros(tuple(shape), dtype=dtype, device=device)


def of_numbers(dtype: torch.dtype) -> Any:
    """The dtype of what was computed from numbers in place of strings."""
    return OBJECT if dtype is AS_NUMBERS else dtype


class Array:
    """A constant array of strings as a node."""

    __slots__ = ("array",)

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array = array

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and alike(self.array, other.array)

    def __hash__(self) -> int:
        return hash(self.array.shape)

    def __call__(self) -> Any:
        return self.array


class AtCall:
    """A Python function of tensors as a node: it gives the raw tensors in its result.

    Args:
      args, kwargs: what it is called with.

    Attributes:
      raws: the values of the Tensors among these.
      made: after a call: the structure of what it gave.
    """

    __slots__ = ("_flat", "_given", "_like", "function", "made", "raws")

    def __init__(self, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> None:
        self.function = function
        self._like = nest.map_structure(_form, (list(args), kwargs))
        self._given: list[Any] = []
        self.raws: list[Any] = []
        self.made: Any = None
        for x in nest.flatten((list(args), kwargs), expand_composites=True):
            if isinstance(x, Variable):
                x = x._read()
            if isinstance(x, (np.ndarray, np.generic, torch.Tensor)):
                x = convert(x)
            if isinstance(x, Tensor):
                self.raws.append(x._t)
                x = _TENSOR
            self._given.append(x)
        self._flat = not kwargs and not any(nest.is_nested(x) or isinstance(x, CompositeTensor) for x in args)

    def packed(self, raws: Sequence[Any]) -> Any:
        """What the function gave, of the raw tensors in it."""
        tensors = [Tensor(raw, None) for raw in raws]
        return nest.pack_sequence_as(self.made, tensors, expand_composites=True) if tensors else None

    def __call__(self, *raws: Any) -> list[Any]:
        given = builtins.iter(raws)
        leaves = [Tensor(next(given), None) if x is _TENSOR else x for x in self._given]
        if self._flat:
            made = self.function(*leaves)
        else:
            args, kwargs = nest.pack_sequence_as(self._like, leaves, expand_composites=True)
            made = self.function(*args, **kwargs)
        if type(made) is Tensor:
            self.made = None
            return [made._t]
        self.made = nest.map_structure(_form, made)
        found: list[Any] = []
        if made is None:
            return found
        for x in nest.flatten(made, expand_composites=True):
            if not isinstance(x, Tensor):
                raise UntraceableError(f"{self.function.__name__} gives {x!r}")
            found.append(x._t)
        return found

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, AtCall)
            and self.function is other.function
            and self._like == other._like
            and list(map(type, self._given)) == list(map(type, other._given))
            and self._given == other._given
        )

    def __hash__(self) -> int:
        return hash(self.function)

    @property
    def __name__(self) -> str:
        return str(self.function.__name__)

    def __repr__(self) -> str:
        return self.__name__


def _form(x: Any) -> Any:
    """A leaf of a structure, without its tensors."""
    return x._type_spec if isinstance(x, CompositeTensor) else None


_TENSOR = object()
