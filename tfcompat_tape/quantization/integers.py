"""Quantization: floats as integers of a few bits, with the range that they stand for."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.ops import quantization as _ops  # noqa: F401  # the ops are entered
from tfcompat_tape.ops import quantized_arrays as _arrays  # noqa: F401
from tfcompat_tape.ops.raw.calls import named

__all__ = [
    "dequantize",
    "quantize",
    "quantize_and_dequantize",
    "quantize_and_dequantize_v2",
    "quantized_concat",
]


def _axis(axis: Any, x: Any) -> Any:
    """An axis counted from the front; -1, as the ops have it, for `None`."""
    if axis is None:
        return -1
    return axis % x.shape.ndims if axis < 0 else axis


def quantize(
    input: Any,
    min_range: Any,
    max_range: Any,
    T: Any,
    mode: Any = "MIN_COMBINED",
    round_mode: Any = "HALF_AWAY_FROM_ZERO",
    name: Any = None,
    narrow_range: Any = False,
    axis: Any = None,
    ensure_minimum_range: Any = 0.01,
) -> Any:
    """`input` in integers of type `T`: `(output, output_min, output_max)`, with the range that was used.

    input: float32, any shape. min_range, max_range: float32 scalars, or vectors along `axis`. T: qint8, quint8, qint16,
    quint16 or qint32. mode: "MIN_COMBINED", "MIN_FIRST" or "SCALED". round_mode: "HALF_AWAY_FROM_ZERO", or, where the
    mode is "SCALED", "HALF_TO_EVEN". ensure_minimum_range: least width of the range, relative to its ends.
    Errors: InvalidArgumentError for other dtypes, modes, or shapes of the range. Source: `tf.quantization.quantize`.

    >>> import tfcompat_tape as tf
    >>> output, low, high = tf.quantization.quantize([0.0, 1.0, 2.0], 0.0, 2.0, tf.quint8)
    >>> output.numpy().tolist(), low.numpy().item(), high.numpy().item()
    ([0, 128, 255], 0.0, 2.0)
    """
    return named("QuantizeV2")(
        input=input,
        min_range=min_range,
        max_range=max_range,
        T=T,
        mode=mode,
        round_mode=round_mode,
        narrow_range=narrow_range,
        axis=_axis(axis, input),
        ensure_minimum_range=ensure_minimum_range,
    )


def dequantize(
    input: Any,
    min_range: Any,
    max_range: Any,
    mode: Any = "MIN_COMBINED",
    name: Any = None,
    axis: Any = None,
    narrow_range: Any = False,
    dtype: Any = float32,
) -> Any:
    """The floats that quantized integers stand for.

    input: qint8, quint8, qint16, quint16 or qint32. min_range, max_range: float32, the range that they
    stand for, scalars or vectors along `axis`. mode: as they were quantized. dtype: float32 or bfloat16.
    Errors: InvalidArgumentError for other dtypes, modes, or shapes of the range. Source: `tf.quantization.dequantize`.

    >>> import tfcompat_tape as tf
    >>> output, low, high = tf.quantization.quantize([0.0, 1.0, 2.0], 0.0, 2.0, tf.quint8)
    >>> print(tf.quantization.dequantize(output, low, high).numpy())
    [0.        1.0039216 2.       ]
    """
    return named("Dequantize")(
        input=input,
        min_range=min_range,
        max_range=max_range,
        mode=mode,
        axis=_axis(axis, input),
        narrow_range=narrow_range,
        dtype=dtype,
    )


def quantize_and_dequantize(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: Any = True,
    num_bits: Any = 8,
    range_given: Any = False,
    round_mode: Any = "HALF_TO_EVEN",
    name: Any = None,
    narrow_range: Any = False,
    axis: Any = None,
) -> Any:
    """`input` rounded as if quantized to `num_bits` bits and back; all of a gradient goes straight through.

    input: bfloat16, half, float32 or float64. input_min, input_max: the range, of the same dtype, if
    `range_given`; else that of the values. They are scalars. axis: slices along it have a range each.
    signed_input: whether the integers have a sign.
    round_mode: "HALF_TO_EVEN" or "HALF_UP". narrow_range: the least integer is not used.
    Errors: InvalidArgumentError for other dtypes, modes, numbers of bits, or shapes of the range.
    Source: `tf.quantization.quantize_and_dequantize`.

    >>> import tfcompat_tape as tf
    >>> print(tf.quantization.quantize_and_dequantize([-1.0, 0.2, 0.6], 0.0, 0.0, num_bits=3).numpy())
    [-1.    0.25  0.5 ]
    """
    return named("QuantizeAndDequantizeV2")(
        input=input,
        input_min=input_min,
        input_max=input_max,
        signed_input=signed_input,
        num_bits=num_bits,
        range_given=range_given,
        round_mode=round_mode,
        narrow_range=narrow_range,
        axis=_axis(axis, input),
    )


def quantize_and_dequantize_v2(
    input: Any,
    input_min: Any,
    input_max: Any,
    signed_input: Any = True,
    num_bits: Any = 8,
    range_given: Any = False,
    round_mode: Any = "HALF_TO_EVEN",
    name: Any = None,
    narrow_range: Any = False,
    axis: Any = None,
) -> Any:
    """As `quantize_and_dequantize`, with a gradient that is 0 outside the range.

    The arguments and errors are the same. Source: `tf.quantization.quantize_and_dequantize_v2`.

    >>> import tfcompat_tape as tf
    >>> x = tf.Variable([-3.0, 0.2, 0.6])
    >>> with tf.GradientTape() as tape:
    ...     y = tf.quantization.quantize_and_dequantize_v2(x, -1.0, 1.0, range_given=True)
    >>> print(tape.gradient(y, x).numpy())
    [0. 1. 1.]
    """
    return named("QuantizeAndDequantizeV4")(
        input=input,
        input_min=input_min,
        input_max=input_max,
        signed_input=signed_input,
        num_bits=num_bits,
        range_given=range_given,
        round_mode=round_mode,
        narrow_range=narrow_range,
        axis=_axis(axis, input),
    )


def quantized_concat(
    concat_dim: Any, values: Any, input_mins: Any, input_maxes: Any, name: Any = None
) -> Any:
    """Quantized tensors side by side: `(output, output_min, output_max)`, in the range that holds all of theirs.

    concat_dim: an int32, the axis. values: two or more of quint8 or qint32, of one dtype, and of one shape but for that
    axis. input_mins, input_maxes: a float32 for each.
    Errors: NotFoundError for other quantized dtypes, InvalidArgumentError for shapes or counts that do not fit.
    Source: `tf.quantization.quantized_concat`.

    >>> import tfcompat_tape as tf
    >>> one, low, high = tf.quantization.quantize([0.0, 1.0], 0.0, 1.0, tf.quint8)
    >>> output, low, high = tf.quantization.quantized_concat(0, [one, one], [0.0, 0.0], [1.0, 2.0])
    >>> output.numpy().tolist(), high.numpy().item()
    ([0, 128, 0, 255], 2.0)
    """
    return named("QuantizedConcat")(
        concat_dim=concat_dim, values=values, input_mins=input_mins, input_maxes=input_maxes
    )
