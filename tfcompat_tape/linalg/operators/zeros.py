"""Matrices of zeros."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator

__all__ = ["LinearOperatorZeros"]


class LinearOperatorZeros(LinearOperator):
    """Matrices of zeros.

    Args:
      num_rows: the number of rows.
      num_columns: the number of columns, by default as many.
      batch_shape: a vector of integers, by default empty.
      dtype: by default float32.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints; for matrices that are not square set
        the last one and `is_self_adjoint` to False.
      assert_proper_shapes: not used: shapes are always checked.
      name: a name.

    Raises:
      ValueError: hints that contradict each other, or sizes that are negative or of another rank.
      TypeError: sizes that are no integers.

    Source: `tf.linalg.LinearOperatorZeros`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.LinearOperatorZeros(2).add_to_tensor([[1.0, 2.0], [3.0, 4.0]]).numpy())
    [[1. 2.]
     [3. 4.]]
    """

    def __init__(
        self,
        num_rows: Any,
        num_columns: Any = None,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = False,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = False,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorZeros",
    ) -> None:
        given = {
            "num_rows": num_rows,
            "num_columns": num_columns,
            "batch_shape": batch_shape,
            "dtype": dtype,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "assert_proper_shapes": assert_proper_shapes,
            "name": name,
        }
        dtype = float32 if dtype is None else as_dtype(dtype)
        if is_square and is_self_adjoint is False:
            raise ValueError("A zero operator is always self adjoint.")
        hints.must(is_non_singular, False, "A zero operator is always singular.")
        hints.must(is_positive_definite, False, "A zero operator is always not positive-definite.")
        self._num_rows = support.count(num_rows, "num_rows")
        self._num_columns = (
            self._num_rows if num_columns is None else support.count(num_columns, "num_columns")
        )
        self._batch = () if batch_shape is None else support.counts(batch_shape, "batch_shape")
        if is_square and self._num_rows != self._num_columns:
            raise ValueError(
                f"LinearOperatorZeros initialized as is_square=True, but got num_rows({self._num_rows}) != "
                f"num_columns({self._num_columns})"
            )
        super().__init__(
            dtype=dtype,
            is_non_singular=False,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=False,
            is_square=is_square,
            name=name,
            parameters=given,
        )

    def _shape(self) -> Any:
        return (*self._batch, self._num_rows, self._num_columns)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        shape = support.shape_of(support.turned(x, adjoint_arg))
        rows = self._num_columns if adjoint else self._num_rows
        return zeros((*support.batch_of(self._batch, shape[:-2]), rows, shape[-1]), dtype=self.dtype)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        raise NotImplementedError("Exact solve not implemented: an operator of zeros is singular.")

    def _diagonal(self) -> tuple[int, ...]:
        return (*self._batch, min(self._num_rows, self._num_columns))

    def _determinant(self) -> Any:
        return zeros(self._batch, dtype=self.dtype)

    def _log_abs_determinant(self) -> Any:
        return self._determinant() + convert(float("-inf"), self.dtype)

    def _trace(self) -> Any:
        return zeros(self._batch, dtype=self.dtype)

    def _diag_part(self) -> Any:
        return zeros(self._diagonal(), dtype=self.dtype)

    def _to_dense(self) -> Any:
        return zeros(self._shape(), dtype=self.dtype)

    def _add_to_tensor(self, x: Any) -> Any:
        return self.to_dense() + x

    def _eigvals(self) -> Any:
        return zeros(self._diagonal(), dtype=self.dtype)

    def _cond(self) -> Any:
        return zeros(self._batch, dtype=self.dtype) + convert(float("nan"), self.dtype)

    def _assert_non_singular(self) -> None:
        raise invalid("Zero operators are always non-invertible.")

    def _assert_positive_definite(self) -> None:
        raise invalid("Zero operators are always non-positive definite.")

    def _assert_self_adjoint(self) -> None:
        return None

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(batch_shape=support.sliced_shape(key, batch))
