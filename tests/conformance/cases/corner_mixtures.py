"""Tapes, maps, Jacobians and functions with gradients of their own, inside one another."""

from conformance_kit import raises, script

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


@script("vector-Jacobian products of one tape, for many cotangents: vectorized_map and map_fn")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.stack([x[0] * x[1], x[0] ** 2, x[1] ** 3])

    def product(v):
        return tape.gradient(y, x, output_gradients=v)

    return tf.vectorized_map(product, tf.eye(3)), tf.map_fn(
        product, tf.eye(3), fn_output_signature=tf.float32
    )


@script("Hessian-vector products of one outer tape, for many vectors")
def _(tf):
    w = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(w**3) * w[0]
        g = inner.gradient(y, w)
    return tf.vectorized_map(lambda v: outer.gradient(g, w, output_gradients=v), tf.eye(2)), outer.jacobian(
        g, w
    )


@script("vectorized_map in vectorized_map")
def _(tf):
    x = tf.constant(ROWS)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vectorized_map(lambda r: tf.vectorized_map(lambda e: e * e * tf.reduce_sum(r), r), x)
    return y, tape.gradient(y, x)


@script("vectorized_map: a gradient with respect to something captured")
def _(tf):
    v, c = tf.Variable([1.0, -1.0]), tf.constant([1.0, -1.0])
    with tf.GradientTape(persistent=True) as outer:
        h = v * v

        def of(source):
            def gradient(row):
                with tf.GradientTape() as tape:
                    tape.watch(source)
                    y = tf.reduce_sum(row * source * source)
                return tape.gradient(y, source)

            return tf.vectorized_map(gradient, tf.constant(ROWS))

        of_constant, of_result = of(c), of(h)
    return of_constant, of_result, outer.gradient(of_result, v), outer.gradient(of_result, h)


@script("vectorized_map: a structure of sources")
def _(tf):
    w = {"a": tf.Variable([1.0, 2.0]), "b": tf.Variable(3.0)}

    def gradients(d):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(d["x"] * w["a"]) * w["b"] + d["y"]
        return tape.gradient(y, w)

    return tf.vectorized_map(gradients, {"x": tf.constant(ROWS), "y": tf.constant([1.0, 2.0, 3.0])})


@script("the gradient of the tape around it, inside a loop's body")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        _, s = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a + tape.gradient(y, v)), (0, 0.0))
    return s, tape.gradient(s, v)


@script("Jacobians of loops, scans, maps and branches")
def _(tf):
    x, rows = tf.constant([1.0, 2.0]), tf.constant(ROWS)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        _, looped = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.sin(y) * x), (0, x))
        targets = [
            looped,
            tf.scan(lambda a, e: a * e + x, rows, initializer=tf.zeros([2])),
            tf.map_fn(lambda r: tf.reduce_sum(r * x), rows),
            tf.cond(x[0] > 0.0, lambda: x * x, lambda: x),
            tf.where(x > 1.5, x**2, x),
        ]
    return [tape.jacobian(t, x) for t in targets]


@script("Jacobians through a gradient function that branches")
def _(tf):
    @tf.custom_gradient
    def f(x):
        def grad(dy):
            return tf.cond(tf.reduce_sum(dy) > 1.5, lambda: dy * 2.0, lambda: dy * 3.0)

        return x * 1.0, grad

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x), tape.jacobian(y, x), tape.jacobian(y, x, experimental_use_pfor=False)


@script("Jacobians through custom gradients with Variables, and with a tape inside")
def _(tf):
    v, x = tf.Variable([1.0, 2.0]), tf.constant([[3.0, 4.0]])

    @tf.custom_gradient
    def scaled(x):
        return x * v, lambda dy, variables=None: (dy * v, [tf.reduce_sum(dy * x * 10.0, 0)])

    @tf.custom_gradient
    def cubed(x):
        def grad(dy):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x**3
            return dy * tape.gradient(y, x)

        return x**3, grad

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = scaled(x), cubed(x) * x
    return tape.jacobian(y, [x, v]), tape.jacobian(z, x), tape.batch_jacobian(z, x)


