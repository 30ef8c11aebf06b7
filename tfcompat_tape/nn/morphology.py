"""Grey-scale morphology: the maximum of pixel plus filter over each window, and its dual."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import match
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.nn._windows import given, plain_padding, tensor
from tfcompat_tape.ops.arithmetic import neg
from tfcompat_tape.ops.patches import dilation2d as _dilation2d
from tfcompat_tape.ops.shapes import reverse

__all__ = ["dilation2d", "erosion2d"]


def dilation2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Tensor:
    """The maximum, over each window, of `input` plus `filters`.

    input: real, (batch, height, width, channels); filters: (height, width, channels) of the same dtype; strides and
    dilations: one int for each of the four axes. As in TensorFlow it differentiates once. Errors: ValueError for a
    data format other than 'NHWC', InvalidArgumentError for shapes that do not fit. Source: `tf.nn.dilation2d`.

    >>> import tfcompat_tape as tf
    >>> image = tf.constant([[[[1.0], [5.0], [2.0]]]])
    >>> tf.nn.dilation2d(image, tf.zeros([1, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4).numpy().ravel().tolist()
    [5.0, 5.0]
    """
    if data_format != "NHWC":
        raise ValueError(
            f"`data_format` values other than 'NHWC' are not supported. Received: {data_format=}"
        )
    return _dilation2d(
        *match((input, filters)),
        strides=given(strides, "dilation2d", "strides"),
        rates=given(dilations, "dilation2d", "dilations"),
        padding=plain_padding(padding),
    )


def erosion2d(
    value: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str,
    dilations: Any,
    name: str | None = None,
) -> Tensor:
    """The minimum, over each window, of `value` minus the reversed `filters`: the dual of `dilation2d`.

    Source: `tf.nn.erosion2d`.

    >>> import tfcompat_tape as tf
    >>> image = tf.constant([[[[1.0], [5.0], [2.0]]]])
    >>> tf.nn.erosion2d(image, tf.zeros([1, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4).numpy().ravel().tolist()
    [1.0, 2.0]
    """
    turned = reverse(tensor(filters), axis=(0, 1))
    return neg(dilation2d(neg(tensor(value)), turned, strides, padding, data_format, dilations))
