"""Reductions, running totals, segments, order and counting: of nothing, ties, zeros, NaN, infinities, limits."""

from conformance_kit import INTS, NUMERIC, REALS, A, V
from conformance_kit import case as any_case

REAL, COMPLEX = ("float32",), ("complex64",)
INF, NAN = float("inf"), float("nan")
ROWS = [
    [0.0, 0.0, 0.0],
    [0.0, 2.0, -3.0],
    [0.0, 0.0, 2.0],
    [2.0, 2.0, 2.0],
    [-0.0, 0.0, -0.0],
    [-1.0, -1.0, -2.0],
]
WILD = [
    [INF, 1.0, 2.0],
    [-INF, 1.0, -INF],
    [INF, -INF, 0.0],
    [NAN, 1.0, INF],
    [0.0, INF, INF],
    [NAN, NAN, NAN],
]
INFINITE = [
    [INF, 1.0, 2.0],
    [-INF, 1.0, -INF],
    [INF, -INF, 0.0],
    [1.0, INF, INF],
    [0.0, 2.0, INF],
    [-INF, -INF, -INF],
]
COMPLEX_ROWS = [[0, 0, 0], [0, 2 - 1j, 3j], [1j, 1j, -1j], [-0.0, 1, -1]]


def case(name, fn=None, inputs=(), dtypes=REAL, **options):
    any_case(name, fn, inputs, dtypes=dtypes, **options)


def sets(*, wild=True, shapes=((0, 3), (2, 0))):
    found = {"rows": [V(ROWS)], **{f"empty {n}x{m}": [A("normal", (n, m))] for n, m in shapes}}
    return found | ({"wild": [V(WILD)]} if wild else {})


def reduced(name, dtypes=REAL, **options):
    for label, axes in {"rows": -1, "columns": 0, "all": None, "none": []}.items():
        if name == "norm" and label == "none":  # which TensorFlow refuses
            continue
        case(
            f"{name} {label}",
            lambda tf, x, f=name, a=axes: _function(tf, f)(x, axis=a),
            [A("ties", (3, 4))],
            dtypes=dtypes,
            also=sets() if label in ("rows", "none") else sets(wild=False),
            **options,
        )


def _function(tf, path):
    for part in path.split("."):
        tf = getattr(tf, part)
    return tf


for name in [
    "reduce_sum",
    "reduce_mean",
    "reduce_prod",
    "reduce_max",
    "reduce_min",
    "reduce_logsumexp",
    "norm",
]:
    reduced(name)
for name in ["reduce_euclidean_norm", "reduce_variance", "reduce_std"]:
    reduced(f"math.{name}")
for name in [
    "reduce_prod",
    "reduce_sum",
    "math.reduce_euclidean_norm",
    "math.reduce_variance",
    "math.reduce_std",
    "norm",
]:
    case(
        f"{name} complex",
        lambda tf, x, f=name: _function(tf, f)(x, axis=-1),
        [V(COMPLEX_ROWS)],
        dtypes=COMPLEX,
    )
for order in (1, 2, INF, 0.5, 3.0):
    case(
        f"norm {order}",
        lambda tf, x, p=order: tf.norm(x, p, axis=-1),
        [V(ROWS)],
        also={"wild": [V(WILD)]},
        dtypes=REAL,
    )
case(
    "norm fro",
    lambda tf, x: tf.norm(x, "fro", axis=[0, 1]),
    [A("zeros", (2, 2))],
    also={"empty": [A("zeros", (0, 2))]},
)

for name in ["cumsum", "math.cumprod", "math.cumulative_logsumexp"]:
    for exclusive in (False, True):
        for reverse in (False, True):
            case(
                f"{name} {exclusive:d}{reverse:d}",
                lambda tf, x, f=name, e=exclusive, r=reverse: _function(tf, f)(
                    x, axis=-1, exclusive=e, reverse=r
                ),
                [V(ROWS)],
                also={k: v for k, v in sets(wild="logsumexp" not in name).items() if k != "rows"},
                dtypes=REAL,
            )
