"""A sample of the conformance cases inside `tf.function`; `cases_in_functions.py` runs all of them."""

from __future__ import annotations

import zlib
from functools import cache

import cases_in_functions
import pytest

PARTS = 8
ONE_IN = 20  # cases that are not run, for one that is
OPEN = 8  # of those that are run, one in so many with open sizes, too


@cache
def _sample() -> list[list[cases_in_functions.Spec]]:
    found: list[list[cases_in_functions.Spec]] = [[] for _ in range(PARTS)]
    for spec in cases_in_functions.cases():
        number = zlib.crc32(f"{spec.family}:{spec.id}".encode())
        if number % ONE_IN == 0:
            found[number // ONE_IN % PARTS].append(spec)
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_functions_of_open_sizes_answer_as_eager_code(part: int) -> None:
    specs = _sample()[part][::OPEN]
    assert specs
    wrong = [
        f"{s.family}:{s.id}: {line}" for s in specs for line in cases_in_functions.faults(s, opened=True)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(PARTS))
def test_functions_answer_as_eager_code(part: int) -> None:
    specs = _sample()[part]
    assert specs
    wrong = [f"{s.family}:{s.id}: {line}" for s in specs for line in cases_in_functions.faults(s)]
    assert not wrong, "\n".join(wrong)
