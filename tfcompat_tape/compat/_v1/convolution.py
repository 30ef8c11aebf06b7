"""Convolutions, pooling and the like, with the arguments of version 1: `filter`, `value`, strides for all axes."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: Any = None,
    data_format: Any = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.conv1d` with the arguments of version 1. Source: `tf.compat.v1.nn.conv1d`."""
    return tf.nn.conv1d(
        either("input", input, "value", value), filters, stride, padding, data_format or "NWC", dilations
    )


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: Any = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Any:
    """`tf.nn.conv2d` with the arguments of version 1. Source: `tf.compat.v1.nn.conv2d`.

    >>> import tfcompat_tape as tf
    >>> x, k = tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1])
    >>> tf.compat.v1.nn.conv2d(x, filter=k, strides=[1, 2, 2, 1], padding="VALID").shape
    TensorShape([1, 2, 2, 1])
    """
    kernel = either("filters", filters, "filter", filter)
    return tf.nn.conv2d(input, kernel, _given(strides), padding, data_format or "NHWC", dilations)


def _given(strides: Any) -> Any:
    return 1 if strides is None else strides


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Any:
    """The gradient of `conv2d` with respect to its filter. Source: `tf.compat.v1.nn.conv2d_backprop_filter`."""
    return tf.raw_ops.Conv2DBackpropFilter(
        input=input,
        filter_sizes=filter_sizes,
        out_backprop=out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Any:
    """The gradient of `conv2d` with respect to its input. Source: `tf.compat.v1.nn.conv2d_backprop_input`."""
    return tf.raw_ops.Conv2DBackpropInput(
        input_sizes=input_sizes,
        filter=either("filters", filters, "filter", filter),
        out_backprop=out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.conv2d_transpose` with the arguments of version 1. Source: `tf.compat.v1.nn.conv2d_transpose`."""
    value = either("input", input, "value", value)
    kernel = either("filters", filters, "filter", filter)
    return tf.nn.conv2d_transpose(value, kernel, output_shape, strides, padding, data_format, dilations)


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    data_format: str = "NDHWC",
    dilations: Any = [1, 1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
    filters: Any = None,
) -> Any:
    """`tf.nn.conv3d` with the arguments of version 1. Source: `tf.compat.v1.nn.conv3d`."""
    kernel = either("filters", filters, "filter", filter)
    return tf.nn.conv3d(input, kernel, strides, padding, data_format, dilations)


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: Any = "SAME",
    data_format: str = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.conv3d_transpose` with the arguments of version 1. Source: `tf.compat.v1.nn.conv3d_transpose`."""
    value = either("input", input, "value", value)
    kernel = either("filters", filters, "filter", filter)
    return tf.nn.conv3d_transpose(value, kernel, output_shape, strides, padding, data_format, dilations)


def conv3d_backprop_filter_v2(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    dilations: Any = [1, 1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Any:
    """The gradient of `conv3d` with respect to its filter. Source: `tf.compat.v1.nn.conv3d_backprop_filter_v2`."""
    return tf.raw_ops.Conv3DBackpropFilterV2(
        input=input,
        filter_sizes=filter_sizes,
        out_backprop=out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


conv3d_backprop_filter = conv3d_backprop_filter_v2


def convolution(
    input: Any,
    filter: Any,
    padding: Any,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.convolution` with the arguments of version 1. Source: `tf.compat.v1.nn.convolution`."""
    kernel = either("filters", filters, "filter", filter)
    rates = either("dilations", dilations, "dilation_rate", dilation_rate)
    return tf.nn.convolution(input, kernel, strides, padding, data_format, rates)


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.depthwise_conv2d` with the arguments of version 1. Source: `tf.compat.v1.nn.depthwise_conv2d`."""
    rates = either("dilations", dilations, "rate", rate)
    return tf.nn.depthwise_conv2d(
        input, filter, strides, padding, data_format, [1, 1] if rates is None else rates
    )


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Any:
    """The op `DepthwiseConv2dNative`. Source: `tf.compat.v1.nn.depthwise_conv2d_native`."""
    return tf.raw_ops.DepthwiseConv2dNative(
        input=input,
        filter=filter,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    rate: Any = None,
    name: str | None = None,
    data_format: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.separable_conv2d` with the arguments of version 1. Source: `tf.compat.v1.nn.separable_conv2d`."""
    rates = either("dilations", dilations, "rate", rate)
    return tf.nn.separable_conv2d(
        input,
        depthwise_filter,
        pointwise_filter,
        strides,
        padding,
        data_format,
        [1, 1] if rates is None else rates,
    )


def dilation2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.dilation2d` with the arguments of version 1. Source: `tf.compat.v1.nn.dilation2d`."""
    kernel = either("filters", filters, "filter", filter)
    return tf.raw_ops.Dilation2D(
        input=input,
        filter=kernel,
        strides=strides,
        rates=either("dilations", dilations, "rates", rates),
        padding=padding,
    )


def erosion2d(
    value: Any, kernel: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Any:
    """`tf.nn.erosion2d` with the arguments of version 1. Source: `tf.compat.v1.nn.erosion2d`."""
    flipped = tf.reverse(kernel, [0, 1])
    return tf.negative(
        tf.raw_ops.Dilation2D(
            input=tf.negative(value), filter=flipped, strides=strides, rates=rates, padding=padding
        )
    )


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Any:
    """`tf.nn.avg_pool2d` with the arguments of version 1. Source: `tf.compat.v1.nn.avg_pool`."""
    return tf.nn.avg_pool2d(
        either("input", input, "value", value), ksize, strides, padding, data_format or "NHWC"
    )


avg_pool2d = avg_pool


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Any:
    """`tf.nn.max_pool2d` with the arguments of version 1. Source: `tf.compat.v1.nn.max_pool`."""
    return tf.nn.max_pool2d(
        either("input", input, "value", value), ksize, strides, padding, data_format or "NHWC"
    )


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> Any:
    """`tf.nn.max_pool_with_argmax` with the arguments of version 1. Source: `tf.compat.v1.nn.max_pool_with_argmax`."""
    dtype = either("output_dtype", output_dtype, "Targmax", Targmax)
    return tf.nn.max_pool_with_argmax(
        input,
        ksize,
        strides,
        padding,
        data_format,
        tf.int64 if dtype is None else dtype,
        include_batch_in_index,
    )


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: Any,
    padding: Any,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: Any = None,
    dilations: Any = None,
) -> Any:
    """`tf.nn.pool` with the arguments of version 1. Source: `tf.compat.v1.nn.pool`."""
    rates = either("dilations", dilations, "dilation_rate", dilation_rate)
    return tf.nn.pool(input, window_shape, pooling_type, strides, padding, data_format, rates)
