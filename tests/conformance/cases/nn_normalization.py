"""Moments, batch normalization, biases, local response normalization."""

from conformance_kit import DOUBLE, FLOATS, NUMERIC, A, V, case, error

X = A("normal", (2, 3))
IMAGE = A("normal", (2, 2, 3, 4))
C = A("positive", (4,))

# biases
case(
    "nn.bias_add",
    inputs=[X, A("normal", (3,))],
    dtypes=NUMERIC,
    rejects=("bool",),
    also={"rank 4": [IMAGE, C], "empty": [A("normal", (0, 3)), A("normal", (3,))]},
)
for form, shape in (
    ("NHWC", (2, 2, 3)),
    ("NCHW", (2, 3, 2)),
    ("NCW", (2, 3)),
    ("N...C", (2, 3)),
    ("NC...", (2, 3, 2, 2)),
):
    case(
        f"bias_add {form}",
        lambda tf, x, b, form=form: tf.nn.bias_add(x, b, data_format=form),
        [A("normal", shape), A("normal", (3,))],
        dtypes=DOUBLE,
    )
case(
    "bias_add of a square",
    lambda tf, x, b: tf.nn.bias_add(x * x, b * b),
    [X, A("normal", (3,))],
    dtypes=DOUBLE,
)
case("bias_add of lists", lambda tf: tf.nn.bias_add([[1.0, 2.0]], [1, 2]), dtypes=("float32",))
error("bias_add: too few biases", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), [1.0, 2.0]))
error("bias_add: one bias", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), [1.0]))
error("bias_add: matrix of biases", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), [[1.0, 2.0, 3.0]]))
error("bias_add: vector", lambda tf: tf.nn.bias_add([1.0, 2.0], [1.0, 2.0]))
error("bias_add: data format", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), tf.ones([3]), data_format="XX"))
error("bias_add: dtypes", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), tf.ones([3], tf.float64)))
error("bias_add without bias", lambda tf: tf.nn.bias_add(tf.ones([2, 3]), None))
for form in ("NHWC", "NCHW"):
    case(
        f"raw_ops.BiasAddGrad {form}",
        lambda tf, g, form=form: tf.raw_ops.BiasAddGrad(out_backprop=g, data_format=form),
        [IMAGE],
        dtypes=DOUBLE,
        also={"rank 2": [X]},
    )
error("BiasAddGrad of a vector", lambda tf: tf.raw_ops.BiasAddGrad(out_backprop=[1.0]))

# moments
case(
    "nn.moments",
    lambda tf, x: tf.nn.moments(x, [0]),
    [X],
    dtypes=(*FLOATS, "int32", "complex64"),
    also={"no rows": [A("normal", (0, 3))]},
)
for axes in (0, [0, 1], [-1], None, []):
    for keep in (False, True):
        case(
            f"moments {axes} {keep}",
            lambda tf, x, axes=axes, keep=keep: tf.nn.moments(x, axes, keepdims=keep),
            [X],
            dtypes=("float32",),
        )
case("moments shift", lambda tf, x: tf.nn.moments(x, [0], shift=tf.constant(1.0)), [X], dtypes=("float32",))
error("moments: axis", lambda tf: tf.nn.moments(tf.ones([2]), [1]))
case(
    "nn.weighted_moments",
    lambda tf, x, w: tf.nn.weighted_moments(x, [0], w),
    [X, A("positive", (2, 1))],
    also={
        "zero": [X, A("zeros", (2, 1))],
        "full": [X, A("positive", (2, 3))],
        "vector": [X, A("positive", (3,))],
    },
)
case(
    "weighted_moments keepdims",
    lambda tf, x: tf.nn.weighted_moments(x, [0, 1], 2, keepdims=True),
    [X],
    dtypes=DOUBLE,
)
case(
    "weighted_moments, int weights",
    lambda tf, x, w: tf.nn.weighted_moments(x, 0, w),
    [X, V([[1], [2]], "int32", diff=False)],
    dtypes=DOUBLE,
)
case(
    "nn.sufficient_statistics",
    lambda tf, x: tf.nn.sufficient_statistics(x, [0]),
    [X],
    dtypes=(*FLOATS, "int32"),
)
case(
    "sufficient_statistics shift",
    lambda tf, x: tf.nn.sufficient_statistics(x, [-1], 1.0),
    [X],
    dtypes=("float32",),
    rejects=("float64",),
)
case(
    "sufficient_statistics shift tensor",
    lambda tf, x, s: tf.nn.sufficient_statistics(x, [0, 1], s, keepdims=True),
    [X, A("normal", (3,))],
    dtypes=DOUBLE,
)
error("sufficient_statistics: int axes", lambda tf: tf.nn.sufficient_statistics(tf.ones([2]), 0))
case(
    "nn.normalize_moments",
    lambda tf, n, s, q: tf.nn.normalize_moments(n, s, q, None),
    [A("above1"), X, A("positive", (2, 3))],
    dtypes=DOUBLE,
)
case(
    "normalize_moments shift",
    lambda tf, n, s, q, t: tf.nn.normalize_moments(n, s, q, t),
    [A("above1"), X, A("positive", (2, 3)), A("normal", (3,))],
    dtypes=DOUBLE,
)

