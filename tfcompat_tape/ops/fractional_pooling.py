"""Pooling by a ratio that is no whole number: the windows have two lengths, in a random order.

The order is drawn without regard to the values, so these ops are differentiable like other pools, and with seeds the
windows are TensorFlow's.

Source: B. Graham, "Fractional max-pooling", 2014.
"""

from __future__ import annotations

import itertools
import math
import secrets
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.bounds import readable
from tfcompat_tape.ops.candidates import Words
from tfcompat_tape.ops.helpers import raw_of
from tfcompat_tape.ops.philox import Stream, stream_of_seeds
from tfcompat_tape.ops.seeds import kept

_DTYPES = frozenset({torch.float32, torch.float64, torch.int32, torch.int64})


# -- where the windows end ---------------------------------------------------------------------------------------------


def _in_order(words: Words, size: int, count: int) -> list[int]:
    """Bounds of `count` windows of two lengths in a pseudo-random order: steps of one length, rounded."""
    ratio = size / count
    least = size // count
    room = min((least + 2) / ratio - 1, (size + 1 - least) / ratio - (count - 1))
    shift = words.double() * room
    return [0, *[math.ceil(ratio * (i + shift)) - 1 for i in range(1, count)], size]


def _shuffled(words: Words, size: int, count: int) -> list[int]:
    """Bounds of `count` windows of two lengths in a random order."""
    least, longer = divmod(size, count)
    lengths = [least + 1] * longer + [least] * (count - longer)
    for i in range(count - 1):
        j = i + words.below(count - i, 32)
        lengths[i], lengths[j] = lengths[j], lengths[i]
    bounds = [0]
    for length in lengths:
        bounds.append(bounds[-1] + length)
    return bounds


def _unpredictable() -> Stream:
    return Stream(secrets.randbits(64), secrets.randbits(64) << 64)


