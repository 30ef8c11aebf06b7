"""What profiles hear from: ops and gradient rules, walks, traces and lines of traced functions.

A few methods are replaced while there is a profile, and are as they were when the last one stops.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any

from torch._ops import OpOverload

from tfcompat_tape.core import reading
from tfcompat_tape.core.wengert import Entry
from tfcompat_tape.debugging import executions
from tfcompat_tape.profiling import places
from tfcompat_tape.tape.gradient_tape import GradientTape
from tfcompat_tape.tracing import line as lines
from tfcompat_tape.tracing import scope
from tfcompat_tape.tracing.call import Gradient, Rule
from tfcompat_tape.tracing.function import Function
from tfcompat_tape.tracing.line import Line
from tfcompat_tape.tracing.line_code import Rest
from tfcompat_tape.tracing.path import Path
from tfcompat_tape.tracing.trace import Trace

if TYPE_CHECKING:
    from tfcompat_tape.profiling.measuring import Profile

BACKWARD = "gradient"  # the kind of what a walk runs
_profiles: list[Profile] = []
_lock = threading.RLock()
_undo: list[Callable[[], None]] = []


def add(profile: Profile) -> None:
    """Let `profile` hear from here on."""
    with _lock:
        if not _profiles:
            _replace(Entry, "__init__", _noting)
            _replace(Line, "run", _running)
            _replace(Function, "__call__", _generally)
            _replace(Path, "in_two_parts", lambda _: _in_one_part)
            _replace(Rule, "__call__", _applying)
            _replace(Trace, "__init__", _beginning)
            _replace(Trace, "run", _tracing)
            _replace(Gradient, "__init__", _tracing_gradient)
            for name in ("gradient", "jacobian", "batch_jacobian"):
                _replace(GradientTape, name, functools.partial(_walking, name))
        _profiles.append(profile)
        executions.surround(profile.around)


def remove(profile: Profile) -> bool:
    """Let `profile` hear no more; whether it did."""
    with _lock:
        if profile not in _profiles:
            return False
        _profiles.remove(profile)
        executions.unsurround(profile.around)
        if not _profiles:
            while _undo:
                _undo.pop()()
        return True


def has(profile: Profile) -> bool:
    """Whether `profile` hears."""
    return profile in _profiles


def begin_all(name: str, kind: str, place: places.Where) -> Callable[[Any], None]:
    """Begin a span in each profile."""
    ends = [profile.begin(name, kind, place) for profile in list(_profiles)]

    def end(result: Any, notes: dict[str, Any] | None = None) -> None:
        for one in reversed(ends):
            one(result, notes)

    return end


def _replace(cls: type, name: str, wrap: Callable[[Any], Any]) -> None:
    before = cls.__dict__[name]
    setattr(cls, name, functools.wraps(before)(wrap(before)))
    _undo.append(lambda: setattr(cls, name, before))


def _span(name: str, kind: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What `function(*args, **kwargs)` gives, as a span of the line that is running."""
    end = begin_all(name, kind, places.here())
    done = None
    try:
        result = function(*args, **kwargs)
        done = True
    finally:
        end(done)
    return result


def _noting(init: Any) -> Any:
    def __init__(self: Entry, op: Any, *rest: Any) -> None:
        init(self, op, *rest)
        if op is not None:
            places.note(self)

    return __init__


def _walking(name: str, method: Any) -> Any:
    def walk(self: Any, *args: Any, **kwargs: Any) -> Any:
        if reading.current.tracer is not None:
            return method(self, *args, **kwargs)
        return _span(f"GradientTape.{name}", "walk", method, self, *args, **kwargs)

    return walk


def _applying(call: Any) -> Any:
    def apply(self: Rule, op: Any, *dys: Any) -> Any:
        """The gradient of a call of a traced function, for the line of that call."""
        outer = places.within.place
        places.within.place = places.of_entry(getattr(op, "entry", op)) or outer
        try:
            return call(self, op, *dys)
        finally:
            places.within.place = outer

    return apply


