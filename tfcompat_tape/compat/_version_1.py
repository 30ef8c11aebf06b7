"""What `tf.compat.v1` finds its names with, and what switches eager execution on.

Names that mean the same in both versions are those of version 2: facts/tf_v1.json, read off TensorFlow, says which.
What version 1 has of its own is defined in `_v1`, and loaded when it is first used.
"""

import importlib
import sys
from functools import cache, reduce
from types import ModuleType
from typing import Any

from tfcompat_tape.compat._v1.places import place_of
from tfcompat_tape.coverage.names import missing_name, version_1_names

SPACE = "tf.compat.v1"
_MISSING = object()
_SHARED = frozenset(  # namespaces that hold the same in both versions
    {
        "compat",
        "config.experimental",
        "config.optimizer",
        "config.threading",
        "debugging.experimental",
        "experimental.extension_type",
        "linalg.experimental",
        "math.special",
        "quantization",
        "queue",
        "test.experimental",
        "types",
    }
)
_OWN = ("enable_eager_execution", "enable_v2_behavior", "executing_eagerly", "get_default_graph", "raw_ops")


def enable_eager_execution(config: Any = None, device_policy: Any = None, execution_mode: Any = None) -> None:
    """Nothing happens: ops run at once anyway. Source: `tf.compat.v1.enable_eager_execution`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.enable_eager_execution()
    """


def enable_v2_behavior() -> None:
    """Nothing happens: it is that of version 2 anyway. Source: `tf.compat.v1.enable_v2_behavior`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.enable_v2_behavior()
    """


def executing_eagerly() -> bool:
    """True: ops always run at once here. Source: `tf.compat.v1.executing_eagerly`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.executing_eagerly()
    True
    """
    return True


class Namespace(ModuleType):
    """A namespace within `tf.compat.v1`, like `tf.compat.v1.nn`."""

    def __getattr__(self, name: str) -> Any:
        found = _look_up(self.__name__, name)
        if found is _MISSING:
            raise missing_name(self.__name__, name)
        return found

    def __dir__(self) -> list[str]:
        return sorted(version_1_names()[self.__name__])


def __getattr__(name: str) -> Any:
    found = _look_up(SPACE, name)
    if found is _MISSING:
        raise missing_name(SPACE, name)
    return found


def __dir__() -> list[str]:
    return sorted({*_OWN, *version_1_names()[SPACE]})


def _look_up(space: str, name: str) -> Any:
    """What version 1 has under `name`: its own, or what is the same in version 2 and is covered."""
    if f"{space}.{name}" in version_1_names():
        return _namespace(f"{space}.{name}")
    if space == f"{SPACE}.flags" and name in version_1_names()[space]:
        found = importlib.import_module("tfcompat_tape.compat._v1.scripts").flag(name)
        return _MISSING if found is None else found
    place = place_of(space.removeprefix(SPACE).lstrip("."), name)
    if place is not None:
        module, called = place
        return getattr(importlib.import_module(f"tfcompat_tape.compat._v1.{module}"), called)
    home = version_1_names()[space].get(name)
    if f"{space}.{name}".removeprefix(f"{SPACE}.") in _SHARED:
        home = f"{space}.{name}".replace(SPACE, "tf")
    if home is None:
        return _MISSING
    try:
        return reduce(getattr, home.split(".")[1:], sys.modules["tfcompat_tape"])
    except AttributeError:
        return _MISSING


@cache
def _namespace(space: str) -> Namespace:
    return Namespace(space)
