"""Convolutions. Layouts are TensorFlow's: channels last unless `data_format` says so, filters (*window, in, out).

Gradients go to inputs and filters, to any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.convert import match
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.nn._windows import (
    channels_first,
    flatten_batch,
    given,
    padding_of,
    per_axis,
    plain_padding,
    restore_batch,
    tensor,
)
from tfcompat_tape.nn.space import with_space_to_batch
from tfcompat_tape.ops import convolution as ops
from tfcompat_tape.ops.arguments import as_ints, unless_tensor
from tfcompat_tape.ops.operands import shaped
from tfcompat_tape.ops.shapes import expand_dims, squeeze

__all__ = [
    "atrous_conv2d",
    "atrous_conv2d_transpose",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "conv_transpose",
    "convolution",
    "depthwise_conv2d",
    "depthwise_conv2d_backprop_filter",
    "depthwise_conv2d_backprop_input",
    "separable_conv2d",
]


_PLAIN = ("SAME", "VALID")


def _attrs(
    nd: int, strides: Any, padding: dict[str, Any], data_format: str, dilations: Any
) -> dict[str, Any]:
    """The attributes of a convolution op, those that are at their defaults left out."""
    first = channels_first(data_format)
    attrs = {"strides": per_axis(strides, nd, first, "strides"), **padding}
    if data_format not in (None, "NHWC", "NDHWC"):
        attrs["data_format"] = data_format
    if dilations is not None:
        attrs["dilations"] = per_axis(dilations, nd, first, "dilations")
    return attrs


def _batched(op: Any, nd: int, x: Tensor, w: Tensor, attrs: dict[str, Any]) -> Tensor:
    """Run `op`; all axes ahead of the last nd + 1 are the batch."""
    shape = x._t.shape
    if len(shape) <= nd + 2:
        result: Tensor = op(x, w, **attrs)
        return result
    return restore_batch(op(flatten_batch(x, nd + 1), w, **attrs), shape, nd + 1)


def _operands(input: Any, filters: Any, what: str) -> Any:
    """Both as Tensors: an array takes the dtype of the other, but a list has no shape, which is asked for first."""
    if type(input) is Tensor:
        if type(filters) is Variable:
            return input, filters._read()
        if type(filters) is Tensor:
            return input, filters
    shaped(input, what)
    return match((input, filters))


def conv2d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """2-D convolution (cross-correlation) of images with filters.

    input: float16, bfloat16, float32, float64 or int32 of shape (..., height, width, in); filters of the same dtype and
    shape (height, width, in / groups, out). padding: 'SAME', 'VALID' or a pair for each axis. Errors:
    InvalidArgumentError for shapes that do not fit, ValueError for the wrong number of strides.
    Source: `tf.nn.conv2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv2d(tf.ones([1, 2, 3, 1]), tf.ones([2, 2, 1, 1]), 1, padding="SAME").numpy()[0, :, :, 0].tolist()
    [[4.0, 4.0, 2.0], [2.0, 2.0, 1.0]]
    """
    x, w = _operands(input, filters, "tf.nn.conv2d")
    if type(strides) is int and dilations is None and data_format == "NHWC" and padding in _PLAIN:
        if len(x._t.shape) == 4:  # the usual call
            return ops.conv2d(x, w, strides=(1, strides, strides, 1), padding=padding)
    return _batched(ops.conv2d, 2, x, w, _attrs(2, strides, padding_of(padding, 2), data_format, dilations))


def conv3d(
    input: Any,
    filters: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """3-D convolution of volumes with filters.

    input: floating, of shape (..., depth, height, width, in); filters (depth, height, width, in, out); strides and
    dilations: one int for each of the five axes. Errors: InvalidArgumentError. Source: `tf.nn.conv3d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([2, 2, 2, 1, 1]), [1] * 5, "VALID").numpy().tolist()
    [[[[[8.0]]]]]
    """
    attrs: dict[str, Any] = {
        "strides": given(strides, "conv3d", "strides"),
        "padding": plain_padding(padding),
    }
    if data_format not in (None, "NDHWC"):
        attrs["data_format"] = data_format
    if dilations is not None:
        attrs["dilations"] = given(dilations, "conv3d", "dilations")
    return _batched(ops.conv3d, 3, *_operands(input, filters, "tf.nn.conv3d"), attrs)


def _format1d(data_format: str | None) -> tuple[str, int]:
    """The 2-D data format, and the axis of size 1 that makes a 2-D tensor."""
    if data_format in (None, "NWC", "NHWC"):
        return "NHWC", -3
    if data_format in ("NCW", "NCHW"):
        return "NCHW", -2
    raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")


def _strides1d(value: Any, first: bool, what: str) -> tuple[int, ...]:
    one = per_axis(value, 1, first, what)
    return (*one[:2], 1, one[2]) if first else (one[0], 1, *one[1:])


def conv1d(
    input: Any,
    filters: Any,
    stride: Any,
    padding: str,
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """1-D convolution: input (..., width, in), filters (width, in, out). Runs as a `Conv2D` of height 1.

    Errors: ValueError for an unknown data format, InvalidArgumentError for shapes that do not fit.
    Source: `tf.nn.conv1d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv1d(tf.ones([1, 4, 1]), tf.ones([2, 1, 1]), 2, "VALID").numpy().tolist()
    [[[2.0], [2.0]]]
    """
    form, axis = _format1d(data_format)
    first = form == "NCHW"
    attrs: dict[str, Any] = {
        "strides": _strides1d(stride, first, "stride"),
        "padding": plain_padding(padding),
        "data_format": form,
    }
    if dilations is not None:
        attrs["dilations"] = _strides1d(dilations, first, "dilations")
    x = expand_dims(tensor(input), dim=axis)
    w = expand_dims(tensor(filters), dim=0)
    return squeeze(_batched(ops.conv2d, 2, x, w, attrs), squeeze_dims=(axis,))


def conv2d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any = "SAME",
    data_format: str = "NHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The adjoint of `conv2d`: from its output back to an input of `output_shape`.

    input: (batch, height, width, out), filters: (height, width, in, out) as the forward convolution has them.
    Errors: InvalidArgumentError where no convolution leads from `output_shape` to the input's shape.
    Source: `tf.nn.conv2d_transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv2d_transpose(tf.ones([1, 1, 2, 1]), tf.ones([1, 2, 1, 1]), [1, 1, 4, 1], 2).numpy().ravel().tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    attrs = _attrs(2, strides, padding_of(padding, 2), data_format, dilations)
    sizes = as_ints(output_shape, "output_shape", to=int32, beside=(input, filters))
    return ops.conv2d_backprop_input(*match((filters, input)), input_sizes=sizes, **attrs)


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The adjoint of `conv1d`: input (batch, width, out), filters (width, in, out). See `conv2d_transpose`.

    Source: `tf.nn.conv1d_transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv1d_transpose(tf.ones([1, 2, 1]), tf.ones([2, 1, 1]), [1, 4, 1], 2).numpy().ravel().tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    form, axis = _format1d(data_format)
    first = form == "NCHW"
    attrs: dict[str, Any] = {
        "strides": _strides1d(strides, first, "strides"),
        "padding": plain_padding(padding),
        "data_format": form,
    }
    if dilations is not None:
        attrs["dilations"] = _strides1d(dilations, first, "dilations")
    sizes = as_ints(
        output_shape,
        "output_shape",
        to=None if isinstance(output_shape, np.ndarray) else int32,
        hint=None,
        beside=(),
    )
    sizes = (*sizes[:2], 1, *sizes[2:]) if first else (*sizes[:1], 1, *sizes[1:])
    x = expand_dims(tensor(input), dim=axis)
    w = expand_dims(tensor(filters), dim=0)
    return squeeze(ops.conv2d_backprop_input(w, x, input_sizes=sizes, **attrs), squeeze_dims=(axis,))


def conv3d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NDHWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The adjoint of `conv3d`: input (batch, depth, height, width, out), filters (depth, height, width, in, out).

    Source: `tf.nn.conv3d_transpose`. See `conv2d_transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv3d_transpose(tf.ones([1, 1, 1, 1, 1]), tf.ones([1, 1, 2, 1, 1]), [1, 1, 1, 2, 1], 2).shape
    TensorShape([1, 1, 1, 2, 1])
    """
    attrs = _attrs(3, strides, {"padding": plain_padding(padding)}, data_format, dilations)
    sizes = as_ints(output_shape, "output_shape", to=unless_tensor(output_shape))
    return ops.conv3d_backprop_input(*match((filters, input)), input_sizes=sizes, **attrs)


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`conv1d_transpose`, `conv2d_transpose` or `conv3d_transpose`, by the length of `output_shape`.

    Errors: ValueError for another length. Source: `tf.nn.conv_transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.conv_transpose(tf.ones([1, 2, 1]), tf.ones([2, 1, 1]), [1, 4, 1], 2).shape
    TensorShape([1, 4, 1])
    """
    if type(output_shape) is not Tensor and not hasattr(output_shape, "__len__"):
        raise ValueError(
            f"`output_shape` must be a tensor or sized collection. Received: output_shape={output_shape}"
        )
    sizes = as_ints(output_shape, "output_shape", to=int32, beside=(input, filters))
    functions = {3: (conv1d_transpose, "NWC"), 4: (conv2d_transpose, "NHWC"), 5: (conv3d_transpose, "NDHWC")}
    if len(sizes) not in functions:
        raise ValueError(
            f"`output_shape` must be of length 3, 4 or 5. Received: output_shape={output_shape} of length {len(sizes)}."
        )
    function, form = functions[len(sizes)]
    return function(input, filters, sizes, strides, padding, data_format or form, dilations)


