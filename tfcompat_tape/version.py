"""The namespace `tf.version`.

Scripts ask for TensorFlow's version to choose between its APIs, so VERSION and `tf.__version__` name the TensorFlow
whose API this is. This library's own version is what `tfcompat --version` prints.
"""

from platform import python_compiler as _python_compiler

from tfcompat_tape._version import __version__ as _version
from tfcompat_tape.coverage.names import namespace

__all__ = [
    "COMPILER_VERSION",
    "GIT_VERSION",
    "GRAPH_DEF_VERSION",
    "GRAPH_DEF_VERSION_MIN_CONSUMER",
    "GRAPH_DEF_VERSION_MIN_PRODUCER",
    "VERSION",
]

VERSION = "2.21.0"
GIT_VERSION = f"tfcompat_tape-{_version}"
GRAPH_DEF_VERSION = 2474
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
COMPILER_VERSION = _python_compiler()

__getattr__ = namespace(globals(), "tf.version")
