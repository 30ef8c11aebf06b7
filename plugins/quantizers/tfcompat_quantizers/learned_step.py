"""Fake quantization with a learned step: `x` in whole steps, and a gradient that tells the step how to change.

With v = x / step, clipped to the levels n to p that the bits can say, the result is round(v) * step. Its gradient, by
straight-through for the rounding alone, is

    by x:     1 where n <= x / step <= p, otherwise 0
    by step:  round(v) - v there, otherwise n or p

and the sum over all x that share a step is multiplied by 1 / sqrt(count * p), so that steps learn at the weights' pace.

Source: Esser et al., "Learned Step Size Quantization", 2020, equations 1 to 3.
"""

import math
from typing import Any

import torch

import tfcompat_tape as tf
from tfcompat_quantizers.steps import levels
from tfcompat_tape.plugins import ops


def _scale(x: Any, step: Any, most: int, gradient_scale: float) -> float:
    """The factor of the step's gradient: as given, or by how many elements share a step."""
    if gradient_scale:
        return gradient_scale
    return 1.0 / math.sqrt(max(math.prod(x.shape) // max(math.prod(step.shape), 1), 1) * most)


def quantized(
    x: torch.Tensor, step: torch.Tensor, bits: int, signed: bool, gradient_scale: float
) -> torch.Tensor:
    """The kernel of `LSQFakeQuant`."""
    least, most = levels(bits, signed)
    fits = len(step.shape) <= len(x.shape) and all(
        one in (1, length) for one, length in zip(reversed(step.shape), reversed(x.shape), strict=False)
    )
    if not fits:
        raise tf.errors.InvalidArgumentError(
            None,
            None,
            f"LSQFakeQuant: a step of shape {list(step.shape)} does not fit x of shape {list(x.shape)}: give one step, "
            "or one for each index of some axes, with length 1 along the others.",
        )
    return torch.round(x / step).clamp(least, most) * step


def gradients(
    dy: torch.Tensor, x: torch.Tensor, step: torch.Tensor, bits: int, signed: bool, gradient_scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The kernel of `LSQFakeQuantGrad`: the equations above."""
    least, most = levels(bits, signed)
    v = x / step
    inside = (v >= least) & (v <= most)
    by_step = torch.round(v).clamp(least, most) - torch.where(inside, v, 0.0)
    scale = _scale(x, step, most, gradient_scale)
    return torch.where(inside, dy, 0.0), (dy * by_step).sum_to_size(step.shape) * scale


def quantized_gradient(op: Any, dy: Any) -> Any:
    """Of `LSQFakeQuant`, in the library's style."""
    x, step = op.inputs
    attrs = {name: op.get_attr(name) for name in ("bits", "signed", "gradient_scale")}
    return ops.LSQFakeQuantGrad(dy, x, step, **attrs)


def gradients_gradient(op: Any, a: Any, b: Any) -> Any:
    """Of `LSQFakeQuantGrad`; `a` and `b` are the cotangents of dx and dstep.

    It is the true derivative of those: round(v) is constant between its jumps, and so v alone depends on x and step.
    """
    dy, x, step = op.inputs
    least, most = levels(op.get_attr("bits"), op.get_attr("signed"))
    v = x / step
    inside = tf.cast((v >= least) & (v <= most), x.dtype)
    b = b * _scale(x, step, most, op.get_attr("gradient_scale"))
    by_step = tf.clip_by_value(tf.round(v), float(least), float(most)) - inside * v
    by_v = -(b * dy) * inside
    by_steps = tf.raw_ops.Sum(input=-by_v * v / step, axis=_shared(x, step), keep_dims=True)
    return a * inside + b * by_step, by_v / step, tf.reshape(by_steps, step.shape)


def _shared(x: Any, step: Any) -> list[int]:
    """The axes of x along which one step serves all."""
    missing = len(x.shape) - len(step.shape)
    return [i for i in range(len(x.shape)) if i < missing or step.shape[i - missing] == 1]
