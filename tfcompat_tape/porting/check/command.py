"""`tfcompat check PATH...`: the command line of it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from tfcompat_tape.porting.check.examine import examine
from tfcompat_tape.porting.check.output import as_json, as_sarif, as_text
from tfcompat_tape.porting.check.sources import find

FOUND = 1
UNREADABLE = 2
_BAR = 30


def add_command(subparsers: Any) -> None:
    """Add `check` to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="which TensorFlow names a folder of code uses, and which of them are missing",
        description="Read scripts, packages and notebooks, without running them, and tell which of TensorFlow's names "
        "they use that are missing here or differ, and which code has another gradient than it seems to. The exit "
        "status is 0 if nothing is missing, 1 if something is, and 2 if a file cannot be read.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="scripts, notebooks, and folders of them")
    parser.add_argument(
        "--notes", action="store_true", help="every place of a name that differs in some corner"
    )
    parser.add_argument(
        "--strict", action="store_true", help="traps for gradients make the exit status 1, too"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON")
    form.add_argument("--sarif", action="store_true", help="as SARIF 2.1.0, which code hosts show in reviews")
    parser.add_argument("--output", metavar="FILE", help="write to FILE, which is replaced")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours in text"
    )
    parser.set_defaults(action=check)


def check(arguments: argparse.Namespace) -> int:
    """Check the paths, write the report, return the exit status."""
    try:
        paths = list(find(arguments.paths))
    except FileNotFoundError as error:
        print(f"tfcompat: there is no file or folder {str(error)!r}", file=sys.stderr)
        return UNREADABLE
    progress = Progress(len(paths))
    try:
        report = examine(paths, progress)
    finally:
        progress.clear()
    if arguments.json:
        text = as_json(report)
    elif arguments.sarif:
        text = as_sarif(report)
    else:
        text = as_text(report, colour=_coloured(arguments), notes=arguments.notes)
    if arguments.output is None:
        print(text)
    else:
        try:
            with open(arguments.output, "w", encoding="utf-8") as file:
                file.write(text + "\n")
        except OSError as error:
            print(f"tfcompat: can't write {arguments.output!r}: {error.strerror}", file=sys.stderr)
            return UNREADABLE
    errors = report.of("error")
    if any(one.kind == "unreadable" for one in errors):
        return UNREADABLE
    return FOUND if errors or (arguments.strict and report.of("warning")) else 0


def _coloured(arguments: argparse.Namespace) -> bool:
    if arguments.color != "auto":
        return bool(arguments.color == "always")
    return arguments.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ


class Progress:
    """A bar on stderr, if that is a terminal and there is time to see it. Called with the number of files done."""

    def __init__(self, count: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._started = self._shown = clock()
        self._width = 0

    def __call__(self, done: int, path: str) -> None:
        now = self._clock()
        if not sys.stderr.isatty() or now - self._started < 0.5 or now - self._shown < 0.1:
            return
        self._shown = now
        filled = _BAR * done // self._count
        text = f"[{'#' * filled}{' ' * (_BAR - filled)}] {done}/{self._count} {os.path.basename(path)}"[:79]
        print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
        self._width = len(text)

    def clear(self) -> None:
        """Take the bar away."""
        if self._width:
            print(f"\r{'':<{self._width}}\r", end="", file=sys.stderr, flush=True)
