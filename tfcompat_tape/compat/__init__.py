"""``tf.compat``: ``tf.compat.v2`` is this package's own public namespace once more; of ``tf.compat.v1`` see there."""

import importlib as _importlib
import sys as _sys
from typing import Any as _Any

from tfcompat_tape.compat._text import as_bytes as as_bytes
from tfcompat_tape.compat._text import as_str as as_str
from tfcompat_tape.compat._text import as_str_any as as_str_any
from tfcompat_tape.compat._text import as_text as as_text
from tfcompat_tape.compat._text import bytes_or_text_types as bytes_or_text_types
from tfcompat_tape.compat._text import complex_types as complex_types
from tfcompat_tape.compat._text import dimension_at_index as dimension_at_index
from tfcompat_tape.compat._text import dimension_value as dimension_value
from tfcompat_tape.compat._text import forward_compatibility_horizon as forward_compatibility_horizon
from tfcompat_tape.compat._text import forward_compatible as forward_compatible
from tfcompat_tape.compat._text import integral_types as integral_types
from tfcompat_tape.compat._text import path_to_str as path_to_str
from tfcompat_tape.compat._text import real_types as real_types
from tfcompat_tape.coverage.names import missing_name as _missing_name


def __getattr__(name: str) -> _Any:
    if name == "v2":
        return _sys.modules["tfcompat_tape"]
    if name == "v1":
        return _importlib.import_module("tfcompat_tape.compat.v1")
    raise _missing_name("tf.compat", name)
