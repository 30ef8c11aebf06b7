"""Sliding windows, as convolution, pooling and patches share them: paddings, output sizes, axis orders.

TensorFlow's SAME padding puts the odd element behind, torch pads both sides alike; so what one side has more is padded
ahead of the kernel (`Window.excess`) and cut off again behind its gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.failures import compact
from tfcompat_tape.ops.helpers import by_shape

is_batched = torch._C._functorch.is_batchedtensor

# data formats by number of spatial axes; channels last, channels first
FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


class Window(NamedTuple):
    """How a window slides over the spatial axes, in torch's terms."""

    to_first: tuple[int, ...] | None  # axis order that puts the channels first; None where they are
    to_last: tuple[int, ...] | None  # the way back
    stride: tuple[int, ...]
    padding: tuple[int, ...]  # of both sides
    dilation: tuple[int, ...]
    before: tuple[int, ...]  # the whole padding ahead of each axis
    after: tuple[int, ...]
    excess: tuple[int, ...] | None  # what constant_pad_nd has to add to `padding`; None if nothing
    size: tuple[int, ...]  # of the input's spatial axes
    window: tuple[int, ...]
    out: tuple[int, ...]  # of the output's


def spatial(nd: int, data_format: str, values: Sequence[int]) -> tuple[int, ...]:
    """The spatial part of a shape or of an attribute with one value per axis."""
    return tuple(values[1 : nd + 1] if data_format == FORMATS[nd][0] else values[2:])


def channels(nd: int, data_format: str, shape: Sequence[int]) -> int:
    """The number of channels of a tensor."""
    return shape[nd + 1] if data_format == FORMATS[nd][0] else shape[1]


def shape_with(nd: int, data_format: str, batch: int, sizes: Sequence[int], depth: int) -> tuple[int, ...]:
    """The shape with these parts."""
    return (batch, *sizes, depth) if data_format == FORMATS[nd][0] else (batch, depth, *sizes)


def check_format(name: str, nd: int, data_format: str) -> None:
    """Raise if the data format is none of this number of axes."""
    if data_format not in FORMATS[nd]:
        raise invalid(f"{name}: data_format must be one of {FORMATS[nd]}, got {data_format!r}.")


def _per_axis(name: str, what: str, nd: int, data_format: str, values: Sequence[int]) -> tuple[int, ...]:
    """The spatial part of strides, dilations or window sizes, checked."""
    if len(values) != nd + 2:
        raise invalid(f"{name}: {what} must have {nd + 2} elements, one per axis, got {list(values)}.")
    inner = spatial(nd, data_format, values)
    if min(values) <= 0:
        raise invalid(f"{name}: {what} must be positive, got {list(values)}.")
    if values[0] != 1 or channels(nd, data_format, values) != 1:
        raise unimplemented(
            f"{name}: Current implementation does not yet support {what} in the batch and depth "
            f"dimensions: {list(values)}"
        )
    return inner


@by_shape
def slide(
    name: str,
    nd: int,
    shape: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    explicit: tuple[int, ...] = (),
    dilations: tuple[int, ...] = (),
    data_format: str = "",
) -> Window:
    """The window of spatial sizes `window` over a tensor of `shape`.

    Raises:
      InvalidArgumentError: wrong rank, strides, dilations, padding or data format; no room for the window.
      UnimplementedError: strides or dilations along batch or channels.
    """
    data_format = data_format or FORMATS[nd][0]
    check_format(name, nd, data_format)
    if len(shape) != nd + 2:
        raise invalid(f"{name}: input must be {nd + 2}-dimensional: {compact(shape)} ({data_format})")
    size = spatial(nd, data_format, shape)
    stride = _per_axis(name, "strides", nd, data_format, strides)
    dilation = _per_axis(name, "dilations", nd, data_format, dilations or (1,) * (nd + 2))
    if min(window) <= 0:
        raise invalid(f"{name}: the window must not be empty, got {list(window)}.")
    before, after = _paddings(name, nd, padding, explicit, data_format, size, window, stride, dilation)
    out = []
    for n, k, s, d, lo, hi in zip(size, window, stride, dilation, before, after, strict=True):
        room = n + lo + hi - ((k - 1) * d + 1) + s
        count = (
            room // s if room >= 0 else -(-room // s)
        )  # up to one step too little is still no window at all
        if count < 0:
            raise invalid(
                f"{name}: Computed output size would be negative: {count} [input_size: {n}, effective_filter_size: "
                f"{(k - 1) * d + 1}, stride: {s}]: there is no room for a window (padding {padding})."
            )
        out.append(count)
    both = tuple(map(min, before, after))
    excess: list[int] = []
    for lo, hi, p in zip(reversed(before), reversed(after), reversed(both), strict=True):
        excess += [lo - p, hi - p]
    last = data_format == FORMATS[nd][0]
    return Window(
        (0, nd + 1, *range(1, nd + 1)) if last else None,
        (0, *range(2, nd + 2), 1) if last else None,
        stride,
        both,
        dilation,
        before,
        after,
        tuple(excess) if any(excess) else None,
        size,
        tuple(window),
        tuple(out),
    )


