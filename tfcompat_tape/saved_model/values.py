"""Values in the JSON of functions: arguments of kernels, constants, structures of arguments and results."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.core.tensor import Tensor, from_numpy, to_numpy
from tfcompat_tape.tracing.nodes import Ref
from tfcompat_tape.tracing.sizes import SYMBOLIC


class UnwritableError(Exception):
    """A function does something that its file cannot say."""


class Out:
    """The place of a result in a structure."""

    def __init__(self, number: int) -> None:
        self.number = number


def zeros(dtype: Any, shape: list[int]) -> Tensor:
    """A Tensor of zeros."""
    if dtype.torch is None:
        raise UnwritableError(f"an argument is of {dtype.name}")
    return Tensor(torch.zeros(shape, dtype=dtype.torch), None)


class Encoder:
    """Arguments of kernels as JSON, with a list of the constants among them."""

    def __init__(self, sizes: Any) -> None:
        self._sizes = sizes
        self._used: set[Any] = set()
        self._places: dict[int, int] = {}
        self.given: dict[int, Any] = {}
        self.constants: list[Any] = []

    def all(self, values: Any, renamed: dict[int, int]) -> list[Any]:
        """Several of them."""
        return [self.one(x, renamed) for x in values]

    def one(self, x: Any, renamed: dict[int, int]) -> Any:
        """One of them."""
        kind = type(x)
        if kind is Ref:
            number = renamed.get(int(x), int(x))
            return {"const": self.constant(self.given[number])} if number in self.given else {"value": number}
        if isinstance(x, torch.Tensor):
            return {"const": self.constant(x)}
        if kind is tuple or kind is torch.Size:
            return {"tuple": self.all(x, renamed)}
        if kind is list:
            return {"list": self.all(x, renamed)}
        if isinstance(x, SYMBOLIC):
            return {"size": str(self._sizes.text(x, self._used))}
        for word, names in _TORCH.items():
            if isinstance(x, names):
                return {word: str(x).removeprefix("torch.")}
        return plain(x)

    def constant(self, raw: torch.Tensor) -> int:
        """The number of a constant."""
        if id(raw) not in self._places:
            array = np.ascontiguousarray(to_numpy(raw)).reshape(tuple(raw.shape))
            self._places[id(raw)] = len(self.constants)
            self.constants.append(
                {
                    "dtype": dtypes.FROM_TORCH[raw.dtype].name,
                    "shape": list(raw.shape),
                    "data": base64.b64encode(array.tobytes()).decode(),
                }
            )
        return self._places[id(raw)]

    def symbols(self, sizes: Any) -> dict[str, list[int]]:
        """Which axis of which value each name of a size is the size of."""
        return {} if sizes is None else {str(symbol): list(place) for symbol, place in sizes.places.items()}


_TORCH: dict[str, type] = {
    "dtype": torch.dtype,
    "device": torch.device,
    "layout": torch.layout,
    "memory_format": torch.memory_format,
}


def plain(x: Any) -> Any:
    """A number, a string or nothing as JSON."""
    if x is None or isinstance(x, (bool, str)):
        return x
    if isinstance(x, int):
        return int(x)
    if isinstance(x, float):
        return float(x) if math.isfinite(x) else {"float": repr(float(x))}
    if isinstance(x, complex):
        return {"complex": [repr(x.real), repr(x.imag)]}
    raise UnwritableError(f"a {type(x).__name__} is among the arguments of a kernel")


def constant(entry: Mapping[str, Any]) -> torch.Tensor:
    """A constant from JSON."""
    dtype = dtypes.as_dtype(entry["dtype"])
    array = np.frombuffer(base64.b64decode(entry["data"], validate=True), dtype.as_numpy_dtype)
    return from_numpy(array.reshape(entry["shape"]).copy())


def torch_value(word: str, text: str) -> Any:
    """A dtype, device, layout or memory format of torch by its name.

    Raises:
      ValueError: there is none of this name.
    """
    if word == "device":
        return torch.device(text)
    found = getattr(torch, text, None)
    if not isinstance(found, _TORCH[word]):
        raise ValueError(f"{text!r} is no {word}")
    return found


def structure(x: Any) -> Any:
    """A structure of arguments or results as JSON."""
    if isinstance(x, Out):
        return {"out": x.number}
    if isinstance(x, TensorSpec):
        shape = None if x.shape.rank is None else list(x.shape)
        return {"spec": [shape, x.dtype.name, x.name]}
    if isinstance(x, tuple) and not hasattr(x, "_fields"):
        return {"tuple": [structure(one) for one in x]}
    if isinstance(x, list):
        return {"list": [structure(one) for one in x]}
    if isinstance(x, Mapping) and all(isinstance(key, str) for key in x):
        return {"dict": {key: structure(one) for key, one in x.items()}}
    if x is None or isinstance(x, (bool, int, float, complex, str)):
        return {"plain": plain(x)}
    raise UnwritableError(f"a {type(x).__name__} is among what it takes or gives")


def from_structure(x: Mapping[str, Any], out: Callable[[int], Any]) -> Any:
    """A structure from JSON; `out` gives what is in the place of a result."""
    ((word, value),) = x.items()
    if word == "out":
        return out(value)
    if word == "spec":
        return TensorSpec(value[0], value[1], value[2])
    if word == "tuple":
        return tuple(from_structure(one, out) for one in value)
    if word == "list":
        return [from_structure(one, out) for one in value]
    if word == "dict":
        return {key: from_structure(one, out) for key, one in value.items()}
    if word == "plain":
        return number(value)
    raise ValueError(f"{word!r} is no part of a structure")


def number(x: Any) -> Any:
    """What `plain` has written."""
    if isinstance(x, dict):
        if "float" in x:
            return float(x["float"])
        return complex(*map(float, x["complex"]))
    return x
