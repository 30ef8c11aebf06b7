"""Fake quantization: floats rounded to what an integer of a few bits can stand for, for training that expects it."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import fake_quantization as _ops  # noqa: F401  # the ops are entered
from tfcompat_tape.ops.raw.calls import named

__all__ = [
    "fake_quant_with_min_max_args",
    "fake_quant_with_min_max_args_gradient",
    "fake_quant_with_min_max_vars",
    "fake_quant_with_min_max_vars_gradient",
    "fake_quant_with_min_max_vars_per_channel",
    "fake_quant_with_min_max_vars_per_channel_gradient",
]


def _floats(*values: Any) -> Any:
    """The values as Tensors; of float32, if they are no Tensors yet."""
    if type(values[0]) is Tensor:  # then other dtypes are for the op to refuse
        return [value if type(value) is Tensor else convert(value, float32) for value in values]
    return [convert(value, float32) for value in values]


def fake_quant_with_min_max_args(
    inputs: Any, min: Any = -6, max: Any = 6, num_bits: Any = 8, narrow_range: Any = False, name: Any = None
) -> Any:
    """`inputs` moved to the nearest of `2 ** num_bits` values from `min` to `max`; gradients go straight through.

    inputs: float32, any shape. min, max: numbers, ends of the range, which is moved a little so that 0 is one of the
    values. num_bits: 2 to 16. narrow_range: one value less. The gradient is 1 within the range and 0 outside.
    Errors: InvalidArgumentError for another dtype, an empty range, or another number of bits.

    Source: `tf.quantization.fake_quant_with_min_max_args`.

    >>> import tfcompat_tape as tf
    >>> print(tf.quantization.fake_quant_with_min_max_args([-1.0, 0.1, 0.6, 7.0], 0.0, 1.0, num_bits=2).numpy())
    [0.         0.         0.6666667  1.        ]
    """
    inputs = convert(inputs, float32)
    return named("FakeQuantWithMinMaxArgs")(
        inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )


def fake_quant_with_min_max_args_gradient(
    gradients: Any,
    inputs: Any,
    min: Any = -6,
    max: Any = 6,
    num_bits: Any = 8,
    narrow_range: Any = False,
    name: Any = None,
) -> Any:
    """`gradients` where `inputs` lie in the range of `fake_quant_with_min_max_args`, else 0.

    gradients, inputs: float32, of one shape. Errors: InvalidArgumentError as there, and for shapes that differ.

    Source: `tf.quantization.fake_quant_with_min_max_args_gradient`.

    >>> import tfcompat_tape as tf
    >>> print(tf.quantization.fake_quant_with_min_max_args_gradient([1.0, 2.0], [0.5, 9.0], 0.0, 1.0).numpy())
    [1. 0.]
    """
    gradients, inputs = _floats(gradients, inputs)
    return named("FakeQuantWithMinMaxArgsGradient")(
        gradients=gradients, inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )


def fake_quant_with_min_max_vars(
    inputs: Any, min: Any, max: Any, num_bits: Any = 8, narrow_range: Any = False, name: Any = None
) -> Any:
    """As `fake_quant_with_min_max_args`, for a range that is learned: gradients flow to `min` and `max`, too.

    inputs: float32, any shape. min, max: float32 scalars; they get the gradient of what lies below and above.
    Errors: InvalidArgumentError for another dtype or rank, or a number of bits outside 2 to 16.

    Source: `tf.quantization.fake_quant_with_min_max_vars`.

    >>> import tfcompat_tape as tf
    >>> print(tf.quantization.fake_quant_with_min_max_vars([-1.0, 0.1, 0.6, 7.0], 0.0, 1.0, num_bits=2).numpy())
    [0.         0.         0.6666667  1.        ]
    """
    inputs, min, max = _floats(inputs, min, max)
    return named("FakeQuantWithMinMaxVars")(
        inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )


def fake_quant_with_min_max_vars_gradient(
    gradients: Any,
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: Any = 8,
    narrow_range: Any = False,
    name: Any = None,
) -> Any:
    """The gradients of `fake_quant_with_min_max_vars`: `(backprops_wrt_input, backprop_wrt_min, backprop_wrt_max)`.

    gradients, inputs: float32, of one shape. min, max: float32 scalars. Errors: InvalidArgumentError otherwise.

    Source: `tf.quantization.fake_quant_with_min_max_vars_gradient`.

    >>> import tfcompat_tape as tf
    >>> grads = tf.quantization.fake_quant_with_min_max_vars_gradient([1.0, 2.0], [0.5, 9.0], 0.0, 1.0)
    >>> [grad.numpy().tolist() for grad in grads]
    [[1.0, 0.0], 0.0, 2.0]
    """
    gradients, inputs, min, max = _floats(gradients, inputs, min, max)
    return named("FakeQuantWithMinMaxVarsGradient")(
        gradients=gradients, inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )


def fake_quant_with_min_max_vars_per_channel(
    inputs: Any, min: Any, max: Any, num_bits: Any = 8, narrow_range: Any = False, name: Any = None
) -> Any:
    """As `fake_quant_with_min_max_vars`, with a range for each element of the last axis.

    inputs: float32, one axis or more. min, max: float32 vectors as long as the last axis.
    Errors: InvalidArgumentError for another dtype or length, or a number of bits outside 2 to 16.

    Source: `tf.quantization.fake_quant_with_min_max_vars_per_channel`.

    >>> import tfcompat_tape as tf
    >>> print(tf.quantization.fake_quant_with_min_max_vars_per_channel([[0.6, 0.6]], [0.0, 0.0], [1.0, 3.0], 2).numpy())
    [[0.6666667 1.       ]]
    """
    inputs, min, max = _floats(inputs, min, max)
    return named("FakeQuantWithMinMaxVarsPerChannel")(
        inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )


def fake_quant_with_min_max_vars_per_channel_gradient(
    gradients: Any,
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: Any = 8,
    narrow_range: Any = False,
    name: Any = None,
) -> Any:
    """The gradients of `fake_quant_with_min_max_vars_per_channel`, those for `min` and `max` one for each channel.

    gradients, inputs: float32, of one shape. min, max: float32 vectors. Errors: InvalidArgumentError otherwise.

    Source: `tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient`.

    >>> import tfcompat_tape as tf
    >>> gradient = tf.quantization.fake_quant_with_min_max_vars_per_channel_gradient
    >>> grads = gradient([[1.0, 2.0]], [[0.5, 9.0]], [0.0, 0.0], [1.0, 1.0])
    >>> [grad.numpy().tolist() for grad in grads]
    [[[1.0, 0.0]], [0.0, 0.0], [0.0, 2.0]]
    """
    gradients, inputs, min, max = _floats(gradients, inputs, min, max)
    return named("FakeQuantWithMinMaxVarsPerChannelGradient")(
        gradients=gradients, inputs=inputs, min=min, max=max, num_bits=num_bits, narrow_range=narrow_range
    )