def _paddings(
    name: str,
    nd: int,
    padding: str,
    explicit: tuple[int, ...],
    data_format: str,
    size: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Padding before and after each spatial axis."""
    if padding == "VALID":
        return (0,) * nd, (0,) * nd
    if padding == "SAME":
        totals = [
            max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
            for n, k, s, d in zip(size, window, stride, dilation, strict=True)
        ]
        return tuple([total // 2 for total in totals]), tuple([total - total // 2 for total in totals])
    if padding != "EXPLICIT":
        raise invalid(
            f"{name}: Value for attr 'padding' of \"{padding}\" is not in the list of allowed values: "
            '"SAME", "VALID", "EXPLICIT"'
        )
    if len(explicit) != 2 * (nd + 2):
        raise invalid(f"{name}: explicit_paddings must have {2 * (nd + 2)} elements, got {list(explicit)}.")
    if min(explicit) < 0:
        raise invalid(f"{name}: explicit paddings must not be negative, got {list(explicit)}.")
    before, after = explicit[0::2], explicit[1::2]
    for side in (before, after):
        if side[0] or channels(nd, data_format, side):
            raise invalid(
                f"{name}: explicit padding of batch or channels is not supported, got {list(explicit)}."
            )
    return spatial(nd, data_format, before), spatial(nd, data_format, after)


def to_first(x: torch.Tensor, w: Window) -> torch.Tensor:
    """A view of `x` with the channels first."""
    return x if w.to_first is None else torch.permute(x, w.to_first)


def to_last(x: torch.Tensor, w: Window) -> torch.Tensor:
    """The way back from `to_first`."""
    return x if w.to_last is None else torch.permute(x, w.to_last)


def pad_excess(x: torch.Tensor, w: Window, value: Any = 0) -> torch.Tensor:
    """Pad what one side has more than the other."""
    return x if w.excess is None else torch.constant_pad_nd(x, w.excess, value)


def cut_excess(x: torch.Tensor, w: Window) -> torch.Tensor:
    """Cut off what `pad_excess` added."""
    if w.excess is None:
        return x
    nd = len(w.size)
    for i, n in enumerate(w.size):
        x = x.narrow(i - nd, w.excess[2 * (nd - 1 - i)], n)
    return x


def all_ahead(w: Window) -> Window:
    """The same window, with all padding ahead of the kernel."""
    excess: list[int] = []
    for lo, hi in zip(reversed(w.before), reversed(w.after), strict=True):
        excess += [lo, hi]
    return w._replace(excess=tuple(excess) if any(excess) else None, padding=(0,) * len(w.size))


def pooled_channels(name: str, nd: int, ksize: Sequence[int], data_format: str, strides: Any = ()) -> int:
    """How many channels a window takes; with `strides` given, the larger of this and their step."""
    check_format(name, nd, data_format)
    values = [ksize, strides] if len(strides) == nd + 2 else [ksize]
    return max([channels(nd, data_format, v) for v in values]) if len(ksize) == nd + 2 else 1


def pool_window(
    name: str,
    nd: int,
    shape: tuple[int, ...],
    ksize: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    explicit: tuple[int, ...],
    data_format: str,
) -> Window:
    """The window of a pool; `ksize` has one number per axis. Over images the step along the channels has no effect."""
    check_format(name, nd, data_format)
    inner = _per_axis(name, "ksize", nd, data_format, ksize)
    if nd == 2 and len(strides) == 4 and min(strides) > 0:
        steps = spatial(nd, data_format, strides)
        strides = shape_with(nd, data_format, strides[0], steps, 1)
    window = slide(name, nd, shape, inner, strides, padding, explicit, (), data_format)
    for lo, hi, k in zip(window.before, window.after, inner, strict=True):
        if padding == "EXPLICIT" and max(lo, hi) >= k:
            raise invalid(f"{name}: the padding ({lo}, {hi}) must be smaller than the window, {k}.")
    return window


def insets(nd: int, shape: Any, ksize: Any, strides: Any, padding: str, data_format: str) -> tuple[int, ...]:
    """What TensorFlow leaves out ahead of each spatial axis of a volume: where steps are longer than windows, SAME
    padding is negative, and half of it lies before the first window. Empty where that is nothing.
    """
    if padding != "SAME" or not len(shape) == len(ksize) == len(strides) == nd + 2:
        return ()
    found = []
    for n, k, s in zip(
        *(spatial(nd, data_format, values) for values in (shape, ksize, strides)), strict=True
    ):
        found.append(max((n - (-(-n // s) - 1) * s - k) // 2, 0) if min(k, s, n) > 0 else 0)
    return tuple(found) if any(found) else ()


def inset(x: torch.Tensor, nd: int, data_format: str, by: tuple[int, ...]) -> torch.Tensor:
    """A view of `x` without the first `by` elements of each spatial axis."""
    axis = 1 if data_format == FORMATS[nd][0] else 2
    for i, start in enumerate(by):
        x = x.narrow(axis + i, start, x.shape[axis + i] - start)
    return x


def outset(x: torch.Tensor, nd: int, data_format: str, by: tuple[int, ...]) -> torch.Tensor:
    """The adjoint of `inset`: zeros in front."""
    if not by:
        return x
    pads: list[int] = [] if data_format == FORMATS[nd][1] else [0, 0]
    for start in reversed(by):
        pads += [start, 0]
    return torch.constant_pad_nd(x, pads)


def reaches_by_ceiling(w: Window) -> bool:
    """Whether torch's ceiling mode gives the windows that hang over the end, so that nothing need be padded ahead."""
    for i, n in enumerate(w.size):
        lo, k, s = w.before[i], w.window[i], w.stride[i]
        if w.after[i] < lo or lo > k // 2:
            return False
        count = -(-(n + 2 * lo - k) // s) + 1
        if (count - 1) * s >= n + lo:
            count -= 1
        if count != w.out[i]:
            return False
    return True


def unfold_adjoint(parts: torch.Tensor, axis: int, length: int, step: int) -> torch.Tensor:
    """The adjoint of `x.unfold(axis, size, step)`, where `x` has `length` along the axis: what overlaps adds up."""
    size, count = parts.shape[-1], parts.shape[axis]
    shape = [*parts.shape[:axis], length, *parts.shape[axis + 1 : -1]]
    if not is_batched(parts):
        return torch.ops.aten.unfold_backward(parts, shape, axis, size, step)
    # torch has no batching rule for it.
    places = torch.arange(count, device=parts.device).unsqueeze(1) * step
    places = places + torch.arange(size, device=parts.device)
    rows = parts.movedim(-1, axis + 1).flatten(axis, axis + 1)
    return parts.new_zeros(shape).index_add(axis, places.flatten(), rows)


def shape_only(shape: tuple[int, ...], w: Window, like: torch.Tensor) -> torch.Tensor:
    """A tensor, channels first, that a kernel reads nothing of but shape, dtype, device and order of axes."""
    if w.to_first is None:
        return torch.empty(shape, dtype=like.dtype, device=like.device)
    last = (shape[0], *shape[2:], shape[1])
    return torch.empty(last, dtype=like.dtype, device=like.device).permute(w.to_first)
