"""Functions of matrices, called on LinearOperators: the operator's own method answers.

An operator is no tensor, so that a function of tensors fails on it; only then is it asked whether there is one.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from tfcompat_tape.core.convert import convert
from tfcompat_tape.ops.matrices import adjoint as _adjoint

__all__ = ["is_operator", "product_of", "takes_operators"]

F = TypeVar("F", bound=Callable[..., Any])


def is_operator(value: Any) -> bool:
    """Whether a value is a LinearOperator; their package is not loaded to find out."""
    return hasattr(type(value), "_linop_matmul")


def takes_operators(method: Callable[..., Any]) -> Callable[[F], F]:
    """Decorator of a function of tensors: where its first argument is an operator, `method(*arguments)` answers."""

    def decorate(function: F) -> F:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (TypeError, ValueError):
                bound = signature.bind(*args, **kwargs)
                bound.apply_defaults()
                given = {name: value for name, value in bound.arguments.items() if name != "name"}
                if not any(is_operator(value) for value in given.values()):
                    raise
            return method(**given)

        return call  # type: ignore[return-value]

    return decorate


def product_of(
    a: Any, b: Any, transpose_a: Any, transpose_b: Any, adjoint_a: Any, adjoint_b: Any, is_sparse: Any
) -> Any:
    """`tf.matmul` where one factor is an operator, or both are."""
    _refuse(transpose_a or transpose_b, is_sparse)
    if is_operator(a):
        return a.matmul(b, adjoint=bool(adjoint_a), adjoint_arg=bool(adjoint_b))
    # The adjoint of the product with the factors exchanged.
    return _adjoint(b.matmul(convert(a), adjoint=not adjoint_b, adjoint_arg=not adjoint_a))


def vector_product_of(
    a: Any, b: Any, transpose_a: Any, adjoint_a: Any, a_is_sparse: Any, b_is_sparse: Any
) -> Any:
    """`tf.linalg.matvec` of an operator."""
    if not is_operator(a):
        raise ValueError(
            "matvec: the vector is a LinearOperator. Use operator.matvec, or operator.to_dense()."
        )
    _refuse(transpose_a, a_is_sparse or b_is_sparse)
    return a.matvec(b, adjoint=bool(adjoint_a))


def solutions_of(matrix: Any, rhs: Any, adjoint: Any) -> Any:
    """`tf.linalg.solve` of an operator."""
    if not is_operator(matrix):
        raise ValueError("Passing in `matrix` as a Tensor and `rhs` as a LinearOperator is not supported.")
    return matrix.solve(rhs, adjoint=bool(adjoint))


def inverse_of(input: Any, adjoint: Any) -> Any:
    """`tf.linalg.inv` of an operator: an operator."""
    return input.inverse().adjoint() if adjoint else input.inverse()


def log_determinant_of(matrix: Any) -> Any:
    """`tf.linalg.logdet` of an operator."""
    if not (matrix.is_self_adjoint and matrix.is_positive_definite):
        raise ValueError("Expected matrix to be self-adjoint positive definite.")
    return matrix.log_abs_determinant()


def diagonal_of(input: Any, k: Any, padding_value: Any, align: Any) -> Any:
    """`tf.linalg.diag_part` of an operator, which knows its main diagonal alone."""
    if isinstance(k, (list, tuple)) or int(k) != 0:
        raise ValueError(f"diag_part of a LinearOperator: k must be 0, got {k!r}. Use operator.to_dense().")
    return input.diag_part()


def _refuse(transposed: Any, sparse: Any) -> None:
    if transposed:
        raise ValueError("Transposing not supported at this time.")
    if sparse:
        raise ValueError("Sparse methods not supported at this time.")
