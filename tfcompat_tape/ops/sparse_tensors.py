"""Sparse tensors taken apart and put together: dense, in order, sliced, split, joined, with empty rows filled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import internal, invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import NUMERIC, OPS, Keep, gradient
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.segments import gather_segments
from tfcompat_tape.ops.sparse_indices import (
    WHOLE,
    alike,
    allowed,
    by_bits,
    coordinates,
    dense_sizes,
    elements,
    pick,
    places_in,
    positions,
    sizes,
    sorting,
)


def _total(x: Any) -> Any:
    """The sum of all elements."""
    return OPS["Sum"].call(x, axis=tuple(range(len(shape_of(x)))), keep_dims=False)


# -- dense ------------------------------------------------------------------------------------------------------------


def _rows(indices: Any) -> Any:
    """Coordinates as a matrix: a number or a vector are positions in a vector."""
    return indices.reshape(-1, 1) if indices.dim() < 2 else indices


def _to_dense(
    indices: Any, output_shape: Any, values: Any, default_value: Any, *, validate_indices: bool = True
) -> Any:
    rows = _rows(indices)
    if rows.dim() != 2:
        raise invalid(
            f"sparse_indices should be a scalar, vector, or matrix, got shape {list(indices.shape)}"
        )
    if output_shape.dim() != 1 or output_shape.shape[0] != rows.shape[1]:
        raise invalid(
            f"output_shape has incorrect number of elements: {output_shape.numel()} should be: {rows.shape[1]}"
        )
    if tuple(values.shape) not in ((), (len(rows),)):
        raise invalid(
            f"sparse_values has incorrect shape {compact(list(values.shape))}, should be [] or [{len(rows)}]"
        )
    if default_value.shape:
        raise invalid("default_value should be a scalar.")
    shape = dense_sizes("SparseToDense", output_shape)
    rows = coordinates("SparseToDense", rows, output_shape)
    flat = positions("SparseToDense", rows, shape)
    alike("SparseToDense", indices, output_shape)
    if validate_indices:
        _check_order(rows)
    if isinstance(values, np.ndarray):
        dense = np.full(math.prod(shape), default_value.item(), object)
        dense[flat.numpy()] = values
        return dense.reshape(shape)
    dense = default_value.expand(math.prod(shape))
    return torch.index_put(dense, (flat,), values.expand(len(rows))).reshape(shape)


def _check_order(rows: Any) -> None:
    """InvalidArgumentError for coordinates out of order or repeated."""
    with reading.outside():
        if len(rows) < 2:
            return
        order = sorting(rows)
        same = (rows[1:] == rows[:-1]).all(1)
        wrong = order != torch.arange(len(rows), device=rows.device)
        if not (bool(same.any()) or bool(wrong.any())):
            return
        listed = rows.tolist()
    for i in range(1, len(listed)):
        if listed[i] <= listed[i - 1]:
            what = "repeated" if listed[i] == listed[i - 1] else "out of order"
            advice = (
                ""
                if what == "repeated"
                else (
                    ". Many sparse ops require sorted indices.\n  Use `tf.sparse.reorder` to create a "
                    "correctly ordered copy."
                )
            )
            raise invalid(f"SparseToDense: indices[{i}] = {compact(listed[i])} is {what}{advice}")


sparse_to_dense = primitive(
    "SparseToDense",
    _to_dense,
    inputs="sparse_indices output_shape sparse_values default_value",
    defaults={"validate_indices": True},
    dtypes=WHOLE,
    same=(2, 3),
    keep=Keep.INPUTS,
    keep_inputs=(0, 1),
)


@gradient("SparseToDense")
def _to_dense_rule(op: Any, dy: Any) -> Any:
    output_shape = raw_of(op.inputs[1])
    rows = coordinates("SparseToDense", _rows(raw_of(op.inputs[0])), output_shape)
    flat = positions("SparseToDense", rows, sizes(output_shape), check=False)
    found = elements(dy, flat)
    rest = _total(dy) - _total(found) if op.needs[3] else None
    return None, None, found if len(op.shapes[2]) else _total(found), rest


# -- order and form ---------------------------------------------------------------------------------------------------


def _reorder(indices: Any, values: Any, shape: Any) -> Any:
    order = sorting(coordinates("SparseReorder", indices, shape, values))
    return indices.index_select(0, order), pick(values, order)


sparse_reorder = primitive(
    "SparseReorder",
    _reorder,
    inputs="input_indices input_values input_shape",
    outputs=2,
    dtypes=WHOLE,
    keep=Keep.INPUTS,
    keep_inputs=(0,),
)


@gradient("SparseReorder")
def _reorder_rule(op: Any, _: Any, dy: Any) -> Any:
    indices = raw_of(op.inputs[0])
    with reading.outside():
        back = torch.argsort(sorting(reading.plain(indices)))
    return None, gather_segments(dy, back), None


def _reshape(indices: Any, shape: Any, new_shape: Any) -> Any:
    rows = coordinates("SparseReshape", indices, shape)
    if new_shape.dim() != 1:
        raise invalid(f"Target shape should be a vector but received shape {compact(list(new_shape.shape))}")
    old, new = dense_sizes("SparseReshape", shape), list(sizes(new_shape))
    if list(old) == new:
        return indices.clone(), new_shape.clone()
    open_ = [i for i, size in enumerate(new) if size == -1]
    if len(open_) > 1:
        raise invalid(f"only one output dimension may be -1, not both {open_[0]} and {open_[1]}")
    if any(size < -1 for size in new):
        raise invalid(
            f"size {next(i for i, n in enumerate(new) if n < -1)} must be non-negative, not {min(new)}"
        )
    count = math.prod(old)
    if open_:
        known = math.prod(size for size in new if size != -1)
        if not known:
            raise invalid(
                "reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are "
                "non-zero"
            )
        if count % known:
            raise invalid(
                f"Input to reshape is a SparseTensor with {count} dense values, but the requested shape requires a "
                f"multiple of {known}. input_shape={compact(list(old))} output_shape={compact(new)}"
            )
        new[open_[0]] = count // known
    elif math.prod(new) != count:
        raise invalid(
            f"Input to reshape is a tensor with {count} dense values, but the requested shape has {math.prod(new)}. "
            f"input_shape={compact(list(old))} output_shape={compact(new)}"
        )
    with reading.outside():
        flat = positions("SparseReshape", rows, old, check=False)
        columns = []
        for i in range(len(new)):  # as C does: what is out of range stays so in the first column
            step = math.prod(new[i + 1 :])
            column = torch.div(flat, max(step, 1), rounding_mode="trunc")
            columns.append(column)
            flat = flat - column * step
        moved = torch.stack(columns, 1) if columns else rows.new_zeros((len(rows), 0))
        return moved, torch.tensor(new, dtype=torch.int64, device=indices.device)


sparse_reshape = primitive(
    "SparseReshape",
    _reshape,
    inputs="input_indices input_shape new_shape",
    outputs=2,
    dtypes=WHOLE,
    differentiable=False,
)


# -- parts ------------------------------------------------------------------------------------------------------------


def _slice(indices: Any, values: Any, shape: Any, start: Any, size: Any) -> Any:
    rows = coordinates("SparseSlice", indices, shape, values)
    for what, given in (("start", start), ("size", size)):
        if tuple(given.shape) != (rows.shape[1],):
            raise invalid(
                f"Expected {what} to be a vector of length {rows.shape[1]} but got length {given.numel()}"
            )
    begin, lengths, old = sizes(start), sizes(size), dense_sizes("SparseSlice", shape)
    if any(n < 0 for n in lengths):
        raise invalid(f"Expected a non-negative size, got {min(lengths)}")
    with reading.outside():
        first = torch.tensor(begin, dtype=torch.int64, device=rows.device)
        last = first + torch.tensor(lengths, dtype=torch.int64, device=rows.device)
        kept = ((rows >= first) & (rows < last)).all(1).nonzero().reshape(-1)
        moved = rows[kept] - first
    new = [max(0, min(n, have - at)) for n, have, at in zip(lengths, old, begin, strict=True)]
    return moved, pick(values, kept), torch.tensor(new, dtype=torch.int64, device=rows.device)


sparse_slice = primitive(
    "SparseSlice",
    _slice,
    inputs="indices values shape start size",
    outputs=3,
    dtypes=WHOLE,
    keep=Keep.BOTH,
)


@gradient("SparseSlice")
def _slice_rule(op: Any, _: Any, dy: Any, __: Any) -> Any:
    indices, start, found = (raw_of(x) for x in (op.inputs[0], op.inputs[3], op.outputs[0]))
    return None, _sliced_back(dy, indices, start, found), None, None, None


def _sliced_back(dy: Any, indices: Any, start: Any, found: Any) -> Any:
    with reading.outside():
        moved = reading.plain(indices) - reading.plain(start)
    return gather_segments(dy, places_in(found, moved))


def _slice_grad(dy: Any, indices: Any, start: Any, found: Any) -> Any:
    if indices.dim() != 2 or tuple(start.shape) != (indices.shape[1],):
        raise invalid(
            f"Expected input_start to be a vector of length {indices.shape[-1]} but got length {start.numel()}"
        )
    if dy.dim() != 1 or len(dy) != len(found):
        raise invalid(
            f"The number of elements in backprop_val_grad and output_indices must be the same: {list(dy.shape)} and "
            f"{list(found.shape)}"
        )
    allowed("SparseSliceGrad", dy, NUMERIC)
    return _sliced_back(dy, indices, start, found)


sparse_slice_grad = primitive(
    "SparseSliceGrad", _slice_grad, inputs="backprop_val_grad input_indices input_start output_indices"
)


def _split(axis: Any, indices: Any, values: Any, shape: Any, *, num_split: int) -> Any:
    rows = coordinates("SparseSplit", indices, shape, values)
    at, rank, old = reading.item(axis), rows.shape[1], list(dense_sizes("SparseSplit", shape))
    if not -rank <= at < rank:
        raise invalid(f"Input axis should be in range [-{rank}, {rank}), got {at}")
    at %= rank
    if not 1 <= num_split <= old[at]:
        raise invalid(
            f"Input num_split should be between 1 and the splitting dimension size ({old[at]}), got {num_split}"
        )
    positions("SparseSplit", rows, tuple(old))
    whole, more = divmod(old[at], num_split)
    parts: list[list[Any]] = [[], [], []]
    start = 0
    for i in range(num_split):
        length = whole + (i < more)
        with reading.outside():
            kept = ((rows[:, at] >= start) & (rows[:, at] < start + length)).nonzero().reshape(-1)
            moved = rows[kept]
            moved[:, at] -= start
        size = torch.tensor([*old[:at], length, *old[at + 1 :]], dtype=torch.int64, device=rows.device)
        for column, part in zip(parts, (moved, pick(values, kept), size), strict=True):
            column.append(part)
        start += length
    return tuple(part for column in parts for part in column)


sparse_split = primitive(
    "SparseSplit", _split, inputs="split_dim indices values shape", outputs=0, dtypes=WHOLE
)


def _concat(*tensors: Any, concat_dim: int) -> Any:
    count = len(tensors) // 3
    if not count:
        raise invalid("SparseConcat: there must be at least one sparse tensor.")
    all_values, shapes = tensors[count : 2 * count], tensors[2 * count :]
    rows = [
        coordinates("SparseConcat", *parts) for parts in zip(tensors[:count], shapes, all_values, strict=True)
    ]
    for values in all_values:
        if values.dtype != all_values[0].dtype:
            raise invalid(
                f"SparseConcat: values are {all_values[0].dtype} and {values.dtype}; cast them first."
            )
    old = [sizes(shape) for shape in shapes]
    rank = len(old[0])
    for i, shape in enumerate(old):
        if len(shape) != rank:
            raise invalid(
                f"Ranks of all input tensors must match: expected {rank} but got {len(shape)} at position {i}"
            )
    if not -rank <= concat_dim < rank:
        raise invalid(f"Concat dimension must be in range [-{rank}, {rank}), got {concat_dim}")
    at = concat_dim % rank
    for shape in old:
        for axis in range(rank):
            if axis != at and shape[axis] != old[0][axis]:
                raise invalid(
                    f"Input shapes must match: expected {old[0][axis]} for dimension {axis} but got {shape[axis]}"
                )
    with reading.outside():
        start, moved = 0, []
        for part, shape in zip(rows, old, strict=True):
            shift = torch.zeros(rank, dtype=torch.int64, device=part.device)
            shift[at] = start
            moved.append(part + shift)
            start += shape[at]
        joined = torch.cat(moved)
        order = sorting(joined)
        found = joined[order]
    if isinstance(all_values[0], np.ndarray):
        together: Any = np.concatenate(all_values)
    else:
        together = torch.cat(all_values)
    whole = [*old[0][:at], start, *old[0][at + 1 :]]
    if min(whole, default=0) < 0 or math.prod(whole) >= 2**63:
        raise internal(f"SparseConcat: {compact(whole)} is no shape of a tensor.")
    new = torch.tensor(whole, dtype=torch.int64, device=found.device)
    return found, pick(together, order), new


sparse_concat = primitive(
    "SparseConcat", _concat, inputs="*tensors", outputs=3, dtypes=WHOLE, differentiable=False
)


# -- empty rows -------------------------------------------------------------------------------------------------------


def _fill_empty_rows(indices: Any, values: Any, shape: Any, default_value: Any) -> Any:
    rows = coordinates("SparseFillEmptyRows", indices, shape, values)
    if default_value.shape:
        raise invalid(f"default_value must be a scalar, saw: {compact(list(default_value.shape))}")
    if not rows.shape[1]:
        raise invalid("SparseFillEmptyRows: Dense shape cannot be empty.")
    count = sizes(shape)[0]
    with reading.outside():
        first = rows[:, 0]
        wrong = ((first < 0) | (first >= count)).nonzero().reshape(-1)
        if len(wrong):
            raise invalid(f"indices({int(wrong[0])}, 0) is invalid: {int(first[wrong[0]])} >= {count}")
        empty = torch.bincount(first, minlength=count)[:count] == 0
        made = rows.new_zeros((int(empty.sum()), rows.shape[1]))
        made[:, 0] = empty.nonzero().reshape(-1)
        order = torch.argsort(torch.cat([first, made[:, 0]]), stable=True)
        found = torch.cat([rows, made])[order]
        where = torch.argsort(order)[: len(rows)]
    if isinstance(values, np.ndarray):
        both: Any = np.concatenate([values, np.full(len(made), default_value.item(), object)])
    else:
        both = torch.cat([values, default_value.expand(len(made))])
    return found, pick(both, order), empty, where


sparse_fill_empty_rows = primitive(
    "SparseFillEmptyRows",
    _fill_empty_rows,
    inputs="indices values dense_shape default_value",
    outputs=4,
    dtypes=WHOLE,
    same=(1, 3),
    keep=Keep.OUTPUTS,
)


@gradient("SparseFillEmptyRows")
def fill_empty_rows_rule(op: Any, _: Any, dy: Any, *__: Any) -> Any:
    found = gather_segments(dy, raw_of(op.outputs[3]))
    return None, found, None, _total(dy) - _total(found)


def _fill_empty_rows_grad(where: Any, dy: Any) -> Any:
    allowed("SparseFillEmptyRowsGrad", dy, NUMERIC, missing=True)
    if where.dim() != 1 or dy.dim() != 1:
        raise invalid("reverse_index_map and grad_values must be vectors")
    with reading.outside():
        plain = reading.plain(where)
        if bool(((plain < 0) | (plain >= len(dy))).any()):
            raise invalid(f"Elements in reverse index must be in [0, {len(dy)})")
    found = dy.index_select(0, where)
    with reading.outside():
        rest = torch.ones(len(dy), dtype=torch.bool, device=dy.device).index_fill(0, plain, False)
    return found, torch.where(rest, dy, 0).sum(dtype=dy.dtype)


sparse_fill_empty_rows_grad = primitive(
    "SparseFillEmptyRowsGrad", _fill_empty_rows_grad, inputs="reverse_index_map grad_values", outputs=2
)


def _middle(count: int) -> range:
    return range(count // 3, 2 * count // 3)


for _name in ("SparseToDense", "SparseReorder", "SparseSlice", "SparseFillEmptyRows"):
    by_bits(_name)
for _name in ("SparseSplit", "SparseConcat"):
    by_bits(_name, _middle)
by_bits("SparseFillEmptyRowsGrad", lambda count: range(count))
