"""Ops that trade one axis for another: blocks of space into the batch or into the channels, and back."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.registry import COMPLEX, Keep, gradient
from tfcompat_tape.ops.padding import Pairs, padded
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.tangents import linear

_LACKING = COMPLEX | {torch.bool}


def _check_blocks(name: str, x: Any, block_shape: tuple[int, ...], pairs: Pairs, what: str) -> None:
    if x.dtype in _LACKING:
        raise not_found(f"Could not find device for node: {name} has no kernel for {x.dtype}.")
    if x.dim() < 1 + len(block_shape):
        raise invalid(f"{name}: the input must have at least {1 + len(block_shape)} axes, got {x.dim()}.")
    if len(pairs) != len(block_shape):
        raise invalid(
            f"{name}: {what} must have {len(block_shape)} rows, one for each block size, got {len(pairs)}."
        )
    if any(n < 1 for n in block_shape):
        raise invalid(f"{name}: all values in block_shape must be positive, got {list(block_shape)}.")
    if any(low < 0 or high < 0 for low, high in pairs):
        raise invalid(f"{name}: {what} must be non-negative, got {pairs}.")


def _space_to_batch(x: Any, *, block_shape: tuple[int, ...], paddings: Pairs) -> Any:
    _check_blocks("SpaceToBatchND", x, block_shape, paddings, "paddings")
    blocks = len(block_shape)
    rest = x.dim() - 1 - blocks
    x = padded(x, ((0, 0), *paddings, *(((0, 0),) * rest)), 0)
    batch, space, tail = x.shape[0], x.shape[1 : 1 + blocks], x.shape[1 + blocks :]
    for i, (n, block) in enumerate(zip(space, block_shape, strict=True)):
        if n % block:
            raise invalid(
                f"SpaceToBatchND: padded_shape[{i}]={n} is not divisible by block_shape[{i}]={block}."
            )
    outer = tuple([n // block for n, block in zip(space, block_shape, strict=True)])
    split = [m for pair in zip(outer, block_shape, strict=True) for m in pair]
    x = x.reshape((batch, *split, *tail))
    inner = range(2, 2 + 2 * blocks, 2)
    perm = (*inner, 0, *range(1, 1 + 2 * blocks, 2), *range(1 + 2 * blocks, 1 + 2 * blocks + rest))
    return x.permute(perm).reshape((batch * math.prod(block_shape), *outer, *tail))


def _batch_to_space(x: Any, *, block_shape: tuple[int, ...], crops: Pairs) -> Any:
    _check_blocks("BatchToSpaceND", x, block_shape, crops, "crops")
    blocks = len(block_shape)
    space, tail = x.shape[1 : 1 + blocks], x.shape[1 + blocks :]
    batch = x.shape[0] // math.prod(block_shape)
    if x.shape[0] % math.prod(block_shape):
        raise invalid(
            f"BatchToSpaceND: Input batch dimension ({x.shape[0]}) is not divisible by product of block "
            f"sizes ({math.prod(block_shape)})"
        )
    x = x.reshape((*block_shape, batch, *space, *tail))
    perm = [blocks]
    for i in range(blocks):
        perm += [blocks + 1 + i, i]
    perm += range(2 * blocks + 1, x.dim())
    sizes = [n * block for n, block in zip(space, block_shape, strict=True)]
    x = x.permute(perm).reshape((batch, *sizes, *tail))
    key = [slice(None)]
    for i, (n, (low, high)) in enumerate(zip(sizes, crops, strict=True)):
        if n - low - high < 0:
            raise invalid(f"BatchToSpaceND: cropped_shape[{i}]={n - low - high} must be non-negative.")
        key.append(slice(low, n - high))
    return x[tuple(key)]


space_to_batch_nd = primitive("SpaceToBatchND", _space_to_batch, inputs="input", keep=Keep.NOTHING)
batch_to_space_nd = primitive("BatchToSpaceND", _batch_to_space, inputs="input", keep=Keep.NOTHING)


@gradient("SpaceToBatchND")
def _space_to_batch_rule(op: Any, dy: Any) -> Any:
    return batch_to_space_nd(dy, block_shape=op.attrs["block_shape"], crops=op.attrs["paddings"])


@gradient("BatchToSpaceND")
def _batch_to_space_rule(op: Any, dy: Any) -> Any:
    return space_to_batch_nd(dy, block_shape=op.attrs["block_shape"], paddings=op.attrs["crops"])


def _check_depth(name: str, x: Any, block_size: int, data_format: str) -> None:
    if data_format not in ("NHWC", "NCHW", "NCHW_VECT_C"):
        raise invalid(f"{name}: data_format must be NHWC or NCHW, got {data_format!r}.")
    if data_format == "NCHW_VECT_C":
        raise not_found(f"Could not find device for node: {name} has no kernel for data_format NCHW_VECT_C.")
    if block_size < 2:
        raise invalid(f"{name}: block_size must be at least 2, got {block_size}.")
    if x.dim() != 4:
        raise invalid(f"{name}: the input must have 4 axes, got {x.dim()}.")


def _space_to_depth(x: Any, *, block_size: int, data_format: str = "NHWC") -> Any:
    _check_depth("SpaceToDepth", x, block_size, data_format)
    if data_format == "NCHW":
        x = x.permute(0, 2, 3, 1)
    n, height, width, depth = x.shape
    if height % block_size or width % block_size:
        raise invalid(
            f"SpaceToDepth: Image width {width} and height {height} should be divisible by block_size: {block_size}"
        )
    h, w = height // block_size, width // block_size
    x = x.reshape(n, h, block_size, w, block_size, depth).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(n, h, w, block_size * block_size * depth)
    return x.permute(0, 3, 1, 2) if data_format == "NCHW" else x


def _depth_to_space(x: Any, *, block_size: int, data_format: str = "NHWC") -> Any:
    _check_depth("DepthToSpace", x, block_size, data_format)
    if data_format == "NCHW":
        x = x.permute(0, 2, 3, 1)
    n, h, w, depth = x.shape
    if depth % (block_size * block_size):
        raise invalid(
            f"DepthToSpace: Input depth dimension {depth} should be divisible by: {block_size * block_size}"
        )
    x = x.reshape(n, h, w, block_size, block_size, depth // block_size**2).permute(0, 1, 3, 2, 4, 5)
    x = x.reshape(n, h * block_size, w * block_size, depth // block_size**2)
    return x.permute(0, 3, 1, 2) if data_format == "NCHW" else x


_FORMAT = {"data_format": "NHWC"}
space_to_depth = primitive(
    "SpaceToDepth", _space_to_depth, inputs="input", defaults=_FORMAT, keep=Keep.NOTHING
)
depth_to_space = primitive(
    "DepthToSpace", _depth_to_space, inputs="input", defaults=_FORMAT, keep=Keep.NOTHING
)


@gradient("SpaceToDepth")
def _space_to_depth_rule(op: Any, dy: Any) -> Any:
    return depth_to_space(dy, **op.attrs)


@gradient("DepthToSpace")
def _depth_to_space_rule(op: Any, dy: Any) -> Any:
    return space_to_depth(dy, **op.attrs)


linear("SpaceToBatchND", "BatchToSpaceND", "SpaceToDepth", "DepthToSpace")
moves_elements(space_to_batch_nd, batch_to_space_nd, space_to_depth, depth_to_space)
