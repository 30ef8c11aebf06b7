"""Convolutions: 2-D, 3-D and depthwise, each with its two gradients as ops, so that they differentiate to any order.

Convolution is linear in the input and in the filter. The three ops of a family are the three ways to contract two of
input, filter and output, and the gradients of each are the other two.

TensorFlow stores filters as (height, width, in, out); torch wants (out, in, height, width), and channels first. Views
do that without copying: a channels-last tensor seen channels first is what torch's kernels like best.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import FLOATS, Keep, gradient
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.batched_filters import filter_adjoint as filter_adjoint_of
from tfcompat_tape.ops.batched_filters import is_batched
from tfcompat_tape.ops.helpers import by_shape
from tfcompat_tape.ops.tangents import multilinear
from tfcompat_tape.ops.windows import FORMATS, Window, channels, check_format, cut_excess, shape_with, slide

_convolve = torch.convolution
_backward = torch.ops.aten.convolution_backward.default._op
_permute = torch.permute
_pad = torch.constant_pad_nd


class _Plan(NamedTuple):
    """What a convolution of given shapes and attributes comes down to, in torch's terms; found once and remembered."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    zeros: tuple[int, ...]
    groups: int
    to_first: tuple[
        int, ...
    ]  # axis orders: channels first, channels last again, torch's filter, TensorFlow's filter
    to_last: tuple[int, ...]
    filter_in: tuple[int, ...]
    filter_out: tuple[int, ...]
    excess: tuple[int, ...] | None  # padding of one side more than of the other
    filter_shape: tuple[int, ...]  # as torch has it
    merge: bool  # a depthwise filter: torch has its two last axes as one
    rest: tuple[int, ...]  # rows and columns of the padded input that no window reaches
    out_shape: tuple[int, ...]
    empty: bool  # nothing to compute
    window: Window


def _backward_of_both(dy: torch.Tensor, x: torch.Tensor, w: torch.Tensor, p: _Plan) -> Any:
    """torch's gradients of the input and the filter; some of its kernels cannot lay out the latter as a view is."""
    rest = (p.stride, p.padding, p.dilation, False, p.zeros, p.groups, (True, True, False))
    try:
        return _backward(dy, x, w, None, *rest)
    except RuntimeError as error:
        if "must be contiguous" not in str(error):
            raise
        return _backward(dy, x, w.contiguous(), None, *rest)


def _planner(name: str, nd: int, depthwise: bool) -> Any:
    """A function that finds the plan of a convolution, for the ops of one family.

    Args:
      name: of the forward op, for messages.
      nd: number of spatial axes.
      depthwise: the filter is (height, width, channels, multiplier) and each channel has filters of its own.
    """
    # TensorFlow's (*window, in, out) to torch's (out, in, *window) and back; depthwise to (in, multiplier, *window)
    filter_in = (nd, nd + 1, *range(nd)) if depthwise else (nd + 1, nd, *range(nd))
    filter_out = (*range(2, nd + 2), 0, 1) if depthwise else (*range(2, nd + 2), 1, 0)
    same_order = tuple(range(nd + 2))

    @by_shape
    def plan(
        x_shape: Any, w_shape: Any, strides: Any, padding: str, explicit: Any, form: str, dilations: Any
    ) -> _Plan:
        if len(w_shape) != nd + 2:
            raise invalid(f"{name}: convolution filter must be {nd + 2}-dimensional: {compact(w_shape)}")
        inner, depth_in, depth_out = tuple(w_shape[:nd]), w_shape[nd], w_shape[nd + 1]
        window = slide(name, nd, x_shape, inner, strides, padding, explicit, dilations, form)
        depth = channels(nd, form, x_shape)
        if depthwise:
            if depth != depth_in:
                raise invalid(f"{name}: input and filter must have the same depth: {depth} vs {depth_in}")
            groups, depth_out = depth, depth * depth_out
            filter_shape = (depth_out, 1, *inner)
        else:
            if depth_in <= 0 or depth % depth_in:
                raise invalid(
                    f"{name}: input depth must be evenly divisible by filter depth: {depth} vs {depth_in} "
                    f"(input {list(x_shape)}, filter {list(w_shape)}, {form})."
                )
            groups = depth // depth_in
            if groups and depth_out % groups:
                raise invalid(
                    f"{name}: the output's depth {depth_out} must be a multiple of the {groups} groups."
                )
            filter_shape = (depth_out, depth_in, *inner)
        rest = []
        for i, n in enumerate(window.size):
            reached = (window.out[i] - 1) * window.stride[i] + (inner[i] - 1) * window.dilation[i] + 1
            rest.append(n + window.before[i] + window.after[i] - reached)
        out_shape = shape_with(nd, form, x_shape[0], window.out, depth_out)
        return _Plan(
            stride=window.stride,
            padding=window.padding,
            dilation=window.dilation,
            zeros=(0,) * nd,
            groups=groups,
            to_first=window.to_first or same_order,
            to_last=window.to_last or same_order,
            filter_in=filter_in,
            filter_out=filter_out,
            excess=window.excess,
            filter_shape=filter_shape,
            merge=depthwise,
            rest=tuple(rest),
            out_shape=out_shape,
            empty=0 in x_shape or 0 in w_shape or 0 in out_shape,
            window=window,
        )

    return plan