def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: str = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`conv1d`, `conv2d` or `conv3d`, by the number of the filters' axes.

    Errors: ValueError where strides and dilations are both above 1. Source: `tf.nn.convolution`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.convolution(tf.ones([1, 4, 1]), tf.ones([2, 1, 1]), dilations=2).numpy().ravel().tolist()
    [2.0, 2.0]
    """
    w = tensor(filters)
    nd = len(w._t.shape) - 2
    if not 1 <= nd <= 3:
        raise ValueError(f"`filters` must have 3, 4 or 5 axes. Received: shape {w.shape}")
    form = data_format or {1: "NWC", 2: "NHWC", 3: "NDHWC"}[nd]
    first = channels_first(form)
    stride = per_axis(strides, nd, first, "strides")
    dilation = per_axis(dilations, nd, first, "dilations")
    if min(dilation) < 1:
        raise ValueError(
            f"all values of `dilation_rate` must be positive. Received: dilation_rate={dilations}"
        )
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
            f"Received: strides={strides} and dilation_rate={dilations}"
        )
    function: Any = {1: conv1d, 2: conv2d, 3: conv3d}[nd]
    result: Tensor = function(
        tensor(input), w, stride, plain_padding(padding), form, dilation if max(dilation) > 1 else None
    )
    return result


def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str, name: str | None = None) -> Tensor:
    """`conv2d` with filters that are spread out by `rate`: stride 1, dilation `rate`.

    Errors: ValueError for a rate below 1 or an unknown padding. Source: `tf.nn.atrous_conv2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.atrous_conv2d(tf.ones([1, 3, 3, 1]), tf.ones([2, 2, 1, 1]), 2, "VALID").numpy().ravel().tolist()
    [4.0]
    """
    if rate > 1 and padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    return convolution(value, filters, padding=padding, dilations=(rate, rate))


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """The adjoint of `atrous_conv2d`.

    Errors: ValueError for a rate below 1 or an unknown padding. Source: `tf.nn.atrous_conv2d_transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.atrous_conv2d_transpose(tf.ones([1, 1, 1, 1]), tf.ones([2, 2, 1, 1]), [1, 3, 3, 1], 2, "VALID").shape
    TensorShape([1, 3, 3, 1])
    """
    if rate < 1:
        raise ValueError(f"`rate` cannot be less than one. Received: rate={rate}")
    if rate > 1 and padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    dilations = rate if rate > 1 else None
    sizes = as_ints(output_shape, "output_shape", to=unless_tensor(output_shape))
    return conv2d_transpose(tensor(value), tensor(filters), sizes, 1, padding, dilations=dilations)


def _depthwise_attrs(strides: Any, padding: Any, data_format: str | None, dilations: Any) -> dict[str, Any]:
    """The attributes of a depthwise op; `dilations`: one int per axis."""
    attrs = {"strides": given(strides, "depthwise_conv2d_native", "strides"), **padding_of(padding, 2)}
    if data_format not in (None, "NHWC"):
        attrs["data_format"] = data_format
    if dilations is not None:
        attrs["dilations"] = given(dilations, "depthwise_conv2d_native", "dilations")
    return attrs


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolve each channel with filters of its own.

    input: (batch, height, width, in), filter: (height, width, in, multiplier), result: in * multiplier channels.
    strides: one int for each of the four axes; dilations: for height and width. Errors: InvalidArgumentError.
    Source: `tf.nn.depthwise_conv2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.depthwise_conv2d(tf.ones([1, 2, 2, 3]), tf.ones([2, 2, 3, 1]), [1, 1, 1, 1], "VALID").numpy().tolist()
    [[[[4.0, 4.0, 4.0]]]]
    """
    if dilations is not None:
        height, width = as_ints(list(dilations), "dilations")
        dilations = (1, 1, height, width) if channels_first(data_format) else (1, height, width, 1)
        if max(dilations) == 1:
            dilations = None
    x, w = tensor(input), tensor(filter)
    if len(x._t.shape) < 3:
        raise ValueError(
            f"`input.shape.rank` must be at least 3. Received: input.shape={x.shape} with rank {len(x._t.shape)}"
        )
    if dilations is not None and max(given(strides, "depthwise_conv2d_native", "strides"), default=1) > 1:
        # TensorFlow's answer for both at once: strides are taken among the elements that a dilated window sees
        rate = dilations[2:] if channels_first(data_format) else dilations[1:3]
        plain = _depthwise_attrs(strides, "VALID", data_format, None)

        def windows(values: Tensor, _: int, inner: Any) -> Tensor:
            return ops.depthwise_conv2d(values, w, **plain)

        sizes = tuple(w._t.shape[:2])
        return with_space_to_batch(x, rate, padding, windows, filter_shape=sizes, data_format=data_format)
    return ops.depthwise_conv2d(x, w, **_depthwise_attrs(strides, padding, data_format, dilations))


