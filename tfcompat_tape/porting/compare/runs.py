"""Running compare_record.py in a process of its own: under TensorFlow's Python, and under this one."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tfcompat_tape.porting import children
from tfcompat_tape.porting.compare import recorder
from tfcompat_tape.porting.compare.recording import RecordingError, Run, read

_TAIL = 12  # lines of what a process wrote that an error shows


class TroubleError(Exception):
    """A script could not be run, or not to its end: the message says why."""


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called, and the command that runs a file of Python there."""

    name: str
    command: tuple[str, ...]


def tensorflow_side(python: str) -> Side:
    """The side of TensorFlow.

    Raises:
      TroubleError: there is no such program.
    """
    path = os.path.expanduser(python)
    if os.path.isdir(path):
        raise TroubleError(
            f"{python} is a folder: --tensorflow takes the path of a Python that has TensorFlow"
        )
    found = shutil.which(path)
    if found is None:
        why = "cannot be executed" if os.path.exists(path) else "does not exist"
        raise TroubleError(f"{python} {why}: --tensorflow takes the path of a Python that has TensorFlow")
    return Side("TensorFlow", (found,))


def our_side() -> Side:
    """Ours, in this very Python."""
    return Side("tfcompat_tape", (sys.executable, "-m", "tfcompat_tape", "run"))


@dataclass(frozen=True)
class Script:
    """What is run: a script with its arguments, the seed, the seconds it may take, and when the first run began."""

    path: str
    args: tuple[str, ...]
    seed: int
    timeout: float | None
    since: float = field(default_factory=time.time)


def record(side: Side, script: Script, folder: Path, *, inside: bool, until: int | None = None) -> Run:
    """Run the script once and return what was recorded; with the ops before the event `until`, if that is given.

    Raises:
      TroubleError: it could not be run, or it did not end; `run` of it is what was recorded up to there, if anything.
    """
    program = folder / recorder.NAME
    if not program.exists():
        program.write_text(recorder.assembled(), encoding="utf-8")
    out = folder / f"{side.name}.jsonl"
    options = ["--out", str(out), "--force", "--seed", str(script.seed)]
    options += ["--since", str(script.since)]
    options += ["--once", "inside" if inside else "written"]
    options += ["--no-ops"] if until is None else ["--until", str(until)]
    out.unlink(missing_ok=True)
    how = f"{side.name}, tf.functions run eagerly" if inside else side.name
    if until is not None:
        how += f", ops before event {until}"
    command = [*side.command, str(program), *options, script.path, *script.args]
    status, ended = _run(command, script.timeout, out, how)
    if not ended and not out.exists():
        raise TroubleError(
            f"{side.command[0]} did not run compare_record.py within {script.timeout:g} s (--timeout)"
        )
    runs = _read(out, side, status)
    run = runs[0]
    how_ended = run.end.get("how")
    if how_ended == "no tensorflow":
        raise TroubleError(
            f"{side.command[0]} has no TensorFlow: {run.end['error']}: {run.end['message']}\n"
            "--tensorflow takes the path of a Python where `import tensorflow` works"
        )
    if how_ended == "unreadable":
        raise TroubleError(f"{script.path} cannot be run: {run.end['error']}: {run.end['message']}")
    if not ended:
        run.notes.append(
            f"under {side.name} the script had not ended after {script.timeout:g} s (--timeout), "
            f"{len(run.events)} events from its start"
        )
    elif not run.end and status < 0:
        run.notes.append(f"under {side.name} the process died of {_signal(status)}{_tail(out)}")
    return run


def unfinished(run: Run) -> str:
    """Why a run has no end; empty if it has."""
    if run.end:
        return ""
    return next((note for note in run.notes if note.startswith("under ")), "")


def _read(out: Path, side: Side, status: int) -> list[Run]:
    if not out.exists():
        raise TroubleError(
            f"{side.command[0]} did not run compare_record.py (exit status {status}): is it a Python 3.9 or newer?"
            + _tail(out)
        )
    try:
        return read(out)
    except RecordingError as error:
        raise TroubleError(f"{error}{_tail(out)}") from None


def _tail(out: Path) -> str:
    """The last lines of what the process wrote."""
    text = b""
    for kind in ("stderr", "stdout"):
        with contextlib.suppress(OSError):
            text = text.strip() or out.with_suffix(f".{kind}").read_bytes()[-4000:]
    lines = text.decode("utf-8", "backslashreplace").strip().splitlines()[-_TAIL:]
    return "".join(f"\n  | {line}" for line in lines)


def _signal(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _run(command: Sequence[str], timeout: float | None, out: Path, name: str) -> tuple[int, bool]:
    """The exit status of `command`, and whether it ended by itself."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUNBUFFERED": "1"}
    started = time.monotonic()
    progress = _Progress(name, out)
    with open(out.with_suffix(".stdout"), "wb") as stdout, open(out.with_suffix(".stderr"), "wb") as stderr:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise TroubleError(f"{command[0]} cannot be executed: {error.strerror}") from None
        try:
            while True:
                try:
                    return process.wait(0.25), True
                except subprocess.TimeoutExpired:
                    progress.show()
                if timeout is not None and time.monotonic() - started > timeout:
                    return children.end(process), False
        except BaseException:  # Ctrl-C, or a signal
            children.end(process)
            raise
        finally:
            progress.clear()


class _Progress:
    """On stderr, if that is a terminal: who runs, for how long, and how many events there were."""

    def __init__(self, name: str, out: Path) -> None:
        self._name = name
        self._out = out
        self._started = time.monotonic()
        self._events = self._read = self._width = 0

    def show(self) -> None:
        if not sys.stderr.isatty():
            return
        with contextlib.suppress(OSError), open(self._out, "rb") as file:
            file.seek(self._read)
            data = file.read()
            self._read += len(data)
            self._events += data.count(b"\n")
        text = f"{self._name}: {time.monotonic() - self._started:.0f} s, {self._events} lines recorded"[:79]
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(text)

    def clear(self) -> None:
        if self._width:
            print(f"\r{'':<{self._width}}\r", end="", file=sys.stderr, flush=True)
