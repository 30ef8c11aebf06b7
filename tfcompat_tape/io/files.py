"""Whole files as strings, and names of files."""

from __future__ import annotations

import glob
import os
from typing import Any

from tfcompat_tape.core import processes
from tfcompat_tape.core.at_call import at_call, nothing, scalar
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.io.paths import local, make_directories, told
from tfcompat_tape.strings.texts import made, strings


def _scalar(value: Any, what: str, name: str) -> bytes:
    array = strings(value, what)
    if array.ndim:
        raise invalid(f"{what}: {name} tensor must be scalar, but had shape: {list(array.shape)}")
    found: bytes = array.item()
    return found


@at_call(scalar(string), effect=True, always=True)
def read_file(filename: Any, name: str | None = None) -> Tensor:
    """What is in a file, as one string.

    Errors: NotFoundError for a file that is not there, FailedPreconditionError for a directory, InvalidArgumentError
    for several names, TypeError for what is no string. Source: `tf.io.read_file`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> path = os.path.join(tempfile.mkdtemp(), "a.txt")
    >>> tf.io.write_file(path, "hello")
    >>> tf.io.read_file(path).numpy()
    b'hello'
    """
    path = local(_scalar(filename, "ReadFile", "Input filename"))
    with told(path), open(path, "rb") as file:
        return made([file.read()], ())


@at_call(nothing, effect=True, always=True)
def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Make a file of one string, and the directory that it is in if need be.

    Errors: as `tf.io.read_file`. Source: `tf.io.write_file`.

    >>> import os, tempfile
    >>> import tfcompat_tape as tf
    >>> tf.io.write_file(os.path.join(tempfile.mkdtemp(), "deep", "a.txt"), "hello")
    """
    path = local(_scalar(filename, "WriteFile", "Filename"))
    data = _scalar(contents, "WriteFile", "Contents")
    make_directories(os.path.dirname(path) or ".")
    whole = processes.several and (os.path.isfile(path) or not os.path.lexists(path))
    made = f"{path}.{os.getpid()}.partial" if whole else path
    with told(path):
        with open(made, "wb") as file:
            file.write(data)
        if whole:
            os.replace(made, path)


def matching(pattern: str) -> list[str]:
    """The names of files that fit a pattern, sorted; `**` is no more than `*`, and hidden files count."""
    return sorted(glob.glob(pattern, include_hidden=True))


@at_call(effect=True, always=True)
def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The names of files that fit one pattern, or each of several, as a sorted vector.

    pattern: with `*`, `?` and `[...]`, which stand for no `/`.
    Errors: InvalidArgumentError for patterns of rank 2, TypeError for what is no string.
    Source: `tf.io.matching_files`.

    >>> import tfcompat_tape as tf
    >>> tf.io.matching_files("/nowhere/*.txt").shape
    TensorShape([0])
    """
    array = strings(pattern, "MatchingFiles")
    if array.ndim > 1:
        raise invalid(
            f"MatchingFiles: Input patterns tensor must be scalar or vector, but had shape: {list(array.shape)}"
        )
    found = [name for one in array.ravel().tolist() for name in matching(local(one))]
    return made(sorted(os.fsencode(name) for name in found), (len(found),))


def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """The same as `tf.io.matching_files` in a Variable. Source: `tf.io.match_filenames_once`.

    >>> import tfcompat_tape as tf
    >>> tf.io.match_filenames_once("/nowhere/*.txt").shape
    TensorShape([0])
    """
    return Variable(matching_files(pattern), trainable=False, validate_shape=False, name=name)
