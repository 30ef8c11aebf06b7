"""Large products in functions, by oneDNN with the bias and tanh that follow, give what the kernels give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_compiled
import torch

import tfcompat_tape as tf
from tfcompat_tape.tracing import library, products

pytestmark = pytest.mark.skipif(not torch._C._has_mkldnn, reason="torch has no oneDNN")


@pytest.fixture(autouse=True)
def everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Any]]:
    """Products of any size count as large, on any processor. What oneDNN computed is listed."""
    calls: list[Any] = []
    by_onednn = products.by_onednn

    def listed(a: Any, w: Any, bias: Any, after: str) -> Any:
        calls.append((bias is not None, after))
        return by_onednn(a, w, bias, after)

    monkeypatch.setattr(products, "by_onednn", listed)
    monkeypatch.setattr(products, "quicker", lambda: True)
    monkeypatch.setattr(products, "LEAST", 1)
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path))
    monkeypatch.setattr(library, "_loaded", {})
    yield calls


def values(*shapes: tuple[int, ...]) -> list[Any]:
    draw = np.random.default_rng(0)
    return [tf.constant(draw.normal(size=shape).astype(np.float32)) for shape in shapes]


def layers(x: Any, w: Any, b: Any) -> Any:
    """Products with and without what may be merged into them."""
    plain = tf.matmul(x, w)
    seen = tf.matmul(x, w + 1.0) + b
    one = tf.matmul(x, w + 2.0)
    return (
        tf.tanh(tf.matmul(x, w * 2.0) + b), tf.tanh(b + tf.matmul(x, w * 3.0)), plain, seen, tf.tanh(seen),
        tf.tanh(one), one + one, tf.matmul(x, w * 4.0) + b[:1], tf.matmul(x, w * 5.0) + b[0],
        tf.tanh(tf.matmul(x, w * 6.0) + x[:, :1]), tf.matmul(w, x, transpose_a=True, transpose_b=True),
        tf.matmul(x, w, transpose_b=True), tf.sin(tf.matmul(x, w * 7.0) + b), tf.matmul(x[:, ::2], w[::2]),
    )  # fmt: skip


def check(found: Any, expected: Any) -> None:
    for ours, theirs in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        assert ours.shape == theirs.shape
        assert ours._t.stride() == theirs._t.stride()
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-5)


def test_replayed_and_compiled(everywhere: list[Any]) -> None:
    arguments = values((6, 12), (12, 12), (12,))
    expected = layers(*arguments)
    assert not everywhere
    check(tf.function(layers)(*arguments), expected)
    assert everywhere.count((True, "tanh")) == 2
    assert everywhere.count((True, "none")) == 2
    assert everywhere.count((False, "none")) == len(everywhere) - 4 >= 6
    compiled = tf.function(layers, jit_compile=True)
    for _ in range(2):
        check(compiled(*arguments), expected)
    assert test_compiled.ran_compiled(compiled) == 1
    (piece,) = [one for line in test_compiled.lines(compiled) for one in line.pieces]
    assert sum(node.function is products.dense for node in piece.merged) == len(everywhere)


def test_not_finite_and_double() -> None:
    x, w, b = values((6, 12), (12, 12), (12,))
    special = tf.constant([np.inf, -np.inf, np.nan, 0.0, -0.0, 1e-40, 100.0, -100.0, 1.0, 2.0, 3.0, 4.0])

    def f(x: Any, w: Any, b: Any) -> Any:
        return tf.tanh(tf.matmul(x, w) + b)

    given = x, w * 0.0, special
    found, expected = tf.function(f)(*given), f(*given)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
    double = [tf.cast(one, tf.float64) for one in (x, w, b)]
    np.testing.assert_allclose(tf.function(f)(*double), f(*double), rtol=1e-14)


def test_derivatives(everywhere: list[Any]) -> None:
    x, w, b = values((6, 12), (12, 12), (12,))
    function = tf.function(lambda x: tf.tanh(tf.matmul(tf.tanh(tf.matmul(x, w) + b), w)))

    def derivatives(function: Any) -> Any:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = function(x)
        return y, tape.gradient(y, x), tape.jacobian(y, x), tape.batch_jacobian(y, x)

    expected = derivatives(function.python_function)
    assert not everywhere
    for ours, theirs in zip(derivatives(function), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
    assert everywhere
    rows = tf.stack([x, 2.0 * x])
    np.testing.assert_allclose(
        tf.vectorized_map(function, rows), tf.stack([function(x), function(2.0 * x)]), rtol=2e-5, atol=2e-6
    )


def test_torch_differentiates(everywhere: list[Any]) -> None:
    """oneDNN's kernel has no derivative in torch: tensors that need one go through torch's own."""
    x, w, b = (one._t.clone().requires_grad_() for one in values((6, 12), (12, 12), (12,)))
    y = products.dense(x, w, b, "tanh")
    expected = torch.tanh(x @ w + b)
    for ours, theirs in zip(
        torch.autograd.grad(y.sum(), [x, w, b]), torch.autograd.grad(expected.sum(), [x, w, b]), strict=True
    ):
        torch.testing.assert_close(ours, theirs)
    with torch.no_grad():
        torch.testing.assert_close(products.dense(x, w, b, "tanh"), expected.detach())
    assert everywhere == [(True, "tanh")]
    rows = torch.stack([x.detach(), 2.0 * x.detach()])
    mapped = torch.func.vmap(lambda one: products.dense(one, w.detach(), None, "none"))(rows)
    torch.testing.assert_close(mapped, rows @ w.detach())
    apart = products.dense(x.detach()[:, ::2], w.detach()[::2], None, "none")
    torch.testing.assert_close(apart, x.detach()[:, ::2] @ w.detach()[::2])
    assert len(everywhere) == 1


def test_small_ones_and_other_processors(monkeypatch: pytest.MonkeyPatch, everywhere: list[Any]) -> None:
    arguments = values((6, 12), (12, 12), (12,))
    monkeypatch.setattr(products, "LEAST", 6 * 12 * 12 + 1)
    tf.function(layers)(*arguments)
    monkeypatch.setattr(products, "LEAST", 1)
    monkeypatch.setattr(products, "quicker", lambda: False)
    tf.function(layers)(*arguments)
    assert not everywhere
