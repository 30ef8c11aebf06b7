"""What comes out of a function: Tensors in a structure, as a graph would give it."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch._subclasses.fake_tensor import FakeTensor

from tfcompat_tape import nest
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.streams import Source

_PYTHON_VALUES = (bool, int, float, complex, str, bytes, np.ndarray, np.generic, TensorShape)


def result(value: Any, name: str) -> Any:
    """What a function returns, as Tensors: Variables by their values, numbers and shapes as Tensors.

    Raises:
      TypeError: something in it can be no result.
    """
    if type(value) is Tensor:
        return value
    return nest.map_structure(lambda x: _leaf(x, name), _plain(value))


class Structure:
    """How to put a result together from Tensors.

    Attributes:
      places: for each leaf of `like`: the number of a Tensor; the spec of a composite value, the number of its first
        Tensor, and how many there are; or what it is at each call, alone.
    """

    __slots__ = ("like", "places")

    def __init__(self, like: Any, places: list[Any]) -> None:
        self.like = like
        self.places = places

    def __call__(self, found: list[Tensor]) -> Any:
        values = []
        for place in self.places:
            if type(place) is int:
                values.append(found[place])
            elif len(place) == 1:
                values.append(place[0])
            else:
                spec, start, count = place
                values.append(
                    nest.pack_sequence_as(spec, found[start : start + count], expand_composites=True)
                )
        return nest.pack_sequence_as(self.like, values)

    def written(self, tensor: Callable[[int], str], constant: Callable[[Any], str]) -> str | None:
        """The result as a Python expression, where it consists of tuples, lists and dictionaries; else `None`."""
        places = iter(self.places)

        def text(x: Any) -> str:
            kind = type(x)
            if kind is tuple:
                return f"({''.join([f'{text(one)}, ' for one in x])})"
            if kind is list:
                return f"[{', '.join([text(one) for one in x])}]"
            if kind is dict and all(type(key) is str for key in x):
                parts = {key: text(x[key]) for key in sorted(x)}
                return f"{{{', '.join([f'{key!r}: {parts[key]}' for key in x])}}}"
            if nest.is_nested(x) or isinstance(x, CompositeTensor):
                raise _OtherError
            place = next(places)
            return tensor(place) if type(place) is int else constant(*place)

        try:
            return text(self.like)
        except _OtherError:
            return None

    def described(self, tensor: Callable[[int], Any], composite: Callable[[Any, int, int], Any]) -> Any:
        """The result with `tensor(number)` and `composite(spec, start, count)` in the places of Tensors."""
        values = []
        for place in self.places:
            if type(place) is int:
                values.append(tensor(place))
            else:
                values.append(place[0] if len(place) == 1 else composite(*place))
        return nest.pack_sequence_as(self.like, values)


class _OtherError(Exception):
    """A structure of another kind."""


def taken_apart(value: Any, name: str) -> tuple[Callable[[list[Tensor]], Any], list[Tensor]]:
    """How to put a result together from Tensors, and the Tensors."""
    if type(value) is Tensor and isinstance(_slot_t(value), torch.Tensor):
        return only, [value]
    value = _plain(value)
    leaves: list[Tensor] = []
    places: list[Any] = []

    for x in nest.flatten(value):
        x = _leaf(x, name)
        if isinstance(x, TensorArray):
            raise UntraceableError("a function returns a TensorArray")
        if isinstance(x, Source):
            raise UntraceableError("a function returns a dataset or an iterator")
        if isinstance(x, CompositeTensor) and x._missing:
            there: Any = x.has_value()  # type: ignore[attr-defined]
            if isinstance(_slot_t(there), FakeTensor):
                raise UntraceableError("a function returns a value that may be missing")
            if not there:
                places.append((x,))
                continue
        if isinstance(x, CompositeTensor):
            parts = [convert(part) for part in nest.flatten(x, expand_composites=True)]
            if not any(isinstance(_slot_t(part), torch.Tensor) for part in parts):
                places.append((x,))
                continue
            places.append((x._type_spec, len(leaves), len(parts)))
            leaves.extend(parts)
        elif isinstance(x, Tensor) and isinstance(_slot_t(x), torch.Tensor):
            places.append(len(leaves))
            leaves.append(x)
        else:  # strings are the same at each call that takes this way
            places.append((x,))
    return Structure(value, places), leaves


def only(found: list[Tensor]) -> Tensor:
    """The result of a function that returns a Tensor."""
    return found[0]


def _slot_t(x: Tensor) -> Any:
    return scope._slot_t.__get__(x)


def _leaf(x: Any, name: str) -> Any:
    if isinstance(x, Variable):
        return x.value()
    if isinstance(x, _PYTHON_VALUES):
        try:
            return convert(x)
        except (TypeError, ValueError):
            raise _refused(x, name) from None
    if hasattr(x, "__tf_tensor__"):
        return convert(x)
    if x is None or isinstance(x, (Tensor, CompositeTensor)):
        return x
    if type(x).__module__.startswith("tfcompat_tape") and not isinstance(x, DType):
        return x
    raise _refused(x, name)


def _refused(x: Any, name: str) -> TypeError:
    return TypeError(
        f"{name}(): what tf.function runs must return zero or more Tensors, composite values or None; got {x!r} of "
        f"type {type(x).__name__}. To be compatible with tf.function, Python functions must return zero or more "
        "Tensors or ExtensionTypes or None values."
    )


def _plain(value: Any) -> Any:
    """`value` with dictionaries in place of defaultdicts, whose factories do not come out."""
    if isinstance(value, collections.defaultdict):
        return {key: _plain(x) for key, x in value.items()}
    if type(value) in (tuple, list):
        return type(value)([_plain(x) for x in value])
    if type(value) in (dict, collections.OrderedDict):
        return type(value)((key, _plain(x)) for key, x in value.items())
    return value
