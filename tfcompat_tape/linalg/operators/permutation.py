"""Permutations."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from tfcompat_tape.arrays.creation import ones, zeros
from tfcompat_tape.arrays.indexing import gather
from tfcompat_tape.arrays.selection import one_hot
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.ordering import argsort

__all__ = ["LinearOperatorPermutation"]


class LinearOperatorPermutation(LinearOperator):
    """Permutations: row `i` of the product is row `perm[i]` of the argument.

    Args:
      perm: each number from 0 to n - 1 once, of shape `[..., n]` and an integer dtype.
      dtype: of what it acts on.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: `perm` is a scalar or no permutation, or hints that are wrong.
      TypeError: `perm` is of no integer dtype.

    Source: `tf.linalg.LinearOperatorPermutation`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.LinearOperatorPermutation([2, 0, 1]).matvec([1.0, 2.0, 3.0]).numpy())
    [3. 1. 2.]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"perm": 1}

    def __init__(
        self,
        perm: Any,
        dtype: Any = float32,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorPermutation",
    ) -> None:
        given = {
            "perm": perm,
            "dtype": dtype,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        hints.must(
            is_non_singular,
            True,
            "A Permutation operator is always non-singular. Expected argument `is_non_singular` to be True. "
            f"Received: {is_non_singular}.",
        )
        hints.must(
            is_square,
            True,
            "A Permutation operator is always square. Expected argument `is_square` to be True. "
            f"Received: {is_square}.",
        )
        self._perm = support.parameter(perm)
        if not self._perm.dtype.is_integer:
            raise TypeError(f"Argument `perm` must be integer dtype. Received: {perm}.")
        shape = support.shape_of(self._perm)
        if not shape:
            raise ValueError(f"Argument `perm` must have at least 1 dimension. Received: {perm}.")
        if (self._numbers().sort(-1).values != torch.arange(shape[-1])).any():
            raise ValueError(
                f"Argument `perm` must be a vector of unique integers from 0 to {shape[-1] - 1}."
            )
        super().__init__(
            dtype=as_dtype(dtype),
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def perm(self) -> Any:
        """The permutations."""
        return self._perm

    def _numbers(self) -> torch.Tensor:
        return convert(self._perm)._t.long().cpu()

    def _shape(self) -> Any:
        shape = support.shape_of(self._perm)
        return (*shape, shape[-1])

    def _batch(self) -> tuple[int, ...]:
        return support.shape_of(self._perm)[:-1]

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = support.turned(x, adjoint_arg)
        perm = argsort(self._perm, axis=-1) if adjoint else convert(self._perm)
        batch = support.batch_of(self._batch(), support.shape_of(x)[:-2])
        x, perm = support.with_batch(x, batch), support.with_batch(perm, batch, 1)
        return gather(x, perm, axis=len(batch), batch_dims=len(batch))

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Any:
        odd = support.parity(convert(self._perm)._t)
        return convert(1, self.dtype) - convert(2, self.dtype) * cast(Tensor(odd, None), self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros(self._batch(), dtype=self.dtype)

    def _diag_part(self) -> Any:
        places = convert(self._perm)._t
        fixed = places == torch.arange(places.shape[-1], device=places.device)
        return cast(Tensor(fixed, None), self.dtype)

    def _to_dense(self) -> Any:
        return one_hot(cast(self._perm, "int64"), support.shape_of(self._perm)[-1], dtype=self.dtype)

    def _cond(self) -> Any:
        return ones(self._batch(), dtype=self.dtype)

    def _assert_non_singular(self) -> None:
        return None
