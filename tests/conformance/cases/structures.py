"""Structures and dtypes that must be kept: nested sources, rows of strings, nothing mapped, states that are shared."""

import collections

from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "first second")

SOURCES = {
    "list in list": lambda x, z, u: [[x]],
    "mixed depth": lambda x, z, u: [x, [z]],
    "dict in list": lambda x, z, u: [{"p": x}],
    "tuple in list": lambda x, z, u: [(x,)],
    "tuples": lambda x, z, u: ((x,), z),
    "tuple": lambda x, z, u: (x,),
    "list": lambda x, z, u: [x, z, u],
    "namedtuple in list": lambda x, z, u: [Pair(x, [z])],
    "namedtuple": lambda x, z, u: Pair(x, [u]),
    "empty": lambda x, z, u: [],
    "empty in list": lambda x, z, u: [[]],
    "empty beside one": lambda x, z, u: [[], x, {}],
    "empty dict": lambda x, z, u: {},
    "None": lambda x, z, u: None,
    "None in list": lambda x, z, u: [x, None],
    "dict in its own order": lambda x, z, u: {"b": x, "a": [z, u]},
    "ordered dict": lambda x, z, u: collections.OrderedDict([("b", x), ("a", (z,))]),
    "keys of two types": lambda x, z, u: {1: x, "a": z},
    "values of a dict": lambda x, z, u: {"b": x, "a": z}.values(),
    "values of a dict in list": lambda x, z, u: [{"b": x, "a": z}.values()],
    "twice the same": lambda x, z, u: [x, [x]],
    "text": lambda x, z, u: ["x"],
}
TARGETS = {
    "nested": lambda y: [[y], {"a": y * 2.0}],
    "None in list": lambda y: [y, None],
    "empty": lambda y: [],
    "empty dict": lambda y: {},
    "namedtuple": lambda y: Pair(y, (y,)),
}