def depthwise_conv2d_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006  # TensorFlow's signature
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for an input of shape `input_sizes`, given that of its output.

    Source: `tf.nn.depthwise_conv2d_backprop_input`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.depthwise_conv2d_backprop_input(
    ...     [1, 1, 2, 1], tf.ones([1, 2, 1, 1]), tf.ones([1, 1, 1, 1]), [1, 1, 1, 1], "VALID").numpy().ravel().tolist()
    [1.0, 1.0]
    """
    attrs = _depthwise_attrs(strides, padding, data_format, dilations)
    sizes = as_ints(input_sizes, "input_sizes", to=int32, beside=(filter, out_backprop))
    return ops.depthwise_conv2d_backprop_input(*match((filter, out_backprop)), input_sizes=sizes, **attrs)


def depthwise_conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006  # TensorFlow's signature
    name: str | None = None,
) -> Tensor:
    """The gradient of `depthwise_conv2d` for a filter of shape `filter_sizes`, given that of its output.

    Source: `tf.nn.depthwise_conv2d_backprop_filter`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.depthwise_conv2d_backprop_filter(
    ...     tf.ones([1, 1, 2, 1]), [1, 2, 1, 1], tf.ones([1, 1, 1, 1]), [1, 1, 1, 1], "VALID").numpy().ravel().tolist()
    [1.0, 1.0]
    """
    attrs = _depthwise_attrs(strides, padding, data_format, dilations)
    sizes = as_ints(filter_sizes, "filter_sizes", to=int32, beside=(input, out_backprop))
    return ops.depthwise_conv2d_backprop_filter(*match((input, out_backprop)), filter_sizes=sizes, **attrs)


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """`depthwise_conv2d`, then a 1x1 `conv2d` that mixes the channels.

    Errors: ValueError for a pointwise filter that is not 1x1. Source: `tf.nn.separable_conv2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.separable_conv2d(
    ...     tf.ones([1, 2, 2, 3]), tf.ones([2, 2, 3, 1]), tf.ones([1, 1, 3, 1]), [1, 1, 1, 1], "VALID").numpy().ravel()
    array([12.], dtype=float32)
    """
    pointwise = tensor(pointwise_filter)
    window = tuple(pointwise._t.shape[:2])
    if len(pointwise._t.shape) != 4 or window != (1, 1):
        raise ValueError(f"`pointwise_filter` must have shape (1, 1, in, out). Received: {pointwise.shape}")
    spread = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return conv2d(spread, pointwise, 1, "VALID", data_format or "NHWC")
