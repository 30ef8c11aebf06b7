"""recompute_grad and grad_pass_through: arguments, results, Variables, how often a function runs, orders, Jacobians."""

from cases._differentiation import ask
from conformance_kit import raises, script

ask(
    "arguments",
    """
    second(R(lambda a: tf.sin(a) * a), [x], x)
    first(R(lambda a, s=1.0, *, q=None: tf.sin(a) * s * q), [x, z], x, s=2.0, q=z)
    second(R(lambda a=None: tf.sin(a) * a), [x], a=x)
    second(R(lambda a, s: tf.sin(a) * s), [x], x, 3.0)
    first(R(lambda a, s: a**s), [x], x, 3)
    first(R(lambda a, s: tf.gather(a, s)), [x], x, c([1, 1]))
    second(R(lambda a, training: tf.sin(a) if training else a), [x], x, True)
    first(R(lambda a, m: tf.sin(a) if m is None else a), [x], x, None)
    first(R(lambda a, m=None: tf.sin(a) if m is None else a), [x], x, m=None)
    first(R(lambda a, m: tf.sin(a)), [x], x, "text")
    second(R(lambda d: tf.sin(d["p"]) * d["q"][0]), [x, z], {"p": x, "q": [z]})
    second(R(lambda d: tf.sin(d.a) * d.b), [x, z], Pair(x, z))
    second(R(lambda d: tf.sin(d[0]) * d[1]), [x, z], [x, z])
    second(R(lambda a, b: a * a), [x, z], x, z)
    second(R(lambda a, b: a * b), [x], x, x)
    second(R(lambda a: a * a * z), [x, z], x)
    second(R(lambda a: a * a * z), [z], x)
    R(lambda a: a)()
    """,
)

ask(
    "results",
    """
    second(R(lambda a: (tf.sin(a) * a, a * a)), [x], x)
    second(lambda a: R(lambda a: (tf.sin(a) * a, a * a))(a)[1], [x], x)
    second(R(lambda a: {"z": tf.sin(a) * a, "b": [a * a]}), [x], x)
    second(R(lambda a: Pair(tf.sin(a) * a, a * a)), [x], x)
    second(R(lambda a: a), [x], x)
    second(R(lambda a: c([1.0, 1.0])), [x], x)
    first(lambda a: R(lambda a: (a * a, tf.cast(a, tf.int32)))(a)[0], [x], x)
    first(R(lambda a: None), [x], x)
    first(R(lambda a: tf.gather(a, [0, 0, 1]) * 2.0), [x], x)
    first(R(lambda a: tf.gather(v, [0, 0]) * a), [x, v], x)
    first(lambda a: tf.gather(R(lambda a: tf.sin(a) * a)(a), [1]), [x], x)
    first(R(lambda a: tf.cast(a, tf.float64) ** 2), [x], x)
    """,
)

# With Variables, TensorFlow has no second derivatives: it raises NotImplementedError.
ask(
    "Variables",
    """
    first(R(lambda a: tf.sin(a) * v * w), [x, v, w], x)
    first(R(lambda a: tf.sin(a) * v + v * v), [x, v], x)
    first(R(lambda a: tf.sin(a) * u), [x, u], x)
    first(R(lambda a: tf.sin(a) * u * v), [x, u, v], x)
    first(R(lambda a, q: tf.sin(a) * q), [x, v], x, v)
    first(R(lambda q: tf.sin(q) * q), [v], v)
    first(R(lambda a, q=None: tf.sin(a) * q), [x, v], x, q=v)
    first(lambda a: R(lambda a: tf.sin(a) * v)(a) * v, [x, v], x)
    first(lambda a: R(lambda a: tf.sin(a) * v)(R(lambda a: tf.cos(a) * w)(a)), [x, v, w], x)
    first(R(lambda a: tf.stop_gradient(v) * a), [x, v], x)
    """,
)

ask(
    "how often the function runs",
    """
    [second(R(counted(lambda a: tf.sin(a) * a)), [x], x), calls]
    [first(R(counted(lambda a: tf.sin(a) * v)), [x, v], x), calls]
    [first(lambda a: tf.stop_gradient(R(counted(tf.sin))(a)), [x], x), calls]
    [first(lambda a: R(counted(tf.sin))(tf.stop_gradient(a)), [x], x), calls]
    [R(counted(tf.sin))(x), calls]
    """,
)

