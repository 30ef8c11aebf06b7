"""What functions of strings answer differently on purpose (docs/differences.md)."""

import pytest

import tfcompat_tape as tf


def test_text_goes_on_behind_a_zero_byte():
    assert tf.strings.lower(b"A\x00B", encoding="utf-8").numpy() == b"a\x00b"
    assert tf.strings.upper(b"a\x00b", encoding="utf-8").numpy() == b"A\x00B"


def test_what_is_no_text_is_no_number():
    with pytest.raises(tf.errors.InvalidArgumentError, match="could not correctly convert string"):
        tf.strings.to_number(b"\xff")