def _kernels(name: str, nd: int, depthwise: bool) -> Any:
    """The kernels of one family: output, input's adjoint, filter's adjoint, and any of the adjoints at once."""
    plan = _planner(name, nd, depthwise)
    default = FORMATS[nd][0]

    def find(
        x_shape: Any,
        w_shape: Any,
        strides: Any,
        padding: str,
        explicit_paddings: Any = (),
        data_format: str = default,
        dilations: Any = (),
        use_cudnn_on_gpu: bool = True,
    ) -> _Plan:
        try:
            return plan(x_shape, w_shape, strides, padding, explicit_paddings, data_format, dilations)
        except TypeError:  # lists
            shapes = tuple(x_shape), tuple(w_shape)
            return plan(
                *shapes, tuple(strides), padding, tuple(explicit_paddings), data_format, tuple(dilations)
            )

    def output(x: torch.Tensor, w: torch.Tensor, **attrs: Any) -> torch.Tensor:
        p = find(x.shape, w.shape, **attrs)
        if p.empty:
            return x.new_zeros(p.out_shape)
        x = _permute(x, p.to_first)
        if p.excess:
            x = _pad(x, p.excess)
        w = _permute(w, p.filter_in)
        if p.merge:
            w = w.reshape(p.filter_shape)
        y = _convolve(x, w, None, p.stride, p.padding, p.dilation, False, p.zeros, p.groups)
        return _permute(y, p.to_last)

    def adjoints(
        dy: Any, x: Any, w: Any, x_shape: Any, w_shape: Any, need_x: bool, need_w: bool, attrs: dict[str, Any]
    ) -> tuple[Any, Any]:
        """Adjoints of input and filter. torch finds both together faster than one after the other."""
        p = find(x_shape, w_shape, **attrs)
        if dy.shape != p.out_shape:
            raise invalid(
                f"{name}: for input {list(x_shape)} and filter {list(w_shape)} the output has shape "
                f"{list(p.out_shape)}, got {list(dy.shape)}."
            )
        if p.empty:
            return dy.new_zeros(x_shape) if need_x else None, dy.new_zeros(w_shape) if need_w else None
        dy = _permute(dy, p.to_first)
        if need_x:
            w = _permute(w, p.filter_in)
            if p.merge:
                w = w.reshape(p.filter_shape)
        if need_w:
            x = _permute(x, p.to_first)
            if p.excess:
                x = _pad(x, p.excess)
        dx = dw = None
        if need_x and need_w and not is_batched(dy):
            dx, dw, _ = _backward_of_both(dy, x, w, p)
        else:
            if need_x:  # a transposed convolution
                dx = _convolve(dy, w, None, p.stride, p.padding, p.dilation, True, p.rest, p.groups)
            if need_w:
                dw = filter_adjoint_of(
                    dy, x, p.filter_shape, p.stride, p.padding, p.dilation, p.groups, p.zeros
                )
        if need_x:
            if p.excess:
                dx = cut_excess(dx, p.window)
            dx = _permute(dx, p.to_last)
        if need_w:
            if p.merge:
                dw = dw.reshape(*w_shape[nd:], *w_shape[:nd])
            dw = _permute(dw, p.filter_out)
        return dx, dw

    def input_adjoint(w: torch.Tensor, dy: torch.Tensor, *, input_sizes: Any, **attrs: Any) -> torch.Tensor:
        if len(input_sizes) != nd + 2:  # batch and channels may be left out
            form = attrs.get("data_format", default)
            check_format(name, nd, form)
            if not len(input_sizes) + 2 == len(w.shape) == len(dy.shape) == nd + 2:
                raise invalid(f"{name}: input_sizes must have {nd + 2} elements, got {list(input_sizes)}.")
            input_sizes = shape_with(nd, form, dy.shape[0], input_sizes, w.shape[nd])
        return adjoints(dy, None, w, input_sizes, w.shape, True, False, attrs)[0]

    def filter_adjoint(x: torch.Tensor, dy: torch.Tensor, *, filter_sizes: Any, **attrs: Any) -> torch.Tensor:
        return adjoints(dy, x, None, x.shape, filter_sizes, False, True, attrs)[1]

    return output, input_adjoint, filter_adjoint, adjoints


