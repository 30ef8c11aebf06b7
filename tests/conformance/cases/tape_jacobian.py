"""tape.jacobian and tape.batch_jacobian: shapes, structures, None, errors, the options."""

from conformance_kit import raises, script

SHAPES = [
    ((), ()),
    ((), (3,)),
    ((3,), ()),
    ((2,), (3,)),
    ((2, 3), (3, 2)),
    ((1,), (1,)),
    ((0,), (2,)),
    ((2,), (0,)),
]


def quadratic(tf, x, shape):
    """A target of the given shape in which every element depends on every element of x."""
    weights = tf.reshape(tf.range(1, 1 + tf.reduce_prod(tf.constant([*shape, 1]))), shape)
    return tf.cast(weights, x.dtype) * tf.reduce_sum(x * x) + tf.reduce_sum(tf.sin(x))


@script("jacobian: shapes of target and source")
def _(tf):
    def run(target, source, loop):
        x = tf.reshape(tf.range(1.0, 1.0 + tf.reduce_prod(tf.constant([*source, 1.0]))), source)
        with tf.GradientTape(persistent=loop) as tape:
            tape.watch(x)
            y = quadratic(tf, x, target)
        return raises(lambda: tape.jacobian(y, x, experimental_use_pfor=not loop))

    return {f"{t} by {s} {loop}": run(t, s, loop) for t, s in SHAPES for loop in (False, True)}


@script("jacobian: dtypes")
def _(tf):
    def run(dtype):
        x = tf.cast(tf.constant([1.0, 2.0]), dtype)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x * x
        return tape.jacobian(y, x)

    return [run(d) for d in (tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64)]