case("cumprod complex", lambda tf, x: tf.math.cumprod(x, axis=-1), [V(COMPLEX_ROWS)], dtypes=COMPLEX)
case("cumsum of integers", lambda tf, x: tf.cumsum(x), [V([100, 100, 100])], dtypes=INTS)
case("reduce_sum of integers", lambda tf, x: tf.reduce_sum(x), [V([100, 100, 100])], dtypes=INTS)
case("reduce_prod of integers", lambda tf, x: tf.reduce_prod(x), [V([100, 100, 100])], dtypes=INTS)
case(
    "reduce_mean of integers",
    lambda tf, x: tf.reduce_mean(x),
    [V([100, 100, 101])],
    dtypes=INTS,
    also={"negative": [V([-1, -2, -2])]},
)
for name in ["reduce_any", "reduce_all"]:
    for axes in (None, 0, 1, []):
        case(
            f"{name} {axes}",
            lambda tf, x, f=name, a=axes: _function(tf, f)(x, axis=a),
            [A("coin", (2, 3), "bool")],
            also={"empty": [A("coin", (0, 3), "bool")]},
            dtypes=("bool",),
        )

# -- segments ----------------------------------------------------------------------------------------------------------
IDS = {"gaps": [0, 0, 2, 2, 2, 5], "one": [3, 3, 3, 3, 3, 3]}
UNSORTED = {"gaps": [4, -1, 2, 4, 2, 0], "none": [-1, -1, -1, -1, -1, -1], "one": [3, 3, 3, 3, 3, 3]}
for name in ["sum", "mean", "prod", "max", "min"]:
    for label, ids in IDS.items():
        case(
            f"segment_{name} {label}",
            lambda tf, x, f=name, i=ids: _function(tf, f"math.segment_{f}")(x, i),
            [V(ROWS)],
            also={
                "wild": [V(INFINITE if name in ("max", "min") else WILD)],
                "ties": [A("ties", (6,))],
                "thin": [A("normal", (6, 0))],
            },
        )
    case(
        f"segment_{name} empty",
        lambda tf, x, f=name: _function(tf, f"math.segment_{f}")(x, tf.zeros([0], tf.int32)),
        [A("normal", (0, 3))],
    )
for name in ["sum", "mean", "sqrt_n", "prod", "max", "min"]:
    for label, ids in UNSORTED.items():
        case(
            f"unsorted_segment_{name} {label}",
            lambda tf, x, f=name, i=ids: _function(tf, f"math.unsorted_segment_{f}")(x, i, 6),
            [V(ROWS)],
            also={
                "wild": [V(INFINITE if name in ("max", "min") else WILD)],
                "ties": [A("ties", (6,))],
                "thin": [A("normal", (6, 0))],
            },
        )
    case(
        f"unsorted_segment_{name} empty",
        lambda tf, x, f=name: _function(tf, f"math.unsorted_segment_{f}")(x, tf.zeros([0], tf.int32), 2),
        [A("normal", (0, 3))],
    )
    case(
        f"unsorted_segment_{name} nowhere",
        lambda tf, x, f=name: _function(tf, f"math.unsorted_segment_{f}")(x, tf.zeros([0], tf.int32), 0),
        [A("normal", (0, 3))],
    )
for name in ["sum", "mean", "sqrt_n"]:
    case(
        f"sparse.segment_{name} gaps",
        lambda tf, x, f=name: _function(tf, f"sparse.segment_{f}")(x, [0, 0, 3, 1], [0, 0, 2, 2]),
        [V(ROWS)],
        also={"wild": [V(WILD)]},
    )
    case(
        f"sparse.segment_{name} counted",
        lambda tf, x, f=name: _function(tf, f"sparse.segment_{f}")(x, [0, 0, 3], [0, 0, 2], num_segments=5),
        [V(ROWS)],
    )
    case(
        f"sparse.segment_{name} empty",
        lambda tf, x, f=name: _function(tf, f"sparse.segment_{f}")(
            x, tf.zeros([0], tf.int32), tf.zeros([0], tf.int32), num_segments=2
        ),
        [V(ROWS)],
        order=0,  # TensorFlow's gradient is not initialized
    )

