"""Cross entropies and other losses of tf.nn: labels with and without gradient, broadcasting, axes, edges, errors."""

from conformance_kit import COMPLEX, DOUBLE, EDGE, FLOATS, HALVES, A, I, V, case, error, script

INF, NAN = float("inf"), float("nan")
P = A("prob", (2, 3))
X = A("normal", (2, 3))


def dense(tf, labels, logits, **options):
    return tf.nn.softmax_cross_entropy_with_logits(labels, logits, **options)


def sparse(tf, labels, logits):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def binary(tf, labels, logits):
    return tf.nn.sigmoid_cross_entropy_with_logits(labels, logits)


case(
    "nn.softmax_cross_entropy_with_logits",
    dense,
    [P, X],
    rejects=("int32", "complex64"),
    also={
        "one hot": [V([[0, 1, 0], [1, 0, 0]], "int32", diff=False), X],
        "constant labels": [A("prob", (2, 3), diff=False), X],
        "infinite": [
            V([[0.25, 0.25, 0.5], [0.0, 1.0, 0.0], [0.5, 0.5, 0.0]]),
            V([[INF, 1.0, 2.0], [NAN, 1.0, 2.0], [-INF, 1, 2]]),
        ],
        "vector": [A("prob", (3,)), A("normal", (3,))],
        "rank 3": [A("prob", (2, 2, 3)), A("normal", (2, 2, 3))],
        "no examples": [A("prob", (0, 3)), A("normal", (0, 3))],
        "no classes": [A("prob", (2, 0)), A("normal", (2, 0))],
    },
)
for axis in (0, 1, -1):
    case(
        f"softmax_cross_entropy axis {axis}",
        lambda tf, p, x, axis=axis: dense(tf, p, x, axis=axis),
        [A("prob", (2, 3, 2)), A("normal", (2, 3, 2))],
        dtypes=DOUBLE,
    )
case(
    "softmax_cross_entropy of labels of another dtype",
    dense,
    [A("prob", (2, 3), "float64"), X],
    dtypes=("float32", *HALVES),
)
case("softmax_cross_entropy, one row of labels", dense, [A("prob", (1, 3), diff=False), X], dtypes=DOUBLE)
case(
    "softmax_cross_entropy, labels of rank 1", dense, [A("prob", (3,), diff=False), X], dtypes=DOUBLE, order=1
)
case(
    "softmax_cross_entropy, labels of rank 3",
    dense,
    [A("prob", (1, 2, 3), diff=False), X],
    dtypes=("float32",),
)
case("softmax_cross_entropy, logits of rank 3", dense, [P, A("normal", (1, 2, 3))], dtypes=("float32",))
error("softmax_cross_entropy of scalars", lambda tf: dense(tf, 1.0, 1.0))
error("softmax_cross_entropy, other classes", lambda tf: dense(tf, tf.ones([2, 2]), tf.ones([2, 3])))
error("softmax_cross_entropy, other batch", lambda tf: dense(tf, tf.ones([3, 3]), tf.ones([2, 3])))
error("softmax_cross_entropy, axis 2", lambda tf: dense(tf, tf.ones([2, 3]), tf.ones([2, 3]), axis=2))
error("softmax_cross_entropy without labels", lambda tf: dense(tf, None, tf.ones([2, 3])))
error("softmax_cross_entropy without logits", lambda tf: dense(tf, tf.ones([2, 3]), None))

case(
    "nn.sparse_softmax_cross_entropy_with_logits",
    sparse,
    [I((2,), 3), X],
    rejects=("int32", "complex64"),
    also={
        "int64": [I((2,), 3, "int64"), X],
        "scalar": [I((), 3), A("normal", (3,))],
        "rank 3": [I((2, 2), 3), A("normal", (2, 2, 3))],
        "infinite": [V([0, 1, 1], "int32"), V([[INF, 1.0, 2.0], [NAN, 1.0, 2.0], [-INF, 1, 2]])],
        "no examples": [V([], "int32"), A("normal", (0, 3))],
    },
)
for name, labels, shape in (
    ("label too high", [3, 0], [2, 3]),
    ("label negative", [-1, 0], [2, 3]),
    ("rank of labels", [[1]], [2, 3]),
    ("rank of logits", [1, 0], [1, 2, 3]),
    ("other batch", [1], [2, 3]),
    ("logits of rank 1", [1], [3]),
    ("no classes", [0, 0], [2, 0]),
    ("scalar logits", 1, []),
    ("float labels", [1.0, 0.0], [2, 3]),
    ("bool labels", [True, False], [2, 3]),
):
    error(f"sparse: {name}", lambda tf, labels=labels, shape=shape: sparse(tf, labels, tf.ones(shape)))
