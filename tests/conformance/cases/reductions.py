"""Reductions over axes, running totals, counting."""

import numpy as np
from conformance_kit import (
    COMPLEX,
    DOUBLE,
    EDGE,
    FLOATS,
    INTS,
    NUMERIC,
    REALS,
    A,
    B,
    V,
    case,
    raises,
    script,
)

INF, NAN = float("inf"), float("nan")
ANALYTIC = (*FLOATS, *COMPLEX)
# over all axes, in every dtype
for name in ["sum", "mean", "prod"]:
    case(
        f"reduce_{name}",
        inputs=[A("normal", (2, 3))],
        dtypes=NUMERIC,
        rejects=("bool",),
        also={"empty": [A("normal", (0, 3))], "scalar": [A("normal")]},
    )
for name in ["max", "min"]:
    case(
        f"reduce_{name}",
        inputs=[A("normal", (2, 3))],
        dtypes=REALS,
        rejects=("bool", "complex64"),
        also={"empty": [A("normal", (0, 3))], "scalar": [A("normal")]},
    )
    case(
        f"reduce_{name} ties",
        lambda tf, x, f=f"reduce_{name}": getattr(tf, f)(x, axis=1),
        [A("ties", (3, 5))],
    )
    case(f"reduce_{name} all ties", lambda tf, x, f=f"reduce_{name}": getattr(tf, f)(x), [A("ties", (3, 5))])
case("math.reduce_euclidean_norm", inputs=[A("normal", (2, 3))], dtypes=ANALYTIC, rejects=("bool",))
case("math.reduce_euclidean_norm of integers", inputs=[A("positive", (2, 3))], dtypes=INTS)
case("reduce_logsumexp", inputs=[A("normal", (2, 3))], rejects=("int32", "bool", "complex64"))
case("math.reduce_variance", inputs=[A("normal", (2, 3))], dtypes=ANALYTIC, rejects=("int32", "uint8"))
case("math.reduce_std", inputs=[A("normal", (2, 3))], dtypes=ANALYTIC, rejects=("int32", "uint8"))

# along axes
AXES = {
    "axis 0": {"axis": 0},
    "axis -1": {"axis": -1},
    "axes 0 2": {"axis": [0, 2]},
    "axes 2 0 kept": {"axis": (2, 0), "keepdims": True},
    "axis 1 kept": {"axis": 1, "keepdims": True},
    "all kept": {"keepdims": True},
    "no axes": {"axis": []},
    "numpy axes": {"axis": np.array([-1, 0])},
}
PATHS = (
    "reduce_sum reduce_mean reduce_prod reduce_max reduce_min reduce_logsumexp math.reduce_euclidean_norm "
)
PATHS += "math.reduce_variance math.reduce_std"


def path(tf, name):
    for part in name.split("."):
        tf = getattr(tf, part)
    return tf


for name in PATHS.split():
    for label, kwargs in AXES.items():
        if label == "no axes" and name in ("math.reduce_std",):
            continue  # the derivative at 0 of every element, which reduce_std at zero covers
        case(
            f"{name} {label}",
            lambda tf, x, n=name, k=kwargs: path(tf, n)(x, **k),
            [A("normal", (2, 3, 2))],
            dtypes=DOUBLE,
        )
    for label, axis in {"axis 0": 0, "axis 1": 1}.items():
        case(
            f"{name} {label} of empty",
            lambda tf, x, n=name, a=axis: path(tf, n)(x, axis=a),
            [A("normal", (0, 3))],
            dtypes=("float32",),
        )
for name in ["all", "any"]:
    for label, kwargs in AXES.items():
        case(
            f"reduce_{name} {label}",
            lambda tf, x, n=f"reduce_{name}", k=kwargs: getattr(tf, n)(x, **k),
            [B((2, 3, 2))],
            dtypes=("bool",),
        )
    case(f"reduce_{name}", inputs=[A("normal", (2, 3))], dtypes=("bool",), rejects=("int32", "float32"))
    case(
        f"reduce_{name} of empty",
        lambda tf, x, n=f"reduce_{name}": [getattr(tf, n)(x), getattr(tf, n)(x, axis=0)],
        [A("ones", (0, 3))],
        dtypes=("bool",),
    )

