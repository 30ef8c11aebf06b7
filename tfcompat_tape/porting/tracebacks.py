"""Tracebacks as the user of a script wants them: without the launcher, and without the frames inside this package."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType

import numpy
import torch

from tfcompat_tape.coverage.names import NotCoveredError, is_internal

# Libraries that this package calls: their frames say as little as its own where it called them.
_BENEATH = tuple([f"{Path(module.__file__).parent}/" for module in (numpy, torch) if module.__file__])


def full() -> bool:
    """Whether the environment wants the frames of this package in tracebacks: `TFCOMPAT_FULL_TRACEBACK=1`."""
    return os.environ.get("TFCOMPAT_FULL_TRACEBACK", "").lower() not in ("", "0", "false", "no", "off")


def left_out(frames: int) -> str:
    """The line that says that frames are not shown."""
    count = f"{frames} frame{'s' if frames > 1 else ''}"
    return f"({count} of tfcompat_tape left out: TFCOMPAT_FULL_TRACEBACK=1 or --full-traceback shows all)"


def show_from(is_first: Callable[[FrameType], bool]) -> None:
    """Let an exception that the script does not catch be shown as Python shows it, from the script's frame on.

    The exception itself is left to pass through, so that exit statuses and interrupts are the interpreter's doing.

    Args:
      is_first: whether a frame is the script's outermost.
    """
    show = sys.excepthook  # the script may have set its own

    def show_from_script(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        while trace is not None and not is_first(trace.tb_frame):
            trace = trace.tb_next
        error.__traceback__ = trace
        folded = 0 if full() else fold(error)
        show(kind, error, error.__traceback__)
        if folded and not isinstance(error, NotCoveredError):  # which says all there is to say
            print(left_out(folded), file=sys.stderr)

    sys.excepthook = show_from_script


def fold(error: BaseException) -> int:
    """Take our frames out of the traceback of `error` and of those that led to it; returns how many."""
    count = 0
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__, folded = _folded(one.__traceback__)
        count += folded
        if one.__cause__ is not None and _all_ours(one.__cause__):  # torch's error, which ours was made of
            one.__cause__ = None
        waiting += [one.__cause__, one.__context__]
        waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
    return count


def _all_ours(error: BaseException) -> bool:
    return error.__traceback__ is not None and _folded(error.__traceback__)[0] is None


def _folded(trace: TracebackType | None) -> tuple[TracebackType | None, int]:
    kept: list[TracebackType] = []
    count = 0
    ours = False
    while trace is not None:
        ours = is_internal(trace.tb_frame) or (ours and _beneath(trace.tb_frame))
        if ours:
            count += 1
        else:
            kept.append(trace)
        trace = trace.tb_next
    if not kept:
        return None, 0
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        one.tb_next = following
    return kept[0], count


def _beneath(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_BENEATH)
