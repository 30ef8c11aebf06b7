"""Straight-through estimators: on the way back a step function is taken for something that has a slope.

Rules are in the library's style. They get torch tensors, or Tensors while an outer tape listens, and an op of a plugin
does with either: on torch tensors it is just its kernel.

Sources: Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons", 2013 (the estimator);
Courbariaux et al., "Binarized Neural Networks", 2016 (clipped); Liu et al., "Bi-Real Net", 2018 (the triangle).
"""

from typing import Any

import torch

import tfcompat_tape as tf
from tfcompat_tape.plugins import ops

SLOPES = ("box", "triangle")

# -- kernels -----------------------------------------------------------------------------------------------------------


def rounded(x: torch.Tensor) -> torch.Tensor:
    """The nearest whole number."""
    return torch.round(x)


def sign(x: torch.Tensor, clip: float) -> torch.Tensor:
    """-1, 0 or 1."""
    _check(clip)
    return torch.sign(x)


def binarized(x: torch.Tensor, clip: float, slope: str) -> torch.Tensor:
    """-1 or 1; 1 for 0."""
    _check(clip, slope)
    return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)


def within(dy: torch.Tensor, x: torch.Tensor, clip: float, slope: str) -> torch.Tensor:
    """`dy` where `abs(x) <= clip`: as it is, or times 2 (1 - abs(x) / clip), of the same area."""
    size = x.abs()
    if slope == "triangle":
        dy = dy * (2.0 - size * (2.0 / clip))
    return torch.where(size <= clip, dy, 0.0)


def bend(x: torch.Tensor, clip: float, slope: str) -> torch.Tensor:
    """The slope of the slope, which is constant between its kinks."""
    if slope == "box":
        return torch.zeros_like(x)
    return torch.where(x.abs() <= clip, torch.sign(x) * (-2.0 / clip), 0.0)


def _check(clip: float, slope: str = "box") -> None:
    if not clip > 0:
        raise tf.errors.InvalidArgumentError(None, None, f"clip must be positive, and is {clip!r}.")
    if slope not in SLOPES:
        raise tf.errors.InvalidArgumentError(None, None, f"slope must be one of {SLOPES}, and is {slope!r}.")


# -- gradients ---------------------------------------------------------------------------------------------------------


def passed(op: Any, dy: Any) -> Any:
    """Of `RoundSTE`; its tangent as well."""
    return dy


def passed_within(op: Any, dy: Any) -> Any:
    """Of `SignSTE`; its tangent as well."""
    return ops.StraightThrough(dy, op.inputs[0], clip=op.get_attr("clip"))


def passed_by_slope(op: Any, dy: Any) -> Any:
    """Of `BinarizeSTE`; its tangent as well."""
    return ops.StraightThrough(dy, op.inputs[0], clip=op.get_attr("clip"), slope=op.get_attr("slope"))


def _by_x(op: Any, d: Any) -> Any:
    """`d` times the derivative of `StraightThrough` by x: zero for the box, the legs for the triangle."""
    dy, x = op.inputs
    slope = op.get_attr("slope")
    bend = ops.StraightThroughBend(x, clip=op.get_attr("clip"), slope=slope)
    return bend if slope == "box" else d * dy * bend


def within_gradient(op: Any, d: Any) -> Any:
    """Of `StraightThrough`, which is linear in dy."""
    clip, slope = op.get_attr("clip"), op.get_attr("slope")
    by_dy = ops.StraightThrough(d, op.inputs[1], clip=clip, slope=slope)
    if not op.needs[1]:
        return by_dy, None
    return by_dy, _by_x(op, d)


def within_jvp(op: Any, d: Any, t: Any) -> Any:
    """The tangent of `StraightThrough`."""
    clip, slope = op.get_attr("clip"), op.get_attr("slope")
    if d is None:
        return _by_x(op, t)
    tangent = ops.StraightThrough(d, op.inputs[1], clip=clip, slope=slope)
    return tangent if t is None or slope == "box" else tangent + _by_x(op, t)