# -- order -------------------------------------------------------------------------------------------------------------
ORDERED = {
    "rows": [V(ROWS)],
    "wild": [V(INFINITE)],
    "none": [A("normal", (0, 3))],
}
for direction in ("ASCENDING", "DESCENDING"):
    case(
        f"sort {direction}",
        lambda tf, x, d=direction: tf.sort(x, direction=d),
        [A("ties", (2, 5))],
        dtypes=("float32", "float16", "uint8", "int64"),
        also={"rows": [V(ROWS)], "none": [A("normal", (0, 3))]},
    )
    case(
        f"sort wild {direction}",
        lambda tf, x, d=direction: tf.sort(x, direction=d),
        [V(INFINITE)],
        dtypes=REAL,
    )
    case(
        f"argsort {direction}",
        lambda tf, x, d=direction: tf.argsort(x, direction=d),
        [A("ties", (2, 5))],
        dtypes=("float32", "float16", "uint8", "int64"),
        also={"rows": [V(ROWS)], "none": [A("normal", (0, 3))]},
    )
    case(
        f"argsort wild {direction}",
        lambda tf, x, d=direction: tf.argsort(x, direction=d),
        [V(INFINITE)],
        dtypes=REAL,
    )
case("top_k", lambda tf, x: tf.math.top_k(x, 2), [A("ties", (2, 5))], dtypes=REALS)
case(
    "top_k rows",
    lambda tf, x: tf.math.top_k(x, 2),
    [V(ROWS)],
    dtypes=REAL,
    also={"wild": [V(INFINITE)], "none": [A("normal", (0, 3))]},
)
case(
    "top_k of none",
    lambda tf, x: tf.math.top_k(x, 0),
    [A("normal", (2, 3))],
    order=0,
    also={"empty": [A("normal", (2, 0))]},
)
for name in ["argmax", "argmin"]:
    case(
        f"{name} ties", lambda tf, x, f=name: _function(tf, f)(x, axis=-1), [A("ties", (3, 5))], dtypes=REALS
    )
    case(
        f"{name} rows",
        lambda tf, x, f=name: _function(tf, f)(x, axis=-1),
        [V(ROWS)],
        also={"wild": [V(INFINITE)], "none": [A("normal", (0, 3))]},
    )
case(
    "NthElement rows",
    lambda tf, x: tf.raw_ops.NthElement(input=x, n=1),
    [V(ROWS)],
    also={"wild": [V(INFINITE)], "none": [A("normal", (0, 3))]},
)
case(
    "NthElement reversed",
    lambda tf, x: tf.raw_ops.NthElement(input=x, n=0, reverse=True),
    [V(ROWS)],
    also={"wild": [V(INFINITE)]},
)
case(
    "in_top_k",
    lambda tf, x: [
        tf.math.in_top_k(t, x, k) for t in ([0] * 6, [2] * 6, [-1] * 6, [3] * 6) for k in (0, 1, 2, 5)
    ],
    [V(ROWS)],
    dtypes=("float32",),
    also={"wild": [V(WILD)]},
    order=0,
)
for side in ("left", "right"):
    case(
        f"searchsorted {side}",
        lambda tf, x, s=side: (
            tf.searchsorted([0.0, 1.0, 1.0, 2.0, INF], x, side=s)
            if x.dtype == tf.float32
            else tf.searchsorted(tf.constant([0, 1, 1, 2], x.dtype), x, side=s)
        ),
        [V([0.0, -0.0, 1.0, 0.5, INF, -INF, NAN, 3.0])],
        dtypes=("float32", "float64"),
        order=0,
    )
    case(
        f"searchsorted in none {side}",
        lambda tf, x, s=side: tf.searchsorted(x, tf.constant([1, 2], x.dtype), side=s),
        [A("normal", (0,))],
        dtypes=("float32", "int32"),
        order=0,
    )
