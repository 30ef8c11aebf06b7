"""What ops demand of the shapes of their inputs when they are called through `tf.raw_ops`.

Gradient ops are called by rules, with shapes that fit, so their kernels do not check; many would broadcast what
TensorFlow refuses. A demand gets the shapes of the op's tensors and its attributes, by TensorFlow's names, and raises
InvalidArgumentError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType, int16, int32, int64
from tfcompat_tape.core.errors import invalid, not_found, unimplemented
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.slicing import MASKS, strided_slice


class Shapes(dict[str, tuple[int, ...]]):
    """The shapes of tensors by their names, and in `dtypes` the dtypes of those that were given as Tensors."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__({name: tuple(convert(value).shape) for name, value in given.items()})
        self.dtypes = {
            name: convert(value).dtype
            for name, value in given.items()
            if isinstance(value, Tensor) or hasattr(value, "_read")
        }


Demand = Callable[[str, Shapes, Mapping[str, Any]], None]

DEMANDS: dict[str, Demand] = {}


def _of(*names: str) -> Callable[[Demand], Demand]:
    def enter(demand: Demand) -> Demand:
        for name in names:
            DEMANDS[name] = demand
        return demand

    return enter


def _rank(op_type: str, shapes: Shapes, **ranks: int) -> None:
    for name, rank in ranks.items():
        if len(shapes[name]) != rank:
            what = "a scalar" if rank == 0 else "1-dimensional" if rank == 1 else f"{rank}-dimensional"
            raise invalid(f"{op_type}: {name} must be {what}, got shape {list(shapes[name])}.")


def _single(op_type: str, shapes: Shapes, name: str) -> None:
    if math.prod(shapes[name]) != 1:
        raise invalid(f"{op_type}: {name} must be a scalar, got shape {list(shapes[name])}.")


def _shape(op_type: str, shapes: Shapes, wanted: tuple[int, ...], *names: str) -> None:
    for name in names:
        if shapes[name] != wanted:
            raise invalid(f"{op_type}: shape of {name} was {list(shapes[name])} instead of {list(wanted)}.")


