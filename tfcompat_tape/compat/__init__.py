"""``tf.compat``: ``tf.compat.v2`` is this package's own public namespace once more; of ``tf.compat.v1`` see there."""

import importlib
import sys
from typing import Any

from tfcompat_tape._coverage import missing_name


def __getattr__(name: str) -> Any:
    if name == "v2":
        return sys.modules["tfcompat_tape"]
    if name == "v1":
        return importlib.import_module("tfcompat_tape.compat.v1")
    raise missing_name("tf.compat", name)
