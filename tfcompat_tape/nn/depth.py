"""Blocks of an image moved to its channels, and back; into the batch by `space_to_batch`, which `tf` has as well."""

from __future__ import annotations

from tfcompat_tape.arrays.space import space_to_batch
from tfcompat_tape.core.convert import convert
from tfcompat_tape.ops import space as ops
from tfcompat_tape.ops.raw.attrs import attribute

__all__ = ["depth_to_space", "space_to_batch", "space_to_depth"]


def space_to_depth(input, block_size, data_format="NHWC", name=None):
    """Square blocks of an image moved to its channels.

    Args:
      input: tensor of shape `(n, height, width, depth)`, or `(n, depth, height, width)` for "NCHW".

    Raises:
      InvalidArgumentError: height or width is not a multiple of `block_size`, which must be at least 2.

    Source: `tf.nn.space_to_depth`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.space_to_depth(tf.ones([1, 4, 4, 3]), 2).shape
    TensorShape([1, 2, 2, 12])
    """
    return ops.space_to_depth(
        convert(input),
        block_size=attribute("SpaceToDepth", "block_size", block_size),
        data_format="NHWC" if data_format is None else data_format,
    )


def depth_to_space(input, block_size, data_format="NHWC", name=None):
    """Channels of an image moved to square blocks: the inverse of `space_to_depth`.

    Raises:
      InvalidArgumentError: the number of channels is not a multiple of `block_size` squared.

    Source: `tf.nn.depth_to_space`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.depth_to_space(tf.ones([1, 2, 2, 12]), 2).shape
    TensorShape([1, 4, 4, 3])
    """
    return ops.depth_to_space(
        convert(input),
        block_size=attribute("DepthToSpace", "block_size", block_size),
        data_format="NHWC" if data_format is None else data_format,
    )
