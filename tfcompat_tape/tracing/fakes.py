"""Fake tensors as a trace has them: torch's, quiet about what fails on them, and of no use after the trace."""

from __future__ import annotations

import contextlib
import logging
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
        self._outside = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self.closed or (reading.current.tracer is None and not self._outside):
            for x in args:
                for one in x if isinstance(x, (list, tuple)) else (x,):
                    if isinstance(one, FakeTensor):
                        raise out_of_scope(one.shape)
        return super().__torch_dispatch__(func, types, args, kwargs)

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """A context within which the trace computes shapes by them, where nothing is traced."""
        before, self._outside = self._outside, True
        try:
            yield
        finally:
            self._outside = before


def _needed() -> tuple[type[Exception], ...]:
    from torch._subclasses.fake_tensor import (
        DataDependentOutputException,
        DynamicOutputShapeException,
        UnsupportedOperatorException,
    )

    return DataDependentOutputException, DynamicOutputShapeException, UnsupportedOperatorException


# What torch raises where a kernel needs the values of a fake tensor.
VALUES_NEEDED = _needed()