# batch normalization
V3 = [A("normal", (3,)), A("positive", (3,)), A("normal", (3,)), A("positive", (3,))]
case(
    "nn.batch_normalization",
    lambda tf, x, m, v, o, s: tf.nn.batch_normalization(x, m, v, o, s, 1e-3),
    [X, *V3],
    tol={"bfloat16": 3e-2},
    why="TensorFlow rounds to bfloat16 at other places",
)
case(
    "batch_normalization without scale",
    lambda tf, x, m, v, o: tf.nn.batch_normalization(x, m, v, o, None, 1e-3),
    [X, *V3[:3]],
    dtypes=DOUBLE,
)
case(
    "batch_normalization without offset",
    lambda tf, x, m, v, s: tf.nn.batch_normalization(x, m, v, None, s, 1e-3),
    [X, *V3[:2], V3[3]],
    dtypes=DOUBLE,
)
case(
    "batch_normalization without both",
    lambda tf, x, m, v: tf.nn.batch_normalization(x, m, v, None, None, 1e-3),
    [X, *V3[:2]],
    dtypes=DOUBLE,
)
case(
    "batch_normalization by its own moments",
    lambda tf, x: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0]), 0.5, 2.0, 1e-3),
    [X],
    dtypes=DOUBLE,
)
case(
    "batch_normalization, float16 by float32",
    lambda tf, x, m, v, o, s: tf.nn.batch_normalization(x, m, v, o, s, 1e-3),
    [X, *[A(i.kind, (3,), "float32") for i in V3]],
    dtypes=("float16",),
)
error(
    "batch_normalization of ints",
    lambda tf: tf.nn.batch_normalization(tf.constant([[1]]), 0, 1, None, None, 0),
)
for after in (False, True):
    case(
        f"batch_norm_with_global_normalization {after}",
        lambda tf, x, m, v, o, s, after=after: tf.nn.batch_norm_with_global_normalization(
            x, m, v, o, s, 1e-3, after
        ),
        [IMAGE, A("normal", (4,)), C, A("normal", (4,)), C],
        dtypes=("float32",),
    )


def fused(tf, x, s, o, m=None, v=None, **attrs):
    m = tf.zeros([0]) if m is None else m
    v = tf.zeros([0]) if v is None else v
    return tf.raw_ops.FusedBatchNormV3(x=x, scale=s, offset=o, mean=m, variance=v, **attrs)


SCALE = A("positive", (4,), "float32")
OFFSET = A("normal", (4,), "float32")
LOW = {"tol": {"float32": 2e-4}, "why": "sums over the batch of terms that cancel"}
case(
    "FusedBatchNormV3",
    lambda tf, x, s, o: fused(tf, x, s, o)[:3],
    [IMAGE, SCALE, OFFSET],
    dtypes=("float32",),
    **LOW,
)
case(
    "FusedBatchNormV3 of float16",
    lambda tf, x, s, o: fused(tf, x, s, o)[0],
    [A("normal", (2, 2, 3, 4), "float16"), SCALE, OFFSET],
    dtypes=("float16",),
    order=1,
    tol={"float16": 1e-2, "float32": 1e-2},
    why="TensorFlow's kernel rounds its sums to float16",
)
case(
    "FusedBatchNormV3 running",
    lambda tf, x, s, o, m, v: fused(tf, x, s, o, m, v, exponential_avg_factor=0.25, epsilon=1e-2)[:3],
    [
        IMAGE,
        SCALE,
        OFFSET,
        A("normal", (4,), "float32", diff=False),
        A("positive", (4,), "float32", diff=False),
    ],
    dtypes=("float32",),
    **LOW,
)
case(
    "FusedBatchNormV3 inference",
    lambda tf, x, s, o, m, v: fused(tf, x, s, o, m, v, is_training=False)[:3],
    [IMAGE, SCALE, OFFSET, A("normal", (4,), "float32"), A("positive", (4,), "float32")],
    dtypes=("float32",),
    **LOW,
)
case(
    "FusedBatchNormV3 channels first",
    lambda tf, x, s, o: fused(tf, x, s, o, data_format="NCHW")[0],
    [A("normal", (2, 4, 2, 3)), SCALE, OFFSET],
    dtypes=("float32",),
    **LOW,
)
case(
    "FusedBatchNormV3 volumes",
    lambda tf, x, s, o: fused(tf, x, s, o, data_format="NDHWC")[0],
    [A("normal", (2, 2, 1, 2, 4)), SCALE, OFFSET],
    dtypes=("float32",),
    **LOW,
)
case(
    "FusedBatchNormV3, only the mean",
    lambda tf, x, s, o: fused(tf, x, s, o)[1],
    [IMAGE, SCALE, OFFSET],
    dtypes=("float32",),
    order=1,
)
error("FusedBatchNormV3: scale", lambda tf: fused(tf, tf.ones([1, 2, 2, 4]), tf.ones([3]), tf.ones([4])))
error("FusedBatchNormV3: rank", lambda tf: fused(tf, tf.ones([2, 4]), tf.ones([4]), tf.ones([4])))
error(
    "FusedBatchNormV3: no mean",
    lambda tf: fused(tf, tf.ones([1, 2, 2, 4]), tf.ones([4]), tf.ones([4]), is_training=False),
)

# local response normalization
case("nn.lrn", inputs=[IMAGE], dtypes=("float32", "float16"), rejects=("float64", "bfloat16", "int32"))
case(
    "local_response_normalization",
    lambda tf, x: tf.nn.local_response_normalization(x, 1, bias=2.0, alpha=0.5, beta=0.75),
    [IMAGE],
    dtypes=("float32",),
    also={"empty": [A("normal", (0, 2, 2, 3))]},
)
case("lrn radius 0", lambda tf, x: tf.nn.lrn(x, depth_radius=0), [IMAGE], dtypes=("float32",), order=1)
error("lrn: rank", lambda tf: tf.nn.lrn(tf.ones([2, 3])))
error("lrn: radius", lambda tf: tf.nn.lrn(tf.ones([1, 1, 2, 3]), depth_radius=-1))
