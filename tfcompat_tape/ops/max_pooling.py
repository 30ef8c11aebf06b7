"""Maximum pooling over images and volumes.

Where several elements of a window are the maximum, TensorFlow gives the gradient to the first one in an image and to
each of them in a volume (and there to all that are closer than 1e-5 to it); so does this. NaN is greater than nothing,
so it is skipped. The maximum of an image starts from the lowest finite number; where the places are asked for, and for
the gradient, it starts from the first element, which stays if it is NaN.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid, unimplemented
from tfcompat_tape.core.registry import FLOATS, HALVES, REALS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arithmetic import zeros_like
from tfcompat_tape.ops.helpers import by_shape
from tfcompat_tape.ops.tangents import attrs_of, otherwise, zeros_of
from tfcompat_tape.ops.wide import lowest, ordered, unordered
from tfcompat_tape.ops.windows import (
    Window,
    all_ahead,
    cut_excess,
    inset,
    insets,
    outset,
    pad_excess,
    pool_window,
    pooled_channels,
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


@by_shape
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
    return all_ahead(w), False


def _image_plan(x: torch.Tensor, ksize: Any, strides: Any, padding: str, explicit: Any, form: str) -> Any:
    return _plan(tuple(x.shape), tuple(ksize), tuple(strides), padding, tuple(explicit), form)


def _padded(x: torch.Tensor, w: Window, value: Any = None) -> torch.Tensor:
    """The input channels first, padded with `value`, by default with what is never the maximum."""
    if w.excess is None:
        return to_first(x, w)
    if value is None:
        value = -torch.inf if x.is_floating_point() else lowest(x.dtype)
    return pad_excess(to_first(x, w), w, value)


_LOWEST = {dtype: torch.finfo(dtype).min for dtype in FLOATS}


def _finite(x: torch.Tensor) -> torch.Tensor:
    """The lowest finite number in place of NaN and minus infinity."""
    low = _LOWEST[x.dtype]
    return torch.nan_to_num(x, low, torch.inf, low)


def _max_pool(
    x: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
) -> torch.Tensor:
    depth = pooled_channels("MaxPool", 2, ksize, data_format)
    if depth > 1:
        return _over_channels(x, depth, ksize, strides, padding, explicit_paddings, data_format)
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if not x.is_floating_point():
        return unordered(_max_pool_of_integers(ordered(x).to(torch.int64), w, ceiling), x.dtype)
    if 0 in x.shape or 0 in w.out:
        return _nothing(x, w)
    first = _padded(_finite(x), w)
    return to_last(torch.max_pool2d(first, w.window, w.stride, w.padding, _ONE, ceiling), w)


def _max_pool_of_integers(x: torch.Tensor, w: Window, ceiling: bool) -> torch.Tensor:
    if 0 in x.shape or 0 in w.out:
        return _nothing(x, w)
    return to_last(_with_indices(_padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling)[0], w)


def _over_channels(
    x: torch.Tensor, depth: int, ksize: Any, strides: Any, padding: str, explicit: Any, data_format: str
) -> torch.Tensor:
    """The maximum of each `depth` channels, the first one if that is NaN."""
    channel = 3 if data_format == "NHWC" else 1
    single = tuple([1 if i == channel else k for i, k in enumerate(ksize)])
    _image_plan(x, single, strides, padding, explicit, data_format)  # its checks
    if max(single) > 1:
        raise unimplemented(
            f"MaxPool: exactly one of pooling over channels or over pixels, got ksize {list(ksize)}."
        )
    if strides[channel] != depth or x.shape[channel] % depth:
        raise unimplemented(
            f"MaxPool: pooling over channels requires that the depth window equals the depth stride and divides the "
            f"channels evenly, got ksize {list(ksize)}, strides {list(strides)} and shape {list(x.shape)}."
        )
    groups = ordered(x).unflatten(channel, (x.shape[channel] // depth, depth))
    if not x.is_floating_point():
        return unordered(groups.amax(channel + 1), x.dtype)
    head = groups.select(channel + 1, 0)
    rest = torch.nan_to_num(groups, -torch.inf, torch.inf, -torch.inf).amax(channel + 1)
    return torch.where(head.isnan(), head, rest)


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
    """The maxima, and where the gradient goes, channels first: to the first element of a window if that is NaN."""
    if pooled_channels("MaxPool", 2, ksize, data_format) > 1:  # there is no gradient to keep anything for
        y = _max_pool(
            x,
            ksize=ksize,
            strides=strides,
            padding=padding,
            explicit_paddings=explicit_paddings,
            data_format=data_format,
        )
        return y, torch.zeros(y.shape, dtype=torch.int64, device=x.device)
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if 0 in x.shape or 0 in w.out:
        y = _nothing(x, w)
        return y, torch.zeros(to_first(y, w).shape, dtype=torch.int64, device=x.device)
    if not x.is_floating_point():
        y, indices = _with_indices(_padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling)
        return to_last(y, w), indices
    y, indices = _with_indices(_padded(_finite(x), w), w.window, w.stride, w.padding, _ONE, ceiling)
    rows, columns = [
        (torch.arange(n, device=x.device) * s - lo).clamp_min(0)
        for n, s, lo in zip(w.out, w.stride, w.before, strict=True)
    ]
    first = to_first(x, w)
    if any(w.before):
        head = first.index_select(2, rows).index_select(3, columns)
    else:  # a view: the rows and columns are regular
        head = first[:, :, :: w.stride[0], :: w.stride[1]][:, :, : w.out[0], : w.out[1]]
    left, right, top, _ = w.excess or (0, 0, 0, 0)
    place = (rows + top).unsqueeze(1) * (w.size[1] + left + right) + (columns + left)
    return to_last(y, w), torch.where(head.isnan(), place, indices)


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
    if pooled_channels("MaxPoolGrad", 2, ksize, data_format, strides) > 1:
        raise unimplemented("MaxPoolGrad: not yet supported on the depth dimension.")
    w, ceiling = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    if dy.numel() == 0:
        return torch.zeros_like(x)
    dx = _scatter(to_first(dy, w), _padded(x, w), w.window, w.stride, w.padding, _ONE, ceiling, indices)
    return to_last(cut_excess(dx, w), w)


def _max_pool_grad(x: torch.Tensor, y: torch.Tensor, dy: torch.Tensor, **attrs: Any) -> torch.Tensor:
    _check_gradient("MaxPoolGrad", dy, y)
    _, indices = _max_pool_with_indices(x, **attrs)
    return _give_back(x, indices, dy, **attrs)


def _max_pool_grad_grad(
    x: torch.Tensor,
    y: torch.Tensor,
    g: torch.Tensor,
    *,
    ksize: Any,
    strides: Any,
    padding: str,
    explicit_paddings: Any = (),
    data_format: str = "NHWC",
) -> torch.Tensor:
    """What `g`, of the input's shape, is where the maxima were."""
    if pooled_channels("MaxPoolGradGrad", 2, ksize, data_format, strides) > 1:
        raise unimplemented("MaxPoolGradGrad: not yet supported on the depth dimension.")
    _check_gradient("MaxPoolGradGrad", g, x)
    w, _ = _image_plan(x, ksize, strides, padding, explicit_paddings, data_format)
    return _at_first_match("MaxPoolGradGrad", x, y, g, all_ahead(w))


