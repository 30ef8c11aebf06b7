"""Average pooling over images and volumes. Padding does not count. The op is linear; its gradient op is its adjoint."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import FLOATS, HALVES, Keep, gradient
from tfcompat_tape.ops.helpers import by_shape
from tfcompat_tape.ops.tangents import linear
from tfcompat_tape.ops.windows import (
    FORMATS,
    Window,
    all_ahead,
    cut_excess,
    inset,
    insets,
    outset,
    pad_excess,
    pool_window,
    reaches_by_ceiling,
    shape_only,
    to_first,
    to_last,
)

_aten = torch.ops.aten


def _counts(w: Window, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """How many elements of the input each window covers."""
    total = torch.ones((), dtype=dtype, device=device)
    for i, n in enumerate(w.size):
        starts = [j * w.stride[i] - w.before[i] for j in range(w.out[i])]
        covered = [max(min(start + w.window[i], n) - max(start, 0), 1) for start in starts]
        form = [1] * len(w.size)
        form[i] = len(covered)
        total = total * torch.tensor(covered, dtype=dtype, device=device).reshape(form)
    return total


def _kernels(name: str, nd: int) -> Any:
    pool = {2: torch.nn.functional.avg_pool2d, 3: torch.nn.functional.avg_pool3d}[nd]
    backward = {2: _aten.avg_pool2d_backward.default._op, 3: _aten.avg_pool3d_backward.default._op}[nd]
    default = FORMATS[nd][0]

    def lacking(x: torch.Tensor) -> bool:
        """Whether torch has no kernel: averages over volumes of halves on a CPU."""
        return nd == 3 and x.dtype in HALVES and x.device.type == "cpu"

    @by_shape
    def plan(
        shape: Any, ksize: Any, strides: Any, padding: str, data_format: str
    ) -> tuple[Window, bool, bool]:
        """The window, whether torch needs its ceiling mode, and whether the padding has to be made ahead."""
        w = pool_window(name, nd, shape, ksize, strides, padding, (), data_format)
        if nd == 3 and any(k > n for k, n in zip(w.window, w.size, strict=True)) and min(w.out, default=0):
            return all_ahead(w), False, True  # torch refuses windows that are larger than the volume
        ceiling = w.excess is not None and reaches_by_ceiling(w)
        return w, ceiling, w.excess is not None and not ceiling

    def average(
        x: torch.Tensor, *, ksize: Any, strides: Any, padding: str, data_format: str = default
    ) -> torch.Tensor:
        if nd == 3:
            x = inset(x, nd, data_format, insets(nd, x.shape, ksize, strides, padding, data_format))
        w, ceiling, ahead = plan(tuple(x.shape), tuple(ksize), tuple(strides), padding, data_format)
        if lacking(x):
            wide = average(x.float(), ksize=ksize, strides=strides, padding=padding, data_format=data_format)
            return wide.to(x.dtype)
        first = to_first(x, w)
        if 0 in x.shape or 0 in w.out:
            return to_last(first.new_zeros((*first.shape[:2], *w.out)), w)
        if not ahead:
            return to_last(pool(first, w.window, w.stride, w.padding, ceiling, False), w)
        sums = pool(pad_excess(first, w), w.window, w.stride, w.padding, False, True, 1)
        return to_last(sums / _counts(w, x.dtype, x.device), w)

    def spread(
        dy: torch.Tensor,
        *,
        orig_input_shape: Any,
        ksize: Any,
        strides: Any,
        padding: str,
        data_format: str = default,
    ) -> torch.Tensor:
        by = insets(nd, orig_input_shape, ksize, strides, padding, data_format) if nd == 3 else ()
        if by:
            axis = 1 if data_format == default else 2
            shape = list(orig_input_shape)
            shape[axis : axis + nd] = [
                n - start for n, start in zip(shape[axis : axis + nd], by, strict=True)
            ]
            attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
            return outset(spread(dy, orig_input_shape=shape, **attrs), nd, data_format, by)
        w, ceiling, ahead = plan(tuple(orig_input_shape), tuple(ksize), tuple(strides), padding, data_format)
        g = to_first(dy, w)
        if len(orig_input_shape) != dy.dim() or tuple(g.shape[2:]) != w.out:
            raise invalid(
                f"{name}Grad: an input of shape {list(orig_input_shape)} gives {list(w.out)} windows, "
                f"got a gradient of shape {list(dy.shape)}."
            )
        if lacking(dy):
            attrs = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
            return spread(dy.float(), orig_input_shape=orig_input_shape, **attrs).to(dy.dtype)
        if dy.numel() == 0 or 0 in w.size:
            return dy.new_zeros(tuple(orig_input_shape))
        if not ahead:
            like = shape_only((*g.shape[:2], *w.size), w, dy)
            return to_last(backward(g, like, w.window, w.stride, w.padding, ceiling, False, None), w)
        padded = [
            n + w.excess[2 * (nd - 1 - i)] + w.excess[2 * (nd - 1 - i) + 1]  # type: ignore[index]
            for i, n in enumerate(w.size)
        ]
        like = shape_only((*g.shape[:2], *padded), w, dy)
        g = g / _counts(w, dy.dtype, dy.device)
        return to_last(cut_excess(backward(g, like, w.window, w.stride, w.padding, False, True, 1), w), w)

    return average, spread


def _family(forward: str, inputs: str, nd: int) -> Any:
    average, spread = _kernels(forward, nd)
    defaults = {"data_format": FORMATS[nd][0]}
    pool = primitive(forward, average, inputs=inputs, defaults=defaults, dtypes=FLOATS, keep=Keep.SHAPES)
    pool_grad = primitive(
        f"{forward}Grad", spread, inputs="grad", defaults=defaults, dtypes=FLOATS, keep=Keep.NOTHING
    )

    @gradient(forward)
    def rule(op: Any, dy: Any) -> Any:
        return pool_grad(dy, orig_input_shape=op.shapes[0], **op.attrs)

    @gradient(f"{forward}Grad")
    def grad_rule(op: Any, dx: Any) -> Any:
        return pool(dx, **{name: value for name, value in op.attrs.items() if name != "orig_input_shape"})

    return pool, pool_grad


avg_pool, avg_pool_grad = _family("AvgPool", "value", 2)
avg_pool3d, avg_pool3d_grad = _family("AvgPool3D", "input", 3)


linear("AvgPool", "AvgPoolGrad", "AvgPool3D", "AvgPool3DGrad")
