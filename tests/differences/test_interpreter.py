"""What docs/differences.md says of the interpreter."""

import sys

import numpy as np
import pytest

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
