"""What docs/differences.md says of numerics that are checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import tfcompat_tape as tf


@pytest.fixture(autouse=True)
def checking() -> Iterator[None]:
    tf.debugging.enable_check_numerics()
    yield
    tf.debugging.disable_check_numerics()


def test_gradient_rules_are_named_after_their_op() -> None:
    v = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        y = v**0.5
    with pytest.raises(tf.errors.InvalidArgumentError, match='op "PowGrad"'):
        tape.gradient(y, v)


def test_what_is_not_checked() -> None:
    nan = float("nan")
    assert tf.math.is_nan(tf.Variable(nan).read_value())
    assert tf.math.is_nan(tf.py_function(lambda: nan, [], tf.float32))
