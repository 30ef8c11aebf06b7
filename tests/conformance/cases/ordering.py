"""Sorting, top k, and where the extremes are."""

from conformance_kit import EDGE, FLOATS, INTS, REALS, A, I, V, case, error, raises, script

INF, NAN = float("inf"), float("nan")

for name in ["argmax", "argmin"]:
    case(name, inputs=[A("normal", (2, 3))], dtypes=(*REALS, "bool"), rejects=("complex64",))
    for axis in (0, 1, -1):
        case(
            f"{name} ties axis {axis}",
            lambda tf, x, n=name, a=axis: getattr(tf.math, n)(x, axis=a),
            [A("ties", (4, 5))],
            dtypes=("float32", "int32", "uint64", "bool"),
        )
    case(f"{name} of edges", lambda tf, x, n=name: getattr(tf, n)(x), [EDGE], dtypes=("float32", *INTS))
    case(
        f"{name} next to nan",
        lambda tf, x, n=name: getattr(tf, n)(x, axis=1),
        [V([[1.0, NAN, 2.0], [NAN, 1.0, 2.0], [NAN, NAN, NAN], [2.0, 1.0, NAN], [-INF, NAN, INF]])],
        dtypes=("float32", "float64"),
    )
    case(
        f"{name} infinities",
        lambda tf, x, n=name: getattr(tf, n)(x, axis=1),
        [V([[-INF, -INF], [INF, INF], [-INF, INF]])],
        dtypes=("float32",),
    )

    @script(f"{name}: axes and dtypes")
    def _(tf, name=name):
        find = getattr(tf, name)
        x = tf.constant([[1.0, 5.0], [7.0, 3.0]])
        answers = {
            "default": find(x),
            "tensor axis": find(x, axis=tf.constant(1)),
            "int32": find(x, output_type=tf.int32),
            "by name": find(x, output_type="int32"),
            "empty result": find(tf.zeros((0, 2)), axis=1),
            "no columns": find(tf.zeros((2, 0)), axis=0),
        }
        bad = {
            "axis 2": lambda: find(x, axis=2),
            "scalar": lambda: find(1.0),
            "empty": lambda: find(tf.zeros((0,))),
            "empty axis": lambda: find(tf.zeros((0, 2))),
            "axis list": lambda: find(x, axis=[1]),
            "axis float": lambda: find(x, axis=0.0),
            "int16": lambda: find(x, output_type=tf.int16),
            "uint16": lambda: find(x, output_type=tf.uint16),
            "int8": lambda: find(x, output_type=tf.int8),
            "float32": lambda: find(x, output_type=tf.float32),
        }
        answers |= {label: raises(fn) for label, fn in bad.items()}
        v = tf.Variable([1.0, 3.0])
        with tf.GradientTape() as tape:
            y = find(v)
        answers["gradient"] = tape.gradient(y, v)
        with tf.GradientTape() as tape:
            y = tf.cast(find(v), tf.float32) * v
        answers["gradient of a product"] = tape.gradient(y, v)
        return answers


# sort
for direction in ("ASCENDING", "DESCENDING"):
    case(
        f"sort {direction}",
        lambda tf, x, d=direction: tf.sort(x, direction=d),
        [A("normal", (3, 4))],
        dtypes=REALS,
        rejects=("bool", "complex64"),
        also={"one": [A("normal", (2, 1))]},
    )
    case(
        f"sort {direction} empty",
        lambda tf, x, d=direction: tf.sort(x, direction=d),
        [A("ones", (2, 0))],
        order=0,
    )
    case(
        f"sort {direction} axis 0",
        lambda tf, x, d=direction: tf.sort(x, axis=0, direction=d),
        [A("normal", (3, 2, 2))],
        dtypes=("float32", "int32"),
    )
    case(
        f"sort {direction} ties",
        lambda tf, x, d=direction: tf.sort(x, axis=-1, direction=d),
        [A("ties", (2, 7))],
        dtypes=("float32",),
    )
    case(
        f"sort {direction} infinities",
        lambda tf, x, d=direction: tf.sort(x, direction=d),
        [V([1.0, INF, -INF, 0.0])],
        dtypes=FLOATS,
    )
    case(
        f"sort {direction} extremes", lambda tf, x, d=direction: tf.sort(x, direction=d), [EDGE], dtypes=INTS
    )
    case(
        f"argsort {direction}",
        lambda tf, x, d=direction: tf.argsort(x, direction=d),
        [A("normal", (3, 4))],
        dtypes=("float32", "bfloat16"),
        rejects=("bool", "complex64"),
        order=0,
    )
    case(
        f"argsort {direction} ties",
        lambda tf, x, d=direction: tf.argsort(x, axis=0, direction=d, stable=True),
        [A("ties", (7, 2))],
        dtypes=REALS,
        order=0,
    )


