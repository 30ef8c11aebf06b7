"""Every argument as a list, an array, a scalar, a Variable, a Tensor of another dtype: what TensorFlow makes of it.

data/answers.json is what TensorFlow answered (record.py), data/differences.json where this package does otherwise.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

import tfcompat_tape as tf
from python_values import record
from python_values.kinds import CALLS

RECORDED: dict[str, Any] = json.loads((record.DATA / "answers.json").read_text(encoding="utf-8"))
DIFFERENT: dict[str, Any] = json.loads((record.DATA / "differences.json").read_text(encoding="utf-8"))


def test_every_call_is_recorded() -> None:
    assert sorted(RECORDED) == sorted(CALLS)
    assert set(DIFFERENT) <= set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_arguments_of_every_kind(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = record.differences(tf, name, RECORDED[name])
    listed = DIFFERENT.get(name, {})
    worse = {
        place: row
        for place, row in found.items()
        if any(
            now != before == "." for now, before in zip(row, listed.get(place, "." * len(row)), strict=True)
        )
    }
    assert not worse, (
        "not TensorFlow's answer (tests/python_values/data/answers.json), and not listed in differences.json beside it"
    )
