"""Processes that the commands start: none of them outlives the command, however that ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class EndedError(BaseException):
    """The command was told to end, by a signal other than Ctrl-C's."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextlib.contextmanager
def tidy() -> Iterator[None]:
    """Within, SIGTERM and SIGHUP raise `EndedError`, so that what runs is cleared up; then the process dies of them.

    A signal that is ignored stays ignored (`nohup`).
    """

    def ended(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # the clearing up is not interrupted
        raise EndedError(number)

    taken = []
    if threading.current_thread() is threading.main_thread():
        taken = [one for one in _ENDING if signal.getsignal(one) == signal.SIG_DFL]
    for one in taken:
        signal.signal(one, ended)
    died = None
    try:
        yield
    except EndedError as error:
        died = error.number
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)
    if died is not None:
        os.kill(os.getpid(), died)


def end(process: subprocess.Popen[bytes]) -> int:
    """End a process that leads a session of its own, and those that it started; return its exit status."""
    for which in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, which)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(3)
    return process.wait()