@_of(
    *("ApproximateEqual", "EluGrad", "LeakyReluGrad", "Relu6Grad", "ReluGrad", "SeluGrad", "SoftplusGrad"),
    *("SoftsignGrad", "ReciprocalGrad", "RsqrtGrad", "SigmoidGrad", "SqrtGrad", "TanhGrad"),
)
def _equal(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    one, other = shapes.values()
    if one != other:
        raise invalid(
            f"Inputs to operation {op_type} must have the same size and shape. "
            f"Input 0: {list(one)} != input 1: {list(other)}"
        )


def _windows(attrs: Mapping[str, Any], early: bool) -> None:
    if early and min(attrs["ksize"]) <= 0:
        raise invalid(f"Sliding window ksize {list(attrs['ksize'])} must be positive.")
    for name in ("ksize", "strides"):
        if attrs[name][0] != 1:
            raise unimplemented(
                f"Pooling is not yet supported on the batch dimension: {name}={list(attrs[name])}."
            )
    if len(attrs["ksize"]) != len(attrs["strides"]):
        raise invalid(
            f"Sliding window ksize {list(attrs['ksize'])} and strides {list(attrs['strides'])} must be as long."
        )
    if min(*attrs["ksize"], *attrs["strides"]) <= 0:
        raise invalid(
            f"Sliding window ksize {list(attrs['ksize'])} and strides {list(attrs['strides'])} must be positive."
        )


@_of("AvgPool", "AvgPool3D", "MaxPool", "MaxPool3D")
def _pool(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if len(attrs["ksize"]) == len(next(iter(shapes.values()))):
        _windows(attrs, op_type == "MaxPool")


# What TensorFlow has no kernel for rather than finds it invalid.
_CHECKED_FIRST = {
    "Conv2D": ("strides", "dilations"),
    "Conv2DBackpropInput": ("strides", "dilations"),
    "DepthwiseConv2dNative": ("dilations",),
}


@_of(
    *("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "DepthwiseConv2dNative"),
    *("DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"),
)
def _convolution(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if attrs["padding"] != "EXPLICIT" and attrs["explicit_paddings"]:
        raise invalid(f"{op_type}: explicit_paddings must be empty unless padding is EXPLICIT.")
    if len(attrs["dilations"]) != 4:
        raise invalid(f"{op_type}: dilations must be 4 numbers, got {list(attrs['dilations'])}.")
    for name in _CHECKED_FIRST.get(op_type, ()):
        if len(attrs[name]) == 4 and attrs[name][0] != 1:
            raise unimplemented(
                f"{op_type}: no {name} in the batch and depth dimensions, got {list(attrs[name])}."
            )


@_of("Conv3D", "Conv3DBackpropInputV2", "Conv3DBackpropFilterV2")
def _deep_convolution(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if len(attrs["dilations"]) != 5:
        raise invalid(f"{op_type}: dilations must be 5 numbers, got {list(attrs['dilations'])}.")


def _pooled(shape: tuple[int, ...], attrs: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape that pooling gives."""
    _windows(attrs, False)
    sizes = []
    pads = attrs.get("explicit_paddings", ()) if attrs["padding"] == "EXPLICIT" else (0, 0) * len(shape)
    for axis, (n, window, step) in enumerate(zip(shape, attrs["ksize"], attrs["strides"], strict=True)):
        if attrs["padding"] == "SAME":
            sizes.append(-(-n // step))
        else:
            sizes.append((n + pads[2 * axis] + pads[2 * axis + 1] - window) // step + 1)
    return tuple(sizes)


@_of("MaxPoolGrad", "MaxPool3DGrad", "MaxPoolGradGrad", "MaxPool3DGradGrad")
def _max_pool_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    rank = len(attrs["ksize"])
    _rank(op_type, shapes, orig_input=rank, orig_output=rank, grad=rank)
    wanted = _pooled(shapes["orig_input"], attrs)
    _shape(op_type, shapes, wanted, "orig_output")
    _shape(op_type, shapes, shapes["orig_input"] if "GradGrad" in op_type else wanted, "grad")


@_of("MaxPoolGradWithArgmax")
def _argmax_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, input=4)
    index = shapes.dtypes.get("argmax", int64)
    if index is not int64:
        kind = not_found if index is int32 else invalid
        raise kind(f"{op_type}: argmax must be int64, not {index.name}.")
    _windows(attrs, True)
    _shape(op_type, shapes, _pooled(shapes["input"], attrs), "grad", "argmax")


@_of("AvgPoolGrad", "AvgPool3DGrad")
def _average_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _shape(op_type, shapes, (len(attrs["ksize"]),), "orig_input_shape")
    _shape(op_type, shapes, _pooled(tuple(attrs["orig_input_shape"]), attrs), "grad")


@_of("MaxPoolWithArgmax")
def _argmax(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, input=4)
    _windows(attrs, True)
    if 0 in shapes["input"]:
        raise invalid(f"{op_type}: the input must not be empty, got shape {list(shapes['input'])}.")


@_of("FusedBatchNormV3")
def _batch_norm(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, scale=1, offset=1, mean=1, variance=1)


@_of("FusedBatchNormGradV3")
def _batch_norm_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _shape(op_type, shapes, shapes["x"], "y_backprop")
    channels = shapes["x"][1 if attrs["data_format"].startswith("NC") else -1]
    _shape(op_type, shapes, (channels,), "scale", "reserve_space_1", "reserve_space_2")


@_of("LRNGrad")
def _normalization_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, input_grads=4)
    _shape(op_type, shapes, shapes["input_grads"], "input_image", "output_image")


@_of("RFFT", "RFFT2D", "RFFT3D", "IRFFT", "IRFFT2D", "IRFFT3D")
def _fourier(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, fft_length=1)
    lengths = list(attrs["fft_length"])
    inner = shapes["input"][len(shapes["input"]) - len(lengths) :]
    if lengths and op_type.startswith("I"):
        lengths[-1] = lengths[-1] // 2 + 1
    for n, least in zip(inner, lengths, strict=False):
        if n < least and 0 not in shapes["input"]:
            raise invalid(
                f"{op_type}: the inner dimensions of the input must be at least {lengths}, got {list(inner)}."
            )


@_of("MatrixDiagPartV3")
def _diagonals(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _single(op_type, shapes, "padding_value")


@_of("MatrixSolveLs")
def _least_squares(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, l2_regularizer=0)


@_of("ResizeBicubicGrad", "ResizeBilinearGrad")
def _resizing_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, grads=4, original_image=4)


@_of("ScaleAndTranslate", "ScaleAndTranslateGrad")
def _scaling(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if "original_image" in shapes:
        _rank(op_type, shapes, grads=4, original_image=4)
    _shape(op_type, shapes, (2,), "scale", "translation")


@_of("ReverseV2")
def _reversing(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, axis=1)


@_of("Roll")
def _rolling(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if len(shapes["axis"]) > 1 or shapes["shift"] != shapes["axis"]:
        raise invalid(
            f"{op_type}: shift and axis must be scalars or vectors of the same size, "
            f"got shapes {list(shapes['shift'])} and {list(shapes['axis'])}."
        )


@_of("StatelessRandomGammaV3")
def _gamma(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, shape=1)
    alpha, shape = shapes["alpha"], tuple(attrs["shape"])
    if alpha and shape[max(len(shape) - len(alpha), 0) :] != alpha:
        raise invalid(f"{op_type}: shape {list(shape)} must end with the shape {list(alpha)} of alpha.")


@_of("CTCLoss")
def _ctc(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, inputs=3, labels_indices=2, labels_values=1, sequence_length=1)
    _shape(op_type, shapes, (shapes["labels_values"][0], 2), "labels_indices")
    for place, length in enumerate(reading.listed(convert(attrs["sequence_length"])._t)):
        if length > shapes["inputs"][0]:
            raise invalid(f"{op_type}: sequence_length({place}) = {length} must be <= {shapes['inputs'][0]}.")


@_of("SoftmaxCrossEntropyWithLogits")
def _cross_entropy(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    if max(len(shapes["features"]), len(shapes["labels"])) != 2:
        raise invalid(f"{op_type}: logits and labels must be matrices, got {list(shapes.values())}.")


@_of("Reshape")
def _reshaping(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, shape=1)


@_of("Dilation2DBackpropInput", "Dilation2DBackpropFilter")
def _dilation_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _rank(op_type, shapes, input=4, filter=3, out_backprop=4)
    if shapes["out_backprop"][0] != shapes["input"][0]:
        _shape(op_type, shapes, shapes["input"][:1] + shapes["out_backprop"][1:], "out_backprop")


def _one_dtype(op_type: str, shapes: Shapes, allowed: set[DType], *names: str) -> None:
    """Whether index tensors have one dtype, one of those allowed; lists adapt."""
    given = {name: shapes.dtypes[name] for name in names if name in shapes.dtypes}
    if len(set(given.values())) > 1 or not set(given.values()) <= allowed:
        shown = ", ".join(f"{name} {dtype.name}" for name, dtype in given.items())
        raise invalid(f"{op_type}: {', '.join(names)} must have one dtype of {allowed}, got {shown}.")


@_of("StridedSlice")
def _slicing(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _one_dtype(op_type, shapes, {int16, int32, int64}, "begin", "end", "strides")


@_of("Slice")
def _block(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _one_dtype(op_type, shapes, {int32, int64}, "begin", "size")


@_of("StridedSliceGrad")
def _slicing_grad(op_type: str, shapes: Shapes, attrs: Mapping[str, Any]) -> None:
    _one_dtype(op_type, shapes, {int32, int64}, "shape", "begin", "end", "strides")
    _rank(op_type, shapes, shape=1, begin=1, end=1, strides=1)
    keys = ("begin", "end", "strides", *MASKS)
    whole = torch.empty(()).expand(tuple(attrs["shape"]))
    _shape(op_type, shapes, tuple(strided_slice(whole, **{key: attrs[key] for key in keys}).shape), "dy")
