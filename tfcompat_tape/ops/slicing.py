"""StridedSlice, the op behind `x[...]`, and its gradient.

TensorFlow says what to take with vectors `begin`, `end`, `strides` and five bit masks; `plan` turns these into what
torch understands. `begin` alone is the short form of `x[i]`, which loops and iteration use most.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.ops.arguments import MOVED
from tfcompat_tape.ops.helpers import by_shape, raw_of, shape_of, unbroadcast
from tfcompat_tape.ops.reinterpret import SIGNED_FORM, moves_elements
from tfcompat_tape.ops.tangents import linear

MASKS = {"begin_mask": 0, "end_mask": 0, "ellipsis_mask": 0, "new_axis_mask": 0, "shrink_axis_mask": 0}


class Plan(NamedTuple):
    """What to take from a tensor of one shape.

    Attributes:
      key: an index that torch understands; its steps are positive.
      flips: axes of the result to reverse.
      shape: shape of the result.
      block: the same part of the tensor as a slice for each axis, also where an integer takes the axis away.
      block_flips: axes of the block to reverse.
      block_shape: its shape.
      pads: how far the block is from both ends of each axis, last axis first; `None` if some step is not 1.
    """

    key: tuple[Any, ...]
    flips: tuple[int, ...]
    shape: tuple[int, ...]
    block: tuple[slice, ...]
    block_flips: tuple[int, ...]
    block_shape: tuple[int, ...]
    pads: tuple[int, ...] | None


@by_shape
def plan(
    shape: tuple[int, ...],
    begin: tuple[int, ...],
    end: tuple[int, ...],
    strides: tuple[int, ...],
    begin_mask: int,
    end_mask: int,
    ellipsis_mask: int,
    new_axis_mask: int,
    shrink_axis_mask: int,
) -> Plan:
    """Read a slice specification, for a tensor of `shape`."""
    entries = len(begin)
    if not entries == len(end) == len(strides):
        raise invalid(
            "StridedSlice: Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
            f"[{len(begin)}], [{len(end)}], and [{len(strides)}] instead."
        )
    ellipsis_mask &= (1 << entries) - 1
    if ellipsis_mask & (ellipsis_mask - 1):
        raise invalid("StridedSlice: multiple ellipses in a slice are not allowed.")
    ellipsis_mask = ellipsis_mask or 1 << entries  # what is not mentioned is taken whole
    named = [i for i in range(entries) if not (ellipsis_mask | new_axis_mask) >> i & 1]
    whole = len(shape) - len(named)
    if whole < 0:
        raise invalid(
            f"StridedSlice: Index out of range using input dim {len(shape)}; input has only {len(shape)} dims: there "
            f"are {len(named)} indices for shape {list(shape)}."
        )

    key: list[Any] = []
    flips: list[int] = []
    result: list[int] = []
    block: list[slice] = []
    block_flips: list[int] = []
    block_shape: list[int] = []
    pads: list[int] | None = []
    for i in range(entries + 1):
        bit = 1 << i
        if ellipsis_mask & bit:
            sizes = shape[len(block) : len(block) + whole]
            parts = [slice(0, n) for n in sizes]
            key += parts
            block += parts
            result += sizes
            block_shape += sizes
            pads = pads if pads is None else [0, 0] * whole + pads
        elif i == entries:
            break
        elif new_axis_mask & bit:
            key.append(None)
            result.append(1)
        elif shrink_axis_mask & bit:
            first = _element(begin[i], strides[i], len(block), shape)
            key.append(first)
            pads = pads if pads is None else [first, shape[len(block)] - first - 1, *pads]
            block.append(slice(first, first + 1))
            block_shape.append(1)
        else:
            size, step = shape[len(block)], strides[i]
            if step == 0:
                raise invalid(f"StridedSlice: strides[{i}] must be non-zero.")
            # Python's own rules for a slice are TensorFlow's.
            given = slice(None if begin_mask & bit else begin[i], None if end_mask & bit else end[i], step)
            if type(size) is torch.SymInt:
                first, stop, n = _steps(given, size)
                taken = None
            else:
                taken = range(size)[given]
                n = len(taken)
            if taken is None and step > 0:
                part = slice(first, stop, step)
            elif not n:
                part = slice(0, 0)
            elif step > 0:
                part = slice(taken[0], taken[-1] + 1, step)
            else:
                lowest = taken[-1] if taken is not None else first + (n - 1) * step
                part = slice(lowest, (taken[0] if taken is not None else first) + 1, -step)
                flips.append(len(result))
                block_flips.append(len(block))
            pads = None if pads is None or abs(step) != 1 else [part.start, size - part.stop, *pads]
            key.append(part)
            block.append(part)
            result.append(n)
            block_shape.append(n)
    return Plan(
        tuple(key),
        tuple(flips),
        tuple(result),
        tuple(block),
        tuple(block_flips),
        tuple(block_shape),
        None if pads is None else tuple(pads),
    )


def _steps(given: slice, size: Any) -> tuple[Any, Any, Any]:
    """Where a slice of an axis, whose size is open in a trace, begins and ends, and how many elements it takes."""
    step = given.step
    low, high = (0, size) if step > 0 else (-1, size - 1)

    def bounded(place: Any, default: Any) -> Any:
        if place is None:
            return default
        if place < 0:
            place = place + size
        return low if place < low else high if place > high else place

    first = bounded(given.start, low if step > 0 else high)
    stop = bounded(given.stop, high if step > 0 else low)
    count = stop - first if step == 1 else (stop - first + step - (1 if step > 0 else -1)) // step
    return (first, first, 0) if count < 0 else (first, stop, count)


def _element(index: int, stride: int, axis: int, shape: tuple[int, ...]) -> int:
    """The position, counted from the front, of the one element that an integer takes from an axis."""
    size = shape[axis]
    if stride < 0:
        raise invalid("StridedSlice: only stride 1 is allowed where an integer takes an axis away.")
    if not -size <= index < size:
        raise invalid(f"StridedSlice: slice index {index} of dimension {axis} out of bounds.")
    return index % size if type(size) is int else index


def _strided_slice(
    x: Any,
    *,
    begin: tuple[int, ...],
    end: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    Index: DType | None = None,
) -> Any:
    if end is None or strides is None:  # `x[i]`
        return x.select(0, begin[0]) if isinstance(x, torch.Tensor) else _string_row(x, begin[0])
    made = plan(
        tuple(x.shape),
        begin,
        end,
        strides,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
    )
    if not isinstance(x, torch.Tensor):
        part = x[(*made.block, ...)]  # an array also where nothing is left to index
        return _strings(np.flip(part, made.block_flips) if made.block_flips else part, made.shape)
    x = x[made.key]
    return x.flip(made.flips) if made.flips else x


def _strings(array: Any, shape: tuple[int, ...]) -> Any:
    """An array of strings (or quantized integers), also of one: NumPy would make that one a scalar."""
    result = np.empty(shape, dtype=array.dtype)
    result[...] = array.reshape(shape)
    return result


def _string_row(array: Any, index: int) -> Any:
    if not array.shape or not -array.shape[0] <= index < array.shape[0]:
        raise invalid(f"StridedSlice: slice index {index} of dimension 0 out of bounds.")
    index %= array.shape[0]
    return _strings(array[index : index + 1], array.shape[1:])


def _strided_slice_grad(
    dy: Any,
    *,
    shape: tuple[int, ...],
    begin: tuple[int, ...],
    end: tuple[int, ...] | None = None,
    strides: tuple[int, ...] | None = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> Any:
    if end is None or strides is None:
        return _select_backward(dy, shape, 0, begin[0])
    made = plan(
        tuple(shape),
        begin,
        end,
        strides,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
    )
    if dy.shape != made.block_shape:
        dy = dy.reshape(made.block_shape)
    if made.block_flips:
        dy = dy.flip(made.block_flips)
    if made.pads is not None:
        return torch.constant_pad_nd(dy, made.pads, 0)
    whole = dy.new_zeros(shape)
    whole[made.block] = dy
    return whole


_select_backward = torch.ops.aten.select_backward.default._op

strided_slice = primitive(
    "StridedSlice", _strided_slice, inputs="input", defaults=MASKS, dtypes=MOVED, keep=Keep.SHAPES
)
strided_slice_grad = primitive(
    "StridedSliceGrad", _strided_slice_grad, inputs="dy", defaults=MASKS, keep=Keep.NOTHING
)


@gradient("StridedSlice")
def _strided_slice_rule(op: Any, dy: Any) -> Any:
    if "Index" in op.attrs:  # of 16 bits: no op that tells the shape of the input gives such numbers
        raise invalid(
            "StridedSlice has a gradient for indices of int32 and int64: Value for attr 'Index' of int16 is not in the "
            "list of allowed values: int32, int64"
        )
    return strided_slice_grad(dy, shape=op.shapes[0], **op.attrs)


@gradient("StridedSliceGrad")
def _strided_slice_grad_rule(op: Any, dy: Any) -> Any:
    attrs = {name: value for name, value in op.attrs.items() if name != "shape"}
    return strided_slice(dy, **attrs)


# -- a slice replaced --------------------------------------------------------------------------------------------------


def spread_over(name: str, value: Any, made: Plan) -> Any:
    """A value for a slice as the block that goes into its place; it broadcasts to the slice."""
    given = tuple(value.shape)
    while len(given) > len(made.shape) and given[0] == 1:
        given = given[1:]
    try:
        value = value.reshape(given)
        value = (
            value.expand(made.shape)
            if isinstance(value, torch.Tensor)
            else np.broadcast_to(value, made.shape)
        )
    except (RuntimeError, ValueError):
        raise invalid(
            f"{name}: Cannot broadcast input shape {compact(value.shape)} into final shape {compact(made.shape)}"
        ) from None
    value = value.reshape(made.block_shape)
    if not made.block_flips:
        return value
    if isinstance(value, torch.Tensor):
        moved = SIGNED_FORM.get(value.dtype, value.dtype)
        return value.view(moved).flip(made.block_flips).view(value.dtype)
    return np.flip(value, made.block_flips)


def _update_kernel(
    x: Any,
    value: Any,
    *,
    begin: tuple[int, ...],
    end: tuple[int, ...],
    strides: tuple[int, ...],
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> Any:
    masks = begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    made = plan(tuple(x.shape), begin, end, strides, *masks)
    block = spread_over("TensorStridedSliceUpdate", value, made)
    changed = x.clone() if isinstance(x, torch.Tensor) else x.copy()
    changed[made.block] = block
    return changed


strided_slice_update = primitive(
    "TensorStridedSliceUpdate",
    _update_kernel,
    inputs="input value",
    defaults=MASKS,
    dtypes=MOVED,
    same=(0, 1),
    keep=Keep.SHAPES,
)


@gradient("TensorStridedSliceUpdate")
def _update_rule(op: Any, dy: Any) -> Any:
    of_x = of_value = None
    if op.needs[0]:
        of_x = strided_slice_update(dy, raw_of(dy).new_zeros(()), **op.attrs)
    if op.needs[1]:
        of_value = strided_slice(dy, **op.attrs)
        if len(op.shapes[1]) > len(shape_of(of_value)):
            raise invalid(
                "TensorStridedSliceUpdate has no gradient for a value with more axes than the slice, as in TensorFlow: "
                f"{compact(op.shapes[1])} and {compact(shape_of(of_value))}. Use tf.reshape on the value."
            )
        of_value = unbroadcast(of_value, op.shapes[1])
    return of_x, of_value


linear("StridedSlice", "StridedSliceGrad", "TensorStridedSliceUpdate")
moves_elements(strided_slice)
