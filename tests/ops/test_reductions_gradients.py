"""Reductions, running totals, orders and segments: finite differences, torch.autograd, second order, vmap, tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf
from tfcompat_tape.checking import CHECKS
from tfcompat_tape.checking.traces import trace_of

RNG = np.random.RandomState(5)
X = RNG.uniform(0.3, 1.7, (2, 3)) * np.array([1, -1, 1])
CUBE = RNG.permutation(24).reshape(2, 3, 4) / 10.0 - 1.13
ROWS = RNG.permutation(12).reshape(6, 2) / 5.0 - 1.07
IDS = [2, 0, -1, 2, 4, 0]

# Squares where the op is linear, so that the second derivative is one.
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "sum": (lambda x: tf.reduce_sum(x) ** 2, (X,)),
    "sum axis": (lambda x: tf.reduce_sum(x, [0, -1]) ** 2, (CUBE,)),
    "sum kept": (lambda x: tf.reduce_sum(x, 1, keepdims=True) ** 2, (CUBE,)),
    "sum over no axes": (lambda x: tf.reduce_sum(x, []) ** 2, (X,)),
    "mean": (lambda x: tf.reduce_mean(x) ** 2, (X,)),
    "mean axis": (lambda x: tf.reduce_mean(x, 1) ** 2, (CUBE,)),
    "mean kept": (lambda x: tf.reduce_mean(x, [2, 0], keepdims=True) ** 2, (CUBE,)),
    "prod": (lambda x: tf.reduce_prod(x), (X,)),
    "prod axis": (lambda x: tf.reduce_prod(x, 1), (CUBE,)),
    "prod axes": (lambda x: tf.reduce_prod(x, [2, 0], keepdims=True), (CUBE,)),
    "max": (lambda x: tf.reduce_max(x) ** 2, (X,)),
    "max axis": (lambda x: tf.reduce_max(x, [0, 2]) ** 2, (CUBE,)),
    "min kept": (lambda x: tf.reduce_min(x, 1, keepdims=True) ** 2, (CUBE,)),
    "euclidean_norm": (lambda x: tf.math.reduce_euclidean_norm(x), (X,)),
    "euclidean_norm axis": (lambda x: tf.math.reduce_euclidean_norm(x, [0, 1]), (CUBE,)),
    "logsumexp": (lambda x: tf.reduce_logsumexp(x), (X,)),
    "logsumexp axis": (lambda x: tf.reduce_logsumexp(x, -1, keepdims=True), (CUBE,)),
    "variance": (lambda x: tf.math.reduce_variance(x, 1), (CUBE,)),
    "std": (lambda x: tf.math.reduce_std(x, [0, 1]), (CUBE,)),
    "cumsum": (lambda x: tf.cumsum(x, 1) ** 2, (CUBE,)),
    "cumsum exclusive": (lambda x: tf.cumsum(x, -1, exclusive=True) ** 2, (CUBE,)),
    "cumsum reverse": (lambda x: tf.cumsum(x, 0, reverse=True) ** 2, (CUBE,)),
    "cumprod": (lambda x: tf.math.cumprod(x, 1), (CUBE,)),
    "cumprod exclusive, reverse": (lambda x: tf.math.cumprod(x, 1, exclusive=True, reverse=True), (CUBE,)),
    "cumulative_logsumexp": (lambda x: tf.math.cumulative_logsumexp(x, 1), (X,)),
    "cumulative_logsumexp reverse": (lambda x: tf.math.cumulative_logsumexp(x, 1, reverse=True), (X,)),
    "sort": (lambda x: tf.sort(x) ** 2, (CUBE,)),
    "sort down": (lambda x: tf.sort(x, 1, "DESCENDING") ** 2, (CUBE,)),
    "top_k": (lambda x: tf.math.top_k(x, 2).values ** 2, (CUBE,)),
    "approx_min_k": (
        lambda x: tf.cast(tf.math.approx_min_k(tf.cast(x, tf.float32), 1).values, x.dtype) ** 2,
        (X,),
    ),
    "NthElement": (lambda x: tf.raw_ops.NthElement(input=x, n=1) ** 2, (CUBE,)),
    "segment_sum": (lambda x: tf.math.segment_sum(x, [0, 0, 2, 2, 2, 3]) ** 2, (ROWS,)),
    "segment_mean": (lambda x: tf.math.segment_mean(x, [0, 0, 1, 1, 1, 2]) ** 2, (ROWS,)),
    "segment_prod": (lambda x: tf.math.segment_prod(x, [0, 0, 2, 2, 2, 3]), (ROWS,)),
    "segment_max": (lambda x: tf.math.segment_max(x, [0, 0, 1, 1, 1, 2]) ** 2, (ROWS,)),
    "segment_min": (lambda x: tf.math.segment_min(x, [0, 0, 1, 1, 1, 2]) ** 2, (ROWS,)),
    "unsorted_segment_sum": (lambda x: tf.math.unsorted_segment_sum(x, IDS, 5) ** 2, (ROWS,)),
    "unsorted_segment_sum of a matrix": (
        lambda x: tf.math.unsorted_segment_sum(x, [[0, 1, 1], [2, -1, 0]], 3) ** 2,
        (CUBE,),
    ),
    "unsorted_segment_mean": (lambda x: tf.math.unsorted_segment_mean(x, IDS, 5) ** 2, (ROWS,)),
    "unsorted_segment_sqrt_n": (lambda x: tf.math.unsorted_segment_sqrt_n(x, IDS, 5) ** 2, (ROWS,)),
    "unsorted_segment_prod": (lambda x: tf.math.unsorted_segment_prod(x, IDS, 5), (ROWS,)),
    # without empty segments, whose value is the greatest number there is
    "unsorted_segment_max": (lambda x: tf.math.unsorted_segment_max(x, [1, 0, -1, 1, 0, 0], 2) ** 2, (ROWS,)),
    "unsorted_segment_min": (lambda x: tf.math.unsorted_segment_min(x, [1, 0, -1, 1, 0, 0], 2) ** 2, (ROWS,)),
    "sparse.segment_sum": (lambda x: tf.sparse.segment_sum(x, [0, 3, 3, 1], [0, 0, 1, 3]) ** 2, (ROWS,)),
    "sparse.segment_mean": (
        lambda x: tf.sparse.segment_mean(x, [0, 3, 3, 1], [0, 0, 1, 3], num_segments=5) ** 2,
        (ROWS,),
    ),
    "sparse.segment_sqrt_n": (
        lambda x: tf.sparse.segment_sqrt_n(x, [0, 3, 3, 1], [0, 0, 1, 3]) ** 2,
        (ROWS,),
    ),
    "confusion_matrix": (
        lambda x: tf.math.confusion_matrix([0, 1, 1], [1, 1, 1], weights=x, dtype=tf.float64) ** 2,
        (X[0],),
    ),
}
FLOAT32_INSIDE = {"approx_min_k"}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in FLOAT32_INSIDE])
def test_gradients(name: str) -> None:
    function, points = FUNCTIONS[name]
    check_gradients(function, *points)


@pytest.mark.parametrize("name", ["mean", "max", "min"])
def test_segments_without_rows(name: str) -> None:
    """Their tangents are NaN, as in TensorFlow; gradients know nothing of them."""
    function = getattr(tf.math, f"segment_{name}")
    checks = [check for check in CHECKS if check != "forward mode"]
    check_gradients(lambda x: function(x, [0, 0, 2, 2, 2, 3]) ** 2, ROWS, checks=checks)


def test_gradient_of_approx_min_k() -> None:
    x = tf.constant([[3.0, 1.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.math.approx_min_k(x, 2).values ** 2
    assert tape.gradient(y, x).numpy().tolist() == [[0.0, 2.0, 4.0]]


COMPLEX = ["sum axis", "mean axis", "cumsum exclusive", "segment_sum", "segment_mean", "unsorted_segment_sum"]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_gradients(name: str) -> None:
    function, points = FUNCTIONS[name]
    # torch.autograd has another convention for complex numbers.
    check_gradients(function, *[p + 1j * p[::-1] for p in points], autograd=False, order=1)


def test_the_product_of_complex_numbers() -> None:
    check_gradients(lambda x: tf.reduce_prod(x, 1), X + 0.5j, autograd=False, order=1)


def _gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*raws: torch.Tensor) -> Any:
        tensors = [tf.convert_to_tensor(raw) for raw in raws]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = function(*tensors)
        return [tf.convert_to_tensor(grad)._t for grad in tape.gradient(value, tensors)]

    return run


# The number of segments is read off the ids.
READS_VALUES = {name for name in FUNCTIONS if name.startswith(("segment_", "sparse.", "confusion"))}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in READS_VALUES | FLOAT32_INSIDE])
def test_a_gradient_can_be_traced(name: str) -> None:
    function, points = FUNCTIONS[name]
    run = _gradient(function)
    raws = [torch.tensor(p) for p in points]
    trace = trace_of(run, *raws)
    moved = [raw * 1.25 for raw in raws]
    for got, want in zip(trace(*moved), run(*moved), strict=True):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in FLOAT32_INSIDE])
def test_inside_a_vectorized_function(name: str) -> None:
    function, points = FUNCTIONS[name]
    batches = [np.stack([p, p[::-1]]) for p in points]

    def first(args: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(args)
            value = function(*args)
        return tape.gradient(value, args)

    fast = tf.vectorized_map(first, tuple([tf.constant(b) for b in batches]))
    for i in range(2):
        slow = first(tuple([tf.constant(b[i]) for b in batches]))
        for got, want in zip(fast, slow, strict=True):
            np.testing.assert_allclose(got[i], want, rtol=1e-12, atol=1e-12)


def test_ties_share_the_gradient() -> None:
    x = tf.constant([[2.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        rows = tf.reduce_max(x, 1)
        whole = tf.reduce_min(x)
        segments = tf.math.unsorted_segment_max(x, [0, 0], 1)
    np.testing.assert_allclose(tape.gradient(rows, x), [[0.5, 0, 0.5], [1 / 3] * 3])
    np.testing.assert_allclose(tape.gradient(whole, x), [[0, 0.25, 0], [0.25] * 3])
    np.testing.assert_allclose(tape.gradient(segments, x), [[1, 0.5, 1], [0, 0.5, 0]])


def test_the_second_derivative_of_a_product_with_zeros() -> None:
    x = tf.constant([2.0, 0.0, 3.0, 5.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_prod(x)
    np.testing.assert_allclose(tape.gradient(y, x), [0.0, 30.0, 0.0, 0.0])


def test_rows_that_are_looked_up_by_a_sparse_gradient() -> None:
    table = tf.Variable(ROWS)
    with tf.GradientTape() as tape:
        y = tf.sparse.segment_mean(table, [4, 1, 4], [0, 0, 1], sparse_gradient=True)
    grad = tape.gradient(y, table)
    assert isinstance(grad, tf.IndexedSlices)
    assert grad.indices.numpy().tolist() == [1, 4]
    dense = np.zeros_like(ROWS)
    dense[1], dense[4] = 0.5, 1.5
    np.testing.assert_allclose(tf.convert_to_tensor(grad), dense)


def test_counting_has_no_gradient() -> None:
    x = tf.constant([1.0, 0.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        found = [
            tf.argmax(x),
            tf.argsort(x),
            tf.math.count_nonzero(x, dtype=tf.float32),
            tf.math.zero_fraction(x),
        ]
        products = [tf.cast(value, tf.float32) * 2.0 for value in found]
    assert [tape.gradient(value, x) for value in products] == [None] * 4
