"""Tapes that take notes (`TFCOMPAT_EXPLAIN=1`) answer as those that take none: what TensorFlow answered."""

from __future__ import annotations

from typing import Any

import pytest
from conformance_kit.codec import compare
from conformance_kit.run import answer
from conformance_kit.spec import families, load
from test_replay import WIDEN, recorded

import tfcompat_tape as tf

# Where tapes are used in every way that there is; the other families compute gradients of one op after another.
ABOUT_TAPES = (
    "tape",
    "corner",
    "custom",
    "control",
    "forward",
    "overrides",
    "variables",
    "recompute",
    "graph",
)


@pytest.mark.parametrize("family", [name for name in families() if name.startswith(ABOUT_TAPES)])
def test_replay_with_tracing(family: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("TFCOMPAT_EXPLAIN", "1")
    data = recorded(family)
    wrong = []
    for name, spec in load(family).items():
        got = answer(tf, spec, [])
        for part, widen in WIDEN.items():
            wrong += [
                f"{name}: {line}"
                for line in compare(data[name].get(part), got.get(part), spec.tol, widen, part)
            ]
    assert not wrong
