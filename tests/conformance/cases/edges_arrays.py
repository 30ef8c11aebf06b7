"""Making, joining, cutting, gathering and scattering: of nothing, at the ends, where things meet twice."""

from conformance_kit import FLOATS, A, V, case, raises, script

REAL = ("float32",)
NUMERIC = (*REAL, "uint64", "complex64")
ALL = (*REAL, "int8", "bool")

INF, NAN = float("inf"), float("nan")
EMPTY = {"0x3": [A("normal", (0, 3))], "2x0": [A("normal", (2, 0))]}


def shaped(name, fn, dtypes=REAL, **options):
    case(name, fn, [A("normal", (2, 3))], dtypes=dtypes, also=EMPTY, **options)


shaped("reshape to -1", lambda tf, x: tf.reshape(x, [-1]), ALL)
shaped("transpose", lambda tf, x: tf.transpose(x), ALL)
shaped("concat with nothing", lambda tf, x: tf.concat([x, x[:0], x], 0), ALL)
shaped("concat of one", lambda tf, x: tf.concat([x], -1))
shaped("concat columns", lambda tf, x: tf.concat([x, x[:, :0], x], 1))
shaped("stack", lambda tf, x: tf.stack([x, x], 1), ALL)
shaped("unstack columns", lambda tf, x: tf.unstack(x, axis=1))
shaped("unstack rows", lambda tf, x: tf.unstack(x, axis=0))
shaped("split to pieces of nothing", lambda tf, x: tf.split(x, [0, x.shape[1], 0], 1))
shaped("split rows in one", lambda tf, x: tf.split(x, 1, 0))
shaped("tile nothing", lambda tf, x: tf.tile(x, [0, 2]), ALL)
shaped("tile", lambda tf, x: tf.tile(x, [2, 3]))
shaped("repeat none", lambda tf, x: tf.repeat(x, 0, axis=1))
shaped("repeat some", lambda tf, x: tf.repeat(x, [2] * x.shape[0], axis=0))
shaped("pad", lambda tf, x: tf.pad(x, [[1, 0], [0, 2]], constant_values=1), NUMERIC)
shaped("pad nothing", lambda tf, x: tf.pad(x, [[0, 0], [0, 0]]))
shaped("reverse", lambda tf, x: tf.reverse(x, [0, 1]), ALL)
shaped("reverse no axes", lambda tf, x: tf.reverse(x, tf.zeros([0], tf.int32)))
shaped("slice nothing", lambda tf, x: tf.slice(x, [0, 0], [0, -1]), ALL)
shaped("slice at the end", lambda tf, x: tf.slice(x, list(x.shape), [-1, 0]))
shaped("strides beyond the ends", lambda tf, x: x[-7:9:2, 9:-9:-2])
shaped("index nothing", lambda tf, x: x[2:1])
shaped("expand and squeeze", lambda tf, x: tf.squeeze(tf.expand_dims(x, 1), 1))
shaped("broadcast_to", lambda tf, x: tf.broadcast_to(x, [2, *x.shape]), ALL)
shaped(
    "broadcast of ones",
    lambda tf, x: tf.broadcast_to(x[:1, :1], [x.shape[0], x.shape[1]]) if 0 not in x.shape else x,
)
shaped("gather none", lambda tf, x: tf.gather(x, tf.zeros([0], tf.int32), axis=1), ALL, order=0)
shaped("gather rows none", lambda tf, x: tf.gather(x, tf.zeros([0, 2], tf.int32)))
shaped(
    "gather twice",
    lambda tf, x: tf.gather(x, [0, 0, 0][: 3 * min(1, x.shape[1])], axis=1) if x.shape[1] else x,
)
shaped("gather_nd none", lambda tf, x: tf.gather_nd(x, tf.zeros([0, 1], tf.int32)))
shaped("gather_nd whole", lambda tf, x: tf.gather_nd(x, tf.zeros([2, 0], tf.int32)), refuses=EMPTY, order=0)
shaped("where mask", lambda tf, x: tf.where(x == x, x, tf.zeros_like(x)), NUMERIC)
shaped("boolean_mask none", lambda tf, x: tf.boolean_mask(x, tf.zeros(x.shape, tf.bool)))
shaped("boolean_mask all", lambda tf, x: tf.boolean_mask(x, tf.ones([x.shape[0]], tf.bool)))
shaped(
    "zeros and ones",
    lambda tf, x: [tf.zeros_like(x), tf.ones_like(x), tf.shape(x), tf.size(x), tf.rank(x)],
    ALL,
    order=0,
)
shaped("where of one", lambda tf, x: tf.where(x), ALL, order=0)
shaped(
    "reverse_sequence",
    lambda tf, x: tf.reverse_sequence(x, [min(2, x.shape[1])] * x.shape[0], seq_axis=1, batch_axis=0),
)
shaped(
    "dynamic_partition",
    lambda tf, x: (
        tf.dynamic_partition(x, [1] * x.shape[0], 3)
        if x.shape[0]
        else tf.dynamic_partition(x, tf.zeros([0], tf.int32), 3)
    ),
)
shaped(
    "dynamic_stitch none",
    lambda tf, x: tf.dynamic_stitch([tf.zeros([0], tf.int32), tf.range(x.shape[0])], [x[:0], x]),
)
shaped("matrix transpose", lambda tf, x: tf.linalg.matrix_transpose(x), ALL)
shaped("band_part", lambda tf, x: tf.linalg.band_part(x, -1, 0))
shaped("scatter_nd none", lambda tf, x: tf.scatter_nd(tf.zeros([0, 1], tf.int32), x[:0], [4, x.shape[1]]))
shaped(
    "tensor_scatter_nd_update none",
    lambda tf, x: tf.tensor_scatter_nd_update(x, tf.zeros([0, 1], tf.int32), x[:0]),
)
shaped(
    "tensor_scatter_nd_max none", lambda tf, x: tf.tensor_scatter_nd_max(x, tf.zeros([0, 1], tf.int32), x[:0])
)
shaped("cast", lambda tf, x: tf.cast(x, tf.float64), ALL)
shaped("identity_n", lambda tf, x: tf.identity_n([x, x[:0]]))
shaped("map_fn", lambda tf, x: tf.map_fn(lambda r: r * r, x))
shaped("vectorized_map", lambda tf, x: tf.vectorized_map(lambda r: r * r, x))
shaped("scan", lambda tf, x: tf.scan(lambda a, r: a + r, x, tf.ones([x.shape[1]], x.dtype)))
shaped("foldl", lambda tf, x: tf.foldl(lambda a, r: a * r, x, tf.ones([x.shape[1]], x.dtype)))

