"""The adjoint of an operator, where its own class has no better form for it."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.structure import adjoint as adjoint_of
from tfcompat_tape.math.complex_numbers import conj

__all__ = ["LinearOperatorAdjoint"]

_SAME = "An operator is {0} if and only if its adjoint is {0}."


class LinearOperatorAdjoint(LinearOperator):
    """The conjugate transpose of an operator. `operator.adjoint()` is made of this class where it must.

    Args:
      operator: any operator.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, as far as `operator` has none.
      name: by default the operator's, with `_adjoint`.

    Raises:
      ValueError: hints that contradict those of `operator`.

    Source: `tf.linalg.LinearOperatorAdjoint`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> print(tf.linalg.LinearOperatorAdjoint(operator).to_dense().numpy())
    [[1. 3.]
     [2. 4.]]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"operator": 0}

    def __init__(
        self,
        operator: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        given = {
            "operator": operator,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._operator = operator
        super().__init__(
            is_square=hints.agreeing(is_square, operator.is_square, _SAME.format("square")),
            is_non_singular=hints.agreeing(
                is_non_singular, operator.is_non_singular, _SAME.format("non-singular")
            ),
            is_self_adjoint=hints.agreeing(
                is_self_adjoint, operator.is_self_adjoint, _SAME.format("self-adjoint")
            ),
            is_positive_definite=hints.agreeing(
                is_positive_definite, operator.is_positive_definite, _SAME.format("positive-definite")
            ),
            dtype=operator.dtype,
            name=name or f"{operator.name}_adjoint",
            parameters=given,
        )

    @property
    def operator(self) -> Any:
        """The operator that this is the adjoint of."""
        return self._operator

    def _shape(self) -> Any:
        *batch, rows, columns = self._operator.shape.as_list()
        return (*batch, columns, rows)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return self._operator.matvec(x, adjoint=not adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._operator.solvevec(rhs, adjoint=not adjoint)

    def _determinant(self) -> Any:
        return support.conjugated(self._operator.determinant(), self.is_self_adjoint is not True)

    def _log_abs_determinant(self) -> Any:
        return self._operator.log_abs_determinant()

    def _trace(self) -> Any:
        return support.conjugated(self._operator.trace(), self.is_self_adjoint is not True)

    def _diag_part(self) -> Any:
        return conj(self._operator.diag_part())

    def _to_dense(self) -> Any:
        return self._operator.to_dense() if self.is_self_adjoint else adjoint_of(self._operator.to_dense())

    def _eigvals(self) -> Any:
        return conj(self._operator.eigvals())

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> None:
        self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> None:
        self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> None:
        self._operator.assert_self_adjoint()

    def _linop_adjoint(self) -> Any:
        return self._operator

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(operator=self._operator._sliced(key, batch))
