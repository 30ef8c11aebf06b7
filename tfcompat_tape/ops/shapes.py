"""Ops that rearrange the elements of one tensor: reshape, transpose, broadcast, reverse, roll."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.arguments import MOVED, STORED, VALUES
from tfcompat_tape.ops.bounds import readable
from tfcompat_tape.ops.helpers import conj, unbroadcast
from tfcompat_tape.ops.reinterpret import moves_elements
from tfcompat_tape.ops.tangents import acts_on_elements, keeps_order, linear, multilinear


def _reshape_nothing(x: Any, *, shape: tuple[int, ...]) -> Any:
    """What torch calls ambiguous, -1 beside 0: TensorFlow leaves the zeros out on both sides."""
    if 0 not in shape or shape.count(-1) != 1 or math.prod(x.shape):
        return NotImplemented
    missing, left = divmod(math.prod([n for n in x.shape if n]), math.prod([n for n in shape if n > 0]))
    return NotImplemented if left else x.reshape([missing if n == -1 else n for n in shape])


def _transpose_kernel(x: Any, *, perm: tuple[int, ...]) -> Any:
    return x.permute(perm) if isinstance(x, torch.Tensor) else x.transpose(perm)


def _broadcast_kernel(x: Any, *, shape: tuple[int, ...]) -> Any:
    return x.expand(shape) if isinstance(x, torch.Tensor) else np.broadcast_to(x, shape)


def _reverse_kernel(x: Any, *, axis: tuple[int, ...]) -> Any:
    return x.flip(axis) if isinstance(x, torch.Tensor) else np.flip(x, axis)


reshape = primitive(
    "Reshape", lambda x, *, shape: x.reshape(shape), inputs="tensor", dtypes=MOVED, keep=Keep.SHAPES
)
reshape.op.fallback = _reshape_nothing
transpose = primitive("Transpose", _transpose_kernel, inputs="x", dtypes=STORED, keep=Keep.NOTHING)
conjugate_transpose = primitive(
    "ConjugateTranspose", lambda x, *, perm: x.permute(perm).conj(), inputs="x", keep=Keep.NOTHING
)
broadcast_to = primitive("BroadcastTo", _broadcast_kernel, inputs="input", dtypes=STORED, keep=Keep.SHAPES)
expand_dims = primitive(
    "ExpandDims",
    lambda x, *, dim: x.unsqueeze(dim) if isinstance(x, torch.Tensor) else np.expand_dims(x, dim),
    inputs="input",
    dtypes=STORED,
    keep=Keep.SHAPES,
)
reverse = primitive("ReverseV2", _reverse_kernel, inputs="tensor", dtypes=VALUES, keep=Keep.NOTHING)
roll = primitive("Roll", lambda x, *, shift, axis: x.roll(shift, axis), inputs="input", keep=Keep.NOTHING)


def _squeeze_kernel(x: Any, *, squeeze_dims: tuple[int, ...] = ()) -> Any:
    shape = x.shape
    rank = len(shape)
    for axis in squeeze_dims:
        if not -rank <= axis < rank:
            raise invalid(f"Squeeze: Tried to squeeze dim index {axis} for tensor with {rank} dimensions.")
        if shape[axis] != 1:
            raise invalid(
                f"Squeeze: Can not squeeze dim[{axis % rank}], expected a dimension of 1, got {shape[axis]}"
            )
    gone = {axis % rank for axis in squeeze_dims} if squeeze_dims else None
    return x.reshape([n for i, n in enumerate(shape) if (n != 1 if gone is None else i not in gone)])


squeeze = primitive(
    "Squeeze", _squeeze_kernel, inputs="input", defaults={"squeeze_dims": ()}, dtypes=STORED, keep=Keep.SHAPES
)


@gradient("Reshape", "ExpandDims", "Squeeze")
def _back_to_shape(op: Any, dy: Any) -> Any:
    return reshape(dy, shape=op.shapes[0])


@gradient("BroadcastTo")
def _broadcast(op: Any, dy: Any) -> Any:
    return unbroadcast(dy, op.shapes[0])


def inverse(perm: tuple[int, ...]) -> tuple[int, ...]:
    """The permutation that undoes `perm`."""
    rank = len(perm)
    back = [0] * rank
    for i, axis in enumerate(perm):
        back[axis] = i
    return tuple(back)


@gradient("Transpose")
def _transpose(op: Any, dy: Any) -> Any:
    return transpose(dy, perm=inverse(op.attrs["perm"]))


@gradient("ConjugateTranspose")
def _conjugate_transpose(op: Any, dy: Any) -> Any:
    return conj(transpose(dy, perm=inverse(op.attrs["perm"])))


@gradient("ReverseV2")
def _reverse(op: Any, dy: Any) -> Any:
    return reverse(dy, axis=op.attrs["axis"])


@gradient("Roll")
def _roll(op: Any, dy: Any) -> Any:
    shift = op.attrs["shift"]
    back = -shift if isinstance(shift, int) else tuple([-n for n in shift])
    return roll(dy, shift=back, axis=op.attrs["axis"])


def _reverse_sequence_kernel(x: Any, lengths: Any, *, seq_dim: int, batch_dim: int = 0) -> Any:
    rank = len(x.shape)
    if batch_dim < 0:
        batch_dim += rank
    if not (0 <= seq_dim < rank and 0 <= batch_dim < rank and seq_dim != batch_dim):
        raise invalid(
            f"ReverseSequence: seq_dim {seq_dim} and batch_dim {batch_dim} must be two axes of a tensor of {rank} axes."
        )
    size = x.shape[seq_dim]
    if lengths.dim() != 1 or lengths.shape[0] != x.shape[batch_dim]:
        raise invalid(
            f"ReverseSequence: seq_lengths of shape {list(lengths.shape)} must be a vector of {x.shape[batch_dim]} "
            f"numbers, the size of axis {batch_dim}."
        )
    if not readable(lengths):
        lengths = lengths.clamp(0, size)
    elif lengths.numel() and not 0 <= int(lengths.min()) <= int(lengths.max()) <= size:
        raise invalid(f"ReverseSequence: seq_lengths {lengths.tolist()} must be in [0, {size}].")
    steps = torch.arange(size, device=lengths.device)
    wide = lengths.to(torch.int64).unsqueeze(1)
    index = torch.where(steps < wide, wide - 1 - steps, steps)
    form = [1] * rank
    form[batch_dim], form[seq_dim] = x.shape[batch_dim], size
    index = (index if batch_dim < seq_dim else index.mT).reshape(form).expand(x.shape)
    if isinstance(x, np.ndarray):
        return np.take_along_axis(x, index.numpy(), seq_dim)
    return torch.gather(x, seq_dim, index.to(x.device))


reverse_sequence = primitive(
    "ReverseSequence",
    _reverse_sequence_kernel,
    inputs="input seq_lengths",
    defaults={"batch_dim": 0},
    dtypes=VALUES,
    keep=Keep.INPUTS,
    keep_inputs=(1,),
)


@gradient("ReverseSequence")
def _reverse_sequence(op: Any, dy: Any) -> Any:
    return reverse_sequence(dy, op.inputs[1], **op.attrs), None


linear(
    "Reshape",
    "Transpose",
    "ConjugateTranspose",
    "BroadcastTo",
    "ExpandDims",
    "ReverseV2",
    "Roll",
    "Squeeze",
)
multilinear("ReverseSequence", of=(0,))
acts_on_elements("BroadcastTo")
keeps_order("Reshape", "ExpandDims", "Squeeze")
moves_elements(reverse, roll, reverse_sequence)
