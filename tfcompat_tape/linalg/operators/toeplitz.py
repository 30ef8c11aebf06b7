"""Toeplitz matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import range as range_of
from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.arrays.indexing import gather
from tfcompat_tape.arrays.joining import concat
from tfcompat_tape.arrays.shaping import broadcast_to, reverse
from tfcompat_tape.core.convert import convert
from tfcompat_tape.debugging import assert_equal
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.circulant import LinearOperatorCirculant, as_complex
from tfcompat_tape.math.rounding import floormod
from tfcompat_tape.signal.fourier import fft

__all__ = ["LinearOperatorToeplitz"]


class LinearOperatorToeplitz(LinearOperator):
    """Square matrices with one number along each diagonal; it multiplies by way of Fourier transforms.

    Args:
      col: the first columns, of shape `[..., n]`.
      row: the first rows, of shape `[..., n]`; their first elements are not read.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: scalars, lengths that differ, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorToeplitz`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.LinearOperatorToeplitz([1.0, 2.0, 3.0], [1.0, 4.0, 5.0]).to_dense().numpy())
    [[1. 4. 5.]
     [2. 1. 4.]
     [3. 2. 1.]]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"col": 1, "row": 1}

    def __init__(
        self,
        col: Any,
        row: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorToeplitz",
    ) -> None:
        given = {
            "col": col,
            "row": row,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        self._row = support.parameter(row)
        self._col = support.parameter(col)
        for what, values in (("row", self._row), ("col", self._col)):
            if not support.shape_of(values):
                raise ValueError(f"Argument {what} must have at least 1 dimension.  Found: {given[what]}")
        if support.shape_of(self._row)[-1] != support.shape_of(self._col)[-1]:
            raise ValueError("Expected square matrix, got row and col with mismatched dimensions.")
        hints.must(is_square, True, "Only square Toeplitz operators currently supported.")
        super().__init__(
            dtype=self._row.dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=True,
            name=name,
            parameters=given,
        )

    @property
    def col(self) -> Any:
        """The first columns."""
        return self._col

    @property
    def row(self) -> Any:
        """The first rows."""
        return self._row

    def _size(self) -> int:
        return support.shape_of(self._row)[-1]

    def _batch(self) -> tuple[int, ...]:
        return support.batch_of(support.shape_of(self._col)[:-1], support.shape_of(self._row)[:-1])

    def _shape(self) -> Any:
        return (*self._batch(), self._size(), self._size())

    def _diagonals(self, adjoint: bool = False) -> Any:
        """The first column, and then the first row from its end to its second element."""
        col, row = convert(self._col), convert(self._row)
        if adjoint:
            col, row = support.conjugated(row, True), support.conjugated(col, True)
            first = support.conjugated(convert(self._col), True)[..., :1]
            col = concat([support.with_batch(first, self._batch(), 1), self._spread(col[..., 1:])], axis=-1)
        return concat([self._spread(col), self._spread(reverse(row[..., 1:], axis=[-1]))], axis=-1)

    def _spread(self, x: Any) -> Any:
        return support.with_batch(x, self._batch(), 1)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        # The matrix is the corner of a circulant one of nearly twice the size.
        x = support.turned(x, adjoint_arg)
        spectrum = fft(as_complex(self._diagonals(adjoint)))
        shape = support.shape_of(x)
        below = zeros((*shape[:-2], self._size() - 1, shape[-1]), dtype=self.dtype)
        circulant = LinearOperatorCirculant(spectrum, input_output_dtype=self.dtype)
        return circulant.matmul(concat([x, below], axis=-2))[..., : self._size(), :]

    def _trace(self) -> Any:
        first = convert(self._col)[..., 0] * support.size_as(self._size(), self.dtype)
        return broadcast_to(first, self._batch())

    def _diag_part(self) -> Any:
        return broadcast_to(convert(self._col)[..., :1], (*self._batch(), self._size()))

    def _to_dense(self) -> Any:
        steps = range_of(self._size())
        places = floormod(steps[:, None] - steps, max(2 * self._size() - 1, 1))
        return gather(self._diagonals(), places, axis=-1)

    def _assert_self_adjoint(self) -> None:
        message = "row and col are not the same, and so this operator is not self-adjoint."
        assert_equal(convert(self._row), support.conjugated(convert(self._col), True), message=message)
