"""Reductions over axes. `axis` is a tuple of ints, or `None` for all axes; an empty tuple reduces nothing."""

from __future__ import annotations

from math import prod as product
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.registry import (
    BOOL,
    COMPLEX,
    HALVES,
    INEXACT,
    NUMERIC,
    OPS,
    REALS,
    Keep,
    gradient,
    jvp,
)
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul, real_div
from tfcompat_tape.ops.helpers import conj, dtype_of, raw_of, shape_of
from tfcompat_tape.ops.tangents import linear
from tfcompat_tape.ops.wide import bits, highest, lowest, ordered, unordered

_ATTRS = {"axis": None, "keep_dims": False}


def _sum_kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
    dtype = x.dtype
    if dtype in INEXACT:
        if axis is None and not keep_dims:
            return x.sum()
        return torch.sum(x, axis, keep_dims) if axis != () else x
    if axis == ():
        return x
    return torch.sum(bits(x), axis, keep_dims).to(dtype)


def _mean_kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
    dtype = x.dtype
    if axis == ():
        return x
    count = x.numel() if axis is None else _count(x.shape, axis)
    if dtype in INEXACT:
        total = x.sum() if axis is None and not keep_dims else torch.sum(x, axis, keep_dims)
        if dtype in HALVES:
            return total / count
        if (
            dtype in COMPLEX and not x.numel()
        ):  # the complex mean of nothing is 0 in TensorFlow, the real one NaN
            return total
        return total / number(count, dtype)
    total = torch.sum(bits(x).to(torch.int64), axis, keep_dims)
    if count == 0:
        return total.to(dtype)
    if dtype is torch.uint64:
        return _unsigned_quotient(total, count).to(dtype)
    return torch.div(total, count, rounding_mode="trunc").to(dtype)


def _unsigned_quotient(total: Any, count: int) -> Any:
    """`total // count` of int64 bits read as uint64: half of it is not negative, the rest is less than 2 * count."""
    half = (total >> 1) & highest(torch.int64)
    quotient = 2 * torch.div(half, count, rounding_mode="floor")
    return quotient + torch.div(total - quotient * count, count, rounding_mode="floor")


def _prod_kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
    dtype = x.dtype
    y = bits(x)
    if axis is None and not keep_dims:
        y = torch.prod(y)
    else:
        for i in sorted([a % x.dim() for a in _checked(axis, x.dim())], reverse=True):
            y = torch.prod(y, i, keep_dims)
    return y.to(dtype)


def _checked(axis: Any, rank: int) -> tuple[int, ...]:
    """`axis` as a tuple; IndexError or ValueError where torch would not notice."""
    if axis is None:
        return tuple(range(rank))
    for a in axis:
        if not -rank <= a < rank:
            raise IndexError(f"invalid reduction dimension {a} for an input of rank {rank}")
    if len({a % rank for a in axis}) != len(axis):
        raise ValueError(f"axes contain a duplicate dimension: {tuple(axis)}")
    return tuple(axis)


def _extremum(reduce: Any, empty: Any) -> Any:
    """The kernel of Max or Min; `empty(dtype)` is the answer for no elements."""

    def kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
        if axis == ():
            return x
        dtype = x.dtype
        if x.numel() == 0:
            shape = reduced_shape(x.shape, _checked(axis, x.dim()), keep_dims)
            return torch.full(shape, empty(dtype), dtype=dtype, device=x.device)
        return unordered(reduce(ordered(x), () if axis is None else axis, keep_dims), dtype)

    return kernel


def _max_of_none(dtype: torch.dtype) -> Any:
    return -float("inf") if dtype.is_floating_point else lowest(dtype)


def _min_of_none(dtype: torch.dtype) -> Any:
    return float("inf") if dtype.is_floating_point else highest(dtype)


def _logical(reduce: Any) -> Any:
    def kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
        return reduce(x, dim=axis, keepdim=keep_dims) if axis != () else x

    return kernel


def _euclidean_kernel(x: Any, *, axis: Any = None, keep_dims: bool = False) -> Any:
    squares = (x * x.conj()) if x.is_complex() else torch.square(bits(x).to(torch.int64) if _is_int(x) else x)
    if not _is_int(x):
        return _sum_kernel(squares, axis=axis, keep_dims=keep_dims).sqrt()
    total = _sum_kernel(squares, axis=axis, keep_dims=keep_dims).to(x.dtype)  # wraps around as the dtype does
    return bits(total).to(torch.float64).sqrt().to(x.dtype)


def _is_int(x: Any) -> bool:
    return x.dtype not in INEXACT


def _reduction(name: str, kernel: Any, dtypes: Any = NUMERIC, keep: Keep = Keep.BOTH, **options: Any) -> Any:
    return primitive(name, kernel, inputs="input", defaults=_ATTRS, dtypes=dtypes, keep=keep, **options)


sum_ = _reduction("Sum", _sum_kernel, keep=Keep.SHAPES)
mean = _reduction("Mean", _mean_kernel, keep=Keep.SHAPES)
prod = _reduction("Prod", _prod_kernel, keep=Keep.INPUTS)
max_ = _reduction("Max", _extremum(torch.amax, _max_of_none), REALS)
min_ = _reduction("Min", _extremum(torch.amin, _min_of_none), REALS)
euclidean_norm = _reduction("EuclideanNorm", _euclidean_kernel)
all_ = _reduction("All", _logical(torch.all), BOOL, differentiable=False)
any_ = _reduction("Any", _logical(torch.any), BOOL, differentiable=False)