TWICE = [[1], [1], [0], [1]]
for name in ["add", "sub", "update", "max", "min"]:
    case(
        f"tensor_scatter_nd_{name} meeting",
        lambda tf, x, y, f=name: getattr(tf, f"tensor_scatter_nd_{f}")(x, TWICE, y),
        [V([1.0, 2.0, 3.0]), V([2.0, 2.0, 1.0, 2.0])],
        dtypes=FLOATS,
        also={
            "wild": [V([INF, 1.0, NAN]), V([-INF, NAN, INF, 2.0])],
            "ties": [A("ties", (3,)), A("ties", (4,))],
        },
    )
case(
    "scatter_nd meeting",
    lambda tf, x: tf.scatter_nd(TWICE, x, [3]),
    [V([2.0, 2.0, 1.0, 2.0])],
    dtypes=NUMERIC,
    also={"wild": [V([INF, -INF, NAN, INF])]},
)
case("gather of what is not finite", lambda tf, x: tf.gather(x, [0, 0, 2]), [V([INF, 1.0, NAN])])
case(
    "where keeps what is not finite out",
    lambda tf, x: tf.where(x > 0, tf.math.log(x), 0 * x),
    [V([0.0, 1.0, -1.0, INF, NAN])],
)
case(
    "where with zeros",
    lambda tf, x: tf.where(x > 0, 1 / x, tf.zeros_like(x)),
    [V([0.0, 1.0, -0.0, INF, NAN])],
)
case("repeat of integers", lambda tf, x: tf.repeat(x, [0, 2, 0]), [V([1.0, 2.0, 3.0])])
case(
    "one_hot",
    lambda tf, i: tf.one_hot(i, 3, dtype=tf.float32),
    [V([0, 2, -1, 3, 1])],
    dtypes=("int32", "int64", "uint8", "int8"),
    also={"empty": [V([])]},
)
case("one_hot of depth 0", lambda tf, i: tf.one_hot(i, 0), [V([0, 2])], dtypes=("int32", "int64"))
case("one_hot values", lambda tf, on, off: tf.one_hot([0, -1, 3], 2, on, off), [V(INF), V(NAN)])
case(
    "linspace",
    lambda tf, x, y: [tf.linspace(x, y, n) for n in (1, 2, 5)],
    [V(-1.0), V(1.0)],
    dtypes=FLOATS,
    also={
        "same": [V(2.0), V(2.0)],
        "falling": [V(3.0), V(-3.0)],
        "inf": [V(0.0), V(INF)],
        "vectors": [V([0.0, 1.0]), V([1.0, 1.0])],
    },
)
case(
    "sequence_mask",
    lambda tf, i: tf.sequence_mask(i, 3),
    [V([0, 1, 3, 5, -1])],
    dtypes=("int32", "int64"),
    also={"empty": [V([])]},
)
case("unravel_index", lambda tf, i: tf.unravel_index(i, [2, 3]), [V([0, 5, 3])], dtypes=("int32", "int64"))
case(
    "invert_permutation",
    lambda tf, i: tf.math.invert_permutation(i),
    [V([2, 0, 1])],
    dtypes=("int32", "int64"),
    also={"empty": [V([])], "one": [V([0])]},
)
case(
    "bitcast",
    lambda tf, x: tf.bitcast(x, {2: tf.int16, 4: tf.int32, 8: tf.int64}[x.dtype.size]),
    [V([0.0, -0.0, INF, -INF, 1.0])],
    dtypes=FLOATS,
)


