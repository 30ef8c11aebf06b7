"""``tf.compat``: of it only ``tf.compat.v2``, which is this package's own public namespace once more."""

import sys
from typing import Any

from tfcompat_tape._coverage import missing_name


def __getattr__(name: str) -> Any:
    if name == "v2":
        return sys.modules[__package__]
    raise missing_name("tf.compat", name)
