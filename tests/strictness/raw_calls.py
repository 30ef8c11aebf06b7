"""A call of every op of `tf.raw_ops` that both libraries answer: op -> its arguments by TensorFlow's names."""

from typing import Any

import numpy as np

R = np.random.RandomState(3)


def f(*shape: int) -> Any:
    return R.uniform(0.2, 0.9, shape).astype("float32")


def i(*values: int) -> Any:
    return np.array(values, "int32")


def c(*shape: int) -> Any:
    return (f(*shape) + 1j * f(*shape)).astype("complex64")


X = f(2, 3)
M = np.array([[2.0, 0.3], [0.3, 1.0]], "float32")
IMAGE = f(1, 4, 4, 2)
VOLUME = f(1, 3, 4, 4, 2)
POOLED = IMAGE.reshape(1, 2, 2, 2, 2, 2).max((2, 4))
BLOCKS = np.lib.stride_tricks.sliding_window_view(VOLUME, (2, 2, 2), (1, 2, 3)).max((-3, -2, -1))
MOMENTS = IMAGE.mean((0, 1, 2)), IMAGE.var((0, 1, 2))
NORMALIZED = IMAGE / np.sqrt(1 + (IMAGE**2).sum(-1, keepdims=True))
SEED = i(1, 2)
KEY, COUNTER, ALG = np.array([7], "uint64"), np.array([1, 2], "uint64"), np.int32(1)
POOL = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
POOL3 = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 1, 1, 1, 1], "padding": "VALID"}
FLAT = {"strides": [1, 1, 1, 1], "padding": "SAME"}
DEEP = {"strides": [1, 1, 1, 1, 1], "padding": "SAME"}
SEGMENTS = i(0, 0, 1)
ROWS = f(3, 2)

CALLS: dict[str, dict[str, Any]] = {}


def at(names: str, **arguments: Any) -> None:
    for name in names.split():
        CALLS[name] = arguments


