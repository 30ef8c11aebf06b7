"""Checks that every differentiable function must pass: `check_gradients(function, *arrays)`.

The checker of the package compares reverse mode with finite differences (first and second order), with forward mode,
with itself under vmap, and with its trace. To that is added torch.autograd, run through the same kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf
from tfcompat_tape import checking

Function = Callable[..., Any]


def check_gradients(
    function: Function, *arrays: Any, autograd: bool = True, skips: Sequence[str] = (), **options: Any
) -> checking.Report:
    """Check `function` (of Tensors, to one float64 or complex128 Tensor) at `arrays`.

    Args:
      autograd: also compare with torch.autograd through the kernels (off where TensorFlow and torch differ).
      skips: the checks that cannot run, by their titles; no others may be skipped.
      options: of the checker.
    """
    options = {
        "tracing_modes": ["fake"],
        "devices": [_device()],
        **options,
    }  # the stricter mode, and the faster one
    report = checking.assert_gradients(function, *arrays, **options)
    assert sorted(finding.title for finding in report.skipped) == sorted(skips), str(report)
    left_out = [finding for finding in report if finding.passed and finding.detail]  # kinks, loops of torch
    assert not left_out, str(report)
    if autograd:
        _compare_with_torch(function, arrays)
    return report


def _device() -> str:
    """The device of the `tf.device` block that the test runs in."""
    return tf.constant(0.0).device.partition("device:")[2]


def _compare_with_torch(function: Function, arrays: Sequence[Any]) -> None:
    points = [np.array(a, dtype=np.complex128 if np.iscomplexobj(a) else np.float64) for a in arrays]
    tensors = [tf.constant(a) for a in points]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    seed = tf.cast(tf.random.stateless_uniform(value.shape, [1, 2], 0.5, 1.5, tf.float64), value.dtype)
    grads = tape.gradient(value, tensors, output_gradients=seed, unconnected_gradients="zero")
    raws = [tensor._t.detach().requires_grad_() for tensor in tensors]
    again = function(*[tf.Tensor(raw, None) for raw in raws])
    wanted = torch.autograd.grad(again._t, raws, seed._t, allow_unused=True)
    for got, raw, want in zip(grads, raws, wanted, strict=True):
        found = tf.convert_to_tensor(got)._t
        want = torch.zeros_like(raw) if want is None else want.resolve_conj()
        torch.testing.assert_close(
            found, want, rtol=1e-9, atol=1e-9, msg=lambda text: f"torch.autograd: {text}"
        )
