"""Small matrix products and constants, which compiled code makes loops of, give what the kernels give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_compiled

import tfcompat_tape as tf
from tfcompat_tape.tracing import compiled as compiled_lines


def test_products_of_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    specials = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e30, -2.5, 0.1], np.float32)
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(10, 20)).astype(np.float32)
    long = draw.normal(size=(10, 700)).astype(np.float32)
    three, one = tf.constant(3.0), tf.ones([10], np.float32)

    def f(x: Any, a: Any, b: Any) -> Any:
        row, column = x[None, :], x[:, None]
        expanded = tf.broadcast_to(three, [10, 1])
        return (
            tf.matmul(column, row), tf.matmul(column, row) + tf.matmul(row, column),
            tf.matmul(column, tf.ones_like(row)), tf.matmul(tf.cast(column, tf.float64), tf.cast(row, tf.float64)),
            tf.matmul(tf.matmul(column, row), column), tf.matmul(a, a[0][:, None]), tf.linalg.matvec(a, a[1]),
            tf.matmul(a, column, transpose_a=True), tf.matmul(a, expanded, transpose_a=True),
            tf.matmul(b, b[2][:, None]), tf.linalg.matvec(tf.cast(a, tf.float64), tf.cast(a[1], tf.float64)),
            tf.matmul(expanded, row), tf.matmul(row, expanded), one * x, x * tf.fill([10], -0.0),
            tf.matmul(column[:, None], row[None]), tf.matmul(a[:, :, None], a[:, None, :]),
            tf.matmul(a, a, transpose_b=True) + 1.5, 2.0 - tf.matmul(b[:, :9], b[:, :9], transpose_b=True),
        )  # fmt: skip

    compiled = tf.function(f, jit_compile=True)
    arguments = tf.constant(specials), tf.constant(matrix), tf.constant(long)
    expected = tf.function(f)(*arguments)
    for _ in range(3):
        found = compiled(*arguments)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=3e-6, atol=3e-6)
            zero = theirs.numpy() == 0
            np.testing.assert_array_equal(np.signbit(ours.numpy()[zero]), np.signbit(theirs.numpy()[zero]))
    assert test_compiled.ran_compiled(compiled) == 1


def test_values_that_are_used_several_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiler does not work through all ways that lead from the result to the arguments, 3**16 of them."""
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled_lines, "_MOST", 50)  # so that it takes several pieces, too

    def f(x: Any) -> Any:
        y = x
        for i in range(16):
            y = tf.where(y > 0.1 * i, y * 0.9, tf.sin(y) + x)
        return y, x + 1.0

    x = tf.constant([-1.0, 0.5, 2.0, 30.0])
    compiled = tf.function(f, jit_compile=True)
    for _ in range(3):
        for ours, theirs in zip(compiled(x), f(x), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert test_compiled.ran_compiled(compiled) > 1
