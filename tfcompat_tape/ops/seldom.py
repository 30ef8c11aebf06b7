"""Ops that TensorFlow's own functions and rules use, and no public function is; none has a gradient."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import BOOL, FLOATS, OPS, SIGNED, Keep
from tfcompat_tape.ops.arguments import INT32_64, VALUES
from tfcompat_tape.ops.bounds import first_outside
from tfcompat_tape.ops.spellings import spelled

# -- gradients of lookups that add up rows -----------------------------------------------------------------------------


def _segment_grad(name: str, grad: Any, indices: Any, segments: Any, size: Any) -> Any:
    """What each row that was looked up contributes: `grad` by segment, over how many rows it has."""
    if not isinstance(size, int):
        raise invalid(f"{name}: output_dim0 should be a scalar.")
    if size < 0:
        raise invalid(f"{name}: Expected a non-negative size, got {size}")
    if indices.dim() != 1 or segments.dim() != 1:
        raise invalid(f"{name}: indices should be a vector, and segment_ids.")
    if len(indices) != len(segments):
        raise invalid(f"{name}: segment_ids and indices should have same size.")
    if first_outside(segments, grad.shape[0]):
        raise invalid(f"{name}: Invalid number of segments: segment_ids must be less than {grad.shape[0]}.")
    outside = first_outside(indices, size)
    if outside:
        raise invalid(f"{name}: Index out of range [0, {size}): indices{outside}")
    segments = segments.to(torch.int64)
    rows = grad[segments]
    if "Sum" not in name:
        counts = torch.bincount(segments, minlength=grad.shape[0])[segments].to(grad.dtype)
        counts = torch.sqrt(counts) if "SqrtN" in name else counts
        rows = rows / counts.reshape(-1, *[1] * (grad.dim() - 1))
    return rows


def _define_segment_grads(kind: str) -> None:
    first, second = f"SparseSegment{kind}Grad", f"SparseSegment{kind}GradV2"

    def dense(grad: Any, indices: Any, segment_ids: Any, *, output_dim0: Any) -> Any:
        rows = _segment_grad(first, grad, indices, segment_ids, output_dim0)
        return grad.new_zeros((output_dim0, *grad.shape[1:])).index_add(0, indices.to(torch.int64), rows)

    def compressed(grad: Any, indices: Any, segment_ids: Any, *, dense_output_dim0: Any) -> Any:
        rows = _segment_grad(second, grad, indices, segment_ids, dense_output_dim0)
        found, places = torch.unique(indices, return_inverse=True)
        return grad.new_zeros((len(found), *grad.shape[1:])).index_add(0, places, rows), found

    inputs = "grad indices segment_ids"
    primitive(first, dense, inputs=inputs, dtypes=FLOATS, keep=Keep.NOTHING)
    primitive(second, compressed, inputs=inputs, outputs=2, dtypes=FLOATS, keep=Keep.NOTHING)


for _kind in ("Sum", "Mean", "SqrtN"):
    _define_segment_grads(_kind)


def _cholesky_grad(factor: Any, grad: Any) -> Any:
    if factor.dim() < 2 or factor.shape[-1] != factor.shape[-2]:
        raise invalid(f"CholeskyGrad: Inputs must be a square matrices, got {compact(factor.shape)}.")
    if factor.shape != grad.shape:
        raise invalid("CholeskyGrad: Inputs (L and grad) must have the same shape.")
    rule = OPS["Cholesky"].rule
    assert rule is not None
    return rule(_Factored((factor,)), grad)


class _Factored:
    """What the rule of Cholesky reads of an entry."""

    def __init__(self, outputs: tuple[Any, ...]) -> None:
        self.outputs = outputs


primitive(
    "CholeskyGrad",
    _cholesky_grad,
    inputs="l grad",
    dtypes=frozenset({torch.float32, torch.float64}),
    same=(0, 1),
    keep=Keep.NOTHING,
)

# -- counting and comparing --------------------------------------------------------------------------------------------

_COUNTED = INT32_64 | {torch.float32, torch.float64}


def _bincount(arr: Any, weights: Any, *, size: Any) -> Any:
    if not isinstance(size, int):
        raise invalid("Bincount: Shape must be rank 0: size is a single number.")
    if size < 0:
        raise invalid(f"Bincount: size ({size}) must be non-negative")
    if arr.dtype is not torch.int32 or weights.dtype not in _COUNTED:
        raise invalid(
            f"Bincount: arr must be int32 and weights numbers, got {arr.dtype} and {weights.dtype}."
        )
    if weights.numel() and weights.numel() != arr.numel():
        raise invalid("Bincount: Input indices and weights must have the same size.")
    flat = arr.reshape(-1).to(torch.int64)
    if bool((flat < 0).any()):
        raise invalid("Bincount: Input arr must be non-negative!")
    amounts = weights.reshape(-1) if weights.numel() else torch.ones_like(flat, dtype=weights.dtype)
    inside = flat < size
    return weights.new_zeros(size).index_add(0, flat[inside], amounts[inside])


primitive("Bincount", _bincount, inputs="arr weights", keep=Keep.NOTHING)
spelled("InTopK", "InTopKV2", defaults={})


def _to_bool(x: Any) -> Any:
    size = math.prod(x.shape)
    return torch.tensor(bool(x.reshape(-1)[0]) if not len(x.shape) else size > 0)


_TRUTH = SIGNED | BOOL | {torch.uint8, torch.float32, torch.float64, np.dtype(object)}
primitive("ToBool", _to_bool, inputs="input", dtypes=_TRUTH, keep=Keep.NOTHING)


def _parallel_concat(*values: Any, shape: Any) -> Any:
    sizes = tuple(shape)
    if not sizes or any(tuple(value.shape) != (1, *sizes[1:]) for value in values) or sizes[0] != len(values):
        raise invalid(
            f"ParallelConcat: update shape doesn't match: {len(values)} values, each of one row, make a result of "
            f"shape {list(sizes)}; the first is {compact(values[0].shape)}."
        )
    return torch.cat(values) if isinstance(values[0], torch.Tensor) else np.concatenate(values)


primitive("ParallelConcat", _parallel_concat, inputs="*values", dtypes=VALUES, same=None, keep=Keep.NOTHING)
