"""Random numbers: the very numbers that TensorFlow draws on a CPU, from seeds, from state, and without either."""

from conformance_kit import A, V, case, error, raises, script

DTYPES = ("float32", "float64", "float16", "bfloat16")
SEED = [1, 2]
# float32 sines and logarithms of different libraries differ in their last digits, which the product can double
TOL = {"float32": 3e-6}
WHY = "sines and logarithms of float32 differ in the last digits between libraries"


# -- stateless ---------------------------------------------------------------------------------------------------------
for name in ["uniform", "normal", "truncated_normal"]:
    path = f"stateless_{name}"
    for shape in ([7], [3, 5], [], [0, 2], [1]):
        case(
            f"random.{path} {shape}",
            lambda tf, x, p=path, s=shape: getattr(tf.random, p)(s, SEED, dtype=x.dtype),
            [A("ones", ())],
            dtypes=DTYPES,
            order=0,
            tol=TOL,
            why=WHY,
        )
    case(
        f"random.{path} many",
        lambda tf, x, p=path: tf.reduce_sum(
            getattr(tf.random, p)([50, 40], [-7, 2**31 - 1], dtype=x.dtype), axis=0
        ),
        [A("ones", ())],
        dtypes=("float64",),
        order=0,
    )
    case(
        f"random.{path} parameters",
        lambda tf, x, y, p=path: getattr(tf.random, p)([2, 3], SEED, x, y, dtype=x.dtype),
        [V([0.5, 1.0, 2.0]), V([[1.5], [2.0]])],
        dtypes=("float32", "float64"),
        tol=TOL,
        why=WHY,
    )

    @script(f"random.{path}: arguments")
    def _(tf, path=path):
        f = getattr(tf.random, path)
        calls = {
            "int64 seed": lambda: f([3], tf.constant([1, 2], tf.int64)),
            "large seed": lambda: f([3], [2**40, -(2**33)]),
            "tensor shape": lambda: f(tf.constant([2], tf.int64), SEED),
            "philox": lambda: f([2], SEED, alg="philox"),
            "philox 1": lambda: f([2], SEED, alg=1),
            "auto": lambda: f([2], SEED, alg=tf.random.Algorithm.AUTO_SELECT),
            "threefry": lambda: f([2], SEED, alg="threefry"),
            "no algorithm": lambda: f([2], SEED, alg="foo"),
            "one seed": lambda: f([2], [1]),
            "three seeds": lambda: f([2], [1, 2, 3]),
            "scalar seed": lambda: f([2], 1),
            "float seed": lambda: f([2], [1.0, 2.0]),
            "negative shape": lambda: f([-1], SEED),
            "scalar shape": lambda: f(3, SEED),
            "float shape": lambda: f([1.5], SEED),
            "matrix shape": lambda: f([[2]], SEED),
            "no shape": lambda: f(None, SEED),
            "bool": lambda: f([2], SEED, dtype=tf.bool),
            "complex": lambda: f([2], SEED, dtype=tf.complex64),
            "int8": lambda: f([2], SEED, dtype=tf.int8),
            "int32": lambda: f([2], SEED, dtype=tf.int32),
        }
        return {label: raises(call) for label, call in calls.items()}


@script("random.stateless_uniform: integers")
def _(tf):
    f = tf.random.stateless_uniform
    calls = {
        "int32": lambda: f([9], SEED, 0, 1000, tf.int32),
        "int32 negative": lambda: f([9], SEED, -10, 1000, tf.int32),
        "int32 all but one": lambda: f([9], SEED, -(2**31), 2**31 - 1, tf.int32),
        "int64": lambda: f([9], SEED, -5, 1000, tf.int64),
        "int64 large": lambda: f([9], SEED, -(2**40), 2**62, tf.int64),
        "int64 wide": lambda: f([9], SEED, -(2**63), 2**63 - 1, tf.int64),
        "int32 full": lambda: f([9], SEED, None, None, tf.int32),
        "int64 full": lambda: f([9], SEED, None, None, tf.int64),
        "uint32 full": lambda: f([9], SEED, None, None, tf.uint32),
        "uint64 full": lambda: f([9], SEED, None, None, tf.uint64),
        "uint32": lambda: f([2], SEED, 0, 5, tf.uint32),
        "uint8": lambda: f([2], SEED, 0, 5, tf.uint8),
        "one bound": lambda: f([2], SEED, 0, None, tf.int32),
        "other bound": lambda: f([2], SEED, None, 5, tf.int32),
        "empty range": lambda: f([2], SEED, 5, 5, tf.int32),
        "vector bound": lambda: f([2], SEED, [0, 1], 5, tf.int32),
        "float bound": lambda: f([2], SEED, 0.5, 5, tf.int32),
        "float, no bounds": lambda: f([2], SEED, None, None, tf.float32),
        "by name": lambda: f([2], SEED, dtype="float64"),
    }
    return {label: raises(call) for label, call in calls.items()}


