"""Values of a checkpoint that do not fit what later comes in their place: what TensorFlow 2.21 does with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import tfcompat_tape as tf


def test_a_list_leaves_them_out_and_an_attribute_refuses_them(tmp_path: Path) -> None:
    """The first goes for the lists of Keras's optimizers, which an unbuilt model's weights may enter twice."""
    ones = [tf.Variable(tf.ones([5])), tf.Variable(tf.ones([5]))]
    path = tf.train.Checkpoint(values=ones, value=ones[0]).save(str(tmp_path / "c"))
    module = tf.Module()
    module.values = []
    tf.train.Checkpoint(values=module.values).restore(path)
    module.values.append(tf.Variable(tf.zeros([1, 5])))
    module.values.append(tf.Variable(tf.zeros([5])))
    assert [one.numpy().tolist() for one in module.values] == [[[0.0] * 5], [1.0] * 5]
    root = tf.train.Checkpoint()
    root.restore(path)
    with pytest.raises(ValueError, match=r"incompatible tensor with shape \(5,\)"):
        root.value = tf.Variable(tf.zeros([1, 5]))
    with pytest.raises(ValueError, match=r"incompatible tensor with shape \(5,\)"):
        tf.train.Checkpoint(value=tf.Variable(tf.zeros([1, 5]))).restore(path)
