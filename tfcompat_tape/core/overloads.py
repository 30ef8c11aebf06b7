"""Functions that other kinds of values take over: RaggedTensors, and what users register for types of theirs.

A function is changed in place, when something is first registered for it: it stays the object that it is, whoever holds
it, under whatever name, and gets other code, which asks here. So a function that nobody overloads costs nothing more,
and one that was bound before works like one that is looked up later.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

Answer = Callable[[tuple[Any, ...], dict[str, Any]], Any]


class Overloads:
    """What answers in place of a function.

    Attributes:
      function: the function as it was written.
      before: asked first. `answer(args, kwargs)` returns NotImplemented for arguments that are not its own.
      kinds: asked where the function itself fails: pairs of `holds(values)`, whether its kind of value is among the
        arguments, and the function that takes these.
    """

    __slots__ = ("before", "function", "kinds")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.before: list[Answer] = []
        self.kinds: list[tuple[Callable[[Any], bool], Callable[..., Any]]] = []

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function gives, or who takes it over."""
        if self.before:
            found = self.ask(args, kwargs)
            if found is not NotImplemented:
                return found
        try:
            return self.function(*args, **kwargs)
        except Exception:
            if not self.applies(args, kwargs):
                raise
        return self.instead(args, kwargs)

    def ask(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the first of those asked before says that knows these arguments, or NotImplemented."""
        for answer in self.before:
            found = answer(args, kwargs)
            if found is not NotImplemented:
                return found
        return NotImplemented

    def applies(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether there is another function for these arguments."""
        return any(holds(args) or holds(kwargs.values()) for holds, _ in self.kinds)

    def instead(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The answer of the function for these arguments."""
        for holds, function in self.kinds:
            if holds(args) or holds(kwargs.values()):
                return function(*args, **kwargs)
        raise AssertionError("no overload applies")


def overloads(function: Callable[..., Any]) -> Overloads:
    """The overloads of `function`, which may have them from now on.

    Raises:
      TypeError: not a Python function.
    """
    if type(function) is not FunctionType:
        raise TypeError(f"{function!r} is not a function.")
    found = (function.__kwdefaults__ or {}).get("_overloads")
    if found is not None:
        return found  # type: ignore[no-any-return]
    found = Overloads(_copy(function))
    # In this order: the code as it is has no such parameter, so that calls by other threads go well all the time.
    function.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "_overloads": found}
    function.__code__ = _code(function.__code__)
    function.__wrapped__ = found.function  # type: ignore[attr-defined]
    return found


def written(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` as it was written, without overloads."""
    found = (getattr(function, "__kwdefaults__", None) or {}).get("_overloads")
    return function if found is None else found.function


def _copy(function: FunctionType) -> FunctionType:
    copy = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__ = function.__qualname__
    copy.__module__ = function.__module__
    copy.__doc__ = function.__doc__
    copy.__annotations__ = function.__annotations__
    copy.__dict__.update(function.__dict__)
    return copy


# The code of a function that has overloads. It names the free variables of the code that it replaces: a frame whose
# code does not fetch the cells of its function crashes Python when somebody looks at its variables.
_TEMPLATE = """
def outer():
    {names} = None
    def call(*args, _overloads, **kwargs):
        if False:
            print({arguments})
        return _overloads(args, kwargs)
    return call
"""


def _code(code: CodeType) -> CodeType:
    """The code for a function that was written with `code`."""
    made = _plain.__code__
    if code.co_freevars:
        names: dict[str, Any] = {}
        exec(
            compile(
                _TEMPLATE.format(names=" = ".join(code.co_freevars), arguments=", ".join(code.co_freevars)),
                __file__,
                "exec",
            ),
            names,
        )
        made = names["outer"]().__code__
        assert made.co_freevars == code.co_freevars
    line = Overloads.__call__.__code__.co_firstlineno
    return made.replace(co_name=code.co_name, co_qualname=code.co_qualname, co_firstlineno=line)


def _plain(*args: Any, _overloads: Overloads, **kwargs: Any) -> Any:
    return _overloads(args, kwargs)