LOGITS = [[0.0, 1.0, 2.0], [3.0, 1.0, 1.0]]


@script("random.stateless_categorical")
def _(tf):
    f = tf.random.stateless_categorical
    inf, nan = float("inf"), float("nan")
    calls = {
        "plain": lambda: f(LOGITS, 7, SEED),
        "int32": lambda: f(LOGITS, 3, SEED, tf.int32),
        "float64": lambda: f(tf.constant(LOGITS, tf.float64), 8, SEED),
        "float16": lambda: f(tf.constant(LOGITS, tf.float16), 8, SEED),
        "none": lambda: f(LOGITS, 0, SEED),
        "no rows": lambda: f(tf.zeros((0, 3)), 2, SEED),
        "-inf": lambda: f([[0.0, -inf, 1.0]], 6, SEED),
        "inf": lambda: f([[0.0, inf, 1.0]], 6, SEED),
        "nan": lambda: f([[0.0, nan, 1.0]], 6, SEED),
        "only -inf": lambda: f([[-inf, -inf]], 3, SEED),
        "negative": lambda: f(LOGITS, -1, SEED),
        "vector": lambda: f([0.0, 1.0], 2, SEED),
        "no classes": lambda: f(tf.zeros((2, 0)), 2, SEED),
        "integers": lambda: f(tf.constant([[0, 1]]), 2, SEED),
        "as float": lambda: f(LOGITS, 2, SEED, tf.float32),
        "bad seed": lambda: f(LOGITS, 2, [1]),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("random.stateless_gamma")
def _(tf):
    f = tf.random.stateless_gamma
    calls = {
        "plain": lambda: f([4, 2], SEED, [0.5, 2.0]),
        "float64": lambda: f([5, 2], SEED, [0.5, 1.0], dtype=tf.float64),
        "float16": lambda: f([4], SEED, 3.0, dtype=tf.float16),
        "beta": lambda: f([3, 2, 2], SEED, [0.5, 2.0], [[1.0], [4.0]]),
        "one": lambda: f([4], SEED, 1.0),
        "large": lambda: f([4], SEED, 1e6),
        "zero": lambda: f([2], SEED, 0.0),
        "empty": lambda: f([0, 2], SEED, [1.0, 2.0]),
        "shape": lambda: f([4, 3], SEED, [0.5, 2.0]),
        "int32": lambda: f([2], SEED, 1, dtype=tf.int32),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("random.stateless_poisson, random.stateless_binomial")
def _(tf):
    f, g = tf.random.stateless_poisson, tf.random.stateless_binomial
    calls = {
        "poisson": lambda: f([4, 3], SEED, [0.5, 20.0, 1000.0]),
        "poisson float32": lambda: f([6], SEED, 4.0, tf.float32),
        "poisson float64 rate": lambda: f([6], SEED, tf.constant(30.0, tf.float64), tf.int64),
        "poisson zero": lambda: f([2], SEED, 0.0),
        "poisson empty": lambda: f([0], SEED, 1.0),
        "poisson shape": lambda: f([4, 3], SEED, [0.5, 20.0]),
        "binomial": lambda: g([5, 2], SEED, [100.0, 50.0], [0.3, 0.75]),
        "binomial float64": lambda: g([5], SEED, tf.constant(1000.0, tf.float64), 0.25, tf.float64),
        "binomial certain": lambda: g([3], SEED, 7.0, 1.0),
        "binomial never": lambda: g([3], SEED, 7.0, 0.0),
        "binomial no trials": lambda: g([3], SEED, 0.0, 0.5),
        "binomial shape": lambda: g([5, 3], SEED, [100.0, 50.0], [0.3, 0.75]),
    }
    return {label: raises(call) for label, call in calls.items()}


case(
    "random.stateless_gamma gradient",
    lambda tf, a, b: tf.random.stateless_gamma([3, 2], SEED, a, b, dtype=a.dtype),
    [V([0.7, 2.0]), V([2.0, 4.0])],
    dtypes=("float32", "float64"),
    order=1,
)
case(
    "raw_ops.RandomGammaGrad",
    lambda tf, a, z: tf.raw_ops.RandomGammaGrad(alpha=a, sample=z),
    [V([0.1, 0.7, 0.7, 1.0, 5.0, 300.0], diff=False), V([0.05, 0.6, 3.0, 0.1, 4.0, 290.0], diff=False)],
    dtypes=("float32", "float64"),
    order=0,
    tol={"float32": 1e-5, "float64": 1e-7},
    why="a difference quotient of the incomplete gamma function",
)
case(
    "random.stateless_parameterized_truncated_normal",
    lambda tf, m, s: tf.random.stateless_parameterized_truncated_normal([4, 2], SEED, m, s, -1.0, 2.0),
    [V([0.0, 1.0]), V(1.5)],
    dtypes=("float32",),
    only_shapes=True,
)


@script("random.stateless_parameterized_truncated_normal: errors")
def _(tf):
    f = tf.random.stateless_parameterized_truncated_normal
    calls = {
        "empty range": lambda: f([2], SEED, 0.0, 1.0, 1.0, 1.0),
        "negative deviation": lambda: f([2], SEED, 0.0, -1.0, -1.0, 1.0),
        "shape": lambda: f([2], SEED, [0.0, 1.0, 2.0]),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("random.split, random.fold_in")
def _(tf):
    long = tf.constant(SEED, tf.int64)
    return {
        "split": tf.random.split(SEED, 3),
        "two": tf.random.split(SEED),
        "long": tf.random.split(long),
        "fold": tf.random.fold_in(SEED, 7),
        "negative": tf.random.fold_in(SEED, -7),
        "long fold": tf.random.fold_in(long, tf.constant(3, tf.int64)),
        "mixed": tf.random.fold_in(SEED, tf.constant(3, tf.int64)),
        "chain": tf.random.stateless_normal(
            [2], tf.random.fold_in(tf.random.split(SEED)[1], 4), dtype=tf.float64
        ),
        "experimental": tf.random.experimental.stateless_split(SEED, 2),
        "threefry": raises(lambda: tf.random.split(SEED, alg="threefry")),
    }


# -- seeds -------------------------------------------------------------------------------------------------------------
DRAWS = {
    "normal": lambda tf, **k: tf.random.normal([5], dtype=tf.float64, **k),
    "normal float32": lambda tf, **k: tf.random.normal([5], **k),
    "uniform": lambda tf, **k: tf.random.uniform([5], **k),
    "uniform float64": lambda tf, **k: tf.random.uniform([2, 2], -1.0, 3.0, dtype=tf.float64, **k),
    "uniform int32": lambda tf, **k: tf.random.uniform([5], -3, 100, dtype=tf.int32, **k),
    "uniform int64": lambda tf, **k: tf.random.uniform([5], 0, 2**40, dtype=tf.int64, **k),
    "truncated_normal": lambda tf, **k: tf.random.truncated_normal([9], dtype=tf.float64, **k),
    "categorical": lambda tf, **k: tf.random.categorical(LOGITS, 3, **k),
    "shuffle": lambda tf, **k: tf.random.shuffle([0, 1, 2, 3, 4, 5, 6, 7], **k),
    "shuffle rows": lambda tf, **k: tf.random.shuffle([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], **k),
    "gamma": lambda tf, **k: tf.random.gamma([3], [0.5, 2.0], dtype=tf.float64, **k),
    "gamma, beta": lambda tf, **k: tf.random.gamma([2], [[1.0], [2.0]], [3.0, 4.0], dtype=tf.float64, **k),
    "poisson": lambda tf, **k: tf.random.poisson([3], [0.5, 20.0], **k),
}
for name, draw in DRAWS.items():

    @script(f"seeds: {name}")
    def _(tf, draw=draw):
        answers = {}
        for seed in (7, 0, -3, 2**40 + 3):
            tf.random.set_seed(seed)
            answers[f"{seed}, op without"] = [draw(tf), draw(tf)]
            answers[f"{seed}, op with"] = [draw(tf, seed=3), draw(tf, seed=3), draw(tf, seed=4)]
            tf.random.set_seed(seed)
            answers[f"{seed}, again"] = [draw(tf, seed=3), draw(tf)]
        return answers


@script("seeds: kernels that share a place in the stream")
def _(tf):
    draw = tf.random.normal
    tf.random.set_seed(7)
    answers = {
        "shapes": [draw([2], dtype=tf.float64, seed=3), draw([3], dtype=tf.float64, seed=3)],
        "float32": draw([2], seed=3),
        "int64 shape": draw(tf.constant([2], tf.int64), dtype=tf.float64, seed=3),
        "on": draw([2], dtype=tf.float64, seed=3),
        "mean": draw([2], 1.0, 2.0, dtype=tf.float64, seed=3),
        "seeds": [draw([2], seed=s) for s in (0, 2**31 - 1, 2**31, -1, 2**40)],
        "truncated": tf.random.truncated_normal([2], dtype=tf.float64, seed=3),
    }
    tf.random.set_seed(0)
    return answers | {"both zero": draw([2], seed=0)}


@script("seeded ops: arguments")
def _(tf):
    normal, uniform, categorical = tf.random.normal, tf.random.uniform, tf.random.categorical
    gamma, poisson, shuffle = tf.random.gamma, tf.random.poisson, tf.random.shuffle
    tf.random.set_seed(5)
    calls = {
        "negative shape": lambda: normal([-1]),
        "float shape": lambda: normal([1.5]),
        "scalar shape": lambda: normal(3),
        "matrix shape": lambda: normal([[2]]),
        "no shape": lambda: normal(None),
        "scalar": lambda: normal([], seed=1),
        "empty": lambda: normal([0, 2]),
        "TensorShape": lambda: normal(tf.TensorShape([2]), seed=1),
        "int dtype": lambda: normal([2], dtype=tf.int32),
        "complex": lambda: normal([2], dtype=tf.complex64),
        "means": lambda: normal([2, 3], mean=[1.0, 2.0, 3.0], seed=1),
        "bad means": lambda: normal([2, 3], mean=[1.0, 2.0]),
        "float64 mean": lambda: normal([2], mean=tf.constant(1.0, tf.float64)),
        "bfloat16": lambda: normal([2], dtype=tf.bfloat16, seed=1),
        "by name": lambda: normal([2], dtype="float64", seed=1),
        "string seed": lambda: normal([1], seed="a"),
        "uniform int": lambda: uniform([2], dtype=tf.int32),
        "uniform empty": lambda: uniform([2], 3, 3, dtype=tf.int32),
        "uniform reversed": lambda: uniform([2], 5, 3, dtype=tf.int32),
        "uniform vectors": lambda: uniform([2], [0, 5], [3, 9], dtype=tf.int32),
        "uniform float vectors": lambda: uniform([2], [0.0, 5.0], [3.0, 9.0], seed=1),
        "uniform float reversed": lambda: uniform([2], 5, 3, seed=1),
        "uniform from a half": lambda: uniform([2], 0.5, seed=1),
        "uniform bool": lambda: uniform([2], dtype=tf.bool),
        "uniform uint8": lambda: uniform([2], 0, 3, dtype=tf.uint8),
        "uniform None": lambda: uniform([2], None, 3),
        "uniform half of an int": lambda: uniform([2], 0.5, 3, dtype=tf.int32),
        "uniform float16": lambda: uniform([2], 0, 3, dtype=tf.float16, seed=1),
        "categorical vector": lambda: categorical([0.0, 1.0], 2),
        "categorical none": lambda: categorical([[0.0, 1.0]], 0),
        "categorical negative": lambda: categorical([[0.0, 1.0]], -1),
        "categorical int32": lambda: categorical([[0.0, 1.0]], 2, dtype=tf.int32, seed=1),
        "categorical float": lambda: categorical([[0.0, 1.0]], 2, dtype=tf.float32),
        "categorical of ints": lambda: categorical(tf.constant([[0, 1]]), 2),
        "categorical no rows": lambda: categorical(tf.zeros((0, 3)), 2),
        "categorical no classes": lambda: categorical(tf.zeros((2, 0)), 2),
        "shuffle scalar": lambda: shuffle(1),
        "shuffle empty": lambda: shuffle([]),
        "shuffle strings": lambda: shuffle(["a", "b", "c"], seed=1),
        "shuffle bools": lambda: shuffle([True, False], seed=1),
        "shuffle one": lambda: shuffle([5]),
        "gamma negative": lambda: gamma([2], -1.0),
        "gamma zero": lambda: gamma([2], 0.0),
        "gamma of an int": lambda: gamma([2], 1, seed=1),
        "gamma float16": lambda: gamma([2], 1.0, dtype=tf.float16, seed=1),
        "gamma bfloat16": lambda: gamma([2], 1.0, dtype=tf.bfloat16, seed=1),
        "gamma empty": lambda: gamma([0], 1.0),
        "gamma scalar shape": lambda: gamma(3, 1.0, seed=1),
        "poisson zero": lambda: poisson([2], 0.0),
        "poisson int32": lambda: poisson([2], 3.0, dtype=tf.int32, seed=1),
        "poisson float16": lambda: poisson([2], 3.0, dtype=tf.float16, seed=1),
        "poisson of an int": lambda: poisson([2], 3, seed=1),
        "poisson of float64": lambda: poisson([2], tf.constant(3.0, tf.float64), seed=1),
    }
    return {label: raises(call) for label, call in calls.items()}


@script("seeded ops: gradients")
def _(tf):
    def gradient(fn, *values):
        xs = [tf.constant(value, tf.float64) for value in values]
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = fn(*xs)
        return raises(lambda: tape.gradient(y, xs))

    tf.random.set_seed(5)
    f64 = {"dtype": tf.float64, "seed": 1}
    return {
        "normal": gradient(lambda m, s: tf.random.normal([3], m, s, **f64), 1.0, 2.0),
        "uniform": gradient(lambda a, b: tf.random.uniform([3], a, b, **f64), 1.0, 2.0),
        "truncated": gradient(lambda m, s: tf.random.truncated_normal([3], m, s, **f64), 1.0, 2.0),
        "poisson": gradient(lambda x: tf.random.poisson([3], x, seed=1), [1.0, 2.0]),
        "categorical": gradient(lambda x: tf.random.categorical(x, 3, seed=1), [[1.0, 2.0]]),
        "shuffle": gradient(lambda x: tf.random.shuffle(x, seed=1), [1.0, 2.0, 3.0]),
    }


# -- generators --------------------------------------------------------------------------------------------------------
GENERATORS = {
    "normal": lambda g, tf: g.normal([5], dtype=tf.float64),
    "normal float32": lambda g, tf: g.normal([5]),
    "normal float16": lambda g, tf: g.normal([2, 2], dtype=tf.float16),
    "normal parameters": lambda g, tf: g.normal([2, 3], [1.0, 2.0, 3.0], 2.0),
    "scalar": lambda g, tf: g.normal([], dtype=tf.float64),
    "uniform": lambda g, tf: g.uniform([3]),
    "uniform float64": lambda g, tf: g.uniform([3], -1, 10, dtype=tf.float64),
    "uniform int32": lambda g, tf: g.uniform([3], 0, 10, dtype=tf.int32),
    "uniform int64": lambda g, tf: g.uniform([3], -7, 10, dtype=tf.int64),
    "uniform full": lambda g, tf: g.uniform([3], None, None, dtype=tf.int64),
    "uniform_full_int": lambda g, tf: g.uniform_full_int([3]),
    "uniform_full_int int32": lambda g, tf: g.uniform_full_int([3], tf.int32),
    "truncated_normal": lambda g, tf: g.truncated_normal([6], dtype=tf.float64),
    "make_seeds": lambda g, tf: g.make_seeds(3),
    "make_seeds 1": lambda g, tf: g.make_seeds(),
    "split": lambda g, tf: [child.state for child in g.split(2)],
    "split, draw": lambda g, tf: [child.normal([2], dtype=tf.float64) for child in g.split(2)],
    "split 0": lambda g, tf: len(g.split(0)),
    "skip": lambda g, tf: g.skip(3),
    "skip tensor": lambda g, tf: g.skip(tf.constant(2)),
    "binomial": lambda g, tf: g.binomial([4], 100.0, 0.3),
}
for name, use in GENERATORS.items():

    @script(f"Generator: {name}")
    def _(tf, use=use):
        answers = []
        for seed in (5, -5, 2**70 + 5, [1, 2], 2**64 - 1):
            g = tf.random.Generator.from_seed(seed)
            answers.append([use(g, tf), g.state, use(g, tf), g.state])
        return answers


@script("Generator: construction and state")
def _(tf):
    kind = tf.random.Generator
    g = kind.from_seed(5)
    copy = kind(copy_from=g)
    first = g.normal([2], dtype=tf.float64)
    answers = {
        "copy is apart": [first, copy.state, copy.normal([2], dtype=tf.float64)],
        "algorithm": g.algorithm,
        "key": g.key,
        "state": kind(state=[1, 2, 3], alg="philox").state,
        "from_state": kind.from_state([1, 2, 3], 1).state,
        "int32 state": kind(state=tf.constant([1, 2, 3]), alg=1).state,
        "uint64 state": kind(state=tf.constant([2**63, 2**63 + 2, 2**64 - 1], tf.uint64), alg=1).state,
        "from_key_counter": kind.from_key_counter(7, [1, 2], "philox").state,
        "unpredictable": kind.from_non_deterministic_state().state.shape,
        "threefry": kind.from_seed(5, alg="threefry").state,
        "threefry draws": raises(lambda: kind.from_seed(5, alg="threefry").normal([2])),
        "create philox": tf.random.create_rng_state(1, "philox"),
        "create threefry": tf.random.create_rng_state([1, 2], "threefry"),
        "algorithms": {member.name: member.value for member in tf.random.Algorithm},
    }
    g.reset([9, 8, 7])
    answers["reset"] = g.state.read_value()
    g.reset_from_seed(11)
    answers["reset_from_seed"] = g.state.read_value()
    g.reset_from_key_counter(1, [2, 3])
    answers["reset_from_key_counter"] = g.state.read_value()
    for label, seed in {"list": [1], "long list": [1, 2, 3, 4], "float": 1.5, "bool": True}.items():
        answers[f"seed {label}"] = kind.from_seed(seed).state
    g = kind.from_seed(5)
    calls = {
        "nothing": lambda: kind(),
        "no algorithm": lambda: kind(state=[1, 2, 3]),
        "short state": lambda: kind(state=[1, 2], alg="philox"),
        "short counter": lambda: kind.from_key_counter(7, 3, "philox"),
        "unknown algorithm": lambda: kind.from_seed(5, alg="foo"),
        "seed None": lambda: kind.from_seed(None),
        "negative shape": lambda: g.normal([-1]),
        "float shape": lambda: g.normal([1.5]),
        "scalar shape": lambda: g.normal(3),
        "tensor shape": lambda: kind.from_seed(5).normal(tf.constant([2], tf.int64), dtype=tf.float64),
        "normal int32": lambda: g.normal([2], dtype=tf.int32),
        "normal bool": lambda: g.normal([2], dtype=tf.bool),
        "uniform one bound": lambda: g.uniform([2], dtype=tf.int32),
        "uniform uint32": lambda: g.uniform([2], 0, 10, dtype=tf.uint32),
        "uniform int8": lambda: g.uniform([2], 0, 10, dtype=tf.int8),
        "uniform bool": lambda: g.uniform([2], dtype=tf.bool),
        "uniform None": lambda: g.uniform([2], None, None),
        "uniform vectors": lambda: g.uniform([3], [0, 10, 20], [5, 12, 22], dtype=tf.int32),
        "uniform empty": lambda: g.uniform([3], 5, 5, dtype=tf.int32),
        "full float16": lambda: g.uniform_full_int([3], dtype=tf.float16),
    }
    return answers | {label: raises(call) for label, call in calls.items()}


@script("Generator: the global one")
def _(tf):
    tf.random.set_global_generator(tf.random.Generator.from_seed(3))
    g = tf.random.get_global_generator()
    before = g.state.read_value()
    tf.random.set_seed(1)
    return [before, g.normal([2], dtype=tf.float64), tf.random.get_global_generator().state]


error("set_seed of nothing", lambda tf: tf.random.set_seed())


@script("raw random ops")
def _(tf):
    raw = tf.raw_ops
    key, counter = tf.constant([7], tf.uint64), tf.constant([1, 2], tf.uint64)
    place = {"shape": [4], "key": key, "counter": counter, "alg": 1}
    calls = {
        "RandomStandardNormal": lambda: raw.RandomStandardNormal(
            shape=[3], dtype=tf.float64, seed=11, seed2=12
        ),
        "RandomUniform": lambda: raw.RandomUniform(shape=[3], dtype=tf.float64, seed=11, seed2=12),
        "RandomUniformInt": lambda: raw.RandomUniformInt(shape=[3], minval=0, maxval=100, seed=11, seed2=12),
        "TruncatedNormal": lambda: raw.TruncatedNormal(shape=[3], dtype=tf.float64, seed=11, seed2=12),
        "RandomShuffle": lambda: raw.RandomShuffle(value=[1, 2, 3, 4], seed=11, seed2=12),
        "RandomGamma": lambda: raw.RandomGamma(shape=[2], alpha=[0.5, 2.0], seed=11, seed2=12),
        "RandomPoissonV2": lambda: raw.RandomPoissonV2(shape=[2], rate=[0.5, 20.0], seed=11, seed2=12),
        "Multinomial": lambda: raw.Multinomial(logits=LOGITS, num_samples=3, seed=11, seed2=12),
        "StatelessMultinomial": lambda: raw.StatelessMultinomial(logits=LOGITS, num_samples=3, seed=SEED),
        "StatelessRandomNormal": lambda: raw.StatelessRandomNormal(shape=[3], seed=SEED),
        "StatelessRandomUniform": lambda: raw.StatelessRandomUniform(shape=[3], seed=SEED, dtype=tf.float64),
        "StatelessTruncatedNormal": lambda: raw.StatelessTruncatedNormal(
            shape=[3], seed=SEED, dtype=tf.float64
        ),
        "StatelessRandomUniformInt": lambda: raw.StatelessRandomUniformInt(
            shape=[3], seed=SEED, minval=-5, maxval=100
        ),
        "StatelessRandomUniformFullInt": lambda: raw.StatelessRandomUniformFullInt(
            shape=[3], seed=SEED, dtype=tf.int64
        ),
        "StatelessRandomNormalV2": lambda: raw.StatelessRandomNormalV2(**place, dtype=tf.float64),
        "StatelessRandomUniformV2": lambda: raw.StatelessRandomUniformV2(**place),
        "StatelessTruncatedNormalV2": lambda: raw.StatelessTruncatedNormalV2(**place, dtype=tf.float64),
        "StatelessRandomUniformIntV2": lambda: raw.StatelessRandomUniformIntV2(**place, minval=0, maxval=9),
        "StatelessRandomUniformFullIntV2": lambda: raw.StatelessRandomUniformFullIntV2(
            **place, dtype=tf.int32
        ),
        "StatelessRandomGammaV3": lambda: raw.StatelessRandomGammaV3(**place, alpha=[0.5, 1.0, 2.0, 30.0]),
        "StatelessRandomPoisson": lambda: raw.StatelessRandomPoisson(
            shape=[3], seed=SEED, lam=[1.0, 2.0, 30.0], dtype=tf.int32
        ),
        "StatelessRandomBinomial": lambda: raw.StatelessRandomBinomial(
            shape=[3], seed=SEED, counts=100.0, probs=0.5, dtype=tf.int32
        ),
    }
    return {name: raises(call) for name, call in calls.items()}
