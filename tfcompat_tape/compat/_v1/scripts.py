"""What scripts of version 1 begin with: `tf.compat.v1.app`, `tf.compat.v1.flags`, and where their files lie."""

from __future__ import annotations

import inspect
import os
import sys
from typing import Any

from tfcompat_tape.compat import _version_1
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.coverage.names import is_internal

__all__ = [
    "flag",
    "flags",
    "get_data_files_path",
    "get_path_to_datafile",
    "get_root_dir_with_all_resources",
    "load_resource",
    "my_fact",
    "readahead_file_path",
    "run",
]


flags = _version_1._namespace("tf.compat.v1.flags")


def flag(name: str) -> Any:
    """A name of `tf.compat.v1.flags`: that of absl, None if it has none. ImportError: it is not installed."""
    return getattr(_absl("flags"), name, None)


def _absl(name: str) -> Any:
    try:
        import absl.app
        import absl.flags
    except ImportError:
        raise ImportError(
            f"tf.compat.v1.{name} is that of the package absl, which is not installed: pip install absl-py"
        ) from None
    return getattr(absl, name)


def run(main: Any = None, argv: Any = None) -> None:
    """Read the flags of the command line, call `main` with what is left of it, and leave the program.

    Args:
      main: a function of a list of strings; that of the script if None.
      argv: the command line, in place of `sys.argv`.

    Raises:
      SystemExit: always, with what `main` returns. ImportError: the package absl is not installed.

    Source: `tf.compat.v1.app.run`.
    """
    main = main or sys.modules["__main__"].main  # type: ignore[attr-defined]
    known = flag("FLAGS")
    _absl("app").run(main=main, argv=argv, flags_parser=lambda args: known(args, known_only=True))


def _caller() -> str:
    """The folder of the code that asks."""
    for frame in inspect.stack():
        if not is_internal(frame.frame):
            return os.path.dirname(os.path.abspath(frame.filename))
    return os.getcwd()


def get_data_files_path() -> str:
    """The folder of the code that asks. Source: `tf.compat.v1.resource_loader.get_data_files_path`."""
    return _caller()


def get_path_to_datafile(path: str) -> str:
    """A file beside the code that asks. Source: `tf.compat.v1.resource_loader.get_path_to_datafile`."""
    return os.path.join(_caller(), path)


def get_root_dir_with_all_resources() -> str:
    """The folder of the code that asks. Source: `tf.compat.v1.resource_loader.get_root_dir_with_all_resources`."""
    return _caller()


def load_resource(path: str) -> bytes:
    """What is in a file beside the code that asks. Source: `tf.compat.v1.resource_loader.load_resource`."""
    with open(os.path.join(_caller(), path), "rb") as file:
        return file.read()


def readahead_file_path(path: str, readahead: str = "128M") -> str:
    """The path itself. Source: `tf.compat.v1.resource_loader.readahead_file_path`."""
    return path


def my_fact() -> Tensor:
    """TensorFlow's example of an op of a user. Source: `tf.compat.v1.user_ops.my_fact`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.user_ops.my_fact().numpy()
    b'0! == 1'
    """
    return convert("0! == 1")
