"""Normal numbers within bounds of their own, and how they move with their parameters."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, OPS, Keep, gradient, jvp
from tfcompat_tape.ops import philox
from tfcompat_tape.ops.arguments import as_sizes
from tfcompat_tape.ops.arithmetic import mul, real_div, sub, where
from tfcompat_tape.ops.helpers import dtype_of, raw_of, shape_of, unbroadcast
from tfcompat_tape.ops.random_ops import pair_of


def _kernel(means: Any, stddevs: Any, minvals: Any, maxvals: Any, *, shape: Any, seed: Any) -> torch.Tensor:
    """The inverse of the distribution function at uniform numbers."""
    sizes = as_sizes(shape)
    parameters = [x.to(torch.float64) for x in torch.broadcast_tensors(means, stddevs, minvals, maxvals)]
    mean, deviation, low, high = parameters
    rank = mean.dim()
    if len(sizes) < rank or sizes[len(sizes) - rank :] != tuple(mean.shape):
        raise invalid(f"The shape {list(sizes)} must end with that of the parameters: {list(mean.shape)}")
    bad = reading.known((low >= high) | (deviation <= 0.0) | (torch.isinf(low) & torch.isinf(high)))
    if bad is not None and bool(reading.item(bad.any())):
        raise invalid(
            "Invalid parameters: stddevs must be positive, minvals less than maxvals and one of them finite"
        )
    stream = philox.stream_of_pair(*pair_of(seed))
    place = philox.uniform(stream, sizes, torch.float64).to(mean.device)
    # in the upper half the mirror image, where the distribution function has more digits
    mirrored = low + high > 2.0 * mean
    a = torch.where(mirrored, mean - high, low - mean) / deviation
    b = torch.where(mirrored, mean - low, high - mean) / deviation
    below, above = torch.special.ndtr(a), torch.special.ndtr(b)
    z = torch.special.ndtri(below + place * (above - below))
    result = mean + deviation * torch.where(mirrored, -z, z)
    return result.clamp(low, high).to(means.dtype)


parameterized_truncated_normal = primitive(
    "StatelessParameterizedTruncatedNormal",
    _kernel,
    inputs="means stddevs minvals maxvals",
    dtypes=FLOATS,
    same=None,
    keep=Keep.BOTH,
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
