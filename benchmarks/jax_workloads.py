"""The workloads for JAX, compiled with jax.jit; all but the convolution, which JAX has in no form like TensorFlow's."""

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
    x = jnp.asarray(data["x"])

    def loss(parameters: Any) -> Any:
        h = x
        for w, b in zip(*parameters, strict=True):
            h = jnp.tanh(h @ w + b)
        return jnp.mean(jnp.square(h))

    return _ready(
        jax.grad(loss), ([jnp.asarray(w) for w in data["weights"]], [jnp.asarray(b) for b in data["biases"]])
    )


mlp64 = mlp512 = _mlp


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
    x = jnp.asarray(data["x"])

    def loss(parameters: Any) -> Any:
        w, v = parameters

        def inner(x: Any) -> Any:
            return jnp.sum(jnp.tanh(x @ w) @ v)

        return inner(x) + jnp.sum(jnp.square(jax.grad(inner)(x)))

    return _ready(jax.grad(loss), (jnp.asarray(data["w"]), jnp.asarray(data["v"])))
