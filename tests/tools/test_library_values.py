"""How tools/library_values.py judges numbers of two libraries."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import pytest

PATH = Path(__file__).parents[2] / "tools" / "library_values.py"
NAN, INF = math.nan, math.inf


@pytest.fixture(scope="module")
def judge() -> Any:
    specification = importlib.util.spec_from_file_location("library_values", PATH)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([], [], 0.0),
        ([0.0, 4.0], [1.0, 4.0], 0.25),
        ([1.0, INF, NAN, -INF], [1.0, INF, NAN, -INF], 0.0),
        ([1.0, INF], [2.0, INF], 0.5),
        ([INF], [1.0], INF),
        ([1.0, 3.0], [1.0, INF], INF),
        ([INF], [-INF], INF),
        ([NAN], [1.0], INF),
        ([1.0, NAN], [NAN, 1.0], INF),
        ([INF], [NAN], INF),
    ],
)
def test_how_far_numbers_are_apart(judge: Any, one: list[float], other: list[float], distance: float) -> None:
    assert judge.off(one, other) == distance
    assert judge.off(other, one) == distance
    verdict = judge.compared({"values": [one, [1.0]]}, {"values": [other, [1.0]]}, 1e-4)[0]
    assert verdict == ("same" if distance == 0.0 else "different")


def test_what_tensorflow_has_not_answered_has_failed(judge: Any) -> None:
    number, error = {"values": 1.0}, {"error": "ValueError: no"}
    here = {"both": number, "here": number, "raises": error}
    there = {"both": number, "there": number, "raises": error}
    found = {name: verdict for name, verdict, _ in judge.verdicts(here, there, 1e-4)}
    assert found == {"both": "same", "here": "failed", "there": "failed", "raises": "raises"}
    assert {verdict for _, verdict, _ in judge.verdicts(here, {}, 1e-4)} == {"failed"}
    alone = {name: verdict for name, verdict, _ in judge.verdicts(here, None, 1e-4)}
    assert alone == {"both": "ran", "here": "ran", "raises": "failed"}
