"""A few of the random programs with loops; `python -m tests.fuzz.loops` runs as many as one likes."""

from __future__ import annotations

import pytest

from . import loops


@pytest.mark.parametrize("part", range(2))
def test_loops_are_the_same_eagerly_staged_and_by_guards(part: int) -> None:
    for seed in (2 * part, 2 * part + 1):
        loops.check(seed)


def test_loops_have_the_same_jvps_and_jacobians() -> None:
    loops.check(4, "forward")


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(program):
        return [loops.answers(lambda *args: program(*args) * 1.01, lambda f: f)]

    monkeypatch.setitem(loops.WAYS, "replayed", (loops.answers, other))
    with pytest.raises(AssertionError, match="def program"):
        loops.check(0)