def _beginning(init: Any) -> Any:
    def __init__(self: Trace, **options: Any) -> None:
        _span("tracing (begin)", "trace", init, self, **options)

    return __init__


def _tracing(run: Any) -> Any:
    def traced(self: Trace, body: Any, function: Any) -> Any:
        name = getattr(function, "__name__", "function")
        return _span(f"tracing {name}", "trace", run, self, body, function)

    return traced


def _tracing_gradient(init: Any) -> Any:
    def __init__(self: Gradient, of: Any, needs: Any) -> None:
        _span(f"tracing {of.name}Grad", "trace", init, self, of, needs)

    return __init__


# -- lines of traced functions ---------------------------------------------------------------------------------------

# By line: the function that it runs, and the same line with kernels that tell.
_telling: weakref.WeakKeyDictionary[Line, tuple[Any, Line]] = weakref.WeakKeyDictionary()


def _running(run: Any) -> Any:
    def told(self: Line, inputs: Any) -> Any:
        if scope.active.trace is not None or reading.current.tracer is not None:
            return run(self, inputs)
        kind = "function" if places.within.place is None else BACKWARD
        return _span(f"tf.function {self.name}", kind, run, _told_by_kernel(self), inputs)

    return told


def _generally(call: Any) -> Any:
    """Calls go the general way, by `Line.run`."""

    def called(self: Function, *args: Any, **kwargs: Any) -> Any:
        self._kinds.entry = None
        return call(self, *args, **kwargs)

    return called


def _in_one_part(path: Path) -> None:
    """All kernels of a call tell, those too that would overwrite Variables at its end."""


def _told_by_kernel(line: Line) -> Line:
    """The same line with kernels that tell."""
    function: Any = line.function
    found = _telling.get(line)
    if found is not None and found[0] is function:
        return found[1]
    if type(function) is not FunctionType:
        return line
    twin = object.__new__(type(line))
    twin.__dict__.update(line.__dict__)
    twin.function = _that_tells(line, function, line.calls, line.rest)
    _telling[line] = function, twin
    return twin


def _that_tells(line: Line, function: Any, calls: Any, rest: Rest | None) -> Any:
    """Generated code with kernels that tell; where it goes on in `rest`, so does that."""
    names = dict(function.__globals__)
    for name in {name for name, _ in calls.values()}:
        names[name] = _kernel_that_tells(names[name], line, calls)
    if rest is not None:
        known: dict[Any, Any] = {}

        def going_on(sizes: tuple[int, ...]) -> Any:
            code = rest.code(sizes)
            if code.function not in known:
                known[code.function] = _that_tells(line, code.function, code.calls, None)
            return known[code.function]

        names.update(found={}, rest=going_on)
    return FunctionType(function.__code__, names, function.__name__)


def _kernel_that_tells(kernel: Any, line: Line, calls: Any) -> Any:
    names = {number: _name(node.function, line.name) for number, (_, node) in calls.items()}

    def telling(*args: Any, **kwargs: Any) -> Any:
        number = sys._getframe(1).f_lineno
        if number not in names:  # it works out a size
            return kernel(*args, **kwargs)
        kind = "kernel" if places.within.place is None else BACKWARD
        end = begin_all(names[number], kind, places.of_node(calls[number][1]) or places.here())
        done = None
        try:
            result = kernel(*args, **kwargs)
            done = True
        finally:
            end(done)
        return result

    lines.between.add(telling.__code__)
    return telling


def _name(function: Any, owner: str) -> str:
    """What a kernel is called in tables: torch's name for torch's, else that of the function or op."""
    if isinstance(function, OpOverload):
        return function._schema.name.replace("::", ".")
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "_kernel", function)
    name = getattr(function, "__name__", None)
    return f"{owner} ({type(function).__name__.lower()})" if name is None else name.strip("_")
