"""Fixtures of tests of traced functions."""

from __future__ import annotations

import numpy as np
import pytest
from in_place_kit import Model


@pytest.fixture
def states() -> list[list[np.ndarray]]:
    """What the model of `in_place_kit` comes to, step by step."""
    model = Model(False)
    return [model.values(), *[model.ready(1).values() for _ in range(200)]]
