"""`tensorflow.python.autograph.pyct.transformer`: its classes rewrite Python for TensorFlow's own AutoGraph."""

from __future__ import annotations

from tfcompat_tape.porting.internals.absent import absent

__all__ = ["Base", "CodeGenerator", "Context"]

_PLACE = "tensorflow.python.autograph.pyct.transformer"
Base = absent(f"{_PLACE}.Base")
CodeGenerator = absent(f"{_PLACE}.CodeGenerator")
Context = absent(f"{_PLACE}.Context")
