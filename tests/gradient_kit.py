"""Checks that every differentiable op must pass: `check_gradients(function, *arrays)`.

First-order gradients against central differences in float64 and against torch.autograd run through the same kernels,
second-order gradients against central differences of the first, and vmapped Jacobians against a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf

Function = Callable[..., Any]


def _cotangent(value: Any, seed: int) -> np.ndarray:
    generator = np.random.RandomState(seed)
    array = generator.uniform(0.5, 1.5, value.shape.as_list())
    if value.dtype.is_complex:
        array = array + 1j * generator.uniform(0.5, 1.5, value.shape.as_list())
    return array.astype(value.dtype.as_numpy_dtype)


def _first(function: Function, tensors: list[Any], seed: int = 0) -> list[Any]:
    """Gradients of <cotangent, function(*tensors)>, zeros where not connected."""
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return tape.gradient(
        value, tensors, output_gradients=tf.constant(_cotangent(value, seed)), unconnected_gradients="zero"
    )


def _inner(function: Function, arrays: list[np.ndarray], seed: int) -> float:
    value = function(*[tf.constant(array) for array in arrays])
    return float(np.sum(np.real(np.conj(_cotangent(value, seed)) * value.numpy())))


def _numeric(
    scalar: Callable[[list[np.ndarray]], float], arrays: list[np.ndarray], eps: float
) -> list[np.ndarray]:
    """Central differences of a real function of arrays."""
    grads = []
    for which, array in enumerate(arrays):
        grad = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            for unit in (1.0, 1.0j) if np.iscomplexobj(array) else (1.0,):
                values = []
                for sign in (1, -1):
                    moved = [a.copy() for a in arrays]
                    moved[which][index] += sign * eps * unit
                    values.append(scalar(moved))
                grad[index] += unit * (values[0] - values[1]) / (2 * eps)
        grads.append(grad)
    return grads


def check_gradients(
    function: Function,
    *arrays: Any,
    order: int = 2,
    autograd: bool = True,
    jacobian: bool = True,
    eps: float = 1e-6,
    tolerance: float = 1e-6,
) -> None:
    """Check `function` (of Tensors, to one float64 or complex128 Tensor) at `arrays`.

    Args:
      order: 1 or 2, the highest derivative to check.
      autograd: also compare with torch.autograd through the kernels (off where TensorFlow and torch differ).
      jacobian: also compare the vectorized Jacobian with the loop.
    """
    points = [np.array(a, dtype=np.complex128 if np.iscomplexobj(a) else np.float64) for a in arrays]
    tensors = [tf.constant(a) for a in points]
    grads = [np.array(tf.convert_to_tensor(g)) for g in _first(function, tensors)]
    for got, want in zip(grads, _numeric(lambda p: _inner(function, p, 0), points, eps), strict=True):
        np.testing.assert_allclose(
            got, want, rtol=tolerance * 10, atol=tolerance * 10, err_msg="finite differences"
        )

    if autograd:
        raws = [torch.tensor(a, requires_grad=True) for a in points]
        value = function(*[tf.Tensor(raw, None) for raw in raws])
        seed = torch.tensor(_cotangent(value, 0))
        wanted = torch.autograd.grad(value._t, raws, seed.to(value._t.device), allow_unused=True)
        for got, raw in zip(grads, wanted, strict=True):
            want = np.zeros_like(got) if raw is None else raw.resolve_conj().numpy()
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9, err_msg="torch.autograd")

    if jacobian:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(tensors)
            value = function(*tensors)
        fast = tape.jacobian(value, tensors, unconnected_gradients="zero")
        slow = tape.jacobian(value, tensors, unconnected_gradients="zero", experimental_use_pfor=False)
        for got, want in zip(fast, slow, strict=True):
            np.testing.assert_allclose(
                got.numpy(), want.numpy(), rtol=1e-9, atol=1e-9, err_msg="vmap against loop"
            )

    if order > 1:

        def total(*args: Any) -> Any:
            firsts = _first(function, list(args))
            weights = [_cotangent(g, 7 + i) for i, g in enumerate(firsts)]
            return [(tf.convert_to_tensor(g), w) for g, w in zip(firsts, weights, strict=True)]

        with tf.GradientTape() as tape:
            tape.watch(tensors)
            pairs = total(*tensors)
        seconds = tape.gradient(
            [g for g, _ in pairs],
            tensors,
            output_gradients=[tf.constant(w) for _, w in pairs],
            unconnected_gradients="zero",
        )

        def scalar(moved: list[np.ndarray]) -> float:
            found = total(*[tf.constant(a) for a in moved])
            return float(sum(np.sum(np.real(np.conj(w) * g.numpy())) for g, w in found))

        for got, want in zip(seconds, _numeric(scalar, points, eps), strict=True):
            np.testing.assert_allclose(
                tf.convert_to_tensor(got).numpy(),
                want,
                rtol=tolerance * 100,
                atol=tolerance * 100,
                err_msg="second order",
            )
