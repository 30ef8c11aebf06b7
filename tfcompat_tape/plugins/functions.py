"""Functions that a definition gives as they are or as "package.module:function", and what arguments they take."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfcompat_tape.plugins.faults import Origin

_FORM = re.compile(r"\.?[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


class Reference:
    """A function of a plugin; one that was given as a string is imported by the first call.

    Args:
      origin: the plugin.
      package: what a string that starts with a dot is relative to.
      what: what the function is, for messages: "the kernel of the op 'Cube'".
      given: the function or the string.
      example: stands for a call: positional arguments, and names of keywords; `None` if that is not known.
    """

    def __init__(
        self,
        origin: Origin,
        package: str,
        what: str,
        given: Callable[..., Any] | str,
        example: tuple[Sequence[Any], Sequence[str]] | None,
    ) -> None:
        self.origin = origin
        self.package = package
        self.what = what
        self.given = given
        self.example = example
        self.function: Callable[..., Any] | None = None
        if isinstance(given, str):
            if not _FORM.fullmatch(given) or (given.startswith(".") and not package):
                raise origin.error(
                    f"{what} is given as {given!r}",
                    'Write "package.module:function", or ".module:function" in a plugin that is a package',
                )
        elif callable(given):
            self.function = self._checked(given)
        else:
            raise origin.error(
                f"{what} is {given!r}", "It must be a function, or the place of one as a string"
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = self.function
        return (function if function is not None else self.resolve())(*args, **kwargs)

    def resolve(self) -> Callable[..., Any]:
        """The function; imported, if that was not done yet."""
        if self.function is None:
            assert isinstance(self.given, str)
            place, _, path = self.given.partition(":")
            try:
                module = importlib.import_module(place, self.package or None)
                found = functools.reduce(getattr, path.split("."), module)
            except Exception as error:
                raise self.origin.error(
                    f"{self.what}, {self.given!r}, cannot be imported: {type(error).__name__}: {error}",
                    f"Correct the plugin, or do without it: TFCOMPAT_PLUGINS_BLOCK={self.origin.name}",
                ) from error
            if not callable(found):
                raise self.origin.error(f"{self.what}, {self.given!r}, is {found!r}", "It must be a function")
            self.function = self._checked(found)
        return self.function

    def _checked(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, if it takes the arguments that it will get."""
        if self.example is None:
            return function
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # a builtin that does not say
            return function
        args, keywords = self.example
        try:
            signature.bind(*args, **dict.fromkeys(keywords))
        except TypeError as error:
            call = ", ".join([*map(str, args), *[f"{name}=..." for name in keywords]])
            raise self.origin.error(
                f"{self.what} has the signature {signature}, and will be called as ({call}): {error}",
                "Give it these parameters",
            ) from None
        return function


def defaults_of(attrs: Mapping[str, Any], required: Any) -> dict[str, Any]:
    """The attributes that have a default."""
    return {name: value for name, value in attrs.items() if value is not required}
