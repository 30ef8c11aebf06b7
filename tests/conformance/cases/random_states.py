"""Random numbers from states in variables, and what generators and seeds refuse."""

from conformance_kit import raises, script

TOL = {"float32": 3e-6, "float16": 2e-3, "bfloat16": 2e-2, "float64": 1e-12}


def state(tf, words=(5, 6, 7), dtype="int64"):
    return tf.Variable(tf.constant(words, dtype))


def drawn(tf, call, **options):
    """What an op draws, or raises, and the state that it leaves."""
    v = state(tf, **options)
    return raises(lambda: call(tf.raw_ops, v.handle)), v.value()


DRAWS = {
    "StatefulUniform": {},
    "StatefulStandardNormalV2": {},
    "StatefulTruncatedNormal": {},
    "StatefulUniformFullInt": {},
    "StatefulUniformInt": {"minval": -3, "maxval": 1000},
    "StatefulRandomBinomial": {"counts": 100.0, "probs": 0.5},
}
for _name, _more in DRAWS.items():

    @script(_name, tol=TOL)
    def _(tf, name=_name, more=_more):
        def draw(shape=(3,), algorithm=1, **options):
            def call(r, h):
                return getattr(r, name)(resource=h, algorithm=algorithm, shape=shape, **more, **options)

            return call

        floats = name in ("StatefulUniform", "StatefulStandardNormalV2", "StatefulTruncatedNormal")
        found = {
            f"{list(shape)}": drawn(tf, draw(shape))
            for shape in ((), (3,), (5,), (2, 3), (257,), (0,), (0, 2))
        }
        found["left open"] = drawn(tf, draw(algorithm=3))
        found["ThreeFry"] = drawn(tf, draw(algorithm=2))
        found["no algorithm"] = drawn(tf, draw(algorithm=7))
        found["a negative shape"] = drawn(tf, draw((-3,)))
        found["a short state"] = drawn(tf, draw(), words=(5, 6))
        found["a long state"] = drawn(tf, draw(), words=(5, 6, 7, 8))
        found["a state of int32"] = drawn(tf, draw(), dtype="int32")
        found["a state of uint64"] = drawn(tf, draw(), dtype="uint64")
        found["a matrix"] = drawn(tf, draw(), words=((5, 6, 7),))
        found["where the counter carries"] = drawn(tf, draw((5,)), words=(-3, -1, 7))
        if floats:
            for dtype in (tf.float16, tf.bfloat16, tf.float64, tf.int32):
                found[dtype.name] = drawn(tf, draw((5,), dtype=dtype))
        if name == "StatefulUniformFullInt":
            for dtype in (tf.int32, tf.int64, tf.uint32, tf.float32):
                found[dtype.name] = drawn(tf, draw((5,), dtype=dtype))
        return found


@script("StatefulUniformInt: bounds")
def _(tf):
    def draw(minval, maxval):
        return drawn(
            tf,
            lambda r, h: r.StatefulUniformInt(
                resource=h, algorithm=1, shape=[3], minval=minval, maxval=maxval
            ),
        )

    return {
        "int32": draw(tf.constant(0), 9),
        "uint32": draw(tf.constant(0, tf.uint32), 9),
        "floats": draw(0.0, 9.0),
        "out of order": draw(9, 9),
        "a vector": draw([0], 9),
    }


@script("RngSkip and RngReadAndSkip")
def _(tf):
    found = {}
    for delta in (0, 1, 3, 2**40):
        found[f"skip {delta}"] = drawn(tf, lambda r, h, d=delta: r.RngSkip(resource=h, algorithm=1, delta=d))
        found[f"read {delta}"] = drawn(tf, lambda r, h, d=delta: r.RngReadAndSkip(resource=h, alg=1, delta=d))
    found["back"] = drawn(tf, lambda r, h: r.RngSkip(resource=h, algorithm=1, delta=-3))
    for algorithm in (2, 3, 9):
        found[f"skip by {algorithm}"] = drawn(
            tf, lambda r, h, a=algorithm: r.RngSkip(resource=h, algorithm=a, delta=1)
        )
        found[f"read by {algorithm}"] = drawn(
            tf, lambda r, h, a=algorithm: r.RngReadAndSkip(resource=h, alg=a, delta=1)
        )
    found["a vector"] = drawn(tf, lambda r, h: r.RngSkip(resource=h, algorithm=1, delta=[3]))
    return found


