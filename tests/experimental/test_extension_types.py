"""Extension types beyond what TensorFlow's recorded answers say: pickles, annotations as text, tapes."""

from __future__ import annotations

import pickle
from typing import Mapping, Optional, Tuple  # noqa: UP035

import pytest

import tfcompat_tape as tf


class Node(tf.experimental.ExtensionType):
    """With the annotations as text, and one of them the class itself."""

    value: tf.Tensor
    names: Tuple[str, ...] = ()  # noqa: UP006
    tags: Mapping[str, int] = {}
    rest: Optional[Node] = None  # noqa: UP045


def test_pickles() -> None:
    one = Node([1.0, 2.0], ("a",), {"b": 1}, Node(3))
    assert repr(pickle.loads(pickle.dumps(one))) == repr(one)
    assert pickle.loads(pickle.dumps(one._type_spec)) == one._type_spec


def test_annotations_as_text() -> None:
    assert Node(1.0, rest=Node(2.0)).rest.value.numpy() == 2.0
    with pytest.raises(TypeError, match="rest: expected"):
        Node(1.0, rest=3)


def test_reading_a_variable_into_a_field_is_recorded() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = Node(v).value * 3.0
    assert tape.gradient(y, v).numpy().tolist() == [3.0, 3.0]


def test_vectorized_map_of_no_elements_and_in_a_loop() -> None:
    class Vector(tf.experimental.BatchableExtensionType):
        x: tf.Tensor

    nothing = tf.vectorized_map(lambda v: Vector(v.x * 2.0), Vector(tf.zeros([0, 3])))
    assert nothing.x.shape == [0, 3]
    looped = tf.vectorized_map(
        lambda v: Vector(v.x + (1.0 if v.x > 1.5 else 0.0)), Vector([1.0, 2.0]), warn=False
    )
    assert looped.x.numpy().tolist() == [1.0, 3.0]
