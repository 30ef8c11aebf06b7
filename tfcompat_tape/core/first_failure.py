"""When a replica failed: a note in a file, from before the others hear of it, so that the first one is known.

Comes in: the folder, by an environment variable of the launcher. Goes out: a file for each rank that failed.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

NOTES = "TFCOMPAT_REPLICA_NOTES"  # the folder in which each replica notes when it failed


def note_failure() -> None:
    """In a process that a launcher has started: note that it fails now, if it has not done so."""
    folder = os.environ.get(NOTES)
    if folder is not None and "RANK" in os.environ:
        place = Path(folder, os.environ["RANK"])
        with contextlib.suppress(OSError):
            if not place.exists():
                place.write_text(repr(time.time()), encoding="ascii")


def forget_failure() -> None:
    """The script has caught what failed, and goes on."""
    folder = os.environ.get(NOTES)
    if folder is not None and "RANK" in os.environ:
        with contextlib.suppress(OSError):
            Path(folder, os.environ["RANK"]).unlink(missing_ok=True)


def noted(folder: str, rank: int) -> float | None:
    """When a replica noted that it failed."""
    try:
        return float(Path(folder, str(rank)).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
