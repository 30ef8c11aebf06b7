"""`tensorflow.python.util.dispatch`: functions that others take over, for values of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core.overloads import overloads
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.dispatching import (
    dispatch_for_api,
    dispatch_for_binary_elementwise_apis,
    dispatch_for_binary_elementwise_assert_apis,
    dispatch_for_unary_elementwise_apis,
    unregister_dispatch_for,
)
from tfcompat_tape.porting import taking_over

__all__ = [
    "GlobalOpDispatcher",
    "OpDispatcher",
    "add_dispatch_support",
    "dispatch_for_api",
    "dispatch_for_binary_elementwise_apis",
    "dispatch_for_binary_elementwise_assert_apis",
    "dispatch_for_types",
    "dispatch_for_unary_elementwise_apis",
    "unregister_dispatch_for",
]


def add_dispatch_support(target: Any = None, iterable_parameters: Any = None) -> Any:
    """A decorator that lets others take the function over. Here every Python function can be, as it is.

    Args:
      iterable_parameters: names of parameters that may be iterators, which are then read once.
    """
    if iterable_parameters is not None:
        raise NotImplementedError("add_dispatch_support: iterable_parameters is not supported here.")
    return target if target is not None else lambda function: function


class OpDispatcher:
    """What takes a function over where it fails. A class of this kind has `handle(args, kwargs)`.

    `handle` returns `NOT_SUPPORTED` for arguments that are not its own.
    """

    NOT_SUPPORTED = object()

    def handle(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function shall give."""
        return self.NOT_SUPPORTED

    def register(self, op: Callable[..., Any]) -> None:
        """Ask this object where `op` fails. With a method of a class, the class is the first of `args`."""
        function = getattr(op, "__func__", op)

        def holds(values: Any) -> bool:
            """Whether something among the values is no Tensor, so that this may be meant."""
            return any(type(x) is not Tensor for x in nest.flatten(list(values)))

        def instead(*args: Any, **kwargs: Any) -> Any:
            found = self.handle(args, kwargs)
            if found is self.NOT_SUPPORTED:
                return overloads(function).function(*args, **kwargs)  # which raises again
            return found

        overloads(function).kinds.append((holds, instead))
        taking_over.of_functions.setdefault(function, []).append(self)


class GlobalOpDispatcher:
    """What takes every function over. A class of this kind has `handle(op, args, kwargs)`.

    Keras 2 has one, for the symbolic values of its functional models. Functions of `tf` and operators ask it from
    when code first builds a graph of its own, which such models do; until then no call does more than it must.
    """

    NOT_SUPPORTED = OpDispatcher.NOT_SUPPORTED

    def handle(self, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function `op` shall give."""
        return self.NOT_SUPPORTED

    def register(self) -> None:
        """Ask this object."""
        taking_over.dispatchers.append(self)


def dispatch_for_types(
    op: Callable[..., Any], *types: type
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: the function answers in place of `op` where an argument, or a part of one, is of these types."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def answer(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            flat = [*args, *kwargs.values()]
            flat += [part for one in flat if isinstance(one, (list, tuple)) for part in one]
            return (
                function(*args, **kwargs) if any(isinstance(one, types) for one in flat) else NotImplemented
            )

        overloads(op).before.append(answer)
        return function

    return register