# special values
for name in PATHS.split():
    for label, values in {
        "nan": [1.0, NAN, 2.0],
        "inf": [1.0, INF, 2.0],
        "-inf": [-INF, 1.0, -INF],
        "both inf": [INF, -INF],
        "only -inf": [-INF, -INF],
        "zeros": [0.0, 0.0],
        "one element": [3.0],
    }.items():
        case(f"{name} {label}", lambda tf, x, n=name: path(tf, n)(x), [V(values)], dtypes=("float32",))
case("reduce_prod one zero", lambda tf, x: tf.reduce_prod(x, axis=1), [V([[2.0, 0.0, 3.0], [1.0, 2.0, 4.0]])])
case(
    "reduce_prod two zeros", lambda tf, x: tf.reduce_prod(x, axis=1), [V([[0.0, 0.0, 3.0], [0.0, 0.0, 0.0]])]
)
case(
    "reduce_prod complex, axes",
    lambda tf, x: tf.reduce_prod(x, axis=[0, 2]),
    [A("normal", (2, 3, 2))],
    dtypes=COMPLEX,
)
case("reduce_logsumexp large", lambda tf, x: tf.reduce_logsumexp(x), [V([1000.0, 1001.0])], dtypes=DOUBLE)
for name in ["sum", "mean", "prod", "math.reduce_euclidean_norm"]:
    name = name if "." in name else f"reduce_{name}"
    case(
        f"{name} complex axes",
        lambda tf, x, n=name: path(tf, n)(x, axis=1),
        [A("normal", (2, 3))],
        dtypes=COMPLEX,
    )
    case(
        f"{name} empty complex axes",
        lambda tf, x, n=name: path(tf, n)(x, axis=1),
        [A("normal", (2, 0))],
        dtypes=COMPLEX,
    )
case("math.reduce_euclidean_norm overflow", inputs=[V([1e30, 1e30])], dtypes=("float32",))

# integers: wrapping, rounding, extremes
case("reduce_sum wraps", lambda tf, x: tf.reduce_sum(x), [EDGE], dtypes=INTS)
case("reduce_prod wraps", lambda tf, x: tf.reduce_prod(x), [V([100, 3, 7])], dtypes=INTS)
case("reduce_max of extremes", lambda tf, x: tf.reduce_max(x), [EDGE], dtypes=INTS)
case("reduce_min of extremes", lambda tf, x: tf.reduce_min(x), [EDGE], dtypes=INTS)
case("reduce_mean rounds", lambda tf, x: tf.reduce_mean(x), [V([100, 100, 101])], dtypes=INTS)
case(
    "reduce_mean rounds towards zero",
    lambda tf, x: tf.reduce_mean(x),
    [V([-100, -100, -101])],
    dtypes=("int8", "int16", "int32", "int64"),
)
case("reduce_mean of large", lambda tf, x: tf.reduce_mean(x), [V([2**30] * 5)], dtypes=("int32", "uint32"))
case(
    "reduce_mean of uint64",
    lambda tf: tf.reduce_mean(tf.constant([2**63] * 3, tf.uint64)),
    dtypes=("uint64",),
)
case("reduce_sum of integer axes", lambda tf, x: tf.reduce_sum(x, axis=1), [A("normal", (2, 3))], dtypes=INTS)
case(
    "reduce_max of integer axes", lambda tf, x: tf.reduce_max(x, axis=[1]), [A("normal", (2, 3))], dtypes=INTS
)
case("reduce_max of empty integers", lambda tf, x: tf.reduce_max(x, axis=0), [A("ones", (0, 2))], dtypes=INTS)
case("reduce_min of empty integers", lambda tf, x: tf.reduce_min(x, axis=0), [A("ones", (0, 2))], dtypes=INTS)

