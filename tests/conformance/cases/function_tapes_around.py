"""Tapes and accumulators that recorded outside of a function, or of a branch or loop in it, and are asked inside."""

from conformance_kit import script


def recorded(tf, persistent=True):
    x = tf.constant([1.0, 2.0])
    v = tf.Variable([2.0, -1.0])
    with tf.GradientTape(persistent=persistent) as tape:
        tape.watch(x)
        y = tf.reduce_sum(v**3) * tf.reduce_sum(x)
    return x, v, tape, y


@script("a gradient of what ran before")
def _(tf):
    x, v, tape, y = recorded(tf, persistent=False)
    return tf.function(lambda: tape.gradient(y, [v, x]))()


@script("cotangents are arguments")
def _(tf):
    x, v, tape, y = recorded(tf)
    f = tf.function(lambda dy: tape.gradient(y, [v, x], output_gradients=dy))
    return [f(tf.constant(d)) for d in (1.0, 2.0)]


@script("a Jacobian of what ran before")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x**3
    return tf.function(lambda: tape.jacobian(y, x))()


@script("a gradient of what ran before, under a tape of the function")
def _(tf):
    x, _, tape, y = recorded(tf)

    @tf.function
    def f():
        with tf.GradientTape() as inner:
            inner.watch(x)
            g = tape.gradient(y, x)
            s = tf.reduce_sum(g * x)
        return g, inner.gradient(s, x)

    return f()


@script("a tape that goes on inside")
def _(tf):
    x = tf.constant([1.0, 2.0])
    tape = tf.GradientTape(persistent=True)
    with tape:
        tape.watch(x)
        a = x * x

    @tf.function
    def f(w):
        with tape:
            b = a * w
        return tape.gradient(b, x)

    return f(tf.constant(3.0))


@script("a custom gradient whose rule is a function that asks the tape of the forward code")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.custom_gradient
    def potential(x):
        v.assign(x)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(v)
            y = -tf.reduce_sum(v**3)

        @tf.function
        def grad(dy, variables=None):
            return tape.gradient(y, v) * dy, [None] * len(variables)

        return y, grad

    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = potential(x)
        return y, tape.gradient(y, x)

    points = [tf.constant([1.0, 2.0]), tf.constant([3.0, 1.0])]
    traced = tf.function(step)
    return [f(x) for f in (step, traced) for x in points]


@script("a tape of the function around")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(v * v * x)

        @tf.function
        def inner():
            return tape.gradient(y, [v, x])

        return inner()

    return [f(tf.constant([1.0, s])) for s in (2.0, -3.0)]


@script("asked in a branch and in a loop")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def branch(x):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v * x)
        if tf.reduce_sum(x) > 0:
            g = tape.gradient(y, v)
        else:
            g = tf.zeros([2])
        return g

    @tf.function
    def cond(x):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(v * v * x)
        return tf.cond(tf.reduce_sum(x) > 0, lambda: tape.gradient(y, v), lambda: tf.zeros([2]))

    @tf.function
    def loop(x, count):
        with tf.GradientTape(persistent=True) as tape:
            y = tf.reduce_sum(v * v * x)
        g = tf.zeros([2])
        for _ in tf.range(count):
            g += tape.gradient(y, v)
        return g

    points = [tf.constant([1.0, s]) for s in (2.0, -3.0, 4.0)]
    counts = [tf.constant(k) for k in (2, 3, 0)]
    return [[branch(x), cond(x), loop(x, count)] for x, count in zip(points, counts, strict=True)]


@script("tangents of what ran before, and of the function's own")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.ones([2])) as acc:
        y = x * x
        within = tf.function(lambda: acc.jvp(y) * 1.0)()
        own = tf.function(lambda z: acc.jvp(z * z))(x)
    return within, tf.function(lambda: acc.jvp(y))(), own


@script("which Variables a tape has seen, asked inside; recording stopped inside")
def _(tf):
    x = tf.constant([1.0, 2.0])
    w = tf.Variable(3.0)
    with tf.GradientTape() as tape:

        @tf.function
        def counted():
            y = w * w
            return y, len(tape.watched_variables())

        found = counted()
    with tf.GradientTape() as other:
        other.watch(x)

        @tf.function
        def stopped(z):
            with other.stop_recording():
                y = z * z
            return y + z

        r = stopped(x)
    return found, tape.gradient(found[0], w), other.gradient(r, x)
