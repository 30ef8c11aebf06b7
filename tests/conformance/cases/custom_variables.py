"""custom_gradient and Variables: which ones a gradient function is asked for, and what it may answer."""

from cases._differentiation import ask
from conformance_kit import script

BY_NAME = "(d * 2.0, [d * {'v:0': 11.0, 'w:0': 13.0}[q.name] for q in vs])"

ask(
    "which Variables count",
    f"""
    [first(cg(lambda a: (a * v * w, noting(lambda d, vs: {BY_NAME}))), [x, v, w], x), calls]
    [first(cg(lambda a: (a * v * v + v, noting(lambda d, vs: (d, [d * 3.0])))), [x, v], x), calls]
    [first(cg(lambda a, b: (a * v * b, noting(lambda d, vs: (d, d)))), [x, v], x, v), calls]
    [first(cg(lambda a, b=None: (a * v * b, noting(lambda d, vs: d))), [x, v], x, b=v), calls]
    [first(cg(lambda a: (a["q"] * v * a["p"], noting(lambda d, vs: (d, d * 3.0)))), [x, v], {{"p": x, "q": v}}), calls]
    [first(cg(lambda a: (a * u, noting(lambda d, vs: d))), [x, u], x), calls]
    [first(cg(lambda a: (a * u * v, noting(lambda d, vs: (d, [d * 3.0])))), [x, u, v], x), calls]
    [first(cg(lambda a: (a * tf.cast(n, tf.float32), noting(lambda d, vs: (d, [None])))), [x], x), calls]
    [first(cg(lambda a: (a * Variable([1.0, 1.0], name="new"), noting(lambda d, vs: (d, [d])))), [x], x), calls]
    [first(cg(lambda a: (a * v.numpy(), noting(lambda d, vs: (d, [d])))), [x, v], x), calls]
    [first(cg(lambda a: (a * float(v[0]), noting(lambda d, vs: (d, [d])))), [x, v], x), calls]
    [first(cg(lambda a: (a * w.assign([7.0, 8.0]), noting(lambda d, vs: (d, [d])))), [x, w], x), calls]
    [first(cg(lambda a: ((w.assign_add([0.0, 0.0]), a * 2.0)[1], noting(lambda d, vs: (d, [d])))), [x, w], x), calls]
    [first(cg(lambda a: (a * v.read_value(), noting(lambda d, vs: (d, [d * 3.0])))), [x, v], x), calls]
    [first(cg(lambda a: (a * tf.stop_gradient(v), noting(lambda d, vs: (d, [d * 3.0])))), [x, v], x), calls]
    [first(cg(lambda a: (a * v.shape[0], noting(lambda d, vs: d))), [x, v], x), calls]
    """,
    lambda tf: {"n": tf.Variable([1, 2], name="n")},
)

ask(
    "no arguments but Variables",
    """
    first(cg(lambda: (v * 2.0, lambda d, variables: ([], [d * 3.0]))), [v])
    first(cg(lambda: (v * 2.0, lambda d, variables: ((), [d * 3.0]))), [v])
    first(cg(lambda: (v * 2.0, lambda d, variables: (None, [d * 3.0]))), [v])
    first(cg(lambda: (c(2.0), lambda d: [])), [v])
    second(cg(lambda: (v * 2.0, lambda d, variables: ([], [d * v]))), [v])
    """,
)

ask(
    "how the gradient function takes its variables",
    """
    first(cg(lambda a: (a * v, lambda d: d)), [x, v], x)
    cg(lambda a: (a * v, lambda d: d))(x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, [d * 3.0]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, *, variables: (d, [d * 3.0]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, **rest: (d, [d * 3.0 for _ in rest["variables"]]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda *d, **rest: (d, [d[0] * 3.0]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda *d: d)), [x, v], x)
    first(cg(lambda a: (a * v, functools.partial(lambda k, d, variables: (d * k, [d]), 3.0))), [x, v], x)
    first(cg(lambda a: (a * v, tf.function(lambda d, variables: (d * 3.0, [d])))), [x, v], x)
    """,
)

