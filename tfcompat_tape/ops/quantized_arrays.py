"""QuantizeV2, Dequantize and QuantizedConcat: tensors of quantized integers, which are NumPy arrays here."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType, float32
from tfcompat_tape.core.errors import invalid, not_found, unimplemented
from tfcompat_tape.core.registry import Keep
from tfcompat_tape.core.tensor import from_numpy, to_numpy

_MODES = ("MIN_COMBINED", "MIN_FIRST", "SCALED")
_ROUND_MODES = ("HALF_AWAY_FROM_ZERO", "HALF_TO_EVEN")


def _check(op: str, mode: str, axis: int, rank: int, ends: tuple[Any, Any], size: Any) -> None:
    if mode not in _MODES:
        raise invalid(f"{op}: Mode string must be 'MIN_COMBINED', 'MIN_FIRST', or 'SCALED', is '{mode}'")
    if mode == "MIN_FIRST" and axis != -1:
        raise unimplemented(f"{op}: MIN_FIRST mode is not implemented for axis != -1, got axis {axis}.")
    if not -1 <= axis < rank and axis != -1:
        raise invalid(
            f"{op}: axis must be at least -1 and less than the {rank} axes of the input, got {axis}."
        )
    for name, end in zip(("min_range", "max_range"), ends, strict=True):
        if axis == -1 and end.size != 1:
            raise invalid(f"{op}: {name} must be a scalar if axis is not given, got shape {list(end.shape)}.")
        if axis != -1 and end.shape != (size,):
            raise invalid(
                f"{op}: {name} must have one value for each of the {size} slices, got shape {list(end.shape)}."
            )


def _along(end: Any, axis: int, rank: int) -> Any:
    return end.reshape(()) if axis == -1 else end.reshape([-1 if n == axis else 1 for n in range(rank)])


def _away(x: Any) -> Any:
    """Rounded, halves away from zero."""
    return np.sign(x) * np.floor(np.abs(x) + np.float32(0.5))


def _limits(kind: DType) -> tuple[int, int]:
    info = np.iinfo(kind.as_numpy_dtype[0])
    return int(info.min), int(info.max)


def _integers(values: Any, kind: DType) -> Any:
    """Whole floats as a quantized array; what no 32-bit integer holds is the least one, whose low bits are taken."""
    wide = np.where((values >= -(2.0**31)) & (values < 2.0**32), values, -(2.0**31)).astype(np.int64)
    if kind is dtypes.qint32:
        wide = np.where(wide >= 2**31, -(2**31), wide)
    return wide.astype(kind.as_numpy_dtype[0]).view(kind.as_numpy_dtype)


def _saturated(values: Any, kind: DType) -> Any:
    least, greatest = _limits(kind)
    return _integers(np.clip(values.astype(np.float64), least, greatest), kind)


def _quantize(
    x: torch.Tensor,
    min_range: torch.Tensor,
    max_range: torch.Tensor,
    *,
    T: DType,
    mode: str = "MIN_COMBINED",
    round_mode: str = "HALF_AWAY_FROM_ZERO",
    narrow_range: bool = False,
    axis: int = -1,
    ensure_minimum_range: float = 0.01,
) -> tuple[Any, ...]:
    array, low, high = to_numpy(x), to_numpy(min_range), to_numpy(max_range)
    rank = array.ndim
    if round_mode not in _ROUND_MODES:
        raise invalid(
            f"QuantizeV2: Round mode string must be 'HALF_AWAY_FROM_ZERO' or 'HALF_TO_EVEN', is '{round_mode}'"
        )
    if round_mode == "HALF_TO_EVEN" and mode != "SCALED":
        raise invalid("QuantizeV2: Round mode 'HALF_TO_EVEN' only supported for mode 'SCALED'.")
    _check("QuantizeV2", mode, axis, rank, (low, high), array.shape[axis] if -1 < axis < rank else None)
    if (high < low).any():
        raise invalid(f"QuantizeV2: max_range must be no smaller than min_range: {high} < {low}.")
    least_start = np.minimum(np.float32(0), low)
    gap = np.maximum(np.float32(1), np.maximum(np.abs(low), np.abs(high))) * np.float32(ensure_minimum_range)
    start = least_start
    end = np.maximum(np.float32(0), np.maximum(high, start + gap))
    least, greatest = _limits(T)
    bits = T.size * 8
    with np.errstate(all="ignore"):
        a, b = _along(start, axis, rank), _along(end, axis, rank)
        if mode == "SCALED":
            bottom = least + narrow_range
            of_low = np.where(a * bottom > 0, np.float32(bottom) / a, np.float32(np.finfo(np.float32).max))
            of_high = np.where(
                b * greatest > 0, np.float32(greatest) / b, np.float32(np.finfo(np.float32).max)
            )
            scale = np.minimum(of_low, of_high).astype(np.float32)
            start = (np.float32(bottom) / scale).reshape(start.shape).astype(np.float32)
            end = (np.float32(greatest) / scale).reshape(end.shape).astype(np.float32)
            steps = np.clip(array, _along(start, axis, rank), _along(end, axis, rank)) * scale
            steps = np.round(steps) if round_mode == "HALF_TO_EVEN" else _away(steps)
        elif mode == "MIN_COMBINED":
            scale = ((greatest - least) / (b - a).astype(np.float64)).astype(np.float32)
            steps = (np.clip(array, a, b) - a) * scale
            if least < 0:
                steps = steps - np.float32((greatest - least + 1) / 2)
            steps = _away(steps)
        else:
            steps = _min_first(array, a, b, bits, least)
        if axis == -1:
            start, end = start.reshape(()), end.reshape(())
        return (
            _saturated(steps, T) if mode == "MIN_FIRST" else _integers(steps, T),
            from_numpy(np.asarray(start, np.float32)),
            from_numpy(np.asarray(end, np.float32)),
        )


def _min_first(array: Any, a: Any, b: Any, bits: int, least: int) -> Any:
    count = 2.0**bits
    scale = np.float32(count / ((b - a).astype(np.float64) * (count / (count - 1.0))))
    return _away(array * scale) - _away(a * scale) + np.float32(least)


quantize_v2 = primitive(
    "QuantizeV2",
    _quantize,
    inputs="input min_range max_range",
    defaults={
        "T": dtypes.qint8,
        "mode": "MIN_COMBINED",
        "round_mode": "HALF_AWAY_FROM_ZERO",
        "narrow_range": False,
        "axis": -1,
        "ensure_minimum_range": 0.01,
    },
    outputs=3,
    dtypes=frozenset({torch.float32}),
    same=None,
    keep=Keep.NOTHING,
)


def _dequantize(
    x: Any,
    min_range: torch.Tensor,
    max_range: torch.Tensor,
    *,
    mode: str = "MIN_COMBINED",
    narrow_range: bool = False,
    axis: int = -1,
    dtype: DType = float32,
) -> torch.Tensor:
    kind = dtypes.OF_ARRAYS[x.dtype]
    array, low, high = to_numpy(x), to_numpy(min_range), to_numpy(max_range)
    rank = array.ndim
    _check("Dequantize", mode, axis, rank, (low, high), array.shape[axis] if -1 < axis < rank else None)
    least, greatest = _limits(kind)
    a, b = _along(low, axis, rank), _along(high, axis, rank)
    values = array.astype(np.float32)
    with np.errstate(all="ignore"):
        if mode == "SCALED":
            bottom = (least + 1 if narrow_range else least) if least < 0 else 0
            scale = b / np.float32(greatest)
            if bottom:
                scale = np.maximum(a / np.float32(bottom), scale)
            found = values * scale
        elif mode == "MIN_COMBINED":
            half = np.float32((greatest - least + 1) / 2) if least < 0 else np.float32(0)
            scale = (b - a) / np.float32(greatest - least)
            found = (values + half) * scale + a
        else:
            found = _first_to_floats(array, kind, a, b)
    raw = torch.from_numpy(np.ascontiguousarray(found, np.float32))
    wanted = dtype.torch if isinstance(dtype, DType) else dtype
    return raw if wanted is torch.float32 else raw.to(wanted)


def _first_to_floats(array: Any, kind: DType, low: Any, high: Any) -> Any:
    """What integers stand for in the mode MIN_FIRST: the low end of the range is itself a multiple of the step."""
    least, _ = _limits(kind)
    count = 2.0 ** (kind.size * 8)
    step = ((high - low).astype(np.float64) * (count / (count - 1.0)) / count).astype(np.float32)
    start = np.round(low / step) * step
    return (array.astype(np.float64) - least).astype(np.float32) * step + start


dequantize = primitive(
    "Dequantize",
    _dequantize,
    inputs="input min_range max_range",
    defaults={"mode": "MIN_COMBINED", "narrow_range": False, "axis": -1, "dtype": float32},
    dtypes=dtypes.OF_ARRAYS.keys(),
    keep=Keep.NOTHING,
)


def _concat(axis: torch.Tensor, *groups: Any) -> tuple[Any, ...]:
    """The parts side by side, in the range that holds all of theirs."""
    count = len(groups) // 3
    parts, lows, highs = groups[:count], groups[count : 2 * count], groups[2 * count :]
    kind = dtypes.OF_ARRAYS[parts[0].dtype]
    if count < 2:
        raise invalid(f"QuantizedConcat: Value for attr 'N' of {count} must be at least minimum 2.")
    for place, part in enumerate(parts):
        if part.dtype != parts[0].dtype:
            raise invalid(
                f"cannot compute QuantizedConcat as input #{place + 1}(zero-based) was expected to be a {kind.name} "
                f"tensor but is a {dtypes.OF_ARRAYS[part.dtype].name} tensor"
            )
    if kind not in (dtypes.quint8, dtypes.qint32):
        raise not_found(
            f"QuantizedConcat: could not find a kernel for {kind.name}, only for quint8 and qint32."
        )
    for name, ends in (("input_mins", lows), ("input_maxes", highs)):
        if any(end.numel() != 1 for end in ends):
            raise invalid(f"QuantizedConcat: the {name} must be scalars.")
    if axis.dim():
        raise invalid(f"QuantizedConcat: concat_dim must be a scalar, got shape {list(axis.shape)}.")
    place, rank = int(axis), parts[0].ndim
    if not 0 <= place < rank:
        raise invalid(
            f"QuantizedConcat: Expected concatenating dimensions in the range [0, {rank}), but got {place}"
        )
    for part in parts:
        if part.ndim != rank or any(part.shape[n] != parts[0].shape[n] for n in range(rank) if n != place):
            raise invalid(
                f"QuantizedConcat: dimensions of inputs should match: {[list(one.shape) for one in parts]}."
            )
    low = min(0.0, *[float(end) for end in lows])
    high = max(0.0, *[float(end) for end in highs])
    if kind is dtypes.qint32:  # symmetric, so that zero is exact
        high = max(-low, high)
        low = -high
    a, b = np.float32(low), np.float32(high)
    found = []
    for part, start, end in zip(parts, lows, highs, strict=True):
        if (float(start), float(end)) == (low, high):
            found.append(part)
        else:
            found.append(_requantized(part, kind, np.float32(float(start)), np.float32(float(end)), a, b))
    joined = np.concatenate(found, axis=place)
    return joined, torch.tensor(low, dtype=torch.float32), torch.tensor(high, dtype=torch.float32)


def _requantized(part: Any, kind: DType, start: Any, end: Any, low: Any, high: Any) -> Any:
    least, _ = _limits(kind)
    values = _first_to_floats(to_numpy(part), kind, start, end)
    return _saturated(_min_first(values, low, high, kind.size * 8, least), kind)


quantized_concat = primitive(
    "QuantizedConcat",
    _concat,
    inputs="concat_dim *groups",
    outputs=3,
    keep=Keep.NOTHING,
    differentiable=False,
)
