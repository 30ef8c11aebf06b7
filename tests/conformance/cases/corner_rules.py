"""Tapes inside of gradient functions: custom gradients and registered ones; exceptions there; what is traced there."""

from conformance_kit import raises, script


# -- a tape inside a custom gradient ------------------------------------------------------------------------------
@script("a tape inside the gradient function")
def _(tf):
    @tf.custom_gradient
    def f(x):
        def grad(dy):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x**3
            return dy * tape.gradient(y, x) * 10.0

        return x**3, grad

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x), tape.gradient(y, x, 2.0 * x), tape.jacobian(y, x)


@script("a tape inside the gradient function, a second derivative through it")
def _(tf):
    @tf.custom_gradient
    def f(x):
        def grad(dy):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.sin(x)
            return dy * tape.gradient(y, x) * 10.0

        return tf.sin(x), grad

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = f(x)
        g = t1.gradient(y, x)
    return g, t2.gradient(g, x), t2.jacobian(g, x)


@script("a tape inside the forward pass of a custom gradient")
def _(tf):
    @tf.custom_gradient
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**3
        slope = tape.gradient(y, x)
        return y, lambda dy: dy * slope * 10.0

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = f(x)
        g = t1.gradient(y, x)
    return y, g, t2.gradient(g, x)


@script("a persistent tape of the forward pass, asked in the gradient function")
def _(tf):
    @tf.custom_gradient
    def f(x):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.exp(x) * x
        return y, lambda dy: tape.gradient(y, x, output_gradients=dy) * 10.0

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x), tape.gradient(y, x, tf.constant([1.0, 0.0]))


@script("an implicit layer: a fixed point, its gradient by the implicit function theorem")
def _(tf):
    def step(z, x, w):
        return tf.tanh(tf.linalg.matvec(w, z) + x)

    @tf.custom_gradient
    def fixed_point(x, w):
        z = tf.zeros_like(x)
        for _ in range(60):
            z = step(z, x, w)

        def grad(dz):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch([z, x, w])
                again = step(z, x, w)
            j = tape.jacobian(again, z)
            solved = tf.linalg.solve(tf.eye(2) - tf.transpose(j), dz[:, None])[:, 0]
            return tape.gradient(again, [x, w], output_gradients=solved)

        return z, grad

    x, w = tf.Variable([0.5, -0.25]), tf.constant([[0.3, -0.2], [0.1, 0.4]])
    with tf.GradientTape() as tape:
        tape.watch(w)
        loss = tf.reduce_sum(fixed_point(tf.convert_to_tensor(x), w) ** 2)
    return loss, tape.gradient(loss, [x, w])


@script("a gradient function that uses Variables which it did not read in the forward pass")
def _(tf):
    v = tf.Variable(3.0)

    @tf.custom_gradient
    def f(x):
        return x * 2.0, lambda dy: dy * v

    x = tf.constant(1.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        g = inner.gradient(y, x)
    return g, outer.gradient(g, [v, x])


@script("a gradient function under stop_recording of the tape that asks")
def _(tf):
    @tf.custom_gradient
    def f(x):
        return x * 2.0, lambda dy: dy * x

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        with outer.stop_recording():
            hidden = inner.gradient(y, x)
        z = hidden * x
    return hidden, outer.gradient(z, x)


@script("a custom gradient called inside map_fn")
def _(tf):
    @tf.custom_gradient
    def f(x):
        return x * x, lambda dy: dy * 100.0 * x

    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.map_fn(f, x)
    return y, tape.gradient(y, x), tape.jacobian(y, x)


@script("a custom gradient, the same tensor for two arguments")
def _(tf):
    @tf.custom_gradient
    def f(x, y):
        return x * y, lambda dy: (dy * 10.0, dy * 100.0)

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x, x)
        z = f(x, x * 1.0)
        w = f(f(x, x), x)
    return tape.gradient(y, x), tape.gradient(z, x), tape.gradient(w, x)


