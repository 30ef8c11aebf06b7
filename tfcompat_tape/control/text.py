"""Values as text, the way TensorFlow shows them in the messages of failed assertions."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import to_numpy


def summary(value: Any, most: int) -> str:
    """The first `most` elements of a value (all of them if negative), separated by commas."""
    flat = to_numpy(convert(value)._t).reshape(-1)
    shown = flat if most < 0 else flat[:most]
    text = ", ".join(str(x) for x in shown)
    return text if len(shown) == len(flat) else f"{text}, ..."
