"""`tensorflow.python.data.util.structure`: what an element of a dataset is like."""

from __future__ import annotations

from tfcompat_tape.core.specs import NoneTensorSpec

__all__ = ["NoneTensorSpec"]
