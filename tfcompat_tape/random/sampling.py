"""Random numbers by seeds: the global one of `tf.random.set_seed` and each op's own.

With a seed the numbers are those that TensorFlow gives on a CPU, call by call, up to the last digits of floating ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.control.graphs import get_default_graph
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import not_found
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import random_ops as ops
from tfcompat_tape.ops import seeds
from tfcompat_tape.ops.arguments import as_int, as_sizes
from tfcompat_tape.ops.arithmetic import add_v2, mul, real_div, sub
from tfcompat_tape.ops.extrema import maximum
from tfcompat_tape.ops.shapes import broadcast_to

__all__ = ["categorical", "gamma", "normal", "poisson", "set_seed", "shuffle", "truncated_normal", "uniform"]

_UNIFORM = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)


def set_seed(seed: Any) -> None:
    """Set the global seed: what random ops return from here on is the same in every run.

    Ops without a seed of their own get one from it, each call another. Ops with one go on in a stream of their own,
    which starts anew here. Generators and stateless ops do not look at it. Within a `tf.function` it is the seed of the
    ops that follow there, and nothing else changes.

    Source: `tf.random.set_seed`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(7)
    >>> tf.random.uniform([2]).numpy()
    array([0.8344538 , 0.23336661], dtype=float32)
    """
    seeds.set_seed_here(seed)
    graph = get_default_graph()
    if reading.current.tracer is None and not graph.outermost:
        graph._seed = seed


def _attrs(shape: Any, seed: Any) -> dict[str, Any]:
    """Shape and seeds as the seeded ops take them; `T` is the dtype of a shape that is a tensor."""
    sizes = as_sizes(shape, hint=None)
    wide = isinstance(shape, (Tensor, np.ndarray)) and str(shape.dtype).endswith(("int64", "'int64'>"))
    first, second = seeds.get_seed(seed)
    return {"shape": sizes, "seed": first, "seed2": second, "T": "int64" if wide else "int32"}


def scaled(numbers: Tensor, factor: Any, offset: Any) -> Tensor:
    """`numbers * factor + offset`; the factor and offset may be numbers, and the trivial ones cost nothing."""
    if type(factor) is Tensor or factor != 1.0:
        numbers = mul(numbers, factor)
    return add_v2(numbers, offset) if type(offset) is Tensor or offset != 0.0 else numbers


def parameter(value: Any, dtype: DType) -> Any:
    """A parameter of a distribution: a Python number that `dtype` can hold stays one, anything else is a Tensor."""
    tensor = convert(value, dtype)
    return value if type(value) in (int, float) else tensor


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: Any = None,
) -> Tensor:
    """Normal numbers of the given mean and standard deviation, to which gradients flow; they broadcast with `shape`.

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes, or `dtype` is complex.
      TypeError: `dtype` is no floating dtype.

    Source: `tf.random.normal`.

    >>> import tfcompat_tape as tf
    >>> tf.random.set_seed(7)
    >>> tf.random.normal([2, 3], seed=1).shape
    TensorShape([2, 3])
    """
    dtype = dtypes.as_dtype(dtype)
    sizes = _attrs(shape, seed)
    mean, stddev = parameter(mean, dtype), parameter(stddev, dtype)
    return scaled(ops.random_standard_normal(dtype=dtype, **sizes), stddev, mean)


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: Any = None,
) -> Tensor:
    """Uniform numbers in [minval, maxval), by default [0, 1); of integer dtypes, integers.

    Gradients flow to the bounds of floating numbers, which broadcast with `shape`.

    Raises:
      ValueError: `dtype` is not supported, or is an integer one and `maxval` is missing.
      InvalidArgumentError: `shape` is no vector of sizes; the bounds of integers are no scalars, or out of order.

    Source: `tf.random.uniform`.

    >>> import tfcompat_tape as tf
    >>> x = tf.random.uniform([1000], 5, 8, dtype=tf.int32)
    >>> int(tf.reduce_min(x)), int(tf.reduce_max(x))
    (5, 7)
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in _UNIFORM:
        accepted = ", ".join([f"tf.{item.name}" for item in _UNIFORM])
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are ({accepted}).")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    attrs = _attrs(shape, seed)
    if dtype.is_integer:
        return ops.random_uniform_int(convert(minval, dtype), convert(maxval, dtype), **attrs)
    low, high = parameter(minval, dtype), parameter(maxval, dtype)
    width = high - low if type(low) is not Tensor and type(high) is not Tensor else sub(high, low)
    return scaled(ops.random_uniform(dtype=dtype, **attrs), width, low)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: Any = None,
) -> Tensor:
    """Normal numbers, drawn again where they are not within two standard deviations of the mean.

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes.
      TypeError: `dtype` is no floating dtype.

    Source: `tf.random.truncated_normal`.

    >>> import tfcompat_tape as tf
    >>> bool(tf.reduce_all(tf.abs(tf.random.truncated_normal([1000])) < 2.0))
    True
    """
    dtype = dtypes.as_dtype(dtype)
    attrs = _attrs(shape, seed)
    mean, stddev = parameter(mean, dtype), parameter(stddev, dtype)
    return scaled(ops.truncated_normal(dtype=dtype, **attrs), stddev, mean)