def _windows(x: torch.Tensor, w: Window, value: Any = None) -> torch.Tensor:
    """A view (batch, channels, *out, *window) of all windows of the input, padded with `value` (`_padded`)."""
    view = _padded(x, w, value)
    for i, (size, step) in enumerate(zip(w.window, w.stride, strict=True)):
        view = view.unfold(2 + i, size, step)
    return view


def _at_first_match(name: str, x: torch.Tensor, y: torch.Tensor, g: torch.Tensor, w: Window) -> torch.Tensor:
    """What `g` is at the first element of each window of `x` that equals `y`; 0 where none does."""
    nd = len(w.size)
    _check_output(name, y, w)
    if y.numel() == 0:
        return torch.zeros_like(y)
    top = to_first(y, w)[(...,) + (None,) * nd]
    match = (_windows(x, w, torch.nan) == top).flatten(2 + nd)
    first = match.to(torch.uint8).argmax(2 + nd, keepdim=True)
    found = _windows(g, w).flatten(2 + nd).gather(2 + nd, first)
    return to_last(torch.where(match.gather(2 + nd, first), found, 0.0).squeeze(2 + nd), w)


def _check_output(name: str, y: torch.Tensor, w: Window) -> None:
    if tuple(to_first(y, w).shape[2:]) != w.out:
        raise invalid(
            f"{name}: expected orig_output to have {list(w.out)} windows, got shape {list(y.shape)}."
        )


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
    need_x, need_y, need_dy = op.needs
    return (
        zeros_like(x) if need_x else None,
        zeros_like(y) if need_y else None,
        max_pool_grad_grad(x, y, g, **op.attrs) if need_dy else None,
    )


