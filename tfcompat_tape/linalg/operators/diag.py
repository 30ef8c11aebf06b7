"""Diagonal matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.core.convert import convert
from tfcompat_tape.debugging import assert_positive
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.structure import diag as diag_of
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.linalg.structure import set_diag
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.arithmetic import sqrt
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.complex_numbers import conj, real
from tfcompat_tape.math.elementary import log
from tfcompat_tape.math.reductions import reduce_max, reduce_min

__all__ = ["LinearOperatorDiag"]


class LinearOperatorDiag(LinearOperator):
    """Square matrices that are zero off their diagonals.

    Args:
      diag: the diagonals, of shape `[..., n]` and any dtype that can be multiplied.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints; real ones are self-adjoint.
      name: a name.

    Raises:
      ValueError: `diag` is a scalar, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorDiag`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorDiag([2.0, 4.0])
    >>> print(operator.solvevec([2.0, 2.0]).numpy(), float(operator.determinant()))
    [1.  0.5] 8.0
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"diag": 1}

    def __init__(
        self,
        diag: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorDiag",
    ) -> None:
        given = {
            "diag": diag,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._diag = support.parameter(diag)
        if not support.shape_of(self._diag):
            raise ValueError(f"Argument diag must have at least 1 dimension.  Found: {self._diag}")
        if not self._diag.dtype.is_complex:
            is_self_adjoint = hints.must(
                is_self_adjoint, True, "A real diagonal operator is always self adjoint."
            )
        hints.must(is_square, True, "Only square diagonal operators currently supported.")
        super().__init__(
            dtype=self._diag.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def diag(self) -> Any:
        """The diagonals."""
        return self._diag

    def _shape(self) -> Any:
        shape = support.shape_of(self._diag)
        return (*shape, shape[-1])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return support.column(support.conjugated(self._diag, adjoint)) * support.turned(x, adjoint_arg)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return support.conjugated(self._diag, adjoint) * x

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return support.turned(rhs, adjoint_arg) * support.column(
            1.0 / convert(support.conjugated(self._diag, adjoint))
        )

    def _determinant(self) -> Any:
        return support.prod_last(self._diag)

    def _log_abs_determinant(self) -> Any:
        found = support.sum_last(log(modulus(self._diag)))
        return cast(found, self.dtype) if self.dtype.is_complex else found

    def _diag_part(self) -> Any:
        return convert(self._diag)

    def _to_dense(self) -> Any:
        return diag_of(self._diag)

    def _add_to_tensor(self, x: Any) -> Any:
        return set_diag(x, self._diag + diag_part_of(x))

    def _eigvals(self) -> Any:
        return convert(self._diag)

    def _cond(self) -> Any:
        sizes = modulus(self._diag)
        return reduce_max(sizes, axis=-1) / reduce_min(sizes, axis=-1)

    def _assert_non_singular(self) -> None:
        support.assert_no_zeros(self._diag, "Singular operator:  Diagonal contained zero values.")

    def _assert_positive_definite(self) -> None:
        kind = "Diagonal operator had diagonal entries with non-positive real part"
        if not self.dtype.is_complex:
            kind = "Real diagonal operator had non-positive diagonal entries"
        assert_positive(real(self._diag), message=f"{kind}, thus was not positive definite.")

    def _assert_self_adjoint(self) -> None:
        support.assert_no_imaginary_part(
            self._diag,
            "This diagonal operator contained non-zero imaginary values.  Thus it was not self-adjoint.",
        )

    def _linop_adjoint(self) -> Any:
        return LinearOperatorDiag(conj(self._diag), **hints.of(self))

    def _linop_inverse(self) -> Any:
        return LinearOperatorDiag(1.0 / convert(self._diag), **hints.of(self))

    def _linop_cholesky(self) -> Any:
        return LinearOperatorDiag(
            sqrt(self._diag), is_non_singular=True, is_self_adjoint=True, is_positive_definite=True
        )