# what axis may be
case(
    "axis as a tensor",
    lambda tf, x: [tf.reduce_sum(x, axis=tf.constant(1)), tf.reduce_max(x, axis=tf.constant([0], tf.int64))],
    [A("normal", (2, 3))],
    dtypes=("float32",),
)
case("axis as bool", lambda tf, x: tf.reduce_sum(x, axis=True), [A("normal", (2, 3))], dtypes=("float32",))
case(
    "axis as range", lambda tf, x: tf.reduce_sum(x, axis=range(1)), [A("normal", (2, 3))], dtypes=("float32",)
)
case("keepdims None", lambda tf, x: tf.reduce_sum(x, 1, None), [A("normal", (2, 3))], dtypes=("float32",))
case("of a Variable", lambda tf, x: tf.reduce_sum(x), [A("normal", (2, 3), var=True)], dtypes=("float32",))
case("of a list", lambda tf: tf.reduce_mean([[1.0, 2.0], [3.0, 4.0]]), dtypes=("float32",))
case(
    "gradient of a mean of squares",
    lambda tf, x: tf.reduce_mean(tf.square(x)),
    [A("normal", (2, 3))],
)


@script("bad axes")
def _(tf):
    x = tf.ones((2, 3))
    answers = {}
    for name in [*PATHS.split(), "reduce_all", "reduce_any"]:
        value = tf.ones((2, 3), tf.bool) if name in ("reduce_all", "reduce_any") else x
        for axis in (2, -3, [0, 0], [0, -2], 1.0, "a"):
            answers[f"{name} {axis}"] = raises(lambda n=name, a=axis, v=value: path(tf, n)(v, axis=a))
        answers[f"{name} of a scalar"] = raises(lambda n=name, v=value: path(tf, n)(v[0, 0], axis=0))
        answers[f"{name} None"] = raises(lambda n=name: path(tf, n)(None))
        answers[f"{name} of a string"] = raises(lambda n=name: path(tf, n)("a"))
        answers[f"{name} uint8 axis"] = raises(
            lambda n=name, v=value: path(tf, n)(v, axis=tf.constant(1, tf.uint8))
        )
    return answers


# running totals
for name in ["cumsum", "cumprod"]:
    for exclusive in (False, True):
        for reverse in (False, True):
            case(
                f"math.{name} exclusive={exclusive} reverse={reverse}",
                lambda tf, x, n=name, e=exclusive, r=reverse: getattr(tf.math, n)(
                    x, axis=1, exclusive=e, reverse=r
                ),
                [A("normal", (2, 4))],
                dtypes=NUMERIC if not exclusive or reverse else ANALYTIC,
                also={"empty": [A("normal", (2, 0))], "one": [A("normal", (2, 1))]},
                tol={"float16": 8e-3} if name == "cumprod" else None,
                why="the second derivative divides rounded products by small numbers"
                if name == "cumprod"
                else "",
            )
    case(f"math.{name}", inputs=[A("normal", (3,))], dtypes=("float32",), rejects=("bool",))
    case(
        f"math.{name} special values",
        lambda tf, x, n=name: getattr(tf.math, n)(x, exclusive=True),
        [V([1.0, INF, 2.0, NAN, 3.0])],
        dtypes=("float32",),
        order=0,
    )
    case(f"math.{name} wraps", lambda tf, x, n=name: getattr(tf.math, n)(x), [V([100, 3, 7])], dtypes=INTS)
case("cumsum negative axis", lambda tf, x: tf.cumsum(x, axis=-2), [A("normal", (2, 3))], dtypes=("float32",))
for label, values in {"one zero": [2.0, 0.0, 3.0, 4.0], "two zeros": [2.0, 0.0, 3.0, 0.0]}.items():
    for exclusive in (False, True):
        case(
            f"math.cumprod {label} exclusive={exclusive}",
            lambda tf, x, e=exclusive: tf.math.cumprod(x, exclusive=e),
            [V(values)],
            dtypes=DOUBLE,
        )
for exclusive in (False, True):
    for reverse in (False, True):
        case(
            f"math.cumulative_logsumexp exclusive={exclusive} reverse={reverse}",
            lambda tf, x, e=exclusive, r=reverse: tf.math.cumulative_logsumexp(
                x, axis=1, exclusive=e, reverse=r
            ),
            [A("normal", (2, 4))],
            dtypes=DOUBLE if exclusive else FLOATS,
            also={"large": [V([[1000.0, -1000.0, 1000.0, 0.0]])]} if not exclusive else {},
        )
