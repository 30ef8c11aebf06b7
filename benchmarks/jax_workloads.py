"""The workloads for JAX, compiled with jax.jit: what is an argument or a constant in `tf_workloads.py` is one here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Run = Callable[[], Any]


def _ready(function: Callable[..., Any], *args: Any) -> Run:
    compiled = jax.jit(function)
    return lambda: jax.block_until_ready(compiled(*args))


def chain(data: dict[str, Any]) -> Run:
    def function(y: Any) -> Any:
        for _ in range(25):
            y = jnp.tanh(jnp.sin(y) * 1.01) + 0.1
        return y

    return _ready(jax.grad(function), jnp.asarray(data["x"]))


def _mlp(data: dict[str, Any]) -> Run:
    def loss(parameters: Any, x: Any) -> Any:
        h = x
        for w, b in zip(*parameters, strict=True):
            h = jnp.tanh(h @ w + b)
        return jnp.mean(jnp.square(h))

    parameters = [jnp.asarray(w) for w in data["weights"]], [jnp.asarray(b) for b in data["biases"]]
    return _ready(jax.grad(loss), parameters, jnp.asarray(data["x"]))


mlp64 = mlp512 = _mlp


def conv(data: dict[str, Any]) -> Run:
    def convolved(x: Any, w: Any) -> Any:
        return jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))

    def loss(weights: Any, x: Any) -> Any:
        for w in weights:
            x = jax.nn.relu(convolved(x, w))
        return jnp.mean(jnp.square(x))

    weights = [jnp.asarray(data["first"]), jnp.asarray(data["second"])]
    return _ready(jax.grad(loss), weights, jnp.asarray(data["x"]))


def jacobian(data: dict[str, Any]) -> Run:
    w = jnp.asarray(data["w"])
    return _ready(jax.jacrev(lambda x: jnp.tanh(w @ jnp.tanh(w @ x))), jnp.asarray(data["x"]))


def batch_jacobian(data: dict[str, Any]) -> Run:
    w = jnp.asarray(data["w"])
    return _ready(jax.vmap(jax.jacrev(lambda x: jnp.tanh(jnp.tanh(x @ w) @ w))), jnp.asarray(data["x"]))


def hessian(data: dict[str, Any]) -> Run:
    w = jnp.asarray(data["w"])
    return _ready(jax.hessian(lambda x: jnp.sum(jnp.square(jnp.tanh(w @ x)))), jnp.asarray(data["x"]))


def penalty(data: dict[str, Any]) -> Run:
    def loss(parameters: Any, x: Any) -> Any:
        w, v = parameters

        def inner(x: Any) -> Any:
            return jnp.sum(jnp.tanh(x @ w) @ v)

        return inner(x) + jnp.sum(jnp.square(jax.grad(inner)(x)))

    parameters = [jnp.asarray(data["w"]), jnp.asarray(data["v"])]
    return _ready(jax.grad(loss), parameters, jnp.asarray(data["x"]))
