"""`tf.Module`: an object that knows the Variables and modules that hang on its attributes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from tfcompat_tape import nest
from tfcompat_tape.control.scopes import name_scope
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.trackable.autotrackable import AutoTrackable

__all__ = ["Module"]

_NAME = re.compile(r"[A-Za-z_]\w*")
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])")

Method = TypeVar("Method", bound=Callable[..., Any])


class Module(AutoTrackable):
    """Base class for what has parameters: finds its Variables wherever attributes, lists, tuples and dicts hold them.

    Args:
      name: a Python identifier; the class name in snake_case by default.

    Raises:
      ValueError: `name` is not an identifier.

    Source: `tf.Module`.

    >>> import tfcompat_tape as tf
    >>> class Line(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w, self.b = tf.Variable(2.0, name="w"), tf.Variable(1.0, name="b")
    >>> [v.name for v in Line().trainable_variables]
    ['b:0', 'w:0']
    """

    # Attributes that are not searched.
    _TF_MODULE_IGNORED_PROPERTIES: frozenset[str] = frozenset(
        {
            "_self_unconditional_checkpoint_dependencies",
            "_self_unconditional_dependency_names",
            "_self_unconditional_deferred_dependencies",
            "_self_name_based_restores",
        }
    )

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = _WORD_STARTS.sub("_", type(self).__name__).lower()
        elif not isinstance(name, str):
            raise TypeError(f"A module's name must be a string, not {name!r}.")
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a valid module name: it must be a Python identifier.")
        self._name = name
        with name_scope(name) as scope:
            self._scope_name = scope

    @property
    def name(self) -> str:
        """The name given, or made from the class name."""
        return self._name

    @property
    def name_scope(self) -> name_scope:
        """The scope in which this module's Variables are to be made: a context manager."""
        return name_scope(self._scope_name)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All Variables of this module and its submodules: attributes by name, the module's own before those below."""
        return tuple(self._flatten(predicate=_is_variable))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are trainable."""
        return tuple(self._flatten(predicate=lambda x: _is_variable(x) and x.trainable))

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that are not trainable."""
        return tuple(self._flatten(predicate=lambda x: _is_variable(x) and not x.trainable))

    @property
    def submodules(self) -> tuple[Module, ...]:
        """All modules below this one."""
        return tuple(self._flatten(predicate=lambda x: isinstance(x, Module)))

    @classmethod
    def with_name_scope(cls, method: Method) -> Method:
        """Decorator: run the method within the module's name scope.

        >>> import tfcompat_tape as tf
        >>> class Lazy(tf.Module):
        ...     @tf.Module.with_name_scope
        ...     def build(self):
        ...         self.w = tf.Variable(1.0, name="w")
        >>> lazy = Lazy(name="lazy")
        >>> lazy.build()
        >>> lazy.w.name
        'lazy/w:0'
        """

        @functools.wraps(method)
        def within_scope(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return within_scope  # type: ignore[return-value]

    def _flatten(
        self,
        recursive: bool = True,
        predicate: Callable[[Any], bool] | None = None,
        attribute_traversal_key: Callable[[str], Any] | None = None,
        with_path: bool = False,
        expand_composites: bool = False,
    ) -> Iterator[Any]:
        """The values on attributes that `predicate` accepts, each once; with their paths if `with_path`."""
        accepts = predicate or (lambda _: True)
        seen = {id(self)}
        # Each with its path, and the modules along that.
        modules: list[tuple[tuple[Any, ...], tuple[Module, ...]]] = [((), (self,))]
        while modules:
            path, along = modules.pop(0)
            module = along[-1]
            below: list[tuple[tuple[Any, ...], tuple[Module, ...]]] = []
            for key in sorted(vars(module), key=attribute_traversal_key):
                if key in module._TF_MODULE_IGNORED_PROPERTIES or key in Module._TF_MODULE_IGNORED_PROPERTIES:
                    continue
                for place, leaf in _leaves(vars(module)[key], (*path, key), expand_composites):
                    if not with_path:
                        if id(leaf) in seen:
                            continue
                        seen.add(id(leaf))
                    if accepts(leaf):
                        yield (place, leaf) if with_path else leaf
                    if recursive and isinstance(leaf, Module) and all(leaf is not other for other in along):
                        below.append((place, (*along, leaf)))
            modules = below + modules  # a module's submodules come before its siblings


def _is_variable(value: Any) -> bool:
    return isinstance(value, Variable)


def _leaves(value: Any, path: tuple[Any, ...], expand: bool) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The leaves of a nested structure with their paths."""
    if isinstance(value, Mapping):
        try:
            keys = sorted(value)
        except TypeError:  # keys of several kinds have no order
            return
        for key in keys:
            yield from _leaves(value[key], (*path, key), expand)
    elif isinstance(value, (list, tuple)):
        names = getattr(value, "_fields", range(len(value)))
        for name, item in zip(names, value, strict=True):
            yield from _leaves(item, (*path, name), expand)
    elif nest.is_nested(value):
        for i, item in enumerate(nest.flatten(value, expand)):
            yield (*path, i), item
    else:
        yield path, value
