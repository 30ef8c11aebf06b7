"""Label sequences: CTC decoders, collapse_repeated, edit_distance."""

from conformance_kit import A, case, raises, script


def logits(tf, dtype="float32", scale=2.0):
    """Some numbers that look random, (6, 3, 4)."""
    numbers = tf.math.sin(tf.range(72, dtype="float64") ** 2) * scale
    return tf.cast(tf.reshape(numbers, [6, 3, 4]), dtype)


def parts(decoded):
    found, score = decoded
    return [[s.indices, s.values, s.dense_shape] for s in found], score


@script("nn.ctc_greedy_decoder")
def _(tf):
    x = logits(tf)
    nan, inf = float("nan"), float("inf")
    decode = tf.nn.ctc_greedy_decoder
    odd = tf.constant([[[nan, 1.0, 2.0]], [[1.0, nan, 0.0]], [[1.0, 1.0, 0.0]], [[-inf, -inf, -inf]]])
    return {
        "blanks": [
            parts(decode(x, [6, 5, 0], merge, blank))
            for merge in (True, False)
            for blank in (None, 0, 1, -1, -4)
        ],
        "float64": parts(decode(logits(tf, "float64"), [6, 5, 4])),
        "negative length": parts(decode(x, [-1, 2, 6])),
        "one class": parts(decode(x[:, :, :1], [6, 2, 1])),
        "ties": parts(decode(tf.ones([3, 1, 3]), [3])),
        "odd": [parts(decode(odd[:n], [n])) for n in (1, 2, 3, 4)],
        "lists": parts(decode([[[1.0, 2.0, 0.5]]], [1])),
    }


@script("ctc_greedy_decoder: errors")
def _(tf):
    x = logits(tf)
    decode = tf.nn.ctc_greedy_decoder
    return [
        raises(f)
        for f in (
            lambda: decode(x, [6, 5, 4], True, 4),
            lambda: decode(x, [6, 5, 4], True, -5),
            lambda: decode(tf.cast(x, tf.float16), [6, 5, 4]),
            lambda: decode(tf.cast(x, tf.int32), [6, 5, 4]),
            lambda: decode(x, [7, 5, 4]),
            lambda: decode(x, [6]),
            lambda: decode(x, tf.constant([6, 5, 4], tf.int64)),
            lambda: decode(x, [[6, 5, 4]]),
            lambda: decode(x[0], [6, 5, 4]),
            lambda: decode(x[:, :, :0], [6, 5, 4]),
            lambda: decode(x[:0], [0, 0, 0]),
            lambda: decode(x, [6, 5, 4], 1),
        )
    ]


@script("nn.ctc_beam_search_decoder")
def _(tf):
    search = tf.nn.ctc_beam_search_decoder
    inf = float("inf")

    def numbers(steps, classes, scale):
        values = tf.math.sin(tf.range(steps * 2 * classes, dtype="float64") ** 2 + scale) * scale
        return tf.cast(tf.reshape(values, [steps, 2, classes]), tf.float32)

    some = tf.constant([[[-inf, 1.0, 2.0]], [[1.0, 0.0, -inf]]])
    return {
        "beams": {
            f"{steps} {classes} {scale} {width}": parts(
                search(numbers(steps, classes, scale), [steps, steps - 1], width, top)
            )
            for steps, classes in ((4, 3), (7, 4), (10, 6), (20, 5))
            for scale in (0.3, 1.0, 1.7)
            for width, top in ((100, 3), (20, 5), (5, 3), (2, 2), (1, 1))
        },
        "default": parts(search(logits(tf), [6, 5, 0])),
        "float64": search(logits(tf, "float64"), [6, 5, -1], 10, 1)[1].dtype,
        "one class": parts(search(logits(tf)[:, :, :1], [6, 5, 2])),
        "infinities": parts(search(some, [2], 10, 3)),
        "nan": parts(search(some * inf, [2], 10, 1)),
    }


@script("raw_ops.CTCBeamSearchDecoder")
def _(tf):
    x = tf.constant([[[3.0, 0, 1]], [[0.0, 0, 3]], [[3.0, 0, 0]], [[0.0, 3.0, 0]]])
    raw = tf.raw_ops.CTCBeamSearchDecoder
    found = [
        raw(inputs=x, sequence_length=[4], beam_width=10, top_paths=3, merge_repeated=merge)
        for merge in (True, False)
    ]
    return [
        [list(r.decoded_indices), list(r.decoded_values), list(r.decoded_shape), r.log_probability]
        for r in found
    ]


@script("ctc_beam_search_decoder: errors")
def _(tf):
    x = logits(tf)
    search = tf.nn.ctc_beam_search_decoder
    inf = float("inf")
    bad = [
        lambda: search(x, [7, 5, 4]),
        lambda: search(x, [6]),
        lambda: search(x, [[6, 5, 4]]),
        lambda: search(x, tf.constant([6, 5, 4], tf.int64)),
        lambda: search(x[0], [6, 5, 4]),
        lambda: search(x[:0], [0, 0, 0]),
        lambda: search(x[:, :, :0], [6, 5, 4]),
        lambda: search(tf.cast(x, tf.float16), [6, 5, 4]),
        lambda: search(x[:1], [1, 1, 1], 100, 50),
        lambda: search(x, [6, 5, 4], 2, 3),
        lambda: search(x, [6, 5, 4], 0, 0),
        lambda: search(x, [6, 5, 4], 2, 0),
        lambda: search(tf.constant([[[inf, 1.0, 2.0]], [[1.0, 0.0, 0.0]]]), [2], 10, 3),
        lambda: search(tf.constant([[[-inf, 1.0, 2.0]], [[1.0, 0.0, -inf]]]), [2], 10, 6),
    ]
    return [raises(f) for f in bad]


