"""`tensorflow.python.util.tf_inspect`: the standard `inspect`, looking through decorators of `tf_decorator`."""

from __future__ import annotations

import collections
import functools
import inspect
from inspect import (
    FullArgSpec,
    Parameter,
    Signature,
    currentframe,
    getframeinfo,
    getmro,
    isbuiltin,
    isframe,
    ismodule,
    stack,
)
from typing import Any

from tfcompat_tape.core.overloads import written
from tfcompat_tape.porting.internals.tf_decorator import unwrap

_PACKAGE = __name__.partition(".")[0]
ArgSpec = collections.namedtuple("ArgSpec", ("args", "varargs", "keywords", "defaults"))


def getfullargspec(obj: Any) -> FullArgSpec:
    """The arguments of a function, of a class (its `__init__`), of a callable object (its `__call__`), of a partial.

    A method's have `self`, as `inspect.getfullargspec` tells them. Annotations of partials are left out, and those of
    this package's functions, for TensorFlow's have none: code compares them with functions of its own.
    """
    spec = _spec(obj)
    ours = str(getattr(unwrap(obj)[1], "__module__", "")).startswith(_PACKAGE)
    return spec._replace(annotations={}) if ours else spec


def _spec(obj: Any) -> FullArgSpec:
    decorators, target = unwrap(obj)
    for decorator in decorators:
        if decorator.decorator_argspec is not None:
            return decorator.decorator_argspec  # type: ignore[no-any-return]
    if isinstance(target, functools.partial):
        return _of_partial(target)
    target = written(getattr(target, "python_function", target))  # of a tf.function; without overloads
    if not (inspect.isfunction(target) or inspect.ismethod(target) or inspect.isclass(target)):
        call = vars(type(target)).get("__call__")
        if inspect.isfunction(call):
            return inspect.getfullargspec(call)
    if inspect.isclass(target) and inspect.isfunction(target.__init__):
        return inspect.getfullargspec(target.__init__)
    return inspect.getfullargspec(target)


def _of_partial(obj: functools.partial[Any]) -> FullArgSpec:
    spec = getfullargspec(obj.func)
    args = spec.args[len(obj.args) :]
    defaults = list(spec.defaults or ())[-len(args) :] if args else []
    have = dict(zip(args[len(args) - len(defaults) :], defaults, strict=True))
    have.update({name: value for name, value in obj.keywords.items() if name in args})
    first = next((i for i, name in enumerate(args) if name in have), len(args))
    if any(name not in have for name in args[first:]):
        raise ValueError(f"Some arguments of {args} have no default, but stand after those that have one.")
    values = tuple([have[name] for name in args[first:]])
    only = {**(spec.kwonlydefaults or {}), **{k: v for k, v in obj.keywords.items() if k in spec.kwonlyargs}}
    return FullArgSpec(args, spec.varargs, spec.varkw, values or None, spec.kwonlyargs, only or None, {})


def getargspec(obj: Any) -> ArgSpec:
    """The same in the form of Python 2: keyword-only arguments stand among the others."""
    spec = getfullargspec(obj)
    only = [name for name in spec.kwonlyargs if name in (spec.kwonlydefaults or {})]
    defaults = (*(spec.defaults or ()), *[(spec.kwonlydefaults or {})[name] for name in only])
    return ArgSpec([*spec.args, *spec.kwonlyargs], spec.varargs, spec.varkw, defaults or None)


def getcallargs(*func_and_positional: Any, **named: Any) -> dict[str, Any]:
    """What each argument of a function would be in a call."""
    function, *positional = func_and_positional
    return inspect.getcallargs(unwrap(function)[1], *positional, **named)


def signature(obj: Any, *, follow_wrapped: bool = True) -> Signature:
    return inspect.signature(unwrap(obj)[1], follow_wrapped=follow_wrapped)


def getdoc(object: Any) -> str | None:
    return inspect.getdoc(object)


def getfile(object: Any) -> str:
    return inspect.getfile(unwrap(object)[1])


def getsource(object: Any) -> str:
    return inspect.getsource(unwrap(object)[1])


def getsourcefile(object: Any) -> str | None:
    return inspect.getsourcefile(unwrap(object)[1])


def getsourcelines(object: Any) -> tuple[list[str], int]:
    return inspect.getsourcelines(unwrap(object)[1])


def getmodule(object: Any) -> Any:
    return inspect.getmodule(object)


def getmembers(object: Any, predicate: Any = None) -> list[tuple[str, Any]]:
    return inspect.getmembers(object, predicate)


def isclass(object: Any) -> bool:
    return inspect.isclass(unwrap(object)[1])


def isfunction(object: Any) -> bool:
    return inspect.isfunction(unwrap(object)[1])


def ismethod(object: Any) -> bool:
    return inspect.ismethod(unwrap(object)[1])


def isroutine(object: Any) -> bool:
    return inspect.isroutine(unwrap(object)[1])


def isgenerator(object: Any) -> bool:
    return inspect.isgenerator(unwrap(object)[1])


def isgeneratorfunction(object: Any) -> bool:
    return inspect.isgeneratorfunction(unwrap(object)[1])


def isanytargetmethod(object: Any) -> bool:
    """Whether a decorator on it, or the function under all of them, is a method."""
    decorators, target = unwrap(object)
    return inspect.ismethod(target) or any(inspect.ismethod(d.decorated_target) for d in decorators)


__all__ = [
    "ArgSpec",
    "FullArgSpec",
    "Parameter",
    "Signature",
    "currentframe",
    "getargspec",
    "getcallargs",
    "getdoc",
    "getfile",
    "getframeinfo",
    "getfullargspec",
    "getmembers",
    "getmodule",
    "getmro",
    "getsource",
    "getsourcefile",
    "getsourcelines",
    "isanytargetmethod",
    "isbuiltin",
    "isclass",
    "isframe",
    "isfunction",
    "isgenerator",
    "isgeneratorfunction",
    "ismethod",
    "ismodule",
    "isroutine",
    "signature",
    "stack",
]
