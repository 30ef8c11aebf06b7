"""Reductions over segments: sorted ids, unsorted ids, looked-up rows."""

from conformance_kit import COMPLEX, DOUBLE, FLOATS, NUMERIC, REALS, A, V, case, raises, script

INF, NAN = float("inf"), float("nan")
ANALYTIC = (*FLOATS, *COMPLEX)
UNSORTED = [2, 0, -1, 2, 4, 0]
SORTED = [0, 0, 2, 2, 2, 5]
KINDS = ("Sum", "Prod", "Max", "Min")
MATRIX = [[0, 2, 1], [2, -1, 0]]
DTYPES = {"sum": NUMERIC, "prod": NUMERIC, "max": REALS, "min": REALS, "mean": (*REALS,), "sqrt_n": FLOATS}
REJECTS = {
    "sum": ("bool",),
    "prod": ("bool",),
    "max": ("bool", "complex64"),
    "min": ("bool", "complex64"),
    "mean": ("bool", "complex64"),
    "sqrt_n": ("bool", "int32", "complex64"),
}

for name, dtypes in DTYPES.items():
    path = f"unsorted_segment_{name}"
    case(
        f"math.{path}",
        lambda tf, x, p=path: getattr(tf.math, p)(x, UNSORTED, 5),
        [A("normal", (6, 2))],
        dtypes=dtypes,
        rejects=REJECTS[name],
    )
    case(
        f"math.{path} vector",
        lambda tf, x, p=path: getattr(tf.math, p)(
            x, tf.constant(UNSORTED, tf.int64), tf.constant(6, tf.int64)
        ),
        [A("normal", (6,))],
        dtypes=DOUBLE,
    )
    case(
        f"math.{path} of a matrix of ids",
        lambda tf, x, p=path: getattr(tf.math, p)(x, MATRIX, 3),
        [A("normal", (2, 3, 2))],
        dtypes=DOUBLE,
        also={"flat": [A("normal", (2, 3))]},
    )
    case(
        f"math.{path} ties",
        lambda tf, x, p=path: getattr(tf.math, p)(x, [0, 0, 1, 1, 0, 1, -1], 2),
        [A("ties", (7,))],
        dtypes=("float64",) if name == "sqrt_n" else ("float64", "int32"),
    )
    case(
        f"math.{path} special values",
        lambda tf, x, p=path: getattr(tf.math, p)(x, [0, 0, 1, 1, 2, 2], 3),
        [V([1.0, NAN, 2.0, INF, -INF, INF])],
        dtypes=("float32",),
        order=1 if name != "prod" else 0,
    )
    case(
        f"math.{path} empty",
        lambda tf, x, p=path: getattr(tf.math, p)(x, tf.zeros((0,), tf.int32), 2),
        [A("normal", (0, 2))],
        dtypes=("float32",),
    )
    case(
        f"math.{path} no segments",
        lambda tf, x, p=path: getattr(tf.math, p)(x, [-1, -1], 0),
        [A("normal", (2,))],
        dtypes=("float32",),
        order=0,
    )
    case(
        f"math.{path} one id",
        lambda tf, x, p=path: getattr(tf.math, p)(x, 1, 2),
        [A("normal", (3,))],
        dtypes=("float32",),
        also={"scalar": [A("normal")]},
    )
    if name == "sqrt_n":
        continue
    path = f"segment_{name}"
    case(
        f"math.{path}",
        lambda tf, x, p=path: getattr(tf.math, p)(x, SORTED),
        [A("normal", (6, 2))],
        dtypes=NUMERIC if name == "mean" else dtypes,
        rejects=("bool",),
    )
    case(
        f"math.{path} vector",
        lambda tf, x, p=path: getattr(tf.math, p)(x, tf.constant([1, 1, 3, 3], tf.int64)),
        [A("normal", (4,))],
        dtypes=DOUBLE,
        also={"rank 3": [A("normal", (4, 2, 2))]},
    )
    case(
        f"math.{path} ties",
        lambda tf, x, p=path: getattr(tf.math, p)(x, [0, 0, 0, 1, 1, 1, 1]),
        [A("ties", (7,))],
        dtypes=("float64", "int32"),
    )
    case(
        f"math.{path} special values",
        lambda tf, x, p=path: getattr(tf.math, p)(x, [0, 0, 1, 1, 2, 2]),
        [V([1.0, NAN, 2.0, INF, -INF, INF])],
        dtypes=("float32",),
        order=1 if name != "prod" else 0,
    )
    case(
        f"math.{path} empty",
        lambda tf, x, p=path: getattr(tf.math, p)(x, tf.zeros((0,), tf.int32)),
        [A("normal", (0, 2))],
        dtypes=("float32",),
        order=0,
    )

