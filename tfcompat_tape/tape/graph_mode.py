"""What TensorFlow has for graphs alone: in eager mode these raise, there as here."""

from __future__ import annotations

from typing import Any, NoReturn

from tfcompat_tape.tape.gradient_tape import UnconnectedGradients

__all__ = ["AggregationMethod", "gradients", "hessians"]

_EAGER = "{} is not supported when eager execution is enabled. Use tf.GradientTape instead."


class AggregationMethod:
    """How `tf.gradients` adds gradients up; without effect here. Source: `tf.AggregationMethod`.

    >>> import tfcompat_tape as tf
    >>> tf.AggregationMethod.ADD_N
    0
    """

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> NoReturn:
    """RuntimeError, as in TensorFlow's eager mode: use `tf.GradientTape`. Source: `tf.gradients`.

    >>> import tfcompat_tape as tf
    >>> tf.gradients(tf.constant(1.0), tf.constant(1.0))
    Traceback (most recent call last):
    RuntimeError: tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.
    """
    raise RuntimeError(_EAGER.format("tf.gradients"))


def hessians(
    ys: Any, xs: Any, gate_gradients: bool = False, aggregation_method: Any = None, name: str = "hessians"
) -> NoReturn:
    """RuntimeError, as in TensorFlow's eager mode: use two nested `tf.GradientTape`. Source: `tf.hessians`.

    >>> import tfcompat_tape as tf
    >>> tf.hessians(tf.constant(1.0), tf.constant(1.0))
    Traceback (most recent call last):
    RuntimeError: tf.hessians is not supported when eager execution is enabled. Use tf.GradientTape instead.
    """
    raise RuntimeError(_EAGER.format("tf.hessians"))
