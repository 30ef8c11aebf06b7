"""Dropout (with TensorFlow's own numbers) and embeddings (with IndexedSlices)."""

from conformance_kit import DOUBLE, FLOATS, A, I, V, case, error, script

X = A("normal", (4, 5))


def dropout(rate, **options):
    """Dropout after the seed is set, so that the numbers are those of TensorFlow."""

    def fn(tf, x):
        tf.random.set_seed(7)
        return tf.nn.dropout(x, rate, seed=3, **options)

    return fn


case(
    "nn.dropout", dropout(0.4), [X], also={"not finite": [V([float("nan"), float("inf"), -float("inf")] * 4)]}
)
case("dropout rate 0", dropout(0.0), [X])
case("dropout int rate 0", dropout(0), [X], dtypes=("float32",))
case("dropout rate tensor", lambda tf, x, r: dropout(r)(tf, x), [X, A("prob")], dtypes=DOUBLE)
for shape in ([4, 1], [1, 5], [5], [], [None, 1], (4, 5)):
    case(f"dropout noise {shape}", dropout(0.5, noise_shape=shape), [X], dtypes=("float32",))
case(
    "dropout noise tensor",
    lambda tf, x: dropout(0.5, noise_shape=tf.constant([1, 5]))(tf, x),
    [X],
    dtypes=("float32",),
)
case("dropout of a list", lambda tf: tf.nn.dropout([1.0, 2.0], 0.0), dtypes=("float32",))
case("dropout of no elements", dropout(0.5), [A("normal", (0, 3))], dtypes=("float32",))


@script("dropout draws on")
def _(tf):
    tf.random.set_seed(5)
    x = tf.ones([12])
    drawn = [tf.nn.dropout(x, 0.5), tf.nn.dropout(x, 0.5), tf.nn.dropout(x, 0.0), tf.nn.dropout(x, 0.5)]
    tf.random.set_seed(5)
    return drawn, tf.nn.dropout(x, 0.5)


for name, x, rate in (
    ("rate 1", [1.0], 1.0),
    ("rate 1.5", [1.0], 1.5),
    ("rate -0.1", [1.0], -0.1),
    ("string rate", [1.0], "a"),
    ("no rate", [1.0], None),
    ("list rate", [1.0], [0.5]),
    ("ints", [1, 2], 0.5),
    ("complex", [1j], 0.5),
):
    error(f"dropout: {name}", lambda tf, x=x, rate=rate: tf.nn.dropout(x, rate))
error("dropout: rate of rank 1", lambda tf: tf.nn.dropout([1.0], tf.constant([0.5])))
error("dropout: rate of another dtype", lambda tf: tf.nn.dropout([1.0], tf.constant(0.5, tf.float64)))
error("dropout: noise shape", lambda tf: tf.nn.dropout(tf.ones([2, 3]), 0.5, noise_shape=[2]))
error("dropout: noise shape too large", lambda tf: tf.nn.dropout(tf.ones([2, 3]), 0.5, noise_shape=[4, 1]))

case(
    "nn.experimental.stateless_dropout",
    lambda tf, x: tf.nn.experimental.stateless_dropout(x, 0.4, seed=[1, 2]),
    [X],
)
case(
    "stateless_dropout noise",
    lambda tf, x: tf.nn.experimental.stateless_dropout(x, 0.5, [1, 2], noise_shape=[4, 1], rng_alg="philox"),
    [X],
    dtypes=("float32",),
)
error(
    "stateless_dropout: algorithm",
    lambda tf: tf.nn.experimental.stateless_dropout([1.0], 0.5, [1, 2], rng_alg="foo"),
)
error("stateless_dropout: seed", lambda tf: tf.nn.experimental.stateless_dropout([1.0], 0.5, seed=1))
for level in (0.0, 0.25, 0.5, 0.75):
    case(
        f"general_dropout {level}",
        lambda tf, x, u=level: tf.nn.experimental.general_dropout(
            x, 0.5, lambda shape, dtype: tf.fill(shape, tf.cast(u, dtype))
        ),
        [A("normal", (2, 3))],
        dtypes=FLOATS if level == 0.5 else ("float32",),
    )