@script("range: of nothing, steps in floats")
def _(tf):
    arguments = [
        (0,),
        (3,),
        (3, 3),
        (0.0, 1.0, 0.1),
        (0.0, 1.0, 0.3),
        (1.0, 0.0, -0.25),
        (0.0, 0.0),
        (5, 0, -2),
        (0, 5, 7),
    ]
    found = {str(a): raises(lambda a=a: tf.range(*a)) for a in arguments}
    for dtype in ("float16", "bfloat16", "float64", "int8", "int16", "uint8", "uint16"):
        found[dtype] = raises(lambda d=dtype: tf.range(0, 5, 2, dtype=d))
        found[f"{dtype} less than none"] = raises(lambda d=dtype: tf.range(5, 0, dtype=d))
        found[f"{dtype} no step"] = raises(lambda d=dtype: tf.range(0, 5, 0, dtype=d))
    return found


@script("counting nothing")
def _(tf):
    none = tf.zeros([0], tf.int32)
    return {
        "bincount": [
            tf.math.bincount(x, minlength=m, maxlength=n)
            for x in (none, [0, 5, 5], [7])
            for m in (None, 3)
            for n in (None, 4)
        ],
        "weights": [
            tf.math.bincount([0, 1, 1], weights=tf.constant([INF, NAN, 1.0])),
            tf.math.bincount(none, weights=tf.zeros([0])),
        ],
        "confusion": tf.math.confusion_matrix(none, none, 2),
        "unique": tf.unique(none),
        "eye": [tf.eye(0), tf.eye(2, 0), tf.eye(0, 3, [2]), tf.eye(1, batch_shape=[0])],
        "fill": [tf.fill([0, 2], 1.0), tf.fill([], 2), tf.zeros([0]), tf.ones([2, 0], tf.int8)],
        "meshgrid": tf.meshgrid([1, 2], none),
    }