@script("Jacobians through recompute_grad, in recompute_grad")
def _(tf):
    v, x = tf.Variable([1.0, 2.0]), tf.constant([0.5, 0.25])
    f = tf.recompute_grad(lambda x: tf.tanh(x * v))
    twice = tf.recompute_grad(lambda x: f(f(x)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = f(x), twice(x)
    return tape.gradient(y, [x, v]), raises(lambda: tape.jacobian(y, x)), tape.gradient(z, [x, v])


@script("an outer tape, with some of the inner gradients out of its sight")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = x**3
        a = inner.gradient(y, x)
        with outer.stop_recording():
            b = inner.gradient(y, x)
        c = tf.stop_gradient(inner.gradient(y, x))
        z = a * b * c
    return [outer.gradient(t, x) for t in (z, a, b, c)]


@script("a mixed third derivative")
def _(tf):
    x, y = tf.Variable(1.5), tf.Variable(0.5)
    with tf.GradientTape() as t3:
        with tf.GradientTape() as t2:
            with tf.GradientTape() as t1:
                f = tf.sin(x * y) * x**2
            fx = t1.gradient(f, x)
        fxy = t2.gradient(fx, y)
    return fx, fxy, t3.gradient(fxy, [x, y])


@script("grad_pass_through and stop_gradient, differentiated twice")
def _(tf):
    v, m = tf.Variable(2.0), tf.Variable(0.0, trainable=False)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = tf.grad_pass_through(m.assign)(v * v) ** 2
            z = v**3 * tf.stop_gradient(v)
        g, h = inner.gradient(y, v), inner.gradient(z, v)
    return y, g, outer.gradient(g, v), h, outer.gradient(h, v), m


@script("one persistent tape, entered in every round of a loop, reset in another")
def _(tf):
    x = tf.Variable(1.0)
    tape = tf.GradientTape(persistent=True)
    kept = []
    for i in range(3):
        with tape:
            y = x ** float(i + 1)
        kept.append(tape.gradient(y, x))
        x.assign_add(1.0)
    with tf.GradientTape(persistent=True) as tape:
        for i in range(3):
            y = x**2 * float(i + 1)
            kept.append(tape.gradient(y, x))
            tape.reset()
    return kept, tape.gradient(y, x)


@script("a target in a nested structure, with cotangents in the same one")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        out = {"a": (x * x, [x * 3.0]), "b": {"c": x**3}}
    seeds = tf.nest.map_structure(lambda t: t * 2.0, out)
    return (
        tape.gradient(out, x),
        tape.gradient(out, {"k": [x]}),
        tape.gradient(out, x, output_gradients=seeds),
    )


@script("batch_jacobian: of a target with more axes, and to an intermediate result")
def _(tf):
    x = tf.constant(ROWS)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        h = tf.nn.softmax(x)
        y = tf.stack([h, h * x], 1)
    return tape.batch_jacobian(y, x), tape.batch_jacobian(y, h), tape.batch_jacobian(h, x)


@script("zeros for what is not connected, in an inner gradient")
def _(tf):
    x, u = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = x * 2.0
        g = inner.gradient(y, [x, u], unconnected_gradients="zero")
        z = g[0] * x + g[1] * u
    return g, outer.gradient(z, [x, u])


@script("six tapes around one exponential")
def _(tf):
    import contextlib

    x = tf.Variable(1.2)
    tapes = [tf.GradientTape() for _ in range(6)]
    with contextlib.ExitStack() as stack:
        for tape in tapes:
            stack.enter_context(tape)
        y = tf.exp(x)
        found = []
        for tape in reversed(tapes):
            tape.__exit__(None, None, None)
            y = tape.gradient(y, x)
            found.append(y)
    return found


@script("a tape inside py_function")
def _(tf):
    v = tf.Variable(3.0)

    def slope(a):
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = a**3
        return tape.gradient(y, a)

    with tf.GradientTape() as tape:
        y = tf.py_function(slope, [v], tf.float32)
    return y, tape.gradient(y, v)


@script("derivatives by a function that calls itself")
def _(tf):
    def derivative(f, n):
        if n == 0:
            return f

        def g(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x)

        return derivative(g, n - 1)

    return [derivative(lambda x: tf.sin(x) * x**2, n)(tf.constant(2.0)) for n in range(5)]
