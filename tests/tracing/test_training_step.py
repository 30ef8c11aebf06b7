"""The training step of benchmarks/step.py comes to the same parameters on torch, eagerly and traced."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np


def test_the_step_is_the_same_step() -> None:
    path = Path(__file__).parents[2] / "benchmarks" / "step.py"
    spec = importlib.util.spec_from_file_location("benchmarks_step", path)
    assert spec is not None and spec.loader is not None
    step = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(step)
    models = {name: model for name, model in step.contestants(8).items() if name != "jit_compile"}
    before = models["eager"].values()
    step.compare(models, steps=3)
    moved = [np.abs(a - b).max() for a, b in zip(models["eager"].values(), before, strict=True)]
    assert min(moved) > 1e-3
    assert models["tf.function"].wrapped.experimental_get_tracing_count() == 1
    assert set(step.measure(models, 2)) == set(models)
