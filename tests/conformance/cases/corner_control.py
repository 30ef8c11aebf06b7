"""Tapes around and inside of loops, branches, maps and tf.function."""

from conformance_kit import raises, script


def slope(tf, f, x, **options):
    """df/dx by a tape of its own."""
    with tf.GradientTape(**options) as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


def cubic(x):
    return x * x * x


# -- a tape inside ------------------------------------------------------------------------------------------------
@script("a tape inside map_fn, another one around it")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        g = tf.map_fn(lambda v: slope(tf, cubic, v), x)
    return g, outer.gradient(g, x), outer.jacobian(g, x)


@script("a tape inside map_fn, over a Variable")
def _(tf):
    w, x = tf.Variable([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, 4.0]])

    def of_one(row):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(row * w) ** 2
        return tape.gradient(loss, w)

    with tf.GradientTape() as outer:
        per_example = tf.map_fn(of_one, x)
        total = tf.reduce_sum(per_example**2)
    return per_example, outer.gradient(total, w)


@script("a tape inside vectorized_map, over a Variable: per-example gradients")
def _(tf):
    w, b = tf.Variable([[1.0], [2.0]]), tf.Variable([0.5])
    x, y = tf.constant([[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]), tf.constant([[1.0], [0.0], [2.0]])

    def of_one(pair):
        row, label = pair
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((tf.tanh(row[None] @ w + b) - label) ** 2)
        return tape.gradient(loss, [w, b])

    return tf.vectorized_map(of_one, (x, y))


@script("a tape inside vectorized_map, another one around it")
def _(tf):
    x, w = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.Variable([0.5, -1.0])

    def of_one(row):
        return slope(tf, lambda r: tf.reduce_sum(tf.sin(r * w) ** 2), row)

    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        g = tf.vectorized_map(of_one, x)
    return g, outer.gradient(g, x), outer.gradient(g, w)


@script("two tapes inside vectorized_map: a Hessian for each example")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])

    def hessian(row):
        with tf.GradientTape() as outer:
            outer.watch(row)
            with tf.GradientTape() as inner:
                inner.watch(row)
                y = row[0] ** 2 * row[1] + tf.exp(row[1])
            g = inner.gradient(y, row)
        return outer.gradient(g, row)

    return tf.vectorized_map(hessian, x)


@script("a tape inside while_loop: gradient descent")
def _(tf):
    def body(i, x):
        return i + 1, x - 0.1 * slope(tf, lambda v: tf.reduce_sum((v - 3.0) ** 2), x)

    start = tf.constant([0.0, 10.0])
    with tf.GradientTape() as outer:
        outer.watch(start)
        _, end = tf.while_loop(lambda i, x: i < 5, body, (tf.constant(0), start))
    return end, outer.gradient(end, start)


@script("a tape inside while_loop: Newton's iteration, differentiated")
def _(tf):
    a = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(a)

        def body(i, x):
            f = lambda v: v * v - a  # noqa: E731
            return i + 1, x - f(x) / slope(tf, f, x)

        _, root = tf.while_loop(lambda i, x: i < 6, body, (tf.constant(0), tf.constant(1.0)))
    return root, outer.gradient(root, a)


@script("a tape inside scan and foldl")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])

    def step(state, v):
        return state - 0.1 * slope(tf, lambda s: (s - v) ** 2, state)

    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        path = tf.scan(step, x, initializer=tf.constant(0.0))
        last = tf.foldl(step, x, initializer=tf.constant(0.0))
    return path, last, outer.gradient(path, x), outer.gradient(last, x)


@script("a tape inside cond, case and switch_case")
def _(tf):
    x = tf.Variable(2.0)

    def grad(f):
        with tf.GradientTape() as tape:
            y = f(x)
        return tape.gradient(y, x)

    with tf.GradientTape(persistent=True) as outer:
        a = tf.cond(x > 1.0, lambda: grad(cubic), lambda: grad(tf.sin))
        b = tf.switch_case(tf.constant(1), [lambda: grad(tf.exp), lambda: grad(tf.sin)])
        c = tf.case([(x < 1.0, lambda: grad(tf.exp))], default=lambda: grad(lambda v: v**4))
    return [a, b, c], [outer.gradient(t, x) for t in (a, b, c)]


@script("a persistent tape inside a loop, kept for later")
def _(tf):
    x = tf.Variable(1.5)
    kept = []
    y = x
    for _ in range(3):
        with tf.GradientTape(persistent=True) as tape:
            y = y * x
        kept.append((tape, y))
    return [tape.gradient(y, x) for tape, y in kept], [tape.gradient(kept[-1][1], x) for tape, _ in kept]


@script("a jacobian inside map_fn and vectorized_map")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])

    def jac(row):
        with tf.GradientTape() as tape:
            tape.watch(row)
            y = tf.stack([row[0] * row[1], tf.sin(row[0]), row[1] ** 2])
        return tape.jacobian(y, row)

    signature = tf.TensorSpec([3, 2], tf.float32)
    return tf.map_fn(jac, x, fn_output_signature=signature), raises(lambda: tf.vectorized_map(jac, x))


# -- a tape around ------------------------------------------------------------------------------------------------
@script("a tape around while_loop: with respect to what goes in, and what the body takes from outside")
def _(tf):
    x, w = tf.constant(1.5), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        n, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * w + x), (0, x))
    return y, n, tape.gradient(y, [x, w]), tape.gradient(n, x)


@script("a tape around while_loop: no round at all")
def _(tf):
    x, w = tf.constant(1.5), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        (y,) = tf.while_loop(lambda y: y < 0.0, lambda y: [y * w], [x])
    return y, tape.gradient(y, [x, w]), tape.gradient(y, y)


