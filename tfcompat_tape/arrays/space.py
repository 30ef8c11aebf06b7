"""Blocks of space moved into the batch, and back."""

from __future__ import annotations

import numpy as np

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import composed
from tfcompat_tape.ops import space as ops
from tfcompat_tape.ops.arguments import as_ints, as_pairs

__all__ = [
    "batch_to_space",
    "required_space_to_batch_paddings",
    "space_to_batch",
    "space_to_batch_nd",
]


def space_to_batch_nd(input, block_shape, paddings, name=None):
    """The axes after the batch, padded, cut into blocks of `block_shape`, and the places in a block moved to the batch.

    Args:
      input: tensor of shape `(batch, *space, ...)`.
      block_shape: vector of as many positive integers as there are axes of space.
      paddings: matrix of one row (before, after) for each of them.

    Raises:
      InvalidArgumentError: a padded axis is not a multiple of its block, or arguments that do not fit.

    Source: `tf.space_to_batch_nd`.

    >>> import tfcompat_tape as tf
    >>> tf.space_to_batch_nd(tf.ones([1, 4, 6, 2]), [2, 3], [[0, 0], [0, 0]]).shape
    TensorShape([6, 2, 2, 2])
    """
    return ops.space_to_batch_nd(
        convert(input), block_shape=as_ints(block_shape, "block_shape"), paddings=as_pairs(paddings)
    )


def space_to_batch(input, block_shape, paddings, name=None):
    """The same as `space_to_batch_nd`.

    Source: `tf.space_to_batch`.

    >>> import tfcompat_tape as tf
    >>> tf.space_to_batch(tf.ones([1, 4, 6, 2]), [2, 3], [[0, 0], [0, 0]]).shape
    TensorShape([6, 2, 2, 2])
    """
    return space_to_batch_nd(input, block_shape, paddings)


def batch_to_space(input, block_shape, crops, name=None):
    """The inverse of `space_to_batch`: places in a block come out of the batch, and the edges are cropped.

    Args:
      block_shape: vector of positive integers, or one for two axes.
      crops: matrix of one row (before, after) for each axis of space.

    Raises:
      InvalidArgumentError: the batch is not a multiple of the block's size, or arguments that do not fit.

    Source: `tf.batch_to_space`.

    >>> import tfcompat_tape as tf
    >>> tf.batch_to_space(tf.ones([6, 2, 2, 2]), [2, 3], [[0, 0], [0, 0]]).shape
    TensorShape([1, 4, 6, 2])
    """
    if isinstance(block_shape, int):
        block_shape = (block_shape, block_shape)
    return ops.batch_to_space_nd(
        convert(input), block_shape=as_ints(block_shape, "block_shape"), crops=as_pairs(crops, "crops")
    )


@composed
def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    """Paddings that make each axis a multiple of its block, and the crops that take them off again.

    Returns:
      Two int32 matrices of one row (before, after) for each axis.

    Raises:
      ValueError: arguments of different lengths.

    Source: `tf.required_space_to_batch_paddings`.

    >>> import tfcompat_tape as tf
    >>> paddings, crops = tf.required_space_to_batch_paddings([5, 7], [2, 3])
    >>> paddings.numpy().tolist(), crops.numpy().tolist()
    ([[0, 1], [0, 2]], [[0, 1], [0, 2]])
    """
    sizes, blocks = (
        as_ints(input_shape, "input_shape", to=int32),
        as_ints(block_shape, "block_shape", to=int32),
    )
    base = ((0, 0),) * len(blocks) if base_paddings is None else as_pairs(base_paddings, "base_paddings")
    if not len(sizes) == len(blocks) == len(base):
        raise ValueError(f"Shapes ({len(sizes)},) and [{len(blocks)}] are incompatible")
    if 0 in blocks:
        raise invalid(f"required_space_to_batch_paddings: Integer division by zero: block_shape={blocks}")
    extra = [-(n + low + high) % block for n, block, (low, high) in zip(sizes, blocks, base, strict=True)]
    paddings = [(low, high + more) for (low, high), more in zip(base, extra, strict=True)]
    crops = [(0, more) for more in extra]
    return tuple([convert(np.array(pairs, np.int32).reshape(-1, 2)) for pairs in (paddings, crops)])
