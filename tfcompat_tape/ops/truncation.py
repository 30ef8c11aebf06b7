"""Normal numbers within bounds of their own, and how they move with their parameters.

They are drawn by rejection: among normal numbers where most of these lie within the bounds, else among evenly
distributed ones if the bounds are near to each other, else among exponentially distributed ones.

Source: Robert, "Simulation of truncated normal variables", 1995.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.at_call import OF_OPS
from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import internal, invalid, not_found
from tfcompat_tape.core.registry import FLOATS, OPS, Keep, gradient, jvp
from tfcompat_tape.ops import philox
from tfcompat_tape.ops.arguments import as_sizes
from tfcompat_tape.ops.arithmetic import mul, real_div, sub, where
from tfcompat_tape.ops.helpers import dtype_of, raw_of, shape_of, unbroadcast
from tfcompat_tape.ops.later_streams import Later
from tfcompat_tape.ops.philox import Stream
from tfcompat_tape.ops.random_ops import pair_of
from tfcompat_tape.ops.seeds import reserve

_DTYPES = FLOATS - {torch.bfloat16}
_RESERVED = 500  # blocks of the stream that TensorFlow sets aside for each number
_BATCH = 100  # numbers of one distribution that TensorFlow's stateful op draws at a stretch
_NORMAL = 1.3  # with a bound this far out and the mean within, normal numbers are mostly accepted
_TRIES = 1000  # candidates in a row that may be rejected


class _Within:
    """Draws numbers of one distribution after the other from one stream, as TensorFlow does with one thread."""

    def __init__(self, stream: Stream, dtype: torch.dtype) -> None:
        self.stream = stream
        self.dtype = dtype
        self.each = 4 // philox.words_for(dtype)
        # An array of one number stays one: not so by np.float64(x).
        kind = np.float16 if dtype is torch.float16 else np.float64
        self.rounded: Any = lambda x: np.asarray(x, kind)
        self.bound: Any = np.float32 if dtype is torch.float32 else self.rounded

    def _ahead(self, count: int, transform: Any) -> Any:
        """The numbers of the next `count` blocks, one block in a row."""
        words = philox.words(self.stream, 4 * count).cpu()
        return transform(words, self.dtype).to(torch.float64).reshape(count, self.each).numpy()

    def draw(self, count: int, mean: float, deviation: float, low: float, high: float) -> Any:
        """`count` numbers; those that the last block has left over are lost."""
        if math.isinf(low) or high < mean:
            low, high, deviation = high, low, -deviation  # the mirror image
        r, bound = self.rounded, self.bound
        a, b = [float(bound(bound(x - mean) / deviation)) for x in (low, high)]
        z = self._standard(count, a, b)
        return np.atleast_1d(r(r(z * deviation) + mean))  # NumPy makes a number of an array of one

    def _standard(self, count: int, a: float, b: float) -> Any:
        root = math.sqrt(a * a + 4.0)
        far = float(self.bound(_NORMAL))
        if (a < -far and b >= 0.0) or (b > far and a <= 0.0):
            trial, takes = self._normal, 1
        elif b - a < 2.0 * math.exp(0.5 + a * (a - root) / 4.0) / (a + root):
            trial, takes = self._uniform, 2
        else:
            trial, takes = self._exponential, 1
        found: list[Any] = []
        missing, rejected = count, 0
        while missing:
            groups = -(-missing // self.each) * takes
            candidates, accepted = trial(groups * (1 if not found else 4), a, b)
            where = np.flatnonzero(accepted)
            if len(where) >= missing:
                groups = (int(where[missing - 1]) // candidates.shape[1] + 1) * takes
                found.append(candidates.reshape(-1)[where[:missing]])
                missing = 0
            else:
                groups = len(candidates) * takes
                missing -= len(where)
                rejected = 0 if len(where) else rejected + candidates.size
                found.append(candidates.reshape(-1)[where])
            self.stream = self.stream.skip(groups)
            if rejected > _TRIES:
                raise internal(f"No number between {a} and {b} deviations was accepted in {_TRIES} attempts.")
        return np.concatenate(found) if found else np.zeros(0)

    def _normal(self, groups: int, a: float, b: float) -> tuple[Any, Any]:
        z = self._ahead(groups, philox.to_normal)
        return z, ((z >= a) & (z <= b)).reshape(-1)

    def _uniform(self, groups: int, a: float, b: float) -> tuple[Any, Any]:
        r = self.rounded
        drawn = self._ahead(groups, philox.to_uniform)
        z = r(r(drawn[::2] * r(b - a)) + a)
        least = 0.0 if a < 0.0 else r(a * a)
        with np.errstate(all="ignore"):
            accepted = drawn[1::2] <= r(np.exp(r(r(least - r(z * z)) / 2.0)))
        return z, accepted.reshape(-1)

    def _exponential(self, groups: int, a: float, b: float) -> tuple[Any, Any]:
        r = self.rounded
        drawn = self._ahead(groups, philox.to_uniform)
        rate = float(r((a + math.sqrt(a * a + 4.0)) / 2.0))
        with np.errstate(all="ignore"):
            z = r(r(r(-np.log(drawn[:, ::2])) / rate) + a)
            x = r(rate - z) if a < rate else r(a - rate)
            accepted = (drawn[:, 1::2] <= r(np.exp(r(r(-x * x) / 2.0)))) & (z < b)
        return z, accepted.reshape(-1)


def _parameters(values: Any) -> Any:
    """Rows of a mean, a deviation and two bounds (float64), checked."""
    rows = torch.stack([x.detach().to(torch.float64).reshape(-1).cpu() for x in values], 1).numpy()
    _, deviation, low, high = rows.T
    if not ((deviation > 0.0) & (low < high) & (np.isfinite(low) | np.isfinite(high))).all():
        raise invalid(
            "Invalid parameters: stddevs must be positive, minvals less than maxvals and one of them finite"
        )
    return rows


def _kernel(means: Any, stddevs: Any, minvals: Any, maxvals: Any, *, shape: Any, seed: Any) -> torch.Tensor:
    sizes = as_sizes(shape, hint=None)
    later, values = type(seed) is Later, [means, stddevs, minvals, maxvals]
    values = list(torch.broadcast_tensors(*(values if later else map(reading.plain, values))))  # type: ignore[no-untyped-call]
    rank, inner = values[0].dim(), tuple(values[0].shape)
    if len(sizes) < rank or sizes[len(sizes) - rank :] != inner:
        raise invalid(f"The shape {list(sizes)} must end with that of the parameters: {list(inner)}")
    if later:
        found: torch.Tensor = seed.drawn(_drawn, (sizes, *values), (sizes, means.dtype, means.device))
        return found
    with reading.outside():
        return _drawn(philox.stream_of_pair(*pair_of(seed)), sizes, *values)


def _drawn(stream: Stream, sizes: Any, *values: torch.Tensor) -> torch.Tensor:
    rows = _parameters(values)
    means = values[0]
    draws = _Within(stream, means.dtype)
    count = math.prod(sizes[: len(sizes) - means.dim()])
    drawn = [draws.draw(count, *row) for row in rows.tolist()]
    result = np.stack(drawn, 1) if drawn else np.zeros(0)
    return torch.from_numpy(result).to(means.device, means.dtype).reshape(sizes)


OF_OPS["StatelessParameterizedTruncatedNormal"] = lambda raws, attrs: [
    (as_sizes(attrs["shape"], hint=None), FROM_TORCH[raws[0].dtype])
]
parameterized_truncated_normal = primitive(
    "StatelessParameterizedTruncatedNormal",
    _kernel,
    inputs="means stddevs minvals maxvals",
    dtypes=_DTYPES,
    same=None,
    keep=Keep.BOTH,
)


def _stateful_kernel(
    means: Any,
    stdevs: Any,
    minvals: Any,
    maxvals: Any,
    *,
    shape: Any,
    seed: int = 0,
    seed2: int = 0,
    T: Any = "int32",
) -> torch.Tensor:
    """The first axis of the result is that of the parameters, if these are vectors."""
    sizes = as_sizes(shape, hint=None)
    if means.dtype not in _DTYPES:
        raise not_found(
            f"Could not find device for node: ParameterizedTruncatedNormal has no kernel for {means.dtype}."
        )
    if not sizes:
        raise invalid("ParameterizedTruncatedNormal: shape must not be empty, got: []")
    values = [reading.plain(x) for x in (means, stdevs, minvals, maxvals)]
    for name, value in zip(("means", "stdevs", "minvals", "maxvals"), values, strict=True):
        if value.dim() > 1 or value.numel() not in (1, sizes[0]):
            raise invalid(f"Input {name} should have length 1 or shape[0], got shape: {list(value.shape)}")
    total = math.prod(sizes)
    if not total:
        return torch.zeros(sizes, dtype=means.dtype, device=means.device)
    alone = all(value.numel() == 1 for value in values)
    batches, count = (-(-total // _BATCH), _BATCH) if alone else (sizes[0], total // sizes[0])
    with reading.outside():
        rows = _parameters([value.reshape(-1).expand(1 if alone else sizes[0]) for value in values]).tolist()
        blocks = batches * _RESERVED * (count + 3)
        stream = reserve("ParameterizedTruncatedNormal", seed, seed2, blocks, means.dtype, T)
        draws = _Within(stream, means.dtype)
        drawn = []
        for batch in range(batches):
            wanted = min(count, total - batch * count)
            if wanted:
                drawn.append(draws.draw(wanted, *rows[0 if alone else batch]))
        return torch.from_numpy(np.concatenate(drawn)).to(means.device, means.dtype).reshape(sizes)


primitive(
    "ParameterizedTruncatedNormal",
    _stateful_kernel,
    inputs="means stdevs minvals maxvals",
    defaults={"seed": 0, "seed2": 0},
    dtypes=FLOATS,
    same=(0, 1, 2, 3),
    differentiable=False,
)


def _ndtr(x: Any) -> Any:
    """The standard normal distribution function."""
    erf, erfc = OPS["Erf"].call, OPS["Erfc"].call
    dtype = dtype_of(x)
    w = mul(x, number(math.sqrt(0.5), dtype))
    raw = raw_of(w)
    size = where(raw < 0, -w, w)
    tail = erfc(size)
    middle = raw.abs() < math.sqrt(0.5)
    return number(0.5, dtype) * where(
        middle, erf(w) + number(1.0, dtype), where(raw > 0, sub(2.0, tail), tail)
    )


@gradient("StatelessParameterizedTruncatedNormal")
def _parameterized_truncated_normal(op: Any, dy: Any) -> Any:
    z, by_low, by_high = _slopes(op)
    grads = (dy, mul(dy, z), mul(dy, by_low), mul(dy, by_high))
    return tuple([unbroadcast(grad, shape) for grad, shape in zip(grads, op.shapes, strict=True)])


@jvp("StatelessParameterizedTruncatedNormal")
def _parameterized_truncated_normal_jvp(op: Any, *tangents: Any) -> Any:
    total = None
    for t, slope in zip(tangents, (None, *_slopes(op)), strict=True):
        if t is not None:
            part = (
                OPS["BroadcastTo"].call(t, shape=shape_of(op.outputs[0])) if slope is None else mul(t, slope)
            )
            total = part if total is None else total + part
    return total


def _slopes(op: Any) -> tuple[Any, Any, Any]:
    """The derivatives by the deviation and the bounds: the place of the sample between the bounds stays fixed."""
    mean, deviation, low, high = op.inputs
    exp, log, log1p, clip = [OPS[name].call for name in ("Exp", "Log", "Log1p", "ClipByValue")]
    dtype = dtype_of(mean)
    info = torch.finfo(dtype)

    def standard(x: Any) -> Any:
        return real_div(sub(x, mean), deviation)

    z, a, b = standard(op.outputs[0]), standard(low), standard(high)
    below = _ndtr(a)
    place = real_div(sub(_ndtr(z), below), sub(_ndtr(b), below))
    place = clip(place, number(info.tiny, dtype), number(1.0 - info.eps, dtype))
    half = number(0.5, dtype)
    by_low = exp(half * (z * z - a * a) + log1p(-place))
    by_high = exp(half * (z * z - b * b) + log(place))
    return z, by_low, by_high
