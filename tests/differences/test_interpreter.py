"""What docs/differences.md says of the interpreter."""

import sys

import numpy as np
import pytest
import torch

import tfcompat_tape as tf


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="there a Tensor has a buffer: tests/core/test_surface.py"
)
def test_without_a_buffer_there_is_an_error():
    t = tf.constant([1.0, 2.0])
    with pytest.raises(TypeError, match="Tensor"):
        memoryview(t)
    assert bytes(t) == t.numpy().tobytes()
    assert np.shares_memory(np.asarray(t), np.asarray(t))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there torch takes a Tensor by DLPack")
@pytest.mark.parametrize("values", [[1.0, 2.0], [1, 2], [True, False], []])
def test_torch_asarray_does_not_misread_a_buffer(values):
    t = tf.constant(values)
    with pytest.raises(RuntimeError, match="could not retrieve buffer"):
        torch.asarray(t)
    assert torch.as_tensor(t).data_ptr() == t._t.data_ptr()
    assert torch.as_tensor(t).tolist() == values


def test_torch_frombuffer_needs_memory_that_may_be_written():
    with pytest.raises((RuntimeError, ValueError), match="buffer"):
        torch.frombuffer(tf.constant([1.0, 2.0]), dtype=torch.float32)
