"""What is where, and what can be done to it.

All functions take text, bytes or `os.PathLike`, and raise TypeError for anything else; UnimplementedError for a name
like "gs://bucket", of a file that is not on this machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tfcompat_tape.core.errors import (
    AlreadyExistsError,
    NotFoundError,
    OpError,
    not_found,
)
from tfcompat_tape.io.files import matching
from tfcompat_tape.io.paths import local, make_directories, told


class FileStatistics(NamedTuple):
    """Length in bytes, time of the last change in nanoseconds, and whether it is a directory."""

    length: int
    mtime_nsec: int
    is_directory: bool


def exists(path: Any) -> bool:
    """Whether there is a file or directory `path`. Source: `tf.io.gfile.exists`.

    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.exists("/nowhere")
    False
    """
    return os.path.exists(local(path))


def isdir(path: Any) -> bool:
    """Whether `path` is a directory. Source: `tf.io.gfile.isdir`.

    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.isdir("/")
    True
    """
    return os.path.isdir(local(path))


def join(path: Any, *paths: Any) -> Any:
    """The names on end, with slashes between; bytes if `path` is bytes. Source: `tf.io.gfile.join`.

    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.join("a", "b", "c.txt")
    'a/b/c.txt'
    """
    return os.path.join(path, *paths)


def glob(pattern: Any) -> list[str]:
    """The names of files and directories that fit a pattern, or one of a list. Source: `tf.io.gfile.glob`.

    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.glob("/nowhere/*")
    []
    """
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [name for one in patterns for name in matching(local(one))]


def listdir(path: Any) -> list[str]:
    """The names of what is in a directory. NotFoundError: there is none. Source: `tf.io.gfile.listdir`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.listdir(tempfile.mkdtemp())
    []
    """
    name = local(path)
    if not os.path.isdir(name):
        raise not_found(f"Could not find directory {name}")
    with told(name):
        return os.listdir(name)


def mkdir(path: Any) -> None:
    """Make a directory, unless there is something of this name.

    NotFoundError: what it would be in is not there. Source: `tf.io.gfile.mkdir`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.mkdir(os.path.join(tempfile.mkdtemp(), "new"))
    """
    name = local(path)
    if not os.path.exists(name):
        with told(name):
            os.mkdir(name)


def makedirs(path: Any) -> None:
    """Make a directory and those that it is in, as far as they are not there.

    FailedPreconditionError: one of them is a file. Source: `tf.io.gfile.makedirs`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.makedirs(os.path.join(tempfile.mkdtemp(), "very", "new"))
    """
    make_directories(local(path))


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file. NotFoundError: there is none; AlreadyExistsError: there is `dst`. Source: `tf.io.gfile.copy`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "a")
    >>> tf.io.write_file(path, "hello")
    >>> tf.io.gfile.copy(path, path + "b")
    """
    source, target = local(src), local(dst)
    _free(target, overwrite)
    with told(source):
        shutil.copyfile(source, target)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Give a file or directory another name. Errors: as `copy`. Source: `tf.io.gfile.rename`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = tempfile.mkdtemp()
    >>> tf.io.gfile.rename(path, path + "b")
    """
    source, target = local(src), local(dst)
    _free(target, overwrite)
    with told(source):
        os.replace(source, target)


def _free(target: str, overwrite: bool) -> None:
    if not overwrite and os.path.exists(target):
        raise AlreadyExistsError(None, None, "file already exists")


def remove(path: Any) -> None:
    """Delete a file. NotFoundError: there is none; FailedPreconditionError: a directory. Source: `tf.io.gfile.remove`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "a")
    >>> tf.io.write_file(path, "hello")
    >>> tf.io.gfile.remove(path)
    """
    name = local(path)
    with told(name):
        os.remove(name)


def rmtree(path: Any) -> None:
    """Delete a directory and all that is in it, or a file. NotFoundError: there is none. Source: `tf.io.gfile.rmtree`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.rmtree(tempfile.mkdtemp())
    """
    name = local(path)
    if not os.path.lexists(name):
        raise NotFoundError(None, None, f"{name} not found")
    with told(name):
        if os.path.isdir(name):
            shutil.rmtree(name)
        else:
            os.remove(name)


def stat(path: Any) -> FileStatistics:
    """Length, time and kind of a file. NotFoundError: there is none. Source: `tf.io.gfile.stat`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.stat(tempfile.mkdtemp()).is_directory
    True
    """
    name = local(path)
    with told(name):
        found = os.stat(name)
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(name))


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[OpError], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each directory in a directory, with the names of the directories and of the files in it.

    Args:
      topdown: whether a directory comes before those in it.
      onerror: gets the error for a directory that cannot be read; else such are left out.

    Source: `tf.io.gfile.walk`.

    >>> import tempfile
    >>> import tfcompat_tape as tf
    >>> [(dirs, files) for _, dirs, files in tf.io.gfile.walk(tempfile.mkdtemp())]
    [([], [])]
    """
    name = local(top)
    try:
        names = listdir(name)
    except OpError as error:
        if onerror:
            onerror(error)
        return
    inner = [one for one in names if os.path.isdir(os.path.join(name, one))]
    here = (name, inner, [one for one in names if one not in inner])
    if topdown:
        yield here
    for one in inner:
        yield from walk(os.path.join(name, one), topdown, onerror)
    if not topdown:
        yield here


def get_registered_schemes() -> list[str]:
    """What may stand before `://` in the name of a file. Source: `tf.io.gfile.get_registered_schemes`.

    >>> import tfcompat_tape as tf
    >>> tf.io.gfile.get_registered_schemes()
    ['', 'file']
    """
    return ["", "file"]
