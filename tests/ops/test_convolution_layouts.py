"""Gradients of convolutions in whatever layout torch sees their inputs: both together are each by itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tfcompat_tape as tf

CONVOLUTIONS = {
    "conv2d": (2, lambda x, w: tf.nn.conv2d(x, w, 1, "SAME")),
    "conv2d_transpose": (
        2,
        lambda x, w: tf.nn.conv2d_transpose(x, w, [*x.shape[:-1], w.shape[2]], 1, "SAME"),
    ),
    "depthwise_conv2d": (2, lambda x, w: tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME")),
    "conv3d": (3, lambda x, w: tf.nn.conv3d(x, w, [1, 1, 1, 1, 1], "SAME")),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_both_gradients_together_are_each_by_itself(name, dtype, device):
    nd, convolve = CONVOLUTIONS[name]
    random = np.random.RandomState(3)
    for batch, rows, columns, here, there in itertools.product([1, 2], [1, 2], [1, 2], [1, 2, 3], [1, 2]):
        channels = there if name == "conv2d_transpose" else here
        x = tf.constant(random.uniform(-1, 1, (batch, *[3] * nd, channels)), dtype)
        w = tf.constant(random.uniform(-1, 1, (rows, columns, *[1] * (nd - 2), here, there)), dtype)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, w])
            y = convolve(x, w)
            y = y * y
        together = tape.gradient(y, [x, w])
        for both, alone in zip(together, [tape.gradient(y, x), tape.gradient(y, w)], strict=True):
            np.testing.assert_allclose(both.numpy(), alone.numpy(), rtol=1e-5, atol=1e-5)
