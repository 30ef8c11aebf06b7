"""Random numbers as functions of a seed: the same seed gives the same numbers, always and everywhere.

They are the numbers that TensorFlow gives on a CPU, up to the last digits of floating ones, unless a docstring says
otherwise. A seed is a pair of integers.
"""

from __future__ import annotations

import enum
import math
from typing import Any

import torch

from tfcompat_tape.core import dtypes, reading, registry
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import composed
from tfcompat_tape.core.registry import FLOATS
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import later_streams, philox
from tfcompat_tape.ops import random_ops as ops
from tfcompat_tape.ops.arguments import as_int, as_sizes, hinted
from tfcompat_tape.ops.arithmetic import sub
from tfcompat_tape.ops.later_streams import Later, unknown
from tfcompat_tape.ops.truncation import parameterized_truncated_normal
from tfcompat_tape.random.sampling import check_index_dtype, check_logits, over_rate, parameter, scaled

__all__ = [
    "Algorithm",
    "fold_in",
    "split",
    "stateless_binomial",
    "stateless_categorical",
    "stateless_gamma",
    "stateless_normal",
    "stateless_parameterized_truncated_normal",
    "stateless_poisson",
    "stateless_truncated_normal",
    "stateless_uniform",
]

FULL_INTS = (dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)


class Algorithm(enum.Enum):
    """Algorithms that random numbers come from. Here, as in TensorFlow without XLA, only Philox draws any.

    Source: `tf.random.Algorithm`.

    >>> import tfcompat_tape as tf
    >>> tf.random.Algorithm.PHILOX.value
    1
    """

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3


def chosen(alg: Any) -> Algorithm:
    """The Algorithm that a name, a number or a Tensor stands for.

    Raises:
      TypeError: it is neither.
      ValueError: there is no such algorithm.
    """
    if not isinstance(alg, (str, Algorithm)):
        if isinstance(alg, float) or alg is None:
            raise TypeError(f"Can't convert argument `alg` (of value {alg} and type {type(alg)}) to int.")
        alg = int(alg)
    for member in Algorithm:
        if alg is member or alg == member.value or (isinstance(alg, str) and alg.upper() == member.name):
            return member
    raise ValueError(
        f"Argument `alg` got unsupported value {alg}. Supported values are philox for the Philox algorithm, "
        "threefry for the ThreeFry algorithm, and auto_select for automatic selection."
    )


def algorithm(alg: Any) -> Algorithm:
    """The Algorithm that `alg` stands for; Philox where it is left open."""
    found = chosen(alg)
    return Algorithm.PHILOX if found is Algorithm.AUTO_SELECT else found


def _pair(seed: Any) -> Tensor:
    """A seed as a Tensor, int64 by default."""
    if isinstance(seed, float):
        raise TypeError(f"Cannot convert {seed} to EagerTensor of dtype int64: a seed is two integers.")
    return hinted(seed, dtypes.int64)


def _stream(seed: Any, alg: Any = Algorithm.AUTO_SELECT) -> Any:
    found = Algorithm.AUTO_SELECT if alg is None else chosen(alg)
    if found is Algorithm.THREEFRY:
        raise invalid("Only the Philox algorithm draws numbers here, as in TensorFlow without XLA.")
    pair = _pair(seed)
    if found is Algorithm.PHILOX:  # then a seed of any dtype counts by its bits
        pair = registry.lookup("Cast").call(convert(pair), DstT=dtypes.int64)
    ops.check_pair(pair)
    if not unknown(pair._t):
        return philox.stream_of_pair(*ops.pair_of(pair))
    tracer = reading.current.tracer
    assert tracer is not None
    return Later(
        tracer.each_call(later_streams.words_of_pair, [pair._t], [later_streams.WORDS], effect=False)[0]
    )


def _key_and_counter(stream: Any) -> tuple[Any, Any]:
    """As attributes of ops: numbers, or tensors of a trace."""
    if type(stream) is Later:
        return stream.words[2:3], stream.words[:2]
    return (stream.key,), ops.words_of(stream.counter)


def check_float(dtype: DType, what: str) -> torch.dtype:
    """The torch dtype of a floating DType."""
    if dtype.torch not in FLOATS:
        raise invalid(f"{what}: dtype {dtype.name} is not among float16, bfloat16, float32, float64.")
    return dtype.torch


def uniform_integers(stream: Any, sizes: tuple[int, ...], minval: Any, maxval: Any, dtype: DType) -> Tensor:
    """Integers in [minval, maxval), of all bit patterns if both are `None`; `stream()` is where they come from."""
    if (minval is None) != (maxval is None):
        raise ValueError(
            f"For integer dtype {dtype!r}, minval and maxval must be both `None` or both non-`None`; "
            f"got minval={minval} and maxval={maxval}"
        )
    low, high = (None, None) if minval is None else (convert(minval, dtype), convert(maxval, dtype))
    if dtype not in FULL_INTS:
        raise invalid(f"uniform: dtype {dtype.name} is not among int32, int64, uint32, uint64.")
    if low is None or high is None:
        return Tensor(later_streams.full_int(stream(), sizes, dtype.torch), None)
    if dtype.is_unsigned:
        raise not_found(f"Could not find device for node: there are no {dtype.name} numbers within bounds.")
    if not math.prod(sizes):
        stream()  # which may refuse to draw
        return Tensor(torch.empty(sizes, dtype=dtype.torch), None)
    return Tensor(later_streams.integers(stream, sizes, low._t, high._t, dtype.torch), None)


