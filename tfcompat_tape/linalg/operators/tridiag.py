"""Tridiagonal matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import zeros_like
from tfcompat_tape.arrays.joining import concat, stack
from tfcompat_tape.core.convert import convert
from tfcompat_tape.debugging import assert_equal
from tfcompat_tape.linalg.bands import tridiagonal_matmul, tridiagonal_solve
from tfcompat_tape.linalg.operators import support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.structure import diag as diag_of
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.math.complex_numbers import conj

__all__ = ["LinearOperatorTridiag"]

_FORMATS = ("compact", "matrix", "sequence")


class LinearOperatorTridiag(LinearOperator):
    """Square matrices that are zero off the main diagonal and its two neighbours.

    Args:
      diagonals: in the format "compact" of shape `[..., 3, n]`: super-, main and subdiagonal, each element in its
        row, so that the last one of the first line and the first of the last are not read; "sequence": a list of
        these three, each of shape `[..., n]`; "matrix": of shape `[..., n, n]`.
      diagonals_format: one of these.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints.
      name: a name.

    Raises:
      ValueError: another format, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorTridiag`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorTridiag([[1.0, 2.0, 0.0], [4.0, 5.0, 6.0], [0.0, 7.0, 8.0]])
    >>> print(operator.to_dense().numpy())
    [[4. 1. 0.]
     [7. 5. 2.]
     [0. 8. 6.]]
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {"diagonals": 2}

    def __init__(
        self,
        diagonals: Any,
        diagonals_format: str = "compact",
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorTridiag",
    ) -> None:
        given = {
            "diagonals": diagonals,
            "diagonals_format": diagonals_format,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        if diagonals_format not in _FORMATS:
            raise ValueError(
                "Argument `diagonals_format` must be one of compact, matrix, or sequence. "
                f"Received : {diagonals_format}."
            )
        if diagonals_format == "sequence":
            self._diagonals: Any = [support.parameter(line) for line in diagonals]
            if len(self._diagonals) < 3:
                raise IndexError(f"list index out of range: {len(self._diagonals)} diagonals in place of 3.")
            dtype = self._diagonals[0].dtype
        else:
            self._diagonals = support.parameter(diagonals)
            dtype = self._diagonals.dtype
        self._diagonals_format = diagonals_format
        super().__init__(
            dtype=dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=is_square,
            name=name,
            parameters=given,
        )

    @property
    def diagonals(self) -> Any:
        """The diagonals as they were given."""
        return self._diagonals

    @property
    def diagonals_format(self) -> str:
        """How they were given."""
        return self._diagonals_format

    def _shape(self) -> Any:
        if self._diagonals_format == "matrix":
            return self._diagonals.shape
        if self._diagonals_format == "sequence":
            batch = support.batch_of(*(support.shape_of(line)[:-1] for line in self._diagonals))
            size = support.shape_of(self._diagonals[1])[-1]
            return (*batch, size, size)
        shape = support.shape_of(self._diagonals)
        return (*shape[:-2], shape[-1], shape[-1])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        diagonals, x, form = self._agreeing(support.turned(x, adjoint_arg), adjoint)
        return tridiagonal_matmul(diagonals, x, diagonals_format=form)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        diagonals, rhs, form = self._agreeing(support.turned(rhs, adjoint_arg), adjoint)
        return tridiagonal_solve(diagonals, rhs, diagonals_format=form)

    def _agreeing(self, x: Any, adjoint: bool) -> tuple[Any, Any, str]:
        """The diagonals and what they act on, with one batch shape, and the format of the diagonals."""
        diagonals, form = self._turned(adjoint)
        batch = support.batch_of(self.batch_shape.as_list(), support.shape_of(x)[:-2])
        if form == "sequence":
            diagonals = [support.with_batch(convert(line), batch, 1) for line in diagonals]
        else:
            diagonals = support.with_batch(convert(diagonals), batch)
        return diagonals, support.with_batch(x, batch), form

    def _turned(self, adjoint: bool) -> tuple[Any, str]:
        """The diagonals of the matrices, or of their adjoints, and their format."""
        if not adjoint:
            return self._diagonals, self._diagonals_format
        if self._diagonals_format == "matrix":
            return support.turned(convert(self._diagonals), True), "matrix"
        above, main, below = self._lines()
        rest = zeros_like(above[..., :1])
        # Each element moves to the row that it has in the adjoint.
        return [
            conj(concat([below[..., 1:], rest], axis=-1)),
            conj(main),
            conj(concat([rest, above[..., :-1]], axis=-1)),
        ], "sequence"

    def _lines(self) -> list[Any]:
        if self._diagonals_format == "sequence":
            return [convert(line) for line in self._diagonals]
        lines = convert(self._diagonals)
        return [lines[..., i, :] for i in range(3)]

    def _diag_part(self) -> Any:
        if self._diagonals_format == "matrix":
            return diag_part_of(self._diagonals)
        main = self._lines()[1]
        return support.with_batch(main, tuple(self.batch_shape.as_list()), 1)

    def _to_dense(self) -> Any:
        if self._diagonals_format == "matrix":
            return convert(self._diagonals)
        lines = self._diagonals
        if self._diagonals_format == "sequence":
            batch = tuple(self.batch_shape.as_list())
            lines = stack([support.with_batch(line, batch, 1) for line in self._lines()], axis=-2)
        return diag_of(lines, k=(-1, 1), align="LEFT_RIGHT")

    def _assert_self_adjoint(self) -> None:
        if self._diagonals_format == "matrix":
            super()._assert_self_adjoint()
            return
        above, _, below = self._lines()
        assert_equal(
            above[..., :-1],
            conj(below[..., 1:]),
            message="This tridiagonal operator has non-conjugate subdiagonal and superdiagonal.",
        )

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        if self._diagonals_format != "sequence":
            return super()._sliced(key, batch)
        return self._remade(diagonals=[support.sliced(line, 1, key, batch) for line in self._diagonals])
