"""Patches of images and volumes, and morphology on them: what a window sees, as an axis of its own.

Windows are views (`torch.Tensor.unfold`), so every dtype will do; the adjoint adds what overlaps.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid, not_found, out_of_range, unimplemented
from tfcompat_tape.core.registry import ANY, REALS, Keep, gradient
from tfcompat_tape.ops.helpers import by_shape
from tfcompat_tape.ops.tangents import linear
from tfcompat_tape.ops.wide import bits, lowest
from tfcompat_tape.ops.windows import Window, slide, unfold_adjoint

_aten = torch.ops.aten


@by_shape
def _plan(name: str, nd: int, shape: Any, ksizes: Any, strides: Any, rates: Any, padding: str) -> Window:
    if len(shape) != nd + 2:
        raise invalid(f"{name}: input must be {nd + 2}-dimensional: {list(shape)}")
    if padding not in ("SAME", "VALID"):
        raise invalid(f"{name}: padding must be 'SAME' or 'VALID', got {padding!r}.")
    for what, values in (("ksizes", ksizes), ("strides", strides), ("rates", rates)):
        if len(values) != nd + 2:
            raise invalid(f"{name}: {what} must have {nd + 2} elements, got {list(values)}.")
        if values[0] != 1 or values[-1] != 1:
            raise unimplemented(f"{name}: {what} must be 1 along batch and channels, got {list(values)}.")
        if min(values) < 1:
            raise out_of_range(f"{name}: {what} must be positive, got {list(values)}.")
    return slide(name, nd, shape, ksizes[1:-1], strides, padding, (), rates)


def _views(x: torch.Tensor, w: Window, fill: Any = 0) -> torch.Tensor:
    """(batch, *out, channels, *window), a view of `x` padded with `fill`; channels last."""
    pads = [0, 0]
    for lo, hi in zip(reversed(w.before), reversed(w.after), strict=True):
        pads += [lo, hi]
    if any(pads):
        x = torch.constant_pad_nd(x, pads, fill)
    for i, (k, s, d) in enumerate(zip(w.window, w.stride, w.dilation, strict=True)):
        x = x.unfold(1 + i, (k - 1) * d + 1, s)
        if d > 1:
            x = x[..., ::d]
    return x


def _gathered(parts: torch.Tensor, w: Window) -> torch.Tensor:
    """The adjoint of `_views`."""
    nd = len(w.size)
    for i in reversed(range(nd)):
        k, s, d = w.window[i], w.stride[i], w.dilation[i]
        reach = (k - 1) * d + 1
        if d > 1:
            parts = _aten.slice_backward(
                parts, [*parts.shape[:-1], reach], parts.dim() - 1, 0, torch.iinfo(torch.int64).max, d
            )
        length = w.size[i] + w.before[i] + w.after[i]
        parts = unfold_adjoint(parts, 1 + i, length, s)
    for i in range(nd):
        parts = parts.narrow(1 + i, w.before[i], w.size[i])
    return parts


def _family(name: str, nd: int, inputs: str, dtypes: Any) -> Any:
    ones = (1,) * (nd + 2)

    def plan(shape: Any, ksizes: Any, strides: Any, rates: Any, padding: str) -> Window:
        found: Window = _plan(name, nd, tuple(shape), tuple(ksizes), tuple(strides), tuple(rates), padding)
        return found

    def extract(
        x: torch.Tensor, *, ksizes: Any, strides: Any, padding: str, rates: Any = ones
    ) -> torch.Tensor:
        if x.dtype is torch.bool:
            raise not_found(f"Could not find device for node: {name} has no kernel for bool. Use tf.cast.")
        w = plan(x.shape, ksizes, strides, rates, padding)
        depth = x.shape[-1]
        for n in w.window:
            depth *= n
        shape = (x.shape[0], *w.out, depth)
        if 0 in shape or 0 in x.shape:
            return x.new_zeros(shape)
        wide = bits(x)
        view = _views(wide, w)
        order = (*range(nd + 1), *range(nd + 2, 2 * nd + 2), nd + 1)  # the channels last again
        return view.permute(order).reshape(shape).to(x.dtype)

    def gather(
        dy: torch.Tensor, *, shape: Any, ksizes: Any, strides: Any, padding: str, rates: Any = ones
    ) -> torch.Tensor:
        w = plan(shape, ksizes, strides, rates, padding)
        if dy.numel() == 0 or 0 in shape:
            return dy.new_zeros(tuple(shape))
        parts = dy.reshape((shape[0], *w.out, *w.window, shape[-1])).movedim(-1, nd + 1)
        return _gathered(parts, w)

    patches = primitive(
        name, extract, inputs=inputs, defaults={"rates": ones}, dtypes=dtypes, keep=Keep.SHAPES
    )
    patches_grad = primitive(f"{name}Grad", gather, inputs="gradients", dtypes=dtypes, keep=Keep.NOTHING)

    @gradient(name)
    def rule(op: Any, dy: Any) -> Any:
        return patches_grad(dy, shape=op.shapes[0], **op.attrs)

    @gradient(f"{name}Grad")
    def grad_rule(op: Any, dx: Any) -> Any:
        return patches(dx, **{key: value for key, value in op.attrs.items() if key != "shape"})

    return patches, patches_grad


extract_image_patches, extract_image_patches_grad = _family("ExtractImagePatches", 2, "images", ANY)
extract_volume_patches, extract_volume_patches_grad = _family("ExtractVolumePatches", 3, "input", REALS)
linear("ExtractImagePatches", "ExtractImagePatchesGrad", "ExtractVolumePatches", "ExtractVolumePatchesGrad")


# -- grey dilation: the maximum of window plus filter ------------------------------------------------------------------


def _sums(
    x: torch.Tensor, f: torch.Tensor, strides: Any, rates: Any, padding: str
) -> tuple[Window, torch.Tensor]:
    """What the windows see plus the filter, (batch, *out, channels, window), and the padding as low as can be.

    NaN is greater than nothing, and the maximum starts from the lowest finite number.
    """
    if f.dim() != 3:
        raise invalid(f"Dilation2D: the filter must have 3 axes, got shape {list(f.shape)}.")
    ksizes = (1, *f.shape[:2], 1)
    w = _plan("Dilation2D", 2, tuple(x.shape), ksizes, tuple(strides), tuple(rates), padding)
    if x.shape[-1] != f.shape[-1]:
        raise invalid(
            f"Dilation2D: input and filter must have the same depth, got {x.shape[-1]} and {f.shape[-1]}."
        )
    inside = _views(torch.ones_like(x[:1, :, :, :1], dtype=torch.bool), w, False)
    total = _views(x, w) + f.permute(2, 0, 1)
    low = outside = lowest(x.dtype)
    if x.is_floating_point():
        total, outside = torch.nan_to_num(total, low, torch.inf, low), -torch.inf
    return w, torch.where(inside, total, outside).flatten(4)


def _dilation(x: torch.Tensor, f: torch.Tensor, *, strides: Any, rates: Any, padding: str) -> torch.Tensor:
    dtype = x.dtype
    if not x.is_floating_point():
        x, f = bits(x).to(torch.int64), bits(f).to(torch.int64)
    w, total = _sums(x, f, strides, rates, padding)
    if total.numel() == 0:
        return torch.zeros((x.shape[0], *w.out, x.shape[-1]), dtype=dtype, device=x.device)
    return total.amax(-1).to(dtype)


def _chosen(
    x: torch.Tensor, f: torch.Tensor, dy: torch.Tensor, strides: Any, rates: Any, padding: str
) -> tuple[Window, torch.Tensor]:
    """The cotangent where each maximum was found first, (batch, *out, channels, *window)."""
    w, total = _sums(x, f, strides, rates, padding)
    if tuple(dy.shape) != tuple(total.shape[:-1]):
        raise invalid(
            f"Dilation2D: the gradient must have shape {list(total.shape[:-1])}, got {list(dy.shape)}."
        )
    parts = torch.zeros_like(total).scatter(-1, total.argmax(-1, keepdim=True), dy.unsqueeze(-1))
    return w, parts.unflatten(-1, w.window)


def _dilation_input(
    x: torch.Tensor, f: torch.Tensor, dy: torch.Tensor, *, strides: Any, rates: Any, padding: str
) -> torch.Tensor:
    if dy.numel() == 0:
        return torch.zeros_like(x)
    w, parts = _chosen(x, f, dy, strides, rates, padding)
    return _gathered(parts, w)


def _dilation_filter(
    x: torch.Tensor, f: torch.Tensor, dy: torch.Tensor, *, strides: Any, rates: Any, padding: str
) -> torch.Tensor:
    if dy.numel() == 0:
        return torch.zeros_like(f)
    _, parts = _chosen(x, f, dy, strides, rates, padding)
    return parts.sum((0, 1, 2)).permute(1, 2, 0)


dilation2d = primitive("Dilation2D", _dilation, inputs="input filter", dtypes=REALS, same=(0, 1))
dilation2d_input = primitive(
    "Dilation2DBackpropInput",
    _dilation_input,
    inputs="input filter out_backprop",
    dtypes=REALS,
    same=(0, 1, 2),
)
dilation2d_filter = primitive(
    "Dilation2DBackpropFilter",
    _dilation_filter,
    inputs="input filter out_backprop",
    dtypes=REALS,
    same=(0, 1, 2),
)


@gradient("Dilation2D")
def _dilation_rule(op: Any, dy: Any) -> Any:
    x, f = op.inputs
    need_x, need_f = op.needs
    return (
        dilation2d_input(x, f, dy, **op.attrs) if need_x else None,
        dilation2d_filter(x, f, dy, **op.attrs) if need_f else None,
    )
