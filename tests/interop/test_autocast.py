"""torch.autocast: the dtypes that results and gradients have."""

from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf

RNG = np.random.default_rng(2)
X = RNG.normal(size=(4, 3)).astype(np.float32)
W = RNG.normal(size=(3, 2)).astype(np.float32)


def lower() -> Any:
    return torch.autocast("cpu", dtype=torch.bfloat16)


@pytest.mark.parametrize("inside", [False, True])
def test_a_layer_and_its_derivatives(inside: bool) -> None:
    x, w, b = tf.constant(X), tf.Variable(W), tf.Variable([0.5, -0.5])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape, lower():
            product = tf.matmul(x, w)
            y = tf.tanh(product + b)  # a bfloat16 and a float32: the wider one, as in torch
            loss = tf.reduce_sum(y / b)
            if inside:
                grads = tape.gradient(loss, [w, b])
        if not inside:
            grads = tape.gradient(loss, [w, b])
        norm = tf.reduce_sum(tf.square(grads[0]))
    second = outer.gradient(norm, [w, b])
    assert (product.dtype, y.dtype) == (tf.bfloat16, tf.float32)
    assert [g.dtype for g in (*grads, *second)] == [tf.float32] * 4

    rw, rb = torch.tensor(W, requires_grad=True), torch.tensor([0.5, -0.5], requires_grad=True)
    with lower():
        loss = (torch.tanh(torch.tensor(X) @ rw + rb) / rb).sum()
    expected = torch.autograd.grad(loss, [rw, rb], create_graph=True)
    for mine, theirs in zip(grads, expected, strict=True):
        np.testing.assert_allclose(mine, theirs.detach(), rtol=3e-2, atol=3e-2)
    expected = torch.autograd.grad(expected[0].square().sum(), [rw, rb])
    for mine, theirs in zip(second, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=5e-2, atol=5e-2)


def test_convolutions_and_biases() -> None:
    image = tf.Variable(RNG.normal(size=(1, 5, 5, 3)).astype(np.float32))
    kernel = tf.Variable(RNG.normal(size=(2, 2, 3, 4)).astype(np.float32))
    bias = tf.Variable(np.ones(4, np.float32))
    with tf.GradientTape() as tape, lower():
        y = tf.nn.bias_add(tf.nn.conv2d(image, kernel, 1, "VALID"), bias)
    assert y.dtype is tf.bfloat16
    assert [g.dtype for g in tape.gradient(y, [image, kernel, bias])] == [tf.float32] * 3


def test_einsum_operators_and_jacobians() -> None:
    x, w = tf.constant(X), tf.Variable(W)
    with tf.GradientTape(persistent=True) as tape, lower():
        y = tf.einsum("ij,jk->ik", x, w)
        z = x @ w
    assert (y.dtype, z.dtype) == (tf.bfloat16, tf.bfloat16)
    assert tape.jacobian(y, w).dtype is tf.float32
    assert tape.jacobian(z, w, experimental_use_pfor=False).dtype is tf.float32


def test_columns_of_a_jacobian_through_a_cast_have_the_dtype_of_the_source() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.cast(tf.concat([x] * 4, 0), tf.float64) ** 2
    assert tape.jacobian(y, x).dtype is tf.float32


def test_torchs_functions_and_modules() -> None:
    x, w = tf.constant(X), tf.Variable(W)
    model = tf.interop.from_module(torch.nn.Linear(3, 2))
    with tf.GradientTape() as tape, lower():
        y = model(x) + torch.matmul(x, w)
    assert y.dtype is tf.bfloat16
    assert {g.dtype for g in tape.gradient(y, [w, *model.trainable_variables])} == {tf.float32}
    with tf.autodiff.ForwardAccumulator(w, tf.ones_like(w)) as accumulator, lower():
        y = torch.matmul(x, w)
    assert accumulator.jvp(y).dtype is tf.bfloat16


def test_without_it_nothing_changes() -> None:
    half = tf.cast(tf.constant(W), tf.bfloat16)
    assert tf.matmul(tf.constant(X), half).dtype is tf.float32  # TensorFlow has a kernel for these two
    with pytest.raises(tf.errors.InvalidArgumentError):
        _ = half + tf.constant(W)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=False):
        assert tf.matmul(tf.constant(X), tf.constant(W)).dtype is tf.float32
    with lower():
        double = tf.constant(X, tf.float64)
        assert tf.matmul(double, tf.constant(W, tf.float64)).dtype is tf.float64
        with pytest.raises(tf.errors.InvalidArgumentError):
            _ = tf.constant(W) + tf.constant(1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_on_cuda() -> None:
    with tf.device("/GPU:0"):
        x, w = tf.constant(X), tf.Variable(W)
    with tf.GradientTape() as tape, torch.autocast("cuda", dtype=torch.float16):
        y = tf.exp(tf.matmul(x, w))  # torch computes exp in float32
        loss = tf.reduce_sum(y)
    assert loss.dtype is tf.float32
    assert tape.gradient(loss, w).dtype is tf.float32
