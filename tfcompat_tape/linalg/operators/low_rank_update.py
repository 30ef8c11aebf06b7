"""Operators plus a product of thin matrices."""

from __future__ import annotations

from typing import Any, ClassVar

from tfcompat_tape.arrays.inspection import broadcast_static_shape
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.linalg.decompositions import cholesky as cholesky_of
from tfcompat_tape.linalg.operators import hints, support
from tfcompat_tape.linalg.operators.base import LinearOperator
from tfcompat_tape.linalg.operators.diag import LinearOperatorDiag
from tfcompat_tape.linalg.operators.identity import LinearOperatorIdentity
from tfcompat_tape.linalg.products import matmul
from tfcompat_tape.linalg.solving import det
from tfcompat_tape.linalg.structure import diag_part as diag_part_of
from tfcompat_tape.math.arithmetic import abs as modulus
from tfcompat_tape.math.casting import cast
from tfcompat_tape.math.complex_numbers import conj
from tfcompat_tape.math.elementary import log
from tfcompat_tape.math.reductions import reduce_sum

__all__ = ["LinearOperatorLowRankUpdate"]


class LinearOperatorLowRankUpdate(LinearOperator):
    """`L + U D V^H` with an operator `L`, thin matrices `U` and `V` and a diagonal `D`; it solves by way of `L`.

    Args:
      base_operator: L, of shape `[..., m, n]`.
      u: U, of shape `[..., m, k]`.
      diag_update: the diagonal of D, of shape `[..., k]`, ones by default.
      v: V, of shape `[..., n, k]`, the same as U by default.
      is_diag_update_positive: hint: `diag_update` is positive.
      is_non_singular, is_self_adjoint, is_positive_definite, is_square: hints, as far as these do not follow.
      name: a name.

    Raises:
      ValueError: shapes that do not match, or hints that contradict each other.

    Source: `tf.linalg.LinearOperatorLowRankUpdate`.

    >>> import tfcompat_tape as tf
    >>> base = tf.linalg.LinearOperatorDiag([1.0, 2.0], is_positive_definite=True)
    >>> operator = tf.linalg.LinearOperatorLowRankUpdate(base, [[1.0], [1.0]], diag_update=[3.0])
    >>> print(operator.to_dense().numpy(), float(operator.determinant()))
    [[4. 3.]
     [3. 5.]] 11.0
    """

    _experimental_parameter_ndims_to_matrix_ndims: ClassVar[dict[str, int]] = {
        "base_operator": 0,
        "u": 2,
        "diag_update": 1,
        "v": 2,
    }

    def __init__(
        self,
        base_operator: Any,
        u: Any,
        diag_update: Any = None,
        v: Any = None,
        is_diag_update_positive: bool | None = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = "LinearOperatorLowRankUpdate",
    ) -> None:
        given = {
            "base_operator": base_operator,
            "u": u,
            "diag_update": diag_update,
            "v": v,
            "is_diag_update_positive": is_diag_update_positive,
            "is_non_singular": is_non_singular,
            "is_self_adjoint": is_self_adjoint,
            "is_positive_definite": is_positive_definite,
            "is_square": is_square,
            "name": name,
        }
        dtype = base_operator.dtype
        if diag_update is None:
            is_diag_update_positive = hints.must(
                is_diag_update_positive,
                True,
                "Default diagonal is the identity, which is positive.  However, user set "
                "'is_diag_update_positive' to False.",
            )
        self._is_diag_update_positive = is_diag_update_positive
        self._base_operator = base_operator
        self._u = support.parameter(u)
        self._v = self._u if v is None else support.parameter(v)
        self._diag_update = None if diag_update is None else support.parameter(diag_update)
        symmetric = v is None and base_operator.is_self_adjoint and not dtype.is_complex
        if symmetric:
            is_self_adjoint = hints.must(
                is_self_adjoint,
                True,
                "A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, this must be "
                "a self-adjoint operator.",
            )
        if symmetric and base_operator.is_positive_definite and is_diag_update_positive:
            why = "Arguments imply this is self-adjoint positive-definite operator."
            is_positive_definite = hints.must(is_positive_definite, True, why)
            is_non_singular = hints.must(is_non_singular, True, why)
        super().__init__(
            dtype=dtype,
            is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite,
            is_square=is_square,
            name=name,
            parameters=given,
        )
        self._check_shapes()
        rank = support.shape_of(self._u)[-1]
        self._diag_operator: LinearOperator = (
            LinearOperatorIdentity(rank, dtype=dtype)
            if self._diag_update is None
            else LinearOperatorDiag(self._diag_update, is_positive_definite=is_diag_update_positive)
        )

    def _check_shapes(self) -> None:
        u, v = support.shape_of(self._u), support.shape_of(self._v)
        if len(u) < 2 or len(v) < 2:
            raise IndexError(
                f"tuple index out of range: u and v must be matrices, got {list(u)} and {list(v)}."
            )
        broadcast_static_shape(TensorShape(u), TensorShape(v))
        rows = self._base_operator.domain_dimension.value
        if rows != u[-2]:
            raise ValueError(f"Dimensions {rows} and {u[-2]} are not compatible")
        if self._diag_update is not None and support.shape_of(self._diag_update)[-1] != u[-1]:
            have = support.shape_of(self._diag_update)[-1]
            raise ValueError(f"Dimensions {u[-1]} and {have} are not compatible")

    @property
    def u(self) -> Any:
        """U."""
        return self._u

    @property
    def v(self) -> Any:
        """V."""
        return self._v

    @property
    def is_diag_update_positive(self) -> bool | None:
        """Whether D is promised to be positive."""
        return self._is_diag_update_positive

    @property
    def diag_update(self) -> Any:
        """The diagonal of D, `None` for the identity."""
        return self._diag_update

    @property
    def diag_operator(self) -> LinearOperator:
        """D as an operator."""
        return self._diag_operator

    @property
    def base_operator(self) -> Any:
        """L."""
        return self._base_operator

    def _batch(self) -> tuple[int, ...]:
        return support.batch_of(
            self._base_operator.batch_shape.as_list(),
            self._diag_operator.batch_shape.as_list(),
            support.shape_of(self._u)[:-2],
            support.shape_of(self._v)[:-2],
        )

    def _shape(self) -> Any:
        return (*self._batch(), *self._base_operator.shape.as_list()[-2:])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        base = self._base_operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = matmul(right, x, adjoint_a=True, adjoint_b=adjoint_arg)
        return base + matmul(left, self._diag_operator.matmul(inner, adjoint=adjoint))

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        # The identity of Woodbury: what L alone leaves is corrected in the few dimensions of the update.
        left, right = (self._v, self._u) if adjoint else (self._u, self._v)
        base = self._base_operator.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        inner = matmul(right, base, adjoint_a=True)
        if self._can_use_cholesky():
            inner = support.solve_factored(cholesky_of(self._capacitance()), inner)
        else:
            inner = support.solve_dense(self._capacitance(), inner, adjoint=adjoint)
        return base - self._base_operator.solve(matmul(left, inner), adjoint=adjoint)

    def _capacitance(self) -> Any:
        """`D^-1 + V^H L^-1 U`."""
        inner = matmul(self._v, self._base_operator.solve(convert(self._u)), adjoint_a=True)
        return self._diag_operator.inverse().add_to_tensor(
            support.with_batch(
                inner,
                support.batch_of(support.shape_of(inner)[:-2], self._diag_operator.batch_shape.as_list()),
            )
        )

    def _determinant(self) -> Any:
        return (
            det(self._capacitance()) * self._diag_operator.determinant() * self._base_operator.determinant()
        )

    def _log_abs_determinant(self) -> Any:
        if self._can_use_cholesky():
            factor = cholesky_of(self._capacitance())
            inner = 2 * reduce_sum(log(diag_part_of(factor)), axis=[-1])
        else:
            inner = cast(log(modulus(det(self._capacitance()))), self.dtype)
        return inner + self._diag_operator.log_abs_determinant() + self._base_operator.log_abs_determinant()

    def _diag_part(self) -> Any:
        inner = matmul(self._u, self._diag_operator.to_dense())
        return reduce_sum(inner * conj(self._v), axis=-1) + self._base_operator.diag_part()

    def _to_dense(self) -> Any:
        return self._base_operator.add_to_tensor(self._update())

    def _update(self) -> Any:
        found = matmul(self._u, self._diag_operator.matmul(support.turned(convert(self._v), True)))
        return support.with_batch(found, self._batch())

    def _sliced(self, key: tuple[Any, ...], batch: tuple[int, ...]) -> Any:
        parts = {"u": support.sliced(self._u, 2, key, batch)}
        if self.parameters["v"] is not None:
            parts["v"] = support.sliced(self._v, 2, key, batch)
        if self._diag_update is not None:
            parts["diag_update"] = support.sliced(self._diag_update, 1, key, batch)
        return self._remade(base_operator=self._base_operator._sliced(key, batch), **parts)
