"""A TensorFlow in another Python, as an object that is asked: started when first asked, and again when it died."""

from __future__ import annotations

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

from .program import Program

TIMEOUT = 60.0  # seconds for one program
LIFETIME = 2000  # programs, before a process is replaced: traces of functions pile up in it


class TensorFlow:
    def __init__(self, python: str) -> None:
        self.python, self.process, self.asked, self.version = python, None, 0, ""

    def ask(self, program: Program, questions: list[str]) -> dict[str, Any] | None:
        """Its answers; None if it died or took too long."""
        if self.process is None or self.asked >= LIFETIME:
            self.close()
            self._start()
        assert self.process is not None and self.process.stdin is not None
        self.asked += 1
        request = {"program": json.loads(program.json()), "questions": questions}
        try:
            self.process.stdin.write((json.dumps(request) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            self.close()
            return None
        return self._read(TIMEOUT)

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [self.python, str(Path(__file__).with_name("server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": ""},
        )
        self.asked = 0
        hello = self._read(300.0)
        if hello is None:
            raise RuntimeError(f"{self.python} did not start: does it have tensorflow?")
        self.version = hello["tensorflow"]

    def _read(self, timeout: float) -> dict[str, Any] | None:
        assert self.process is not None and self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], timeout)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            self.close()
            return None
        made: dict[str, Any] = json.loads(line)
        return made

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
