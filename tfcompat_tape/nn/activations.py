"""Activation functions. All work elementwise except softmax, log_softmax and crelu, which take an axis.

Unless a docstring says otherwise: features float16, bfloat16, float32 or float64; the result has their shape and dtype;
InvalidArgumentError for another dtype.
"""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import registry
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import FLOATS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import activations as ops
from tfcompat_tape.ops.arguments import as_axis, as_int, compared
from tfcompat_tape.ops.arithmetic import neg
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.softmax import log_softmax as _log_softmax
from tfcompat_tape.ops.softmax import softmax as _softmax

__all__ = [
    "crelu",
    "elu",
    "gelu",
    "leaky_relu",
    "log_softmax",
    "relu",
    "relu6",
    "selu",
    "silu",
    "softmax",
    "swish",
]

_relu = ops.relu


def relu(features: Any, name: str | None = None) -> Tensor:
    """max(features, 0), with slope 0 at 0. Takes any real dtype.

    Source: `tf.nn.relu`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.relu([-1.0, 2.0]).numpy().tolist()
    [0.0, 2.0]
    """
    return _relu(features if type(features) is Tensor else convert(features))


def relu6(features: Any, name: str | None = None) -> Tensor:
    """min(max(features, 0), 6), with slope 0 at 0 and 6. Takes any real dtype.

    Source: `tf.nn.relu6`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.relu6([-1.0, 2.0, 7.0]).numpy().tolist()
    [0.0, 2.0, 6.0]
    """
    return ops.relu6(features if type(features) is Tensor else convert(features))


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """features where positive, alpha * features elsewhere. Integers are taken as float32.

    `alpha` is rounded to float32, as TensorFlow does. Source: `tf.nn.leaky_relu`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.leaky_relu([-1.0, 2.0], alpha=0.5).numpy().tolist()
    [-0.5, 2.0]
    """
    x = features if type(features) is Tensor else convert(features)
    if x._t.dtype in registry.INTEGERS:
        x = cast(x, SrcT=x.dtype, DstT=float32)
    if type(alpha) is float:
        return ops.leaky_relu(x, alpha=ops.single(alpha))
    return ops.leaky_relu(x, alpha=attribute("LeakyRelu", "alpha", 0.2 if alpha is None else alpha))


def elu(features: Any, name: str | None = None) -> Tensor:
    """features where not negative, exp(features) - 1 elsewhere.

    Source: `tf.nn.elu`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.elu([float("-inf"), 2.0]).numpy().tolist()
    [-1.0, 2.0]
    """
    return ops.elu(features if type(features) is Tensor else convert(features))


def selu(features: Any, name: str | None = None) -> Tensor:
    """The scaled exponential linear unit, which keeps mean 0 and variance 1 through layers.

    Source: `tf.nn.selu`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.selu([0.0, 1.0]).numpy().round(4))
    [0.     1.0507]
    """
    return ops.selu(features if type(features) is Tensor else convert(features))


def crelu(features: Any, axis: Any = -1, name: str | None = None) -> Tensor:
    """relu of features and of -features, joined along `axis`. Takes floating and signed integer dtypes.

    Source: `tf.nn.crelu`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.crelu([-1.0, 2.0]).numpy().tolist()
    [0.0, 2.0, 1.0, 0.0]
    """
    x = features if type(features) is Tensor else convert(features)
    axis = as_axis(axis, len(x._t.shape))
    return _relu(registry.lookup("ConcatV2").call(x, neg(x), axis=axis))


def gelu(features: Any, approximate: bool = False, name: str | None = None) -> Tensor:
    """features * P(X <= features) for a standard normal X; `approximate`: by a tanh.

    Errors: ValueError for a dtype that is not floating. Source: `tf.nn.gelu`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.gelu([-1.0, 1.0]).numpy().round(4))
    [-0.1587  0.8413]
    """
    x = features if type(features) is Tensor else convert(features)
    if x._t.dtype not in FLOATS:
        raise ValueError(
            f"`features.dtype` must be a floating point tensor. Received: features.dtype={x.dtype}"
        )
    return ops.gelu(x, approximate=True) if approximate else ops.gelu(x)


@composed
def silu(features: Any, beta: Any = 1.0) -> Tensor:
    """features * sigmoid(beta * features). `beta` gets a gradient as well; complex features are taken, too.

    Source: `tf.nn.silu`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.silu([0.0, 1.0]).numpy().round(4))
    [0.     0.7311]
    """
    x = features if type(features) is Tensor else convert(features)
    if type(beta) is float and beta == 1.0 and not x._t.is_complex():
        return ops.silu(x)
    slope = beta if type(beta) is Tensor else convert(beta)
    if slope._t.dtype is not x._t.dtype:
        slope = cast(slope, SrcT=slope.dtype, DstT=x.dtype)
    return ops.swish(x, slope)


swish = silu


def _axis(axis: Any, x: Tensor) -> int:
    if axis is None:
        return -1
    number = axis if type(axis) is int else as_int(compared(axis))
    return as_axis(number, max(len(x._t.shape), 1))


def softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """exp(logits) / sum(exp(logits)) along `axis`, the last one by default.

    Errors: InvalidArgumentError for a scalar or an axis that there is not. Source: `tf.nn.softmax`.

    >>> import tfcompat_tape as tf
    >>> tf.nn.softmax([1.0, 1.0]).numpy().tolist()
    [0.5, 0.5]
    """
    x = logits if type(logits) is Tensor else convert(logits)
    return _softmax(x) if axis is None else _softmax(x, axis=_axis(axis, x))


def log_softmax(logits: Any, axis: Any = None, name: str | None = None) -> Tensor:
    """logits - log(sum(exp(logits))) along `axis`, the last one by default.

    Errors: InvalidArgumentError for a scalar or an axis that there is not. Source: `tf.nn.log_softmax`.

    >>> import tfcompat_tape as tf
    >>> print(tf.nn.log_softmax([[0.0, 0.0]]).numpy().round(4))
    [[-0.6931 -0.6931]]
    """
    x = logits if type(logits) is Tensor else convert(logits)
    return _log_softmax(x) if axis is None else _log_softmax(x, axis=_axis(axis, x))
