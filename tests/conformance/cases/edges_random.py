"""Random numbers whose parameters are at their limits: the same numbers, infinities and NaN."""

from conformance_kit import raises, script

INF, NAN = float("inf"), float("nan")
SEED = [3, 4]


def attempts(calls):
    return {name: raises(call) for name, call in calls.items()}


@script("uniform")
def _(tf):
    f = tf.random.stateless_uniform
    found = {}
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        for low, high in (
            (0.0, 0.0),
            (1.0, 0.0),
            (0.0, INF),
            (-INF, INF),
            (NAN, 1.0),
            (-1e4, 1e4),
            (0.0, 1e-7),
        ):
            found[f"{dtype} {low} {high}"] = raises(lambda d=dtype, a=low, b=high: f([4], SEED, a, b, d))
    for dtype in ("int32", "int64", "uint32", "uint64"):
        limits = tf.as_dtype(dtype)
        for low, high in (
            (0, 1),
            (0, 0),
            (1, 0),
            (limits.min, limits.max),
            (limits.max - 1, limits.max),
            (None, None),
        ):
            found[f"{dtype} {low} {high}"] = raises(lambda d=dtype, a=low, b=high: f([4], SEED, a, b, d))
        found[f"{dtype} of none"] = raises(lambda d=dtype: f([0], SEED, 0, 5, d))
    return found


@script("normal")
def _(tf):
    f, g = tf.random.stateless_normal, tf.random.stateless_truncated_normal
    found = {}
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        for mean, deviation in ((0.0, 0.0), (1.0, -1.0), (INF, 1.0), (0.0, INF), (NAN, 1.0)):
            found[f"{dtype} {mean} {deviation}"] = [
                raises(lambda d=dtype, m=mean, s=deviation, h=h: h([3, 0], SEED, m, s, d)) for h in (f, g)
            ] + [raises(lambda d=dtype, m=mean, s=deviation, h=h: h([4], SEED, m, s, d)) for h in (f, g)]
    return found


@script("gamma, Poisson")
def _(tf):
    found = {}
    for dtype in ("float16", "float32", "float64"):
        for alpha in (0.0, -0.0, 1e-3, 1.0, 100.0):
            found[f"gamma {dtype} {alpha}"] = raises(
                lambda d=dtype, a=alpha: tf.random.stateless_gamma([4], SEED, a, dtype=d)
            )
        found[f"gamma {dtype} beta"] = [
            raises(lambda d=dtype, b=beta: tf.random.stateless_gamma([4], SEED, 2.0, b, dtype=d))
            for beta in (0.0, INF, NAN, -1.0)
        ]
        for rate in (0.0, -0.0, 1e-3, 9.99, 10.0, 100.0):
            found[f"poisson {dtype} {rate}"] = raises(
                lambda d=dtype, r=rate: tf.random.stateless_poisson([4], SEED, tf.constant(r, d), d)
            )
    found["none"] = [
        tf.random.stateless_gamma([0], SEED, 2.0),
        tf.random.stateless_gamma([2, 0], SEED, tf.zeros([0])),
        tf.random.stateless_poisson([0], SEED, 2.0),
    ]
    return found


@script("categorical")
def _(tf):
    logits = [[0.0, 0.0], [-INF, 0.0], [-INF, -INF], [INF, 0.0], [NAN, 0.0], [1000.0, -1000.0]]
    found = {}
    for dtype in ("float16", "float32", "float64"):
        for row in logits:
            found[f"{dtype} {row}"] = raises(
                lambda d=dtype, r=row: tf.random.stateless_categorical(tf.constant([r], d), 5, SEED)
            )
    found["no classes"] = raises(lambda: tf.random.stateless_categorical(tf.zeros([2, 0]), 3, SEED))
    found["no rows"] = raises(lambda: tf.random.stateless_categorical(tf.zeros([0, 3]), 3, SEED))
    found["no samples"] = raises(lambda: tf.random.stateless_categorical(tf.zeros([2, 3]), 0, SEED))
    return found


@script("dropping, shuffling, splitting")
def _(tf):
    return attempts(
        {
            "shuffle none": lambda: tf.random.shuffle(tf.zeros([0, 3])),
            "shuffle one": lambda: tf.random.shuffle(tf.ones([1, 3])),
            "split none": lambda: tf.random.split(SEED, 0),
            "fold in": lambda: tf.random.fold_in(SEED, 2**31 - 1),
            "dropout all": lambda: tf.nn.experimental.stateless_dropout(
                tf.constant([1.0, INF, NAN]), 0.999999, SEED
            ),
            "dropout none": lambda: tf.nn.experimental.stateless_dropout(
                tf.constant([1.0, INF, NAN]), 0.0, SEED
            ),
        }
    )
