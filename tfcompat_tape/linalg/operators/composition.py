"""Products of operators that stay products."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.adjoint import LinearOperatorAdjoint
from tfcompat_tape.linalg.operators.base import LinearOperator

__all__ = ["LinearOperatorComposition"]


class LinearOperatorComposition(LinearOperator):
    """The product `A1 A2 ... An` of operators; it acts by acting with one after the other.

    Args:
      operators: at least one, of one dtype, whose dimensions match; their batch shapes broadcast.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints. What is of the form `A A^H`, with
        the same object `A`, is known to be self-adjoint.
      name: by default the operators' names, joined by `_o_`.

    Raises:
      ValueError: no operator, dimensions that do not match, or hints that contradict those of the operators.
      TypeError: operators of several dtypes.

    Source: `tf.linalg.LinearOperatorComposition`.

    >>> import tfcompat_tape as tf
    >>> double = tf.linalg.LinearOperatorScaledIdentity(2, 2.0)
    >>> matrix = tf.linalg.LinearOperatorFullMatrix([[1.0, 1.0], [0.0, 1.0]])
    >>> print(tf.linalg.LinearOperatorComposition([double, matrix]).matvec([1.0, 2.0]).numpy())
    [6. 4.]
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
        self._operators = parts_of(operators)
        for left, right in zip(self._operators, self._operators[1:], strict=False):
            if left.domain_dimension.value != right.range_dimension.value:
                raise ValueError(
                    f"Dimensions {left.domain_dimension} and {right.range_dimension} are not compatible"
                )
        is_non_singular = hints.of_all(
            is_non_singular,
            (operator.is_non_singular for operator in self._operators),
            "The composition of non-singular operators is always non-singular.",
        )
        if is_self_adjoint is None and len(self._operators) == 1:
            is_self_adjoint = self._operators[0].is_self_adjoint
        if _is_product_with_adjoint(self._operators):
            is_self_adjoint = hints.must(
                is_self_adjoint,
                True,
                "The composition was determined to be self-adjoint but user provided incorrect `False` hint.",
            )
            if all(operator.is_non_singular for operator in self._operators):
                is_positive_definite = hints.must(
                    is_positive_definite,
                    True,
                    "The composition was determined to be non-singular and self-adjoint, hence positive "
                    "definite, but user provided incorrect `False` hint.",
                )
        super().__init__(
            dtype=self._operators[0].dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=is_square,
            name=name or "_o_".join(operator.name for operator in self._operators),
            parameters=given,
        )

    @property
    def operators(self) -> list[Any]:
        """The factors, the last of which acts first."""
        return self._operators

    def _shape(self) -> Any:
        batch = support.batch_of(*(operator.batch_shape.as_list() for operator in self._operators))
        return (*batch, self._operators[0].range_dimension.value, self._operators[-1].domain_dimension.value)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        for operator in self._operators if adjoint else self._operators[::-1]:
            x, adjoint_arg = operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg), False
        return x

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        for operator in self._operators if adjoint else self._operators[::-1]:
            x = operator.matvec(x, adjoint=adjoint)
        return x

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        for operator in self._operators[::-1] if adjoint else self._operators:
            rhs, adjoint_arg = operator.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg), False
        return rhs

    def _determinant(self) -> Any:
        return support.product(operator.determinant() for operator in self._operators)

    def _log_abs_determinant(self) -> Any:
        return sum_of(operator.log_abs_determinant() for operator in self._operators)

    def _assert_non_singular(self) -> None:
        if not all(operator.is_square for operator in self._operators):
            super()._assert_non_singular()
            return
        for operator in self._operators:
            operator.assert_non_singular()

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        return self._remade(operators=[operator._sliced(key, batch) for operator in self._operators])


def parts_of(operators: Any) -> list[Any]:
    """The operators that a larger one is made of.

    Raises:
      ValueError: there is none.
      TypeError: no list, or operators of several dtypes.
    """
    if isinstance(operators, LinearOperator) or not hasattr(operators, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(operators)}')
    found = list(operators)
    if not found:
        raise ValueError(f"Expected a non-empty list of operators. Found: {operators}")
    if any(operator.dtype != found[0].dtype for operator in found):
        each = "   ".join(str((operator.name, operator.dtype)) for operator in found)
        raise TypeError(f"Expected all operators to have the same dtype.  Found {each}")
    return found


def sum_of(terms: Any) -> Any:
    """The sum of tensors, one at a time."""
    first, *rest = terms
    for term in rest:
        first = first + term
    return first


def _is_product_with_adjoint(operators: list[Any]) -> bool:
    """Whether the second half of the factors is the adjoint of the first half."""
    half, odd = divmod(len(operators), 2)
    return not odd and all(_are_adjoint(operators[i], operators[-1 - i]) for i in range(half))


def _are_adjoint(one: Any, two: Any) -> bool:
    if one is two:
        return bool(one.is_self_adjoint)
    return (isinstance(two, LinearOperatorAdjoint) and two.operator is one) or (
        isinstance(one, LinearOperatorAdjoint) and one.operator is two
    )