@script("jacobian: nested sources keep their form")
def _(tf):
    a, b = tf.Variable([1.0, 2.0]), tf.Variable([[3.0], [4.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = a * b
    return [tape.jacobian(y, s) for s in (a, [a], [a, b], (a, b), {"b": b, "a": [a]}, [a, a])]


@script("jacobian: unconnected sources")
def _(tf):
    x, other, c = tf.Variable([1.0, 2.0]), tf.Variable([3.0]), tf.constant([4.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    zero = tf.UnconnectedGradients.ZERO
    return {
        "none": tape.jacobian(y, [x, other, c]),
        "only": tape.jacobian(y, other),
        "zero": raises(lambda: tape.jacobian(y, [x, other], unconnected_gradients=zero)),
        "zero loop": raises(
            lambda: tape.jacobian(y, [x, other], unconnected_gradients=zero, experimental_use_pfor=False)
        ),
        "bad": raises(lambda: tape.jacobian(y, x, unconnected_gradients="nil")),
    }


@script("jacobian: targets that were not recorded")
def _(tf):
    x, c = tf.Variable([1.0, 2.0]), tf.constant([4.0, 5.0])
    with tf.GradientTape(persistent=True) as tape:
        _ = x * x
    answers = {}
    for pfor in (True, False):
        answers[f"constant {pfor}"] = raises(
            lambda pfor=pfor: tape.jacobian(c, x, experimental_use_pfor=pfor)
        )
        answers[f"source {pfor}"] = raises(lambda pfor=pfor: tape.jacobian(x, x, experimental_use_pfor=pfor))
    return answers


@script("jacobian: the target is the watched tensor")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
    return raises(lambda: tape.jacobian(x, x))


@script("jacobian: bad targets and sources")
def _(tf):
    import numpy as np

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        n = tf.cast(y, tf.int32)
    targets = {
        "float": 1.0,
        "None": None,
        "str": "a",
        "list": [y, y],
        "numpy": np.ones(2),
        "int": n,
        "dict": {"y": y},
    }
    sources = {
        "float": 1.0,
        "None": None,
        "str": "a",
        "mixed": [x, 2.0],
        "numpy": np.ones(2),
        "int": n,
        "empty": [],
    }
    return (
        {k: raises(lambda t=t: tape.jacobian(t, x)) for k, t in targets.items()},
        {k: raises(lambda s=s: tape.jacobian(y, s)) for k, s in sources.items()},
    )


@script("jacobian: parallel_iterations and loops")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.exp(x) * tf.reverse(x, [0])
    return [
        tape.jacobian(y, x, parallel_iterations=2),
        tape.jacobian(y, x, parallel_iterations=1, experimental_use_pfor=False),
        tape.jacobian(y, x, experimental_use_pfor=False),
    ]


@script("jacobian: a loop under a tape that is not persistent")
def _(tf):
    def run(**options):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape() as tape:
            y = x * x
        return raises(lambda: tape.jacobian(y, x, **options)), raises(lambda: tape.gradient(y, x))

    return run(), run(experimental_use_pfor=False)


@script("jacobian: inside the context")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x * x
        j = tape.jacobian(y, x)
        jj = tape.jacobian(j, x)
    return j, jj, tape.gradient(j, x)


@script("jacobian: through linear algebra")
def _(tf):
    x, w = (
        tf.constant([[1.0, -2.0], [0.5, 3.0], [1.5, 1.0]]),
        tf.Variable([[0.5, -1.0, 2.0], [1.0, 0.25, -0.5]]),
    )
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.nn.softmax(tf.matmul(x, w))
    return tape.jacobian(y, w), tape.jacobian(y, x), tape.batch_jacobian(y, x)


@script("jacobian: of a gather (IndexedSlices)")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [0, 2, 0]) ** 2
    return raises(lambda: tape.jacobian(y, v)), raises(
        lambda: tape.jacobian(y, v, experimental_use_pfor=False)
    )


@script("jacobian: of a custom gradient")
def _(tf):
    @tf.custom_gradient
    def triple(x):
        return x * 1.0, lambda dy: dy * 3.0

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = triple(x) * x
    return tape.jacobian(y, x)


@script("jacobian: of a Hessian, third order")
def _(tf):
    x = tf.Variable([0.5, 1.0])
    with tf.GradientTape() as t3:
        with tf.GradientTape() as t2:
            with tf.GradientTape() as t1:
                y = tf.reduce_prod(tf.sin(x)) + tf.reduce_sum(x**4)
            g = t1.gradient(y, x)
        h = t2.jacobian(g, x)
    return g, h, t3.jacobian(h, x)


@script("jacobian: Hessian as a jacobian of a jacobian")
def _(tf):
    x = tf.Variable([0.5, 1.0, 2.0])
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = tf.exp(x) * tf.reduce_sum(x)
        j = t1.jacobian(y, x)
    return j, t2.jacobian(j, x)


@script("jacobian: Hessian-vector product")
def _(tf):
    x, v = tf.Variable([0.5, 1.0, 2.0]), tf.constant([1.0, -1.0, 2.0])
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = tf.reduce_sum(x**3) * x[0]
        g = t1.gradient(y, x)
    return t2.gradient(g, x, output_gradients=v)


@script("batch_jacobian: shapes")
def _(tf):
    def run(target, source, pfor):
        x = tf.reshape(tf.range(1.0, 1.0 + tf.reduce_prod(tf.constant([*source, 1.0]))), source)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            rows = tf.reshape(
                tf.reduce_sum(tf.reshape(x**2, [source[0], -1]), 1), [source[0]] + [1] * (len(target) - 1)
            )
            y = rows * tf.ones(target)
        return raises(lambda: tape.batch_jacobian(y, x, experimental_use_pfor=pfor))

    shapes = [
        ((2, 3), (2, 3)),
        ((2, 1), (2, 2, 2)),
        ((3, 2, 2), (3, 1)),
        ((1, 2), (1, 2)),
        ((2,), (2, 3)),
        ((2, 3), (2,)),
    ]
    shapes += [((2,), (2,)), ((0, 2), (0, 3)), ((2, 0), (2, 3))]
    return {f"{t} by {s} {p}": run(t, s, p) for t, s in shapes for p in (True, False)}


@script("batch_jacobian: rows")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.stack([x[:, 0] * x[:, 1], x[:, 0] ** 2, tf.sin(x[:, 1])], axis=1)
    return tape.batch_jacobian(y, x), tape.batch_jacobian(
        y, x, parallel_iterations=1, experimental_use_pfor=False
    )


@script("batch_jacobian: bad input")
def _(tf):
    import numpy as np

    x, v = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        longer, scalar, sum0 = tf.concat([y, y], 0), tf.reduce_sum(y), tf.reduce_sum(y, 0)
        w = v * v
    pairs = {
        "unequal first dimensions": (longer, x),
        "scalar target": (scalar, x),
        "vector target": (sum0, x),
        "scalar source": (y, scalar),
        "number": (y, 1.0),
        "number target": (1.0, x),
        "None": (y, None),
        "list of sources": (y, [x]),
        "list of targets": ([y], x),
        "numpy": (y, np.ones((2, 2))),
        "variable": (w, v),
        "unconnected": (y, v),
        "unrecorded target": (tf.ones([2, 2]), x),
        "itself": (x, x),
    }
    answers = {}
    for name, (target, source) in pairs.items():
        for pfor in (True, False):
            answers[f"{name} {pfor}"] = raises(
                lambda t=target, s=source, p=pfor: tape.batch_jacobian(t, s, experimental_use_pfor=p)
            )
    zero = tf.UnconnectedGradients.ZERO
    answers["unconnected zero"] = raises(lambda: tape.batch_jacobian(y, v, unconnected_gradients=zero))
    return answers


@script("batch_jacobian: of a tape that is not persistent")
def _(tf):
    def run(**options):
        x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return raises(lambda: tape.batch_jacobian(y, x, **options)), raises(lambda: tape.gradient(y, x))

    return run(), run(experimental_use_pfor=False)


@script("batch_jacobian: nested in a tape")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = tf.exp(x) * x[:, :1]
        j = t1.batch_jacobian(y, x)
    return j, t2.batch_jacobian(j, x)
