"""Reflections."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import ones, zeros
from tfcompat_tape.arrays.joining import concat
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.products import matmul
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.linalg.structure import set_diag
from tfcompat_tape.math.complex_numbers import conj
from tfcompat_tape.nn.normalization import l2_normalize

__all__ = ["LinearOperatorHouseholder"]


class LinearOperatorHouseholder(LinearOperator):
    """Reflections `I - 2 v v^H / |v|^2` at the hyperplane that an axis stands on.

    Args:
      reflection_axis: v, of shape `[..., n]`, floating or complex.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints: self-adjoint, not positive definite.
      name: a name.

    Raises:
      ValueError: `reflection_axis` is a scalar, or hints that are wrong.

    Source: `tf.linalg.LinearOperatorHouseholder`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.LinearOperatorHouseholder([0.0, 2.0]).matvec([1.0, 1.0]).numpy())
    [ 1. -1.]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"reflection_axis": 1}

    def __init__(
        self,
        reflection_axis: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorHouseholder",
    ) -> None:
        given = {
            "reflection_axis": reflection_axis,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._reflection_axis = support.parameter(reflection_axis)
        if not support.shape_of(self._reflection_axis):
            raise ValueError(
                f"Argument reflection_axis must have at least 1 dimension.  Found: {self._reflection_axis}"
            )
        hints.must(is_self_adjoint, True, "A Householder operator is always self adjoint.")
        hints.must(is_positive_definite, False, "A Householder operator is always non-positive definite.")
        hints.must(is_square, True, "A Householder operator is always square.")
        super().__init__(
            dtype=self._reflection_axis.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=True,
            is_positive_definite=False,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def reflection_axis(self) -> Any:
        """The axes."""
        return self._reflection_axis

    def _shape(self) -> Any:
        shape = support.shape_of(self._reflection_axis)
        return (*shape, shape[-1])

    def _batch(self) -> tuple[int, ...]:
        return support.shape_of(self._reflection_axis)[:-1]

    def _unit_axis(self) -> Any:
        return l2_normalize(self._reflection_axis, axis=-1)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = support.turned(x, adjoint_arg)
        axis = support.column(self._unit_axis())
        return x - convert(2, self.dtype) * axis * matmul(axis, x, adjoint_a=True)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Any:
        return -ones(self._batch(), dtype=self.dtype)

    def _log_abs_determinant(self) -> Any:
        return zeros(self._batch(), dtype=self.dtype)

    def _trace(self) -> Any:
        size = support.shape_of(self._reflection_axis)[-1]
        return support.size_as(size, self.dtype) + convert(-2, self.dtype) * ones(
            self._batch(), dtype=self.dtype
        )

    def _diag_part(self) -> Any:
        axis = self._unit_axis()
        return convert(1, self.dtype) - convert(2, self.dtype) * axis * conj(axis)

    def _to_dense(self) -> Any:
        axis = support.column(self._unit_axis())
        dense = convert(-2, self.dtype) * matmul(axis, axis, adjoint_b=True)
        return set_diag(dense, diag_part_of(dense) + convert(1, self.dtype))

    def _eigvals(self) -> Any:
        shape = support.shape_of(self._reflection_axis)
        least = -ones((*shape[:-1], 1), dtype=self.dtype)
        return concat([least, ones((*shape[:-1], shape[-1] - 1), dtype=self.dtype)], axis=-1)

    def _cond(self) -> Any:
        return ones(self._batch(), dtype=self.dtype)

    def _assert_non_singular(self) -> None:
        return None

    def _assert_positive_definite(self) -> None:
        raise invalid("Householder operators are always non-positive definite.")

    def _assert_self_adjoint(self) -> None:
        return None

    def _linop_inverse(self) -> Any:
        return self
