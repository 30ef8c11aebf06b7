"""Compiled Jacobians, whose first product with a matrix is none, are what the kernels give: at singular points, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_compiled
import torch

import tfcompat_tape as tf
from tfcompat_tape.tracing import library, unit_rows


@pytest.fixture(autouse=True)
def products(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Any]]:
    """The shapes of what became no product."""
    found: list[Any] = []
    product = unit_rows._product

    def listed(rows: Any, matrix: Any) -> Any:
        found.append((tuple(rows.on.shape), tuple(matrix.shape)))
        return product(rows, matrix)

    monkeypatch.setattr(unit_rows, "_product", listed)
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    monkeypatch.setattr(library, "_loaded", {})
    yield found


def same(found: Any, expected: Any) -> None:
    for place, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
        ours, theirs = ours.numpy(), theirs.numpy()
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=str(place))
        zero = theirs == 0
        np.testing.assert_array_equal(np.signbit(ours[zero]), np.signbit(theirs[zero]), str(place))


def jacobians(layers: list[Callable[[Any, Any], Any]]) -> Callable[[Any, Any], list[Any]]:
    """The Jacobians of a vector, and of each row of a matrix, with respect to what the layers are given."""

    def function(x: Any, w: Any) -> list[Any]:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            vectors = [layer(tf.linalg.matvec(w, x[0]), x[0]) for layer in layers]
            rows = [layer(tf.matmul(x, w), x) for layer in layers]
        return [tape.jacobian(y, x) for y in vectors] + [tape.batch_jacobian(y, x) for y in rows]

    return function


LAYERS: list[Callable[[Any, Any], Any]] = [
    lambda h, x: tf.tanh(h),
    lambda h, x: h,
    lambda h, x: -tf.sigmoid(h) / 3.0,
    lambda h, x: tf.sqrt(tf.abs(h)),
    lambda h, x: 1.0 / h,
    lambda h, x: h * tf.tanh(h) + x,
    lambda h, x: h[..., ::-1],
]


def test_layers(products: list[Any]) -> None:
    draw = np.random.default_rng(0)
    x, w = (tf.constant(draw.normal(size=shape).astype(np.float32)) for shape in ((3, 5), (5, 5)))
    function = jacobians(LAYERS)
    compiled = tf.function(function, jit_compile=True)
    same(compiled(x, w), function(x, w))
    assert test_compiled.ran_compiled(compiled) == 1
    assert ((5,), (5, 5)) in products
    assert ((3, 5), (5, 5)) in products
    specials = [np.inf, -np.inf, np.nan, 0.0, -0.0]
    for i, special in enumerate(specials):  # in the matrix, and where a derivative is infinite
        w_bad, x_bad = w.numpy(), x.numpy()
        w_bad[i, (2 * i) % 5] = special
        x_bad[:2] = 0.0
        x_bad[1, i] = special
        for one in (
            (x, tf.constant(w_bad)),
            (tf.constant(x_bad), w),
            (tf.constant(x_bad), tf.constant(w_bad)),
        ):
            same(compiled(*one), function(*one))


def test_unit_matrices_of_the_user(products: list[Any]) -> None:
    """The same layouts with other numbers are other code."""

    def times(matrix: Any) -> Callable[[Any], Any]:
        return lambda w: tf.matmul(matrix, w * 2.0)

    w = tf.constant(np.random.default_rng(1).normal(size=(4, 4)).astype(np.float32))
    for number, count in ((1.0, 1), (2.0, 0), (1.0, 0)):
        products.clear()
        matrix = tf.constant(np.eye(4, dtype=np.float32) * number)
        compiled = tf.function(times(matrix), jit_compile=True)
        np.testing.assert_allclose(compiled(w), number * w.numpy() * 2.0, rtol=1e-6)
        assert len(products) == count  # the last one is found on disk


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        (torch.eye(3), True),
        (torch.eye(3, dtype=torch.float64)[:, None].expand(3, 7, 3), True),
        (torch.eye(3)[:, None].repeat(1, 2, 1), False),
        (torch.eye(3, dtype=torch.int32), False),
        (torch.eye(3, 4), False),
        (torch.ones(1, 1), False),
        (torch.eye(3).flip(0), False),
        (torch.eye(3) + torch.ones(3, 3).triu(1), False),
        (torch.eye(3) * 2.0, False),
        (torch.ones(3), False),
    ],
)
def test_unit(raw: Any, unit: bool) -> None:
    assert unit_rows.is_unit(raw) == unit