case(
    "math.cumulative_logsumexp",
    inputs=[A("normal", (3,))],
    dtypes=("float32",),
    rejects=("int32", "complex64"),
)
case(
    "math.cumulative_logsumexp infinities",
    lambda tf, x: tf.math.cumulative_logsumexp(x),
    [V([-INF, -INF, 1.0, INF, 2.0])],
    dtypes=DOUBLE,
    order=0,
)
case("math.cumulative_logsumexp empty", lambda tf, x: tf.math.cumulative_logsumexp(x), [A("normal", (0, 2))])


@script("running totals: bad axes")
def _(tf):
    return {
        f"{name} {axis}": raises(lambda n=name, a=axis: getattr(tf.math, n)([1.0, 2.0], axis=a))
        for name in ("cumsum", "cumprod", "cumulative_logsumexp")
        for axis in (1, -2, [0], [0, 0], 0.0, None)
    } | {
        f"{name} of a scalar": raises(lambda n=name: getattr(tf.math, n)(1.0))
        for name in ("cumsum", "cumprod", "cumulative_logsumexp")
    }


# counting
case("math.count_nonzero", inputs=[V([0.0, 1.0, -0.0, NAN])], order=0)
case(
    "math.count_nonzero of integers", lambda tf, x: tf.math.count_nonzero(x), [A("ties", (2, 3))], dtypes=INTS
)
case(
    "math.count_nonzero options",
    lambda tf, x: tf.math.count_nonzero(x, axis=0, keepdims=True, dtype=tf.float32),
    [A("ties", (2, 3))],
    dtypes=("float32", "int32", "bool", "complex64"),
)
case("math.count_nonzero of strings", lambda tf: tf.math.count_nonzero(["", "a", "b"]), dtypes=("float32",))
case("math.zero_fraction", inputs=[V([0.0, 1.0, -0.0, NAN])], dtypes=(*FLOATS, "complex64"))
case(
    "math.zero_fraction of none",
    lambda tf, x: tf.math.zero_fraction(x),
    [A("ones", (0,))],
    dtypes=("float32",),
)
case("math.zero_fraction of integers", lambda tf, x: tf.math.zero_fraction(x), [A("ties", (7,))], dtypes=INTS)


@script("bincount")
def _(tf):
    count = tf.math.bincount
    matrix = [[1, 1], [2, 0]]
    return {
        "plain": count([1, 1, 2, 5]),
        "minlength": count([1, 1], minlength=5),
        "maxlength": count([1, 1, 2, 5], maxlength=3),
        "both": count([1, 1, 2, 5], minlength=7, maxlength=3),
        "maxlength 0": count([1], maxlength=0),
        "minlength -1": count([1], minlength=-1),
        "minlength tensor": count([1], minlength=tf.constant(3)),
        "weights": count([1, 1, 2], weights=[0.5, 0.5, 2.0]),
        "weights int": count([1, 1, 2], weights=[5, 6, 7]),
        "weights int64": count([1, 1, 2], weights=tf.constant([5, 6, 7], tf.int64)),
        "weights float64": count([1, 1, 2], weights=tf.constant([5, 6, 7], tf.float64)),
        "weights float16": raises(lambda: count([1, 1, 2], weights=tf.constant([5, 6, 7], tf.float16))),
        "weights shape": raises(lambda: count([1, 1, 2], weights=[0.5])),
        "weights and binary": raises(lambda: count([1], weights=[0.5], binary_output=True)),
        "negative": raises(lambda: count([-1, 1])),
        "matrix": count(matrix),
        "rows": count(matrix, axis=-1),
        "axis 0": count(matrix, axis=0),
        "axis 1": raises(lambda: count(matrix, axis=1)),
        "axis -2": raises(lambda: count(matrix, axis=-2)),
        "rows, binary": count(matrix, axis=-1, binary_output=True),
        "rows, weights": count(matrix, weights=[[0.5, 1.0], [2.0, 3.0]], axis=-1),
        "rows, maxlength": count(matrix, maxlength=2, axis=-1),
        "rows, float": count(matrix, axis=-1, dtype=tf.float32),
        "rows, empty": count(tf.zeros((2, 0), tf.int32), axis=-1),
        "rows, negative": raises(lambda: count([[-1, 1]], axis=-1)),
        "rank 3": raises(lambda: count(tf.ones((2, 2, 2), tf.int32), axis=-1)),
        "binary": count([1, 1, 2], binary_output=True),
        "empty": count(tf.zeros((0,), tf.int32)),
        "scalar": count(3),
        "floats": count([1.7, 2.2]),
        "bools": count([True, False, True]),
        "int64": count(tf.constant([1, 1], tf.int64)),
        "int8": raises(lambda: count(tf.constant([1, 1], tf.int8))),
        "as float": count([1, 1], dtype=tf.float32),
        "as int64": count([1, 1], dtype=tf.int64),
        "as int8": raises(lambda: count([1, 1], dtype=tf.int8)),
    }


