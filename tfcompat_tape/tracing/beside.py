"""Variables that Python code uses at a call beside what is traced: functions of datasets, `tf.py_function`.

What a traced function assigns is there when its call is over. Python code that runs during the call would see what was
there before: a function where that matters runs as it is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import CodeType, FunctionType, MethodType
from typing import Any

from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing import scope

_MOST = 10_000  # objects that are looked at


def told(variables: Iterable[Variable]) -> None:
    """Let the trace that is under way, and those around it, know that functions of a dataset read these."""
    trace = scope.active.trace
    while trace is not None:
        trace.beside.update({id(v): v for v in variables})
        trace = trace.enclosing()


def check(function: Any) -> None:
    """Raise where a Python function, which runs now and at each call, does not see what is assigned, or assigns itself.

    Raises:
      UntraceableError: it uses a Variable that has been assigned to, or its code names what assigns to Variables.
    """
    variables = reached(function)
    if variables and _assigning(function):
        raise UntraceableError("a Python function within the call assigns to Variables")
    trace = scope.active.trace
    while trace is not None:
        if any((held := trace.held.get(id(v))) is not None and held.written for v in variables):
            raise UntraceableError("a Python function within the call uses a Variable that is assigned to")
        trace = trace.enclosing()


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
    while waiting and len(seen) < _MOST:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        if isinstance(x, Variable):
            found.append(x)
        elif isinstance(x, FunctionType):
            if (x.__module__ or "").partition(".")[0] in _LIBRARIES:
                continue
            waiting += [*(x.__defaults__ or ()), *(x.__kwdefaults__ or {}).values()]
            for cell in x.__closure__ or ():
                try:
                    waiting.append(cell.cell_contents)
                except ValueError:  # not bound yet
                    continue
            waiting += [x.__globals__[name] for name in _names(x.__code__) if name in x.__globals__]
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
        elif not isinstance(x, type) and isinstance(
            variables := getattr(x, "variables", None), (list, tuple)
        ):
            waiting += variables
            waiting += [vars(kind).get("__call__") for kind in type(x).__mro__]
    return found


def _names(code: CodeType) -> list[str]:
    """The names that code refers to, and the code in it."""
    found = list(code.co_names)
    for x in code.co_consts:
        if isinstance(x, CodeType):
            found += _names(x)
    return found


_LIBRARIES = {"tfcompat_tape", "torch", "numpy"}
