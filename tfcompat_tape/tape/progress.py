"""Progress of what takes long, on stderr: nothing at all while it is quick."""

from __future__ import annotations

import os
import sys
import time

QUIET = 3.0  # seconds before the first word
PAUSE = 0.5  # seconds between two updates of a line; a log gets one every 20 pauses


class Progress:
    """Tells how far a computation of `total` equal steps has come, once it has taken a few seconds.

    `TFCOMPAT_PROGRESS=0` turns it off everywhere, `wanted=False` for one call. On a terminal it is one line that is
    rewritten, elsewhere a line every ten seconds.
    """

    def __init__(self, what: str, total: int, unit: str, wanted: bool | None = None) -> None:
        self.what = what
        self.total = total
        self.unit = unit
        if wanted is None:
            wanted = os.environ.get("TFCOMPAT_PROGRESS", "1").lower() not in ("0", "false", "no", "off")
        self.wanted = wanted
        self.started = time.monotonic()
        self.next = self.started + QUIET
        self.told = False

    def update(self, done: int) -> None:
        """`done` of the steps are done."""
        now = time.monotonic()
        if not self.wanted or not done or now < self.next or (done >= self.total and not self.told):
            return
        terminal = sys.stderr.isatty()
        self.next = now + PAUSE * (1 if terminal else 20)
        self.told = True
        spent = now - self.started
        left = spent * (self.total - done) / done
        text = f"{self.what}: {done} of {self.total} {self.unit}, {100 * done // self.total} %, {left:.0f} s left"
        print(
            f"\r{text:<78}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True
        )

    def close(self) -> None:
        """It is over: leave the line."""
        if self.told and sys.stderr.isatty():
            print(file=sys.stderr, flush=True)