@script("a tape around while_loop: the number of rounds depends on the value")
def _(tf):
    def run(value):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            (y,) = tf.while_loop(lambda y: tf.reduce_sum(y) < 50.0, lambda y: (y * y + x,), (x,))
        return y, tape.gradient(y, x)

    return [run(v) for v in ([1.0, 2.0], [0.5, 0.25], [60.0, 1.0])]


@script("a tape around a loop over a TensorArray: a recurrent network")
def _(tf):
    w, u = tf.Variable([[0.5, -0.25], [0.1, 0.3]]), tf.Variable([[1.0, 0.5]])
    x = tf.constant([[[1.0]], [[-2.0]], [[0.5]]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        inputs = tf.TensorArray(tf.float32, 3).unstack(x)
        outputs = tf.TensorArray(tf.float32, 3)

        def body(t, h, outputs):
            h = tf.tanh(h @ w + inputs.read(t) @ u)
            return t + 1, h, outputs.write(t, h)

        _, last, outputs = tf.while_loop(
            lambda t, *_: t < 3, body, (tf.constant(0), tf.zeros([1, 2]), outputs)
        )
        every = outputs.stack()
        loss = tf.reduce_sum(every**2) + tf.reduce_sum(last)
    return loss, tape.gradient(loss, [w, u, x]), tape.gradient(every, [w, last])


@script("a tape around cond: the branch taken is the one that counts")
def _(tf):
    def run(value):
        x, w = tf.Variable(value), tf.Variable(3.0)
        with tf.GradientTape(persistent=True) as tape:
            y = tf.cond(x > 0.0, lambda: x * x, lambda: -w)
            z = tf.where(x > 0.0, x * x, -w)
        return tape.gradient(y, [x, w]), tape.gradient(z, [x, w])

    return run(2.0), run(-2.0)


@script("a tape around map_fn: structures, several outputs, an integer one")
def _(tf):
    x, w = {"a": tf.constant([1.0, 2.0]), "b": tf.constant([3.0, 4.0])}, tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        product, count = tf.map_fn(
            lambda d: (d["a"] * d["b"] * w, tf.cast(d["a"], tf.int32)),
            x,
            fn_output_signature=(tf.float32, tf.int32),
        )
    return tape.gradient(product, [x, w]), tape.gradient(count, x)


@script("a tape around vectorized_map: inputs, captured values, structures")
def _(tf):
    x, w, c = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.Variable([1.0, -1.0]), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, c])
        h = w * c
        out = tf.vectorized_map(lambda r: {"s": tf.reduce_sum(r * h), "r": r * c, "c": r[0] * 0.0 + c}, x)
    return [tape.gradient(out[k], [x, w, c, h]) for k in ("s", "r", "c")]


@script("stop_recording and stop_gradient inside a loop's body")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:

        def body(i, y):
            with tape.stop_recording():
                scale = y * 2.0
            return i + 1, y * x * scale + tf.stop_gradient(y)

        _, y = tf.while_loop(lambda i, y: i < 2, body, (0, x * 1.0))
    return y, tape.gradient(y, x)


@script("watch inside a body")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        kept = []

        def f(v):
            tape.watch(v)
            kept.append(v)
            return v * v

        y = tf.map_fn(f, x)
    return tape.gradient(y, kept), tape.gradient(y, x)


# -- tf.function --------------------------------------------------------------------------------------------------
@script("function: a tape inside")
def _(tf):
    w = tf.Variable([1.0, 2.0])

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((x * w) ** 2)
        return loss, tape.gradient(loss, w)

    return step(tf.constant([3.0, 4.0])), step(tf.constant([1.0, 1.0]))


@script("function: a tape around")
def _(tf):
    w, x = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])

    @tf.function
    def f(x):
        return {"y": tf.sin(x) * w, "n": tf.constant(3)}

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        out = f(x)
    return tape.gradient(out["y"], [x, w]), tape.gradient(out, [x, w]), tape.jacobian(out["y"], w)


@script("function: a tape inside, another one around")
def _(tf):
    w = tf.Variable(1.5)

    @tf.function
    def grad(x):
        with tf.GradientTape() as tape:
            y = tf.exp(x * w)
        return tape.gradient(y, w)

    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        g = grad(x)
    return g, outer.gradient(g, [x, w])


@script("function: two tapes inside, jacobians inside")
def _(tf):
    x = tf.Variable([1.0, 2.0])

    @tf.function
    def both():
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.reduce_sum(x**3) * x[0]
            g = inner.gradient(y, x)
        return g, outer.jacobian(g, x)

    return both()


@script("function: the tape around reads what the function assigns")
def _(tf):
    v, x = tf.Variable(1.0), tf.Variable(3.0)

    @tf.function
    def f():
        y = v * x
        v.assign(10.0)
        return y + v * x

    with tf.GradientTape() as tape:
        y = f()
    return y, v.numpy(), tape.gradient(y, [v, x])


@script("function: None for what it does not use")
def _(tf):
    a, b = tf.constant(2.0), tf.constant(3.0)

    @tf.function
    def f(a, b):
        return a * 2.0, b * 3.0

    with tf.GradientTape(persistent=True) as tape:
        tape.watch([a, b])
        p, q = f(a, b)
    return tape.gradient(q, q), tape.gradient(p, p), raises(lambda: tape.gradient(p + 0.0, a))


@script("function: a custom gradient and a tape inside")
def _(tf):
    @tf.custom_gradient
    def doubled(x):
        return x * 1.0, lambda dy: dy * 2.0

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = doubled(x) ** 2
        return y, tape.gradient(y, x)

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        y, g = f(x)
    return y, g, outer.gradient(y, x), outer.gradient(g, x)
