"""Systems of linear equations, solved by iteration."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.arrays.inspection import broadcast_static_shape
from tfcompat_tape.arrays.shaping import broadcast_to
from tfcompat_tape.control.flow import while_loop
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.linalg.norms import norm
from tfcompat_tape.math.comparison import logical_and
from tfcompat_tape.math.reductions import reduce_any, reduce_sum

__all__ = ["conjugate_gradient"]

CGState = namedtuple("CGState", ["i", "x", "r", "p", "gamma"])


def conjugate_gradient(
    operator: Any,
    rhs: Any,
    preconditioner: Any = None,
    x: Any = None,
    tol: Any = 1e-5,
    max_iter: Any = 20,
    name: Any = "conjugate_gradient",
) -> Any:
    """Solutions `x` of `A x = rhs` by the method of conjugate gradients. Gradients flow through its steps.

    Args:
      operator: `A`, a LinearOperator that is promised to be self-adjoint and positive definite, real.
      rhs: of shape `[..., n]`; the batch shapes broadcast.
      preconditioner: an operator near the inverse of `A`.
      x: where to start, zero by default.
      tol: stop when the norms of all residuals are at most this much of the norms of `rhs`.
      max_iter: stop after so many steps.

    Returns:
      A named tuple: `i`, the number of steps; `x`; `r`, the residual; `p`, the direction of the next step; `gamma`,
      the product of the residual with the preconditioned one.

    Raises:
      ValueError: the operator is not promised to be what it must be, or dimensions that do not match.
      TypeError: dtypes that differ.

    Source: `tf.linalg.experimental.conjugate_gradient`.

    >>> import tfcompat_tape as tf
    >>> operator = tf.linalg.LinearOperatorFullMatrix(
    ...     [[2.0, 1.0], [1.0, 3.0]], is_self_adjoint=True, is_positive_definite=True
    ... )
    >>> state = tf.linalg.experimental.conjugate_gradient(operator, tf.constant([3.0, 4.0]))
    >>> print(int(state.i), tf.round(state.x).numpy())
    2 [1. 1.]
    """
    if not (operator.is_self_adjoint and operator.is_positive_definite):
        raise ValueError("Expected a self-adjoint, positive definite operator.")
    dtype = rhs.dtype
    rhs = convert(rhs)
    batch = broadcast_static_shape(operator.batch_shape, rhs.shape[:-1])
    if preconditioner is not None:
        batch = broadcast_static_shape(batch, preconditioner.batch_shape)
    shape = [*batch.as_list(), rhs.shape[-1]]
    if x is None:
        x = zeros(shape, dtype=dtype)
        residual = broadcast_to(rhs, shape)
    else:
        residual = rhs - operator.matvec(x)
        x = convert(x)
    first = residual if preconditioner is None else preconditioner.matvec(residual)
    start = CGState(convert(0, int32), x, residual, first, _dot(residual, first))
    bound = tol * norm(rhs, axis=-1)
    limit = convert(max_iter, int32)

    def unfinished(state: Any) -> Any:
        return logical_and(state.i < limit, reduce_any(norm(state.r, axis=-1) > bound))

    def step(state: Any) -> list[Any]:
        image = operator.matvec(state.p)
        alpha = state.gamma / _dot(state.p, image)
        solution = state.x + alpha[..., None] * state.p
        rest = state.r - alpha[..., None] * image
        turned = rest if preconditioner is None else preconditioner.matvec(rest)
        gamma = _dot(rest, turned)
        direction = turned + (gamma / state.gamma)[..., None] * state.p
        return [CGState(state.i + 1, solution, rest, direction, gamma)]

    return while_loop(unfinished, step, [start])[0]


def _dot(x: Any, y: Any) -> Any:
    return reduce_sum(x * y, axis=-1)
