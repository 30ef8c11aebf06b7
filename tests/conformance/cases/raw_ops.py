"""tf.raw_ops: arguments by TensorFlow's names, results in TensorFlow's form; and gradients registered for ops."""

from conformance_kit import DOUBLE, A, B, I, V, case, error, raises, script

X, Y = A("normal", (2, 3)), A("positive", (2, 3))


def raw(name, *inputs, order=2, label="", dtypes=DOUBLE, **attrs):
    """A case for `tf.raw_ops.name`; `inputs` are pairs of an argument's name and its value."""
    keys = [key for key, _ in inputs]

    def call(tf, *tensors):
        given = {
            key: getattr(tf, value[3:]) if str(value).startswith("tf.") else value
            for key, value in attrs.items()
        }
        return getattr(tf.raw_ops, name)(**dict(zip(keys, tensors, strict=True)), **given)

    case(f"{name}{label}", call, inputs=[value for _, value in inputs], dtypes=dtypes, order=order)


for unary in (
    "Abs",
    "Exp",
    "Log",
    "Neg",
    "Rsqrt",
    "Sigmoid",
    "Sqrt",
    "Square",
    "Tanh",
    "Reciprocal",
    "Lgamma",
    "Erf",
):
    raw(unary, ("x", Y))
for features in ("Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign"):
    raw(features, ("features", X))
for binary in (
    "AddV2",
    "Sub",
    "Mul",
    "RealDiv",
    "Maximum",
    "Minimum",
    "SquaredDifference",
    "DivNoNan",
    "Xlogy",
):
    raw(binary, ("x", X), ("y", A("positive", (3,))))
raw("Pow", ("x", Y), ("y", X))
raw("Atan2", ("y", X), ("x", Y))
raw("TanhGrad", ("y", X), ("dy", Y))
raw("SigmoidGrad", ("y", X), ("dy", Y))
raw("ReluGrad", ("gradients", Y), ("features", X))
raw("BiasAdd", ("value", X), ("bias", A("normal", (3,))))
raw("LeakyRelu", ("features", X), alpha=0.3)

for reduction in ("Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm"):
    raw(reduction, ("input", Y), axis=-1)
    raw(reduction, ("input", Y), axis=[0, 1], keep_dims=True, label=" of both axes")
raw("Sum", ("input", X), ("axis", I((1,), 2)), label=" axis as a tensor")
raw("ArgMax", ("input", X), dimension=-1, order=0)
raw("ArgMin", ("input", X), dimension=0, output_type="tf.int32", order=0)
raw("Cumsum", ("x", X), axis=-1, exclusive=True, reverse=True)
raw("Cumprod", ("x", Y), axis=1)

raw("Reshape", ("tensor", X), shape=[3, -1])
raw("Transpose", ("x", X), perm=[1, 0])
raw("ExpandDims", ("input", X), axis=-1)
raw("Squeeze", ("input", A("normal", (1, 2, 1))), axis=[-1])
raw("Squeeze", ("input", A("normal", (1, 2, 1))), label=" all")
raw("Tile", ("input", X), multiples=[2, 1])
raw("Slice", ("input", X), begin=[0, 1], size=[-1, 2])
raw("StridedSlice", ("input", X), begin=[0, 0], end=[2, 3], strides=[1, 2], begin_mask=1)
raw("Pad", ("input", X), paddings=[[1, 0], [0, 2]])
raw("ReverseV2", ("tensor", X), axis=[-1])
raw("BroadcastTo", ("input", A("normal", (3,))), shape=[2, 3])
raw("GatherV2", ("params", X), ("indices", I((4,), 3)), axis=-1)
raw("GatherNd", ("params", X), ("indices", I((2, 1), 2)))
raw("ScatterNd", ("indices", V([[0], [2]], "int32")), ("updates", X), shape=[4, 3])
raw("OneHot", ("indices", I((4,), 3)), depth=3, on_value=2.0, off_value=0.5, order=0)
raw("Fill", ("value", A("normal", ())), dims=[2, 2])
raw("MatrixDiagPartV3", ("input", A("normal", (3, 3))), k=0, padding_value=0.0)
raw("MatrixBandPart", ("input", A("normal", (3, 3))), num_lower=1, num_upper=0)

raw("MatMul", ("a", X), ("b", A("normal", (4, 3))), transpose_b=True)
raw("BatchMatMulV2", ("x", A("normal", (2, 2, 3))), ("y", A("normal", (2, 2, 3))), adj_x=True)
raw("MatrixInverse", ("input", A("regular", (3, 3))), adjoint=True)
raw("Cholesky", ("input", A("spd", (3, 3))))
raw("L2Loss", ("t", X))
raw("Softmax", ("logits", X))
raw("LogSoftmax", ("logits", X))
raw("SoftmaxCrossEntropyWithLogits", ("features", X), ("labels", A("prob", (2, 3))), order=1)
raw(
    "Conv2D",
    ("input", A("normal", (1, 4, 4, 2))),
    ("filter", A("normal", (2, 2, 2, 3))),
    strides=[1, 1, 1, 1],
    padding="SAME",
)
raw(
    "Conv2DBackpropInput",
    ("filter", A("normal", (2, 2, 2, 3))),
    ("out_backprop", A("normal", (1, 3, 3, 3))),
    input_sizes=[1, 4, 4, 2],
    strides=[1, 1, 1, 1],
    padding="VALID",
)
raw(
    "AvgPool", ("value", A("normal", (1, 4, 4, 2))), ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="VALID"
)
raw("Select", ("condition", B((2, 3))), ("x", X), ("y", Y))
raw("SelectV2", ("condition", B((2, 1))), ("t", X), ("e", Y))
raw("Identity", ("input", X))
raw("StopGradient", ("input", X))
raw("ZerosLike", ("x", X))
raw("CheckNumerics", ("tensor", X), message="m")
raw("SegmentSum", ("data", X), ("segment_ids", V([0, 0], "int32")))
raw("UnsortedSegmentSum", ("data", X), ("segment_ids", V([2, 0], "int32")), num_segments=3)

