"""Every differentiable op on arrays: finite differences, torch.autograd, second order, vmap against loop, tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf
from tfcompat_tape.checking.traces import trace_of

RNG = np.random.RandomState(11)
X = RNG.uniform(-1, 1, (2, 3))
Y = RNG.uniform(-1, 1, (2, 3))
CUBE = RNG.uniform(-1, 1, (2, 3, 4))
IMAGE = RNG.uniform(-1, 1, (1, 4, 4, 1))
SCALAR = RNG.uniform(-1, 1, ())
MASK = np.array([[True, False, True], [False, False, True]])

# Squares where the op is linear, so that the second derivative is one.
FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[np.ndarray, ...]]] = {
    "reshape": (lambda x: tf.reshape(x, [3, -1]) ** 2, (X,)),
    "transpose": (lambda x: tf.transpose(x, [2, 0, 1]) ** 2, (CUBE,)),
    "broadcast_to": (lambda x: tf.broadcast_to(x, [2, 2, 3]) ** 2, (X,)),
    "expand_dims": (lambda x: tf.expand_dims(x, 1) ** 2, (X,)),
    "squeeze": (lambda x: tf.squeeze(x[:, None], [1]) ** 2, (X,)),
    "reverse": (lambda x: tf.reverse(x, [1, 0]) ** 2, (X,)),
    "reverse_sequence": (lambda x: tf.reverse_sequence(x, [1, 3], 1) ** 2, (X,)),
    "roll": (lambda x: tf.roll(x, [1, -1], [0, 1]) ** 2, (X,)),
    "identity": (lambda x: tf.identity(x) * x, (X,)),
    "identity_n": (lambda x, y: tf.identity_n([x, y])[1] * x, (X, Y)),
    "ensure_shape": (lambda x: tf.ensure_shape(x, [2, None]) ** 2, (X,)),
    "concat": (lambda x, y: tf.concat([x, y, x * y], 1) ** 2, (X, Y)),
    "stack": (lambda x, y: tf.stack([x, y, x * y], 1) ** 2, (X, Y)),
    "unstack": (lambda x: tf.add_n(tf.unstack(x, axis=1)) * tf.unstack(x, axis=1)[1], (X,)),
    "split": (lambda x: tf.split(x, 3, 1)[1] * tf.split(x, 3, 1)[2], (X,)),
    "split, some parts": (lambda x: tf.split(x, 3, 1)[0] * tf.split(x, 3, 1)[2], (X,)),
    "unstack, some parts": (lambda x: tf.unstack(x, axis=1)[0] * tf.unstack(x, axis=1)[2], (X,)),
    "split, one part": (lambda x: tf.split(x, [1, 2], 1)[1] ** 2, (X,)),
    "tile": (lambda x: tf.tile(x, [2, 2]) ** 2, (X,)),
    "repeat": (lambda x: tf.repeat(x, 2, axis=1) ** 2, (X,)),
    "repeat by a vector": (lambda x: tf.repeat(x, [2, 0, 1], axis=1) ** 2, (X,)),
    "pad": (lambda x: tf.pad(x, [[1, 0], [0, 2]]) ** 2, (X,)),
    "pad REFLECT": (lambda x: tf.pad(x, [[1, 0], [2, 1]], "REFLECT") ** 2, (X,)),
    "pad SYMMETRIC": (lambda x: tf.pad(x, [[2, 0], [2, 1]], "SYMMETRIC") ** 2, (X,)),
    "meshgrid": (lambda x, y: tf.multiply(*tf.meshgrid(x, y)), (X[0], Y[1])),
    "x[1]": (lambda x: x[1] ** 2, (X,)),
    "x[1, :, ::2]": (lambda x: x[1, :, ::2] ** 2, (CUBE,)),
    "x[::-1, None, -2:]": (lambda x: x[::-1, None, -2:] ** 2, (CUBE,)),
    "x[..., ::-2]": (lambda x: x[..., ::-2] ** 2, (CUBE,)),
    "x[mask]": (lambda x: x[MASK] ** 2, (X,)),
    "iteration": (lambda x: tf.add_n([row * row for row in x]), (X,)),
    "slice": (lambda x: tf.slice(x, [0, 1], [-1, 2]) ** 2, (X,)),
    "gather": (lambda x: tf.gather(x, [[1, 0], [1, 1]]) ** 2, (X,)),
    "gather axis 1": (lambda x: tf.gather(x, [2, 0, 2], axis=1) ** 2, (CUBE,)),
    "gather in batches": (lambda x: tf.gather(x, [[2, 0], [1, 1]], batch_dims=1) ** 2, (CUBE,)),
    "gather in batches, last axis": (
        lambda x: tf.gather(x, [[2, 0], [1, 1]], axis=2, batch_dims=1) ** 2,
        (CUBE,),
    ),
    "gather_nd": (lambda x: tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]]) ** 2, (CUBE,)),
    "gather_nd of rows": (lambda x: tf.gather_nd(x, [[1], [1]]) ** 2, (X,)),
    "gather_nd in batches": (lambda x: tf.gather_nd(x, [[[2]], [[0]]], batch_dims=1) ** 2, (CUBE,)),
    "gather_nd of one": (lambda x: tf.gather_nd(x, [1, 2]) ** 2, (CUBE,)),
    "boolean_mask": (lambda x: tf.boolean_mask(x, [True, False, True], axis=1) ** 2, (CUBE,)),
    "scatter_nd": (lambda x: tf.scatter_nd([[1], [1]], x, [3, 3]) ** 2, (X,)),
    "tensor_scatter_nd_add": (lambda x, y: tf.tensor_scatter_nd_add(x, [[1], [1]], y) ** 2, (X, Y)),
    "tensor_scatter_nd_sub": (lambda x, y: tf.tensor_scatter_nd_sub(x, [[1], [1]], y) ** 2, (X, Y)),
    "tensor_scatter_nd_update": (lambda x, y: tf.tensor_scatter_nd_update(x, [[1]], y[:1]) ** 2, (X, Y)),
    "tensor_scatter_nd_max": (lambda x, y: tf.tensor_scatter_nd_max(x, [[1], [0]], y) ** 2, (X, Y)),
    "tensor_scatter_nd_min": (lambda x, y: tf.tensor_scatter_nd_min(x, [[1], [0]], y) ** 2, (X, Y)),
    "dynamic_partition": (lambda x: tf.dynamic_partition(x, MASK.astype(np.int32), 2)[1] ** 2, (X,)),
    "dynamic_stitch": (lambda x, y: tf.dynamic_stitch([[0, 2], [3, 1]], [x, y]) ** 2, (X, Y)),
    "where": (lambda x, y: tf.where(MASK, x, y) ** 2, (X, Y)),
    "where, broadcasting": (lambda x, y: tf.where(MASK, x, y) ** 2, (X[0], SCALAR)),
    "fill": (lambda x: tf.fill([2, 3], x) ** 2, (SCALAR,)),
    "linspace": (lambda x, y: tf.linspace(x, y, 5) ** 2, (X[0], Y[0])),
    "space_to_batch_nd": (lambda x: tf.space_to_batch_nd(x, [2, 2], [[0, 0], [2, 0]]) ** 2, (IMAGE,)),
    "batch_to_space": (lambda x: tf.batch_to_space(x, [2, 1], [[1, 0], [0, 0]]) ** 2, (CUBE,)),
    "space_to_depth": (lambda x: tf.nn.space_to_depth(x, 2) ** 2, (IMAGE,)),
    "depth_to_space": (lambda x: tf.nn.depth_to_space(tf.reshape(x, [1, 2, 2, 4]), 2) ** 2, (IMAGE,)),
}
REAL_ONLY = {"tensor_scatter_nd_max", "tensor_scatter_nd_min", "space_to_batch_nd", "batch_to_space"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name: str) -> None:
    function, points = FUNCTIONS[name]
    check_gradients(function, *points)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in REAL_ONLY])
def test_complex_gradients(name: str) -> None:
    function, points = FUNCTIONS[name]
    # torch.autograd has another convention for complex numbers.
    check_gradients(
        function, *[p + 1j * p[::-1] if p.ndim else p + 0.5j for p in points], autograd=False, order=1
    )


def test_transpose_conjugate() -> None:
    check_gradients(lambda x: tf.transpose(x, conjugate=True) * 2, X + 1j * Y, autograd=False)


def _gradient(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*raws: torch.Tensor) -> Any:
        tensors = [tf.convert_to_tensor(raw) for raw in raws]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = function(*tensors)
        grads = tape.gradient(value, tensors)
        return [tf.convert_to_tensor(grad)._t for grad in grads]

    return run


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_can_be_traced(name: str) -> None:
    function, points = FUNCTIONS[name]
    run = _gradient(function)
    raws = [torch.tensor(p) for p in points]
    trace = trace_of(run, *raws)
    moved = [raw + 0.25 for raw in raws]
    for got, want in zip(trace(*moved), run(*moved), strict=True):
        torch.testing.assert_close(got, want)


def test_a_variable_that_is_looked_up_gets_rows() -> None:
    table = tf.Variable(X)
    with tf.GradientTape(persistent=True) as tape:
        rows = tf.gather(table, [1, 1]) ** 2
        columns = tf.gather(table, [1, 1], axis=1) ** 2
    grad = tape.gradient(rows, table)
    assert isinstance(grad, tf.IndexedSlices)
    assert grad.indices.numpy().tolist() == [1, 1]
    np.testing.assert_allclose(grad.values, 2 * X[[1, 1]])
    dense = np.zeros_like(X)
    dense[1] = 4 * X[1]
    np.testing.assert_allclose(tf.convert_to_tensor(grad), dense)
    assert isinstance(tape.gradient(columns, table), tf.Tensor)
    np.testing.assert_allclose(tape.jacobian(rows, table)[0, 0, 1, 0], 2 * X[1, 0])


def test_second_order_of_rows_that_are_looked_up() -> None:
    table = tf.Variable(X)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(table, [1, 0, 1]) ** 3)
        grad = inner.gradient(y, table)
        assert isinstance(grad, tf.IndexedSlices)
        total = tf.reduce_sum(tf.convert_to_tensor(grad) ** 2)
    # d/dx (3 n x^2)^2 = 36 n^2 x^3, for a row that was looked up n times
    np.testing.assert_allclose(
        tf.convert_to_tensor(outer.gradient(total, table)), 36 * np.array([[1.0], [4.0]]) * X**3
    )


def test_integers_get_no_gradient() -> None:
    x = tf.constant([1, 2, 3])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.cast(tf.gather(x, [0, 1]), tf.float32) * 2.0
    assert tape.gradient(y, x) is None


def test_a_mixed_identity_n_is_recorded() -> None:
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        _, y = tf.identity_n([tf.constant(1), x * x])
    assert float(tape.gradient(y, x)) == 4.0


def test_an_index_inside_a_vectorized_function() -> None:
    table = tf.constant(CUBE)
    found = tf.vectorized_map(lambda i: table[:, i, None, 1], tf.constant([2, 0]))
    np.testing.assert_allclose(found, np.stack([CUBE[:, 2, None, 1], CUBE[:, 0, None, 1]]))
    last = tf.vectorized_map(lambda i: table[..., i], tf.constant([3, 1]))
    np.testing.assert_allclose(last, np.stack([CUBE[..., 3], CUBE[..., 1]]))
