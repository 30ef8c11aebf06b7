"""A convolution with any number of batch axes."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import any_convolution as any_convolution
from tfcompat_tape.ops.raw import calls as raw_calls

__all__ = ["conv"]


def conv(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    explicit_paddings: Any = [],  # noqa: B006
    data_format: Any = "CHANNELS_LAST",
    dilations: Any = [],  # noqa: B006
    batch_dims: int = 1,
    groups: int = 1,
    name: Any = None,
) -> Tensor:
    """A convolution over two or three spatial axes, with `batch_dims` axes of batches before them.

    Without a gradient, as in TensorFlow: `tf.nn.conv2d` and `tf.nn.conv3d` have one.

    Args:
      input: floats or int32 of shape `(*batch, *image, channels)`.
      filter: of the same dtype and shape `(*window, channels, outputs)`.
      strides, dilations: one for each axis, as if there were one batch axis.
      padding: "SAME", "VALID", or "EXPLICIT" with two `explicit_paddings` for each axis.

    Raises:
      InvalidArgumentError: shapes or attributes that do not fit.
      UnimplementedError: groups, or explicit paddings of three axes.

    Source: `tf.conv`.

    >>> import tfcompat_tape as tf
    >>> tf.conv(tf.ones([2, 3, 4, 4, 1]), tf.ones([2, 2, 1, 5]), [1, 1, 1, 1], "VALID", batch_dims=2).shape
    TensorShape([2, 3, 3, 3, 5])
    """
    result: Tensor = raw_calls.named("Conv")(
        input=input,
        filter=filter,
        strides=strides,
        padding=padding,
        explicit_paddings=explicit_paddings,
        data_format=data_format,
        dilations=dilations,
        batch_dims=batch_dims,
        groups=groups,
    )
    return result