def check_index_dtype(dtype: Any) -> DType:
    """The dtype of drawn classes: int64 unless given."""
    dtype = dtypes.as_dtype(dtypes.int64 if dtype is None else dtype)
    if dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are (tf.int32, tf.int64)."
        )
    return dtype


def check_logits(logits: Any) -> Tensor:
    """Logits as a Tensor of a floating dtype."""
    x = convert(logits)
    if x.dtype.is_integer:
        raise not_found(
            f"Could not find device for node: Multinomial has no kernel for {x.dtype.name} logits."
        )
    return x


def categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: Any = None, name: Any = None
) -> Tensor:
    """Classes drawn with probabilities `softmax(logits)`: shape `(rows, num_samples)`, int64 unless `dtype` is int32.

    Raises:
      ValueError: another `dtype`.
      InvalidArgumentError: `logits` is no matrix or has no columns, or `num_samples` is negative.

    Source: `tf.random.categorical`.

    >>> import tfcompat_tape as tf
    >>> tf.random.categorical(tf.math.log([[0.0, 1.0, 0.0]]), 4).numpy()
    array([[1, 1, 1, 1]])
    """
    wanted = check_index_dtype(dtype)
    x = check_logits(logits)
    first, second = seeds.get_seed(seed)
    count = as_int(num_samples, "num_samples", dtypes=frozenset({torch.int32}))
    return ops.multinomial(x, num_samples=count, output_dtype=wanted, seed=first, seed2=second)


def shuffle(value: Any, seed: Any = None, name: Any = None) -> Tensor:
    """`value` with its rows (the first axis) in random order. Not differentiable.

    Source: `tf.random.shuffle`.

    >>> import tfcompat_tape as tf
    >>> tf.sort(tf.random.shuffle([1, 2, 3])).numpy()
    array([1, 2, 3], dtype=int32)
    """
    first, second = seeds.get_seed(seed)
    return ops.random_shuffle(convert(value), seed=first, seed2=second)


def over_rate(alpha: Any, beta: Any, dtype: DType, draw: Any) -> Tensor:
    """Gamma numbers of rate `beta`: `draw(alpha)` is of rate 1, `alpha` having the shape of both broadcast."""
    alpha, beta = convert(alpha, dtype), convert(1 if beta is None else beta, dtype)
    if dtype == dtypes.bfloat16:
        raise ValueError(
            "bfloat16 is not covered for gamma numbers, as in TensorFlow. Use float32 and tf.cast."
        )
    shape = torch.broadcast_shapes(alpha._t.shape, beta._t.shape)
    wide = alpha if alpha._t.shape == shape else broadcast_to(alpha, shape=tuple(shape))
    return maximum(real_div(draw(wide), beta), torch.finfo(wide._t.dtype).tiny)


def gamma(
    shape: Any, alpha: Any, beta: Any = None, dtype: Any = dtypes.float32, seed: Any = None, name: Any = None
) -> Tensor:
    """Gamma numbers of shape parameter `alpha` and rate `beta`: `shape` of them for each pair of parameters.

    Returns:
      A Tensor of shape `shape + broadcast(alpha, beta)`; gradients flow to both (implicit reparameterization).

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes, or `dtype` is not floating.

    Source: `tf.random.gamma`.

    >>> import tfcompat_tape as tf
    >>> tf.random.gamma([4], alpha=[0.5, 2.0]).shape
    TensorShape([4, 2])
    """
    attrs = _attrs(as_sizes(shape, to=dtypes.int32), seed)
    return over_rate(alpha, beta, dtypes.as_dtype(dtype), lambda a: ops.random_gamma(a, **attrs))


def poisson(shape: Any, lam: Any, dtype: Any = dtypes.float32, seed: Any = None, name: Any = None) -> Tensor:
    """Poisson numbers of rate `lam`: `shape` of them for each rate, as `dtype`.

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes, or a dtype is not supported.
      LookupError: when a gradient with respect to `lam` is asked for.

    Source: `tf.random.poisson`.

    >>> import tfcompat_tape as tf
    >>> tf.random.poisson([4], lam=[0.5, 20.0]).shape
    TensorShape([4, 2])
    """
    attrs = _attrs(as_sizes(shape, to=dtypes.int32), seed)
    return ops.random_poisson(convert(lam, preferred=dtypes.float64), dtype=dtypes.as_dtype(dtype), **attrs)
