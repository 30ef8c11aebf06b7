"""Permutations, as vectors of positions."""

from __future__ import annotations

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.ops import sets as ops

__all__ = ["invert_permutation"]


def invert_permutation(x, name=None):
    """The permutation that undoes `x`: `y[x[i]] == i`.

    Raises:
      InvalidArgumentError: `x` is not a permutation of the numbers from 0 on, as a vector of int32 or int64.

    Source: `tf.math.invert_permutation`.

    >>> import tfcompat_tape as tf
    >>> tf.math.invert_permutation([2, 0, 1]).numpy().tolist()
    [1, 2, 0]
    """
    return ops.invert_permutation(convert(x, preferred=int32))
