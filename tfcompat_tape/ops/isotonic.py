"""Isotonic regression: the closest sequence, by least squares, that never increases.

It is constant on segments, where it is the mean, so its derivative takes means over segments, forwards and backwards.

Source: M. J. Best and N. Chakravarti, "Active set algorithms for isotonic regression", Mathematical Programming 47,
1990: neighbours that violate the order are pooled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import not_found
from tfcompat_tape.core.registry import FLOATS, REALS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import mul
from tfcompat_tape.ops.bounds import concrete
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.segments import gather_segments, unsorted_segment_sum
from tfcompat_tape.ops.shapes import reshape

_RESULT = {
    torch.int8: torch.float32,
    torch.int16: torch.float32,
    torch.int32: torch.float64,
    torch.int64: torch.float64,
    **{dtype: dtype for dtype in FLOATS},
}


def result_dtype(dtype: torch.dtype) -> torch.dtype:
    """The dtype of the regression of values of `dtype`: integers become floats."""
    return _RESULT.get(dtype, torch.float64)


def _pooled(row: list[float]) -> tuple[list[float], list[int]]:
    """The means of one row's segments and their lengths; neighbours of equal means stay apart."""
    sums: list[float] = []
    counts: list[int] = []
    for value in row:
        sums.append(value)
        counts.append(1)
        while len(sums) > 1 and sums[-2] / counts[-2] < sums[-1] / counts[-1]:
            total, count = sums.pop(), counts.pop()
            sums[-1] += total
            counts[-1] += count
    return [total / count for total, count in zip(sums, counts, strict=True)], counts


def _by_rows(wide: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    values, places = [], []
    for row in wide.tolist():
        means, counts = _pooled(row)
        values.append(np.repeat(np.array(means), counts))
        places.append(np.repeat(np.arange(len(counts), dtype=np.int32), counts))
    shape = wide.shape
    if not wide.numel():
        return wide, torch.zeros(shape, dtype=torch.int32, device=wide.device)
    return (
        torch.from_numpy(np.stack(values)).to(wide.device),
        torch.from_numpy(np.stack(places)).to(wide.device),
    )


def _at_once(wide: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The same without looking at values: a segment ends where no mean before it is less than one behind it."""
    n = wide.shape[-1]
    bad = wide.isnan()
    places = torch.arange(n + 1, device=wide.device)
    lengths = places[None, :] - places[:, None]  # of the slice [i, j)
    valid = lengths > 0
    sums = torch.nn.functional.pad(torch.where(bad, 0.0, wide).cumsum(-1), (1, 0))
    holes = torch.nn.functional.pad(bad.cumsum(-1), (1, 0))
    means = (sums[..., None, :] - sums[..., :, None]) / lengths.clamp(min=1)
    known = valid & (holes[..., None, :] == holes[..., :, None])
    least = torch.where(known, means, torch.inf).amin(-2)  # of the slices that end at j
    most = torch.where(known, means, -torch.inf).amax(-1)  # of those that start at i
    starts = ~(least < most)[..., :n]
    starts = starts | (places[:n] == 0)
    segments = starts.to(torch.int32).cumsum(-1, dtype=torch.int32) - 1
    same = segments[..., None, :] == segments[..., :, None]
    values = torch.where(same, wide[..., None, :], 0.0).sum(-1) / same.sum(-1)
    return values, segments


def _kernel(x: torch.Tensor, *, output_dtype: Any = torch.float32) -> tuple[torch.Tensor, torch.Tensor]:
    if _RESULT.get(x.dtype) is not output_dtype:
        raise not_found(
            f"Could not find device for node: IsotonicRegression has no kernel for T={x.dtype} and "
            f"output_dtype={output_dtype}."
        )
    wide = x.to(torch.float64)
    n = wide.shape[-1] if wide.dim() else 1
    rows = wide.reshape(wide.numel() // n if n else 0, n)
    values, segments = (_by_rows if concrete(x) else _at_once)(rows)
    return values.reshape(x.shape).to(output_dtype), segments.reshape(x.shape)


isotonic_regression = primitive(
    "IsotonicRegression",
    _kernel,
    inputs="input",
    defaults={"output_dtype": torch.float32},
    outputs=2,
    dtypes=REALS,
    keep=Keep.OUTPUTS,
    none_ok=True,
)


def _averaged(op: Any, values: Any) -> Any:
    """The mean of `values` over each segment, at each element of it."""
    segments = raw_of(op.outputs[1])
    shape = tuple(segments.shape)
    n = shape[-1] if shape else 1
    rows = segments.reshape(-1, n) if n else segments.reshape(0, 1)
    starts = torch.arange(rows.shape[0], device=segments.device).unsqueeze(1) * n
    flat = (rows + starts).reshape(-1)
    total = flat.shape[0]
    ones = torch.ones(total, dtype=raw_of(values).dtype, device=segments.device)
    counts = unsorted_segment_sum(ones, flat, num_segments=total).clamp(min=1)
    listed = reshape(values, shape=(total,)) if type(values) is Tensor else values.reshape(total)
    share = (1 / counts)[flat]
    sums = gather_segments(unsorted_segment_sum(listed, flat, num_segments=total), flat)
    result = mul(sums, share)
    return reshape(result, shape=shape) if type(result) is Tensor else result.reshape(shape)


@gradient("IsotonicRegression")
def _isotonic_rule(op: Any, dy: Any, _: Any) -> Any:
    return None if dy is None else _averaged(op, dy)


@jvp("IsotonicRegression")
def _isotonic_jvp(op: Any, tangent: Any) -> Any:
    return _averaged(op, tangent), None