@script("Generator: skip")
def _(tf):
    found = {}
    for delta in (0, 1, 255, 2**31, 2**40, -1, -5, 1.5, [1], 2**63 - 1, 2**64 - 1):

        def skip(delta=delta):
            generator = tf.random.Generator.from_seed([5, 6, 7])
            return raises(lambda: generator.skip(delta)), generator.state.value()

        found[repr(delta)] = skip()
    generator = tf.random.Generator.from_seed([5, 6, 7])
    found["uint64"] = generator.skip(tf.constant(3, tf.uint64)), generator.state.value()
    return found


@script("Generator: algorithms")
def _(tf):
    kinds = tf.random.Algorithm
    found = {}
    for alg in (
        "philox",
        "threefry",
        "auto_select",
        3,
        "foo",
        kinds.PHILOX,
        kinds.THREEFRY,
        kinds.AUTO_SELECT,
        1.0,
    ):

        def made(alg=alg):
            generator = tf.random.Generator.from_seed(9, alg)
            return generator.state.value(), generator.algorithm

        found[f"{alg}"] = raises(made), raises(lambda alg=alg: tf.random.create_rng_state([1, 2], alg))
    for alg in ("philox", "auto_select"):
        generator = tf.random.Generator.from_seed(9, alg)
        found[f"{alg} draws"] = (
            generator.uniform([3], 0, 100, tf.int32),
            generator.split(2)[1].state.value(),
            generator.split(1)[0].algorithm,
            generator.make_seeds(3),
        )
    threefry = tf.random.Generator.from_seed(9, "threefry")
    found["threefry draws"] = [
        raises(lambda: threefry.uniform([3])),
        raises(lambda: threefry.skip(1)),
        raises(lambda: threefry.split(1)),
        raises(lambda: threefry.binomial([3], 10.0, 0.5)),
    ]
    return found


@script("seeds of other dtypes")
def _(tf):
    found = {}
    for dtype in (tf.int32, tf.int64, tf.uint32, tf.uint64, tf.int8, tf.float32):
        seed = tf.constant([1, 2], dtype)
        for alg in ("philox", "auto_select", None, "threefry"):
            found[f"{dtype.name} {alg}"] = [
                raises(
                    lambda s=seed, a=alg: tf.random.stateless_uniform([3], s, None, None, tf.int32, alg=a)
                ),
                raises(lambda s=seed, a=alg: tf.random.fold_in(s, 3, alg=a)),
                raises(
                    lambda s=seed, a=alg: tf.random.experimental.stateless_shuffle([1, 2, 3, 4], s, alg=a)
                ),
            ]
    calls = {
        "uniform": lambda s: tf.random.stateless_uniform([3], s),
        "categorical": lambda s: tf.random.stateless_categorical([[1.0, 2.0]], 3, s),
        "gamma": lambda s: tf.random.stateless_gamma([3], s, 1.0),
        "poisson": lambda s: tf.random.stateless_poisson([3], s, 1.0),
        "binomial": lambda s: tf.random.stateless_binomial([3], s, 100.0, 0.5),
        "fold_in": lambda s: tf.random.fold_in(s, 3),
    }
    for seed in (1.5, [1.5, 2.5], [1], [1, 2, 3], 7, "a", None):
        found[repr(seed)] = {name: raises(lambda s=seed, call=call: call(s)) for name, call in calls.items()}
    return found


@script("bounds of nothing")
def _(tf):
    return [
        tf.random.uniform([0], 3, 3, tf.int32),
        raises(lambda: tf.random.uniform([1], 3, 3, tf.int32)),
        tf.random.stateless_uniform([0], [1, 2], 3, 3, tf.int32),
        raises(lambda: tf.random.stateless_uniform([1], [1, 2], 3, 3, tf.int32)),
        raises(lambda: tf.random.Generator.from_seed(1).uniform([0], 3, 3, tf.int32)),
    ]


@script("what has no kernel for bfloat16")
def _(tf):
    half = tf.constant([0.5], tf.bfloat16)
    return [
        raises(lambda: tf.random.stateless_gamma([1], [1, 2], half, dtype=tf.bfloat16)),
        raises(lambda: tf.random.Generator.from_seed(1).binomial([1], half, half)),
    ]


@script("initializers of zeros and ones")
def _(tf):
    shapes = (3, [2, 3], [], [0], tf.constant([2]), [2.5], "a", None, [-1])
    return [
        [raises(lambda s=s, make=make: make(s)) for s in shapes]
        for make in (tf.zeros_initializer(), tf.ones_initializer())
    ]
