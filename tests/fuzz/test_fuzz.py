"""A short run of the fuzzer, the same programs each time, and the programs that TensorFlow's answers are kept of."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfcompat_tape as tf

from . import agreement, run
from .answers import encode
from .generate import generate
from .program import Program, script
from .questions import ask


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Programs watch integers and use what cannot be vectorized; that is warned of elsewhere."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    yield
    logging.disable(before)


def agree(program: Program) -> None:
    differ = agreement.differences(program)
    found = [f"{check}: {difference.kind}: {difference.detail}" for check, difference in differ]
    assert not found, "\n".join([*found, script(program, "gradient")])


@pytest.mark.parametrize("part", range(6))
def test_all_ways_agree(part: int) -> None:
    for seed in range(10 * part, 10 * part + 10):
        agree(generate(random.Random(f"short:{seed}"), most=8))


# Hypothesis draws what it likes of the constants in the modules that are loaded: not the same in every run.
@pytest.mark.skipif(os.environ.get("HYPOTHESIS_PROFILE") != "explore", reason="it looks for new programs")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_all_ways_agree_in_new_programs(rng: random.Random) -> None:
    agree(generate(rng, most=8))


def recorded() -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.DATA.read_text().splitlines()]


@pytest.mark.parametrize("part", range(10))
def test_tensorflow_answers_the_same(part: int) -> None:
    wrong = []
    for entry in recorded()[part::10]:
        program = Program.of(json.dumps(entry["program"]))
        ours = ask(tf, program, list(entry["answers"]), encode)
        for question, difference in run.compared(program, entry["answers"], ours):
            wrong.append(f"{question}: {difference.kind}: {difference.detail}\n{script(program, 'gradient')}")
    assert not wrong, "\n".join(wrong[:3])


def test_a_wrong_gradient_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fuzzer itself: a rule that is off by a little does not pass."""
    from tfcompat_tape.core.registry import OPS

    rule = OPS["Tanh"].rule
    assert rule is not None
    monkeypatch.setattr(OPS["Tanh"], "rule", lambda op, dy: rule(op, dy) * 1.01)
    found: set[str] = set()
    for seed in range(3000):
        program = generate(random.Random(f"wrong:{seed}"), most=3)
        if "tanh" in program.ops() and not program.singular:
            found |= {check for check, _ in agreement.differences(program)}
        if {"forward", "second_order", "finite_differences"} <= found:
            return
    raise AssertionError(f"only {found} noticed")