error("sparse without labels", lambda tf: sparse(tf, None, tf.ones([2, 3])))
for dtype in ("uint8", "int16", "int8"):
    error(f"sparse: {dtype} labels", lambda tf, d=dtype: sparse(tf, tf.constant([0, 1], d), tf.ones([2, 3])))

case(
    "raw_ops.SoftmaxCrossEntropyWithLogits",
    lambda tf, p, x: tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=x, labels=p),
    [P, X],
    dtypes=DOUBLE,
)
case(
    "raw_ops.SparseSoftmaxCrossEntropyWithLogits",
    lambda tf, i, x: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=x, labels=i),
    [I((2,), 3), X],
    dtypes=DOUBLE,
)
case(
    "SoftmaxCrossEntropyWithLogits, only backprop",
    lambda tf, p, x: tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=x, labels=p)[1],
    [P, X],
    dtypes=DOUBLE,
)


@script("softmax cross entropy: third derivative")
def _(tf):
    x = tf.constant([[0.5, -1.0, 0.25]], tf.float64)
    p = tf.constant([[0.5, 0.25, 0.25]], tf.float64)
    with tf.GradientTape() as t3:
        t3.watch([x, p])
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t1:
                t1.watch(x)
                y = dense(tf, p, x)
            g1 = tf.reduce_sum(t1.gradient(y, x) ** 2)
        g2 = tf.reduce_sum(t2.gradient(g1, x) ** 2)
    return t3.gradient(g2, [x, p])


case(
    "nn.sigmoid_cross_entropy_with_logits",
    binary,
    [P, X],
    rejects=("int32", "complex64"),
    also={
        "edge": [
            V([[0.25] * 8, [1.0] * 8, [0.0] * 8]),
            V([[INF, -INF, NAN, 0.0, -0.0, 100.0, -100.0, 1e-3]] * 3),
        ],
        "empty": [A("prob", (0, 3)), A("normal", (0, 3))],
        "scalar": [A("prob"), A("normal")],
    },
)
error("sigmoid_cross_entropy: shapes", lambda tf: binary(tf, tf.ones([3]), tf.ones([2, 3])))
error("sigmoid_cross_entropy: dtypes", lambda tf: binary(tf, tf.ones([3], tf.float64), tf.ones([3])))
error("sigmoid_cross_entropy: int labels", lambda tf: binary(tf, [1, 0], [1.0, 2.0]))
error("sigmoid_cross_entropy without labels", lambda tf: binary(tf, None, [1.0, 2.0]))
error("sigmoid_cross_entropy without logits", lambda tf: binary(tf, [1.0], None))


def weighted(tf, labels, logits, weight):
    return tf.nn.weighted_cross_entropy_with_logits(labels, logits, weight)


case(
    "nn.weighted_cross_entropy_with_logits",
    lambda tf, p, x: weighted(tf, p, x, 3.0),
    [P, X],
    rejects=("int32", "complex64"),
    also={"edge": [V([0.25] * 7), V([INF, -INF, NAN, 0.0, -0.0, 100.0, -100.0])]},
)
case("weighted_cross_entropy, tensor weight", weighted, [P, X, A("positive")], dtypes=DOUBLE)
case("weighted_cross_entropy, vector weight", weighted, [P, X, A("positive", (3,))], dtypes=DOUBLE)
case("weighted_cross_entropy, int weight", lambda tf, p, x: weighted(tf, p, x, 2), [P, X], dtypes=DOUBLE)
error("weighted_cross_entropy: shapes", lambda tf: weighted(tf, tf.ones([3]), tf.ones([2, 3]), 2.0))
error(
    "weighted_cross_entropy: list weight",
    lambda tf: weighted(tf, tf.ones([3]), tf.ones([3]), [1.0, 2.0, 3.0]),
)
error("weighted_cross_entropy: dtypes", lambda tf: weighted(tf, tf.ones([3]), tf.ones([3], tf.float64), 2.0))

