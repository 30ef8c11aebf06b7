"""Groups of elements."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert


def integers(value: Any) -> list[int]:
    """A size, or a vector of sizes."""
    found = convert(value, dtypes.int64) if not hasattr(value, "_t") else convert(value)
    listed = found.numpy().tolist()
    return listed if isinstance(listed, list) else [listed]
