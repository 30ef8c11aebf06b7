"""A point for every op that has a gradient: inputs and attributes at which `check_op` can check it.

Values keep their distance from kinks, ties and poles. Where an op is linear, its second derivative is checked as zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf
from tfcompat_tape.checking import Report, check_gradients, check_op
from tfcompat_tape.core.registry import OPS

RNG = np.random.RandomState(17)


@dataclass(frozen=True)
class Point:
    """Where to check an op.

    Attributes:
      inputs: the op's tensors.
      attrs: the op's attributes.
      options: of the check, with the reason where that leaves something out.
      within: makes of the op the function to check, where a derivative of the op by itself is a convention.
    """

    inputs: tuple[Any, ...]
    attrs: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    within: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None


POINTS: dict[str, Point] = {}


def at(names: str, *inputs: Any, options: Any = None, within: Any = None, **attrs: Any) -> None:
    """The point of the ops `names`."""
    for name in names.split():
        assert name not in POINTS, name
        POINTS[name] = Point(inputs, attrs, options or {}, within)


def check(name: str) -> Report:
    """The report on an op at its point."""
    point = POINTS[name]
    if point.within is None:
        return check_op(name, *point.inputs, options=point.options, **point.attrs)
    op = OPS[name].call
    function = point.within(lambda *tensors: op(*tensors, **point.attrs))
    return check_gradients(function, *point.inputs, name=name, **point.options)


# -- what of an op to check -----------------------------------------------------------------------


def cells(op: Any) -> Any:
    """The states that have a gradient in BlockLSTM."""
    return lambda *tensors: [op(*tensors)[i] for i in (1, 6)]


def first_result(op: Any) -> Any:
    """The only result that TensorFlow has a gradient of."""
    return lambda *tensors: op(*tensors)[0]


def of_symmetric(op: Any) -> Any:
    """A matrix of which the op reads one triangle, and whose gradient is given to both."""
    return lambda x: op(x + tf.linalg.matrix_transpose(x))


def sizes(op: Any) -> Any:
    """What does not depend on the phases of eigenvectors."""
    return lambda *tensors: [tf.abs(y) for y in op(*tensors)]


# -- values ---------------------------------------------------------------------------------------


def real(*shape: int) -> np.ndarray:
    return RNG.uniform(0.2, 1.0, shape) * RNG.choice([-1.0, 1.0], shape)


def positive(*shape: int) -> np.ndarray:
    return RNG.uniform(0.3, 2.0, shape)


def inside(*shape: int) -> np.ndarray:
    return RNG.uniform(0.1, 0.8, shape) * RNG.choice([-1.0, 1.0], shape)


def fractions(*shape: int) -> np.ndarray:
    return RNG.uniform(0.1, 0.9, shape)


def spread(*shape: int) -> np.ndarray:
    """Values that keep their distance from each other and from 0."""
    size = int(np.prod(shape))
    return (RNG.permutation(size).reshape(shape) - size / 2 + 0.3) * 0.37


def complex_(*shape: int) -> np.ndarray:
    return real(*shape) + 1j * real(*shape)


def regular(*shape: int) -> np.ndarray:
    return real(*shape) + 2.5 * np.eye(shape[-1])


def definite(n: int) -> np.ndarray:
    m = real(n, n)
    return m @ m.T + np.eye(n)


def integers(*values: Any) -> np.ndarray:
    return np.array(values, np.int32)


ONCE = {"order": 1}  # TensorFlow has no second derivative, or holds a part of it constant
X, Y, ROW, CUBE = real(2, 3), real(2, 3), real(3), spread(2, 3, 4)

# -- elementwise ------------------------------------------------------------------------------------
at("AddV2 Sub Add Mul MulNoNan SquaredDifference", X, ROW)
at("Maximum Minimum", X, np.array([[0.0], [0.1]]))
at("RealDiv DivNoNan Xlogy Xlog1py Xdivy Atan2", X, positive(3))
at("Pow", positive(2, 3), X)
at("AddN", X, Y, X)
at("ScaledPower", positive(2, 3), exponent=2.5, scale=0.7)
at("Square Neg Abs Sign Exp Expm1 Sin Cos Sinh Cosh Tanh Atan Asinh Erf Erfc Dawsn", X)
at("Reciprocal Sqrt Rsqrt Log Log1p Lgamma Digamma Spence Expint", positive(2, 3))
at("ReciprocalGrad SqrtGrad RsqrtGrad TanhGrad SigmoidGrad", positive(2, 3), X)
at("Tan Asin Acos Atanh Erfinv", inside(2, 3))
at("Acosh", positive(2, 3) + 1.0)
at("Ndtri", fractions(2, 3))
at("Floor Ceil Rint Round", X + 3.0)
at("FloorMod", X + 20.0, positive(3), options=ONCE)
at("FloorDiv TruncateDiv NextAfter", X + 20.0, positive(3))
at("ClipByValue", X, np.array(-0.51), np.array(0.52))
at("Cast", X, DstT=tf.float64)
at("Complex", X, Y)
at("Real Imag Conj ComplexAbs Angle", complex_(2, 3))
at("SelectV2", np.array([[True], [False]]), X, ROW)
at("Select", np.array([[True, False, True], [False, False, True]]), X, Y)
at("Identity IdentityN Relu Relu6 LeakyRelu Elu Selu Sigmoid Softplus Silu Gelu L2Loss", X)
at("PreventGradient", X)
at("Softsign", X)
at("CheckNumerics CheckNumericsV2", X, message="not finite")
at("EnsureShape", X, shape=tf.TensorShape([2, None]))
at("ReluGrad Relu6Grad LeakyReluGrad SoftplusGrad SiluGrad GeluGrad", X, Y)
at("EluGrad", X, np.where(Y < 0.0, np.exp(Y) - 1.0, Y))
at("SeluGrad", X, np.where(Y < 0.0, 1.7580993 * (np.exp(Y) - 1.0), 1.0507 * Y))
at("Swish", X, np.array(0.7))
at("FresnelCos FresnelSin", positive(2, 3))
at("BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselK0 BesselK0e BesselK1 BesselK1e", positive(3))
at("BesselJ1 BesselY0 BesselY1", positive(3), options=ONCE)  # twice would take seconds to trace
at(
    "Polygamma", np.array([1.0, 2.0, 3.0]), positive(3), options={"constant": (0,)}
)  # no gradient by the order
at("Zeta", np.array([2.5, 3.5]), positive(2), options={"constant": (0,)})
# A series of 200 steps takes half a minute to trace: see test_series_can_be_traced.
UNTRACED = {"checks": ("rules", "first order", "second order", "forward mode", "vmap")}
at("Igamma Igammac", positive(2), positive(2) + 0.5, options=UNTRACED)
at("Betainc", positive(2), positive(2), fractions(2), options=UNTRACED | {"constant": (0, 1)})
at("RandomGamma", positive(2), shape=(3,), seed=1, seed2=2)  # gives other numbers each time
# The derivatives of samples are those of their distribution, not of the way in which they are drawn.
DRAWN = {"checks": ("rules", "second order", "forward mode", "vmap", "make_fx"), "order": 1}
at(
    "StatelessRandomGammaV3",
    positive(2),
    shape=(3, 2),
    key=integers(1),
    counter=integers(1, 2),
    options=DRAWN,
)
at(
    "StatelessParameterizedTruncatedNormal",
    real(2),
    positive(2),
    np.array([-2.0, -2.5]),
    np.array([2.0, 2.5]),
    shape=(3, 2),
    seed=tf.constant([1, 2]),
    options={"constant": (0, 1), "order": 1},  # TensorFlow holds the bounds at their distance from the mean
)

# -- shapes, selection, joining -------------------------------------------------------------------
at("Pad", X, paddings=((1, 0), (0, 2)))
at("PadV2", X, np.array(0.3), paddings=((1, 0), (0, 2)), options={"constant": (1,)})
at("MirrorPad", X, paddings=((1, 0), (2, 1)), mode="REFLECT")
at("MirrorPadGrad", real(3, 5), paddings=((1, 0), (1, 1)), mode="SYMMETRIC")
at("Slice", X, begin=(0, 1), size=(2, 2))
at("StridedSlice", CUBE, begin=(0, 0, 3), end=(2, 3, 0), strides=(1, 2, -1), begin_mask=1, shrink_axis_mask=0)
at("StridedSliceGrad", real(2, 2), shape=(2, 4), begin=(0, 1), end=(2, 4), strides=(1, 2))
at("Reshape", X, shape=(3, 2))
at("Transpose ConjugateTranspose", CUBE, perm=(2, 0, 1))
at("BroadcastTo", ROW, shape=(2, 3))
at("ExpandDims", X, dim=1)
at("Squeeze", real(2, 1, 3), squeeze_dims=(1,))
at("ReverseV2", CUBE, axis=(0, 2))
at("Roll", CUBE, shift=(1, -1), axis=(0, 2))
at("ReverseSequence", X, integers(1, 3), seq_dim=1)
at("ConcatV2", X, Y, axis=1)
at("Pack", X, Y, axis=1)
at("Unpack", X, num=3, axis=1)
at("SplitV", X, size_splits=(1, 2), split_dim=1)
at("Split", X, num_split=3, split_dim=1)
at("Tile", X, multiples=(2, 2))
at("Fill", np.array(0.7), dims=(2, 2))
at("SpaceToBatchND", real(1, 4, 4, 1), block_shape=(2, 2), paddings=((0, 0), (2, 0)))
at("BatchToSpaceND", real(4, 2, 2, 1), block_shape=(2, 2), crops=((0, 1), (1, 0)))
at("SpaceToDepth", real(1, 2, 4, 1), block_size=2)
at("DepthToSpace", real(1, 1, 2, 4), block_size=2)
at("GatherV2", CUBE, integers(1, 0, 1), axis=1)
at("GatherV2Grad", real(2, 3, 4), integers(1, 0, 1), shape=(2, 3, 4), axis=1, batch_dims=0)
at("GatherNd", CUBE, integers([0, 1], [1, 2], [0, 1]))
at("ScatterNd", integers([1], [1]), X, shape=(3, 3))
at("TensorScatterAdd TensorScatterSub ScatterNdNonAliasingAdd", X, integers([1], [1]), Y)
at("TensorScatterUpdate", X, integers([1], [0]), Y)
at("TensorScatterMax TensorScatterMin", X, integers([1], [0]), Y)
at("TakeAlongRows", X, integers([0, 2], [1, 1]).astype(np.int64))
at("PutAlongRows", real(2, 2), integers([0, 2], [1, 1]).astype(np.int64), size=3)
at("DynamicPartition", X, integers([0, 1, 0], [1, 0, 1]), num_partitions=2)
at("DynamicStitch", integers(0, 2), integers(3, 1), X, Y)

# -- reductions, orders, segments -----------------------------------------------------------------
at("Sum Mean Max Min", CUBE, axis=(0, 2))
at("Prod EuclideanNorm", positive(2, 3, 2), axis=(0, 2))
at("Cumsum", CUBE, axis=1, exclusive=True)
at("Cumprod", CUBE, axis=1, reverse=True)
at("CumulativeLogsumexp", X, axis=1)
at("TopKV2", CUBE, k=2)
at("ArgSort", CUBE, descending=True, within=first_result)
at("NthElement", CUBE, n=1)
ROWS = spread(6, 2)
at("SegmentSum SegmentProd", ROWS, integers(0, 0, 2, 2, 2, 3))
# In TensorFlow the tangents of these are NaN for empty segments.
at("SegmentMean SegmentMax SegmentMin", ROWS, integers(0, 0, 1, 1, 1, 2))
at("UnsortedSegmentSum UnsortedSegmentProd", ROWS, integers(2, 0, -1, 2, 4, 0), num_segments=5)
at("UnsortedSegmentMax UnsortedSegmentMin", ROWS, integers(1, 0, -1, 1, 0, 0), num_segments=2)
at("GatherSegments", real(3, 2), integers(2, 0, -1, 2, 1, 0))
at("SparseSegmentSum SparseSegmentMean SparseSegmentSqrtN", ROWS, integers(0, 3, 3, 1), integers(0, 0, 1, 3))
at(
    "SparseSegmentSumWithNumSegments SparseSegmentMeanWithNumSegments SparseSegmentSqrtNWithNumSegments",
    ROWS,
    integers(0, 3, 3, 1),
    integers(0, 0, 1, 3),
    num_segments=5,
)

# -- products and matrices ------------------------------------------------------------------------
at("MatMul", X, real(4, 3), transpose_b=True)
at("BatchMatMulV2", complex_(2, 1, 2, 3), complex_(2, 2), adj_x=True)
at("BatchMatMulV3", real(2, 2, 3), real(3, 2), Tout=torch.float64)
at("SparseMatMul", X, real(3, 2))
at("Cross", real(2, 3), real(2, 3))
at("Einsum", X, real(3, 4), equation="ij,jk->ki")
at("MatrixDiagPartV3", real(3, 4), k=(-1, 1), padding_value=0)
at("MatrixDiagV3", X, k=1)
at("MatrixSetDiagV3", real(3, 3), real(2, 3), k=(0, 1))
at("MatrixBandPart", real(3, 3), num_lower=1, num_upper=0)
at("Diag", X)
at("DiagPart", real(2, 2, 2, 2))
at("TridiagonalSolve", real(3, 3) + 3.0 * np.array([[0.0], [1.0], [0.0]]), real(3, 2))
at("TridiagonalMatMul", real(1, 3), real(1, 3), real(1, 3), real(3, 2))
at("BandedTriangularSolve", np.stack([positive(3), real(3)]), real(3, 2))
at("MatrixInverse MatrixDeterminant LogMatrixDeterminant", regular(3, 3))
at("MatrixExponential", 0.3 * real(2, 2))
at("MatrixSquareRoot", definite(2))
at("MatrixSolve", regular(3, 3), real(3, 2), adjoint=True)
at("MatrixTriangularSolve", regular(3, 3), real(3, 2))
at("MatrixSolveLs", real(3, 2), real(3, 2), np.array(0.1), options={"constant": (2,)})
at("Cholesky", definite(3), within=of_symmetric)
at("Qr", real(3, 2))
at("Svd", real(3, 2))
at("SelfAdjointEigV2", definite(3))
at("Eig", regular(2, 2), Tout=tf.complex128, within=sizes)
at("FFT IFFT FFT2D IFFT2D", complex_(2, 3))
at("FFT3D IFFT3D", complex_(2, 1, 3))
at("RFFT", X, fft_length=(4,))
at("IRFFT", complex_(2, 3), fft_length=(4,))
at("RFFT2D", real(2, 3), fft_length=(2, 3))
at("IRFFT2D", complex_(2, 3), fft_length=(2, 4))

# -- neural networks ------------------------------------------------------------------------------
at("Softmax LogSoftmax", X)
at("SoftmaxGrad", X, fractions(2, 3))
at("LogSoftmaxGrad", X, -positive(2, 3))
LABELS = np.array([[0.2, 0.3, 0.5], [0.1, 0.7, 0.2]])
at("SoftmaxCrossEntropyWithLogits", X, LABELS, options=ONCE, within=first_result)
at("SparseSoftmaxCrossEntropyWithLogits", X, integers(2, 0), within=first_result)
at("SigmoidCrossEntropyWithLogits", X, fractions(2, 3))
at("BiasAdd", X, ROW)
at("BiasAddGrad", real(2, 2, 3))
IMAGE, PLANE = real(1, 4, 3, 2), {"strides": (1, 1, 1, 1), "padding": "SAME"}
at("Conv2D", IMAGE, real(2, 2, 2, 2), **PLANE)
at("Conv2DBackpropInput", real(2, 2, 2, 2), real(1, 4, 3, 2), input_sizes=(1, 4, 3, 2), **PLANE)
at("Conv2DBackpropFilter", IMAGE, real(1, 4, 3, 2), filter_sizes=(2, 2, 2, 2), **PLANE)
at("DepthwiseConv2dNative", IMAGE, real(2, 2, 2, 1), **PLANE)
at("DepthwiseConv2dNativeBackpropInput", real(2, 2, 2, 1), IMAGE, input_sizes=(1, 4, 3, 2), **PLANE)
at("DepthwiseConv2dNativeBackpropFilter", IMAGE, IMAGE, filter_sizes=(2, 2, 2, 1), **PLANE)
SPACE = {"strides": (1, 1, 1, 1, 1), "padding": "SAME"}
VOLUME = real(1, 2, 3, 2, 1)
at("Conv3D", VOLUME, real(1, 2, 2, 1, 1), **SPACE)
at("Conv3DBackpropInputV2", real(1, 2, 2, 1, 1), VOLUME, input_sizes=(1, 2, 3, 2, 1), **SPACE)
at("Conv3DBackpropFilterV2", VOLUME, VOLUME, filter_sizes=(1, 2, 2, 1, 1), **SPACE)
POOL = {"ksize": (1, 2, 2, 1), "strides": (1, 1, 1, 1), "padding": "SAME"}
PEAKS = spread(1, 3, 4, 1)
at("AvgPool MaxPool", PEAKS, **POOL)
at("MaxPoolWithIndices", PEAKS, **POOL)
at("MaxPoolWithArgmax", PEAKS, **POOL, options=ONCE)
at("AvgPoolGrad", real(1, 3, 4, 1), orig_input_shape=(1, 3, 4, 1), **POOL)
POOL3D = {"ksize": (1, 2, 2, 1, 1), "strides": (1, 1, 1, 1, 1), "padding": "SAME"}
PEAKS3D = spread(1, 2, 3, 2, 1)
at("AvgPool3D MaxPool3D", PEAKS3D, **POOL3D)
at("AvgPool3DGrad", real(1, 2, 3, 2, 1), orig_input_shape=(1, 2, 3, 2, 1), **POOL3D)


def _pooled(x: np.ndarray, name: str, attrs: dict[str, Any]) -> np.ndarray:
    return tf.raw_ops.__getattr__(name)(input=tf.constant(x, tf.float32), **attrs).numpy().astype(np.float64)


ONLY_THE_GRADIENT = {"constant": (0, 1)}
for suffix, (image, pool) in {"": (PEAKS, POOL), "3D": (PEAKS3D, POOL3D)}.items():
    image = np.round(8.0 * image) / 8.0  # exact in float32
    pooled = _pooled(image, f"MaxPool{suffix}", pool)
    at(f"MaxPool{suffix}Grad", image, pooled, real(*pooled.shape), **pool, options=ONLY_THE_GRADIENT)
    at(f"MaxPool{suffix}GradGrad", image, pooled, real(*image.shape), **pool, options=ONLY_THE_GRADIENT)
PATCH = {"ksizes": (1, 2, 2, 1), "strides": (1, 1, 2, 1), "padding": "SAME"}
at("ExtractImagePatches", IMAGE, **PATCH)
at("ExtractImagePatchesGrad", real(1, 4, 2, 8), shape=(1, 4, 3, 2), rates=(1, 1, 1, 1), **PATCH)
PATCH3D = {"ksizes": (1, 1, 2, 2, 1), "strides": (1, 1, 1, 1, 1), "padding": "VALID"}
at("ExtractVolumePatches", VOLUME, **PATCH3D)
at("ExtractVolumePatchesGrad", real(1, 2, 2, 1, 4), shape=(1, 2, 3, 2, 1), **PATCH3D)
at("Dilation2D", spread(1, 3, 3, 1), 0.01 * real(2, 2, 1), rates=(1, 1, 1, 1), **PLANE, options=ONCE)
at("LRN", IMAGE, depth_radius=1, bias=2.0, alpha=0.5, beta=0.75, options=ONCE)
NORM = {"epsilon": 1e-3, "data_format": "NHWC"}
at("BatchNormGradients", IMAGE, real(1, 4, 3, 2), positive(2), **NORM)
at("BatchNormGradientsOfMoments", IMAGE, real(1, 4, 3, 2), positive(2), real(2), positive(2), **NORM)
NO_MOMENTS = {"constant": (3, 4)}
at(
    "FusedBatchNormV3",
    IMAGE,
    positive(2),
    real(2),
    np.zeros(0),
    np.zeros(0),
    **NORM,
    options=NO_MOMENTS,
    within=first_result,
)
at(
    "FusedBatchNormGradV3",
    real(1, 4, 3, 2),
    IMAGE,
    positive(2),
    IMAGE.mean((0, 1, 2)),
    IMAGE.var((0, 1, 2)),
    np.zeros(0),
    **NORM,
    options={"constant": (3, 4, 5)},
)
at("CTCLossDense", real(4, 2, 3), integers([1, 2], [2, 0]), integers(2, 1), integers(4, 3))
at(
    "CTCLoss",
    real(4, 2, 3),
    integers([0, 0], [0, 1], [1, 0]).astype(np.int64),
    integers(0, 1, 1),
    integers(4, 3),
    within=first_result,
)

at(
    "IsotonicRegression",
    np.array([[3.0, 1.0, 2.2, -1.0, 0.5], [0.1, 0.3, 0.7, -2.0, -3.0]]),
    output_dtype=torch.float64,
    within=first_result,
)
LSTM = (real(2, 2, 1), real(2, 2), real(2, 2), real(3, 8), real(2), real(2), real(2), real(8))
at("BlockLSTM", *LSTM, seq_len_max=2, use_peephole=True, cell_clip=0.0, within=cells)
at("BlockLSTMV2", *LSTM, seq_len_max=2, use_peephole=True, within=cells)
FRACTIONS = {"pooling_ratio": (1.0, 1.5, 1.4, 1.0), "deterministic": True, "seed": 1, "seed2": 2}
at("FractionalMaxPool FractionalAvgPool", real(1, 5, 4, 2), **FRACTIONS, within=first_result)

# -- images ---------------------------------------------------------------------------------------
COLOURS = np.array([[[0.1, 0.5, 0.9], [0.7, 0.2, 0.4]]])
at("RGBToHSV", COLOURS)
at("RGBToHSVGrad", COLOURS, real(1, 2, 3))
at("ResizeBilinear ResizeBicubic ResizeNearestNeighbor", real(1, 2, 3, 1), size=(3, 4), options=ONCE)
at(
    "ScaleAndTranslate",
    real(1, 3, 3, 1),
    size=(2, 4),
    scale=(0.7, 1.3),
    translation=(0.1, -0.2),
    options=ONCE,
)
at(
    "CropAndResize",
    real(2, 4, 4, 1),
    np.array([[0.13, 0.17, 0.83, 0.91], [0.21, 0.11, 0.77, 0.69]]),
    integers(0, 1),
    crop_size=(2, 3),
    options=ONCE,
)

# -- quantization: the gradient goes straight through steps ---------------------------------------
CODES = real(3, 4).astype(np.float32)
at("FakeQuantWithMinMaxArgs", CODES)
at("FakeQuantWithMinMaxVars", CODES, np.float32(-0.7), np.float32(0.9))
at("FakeQuantWithMinMaxVarsPerChannel", CODES, np.full(4, -0.7, np.float32), np.full(4, 0.9, np.float32))
at(
    "QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeAndDequantizeV4",
    X,
    np.array(-0.7),
    np.array(0.9),
    range_given=True,
)
at("QuantizeAndDequantizeV4Grad", X, X, np.array(-0.7), np.array(0.9), options={"constant": (1, 2, 3)})
at(
    "ImageProjectiveTransformV2 ImageProjectiveTransformV3",
    real(1, 3, 4, 1),
    np.array([[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]], np.float32),  # shifted by a pixel: its rule is exact
    options={"constant": (1,)},
    output_shape=(3, 4),
)
# -- sparse tensors: coordinates, values and shapes -----------------------------------------------
PLACES = np.array([[0, 1], [1, 0], [1, 2]], np.int64)
OTHERS = np.array([[0, 0], [0, 1], [1, 2]], np.int64)
SIZE = np.array([2, 3], np.int64)
THREE, PAIR = np.array([0.7, -1.2, 2.1]), np.array([1.1, -0.4, 0.9])


def values(op: Any) -> Any:
    """The result that is no coordinates."""
    return lambda *tensors: op(*tensors)[1]


def total(op: Any) -> Any:
    """The values of a sum, of which nothing is left out."""
    return lambda *tensors: op(*tensors, tf.zeros([], tf.float64))[1]


at("SparseToDense", PLACES, SIZE, THREE, np.array(0.3))
at("SparseReorder", PLACES[::-1].copy(), THREE, SIZE, within=values)
at("SparseSlice", PLACES, THREE, SIZE, np.array([0, 1]), np.array([2, 2]), within=values)
at("SparseFillEmptyRows", 2 * PLACES, THREE, 3 * SIZE, np.array(0.3), within=values)
at("RaggedFillEmptyRows", np.array([0, 1, 1]), THREE, np.array(4), np.array(0.3), within=values)
at("SparseAdd", PLACES, THREE, SIZE, OTHERS, PAIR, SIZE, within=total, options=ONCE)
at("SparseSparseMaximum SparseSparseMinimum", PLACES, THREE, SIZE, OTHERS, PAIR, SIZE, within=values)
at("SparseDenseCwiseAdd SparseDenseCwiseMul SparseDenseCwiseDiv", PLACES, THREE, SIZE, positive(1, 3))
at("SparseTensorDenseAdd", PLACES, THREE, SIZE, X)
at("SparseTensorDenseMatMul", PLACES, complex_(3), SIZE, complex_(4, 2), adjoint_a=True, adjoint_b=True)
at("SparseReduceSum", PLACES, THREE, SIZE, integers(0), keep_dims=True)
at("SparseSoftmax", PLACES, THREE, SIZE)

# -- older spellings ------------------------------------------------------------------------------

at("Gather", CUBE, integers(1, 0, 1))
at("Concat", X, Y, concat_dim=1)
at("Reverse", CUBE, dims=(True, False, True))
at("MatrixDiag", X)
at("MatrixDiagV2", X, k=1, padding_value=0)
at("MatrixDiagPart", real(3, 4))
at("MatrixDiagPartV2", real(3, 4), k=(-1, 1), padding_value=0)
at("MatrixSetDiag", real(3, 3), real(3))
at("MatrixSetDiagV2", real(3, 3), real(2, 3), k=(0, 1))
at("BatchMatMul", complex_(2, 2, 3), complex_(2, 2, 2), adj_x=True)
at("BiasAddV1", X, ROW)
at("Inv", positive(2, 3))
at("InvGrad", positive(2, 3), X)
at("Div", X, positive(3))
at("SpaceToBatch", real(1, 4, 4, 1), block_size=2, paddings=((0, 0), (2, 0)))
at("BatchToSpace", real(4, 2, 2, 1), block_size=2, crops=((0, 1), (0, 0)))
at("MaxPoolV2", PEAKS, **POOL)
at("MaxPoolGradV2", *POINTS["MaxPoolGrad"].inputs, **POOL, options=ONLY_THE_GRADIENT | ONCE)
at("PlaceholderWithDefault Print", X)
at("ParallelDynamicStitch", integers(0, 2), integers(3, 1), X, Y)
at("ApproxTopK", CUBE.astype(np.float32), k=2, reduction_dimension=1)
POINTS["FusedBatchNorm"] = POINTS["FusedBatchNormV2"] = POINTS["FusedBatchNormV3"]
at(
    "FusedBatchNormGrad FusedBatchNormGradV2",
    *POINTS["FusedBatchNormGradV3"].inputs[:5],
    **NORM,
    options={"constant": (3, 4)},
)
at("TensorStridedSliceUpdate", CUBE, real(1, 2, 2), begin=(0, 1, 3), end=(2, 3, 0), strides=(1, 1, -2))
at("StatelessRandomGammaV2", integers(1, 2), positive(2), shape=(3, 2), options=DRAWN)

# -- variables, read through their handles --------------------------------------------------------

at("ReadVariableOp", X, dtype=torch.float64)
at("ResourceGather", real(3, 2), integers(2, 0, 2), dtype=torch.float64)
at("ResourceGatherNd", real(3, 2), integers([2, 0], [0, 1]), dtype=torch.float64)
