"""Block diagonal matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.arrays.joining import concat
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.linalg.operators import blocks, hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.composition import parts_of, sum_of

__all__ = ["LinearOperatorBlockDiag"]

_SUM = "The direct sum of {0} operators is always {0}."


class LinearOperatorBlockDiag(LinearOperator):
    """The direct sum of operators: they stand as blocks along the diagonal.

    `matmul`, `matvec`, `solve` and `solvevec` also take a list with a block for each operator, and then return one.

    Args:
      operators: at least one, of one dtype; their batch shapes broadcast.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, as far as the operators' do not say.
      name: by default the operators' names, joined by `_ds_`.

    Raises:
      ValueError: no operator, or hints that contradict those of the operators.
      TypeError: operators of several dtypes.

    Source: `tf.linalg.LinearOperatorBlockDiag`.

    >>> import tfcompat_tape as tf
    >>> ones = tf.linalg.LinearOperatorFullMatrix([[1.0, 1.0], [1.0, 1.0]])
    >>> operator = tf.linalg.LinearOperatorBlockDiag([ones, tf.linalg.LinearOperatorDiag([3.0])])
    >>> print(operator.matvec([1.0, 2.0, 3.0]).numpy())
    [3. 3. 9.]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"operators": 0}

    def __init__(
        self,
        operators: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
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
        self._operators = parts_of(operators)
        super().__init__(
            dtype=self._operators[0].dtype,
            is_non_singular=hints.of_all(
                is_non_singular,
                (operator.is_non_singular for operator in self._operators),
                _SUM.format("non-singular"),
            ),
            is_self_adjoint=hints.of_all(
                is_self_adjoint,
                (operator.is_self_adjoint for operator in self._operators),
                _SUM.format("self-adjoint"),
            ),
            is_positive_definite=hints.of_all(
                is_positive_definite,
                (operator.is_positive_definite for operator in self._operators),
                _SUM.format("positive definite"),
            ),
            is_square=is_square,
            name=name or "_ds_".join(operator.name for operator in self._operators),
            parameters=given,
        )

    @property
    def operators(self) -> list[Any]:
        """The operators along the diagonal."""
        return self._operators

    def _rows(self) -> list[int]:
        return [operator.range_dimension.value for operator in self._operators]

    def _columns(self) -> list[int]:
        return [operator.domain_dimension.value for operator in self._operators]

    def _shape(self) -> Any:
        batch = support.batch_of(*(operator.batch_shape.as_list() for operator in self._operators))
        return TensorShape([*batch, sum(self._rows()), sum(self._columns())])

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "matmul") -> Any:
        sizes = self._rows() if adjoint else self._columns()
        if blocks.is_blockwise(x, sizes, -1 if adjoint_arg else -2):
            return [
                operator.matmul(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
                for operator, block in zip(self._operators, x, strict=True)
            ]
        return super().matmul(x, adjoint, adjoint_arg)

    def matvec(self, x: Any, adjoint: bool = False, name: Any = "matvec") -> Any:
        if blocks.is_blockwise(x, self._rows() if adjoint else self._columns(), -1):
            return [
                operator.matvec(block, adjoint=adjoint)
                for operator, block in zip(self._operators, x, strict=True)
            ]
        return super().matvec(x, adjoint)

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "solve") -> Any:
        sizes = self._columns() if adjoint else self._rows()
        if blocks.is_blockwise(rhs, sizes, -1 if adjoint_arg else -2):
            return [
                operator.solve(block, adjoint=adjoint, adjoint_arg=adjoint_arg)
                for operator, block in zip(self._operators, rhs, strict=True)
            ]
        return super().solve(rhs, adjoint, adjoint_arg)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: Any = "solve") -> Any:
        if blocks.is_blockwise(rhs, self._columns() if adjoint else self._rows(), -1):
            return [
                operator.solvevec(block, adjoint=adjoint)
                for operator, block in zip(self._operators, rhs, strict=True)
            ]
        return super().solvevec(rhs, adjoint)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = support.turned(x, adjoint_arg)
        parts = blocks.cut(x, self._rows() if adjoint else self._columns(), -2)
        return blocks.joined(self.matmul(parts, adjoint=adjoint), -2)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        parts = blocks.cut(x, self._rows() if adjoint else self._columns(), -1)
        return blocks.joined(self.matvec(parts, adjoint=adjoint), -1)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = support.turned(rhs, adjoint_arg)
        return blocks.joined(self.solve(blocks.cut(rhs, self._rows(), -2), adjoint=adjoint), -2)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return blocks.joined(self.solvevec(blocks.cut(rhs, self._rows(), -1), adjoint=adjoint), -1)

    def _require_square_blocks(self, what: str) -> None:
        if not all(operator.is_square for operator in self._operators):
            raise NotImplementedError(
                f"`{what}` not implemented for an operator whose blocks are not square."
            )

    def _determinant(self) -> Any:
        return support.product(operator.determinant() for operator in self._operators)

    def _log_abs_determinant(self) -> Any:
        return sum_of(operator.log_abs_determinant() for operator in self._operators)

    def _trace(self) -> Any:
        self._require_square_blocks("trace")
        return sum_of(operator.trace() for operator in self._operators)

    def _diag_part(self) -> Any:
        self._require_square_blocks("diag_part")
        return blocks.joined([operator.diag_part() for operator in self._operators], -1)

    def _to_dense(self) -> Any:
        batch = tuple(self.batch_shape.as_list())
        rows, before, total = [], 0, sum(self._columns())
        for operator, height, width in zip(self._operators, self._rows(), self._columns(), strict=True):
            left = zeros((*batch, height, before), dtype=self.dtype)
            right = zeros((*batch, height, total - before - width), dtype=self.dtype)
            rows.append(concat([left, support.with_batch(operator.to_dense(), batch), right], axis=-1))
            before += width
        return concat(rows, axis=-2)

    def _eigvals(self) -> Any:
        return blocks.joined([operator.eigvals() for operator in self._operators], -1)

    def _assert_non_singular(self) -> None:
        if not all(operator.is_square for operator in self._operators):
            super()._assert_non_singular()
            return
        for operator in self._operators:
            operator.assert_non_singular()

    def _assert_positive_definite(self) -> None:
        for operator in self._operators:
            operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> None:
        for operator in self._operators:
            operator.assert_self_adjoint()

    def _linop_adjoint(self) -> Any:
        return LinearOperatorBlockDiag(
            [operator.adjoint() for operator in self._operators], is_non_singular=self.is_non_singular
        )

    def _linop_inverse(self) -> Any:
        return LinearOperatorBlockDiag([operator.inverse() for operator in self._operators])

    def _linop_cholesky(self) -> Any:
        return LinearOperatorBlockDiag(
            [operator.cholesky() for operator in self._operators], is_non_singular=True, is_square=True
        )

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(operators=[operator._sliced(key, batch) for operator in self._operators])
