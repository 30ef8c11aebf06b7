"""Variables that Python code uses at a call beside what is traced: functions of datasets, `tf.py_function`.

What a traced function assigns is there when its call is over. Python code that runs during the call would see what was
there before: a function where that matters runs as it is.

A trace stands for calls with other Variables as arguments, too, but Python code reaches its own: where one of these
is an argument, there is a trace for it alone (`AliasedError`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Collection, Iterable
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope

if TYPE_CHECKING:
    from tfcompat_tape.tracing.trace import Trace

_MOST = 10_000  # objects that are looked at


class AliasedError(Exception):
    """Python code that runs at a call reaches Variables, one of which is an argument of a function that is traced.

    Attributes:
      ids: of these Variables.
    """

    def __init__(self, variables: Iterable[Variable]) -> None:
        super().__init__("a Variable is an argument, and used by Python code within the call besides")
        self.ids = {id(v) for v in variables}


def told(variables: Iterable[Variable]) -> None:
    """Let the trace that is under way, and those around it, know that functions of a dataset read these.

    Raises:
      AliasedError: one of them is an argument.
    """
    found = list(variables)
    for trace in _entered():
        trace.beside.update({id(v): v for v in found})
    _reaches(found)


def _entered() -> list[Trace]:
    """The trace that is under way, and those that it is made in."""
    trace = scope.active.trace
    return [] if trace is None else [trace, *trace.enclosings()]


def _reaches(variables: Collection[Variable]) -> None:
    """Note that Python code reaches these at each call; see `told`."""
    for trace in _entered():
        trace.reached.update({id(v): v for v in variables})
        if any(id(v) in trace.given for v in variables):
            raise AliasedError(variables)


def within(trace: Any) -> None:
    """A function that has been traced before is called in the trace that is under way: see `told` and `check`."""
    _unassigned(trace.reached.values())
    if trace.beside:
        told(trace.beside.values())
    _reaches(trace.reached.values())


def check(function: Any) -> None:
    """Raise where a Python function, which runs now and at each call, does not see what is assigned, or assigns itself.

    Raises:
      UntraceableError: it uses a Variable that has been assigned to, or its code names what assigns to Variables.
      AliasedError: it uses one that is an argument.
    """
    variables = reached(function)
    if variables and _assigning(function):
        raise UntraceableError("a Python function within the call assigns to Variables")
    _unassigned(variables)
    _reaches(variables)


def _unassigned(variables: Iterable[Variable]) -> None:
    for trace in _entered():
        if any((held := trace.held.get(id(v))) is not None and held.written for v in variables):
            raise UntraceableError("a Python function within the call uses a Variable that is assigned to")


def _assigning(function: Any) -> bool:
    """Whether the code of a function names what assigns to Variables."""
    code = getattr(function, "__code__", None)
    return code is None or any(name.startswith(_ASSIGN) for name in _names(code))


_ASSIGN = ("apply_", "assign", "load_", "scatter_", "set_", "update")


def reached(function: Any) -> list[Variable]:
    """The Variables that Python code can reach by its names, its closure and its object."""
    found: list[Variable] = []
    waiting: list[Any] = [function]
    seen: set[int] = set()
    names: set[str] = set(_IMPLICIT)  # of attributes that the code may ask an object for
    objects: list[tuple[Any, set[str]]] = []  # with those that it was asked for
    while len(seen) < _MOST:
        if not waiting:
            for x, asked in objects:
                waiting += _attributes(x, names - asked)
                asked |= names
            if not waiting:
                break
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, Variable):
            found.append(x)
        elif isinstance(x, FunctionType):
            if _of_library(x.__module__):
                continue
            waiting += [*(x.__defaults__ or ()), *(x.__kwdefaults__ or {}).values()]
            for cell in x.__closure__ or ():
                try:
                    waiting.append(cell.cell_contents)
                except ValueError:  # not bound yet
                    continue
            used = _names(x.__code__)
            names.update(used)
            waiting += [x.__globals__[name] for name in used if name in x.__globals__]
        elif isinstance(x, MethodType):
            waiting += [x.__self__, x.__func__]
        elif isinstance(x, functools.partial):
            waiting += [x.func, *x.args, *x.keywords.values()]
        elif isinstance(x, (list, tuple, set)):
            waiting += x
        elif isinstance(x, dict):
            waiting += x.values()
        elif isinstance(function_of := getattr(x, "python_function", None), (FunctionType, MethodType)):
            waiting.append(function_of)
        elif isinstance(x, type):
            continue
        elif isinstance(variables := getattr(x, "variables", None), (list, tuple)):
            waiting += variables
            waiting += [vars(kind).get("__call__") for kind in type(x).__mro__]
        elif not _of_library(x.__name__ if isinstance(x, ModuleType) else type(x).__module__):
            objects.append((x, set()))
    return found


def _attributes(x: Any, names: set[str]) -> list[Any]:
    """What an object has under these names, itself or by its class; nothing is called."""
    held = getattr(x, "__dict__", {})
    kinds = [vars(kind) for kind in type(x).__mro__ if not _of_library(kind.__module__)]
    found = [held[name] for name in names if name in held]
    for kind in kinds:
        values = [kind[name] for name in names if name in kind]
        found += [value.fget if isinstance(value, property) else value for value in values]
    return found


# Methods that Python calls without their being named.
_IMPLICIT = ("__call__", "__enter__", "__exit__", "__getitem__", "__iter__", "__len__", "__next__")


def _of_library(module: str | None) -> bool:
    root = (module or "").partition(".")[0]
    return root in _LIBRARIES or (root in sys.stdlib_module_names and root != "__main__")


def _names(code: CodeType) -> list[str]:
    """The names that code refers to, and the code in it."""
    found = list(code.co_names)
    for x in code.co_consts:
        if isinstance(x, CodeType):
            found += _names(x)
    return found


_LIBRARIES = {"tfcompat_tape", "torch", "numpy"}
