"""Isotonic regression."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import neg
from tfcompat_tape.ops.isotonic import isotonic_regression as regress
from tfcompat_tape.ops.isotonic import result_dtype
from tfcompat_tape.ops.shapes import transpose

__all__ = ["isotonic_regression"]


def isotonic_regression(inputs: Any, decreasing: bool = True, axis: int = -1) -> tuple[Tensor, Tensor]:
    """The closest sequences, by least squares, that never increase along `axis`, or never decrease.

    The result is the mean of the inputs on each of the segments on which it is constant, and its gradient the mean of
    the cotangents there.

    Args:
      inputs: floats, or int8, int16, int32 or int64.
      decreasing: False for sequences that never decrease.

    Returns:
      The sequences, in the dtype of the inputs, of short integers float32 and of others float64; and the number of the
      segment that each element belongs to, as int32.

    Raises:
      NotFoundError: unsigned integers.
      InvalidArgumentError: booleans or complex numbers, or an axis that there is not.

    Source: `tf.nn.isotonic_regression`.

    >>> import tfcompat_tape as tf
    >>> values, segments = tf.nn.isotonic_regression([3.0, 1.0, 2.0])
    >>> values.numpy(), segments.numpy()
    (array([3. , 1.5, 1.5], dtype=float32), array([0, 1, 1], dtype=int32))
    """
    x = inputs if type(inputs) is Tensor else convert(inputs)
    rank = len(x._t.shape)
    last = rank - 1
    if not -max(rank, 1) <= axis < max(rank, 1):
        raise invalid(
            f"`dim` must be in the range [{-rank}, {rank}) where {rank} is the number of dimensions in the input. "
            f"Received: dim={axis}"
        )
    place = int(axis) % rank if rank else last
    order = list(range(rank))
    if place != last:
        order[place], order[last] = last, place
        x = transpose(x, perm=tuple(order))
    wanted = result_dtype(x._t.dtype)
    values, segments = regress(x if decreasing else neg(x), output_dtype=wanted)
    if not decreasing:
        values = neg(values)
    if place != last:
        values, segments = transpose(values, perm=tuple(order)), transpose(segments, perm=tuple(order))
    return values, segments
