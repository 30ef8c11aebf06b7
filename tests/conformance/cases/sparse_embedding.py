"""Embeddings of sparse and ragged ids: values, gradients with their forms, errors."""

from conformance_kit import A, case, raises, script

PLACES = [[0, 0], [0, 1], [1, 0], [3, 0], [3, 2]]
IDS = [1, 3, 0, 4, 1]
SHAPE = [4, 3]
COMBINERS = ("sum", "mean", "sqrtn")


def ids(tf, dtype="int64"):
    return tf.SparseTensor(PLACES, tf.constant(IDS, dtype), SHAPE)


def params(tf, dtype="float32"):
    return tf.cast(tf.reshape(tf.range(20.0), [5, 4]) / 3 - 2, dtype)


def ragged(tf, values):
    return tf.RaggedTensor.from_row_lengths(values, [2, 1, 0, 2])


for combiner in COMBINERS:
    case(
        f"nn.embedding_lookup_sparse {combiner}",
        lambda tf, p, combiner=combiner: tf.nn.embedding_lookup_sparse(p, ids(tf), None, combiner),
        inputs=[A("normal", (5, 4))],
        dtypes=("float32", "float64", "float16", "bfloat16"),
    )
    case(
        f"nn.embedding_lookup_sparse {combiner} with weights",
        lambda tf, p, w, combiner=combiner: tf.nn.embedding_lookup_sparse(
            p, ids(tf), ids(tf).with_values(w), combiner
        ),
        inputs=[A("normal", (5, 4)), A("positive", (5,))],
        dtypes=("float32", "float64", "float16", "complex64"),
    )
    case(
        f"nn.safe_embedding_lookup_sparse {combiner}",
        lambda tf, p, w, combiner=combiner: tf.nn.safe_embedding_lookup_sparse(
            p, ids(tf), ids(tf).with_values(w), combiner, default_id=2
        ),
        inputs=[A("normal", (5, 4)), A("normal", (5,))],
        order=0,  # TensorFlow has no second derivative and no forward mode here
    )
case(
    "nn.embedding_lookup_sparse max_norm",
    lambda tf, p, w: tf.nn.embedding_lookup_sparse(p, ids(tf), ids(tf).with_values(w), max_norm=0.8),
    inputs=[A("normal", (5, 4)), A("positive", (5,))],
)


@script("embedding_lookup_sparse: values")
def _(tf):
    look, safe = tf.nn.embedding_lookup_sparse, tf.nn.safe_embedding_lookup_sparse
    p, i = params(tf), ids(tf)
    w = i.with_values([0.5, 2.0, 1.0, -1.0, 1.0])
    some = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([1, 2, 3], tf.int64), [3, 2])
    cube = tf.SparseTensor([[0, 0, 0], [1, 1, 1]], tf.constant([1, 2], tf.int64), [2, 2, 3])
    vector = tf.SparseTensor([[0], [1]], tf.constant([1, 2], tf.int64), [3])
    none = tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.constant([], tf.int64), [2, 3])
    last = tf.RaggedTensor.from_row_lengths(tf.constant([1], tf.int64), [1, 0])
    r, rw = ragged(tf, i.values), ragged(tf, w.values)
    return {
        c: [
            look(p, i, w, c),
            look([p[:3], p[3:]], i, None, c),
            look([p[:3], p[3:]], i, w, c, max_norm=1.0),
            look(p, i, i.with_values(tf.cast(w.values, tf.float64)), c),
            look(p, i, i.with_values([1, 2, 3, 4, 5]), c),
            look(p, r, None, c),
            look(p, r, rw, c),
            safe(p, i, w, c),
            safe(p, i, None, c, default_id=2, max_norm=2.0),
            safe(p, r, rw, c),
            safe([p[:3], p[3:]], i, w, c),
            safe(p, some.with_values(tf.constant([-1, 2, -3], tf.int64)), None, c),
            safe(p, some, some.with_values([1.0, 0.0, -1.0]), c),
        ]
        for c in COMBINERS
    } | {
        "shapes": [safe(p, cube), safe(p, vector), look(p, cube, None), look(p, vector, None)],
        "empty": [safe(p, none), look(p, none, None), look(p, last, None), safe(p, last)],
        "int32": [look(p, ids(tf, "int32"), None), safe(p, ids(tf, "int32"), default_id=1)],
        "float16": [look(params(tf, "float16"), i, w, c) for c in COMBINERS],
        "complex": [look(params(tf, "complex64"), i, w, c) for c in ("sum", "mean")],
        "other places": look(p, i, tf.SparseTensor([*PLACES[:4], [3, 1]], w.values, [4, 3])),
    }


