"""Files that are there whole or not at all: written under another name, made sure of, and renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.core import errors
from tfcompat_tape.io.checksums import crc32c
from tfcompat_tape.io.paths import make_directories, told

_TEMPORARY = re.compile(r"\.tempstate([0-9a-f]+)_([0-9a-f]{8})_[0-9a-f]{16}$")
_here = format(crc32c(socket.gethostname().encode()), "08x")
_open: set[str] = set()  # what this process is writing


def temporary(path: str) -> str:
    """A name beside `path` that nothing has; it says which process made it."""
    return f"{path}.tempstate{os.getpid():x}_{_here}_{os.urandom(8).hex()}"


@contextlib.contextmanager
def replacing(path: str) -> Iterator[Any]:
    """A binary file that takes the place of `path` when the context ends; an exception leaves that as it is.

    Raises:
      ResourceExhaustedError: the disk is full. Others: what `told` makes of the operating system's.
    """
    made = temporary(path)
    with told(path), full_disk(path):
        if os.path.isdir(path):
            raise errors.FailedPreconditionError(None, None, f"{path}; Is a directory")
        try:
            _open.add(made)
            with open(made, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(made, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(made)
            raise
        finally:
            _open.discard(made)
        settle(os.path.dirname(path) or ".")


def write_whole(path: str, data: bytes) -> None:
    """Make a file of these bytes, or leave the one that is there."""
    with replacing(path) as file:
        file.write(data)


def settle(directory: str) -> None:
    """Make sure that the names in a directory outlast the machine."""
    with contextlib.suppress(OSError):  # some file systems cannot
        number = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextlib.contextmanager
def full_disk(path: str) -> Iterator[None]:
    """Around what writes: that there is no room is ResourceExhaustedError, as in TensorFlow."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise errors.ResourceExhaustedError(
            None,
            None,
            f"{path}; {error.strerror}: nothing was written, and what was there before is still there.",
        ) from None


def same_file(source: str, target: str) -> bool:
    """Let `target` be another name of `source` in place of what it is; whether the file system can do so."""
    made = temporary(target)
    try:
        os.link(source, made)
        os.replace(made, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(made)
        return False
    settle(os.path.dirname(target) or ".")
    return True


def remove(path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def remove_all(directory: str, which: Callable[[str], bool]) -> None:
    """Remove the files of a directory whose names are chosen, as far as they can be."""
    with contextlib.suppress(OSError):
        for name in os.listdir(directory or "."):
            if which(name):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(directory, name))


def sweep(directory: str) -> None:
    """Remove from a directory what processes of this machine that are no more have left unfinished."""
    with contextlib.suppress(OSError):
        for entry in os.listdir(directory or "."):
            found = _TEMPORARY.search(entry)
            path = os.path.join(directory, entry)
            if found and found[2] == _here and path not in _open and not _lives(int(found[1], 16)):
                remove(path)


def _lives(process: int) -> bool:
    """Whether there is another process of this number."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def make_place(prefix: str) -> None:
    """Make the directory that a checkpoint is to lie in."""
    directory = os.path.dirname(prefix)
    if directory:
        make_directories(directory)
