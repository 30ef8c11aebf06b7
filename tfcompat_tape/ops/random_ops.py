"""Random ops. Those with seeds as attributes draw on from call to call; stateless ones are functions of their seed.

Numbers are TensorFlow's own (on a CPU), up to rounding: see `philox` and `rejection`. Shapes and dtypes are attributes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.at_call import OF_OPS
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH, as_dtype, uint64
from tfcompat_tape.core.errors import invalid, not_found, unimplemented
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.registry import ANY, FLOATS, Keep, gradient, jvp
from tfcompat_tape.ops import philox, rejection
from tfcompat_tape.ops.arguments import INT32_64, MOVED, as_sizes
from tfcompat_tape.ops.arithmetic import mul
from tfcompat_tape.ops.each_row import for_each_row
from tfcompat_tape.ops.helpers import raw_of, unbroadcast
from tfcompat_tape.ops.later_streams import bounds
from tfcompat_tape.ops.ordering import torch_dtype
from tfcompat_tape.ops.philox import Stream
from tfcompat_tape.ops.seeds import PER_NUMBER, reserve

_INTS = frozenset({torch.int32, torch.int64})
FULL_INTS = _INTS | {torch.uint32, torch.uint64}
_SEEDS = {"seed": 0, "seed2": 0}
PHILOX, AUTO = 1, 3


def _checked(name: str, dtype: Any, allowed: Any) -> torch.dtype:
    inner = torch_dtype(dtype)
    if inner not in allowed:
        raise invalid(f"{name}: dtype {dtype} is not in the list of allowed values.")
    return inner


def _seeded(name: str, draw: Any, allowed: Any) -> Any:
    """An op with seeds as attributes: `draw(stream, shape, dtype)`."""

    def kernel(*, shape: Any, dtype: Any, seed: int = 0, seed2: int = 0, T: Any = "int32") -> Any:
        sizes = as_sizes(shape, hint=None)
        inner = _checked(name, dtype, allowed)
        stream = reserve(name, seed, seed2, math.prod(sizes) * PER_NUMBER, inner, T)
        return draw(stream, sizes, inner)

    return for_each_row(primitive(name, kernel, inputs="", defaults=_SEEDS, differentiable=False))


random_standard_normal = _seeded("RandomStandardNormal", philox.normal, FLOATS)
random_uniform = _seeded("RandomUniform", philox.uniform, FLOATS)
truncated_normal = _seeded("TruncatedNormal", philox.truncated_normal, FLOATS)


def _uniform_int_kernel(
    low: Any, high: Any, *, shape: Any, seed: int = 0, seed2: int = 0, T: Any = "int32"
) -> torch.Tensor:
    sizes = as_sizes(shape, hint=None)
    if not math.prod(sizes):
        return torch.empty(sizes, dtype=low.dtype)
    lowest, highest = bounds(low, high)
    stream = reserve("RandomUniformInt", seed, seed2, math.prod(sizes) * PER_NUMBER, low.dtype, T)
    return philox.uniform_int(stream, sizes, lowest, highest, low.dtype)


random_uniform_int = for_each_row(
    primitive(
        "RandomUniformInt",
        _uniform_int_kernel,
        inputs="minval maxval",
        defaults=_SEEDS,
        dtypes=_INTS,
        same=None,
        differentiable=False,
    )
)


# -- choices -----------------------------------------------------------------------------------------------------------


def _choose(stream: Stream, logits: torch.Tensor, num_samples: int, dtype: torch.dtype) -> torch.Tensor:
    """Classes drawn with probabilities `softmax(logits)`, for each row: where uniform numbers fall among the sums."""
    if logits.dim() != 2:
        raise invalid(f"logits should be a matrix, got shape {list(logits.shape)}")
    if num_samples < 0:
        raise invalid(f"num_samples should be non-negative, got {num_samples}")
    rows, classes = logits.shape
    if rows and not classes:
        raise invalid("num_classes should be positive, got 0")
    if not rows or not num_samples:
        return torch.zeros((rows, num_samples), dtype=dtype, device=logits.device)
    finite = torch.isfinite(logits)
    top = torch.where(finite, logits, torch.finfo(logits.dtype).min).amax(1, keepdim=True).to(torch.float64)
    weights = torch.where(finite, torch.exp(logits.to(torch.float64) - top), 0.0)
    sums = torch.cumsum(weights, 1)
    points = philox.uniform(stream, (rows, num_samples), torch.float64).to(logits.device) * sums[:, -1:]
    return torch.searchsorted(sums, points, right=True).to(dtype)


def _multinomial_kernel(
    logits: Any, *, num_samples: int, output_dtype: Any = torch.int64, seed: int = 0, seed2: int = 0
) -> torch.Tensor:
    dtype = _checked("Multinomial", output_dtype, _INTS)
    rounded = -(-max(num_samples, 0) // 4) * 4
    blocks = 2 * logits.shape[0] * rounded * PER_NUMBER if logits.dim() else 0
    stream = reserve("Multinomial", seed, seed2, blocks, logits.dtype, dtype)
    return _choose(stream, logits, num_samples, dtype)


multinomial = primitive(
    "Multinomial", _multinomial_kernel, inputs="logits", defaults=_SEEDS, dtypes=FLOATS, differentiable=False
)


def permutation(stream: Stream, count: int) -> list[int]:
    """The numbers from 0 to `count - 1`, shuffled by Fisher and Yates' method."""
    order = list(range(count))
    words = philox.words(stream, max(count - 1, 0)).tolist()
    for i, word in enumerate(words):
        j = i + word % (count - i)
        order[i], order[j] = order[j], order[i]
    return order


