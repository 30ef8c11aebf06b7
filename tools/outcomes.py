"""For pytest: `-p outcomes` writes how each test ended as soon as it has, a line of JSON each, to $OUTCOMES.

A test that takes longer than $OUTCOMES_LIMIT seconds fails. A test whose process dies leaves its "begun" line behind;
tests that have a line when the process starts are not run again, so that the same command goes on after one that died.
Tests that passed in another file, $OUTCOMES_WITHOUT, are left out, and those whose names match $OUTCOMES_LEFT; of
those that match $OUTCOMES_ONLY alone, which several processes may run together, the first one writes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILE = Path(os.environ["OUTCOMES"])
LIMIT = float(os.environ.get("OUTCOMES_LIMIT", "120"))
LEFT, ONLY = os.environ.get("OUTCOMES_LEFT"), os.environ.get("OUTCOMES_ONLY")
SILENT = bool(ONLY) and os.environ.get("RANK", "0") != "0"


class TestTookTooLong(Exception):
    """A test ran for more than $OUTCOMES_LIMIT seconds."""


def write(name: str, outcome: str, seconds: float = 0.0, text: str = "") -> None:
    if SILENT:
        return
    with FILE.open("a") as file:
        file.write(
            json.dumps({"name": name, "outcome": outcome, "seconds": round(seconds, 2), "text": text}) + "\n"
        )


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The last line of each test."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {line["name"]: line for line in map(json.loads, lines)}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if ONLY:
        items[:] = [item for item in items if re.search(ONLY, item.nodeid)]
        return
    if LEFT:
        items[:] = [item for item in items if not re.search(LEFT, item.nodeid)]
    done = set(read(FILE))
    if elsewhere := os.environ.get("OUTCOMES_WITHOUT"):
        done |= {name for name, line in read(Path(elsewhere)).items() if line["outcome"] == "passed"}
    items[:] = [item for item in items if item.nodeid not in done]


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed and report.nodeid not in read(FILE):
        write(report.nodeid, "failed", text=str(report.longrepr)[-2000:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    write(item.nodeid, "begun")
    reports.clear()
    started = time.perf_counter()
    result = yield
    worst = next((report for report in reports if report.failed), None)
    skipped = any(report.skipped for report in reports)
    outcome = "failed" if worst else "skipped" if skipped else "passed"
    write(item.nodeid, outcome, time.perf_counter() - started, str(worst.longrepr)[-2000:] if worst else "")
    return result


reports: list[pytest.TestReport] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    reports.append(report)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TestTookTooLong(f"after {LIMIT:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
