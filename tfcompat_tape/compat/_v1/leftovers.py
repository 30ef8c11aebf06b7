"""Names of version 1 that are older spellings: strings, tables of lookup, tests."""

from __future__ import annotations

import os
import sys
import tempfile
import unittest.mock as mock
from functools import cache
from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.lookup import StaticHashTable as _Table
from tfcompat_tape.lookup import StaticVocabularyTable as _Vocabulary
from tfcompat_tape.ragged._parts.literals import constant as _ragged
from tfcompat_tape.strings import split as _split

__all__ = [
    "StaticHashTable",
    "StaticVocabularyTable",
    "get_temp_dir",
    "mock",
    "split",
    "string_split",
]


# -- strings -----------------------------------------------------------------------------------------------------------


def _as_asked(found: Any, result_type: str) -> Any:
    if result_type not in ("RaggedTensor", "SparseTensor"):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
    return found if result_type == "RaggedTensor" else found.to_sparse()


def split(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: Any = None,
) -> Any:
    """The parts of strings, as a SparseTensor, or a RaggedTensor where `result_type` says so.

    `source` is an older name of `input`; otherwise see `tf.strings.split`. A scalar is as a vector of one.
    Errors: ValueError for another `result_type`. Source: `tf.compat.v1.strings.split`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.strings.split(["a b", "c"]).values.numpy().tolist()
    [b'a', b'b', b'c']
    """
    given = convert(source if input is None else input, string)
    given = given if given.shape.rank else given[None]
    return _as_asked(_split(given, sep, maxsplit), result_type)


def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: Any = None,
) -> SparseTensor | Any:
    """The parts of strings between any of some characters: of spaces by default, of all characters if there are none.

    Args:
      source: a vector of strings.
      sep: the characters that part; `delimiter` is an older name.
      skip_empty: whether empty parts are left out.
      result_type: "SparseTensor" or "RaggedTensor".

    Errors: InvalidArgumentError for another rank, ValueError for another `result_type`.
    Source: `tf.compat.v1.string_split`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.string_split(["a,b;c"], ",;").values.numpy().tolist()
    [b'a', b'b', b'c']
    """
    given = convert(source, string)
    if given.shape.rank != 1:
        raise invalid(f"StringSplit: input must be a vector, got shape: {given.shape.as_list()}")
    sep = delimiter if sep is None else sep
    characters = b" " if sep is None else to_numpy(convert(sep, string)._t).item()
    rows = [_parts(text, characters) for text in to_numpy(given._t).tolist()]
    rows = [[part for part in row if part or not skip_empty] for row in rows]
    return _as_asked(_ragged(rows, dtype=string, ragged_rank=1), result_type)


def _parts(text: bytes, characters: bytes) -> list[bytes]:
    if not characters:
        return [text[i : i + 1] for i in range(len(text))]
    found, begin = [], 0
    for i, byte in enumerate(text):
        if byte in characters:
            found.append(text[begin:i])
            begin = i + 1
    return [*found, text[begin:]]


# -- tables ------------------------------------------------------------------------------------------------------------


class StaticHashTable(_Table):
    """See `tf.lookup.StaticHashTable`. Source: `tf.compat.v1.lookup.StaticHashTable`."""

    @property
    def initializer(self) -> None:
        """None: the table holds its keys from the beginning."""


class StaticVocabularyTable(_Vocabulary):
    """See `tf.lookup.StaticVocabularyTable`. Source: `tf.compat.v1.lookup.StaticVocabularyTable`."""

    @property
    def initializer(self) -> None:
        """None: the table holds its keys from the beginning."""


# -- tests -------------------------------------------------------------------------------------------------------------


@cache
def get_temp_dir() -> str:
    """A folder for the files of this process. Source: `tf.compat.v1.test.get_temp_dir`."""
    return tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))


def _src_dir_path(relative_path: str) -> str:
    """A path under the folder of the sources: TEST_SRCDIR, or that of the program.

    Source: `tf.compat.v1.test.test_src_dir_path`.
    """
    folder = os.environ.get("TEST_SRCDIR") or os.path.dirname(os.path.abspath(sys.argv[0]))
    return os.path.join(folder, relative_path)
