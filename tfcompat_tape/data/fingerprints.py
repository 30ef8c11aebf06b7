"""A number for what a pipeline does: `Dataset.fingerprint`.

Equal numbers promise equal elements, so whatever cannot be compared by what it says (a Variable, an object of the
user) is another one unless it is the same object.
"""

from __future__ import annotations

import hashlib
import itertools
import types
import weakref
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.data.base import Pipeline
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.randomness import Seeds

# Values whose text says all of them.
_SAYING_ALL = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    slice,
    range,
    np.generic,
    np.dtype,
    torch.dtype,
    DType,
    TensorShape,
    TypeSpec,
)
_numbers = itertools.count()
_tokens: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
# What is found out later, and is not part of what the pipeline says.
_FOUND_OUT = {"_kept_layout"}


def fingerprint(dataset: Pipeline) -> int:
    """A number of 64 bits."""
    digest = hashlib.blake2b(digest_size=8)
    _Walk(digest).value(dataset)
    return int.from_bytes(digest.digest(), "little")


class _Walk:
    """Feeds a hash with all that a value says. Each part goes in with its kind, so that no two read the same."""

    def __init__(self, digest: Any) -> None:
        self._digest = digest
        self._seen: dict[int, int] = {}
        self._alive: list[Any] = []

    def _put(self, kind: str, data: bytes = b"") -> None:
        self._digest.update(f"{kind}:{len(data)}:".encode() + data)

    def value(self, x: Any) -> None:
        """One value, with all in it."""
        if x is None or isinstance(x, _SAYING_ALL):
            self._put(type(x).__name__, repr(x).encode())
        elif isinstance(x, frozenset):
            self._put("frozenset", repr(sorted(map(repr, x))).encode())
        elif isinstance(x, (tuple, list)):
            self._put(type(x).__name__, str(len(x)).encode())
            for one in x:
                self.value(one)
        elif isinstance(x, dict):
            self._put("dict", str(len(x)).encode())
            for key, one in x.items():
                self.value(key)
                self.value(one)
        elif type(x) is Tensor:
            self.value(x._t)
        elif isinstance(x, torch.Tensor):
            self._put("tensor", str(x.dtype).encode())
            self.value(to_numpy(x.detach().cpu()))
        elif isinstance(x, np.ndarray):
            self._put("array", f"{x.dtype}{x.shape}".encode())
            if x.dtype.hasobject:
                self.value(x.ravel().tolist())
            else:
                self._put("data", np.ascontiguousarray(x).tobytes())
        elif isinstance(x, types.CodeType):
            self._put("code", x.co_code)
            self.value((x.co_consts, x.co_names, x.co_varnames, x.co_freevars, x.co_argcount, x.co_flags))
        elif isinstance(x, types.ModuleType):
            self._put("module", x.__name__.encode())
        else:
            self._of_object(x)

    def _of_object(self, x: Any) -> None:
        """Something that may hold itself."""
        if id(x) in self._seen:
            self._put("again", str(self._seen[id(x)]).encode())
            return
        self._seen[id(x)] = len(self._seen)
        self._alive.append(x)
        if isinstance(x, Pipeline):
            self._put("step", type(x).__qualname__.encode())
            self.value({key: one for key, one in sorted(vars(x).items()) if key not in _FOUND_OUT})
        elif isinstance(x, ElementFunction):
            self._put("function", x.name.encode())
            self.value(x.user)
        elif isinstance(x, Seeds):
            self._put("seeds")
            self.value(x.said if x.said is not None else _token(x))
        elif isinstance(x, types.FunctionType):
            self._put("def")
            cells = [_cell(cell) for cell in x.__closure__ or ()]
            names = {name: x.__globals__[name] for name in x.__code__.co_names if name in x.__globals__}
            self.value((x.__code__, x.__defaults__, x.__kwdefaults__, cells, names))
        elif isinstance(x, types.MethodType):
            self._put("method")
            self.value((x.__func__, x.__self__))
        elif isinstance(x, (type, types.BuiltinFunctionType)) and getattr(x, "__module__", None):
            self._put("named", f"{x.__module__}.{x.__qualname__}".encode())
            if isinstance(x, type):
                self._put("which", str(_token(x)).encode())
        else:
            self._put("object", str(_token(x)).encode())


def _cell(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # nothing is in it yet
        return None


def _token(x: Any) -> int:
    """A number that no other object has, now or later."""
    try:
        return _tokens.setdefault(x, next(_numbers))
    except TypeError:  # no weak reference to it, or no hash
        return next(_numbers)
