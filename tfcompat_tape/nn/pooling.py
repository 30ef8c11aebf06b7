"""Pooling. Windows and strides are an int, one int for each spatial axis, or one for each axis.

Layouts are channels last unless `data_format` says otherwise. Padding never counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tfcompat_tape.core.dtypes import as_dtype, float32, int64
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.wengert import listening, state
from tfcompat_tape.nn._windows import channels_first, padding_of, per_axis, plain_padding, tensor
from tfcompat_tape.nn.space import with_space_to_batch
from tfcompat_tape.ops import average_pooling as averages
from tfcompat_tape.ops import max_pooling as maxima
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.operands import shaped
from tfcompat_tape.ops.shapes import expand_dims, squeeze

__all__ = [
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_with_argmax",
    "pool",
]


class MaxPoolWithArgmax(NamedTuple):
    """What `max_pool_with_argmax` returns."""

    output: Tensor
    argmax: Tensor


def _attrs(nd: int, ksize: Any, strides: Any, padding: dict[str, Any], data_format: str) -> dict[str, Any]:
    first = channels_first(data_format)
    attrs = {
        "ksize": per_axis(ksize, nd, first, "ksize"),
        "strides": per_axis(strides, nd, first, "strides"),
        **padding,
    }
    if data_format not in (None, "NHWC", "NDHWC"):
        attrs["data_format"] = data_format
    return attrs


def _max_pool(x: Tensor, attrs: dict[str, Any]) -> Tensor:
    """Run MaxPool; with the places of the maxima where a gradient may be asked for."""
    if listening and x._node is not None and x._t.is_floating_point() and "MaxPool" not in state.overrides:
        result: Tensor = maxima.max_pool_with_indices(x, **attrs)[0]
        return result
    return maxima.max_pool(x, **attrs)


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """The maximum of each window over an image.

    input: real, of shape (batch, height, width, channels). padding: 'SAME', 'VALID' or a pair for each axis. Of equal
    maxima the first one gets the gradient. Errors: InvalidArgumentError for windows that do not fit, ValueError for the
    wrong number of sizes. Source: `tf.nn.max_pool2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.max_pool2d([[[[1.0], [4.0]], [[3.0], [2.0]]]], 2, 2, "VALID").numpy().tolist()
    [[[[4.0]]]]
    """
    prefer = float32 if isinstance(input, np.ndarray) else None  # a list keeps its own dtype
    return _max_pool(tensor(input, prefer), _attrs(2, ksize, strides, padding_of(padding, 2), data_format))


def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """The maximum of each window over a series (batch, width, channels). See `max_pool2d`.

    Source: `tf.nn.max_pool1d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.max_pool1d([[[1.0], [4.0], [3.0]]], 2, 1, "VALID").numpy().tolist()
    [[[4.0], [4.0]]]
    """
    pairs = padding_of(padding, 1)
    first = channels_first(data_format)
    if "explicit_paddings" in pairs:
        flat = pairs["explicit_paddings"]
        cut = 4 if first else 2
        pairs["explicit_paddings"] = (*flat[:cut], 0, 0, *flat[cut:])
    axis = 2 if first else 1
    attrs = {
        "ksize": _widened(ksize, first, "ksize"),
        "strides": _widened(strides, first, "strides"),
        **pairs,
    }
    if first:
        attrs["data_format"] = "NCHW"
    return squeeze(_max_pool(expand_dims(tensor(input), dim=axis), attrs), squeeze_dims=(axis,))


def _widened(value: Any, first: bool, what: str) -> tuple[int, ...]:
    """One int per axis of a series, with a 1 for the height that is put in."""
    one = per_axis(value, 1, first, what)
    return (*one[:2], 1, one[2]) if first else (one[0], 1, *one[1:])


def max_pool3d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC", name: str | None = None
) -> Tensor:
    """The maximum of each window over a volume.

    input: float16, bfloat16 or float32 of shape (batch, depth, height, width, channels). Each of several equal maxima
    gets the whole gradient, as TensorFlow has it. Errors: as `max_pool2d`. Source: `tf.nn.max_pool3d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.max_pool3d([[[[[1.0], [4.0]], [[3.0], [2.0]]]]], [1, 2, 2], 1, "VALID").numpy().tolist()
    [[[[[4.0]]]]]
    """
    return maxima.max_pool3d(
        tensor(input), **_attrs(3, ksize, strides, {"padding": plain_padding(padding)}, data_format)
    )


def avg_pool2d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """The average of each window over an image; what lies in the padding is not counted.

    input: floating, of shape (batch, height, width, channels). Errors: InvalidArgumentError for windows that do not
    fit, ValueError for the wrong number of sizes. Source: `tf.nn.avg_pool2d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.avg_pool2d([[[[1.0], [3.0]], [[5.0], [7.0]]]], 2, 1, "SAME").numpy()[0, :, :, 0].tolist()
    [[4.0, 5.0], [6.0, 7.0]]
    """
    attrs = _attrs(2, ksize, strides, {"padding": plain_padding(padding)}, data_format)
    return averages.avg_pool(tensor(input), **attrs)


def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """The average of each window over a series (batch, width, channels). See `avg_pool2d`.

    Source: `tf.nn.avg_pool1d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.avg_pool1d([[[1.0], [3.0], [5.0]]], 2, 1, "VALID").numpy().tolist()
    [[[2.0], [4.0]]]
    """
    first = channels_first(data_format)
    axis = 2 if first else 1
    attrs: dict[str, Any] = {
        "ksize": _widened(ksize, first, "ksize"),
        "strides": _widened(strides, first, "strides"),
        "padding": plain_padding(padding),
    }
    if first:
        attrs["data_format"] = "NCHW"
    return squeeze(averages.avg_pool(expand_dims(tensor(input), dim=axis), **attrs), squeeze_dims=(axis,))


def avg_pool3d(
    input: Any, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC", name: str | None = None
) -> Tensor:
    """The average of each window over a volume (batch, depth, height, width, channels). See `avg_pool2d`.

    Source: `tf.nn.avg_pool3d`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.avg_pool3d([[[[[1.0], [3.0]], [[5.0], [7.0]]]]], [1, 2, 2], 1, "VALID").numpy().tolist()
    [[[[[4.0]]]]]
    """
    attrs = _attrs(3, ksize, strides, {"padding": plain_padding(padding)}, data_format)
    return averages.avg_pool3d(tensor(input), **attrs)


def _rank(x: Tensor) -> int:
    rank = len(x._t.shape)
    if rank not in (3, 4, 5):
        raise ValueError(
            f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={x.shape} of rank {rank}."
        )
    return rank


def max_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`max_pool1d`, `max_pool2d` or `max_pool3d`, by the input's rank.

    Errors: ValueError for another rank, or explicit padding of a volume. Source: `tf.nn.max_pool`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.max_pool(tf.constant([[[1.0], [4.0], [3.0]]]), 2, 1, "VALID").numpy().tolist()
    [[[4.0], [4.0]]]
    """
    x = shaped(input, "tf.nn.max_pool", float32)
    rank = _rank(x)
    if rank == 5 and isinstance(padding, (list, tuple)):
        raise ValueError(
            f"Explicit padding is not supported with an input tensor of rank 5. Received: {padding=}"
        )
    if rank == 3:
        return max_pool1d(x, ksize, strides, padding, data_format or "NWC")
    if rank == 4:
        return max_pool2d(x, ksize, strides, padding, data_format or "NHWC")
    return max_pool3d(x, ksize, strides, padding, data_format or "NDHWC")


def avg_pool(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the input's rank.

    Errors: ValueError for another rank. Source: `tf.nn.avg_pool`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.avg_pool(tf.constant([[[1.0], [3.0]]]), 2, 1, "VALID").numpy().tolist()
    [[[2.0]]]
    """
    x = shaped(input, "tf.nn.avg_pool")
    rank = _rank(x)
    if rank == 3:
        return avg_pool1d(x, ksize, strides, padding, data_format or "NWC")
    if rank == 4:
        return avg_pool2d(x, ksize, strides, padding, data_format or "NHWC")
    return avg_pool3d(x, ksize, strides, padding, data_format or "NDHWC")


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    output_dtype: Any = int64,
    include_batch_in_index: bool = False,
    name: str | None = None,
) -> MaxPoolWithArgmax:
    """`max_pool2d`, and where the maxima were: `(row * width + column) * channels + channel`.

    `include_batch_in_index`: the places count on through the batch. As in TensorFlow it differentiates once.
    Errors: ValueError for another data format. Source: `tf.nn.max_pool_with_argmax`.

    >>> import tfcompat_tape as tf
    >>> [t.numpy().tolist() for t in tf.nn.max_pool_with_argmax([[[[1.0], [4.0]], [[3.0], [2.0]]]], 2, 2, "VALID")]
    [[[[[4.0]]]], [[[[1]]]]]
    """
    if data_format != "NHWC":
        raise ValueError(
            f"`data_format` values other than 'NHWC' are not supported. Received: {data_format=}"
        )
    attrs = _attrs(2, ksize, strides, {"padding": plain_padding(padding)}, data_format)
    found = maxima.max_pool_with_argmax(
        tensor(input),
        Targmax=int64 if output_dtype is None else as_dtype(output_dtype),
        include_batch_in_index=as_bool(include_batch_in_index, "include_batch_in_index"),
        **attrs,
    )
    return MaxPoolWithArgmax(*found)


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Pool windows of `window_shape`, one size for each of 1 to 3 spatial axes; `pooling_type`: 'MAX' or 'AVG'.

    Dilations need 'VALID' padding and strides of 1. Errors: ValueError otherwise, or for an unknown pooling type.
    Source: `tf.nn.pool`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.pool([[[1.0], [4.0], [3.0]]], [2], "MAX", dilations=[2]).numpy().tolist()
    [[[3.0]]]
    """
    nd = len(window_shape)
    rate = list(dilations) if dilations is not None else [1] * nd
    steps = list(strides) if strides is not None else [1] * nd
    for what, values in (("window_shape", window_shape), ("strides", steps)):
        if any(isinstance(n, (list, tuple, complex)) or getattr(n, "shape", ()) != () for n in values):
            raise ValueError(f"`{what}` must be numbers, got {list(values)}.")
    x = tensor(input)
    if len(x._t.shape) != nd + 2:
        raise ValueError(f"Shape {x.shape} must have rank {nd + 2}")
    if max(rate) > 1:
        if max(steps) > 1:
            raise ValueError(
                "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
                f"Received: strides={steps} and dilation_rate={rate}"
            )
        if padding == "SAME":
            raise ValueError(
                "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. "
                f"Received: {padding=} and dilation_rate={rate}"
            )
    functions: Any = {
        ("MAX", 1): max_pool1d,
        ("MAX", 2): max_pool2d,
        ("MAX", 3): max_pool3d,
        ("AVG", 1): avg_pool1d,
        ("AVG", 2): avg_pool2d,
        ("AVG", 3): avg_pool3d,
    }
    function = functions.get((pooling_type, nd))
    if function is None:
        raise ValueError(f"{nd}-D {pooling_type} pooling is not supported.")
    form = data_format or ("NWC", "NHWC", "NDHWC")[nd - 1]

    def windows(values: Any, _: Any, inner: Any) -> Tensor:
        result: Tensor = function(values, list(window_shape), steps, inner, form)
        return result

    if max(rate) == 1:
        return windows(x, None, padding)
    return with_space_to_batch(x, rate, padding, windows, data_format=form)