case(
    "unique",
    lambda tf, x: tf.unique(x),
    [A("ties", (7,))],
    dtypes=(*REAL, *INTS),
    also={"empty": [A("ties", (0,))]},
    order=0,
)
case("unique wild", lambda tf, x: tf.unique(x), [V([NAN, 0.0, -0.0, INF, NAN, INF, -INF])], order=0)
case(
    "unique_with_counts wild",
    lambda tf, x: tf.unique_with_counts(x),
    [V([NAN, 0.0, -0.0, INF, NAN, INF, -INF])],
    order=0,
)
case(
    "histogram_fixed_width",
    lambda tf, x: tf.histogram_fixed_width(x, tf.cast([0.0, 3.0], x.dtype), nbins=4),
    [V(ROWS)],
    dtypes=("float32", "float64", "int32"),
    also={"empty": [A("normal", (0,))]},
    order=0,
)
case(
    "histogram_fixed_width wild",
    lambda tf, x: tf.histogram_fixed_width(x, [0.0, 3.0], nbins=4),
    [V([[INF, -INF, 3.0, -0.0, 2.9999]])],
    dtypes=("float32",),
    order=0,
)
case(
    "math.zero_fraction",
    inputs=[V(ROWS)],
    dtypes=NUMERIC,
    also={"wild": [V([[INF, -0.0, 0.0]])], "empty": [A("normal", (0, 3))]},
    order=0,
)
case(
    "math.count_nonzero",
    inputs=[V(ROWS)],
    dtypes=NUMERIC,
    also={"wild": [V([[INF, -0.0, 0.0, 1.0]])], "empty": [A("normal", (0, 3))]},
    order=0,
)
case(
    "approx_max_k",
    lambda tf, x: tf.math.approx_max_k(x, 2),
    [V(ROWS)],
    dtypes=("float32",),
    also={"wild": [V(WILD)]},
)
case(
    "clip_by_norm",
    lambda tf, x: tf.clip_by_norm(x, 1.0, axes=-1),
    [V(ROWS)],
    also={"wild": [V(WILD)], "empty": [A("normal", (2, 0))]},
)
case(
    "clip_by_norm at the norm",
    lambda tf, x: tf.clip_by_norm(x, 5.0),
    [V([3.0, 4.0])],
    also={"zeros": [V([0.0, 0.0])]},
)
case(
    "clip_by_norm to 0",
    lambda tf, x: tf.clip_by_norm(x, 0.0),
    [V([3.0, 4.0])],
    also={"zeros": [V([0.0, 0.0])]},
)
case(
    "clip_by_global_norm",
    lambda tf, x: tf.clip_by_global_norm([x, x[:1]], 1.0),
    [V(ROWS)],
    also={"zeros": [A("zeros", (2, 2))], "wild": [V(WILD)], "empty": [A("normal", (0, 2))]},
)
case(
    "math.softmax",
    inputs=[V(ROWS)],
    also={"wild": [V(WILD)], "empty": [A("normal", (2, 0))], "none": [A("normal", (0, 2))]},
)
case(
    "math.log_softmax",
    inputs=[V(ROWS)],
    also={"wild": [V(WILD)], "empty": [A("normal", (2, 0))], "none": [A("normal", (0, 2))]},
)
case(
    "math.lbeta",
    inputs=[V([[1.0, 2.0], [0.0, 1.0], [-1.0, 2.0], [INF, 1.0], [NAN, 1.0]])],
    also={"empty": [A("normal", (2, 0))]},
)
