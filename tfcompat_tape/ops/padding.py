"""Padding and its counterpart, the plain slice: each is the other's gradient; and mirrored padding."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import Keep, gradient, jvp
from tfcompat_tape.ops.arguments import VALUES
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.tangents import linear, zeros_of

Pairs = tuple[tuple[int, int], ...]


def check_paddings(name: str, x: Any, paddings: Pairs) -> None:
    """InvalidArgumentError unless `paddings` has one pair of non-negative numbers for each axis."""
    if len(paddings) != len(x.shape):
        raise invalid(
            f"{name}: The first dimension of paddings must be the rank of inputs[{len(paddings)},2] {compact(x.shape)}"
        )
    for low, high in paddings:
        if low < 0 or high < 0:
            raise invalid(f"{name}: Paddings must be non-negative: {low} {high}")


def _pad(x: Any, *, paddings: Pairs) -> Any:
    check_paddings("Pad", x, paddings)
    return padded(x, paddings, 0)


def padded(x: Any, paddings: Pairs, value: Any) -> Any:
    """`x` between rows of the number `value`."""
    if not isinstance(x, torch.Tensor):
        result = np.full(
            [low + n + high for n, (low, high) in zip(x.shape, paddings, strict=True)], value or b""
        )
        result = result.astype(object)
        result[tuple([slice(low, low + n) for n, (low, _) in zip(x.shape, paddings, strict=True)])] = x
        return result
    flat = [n for pair in reversed(paddings) for n in pair]
    return torch.constant_pad_nd(x, flat, value)


def _pad_v2(x: Any, constant_values: Any, *, paddings: Pairs) -> Any:
    check_paddings("PadV2", x, paddings)
    if len(constant_values.shape):
        raise invalid(f"PadV2: constant_values must be a scalar, got shape {list(constant_values.shape)}.")
    if not isinstance(x, torch.Tensor):
        return padded(x, paddings, constant_values.item())
    inside = padded(torch.ones(x.shape, dtype=torch.bool, device=x.device), paddings, False)
    return torch.where(inside, padded(x, paddings, 0), constant_values.to(x.device))


def _slice(x: Any, *, begin: tuple[int, ...], size: tuple[int, ...]) -> Any:
    shape = x.shape
    if not len(shape) == len(begin) == len(size):
        raise invalid(
            f"Slice: Expected begin and size arguments to be 1-D tensors of size {len(shape)}, but got shapes "
            f"[{len(begin)}] and [{len(size)}] instead."
        )
    key = []
    for i, (start, n, have) in enumerate(zip(begin, size, shape, strict=True)):
        if n == -1:
            n = have - start
        if not 0 <= start <= have:
            raise invalid(f"Slice: Expected begin[{i}] in [0, {have}], but got {start}")
        if not 0 <= n <= have - start:
            raise invalid(f"Slice: Expected size[{i}] in [0, {have - start}], but got {n}")
        key.append(slice(start, start + n))
    return x[tuple(key)]


pad = primitive("Pad", _pad, inputs="input", dtypes=VALUES, keep=Keep.SHAPES)
pad_v2 = primitive(
    "PadV2", _pad_v2, inputs="input constant_values", dtypes=VALUES, same=(0, 1), keep=Keep.SHAPES
)
slice_ = primitive("Slice", _slice, inputs="input", dtypes=VALUES, keep=Keep.SHAPES)


def _unpad(op: Any, dy: Any) -> Any:
    return slice_(dy, begin=tuple([low for low, _ in op.attrs["paddings"]]), size=tuple(op.shapes[0]))


@gradient("Pad")
def _pad_rule(op: Any, dy: Any) -> Any:
    return _unpad(op, dy)


@gradient("PadV2")
def _pad_v2_rule(op: Any, dy: Any) -> Any:
    return _unpad(op, dy) if op.needs[0] else None, None


@gradient("Slice")
def _slice_rule(op: Any, dy: Any) -> Any:
    shape = op.shapes[0]
    pairs = []
    for start, n, have in zip(op.attrs["begin"], op.attrs["size"], shape, strict=True):
        pairs.append((start, 0 if n == -1 else have - start - n))
    return pad(dy, paddings=tuple(pairs))


# -- mirrored padding: each axis on its own, as a lookup of rows -----------------------------------------------------


def _sources(name: str, x: Any, paddings: Pairs, mode: str) -> list[tuple[int, Any]]:
    """For each axis that is padded, the rows that the padded tensor is made of."""
    check_paddings(name, x, paddings)
    edge = 1 if mode == "REFLECT" else 0
    found = []
    for axis, (low, high) in enumerate(paddings):
        if low or high:
            n = x.shape[axis]
            if max(low, high) > n - edge:
                raise invalid(
                    f"{name}: paddings must be {'less than' if edge else 'no greater than'} the dimension size: "
                    f"{low}, {high} not {'less' if edge else 'no greater'} than {n} (axis {axis}, mode {mode})"
                )
            rows = [
                *range(low - 1 + edge, edge - 1, -1),
                *range(n),
                *range(n - 1 - edge, n - 1 - edge - high, -1),
            ]
            found.append((axis, torch.tensor(rows, device=None if isinstance(x, np.ndarray) else x.device)))
    return found


def _mirror_pad(x: Any, *, paddings: Pairs, mode: str) -> Any:
    for axis, rows in _sources("MirrorPad", x, paddings, mode):
        x = np.take(x, rows, axis) if isinstance(x, np.ndarray) else x.index_select(axis, rows)
    return x


def _mirror_pad_grad(dy: Any, *, paddings: Pairs, mode: str) -> Any:
    inner = [n - low - high for n, (low, high) in zip(dy.shape, paddings, strict=True)]
    for axis, rows in reversed(
        _sources("MirrorPadGrad", torch.empty(inner, device=dy.device), paddings, mode)
    ):
        shape = list(dy.shape)
        shape[axis] = inner[axis]
        dy = torch.index_add(dy.new_zeros(shape), axis, rows, dy)
    return dy


mirror_pad = primitive("MirrorPad", _mirror_pad, inputs="input", dtypes=VALUES, keep=Keep.NOTHING)
mirror_pad_grad = primitive("MirrorPadGrad", _mirror_pad_grad, inputs="input", keep=Keep.NOTHING)


@gradient("MirrorPad")
def _mirror_pad_rule(op: Any, dy: Any) -> Any:
    return mirror_pad_grad(dy, **op.attrs)


@gradient("MirrorPadGrad")
def _mirror_pad_grad_rule(op: Any, dy: Any) -> Any:
    return mirror_pad(dy, **op.attrs)


@jvp("PadV2")
def _pad_v2_jvp(op: Any, t: Any, value: Any) -> Any:
    """The value around has no derivative: its tangent gives 0."""
    return pad(zeros_of(value, op.shapes[0]) if t is None else t, paddings=op.attrs["paddings"])


linear("Pad", "Slice", "MirrorPad", "MirrorPadGrad")
moves_elements(pad, pad_v2, mirror_pad)
