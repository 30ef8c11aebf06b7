"""Functions that take RaggedTensors too: pickled by name, and no tensors of classes."""

import pickle

import pytest

import tfcompat_tape as tf


@pytest.mark.parametrize("name", ["exp", "add", "concat", "reduce_sum", "where"])
def test_functions_are_pickled_by_name(name):
    tf.ragged.constant([[1]])
    function = getattr(tf, name)
    assert pickle.loads(pickle.dumps(function)) is function


def test_a_class_is_no_tensor():
    assert not any(tf.is_tensor(kind) for kind in (tf.RaggedTensor, tf.IndexedSlices, tf.Variable, tf.Tensor))
    assert tf.is_tensor(tf.ragged.constant([[1]]))
