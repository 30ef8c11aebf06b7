"""Kronecker products."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.shaping import reshape, transpose
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.composition import sum_of
from tfcompat_tape.math.arithmetic import pow as power

__all__ = ["LinearOperatorKronecker"]

_PRODUCT = (
    "The Kronecker product of {0} operators is always {0}. Expected argument `{1}` to be True. Received: {2}."
)


class LinearOperatorKronecker(LinearOperator):
    """The Kronecker product of operators: each entry of the first times the product of the rest.

    Args:
      operators: at least one, of one dtype; their batch shapes broadcast.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, as far as the operators' do not say.
      name: by default the operators' names, joined by `_x_`.

    Raises:
      ValueError: no operator, or hints that contradict those of the operators.
      TypeError: operators of several dtypes.

    Source: `tf.linalg.LinearOperatorKronecker`.

    >>> import tfcompat_tape as tf
    >>> one = tf.linalg.LinearOperatorFullMatrix([[1.0, 2.0], [3.0, 4.0]])
    >>> print(tf.linalg.LinearOperatorKronecker([one, tf.linalg.LinearOperatorIdentity(2)]).to_dense().numpy())
    [[1. 0. 2. 0.]
     [0. 1. 0. 2.]
     [3. 0. 4. 0.]
     [0. 3. 0. 4.]]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"operators": 0}

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        given = {
            "operators": operators,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._operators = support.sequence(operators)
        if not self._operators:
            raise ValueError(f"Argument `operators` must be a list of >=1 operators. Received: {operators}.")
        dtype = self._operators[0].dtype
        if any(operator.dtype != dtype for operator in self._operators):
            each = [str((operator.name, operator.dtype)) for operator in self._operators]
            raise TypeError(
                f"Expected every operation in argument `operators` to have the same dtype. Received {each}."
            )
        each_hint = {
            hint: hints.of_all(
                given[hint],
                (getattr(operator, hint) for operator in self._operators),
                _PRODUCT.format(word, hint, given[hint]),
            )
            for hint, word in (
                ("is_non_singular", "non-singular"),
                ("is_self_adjoint", "self-adjoint"),
                ("is_positive_definite", "positive-definite"),
            )
        }
        super().__init__(
            dtype=dtype,
            is_square=is_square,
            name=name or "_x_".join(operator.name for operator in self._operators),
            parameters=given,
            **each_hint,
        )

    @property
    def operators(self) -> list[Any]:
        """The factors."""
        return self._operators

    def _batch(self) -> tuple[int, ...]:
        return support.batch_of(*(operator.batch_shape.as_list() for operator in self._operators))

    def _shape(self) -> Any:
        rows = support.volume(operator.range_dimension.value for operator in self._operators)
        columns = support.volume(operator.domain_dimension.value for operator in self._operators)
        return (*self._batch(), rows, columns)

    def _applied(self, x: Any, sizes: list[int], act: Any) -> Any:
        """`x` with each factor acting along its own axis of the rows."""
        columns = support.shape_of(x)[-1]
        for operator, size in zip(self._operators, sizes, strict=True):
            # The rows are split into this factor's axis and the rest, which becomes columns; the axes go round.
            shape = support.shape_of(x)
            x = act(operator, reshape(x, (*shape[:-2], size, -1)))
            shape = support.shape_of(x)
            x = transpose(x, perm=[*range(len(shape) - 2), len(shape) - 1, len(shape) - 2])
        shape = support.shape_of(x)
        x = reshape(x, (*shape[:-2], columns, -1))
        rank = len(support.shape_of(x))
        x = transpose(x, perm=[*range(rank - 2), rank - 1, rank - 2])
        return support.with_batch(x, support.batch_of(self._batch(), support.shape_of(x)[:-2]))

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        sizes = [
            (operator.range_dimension if adjoint else operator.domain_dimension).value
            for operator in self._operators
        ]
        return self._applied(
            support.turned(x, adjoint_arg),
            sizes,
            lambda operator, part: operator.matmul(part, adjoint=adjoint),
        )

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        sizes = [operator.domain_dimension.value for operator in self._operators]
        return self._applied(
            support.turned(rhs, adjoint_arg),
            sizes,
            lambda operator, part: operator.solve(part, adjoint=adjoint),
        )

    def _repeats(self) -> list[Any]:
        """How often the determinant of each factor is in that of the product."""
        total = self.domain_dimension.value
        return [total // max(operator.domain_dimension.value, 1) for operator in self._operators]

    def _determinant(self) -> Any:
        return support.product(
            power(operator.determinant(), support.size_as(times, self.dtype))
            for operator, times in zip(self._operators, self._repeats(), strict=True)
        )

    def _log_abs_determinant(self) -> Any:
        terms = [operator.log_abs_determinant() for operator in self._operators]
        return sum_of(
            term * support.size_as(times, term.dtype)
            for term, times in zip(terms, self._repeats(), strict=True)
        )

    def _are_square(self) -> bool:
        return all(operator.is_square for operator in self._operators)

    def _trace(self) -> Any:
        if not self._are_square():
            return super()._trace()
        return support.product(operator.trace() for operator in self._operators)

    def _outer(self, vectors: list[Any]) -> Any:
        found = vectors[0]
        for vector in vectors[1:]:
            grid = support.column(found) * vector[..., None, :]
            found = reshape(grid, (*support.shape_of(grid)[:-2], -1))
        return found

    def _diag_part(self) -> Any:
        if not self._are_square():
            return super()._diag_part()  # the diagonal does not go through the factors' own
        return self._outer([operator.diag_part() for operator in self._operators])

    def _to_dense(self) -> Any:
        found = self._operators[0].to_dense()
        for operator in self._operators[1:]:
            grid = found[..., :, None, :, None] * operator.to_dense()[..., None, :, None, :]
            *batch, m, p, n, q = support.shape_of(grid)
            found = reshape(grid, (*batch, m * p, n * q))
        return found

    def _eigvals(self) -> Any:
        return self._outer([operator.eigvals() for operator in self._operators])

    def _cond(self) -> Any:
        return support.product(operator.cond() for operator in self._operators)

    def _assert_non_singular(self) -> None:
        if not self._are_square():
            raise invalid(
                "All Kronecker factors must be square for the product to be invertible. Expected hint `is_square` "
                "to be True for every operator in argument `operators`."
            )
        for operator in self._operators:
            operator.assert_non_singular()

    def _assert_self_adjoint(self) -> None:
        if not self._are_square():
            raise invalid(
                "All Kronecker factors must be square for the product to be self adjoint. Expected hint `is_square` "
                "to be True for every operator in argument `operators`."
            )
        for operator in self._operators:
            operator.assert_self_adjoint()

    def _linop_adjoint(self) -> Any:
        return LinearOperatorKronecker([operator.adjoint() for operator in self._operators])

    def _linop_inverse(self) -> Any:
        return LinearOperatorKronecker([operator.inverse() for operator in self._operators])

    def _linop_cholesky(self) -> Any:
        return LinearOperatorKronecker(
            [operator.cholesky() for operator in self._operators], is_non_singular=True, is_square=True
        )

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(operators=[operator._sliced(key, batch) for operator in self._operators])
