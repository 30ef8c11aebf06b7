"""`tensorflow.python.util.tf_decorator`: decorators that know what they decorate."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any

from tfcompat_tape.tracing.function import Function

__all__ = ["TFDecorator", "make_decorator", "rewrap", "unwrap"]


class TFDecorator:
    """What a decorator leaves on the function that it makes, as `_tf_decorator`; callable like its target.

    Attributes:
      decorator_name: the name of the decorator.
      decorated_target: the function that was decorated.
      decorator_doc: the decorator's own documentation.
      decorator_argspec: an `inspect.FullArgSpec` in place of the target's, or `None`.
    """

    def __init__(
        self, decorator_name: str, target: Any, decorator_doc: str = "", decorator_argspec: Any = None
    ) -> None:
        self.decorator_name = decorator_name
        self.decorated_target = target
        self.decorator_doc = decorator_doc
        self.decorator_argspec = decorator_argspec
        if hasattr(target, "__name__"):
            self.__name__ = target.__name__
        if hasattr(target, "__qualname__"):
            self.__qualname__ = target.__qualname__
        self.__doc__ = getattr(target, "__doc__", None) or decorator_doc or None
        self.__wrapped__ = target

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.decorated_target(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)


def make_decorator(
    target: Any,
    decorator_func: Callable[..., Any],
    decorator_name: str | None = None,
    decorator_doc: str = "",
    decorator_argspec: Any = None,
) -> Callable[..., Any]:
    """`decorator_func` with the name, documentation and signature of `target`, which it decorates.

    >>> def target(a, b=1): ...
    >>> made = make_decorator(target, lambda *args, **kwargs: target(*args, **kwargs))
    >>> made.__name__, unwrap(made)[1] is target
    ('target', True)
    """
    if decorator_name is None:
        frame = inspect.currentframe()
        caller = None if frame is None else frame.f_back
        decorator_name = "" if caller is None else caller.f_code.co_name
    made: Any = decorator_func
    made._tf_decorator = TFDecorator(decorator_name, target, decorator_doc, decorator_argspec)
    for name in ("__name__", "__qualname__", "__module__"):
        if hasattr(target, name):
            setattr(made, name, getattr(target, name))
    made.__doc__ = made._tf_decorator.__doc__
    made.__wrapped__ = target
    made.__original_wrapped__ = target
    if decorator_argspec is None:
        with contextlib.suppress(TypeError, ValueError):
            made.__signature__ = inspect.signature(target)
    return made  # type: ignore[no-any-return]


def unwrap(maybe_tf_decorator: Any) -> tuple[list[TFDecorator], Any]:
    """The decorators on a function, outermost first, and the function that they decorate."""
    decorators: list[TFDecorator] = []
    now = maybe_tf_decorator
    while True:
        if isinstance(now, TFDecorator):
            decorator = now
        elif isinstance(getattr(now, "_tf_decorator", None), TFDecorator):
            decorator = now._tf_decorator
        elif isinstance(now, Function):
            decorator = TFDecorator("tf.function", now.python_function)
        else:
            return decorators, now
        decorators.append(decorator)
        now = decorator.decorated_target


def rewrap(decorator_func: Any, previous_target: Any, new_target: Any) -> Any:
    """Let the decorators of `decorator_func` that end at `previous_target` end at `new_target`, in place."""
    if decorator_func is previous_target:
        return new_target
    for decorator in unwrap(decorator_func)[0]:
        if decorator.decorated_target is previous_target:
            decorator.decorated_target = decorator.__wrapped__ = new_target
    if getattr(decorator_func, "__wrapped__", None) is previous_target:
        decorator_func.__wrapped__ = new_target
    return decorator_func
