"""``tf.compat.v1``: what version 1 of TensorFlow has that means something in eager code."""

from tfcompat_tape import raw_ops
from tfcompat_tape import version as _version
from tfcompat_tape.compat._version_1 import __dir__ as __dir__
from tfcompat_tape.compat._version_1 import __getattr__ as __getattr__
from tfcompat_tape.compat._version_1 import (
    enable_eager_execution,
    enable_v2_behavior,
    executing_eagerly,
)
from tfcompat_tape.control.graphs import get_default_graph

__all__ = [
    "enable_eager_execution",
    "enable_v2_behavior",
    "executing_eagerly",
    "get_default_graph",
    "raw_ops",
]

__version__ = _version.VERSION
__git_version__ = _version.GIT_VERSION
__compiler_version__ = _version.COMPILER_VERSION
