"""Random numbers that are the same in both runs."""

from __future__ import annotations

import builtins
import random
import sys
from typing import Any

import numpy as np

from tfcompat_tape.porting.compare.recorder.lines import Lines


def seed_all(tf: Any, seed: int) -> None:
    """Start all random numbers from `seed`, and those that would start from chance, too."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    tf.random.set_seed(seed)
    count = iter(range(seed, seed + 2**31))
    generator = tf.random.Generator
    plain_rng, plain_state = np.random.default_rng, np.random.RandomState

    def default_rng(given: Any = None) -> Any:
        return plain_rng(next(count) if given is None else given)

    class RandomState(plain_state):  # type: ignore[valid-type,misc]
        def __init__(self, given: Any = None) -> None:
            super().__init__(next(count) % 2**32 if given is None else given)

    RandomState.__module__, RandomState.__qualname__ = plain_state.__module__, "RandomState"
    np.random.default_rng = default_rng  # type: ignore[assignment]
    np.random.RandomState = RandomState  # type: ignore[assignment,misc]

    def from_non_deterministic_state(alg: Any = "auto_select") -> Any:
        return (
            generator.from_seed(next(count), alg)
            if alg != "auto_select"
            else generator.from_seed(next(count))
        )

    generator.from_non_deterministic_state = staticmethod(from_non_deterministic_state)


def keep_states_over_imports(lines: Lines) -> None:
    """Let no library that is imported draw from the random numbers of the script, as Keras does."""
    plain = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:
        root = name.partition(".")[0]
        if not root or root in sys.modules:
            return plain(name, *args, **kwargs)
        states = random.getstate(), np.random.get_state()
        result = plain(name, *args, **kwargs)
        path = getattr(sys.modules.get(root), "__file__", None)
        if path is None or lines.user_file(path) is None:
            random.setstate(states[0])
            np.random.set_state(states[1])
        return result

    builtins.__import__ = importing


def load_keras(tf: Any, script: str) -> None:
    """Import Keras beforehand if the script speaks of it: TensorFlow does so when it is first used."""
    try:
        with open(script, "rb") as file:
            if b"keras" in file.read():
                tf.keras.layers  # noqa: B018
    except Exception:
        return  # the script will see