def reduced_shape(shape: Any, axis: Any, keep_dims: bool) -> tuple[int, ...]:
    """The shape of a reduction over the axes `axis`."""
    axes = range(len(shape)) if axis is None else [a % len(shape) for a in axis]
    if keep_dims:
        return tuple([1 if i in axes else size for i, size in enumerate(shape)])
    return tuple([size for i, size in enumerate(shape) if i not in axes])


def _count(shape: Any, axis: Any) -> int:
    """How many elements go into one element of the result."""
    return product(shape) if axis is None else product([shape[a] for a in axis])


def _kept(op: Any, x: Any) -> Any:
    """`x`, of the result's shape, so that it broadcasts against the input: the reduced axes are back, with size 1."""
    attrs = op.attrs
    axis = attrs.get("axis")
    if axis is None or attrs.get("keep_dims"):
        return x  # a scalar broadcasts as it is
    kept = reduced_shape(op.shapes[0], axis, True)
    return x.reshape(kept) if type(x) is not Tensor else OPS["Reshape"].call(x, shape=kept)


def _spread(op: Any, dy: Any) -> Any:
    """`dy` repeated along the reduced axes."""
    shape = op.shapes[0]
    dy = _kept(op, dy)
    return dy.expand(shape) if type(dy) is not Tensor else OPS["BroadcastTo"].call(dy, shape=tuple(shape))


@gradient("Sum")
def _sum(op: Any, dy: Any) -> Any:
    return _spread(op, dy)


@gradient("Mean")
def _mean(op: Any, dy: Any) -> Any:
    shape = op.shapes[0]
    axis = op.attrs.get("axis")
    count = _count(shape, axis)
    if axis is None and type(dy) is not Tensor:  # what most losses end with
        return (dy / number(count, dy.dtype)).expand(shape)
    return _spread(op, dy / number(count, dtype_of(dy)))


linear("Sum")


@jvp("Mean")
def _mean_jvp(op: Any, t: Any) -> Any:
    """The mean of the tangents; of none it is 0, as in TensorFlow, which divides before it sums."""
    return mean(t, **op.attrs) if op.shapes[0].numel() else sum_(t, **op.attrs)


def _shares(op: Any) -> torch.Tensor:
    """Raw: the extremal elements have equal shares, which sum to 1; the others 0."""
    x = raw_of(op.inputs[0])
    axis = op.attrs.get("axis")
    ties = (_kept(op, raw_of(op.outputs[0])) == x).to(x.dtype)
    share: torch.Tensor = ties / _sum_kernel(ties, axis=axis, keep_dims=axis is not None)
    return share


@gradient("Max", "Min")
def _max_min(op: Any, dy: Any) -> Any:
    return mul(_kept(op, dy), _shares(op))


@jvp("Max", "Min")
def _max_min_jvp(op: Any, t: Any) -> Any:
    return sum_(mul(t, _shares(op)), **op.attrs)


def _others(op: Any) -> Any:
    """For each element the product of all the others, without dividing: exact where factors are zero."""
    x = op.inputs[0]
    cumprod, transpose, reshape = OPS["Cumprod"].call, OPS["Transpose"].call, OPS["Reshape"].call
    shape = tuple(shape_of(x))
    axis = _checked(op.attrs.get("axis"), len(shape))
    axes = [a % len(shape) for a in axis]
    if len(axes) == 1:
        left = cumprod(x, axis=axes[0], exclusive=True)
        right = cumprod(x, axis=axes[0], exclusive=True, reverse=True)
        return mul(left, right)
    else:  # one row for each product
        perm = axes + [i for i in range(len(shape)) if i not in axes]
        moved = tuple([shape[i] for i in perm])
        rows = (_count(shape, axes), product(moved[len(axes) :]))
        y = reshape(transpose(x, perm=tuple(perm)), shape=rows)
        left = cumprod(y, axis=0, exclusive=True)
        right = cumprod(y, axis=0, exclusive=True, reverse=True)
        others = reshape(mul(left, right), shape=moved)
        return transpose(others, perm=tuple([perm.index(i) for i in range(len(shape))]))


@gradient("Prod")
def _prod(op: Any, dy: Any) -> Any:
    return mul(_kept(op, dy), conj(_others(op)))


@jvp("Prod")
def _prod_jvp(op: Any, t: Any) -> Any:
    return sum_(mul(t, _others(op)), **op.attrs)


@gradient("EuclideanNorm")
def _euclidean(op: Any, dy: Any) -> Any:
    return real_div(op.inputs[0], real_div(_kept(op, op.outputs[0]), _kept(op, dy)))


@jvp("EuclideanNorm")
def _euclidean_jvp(op: Any, t: Any) -> Any:
    """Divided twice by the norm and multiplied again, as the transpose has it: NaN where the norm is infinite."""
    y = _kept(op, op.outputs[0])
    return sum_(real_div(mul(t, conj(real_div(op.inputs[0], y))), y), **op.attrs) * op.outputs[0]
