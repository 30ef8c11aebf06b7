"""What an operator composed with an operator becomes: the simplest class that the product, or the quotient, can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.block_diag import LinearOperatorBlockDiag
from tfcompat_tape.linalg.operators.circulant import BaseLinearOperatorCirculant
from tfcompat_tape.linalg.operators.composition import LinearOperatorComposition
from tfcompat_tape.linalg.operators.diag import LinearOperatorDiag
from tfcompat_tape.linalg.operators.identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from tfcompat_tape.linalg.operators.inversion import LinearOperatorInversion
from tfcompat_tape.linalg.operators.lower_triangular import LinearOperatorLowerTriangular
from tfcompat_tape.linalg.operators.zeros import LinearOperatorZeros


def product(left: Any, right: Any) -> LinearOperator:
    """`left right`."""
    if isinstance(left, LinearOperatorIdentity):
        return right  # type: ignore[no-any-return]
    if isinstance(left, LinearOperatorZeros) or isinstance(right, LinearOperatorZeros):
        if not left.is_square or not right.is_square:
            raise ValueError(
                "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported at "
                "this time."
            )
        return left if isinstance(left, LinearOperatorZeros) else right  # type: ignore[no-any-return]
    if isinstance(right, LinearOperatorIdentity):
        return left  # type: ignore[no-any-return]
    return _merged(left, right, _times, LinearOperator.matmul) or LinearOperatorComposition(
        [left, right], **hints.of_product(left, right)
    )


def quotient(left: Any, right: Any) -> LinearOperator:
    """The solution `X`, an operator, of `left X = right`."""
    if isinstance(left, LinearOperatorIdentity):
        return right  # type: ignore[no-any-return]
    if isinstance(right, LinearOperatorIdentity):
        return left.inverse()  # type: ignore[no-any-return]
    if isinstance(left, LinearOperatorInversion):
        return left.operator.matmul(right)  # type: ignore[no-any-return]
    return _merged(left, right, _divided_by, LinearOperator.solve) or LinearOperatorComposition(
        [LinearOperatorInversion(left), right], **hints.of_product(left, right)
    )


def _times(x: Any, y: Any) -> Any:
    return convert(x) * y


def _divided_by(x: Any, y: Any) -> Any:
    return convert(y) / x


def _merged(
    left: Any,
    right: Any,
    combine: Callable[[Any, Any], Any],
    of_operators: Callable[[Any, Any], Any],
) -> LinearOperator | None:
    """The product or quotient of two operators that are of one kind, or of a kind that both fit into."""
    scaled = LinearOperatorScaledIdentity
    if isinstance(left, scaled) and isinstance(right, scaled):
        return scaled(
            left.domain_dimension.value,
            combine(left.multiplier, right.multiplier),
            **hints.of_commuting(left, right),
        )
    one, two = _diagonal(left), _diagonal(right)
    if one is not None and two is not None:
        return LinearOperatorDiag(combine(one, two), **hints.of_commuting(left, right))
    if isinstance(left, LinearOperatorDiag) and isinstance(right, LinearOperatorLowerTriangular):
        return _triangular(combine(support.column(left.diag), right.to_dense()), left, right)
    if (
        combine is _times
        and isinstance(left, LinearOperatorLowerTriangular)
        and isinstance(right, LinearOperatorDiag)
    ):
        return _triangular(left.to_dense() * convert(right.diag)[..., None, :], left, right)
    if isinstance(left, BaseLinearOperatorCirculant) and type(left) is type(right):
        return type(left)(
            combine(left.spectrum, right.spectrum),
            input_output_dtype=left.dtype,
            **hints.of_commuting(left, right),
        )
    if isinstance(left, LinearOperatorBlockDiag) and isinstance(right, LinearOperatorBlockDiag):
        return _blocks(left, right, of_operators)
    return None


def _diagonal(operator: Any) -> Any:
    if isinstance(operator, LinearOperatorDiag):
        return operator.diag
    if isinstance(operator, LinearOperatorScaledIdentity):
        return support.column(operator.multiplier)
    return None


def _triangular(matrix: Any, left: Any, right: Any) -> LinearOperator:
    return LinearOperatorLowerTriangular(
        matrix, is_non_singular=hints.non_singular_product(left, right), is_square=True
    )


def _blocks(left: Any, right: Any, combine: Callable[[Any, Any], Any]) -> LinearOperator:
    if len(left.operators) != len(right.operators):
        raise ValueError(
            "Can not efficiently multiply two `LinearOperatorBlockDiag`s together when number of blocks differ."
        )
    for one, two in zip(left.operators, right.operators, strict=True):
        if one.domain_dimension.value != two.range_dimension.value:
            raise ValueError(
                f"Blocks are incompatible. Expected `x` to have dimension {one.domain_dimension} but got "
                f"{two.range_dimension}."
            )
    return LinearOperatorBlockDiag(
        [combine(one, two) for one, two in zip(left.operators, right.operators, strict=True)],
        is_square=None,
    )
