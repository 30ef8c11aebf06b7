"""Gradients that users write: custom_gradient, grad_pass_through, recompute_grad, RegisterGradient; stop_gradient."""

import uuid

from conformance_kit import raises, script


def log1pexp(tf):
    @tf.custom_gradient
    def f(x):
        e = tf.exp(x)

        def grad(upstream):
            return upstream * (1 - 1 / (1 + e))

        return tf.math.log(1 + e), grad

    return f


@script("a better-behaved gradient")
def _(tf):
    f, x = log1pexp(tf), tf.constant([0.0, 1.0, 100.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x)


@script("to second order")
def _(tf):
    f, x = log1pexp(tf), tf.constant([0.0, 1.0])
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = f(x)
        g = t1.gradient(y, x)
    return g, t2.gradient(g, x)


@script("several inputs, several outputs")
def _(tf):
    @tf.custom_gradient
    def f(x, y):
        def grad(da, db):
            return da * y + 10.0 * db, da * x - db

        return (x * y, x - y), grad

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        a, b = f(x, y)
    return (
        tape.gradient(a, [x, y]),
        tape.gradient(b, [x, y]),
        tape.gradient([a, b], [x, y]),
        tape.gradient(b, y),
    )


@script("an output that is not used has a zero gradient")
def _(tf):
    seen = []

    @tf.custom_gradient
    def f(x):
        def grad(da, db):
            seen.extend([da, db])
            return da + db

        return (x * 2.0, tf.stack([x, x])), grad

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        a, _ = f(x)
    return tape.gradient(a, x), seen


@script("nested structures of outputs and inputs")
def _(tf):
    @tf.custom_gradient
    def f(x, y):
        def grad(*upstream):
            return sum(upstream), upstream[0] * 5.0

        return [x + y, x * y], grad

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        out = f(x, y)
    return type(out).__name__, tape.gradient(out, [x, y])


@script("None for an input")
def _(tf):
    @tf.custom_gradient
    def f(x, y):
        return x * y, lambda dy: (dy * 7.0, None)

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f(x, y)
    return tape.gradient(z, [x, y])


@script("the wrong number of gradients")
def _(tf):
    def run(result):
        @tf.custom_gradient
        def f(x, y):
            return x * y, lambda dy: result(dy)

        x, y = tf.constant(2.0), tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = f(x, y)
        return raises(lambda: tape.gradient(z, [x, y]))

    return [
        run(r)
        for r in (lambda d: d, lambda d: (d,), lambda d: (d, d, d), lambda d: None, lambda d: (None, None))
    ]


@script("what a gradient function may return")
def _(tf):
    import numpy as np

    def run(result):
        @tf.custom_gradient
        def f(x):
            return x * 1.0, result

        x = tf.constant([1.0, 2.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return raises(lambda: tape.gradient(y, x))

    results = {
        "tensor": lambda d: d * 2.0,
        "list": lambda d: [d],
        "tuple": lambda d: (d,),
        "number": lambda d: 3.0,
        "numpy": lambda d: np.array([3.0, 4.0], np.float32),
        "wrong shape": lambda d: tf.ones([5]),
        "scalar": lambda d: tf.constant(2.0),
        "wrong dtype": lambda d: tf.cast(d, tf.float64),
        "None": lambda d: None,
        "raises": lambda d: 1 / 0,
    }
    return {k: run(r) for k, r in results.items()}


@script("a function that returns no gradient function")
def _(tf):
    @tf.custom_gradient
    def f(x):
        return x * 2.0

    return {"call": raises(lambda: f(tf.constant(1.0)))}


@script("Variables inside need a variables argument")
def _(tf):
    v, x = tf.Variable(3.0), tf.constant(2.0)

    @tf.custom_gradient
    def without(x):
        return x * v, lambda dy: dy * 5.0

    @tf.custom_gradient
    def with_variables(x):
        def grad(dy, variables=None):
            return dy * 5.0, [dy * 11.0 for _ in variables]

        return x * v, grad

    def run(f):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return y, tape.gradient(y, [x, v])

    return raises(lambda: run(without)), run(with_variables)


@script("Variables as arguments")
def _(tf):
    @tf.custom_gradient
    def f(x):
        return x * 2.0, lambda dy: dy * 7.0

    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = f(v)
    return raises(lambda: tape.gradient(y, v))


@script("keyword arguments and Python arguments")
def _(tf):
    @tf.custom_gradient
    def f(x, scale):
        def grad(dy):
            return dy * scale, None

        return x * scale, grad

    @tf.custom_gradient
    def g(x, scale=2.0):
        return x * scale, lambda dy: dy * 100.0

    x = tf.constant([1.0, 2.0])

    def run(call):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = call()
        return y, tape.gradient(y, x)

    calls = (
        lambda: f(x, 3.0),
        lambda: f(x, scale=3.0),
        lambda: g(x),
        lambda: g(x, scale=5.0),
        lambda: g([1.0, 2.0]),
    )
    return [raises(lambda c=c: run(c)) for c in calls]


@script("a function that returns its input")
def _(tf):
    @tf.custom_gradient
    def clip(x):
        return x, lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    x = tf.constant([1.0, -3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = clip(x * 1.0) * tf.constant([0.25, 10.0])
        z = clip(x)
    return y, z is x, tape.gradient([y, z], x)


@script("a custom gradient in a custom gradient")
def _(tf):
    inner = log1pexp(tf)

    @tf.custom_gradient
    def outer(x):
        def grad(dy):
            return dy * inner(x)

        return inner(x) * 2.0, grad

    x = tf.constant([0.5, 1.0])
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = outer(x)
        g = t1.gradient(y, x)
    return y, g, t2.gradient(g, x)


@script("the forward pass of a custom gradient is not recorded by outer tapes")
def _(tf):
    calls = []

    @tf.custom_gradient
    def f(x):
        calls.append("forward")

        def grad(dy):
            calls.append("grad")
            return dy * 3.0 * x**2

        return x**3, grad

    x = tf.constant(2.0)
    with tf.GradientTape() as t1, tf.GradientTape() as t2:
        t1.watch(x)
        y = f(x)
    return t1.gradient(y, x), t2.gradient(y, x), calls


@script("custom_gradient keeps the name and the docstring")
def _(tf):
    @tf.custom_gradient
    def documented(x):
        """Doc."""
        return x, lambda dy: dy

    return documented.__name__, documented.__doc__


@script("custom_gradient without a tape")
def _(tf):
    return log1pexp(tf)(tf.constant([0.0, 1.0])), log1pexp(tf)(1.0)


@script("integers among the inputs")
def _(tf):
    @tf.custom_gradient
    def f(x, n):
        def grad(dy):
            return dy * tf.cast(n, tf.float32), None

        return x * tf.cast(n, tf.float32), grad

    x, n = tf.constant(2.0), tf.constant(3)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x, n)
    return tape.gradient(y, [x, n])


@script("stop_gradient of structures and Variables")
def _(tf):
    v, x = tf.Variable(2.0), tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * tf.stop_gradient(x) + tf.stop_gradient(v) * v
    return (
        tape.gradient(y, [x, v]),
        tf.stop_gradient(x) is x,
        tf.stop_gradient(3),
        tf.stop_gradient([1.0, 2.0]),
    )


@script("grad_pass_through")
def _(tf):
    v, x = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.grad_pass_through(v.assign)(x**2)
    return y, v, tape.gradient(y, x)


@script("recompute_grad")
def _(tf):
    v, x = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])
    calls = []

    def f(x):
        calls.append(1)
        return tf.reduce_sum(tf.sin(x) * v)

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(f)(x)
    return y, tape.gradient(y, [x, v]), len(calls)


@script("custom_gradient of methods, and with parentheses")
def _(tf):
    class Scale:
        factor = 3.0

        @tf.custom_gradient
        def by(self, x):
            """Doc."""
            return x * self.factor, lambda dy: dy * self.factor * 2.0

    @tf.custom_gradient()
    def plain(x):
        return x, lambda dy: dy * 9.0

    s, x = Scale(), tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = s.by(x), plain(x)
    return y, z, tape.gradient(y, x), tape.gradient(z, x), s.by.__name__, Scale.by.__doc__


@script("dicts in and out")
def _(tf):
    @tf.custom_gradient
    def f(d):
        def grad(*dys):
            return {"b": dys[0], "a": dys[1] * 7.0}

        return {"q": d["a"] * 2.0, "p": d["b"] * 1.0}, grad

    d = {"a": tf.constant(1.0), "b": tf.constant(2.0)}
    with tf.GradientTape() as tape:
        tape.watch(d)
        y = f(d)
    return y, tape.gradient(y, d)


@script("the cotangent of a lookup comes as IndexedSlices")
def _(tf):
    seen = []

    @tf.custom_gradient
    def f(x):
        def grad(dy):
            seen.append(type(dy).__name__)
            return dy

        return x * 1.0, grad

    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        fx = f(x)
        y = tf.gather(fx, [0, 1])
        z = y * 2.0 + fx[:2]
    return tape.gradient(y, x), tape.gradient(z, x), seen[:1]


@script("two variables, one of them not trainable; the wrong number of their gradients")
def _(tf):
    v, w, x = tf.Variable(3.0, name="v"), tf.Variable(5.0, name="w", trainable=False), tf.constant(2.0)

    def run(count):
        @tf.custom_gradient
        def f(x):
            def grad(dy, variables):
                return dy, [dy * 11.0] * count

            return x * v * w, grad

        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, [x, v, w])

    return run(1), raises(lambda: run(2)), raises(lambda: run(0))


@script("what the function takes from elsewhere")
def _(tf):
    x, z = tf.constant(2.0), tf.constant(5.0)

    @tf.custom_gradient
    def f(a):
        return a * z, lambda dy: dy * 100.0

    def run(*watched):
        with tf.GradientTape() as tape:
            tape.watch(watched)
            y = f(x)
        return tape.gradient(y, [x, z])

    return run(x), run(z), run(x, z)


@script("an integer among the outputs")
def _(tf):
    @tf.custom_gradient
    def f(x):
        def grad(d_int, d_float):
            return d_float * 3.0 + tf.cast(d_int, tf.float32)

        return (tf.cast(x, tf.int32), x * 2.0), grad

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        n, y = f(x)
    return n, y, tape.gradient(y, x)


@script("more than one result where two are expected")
def _(tf):
    f = tf.custom_gradient(lambda x: (x, x, lambda *dys: dys))
    return raises(lambda: f(tf.constant(1.0)))


@script("inside a persistent tape, and a Jacobian")
def _(tf):
    f, x = log1pexp(tf), tf.constant([0.5, 1.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
        g = tape.gradient(y, x)
    return tape.gradient(g, x), tape.jacobian(y, x), tape.jacobian(g, x)


@script("RegisterGradient: bad names and doubles")
def _(tf):
    def twice():
        tf.RegisterGradient("ConformanceOnlyOnce")(lambda op, g: g)
        tf.RegisterGradient("ConformanceOnlyOnce")(lambda op, g: g)

    def known():
        tf.RegisterGradient("Tanh")(lambda op, g: g)

    things = (twice, known, lambda: tf.RegisterGradient(3), lambda: tf.RegisterGradient(None))
    more = (lambda: tf.no_gradient(3), lambda: tf.no_gradient("Tanh"))
    return [raises(f) for f in (*things, *more)]


@script("RegisterGradient gives the function back")
def _(tf):
    def grad(op, g):
        return g

    return tf.RegisterGradient(f"Conformance{uuid.uuid4()}")(grad) is grad
