"""Functions that are written into a SavedModel, as functions of a graph: which, and what is said of each.

What no graph says raises here, before anything is written.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException

from tfcompat_tape.core.errors import UnimplementedError
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.graphs.functions import Library, Written, traced
from tfcompat_tape.graphs.messages import FunctionSpec
from tfcompat_tape.saved_model.copies import copied
from tfcompat_tape.saved_model.graph_functions import GraphKind
from tfcompat_tape.saved_model.graph_structures import written
from tfcompat_tape.saved_model.restored import RestoredFunction
from tfcompat_tape.tracing.concrete_function import ConcreteFunction
from tfcompat_tape.tracing.function import Function

WRITABLE = (Function, RestoredFunction)
# What torch raises where a function asks for values that no trace has.
WITHOUT_VALUES = (DynamicOutputShapeException, DataDependentOutputException, RuntimeError)


def of_object(obj: Any) -> Iterator[tuple[str, Any]]:
    """The functions on attributes of an object and on its class, or among the elements of a list or dict, by name."""
    if not isinstance(obj, Trackable):
        return
    for name, found in _named(obj):
        if isinstance(found, (*WRITABLE, ConcreteFunction)):
            yield name, found


def _named(obj: Any) -> Iterable[tuple[str, Any]]:
    """What an object has, by the names that it has in a SavedModel: elements by their places, others by attributes."""
    if isinstance(obj, (list, tuple)):
        return [(str(place), x) for place, x in enumerate(obj)]
    if isinstance(obj, Mapping):
        return [(name, x) for name, x in obj.items() if isinstance(name, str)]
    names = [name for name in vars(obj) if not name.startswith("_self_")] if hasattr(obj, "__dict__") else []
    for cls in type(obj).__mro__:
        names += [name for name, value in vars(cls).items() if isinstance(value, Function)]
    return [(name, getattr(obj, name, None)) for name in dict.fromkeys(names)]


def write(function: Any, library: Library) -> Written:
    """Write a function for arguments of one kind; one that was loaded is written as it is.

    Raises:
      UnimplementedError: it does what no graph says.
    """
    if isinstance(function, GraphKind):
        return copied(function, library)
    try:
        return traced(function, library)
    except (UntraceableError, UnimplementedError, *WITHOUT_VALUES) as error:
        why = getattr(error, "message", None) or str(error)
    raise UnimplementedError(
        None,
        None,
        f"{function.__name__} cannot be written into a SavedModel: {why}. Leave it out of the object, for example by "
        "deleting the attribute or by not decorating it.",
    )


def prepared(function: Any) -> list[Any]:
    """The function for each kind of arguments that is to be written."""
    if isinstance(function, RestoredFunction):
        return function.kinds()
    if isinstance(function, Function):
        return function._list_all_concrete_functions_for_serialization()
    return [function]


def spec_of(function: Any) -> Any:
    """What a SavedModel says of the Python function: its parameters, their defaults, and the input signature."""
    if isinstance(function, RestoredFunction):
        return function.spec
    found: Any = FunctionSpec()
    try:
        signature = inspect.signature(function.python_function)
    except (TypeError, ValueError):
        signature = inspect.Signature()
    kinds = inspect.Parameter
    args, defaults, keywords, named = [], [], [], {}
    varargs = varkw = None
    for name, parameter in signature.parameters.items():
        default = parameter.default
        if parameter.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD):
            args.append(name)
            if default is not parameter.empty:
                defaults.append(_default(default))
        elif parameter.kind is kinds.KEYWORD_ONLY:
            keywords.append(name)
            if default is not parameter.empty:
                named[name] = _default(default)
        elif parameter.kind is kinds.VAR_POSITIONAL:
            varargs = name
        else:
            varkw = name
    parts = {
        "args": args,
        "varargs": varargs,
        "varkw": varkw,
        "defaults": tuple(defaults) or None,
        "kwonlyargs": keywords,
        "kwonlydefaults": named or None,
        "annotations": {},
    }
    whole = found.fullargspec.named_tuple_value
    whole.name = "FullArgSpec"
    for key, part in parts.items():
        whole.values.add(key=key).value.CopyFrom(written(part))
    found.is_method = False
    signature_of = function.input_signature
    found.input_signature.CopyFrom(written(None if signature_of is None else tuple(signature_of)))
    return found


def spec_without_arguments() -> Any:
    """What a SavedModel says of a function that takes nothing."""
    return spec_of(Function(lambda: None, input_signature=[]))


def _default(value: Any) -> Any:
    """A default as far as a message says it; what it does not say counts as None, which no kind was made for."""
    try:
        written(value)
    except UnimplementedError:
        return None
    return value


__all__ = ["WRITABLE", "Library", "Written", "of_object", "prepared", "spec_of", "write"]