@script("embedding_lookup_sparse: gradients of Variables")
def _(tf):
    look, safe = tf.nn.embedding_lookup_sparse, tf.nn.safe_embedding_lookup_sparse
    v, w, i = tf.Variable(params(tf)), tf.constant([0.5, 2.0, 1.0, -1.0, 1.0]), ids(tf)

    def of(function):
        with tf.GradientTape() as tape:
            tape.watch(w)
            y = function()
            z = tf.reduce_sum(y * tf.reshape(tf.range(1.0, 17.0), [4, 4]))
        return tape.gradient(z, [v, w])

    def weighted():
        return i.with_values(w)

    return {
        c: [
            of(lambda c=c: look(v, i, None, c)),
            of(lambda c=c: look(v, i, weighted(), c)),
            of(lambda c=c: look(v, i, weighted(), c, allow_fast_lookup=True)),
            of(lambda c=c: look(v, i, None, c, max_norm=1.0)),
            of(lambda c=c: safe(v, i, None, c)),
            of(lambda c=c: safe(v, i, weighted(), c)),
            of(lambda c=c: look(v, ragged(tf, i.values), None, c)),
            of(lambda c=c: look(v, ragged(tf, i.values), ragged(tf, w), c)),
        ]
        for c in COMBINERS
    }


@script("embedding_lookup_sparse: gradients of Tensors")
def _(tf):
    p, i, w = params(tf), ids(tf), tf.constant([0.5, 2.0, 1.0, -1.0, 1.0])

    def of(function):
        with tf.GradientTape() as tape:
            tape.watch([p, w])
            y = function()
        return tape.gradient(y, [p, w])

    look, safe = tf.nn.embedding_lookup_sparse, tf.nn.safe_embedding_lookup_sparse
    return [
        of(lambda: safe(p, i.with_values(tf.constant([1, -3, 0, 4, -1], tf.int64)), i.with_values(w))),
    ], [
        [
            of(lambda c=c: look(p, i, None, c)),
            of(lambda c=c: look(p, i, None, c, allow_fast_lookup=True)),
            of(lambda c=c: look(p, i, None, c, max_norm=1.0)),
            of(lambda c=c: look([p[:3], p[3:]], i, None, c)),
            of(lambda c=c: safe(p, i, i.with_values(w), c, default_id=2)),
            of(lambda c=c: safe(p, i, None, c)),
        ]
        for c in COMBINERS
    ]


@script("embedding_lookup_sparse: errors")
def _(tf):
    look, safe = tf.nn.embedding_lookup_sparse, tf.nn.safe_embedding_lookup_sparse
    p, i = params(tf), ids(tf)
    w = i.with_values([0.5, 2.0, 1.0, -1.0, 1.0])

    def one(value, dtype="int64"):
        return tf.SparseTensor([[0, 0]], tf.constant([value], dtype), [1, 1])

    bad = [
        lambda: look(p, i, None, "x"),
        lambda: look(p, i, None, ""),
        lambda: safe(p, i, None, "x"),
        lambda: look(p, [[1, 2]], None),
        lambda: safe(p, [[1, 2]], None),
        lambda: look(p, i, [1.0]),
        lambda: look(p, i, one(0.5, "float32")),
        lambda: look(None, i, None),
        lambda: look([], i, None),
        lambda: safe([], i, None),
        lambda: safe(None, i, None),
        lambda: look(p, one(7), None),
        lambda: look(p, one(-1), None),
        lambda: look(tf.Variable(p), one(7), None),
        lambda: look(p, one(1, "uint8"), None),
        lambda: look(p, one(1, "float32"), None),
        lambda: look(p, tf.SparseTensor([[1, 0], [0, 0]], tf.constant([1, 2], tf.int64), [2, 3]), None),
        lambda: look(p, ragged(tf, i.values), w),
        lambda: look(p, i, ragged(tf, w.values)),
        lambda: look(p, tf.ragged.constant([[[1, 2]], [[0], [3]]]), None),
        lambda: look(params(tf, "int32"), i, None),
        lambda: look(params(tf, "complex64"), i, None),
        lambda: safe(params(tf, "float64"), i, w),
        lambda: safe(params(tf, "int32"), i, None),
    ]
    return [raises(f) for f in bad]
