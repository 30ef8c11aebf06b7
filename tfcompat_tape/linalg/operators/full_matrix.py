"""Matrices given by all their entries."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import complex64, complex128, float16, float32, float64
from tfcompat_tape.linalg.operators import support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.products import matmul

__all__ = ["LinearOperatorFullMatrix"]

_DTYPES = (float16, float32, float64, complex64, complex128)


class LinearOperatorFullMatrix(LinearOperator):
    """Dense matrices as an operator.

    Args:
      matrix: of shape `[..., m, n]`, float16, float32, float64 or complex.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints; what is promised to be both
        self-adjoint and positive definite is solved by way of its Cholesky factor.
      name: a name.

    Raises:
      ValueError: `matrix` has fewer than 2 axes, or hints that contradict each other.
      TypeError: another dtype.

    Source: `tf.linalg.LinearOperatorFullMatrix`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorFullMatrix([[2.0, 1.0], [0.0, 4.0]])
    >>> print(operator.matvec([1.0, 1.0]).numpy(), operator.inverse().name)
    [3. 4.] LinearOperatorFullMatrix_inv
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"matrix": 2}

    def __init__(
        self,
        matrix: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorFullMatrix",
    ) -> None:
        given = {
            "matrix": matrix,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._matrix = support.parameter(matrix)
        if self._matrix.dtype not in _DTYPES:
            names = ", ".join(f"tf.{dtype.name}" for dtype in _DTYPES)
            raise TypeError(
                f"Argument `matrix` must have dtype in [{names}]. Received: {self._matrix.dtype}. Use tf.cast."
            )
        if len(support.shape_of(self._matrix)) < 2:
            raise ValueError(f"Argument `matrix` must have at least 2 dimensions. Received: {matrix}.")
        super().__init__(
            dtype=self._matrix.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=is_square,
            name=name,
            parameters=given,
        )

    @property
    def matrix(self) -> Any:
        """The matrices."""
        return self._matrix

    def _shape(self) -> Any:
        return self._matrix.shape

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return matmul(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self) -> Any:
        return convert(self._matrix)
