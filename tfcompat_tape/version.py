"""The namespace `tf.version`.

Scripts ask for TensorFlow's version to choose between its APIs, so VERSION and `tf.__version__` name the TensorFlow
whose API this is. This library's own version is what `tfcompat --version` prints.
"""

import platform

from tfcompat_tape import _version
from tfcompat_tape._coverage import missing_names

__all__ = ["COMPILER_VERSION", "GIT_VERSION", "VERSION"]

VERSION = "2.21.0"
GIT_VERSION = f"tfcompat_tape-{_version.__version__}"
COMPILER_VERSION = platform.python_compiler()

__getattr__ = missing_names("tf.version")
