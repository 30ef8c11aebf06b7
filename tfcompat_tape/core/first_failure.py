"""When a replica failed, and how: a note in a file, from before the others hear of it, so that the first one is known.

Comes in: the folder, by an environment variable of the launcher. Goes out: a file for each rank that failed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

NOTES = "TFCOMPAT_REPLICA_NOTES"  # the folder in which each replica notes when it failed


def exit_status(error: BaseException) -> int:
    """What Python ends with when nothing catches `error`."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return 128 + signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1


def note_failure(error: BaseException) -> None:
    """In a process that a launcher has started: note that it fails now with `error`, if it has not done so."""
    folder = os.environ.get(NOTES)
    status = exit_status(error)
    if status and folder is not None and "RANK" in os.environ:
        place = Path(folder, os.environ["RANK"])
        with contextlib.suppress(OSError):
            if not place.exists():
                place.write_text(f"{time.time()!r} {status}", encoding="ascii")


def forget_failure() -> None:
    """The script has caught what failed, and goes on."""
    folder = os.environ.get(NOTES)
    if folder is not None and "RANK" in os.environ:
        with contextlib.suppress(OSError):
            Path(folder, os.environ["RANK"]).unlink(missing_ok=True)


def noted(folder: str) -> dict[int, tuple[float, int]]:
    """What the replicas have noted: when each that failed did so, and its exit status."""
    notes = {}
    for place in Path(folder).iterdir():
        with contextlib.suppress(OSError, ValueError):  # one may be being written
            time_, status = place.read_text(encoding="ascii").split()
            notes[int(place.name)] = float(time_), int(status)
    return notes