@script("sort: arguments")
def _(tf):
    calls = {
        "direction": lambda: tf.sort([1.0], direction="UP"),
        "lower case": lambda: tf.sort([1.0], direction="ascending"),
        "direction None": lambda: tf.sort([1.0], direction=None),
        "axis 1": lambda: tf.sort([1.0], axis=1),
        "axis -3": lambda: tf.sort([[1.0]], axis=-3),
        "scalar": lambda: tf.sort(1.0),
        "axis list": lambda: tf.sort([2.0, 1.0], axis=[0]),
        "axis None": lambda: tf.sort([2.0, 1.0], axis=None),
        "axis tensor": lambda: tf.sort([2.0, 1.0], axis=tf.constant(0)),
        "axis -1.0": lambda: tf.sort([2.0, 1.0], axis=-1.0),
        "strings": lambda: tf.sort(["b", "a"]),
        "argsort direction": lambda: tf.argsort([1.0], direction="UP"),
        "argsort axis": lambda: tf.argsort([1.0], axis=1),
    }
    return {name: raises(fn) for name, fn in calls.items()}


# top k
case(
    "math.top_k",
    lambda tf, x: tf.math.top_k(x, k=2),
    [A("normal", (2, 5))],
    dtypes=REALS,
    rejects=("bool", "complex64"),
    also={"vector": [A("normal", (4,))], "rank 3": [A("normal", (2, 2, 3))], "empty": [A("normal", (0, 3))]},
)
case("math.top_k values", lambda tf, x: tf.math.top_k(x, k=3).values, [A("normal", (2, 5))])
case("math.top_k ties", lambda tf, x: tf.math.top_k(x, k=4), [A("ties", (3, 7))], dtypes=("float32", "int32"))
case("math.top_k of all", lambda tf, x: tf.math.top_k(x, k=3), [A("normal", (2, 3))], dtypes=("float32",))
case("math.top_k of none", lambda tf, x: tf.math.top_k(x, k=0), [A("normal", (2, 3))], dtypes=("float32",))
case("math.top_k default", lambda tf, x: tf.math.top_k(x), [A("normal", (2, 3))], dtypes=("float32",))
case("math.top_k extremes", lambda tf, x: tf.math.top_k(x, k=3), [EDGE], dtypes=INTS)
case(
    "math.top_k squared",
    lambda tf, x: tf.reduce_sum(tf.square(tf.math.top_k(x, k=2)[0])),
    [A("normal", (2, 4))],
    dtypes=("float64",),
)


@script("math.top_k: arguments")
def _(tf):
    top = tf.math.top_k
    x = tf.constant([1.0, 2.0])
    result = top(x, 1)
    calls = {
        "negative": lambda: top(x, -1),
        "too many": lambda: top(x, 3),
        "scalar": lambda: top(1.0),
        "k float": lambda: top(x, 1.5),
        "k vector": lambda: top(x, [1]),
        "k tensor": lambda: top(x, tf.constant(1, tf.int64)),
        "k int16": lambda: top(x, tf.constant(1, tf.int16)),
        "int64": lambda: top(x, 1, index_type=tf.int64),
        "int16": lambda: top(x, 1, index_type=tf.int16),
        "uint8": lambda: top(x, 1, index_type=tf.uint8),
        "float32": lambda: top(x, 1, index_type=tf.float32),
        "strings": lambda: top(["a", "b"], 1),
    }
    answers = {name: raises(fn) for name, fn in calls.items()}
    answers["type"] = type(result).__name__
    answers["fields"] = list(result._fields)
    return answers


