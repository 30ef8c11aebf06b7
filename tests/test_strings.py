"""tf.strings without google-re2, and of tensors that hold no strings. Its answers are in tests/conformance."""

from __future__ import annotations

import sys

import pytest

import tfcompat_tape as tf
from tfcompat_tape.strings import matching


def test_without_re2_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    matching._compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(ImportError, match=r"tfcompat_tape\[strings\]"):
        tf.strings.regex_full_match("a", "a")
    assert tf.strings.upper("a").numpy() == b"A"


@pytest.mark.parametrize("name", ["length", "lower", "upper", "strip", "to_number"])
def test_numbers_are_no_strings(name: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="expected to be a string tensor but is a int32"):
        getattr(tf.strings, name)(tf.constant(1))
    with pytest.raises(TypeError):
        getattr(tf.strings, name)([1])
