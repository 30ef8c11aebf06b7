"""Lists of Tensors of several dtypes, which fail otherwise in graphs, and where they hold numbers too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tfcompat_tape as tf

DOUBLE, SINGLE = tf.constant(1.0, tf.float64), tf.constant(1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tf.function(tf.convert_to_tensor)([DOUBLE, SINGLE]),
        lambda: tf.function(lambda x: x[0] + x)([DOUBLE, SINGLE]),
        lambda: tf.function(lambda: tf.convert_to_tensor([DOUBLE, SINGLE]))(),
        lambda: tf.function(tf.convert_to_tensor)([[DOUBLE], [SINGLE]]),
        lambda: tf.function(tf.reduce_sum)([DOUBLE, SINGLE]),
        lambda: tf.convert_to_tensor([1.0, DOUBLE, SINGLE]),
    ],
)
def test_a_list_that_is_packed_by_conversion(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="Cannot convert a list containing a tensor of dtype"):
        call()


def test_a_list_of_tensors_alone_fails_in_the_op() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="cannot compute Pack as input #1"):
        tf.convert_to_tensor([DOUBLE, SINGLE])
