"""How a RaggedTensor is written: as NumPy writes its array, with commas and without the inner `array(...)`."""

from __future__ import annotations

from typing import Any

import numpy as np


def rows(value: Any) -> str:
    """The rows as nested lists, shortened where there are many values."""
    return _written(value.numpy())


def _written(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return str(value)
    return np.array2string(value, separator=", ", formatter={"all": _written})
