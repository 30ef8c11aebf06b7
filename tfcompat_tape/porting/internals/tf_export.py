"""`tensorflow.python.util.tf_export`: decorators that say under which public name a function stands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.porting import canonical
from tfcompat_tape.porting.internals import tf_decorator

__all__ = [
    "KERAS_API_NAME",
    "TENSORFLOW_API_NAME",
    "api_export",
    "get_canonical_name_for_symbol",
    "get_symbol_from_name",
    "get_v1_names",
    "get_v2_names",
    "keras_export",
    "kwarg_only",
    "tf_export",
]

KERAS_API_NAME = "keras"
TENSORFLOW_API_NAME = "tensorflow"
# The attributes that the names are left on.
_NAMES = {TENSORFLOW_API_NAME: "_tf_api_names", KERAS_API_NAME: "_keras_api_names"}
_NAMES_V1 = {api: f"{attribute}_v1" for api, attribute in _NAMES.items()}
_V1 = "compat.v1."
_exported: dict[str, Any] = {}  # what decorators have given a name


class api_export:
    """A decorator that leaves `names` on what it decorates.

    Args:
      v1: the names in version 1; those of version 2 if None.
      allow_multiple_exports: accepted, as TensorFlow accepts it.
    """

    def __init__(
        self,
        *args: str,
        api_name: str = TENSORFLOW_API_NAME,
        v1: Sequence[str] | None = None,
        allow_multiple_exports: bool = True,
    ) -> None:
        self._names = args
        self._names_v1 = tuple(args if v1 is None else v1)
        self._api = api_name

    def __call__(self, symbol: Any) -> Any:
        target = tf_decorator.unwrap(symbol)[1]
        setattr(target, _NAMES[self._api], tuple(self._names))
        setattr(target, _NAMES_V1[self._api], self._names_v1)
        _exported.update(dict.fromkeys([*self._names, *(f"{_V1}{name}" for name in self._names_v1)], symbol))
        return symbol

    def export_constant(self, module_name: str, name: str) -> None:
        """Say that a constant of a module is public; there is nothing to leave the name on."""


tf_export = functools.partial(api_export, api_name=TENSORFLOW_API_NAME)
keras_export = functools.partial(api_export, api_name=KERAS_API_NAME)


def get_v2_names(symbol: Any) -> Sequence[str]:
    """The names that decorators left on `symbol` itself, of TensorFlow's and of Keras's."""
    return _names(symbol, _NAMES)


def get_v1_names(symbol: Any) -> Sequence[str]:
    """The same for version 1."""
    return _names(symbol, _NAMES_V1)


def _names(symbol: Any, attributes: dict[str, str]) -> Sequence[str]:
    left = getattr(symbol, "__dict__", {})
    return [name for attribute in attributes.values() for name in left.get(attribute, ())]


def get_canonical_name_for_symbol(
    symbol: Any, api_name: str = TENSORFLOW_API_NAME, add_prefix_to_v1_names: bool = False
) -> str | None:
    """The canonical name of what is public in TensorFlow ("nn.softmax" for `tf.math.softmax`), or the first name that
    a decorator of `api_name` left on `symbol`; of version 1 if there is no other. `None` if it has no name.

    Raises:
      KeyError: there is no such API.
    """
    left = getattr(tf_decorator.unwrap(symbol)[1], "__dict__", {})
    for attribute, prefix in ((_NAMES[api_name], ""), (_NAMES_V1[api_name], _V1)):
        for name in left.get(attribute, ()):
            return f"{prefix}{name}" if add_prefix_to_v1_names else name
    found = canonical.name_of(symbol) if api_name == TENSORFLOW_API_NAME else None
    return found if found is None or add_prefix_to_v1_names else found.removeprefix(_V1)


def get_symbol_from_name(name: str) -> Any | None:
    """What a decorator has called `name`, or what is public as that, "math.log"; `None` if there is nothing.

    Names that only version 1 has begin with "compat.v1.". Names of Keras are those of the Keras that asks: what no
    decorator of it has named does not exist.
    """
    if name in _exported or name.startswith("keras."):
        return _exported.get(name)
    return canonical.symbol_of(name)


def kwarg_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes its arguments by keyword alone."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if args:
            keys = [*inspect.signature(function).parameters]
            raise TypeError(
                f"{function.__name__} only takes keyword args (possible keys: {keys}). Pass these args as kwargs."
            )
        return function(**kwargs)

    return tf_decorator.make_decorator(function, wrapper)
