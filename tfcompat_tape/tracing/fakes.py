"""Fake tensors as a trace has them: torch's, quiet about what fails on them, and of no use after the trace."""

from __future__ import annotations

import contextlib
import logging
import weakref
from collections.abc import Iterator
from typing import Any

from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import out_of_scope


class _Quiet(logging.Filter):
    """torch logs what fails on fake tensors; while a function is traced that is an exception, and no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        return reading.current.tracer is None


logging.getLogger("torch._subclasses.fake_tensor").addFilter(_Quiet())


class Mode(FakeTensorMode):  # type: ignore[no-untyped-call]
    """The fake tensors of one trace. Once that is over they are of no use: `closed`."""

    def __init__(self, shape_env: Any) -> None:
        super().__init__(allow_non_fake_inputs=True, shape_env=shape_env)
        self.closed = False
        self.around: weakref.ref[Mode] | None = None  # of the trace that this one is made in
        self._outside = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self.closed or (reading.current.tracer is None and not self._outside):
            for x in args:
                for one in x if isinstance(x, (list, tuple)) else (x,):
                    if isinstance(one, FakeTensor):
                        raise self.left(one)
        return super().__torch_dispatch__(func, types, args, kwargs)

    def left(self, raw: Any, there: Mode | None = None) -> Exception:
        """The error for a fake tensor of this trace, which is over, used in the trace of `there`, or that under way."""
        tracer: Any = reading.current.tracer
        if there is None and tracer is not None:
            there = tracer.mode
        mode: Mode | None = self
        while mode is not None and mode is not there:
            mode = None if mode.around is None else mode.around()
        return out_of_scope(raw.shape, within=mode is not None)

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """A context within which the trace computes shapes by them, where nothing is traced."""
        before, self._outside = self._outside, True
        try:
            yield
        finally:
            self._outside = before


def ended(raw: Any) -> Mode | None:
    """The mode of a fake tensor whose trace is over; `None` for any other raw value."""
    mode = getattr(raw, "fake_mode", None)
    return mode if type(mode) is Mode and mode.closed else None


def _needed() -> tuple[type[Exception], ...]:
    from torch._subclasses.fake_tensor import (
        DataDependentOutputException,
        DynamicOutputShapeException,
        UnsupportedOperatorException,
    )

    return DataDependentOutputException, DynamicOutputShapeException, UnsupportedOperatorException


# What torch raises where a kernel needs the values of a fake tensor.
VALUES_NEEDED = _needed()
