"""The gradient of a lookup is IndexedSlices; the op before it may have several outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf

X = np.arange(12.0).reshape(2, 3, 2) + 1

PARTS: dict[str, Callable[[Any], Any]] = {
    "split into sizes": lambda x: tf.split(x, [1, 1], axis=2)[0],
    "split into equal parts": lambda x: tf.split(x, 2, axis=2)[1],
    "unstack": lambda x: tf.unstack(x, axis=1)[2],
    "top_k": lambda x: tf.math.top_k(x, 1).values,
    "eigh": lambda x: tf.linalg.eigh(tf.matmul(x, x, transpose_a=True))[0],
}


@pytest.mark.parametrize("pfor", [True, False])
@pytest.mark.parametrize("name", PARTS)
def test_jacobian_of_a_lookup_in_one_output(name: str, pfor: bool) -> None:
    x = tf.constant(X)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        part = PARTS[name](x)
        found = tf.gather_nd(part, [[0], [1]])
        dense = part + 0.0
    rows = tape.jacobian(found, x, experimental_use_pfor=pfor).numpy()
    np.testing.assert_allclose(rows, tape.jacobian(dense, x, experimental_use_pfor=pfor).numpy(), rtol=1e-12)
    assert np.abs(rows).sum() > 0


@pytest.mark.parametrize("name", PARTS)
def test_gradient_of_a_lookup_in_one_output_has_a_gradient(name: str) -> None:
    x = tf.constant(X)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.gather_nd(PARTS[name](x) ** 3, [[1], [1]])
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = 2 * (PARTS[name](x) ** 3)[1]
        wanted = inner.gradient(y, x)
    np.testing.assert_allclose(first.numpy(), wanted.numpy(), rtol=1e-12)
    np.testing.assert_allclose(second.numpy(), outer.gradient(wanted, x).numpy(), rtol=1e-10)
