"""The file of a recording: a line for each event, a JSON object."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

FORMAT = 1


class Writer:
    """Writes events, a line each, and counts those that are compared.

    `stop_after` is the number of events after which the process ends.
    """

    def __init__(self, path: str, *, append: bool, stop_after: int | None) -> None:
        self._file = open(path, "a" if append else "w", encoding="utf-8")  # noqa: SIM115
        self.count = 0
        self._stop_after = stop_after
        self.at_end: list[Any] = []

    def write(self, **event: Any) -> None:
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event that is compared; its number is the place that it has among them."""
        self.write(k=kind, **fields)
        self.count += 1
        if self._stop_after is not None and self.count > self._stop_after:
            self.close("enough")
            sys.stdout.flush()
            os._exit(0)  # nothing of the script runs on

    def close(self, how: str, **fields: Any) -> None:
        for finish in self.at_end:
            finish()
        self.write(k="end", how=how, **fields)
        self._file.close()
