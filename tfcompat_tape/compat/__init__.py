"""``tf.compat``: ``tf.compat.v2`` is this package's own public namespace once more; of ``tf.compat.v1`` see there."""

import importlib as _importlib
import sys as _sys
from typing import Any as _Any

from tfcompat_tape._coverage import missing_name as _missing_name


def __getattr__(name: str) -> _Any:
    if name == "v2":
        return _sys.modules["tfcompat_tape"]
    if name == "v1":
        return _importlib.import_module("tfcompat_tape.compat.v1")
    raise _missing_name("tf.compat", name)
