"""The identity, and multiples of it."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import eye, ones, zeros
from tfcompat_tape.arrays.selection import where
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32
from tfcompat_tape.debugging import assert_positive
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.linalg.structure import set_diag
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.arithmetic import pow as power
from tfcompat_tape.math.arithmetic import sqrt
from tfcompat_tape.math.comparison import equal
from tfcompat_tape.math.complex_numbers import conj, real
from tfcompat_tape.math.elementary import log

__all__ = ["LinearOperatorIdentity", "LinearOperatorScaledIdentity"]


class LinearOperatorIdentity(LinearOperator):
    """Matrices with ones on their diagonals and zeros elsewhere.

    Args:
      num_rows: the number of rows and of columns.
      batch_shape: a vector of integers, by default empty.
      dtype: by default float32.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, all of them true.
      assert_proper_shapes: not used: shapes are always checked.
      name: a name.

    Raises:
      ValueError: a hint that is False, or sizes that are negative or of another rank.
      TypeError: sizes that are no integers.

    Source: `tf.linalg.LinearOperatorIdentity`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.LinearOperatorIdentity(2).to_dense().numpy())
    [[1. 0.]
     [0. 1.]]
    """

    def __init__(
        self,
        num_rows: Any,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = True,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorIdentity",
    ) -> None:
        given = {
            "num_rows": num_rows,
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
        if not is_self_adjoint:
            raise ValueError("An identity operator is always self adjoint.")
        if not is_non_singular:
            raise ValueError("An identity operator is always non-singular.")
        if not is_positive_definite:
            raise ValueError("An identity operator is always positive-definite.")
        if not is_square:
            raise ValueError("An identity operator is always square.")
        self._num_rows = support.count(num_rows, "num_rows")
        self._batch = () if batch_shape is None else support.counts(batch_shape, "batch_shape")
        super().__init__(
            dtype=dtype,
            is_non_singular=True,
            is_self_adjoint=True,
            is_positive_definite=True,
            is_square=True,
            name=name,
            parameters=given,
        )

    def _shape(self) -> Any:
        return (*self._batch, self._num_rows, self._num_rows)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = support.turned(x, adjoint_arg)
        return support.with_batch(x, support.batch_of(self._batch, support.shape_of(x)[:-2]))

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Any:
        return ones(self._batch, dtype=self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros(self._batch, dtype=self.dtype)

    def _trace(self) -> Any:
        return support.size_as(self._num_rows, self.dtype) * ones(self._batch, dtype=self.dtype)

    def _diag_part(self) -> Any:
        return ones((*self._batch, self._num_rows), dtype=self.dtype)

    def _to_dense(self) -> Any:
        return eye(self._num_rows, batch_shape=self._batch, dtype=self.dtype)

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, diag_part_of(x) + convert(1, self.dtype))

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _cond(self) -> Any:
        return ones(self._batch, dtype=self.dtype)

    def _assert_non_singular(self) -> None:
        return None

    def _assert_positive_definite(self) -> None:
        return None

    def _assert_self_adjoint(self) -> None:
        return None

    def _linop_adjoint(self) -> Any:
        return self

    def _linop_inverse(self) -> Any:
        return self

    def _linop_cholesky(self) -> Any:
        return LinearOperatorIdentity(self._num_rows, batch_shape=self._batch, dtype=self.dtype)

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(batch_shape=support.sliced_shape(key, batch))


class LinearOperatorScaledIdentity(LinearOperator):
    """Multiples of the identity.

    Args:
      num_rows: the number of rows and of columns.
      multiplier: of shape `[...]`, the batch shape.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints; real ones are self-adjoint.
      assert_proper_shapes: not used: shapes are always checked.
      name: a name.

    Raises:
      ValueError: hints that contradict each other, or a number of rows that is negative or no scalar.
      TypeError: a number of rows that is no integer.

    Source: `tf.linalg.LinearOperatorScaledIdentity`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorScaledIdentity(3, multiplier=2.0)
    >>> print(float(operator.determinant()), float(operator.trace()))
    8.0 6.0
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"multiplier": 0}

    def __init__(
        self,
        num_rows: Any,
        multiplier: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str | None = "LinearOperatorScaledIdentity",
    ) -> None:
        given = {
            "num_rows": num_rows,
            "multiplier": multiplier,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "assert_proper_shapes": assert_proper_shapes,
            "name": name,
        }
        self._multiplier = support.parameter(multiplier)
        if not self._multiplier.dtype.is_complex:
            is_self_adjoint = hints.must(
                is_self_adjoint, True, "A real diagonal operator is always self adjoint."
            )
        if not is_square:
            raise ValueError("A ScaledIdentity operator is always square.")
        self._num_rows = support.count(num_rows, "num_rows")
        super().__init__(
            dtype=self._multiplier.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def multiplier(self) -> Any:
        """What the identity is multiplied by."""
        return self._multiplier

    def _shape(self) -> Any:
        return (*support.shape_of(self._multiplier), self._num_rows, self._num_rows)

    def _spread(self, factor: Any, rank: int) -> Any:
        return convert(factor)[(..., *[None] * rank)]

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        factor = support.conjugated(self._multiplier, adjoint)
        return support.turned(x, adjoint_arg) * self._spread(factor, 2)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        factor = support.conjugated(self._multiplier, adjoint)
        return support.turned(rhs, adjoint_arg) / self._spread(factor, 2)

    def _determinant(self) -> Any:
        return power(convert(self._multiplier), support.size_as(self._num_rows, self.dtype))

    def _log_abs_determinant(self) -> Any:
        rows = support.size_as(self._num_rows, self.dtype.real_dtype)
        return rows * log(modulus(self._multiplier))

    def _trace(self) -> Any:
        return self._multiplier * support.size_as(self._num_rows, self.dtype)

    def _diag_part(self) -> Any:
        return self._spread(self._multiplier, 1) * ones((self._num_rows,), dtype=self.dtype)

    def _to_dense(self) -> Any:
        return self._spread(self._multiplier, 2) * eye(self._num_rows, dtype=self.dtype)

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, diag_part_of(x) + self._spread(self._multiplier, 1))

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _cond(self) -> Any:
        singular = equal(self._multiplier, convert(0, self.dtype))
        batch = support.shape_of(self._multiplier)
        return where(singular, convert(float("nan"), self.dtype), ones(batch, dtype=self.dtype))

    def _assert_non_singular(self) -> None:
        assert_positive(modulus(self._multiplier), message="LinearOperator was singular.")

    def _assert_positive_definite(self) -> None:
        assert_positive(real(self._multiplier), message="LinearOperator was not positive definite.")

    def _assert_self_adjoint(self) -> None:
        support.assert_no_imaginary_part(self._multiplier, "LinearOperator was not self-adjoint")

    def _linop_adjoint(self) -> Any:
        return LinearOperatorScaledIdentity(self._num_rows, conj(self._multiplier), **hints.of(self))

    def _linop_inverse(self) -> Any:
        return LinearOperatorScaledIdentity(self._num_rows, 1.0 / convert(self._multiplier), **hints.of(self))

    def _linop_cholesky(self) -> Any:
        return LinearOperatorScaledIdentity(
            self._num_rows,
            sqrt(self._multiplier),
            is_non_singular=True,
            is_self_adjoint=True,
            is_positive_definite=True,
        )