at(
    "Abs Acos Asin Asinh Atan Atanh BesselI0 BesselI0e BesselI1 BesselI1e BesselJ0 BesselJ1 BesselK0 BesselK0e "
    "BesselK1 BesselK1e BesselY0 BesselY1 Ceil Cos Cosh Dawsn Digamma Erf Erfc Erfinv Exp Expint Expm1 Floor "
    "FresnelCos FresnelSin IsFinite IsInf IsNan Lgamma Log Log1p Ndtri Neg OnesLike Reciprocal Rint Round Rsqrt "
    "Sigmoid Sign Sin Sinh Spence Sqrt Square Tan Tanh ZerosLike",
    x=X,
)
at("Acosh", x=X + 1)
at("Invert PopulationCount", x=i(1, 6))
at("InvertPermutation", x=i(2, 0, 1))
at("LogicalNot", x=np.array([True, False]))
at("Cast", x=X, DstT="tf.float64")
at("Unique UniqueWithCounts", x=i(1, 3, 1))
at("ComplexAbs", x=c(2))
at("CheckNumerics CheckNumericsV2", tensor=X, message="m")
at(
    "Add AddV2 ApproximateEqual DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual Maximum "
    "Minimum Mul MulNoNan NotEqual Pow RealDiv SquaredDifference Sub TruncateMod Xdivy Xlog1py Xlogy",
    x=X,
    y=f(2, 3),
)
at("Atan2", y=X, x=f(2, 3))
at("NextAfter", x1=X, x2=f(2, 3))
at("TruncateDiv BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift", x=i(5, 6), y=i(2, 3))
at("LogicalAnd LogicalOr", x=np.array([True, False]), y=np.array([True, True]))
at("Igamma IgammaGradA Igammac", a=X, x=f(2, 3))
at("Polygamma", a=np.array([1.0, 2.0, 1.0], "float32"), x=X)
at("Zeta", x=X + 2, q=f(2, 3))
at("Betainc", a=X, b=f(2, 3), x=f(2, 3))
at("Cross", a=X, b=f(2, 3))
at("AddN", inputs=[X, f(2, 3)])
at("IdentityN", input=[X, f(2)])
at("ShapeN", input=[X, f(2)])
at("AdjustContrastv2", images=f(2, 2, 3), contrast_factor=np.float32(1.5))
at("AdjustHue", images=f(2, 2, 3), delta=np.float32(0.1))
at("AdjustSaturation", images=f(2, 2, 3), scale=np.float32(0.5))
at("HSVToRGB RGBToHSV", images=f(2, 3))
at("All Any", input=np.array([[True, False]]), axis=i(0))
at("Max Mean Min Prod Sum EuclideanNorm", input=X, axis=i(0))
at("ArgMax ArgMin", input=X, dimension=np.int32(1))
at("Angle Imag Real", input=c(2))
at("Conj", input=c(2))
at("Complex", real=X, imag=f(2, 3))
at("AsString", input=X)
at("AvgPool", value=IMAGE, **POOL)
at("AvgPool3D MaxPool3D", input=VOLUME, **POOL3)
at("AvgPool3DGrad", orig_input_shape=i(1, 3, 4, 4, 2), grad=f(1, 2, 3, 3, 2), **POOL3)
at("AvgPoolGrad", orig_input_shape=i(1, 4, 4, 2), grad=f(1, 2, 2, 2), **POOL)
at("MaxPool MaxPoolWithArgmax", input=IMAGE, **POOL)
at("MaxPoolGrad", orig_input=IMAGE, orig_output=POOLED, grad=f(1, 2, 2, 2), **POOL)
at("MaxPoolGradGrad", orig_input=IMAGE, orig_output=POOLED, grad=f(1, 4, 4, 2), **POOL)
at("MaxPool3DGrad", orig_input=VOLUME, orig_output=BLOCKS, grad=f(1, 2, 3, 3, 2), **POOL3)
at("MaxPool3DGradGrad", orig_input=VOLUME, orig_output=BLOCKS, grad=VOLUME, **POOL3)
at(
    "MaxPoolGradWithArgmax",
    input=IMAGE,
    grad=f(1, 2, 2, 2),
    argmax=np.arange(8, dtype="int64").reshape(1, 2, 2, 2),
    **POOL,
)
at("BandedTriangularSolve", matrix=f(2, 3), rhs=f(3, 1))
at("BatchMatMulV2", x=X, y=f(3, 2))
at("BatchMatMulV3", x=X, y=f(3, 2), Tout="tf.float32")
at("MatMul SparseMatMul", a=X, b=f(3, 2))
at("BatchToSpaceND", input=f(4, 1, 1, 1), block_shape=i(2, 2), crops=np.zeros((2, 2), "int32"))
at("SpaceToBatchND", input=f(1, 2, 2, 1), block_shape=i(2, 2), paddings=np.zeros((2, 2), "int32"))
at("BiasAdd", value=X, bias=f(3))
at("BiasAddGrad", out_backprop=X)
at("Bitcast", input=X, type="tf.int32")
at("BroadcastArgs BroadcastGradientArgs", s0=i(2, 1), s1=i(3))
at("BroadcastTo", input=f(3), shape=i(2, 3))
at(
    "CTCLoss",
    inputs=f(3, 1, 3),
    labels_indices=np.array([[0, 0]], "int64"),
    labels_values=i(1),
    sequence_length=i(3),
)
at(
    "Cholesky MatrixDeterminant MatrixExponential LogMatrixDeterminant Lu SelfAdjointEigV2 Qr Svd MatrixInverse",
    input=M,
)
at("MatrixLogarithm", input=c(2, 2) + np.eye(2, dtype="complex64"))
at("MatrixSquareRoot", input=M)
at("Eig", input=M, Tout="tf.complex64")
at("ClipByValue", t=X, clip_value_min=np.float32(0.3), clip_value_max=np.float32(0.6))
at("ConcatOffset", concat_dim=np.int32(0), shape=[i(2, 3), i(1, 3)])
at("ConcatV2", values=[X, f(2, 3)], axis=np.int32(0))
at("ConjugateTranspose Transpose", x=X, perm=i(1, 0))
at("Conv2D", input=IMAGE, filter=f(2, 2, 2, 3), **FLAT)
at("Conv2DBackpropFilter", input=IMAGE, filter_sizes=i(2, 2, 2, 3), out_backprop=f(1, 4, 4, 3), **FLAT)
at("Conv2DBackpropInput", input_sizes=i(1, 4, 4, 2), filter=f(2, 2, 2, 3), out_backprop=f(1, 4, 4, 3), **FLAT)
at("Conv3D", input=VOLUME, filter=f(2, 2, 2, 2, 1), **DEEP)
at(
    "Conv3DBackpropFilterV2",
    input=VOLUME,
    filter_sizes=i(2, 2, 2, 2, 1),
    out_backprop=f(1, 3, 4, 4, 1),
    **DEEP,
)
at(
    "Conv3DBackpropInputV2",
    input_sizes=i(1, 3, 4, 4, 2),
    filter=f(2, 2, 2, 2, 1),
    out_backprop=f(1, 3, 4, 4, 1),
    **DEEP,
)
at("DepthwiseConv2dNative", input=IMAGE, filter=f(2, 2, 2, 1), **FLAT)
at(
    "DepthwiseConv2dNativeBackpropFilter",
    input=IMAGE,
    filter_sizes=i(2, 2, 2, 1),
    out_backprop=f(1, 4, 4, 2),
    **FLAT,
)
at(
    "DepthwiseConv2dNativeBackpropInput",
    input_sizes=i(1, 4, 4, 2),
    filter=f(2, 2, 2, 1),
    out_backprop=f(1, 4, 4, 2),
    **FLAT,
)
at("Dilation2D", input=IMAGE, filter=f(2, 2, 2), rates=[1, 1, 1, 1], **FLAT)
at(
    "Dilation2DBackpropFilter Dilation2DBackpropInput",
    input=IMAGE,
    filter=f(2, 2, 2),
    out_backprop=f(1, 4, 4, 2),
    rates=[1, 1, 1, 1],
    **FLAT,
)
at(
    "CropAndResize",
    image=IMAGE,
    boxes=np.array([[0.1, 0.1, 0.8, 0.7]], "float32"),
    box_ind=i(0),
    crop_size=i(2, 2),
)
at(
    "CropAndResizeGradBoxes",
    grads=f(1, 2, 2, 2),
    image=IMAGE,
    boxes=np.array([[0.1, 0.1, 0.8, 0.7]], "float32"),
    box_ind=i(0),
)
at(
    "CropAndResizeGradImage",
    grads=f(1, 2, 2, 2),
    boxes=np.array([[0.1, 0.1, 0.8, 0.7]], "float32"),
    box_ind=i(0),
    image_size=i(1, 4, 4, 2),
    T="tf.float32",
)
at("Cumprod Cumsum CumulativeLogsumexp", x=X, axis=np.int32(1))
at("DenseBincount", input=i(1, 0, 1), size=np.int32(3), weights=f(3))
at("DepthToSpace", input=f(1, 2, 2, 4), block_size=2)
at("SpaceToDepth", input=f(1, 2, 2, 1), block_size=2)
at("Diag", diagonal=f(2))
at("DiagPart", input=M)
at("DynamicPartition", data=ROWS, partitions=i(0, 1, 0), num_partitions=2)
at("DynamicStitch", indices=[i(0), i(1, 2)], data=[f(1, 2), f(2, 2)])
at("Einsum", inputs=[X, f(3, 2)], equation="ij,jk->ik")
at("Elu LeakyRelu Relu Relu6 Selu Softplus Softsign", features=X)
at("EluGrad SeluGrad", gradients=X, outputs=f(2, 3))
at("LeakyReluGrad Relu6Grad ReluGrad SoftplusGrad SoftsignGrad", gradients=X, features=f(2, 3))
at("ReciprocalGrad RsqrtGrad SigmoidGrad SqrtGrad TanhGrad", y=X, dy=f(2, 3))
at("EnsureShape", input=X, shape=[2, 3])
at("ExpandDims", input=X, axis=np.int32(1))
at(
    "ExtractImagePatches",
    images=IMAGE,
    ksizes=[1, 2, 2, 1],
    strides=[1, 1, 1, 1],
    rates=[1, 1, 1, 1],
    padding="VALID",
)
at("ExtractVolumePatches", input=VOLUME, ksizes=[1, 2, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding="VALID")
at("FFT IFFT", input=c(4))
at("FFT2D IFFT2D", input=c(2, 4))
at("FFT3D IFFT3D", input=c(2, 2, 2))
at("IRFFT", input=c(3), fft_length=i(4))
at("IRFFT2D", input=c(2, 3), fft_length=i(2, 4))
at("IRFFT3D", input=c(2, 2, 3), fft_length=i(2, 2, 4))
at("RFFT", input=f(4), fft_length=i(4))
at("RFFT2D", input=f(2, 4), fft_length=i(2, 4))
at("RFFT3D", input=f(2, 2, 4), fft_length=i(2, 2, 4))
at("Fill", dims=i(2, 3), value=np.float32(1.5))
at("FusedBatchNormV3", x=IMAGE, scale=f(2), offset=f(2), mean=f(0), variance=f(0))
at(
    "FusedBatchNormGradV3",
    y_backprop=f(1, 4, 4, 2),
    x=IMAGE,
    scale=f(2),
    reserve_space_1=MOMENTS[0],
    reserve_space_2=MOMENTS[1],
    reserve_space_3=f(2),
)
at("GatherNd", params=X, indices=np.array([[1], [0]], "int32"))
at("GatherV2", params=X, indices=i(1, 0), axis=np.int32(0))
at("GuaranteeConst Identity StopGradient PreventGradient Rank Shape Size", input=X)
at("HistogramFixedWidth", values=X, value_range=np.array([0.0, 1.0], "float32"), nbins=np.int32(4))
at("InTopKV2", predictions=X, targets=i(0, 1), k=np.int32(1))
at("L2Loss", t=X)
at("LRN", input=IMAGE)
at("LRNGrad", input_grads=f(1, 4, 4, 2), input_image=IMAGE, output_image=NORMALIZED)
at("LinSpace", start=np.float32(0), stop=np.float32(1), num=np.int32(3))
at("LogSoftmax Softmax", logits=X)
at(
    "LowerBound UpperBound",
    sorted_inputs=np.array([[1.0, 2.0, 3.0]], "float32"),
    values=np.array([[1.5, 3.0]], "float32"),
)
at("MatrixBandPart", input=M, num_lower=np.int64(0), num_upper=np.int64(1))
at("MatrixDiagPartV3", input=X, k=np.int32(0), padding_value=np.float32(0))
at(
    "MatrixDiagV3",
    diagonal=f(2),
    k=np.int32(0),
    num_rows=np.int32(-1),
    num_cols=np.int32(-1),
    padding_value=np.float32(0),
)
at("MatrixSetDiagV3", input=X, diagonal=f(2), k=np.int32(0))
at("MatrixSolve MatrixTriangularSolve", matrix=M, rhs=f(2, 1))
at("MatrixSolveLs", matrix=f(3, 2), rhs=f(3, 1), l2_regularizer=np.float64(0.1))
at("MirrorPad", input=X, paddings=np.array([[1, 0], [0, 1]], "int32"), mode="REFLECT")
at("MirrorPadGrad", input=f(3, 4), paddings=np.array([[1, 0], [0, 1]], "int32"), mode="REFLECT")
at("Multinomial", logits=X, num_samples=np.int32(2), seed=1, seed2=2)
at("NthElement", input=X, n=np.int32(1))
at("OneHot", indices=i(0, 2), depth=np.int32(3), on_value=np.float32(1), off_value=np.float32(0))
at("Pack", values=[X, f(2, 3)])
at("Pad", input=X, paddings=np.array([[1, 0], [0, 1]], "int32"))
at("PadV2", input=X, paddings=np.array([[1, 0], [0, 1]], "int32"), constant_values=np.float32(2))
at("RandomGamma", shape=i(2), alpha=f(2), seed=1, seed2=2)
at("RandomGammaGrad", alpha=f(2), sample=f(2))
at("RandomPoissonV2", shape=i(2), rate=f(2), seed=1, seed2=2)
at("RandomShuffle", value=X, seed=1, seed2=2)
at("RandomStandardNormal RandomUniform TruncatedNormal", shape=i(2), dtype="tf.float32", seed=1, seed2=2)
at("RandomUniformInt", shape=i(2), minval=np.int32(0), maxval=np.int32(9), seed=1, seed2=2)
at("Range", start=np.int32(0), limit=np.int32(5), delta=np.int32(2))
at("Reshape", tensor=X, shape=i(3, 2))
at("ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor", images=IMAGE, size=i(2, 2))
at("ResizeBicubicGrad ResizeBilinearGrad", grads=f(1, 2, 2, 2), original_image=IMAGE)
at("ResizeNearestNeighborGrad", grads=f(1, 2, 2, 2), size=i(4, 4))
at("ReverseSequence", input=X, seq_lengths=i(1, 2), seq_dim=1)
at("ReverseV2", tensor=X, axis=i(1))
at("Roll", input=X, shift=np.int32(1), axis=np.int32(0))
at("ScaleAndTranslate", images=IMAGE, size=i(2, 2), scale=f(2), translation=f(2))
at("ScaleAndTranslateGrad", grads=f(1, 2, 2, 2), original_image=IMAGE, scale=f(2), translation=f(2))
at("ScatterNd", indices=np.array([[1], [0]], "int32"), updates=f(2, 3), shape=i(2, 3))
at("ScatterNdNonAliasingAdd", input=X, indices=np.array([[1]], "int32"), updates=f(1, 3))
at(
    "TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate",
    tensor=X,
    indices=np.array([[1]], "int32"),
    updates=f(1, 3),
)
at("SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum", data=ROWS, segment_ids=SEGMENTS)
at(
    "UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum",
    data=ROWS,
    segment_ids=SEGMENTS,
    num_segments=np.int32(2),
)
at("SparseSegmentMean SparseSegmentSqrtN SparseSegmentSum", data=ROWS, indices=i(0, 2), segment_ids=i(0, 1))
at(
    "SparseSegmentMeanWithNumSegments SparseSegmentSqrtNWithNumSegments SparseSegmentSumWithNumSegments",
    data=ROWS,
    indices=i(0, 2),
    segment_ids=i(0, 1),
    num_segments=np.int32(3),
)
at("Select", condition=np.array([[True, False, True]] * 2), x=X, y=f(2, 3))
at("SelectV2", condition=np.array([True, False, True]), t=X, e=f(2, 3))
at("Slice", input=X, begin=i(0, 1), size=i(2, 2))
at("SoftmaxCrossEntropyWithLogits", features=X, labels=f(2, 3))
at("SparseSoftmaxCrossEntropyWithLogits", features=X, labels=i(0, 2))
at("Split", axis=np.int32(0), value=X, num_split=2)
at("SplitV", value=X, size_splits=i(1, 1), axis=np.int32(0), num_split=2)
at("Squeeze", input=f(1, 3), axis=[0])
at("StatelessMultinomial", logits=X, num_samples=np.int32(2), seed=SEED)
at(
    "StatelessParameterizedTruncatedNormal",
    shape=i(2),
    seed=SEED,
    means=np.float32(0),
    stddevs=np.float32(1),
    minvals=np.float32(-1),
    maxvals=np.float32(1),
)
at("StatelessRandomBinomial", shape=i(2), seed=SEED, counts=np.float32(5), probs=np.float32(0.5))
at("StatelessRandomGammaV3", shape=i(2), key=KEY, counter=COUNTER, alg=ALG, alpha=f(2))
at(
    "StatelessRandomNormal StatelessRandomUniform StatelessTruncatedNormal StatelessRandomUniformFullInt",
    shape=i(2),
    seed=SEED,
)
at(
    "StatelessRandomNormalV2 StatelessRandomUniformV2 StatelessTruncatedNormalV2 StatelessRandomUniformFullIntV2",
    shape=i(2),
    key=KEY,
    counter=COUNTER,
    alg=ALG,
)
at("StatelessRandomPoisson", shape=i(2), seed=SEED, lam=f(2), dtype="tf.float32")
at("StatelessRandomUniformInt", shape=i(2), seed=SEED, minval=np.int32(0), maxval=np.int32(9))
at(
    "StatelessRandomUniformIntV2",
    shape=i(2),
    key=KEY,
    counter=COUNTER,
    alg=ALG,
    minval=np.int32(0),
    maxval=np.int32(9),
)
at("StridedSlice", input=X, begin=i(0, 0), end=i(2, 2), strides=i(1, 1))
at("StridedSliceGrad", shape=i(2, 3), begin=i(0, 0), end=i(2, 2), strides=i(1, 1), dy=f(2, 2))
at("Tile", input=X, multiples=i(1, 2))
at("TopKV2", input=X, k=np.int32(2))
at("TridiagonalMatMul", superdiag=f(1, 3), maindiag=f(1, 3), subdiag=f(1, 3), rhs=f(3, 2))
at("TridiagonalSolve", diagonals=f(3, 3), rhs=f(3, 1))
at("UnravelIndex", indices=i(1, 4), dims=i(2, 3))
at("Unpack", value=X, num=2)
at("Where", condition=np.array([[True, False]]))


def value_of(tf: Any, value: Any) -> Any:
    """An argument as the library takes it: arrays as tensors, `tf.name` as what has that name."""
    if isinstance(value, str) and value.startswith("tf."):
        return getattr(tf, value[3:])
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return [tf.constant(one) for one in value]
    return tf.constant(value) if isinstance(value, (np.ndarray, np.generic)) else value


def call(tf: Any, name: str, **changed: Any) -> Any:
    """The op `name` at its arguments, some of them changed."""
    arguments = {key: value_of(tf, value) for key, value in CALLS[name].items()}
    return getattr(tf.raw_ops, name)(**{**arguments, **changed})
