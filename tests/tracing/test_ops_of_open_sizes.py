"""Ops that compute with sizes, in functions whose arguments have any: one trace, and what eager code answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.ops.special import erfinv


def _values(*shape: int) -> np.ndarray:
    return np.sin(np.arange(1, int(np.prod(shape)) + 1, dtype=np.float32)).reshape(shape)


def _agrees(body: Any, *calls: tuple[np.ndarray, ...]) -> list[int]:
    """Check values and gradients, by tapes outside and inside; how many traces each of the two functions has.

    A function that has no trace for all sizes, but one for each, counts as -1.
    """

    def graded(*xs: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = body(*xs)
        return tape.gradient(y, xs)

    specs = [tf.TensorSpec([None] * x.ndim, x.dtype) for x in calls[0]]
    outside, inside = (tf.function(function, input_signature=specs) for function in (body, graded))
    for arrays in calls:
        xs = [tf.constant(x) for x in arrays]
        with tf.GradientTape() as tape:
            tape.watch(xs)
            got = outside(*xs)
        want = graded(*xs)
        np.testing.assert_allclose(got, body(*xs), rtol=1e-5, atol=1e-5)
        for found in (tape.gradient(got, xs), inside(*xs)):
            for a, b in zip(found, want, strict=True):
                assert (a is None) == (b is None)
                if a is not None:
                    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)
    found = [function._kinds.all[0] for function in (outside, inside)]
    return [-1 if one.together is None else len(one.paths) for one in found]


# Sizes whose comparisons come out alike, for which one trace holds.
IMAGES = (_values(2, 6, 4, 3),), (_values(4, 8, 6, 5),), (_values(3, 7, 5, 4),)


METHODS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")


@pytest.mark.parametrize("method", METHODS)
def test_resizing(method: str) -> None:
    def resized(x: Any) -> Any:
        found = tf.image.resize(x, tf.shape(x)[1:3] * 2, method)
        return tf.reduce_sum(found**2) + tf.reduce_sum(
            tf.image.resize(x, [5, 7], method, antialias=True) ** 2
        )

    assert _agrees(resized, *IMAGES) == [1, 1]


def test_resizing_what_was_pooled() -> None:
    def resized(x: Any) -> Any:
        return tf.image.resize(tf.nn.avg_pool2d(x, 2, 2, "SAME"), tf.shape(x)[1:3])

    assert _agrees(resized, *IMAGES[:2]) == [1, 1]


def test_a_gradient_that_takes_no_open_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one trace for each shape then."""

    def rule(op: Any, dy: Any) -> Any:
        if any(type(n) is not int for n in op.outputs[0].shape):
            raise TypeError("no sizes but numbers")
        return dy * 3.0

    monkeypatch.setattr(erfinv.op, "rule", rule)
    function = tf.function(tf.math.erfinv, input_signature=[tf.TensorSpec([None])])
    for n in (2, 3, 2):
        x = tf.zeros([n])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        assert tape.gradient(y, x).numpy().tolist() == [3.0] * n


BODIES = {
    "dct": lambda x: tf.signal.dct(x, 2),
    "inverse_mdct": tf.signal.inverse_mdct,
    "einsum": lambda x: tf.einsum("ij,kj,kl->il", x, x, x),
    "svd": lambda x: tf.linalg.svd(x, compute_uv=False),
    "slices": lambda x: x[..., : tf.shape(x)[-1] // 2],
    "diag_part": lambda x: tf.linalg.diag_part(x, k=(0, 1)),
    "set_diag": lambda x: tf.linalg.set_diag(x, tf.linalg.diag_part(x, k=(0, 1)) * 2.0, k=(0, 1)),
    "Kronecker": lambda x: tf.linalg.LinearOperatorKronecker(
        [tf.linalg.LinearOperatorFullMatrix(x), tf.linalg.LinearOperatorIdentity(2)]
    ).to_dense(),
    "Toeplitz": lambda x: tf.linalg.LinearOperatorToeplitz(x[0], x[0]).to_dense(),
    "crop_or_pad": lambda x: tf.image.resize_with_crop_or_pad(x[..., None], 9, 9),
}


@pytest.mark.parametrize("name", BODIES)
def test_what_computes_with_sizes(name: str) -> None:
    counts = _agrees(BODIES[name], (_values(4, 6),), (_values(8, 10),), (_values(6, 8),))
    assert -1 not in counts
