"""What classes say they are: libraries tell TensorFlow's values by the name of their module.

`type(x).__module__` is `tensorflow.python.framework.ops` for a Tensor, as in TensorFlow: autoray, eagerpy, PennyLane
and Keras look at that. A class that is pickled is found where it is defined.
"""

from __future__ import annotations

import copyreg
import importlib
import sys
from collections.abc import Callable
from typing import Any, TypeVar

Class = TypeVar("Class", bound=type)


class Known(type):
    """The metaclass of classes that are known by a module of TensorFlow's."""

    _defined: tuple[str, str] | None = None


def known_as(module: str, name: str | None = None) -> Callable[[Class], Class]:
    """Decorator: the class says that it is from TensorFlow's `module`, where it may have another `name`."""

    def call(cls: Class) -> Class:
        cls._defined = cls.__module__, cls.__qualname__  # type: ignore[attr-defined]
        # doctest would take the class for one of another module.
        vars(sys.modules[cls.__module__]).setdefault("__test__", {})[cls.__name__] = cls
        cls.__module__ = module
        if name is not None:
            cls.__name__ = cls.__qualname__ = name
        return cls

    return call


def _reduce(cls: Any) -> Any:
    return _find, vars(cls).get("_defined") or (cls.__module__, cls.__qualname__)


def _find(module: str, name: str) -> Any:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def picklable(metaclass: type) -> None:
    """Let classes of `metaclass` be pickled by where they are defined."""
    copyreg.pickle(metaclass, _reduce)


picklable(Known)
