"""Running totals along an axis: `tf.cumsum` and its kin."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import cumulative as ops
from tfcompat_tape.ops.arguments import as_axis, as_bool

__all__ = ["cumprod", "cumsum", "cumulative_logsumexp"]


def _axis(axis: Any, x: Tensor) -> int:
    if isinstance(axis, float):
        raise TypeError(f"Cannot convert {axis!r} to EagerTensor of dtype int32")
    return as_axis(axis, x._t.ndim)


def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: Any = None) -> Tensor:
    """Running sums along `axis`.

    Args:
      exclusive: leave each element out of its own sum, so that the first is 0.
      reverse: run from the end.

    Raises:
      InvalidArgumentError: there is no such axis, or `x` is bool.

    Source: `tf.cumsum`.

    >>> import tfcompat_tape as tf
    >>> tf.cumsum([1, 2, 3]).numpy()
    array([1, 3, 6], dtype=int32)
    >>> tf.cumsum([1, 2, 3], exclusive=True, reverse=True).numpy()
    array([5, 3, 0], dtype=int32)
    """
    x = convert(x)
    return ops.cumsum(
        x, axis=_axis(axis, x), exclusive=as_bool(exclusive, "exclusive"), reverse=as_bool(reverse, "reverse")
    )


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: Any = None
) -> Tensor:
    """Running products along `axis`; `exclusive` and `reverse` as in `tf.cumsum`.

    As in TensorFlow, the gradient with respect to an element that is zero is given as zero.

    Raises:
      InvalidArgumentError: there is no such axis, or `x` is bool.

    Source: `tf.math.cumprod`.

    >>> import tfcompat_tape as tf
    >>> tf.math.cumprod([2, 3, 4]).numpy()
    array([ 2,  6, 24], dtype=int32)
    """
    x = convert(x)
    return ops.cumprod(
        x, axis=_axis(axis, x), exclusive=as_bool(exclusive, "exclusive"), reverse=as_bool(reverse, "reverse")
    )


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: Any = None
) -> Tensor:
    """Running `log(sum(exp(x)))` along `axis`, without overflow; `exclusive` and `reverse` as in `tf.cumsum`.

    Raises:
      InvalidArgumentError: there is no such axis, or `x` is not floating.

    Source: `tf.math.cumulative_logsumexp`.

    >>> import tfcompat_tape as tf
    >>> tf.math.cumulative_logsumexp([1000.0, 1000.0]).numpy().round(2)
    array([1000.  , 1000.69], dtype=float32)
    """
    x = convert(x)
    return ops.cumulative_logsumexp(
        x, axis=_axis(axis, x), exclusive=as_bool(exclusive, "exclusive"), reverse=as_bool(reverse, "reverse")
    )
