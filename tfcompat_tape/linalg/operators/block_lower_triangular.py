"""Block lower triangular matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.arrays.joining import concat
from tfcompat_tape.core.convert import convert
from tfcompat_tape.linalg.operators import blocks, hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.composition import sum_of
from tfcompat_tape.linalg.operators.full_matrix import LinearOperatorFullMatrix
from tfcompat_tape.linalg.operators.identity import LinearOperatorScaledIdentity

__all__ = ["LinearOperatorBlockLowerTriangular"]


class LinearOperatorBlockLowerTriangular(LinearOperator):
    """Operators as the blocks of a matrix on and below its diagonal; it solves by forward substitution.

    `matmul`, `matvec`, `solve` and `solvevec` also take a list with a block for each row, and then return one.

    Args:
      operators: the rows of blocks, one operator in the first, two in the second and so on, all of one dtype; those
        on the diagonal are square. Their batch shapes broadcast.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints; it is non-singular if and only if all
        operators on the diagonal are.
      name: a name.

    Raises:
      ValueError: no operator, rows of other lengths, dimensions that do not match, or hints that are wrong.
      TypeError: operators of several dtypes.

    Source: `tf.linalg.LinearOperatorBlockLowerTriangular`.

    >>> import tfcompat_tape as tf
    >>> one, two = tf.linalg.LinearOperatorDiag([2.0]), tf.linalg.LinearOperatorDiag([4.0])
    >>> operator = tf.linalg.LinearOperatorBlockLowerTriangular([[one], [two, one]])
    >>> print(operator.solvevec([2.0, 8.0]).numpy())
    [1. 2.]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"operators": 0}

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorBlockLowerTriangular",
    ) -> None:
        given = {
            "operators": operators,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        if not operators:
            raise ValueError(f"Argument `operators` must be a list of >=1 operators. Received: {operators}.")
        self._operators = [support.sequence(row) for row in operators]
        self._check_blocks()
        hints.must(
            is_square,
            True,
            "`LinearOperatorBlockLowerTriangular` must be square. Expected argument `is_square` to be True. "
            f"Received: {is_square}.",
        )
        super().__init__(
            dtype=self._operators[0][0].dtype,
            is_non_singular=self._non_singular(is_non_singular),
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    def _check_blocks(self) -> None:
        dtype = self._operators[0][0].dtype if self._operators[0] else None
        for i, row in enumerate(self._operators):
            if len(row) != i + 1:
                raise ValueError(
                    f"Argument `operators[{i}]` must contain `{i + 1}` blocks. Received: {len(row)} blocks."
                )
            if any(operator.dtype != dtype for operator in row):
                raise TypeError(
                    "Expected all operators to have the same dtype.  Found "
                    f"{[operator.dtype for operator in row]} in row {i} and {dtype} in row 0."
                )
        for i, row in enumerate(self._operators):
            if row[-1].is_square is False:
                raise ValueError(
                    "Matrices on the diagonal (the final elements of each row-partition in the `operators` list) must "
                    f"be square. Expected argument `operators[{i}][-1].is_square` to be True. Received: False."
                )
            for j, operator in enumerate(row[:-1]):
                if operator.range_dimension.value != row[-1].range_dimension.value:
                    raise ValueError(
                        f"Argument `operators[{i}][{j}].range_dimension` ({operator.range_dimension}) must be the same "
                        f"as `operators[{i}][{i}].range_dimension` ({row[-1].range_dimension})."
                    )
                above = self._operators[j][j]
                if operator.domain_dimension.value != above.domain_dimension.value:
                    raise ValueError(
                        f"Argument `operators[{i}][{j}].domain_dimension` ({operator.domain_dimension}) must be the "
                        f"same as `operators[{j}][{j}].domain_dimension` ({above.domain_dimension})."
                    )

    def _non_singular(self, hint: bool | None) -> bool | None:
        each = [operator.is_non_singular for operator in self._diagonal()]
        if any(one is False for one in each):
            return hints.must(
                hint,
                False,
                "A blockwise lower-triangular operator with a singular operator on the main diagonal is always "
                f"singular. Expected argument `is_non_singular` to be False. Received: {hint}.",
            )
        if all(each):
            return hints.must(
                hint,
                True,
                "A blockwise lower-triangular operator with non-singular operators on the main diagonal is always "
                f"non-singular. Expected argument `is_non_singular` to be True. Received: {hint}.",
            )
        return None

    @property
    def operators(self) -> list[list[Any]]:
        """The rows of blocks."""
        return self._operators

    def _diagonal(self) -> list[Any]:
        return [row[-1] for row in self._operators]

    def _sizes(self) -> list[int]:
        return [operator.domain_dimension.value for operator in self._diagonal()]

    def _batch(self) -> tuple[int, ...]:
        return support.batch_of(
            *(operator.batch_shape.as_list() for row in self._operators for operator in row)
        )

    def _shape(self) -> Any:
        size = sum(self._sizes())
        return (*self._batch(), size, size)

    # -- arguments of either kind -----------------------------------------------------------------

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "matmul") -> Any:
        if blocks.is_blockwise(x, self._sizes(), -1 if adjoint_arg else -2):
            parts = [support.turned(self._argument(part), adjoint_arg) for part in x]
            return self._products(parts, adjoint)
        return super().matmul(x, adjoint, adjoint_arg)

    def matvec(self, x: Any, adjoint: bool = False, name: Any = "matvec") -> Any:
        if blocks.is_blockwise(x, self._sizes(), -1):
            parts = [support.column(self._argument(part)) for part in x]
            return [part[..., 0] for part in self._products(parts, adjoint)]
        return super().matvec(x, adjoint)

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "solve") -> Any:
        if blocks.is_blockwise(rhs, self._sizes(), -1 if adjoint_arg else -2):
            self._require_solvable()
            parts = [support.turned(self._argument(part), adjoint_arg) for part in rhs]
            return self._solutions(parts, adjoint)
        return super().solve(rhs, adjoint, adjoint_arg)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: Any = "solve") -> Any:
        if blocks.is_blockwise(rhs, self._sizes(), -1):
            self._require_solvable()
            parts = [support.column(self._argument(part)) for part in rhs]
            return [part[..., 0] for part in self._solutions(parts, adjoint)]
        return super().solvevec(rhs, adjoint)

    def _require_solvable(self) -> None:
        if self.is_non_singular is False:
            raise NotImplementedError(
                "Exact solve not implemented for an operator that is expected to be singular."
            )

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        parts = blocks.cut(support.turned(x, adjoint_arg), self._sizes(), -2)
        return blocks.joined(self._products(parts, adjoint), -2)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        parts = blocks.cut(support.turned(rhs, adjoint_arg), self._sizes(), -2)
        return blocks.joined(self._solutions(parts, adjoint), -2)

    # -- by blocks --------------------------------------------------------------------------------

    def _products(self, parts: list[Any], adjoint: bool) -> list[Any]:
        rows = self._operators
        if not adjoint:
            return [
                sum_of(operator.matmul(part) for operator, part in zip(row, parts, strict=False))
                for row in rows
            ]
        return [
            sum_of(rows[i][j].matmul(parts[i], adjoint=True) for i in range(j, len(rows)))
            for j in range(len(rows))
        ]

    def _solutions(self, parts: list[Any], adjoint: bool) -> list[Any]:
        rows = self._operators
        found: dict[int, Any] = {}
        for i in range(len(rows))[:: -1 if adjoint else 1]:
            rest = parts[i]
            for j, solution in found.items():
                operator = rows[j][i] if adjoint else rows[i][j]
                rest = rest - operator.matmul(solution, adjoint=adjoint)
            found[i] = rows[i][i].solve(rest, adjoint=adjoint)
        return [found[i] for i in range(len(rows))]

    def _determinant(self) -> Any:
        return support.product(operator.determinant() for operator in self._diagonal())

    def _log_abs_determinant(self) -> Any:
        return sum_of(operator.log_abs_determinant() for operator in self._diagonal())

    def _trace(self) -> Any:
        return sum_of(operator.trace() for operator in self._diagonal())

    def _diag_part(self) -> Any:
        return blocks.joined([operator.diag_part() for operator in self._diagonal()], -1)

    def _eigvals(self) -> Any:
        return blocks.joined([operator.eigvals() for operator in self._diagonal()], -1)

    def _to_dense(self) -> Any:
        batch, sizes = self._batch(), self._sizes()
        lines = []
        for i, row in enumerate(self._operators):
            parts = [support.with_batch(operator.to_dense(), batch) for operator in row]
            parts.append(zeros((*batch, sizes[i], sum(sizes[i + 1 :])), dtype=self.dtype))
            lines.append(concat(parts, axis=-1))
        return concat(lines, axis=-2)

    def _assert_non_singular(self) -> None:
        for operator in self._diagonal():
            operator.assert_non_singular()

    def _linop_inverse(self) -> Any:
        minus_one = convert(-1, self.dtype)
        found: list[list[Any]] = []
        for i, row in enumerate(self._operators):
            of_diagonal = row[-1].inverse()
            line = []
            for j in range(i):
                below = sum_of(row[k].matmul(found[k][j].to_dense()) for k in range(j, i))
                part = of_diagonal.matmul(LinearOperatorFullMatrix(below))
                line.append(LinearOperatorScaledIdentity(self._sizes()[i], minus_one).matmul(part))
            found.append([*line, of_diagonal])
        return LinearOperatorBlockLowerTriangular(found, is_non_singular=self.is_non_singular, is_square=True)

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        rows = [[operator._sliced(key, batch) for operator in row] for row in self._operators]
        return self._remade(operators=rows)