def _bounds(
    name: str, sizes: Any, counts: Any, pseudo_random: bool, deterministic: bool, seed: int, seed2: int
) -> list[list[int]]:
    if not deterministic:
        stream = _unpredictable()
    elif seed == seed2 == 0:
        stream = kept(_unpredictable, name, sizes, counts)
    else:
        stream = stream_of_seeds(seed, seed2)
    found = []
    for size, count in zip(sizes, counts, strict=True):
        found.append((_in_order if pseudo_random else _shuffled)(Words(stream), size, count))
        stream = stream.skip(1 if pseudo_random else -(-count // 4))
    return found


# -- windows -----------------------------------------------------------------------------------------------------------


def _places(bounds: list[int], size: int, overlapping: bool, device: Any) -> tuple[Any, Any]:
    """The positions in each window (one a row), and which of them count: windows may differ in length."""
    last = torch.tensor(bounds[1:], device=device) - (0 if overlapping else 1)
    first = torch.tensor(bounds[:-1], device=device)
    last = last.clamp(max=size - 1)
    longest = max(1, *[min(b - (not overlapping), size - 1) - a + 1 for a, b in itertools.pairwise(bounds)])
    places = first.unsqueeze(1) + torch.arange(longest, device=device)
    inside = places <= last.unsqueeze(1)
    return torch.where(inside, places, 0), inside


def _windows(x: torch.Tensor, rows: list[int], columns: list[int], overlapping: bool) -> tuple[Any, Any, Any]:
    """What is in each window, in the last axis; which of it counts; and its positions in the image.

    The shapes are `(batch, rows, columns, channels, n)` and twice `(rows, columns, n)`.
    """
    height, width = x.shape[1], x.shape[2]
    down, counted_down = _places(rows, height, overlapping, x.device)
    across, counted_across = _places(columns, width, overlapping, x.device)
    places = down[:, None, :, None] * width + across[None, :, None, :]
    counted = counted_down[:, None, :, None] & counted_across[None, :, None, :]
    places, counted = places.flatten(2), counted.flatten(2)
    flat = x.reshape(x.shape[0], height * width, x.shape[3])
    held = flat[:, places.reshape(-1)].reshape(x.shape[0], *places.shape, x.shape[3])
    return held.transpose(3, 4), counted, places


def _lowest(dtype: torch.dtype) -> Any:
    return (torch.finfo if dtype.is_floating_point else torch.iinfo)(dtype).min


def _candidates(x: torch.Tensor, rows: Any, columns: Any, overlapping: bool) -> tuple[Any, Any]:
    """The windows with the lowest number in place of NaN, -inf and what does not count; and their positions."""
    held, counted, places = _windows(x, rows, columns, overlapping)
    low = _lowest(x.dtype)
    held = torch.where(counted[:, :, None, :], held, low)
    if x.dtype.is_floating_point:
        held = torch.where(held > low, held, low)
    return held, places


def _maximum(x: torch.Tensor, rows: Any, columns: Any, overlapping: bool) -> torch.Tensor:
    return _candidates(x, rows, columns, overlapping)[0].amax(-1)


def _average(x: torch.Tensor, rows: Any, columns: Any, overlapping: bool) -> torch.Tensor:
    held, counted, _ = _windows(x, rows, columns, overlapping)
    total = torch.where(counted[:, :, None, :], held, 0).sum(-1, dtype=x.dtype)
    many = counted.sum(-1)[:, :, None]
    if x.dtype.is_floating_point:
        return total / many
    return torch.div(total, many, rounding_mode="trunc").to(x.dtype)


def _pool(name: str, what: str, reduce: Any) -> Any:
    def kernel(
        value: torch.Tensor,
        *,
        pooling_ratio: Any,
        pseudo_random: bool = False,
        overlapping: bool = False,
        deterministic: bool = False,
        seed: int = 0,
        seed2: int = 0,
    ) -> tuple[torch.Tensor, ...]:
        if value.dim() != 4:
            raise invalid(f"{name}: tensor_in must be 4-dimensional, got shape {list(value.shape)}.")
        ratios = [float(ratio) for ratio in pooling_ratio]
        if len(ratios) != 4:
            raise invalid(f"{name}: pooling_ratio field must specify 4 dimensions, got {ratios}.")
        for ratio in ratios:
            if not ratio >= 1:
                raise invalid(f"pooling_ratio cannot be smaller than 1, got: {ratio:g}")
        if ratios[0] != 1 or ratios[3] != 1:
            raise unimplemented(
                f"Fractional {what} pooling is not yet supported on the batch nor channel dimension."
            )
        if not deterministic and (seed or seed2):
            raise invalid("Both seed and seed2 should be 0 if deterministic is false.")
        for axis, (size, ratio) in enumerate(zip(value.shape, ratios, strict=True)):
            if size < ratio:
                raise invalid(
                    f"Pooling ratio is higher than input dimension size for dimension {axis}. Input dim size: {size} "
                    f"pooling ratio: {ratio:g}"
                )
        sizes = (value.shape[1], value.shape[2])
        counts = (math.floor(sizes[0] / ratios[1]), math.floor(sizes[1] / ratios[2]))
        with reading.outside():
            rows, columns = _bounds(name, sizes, counts, pseudo_random, deterministic, seed, seed2)
        result = reduce(value, rows, columns, overlapping)
        return result, *[torch.tensor(bounds, device=value.device) for bounds in (rows, columns)]

    return primitive(
        name,
        kernel,
        inputs="value",
        defaults={
            "pseudo_random": False,
            "overlapping": False,
            "deterministic": False,
            "seed": 0,
            "seed2": 0,
        },
        outputs=3,
        dtypes=_DTYPES,
        keep=Keep.BOTH if what == "max" else Keep.OUTPUTS,
        none_ok=True,
    )


fractional_max_pool = _pool("FractionalMaxPool", "max", _maximum)
fractional_avg_pool = _pool("FractionalAvgPool", "average", _average)


# -- gradients: TensorFlow does not differentiate them again -----------------------------------------------------------


def _sequence(name: str, what: str, raw: torch.Tensor, count: int) -> list[int]:
    """The bounds of `count` windows."""
    if raw.dim() != 1:
        raise invalid(
            f"{name}: {what}_pooling_sequence must be a vector, received shape {compact(raw.shape)}"
        )
    bounds: list[int] = reading.listed(raw)
    if len(bounds) <= count:
        raise invalid(
            f"{name}: {what}_pooling_sequence must have at least {count + 1} elements, but got {len(bounds)}"
        )
    if min(bounds) < 0:
        raise invalid(f"{name}: {what}_pooling_sequence must not be negative, got {bounds}")
    bounds = bounds[: count + 1]
    if any(a >= b for a, b in itertools.pairwise(bounds)):
        raise invalid(f"{name}: {what}_pooling_sequence must ascend, got {bounds}")
    return bounds


def _spread(shape: Any, places: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
    """Sum `parts` (batch, n, channels) at the positions `places` of images of `shape`."""
    flat = parts.new_zeros((shape[0], shape[1] * shape[2], shape[3]))
    return flat.scatter_add(1, places, parts).reshape(shape)


def _max_grad(
    orig_input: torch.Tensor,
    orig_output: torch.Tensor,
    out_backprop: torch.Tensor,
    row_pooling_sequence: torch.Tensor,
    col_pooling_sequence: torch.Tensor,
    *,
    overlapping: bool = False,
) -> torch.Tensor:
    name = "FractionalMaxPoolGrad"
    if orig_input.dim() != 4 or orig_output.dim() != 4 or out_backprop.shape != orig_output.shape:
        raise invalid(
            f"{name}: orig_input must be 4-dimensional, and out_backprop have the shape of orig_output; got shapes "
            f"{list(orig_input.shape)}, {list(out_backprop.shape)} and {list(orig_output.shape)}."
        )
    rows = _sequence(name, "row", row_pooling_sequence, orig_output.shape[1])
    columns = _sequence(name, "col", col_pooling_sequence, orig_output.shape[2])
    held, places = _candidates(orig_input, rows, columns, overlapping)
    top = held.amax(-1)
    if readable(top) and readable(orig_output):
        low = _lowest(top.dtype)
        if bool(((top != orig_output) | (top == low)).any()):
            raise invalid(f"{name}: tensor_out_dup is not the same as tensor_out: there is no such maximum.")
    first = held.argmax(-1).flatten(1, 2)
    where = places.reshape(1, -1, 1, places.shape[-1]).expand(*first.shape, -1)
    where = where.gather(-1, first.unsqueeze(-1)).squeeze(-1)
    return _spread(orig_input.shape, where, out_backprop.flatten(1, 2))


def _avg_grad(
    out_backprop: torch.Tensor,
    row_pooling_sequence: torch.Tensor,
    col_pooling_sequence: torch.Tensor,
    *,
    orig_input_tensor_shape: Any,
    overlapping: bool = False,
) -> torch.Tensor:
    name = "FractionalAvgPoolGrad"
    shape = tuple(orig_input_tensor_shape)
    if len(shape) != 4 or out_backprop.dim() != 4:
        raise invalid(
            f"{name}: original input tensor shape must be 1-dimensional and 4 elements, got {shape}"
        )
    if min(shape) < 0 or (out_backprop.shape[0], out_backprop.shape[3]) != (shape[0], shape[3]):
        raise invalid(
            f"{name}: an input of shape {list(shape)} has no output of shape {list(out_backprop.shape)}."
        )
    rows = _sequence(name, "row", row_pooling_sequence, out_backprop.shape[1])
    columns = _sequence(name, "col", col_pooling_sequence, out_backprop.shape[2])
    whole = out_backprop.new_zeros(()).expand(shape)
    _, counted, places = _windows(whole, rows, columns, overlapping)
    many = counted.sum(-1)[None, :, :, None]
    share = (
        out_backprop / many
        if out_backprop.dtype.is_floating_point
        else torch.div(out_backprop, many, rounding_mode="trunc").to(out_backprop.dtype)
    )
    parts = torch.where(counted[:, :, :, None], share.unsqueeze(3), 0).flatten(1, 3)
    where = places.reshape(1, -1, 1).expand(parts.shape)
    return _spread(shape, where, parts)


fractional_max_pool_grad = primitive(
    "FractionalMaxPoolGrad",
    _max_grad,
    inputs="orig_input orig_output out_backprop row_pooling_sequence col_pooling_sequence",
    defaults={"overlapping": False},
    dtypes=_DTYPES,
    same=(0, 1, 2),
    keep=Keep.NOTHING,
)
fractional_avg_pool_grad = primitive(
    "FractionalAvgPoolGrad",
    _avg_grad,
    inputs="out_backprop row_pooling_sequence col_pooling_sequence",
    defaults={"overlapping": False},
    dtypes=_DTYPES,
    same=(),
    keep=Keep.NOTHING,
)


def _sequences(op: Any, like: Any) -> list[Any]:
    """The bounds of the windows, as constants of the kind that `like` is."""
    found = [raw_of(output) for output in op.outputs[1:]]
    return [Tensor(raw, None) for raw in found] if type(like) is Tensor else found


@gradient("FractionalMaxPool")
def _fractional_max_rule(op: Any, dy: Any, *_: Any) -> Any:
    if dy is None:
        return None
    x, y = op.inputs[0], op.outputs[0]
    return fractional_max_pool_grad(x, y, dy, *_sequences(op, dy), overlapping=op.get_attr("overlapping"))


@gradient("FractionalAvgPool")
def _fractional_avg_rule(op: Any, dy: Any, *_: Any) -> Any:
    if dy is None:
        return None
    return fractional_avg_pool_grad(
        dy,
        *_sequences(op, dy),
        orig_input_tensor_shape=tuple(op.shapes[0]),
        overlapping=op.get_attr("overlapping"),
    )
