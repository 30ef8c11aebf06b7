"""What the operators share: parameters as they are kept, batches that broadcast, solving, checks of entries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.arrays.inspection import broadcast_static_shape
from tfcompat_tape.arrays.shaping import broadcast_to, expand_dims
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.debugging import assert_equal, assert_less
from tfcompat_tape.linalg.solving import cholesky_solve, solve, triangular_solve
from tfcompat_tape.linalg.structure import adjoint as adjoint_of
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.complex_numbers import conj, imag
from tfcompat_tape.math.reductions import reduce_prod, reduce_sum


def parameter(value: Any, dtype: DType | None = None) -> Any:
    """A parameter as an operator keeps it: a Variable itself, so that it is read at each use, all else as a Tensor."""
    return value if hasattr(value, "_read") else convert(value, dtype)


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a parameter."""
    return tuple(value.shape.as_list())


def turned(x: Any, adjoint: bool) -> Any:
    """The conjugate transpose of `x` where that is asked for."""
    return adjoint_of(x) if adjoint else x


def conjugated(x: Any, adjoint: bool) -> Any:
    """The conjugate of `x` where that is asked for."""
    return conj(x) if adjoint else x


def column(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return expand_dims(x, -1)


def batch_of(*shapes: Any) -> tuple[int, ...]:
    """The shape that batch shapes broadcast to; ValueError if they do not."""
    found = TensorShape([])
    for shape in shapes:
        found = broadcast_static_shape(found, TensorShape(list(shape)))
    return tuple(found.as_list())


def with_batch(x: Any, batch: tuple[int, ...], rank: int = 2) -> Any:
    """`x` broadcast along all axes but the last `rank`."""
    shape = (*batch, *shape_of(x)[len(shape_of(x)) - rank :])
    return x if shape_of(x) == shape else broadcast_to(x, shape)


def _agreeing(matrix: Any, rhs: Any) -> tuple[Any, Any]:
    batch = batch_of(shape_of(matrix)[:-2], shape_of(rhs)[:-2])
    return with_batch(matrix, batch), with_batch(rhs, batch)


def solve_dense(matrix: Any, rhs: Any, adjoint: bool = False) -> Any:
    """Solutions of `matrix X = rhs`, the batches broadcast."""
    matrix, rhs = _agreeing(matrix, rhs)
    return solve(matrix, rhs, adjoint=adjoint)


def solve_factored(factor: Any, rhs: Any) -> Any:
    """Solutions from a Cholesky factor, the batches broadcast."""
    factor, rhs = _agreeing(factor, rhs)
    return cholesky_solve(factor, rhs)


def solve_triangular(matrix: Any, rhs: Any, adjoint: bool = False) -> Any:
    """Solutions with lower triangular matrices, the batches broadcast."""
    return triangular_solve(matrix, rhs, lower=True, adjoint=adjoint)


def count(value: Any, what: str) -> int:
    """A number of rows or columns: an integer scalar that is not negative."""
    number = _integers(value, what)
    if number.ndim:
        raise ValueError(f"Argument {what} must be a 0-D Tensor.  Found: {value}")
    if int(number) < 0:
        raise ValueError(f"Argument {what} must be non-negative.  Found: {value}")
    return int(number)


def counts(value: Any, what: str) -> tuple[int, ...]:
    """A batch shape: a vector of integers that are not negative."""
    numbers = _integers(value, what)
    if numbers.ndim != 1:
        raise ValueError(f"Argument {what} must be a 1-D Tensor.  Found: {value}")
    shape = tuple(int(n) for n in numbers)
    if any(n < 0 for n in shape):
        raise ValueError(f"Argument {what} must be non-negative.  Found:{value}")
    return shape


def _integers(value: Any, what: str) -> Any:
    if hasattr(value, "_read"):
        raise TypeError(f"Argument {what} cannot be reference type. Found: {type(value)}.")
    if isinstance(value, TensorShape):
        value = value.as_list()
    found = convert(value)
    numbers = found.numpy()
    if not numbers.size:
        return numbers.astype("int32")
    if not found.dtype.is_integer:
        raise TypeError(f"Argument {what} must be integer type.  Found: {value}")
    return numbers


def assert_no_zeros(x: Any, message: str) -> None:
    """Raise InvalidArgumentError if an entry of `x` is zero, complex ones by their modulus."""
    size = modulus(x)
    assert_less(zeros([], dtype=size.dtype), size, message=message)


def imaginary_part(x: Any) -> Any:
    """The imaginary part, zero of what is real."""
    return imag(x) if x.dtype.is_complex else zeros(shape_of(x), dtype=x.dtype)


def product(factors: Any) -> Any:
    """The product of tensors, one at a time."""
    first, *rest = factors
    for factor in rest:
        first = first * factor
    return first


def size_as(number: int, dtype: DType) -> Any:
    """A number of rows as a scalar of `dtype`."""
    return cast(convert(number), dtype)


def sum_last(x: Any, keepdims: bool = False) -> Any:
    """Sums along the last axis."""
    return reduce_sum(x, axis=-1, keepdims=keepdims)


def prod_last(x: Any) -> Any:
    """Products along the last axis."""
    return reduce_prod(x, axis=-1)


def parity(permutations: torch.Tensor) -> torch.Tensor:
    """Whether permutations along the last axis are odd."""
    n = permutations.shape[-1]
    later = torch.ones(n, n, dtype=torch.bool, device=permutations.device).triu(1)
    inverted = permutations.unsqueeze(-1) > permutations.unsqueeze(-2)
    return (inverted & later).sum((-2, -1)) % 2 == 1


# -- slices of batches ----------------------------------------------------------------------------


def sequence(operators: Any) -> list[Any]:
    """Operators in a list of their own; TypeError for one operator, which is iterable where it has a batch."""
    if isinstance(operators, (list, tuple)):
        return list(operators)
    raise TypeError(f"Argument `operators` must be a list of operators. Received: {operators!r}.")


def batch_key(key: Any, batch: tuple[int, ...]) -> tuple[Any, ...]:
    """An index into the batch axes, with one entry for each of them and `None` for new ones.

    Raises:
      InvalidArgumentError: more indices than batch axes, or one out of range.
    """
    entries = list(key) if isinstance(key, tuple) else [key]
    taken = sum(1 for entry in entries if entry is not None and entry is not Ellipsis)
    if taken > len(batch):
        raise invalid(
            f"slice index {entries[-1]} of dimension 0 out of bounds: an operator of batch shape {list(batch)} "
            f"was indexed with {key!r}. Only batch axes can be indexed."
        )
    fill: list[Any] = [slice(None)] * (len(batch) - taken)
    if Ellipsis in [entry if entry is Ellipsis else None for entry in entries]:
        at = next(i for i, entry in enumerate(entries) if entry is Ellipsis)
        return (*entries[:at], *fill, *entries[at + 1 :])
    return (*entries, *fill)


def sliced(x: Any, rank: int, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
    """A parameter of which the last `rank` axes are no batch, for the part `key` of a batch."""
    whole = with_batch(convert(x), batch, rank)
    return whole[(*key, *[slice(None)] * rank)]


def sliced_shape(key: tuple[Any, ...], batch: tuple[int, ...]) -> tuple[int, ...]:
    """The batch shape of the part `key`."""
    return tuple(zeros(batch)[key].shape.as_list()) if key else ()


def volume(shape: Any) -> int:
    """The number of elements of a shape."""
    return math.prod(shape)


def epsilon(dtype: DType) -> float:
    """The distance from 1 to the next number of `dtype`."""
    return float(np.finfo(dtype.real_dtype.as_numpy_dtype).eps)


def assert_no_imaginary_part(x: Any, message: str) -> None:
    """Raise InvalidArgumentError if an entry of `x` is not real."""
    parts = imaginary_part(convert(x))
    assert_equal(parts, zeros([], dtype=parts.dtype), message=message)
