"""Recordings, accumulators and tapes that go as the interpreter ends, or that were never made, go silently."""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import wengert
from tfcompat_tape.core.wengert import Recording
from tfcompat_tape.io.records import TFRecordWriter
from tfcompat_tape.tape import forward, gradient_tape


def _clear(patch: pytest.MonkeyPatch, module: Any) -> None:
    """As at the end of the interpreter: the names of a module are gone."""
    for name in [n for n in vars(module) if not n.startswith("__")]:
        patch.setattr(module, name, None)


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: found.append(told.exc_value))
    return found


def test_when_the_names_of_their_modules_are_gone(complaints: list[Any]) -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape, tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        held = x * x
    open_tape = tf.GradientTape()
    open_tape.__enter__()
    open_tape.__exit__(None, None, None)
    ids = {tape._record.id, open_tape._record.id}
    with pytest.MonkeyPatch.context() as patch:
        for module in (wengert, forward, gradient_tape):
            _clear(patch, module)
        del tape, accumulator, open_tape
        gc.collect()
    assert complaints == []
    assert not ids & wengert.alive
    assert held.numpy() == 4.0


def test_when_they_were_never_made(complaints: list[Any]) -> None:
    for kind in (Recording, tf.GradientTape, tf.autodiff.ForwardAccumulator, TFRecordWriter):
        object.__new__(kind)
    gc.collect()
    assert complaints == []