def differentiate(tf, method, sources, target=lambda y: y, **options):
    x, z, u = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0]), tf.constant(1.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        y = x * x * z
    return raises(lambda: getattr(tape, method)(target(y), sources(x, z, u), **options))


for name, sources in SOURCES.items():
    for method in ("gradient", "jacobian"):
        script(
            f"{method}: {name}", lambda tf, method=method, sources=sources: differentiate(tf, method, sources)
        )
for name, target in TARGETS.items():
    script(
        f"gradient: target {name}",
        lambda tf, target=target: differentiate(tf, "gradient", lambda x, z, u: [[x]], target),
    )


@script("gradient: zeros in their structure")
def _(tf):
    zero = {"unconnected_gradients": "zero"}
    return [
        differentiate(tf, method, lambda x, z, u: {"a": [u], "b": x}, **zero)
        for method in ("gradient", "jacobian")
    ]


@script("gradient: output_gradients for nested targets")
def _(tf):
    found = []
    for seeds in (
        [tf.constant([1.0, 1.0]), tf.constant([2.0, 2.0])],
        [tf.constant([1.0, 1.0]), [tf.constant([2.0, 2.0])]],
        {"a": tf.constant([1.0, 1.0]), "b": tf.constant([2.0, 2.0])},
    ):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = [x * x, [x * 3.0]]
        found.append(tape.gradient(y, [[x]], output_gradients=seeds))
    return found


# -- strings -------------------------------------------------------------------------------------------------------


@script("gather of strings with batch_dims")
def _(tf):
    x = tf.constant([["a", "b"], ["c", "d"]])
    return [
        tf.gather(x, [[1, 0], [0, 0]], batch_dims=1),
        tf.gather(x, [[1, 0], [0, 0]], batch_dims=-1, axis=1),
        tf.gather(x[None], [[1, 0]], axis=2, batch_dims=1),
        tf.gather(x, [[1, 0], [0, 0]], axis=1),
        tf.gather(x, [1, 0], batch_dims=1),
        tf.gather(x[0], 1),
        tf.gather(tf.constant([], tf.string), tf.constant([], tf.int32)),
        tf.gather_nd(x, [[1], [0]], batch_dims=1),
        raises(lambda: tf.gather(x, [[1, 0], [0, 2]], batch_dims=1)),
        raises(lambda: tf.gather(x, [[1, 0]], batch_dims=1)),
    ]


@script("scatter_nd of strings joins them")
def _(tf):
    return [
        tf.scatter_nd([[0], [2], [0]], ["a", "b", "c"], [4]),
        tf.scatter_nd([[0], [2], [0], [0]], [["a", "x"], ["b", "y"], ["c", "z"], ["q", "r"]], [4, 2]),
        tf.tensor_scatter_nd_update(["q", "q", "q"], [[0], [2], [0]], ["a", "b", "c"]),
        raises(lambda: tf.tensor_scatter_nd_add(["q", "q"], [[0]], ["a"])),
        raises(lambda: tf.scatter_nd([[5]], ["a"], [4])),
    ]


# -- nothing to map ------------------------------------------------------------------------------------------------


@script("map_fn over nothing")
def _(tf):
    nothing = tf.constant([], tf.float32)

    def mapped(signature, elems=nothing):
        return raises(lambda: tf.map_fn(lambda x: x, elems, fn_output_signature=signature))

    signatures = [None, tf.int32, tf.string, tf.TensorSpec([3], tf.float64), tf.TensorSpec(None, tf.float64)]
    signatures += [tf.TensorSpec([3], tf.string), tf.TensorSpec([None, 3], tf.float64)]
    signatures += [(tf.int64, {"a": tf.TensorSpec([2], tf.string)})]
    return [
        *[mapped(signature) for signature in signatures],
        mapped(None, tf.zeros([0, 3])),
        mapped(None, tf.constant([], tf.string)),
        tf.map_fn(lambda x: x, tf.zeros([0, 3]), dtype=tf.int32),
        tf.scan(lambda a, x: a, tf.constant([], tf.string), initializer=tf.constant("a")),
        tf.scan(lambda a, x: a, nothing, initializer=tf.constant([1, 2])),
    ]


@script("TensorArray of nothing")
def _(tf):
    return [
        tf.TensorArray(tf.string, 0).stack(),
        tf.TensorArray(tf.string, 0, element_shape=[2]).stack(),
        tf.TensorArray(tf.int64, 0, element_shape=[None]).stack(),
        tf.TensorArray(tf.string, 2, element_shape=[2]).stack(),
        tf.TensorArray(tf.string, 2, element_shape=[2]).read(0),
        tf.TensorArray(tf.int32, 2, element_shape=[2]).gather([]),
    ]


# -- the state of a generator --------------------------------------------------------------------------------------


@script("Generator: a Variable as the state")
def _(tf):
    v = tf.Variable([1, 2, 3], dtype=tf.int64)
    generator = tf.random.Generator.from_state(v, "philox")
    other = tf.random.Generator(copy_from=generator)
    answers = [generator.state is v, other.state is v]
    generator.normal([2])
    answers.append(v.numpy())
    tf.random.Generator(state=v, alg="philox").normal([3])
    answers.append(v.numpy())
    v.assign([0, 0, 0])
    first = generator.uniform_full_int([2], tf.int64)
    v.assign([0, 0, 0])
    answers += [first, generator.uniform_full_int([2], tf.int64), other.state.numpy()]
    generator.reset([4, 5, 6])
    answers.append(v.numpy())
    other.reset(v)
    other.skip(3)
    generator.split(2)
    return [*answers, v.numpy(), other.state.numpy()]


@script("Generator: what a state can be")
def _(tf):
    def drawing(state):
        generator = tf.random.Generator.from_state(state, "philox")
        return raises(lambda: [generator.uniform_full_int([2], tf.int64), generator.state.dtype])

    dtypes = [tf.uint64, tf.int32, tf.float32, tf.bool]
    return [
        *[drawing(tf.Variable(tf.cast([1, 0, 1], dtype))) for dtype in dtypes],
        *[drawing(tf.cast([1, 0, 1], dtype)) for dtype in dtypes],
        *[
            drawing(state)
            for state in ([1.0, 2.0, 3.0], (1, 2, 2**63), [1, 2, 2**64 - 1], [True, False, True])
        ],
        *[
            raises(lambda state=state: tf.random.Generator.from_state(state, "philox"))
            for state in (
                ["a", "b", "c"],
                tf.Variable([1, 2], dtype=tf.int64),
                tf.Variable([[1, 2, 3]], dtype=tf.int64),
            )
        ],
        raises(lambda: tf.random.Generator.from_key_counter([1, 2, 3], [1, 2], "philox")),
        tf.random.Generator.from_key_counter(2**63, [1, 2**63], "philox").state.numpy(),
        tf.random.Generator.from_seed([1, 2**64 - 1]).state.numpy(),
        tf.random.create_rng_state([1, 2, 2**64], "philox").numpy(),
    ]


# -- values that take the dtype of others --------------------------------------------------------------------------


@script("unravel_index: values of two dtypes")
def _(tf):
    import numpy as np

    t = tf.constant([1, 5, 3, 9, 2, 7])
    return [
        raises(lambda args=args: tf.unravel_index(*args))
        for args in (
            (tf.argmax(t), [2, 3]),
            (tf.argmax(t), np.array([2, 3], np.int32)),
            (tf.argmax(t), tf.constant([2, 3])),
            ([3, 4], tf.constant([2, 3], tf.int64)),
            ([3, 4], np.array([2, 3])),
            ([3, 4], [2, 3]),
            (np.array([3, 4]), [2, 3]),
        )
    ]


@script("stateless_binomial: counts and probs")
def _(tf):
    f16, f64 = tf.float16, tf.float64
    counts = [30, 30.0, [30, 40], tf.constant(30.0), tf.constant(30.0, f64), tf.constant(30), 1j, "a", None]
    probs = [
        0.5,
        1,
        [0.5, 0.6],
        tf.constant(0.5),
        tf.constant(0.5, f64),
        tf.constant(0.5, f16),
        True,
        1j,
        None,
    ]
    return [
        raises(lambda c=c, p=p: tf.random.stateless_binomial([2], [1, 2], counts=c, probs=p).dtype)
        for c in counts
        for p in probs
    ]
