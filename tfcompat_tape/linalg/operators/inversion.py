"""The inverse of an operator, where its own class has no better form for it."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.linalg.operators import hints
from tfcompat_tape.linalg.operators.base import LinearOperator

__all__ = ["LinearOperatorInversion"]

_SAME = "An operator is {0} if and only if its inverse is {0}."


class LinearOperatorInversion(LinearOperator):
    """The inverse of an operator: it multiplies by solving. `operator.inverse()` is made of this class where it must.

    Args:
      operator: a square operator.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, as far as `operator` has none.
      name: by default the operator's, with `_inv`.

    Raises:
      ValueError: the operator is not square, or promised to be singular, or has other hints.

    Source: `tf.linalg.LinearOperatorInversion`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorFullMatrix([[2.0, 0.0], [0.0, 4.0]])
    >>> print(tf.linalg.LinearOperatorInversion(operator).matvec([2.0, 2.0]).numpy())
    [1.  0.5]
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
        for hint, value in {"is_non_singular": is_non_singular, "is_square": is_square}.items():
            of_operator = getattr(operator, hint)
            if of_operator is False or value is False:
                raise ValueError(
                    f"Argument `{hint}` or argument `operator` must have supplied hint `{hint}` equal to `True` or "
                    f"`None`. Found `operator.{hint}`: {of_operator}, `{hint}`: {value}."
                )
        super().__init__(
            is_square=True,
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
            name=name or f"{operator.name}_inv",
            parameters=given,
        )

    @property
    def operator(self) -> Any:
        """The operator that this is the inverse of."""
        return self._operator

    def _shape(self) -> Any:
        return self._operator.shape

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return self._operator.solvevec(x, adjoint=adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return self._operator.matvec(rhs, adjoint=adjoint)

    def _determinant(self) -> Any:
        return 1.0 / self._operator.determinant()

    def _log_abs_determinant(self) -> Any:
        return -1.0 * self._operator.log_abs_determinant()

    def _eigvals(self) -> Any:
        return 1.0 / self._operator.eigvals()

    def _cond(self) -> Any:
        return self._operator.cond()

    def _assert_non_singular(self) -> None:
        self._operator.assert_non_singular()

    def _assert_positive_definite(self) -> None:
        self._operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> None:
        self._operator.assert_self_adjoint()

    def _linop_inverse(self) -> Any:
        return self._operator

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(operator=self._operator._sliced(key, batch))
