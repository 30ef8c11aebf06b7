"""`tensorflow.python.util.deprecation`: decorators that log a warning where something deprecated is used."""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.porting.internals.tf_decorator import make_decorator

Decorator = Callable[[Any], Any]

_LOGGER = logging.getLogger("tensorflow")
_silent = [0]
_said: set[Any] = set()


class DeprecatedNamesAlreadySetError(Exception):
    """`deprecated_endpoints` was applied twice."""


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """No warnings of deprecation within this context."""
    _silent[0] += 1
    try:
        yield
    finally:
        _silent[0] -= 1


def _warn(key: Any, once: bool, text: str, depth: int) -> None:
    if _silent[0] or (once and key in _said):
        return
    _said.add(key)
    frame = sys._getframe(depth)
    _LOGGER.warning("From %s:%d: %s", frame.f_code.co_filename, frame.f_lineno, text)


def _checked(date: str | None, instructions: str) -> str:
    """When it goes, in words."""
    if date is not None and not re.fullmatch(r"20\d\d-[01]\d-[0123]\d", date):
        raise ValueError(f"Date must be in format YYYY-MM-DD. Received: {date}")
    if not instructions:
        raise ValueError(
            "Don't deprecate things without conversion instructions! Specify the `instructions` argument."
        )
    return "in a future version" if date is None else f"after {date}"


def _documented(doc: str | None, what: str, when: str, instructions: str) -> str:
    note = f"Deprecated: {what}, to be removed {when}.\nInstead: {instructions}"
    return f"{doc.rstrip()}\n\n{note}" if doc else note


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Decorator:
    """A function, or class, that goes after `date` (YYYY-MM-DD, or `None`): the first call of it logs `instructions`.

    Raises:
      ValueError: another form of date, no instructions.
    """
    when = _checked(date, instructions)

    def decorate(func: Any) -> Any:
        text = f"{func.__name__} (from {func.__module__}) is deprecated and will be removed {when}."
        text += f"\nInstructions for updating:\n{instructions}"
        if inspect.isclass(func):
            init = func.__init__

            @functools.wraps(init)
            def made(self: Any, *args: Any, **kwargs: Any) -> None:
                _warn(func, warn_once, text, 2)
                init(self, *args, **kwargs)

            setattr(func, "__init__", made)  # noqa: B010
            func.__doc__ = _documented(func.__doc__, "this class", when, instructions)
            return func

        def called(*args: Any, **kwargs: Any) -> Any:
            _warn(called, warn_once, text, 2)
            return func(*args, **kwargs)

        found = make_decorator(func, called, "deprecated")
        found.__doc__ = _documented(func.__doc__, "this function", when, instructions)
        return found

    return decorate


def deprecated_args(
    date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any, **kwargs: Any
) -> Decorator:
    """Arguments that go after `date`: the first call that gives one logs `instructions`.

    Each is a name, or (name, value that is still fine).

    Raises:
      ValueError: as `deprecated`, no names, or names that the function does not have.
    """
    when = _checked(date, instructions)
    once = kwargs.pop("warn_once", True)
    if kwargs:
        raise ValueError(f"Illegal argument to deprecated_args: {kwargs}")
    if not deprecated_arg_names_or_tuples:
        raise ValueError("Specify which argument is deprecated.")
    fine: dict[str, Any] = dict(
        x if isinstance(x, tuple) else (x, _ANY) for x in deprecated_arg_names_or_tuples
    )
    return _arguments(fine, when, instructions, once, lambda name, value: value is not fine[name], "{name}")


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Decorator:
    """Values of arguments that go after `date`: the first call that gives one logs `instructions`.

    Raises:
      ValueError: as `deprecated`, or no values.
    """
    when = _checked(date, instructions)
    if not deprecated_kwargs:
        raise ValueError("Specify which argument values are deprecated.")
    return _arguments(
        deprecated_kwargs,
        when,
        instructions,
        warn_once,
        lambda name, value: value == deprecated_kwargs[name],
        "{name}={value!r}",
    )


_ANY = object()


def _arguments(
    names: dict[str, Any],
    when: str,
    instructions: str,
    once: bool,
    wrong: Callable[[str, Any], bool],
    form: str,
) -> Decorator:
    def decorate(func: Any) -> Any:
        signature = inspect.signature(func)
        unknown = [name for name in names if name not in signature.parameters]
        if unknown and not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
            raise ValueError(f"{func.__name__} has no arguments {unknown} that could be deprecated.")

        def called(*args: Any, **kwargs: Any) -> Any:
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError:
                return func(*args, **kwargs)  # which says what is wrong
            for name in names:
                if name in given and wrong(name, given[name]):
                    what = form.format(name=name, value=given[name])
                    text = f"calling {func.__name__} (from {func.__module__}) with {what} is deprecated and will be "
                    text += f"removed {when}.\nInstructions for updating:\n{instructions}"
                    _warn((called, name), once, text, 2)
            return func(*args, **kwargs)

        found = make_decorator(func, called, "deprecated")
        what = f"arguments ({', '.join(names)})"
        found.__doc__ = _documented(func.__doc__, what, when, instructions)
        return found

    return decorate


def deprecated_alias(deprecated_name: str, name: str, func_or_class: Any, warn_once: bool = True) -> Any:
    """The same function, or a class derived from the class, that logs the first time that `name` is the name now."""
    text = f"The name {deprecated_name} is deprecated. Please use {name} instead.\n"
    if inspect.isclass(func_or_class):

        class Alias(func_or_class):  # type: ignore[misc]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                _warn(Alias, warn_once, text, 2)
                super().__init__(*args, **kwargs)

        Alias.__name__, Alias.__qualname__ = func_or_class.__name__, func_or_class.__qualname__
        Alias.__module__, Alias.__doc__ = func_or_class.__module__, func_or_class.__doc__
        return Alias

    def called(*args: Any, **kwargs: Any) -> Any:
        _warn(called, warn_once, text, 2)
        return func_or_class(*args, **kwargs)

    return make_decorator(func_or_class, called, "deprecated")


def deprecated_endpoints(*args: str) -> Decorator:
    """Say that these public names of a function are deprecated.

    Raises:
      DeprecatedNamesAlreadySetError: it was said already.
    """

    def decorate(func: Any) -> Any:
        if "_tf_deprecated_api_names" in vars(func):
            raise DeprecatedNamesAlreadySetError(
                f"Cannot set deprecated names for {func.__name__} to {args}. "
                f"Deprecated names are already set to {func._tf_deprecated_api_names}."
            )
        func._tf_deprecated_api_names = args
        return func

    return decorate


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The value of an argument that had another name.

    Raises:
      ValueError: both are given.
    """
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return old_value


__all__ = [
    "DeprecatedNamesAlreadySetError",
    "deprecated",
    "deprecated_alias",
    "deprecated_arg_values",
    "deprecated_args",
    "deprecated_argument_lookup",
    "deprecated_endpoints",
    "silence",
]
