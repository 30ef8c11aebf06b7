"""Derivatives of a tape beyond TensorFlow's methods: diagonals of Jacobians, Hessians, and products with them.

    from tfcompat_tape import derivatives

Each function takes the tape that recorded the target, once: no nested tapes, no function to call again. As with
`tape.gradient`, a tape that is not persistent is spent after one use. All are themselves recorded if an outer tape or
accumulator listens, but for what several ranks compute together (`over=`), which is refused then.
"""

from __future__ import annotations

from typing import Any

from tfcompat_tape.distribute.jacobians import batch_jacobian, jacobian, jacobian_chunks, jacobian_to_file
from tfcompat_tape.distribute.products import gauss_newton_vector_product, hessian_vector_product
from tfcompat_tape.tape import curvature
from tfcompat_tape.tape.diagonal import diagonal_jacobian

__all__ = [
    "batch_jacobian",
    "diagonal_jacobian",
    "gauss_newton_vector_product",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "jacobian_chunks",
    "jacobian_to_file",
]


def hessian(
    tape: Any,
    target: Any,
    sources: Any,
    *,
    progress: bool | None = None,
    over: Any = None,
    gather: bool = False,
) -> Any:
    """The Hessian of the sum of `target` with respect to `sources`.

    Args:
      tape: the tape that recorded `target`; one tape is enough.
      target: a real Tensor.
      sources: a Tensor or Variable, or a list or tuple of them.
      progress: tell the progress on stderr if it takes more than a few seconds; see `tf.GradientTape.jacobian`.
      over: a process group of torch.distributed, or "all", over whose ranks the rows are split: each block is a
        DTensor, placed by `Shard(0)`. Each rank has recorded the same target.
      gather: give the whole Hessian to each rank.

    Returns:
      For one source a Tensor of shape `source.shape + source.shape`, `None` if it is not connected. For several, a list
      of lists, of which `[i][j]` has the shape `sources[i].shape + sources[j].shape`.

    Raises:
      RuntimeError: second use of a tape that is not persistent.
      ResourceExhaustedError: not even one column at a time fits in memory.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable([1.0, 2.0])
    >>> with tf.GradientTape() as tape:
    ...     y = x[0] ** 2 * x[1]
    >>> print(tf.derivatives.hessian(tape, y, x).numpy())
    [[4. 2.]
     [2. 0.]]
    """
    if over is None:
        return curvature.hessian(tape, target, sources, progress=progress)
    from tfcompat_tape.distribute import jacobians

    return jacobians.hessian(tape, target, sources, over=over, gather=gather, progress=progress)