@composed
def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: Any = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Uniform numbers in [minval, maxval), by default [0, 1); of integer dtypes, integers.

    With `minval=None, maxval=None` integers have all values of their dtype. Gradients flow to the bounds of floating
    numbers.

    Raises:
      ValueError: `dtype` is an integer one and just one bound is given, or it is not supported.
      InvalidArgumentError: `shape` is no vector of sizes or `seed` no pair; the bounds of integers are out of order.

    Source: `tf.random.stateless_uniform`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_uniform([3], seed=[1, 2]).numpy()
    array([0.8440604 , 0.19204533, 0.9962232 ], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, *FULL_INTS):
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}.")
    if dtype.is_unsigned and minval is not None:
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}: unsigned numbers take no bounds.")
    if dtype.is_integer:
        return uniform_integers(lambda: _stream(seed, alg), as_sizes(shape, hint=None), minval, maxval, dtype)
    low, high = parameter(minval, dtype), parameter(1 if maxval is None else maxval, dtype)
    numbers = Tensor(later_streams.uniform(_stream(seed, alg), as_sizes(shape, hint=None), dtype.torch), None)
    width = high - low if type(low) is not Tensor and type(high) is not Tensor else sub(high, low)
    return scaled(numbers, width, low)


@composed
def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: Any = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normal numbers of the given mean and standard deviation, to which gradients flow.

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes or `seed` no pair.
      TypeError: `dtype` is no floating dtype.

    Source: `tf.random.stateless_normal`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_normal([3], seed=[1, 2]).numpy().round(3)
    array([0.544, 0.207, 0.074], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    sizes = as_sizes(shape, hint=None)
    mean, stddev = parameter(mean, dtype), parameter(stddev, dtype)
    numbers = Tensor(
        later_streams.normal(_stream(seed, alg), sizes, check_float(dtype, "stateless_normal")), None
    )
    return scaled(numbers, stddev, mean)


@composed
def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: Any = None,
    alg: Any = "auto_select",
) -> Tensor:
    """Normal numbers, drawn again where they are not within two standard deviations of the mean.

    Raises:
      InvalidArgumentError: `shape` is no vector of sizes or `seed` no pair.
      TypeError: `dtype` is no floating dtype.

    Source: `tf.random.stateless_truncated_normal`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_truncated_normal([5], seed=[1, 2]).numpy().round(3)[4:]
    array([0.168], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    sizes = as_sizes(shape, hint=None)
    mean, stddev = parameter(mean, dtype), parameter(stddev, dtype)
    inner = check_float(dtype, "stateless_truncated_normal")
    return scaled(
        Tensor(later_streams.truncated_normal(_stream(seed, alg), sizes, inner), None), stddev, mean
    )


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64, name: Any = None
) -> Tensor:
    """Classes drawn with probabilities `softmax(logits)`: shape `(rows, num_samples)`, int64 or int32.

    Raises:
      ValueError: another `dtype`.
      InvalidArgumentError: `logits` is no matrix or has no columns, `num_samples` is negative, `seed` is no pair.

    Source: `tf.random.stateless_categorical`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_categorical([[0.0, 1.0, 2.0]], 5, seed=[1, 2]).numpy()
    array([[2, 2, 1, 2, 2]])
    """
    wanted = check_index_dtype(dtype)
    x = check_logits(logits)
    count = as_int(num_samples, "num_samples", to=dtypes.int32, beside=(logits, seed))
    return ops.stateless_multinomial(x, _pair(seed), num_samples=count, output_dtype=wanted)


def stateless_gamma(
    shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = dtypes.float32, name: Any = None
) -> Tensor:
    """Gamma numbers of shape parameter `alpha` and rate `beta`, to which gradients flow.

    Unlike in `tf.random.gamma`, `shape` is that of the result; the parameters broadcast to its end.

    Raises:
      InvalidArgumentError: the shape does not end with that of the parameters, or `seed` is no pair.

    Source: `tf.random.stateless_gamma`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_gamma([2, 2], seed=[1, 2], alpha=[0.5, 2.0]).shape
    TensorShape([2, 2])
    """
    sizes = as_sizes(shape, hint=None)
    stream = _stream(seed)
    if dtypes.as_dtype(dtype) == dtypes.bfloat16:
        raise invalid(
            "StatelessRandomGammaV3: Value for attr 'dtype' of bfloat16 is not in the list of allowed values: half, "
            "float, double"
        )
    key, counter = _key_and_counter(stream)
    return over_rate(
        alpha,
        beta,
        dtypes.as_dtype(dtype),
        lambda a: ops.stateless_random_gamma(a, shape=sizes, key=key, counter=counter),
    )


def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = dtypes.int32, name: Any = None) -> Tensor:
    """Poisson numbers of rate `lam`, which broadcasts to the end of `shape`. Not differentiable.

    Raises:
      InvalidArgumentError: the shape does not end with that of `lam`, or `seed` is no pair.

    Source: `tf.random.stateless_poisson`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_poisson([2, 2], seed=[1, 2], lam=[0.5, 20.0]).shape
    TensorShape([2, 2])
    """
    return ops.stateless_random_poisson(
        _pair(seed),
        convert(lam),
        shape=as_sizes(shape, hint=None),
        dtype=dtypes.as_dtype(dtype),
    )


def stateless_binomial(
    shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = dtypes.int32, name: Any = None
) -> Tensor:
    """How many of `counts` trials succeed that each do so with probability `probs`. Not differentiable.

    The parameters broadcast to the end of `shape`. The numbers are TensorFlow's where at least 10 successes (or 10
    failures, if these are rarer) are expected; elsewhere they have the same distribution only.

    Raises:
      InvalidArgumentError: the shape does not end with that of the parameters, or `seed` is no pair.
      NotFoundError: `counts` is an integer Tensor.

    Source: `tf.random.stateless_binomial`.

    >>> import tfcompat_tape as tf
    >>> tf.random.stateless_binomial([3], seed=[1, 2], counts=10.0, probs=1.0).numpy()
    array([10, 10, 10], dtype=int32)
    """
    dtype = dtypes.as_dtype(output_dtype)
    likely = convert(probs, preferred=dtypes.float32)
    trials = convert(counts, preferred=likely.dtype)
    if trials.dtype in (dtypes.int32, dtypes.int64):
        raise not_found(
            f"Could not find device for node: stateless_binomial has no kernel for {trials.dtype}."
        )
    return ops.stateless_random_binomial(
        _pair(seed), trials, likely, shape=as_sizes(shape, hint=None), dtype=dtype
    )


def stateless_parameterized_truncated_normal(
    shape: Any,
    seed: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    name: Any = None,
) -> Tensor:
    """Normal numbers within bounds; gradients flow to all four parameters, which broadcast to the end of `shape`.

    The numbers are those that TensorFlow draws with one thread; with several, it starts anew in its stream for each
    thread's share as soon as there are more than about a thousand.

    Raises:
      InvalidArgumentError: the shape does not end with that of the parameters, or a range is empty.
      InternalError: no number is accepted, as where a mean is NaN.

    Source: `tf.random.stateless_parameterized_truncated_normal`.

    >>> import tfcompat_tape as tf
    >>> x = tf.random.stateless_parameterized_truncated_normal([100], seed=[1, 2], minvals=-1.0, maxvals=0.5)
    >>> bool(tf.reduce_all((x >= -1.0) & (x <= 0.5)))
    True
    """
    values = [convert(value) for value in (means, stddevs, minvals, maxvals)]
    pair = _pair(seed)
    # A graph has this op as one node, which takes the seed itself.
    stream = _stream(pair) if unknown(pair._t) and not reading.noting() else pair
    return parameterized_truncated_normal(*values, shape=as_sizes(shape, hint=None), seed=stream)


@composed
def split(seed: Any, num: int = 2, alg: Any = "auto_select") -> Tensor:
    """`num` new seeds from one, as a Tensor of shape `(num, 2)`.

    Source: `tf.random.split`.

    >>> import tfcompat_tape as tf
    >>> tf.random.split([1, 2], num=2).numpy()
    array([[1105988140, 1738052849],
           [-335576002,  370444179]], dtype=int32)
    """
    x = convert(seed)
    return stateless_uniform((num, 2), x, None, None, x.dtype, alg=alg)


@composed
def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Tensor:
    """A new seed from a seed and an integer, such as the number of a step.

    Source: `tf.random.fold_in`.

    >>> import tfcompat_tape as tf
    >>> tf.random.fold_in([1, 2], 7).numpy()
    array([1105988140,          7], dtype=int32)
    """
    number = convert(data)
    first = stateless_uniform((), seed, None, None, number.dtype, alg=alg)
    return registry.lookup("Pack").call(first, number, axis=0)


@composed
def stateless_shuffle(value: Any, seed: Any, alg: Any = "auto_select", name: Any = None) -> Tensor:
    """The rows of `value` in an order that the seed decides. Not differentiable.

    Raises:
      InvalidArgumentError: `seed` is no pair, or the algorithm is ThreeFry.

    Source: `tf.random.experimental.stateless_shuffle`.

    >>> import tfcompat_tape as tf
    >>> tf.random.experimental.stateless_shuffle([1, 2, 3, 4, 5], seed=[1, 2]).numpy()
    array([1, 3, 2, 5, 4], dtype=int32)
    """
    stream = _stream(seed, alg)
    key, counter = _key_and_counter(stream)
    return ops.stateless_shuffle(convert(value), key=key, counter=counter)
