"""Activations of tf.nn: values, slopes at the kinks, infinities and NaN, second derivatives, dtypes, softmax axes."""

from conformance_kit import COMPLEX, DOUBLE, EDGE, FLOATS, INTS, A, V, case, error

EMPTY = [A("normal", (0, 3))]
NOT_FLOAT = ("int32", "uint8", "complex64", "bool")
KINKS = [V([0.0, -0.0, 6.0, -6.0, 3.0, -3.0])]

for name in ("relu", "relu6"):
    case(
        f"nn.{name}",
        inputs=[A("normal", (2, 3))],
        dtypes=(*FLOATS, *INTS),
        rejects=("complex64", "bool"),
        also={"edge": [EDGE], "kinks": KINKS, "empty": EMPTY},
    )
for name in ("elu", "selu"):
    case(
        f"nn.{name}",
        inputs=[A("normal", (2, 3))],
        rejects=NOT_FLOAT,
        also={"edge": [EDGE], "kinks": KINKS, "empty": EMPTY},
    )

case(
    "nn.leaky_relu",
    inputs=[A("normal", (2, 3))],
    dtypes=(*FLOATS, *INTS),
    rejects=("complex64", "bool"),
    also={"edge": [EDGE], "kinks": KINKS},
)
case("leaky_relu alpha 0.3", lambda tf, x: tf.nn.leaky_relu(x, alpha=0.3), KINKS, dtypes=DOUBLE)
case("leaky_relu alpha 2", lambda tf, x: tf.nn.leaky_relu(x, 2.0), KINKS, dtypes=DOUBLE)
case("leaky_relu alpha -1", lambda tf, x: tf.nn.leaky_relu(x, -1.0), KINKS, dtypes=DOUBLE)
case(
    "nn.crelu",
    inputs=[A("normal", (2, 3))],
    dtypes=(*FLOATS, "int32"),
    rejects=("uint8", "bool"),
    also={"edge": [EDGE]},
)
case("crelu axis 0", lambda tf, x: tf.nn.crelu(x, axis=0), [A("normal", (2, 3))], dtypes=DOUBLE)

case("nn.gelu", inputs=[A("normal", (2, 3))], rejects=NOT_FLOAT, also={"edge": [EDGE], "empty": EMPTY})
case(
    "gelu approximate",
    lambda tf, x: tf.nn.gelu(x, approximate=True),
    [A("normal", (2, 3))],
    also={"edge": [EDGE]},
)
case(
    "nn.silu",
    inputs=[A("normal", (2, 3))],
    dtypes=(*FLOATS, *COMPLEX),
    rejects=("int32", "bool"),
    also={"edge": [EDGE]},
)
case("nn.swish", inputs=[A("normal", (2, 3))], dtypes=("float32",))
case("silu beta", lambda tf, x: tf.nn.silu(x, beta=0.5), [A("normal", (2, 3))])
case("silu beta 1", lambda tf, x: tf.nn.silu(x, 1), [A("normal", (2, 3))], dtypes=DOUBLE)
case(
    "silu beta tensor", lambda tf, x, b: tf.nn.silu(x, b), [A("normal", (2, 3)), A("positive")], dtypes=DOUBLE
)
case(
    "silu beta vector",
    lambda tf, x, b: tf.nn.silu(x, b),
    [A("normal", (2, 3)), A("positive", (3,))],
    dtypes=DOUBLE,
    order=1,
)
case(
    "silu beta of another dtype",
    lambda tf, x, b: tf.nn.silu(x, b),
    [A("normal", (2, 3)), A("positive", (), "float64")],
    dtypes=("float32",),
    order=0,
)

for name in ("sigmoid", "tanh"):
    case(f"nn.{name}", inputs=[A("normal", (2, 3))], dtypes=(*DOUBLE, *COMPLEX), also={"edge": [EDGE]})
for name in ("softplus", "softsign"):
    case(
        f"nn.{name}",
        inputs=[A("normal", (2, 3))],
        dtypes=DOUBLE,
        also={
            "edge": [EDGE],
            "tails": [V([-800.0, -100.0, -40.0, -15.0, 13.0, 15.0, 36.0, 41.0, 100.0, 800.0])],
        },
    )

for name in ("softmax", "log_softmax"):
    case(
        f"nn.{name}",
        inputs=[A("normal", (2, 3))],
        rejects=NOT_FLOAT,
        also={
            "vector": [A("normal", (4,))],
            "one class": [A("normal", (3, 1))],
            "large": [V([[1000.0, 999.0, -1000.0], [80.0, -80.0, 0.0]])],
            "infinite": [V([[float("inf"), 1.0, 2.0], [float("-inf"), 1.0, 2.0], [float("nan"), 1.0, 2.0]])],
            "empty": EMPTY,
            "no classes": [A("normal", (2, 0))],
        },
    )
    for axis in (0, 1, 2, -1, -2):
        case(
            f"{name} axis {axis}",
            lambda tf, x, f=name, axis=axis: getattr(tf.nn, f)(x, axis=axis),
            [A("normal", (2, 3, 2))],
            dtypes=DOUBLE,
        )
    case(
        f"{name} axis tensor",
        lambda tf, x, f=name: getattr(tf.nn, f)(x, axis=tf.constant(0)),
        [A("normal", (2, 3))],
        dtypes=DOUBLE,
    )
    error(f"{name} of a scalar", lambda tf, f=name: getattr(tf.nn, f)(1.0))
    error(f"{name} axis out of range", lambda tf, f=name: getattr(tf.nn, f)([1.0], axis=1))
    error(f"{name} axis out of range below", lambda tf, f=name: getattr(tf.nn, f)([[1.0]], axis=-3))

# what is taken for features
case("relu of a list", lambda tf: tf.nn.relu([-1.0, 2.0]), dtypes=("float32",))
case("relu of a number", lambda tf: tf.nn.relu(-3), dtypes=("float32",))
case("relu of a Variable", lambda tf, x: tf.nn.relu(x), [A("normal", (3,), var=True)], dtypes=("float32",))
case("softmax of a list", lambda tf: tf.nn.softmax([1.0, 2.0]), dtypes=("float32",))
error("relu of None", lambda tf: tf.nn.relu(None))
error("gelu of ints", lambda tf: tf.nn.gelu([1]))
error("crelu of a scalar", lambda tf: tf.nn.crelu(1.0))

# the gradient ops under their own names
for op, second in (
    ("ReluGrad", "features"),
    ("Relu6Grad", "features"),
    ("LeakyReluGrad", "features"),
    ("EluGrad", "outputs"),
    ("SeluGrad", "outputs"),
    ("SoftplusGrad", "features"),
):
    case(
        f"raw_ops.{op}",
        lambda tf, g, x, op=op, second=second: getattr(tf.raw_ops, op)(**{"gradients": g, second: x}),
        [A("normal", (2, 3)), A("normal", (2, 3))],
        dtypes=DOUBLE,
        also={
            "infinite": [
                V([float("inf"), float("inf"), float("nan"), -1.0, 2.0]),
                V([-1.0, 7.0, -1.0, -1.0, 1.0]),
            ]
        },
    )
case(
    "raw_ops.SigmoidGrad",
    lambda tf, y, dy: tf.raw_ops.SigmoidGrad(y=y, dy=dy),
    [A("prob", (2, 3)), A("normal", (2, 3))],
    dtypes=(*DOUBLE, *COMPLEX),
)
