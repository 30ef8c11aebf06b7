"""Arithmetic of shapes, as vectors of integers: what they broadcast to, along which axes, where joined tensors lie."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.ops.arguments import INT32_64


def _sizes(name: str, shape: Any) -> list[int]:
    if shape.dim() != 1:
        raise invalid(f"{name}: a shape must be a vector, got shape {list(shape.shape)}.")
    sizes: list[int] = reading.listed(shape)
    return sizes


def _broadcast_args(s0: Any, s1: Any) -> Any:
    first, second = _sizes("BroadcastArgs", s0), _sizes("BroadcastArgs", s1)
    rank = max(len(first), len(second))
    pairs = list(zip([1] * (rank - len(first)) + first, [1] * (rank - len(second)) + second, strict=True))
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        raise invalid(f"BroadcastArgs: incompatible shapes: {first} vs. {second}.")
    return torch.tensor([n if m == 1 else m for m, n in pairs], dtype=s0.dtype)


def _broadcast_gradient_args(s0: Any, s1: Any) -> tuple[Any, Any]:
    first, second = _sizes("BroadcastGradientArgs", s0), _sizes("BroadcastGradientArgs", s1)
    if first == second:
        return s0.new_zeros(0), s0.new_zeros(0)
    rank = max(len(first), len(second))
    first, second = [1] * (rank - len(first)) + first, [1] * (rank - len(second)) + second
    summed: tuple[list[int], list[int]] = ([], [])
    for axis, (m, n) in enumerate(zip(first, second, strict=True)):
        if m != n and 1 not in (m, n):
            raise invalid(f"BroadcastGradientArgs: incompatible shapes: {first} vs. {second}.")
        if m == 1:
            summed[0].append(axis)
        if n == 1:
            summed[1].append(axis)
    return torch.tensor(summed[0], dtype=s0.dtype), torch.tensor(summed[1], dtype=s0.dtype)


def _concat_offset(*shapes: Any, concat_dim: int) -> tuple[Any, ...]:
    sizes = [_sizes("ConcatOffset", shape) for shape in shapes]
    rank = len(sizes[0])
    if not -rank <= concat_dim < rank:
        raise invalid(f"ConcatOffset: there is no axis {concat_dim} in shapes of {rank} axes.")
    axis = concat_dim % rank
    offsets = []
    start = 0
    for size in sizes:
        if len(size) != rank or any(i != axis and n != sizes[0][i] for i, n in enumerate(size)):
            raise invalid(f"ConcatOffset: shapes {sizes[0]} and {size} must agree but for axis {axis}.")
        offsets.append(torch.tensor([start if i == axis else 0 for i in range(rank)], dtype=shapes[0].dtype))
        start += size[axis]
    return tuple(offsets)


broadcast_args = primitive(
    "BroadcastArgs", _broadcast_args, inputs="s0 s1", dtypes=INT32_64, same=(0, 1), differentiable=False
)
broadcast_gradient_args = primitive(
    "BroadcastGradientArgs",
    _broadcast_gradient_args,
    inputs="s0 s1",
    outputs=2,
    dtypes=INT32_64,
    same=(0, 1),
    differentiable=False,
)
concat_offset = primitive(
    "ConcatOffset",
    _concat_offset,
    inputs="*shape",
    outputs=0,
    dtypes=INT32_64,
    same=None,
    differentiable=False,
)
