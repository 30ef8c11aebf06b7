"""Regular expressions, in the syntax of RE2, by that library: the extra `strings` (google-re2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.dtypes import bool_, string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.strings.texts import each, numbers, strings

__all__ = ["regex_full_match", "regex_replace"]


@lru_cache(maxsize=256)
def _compiled(pattern: bytes) -> Any:
    try:
        import re2
    except ImportError:
        raise ImportError(
            "Regular expressions of tf.strings are those of RE2: pip install 'tfcompat_tape[strings]' (google-re2)."
        ) from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise invalid(f"Invalid pattern: {pattern.decode('utf-8', 'replace')}, error: {why}") from None


def _scalar(value: Any, what: str) -> bytes:
    array = strings(value, what)
    if array.ndim:
        raise invalid(f"{what}: Pattern must be scalar, but received {compact(array.shape)}")
    text: bytes = array.item()
    return text


@at_call(same(bool_))
def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether the whole of each string matches `pattern`: bools.

    Raises:
      InvalidArgumentError: a pattern that RE2 refuses, or that is no scalar.
      ImportError: google-re2 is not installed.

    Source: `tf.strings.regex_full_match`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.regex_full_match(["abc", "abcd"], "a.c").numpy().tolist()
    [True, False]
    """
    array = strings(input, "RegexFullMatch")
    compiled = _compiled(_scalar(pattern, "RegexFullMatch"))
    return numbers(
        [compiled.fullmatch(text) is not None for text in array.ravel().tolist()], array.shape, np.bool_
    )


@at_call(same(string))
def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    r"""Each string with `rewrite` in place of every match of `pattern`, or of the first one.

    In `rewrite`, ``\\0`` is the match, ``\\1`` to ``\\9`` are its groups. One that names a group that there is not
    changes nothing.

    Raises:
      InvalidArgumentError: a pattern that RE2 refuses, or a pattern or rewrite that is no scalar.
      ImportError: google-re2 is not installed.

    Source: `tf.strings.regex_replace`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.regex_replace("a1b22", "[0-9]+", "#").numpy()
    b'a#b#'
    """
    array = strings(input, "RegexReplace")
    compiled = _compiled(_scalar(pattern, "RegexReplace"))
    parts, wrong = _rewrite(_scalar(rewrite, "RegexReplace"))
    if any(isinstance(part, int) and part > compiled.groups for part in parts):
        return Tensor(array, None)

    def written(match: Any) -> bytes:
        return b"".join([part if isinstance(part, bytes) else match.group(part) or b"" for part in parts])

    if wrong and not replace_global:
        return Tensor(array, None)
    return each(lambda text: compiled.sub(written, text, 0 if replace_global else 1), array)


def _rewrite(text: bytes) -> tuple[list[bytes | int], bool]:
    """A rewrite as literal parts and numbers of groups, as far as RE2 reads it, and whether that is not to the end."""
    found: list[bytes | int] = []
    i = 0
    while i < len(text):
        if text[i : i + 1] != b"\\":
            found.append(text[i : i + 1])
            i += 1
            continue
        following = text[i + 1 : i + 2]
        if following.isdigit():
            found.append(int(following))
        elif following == b"\\":
            found.append(b"\\")
        else:
            return found, True
        i += 2
    return found, False