def _in_double(kernel: Any) -> Any:
    """A fallback for integers, where torch has no kernel: exact up to 2**53."""

    def fallback(x: torch.Tensor, y: torch.Tensor, **attrs: Any) -> Any:
        if x.is_floating_point():
            return NotImplemented
        return kernel(x.double(), y.double(), **attrs).to(torch.int64).to(x.dtype)

    return fallback


def _family(
    forward: str,
    of_input: str,
    of_filter: str,
    nd: int,
    dtypes: Any,
    *,
    depthwise: bool = False,
    **defaults: Any,
) -> Any:
    """Define the three ops of a family, with their rules."""
    output, input_adjoint, filter_adjoint, adjoints = _kernels(forward, nd, depthwise)

    def define(name: str, kernel: Any, inputs: str) -> Any:
        attrs = {"data_format": FORMATS[nd][0], "dilations": (1,) * (nd + 2), **defaults}
        call = primitive(
            name, kernel, inputs=inputs, defaults=attrs, dtypes=dtypes, same=(0, 1), keep=Keep.CROSS
        )
        call.op.fallback = _in_double(kernel)
        return call

    convolve = define(forward, output, "input filter")
    input_gradient = define(of_input, input_adjoint, "filter out_backprop")
    filter_gradient = define(of_filter, filter_adjoint, "input out_backprop")

    @gradient(forward)
    def rule(op: Any, dy: Any) -> Any:
        x, w = op.inputs
        x_shape, w_shape = op.shapes
        need_x, need_w = op.needs
        if type(dy) is not Tensor:
            return adjoints(dy, x, w, x_shape, w_shape, need_x, need_w, op.attrs)
        return (
            input_gradient(w, dy, input_sizes=x_shape, **op.attrs) if need_x else None,
            filter_gradient(x, dy, filter_sizes=w_shape, **op.attrs) if need_w else None,
        )

    @gradient(of_input)
    def input_rule(op: Any, dx: Any) -> Any:
        w, dy = op.inputs
        need_w, need_dy = op.needs
        attrs = {name: value for name, value in op.attrs.items() if name != "input_sizes"}
        return (
            filter_gradient(dx, dy, filter_sizes=op.shapes[0], **attrs) if need_w else None,
            convolve(dx, w, **attrs) if need_dy else None,
        )

    @gradient(of_filter)
    def filter_rule(op: Any, dw: Any) -> Any:
        x, dy = op.inputs
        need_x, need_dy = op.needs
        attrs = {name: value for name, value in op.attrs.items() if name != "filter_sizes"}
        return (
            input_gradient(dw, dy, input_sizes=op.shapes[0], **attrs) if need_x else None,
            convolve(x, dw, **attrs) if need_dy else None,
        )

    multilinear(forward, of_input, of_filter)
    return convolve, input_gradient, filter_gradient


conv2d, conv2d_backprop_input, conv2d_backprop_filter = _family(
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv2DBackpropFilter",
    2,
    FLOATS | {torch.int32},
    explicit_paddings=(),
    use_cudnn_on_gpu=True,
)
conv3d, conv3d_backprop_input, conv3d_backprop_filter = _family(
    "Conv3D", "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2", 3, FLOATS
)
depthwise_conv2d, depthwise_conv2d_backprop_input, depthwise_conv2d_backprop_filter = _family(
    "DepthwiseConv2dNative",
    "DepthwiseConv2dNativeBackpropInput",
    "DepthwiseConv2dNativeBackpropFilter",
    2,
    FLOATS,
    depthwise=True,
    explicit_paddings=(),
)
