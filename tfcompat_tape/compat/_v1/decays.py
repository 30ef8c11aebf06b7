"""`tf.compat.v1.train`: rates that fall with the step, each a function to be called, and the global step."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.compat._v1 import collections


def _schedule(rate: Callable[[Any], Any], global_step: Any) -> Callable[[], Any]:
    """The rate at the step as it is when it is asked for."""
    return functools.partial(rate, global_step)


def _in(dtype: Any, *values: Any) -> list[Any]:
    return [tf.cast(value, dtype) for value in values]


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """A function that gives `learning_rate * decay_rate ** (step / decay_steps)`.

    Source: `tf.compat.v1.train.exponential_decay`.
    """

    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps, by = _in(first.dtype, step, decay_steps, decay_rate)
        p = step / steps
        return first * by ** (tf.floor(p) if staircase else p)

    return _schedule(rate, global_step)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """A function that gives `learning_rate * exp(-decay_rate * step / decay_steps)`.

    Source: `tf.compat.v1.train.natural_exp_decay`.
    """
    by = tf.math.exp(tf.negative(decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, by, staircase)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """A function that gives `learning_rate / (1 + decay_rate * step / decay_steps)`.

    Source: `tf.compat.v1.train.inverse_time_decay`.
    """

    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps, by = _in(first.dtype, step, decay_steps, decay_rate)
        p = step / steps
        return first / (1 + by * (tf.floor(p) if staircase else p))

    return _schedule(rate, global_step)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Any:
    """A function that goes from `learning_rate` to `end_learning_rate` as a polynomial of the step.

    Source: `tf.compat.v1.train.polynomial_decay`.
    """

    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps, end, by = _in(first.dtype, step, decay_steps, end_learning_rate, power)
        if cycle:
            times = tf.where(tf.equal(step, 0), tf.ones_like(step), tf.math.ceil(step / steps))
            steps = steps * times
        else:
            step = tf.minimum(step, steps)
        return (first - end) * (1 - step / steps) ** by + end

    return _schedule(rate, global_step)


def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Any:
    """A function that gives the value of the interval that `x` falls into: a bound belongs to the one below it.

    Raises:
      ValueError: there is not one value more than boundaries.

    Source: `tf.compat.v1.train.piecewise_constant`.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError(
            f"The length of boundaries should be 1 less than the length of values, got {len(boundaries)} and "
            f"{len(values)}."
        )

    def rate(step: Any) -> Any:
        step = tf.convert_to_tensor(step)
        found = tf.convert_to_tensor(values[-1])
        for bound, value in zip(reversed(boundaries), reversed(values[:-1]), strict=True):
            found = tf.where(step <= tf.cast(bound, step.dtype), tf.convert_to_tensor(value), found)
        return found

    return _schedule(rate, x)


piecewise_constant_decay = piecewise_constant


def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0, name: str | None = None
) -> Any:
    """A function that falls to `alpha * learning_rate` as half a cosine. Source: `tf.compat.v1.train.cosine_decay`."""

    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps = _in(first.dtype, step, decay_steps)
        done = tf.minimum(step, steps) / steps
        cosine = 0.5 * (1.0 + tf.cos(tf.constant(math.pi, first.dtype) * done))
        return first * ((1 - alpha) * cosine + alpha)

    return _schedule(rate, global_step)


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Any:
    """`cosine_decay` that begins again, each time for `t_mul` times as long, from `m_mul` times as high.

    Source: `tf.compat.v1.train.cosine_decay_restarts`.
    """

    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps, longer, higher, end = _in(first.dtype, step, first_decay_steps, t_mul, m_mul, alpha)
        done = step / steps
        if t_mul == 1.0:
            turn = tf.floor(done)
            done = done - turn
        else:
            turn = tf.floor(tf.math.log(1.0 - done * (1.0 - longer)) / tf.math.log(longer))
            done = (done - (1.0 - longer**turn) / (1.0 - longer)) / longer**turn
        cosine = 0.5 * higher**turn * (1.0 + tf.cos(tf.constant(math.pi, first.dtype) * done))
        return first * ((1 - end) * cosine + end)

    return _schedule(rate, global_step)


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Any:
    """A function that falls linearly, times a cosine. Source: `tf.compat.v1.train.linear_cosine_decay`."""
    return _linear_cosine(learning_rate, global_step, decay_steps, num_periods, alpha, beta)


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Any:
    """`linear_cosine_decay` with noise, of a variance that falls with the step.

    Source: `tf.compat.v1.train.noisy_linear_cosine_decay`.
    """

    def noise(step: Any) -> Any:
        variance = initial_variance / (1.0 + step) ** variance_decay
        return tf.random.normal(step.shape, stddev=tf.sqrt(variance), dtype=step.dtype)

    return _linear_cosine(learning_rate, global_step, decay_steps, num_periods, alpha, beta, noise)


def _linear_cosine(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any,
    alpha: Any,
    beta: Any,
    noise: Callable[[Any], Any] | None = None,
) -> Any:
    def rate(step: Any) -> Any:
        first = tf.convert_to_tensor(learning_rate)
        step, steps, periods, a, b = _in(first.dtype, step, decay_steps, num_periods, alpha, beta)
        step = tf.minimum(step, steps)
        linear = (steps - step) / steps
        if noise is not None:
            linear = linear + noise(step)
        cosine = 0.5 * (1.0 + tf.cos(tf.constant(math.pi, first.dtype) * 2.0 * periods * step / steps))
        return first * ((a + linear) * cosine + b)

    return _schedule(rate, global_step)


# -- the global step ---------------------------------------------------------------------------------------------------


def get_global_step(graph: Any = None) -> Any:
    """The variable that counts steps, None if there is none. Source: `tf.compat.v1.train.get_global_step`."""
    found = collections.get_collection(collections.GraphKeys.GLOBAL_STEP)
    return found[0] if found else None


def create_global_step(graph: Any = None) -> Any:
    """Make the variable that counts steps; ValueError if it is there. Source: `tf.compat.v1.train.create_global_step`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.reset_default_graph()
    >>> tf.compat.v1.train.create_global_step().numpy().item()
    0
    """
    if get_global_step() is not None:
        raise ValueError('"global_step" already exists.')
    with tf.name_scope(""):
        made = tf.Variable(0, dtype=tf.int64, trainable=False, name="global_step")
    collections.add_to_collection(collections.GraphKeys.GLOBAL_STEP, made)
    return made


def get_or_create_global_step(graph: Any = None) -> Any:
    """The variable that counts steps. Source: `tf.compat.v1.train.get_or_create_global_step`."""
    found = get_global_step()
    return create_global_step() if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """TypeError unless it is an integer scalar. Source: `tf.compat.v1.train.assert_global_step`."""
    if not isinstance(global_step_tensor, (tf.Tensor, tf.Variable)):
        raise TypeError('Existing "global_step" must be a Variable or Tensor.')
    if not global_step_tensor.dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    if global_step_tensor.shape.rank:
        raise TypeError(f'Existing "global_step" is not scalar: {global_step_tensor.shape}')


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The number of steps as an int. Source: `tf.compat.v1.train.global_step`."""
    return int(global_step_tensor.numpy())
