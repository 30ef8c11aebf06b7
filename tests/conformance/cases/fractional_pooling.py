"""Fractional pooling: windows bit for bit, values, gradients, errors."""

from conformance_kit import A, case, raises, script

SIZES = ((4, 3), (7, 5), (11, 10), (20, 13), (40, 16), (8, 4), (9, 9), (101, 37))


@script("fractional pooling: windows")
def _(tf):
    found = {}
    for seeds in ((1, 2), (5, 7), (0, 1), (123, 456)):
        for pseudo_random in (True, False):
            for (n, m), (k, j) in zip(SIZES, SIZES[1:] + SIZES[:1], strict=True):
                ratio = [1.0, n / (m + 1e-4) if n != m else 1.0, k / (j + 1e-4) if k != j else 1.0, 1.0]
                _, rows, columns = tf.raw_ops.FractionalMaxPool(
                    value=tf.zeros([1, n, k, 1]),
                    pooling_ratio=ratio,
                    pseudo_random=pseudo_random,
                    deterministic=True,
                    seed=seeds[0],
                    seed2=seeds[1],
                )
                found[f"{seeds} {pseudo_random} {n} {k}"] = [rows, columns]
    return found


@script("fractional pooling: seeds")
def _(tf):
    x = tf.reshape(tf.range(1.0, 99.0), [1, 14, 7, 1])

    def windows(seed):
        return list(tf.nn.fractional_max_pool(x, 1.4, True, seed=seed)[1:])

    tf.random.set_seed(5)
    found = [windows(seed) for seed in (3, 3, -1, 2**31, None, None)]
    tf.random.set_seed(7)
    return found, [windows(3), windows(None)]


def pools(kind, options):
    def pool(tf, x):
        tf.random.set_seed(1)
        return getattr(tf.nn, f"fractional_{kind}_pool")(x, [1.0, 1.5, 1.4, 1.0], *options, seed=3)[0]

    return pool


for kind in ("max", "avg"):
    for name, options in (("", ()), (" pseudo-random", (True,)), (" overlapping", (False, True))):
        case(
            f"nn.fractional_{kind}_pool{name}",
            pools(kind, options),
            inputs=[A("normal", (2, 7, 6, 2))],
            dtypes=("float32", "float64", "int32", "int64"),
            rejects=("float16", "int8", "complex64") if not name else (),
            also={"ties": [A("ties", (1, 6, 6, 1))]},
        )


@script("fractional pooling: values that are odd")
def _(tf):
    tf.random.set_seed(1)
    nan, inf = float("nan"), float("inf")
    x = tf.constant([1, nan, 2, 3, nan, 5, 6, -inf, 8, 9, 1, 2, nan, nan, -inf, -inf], shape=[1, 4, 4, 1])
    found = {}
    for kind in ("max", "avg"):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = getattr(tf.nn, f"fractional_{kind}_pool")(x, [1, 2.0, 2.0, 1], seed=3)[0]
        found[kind] = [y, raises(lambda tape=tape, y=y: tape.gradient(y, x))]
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.fractional_max_pool(x[:, :2], 2.0, seed=3)[0]
    return found, tape.gradient(y, x)


@script("fractional pooling: arguments and errors")
def _(tf):
    tf.random.set_seed(1)
    x = tf.reshape(tf.range(1.0, 50.0), [1, 7, 7, 1])
    most, mean = tf.nn.fractional_max_pool, tf.nn.fractional_avg_pool
    ratios = (
        1.4,
        [1.4],
        [1.4, 1.8],
        (1.0, 1.4, 1.8, 1.0),
        [2.0, 1.4, 1.8, 1.0],
        0.5,
        [1.0],
        8.0,
        7.0,
        "a",
        None,
        2,
    )
    raw = (
        [1, 1.4, 1.4],
        [2, 1.4, 1.4, 1],
        [1, 1.4, 1.4, 2],
        [1, 0.5, 1.4, 1],
        [1, 1.4, 1.4, 1, 1],
        [1, float("nan"), 1.4, 1],
        1.4,
        [1, 7.5, 1, 1],
    )
    ops = (tf.raw_ops.FractionalMaxPool, tf.raw_ops.FractionalAvgPool)
    return {
        "ratios": [raises(lambda r=r: most(x, r, seed=3)[0].shape) for r in ratios],
        "of the mean": [raises(lambda r=r: mean(x, r, seed=3)[0].shape) for r in ratios],
        "raw": [
            raises(lambda op=op, r=r: op(value=x, pooling_ratio=r, deterministic=True, seed=1, seed2=2)[1])
            for op in ops
            for r in raw
        ],
        "bad": [
            raises(f)
            for f in (
                lambda: most(x[0], 1.4, seed=3),
                lambda: most(x[:0], 1.4, seed=3),
                lambda: most(x[:, :0], 1.4, seed=3),
                lambda: most(x[..., :0], 1.4, seed=3),
                lambda: most(x, 1.4, 1, seed=3),
                lambda: ops[0](value=x, pooling_ratio=[1, 1.4, 1.4, 1], seed=1),
            )
        ],
        "None": most(x, 1.4, None, None, seed=3)[1],
    }


@script("fractional pooling: raw gradients")
def _(tf):
    i = tf.reshape(tf.range(1.0, 17.0), [1, 4, 4, 1])
    o = tf.reshape(tf.constant([6.0, 8, 14, 16]), [1, 2, 2, 1])
    bounds = {"row_pooling_sequence": [0, 2, 4], "col_pooling_sequence": [0, 2, 4]}

    def of_max(**more):
        given = {"orig_input": i, "orig_output": o, "out_backprop": o, **bounds, **more}
        return raises(lambda: tf.raw_ops.FractionalMaxPoolGrad(**given))

    def of_mean(**more):
        given = {"orig_input_tensor_shape": [1, 4, 4, 1], "out_backprop": o, **bounds, **more}
        return raises(lambda: tf.raw_ops.FractionalAvgPoolGrad(**given))

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(o)
        again = [f(out_backprop=o) for f in (of_max, of_mean)]
    return {
        "max": [
            of_max(),
            of_max(overlapping=True),
            of_max(orig_output=o + 1),
            of_max(row_pooling_sequence=[0, 2, 7]),
            of_max(row_pooling_sequence=[[0, 2, 4]]),
            of_max(row_pooling_sequence=[0, 4]),
            of_max(row_pooling_sequence=[-3, 2, 4]),
            of_max(out_backprop=i),
        ],
        "mean": [
            of_mean(),
            of_mean(overlapping=True),
            of_mean(row_pooling_sequence=[0, 1, 4]),
            of_mean(row_pooling_sequence=[0, 1, 4], overlapping=True),
            of_mean(out_backprop=tf.cast(o, tf.int32)),
            of_mean(orig_input_tensor_shape=[4, 4, 1]),
            of_mean(orig_input_tensor_shape=[1, -4, 4, 1]),
            of_mean(row_pooling_sequence=[0, 1, 9]),
            of_mean(row_pooling_sequence=[-10, 1, 4]),
            of_mean(row_pooling_sequence=[0, 4]),
        ],
        "again": [raises(lambda y=y: tape.gradient(y, o)) for y in again],
    }