ask(
    "together with the others",
    """
    second(R(lambda a: a * tf.stop_gradient(a)), [x], x)
    second(lambda a: tf.stop_gradient(R(tf.sin)(a)), [x], x)
    second(lambda a: R(tf.sin)(tf.stop_gradient(a)) * a, [x], x)
    second(R(lambda a: tf.stop_gradient(a) + a * a * a), [x], x)
    first(R(lambda a: R(tf.sin)(a) * a), [x], x)
    second(R(lambda a: f(a) * a), [x], x)
    second(R(f), [x], x)
    second(cg(lambda a: (R(tf.sin)(a), lambda d: d * R(tf.sin)(a))), [x], x)
    second(R(lambda a: GP(tf.round)(a) * a), [x], x)
    second(GP(R(tf.sin)), [x], x)
    second(R(tf.function(lambda a: tf.sin(a) * a)), [x], x)
    first(tf.function(R(lambda a: tf.sin(a) * a)), [x], x)
    first(tf.function(R(lambda a: tf.sin(a) * v)), [x, v], x)
    """,
    lambda tf: {"f": tf.custom_gradient(lambda a: (tf.sin(a), lambda d: d * tf.cos(a) * 7.0))},
)

ask(
    "orders and Jacobians",
    """
    derivatives(R(lambda a: a**4), x, 4)
    derivatives(R(lambda a: tf.exp(a) * tf.sin(a)), x, 3)
    derivatives(lambda a: R(tf.sin)(R(tf.exp)(a)), x, 1)
    jacobian(R(lambda a: tf.sin(a) * tf.reduce_sum(a)), x)
    batch_jacobian(R(lambda a: tf.sin(a) * a), c([[1.0, 2.0], [3.0, 4.0]]))
    """,
    lambda tf: {
        "jacobian": lambda f, at: taped(tf, f, at, "jacobian"),
        "batch_jacobian": lambda f, at: taped(tf, f, at, "batch_jacobian"),
    },
)


def taped(tf, f, at, method):
    with tf.GradientTape() as tape:
        tape.watch(at)
        y = f(at)
    return getattr(tape, method)(y, at)


@script("a persistent tape")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.recompute_grad(lambda a: tf.sin(a) * a)(x)
        g = tape.gradient(y, x)
    return g, tape.gradient(y, x), tape.gradient(g, x)


@script("a Variable that is assigned between is read anew")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(lambda a: a * a * v)(x)
    v.assign([10.0, 10.0])
    return y, tape.gradient(y, [x, v])


@script("a function that raises the second time")
def _(tf):
    x, calls = tf.constant([1.0, 2.0]), []

    def f(a):
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("mine")
        return a * a

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.recompute_grad(f)(x)
        z = x * x
    return raises(lambda: tape.gradient(y, x)), tape.gradient(z, x)


@script("methods")
def _(tf):
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.v = tf.Variable([2.0, 3.0])

        def __call__(self, a):
            return tf.sin(a) * self.v

        @tf.recompute_grad
        def decorated(self, a):
            return tf.sin(a) * self.v

    model, x = Model(), tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(model.__call__)(x)
    return (
        tape.gradient(y, [x, model.v]),
        raises(lambda: model.decorated(x)),
        tf.recompute_grad(taped).__name__,
    )


ask(
    "grad_pass_through",
    """
    second(GP(tf.round), [x], x)
    second(GP(lambda a: a * v), [x, v], x)
    second(lambda a: GP(w.assign)(a * a), [x, w], x)
    second(lambda a: GP(tf.sign)(a * a) * a, [x], x)
    second(GP(lambda a, b: (tf.round(a), tf.round(b))), [x, z], x, z)
    second(GP(lambda a, b: a * b), [x, z], x, z)
    first(GP(lambda a: (a * 2.0, a * 3.0)), [x], x)
    first(GP(lambda a, k=1.0: a * k), [x], x, k=3.0)
    first(GP(lambda a, k=None: a * k), [x, z], x, k=z)
    first(GP(lambda d: {"a": d["a"] * 2.0, "b": d["b"] * 3.0}), [x, z], {"a": x, "b": z})
    first(GP(tf.reduce_sum), [x], x)
    first(GP(tf.stop_gradient), [x], x)
    second(GP(f), [x], x)
    first(GP(GP(tf.round)), [x], x)
    first(GP(v.assign), [x, v], x)
    first(lambda a: GP(tf.round)(tf.stop_gradient(a)), [x], x)
    first(lambda a: tf.stop_gradient(GP(tf.round)(a)), [x], x)
    jvp(GP(tf.round), x, z)
    jvp(GP(lambda a: a * a * a), x, z)
    mixed(GP(lambda a: a * a * a))
    mixed(GP(tf.round))
    [GP(taped).__name__, first(GP(lambda a: tf.cast(tf.round(a), tf.float64)), [x], x)]
    """,
    lambda tf: {
        "f": tf.custom_gradient(lambda a: (tf.sin(a), lambda d: d * tf.cos(a) * 7.0)),
        "taped": taped,
    },
)