case("ConcatV2", lambda tf, x, y: tf.raw_ops.ConcatV2(values=[x, y], axis=-1), inputs=[X, Y], dtypes=DOUBLE)
case("Pack", lambda tf, x, y: tf.raw_ops.Pack(values=[x, y], axis=-1), inputs=[X, Y], dtypes=DOUBLE)
case("AddN", lambda tf, x, y: tf.raw_ops.AddN(inputs=[x, y]), inputs=[X, Y], dtypes=DOUBLE)
case("Unpack", lambda tf, x: tf.raw_ops.Unpack(value=x, num=3, axis=-1), inputs=[X], dtypes=DOUBLE)
case("Split", lambda tf, x: tf.raw_ops.Split(axis=-1, value=x, num_split=3), inputs=[X], dtypes=DOUBLE)
case(
    "SplitV",
    lambda tf, x: tf.raw_ops.SplitV(value=x, size_splits=[1, -1], axis=1, num_split=2),
    inputs=[X],
    dtypes=DOUBLE,
)
case(
    "Einsum",
    lambda tf, x, y: tf.raw_ops.Einsum(inputs=[x, y], equation="ij,ij->j"),
    inputs=[X, Y],
    dtypes=DOUBLE,
)
case("IdentityN", lambda tf, x, y: tf.raw_ops.IdentityN(input=[x, y]), inputs=[X, Y], dtypes=DOUBLE)
case("Cast", lambda tf, x: tf.raw_ops.Cast(x=x, DstT=tf.float32), inputs=[X], dtypes=DOUBLE)


@script("the form of results")
def _(tf):
    x, r = tf.constant([[3.0, 1.0], [2.0, 4.0]]), tf.raw_ops
    top = r.TopKV2(input=x, k=1)
    return (
        type(top).__name__,
        top,
        top.values,
        type(r.Unpack(value=x, num=2)).__name__,
        type(r.Svd(input=x)).__name__,
        r.Svd(input=x)._fields,
        r.Qr(input=x)._fields,
        type(r.Sum(input=x, axis=0)).__name__ == type(x).__name__,
    )


@script("what converts")
def _(tf):
    r = tf.raw_ops
    return (
        r.AddV2(x=1.0, y=[2.0, 3.0], name="sum"),
        r.Tanh(x=tf.Variable(0.0)),
        r.Sum(input=[[1, 2], [3, 4]], axis=tf.constant(1)),
        r.Reshape(tensor=[1, 2], shape=tf.TensorShape([2, 1])),
        r.Shape(input=[1.0], out_type=tf.int64),
        r.Cast(x=1.5, DstT="int32"),
        r.Real(input=tf.constant(1 + 2j), Tout=tf.float64),
        r.Equal(x=[1, 2], y=[1, 2, 3], incompatible_shape_error=False),
        r.NotEqual(x=[1, 2], y=[1, 2, 3], incompatible_shape_error=False),
    )


error("positional arguments", lambda tf: tf.raw_ops.Sum(tf.constant([1.0]), 0))
error("a missing argument", lambda tf: tf.raw_ops.Sum(input=tf.constant([1.0])))
error("an unknown argument", lambda tf: tf.raw_ops.Sum(input=tf.constant([1.0]), axis=0, foo=1))
error("an unknown op", lambda tf: tf.raw_ops.NoSuchOp)
error("axis is not an integer", lambda tf: tf.raw_ops.Sum(input=[1.0], axis=0.5))
error("axis is out of range", lambda tf: tf.raw_ops.Sum(input=[1.0], axis=3))
error("keep_dims is not a bool", lambda tf: tf.raw_ops.Sum(input=[1.0], axis=0, keep_dims=3))
error("None for a tensor", lambda tf: tf.raw_ops.Sum(input=None, axis=0))
error("two dtypes", lambda tf: tf.raw_ops.AddV2(x=tf.constant(1), y=tf.constant(1.0)))
error("a dtype that the op does not take", lambda tf: tf.raw_ops.Exp(x=tf.constant(1)))
error("Tout does not fit", lambda tf: tf.raw_ops.Real(input=tf.constant(1 + 2j)))


# -- gradients registered for ops -----------------------------------------------------------------------------------
@script("RegisterGradient: an unknown name is remembered")
def _(tf):
    tf.RegisterGradient("ConformanceOfLaterOp")(lambda op, g: g)
    again = raises(lambda: tf.RegisterGradient("ConformanceOfLaterOp")(lambda op, g: g))
    other = raises(lambda: tf.no_gradient("ConformanceOfLaterOp"))
    tf.no_gradient("ConformanceWithoutGradient")
    return again, other, raises(lambda: tf.RegisterGradient("ConformanceWithoutGradient")(lambda op, g: g))


@script("RegisterGradient: ops that are not differentiable")
def _(tf):
    names = ("Shape", "ArgMax", "Equal", "OneHot", "ZerosLike", "Rank")
    return [raises(lambda n=n: tf.RegisterGradient(n)(lambda op, g: g)) for n in names]