case("nn.log_poisson_loss", inputs=[A("positive", (2, 3)), X], rejects=("int32",))
case(
    "log_poisson_loss full",
    lambda tf, z, x: tf.nn.log_poisson_loss(z, x, compute_full_loss=True),
    [A("positive", (2, 3)), X],
    also={"edge": [V([0.0, 1.0, 2.0, 0.5, 3.0]), A("normal", (5,))]},
)
case(
    "log_poisson_loss full of negative targets",
    lambda tf, z, x: tf.nn.log_poisson_loss(z, x, True),
    [V([-1.0, -0.5]), A("normal", (2,))],
    dtypes=DOUBLE,
)
error("log_poisson_loss: shapes", lambda tf: tf.nn.log_poisson_loss(tf.ones([3]), tf.ones([2, 3])))
error("log_poisson_loss: dtypes", lambda tf: tf.nn.log_poisson_loss(tf.ones([3]), tf.ones([3], tf.float64)))

case(
    "nn.l2_loss",
    inputs=[X],
    rejects=("int32", "complex64"),
    also={"edge": [EDGE], "scalar": [A("normal")], "empty": [A("normal", (0, 3))]},
)

case("nn.compute_average_loss", inputs=[A("normal", (4,))], also={"rank 2": [X]})
case(
    "compute_average_loss of ints",
    lambda tf, x: tf.nn.compute_average_loss(x),
    [A("normal", (4,))],
    dtypes=("int32",),
)
case(
    "compute_average_loss weighted",
    lambda tf, x, w: tf.nn.compute_average_loss(x, sample_weight=w),
    [X, A("positive", (2,))],
    dtypes=DOUBLE,
)
case(
    "compute_average_loss batch size",
    lambda tf, x: tf.nn.compute_average_loss(x, global_batch_size=8),
    [A("normal", (4,))],
)
case(
    "compute_average_loss int weights",
    lambda tf, x: tf.nn.compute_average_loss(x, sample_weight=[1, 2], global_batch_size=tf.constant(4)),
    [A("normal", (2,))],
    dtypes=DOUBLE,
)
case(
    "compute_average_loss batch size 0",
    lambda tf, x: tf.nn.compute_average_loss(x, global_batch_size=0),
    [A("normal", (2,))],
    dtypes=("float32",),
)
error("compute_average_loss of a scalar", lambda tf: tf.nn.compute_average_loss(1.0))
for size in (4.0, [4], -1):
    error(
        f"compute_average_loss batch size {size}",
        lambda tf, n=size: tf.nn.compute_average_loss([1.0], None, n),
    )
case("nn.scale_regularization_loss", inputs=[X], dtypes=DOUBLE, also={"scalar": [A("normal")]})

case(
    "nn.l2_normalize",
    inputs=[X],
    dtypes=(*FLOATS, *COMPLEX),
    also={"tiny": [V([1e-8, 2e-7, -1e-7])], "scalar": [A("normal")]},
)
for axis in (0, 1, -1, [0, 1]):
    case(
        f"l2_normalize axis {axis}",
        lambda tf, x, axis=axis: tf.nn.l2_normalize(x, axis),
        [X],
        dtypes=(*DOUBLE, "complex64"),
    )
case("l2_normalize zero", lambda tf, x: tf.nn.l2_normalize(x), [A("zeros", (2, 3))], dtypes=DOUBLE)
case(
    "l2_normalize epsilon",
    lambda tf, x: tf.nn.l2_normalize(x, axis=1, epsilon=10.0),
    [X],
    dtypes=(*DOUBLE, "complex64"),
)
case("l2_normalize dim", lambda tf, x: tf.nn.l2_normalize(x, dim=0), [X], dtypes=("float32",))
error("l2_normalize axis and dim", lambda tf: tf.nn.l2_normalize([[1.0]], axis=0, dim=0))
error("l2_normalize axis out of range", lambda tf: tf.nn.l2_normalize([1.0], axis=3))
error("l2_normalize of ints", lambda tf: tf.nn.l2_normalize([1, 2]))

case("nn.zero_fraction", inputs=[A("ties", (2, 3))], dtypes=(*FLOATS, "int32", "int64", "complex64"))
case("math.zero_fraction", inputs=[A("ties", (0,))], dtypes=DOUBLE)
case("zero_fraction of bools", lambda tf, x: tf.nn.zero_fraction(x), [A("normal", (4,))], dtypes=("bool",))