# approximate, which is exact on the CPU
case(
    "math.approx_max_k",
    lambda tf, x: tf.math.approx_max_k(x, 2),
    [A("normal", (2, 5))],
    dtypes=("float32", "float16", "bfloat16"),
    rejects=("float64", "int32"),
    order=1,
)
case(
    "approx_top_k",
    lambda tf, x: tf.approx_top_k(x, 2, aggregate_to_topk=False),
    [A("normal", (2, 5))],
    dtypes=("float32",),
    order=1,
)

# in top k
case(
    "math.in_top_k",
    lambda tf, x, t: [tf.math.in_top_k(t, x, k) for k in range(-1, 6)],
    [A("normal", (6, 4), "float32"), I((6,), 4)],
    dtypes=("float32",),
    order=0,
)
SCORES = [
    [0.1, 0.3, 0.3, 0.2],
    [NAN, 1.0, 2.0, 3.0],
    [1.0, INF, 2.0, 3.0],
    [1.0, 2.0, 3.0, 4.0],
    [-INF, 1, 2, 3],
]


@script("math.in_top_k: ties, non-finite scores, targets that are no class")
def _(tf):
    inside = {f"{t} {k}": tf.math.in_top_k([t] * 5, SCORES, k) for t in range(-1, 5) for k in range(6)}
    calls = {
        "int64 targets": lambda: tf.math.in_top_k(tf.constant([1] * 5, tf.int64), SCORES, 2),
        "int64 k": lambda: tf.math.in_top_k([1] * 5, SCORES, tf.constant(2, tf.int64)),
        "float targets": lambda: tf.math.in_top_k([1.0] * 5, SCORES, 2),
        "float64": lambda: tf.math.in_top_k([1] * 5, tf.constant(SCORES, tf.float64), 2),
        "lengths": lambda: tf.math.in_top_k([1, 1], SCORES, 2),
        "vector": lambda: tf.math.in_top_k([1], [1.0, 2.0], 1),
    }
    return inside | {name: raises(fn) for name, fn in calls.items()}


# nth element
for reverse in (False, True):
    case(
        f"raw_ops.NthElement reverse={reverse}",
        lambda tf, x, r=reverse: tf.raw_ops.NthElement(input=x, n=1, reverse=r),
        [A("normal", (2, 4))],
        dtypes=REALS,
        rejects=("bool", "complex64"),
        also={"ties": [V([[5, 5, 4], [1, 2, 2]])]},
    )
error("raw_ops.NthElement: n too large", lambda tf: tf.raw_ops.NthElement(input=[1.0, 2.0], n=2))
error("raw_ops.NthElement: n negative", lambda tf: tf.raw_ops.NthElement(input=[1.0, 2.0], n=-1))
error("raw_ops.NthElement: scalar", lambda tf: tf.raw_ops.NthElement(input=1.0, n=0))


@script("raw ordering ops")
def _(tf):
    raw = tf.raw_ops
    x = tf.constant([[3.0, 1.0, 2.0], [5.0, 5.0, 4.0]])
    return {
        "ArgMax": raw.ArgMax(input=x, dimension=-1),
        "ArgMax int32": raw.ArgMax(input=x, dimension=tf.constant(0), output_type=tf.int32),
        "ArgMin": raw.ArgMin(input=x, dimension=1),
        "TopKV2": list(raw.TopKV2(input=x, k=2)),
        "TopKV2 int64": list(raw.TopKV2(input=x, k=1, index_type=tf.int64)),
        "InTopKV2": raw.InTopKV2(predictions=x, targets=[0, 2], k=1),
    }
