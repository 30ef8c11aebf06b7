"""Scatters: ScatterNd, which builds a tensor from scattered updates, and the TensorScatter ops, which change a copy.

Coordinates out of range raise InvalidArgumentError on the CPU and are passed over on a GPU, as in TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.registry import COMPLEX, HALVES, Keep, gradient, jvp
from tfcompat_tape.ops.arguments import VALUES
from tfcompat_tape.ops.bounds import coordinates, index_dtype
from tfcompat_tape.ops.gathering import gather_nd
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.reinterpret import SIGNED_FORM, by_signed
from tfcompat_tape.ops.tangents import multilinear, zeros_of

# combine(matrix, positions, rows): a matrix in which rows at positions are combined with new ones
Combine = Callable[[Any, Any, Any], Any]


def _sum_rows(matrix: Any, flat: Any, rows: Any) -> Any:
    if isinstance(matrix, np.ndarray):  # the sum of strings is one after the other
        result = matrix.copy()
        np.add.at(result, flat.numpy(), rows)
        return result
    if rows.dtype in HALVES:  # as in TensorFlow each sum is rounded; index_add has wider ones on the way
        return torch.index_put(matrix, (flat,), rows, accumulate=True)
    return torch.index_add(matrix, 0, flat, rows)


def _subtract_rows(matrix: Any, flat: Any, rows: Any) -> Any:
    if rows.dtype in HALVES:
        return torch.index_put(matrix, (flat,), -rows, accumulate=True)
    return torch.index_add(matrix, 0, flat, rows, alpha=-1)


def _put_rows(matrix: Any, flat: Any, rows: Any) -> Any:
    if isinstance(matrix, np.ndarray):
        result = matrix.copy()
        result[flat.numpy()] = rows
        return result
    return torch.index_put(matrix, (flat,), rows)


def _reduce_rows(how: str) -> Combine:
    worst = -math.inf if how == "amax" else math.inf

    def combine(matrix: Any, flat: Any, rows: Any) -> Any:
        if rows.is_floating_point():  # NaN is never the greater or the lesser one
            rows = torch.where(rows.isnan(), worst, rows)
        return torch.scatter_reduce(matrix, 0, flat.unsqueeze(1).expand(rows.shape), rows, how)

    return combine


def scatter(
    name: str, x: Any, indices: Any, updates: Any, combine: Combine, policy: str = "", output: str = "tensor"
) -> Any:
    """`x` with `updates` combined into it at the coordinates in the last axis of `indices`."""
    indices = index_dtype(name, indices)
    if indices.dim() == 1 and not indices.numel() and 0 in x.shape and updates.shape == x.shape:
        return x  # nothing into nothing
    if indices.dim() < 2:
        raise invalid(
            f"{name}: indices must have at least two axes, coordinates in the last, got {list(indices.shape)}."
        )
    if not updates.shape:
        raise invalid(f"{name}: updates must have at least one axis.")
    shape = tuple(x.shape)
    depth = indices.shape[-1]
    if not depth and (indices.shape[0] or 0 not in shape):
        raise invalid(f"{name}: coordinates must be of 1 or more numbers, got indices {list(indices.shape)}.")
    if depth > len(shape) or tuple(updates.shape) != tuple(indices.shape[:-1]) + shape[depth:]:
        raise invalid(
            f"{name}: updates of shape {list(updates.shape)} do not fit indices of shape {list(indices.shape)} and a "
            f"{output} of shape {list(shape)}: expected {[*indices.shape[:-1], *shape[depth:]]}."
        )
    if not math.prod(shape):
        if indices.numel():
            raise invalid(f"{name}: there are indices, but the {output} of shape {list(shape)} is empty.")
        return x
    flat, inside = coordinates(indices, shape[:depth], name, policy)
    rows = updates.reshape(flat.shape[0], math.prod(shape[depth:]))
    matrix = x.reshape(math.prod(shape[:depth]), math.prod(shape[depth:]))
    if inside is not None:  # a last row of its own for what belongs nowhere
        spare = torch.cat([matrix, matrix.new_zeros((1, matrix.shape[1]))])
        return combine(spare, torch.where(inside, flat, matrix.shape[0]), rows)[:-1].reshape(shape)
    return combine(matrix, flat, rows).reshape(shape)


def _scatter_nd(indices: Any, updates: Any, *, shape: tuple[int, ...], bad_indices_policy: str = "") -> Any:
    if isinstance(updates, np.ndarray):
        zeros = np.full(shape, b"", dtype=object)
        return scatter("ScatterNd", zeros, indices, updates, _sum_rows, bad_indices_policy, "result")
    zeros = updates.new_zeros(shape)
    combine = _sum_rows if updates.dtype is not torch.bool else _reduce_rows("amax")
    return scatter("ScatterNd", zeros, indices, updates, combine, bad_indices_policy, "result")


scatter_nd = primitive(
    "ScatterNd",
    _scatter_nd,
    inputs="indices updates",
    defaults={"bad_indices_policy": ""},
    keep=Keep.INPUTS,
    keep_inputs=(0,),
)
scatter_nd.op.fallback = by_signed(_scatter_nd)


@gradient("ScatterNd")
def _scatter_nd_rule(op: Any, dy: Any) -> Any:
    return None, gather_nd(dy, op.inputs[0], bad_indices_policy=op.get_attr("bad_indices_policy"))


multilinear("ScatterNd", of=(1,))

# -- a copy of a tensor, changed at coordinates ------------------------------------------------------------------------


def _wide_unsigned(function: Any) -> Any:
    """A fallback by NumPy for unsigned integers that torch cannot compare."""

    def combine(matrix: Any, flat: Any, rows: Any) -> Any:
        result = matrix.cpu().numpy().copy()
        function.at(result, flat.cpu().numpy(), rows.cpu().numpy())
        return torch.from_numpy(result).to(matrix.device)

    return combine


def _tensor_scatter(
    name: str, combine: Combine, *, fallback: Any, lacking: Any, keep: Keep, kept: Any = None
) -> Any:
    def kernel(x: Any, indices: Any, updates: Any, *, bad_indices_policy: str = "") -> Any:
        if x.dtype in lacking:
            raise not_found(f"Could not find device for node: {name} has no kernel for {x.dtype}.")
        return scatter(name, x, indices, updates, combine, bad_indices_policy)

    call = primitive(
        name,
        kernel,
        inputs="tensor indices updates",
        defaults={"bad_indices_policy": ""},
        dtypes=VALUES,
        same=(0, 2),
        keep=keep,
        keep_inputs=kept,
    )
    call.op.fallback = fallback(name, kernel)
    return call


def _signed(name: str, kernel: Any) -> Any:
    return by_signed(kernel)


def _compared(function: Any) -> Any:
    return lambda name, kernel: on_numpy(name, function)


def on_numpy(name: str, function: Any) -> Any:
    """The fallback of the op `name` that combines by a function of NumPy what torch cannot: unsigned integers."""

    def fallback(x: Any, indices: Any, updates: Any, *, bad_indices_policy: str = "") -> Any:
        if x.dtype not in SIGNED_FORM:
            return NotImplemented
        return scatter(name, x, indices, updates, _wide_unsigned(function), bad_indices_policy)

    return fallback


_NO_SUM = frozenset({torch.bool, np.dtype(object)})
_NO_ORDER = _NO_SUM | COMPLEX

tensor_scatter_update = _tensor_scatter(
    "TensorScatterUpdate", _put_rows, fallback=_signed, lacking=frozenset(), keep=Keep.INPUTS, kept=(1,)
)
tensor_scatter_add = _tensor_scatter(
    "TensorScatterAdd", _sum_rows, fallback=_signed, lacking=_NO_SUM, keep=Keep.INPUTS, kept=(1,)
)
tensor_scatter_sub = _tensor_scatter(
    "TensorScatterSub", _subtract_rows, fallback=_signed, lacking=_NO_SUM, keep=Keep.INPUTS, kept=(1,)
)
tensor_scatter_max = _tensor_scatter(
    "TensorScatterMax",
    _reduce_rows("amax"),
    fallback=_compared(np.maximum),
    lacking=_NO_ORDER,
    keep=Keep.BOTH,
)
tensor_scatter_min = _tensor_scatter(
    "TensorScatterMin",
    _reduce_rows("amin"),
    fallback=_compared(np.minimum),
    lacking=_NO_ORDER,
    keep=Keep.BOTH,
)
scatter_non_aliasing_add = _tensor_scatter(
    "ScatterNdNonAliasingAdd", _sum_rows, fallback=_signed, lacking=_NO_SUM, keep=Keep.INPUTS, kept=(1,)
)


@gradient("TensorScatterAdd", "ScatterNdNonAliasingAdd")
def _add_rule(op: Any, dy: Any) -> Any:
    return dy, None, gather_nd(dy, op.inputs[1], **op.attrs) if op.needs[2] else None


@gradient("TensorScatterSub")
def _sub_rule(op: Any, dy: Any) -> Any:
    return dy, None, -gather_nd(dy, op.inputs[1], **op.attrs) if op.needs[2] else None


@gradient("TensorScatterUpdate")
def _update_rule(op: Any, dy: Any) -> Any:
    indices = op.inputs[1]
    dx = None
    if op.needs[0]:
        dx = tensor_scatter_update(dy, indices, raw_of(dy).new_zeros(op.shapes[2]), **op.attrs)
    return dx, None, gather_nd(dy, indices, **op.attrs) if op.needs[2] else None


# Where several updates meet, the transposes add them up; so do the JVPs.


@jvp("TensorScatterAdd", "ScatterNdNonAliasingAdd")
def _add_jvp(op: Any, t: Any, _: Any, dupdates: Any) -> Any:
    return _sum(t, _scattered(op, dupdates))


@jvp("TensorScatterSub")
def _sub_jvp(op: Any, t: Any, _: Any, dupdates: Any) -> Any:
    scattered = _scattered(op, dupdates)
    return _sum(t, None if scattered is None else -scattered)


@jvp("TensorScatterUpdate")
def _update_jvp(op: Any, t: Any, _: Any, dupdates: Any) -> Any:
    if t is not None:
        t = tensor_scatter_update(t, op.inputs[1], zeros_of(t, op.shapes[2]), **op.attrs)
    return _sum(t, _scattered(op, dupdates))


def _scattered(op: Any, dupdates: Any) -> Any:
    """The tangent of the updates in its places, 0 elsewhere."""
    if dupdates is None:
        return None
    return scatter_nd(op.inputs[1], dupdates, shape=tuple(op.shapes[0]), **op.attrs)


def _sum(x: Any, y: Any) -> Any:
    if x is None or y is None:
        return y if x is None else x
    return x + y


@gradient("TensorScatterMax", "TensorScatterMin")
def _extremum_rule(op: Any, dy: Any) -> Any:
    """Whoever attained the extremum shares its cotangent evenly."""
    indices = op.inputs[1]
    x, rows, updates, output = (
        raw_of(op.inputs[0]),
        raw_of(indices),
        raw_of(op.inputs[2]),
        raw_of(op.outputs[0]),
    )
    dtype = dtype_of(dy)
    from_x = (x == output).to(dtype)
    from_updates = (updates == gather_nd(output, rows, **op.attrs)).to(dtype)
    count = from_x + scatter_nd(rows, from_updates, shape=tuple(output.shape), **op.attrs)
    share = dy / count
    return (
        share * from_x if op.needs[0] else None,
        None,
        gather_nd(share, indices, **op.attrs) * from_updates if op.needs[2] else None,
    )
