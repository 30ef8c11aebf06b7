"""Maximum pooling over images and volumes.

Where several elements of a window are the maximum, TensorFlow gives the gradient to the first one in an image and to
each of them in a volume; so does this.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, REALS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import zeros_like
from tfcompat_tape.ops.tangents import attrs_of, zeros_of
from tfcompat_tape.ops.wide import lowest, ordered, unordered
from tfcompat_tape.ops.windows import (
    Window,
    cut_excess,
    pad_excess,
    pool_window,
    reaches_by_ceiling,
    to_first,
    to_last,
    unfold_adjoint,
)

_aten = torch.ops.aten
_with_indices = _aten.max_pool2d_with_indices.default._op
_scatter = _aten.max_pool2d_with_indices_backward.default._op
_ONE = (1, 1)


# -- images: torch's kernels, which tell where they found each maximum -------------------------------------------------


@lru_cache(maxsize=1024)
def _plan(
    shape: Any, ksize: Any, strides: Any, padding: str, explicit: Any, data_format: str
) -> tuple[Window, bool]:
    """The window, with padding ahead of the kernel where torch has no way of its own; and torch's ceiling mode."""
    w = pool_window("MaxPool", 2, shape, ksize, strides, padding, explicit, data_format)
    if all(p <= k // 2 for p, k in zip(w.padding, w.window, strict=True)):
        if w.excess is None:
            return w, False
        if reaches_by_ceiling(w):
            return w._replace(excess=None), True
        return w, False
    excess: list[int] = []
    for lo, hi in zip(reversed(w.before), reversed(w.after), strict=True):
        excess += [lo, hi]
    return w._replace(excess=tuple(excess), padding=(0, 0)), False


def _image_plan(x: torch.Tensor, ksize: Any, strides: Any, padding: str, explicit: Any, form: str) -> Any:
    return _plan(tuple(x.shape), tuple(ksize), tuple(strides), padding, tuple(explicit), form)


def _padded(x: torch.Tensor, w: Window) -> torch.Tensor:
    """The input channels first, padded with what is never the maximum."""
    if w.excess is None:
        return to_first(x, w)
    value = -torch.inf if x.is_floating_point() else lowest(x.dtype)
    return pad_excess(to_first(x, w), w, value)


def _max_pool(
    x: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
) -> torch.Tensor:
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if not x.is_floating_point():
        return unordered(_max_pool_of_integers(ordered(x).to(torch.int64), w, ceiling), x.dtype)
    if 0 in x.shape or 0 in w.out:
        return _nothing(x, w)
    return to_last(torch.max_pool2d(_padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling), w)


def _max_pool_of_integers(x: torch.Tensor, w: Window, ceiling: bool) -> torch.Tensor:
    if 0 in x.shape or 0 in w.out:
        return _nothing(x, w)
    return to_last(_with_indices(_padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling)[0], w)


def _nothing(x: torch.Tensor, w: Window) -> torch.Tensor:
    first = to_first(x, w)
    return to_last(first.new_zeros((*first.shape[:2], *w.out)), w)


def _max_pool_with_indices(
    x: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
) -> tuple[torch.Tensor, torch.Tensor]:
    """The maxima, and where torch found them, channels first."""
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if 0 in x.shape or 0 in w.out:
        y = _nothing(x, w)
        return y, torch.zeros(to_first(y, w).shape, dtype=torch.int64, device=x.device)
    y, indices = _with_indices(_padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling)
    return to_last(y, w), indices


def _give_back(
    x: torch.Tensor,
    indices: torch.Tensor,
    dy: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
) -> torch.Tensor:
    """The gradient of the input: each cotangent where its maximum was."""
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if dy.numel() == 0:
        return torch.zeros_like(x)
    dx = _scatter(to_first(dy, w), _padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling, indices)
    return to_last(cut_excess(dx, w), w)


def _max_pool_grad(x: torch.Tensor, y: torch.Tensor, dy: torch.Tensor, **attrs: Any) -> torch.Tensor:
    _check_gradient("MaxPoolGrad", dy, y)
    _, indices = _max_pool_with_indices(x, **attrs)
    return _give_back(x, indices, dy, **attrs)


def _max_pool_grad_grad(x: torch.Tensor, y: torch.Tensor, g: torch.Tensor, **attrs: Any) -> torch.Tensor:
    """What `g`, of the input's shape, is where the maxima were."""
    _check_gradient("MaxPoolGradGrad", g, x)
    w, _ = _image_plan(
        x,
        attrs["ksize"],
        attrs["strides"],
        attrs["padding"],
        attrs.get("explicit_paddings", ()),
        attrs.get("data_format", "NHWC"),
    )
    if y.numel() == 0:
        return torch.zeros_like(y)
    _, indices = _max_pool_with_indices(x, **attrs)
    flat = _padded(g, w).flatten(2)
    return to_last(flat.gather(2, indices.flatten(2)).reshape(indices.shape), w)


def _check_gradient(name: str, g: torch.Tensor, like: torch.Tensor) -> None:
    if g.shape != like.shape:
        raise invalid(f"{name}: the gradient must have shape {list(like.shape)}, got {list(g.shape)}.")


_ATTRS_2D = {"explicit_paddings": (), "data_format": "NHWC"}
_POOLED = REALS - {torch.uint32, torch.uint64}
max_pool = primitive("MaxPool", _max_pool, inputs="input", defaults=_ATTRS_2D, dtypes=_POOLED, keep=Keep.BOTH)
# The same op, for when a tape listens: it keeps the indices, so that the gradient need not search again.
max_pool_with_indices = primitive(
    "MaxPoolWithIndices",
    _max_pool_with_indices,
    inputs="input",
    defaults=_ATTRS_2D,
    outputs=2,
    dtypes=FLOATS,
    keep=Keep.BOTH,
    none_ok=True,
)


def _gradient_op(name: str, kernel: Any, defaults: Any) -> Any:
    return primitive(
        name,
        kernel,
        inputs="orig_input orig_output grad",
        defaults=defaults,
        dtypes=FLOATS,
        same=(0, 1, 2),
        keep=Keep.INPUTS,
        keep_inputs=(0, 1),
    )


max_pool_grad = _gradient_op("MaxPoolGrad", _max_pool_grad, _ATTRS_2D)
max_pool_grad_grad = _gradient_op("MaxPoolGradGrad", _max_pool_grad_grad, _ATTRS_2D)


@gradient("MaxPool")
def _max_pool_rule(op: Any, dy: Any) -> Any:
    return max_pool_grad(op.inputs[0], op.outputs[0], dy, **op.attrs)


@gradient("MaxPoolWithIndices")
def _max_pool_with_indices_rule(op: Any, dy: Any, _: Any) -> Any:
    attrs = {name: value for name, value in op.attrs.items() if name != "_outputs"}
    if type(dy) is Tensor:
        return max_pool_grad(op.inputs[0], op.outputs[0], dy, **attrs)
    return _give_back(op.inputs[0], op.outputs[1], dy, **attrs)


@gradient("MaxPoolGrad")
def _max_pool_grad_rule(op: Any, g: Any) -> Any:
    x, y, _ = op.inputs
    need_x, _, need_dy = op.needs
    return (
        zeros_like(x) if need_x else None,
        None,
        max_pool_grad_grad(x, y, g, **op.attrs) if need_dy else None,
    )


@gradient("MaxPoolGradGrad")
def _max_pool_grad_grad_rule(op: Any, dz: Any) -> Any:
    x, y, _ = op.inputs
    need_x, _, need_g = op.needs
    return zeros_like(x) if need_x else None, None, max_pool_grad(x, y, dz, **op.attrs) if need_g else None


# -- images, with the places of the maxima as a second result ----------------------------------------------------------


def _argmax_pool(
    x: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    Targmax: Any = torch.int64,
    include_batch_in_index: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Places are `(row * width + column) * channels + channel`, counted on through the batch if asked for."""
    if padding not in ("SAME", "VALID"):
        raise invalid(f"MaxPoolWithArgmax: padding must be 'SAME' or 'VALID', got {padding!r}.")
    dtype = Targmax.torch if isinstance(Targmax, DType) else Targmax
    if dtype not in (torch.int32, torch.int64):
        raise invalid(f"MaxPoolWithArgmax: the places must be int32 or int64, got {Targmax}.")
    wide = x if x.is_floating_point() else ordered(x).to(torch.int64)
    y, indices = _max_pool_with_indices(wide, ksize=ksize, strides=strides, padding=padding)
    w, _ = _image_plan(x, ksize, strides, padding, (), "NHWC")
    batch, height, width, depth = x.shape
    left, right, top, _ = w.excess or (0, 0, 0, 0)
    padded = max(width + left + right, 1)
    row = torch.div(indices, padded, rounding_mode="floor") - top
    place = to_last(row * width + indices % padded - left, w) * depth + torch.arange(depth, device=x.device)
    if include_batch_in_index:
        place = place + (torch.arange(batch, device=x.device) * (height * width * depth)).reshape(-1, 1, 1, 1)
    return unordered(y, x.dtype) if wide is not x else y, place.to(dtype)


max_pool_with_argmax = primitive(
    "MaxPoolWithArgmax",
    _argmax_pool,
    inputs="input",
    defaults={"Targmax": torch.int64, "include_batch_in_index": False},
    outputs=2,
    dtypes=REALS,
    keep=Keep.BOTH,
)


def _argmax_pool_grad(
    x: torch.Tensor, dy: torch.Tensor, argmax: torch.Tensor, *, include_batch_in_index: bool = False, **_: Any
) -> torch.Tensor:
    if include_batch_in_index:
        return _added(x.new_zeros(x.numel()), 0, argmax.flatten(), dy.flatten()).reshape(x.shape)
    flat = x.new_zeros((x.shape[0], x[0].numel() if x.shape[0] else 0))
    return _added(flat, 1, argmax.flatten(1), dy.flatten(1)).reshape(x.shape)


def _added(x: torch.Tensor, axis: int, index: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return x.scatter_add(axis, index.to(torch.int64), values)


max_pool_grad_with_argmax = primitive(
    "MaxPoolGradWithArgmax", _argmax_pool_grad, inputs="input grad argmax", dtypes=FLOATS, same=(0, 1)
)


@gradient("MaxPoolWithArgmax")
def _max_pool_with_argmax_rule(op: Any, dy: Any, _: Any) -> Any:
    include = op.get_attr("include_batch_in_index")
    x, argmax = op.inputs[0], op.outputs[1]
    return max_pool_grad_with_argmax(x, dy, argmax, include_batch_in_index=include)


# -- volumes: by views of all windows ----------------------------------------------------------------------------------

_ATTRS_3D = {"data_format": "NDHWC"}


@lru_cache(maxsize=1024)
def _volume_plan(shape: Any, ksize: Any, strides: Any, padding: str, data_format: str) -> Window:
    """The window, with all padding ahead of the kernel."""
    if padding == "EXPLICIT":
        raise invalid("MaxPool3D: padding must be 'SAME' or 'VALID', got 'EXPLICIT'.")
    w = pool_window("MaxPool3D", 3, shape, ksize, strides, padding, (), data_format)
    excess: list[int] = []
    for lo, hi in zip(reversed(w.before), reversed(w.after), strict=True):
        excess += [lo, hi]
    return w._replace(excess=tuple(excess) if any(excess) else None, padding=(0, 0, 0))


def _windows(
    x: torch.Tensor, *, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC"
) -> tuple[Window, torch.Tensor]:
    """A view (batch, channels, *out, *window) of all windows of the padded input."""
    w = _volume_plan(tuple(x.shape), tuple(ksize), tuple(strides), padding, data_format)
    view = _padded(x, w)
    for i in range(3):
        view = view.unfold(2 + i, w.window[i], w.stride[i])
    return w, view


def _max_pool3d(x: torch.Tensor, **attrs: Any) -> torch.Tensor:
    w, view = _windows(x, **attrs)
    if view.numel() == 0:
        return _nothing(x, w)
    return to_last(view.amax((5, 6, 7)), w)


def _max_pool3d_grad(x: torch.Tensor, y: torch.Tensor, dy: torch.Tensor, **attrs: Any) -> torch.Tensor:
    _check_gradient("MaxPool3DGrad", dy, y)
    w, view = _windows(x, **attrs)
    if view.numel() == 0:
        return torch.zeros_like(x)
    top = to_first(y, w)[(...,) + (None,) * 3]
    parts = torch.where(view == top, to_first(dy, w)[(...,) + (None,) * 3], 0.0)
    padded = [n + w.before[i] + w.after[i] for i, n in enumerate(w.size)]
    for i in (2, 1, 0):  # back from windows to elements, one axis at a time
        parts = unfold_adjoint(parts, 2 + i, padded[i], w.stride[i])
    return to_last(cut_excess(parts, w), w)


def _max_pool3d_grad_grad(x: torch.Tensor, y: torch.Tensor, g: torch.Tensor, **attrs: Any) -> torch.Tensor:
    """What `g` is at the first maximum of each window: as in TensorFlow not quite the adjoint of the gradient."""
    _check_gradient("MaxPool3DGradGrad", g, x)
    w, view = _windows(x, **attrs)
    if view.numel() == 0:
        return torch.zeros_like(y)
    first = view.flatten(5).argmax(5, keepdim=True)
    _, values = _windows(g, **attrs)
    return to_last(values.flatten(5).gather(5, first).squeeze(5), w)


_VOLUME_DTYPES = HALVES | {torch.float32}
max_pool3d = primitive(
    "MaxPool3D", _max_pool3d, inputs="input", defaults=_ATTRS_3D, dtypes=_VOLUME_DTYPES, keep=Keep.BOTH
)
max_pool3d_grad = _gradient_op("MaxPool3DGrad", _max_pool3d_grad, _ATTRS_3D)
max_pool3d_grad_grad = _gradient_op("MaxPool3DGradGrad", _max_pool3d_grad_grad, _ATTRS_3D)


@gradient("MaxPool3D")
def _max_pool3d_rule(op: Any, dy: Any) -> Any:
    return max_pool3d_grad(op.inputs[0], op.outputs[0], dy, **op.attrs)


@gradient("MaxPool3DGrad")
def _max_pool3d_grad_rule(op: Any, g: Any) -> Any:
    x, y, _ = op.inputs
    need_x, _, need_dy = op.needs
    return (
        zeros_like(x) if need_x else None,
        None,
        max_pool3d_grad_grad(x, y, g, **op.attrs) if need_dy else None,
    )


@gradient("MaxPool3DGradGrad")
def _max_pool3d_grad_grad_rule(op: Any, dz: Any) -> Any:
    x, y, _ = op.inputs
    need_x, _, need_g = op.needs
    return zeros_like(x) if need_x else None, None, max_pool3d_grad(x, y, dz, **op.attrs) if need_g else None


# -- tangents: what they are where the maxima were ---------------------------------------------------------------------


@jvp("MaxPool")
def _max_pool_jvp(op: Any, t: Any) -> Any:
    return max_pool_grad_grad(op.inputs[0], op.outputs[0], t, **op.attrs)


@jvp("MaxPoolWithIndices")
def _max_pool_with_indices_jvp(op: Any, t: Any) -> Any:
    return max_pool_grad_grad(op.inputs[0], op.outputs[0], t, **attrs_of(op)), None


@jvp("MaxPool3D")
def _max_pool3d_jvp(op: Any, t: Any) -> Any:
    return max_pool3d_grad_grad(op.inputs[0], op.outputs[0], t, **op.attrs)


def _of_cotangents(name: str, call: Any) -> None:
    """The JVP of a gradient op: of the values that were pooled it is piecewise constant."""

    @jvp(name)
    def of_cotangents(op: Any, dx: Any, dy: Any, t: Any) -> Any:
        x, y, _ = op.inputs
        return call(x, y, zeros_of(dx if dy is None else dy, op.shapes[2]) if t is None else t, **op.attrs)


_of_cotangents("MaxPoolGrad", max_pool_grad)
_of_cotangents("MaxPoolGradGrad", max_pool_grad_grad)
_of_cotangents("MaxPool3DGrad", max_pool3d_grad)
_of_cotangents("MaxPool3DGradGrad", max_pool3d_grad_grad)