@script("bincount: gradient")
def _(tf):
    w = tf.constant([0.5, 0.5, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(w)
        y = tf.math.bincount([1, 1, 2], weights=w)
    return raises(lambda: tape.gradient(y, w))


@script("confusion_matrix")
def _(tf):
    matrix = tf.math.confusion_matrix
    w = tf.constant([0.5, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(w)
        weighted = matrix([1, 2], [2, 2], weights=w, dtype=tf.float32)
    return {
        "plain": matrix([1, 2, 4], [2, 2, 4]),
        "num_classes": matrix([1, 2, 2], [2, 2, 0], num_classes=5),
        "num_classes tensor": matrix([1], [1], num_classes=tf.constant(3)),
        "weights": weighted,
        "gradient": tape.gradient(weighted, w),
        "weights cast": matrix([1, 2], [2, 2], weights=[0.5, 2.0]),
        "int64": matrix([1, 2], [1, 2], dtype=tf.int64),
        "float labels": matrix([1.0, 2.0], [1.0, 2.0]),
        "squeezed": matrix([[1], [2]], [1, 2]),
        "squeezed predictions": matrix([1, 2], [[1], [2]]),
        "negative label": raises(lambda: matrix([-1, 2], [2, 2])),
        "negative prediction": raises(lambda: matrix([1, 2], [2, -2])),
        "label too large": raises(lambda: matrix([1, 7], [1, 2], num_classes=3)),
        "prediction too large": raises(lambda: matrix([1, 2], [1, 7], num_classes=3)),
        "lengths": raises(lambda: matrix([1, 2], [1])),
        "weights shape": raises(lambda: matrix([1, 2], [2, 2], weights=[0.5])),
        "weight scalar": raises(lambda: matrix([1, 2], [2, 2], weights=2)),
        "empty": raises(lambda: matrix([], [])),
    }


@script("raw reductions")
def _(tf):
    raw = tf.raw_ops
    x = tf.constant([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
    answers = {
        name: [
            getattr(raw, name)(input=x, axis=1),
            getattr(raw, name)(input=x, axis=[0, -1]),
            getattr(raw, name)(input=x, axis=tf.constant([-1]), keep_dims=True),
            getattr(raw, name)(input=x, axis=[]),
        ]
        for name in ("Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm")
    }
    answers |= {name: getattr(raw, name)(input=x > 0.0, axis=[0]) for name in ("All", "Any")}
    for name in ("Cumsum", "Cumprod", "CumulativeLogsumexp"):
        answers[name] = [
            getattr(raw, name)(x=x, axis=-1),
            getattr(raw, name)(x=x, axis=0, exclusive=True, reverse=True),
        ]
    return answers


@script("gradients through raw reductions")
def _(tf):
    answers = {}
    for name in ("Sum", "Mean", "Prod", "Max", "Min", "EuclideanNorm"):
        for axis in ([1], [-1, 0], []):
            for keep in (False, True):
                x = tf.constant([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = getattr(tf.raw_ops, name)(input=x, axis=axis, keep_dims=keep)
                answers[f"{name} {axis} {keep}"] = tape.gradient(y, x)
    return answers