@script("a custom gradient with respect to one of its results")
def _(tf):
    @tf.custom_gradient
    def f(x):
        return (x * 2.0, x * 3.0), lambda a, b: a * 10.0 + b * 100.0

    x = tf.constant(1.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, b = f(x)
        y = a * b
    ask = tape.gradient
    return ask(y, [a, b, x]), ask(a, [a, b, x]), ask([a, b], b), ask(a, x), ask(y, a)


@script("a custom gradient of what no tape traces")
def _(tf):
    calls = []

    @tf.custom_gradient
    def f(x):
        def grad(dy):
            calls.append("grad")
            return dy

        return x * 2.0, grad

    x, c = tf.Variable(1.0), tf.constant(5.0)
    with tf.GradientTape(persistent=True) as tape:
        y = f(c) * x
        z = f(x.numpy())
    return tape.gradient(y, [x, c]), tape.gradient(z, x), calls


@script("a custom gradient of integers alone")
def _(tf):
    @tf.custom_gradient
    def f(n):
        return n * 2, lambda dy: dy

    n = tf.constant(3)
    with tf.GradientTape() as tape:
        tape.watch(n)
        y = f(n)
    return y, tape.gradient(y, n)


@script("the gradient function is called once for a target that is used twice, and for each gradient")
def _(tf):
    calls = []

    @tf.custom_gradient
    def f(x):
        def grad(dy):
            calls.append(dy)
            return dy * 10.0

        return x * 2.0, grad

    x = tf.constant(1.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
        z = y * y + y
    first = tape.gradient(z, x)
    count = len(calls)
    return first, tape.gradient([z, y], x), count, calls


@script("a straight-through estimator, three ways")
def _(tf):
    @tf.custom_gradient
    def sign(x):
        return tf.sign(x), lambda dy: dy * tf.cast(tf.abs(x) < 1.0, x.dtype)

    x = tf.Variable([-2.0, -0.5, 0.5, 2.0])
    w = tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        targets = [
            sign(x) * w,
            (x + tf.stop_gradient(tf.sign(x) - x)) * w,
            tf.grad_pass_through(tf.sign)(x) * w,
        ]
    return targets, [tape.gradient(t, x) for t in targets]


@script("gradient reversal, and a gradient that is clipped on its way")
def _(tf):
    @tf.custom_gradient
    def reverse(x):
        return tf.identity(x), lambda dy: -0.5 * dy

    @tf.custom_gradient
    def clipped(x):
        return tf.identity(x), lambda dy: tf.clip_by_norm(dy, 1.0)

    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(reverse(x * 2.0) ** 2)
        z = tf.reduce_sum(clipped(x * 2.0) ** 2)
    return tape.gradient(y, x), tape.gradient(z, x)


# -- exceptions ---------------------------------------------------------------------------------------------------
@script("an exception in the gradient function leaves everything as it was")
def _(tf):
    broken = [True]

    @tf.custom_gradient
    def f(x):
        def grad(dy):
            if broken[0]:
                raise KeyError("inside")
            return dy * 10.0

        return x * 2.0, grad

    x = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as tape:
        y = f(x.read_value()) * x
    failed = raises(lambda: tape.gradient(y, x))
    with tf.GradientTape() as after:
        z = x * x
    unseen = y * x
    broken[0] = False
    return failed, after.gradient([z, unseen], x), tape.gradient(y, x)


@script("an exception in the gradient function, with an outer tape and a tape of its own")
def _(tf):
    @tf.custom_gradient
    def f(x):
        def grad(dy):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
                raise ValueError(y)

        return x * 2.0, grad

    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = f(x.read_value())
        failed = raises(lambda: inner.gradient(y, x))
        z = x * x * x
    unseen = z * x
    return failed, outer.gradient(z, x), outer.gradient(unseen, x)


@script("after a bad argument, a tape that is not persistent can be asked again")
def _(tf):
    x = tf.Variable(2.0)

    def run(ask):
        with tf.GradientTape() as tape:
            y = x * x
        return raises(lambda: ask(tape, y)), raises(lambda: tape.gradient(y, x))

    return [
        run(lambda tape, y: tape.gradient(None, x)),
        run(lambda tape, y: tape.gradient(y, x, unconnected_gradients="nil")),
        run(lambda tape, y: tape.gradient(y, [x, "a"])),
        run(lambda tape, y: tape.jacobian([y], x)),
        run(lambda tape, y: tape.jacobian(y, [x, "a"])),
        run(lambda tape, y: tape.batch_jacobian(y, x)),
        run(lambda tape, y: tape.gradient(y, object())),
        run(lambda tape, y: tape.gradient([y, 0.5], x)),
    ]


@script("an op without a gradient on the way, and beside the way")
def _(tf):
    x = tf.Variable([3.0, 1.0])
    with tf.GradientTape(persistent=True) as tape:
        bad = tf.math.nextafter(tf.constant([1.0, 2.0]), x * 1.0)
        y, z = tf.reduce_sum(bad), tf.reduce_sum(x * x)
        both = y + z
    failed = [raises(lambda t=t: tape.gradient(t, x)) for t in (y, both, bad)]
    return failed, tape.gradient(z, x), tape.gradient(both, [y, z]), tape.gradient(y, bad)


# -- graphs of the past -------------------------------------------------------------------------------------------
@script("tf.gradients and tf.hessians when executing eagerly, inside a tape")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        failed = raises(lambda: tf.gradients(y, x)), raises(lambda: tf.hessians(y, x))
    return failed, tape.gradient(y, x)
