"""Dropout: elements set to 0 at random, the rest scaled so that the expectation stays."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, OPS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_ints
from tfcompat_tape.ops.arithmetic import ZERO, mul, real_div, sub
from tfcompat_tape.ops.random_ops import random_uniform
from tfcompat_tape.ops.seeds import get_seed
from tfcompat_tape.random.stateless import stateless_uniform

__all__ = ["dropout"]


def _checked(x: Any, rate: Any) -> tuple[Tensor, Any]:
    """`x` as a Tensor; `rate` as a Python number or a scalar Tensor."""
    number = isinstance(rate, numbers.Real)
    if number and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: {rate=}")
    x = x if type(x) is Tensor else own(x)
    if x._t.dtype not in FLOATS:
        raise ValueError(
            f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={x.dtype}"
        )
    if number:
        return x, float(rate)
    if type(rate) is not Tensor and not hasattr(rate, "_read"):
        raise ValueError(f"`rate` must be a scalar or scalar tensor. Received: {rate=}")
    rate = convert(rate)
    if rate._t.shape:
        raise ValueError(f"Shape {rate.shape} must have rank 0")
    if rate.dtype != x.dtype:
        raise ValueError(
            "`x.dtype` must be compatible with `rate.dtype`. "
            f"Received: x.dtype={x.dtype} and rate.dtype={rate.dtype}"
        )
    return x, rate


def _noise_shape(x: Tensor, given: Any) -> tuple[int, ...]:
    shape = tuple(x._t.shape)
    if given is None:
        return shape
    if isinstance(given, (list, tuple)) and len(given) == len(shape):
        given = [n if size is None else size for size, n in zip(given, shape, strict=True)]
    return as_ints(given, "noise_shape", hint=None)


def _drop(x: Tensor, rate: Any, noise: Any) -> Tensor:
    """`x` scaled where `noise`, uniform in [0, 1), is at least `rate`, and 0 elsewhere."""
    if type(rate) is float:
        scaled, limit = mul(x, 1.0 / (1.0 - rate)), rate
    else:
        scaled, limit = real_div(x, sub(1.0, rate)), rate._t
    kept = noise._t >= limit
    try:
        result: Tensor = OPS["SelectV2"].call(Tensor(kept, None), scaled, Tensor(ZERO[x._t.dtype], None))
    except RuntimeError as error:
        raise invalid(
            f"dropout: noise of shape {list(kept.shape)} does not broadcast to {x.shape}."
        ) from error
    return result


def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: str | None = None) -> Tensor:
    """`x` with each element set to 0 with probability `rate`, the rest multiplied by 1 / (1 - rate).

    x: floating; rate: a number in [0, 1) or a scalar of the same dtype, which gets a gradient; noise_shape: broadcasts
    to the shape of `x`: elements along an axis of size 1 share their fate. The gradient goes through what was kept.
    Errors: ValueError for another dtype or rate. Source: `tf.nn.dropout`.

    >>> import tfcompat_tape as tf
    >>> kept = tf.nn.dropout(tf.ones([1000]), rate=0.75)
    >>> sorted(set(kept.numpy().tolist()))
    [0.0, 4.0]
    """
    x, rate = _checked(x, rate)
    if rate == 0.0 and type(rate) is float:
        get_seed(seed)  # draws on, as if numbers had been taken
        return x
    first, second = get_seed(seed)
    noise = random_uniform(shape=_noise_shape(x, noise_shape), dtype=x.dtype, seed=first, seed2=second)
    return _drop(x, rate, noise)


def general_dropout(
    x: Any, rate: Any, uniform_sampler: Callable[..., Any], noise_shape: Any = None, name: str | None = None
) -> Tensor:
    """`tf.nn.dropout` with numbers from `uniform_sampler(shape=..., dtype=...)`, which should be uniform in [0, 1).

    Source: `tf.nn.experimental.general_dropout`.

    >>> import tfcompat_tape as tf
    >>> def middle(shape, dtype): return tf.fill(shape, tf.constant(0.5, dtype))
    >>> tf.nn.experimental.general_dropout([1.0, 2.0], 0.5, middle).numpy().tolist()
    [2.0, 4.0]
    """
    x, rate = _checked(x, rate)
    if rate == 0.0 and type(rate) is float:
        return x
    return _drop(x, rate, convert(uniform_sampler(shape=_noise_shape(x, noise_shape), dtype=x.dtype)))


def stateless_dropout(
    x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None, name: str | None = None
) -> Tensor:
    """`tf.nn.dropout` that is a function of `seed`, a vector of two integers.

    Errors: InvalidArgumentError for another seed, ValueError for an unknown algorithm.
    Source: `tf.nn.experimental.stateless_dropout`.

    >>> import tfcompat_tape as tf
    >>> one, two = [tf.nn.experimental.stateless_dropout(tf.ones([8]), 0.5, seed=[1, 2]) for _ in range(2)]
    >>> bool(tf.reduce_all(one == two))
    True
    """

    def sampler(shape: Any, dtype: Any) -> Any:
        return stateless_uniform(shape, seed=seed, dtype=dtype, alg=rng_alg or "auto_select")

    return general_dropout(x, rate, sampler, noise_shape)