ask(
    "what it answers for them",
    """
    first(cg(lambda a: (a * v, lambda d, variables: (d, [None]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, [3.0]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: ([d], [d]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: [d, [d]])), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, (d,)))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, d))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, None))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: d)), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, {"v": d}))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, (d for _ in variables)))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, []))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (d, [d, d]))), [x, v], x)
    first(cg(lambda a: (a * v * w, lambda d, variables: (d, d, d))), [x, v, w], x)
    first(cg(lambda a: (a * v, lambda d, variables: ((d, d), [d]))), [x, v], x)
    first(cg(lambda a: (a * v, lambda d, variables: (None, [d * 3.0]))), [x, v], x)
    """,
)


@script("watched and not watched")
def _(tf):
    x = tf.constant([1.0, 2.0])
    v, u = tf.Variable([5.0, 6.0]), tf.Variable([9.0, 10.0], trainable=False)
    f = tf.custom_gradient(lambda a: (a * v, lambda d, variables: (d * 2.0, [d * 3.0])))
    g = tf.custom_gradient(lambda a: (a * u, lambda d: d * 2.0))
    answers = []
    for h, watched in ((f, [x]), (f, [x, v]), (f, [v]), (g, [x, u]), (g, [u])):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(watched)
            y = h(x)
        answers.append(tape.gradient(y, [x, v, u]))
    with tf.GradientTape() as tape:
        f(x)
    return answers, len(tape.watched_variables())


@script("a Variable that is read outside, too, and one that is assigned between")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([5.0, 6.0])
    f = tf.custom_gradient(lambda a: (a * v * v + v, lambda d, variables: (d, [d * 3.0 * v])))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x) * v
    v.assign([50.0, 60.0])
    return y, tape.gradient(y, [x, v])


@script("to second order, in both")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([5.0, 6.0])
    f = tf.custom_gradient(lambda a: (a * v, lambda d, variables: (d * v * 3.0, [d * a * 5.0])))
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        of_x, of_v = inner.gradient(y, [x, v])
    return of_x, of_v, [outer.gradient(g, [x, v]) for g in (of_x, of_v, y)]


@script("one function with Variables in another")
def _(tf):
    x, v, w = tf.constant([1.0, 2.0]), tf.Variable([5.0, 6.0], name="v"), tf.Variable([7.0, 8.0], name="w")
    seen = []

    @tf.custom_gradient
    def inner(a):
        def grad(d, variables):
            seen.append(sorted(q.name for q in variables))
            return d * 2.0, [d * 3.0 for _ in variables]

        return a * v, grad

    @tf.custom_gradient
    def outer(a):
        def grad(d, variables):
            seen.append(sorted(q.name for q in variables))
            return d * 4.0, [d * {"v:0": 5.0, "w:0": 6.0}[q.name] for q in variables]

        return inner(a) * w, grad

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = outer(x) + inner(x)
    return tape.gradient(y, [x, v, w]), sorted(seen)


@script("a Module's method")
def _(tf):
    class Layer(tf.Module):
        def __init__(self):
            super().__init__()
            self.kernel = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="kernel")

        def __call__(self, x):
            @tf.custom_gradient
            def apply(x):
                def grad(d, variables=None):
                    (kernel,) = variables
                    return tf.matmul(d, kernel, transpose_b=True) * 10.0, [
                        tf.matmul(x, d, transpose_a=True) * 100.0
                    ]

                return x @ self.kernel, grad

            return apply(x)

    layer, x = Layer(), tf.constant([[1.0, -1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(tf.tanh(layer(x)))
    return y, tape.gradient(y, [x, layer.kernel])


@script("what reads a Variable, to a tape")
def _(tf):
    import copy

    import numpy as np

    reads = {
        "value": lambda v: v.value(),
        "numpy": lambda v: v.numpy(),
        "array": np.asarray,
        "float": float,
        "int": int,
        "bool": bool,
        "complex": complex,
        "str": str,
        "repr": repr,
        "shape": lambda v: v.shape,
        "is_initialized": lambda v: v.is_initialized(),
        "ref": lambda v: v.ref(),
        "copy": copy.copy,
    }
    answers = {}
    for name, read in reads.items():
        v = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            read(v)
        answers[name] = len(tape.watched_variables())
    return answers