for label, values in {
    "one zero": [2.0, 0.0, 3.0, 4.0, 5.0, 6.0],
    "two zeros": [0.0, 0.0, 3.0, 0.0, 5.0, 6.0],
}.items():
    case(
        f"math.unsorted_segment_prod {label}",
        lambda tf, x: tf.math.unsorted_segment_prod(x, [0, 0, 0, 1, 1, -1], 3),
        [V(values)],
        dtypes=DOUBLE,
    )
    case(
        f"math.segment_prod {label}",
        lambda tf, x: tf.math.segment_prod(x, [0, 0, 0, 1, 1, 1]),
        [V(values)],
        dtypes=DOUBLE,
    )
for dtype, values in {"int8": [100, 100, 100], "uint8": [200, 200, 1], "int16": [30000, 30000, 7]}.items():
    case(
        f"math.segment_mean wraps {dtype}",
        lambda tf, x: tf.math.segment_mean(x, [0, 0, 1]),
        [V(values)],
        dtypes=(dtype,),
    )
case(
    "math.segment_mean rounds",
    lambda tf, x: tf.math.segment_mean(x, [0, 0, 1, 1]),
    [V([-3, -4, 3, 4])],
    dtypes=("int8", "int32", "int64"),
)


@script("unsorted segments: bad arguments")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    answers = {}
    for name in DTYPES:
        f = getattr(tf.math, f"unsorted_segment_{name}")
        calls = {
            "id too large": lambda f=f: f(x, [0, 1, 5], 5),
            "id just too large": lambda f=f: f(x, [0, 1, 2], 2),
            "lengths": lambda f=f: f(x, [0, 1], 5),
            "ranks": lambda f=f: f(x, [[0, 1, 2]], 5),
            "negative": lambda f=f: f(x, [0, 0, 0], -1),
            "float ids": lambda f=f: f(x, [0.0, 1.0, 0.0], 2),
            "float number": lambda f=f: f(x, [0, 1, 0], 2.0),
            "vector number": lambda f=f: f(x, [0, 1, 0], [2]),
            "int16 ids": lambda f=f: f(x, tf.constant([0, 1, 0], tf.int16), 2),
            "strings": lambda f=f: f(["a", "b"], [0, 1], 2),
        }
        if name in ("mean", "sqrt_n"):
            del calls["strings"]
        answers |= {f"{name} {label}": raises(call) for label, call in calls.items()}
    return answers


@script("sorted segments: bad arguments")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    answers = {}
    for name in DTYPES:
        if name == "sqrt_n":
            continue
        f = getattr(tf.math, f"segment_{name}")
        calls = {
            "decreasing": lambda f=f: f(x, [1, 0, 2]),
            "negative": lambda f=f: f(x, [-1, 0, 0]),
            "all negative": lambda f=f: f(x, [-2, -1, -1]),
            "lengths": lambda f=f: f(x, [0, 1]),
            "ranks": lambda f=f: f([[1.0, 2.0], [3.0, 4.0]], [[0, 1], [1, 1]]),
            "scalar id": lambda f=f: f(x, 0),
            "scalar data": lambda f=f: f(3.0, [0]),
            "float ids": lambda f=f: f(x, [0.0, 0.0, 1.0]),
        }
        answers |= {f"{name} {label}": raises(call) for label, call in calls.items()}
    return answers


