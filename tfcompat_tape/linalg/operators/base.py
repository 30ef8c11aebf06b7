"""`tf.linalg.LinearOperator`: matrices of which one knows more than their entries."""

from __future__ import annotations

import abc
import contextlib
from collections.abc import Iterator
from typing import Any, ClassVar

from tfcompat_tape.arrays.creation import eye
from tfcompat_tape.arrays.shaping import squeeze
from tfcompat_tape.control.scopes import name_scope as _scope
from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, as_dtype, int32
from tfcompat_tape.core.shapes import Dimension, TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.debugging import assert_equal, assert_less, assert_positive
from tfcompat_tape.linalg.decompositions import cholesky as cholesky_of
from tfcompat_tape.linalg.decompositions import eigvalsh, svd
from tfcompat_tape.linalg.operators import hints, structure, support
from tfcompat_tape.linalg.solving import det, slogdet
from tfcompat_tape.linalg.structure import adjoint as adjoint_of
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.complex_numbers import real
from tfcompat_tape.math.elementary import exp, log
from tfcompat_tape.math.reductions import reduce_max, reduce_min
from tfcompat_tape.modules import Module

__all__ = ["LinearOperator"]


class LinearOperator(Module, CompositeTensor, metaclass=abc.ABCMeta):
    """A batch of matrices, of shape `[..., m, n]`, known by how they act.

    A subclass has `_shape` and `_matmul`, and overrides what it can do better than with dense matrices: `_matvec`,
    `_solve`, `_solvevec`, `_determinant`, `_log_abs_determinant`, `_trace`, `_diag_part`, `_to_dense`, `_eigvals`,
    `_cond`, `_add_to_tensor`, `_assert_non_singular`, `_assert_positive_definite`, `_assert_self_adjoint`. Hints are
    promises: nothing checks them unless one of the `assert_` methods is called.

    Args:
      dtype: of the entries.
      graph_parents: not used.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: what is promised; `None` for what is not known.
      name: by default the name of the class.
      parameters: the arguments that the subclass was made with, by name.

    Raises:
      ValueError: hints that contradict each other.

    Source: `tf.linalg.LinearOperator`.

    >>> import tfcompat_tape as tf
    >>> class Scaled(tf.linalg.LinearOperator):
    ...     def __init__(self, factor, n):
    ...         self.factor, self.n = tf.convert_to_tensor(factor), n
    ...         super().__init__(dtype=self.factor.dtype, is_self_adjoint=True)
    ...     def _shape(self):
    ...         return tf.TensorShape([self.n, self.n])
    ...     def _matmul(self, x, adjoint=False, adjoint_arg=False):
    ...         return self.factor * (tf.linalg.adjoint(x) if adjoint_arg else x)
    >>> print(Scaled(3.0, 2).to_dense().numpy(), float(Scaled(3.0, 2).determinant()))
    [[3. 0.]
     [0. 3.]] 9.0
    """

    # The parameters that hold numbers, with the ranks of their parts that are no batch; 0 for operators.
    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {}

    def __init__(
        self,
        dtype: Any,
        graph_parents: Any = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
        parameters: Any = None,
    ) -> None:
        is_non_singular, is_square = hints.implied(
            is_non_singular, is_self_adjoint, is_positive_definite, is_square
        )
        super().__init__()
        self._name = name or type(self).__name__
        self._dtype = as_dtype(dtype) if dtype is not None else dtype
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._is_square = is_square
        self._parameters = parameters

    # -- what it is -------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments that it was made with, by name."""
        return dict(self._parameters)

    @property
    def dtype(self) -> DType:
        """Of the entries."""
        return self._dtype  # type: ignore[no-any-return]

    @property
    def graph_parents(self) -> list[Any]:
        """Not used: an empty list."""
        return []

    @property
    def is_non_singular(self) -> bool | None:
        """Whether it is promised to have an inverse."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        """Whether it is promised to be equal to its adjoint."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        """Whether the real part of `x^H A x` is promised to be positive for every `x` but zero."""
        return self._is_positive_definite

    @property
    def is_square(self) -> bool | None:
        """Whether it has as many rows as columns; ValueError if it has, and the hint denies it."""
        square = self.domain_dimension == self.range_dimension
        if self._is_square is False and square:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return square if self._is_square is None else self._is_square

    @property
    def shape(self) -> TensorShape:
        """Batch shape, number of rows, number of columns."""
        return TensorShape(self._shape())

    @property
    def batch_shape(self) -> TensorShape:
        """The shape without rows and columns."""
        return self.shape[:-2]

    @property
    def tensor_rank(self) -> int | None:
        """The number of axes of the dense form."""
        return self.shape.rank

    @property
    def domain_dimension(self) -> Dimension:
        """The number of columns."""
        return Dimension(self.shape[-1])

    @property
    def range_dimension(self) -> Dimension:
        """The number of rows."""
        return Dimension(self.shape[-2])

    def shape_tensor(self, name: Any = "shape_tensor") -> Tensor:
        """The shape as an int32 vector."""
        return self._shape_tensor()  # type: ignore[no-any-return]

    def batch_shape_tensor(self, name: Any = "batch_shape_tensor") -> Tensor:
        """The batch shape as an int32 vector."""
        return self._batch_shape_tensor()  # type: ignore[no-any-return]

    def tensor_rank_tensor(self, name: Any = "tensor_rank_tensor") -> Tensor:
        """The number of axes as an int32 scalar."""
        return convert(self.tensor_rank, int32)

    def domain_dimension_tensor(self, name: Any = "domain_dimension_tensor") -> Tensor:
        """The number of columns as an int32 scalar."""
        return convert(self.domain_dimension.value, int32)

    def range_dimension_tensor(self, name: Any = "range_dimension_tensor") -> Tensor:
        """The number of rows as an int32 scalar."""
        return convert(self.range_dimension.value, int32)

    # -- products and solutions -------------------------------------------------------------------

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "matmul") -> Any:
        """The product `A x`, or with the adjoint of either.

        Args:
          x: of shape `[..., n, r]` and the dtype of this operator; or an operator.

        Returns:
          A Tensor of shape `[..., m, r]`; of two operators an operator, of the simplest class that it can be.

        Raises:
          ValueError: dimensions that do not match.
          TypeError: another dtype.
        """
        if isinstance(x, LinearOperator):
            left, right = self._factors(x, adjoint, adjoint_arg, "x")
            return left._linop_matmul(left, right)
        x = self._argument(x)
        self._check_sizes(self.shape[-2 if adjoint else -1], x, -1 if adjoint_arg else -2)
        return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def __rmatmul__(self, other: Any) -> Any:
        other = convert(other)
        self._check_sizes(self.shape[-2], other, -1)
        return adjoint_of(self.matmul(other, adjoint=True, adjoint_arg=True))

    def matvec(self, x: Any, adjoint: bool = False, name: Any = "matvec") -> Any:
        """The product `A x` with vectors `x` of shape `[..., n]`; see `matmul`."""
        x = self._argument(x)
        self._check_sizes(self.shape[-2 if adjoint else -1], x, -1)
        return self._matvec(x, adjoint=adjoint)

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: Any = "solve") -> Any:
        """The solutions `X` of `A X = rhs`, or with the adjoint of either.

        Args:
          rhs: of shape `[..., m, r]` and the dtype of this operator; or an operator.

        Returns:
          A Tensor of shape `[..., n, r]`; for an operator an operator.

        Raises:
          NotImplementedError: the operator is not square, or promised to be singular.
          InvalidArgumentError: the operator is singular, where the solution is one of dense matrices.
          ValueError: dimensions that do not match.
          TypeError: another dtype.
        """
        if self.is_non_singular is False:
            raise NotImplementedError(
                "Exact solve not implemented for an operator that is expected to be singular."
            )
        self._require_solvable()
        if isinstance(rhs, LinearOperator):
            left, right = self._factors(rhs, adjoint, adjoint_arg, "rhs")
            return left._linop_solve(left, right)
        rhs = self._argument(rhs)
        self._check_sizes(self.shape[-1 if adjoint else -2], rhs, -1 if adjoint_arg else -2)
        return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: Any = "solve") -> Any:
        """The solutions `x` of `A x = rhs` with vectors of shape `[..., m]`; see `solve`."""
        rhs = self._argument(rhs)
        self._check_sizes(self.shape[-1 if adjoint else -2], rhs, -1)
        self._require_solvable()
        return self._solvevec(rhs, adjoint=adjoint)

    def _require_solvable(self) -> None:
        if self.is_square is False:
            raise NotImplementedError(
                "Exact solve not implemented for an operator that is expected to not be square."
            )

    def _factors(self, other: Any, adjoint: bool, adjoint_arg: bool, what: str) -> tuple[Any, Any]:
        left = self.adjoint() if adjoint else self
        right = other.adjoint() if adjoint_arg else other
        inner = left.domain_dimension if what == "x" else left.range_dimension
        if inner.value != right.range_dimension.value:
            raise ValueError(
                f"Operators are incompatible. Expected `{what}` to have dimension {inner} but got "
                f"{right.range_dimension}."
            )
        return left, right

    def _argument(self, x: Any) -> Tensor:
        x = convert(x)
        self._check_input_dtype(x)
        return x

    def _check_input_dtype(self, x: Any) -> None:
        if x.dtype != self.dtype:
            raise TypeError(f"Expected argument to have dtype {self.dtype}.  Found: {x.dtype} in tensor {x}")

    @staticmethod
    def _check_sizes(size: int | None, x: Tensor, axis: int) -> None:
        shape = x._t.shape
        if len(shape) < -axis:
            raise IndexError(
                f"tuple index out of range: there is no axis {axis} in the shape {tuple(shape)}."
            )
        if size != shape[axis]:
            raise ValueError(f"Dimensions {size} and {shape[axis]} are not compatible")

    # -- operators from operators -----------------------------------------------------------------

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The conjugate transpose; the operator itself if it is promised to be self-adjoint."""
        return self if self.is_self_adjoint else self._linop_adjoint()  # type: ignore[no-any-return]

    H = property(adjoint, None)

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The inverse.

        Raises:
          ValueError: the operator is not square, or promised to be singular.
        """
        if self.is_square is False:
            raise ValueError("Cannot take the Inverse: This operator represents a non square matrix.")
        if self.is_non_singular is False:
            raise ValueError("Cannot take the Inverse: This operator represents a singular matrix.")
        return self._linop_inverse()  # type: ignore[no-any-return]

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The lower triangular `L` with `L L^H = A`.

        Raises:
          ValueError: the operator is not promised to be both positive definite and self-adjoint.
        """
        if not self._can_use_cholesky():
            raise ValueError(
                "Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix."
            )
        return self._linop_cholesky()  # type: ignore[no-any-return]

    def __getitem__(self, key: Any) -> LinearOperator:
        """The operators at an index into the batch axes; the last two axes cannot be indexed."""
        batch = tuple(self.batch_shape.as_list())
        return self._sliced(support.batch_key(key, batch), batch)

    def __iter__(self) -> Iterator[LinearOperator]:
        if not self.batch_shape.rank:
            self[0]  # refused with the reason
        return (self[i] for i in range(self.batch_shape[0]))

    # -- numbers ----------------------------------------------------------------------------------

    def determinant(self, name: Any = "det") -> Any:
        """The determinants, of shape `[...]`; NotImplementedError for an operator that is not square."""
        self._require_square()
        return self._determinant()

    def log_abs_determinant(self, name: Any = "log_abs_det") -> Any:
        """The logarithms of the determinants' absolute values; NotImplementedError for one that is not square."""
        self._require_square()
        return self._log_abs_determinant()

    def _require_square(self) -> None:
        if self.is_square is False:
            raise NotImplementedError(
                "Determinant not implemented for an operator that is expected to not be square."
            )

    def trace(self, name: Any = "trace") -> Any:
        """The sums of the diagonals, of shape `[...]`."""
        return self._trace()

    def diag_part(self, name: Any = "diag_part") -> Any:
        """The diagonals, of shape `[..., min(m, n)]`."""
        return self._diag_part()

    def to_dense(self, name: Any = "to_dense") -> Any:
        """The matrices themselves, of shape `[..., m, n]`."""
        return self._to_dense()

    def add_to_tensor(self, x: Any, name: Any = "add_to_tensor") -> Any:
        """The sum of `x` and the dense form."""
        return self._add_to_tensor(self._argument(x))

    def eigvals(self, name: Any = "eigvals") -> Any:
        """The eigenvalues; NotImplementedError unless the operator is promised to be self-adjoint."""
        if not self.is_self_adjoint:
            raise NotImplementedError("Only self-adjoint matrices are supported.")
        return self._eigvals()

    def cond(self, name: Any = "cond") -> Any:
        """The condition numbers in the 2-norm, of shape `[...]`."""
        return self._cond()

    # -- checks -----------------------------------------------------------------------------------

    def assert_non_singular(self, name: Any = "assert_non_singular") -> None:
        """Raise InvalidArgumentError if the condition number is so large that it is singular to working precision."""
        self._assert_non_singular()

    def assert_positive_definite(self, name: Any = "assert_positive_definite") -> None:
        """Raise InvalidArgumentError unless it is positive definite; NotImplementedError if that cannot be told."""
        self._assert_positive_definite()

    def assert_self_adjoint(self, name: Any = "assert_self_adjoint") -> None:
        """Raise InvalidArgumentError unless it is equal to its adjoint."""
        self._assert_self_adjoint()

    # -- what subclasses have, or have better -----------------------------------------------------

    @abc.abstractmethod
    def _shape(self) -> Any:
        """The shape, as a TensorShape or what one can be made of."""

    @abc.abstractmethod
    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        """The product with a Tensor."""

    def _shape_tensor(self) -> Any:
        return convert(self.shape.as_list(), int32)

    def _batch_shape_tensor(self) -> Any:
        return convert(self.batch_shape.as_list(), int32)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return squeeze(self._matmul(support.column(x), adjoint=adjoint), axis=[-1])

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._dense_solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _dense_solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = support.turned(rhs, adjoint_arg)
        if self._can_use_cholesky():
            return support.solve_factored(cholesky_of(self.to_dense()), rhs)
        return support.solve_dense(self.to_dense(), rhs, adjoint=adjoint)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return squeeze(self._solve(support.column(rhs), adjoint=adjoint), axis=[-1])

    def _to_dense(self) -> Any:
        rows = self.domain_dimension.value
        return self._matmul(eye(rows, batch_shape=self.batch_shape.as_list(), dtype=self.dtype))

    def _add_to_tensor(self, x: Any) -> Any:
        return self.to_dense() + x

    def _diag_part(self) -> Any:
        return diag_part_of(self.to_dense())

    def _trace(self) -> Any:
        return support.sum_last(self.diag_part())

    def _determinant(self) -> Any:
        if self._can_use_cholesky():
            return exp(self.log_abs_determinant())
        return det(self.to_dense())

    def _log_abs_determinant(self) -> Any:
        if self._can_use_cholesky():
            return 2 * support.sum_last(log(diag_part_of(cholesky_of(self.to_dense()))))
        return slogdet(self.to_dense()).log_abs_determinant

    def _eigvals(self) -> Any:
        return eigvalsh(self.to_dense())

    def _cond(self) -> Any:
        if self.is_self_adjoint:
            values = modulus(self._eigvals())
        else:
            values = modulus(svd(self.to_dense(), compute_uv=False))
        return reduce_max(values, axis=-1) / reduce_min(values, axis=-1)

    def _max_condition_number_to_be_non_singular(self) -> float:
        return 0.01 / support.epsilon(self.dtype)

    def _assert_non_singular(self) -> None:
        found = real(self.cond())
        largest = convert(self._max_condition_number_to_be_non_singular(), found.dtype)
        assert_less(found, largest, message="Singular matrix up to precision epsilon.")

    def _assert_positive_definite(self) -> None:
        if not self.is_self_adjoint:
            raise NotImplementedError("assert_positive_definite is not implemented.")
        diagonal = real(diag_part_of(cholesky_of(self.to_dense())))
        assert_positive(diagonal, message="Matrix was not positive definite.")

    def _assert_self_adjoint(self) -> None:
        dense = self.to_dense()
        assert_equal(dense, adjoint_of(dense), message="Matrix was not equal to its adjoint.")

    def _can_use_cholesky(self) -> bool:
        return bool(self.is_self_adjoint and self.is_positive_definite)

    def _linop_adjoint(self) -> Any:
        from tfcompat_tape.linalg.operators.adjoint import LinearOperatorAdjoint

        return LinearOperatorAdjoint(self)

    def _linop_inverse(self) -> Any:
        from tfcompat_tape.linalg.operators.inversion import LinearOperatorInversion

        return LinearOperatorInversion(self)

    def _linop_cholesky(self) -> Any:
        from tfcompat_tape.linalg.operators.lower_triangular import LinearOperatorLowerTriangular

        return LinearOperatorLowerTriangular(
            cholesky_of(self.to_dense()), is_non_singular=True, is_self_adjoint=False, is_square=True
        )

    def _linop_matmul(self, left_operator: Any, right_operator: Any) -> Any:
        from tfcompat_tape.linalg.operators import algebra

        return algebra.product(left_operator, right_operator)

    def _linop_solve(self, left_operator: Any, right_operator: Any) -> Any:
        from tfcompat_tape.linalg.operators import algebra

        return algebra.quotient(left_operator, right_operator)

    # -- as a structure of tensors ----------------------------------------------------------------

    __composite_gradient__ = structure.OperatorGradient()

    @property
    def _type_spec(self) -> Any:
        return structure.spec_of(self)

    def _remade(self, **parameters: Any) -> Any:
        """An operator of this class with other values of these parameters, and the same hints."""
        return type(self)(**{**self.parameters, **hints.of(self), **parameters})

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        """The part `key` of the batch that this operator is broadcast to."""
        parts = {
            name: support.sliced(getattr(self, name), rank, key, batch)
            for name, rank in self._experimental_parameter_ndims_to_matrix_ndims.items()
            if getattr(self, name) is not None
        }
        return self._remade(**parts)

    @contextlib.contextmanager
    def _name_scope(self, name: str | None = None) -> Iterator[str]:  # type: ignore[override]
        """The scope in which a method of a subclass runs."""
        with _scope(self.name if name is None else f"{self.name}/{name}") as scope:
            yield scope