@gradient("MaxPoolGradGrad")
def _max_pool_grad_grad_rule(op: Any, dz: Any) -> Any:
    x, y, _ = op.inputs
    need_x, need_y, need_g = op.needs
    return (
        zeros_like(x) if need_x else None,
        zeros_like(y) if need_y else None,
        max_pool_grad(x, y, dz, **op.attrs) if need_g else None,
    )


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
    floating = x.is_floating_point()
    ksize = (*ksize[:3], min(ksize[3], 1))  # the channels are never pooled
    y, indices = _max_pool_with_indices(
        x if floating else ordered(x).to(torch.int64), ksize=ksize, strides=strides, padding=padding
    )
    w, _ = _image_plan(x, ksize, strides, padding, (), "NHWC")
    if floating and y.numel():
        flat = _padded(x, w).flatten(2)
        y = to_last(flat.gather(2, indices.flatten(2)).reshape(indices.shape), w)
    batch, height, width, depth = x.shape
    left, right, top, _ = w.excess or (0, 0, 0, 0)
    padded = max(width + left + right, 1)
    row = torch.div(indices, padded, rounding_mode="floor") - top
    place = to_last(row * width + indices % padded - left, w) * depth + torch.arange(depth, device=x.device)
    if include_batch_in_index:
        place = place + (torch.arange(batch, device=x.device) * (height * width * depth)).reshape(-1, 1, 1, 1)
    return y if floating else unordered(y, x.dtype), place.to(dtype)


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


@by_shape
def _volume_window(shape: Any, ksize: Any, strides: Any, padding: str, data_format: str) -> Window:
    if padding == "EXPLICIT":
        raise invalid("MaxPool3D: padding must be 'SAME' or 'VALID', got 'EXPLICIT'.")
    return all_ahead(pool_window("MaxPool3D", 3, shape, ksize, strides, padding, (), data_format))


def _volume(
    x: torch.Tensor, *, ksize: Any, strides: Any, padding: str, data_format: str = "NDHWC"
) -> tuple[Window, Any, Any]:
    """The window, with all padding ahead of the kernel; and how to leave out what it skips, and the adjoint of that."""
    by = insets(3, x.shape, ksize, strides, padding, data_format)

    def cut(t: torch.Tensor) -> torch.Tensor:
        return inset(t, 3, data_format, by)

    def back(t: torch.Tensor) -> torch.Tensor:
        return outset(t, 3, data_format, by)

    return _volume_window(tuple(cut(x).shape), tuple(ksize), tuple(strides), padding, data_format), cut, back


def _max_pool3d(x: torch.Tensor, **attrs: Any) -> torch.Tensor:
    w, cut, _ = _volume(x, **attrs)
    if 0 in x.shape or 0 in w.out:
        return _nothing(x, w)
    counted = torch.nan_to_num(cut(x), -torch.inf, torch.inf, -torch.inf)
    return to_last(_windows(counted, w, _LOWEST[x.dtype]).amax((5, 6, 7)), w)


_CLOSE = 1e-5  # what is closer to the maximum of a volume counts as equal


def _max_pool3d_grad(x: torch.Tensor, y: torch.Tensor, dy: torch.Tensor, **attrs: Any) -> torch.Tensor:
    _check_gradient("MaxPool3DGrad", dy, y)
    w, cut, back = _volume(x, **attrs)
    _check_output("MaxPool3DGrad", y, w)
    if 0 in x.shape or 0 in w.out:
        return torch.zeros_like(x)
    top, each = (to_first(t, w)[(...,) + (None,) * 3] for t in (y, dy))
    parts = torch.where((_windows(cut(x), w) - top).abs() < _CLOSE, each, 0.0)
    padded = [n + w.before[i] + w.after[i] for i, n in enumerate(w.size)]
    for i in (2, 1, 0):  # back from windows to elements, one axis at a time
        parts = unfold_adjoint(parts, 2 + i, padded[i], w.stride[i])
    result: torch.Tensor = back(to_last(cut_excess(parts, w), w))
    return result


def _max_pool3d_grad_grad(x: torch.Tensor, y: torch.Tensor, g: torch.Tensor, **attrs: Any) -> torch.Tensor:
    """What `g` is at the first maximum of each window: as in TensorFlow not quite the adjoint of the gradient."""
    _check_gradient("MaxPool3DGradGrad", g, x)
    w, cut, _ = _volume(x, **attrs)
    return _at_first_match("MaxPool3DGradGrad", cut(x), y, cut(g), w)


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
    need_x, need_y, need_dy = op.needs
    return (
        zeros_like(x) if need_x else None,
        zeros_like(y) if need_y else None,
        max_pool3d_grad_grad(x, y, g, **op.attrs) if need_dy else None,
    )


@gradient("MaxPool3DGradGrad")
def _max_pool3d_grad_grad_rule(op: Any, dz: Any) -> Any:
    x, y, _ = op.inputs
    need_x, need_y, need_g = op.needs
    return (
        zeros_like(x) if need_x else None,
        zeros_like(y) if need_y else None,
        max_pool3d_grad(x, y, dz, **op.attrs) if need_g else None,
    )


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
# Where maxima are equal, MaxPool3DGrad chooses one of them and MaxPool3DGradGrad another; of a window that holds
# nothing but NaN or -inf, MaxPoolGradGrad gives 0.
otherwise("MaxPool", "MaxPoolWithIndices", "MaxPoolGrad", "MaxPoolGradGrad")
otherwise("MaxPool3D", "MaxPool3DGrad", "MaxPool3DGradGrad")
