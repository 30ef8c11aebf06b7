"""Progress of what takes long, on stderr: nothing at all while it is quick."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

QUIET = 3.0  # seconds before the first word
PATIENCE = 2.0  # seconds before the first word about what has no steps
PAUSE = 0.5  # seconds between two updates of a line; a log gets one every 20 pauses


def _wanted() -> bool:
    return os.environ.get("TFCOMPAT_PROGRESS", "1").lower() not in ("0", "false", "no", "off")


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
            wanted = _wanted()
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


class Waiting:
    """Within this context something takes as long as it takes: tells so after two seconds, and for how long by now.

    `TFCOMPAT_PROGRESS=0` turns it off. On a terminal it is one line that is rewritten, elsewhere a line at first and
    one at the end.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = False

    def __enter__(self) -> None:
        self._started = time.monotonic()
        if _wanted():
            self._thread = threading.Thread(target=self._tell, daemon=True)
            self._thread.start()

    def _tell(self) -> None:
        pause = PATIENCE
        while not self._over.wait(pause):
            terminal = sys.stderr.isatty()
            if terminal or not self._told:
                spent = f" {time.monotonic() - self._started:.0f} s" if terminal else ""
                self._say(f"{self._what} ...{spent}", terminal)
            self._told = True
            pause = PAUSE

    def _say(self, text: str, terminal: bool) -> None:
        print(
            f"\r{text:<78}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True
        )

    def __exit__(self, *error: Any) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._told:
            how = "" if error[0] is None else ", not finished"
            spent = time.monotonic() - self._started
            self._say(f"{self._what}: {spent:.0f} s{how}", sys.stderr.isatty())
            if sys.stderr.isatty():
                print(file=sys.stderr, flush=True)