@script("ctc_greedy_decoder: no gradient")
def _(tf):
    x = logits(tf)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.nn.ctc_greedy_decoder(x, [6, 5, 4])[1]
    return tape.gradient(score, x)


@script("nn.collapse_repeated")
def _(tf):
    collapse = tf.nn.collapse_repeated
    labels = [[1, 1, 2, 2, 1], [3, 3, 3, 0, 0]]
    return {
        "lengths": [list(collapse(labels, n)) for n in ([5, 4], [0, 0], [9, 1], [-2, 1], [2])],
        "int64": list(collapse(labels, tf.constant([3, 1], tf.int64))),
        "dtypes": [list(collapse(tf.cast(labels, d), [5, 4])) for d in ("int64", "float32", "uint8", "bool")],
        "strings": list(collapse([["a", "a", "b"], ["b", "b", "b"]], [3, 2])),
        "bad": [
            raises(f)
            for f in (
                lambda: collapse([1, 1, 2], [3]),
                lambda: collapse(tf.zeros([0, 3], tf.int32), tf.zeros([0], tf.int32)),
            )
        ],
    }


case(
    "nn.collapse_repeated of floats",
    lambda tf, x: tf.nn.collapse_repeated(tf.stack([x, x, 2.0 * x], 1), [3, 2])[0],
    inputs=[A("normal", (2,))],
    dtypes=("float32",),
)

H = ([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], [1, 2, 3, 1, 1], [2, 4])
T = ([[0, 0], [1, 0], [1, 2], [2, 1]], [2, 3, 1, 5], [3, 3])


def sparse(tf, indices, values, shape, dtype=None):
    values = tf.constant(values) if dtype is None else tf.cast(values, dtype)
    return tf.SparseTensor(tf.reshape(tf.constant(indices, tf.int64), [-1, len(shape)]), values, shape)


@script("edit_distance")
def _(tf):
    def distances(one, other):
        return [tf.edit_distance(one, other, normalize=n) for n in (True, False)]

    words = ["kitten", "sitting", "saturday", "sunday"]
    letters = [sparse(tf, [[0, i] for i in range(len(w))], list(w), [1, 9]) for w in words]
    names = [
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "bool",
    ]
    empty = sparse(tf, [], [], [2, 3], "int32")
    full = sparse(tf, [[0, 0], [0, 1]], [1, 2], [2, 3])
    nan = float("nan")
    return {
        "rows": distances(sparse(tf, *H), sparse(tf, *T)),
        "other way": distances(sparse(tf, *T), sparse(tf, *H)),
        "words": [distances(a, b) for a in letters for b in letters],
        "dtypes": [distances(sparse(tf, *H, d), sparse(tf, *T, d)) for d in names],
        "empty": [distances(a, b) for a in (empty, full) for b in (empty, full)],
        "rank 3": distances(
            sparse(tf, [[0, 0, 0], [1, 1, 0]], [1, 2], [2, 2, 3]),
            sparse(tf, [[0, 0, 0], [1, 1, 1]], [1, 3], [2, 2, 3]),
        ),
        "nan": distances(sparse(tf, [[0, 0]], [nan], [1, 1]), sparse(tf, [[0, 0]], [nan], [1, 1])),
        "out of order": distances(
            sparse(tf, [[1, 0], [0, 0]], [1, 2], [2, 3]), sparse(tf, [[0, 0]], [1], [2, 3])
        ),
        "repeated": distances(sparse(tf, [[0, 1], [0, 1]], [1, 2], [2, 3]), full),
        "column out of range": distances(sparse(tf, [[0, 7]], [1], [2, 3]), full),
    }


@script("edit_distance: errors")
def _(tf):
    d = tf.edit_distance
    one = sparse(tf, [[0, 0]], [1], [2, 3])
    raw = {
        "hypothesis_indices": [[0, 0]],
        "hypothesis_values": [1],
        "hypothesis_shape": [1, 1],
        "truth_indices": [[0, 0]],
        "truth_values": [2],
        "truth_shape": [1, 1],
    }
    bad = [
        {"hypothesis_indices": [0]},
        {"hypothesis_values": [[1]]},
        {"hypothesis_shape": [[1, 1]]},
        {"hypothesis_values": [1, 2]},
        {"truth_shape": [1]},
        {"hypothesis_shape": [1]},
    ]
    return {
        "raw": [raises(lambda more=more: tf.raw_ops.EditDistance(**{**raw, **more})) for more in ({}, *bad)],
        "bad": [
            raises(f)
            for f in (
                lambda: d(one, sparse(tf, [[0, 0]], [1.0], [2, 3])),
                lambda: d(sparse(tf, [[0]], [1], [3]), sparse(tf, [[0]], [1], [3])),
                lambda: d(sparse(tf, [[0, 0, 0]], [1], [2, 2, 3]), one),
                lambda: d([[1]], one),
                lambda: d(one, [[1]]),
                lambda: d(sparse(tf, [[5, 0]], [1], [2, 3]), one),
                lambda: d(sparse(tf, [[-1, 0]], [1], [2, 3]), one),
                lambda: d(sparse(tf, [], [], [0, 3], "int32"), sparse(tf, [], [], [0, 3], "int32")),
                lambda: d(one, one, normalize=1),
            )
        ],
    }
