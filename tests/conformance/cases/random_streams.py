"""Random streams where their blocks begin and end: numbers at the ends of long results, for each sampler."""

from conformance_kit import V, case, raises, script

SEED = [5, -9]
SIZES = (1, 3, 4, 5, 255, 256, 257, 1023, 4101)
TOL = {"float32": 3e-6, "float16": 2e-3, "bfloat16": 2e-2}
WHY = "sines and logarithms of float32 differ in the last digits between libraries"


def ends(tf, x):
    """Both ends of a vector, and an average that any other number in it would change."""
    x = tf.reshape(x, [-1])
    return [x[:3], x[-3:], tf.reduce_mean(tf.cast(x, tf.float64))]


def words(tf, x):
    """Both ends of integers, and their exclusive or."""
    x = tf.reshape(x, [-1])
    total = x[0]
    while x.shape[0] > 1:
        half = x.shape[0] // 2
        folded = tf.bitwise.bitwise_xor(x[:half], x[half : 2 * half])
        x = tf.concat([folded, x[2 * half :]], 0)
    return [total, x[-1]]


FLOATING = {
    "stateless_uniform": lambda tf, n, d: tf.random.stateless_uniform([n], SEED, dtype=d),
    "stateless_normal": lambda tf, n, d: tf.random.stateless_normal([n], SEED, dtype=d),
    "stateless_truncated_normal": lambda tf, n, d: tf.random.stateless_truncated_normal([n], SEED, dtype=d),
    "uniform": lambda tf, n, d: tf.random.uniform([n], seed=4, dtype=d),
    "normal": lambda tf, n, d: tf.random.normal([n], seed=4, dtype=d),
    "truncated_normal": lambda tf, n, d: tf.random.truncated_normal([n], seed=4, dtype=d),
    "Generator.uniform": lambda tf, n, d: tf.random.Generator.from_seed(9).uniform([n], dtype=d),
    "Generator.normal": lambda tf, n, d: tf.random.Generator.from_seed(9).normal([n], dtype=d),
    "Generator.truncated_normal": lambda tf, n, d: tf.random.Generator.from_seed(9).truncated_normal(
        [n], dtype=d
    ),
}
for name, draw in FLOATING.items():
    for dtype in ("float32", "float64", "float16", "bfloat16"):

        @script(
            f"{name} {dtype}", tol=TOL | {"float64": {"float32": 1e-6, "float64": 1e-12}.get(dtype, 1e-4)}
        )
        def _(tf, draw=draw, dtype=dtype):
            tf.random.set_seed(3)
            sizes = SIZES if dtype in ("float32", "float64") else SIZES[::2]
            return {n: ends(tf, draw(tf, n, tf.as_dtype(dtype))) for n in sizes}


FULL = (None, None)
INTEGERS = {
    "stateless_uniform": lambda tf, n, d, r: tf.random.stateless_uniform([n], SEED, *r, dtype=d),
    "Generator.uniform": lambda tf, n, d, r: tf.random.Generator.from_seed(9).uniform([n], *r, dtype=d),
    "uniform": lambda tf, n, d, r: tf.random.uniform([n], *(r if r != FULL else (-7, 77)), seed=4, dtype=d),
}
for name, draw in INTEGERS.items():

    @script(f"{name} of integers")
    def _(tf, draw=draw):
        tf.random.set_seed(3)
        return {
            f"{d.name} {r} {n}": words(tf, draw(tf, n, d, r))
            for d in (tf.int32, tf.int64)
            for r in ((-5, 1000003), FULL)
            for n in SIZES
        }


SAMPLERS = {
    "categorical": lambda tf, n: tf.random.categorical([[0.0, 1.0, 2.0], [1.0, 0.0, -1.0]], n, seed=4),
    "stateless_categorical": lambda tf, n: tf.random.stateless_categorical(
        [[0.0, 1.0, 2.0], [1.0, 0.0, -1.0]], n, SEED
    ),
    "gamma": lambda tf, n: tf.random.gamma([n], [0.5, 3.0], seed=4, dtype=tf.float64),
    "stateless_gamma": lambda tf, n: tf.random.stateless_gamma([n, 2], SEED, [0.5, 3.0], dtype=tf.float64),
    "poisson": lambda tf, n: tf.random.poisson([n], [3.0, 30.0], seed=4),
    "stateless_poisson": lambda tf, n: tf.random.stateless_poisson([n, 2], SEED, [3.0, 30.0]),
    "stateless_binomial": lambda tf, n: tf.random.stateless_binomial([n], SEED, 100.0, 0.4),
    "shuffle": lambda tf, n: tf.random.shuffle(tf.range(n), seed=4),
    "stateless_shuffle": lambda tf, n: tf.random.experimental.stateless_shuffle(tf.range(n), SEED),
    "split": lambda tf, n: tf.random.split(SEED, n),
    "make_seeds": lambda tf, n: tf.random.Generator.from_seed(9).make_seeds(n),
}
for name, draw in SAMPLERS.items():

    @script(name)
    def _(tf, draw=draw):
        tf.random.set_seed(3)
        return {n: ends(tf, draw(tf, n)) for n in (1, 3, 4, 255, 257, 1023)}


