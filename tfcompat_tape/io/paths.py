"""Names of files, and what the operating system says of them as TensorFlow's exceptions."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from tfcompat_tape.core import errors

_CLASSES: tuple[tuple[type[OSError], type[errors.OpError]], ...] = (
    (FileNotFoundError, errors.NotFoundError),
    (FileExistsError, errors.AlreadyExistsError),
    (IsADirectoryError, errors.FailedPreconditionError),
    (NotADirectoryError, errors.FailedPreconditionError),
    (PermissionError, errors.PermissionDeniedError),
)


def local(path: Any) -> str:
    """A path as text.

    Raises:
      TypeError: no path. UnimplementedError: a file that is not on this machine.
    """
    if isinstance(path, os.PathLike):
        path = os.fspath(path)
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        raise TypeError(f"Expected binary or unicode string, got {path!r}")
    scheme, separator, rest = path.partition("://")
    if not separator:
        return path
    if scheme != "file":
        raise errors.unimplemented(
            f"File system scheme '{scheme}' not implemented (file: '{path}'): only files of this machine are there."
        )
    return rest


def make_directories(path: str) -> None:
    """Make a directory and those that it is in. FailedPreconditionError: one of them is a file."""
    if os.path.lexists(path) and not os.path.isdir(path):
        raise errors.FailedPreconditionError(None, None, f"{path} is not a directory")
    with told(path):
        os.makedirs(path, exist_ok=True)


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
    """Around what works on the file `path`: exceptions of the operating system leave as TensorFlow's."""
    try:
        yield
    except OSError as error:
        kind = next((mine for theirs, mine in _CLASSES if isinstance(error, theirs)), errors.UnknownError)
        raise kind(None, None, f"{path}; {error.strerror or error}") from None  # type: ignore[call-arg]