# looked-up rows
INDICES = [0, 3, 3, 1, 0]
IDS = [0, 0, 1, 1, 3]
for name in ["sum", "mean", "sqrt_n"]:
    path = f"segment_{name}"
    case(
        f"sparse.{path}",
        lambda tf, x, p=path: getattr(tf.sparse, p)(x, INDICES, IDS),
        [A("normal", (4, 2))],
        dtypes=REALS if name == "sum" else FLOATS,
        rejects=("bool", "complex64") if name == "sum" else ("bool", "int32"),
    )
    case(
        f"sparse.{path} num_segments",
        lambda tf, x, p=path: getattr(tf.sparse, p)(x, INDICES, IDS, num_segments=6),
        [A("normal", (4,))],
        dtypes=DOUBLE,
    )
    for count in (None, 5):
        case(
            f"sparse.{path} sparse_gradient num_segments={count}",
            lambda tf, x, p=path, n=count: getattr(tf.sparse, p)(x, INDICES, IDS, n, sparse_gradient=True),
            [A("normal", (4, 2))],
            dtypes=("float32",),
            order=1,
        )
    case(
        f"sparse.{path} mixed index dtypes",
        lambda tf, x, p=path: [
            getattr(tf.sparse, p)(x, tf.constant([0, 1], tf.int64), [0, 0]),
            getattr(tf.sparse, p)(x, [0, 1], tf.constant([0, 0], tf.int64)),
        ],
        [A("normal", (4, 2))],
        dtypes=("float32",),
    )
    case(
        f"sparse.{path} empty",
        lambda tf, x, p=path: [
            getattr(tf.sparse, p)(x, tf.zeros((0,), tf.int32), tf.zeros((0,), tf.int32)),
            getattr(tf.sparse, p)(x, tf.zeros((0,), tf.int32), tf.zeros((0,), tf.int32), num_segments=2),
        ],
        [A("normal", (4, 2))],
        dtypes=("float32",),
        order=0,
    )


@script("looked-up segments: bad arguments")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0])
    answers = {}
    for name in ["sum", "mean", "sqrt_n"]:
        f = getattr(tf.sparse, f"segment_{name}")
        calls = {
            "few segments": lambda f=f: f(x, [0, 2, 2, 4], [0, 0, 1, 3], num_segments=2),
            "negative segments": lambda f=f: f(x, [0, 2, 2, 4], [0, 0, 1, 3], num_segments=-2),
            "decreasing": lambda f=f: f(x, [0, 2, 2, 4], [0, 1, 0, 3]),
            "index too large": lambda f=f: f(x, [0, 2, 2, 5], [0, 0, 1, 3]),
            "index negative": lambda f=f: f(x, [0, 2, 2, -1], [0, 0, 1, 3]),
            "lengths": lambda f=f: f(x, [0, 2, 2], [0, 0, 1, 3]),
            "negative ids": lambda f=f: f(x, [0, 2, 2, 4], [-1, 0, 0, 0]),
        }
        answers |= {f"{name} {label}": raises(call) for label, call in calls.items()}
    return answers


@script("raw segment ops")
def _(tf):
    raw = tf.raw_ops
    x = tf.constant([1.0, 2.0, 3.0])
    unsorted = {"data": x, "segment_ids": [1, 0, 1], "num_segments": 3}
    ids = {"data": x, "segment_ids": [0, 0, 1]}
    rows = {"data": x, "indices": [0, 2, 2], "segment_ids": [0, 0, 1]}
    answers = {f"UnsortedSegment{kind}": getattr(raw, f"UnsortedSegment{kind}")(**unsorted) for kind in KINDS}
    answers |= {f"Segment{kind}": getattr(raw, f"Segment{kind}")(**ids) for kind in (*KINDS, "Mean")}
    for kind in ("Sum", "Mean", "SqrtN"):
        answers[f"SparseSegment{kind}"] = getattr(raw, f"SparseSegment{kind}")(**rows)
        name = f"SparseSegment{kind}WithNumSegments"
        answers[name] = getattr(raw, name)(**rows, num_segments=4)
    return answers
