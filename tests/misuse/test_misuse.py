"""Misused arguments: the exceptions are TensorFlow's, in class and in words; what TensorFlow answers is answered.

data/classes.json holds what TensorFlow does, a letter for each of `values.strangers`. data/differences.json holds the
letters of the places where this library does something else, with dots where it does the same.
"""

from __future__ import annotations

import json
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from misuse_kit import phrases, values
from misuse_kit.calls import CALLS

import tfcompat_tape as tf

DATA = Path(__file__).resolve().parent / "data"
RECORDED: dict[str, dict[str, str]] = json.loads((DATA / "classes.json").read_text(encoding="utf-8"))
DIFFERENT: dict[str, dict[str, str]] = json.loads((DATA / "differences.json").read_text(encoding="utf-8"))

# Where no library is asked at all, but Python alone: from 3.12 on a slice has a hash, and a dict just has no such key.
PYTHONS = {"get(_, sl(0, 2, 1))": {"{}": "k"}} if sys.version_info >= (3, 12) else {}

# What may leave an op: TensorFlow's own classes, and what Python says of arguments of a wrong kind.
REFUSALS = frozenset("ITVNUFLORKg")
SAME = "."


@cache
def made() -> tuple[dict[str, Any], dict[str, Any]]:
    return values.names(tf), values.strangers(tf)


def expected(place: values.Place) -> str:
    """A letter for each stranger in a place: TensorFlow's outcomes, or Python's own."""
    of_python, (_, strangers) = PYTHONS.get(place.source, {}), made()
    letters = zip(strangers, RECORDED[place.call][place.label], strict=True)
    return "".join(of_python.get(name, letter) for name, letter in letters)


def outcomes(place: values.Place) -> tuple[str, list[Any]]:
    """A letter for each stranger in a place, and the results or exceptions."""
    scope, strangers = made()
    code = values.compiled(place.source)
    found = [values.outcome(code, {**scope, "_": value}) for value in strangers.values()]
    return "".join(letter for letter, _ in found), [result for _, result in found]


def agree(theirs: str, ours: str) -> bool:
    """Whether an outcome will do in place of TensorFlow's; where its own Python breaks, any refusal."""
    if theirs in (values.CRASHES, ours):
        return True
    return theirs != values.ANSWERS and theirs not in REFUSALS and ours in REFUSALS


def compare(place: values.Place) -> tuple[str, list[Any]]:
    """Our letters where they differ from TensorFlow's, else dots."""
    letters, results = outcomes(place)
    recorded = expected(place)
    marks = [SAME if agree(a, b) else b for a, b in zip(recorded, letters, strict=True)]
    return "".join(marks), results


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS.strip().splitlines())
def test_misused_arguments(call: str) -> None:
    scope, strangers = made()
    assert values.outcome(values.compiled(call), scope)[0] == values.ANSWERS
    wrong = []
    for place in values.places(call):
        marks, results = compare(place)
        differing = DIFFERENT.get(call, {}).get(place.label, SAME * len(marks))
        recorded = expected(place)
        for stranger, theirs, mark, known, result in zip(
            strangers, recorded, marks, differing, results, strict=True
        ):
            if mark not in (known, SAME):
                wrong.append(
                    f"{place.source} with _ = {stranger}: {theirs} in TensorFlow, not {mark}: {result!r}"[
                        :300
                    ]
                )
            if theirs in REFUSALS and isinstance(result, Exception):
                if values.LETTERS.get(type(result).__name__, values.OTHER) not in REFUSALS:
                    wrong.append(f"{place.source} with _ = {stranger}: {result!r} is Python's or torch's own")
    assert not wrong, "\n".join(wrong) + "\nto write down what differs: python tests/misuse/test_misuse.py"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("program", "phrase"), phrases.read())
def test_words(program: str, phrase: str) -> None:
    scope, _ = made()
    outcome, error = values.outcome(program, {**scope, "np": values.np})
    assert outcome != values.ANSWERS
    assert phrase in str(error)


def test_what_is_recorded() -> None:
    assert set(RECORDED) == set(CALLS.strip().splitlines())
    assert set(DIFFERENT) <= set(RECORDED)
    count = len(values.strangers(tf))
    assert all(len(letters) == count for labels in RECORDED.values() for letters in labels.values())


def main() -> None:
    """Count, and write data/differences.json."""
    warnings.simplefilter("ignore")
    table: dict[str, dict[str, str]] = {}
    total = different = 0
    for call in RECORDED:
        for place in values.places(call):
            marks, _ = compare(place)
            total += len(marks)
            if marks.strip(SAME):
                different += len(marks) - marks.count(SAME)
                table.setdefault(call, {})[place.label] = marks
    text = json.dumps(table, indent=0, sort_keys=True)
    (DATA / "differences.json").write_text(text + "\n", encoding="utf-8")
    print(f"{total} calls, {different} differ from TensorFlow")


if __name__ == "__main__":
    main()
