"""Lower triangular matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.products import matmul
from tfcompat_tape.linalg.structure import band_part
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.elementary import log

__all__ = ["LinearOperatorLowerTriangular"]


class LinearOperatorLowerTriangular(LinearOperator):
    """Square matrices that are zero above their diagonals.

    Args:
      tril: of shape `[..., n, n]`; what stands above the diagonals is not read.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: `tril` has fewer than 2 axes, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorLowerTriangular`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorLowerTriangular([[2.0, 9.0], [1.0, 4.0]])
    >>> print(operator.to_dense().numpy(), operator.solvevec([2.0, 5.0]).numpy())
    [[2. 0.]
     [1. 4.]] [1. 1.]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"tril": 2}

    def __init__(
        self,
        tril: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorLowerTriangular",
    ) -> None:
        given = {
            "tril": tril,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        hints.must(is_square, True, "Only square lower triangular operators supported at this time.")
        self._tril = support.parameter(tril)
        if len(support.shape_of(self._tril)) < 2:
            raise ValueError(f"Argument tril must have at least 2 dimensions.  Found: {self._tril}")
        super().__init__(
            dtype=self._tril.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def tril(self) -> Any:
        """The matrices as they were given."""
        return self._tril

    def _shape(self) -> Any:
        return self._tril.shape

    def _lower(self) -> Any:
        return band_part(self._tril, -1, 0)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return matmul(self._lower(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return support.solve_triangular(self._lower(), support.turned(rhs, adjoint_arg), adjoint=adjoint)

    def _determinant(self) -> Any:
        return support.prod_last(self._diag_part())

    def _log_abs_determinant(self) -> Any:
        return support.sum_last(log(modulus(self._diag_part())))

    def _diag_part(self) -> Any:
        return diag_part_of(self._tril)

    def _to_dense(self) -> Any:
        return self._lower()

    def _eigvals(self) -> Any:
        return self._diag_part()

    def _assert_non_singular(self) -> None:
        support.assert_no_zeros(self._diag_part(), "Singular operator:  Diagonal contained zero values.")
