"""The mixed example: four ways of training the same model give the same losses."""

import importlib.util
from pathlib import Path

import numpy as np

PATH = Path(__file__).parents[2] / "examples" / "mixed_training.py"


def test_the_four_ways_agree() -> None:
    spec = importlib.util.spec_from_file_location("mixed_training", PATH)
    assert spec is not None and spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    reference = example.train_torch()
    assert reference[-1] < 0.7 * reference[0]
    for way in (example.train_tensorflow, example.train_on_a_tape, example.train_on_autograd):
        np.testing.assert_allclose(way(), reference, rtol=0, atol=1e-6)