# embeddings
P = A("normal", (5, 3))
case("nn.embedding_lookup", inputs=[P, I((2, 2), 5)], order=1)
case(
    "embedding_lookup int64",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [P, I((4,), 5, "int64")],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup one",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [P, I((), 5)],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup none",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [P, I((0,), 5)],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup of ints",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [P, I((2,), 5)],
    dtypes=("int32",),
)
case(
    "embedding_lookup in a vector",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [A("normal", (5,)), I((2,), 5)],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup in a Variable",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i),
    [A("normal", (5, 3), var=True), I((2, 2), 5)],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup squared",
    lambda tf, p, i: tf.nn.embedding_lookup(p * p, i) ** 2,
    [P, I((4,), 5)],
    dtypes=DOUBLE,
)
for norm in (0.5, 1.5, 100.0):
    case(
        f"embedding_lookup max_norm {norm}",
        lambda tf, p, i, n=norm: tf.nn.embedding_lookup(p, i, max_norm=n),
        [P, I((2, 2), 5)],
        dtypes=DOUBLE,
        order=1,
    )
case(
    "embedding_lookup max_norm in a vector",
    lambda tf, p, i: tf.nn.embedding_lookup(p, i, 0.5),
    [A("normal", (5,)), I((2,), 5)],
    dtypes=("float32",),
    order=1,
)
for first, second in ((4, 4), (4, 3), (1, 1)):
    case(
        f"embedding_lookup in parts {first} {second}",
        lambda tf, p, q, i: tf.nn.embedding_lookup([p, q], i),
        [A("normal", (first, 3)), A("normal", (second, 3)), I((2, 3), first + second)],
        dtypes=("float32",),
        order=1,
    )
case(
    "embedding_lookup in parts, max_norm",
    lambda tf, p, q, i: tf.nn.embedding_lookup([p, q], i, max_norm=1.0),
    [A("normal", (3, 2)), A("normal", (3, 2)), I((5,), 6)],
    dtypes=("float32",),
    order=1,
)
case(
    "embedding_lookup in three parts",
    lambda tf, p, i: tf.nn.embedding_lookup([p, p * 2, p * 3], i),
    [A("normal", (2, 2)), I((5,), 6)],
    dtypes=("float32",),
)
case(
    "embedding_lookup in a list of one",
    lambda tf, p, i: tf.nn.embedding_lookup([p], i),
    [P, I((2,), 5)],
    dtypes=("float32",),
    order=1,
)
error("embedding_lookup: too high", lambda tf: tf.nn.embedding_lookup(tf.ones([4, 2]), [4]))
error("embedding_lookup: negative", lambda tf: tf.nn.embedding_lookup(tf.ones([4, 2]), [-1]))
error("embedding_lookup: float ids", lambda tf: tf.nn.embedding_lookup(tf.ones([4, 2]), [1.5]))
error(
    "embedding_lookup: uint8 ids",
    lambda tf: tf.nn.embedding_lookup(tf.ones([4, 2]), tf.constant([0], tf.uint8)),
)
error("embedding_lookup: None", lambda tf: tf.nn.embedding_lookup(None, [0]))
error("embedding_lookup: no parts", lambda tf: tf.nn.embedding_lookup([], [0]))
error(
    "embedding_lookup: parts of the wrong size",
    lambda tf: tf.nn.embedding_lookup([tf.ones([3, 2]), tf.ones([4, 2])], [3]),
)

# what tf.nn shares with tf.math
case("nn.top_k", lambda tf, x: tf.nn.top_k(x, k=2), [X], dtypes=("float32",))
case("nn.in_top_k", lambda tf, t, x: tf.nn.in_top_k(t, x, 2), [I((4,), 5), X], dtypes=("float32",), order=0)
