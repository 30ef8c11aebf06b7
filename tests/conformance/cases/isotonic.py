"""Isotonic regression: values, segments, gradients, dtypes."""

from conformance_kit import A, V, case, raises, script

ROWS = V([[3.0, 1, 2, 5, 4], [1, 1, 1, 0, 2], [-1, 0.5, 7, 7, 6]])


def values(**options):
    return lambda tf, x: tf.nn.isotonic_regression(x, **options)[0]


case(
    "nn.isotonic_regression",
    values(),
    inputs=[A("normal", (2, 9))],
    dtypes=("float32", "float64", "float16", "bfloat16"),
    also={"ties": [ROWS]},
)
case(
    "isotonic_regression increasing",
    values(decreasing=False),
    inputs=[A("normal", (2, 9))],
    also={"ties": [ROWS]},
)
case("isotonic_regression axis 0", values(axis=0), inputs=[A("normal", (6, 3))])
# Values alone: TensorFlow's gradient of other ranks is no derivative, see tests/differences/test_nn.py.
case(
    "isotonic_regression of other ranks",
    lambda tf, x: [tf.nn.isotonic_regression(x, d, axis)[0] for d in (True, False) for axis in (0, 1, -2)],
    inputs=[A("normal", (4, 3, 2))],
    also={"long": [A("normal", (1, 2, 9))]},
    order=0,
)
case(
    "isotonic_regression of few axes",
    values(),
    inputs=[A("normal", (7,))],
    also={"scalar": [A("normal", ())]},
    order=0,
)


@script("isotonic_regression: values and segments")
def _(tf):
    r = tf.nn.isotonic_regression
    rows = tf.constant(ROWS.values)
    nan, inf = float("nan"), float("inf")
    names = ["int8", "int16", "int32", "int64"]
    return {
        "rows": [list(r(rows, d, axis)) for d in (True, False) for axis in (0, 1)],
        "many": [list(r(tf.math.sin(tf.range(60, dtype=tf.float64) ** 2), d)) for d in (True, False)],
        "equal": [list(r(tf.cast([[2, 1, 3, 2, 2, 0, 1]], d), up)) for d in names for up in (True, False)],
        "nan": [list(r([3.0, nan, 2.0, 1.0, 4.0, nan], d)) for d in (True, False)],
        "inf": list(r([3.0, inf, 2.0, 1.0])),
        "empty": [list(r(tf.zeros(shape))) for shape in ([2, 0], [0, 2], [0])],
        "lists": [list(r([3, 1, 2])), list(r([3.0, 1.0, 2.0]))],
    }


@script("isotonic_regression: errors")
def _(tf):
    r = tf.nn.isotonic_regression
    refused = ["uint8", "uint16", "uint32", "uint64", "bool", "complex64"]
    raw = tf.raw_ops.IsotonicRegression
    names = ["int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "uint8"]
    return {
        "dtypes": [raises(lambda d=d: r(tf.cast([3, 1, 2], d))) for d in refused],
        "axes": [raises(lambda a=a: r(tf.ones([2, 3]), axis=a)) for a in (2, 5, -3)],
        "raw": {
            d: [
                raises(lambda d=d, out=out: list(raw(input=tf.cast([[3, 1, 2]], d), output_dtype=out)))
                for out in (tf.float32, tf.float64, tf.float16, tf.bfloat16)
            ]
            for d in names
        },
    }