def _shuffle_kernel(value: Any, *, seed: int = 0, seed2: int = 0) -> Any:
    strings = isinstance(value, np.ndarray)
    if not value.ndim or value.shape[0] <= 1:
        return value
    count = value.shape[0]
    stream = reserve("RandomShuffle", seed, seed2, -(-(count - 1) // 4), value.dtype)
    order = permutation(stream, count)
    return value[order] if strings else value[torch.tensor(order, device=value.device)]


random_shuffle = primitive(
    "RandomShuffle",
    _shuffle_kernel,
    inputs="value",
    defaults=_SEEDS,
    dtypes=ANY | {np.dtype(object)},
    differentiable=False,
)


# -- gamma and Poisson -------------------------------------------------------------------------------------------------


def _sampled(sampler: Any, stream: Stream, count: int, *parameters: torch.Tensor) -> torch.Tensor:
    """`count` numbers for each element of `parameters`, of shape `(count, *shape)`: one element after the other."""
    shape = parameters[0].shape
    if any(reading.left_its_function(x) and reading.known(x) is not None for x in parameters):
        return parameters[0].new_empty((count, *shape))  # of what is drawn at each call, the shape is asked
    flat = [x.reshape(-1).to(torch.float64).repeat_interleave(count) for x in parameters]
    return sampler(stream, *flat).reshape(math.prod(shape), count).T.reshape(count, *shape)


def _gamma_kernel(alpha: Any, *, shape: Any, seed: int = 0, seed2: int = 0, T: Any = "int32") -> torch.Tensor:
    sizes = as_sizes(shape, hint=None)
    blocks = math.prod(sizes) * alpha.numel() * PER_NUMBER
    stream = reserve("RandomGamma", seed, seed2, blocks, alpha.dtype, T)
    result = _sampled(rejection.gamma, stream, math.prod(sizes), alpha)
    return result.reshape((*sizes, *alpha.shape)).to(alpha.dtype)


def _stateless_gamma_kernel(
    alpha: Any, *, shape: Any, key: Any, counter: Any, alg: Any = PHILOX
) -> torch.Tensor:
    sizes = as_sizes(shape, hint=None)
    tail = sizes[len(sizes) - alpha.dim() :]
    if len(sizes) < alpha.dim() or tuple(torch.broadcast_shapes(alpha.shape, tail)) != tail:
        raise invalid(f"Shape passed in must end with broadcasted shape: {list(sizes)}, {list(alpha.shape)}")
    count = math.prod(sizes[: len(sizes) - alpha.dim()])
    wide = alpha.expand(tail)
    result = _sampled(rejection.gamma, stream_of(key, counter, alg), count, wide)
    return result.reshape(sizes).to(alpha.dtype)


random_gamma = primitive(
    "RandomGamma",
    _gamma_kernel,
    inputs="alpha",
    defaults=_SEEDS,
    dtypes=FLOATS - {torch.bfloat16},
    keep=Keep.BOTH,
)
stateless_random_gamma = primitive(
    "StatelessRandomGammaV3",
    _stateless_gamma_kernel,
    inputs="alpha",
    defaults={"alg": PHILOX},
    dtypes=FLOATS - {torch.bfloat16},
    keep=Keep.BOTH,
)


def _gamma_grad_kernel(alpha: Any, sample: Any) -> torch.Tensor:
    """The derivative of a gamma number by its parameter, its place in the distribution being fixed.

    torch's own is a fit good to four digits. This is the quotient of the derivatives of the distribution function,
    the one by `alpha` as a difference of sixth order, in float64.
    """
    a, z = [x.to(torch.float64) for x in torch.broadcast_tensors(alpha, sample)]
    step = (a * 2e-3).clamp(max=1.0)
    lower = z < a  # of the two tails, the one with more digits

    def tail(n: int) -> torch.Tensor:
        moved = a + n * step
        return torch.where(lower, torch.special.gammainc(moved, z), -torch.special.gammaincc(moved, z))

    difference = 45.0 * (tail(1) - tail(-1)) - 9.0 * (tail(2) - tail(-2)) + (tail(3) - tail(-3))
    density = torch.exp(torch.xlogy(a - 1.0, z) - z - torch.lgamma(a))
    return torch.where(density > 0.0, -difference / (60.0 * step) / density, 0.0).to(sample.dtype)


random_gamma_grad = primitive(
    "RandomGammaGrad", _gamma_grad_kernel, inputs="alpha sample", dtypes=FLOATS, same=None
)


def _gamma_by_seed(seed: Any, alpha: Any, *, shape: Any) -> torch.Tensor:
    stream = philox.stream_of_pair(*pair_of(seed))
    return _stateless_gamma_kernel(alpha, shape=shape, key=(stream.key,), counter=words_of(stream.counter))


primitive(
    "StatelessRandomGammaV2",
    _gamma_by_seed,
    inputs="seed alpha",
    dtypes=INT32_64,
    keep=Keep.BOTH,
)


@gradient("RandomGamma", "StatelessRandomGammaV3")
def _random_gamma(op: Any, dy: Any) -> Any:
    return unbroadcast(mul(dy, _gamma_slope(op)), op.shapes[0])


@jvp("RandomGamma", "StatelessRandomGammaV3")
def _random_gamma_jvp(op: Any, t: Any) -> Any:
    return mul(t, _gamma_slope(op))


@gradient("StatelessRandomGammaV2")
def _random_gamma_by_seed(op: Any, dy: Any) -> Any:
    return None, unbroadcast(mul(dy, _gamma_slope(op)), op.shapes[1])


@jvp("StatelessRandomGammaV2")
def _random_gamma_by_seed_jvp(op: Any, _: Any, t: Any) -> Any:
    return mul(t, _gamma_slope(op))


def _gamma_slope(op: Any) -> torch.Tensor:
    slope: torch.Tensor = random_gamma_grad(raw_of(op.inputs[-1]), raw_of(op.outputs[0]))
    return slope


def _poisson_kernel(
    rate: Any, *, shape: Any, dtype: Any = torch.int64, seed: int = 0, seed2: int = 0, T: Any = "int32"
) -> torch.Tensor:
    sizes = as_sizes(shape, hint=None)
    inner = _checked("RandomPoissonV2", dtype, FLOATS - {torch.bfloat16} | _INTS)
    blocks = math.prod(sizes) * rate.numel() * PER_NUMBER
    stream = reserve("RandomPoissonV2", seed, seed2, blocks, rate.dtype, inner, T)
    result = _sampled(rejection.poisson, stream, math.prod(sizes), rate)
    return result.reshape((*sizes, *rate.shape)).to(inner)


random_poisson = primitive(
    "RandomPoissonV2",
    _poisson_kernel,
    inputs="rate",
    defaults=_SEEDS,
    dtypes=FLOATS - {torch.bfloat16} | _INTS,
)


# -- stateless ---------------------------------------------------------------------------------------------------------


def check_pair(seed: Any) -> Any:
    """The raw tensor of a stateless seed; InvalidArgumentError for what is no pair of integers."""
    raw = raw_of(seed if hasattr(seed, "shape") else convert(seed))
    if tuple(raw.shape) != (2,):
        raise invalid(f"seed must have shape [2], not {list(raw.shape)}")
    if raw.dtype not in INT32_64:
        raise invalid(
            f"Value for attr 'Tseed' of {type_name(raw.dtype)} is not in the list of allowed values: int32, int64: "
            "a seed is two integers."
        )
    return raw


def pair_of(seed: Any) -> tuple[int, int]:
    """The two numbers of a stateless seed, raw or Tensor."""
    raw = check_pair(seed)
    first, second = [int(n) for n in reading.listed(raw)]
    return first, second


def words_of(counter: int) -> tuple[int, int]:
    """A counter as the two numbers of 64 bits that it consists of."""
    return counter % (1 << 64), counter >> 64


def _key_counter(seed: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """The key and counter that a seed stands for, with Philox as the algorithm."""
    stream = philox.stream_of_pair(*pair_of(seed))
    words = np.array([stream.key, *words_of(stream.counter)], np.uint64)
    return torch.from_numpy(words[:1]), torch.from_numpy(words[1:])


def _algorithm() -> torch.Tensor:
    return torch.tensor(PHILOX, dtype=torch.int32)


primitive(
    "StatelessRandomGetKeyCounter",
    _key_counter,
    inputs="seed",
    outputs=2,
    dtypes=INT32_64,
    differentiable=False,
)
primitive(
    "StatelessRandomGetKeyCounterAlg",
    lambda seed: (*_key_counter(seed), _algorithm()),
    inputs="seed",
    outputs=3,
    dtypes=INT32_64,
    differentiable=False,
)
primitive("StatelessRandomGetAlg", _algorithm, inputs="", differentiable=False)


def stream_of(key: Any, counter: Any, alg: Any = PHILOX) -> Stream:
    """The stream at `key` (1 number) and `counter` (2 numbers), given as tensors or as ints."""
    if int(raw_of(alg)) not in (PHILOX, AUTO):
        raise unimplemented(
            "Only the Philox algorithm is supported, as on TensorFlow's own devices without XLA."
        )
    keys, counters = _numbers(key), _numbers(counter)
    if len(keys) != 1 or len(counters) < 2:
        raise invalid("key must be a vector of length 1, counter of length 2")
    return Stream(keys[0], counters[0] | counters[1] << 64)


def _numbers(value: Any) -> list[int]:
    raw = raw_of(value)
    numbers = reading.listed(raw.reshape(-1)) if isinstance(raw, torch.Tensor) else list(raw)
    return [int(n) % (1 << 64) for n in numbers]


def _stateless(name: str, draw: Any, allowed: Any) -> Any:
    """The op `name` of a seed and `nameV2` of a key and a counter; returns the latter."""

    def by_seed(seed: Any, *, shape: Any, dtype: Any = torch.float32) -> torch.Tensor:
        inner = _checked(name, dtype, allowed)
        return draw(philox.stream_of_pair(*pair_of(seed)), as_sizes(shape, hint=None), inner)

    def by_key(
        *, shape: Any, key: Any, counter: Any, alg: Any = PHILOX, dtype: Any = torch.float32
    ) -> torch.Tensor:
        sizes = as_sizes(shape, hint=None)
        inner = _checked(name, dtype, allowed)
        return draw(stream_of(key, counter, alg), sizes, inner)

    def like(raws: Any, attrs: Any) -> Any:
        inner = _checked(name, attrs.get("dtype", torch.float32), allowed)
        return [(as_sizes(attrs["shape"], hint=None), FROM_TORCH[inner])]

    OF_OPS[name] = OF_OPS[f"{name}V2"] = like
    primitive(name, by_seed, inputs="seed", dtypes=_INTS, differentiable=False)
    return primitive(f"{name}V2", by_key, inputs="", differentiable=False)


stateless_random_normal = _stateless("StatelessRandomNormal", philox.normal, FLOATS)
stateless_random_uniform = _stateless("StatelessRandomUniform", philox.uniform, FLOATS)
stateless_truncated_normal = _stateless("StatelessTruncatedNormal", philox.truncated_normal, FLOATS)
stateless_random_uniform_full_int = _stateless("StatelessRandomUniformFullInt", philox.full_int, FULL_INTS)


def _int_by_key(
    low: Any, high: Any, *, shape: Any, key: Any, counter: Any, alg: Any = PHILOX
) -> torch.Tensor:
    if low.dtype not in _INTS:
        raise not_found(
            f"Could not find device for node: StatelessRandomUniformIntV2 has no kernel for {low.dtype}."
        )
    sizes = as_sizes(shape, hint=None)
    return philox.uniform_int(stream_of(key, counter, alg), sizes, *bounds(low, high), low.dtype)


def _int_by_seed(seed: Any, low: Any, high: Any, *, shape: Any) -> torch.Tensor:
    stream = philox.stream_of_pair(*pair_of(seed))
    return philox.uniform_int(stream, as_sizes(shape, hint=None), *bounds(low, high), low.dtype)


stateless_random_uniform_int = primitive(
    "StatelessRandomUniformIntV2",
    _int_by_key,
    inputs="minval maxval",
    dtypes=FULL_INTS,
    same=None,
    differentiable=False,
)
primitive(
    "StatelessRandomUniformInt",
    _int_by_seed,
    inputs="seed minval maxval",
    dtypes=_INTS,
    same=(1, 2),
    differentiable=False,
)


def _shaped(raws: Any, attrs: dict[str, Any]) -> Any:
    """Of the shape that is asked for, and of the dtype of the last input."""
    dtype = attrs.get("dtype", raws[-1].dtype)
    return [(as_sizes(attrs["shape"], hint=None), as_dtype(dtype))]


def _of_classes(raws: Any, attrs: dict[str, Any]) -> Any:
    return [((raws[0].shape[0], attrs["num_samples"]), as_dtype(attrs.get("output_dtype", torch.int64)))]


_LIKE_ASKED = (
    "StatelessRandomBinomial",
    "StatelessRandomGammaV2",
    "StatelessRandomGammaV3",
    "StatelessRandomPoisson",
    "StatelessRandomUniformInt",
    "StatelessRandomUniformIntV2",
)
OF_OPS.update(dict.fromkeys(_LIKE_ASKED, _shaped))
OF_OPS["StatelessMultinomial"] = _of_classes
OF_OPS["StatelessShuffle"] = lambda raws, attrs: [(raws[0].shape, FROM_TORCH[raws[0].dtype])]
OF_OPS["StatelessRandomGetKeyCounter"] = lambda raws, attrs: [((1,), uint64), ((2,), uint64)]


def _stateless_multinomial_kernel(
    logits: Any, seed: Any, *, num_samples: int, output_dtype: Any = torch.int64
) -> Any:
    dtype = _checked("StatelessMultinomial", output_dtype, _INTS)
    return _choose(philox.stream_of_pair(*pair_of(seed)), logits, num_samples, dtype)


stateless_multinomial = primitive(
    "StatelessMultinomial",
    _stateless_multinomial_kernel,
    inputs="logits seed",
    dtypes=FLOATS,
    differentiable=False,
)


def _stateless_shuffle_kernel(value: Any, *, key: Any, counter: Any, alg: Any = PHILOX) -> Any:
    stream = stream_of(key, counter, alg)
    if not value.ndim or value.shape[0] <= 1:
        return value
    order = permutation(stream, value.shape[0])
    return value[order] if isinstance(value, np.ndarray) else value[torch.tensor(order, device=value.device)]


stateless_shuffle = primitive(
    "StatelessShuffle",
    _stateless_shuffle_kernel,
    inputs="value",
    defaults={"alg": PHILOX},
    dtypes=MOVED,
    differentiable=False,
)


def sampled_to_shape(
    name: str, sampler: Any, parameters: str, stream: Stream, shape: Any, *values: torch.Tensor
) -> torch.Tensor:
    """Numbers of the given shape, whose end is the broadcast shape of the parameters."""
    sizes = as_sizes(shape, hint=None)
    values = torch.broadcast_tensors(*values)
    rank = values[0].dim()
    if len(sizes) < rank or sizes[len(sizes) - rank :] != tuple(values[0].shape):
        raise invalid(
            f"{name}: the shape {list(sizes)} must end with that of {parameters}: {list(values[0].shape)}"
        )
    count = math.prod(sizes[: len(sizes) - rank])
    return _sampled(sampler, stream, count, *values).reshape(sizes)


def _stateless_poisson_kernel(seed: Any, lam: Any, *, shape: Any, dtype: Any = torch.int64) -> torch.Tensor:
    inner = _checked("StatelessRandomPoisson", dtype, FLOATS - {torch.bfloat16} | _INTS)
    stream = philox.stream_of_pair(*pair_of(seed))
    return sampled_to_shape("StatelessRandomPoisson", rejection.poisson, "lam", stream, shape, lam).to(inner)


def _stateless_binomial_kernel(
    seed: Any, counts: Any, probs: Any, *, shape: Any, dtype: Any = torch.int64
) -> torch.Tensor:
    inner = _checked("StatelessRandomBinomial", dtype, FLOATS - {torch.bfloat16} | _INTS)
    name, parameters = "StatelessRandomBinomial", "counts and probs"
    if counts.dtype not in FLOATS:
        raise invalid(f"{name}: counts and probs must be floating, got {counts.dtype}.")
    stream = philox.stream_of_pair(*pair_of(seed))
    return sampled_to_shape(name, rejection.binomial, parameters, stream, shape, counts, probs).to(inner)


stateless_random_poisson = primitive(
    "StatelessRandomPoisson", _stateless_poisson_kernel, inputs="seed lam", dtypes=_INTS, differentiable=False
)
stateless_random_binomial = primitive(
    "StatelessRandomBinomial",
    _stateless_binomial_kernel,
    inputs="seed counts probs",
    dtypes=_INTS,
    same=(1, 2),
    differentiable=False,
)
