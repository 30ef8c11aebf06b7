"""A step of training whose Variables have the fewest elements for which they are overwritten where they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.tracing.in_place import InPlace
from tfcompat_tape.tracing.updates import LEAST

SIDE = 182
assert (SIDE - 1) ** 2 < LEAST <= SIDE**2
WAYS = pytest.mark.parametrize("jit", [False, True], ids=["replayed", "compiled"])


class Model:
    """Momentum on a matrix, and a count."""

    def __init__(
        self, jit: bool, before: Callable[[Model], None] = lambda model: None, **options: Any
    ) -> None:
        draw = np.random.default_rng(3)
        self.w = tf.Variable(draw.normal(size=(SIDE, SIDE)).astype(np.float32) / SIDE)
        self.m = tf.Variable(tf.zeros([SIDE, SIDE]))
        self.count = tf.Variable(0.0)
        self.x = tf.constant(draw.normal(size=(4, SIDE)).astype(np.float32))
        self.before = before
        self.step = tf.function(self.train, jit_compile=jit, **options)

    def train(self, x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.tanh(x @ self.w) ** 2)
        gradient = tape.gradient(loss, self.w)
        self.m.assign(0.9 * self.m + gradient)
        self.w.assign_sub(0.5 * self.m)
        self.count.assign_add(1.0)
        self.before(self)
        return loss

    @property
    def variables(self) -> list[Any]:
        return [self.w, self.m, self.count]

    def values(self) -> list[np.ndarray]:
        return [copied(v) for v in self.variables]

    def addresses(self) -> list[int]:
        return [v._t.data_ptr() for v in (self.w, self.m)]

    def ready(self, steps: int = 3) -> Model:
        """After some steps: the next one overwrites."""
        for _ in range(steps):
            self.step(self.x)
        return self


def copied(v: Any) -> np.ndarray:
    """The value; `numpy` would mark its memory as one that an array may have, too."""
    return v._t.clone().numpy()


def plans(function: Any) -> list[InPlace]:
    """How the traces of a function overwrite Variables."""
    paths = [path for kinds in function._kinds.kinds.values() for one in kinds.values() for path in one.paths]
    return [path.in_place for path in paths if path.in_place is not None]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in zip(one, other, strict=True))


def in_one_state(model: Model, states: list[list[np.ndarray]]) -> bool:
    """Whether all Variables are as after the same number of steps."""
    values = model.values()
    return same(values, states[int(values[-1])])
