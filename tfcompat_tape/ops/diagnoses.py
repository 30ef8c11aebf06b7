"""What TensorFlow says of arguments at which a kernel of torch fails: code in the wild matches on these words.

Each function here runs after a failure only. It gets the inputs of the kernel and the attributes, and finds
TensorFlow's sentence from the shapes and values; `None` leaves torch's message alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core.failures import DIAGNOSES, compact
from tfcompat_tape.ops.bounds import first_outside

Diagnosis = Callable[[Any, dict[str, Any]], str | None]


def _of(*names: str) -> Callable[[Diagnosis], Diagnosis]:
    def enter(function: Diagnosis) -> Diagnosis:
        for name in names:
            DIAGNOSES[name] = function
        return function

    return enter


# -- shapes that must agree --------------------------------------------------------------------------------------------


@_of("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3")
def _matmul(raws: Any, attrs: dict[str, Any]) -> str | None:
    a, b = [tuple(raw.shape) for raw in raws]
    shown = f"In[0]: {compact(a)}, In[1]: {compact(b)}"
    if len(a) < 2 or len(b) < 2:
        if len(a) != len(b):
            return f"In[0] and In[1] has different ndims: {compact(a)} vs. {compact(b)}"
        return f"In[0] and In[1] ndims must be == 2: {len(a)}"
    rows = a[-2] if attrs.get("transpose_a") or attrs.get("adj_x") else a[-1]
    columns = b[-1] if attrs.get("transpose_b") or attrs.get("adj_y") else b[-2]
    if rows != columns:
        return f"Matrix size-incompatible: {shown}"
    return f"In[0] and In[1] must have compatible batch dimensions: {compact(a)} vs. {compact(b)}"


@_of("SelectV2")
def _select(raws: Any, attrs: dict[str, Any]) -> str:
    condition, x, y = [compact(raw.shape) for raw in raws]
    return f"condition {condition}, then {x}, and else {y} must be broadcastable"


@_of("BroadcastTo")
def _broadcast(raws: Any, attrs: dict[str, Any]) -> str:
    given, wanted = raws[0].shape, attrs["shape"]
    if len(given) > len(wanted):
        return f"Rank of input ({len(given)}) must be no greater than rank of output shape ({len(wanted)})."
    return f"Incompatible shapes: {compact(given)} vs. {compact(wanted)}"


@_of("ConcatV2", "Concat")
def _concat(raws: Any, attrs: dict[str, Any]) -> str | None:
    first, axis = raws[0].shape, attrs["axis"]
    if not first:
        return "ConcatOp : Can't concatenate scalars (use tf.stack instead)"
    if not -len(first) <= axis < len(first):
        return (
            f"ConcatOp : Expected concatenating dimensions in the range [{-len(first)}, {len(first)}), "
            f"but got {axis}"
        )
    for i, raw in enumerate(raws):
        for place, (n, m) in enumerate(zip(first, raw.shape, strict=True)):
            if n != m and place != axis % len(first):
                return (
                    f"ConcatOp : Dimension {place} in both shapes must be equal: "
                    f"shape[0] = {compact(first)} vs. shape[{i}] = {compact(raw.shape)}"
                )
    return None


@_of("Pack")
def _pack(raws: Any, attrs: dict[str, Any]) -> str:
    for i, raw in enumerate(raws):
        if raw.shape != raws[0].shape:
            return (
                f"Shapes of all inputs must match: values[0].shape = {compact(raws[0].shape)} "
                f"!= values[{i}].shape = {compact(raw.shape)}"
            )
    rank = len(raws[0].shape) + 1
    return f"axis = {attrs.get('axis', 0)} not in [{-rank}, {rank})"


# -- new shapes --------------------------------------------------------------------------------------------------------


@_of("Reshape")
def _reshape(raws: Any, attrs: dict[str, Any]) -> str:
    count, shape = raws[0].numel() if isinstance(raws[0], torch.Tensor) else raws[0].size, attrs["shape"]
    unknown = [i for i, n in enumerate(shape) if n == -1]
    for i, n in enumerate(shape):
        if n < -1:
            return f"Size {i} must be non-negative, not {n}"
    if len(unknown) > 1:
        return f"Only one input size may be -1, not both {unknown[0]} and {unknown[1]}"
    wanted = 1
    for n in shape:
        wanted *= n if n != -1 else 1
    told = f"Input to reshape is a tensor with {count} values, but the requested shape"
    return f"{told} requires a multiple of {wanted}" if unknown else f"{told} has {wanted}"


@_of("Transpose", "ConjugateTranspose")
def _transpose(raws: Any, attrs: dict[str, Any]) -> str | None:
    rank, perm = len(raws[0].shape), attrs["perm"]
    for axis in perm:
        if not 0 <= axis < rank:
            return f"{axis} is out of range [0 .. {rank})"
    missing = sorted(set(range(rank)) - set(perm))
    return f"{missing[0]} is missing from {{{','.join(map(str, perm))}}}." if missing else None


@_of("ExpandDims")
def _expand_dims(raws: Any, attrs: dict[str, Any]) -> str:
    return f"Tried to expand dim index {attrs['dim']} for tensor with {len(raws[0].shape)} dimensions."


# -- indices and axes --------------------------------------------------------------------------------------------------


@_of("GatherV2", "Gather", "ResourceGather")
def _gather(raws: Any, attrs: dict[str, Any]) -> str | None:
    x, indices = raws
    found = first_outside(indices, x.shape[attrs.get("axis", attrs.get("batch_dims", 0))])
    return found and f"indices{found}"


@_of("UnsortedSegmentSum", "UnsortedSegmentProd", "UnsortedSegmentMax", "UnsortedSegmentMin")
def _unsorted_segments(raws: Any, attrs: dict[str, Any]) -> str | None:
    found = first_outside(raws[1].clamp(min=0), attrs["num_segments"])  # what is negative is dropped
    return found and f"segment_ids{found.replace('is not in', 'is out of range')}"


@_of("StridedSlice")
def _strided_slice(raws: Any, attrs: dict[str, Any]) -> str | None:
    shape = raws[0].shape
    shrink = attrs.get("shrink_axis_mask", 0)
    for axis, (index, n) in enumerate(zip(attrs["begin"], shape, strict=False)):
        if shrink >> axis & 1 and not -n <= index < n:
            return f"slice index {index} of dimension {axis} out of bounds."
    return None


@_of("Roll")
def _roll(raws: Any, attrs: dict[str, Any]) -> str | None:
    rank = len(raws[0].shape)
    bad = [axis for axis in attrs["axis"] if not -rank <= axis < rank]
    return f"axis {bad[0]} is out of range" if bad else None


@_of("ArgMax", "ArgMin")
def _arg(raws: Any, attrs: dict[str, Any]) -> str:
    return f"Reduction axis {attrs['dimension']} is empty in shape {compact(raws[0].shape)}"


# -- arithmetic --------------------------------------------------------------------------------------------------------


@_of("FloorDiv", "FloorMod", "TruncateDiv", "TruncateMod", "Mod", "Div")
def _division(raws: Any, attrs: dict[str, Any]) -> str:
    try:
        torch.broadcast_shapes(*[raw.shape for raw in raws])
    except RuntimeError:
        return f"Incompatible shapes: {compact(raws[0].shape)} vs. {compact(raws[1].shape)}"
    return "Integer division by zero"
