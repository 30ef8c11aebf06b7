"""Normalization and biases: BiasAdd, batch normalization in one op, local response normalization."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import float32
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import HALVES, NUMERIC, Keep, gradient, jvp
from tfcompat_tape.ops.arithmetic import zeros_like
from tfcompat_tape.ops.derived import derived
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.matrices import to_dtype
from tfcompat_tape.ops.roots import rsqrt
from tfcompat_tape.ops.shapes import broadcast_to, reshape
from tfcompat_tape.ops.tangents import acts_on_elements, attrs_of, fill_in, linear
from tfcompat_tape.ops.unsigned import by_numpy

# -- biases ------------------------------------------------------------------------------------------------------------


def _bias_form(name: str, rank: int, data_format: str) -> int:
    """The axis of the channels."""
    if rank < 2:
        raise invalid(f"{name}: Input tensor must be at least 2D: {rank} axes")
    if data_format == "NHWC":
        return rank - 1
    if data_format == "NCHW":
        return 1
    raise invalid(f"{name}: data_format must be 'NHWC' or 'NCHW', got {data_format!r}.")


def _bias_add(value: torch.Tensor, bias: torch.Tensor, data_format: str = "NHWC") -> torch.Tensor:
    shape = value.shape
    axis = _bias_form("BiasAdd", len(shape), data_format)
    if bias.shape != shape[axis : axis + 1]:
        raise invalid(
            f"BiasAdd: Must provide as many biases as the "
            f"{'last' if axis == len(shape) - 1 else 'channel'} dimension of "
            f"the input tensor: {compact(bias.shape)} vs. {compact(shape)} ({data_format})"
        )
    if axis != len(shape) - 1:
        bias = bias.reshape(-1, *[1] * (len(shape) - 2))
    return value + bias


def _bias_add_grad(dy: torch.Tensor, data_format: str = "NHWC") -> torch.Tensor:
    axis = _bias_form("BiasAddGrad", dy.dim(), data_format)
    return dy.sum([i for i in range(dy.dim()) if i != axis], dtype=dy.dtype)


_add_unsigned = by_numpy(np.add)


def _bias_add_unsigned(value: torch.Tensor, bias: torch.Tensor, data_format: str = "NHWC") -> Any:
    return _add_unsigned(value, bias if data_format == "NHWC" else bias.reshape(-1, *[1] * (value.dim() - 2)))


_FORMAT = {"data_format": "NHWC"}
bias_add = primitive(
    "BiasAdd",
    _bias_add,
    inputs="value bias",
    defaults=_FORMAT,
    dtypes=NUMERIC,
    same=(0, 1),
    keep=Keep.NOTHING,
)
bias_add.op.fallback = _bias_add_unsigned
bias_add_grad = primitive(
    "BiasAddGrad", _bias_add_grad, inputs="out_backprop", defaults=_FORMAT, dtypes=NUMERIC, keep=Keep.SHAPES
)


@gradient("BiasAdd")
def _bias_add_rule(op: Any, dy: Any) -> Any:
    need_value, need_bias = op.needs
    return dy if need_value else None, bias_add_grad(dy, **op.attrs) if need_bias else None


@gradient("BiasAddGrad")
def _bias_add_grad_rule(op: Any, db: Any) -> Any:
    shape = op.shapes[0]
    if op.get_attr("data_format") == "NCHW" and len(shape) > 2:
        db = reshape(db, shape=(shape[1], *[1] * (len(shape) - 2)))
    return broadcast_to(db, shape=tuple(shape))


@jvp("BiasAdd")
def _bias_add_jvp(op: Any, t: Any, dbias: Any) -> Any:
    return t if dbias is None else bias_add(*fill_in(op, (t, dbias)), **op.attrs)


linear("BiasAddGrad")
acts_on_elements("BiasAdd")

# -- batch normalization -----------------------------------------------------------------------------------------------

_LOW_AND_SINGLE = HALVES | {torch.float32}
_EPSILON = 1e-4
_BATCH_ATTRS = {"epsilon": _EPSILON, "data_format": "NHWC", "is_training": True}


def _channels(name: str, x: torch.Tensor, data_format: str) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """The axis of the channels, all other axes, and the shape in which a vector of channels broadcasts."""
    rank = x.dim()
    if rank not in (4, 5):
        raise invalid(f"{name}: the input must have 4 or 5 axes, got shape {list(x.shape)}.")
    if data_format not in ("NHWC", "NCHW", "NDHWC", "NCDHW"):
        raise invalid(f"{name}: unknown data_format {data_format!r}.")
    axis = 1 if data_format.startswith("NC") else rank - 1
    form = [1] * rank
    form[axis] = x.shape[axis]
    return axis, tuple([i for i in range(rank) if i != axis]), tuple(form)


def _fused_batch_norm(
    x: torch.Tensor,
    scale: torch.Tensor,
    offset: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    *,
    epsilon: float = _EPSILON,
    exponential_avg_factor: float = 1.0,
    data_format: str = "NHWC",
    is_training: bool = True,
) -> tuple[torch.Tensor, ...]:
    """Also gives the new running moments (with Bessel's correction), and what the gradient reuses."""
    axis, others, form = _channels("FusedBatchNormV3", x, data_format)
    depth = x.shape[axis]
    running = exponential_avg_factor != 1.0
    for what, vector, always in (
        ("scale", scale, True),
        ("offset", offset, True),
        ("mean", mean, False),
        ("variance", variance, False),
    ):
        if (always or running or not is_training) and vector.shape != (depth,):
            raise invalid(
                f"FusedBatchNormV3: {what} must have as many elements as x has channels, {depth}, "
                f"got shape {list(vector.shape)}."
            )
    wide = x.to(scale.dtype)
    if is_training:
        used_mean = wide.mean(others)
        used_variance = wide.var(others, correction=0)
        count = x.numel() // max(depth, 1)
        new_mean, new_variance = used_mean, used_variance * (count / max(count - 1, 1))
        if running:
            new_mean = mean + (new_mean - mean) * exponential_avg_factor
            new_variance = variance + (new_variance - variance) * exponential_avg_factor
    else:
        used_mean, used_variance = mean, variance
        new_mean, new_variance = mean, variance
    slope = torch.rsqrt(used_variance + epsilon) * scale
    y = (wide - used_mean.reshape(form)) * slope.reshape(form) + offset.reshape(form)
    return y.to(x.dtype), new_mean, new_variance, used_mean, used_variance, scale.new_zeros(())


def _batch_norm_gradients(
    dy: torch.Tensor,
    x: torch.Tensor,
    scale: torch.Tensor,
    *moments: torch.Tensor,
    epsilon: float,
    data_format: str,
) -> tuple[torch.Tensor, ...]:
    """Adjoints of x, scale and offset. Without `moments` they are those of the batch, and depend on x."""
    _, others, form = _channels("FusedBatchNormGradV3", x, data_format)
    wide, g = x.to(scale.dtype), dy.to(scale.dtype)
    mean, variance = moments or (wide.mean(others), wide.var(others, correction=0))
    return _gradients(g, wide, scale, mean, variance, epsilon, others, form, not moments, x.dtype)


def gradients_at(
    dy: torch.Tensor,
    x: torch.Tensor,
    scale: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    *,
    epsilon: float,
    data_format: str,
    is_training: bool,
) -> tuple[torch.Tensor, ...]:
    """Adjoints of x, scale and offset where the moments are these, also those of the batch."""
    _, others, form = _channels("FusedBatchNormGrad", x, data_format)
    wide, g = x.to(scale.dtype), dy.to(scale.dtype)
    return _gradients(g, wide, scale, mean, variance, epsilon, others, form, is_training, x.dtype)


def _gradients(
    g: torch.Tensor,
    wide: torch.Tensor,
    scale: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    epsilon: float,
    others: tuple[int, ...],
    form: tuple[int, ...],
    of_batch: bool,
    dtype: torch.dtype,
) -> tuple[torch.Tensor, ...]:
    inverse = torch.rsqrt(variance + epsilon)
    normalized = (wide - mean.reshape(form)) * inverse.reshape(form)
    dscale, doffset = (g * normalized).sum(others), g.sum(others)
    if of_batch:
        count = max(wide.numel() // max(scale.numel(), 1), 1)
        g = g - (doffset.reshape(form) + normalized * dscale.reshape(form)) / count
    return (g * (inverse * scale).reshape(form)).to(dtype), dscale, doffset


_of_batch = derived(
    "BatchNormGradients",
    _batch_norm_gradients,
    inputs="y_backprop x scale",
    outputs=3,
    dtypes=_LOW_AND_SINGLE,
)
_of_moments = derived(
    "BatchNormGradientsOfMoments",
    _batch_norm_gradients,
    inputs="y_backprop x scale mean variance",
    outputs=3,
    dtypes=_LOW_AND_SINGLE,
)

fused_batch_norm = primitive(
    "FusedBatchNormV3",
    _fused_batch_norm,
    inputs="x scale offset mean variance",
    defaults={**_BATCH_ATTRS, "exponential_avg_factor": 1.0},
    outputs=6,
    dtypes=_LOW_AND_SINGLE,
    same=(1, 2, 3, 4),
    keep=Keep.INPUTS,
    none_ok=True,
)


@gradient("FusedBatchNormV3")
def _fused_batch_norm_rule(op: Any, dy: Any, *others: Any) -> Any:
    """Only y has a gradient, as in TensorFlow."""
    x, scale, offset, mean, variance = op.inputs
    if dy is None:
        return zeros_like(x), zeros_like(scale), zeros_like(offset), None, None
    attrs = {name: op.get_attr(name) for name in _BATCH_ATTRS}
    # In training the moments are the batch's, which depend on x: then those that are handed over do not matter.
    found = fused_batch_norm_grad(dy, x, scale, mean, variance, scale, **attrs)
    return *found[:3], None, None


def _fused_batch_norm_grad(
    dy: torch.Tensor,
    x: torch.Tensor,
    scale: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    unused: torch.Tensor,
    *,
    epsilon: float = _EPSILON,
    data_format: str = "NHWC",
    is_training: bool = True,
) -> tuple[torch.Tensor, ...]:
    moments = () if is_training else (mean, variance)
    found = _batch_norm_gradients(dy, x, scale, *moments, epsilon=epsilon, data_format=data_format)
    return *found, scale.new_zeros(0), scale.new_zeros(0)


fused_batch_norm_grad = primitive(
    "FusedBatchNormGradV3",
    _fused_batch_norm_grad,
    inputs="y_backprop x scale reserve_space_1 reserve_space_2 reserve_space_3",
    defaults=_BATCH_ATTRS,
    outputs=5,
    dtypes=_LOW_AND_SINGLE,
    same=(0, 1),
    keep=Keep.INPUTS,
)


@jvp("FusedBatchNormV3")
def _fused_batch_norm_jvp(op: Any, t: Any, dscale: Any, doffset: Any, *moments: Any) -> Any:
    """As in TensorFlow, only y has a tangent, and the given moments have none that counts."""
    x, scale, offset, mean, variance = op.inputs
    t = zeros_like(x) if t is None else t
    dscale = zeros_like(scale) if dscale is None else dscale
    doffset = zeros_like(offset) if doffset is None else doffset
    if op.get_attr("is_training"):
        # By x the Jacobian is symmetric, so that the gradient op says it; in scale and offset the op is linear.
        attrs = {name: op.get_attr(name) for name in _BATCH_ATTRS}
        by_x = fused_batch_norm_grad(t, x, scale, mean, variance, scale, **attrs)[0]
        return (by_x + fused_batch_norm(x, dscale, doffset, mean, variance, **attrs_of(op))[0], *[None] * 5)
    _, _, form = _channels("FusedBatchNormV3", raw_of(x), op.get_attr("data_format"))
    wide = dtype_of(scale)
    inverse = rsqrt(variance + number(op.get_attr("epsilon"), wide))
    slope, mean, inverse, dscale, doffset = [
        reshape(v, shape=form) for v in (inverse * scale, mean, inverse, dscale, doffset)
    ]
    y = to_dtype(t, wide) * slope + (to_dtype(x, wide) - mean) * inverse * dscale + doffset
    return (to_dtype(y, dtype_of(x)), *[None] * 5)


class _Part:
    """The call of `_of_batch` or `_of_moments` that a call of FusedBatchNormGradV3 amounts to."""

    def __init__(self, op: Any) -> None:
        training = op.get_attr("is_training")
        self.inputs = op.inputs[: 3 if training else 5]
        self.needs = op.needs[:3] if training else (*op.needs[:3], False, False)
        self.attrs = {"epsilon": op.get_attr("epsilon"), "data_format": op.get_attr("data_format")}


@gradient("FusedBatchNormGradV3")
def _fused_batch_norm_grad_rule(op: Any, *cotangents: Any) -> Any:
    part = _Part(op)
    rule = (_of_batch if len(part.inputs) == 3 else _of_moments).op.rule
    return [*rule(part, *cotangents[:3])[:3], None, None, None]


# -- local response normalization --------------------------------------------------------------------------------------

_LRN_ATTRS = {"depth_radius": 5, "bias": 1.0, "alpha": 1.0, "beta": 0.5}


def _neighbours(x: torch.Tensor, radius: int) -> torch.Tensor:
    """Sums over the channels at most `radius` away."""
    padded = torch.nn.functional.pad(x, (radius, radius))
    return padded.unfold(-1, 2 * radius + 1, 1).sum(-1)


def _lrn(
    x: torch.Tensor, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5
) -> torch.Tensor:
    if x.dtype is torch.bfloat16:
        raise not_found("Could not find device for node: LRN has no kernel for bfloat16. Use tf.cast.")
    if x.dim() != 4:
        raise invalid(f"LRN: in must be 4-dimensional, got shape {list(x.shape)}.")
    if depth_radius < 0:
        raise invalid(f"LRN: depth_radius must not be negative, got {depth_radius}.")
    wide = x.float()
    return (wide * (bias + alpha * _neighbours(wide * wide, depth_radius)) ** -beta).to(x.dtype)


def _lrn_grad(
    dy: torch.Tensor,
    x: torch.Tensor,
    y: torch.Tensor,
    depth_radius: int = 5,
    bias: float = 1.0,
    alpha: float = 1.0,
    beta: float = 0.5,
) -> torch.Tensor:
    g, wide = dy.float(), x.float()
    norm = bias + alpha * _neighbours(wide * wide, depth_radius)
    shared = _neighbours(g * wide * norm ** (-beta - 1.0), depth_radius)
    return (g * norm**-beta - (2.0 * alpha * beta) * wide * shared).to(x.dtype)


lrn = primitive(
    "LRN",
    _lrn,
    inputs="input",
    preferred=float32,
    defaults=_LRN_ATTRS,
    dtypes=_LOW_AND_SINGLE,
    keep=Keep.BOTH,
)
lrn_grad = primitive(
    "LRNGrad",
    _lrn_grad,
    inputs="input_grads input_image output_image",
    defaults=_LRN_ATTRS,
    dtypes=_LOW_AND_SINGLE,
    same=(0, 1, 2),
    keep=Keep.NOTHING,
)


@gradient("LRN")
def _lrn_rule(op: Any, dy: Any) -> Any:
    return lrn_grad(dy, op.inputs[0], op.outputs[0], **op.attrs)
