"""What extension types do here and cannot in TensorFlow (docs/differences.md)."""

from typing import Optional

import numpy as np
import pytest

import tfcompat_tape as tf


class _Value(tf.experimental.ExtensionType):
    value: tf.Tensor


class _Scaled(_Value):
    def __init__(self, value, scale):
        super().__init__(value * scale)


def test_a_constructor_may_call_that_of_its_base() -> None:
    assert _Scaled(2.0, 3.0).value.numpy() == 6.0
    assert repr(_Scaled(2.0, 3.0)._type_spec.value) == "TensorSpec(shape=(), dtype=tf.float32, name=None)"


def test_a_local_class_may_refer_to_itself() -> None:
    class Local(tf.experimental.ExtensionType):
        value: tf.Tensor
        rest: Optional["Local"] = None

    assert Local(1.0, Local(2.0)).rest.value.numpy() == 2.0
    with pytest.raises(TypeError, match="rest: expected"):
        Local(1.0, 3)


def test_values_without_tensors_are_equal() -> None:
    class Empty(tf.experimental.ExtensionType):
        pass

    assert np.all(Empty() == Empty())