INITIALIZERS = {
    "random_normal_initializer": lambda tf, n: tf.random_normal_initializer(seed=6)([n]),
    "random_uniform_initializer": lambda tf, n: tf.random_uniform_initializer(seed=6)([n]),
    "random_uniform_initializer int": lambda tf, n: tf.random_uniform_initializer(0, 99, seed=6)(
        [n], tf.int32
    ),
}
for name, draw in INITIALIZERS.items():

    @script(name, tol=TOL | {"float64": 1e-6})
    def _(tf, draw=draw):
        return {n: ends(tf, draw(tf, n)) for n in (1, 3, 255, 257, 4101)}


# -- stateless_shuffle -------------------------------------------------------------------------------------------------
@script("stateless_shuffle: arguments")
def _(tf):
    f = tf.random.experimental.stateless_shuffle
    calls = {
        "rows": lambda: f([[1, 2], [3, 4], [5, 6]], SEED),
        "strings": lambda: f(["a", "b", "c"], SEED),
        "scalar": lambda: f(3, SEED),
        "none": lambda: f(tf.zeros([0, 2]), SEED),
        "philox": lambda: f([1, 2, 3, 4], SEED, alg="philox"),
        "threefry": lambda: f([1, 2, 3, 4], SEED, alg="threefry"),
        "one seed": lambda: f([1, 2, 3], [1]),
        "raw": lambda: tf.raw_ops.StatelessShuffle(
            value=[1, 2, 3, 4], key=tf.constant([7], tf.uint64), counter=tf.constant([1, 2], tf.uint64), alg=1
        ),
    }
    return {label: raises(call) for label, call in calls.items()}


# -- parameterized truncated normal ------------------------------------------------------------------------------------
BOUNDS = {
    "wide": (0.0, 1.0, -100.0, 100.0),
    "around": (0.0, 1.0, -1.0, 1.0),
    "one side": (0.5, 2.0, -4.0, 1.0),
    "tail": (0.0, 1.0, 3.0, 9.0),
    "narrow": (0.0, 1.0, 2.0, 2.1),
    "lower tail": (1.0, 0.5, -9.0, -1.0),
    "half line": (0.0, 1.0, 5.0, float("inf")),
    "other half line": (0.0, 1.0, -float("inf"), -1.0),
}
for name, parameters in BOUNDS.items():

    @script(f"stateless_parameterized_truncated_normal {name}", tol=TOL | {"float64": 1e-4})
    def _(tf, parameters=parameters):
        f = tf.random.stateless_parameterized_truncated_normal
        found = {}
        for dtype in ("float32", "float64", "float16"):
            values = [tf.constant(x, dtype) for x in parameters]
            for n in (1, 3, 5, 255, 257):
                found[f"{dtype} {n}"] = ends(tf, f([n], SEED, *values))
            found[f"{dtype} rows"] = f([3, 4], SEED, tf.fill([4], values[0]), *values[1:])
        return found


case(
    "random.stateless_parameterized_truncated_normal gradients",
    lambda tf, m, s, a, b: tf.random.stateless_parameterized_truncated_normal([6, 2], SEED, m, s, a, b),
    [V([0.0, 1.0]), V(1.5), V([-1.0, 0.5]), V(2.0)],
    dtypes=("float32", "float64"),
    order=1,
)


@script("ParameterizedTruncatedNormal", tol=TOL | {"float64": 1e-4})
def _(tf):
    found = {}

    def f(shape, *values, dtype="float32", seed=3):
        means, stdevs, minvals, maxvals = [tf.constant(x, dtype) for x in values]
        return tf.raw_ops.ParameterizedTruncatedNormal(
            shape=shape,
            means=means,
            stdevs=stdevs,
            minvals=minvals,
            maxvals=maxvals,
            seed=seed,
            seed2=4,
        )

    tf.random.set_seed(1)
    for name, values in BOUNDS.items():
        for dtype in ("float32", "float64", "float16"):
            found[f"{name} {dtype}"] = [f([7], *values, dtype=dtype), f([2, 3], *values, dtype=dtype)]
    found["batches"] = ends(tf, f([250], *BOUNDS["one side"], seed=8))
    found["after batches"] = f([3], *BOUNDS["one side"], seed=8)
    found["rows"] = f([3, 5], [0.0, 1.0, 2.0], 1.0, [-1.0, -1.0, 0.0], 2.0)
    calls = {
        "no shape": lambda: f([], *BOUNDS["wide"]),
        "empty": lambda: f([0], *BOUNDS["wide"]),
        "empty range": lambda: f([2], 0.0, 1.0, 1.0, 1.0),
        "negative deviation": lambda: f([2], 0.0, -1.0, -1.0, 1.0),
        "lengths": lambda: f([3], [0.0, 1.0], 1.0, -1.0, 1.0),
        "matrix": lambda: f([2], [[0.0], [1.0]], 1.0, -1.0, 1.0),
        "bfloat16": lambda: f([2], *BOUNDS["wide"], dtype="bfloat16"),
        "nan": lambda: f([2], float("nan"), 1.0, -1.0, 1.0),
    }
    return found | {label: raises(call) for label, call in calls.items()}


@script(
    "truncated normal numbers: where a bound is as far out as matters, in the dtype", tol={"float32": 1e-6}
)
def _(tf):
    # -1 - 0.3 is -1.3 in float32, and less in real numbers
    draw = tf.random.stateless_parameterized_truncated_normal
    return draw([4, 2], [5, 6], [0.2, 0.3], 1.0, -1.0, 1.0), draw([4], [1, 2], 0.7, 1.0, -2.0, 2.0)
