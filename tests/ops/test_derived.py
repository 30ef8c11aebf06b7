"""Ops whose gradient rule is derived from the kernel: to any order, of the inputs that need it, in every mode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.ops.derived import derived


@pytest.fixture(scope="module", autouse=True)
def ops() -> Any:
    """Three ops for these tests alone: of one input, of two with an attribute, of two outputs."""
    made = {
        "one": derived("TestOne", lambda x: torch.sin(x) ** 3),
        "two": derived(
            "TestTwo",
            lambda x, y, *, power=1.0: torch.exp(x * y) * power,
            inputs="x y",
            defaults={"power": 1.0},
        ),
        "split": derived(
            "TestSplit",
            lambda x: (x * x, (x > 0).to(torch.int32), torch.cos(x)),
            outputs=3,
            dtypes={torch.float64},
        ),
    }
    yield made
    for name in ("TestOne", "TestTwo", "TestSplit"):
        del OPS[name]


X, Y = np.array([0.3, -0.7]), np.array([[0.5, 1.5], [-1.0, 0.2]])


def test_gradients(ops: Any) -> None:
    check_gradients(ops["one"], X)
    check_gradients(lambda x, y: ops["two"](x, y, power=2.0), X, Y)
    check_gradients(lambda x: ops["split"](x)[0] * ops["split"](x)[2], X)
    check_gradients(ops["one"], X + 0.3j)


def test_third_derivative(ops: Any) -> None:
    x = tf.constant(X)
    with tf.GradientTape() as third:
        third.watch(x)
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                y = ops["one"](x)
            dy = first.gradient(y, x)
        ddy = second.gradient(dy, x)
    s, c = np.sin(X), np.cos(X)
    np.testing.assert_allclose(third.gradient(ddy, x).numpy(), 6 * c**3 - 21 * s**2 * c, rtol=1e-12)


def test_only_what_is_needed_is_computed(ops: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    vjp = torch.func.vjp
    monkeypatch.setattr(torch.func, "vjp", lambda f, *primals: seen.append(len(primals)) or vjp(f, *primals))
    x, y = tf.constant(X), tf.constant(Y)
    with tf.GradientTape() as tape:
        tape.watch(y)
        z = ops["two"](x, y)
    np.testing.assert_allclose(tape.gradient(z, y).numpy(), X * np.exp(X * Y))
    assert seen == [1]


def test_an_integer_output_has_no_gradient(ops: Any) -> None:
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        square, positive, cosine = ops["split"](x)
        total = tf.reduce_sum(square + cosine) + tf.cast(tf.reduce_sum(positive), tf.float64)
    np.testing.assert_allclose(tape.gradient(total, x).numpy(), 2 * X - np.sin(X))


def test_raw_and_traced(ops: Any) -> None:
    raw = torch.tensor(X)
    assert type(ops["one"](raw)) is torch.Tensor

    def gradient(x: torch.Tensor) -> torch.Tensor:
        tensor = tf.Tensor(x, None)
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            y = ops["one"](tensor)
        return tape.gradient(y, tensor)._t

    traced = make_fx(gradient)(raw)
    np.testing.assert_allclose(traced(raw + 1.0), 3 * np.sin(X + 1) ** 2 * np.cos(X + 1), rtol=1e-12)


def test_the_pullback_is_no_op_of_the_registry(ops: Any) -> None:
    check_gradients(ops["one"], X)
    assert not [name for name in OPS if name.endswith("Vjp")]
