"""Of several replicas that have failed, which one `tfcompat run --replicas` names."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from tfcompat_tape.core import first_failure
from tfcompat_tape.porting import replicas


@dataclass
class Failure:
    """What torch's launcher says of a process: seconds are whole ones, of when it looked."""

    exitcode: int
    timestamp: int = 100


KILLED, STOPPED, GAVE_UP = -signal.SIGKILL, -signal.SIGTERM, -signal.SIGABRT
CASES = {
    "the later rank raised first": ({0: Failure(1), 1: Failure(1)}, {0: 100.7, 1: 100.2}, 1, 1),
    "the first rank raised first": ({0: Failure(1), 1: Failure(1)}, {0: 100.2, 1: 100.7}, 0, 1),
    "one was killed, at which another raised": ({0: Failure(1), 1: Failure(KILLED)}, {0: 100.4}, 1, 137),
    "one ended itself, at which another raised": ({0: Failure(1), 1: Failure(3)}, {0: 100.4}, 1, 3),
    "one raised, and another was told to stop": ({0: Failure(STOPPED), 1: Failure(1)}, {1: 100.9}, 1, 1),
    "one raised, and another stopped by itself": ({0: Failure(143), 1: Failure(1)}, {1: 100.9}, 1, 1),
    "one raised, and a library of another gave up": ({0: Failure(GAVE_UP), 1: Failure(1)}, {1: 100.9}, 1, 1),
    "one that raised first is still ending when the launcher looks": (
        {0: Failure(1)},
        {0: 100.7, 1: 100.2},
        1,
        1,
    ),
    "one raised, and another had to be killed": ({0: Failure(KILLED, 105), 1: Failure(1)}, {1: 100.9}, 1, 1),
}


@pytest.mark.parametrize("name", CASES)
def test_the_one_that_failed_first_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failures, raised, rank, status = CASES[name]
    monkeypatch.setenv(first_failure.NOTES, str(tmp_path))
    for one, when in raised.items():
        monkeypatch.setenv("RANK", str(one))
        monkeypatch.setattr(first_failure.time, "time", lambda when=when: when)
        first_failure.note_failure(ValueError())
    assert replicas._told(failures, str(tmp_path)) == status
    assert f"replica {rank} " in capsys.readouterr().err


def test_outside_of_replicas_nothing_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.setenv(first_failure.NOTES, str(tmp_path))
    first_failure.note_failure(ValueError())
    assert not os.listdir(tmp_path)


def test_the_first_failure_counts_and_one_that_is_caught_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(first_failure.NOTES, str(tmp_path))
    monkeypatch.setenv("RANK", "1")
    for when in (100.5, 107.0):
        monkeypatch.setattr(first_failure.time, "time", lambda when=when: when)
        first_failure.note_failure(ValueError())
    assert first_failure.noted(str(tmp_path)) == {1: (100.5, 1)}
    first_failure.forget_failure()
    assert first_failure.noted(str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SystemExit(), 0),
        (SystemExit(0), 0),
        (SystemExit(3), 3),
        (SystemExit("no luck"), 1),
        (KeyboardInterrupt(), 130),
        (OSError(), 1),
    ],
)
def test_the_exit_status_is_noted_where_the_script_fails(
    error: BaseException, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(first_failure.NOTES, str(tmp_path))
    monkeypatch.setenv("RANK", "1")
    first_failure.note_failure(error)
    assert [code for _, code in first_failure.noted(str(tmp_path)).values()] == [status] * bool(status)
