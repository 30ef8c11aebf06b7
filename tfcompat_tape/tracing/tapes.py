"""Tapes and accumulators, as a trace sees them: only those that recorded within it can be asked there.

What others recorded has values of another world: of eager code, or of the function around, whose body or branch is
being traced. A function that asks them runs as it is, where they answer as they do elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator
from tfcompat_tape.tape.gradient_tape import GradientTape
from tfcompat_tape.tracing import scope


def _outside(of: Any) -> bool:
    """Whether a tape or accumulator has recorded, and not within the trace of this thread."""
    trace, record = scope.active.trace, of._record
    return trace is not None and record is not None and record.id not in trace.tapes


def _made(method: Callable[..., Any]) -> Any:
    """`method`, after which the trace knows what it began to record."""

    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        before = getattr(self, "_record", None)
        method(self, *args, **kwargs)
        trace = scope.active.trace
        if trace is not None and self._record is not before:
            trace.tapes.add(self._record.id)

    return call


def _asked(method: Callable[..., Any], name: str) -> Any:
    """`method`, which asks what was recorded."""

    def call(self: Any, *args: Any) -> Any:
        if _outside(self):
            raise UntraceableError(f"{type(self).__name__}.{name} of what recorded outside of the function")
        return method(self, *args)

    return call


def _jvp_of(self: ForwardAccumulator, value: Any, zero: bool) -> Any:
    if _outside(self) and not _within(value):
        raise UntraceableError("ForwardAccumulator.jvp of a value from outside of the function")
    return _plain_jvp_of(self, value, zero)


def _within(value: Any) -> bool:
    """Whether the trace computes the value: an accumulator outside sees the call alone, nothing of its inside."""
    if not isinstance(value, Tensor):
        return False
    trace: Any = scope.active.trace
    raw = scope._slot_t.__get__(value)  # itself, not what the trace takes for it
    return type(raw) in scope.FAKES and raw.fake_mode is trace.recorder.mode


def _reset(self: GradientTape) -> None:
    if _outside(self):
        raise unimplemented(
            "GradientTape.reset within a tf.function, of a tape that was entered outside of it: reset it there."
        )
    _plain_reset(self)


_plain_jvp_of, _plain_reset = ForwardAccumulator._jvp_of, GradientTape.reset

# Methods while some thread traces.
INSIDE: dict[Any, dict[str, Any]] = {
    GradientTape: {
        "_start": _made(GradientTape._start),
        "_prepare": _asked(GradientTape._prepare, "gradient"),
        "watched_variables": _asked(GradientTape.watched_variables, "watched_variables"),
        "reset": _reset,
    },
    ForwardAccumulator: {"__init__": _made(ForwardAccumulator.__init__), "_jvp_of": _jvp_of},
}
