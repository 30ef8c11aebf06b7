"""Gradients of `tf.function`: a tape around the call, inside it, both, and none where nothing is connected."""

from conformance_kit import raises, script


def numbers(tf, *values):
    return [tf.constant(v) for v in values]


@script("a tape around, inside, and both")
def _(tf):
    def f(x):
        return tf.reduce_sum(x**3 * tf.sin(x))

    def slope(g):
        def of(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = g(x)
            return tape.gradient(y, x)

        return of

    fast = tf.function(f)
    answers = []
    for x in numbers(tf, [1.0, 2.0], [-0.5, 3.0]):
        answers += [
            slope(fast)(x),
            tf.function(slope(f))(x),
            tf.function(slope(fast))(x),
            slope(tf.function(slope(fast)))(x),
            tf.function(slope(tf.function(slope(fast))))(x),
        ]
    return answers


@script("several arguments and results, each by each")
def _(tf):
    @tf.function
    def f(x, y):
        return {"product": x * y, "only x": tf.exp(x), "pair": (y**2, x - y)}

    answers = []
    for a, b in ((1.0, 2.0), (0.5, -3.0)):
        x, y = numbers(tf, a, b)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, y])
            out = f(x, y)
        answers += [tape.gradient(t, [x, y]) for t in tf.nest.flatten(out)]
        answers.append(tape.gradient(out, {"x": x, "y": y}))
        answers.append(tape.gradient(out["product"], [x, y], output_gradients=tf.constant(10.0)))
    return answers


@script("unconnected through functions: None or zeros")
def _(tf):
    @tf.function
    def f(x, y):
        return x * 2.0, tf.stop_gradient(y) * x, tf.constant(3.0), tf.cast(x, tf.int32), tf.round(y)

    x, y = numbers(tf, 3.0, 4.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        out = f(x, y)
    zero = tf.UnconnectedGradients.ZERO
    answers = [tape.gradient(t, [x, y]) for t in out]
    return answers, [tape.gradient(t, [x, y], unconnected_gradients=zero) for t in out]


@script("unconnected inside the function")
def _(tf):
    seen = []

    @tf.function
    def f(x, y):
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = x * x
        dx, dy = tape.gradient(z, [x, y])
        seen.append(dy is None)
        return dx, dy

    return f(*numbers(tf, 3.0, 4.0)), f(*numbers(tf, 5.0, 1.0)), seen


@script("variables captured, as arguments, and untrainable")
def _(tf):
    w, frozen = tf.Variable([1.0, 2.0]), tf.Variable(3.0, trainable=False)

    @tf.function
    def f(x):
        return tf.reduce_sum(w * w * x * frozen)

    @tf.function
    def g(v, x):
        return tf.reduce_sum(v**3 * x)

    answers = []
    for x in numbers(tf, 2.0, -1.0):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y, z = f(x), g(w, x)
        answers.append([tape.gradient(y, [w, frozen, x]), tape.gradient(z, [w, x])])
        answers.append(sorted(v is w for v in tape.watched_variables()))
        w.assign_add([0.5, 0.5])
    return answers


@script("a gradient with a variable inside, by IndexedSlices")
def _(tf):
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.function
    def lookup(i):
        return tf.gather(table, i) ** 2

    @tf.function
    def inside(i):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(table, i) ** 2)
        return tape.gradient(y, table)

    answers = []
    for i in numbers(tf, [0, 2], [1, 1]):
        with tf.GradientTape() as tape:
            y = lookup(i)
        answers += [tape.gradient(y, table), inside(i)]
    return answers


@script("persistent tapes around functions")
def _(tf):
    f = tf.function(lambda x: (x * x, x**3))
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, b = f(x)
        c = f(a)[0] + b
    answers = [tape.gradient(t, x) for t in (a, b, c, [a, b, c])] + [tape.gradient(c, a), tape.gradient(c, x)]
    once = tf.GradientTape()
    with once:
        once.watch(x)
        y = f(x)[0]
    return answers, once.gradient(y, x), raises(lambda: once.gradient(y, x))


@script("a function called many times under one tape, and on its own results")
def _(tf):
    f = tf.function(lambda x, k: tf.sin(x) * k)
    x = tf.constant(0.5)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for k in (1.0, 2.0, 3.0):
            y = f(y, tf.constant(k)) + f(x, tf.constant(k))
    return y, tape.gradient(y, x), f.experimental_get_tracing_count()


@script("functions called by functions, under a tape")
def _(tf):
    w = tf.Variable(2.0)
    inner = tf.function(lambda x: x * w)

    @tf.function
    def outer(x, n):
        for _ in range(n):
            x = inner(x) + tf.function(tf.tanh)(x)
        return x

    answers = []
    for value in (0.5, 1.5):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = outer(x, 3)
        answers.append([y, tape.gradient(y, [x, w])])
    return answers, inner.experimental_get_tracing_count()


@script("custom_gradient inside a function, and around one")
def _(tf):
    @tf.custom_gradient
    def clipped(x):
        return x * x, lambda dy: tf.clip_by_value(dy * 2.0 * x, -1.0, 1.0)

    @tf.custom_gradient
    def around(x):
        return tf.function(lambda v: v**3)(x), lambda dy: dy * 100.0

    inside = tf.function(lambda x: clipped(x) * 3.0)
    both = tf.function(lambda x: around(x) + clipped(x))
    answers = []
    for f in (inside, around, tf.function(around), both):
        for value in (0.1, 5.0):
            x = tf.constant(value)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            answers.append([y, tape.gradient(y, x)])
    return answers


@script("custom_gradient: how often its functions run")
def _(tf):
    log = []

    @tf.custom_gradient
    def f(x):
        log.append("forward")

        def grad(dy):
            log.append("backward")
            return dy * 7.0

        return x + 1.0, grad

    g = tf.function(lambda x: f(x) * 2.0)
    answers = [g(tf.constant(1.0)), g(tf.constant(2.0))]
    after_calls = list(log)
    for value in (1.0, 2.0, 3.0):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = g(x)
        answers.append(tape.gradient(y, x))
    return answers, after_calls, log


@script("custom_gradient with variables, in a function")
def _(tf):
    v = tf.Variable(2.0)

    @tf.custom_gradient
    def f(x):
        y = x * v

        def grad(dy, variables=None):
            return dy * 10.0, [dy * 100.0 for _ in variables]

        return y, grad

    g = tf.function(lambda x: f(x) + v)
    answers = []
    for value in (1.0, 3.0):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = g(x)
        answers.append([y, tape.gradient(y, [x, v])])
    return answers


@script("stop_gradient, stop_recording and reset inside")
def _(tf):
    @tf.function
    def f(x):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x * x
            with tape.stop_recording():
                z = y * x
            w = y + z + tf.stop_gradient(y) * x
        first = tape.gradient(w, x)
        with tape:
            tape.reset()
            tape.watch(x)
            u = tf.exp(x)
        return first, tape.gradient(u, x)

    return [f(x) for x in numbers(tf, 2.0, 3.0)]


@script("recompute_grad inside a function")
def _(tf):
    w = tf.Variable(0.5)

    def block(x):
        return tf.tanh(x * w) + x

    def run(wrap):
        g = wrap(block)

        @tf.function
        def f(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(g(g(x)))
            return y, tape.gradient(y, [x, w])

        return [f(x) for x in numbers(tf, [1.0, 2.0], [-1.0, 0.3])]

    return run(tf.recompute_grad), run(lambda g: g)


@script("a gradient penalty: a tape inside, one around")
def _(tf):
    w = tf.Variable([[0.3, -0.5], [0.8, 0.1]])

    @tf.function
    def penalty(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.tanh(x @ w) ** 2, axis=1)
        g = tape.gradient(y, x)
        return tf.reduce_mean((tf.norm(g, axis=1) - 1.0) ** 2)

    answers = []
    for x in numbers(tf, [[1.0, 2.0], [0.5, -0.3]], [[0.1, 0.2], [2.0, 0.0]]):
        with tf.GradientTape() as tape:
            loss = penalty(x)
        answers.append([loss, tape.gradient(loss, w)])
    return answers


@script("gradients of complex, integer and string results")
def _(tf):
    @tf.function
    def f(x):
        z = tf.complex(x, x * x)
        return z * z, tf.cast(x, tf.int32) * 2, tf.strings.as_string(x), tf.abs(z)

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        out = f(x)
    return [raises(lambda t=t: tape.gradient(t, x)) for t in out]


@script("watching after the call, and a tape that saw only the results")
def _(tf):
    f = tf.function(lambda x: x * x)
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = f(x)
        tape.watch([x, y])
        z = f(y)
    return tape.gradient(z, x), tape.gradient(z, y), tape.gradient(y, x)


@script("tf.gradients inside a function")
def _(tf):
    w = tf.Variable(2.0)

    @tf.function
    def f(x, y):
        z = x**2 * y + w * x
        return tf.gradients(z, [x, y]), tf.gradients([z, x], x, grad_ys=[tf.constant(2.0), tf.constant(1.0)])

    @tf.function
    def second(x):
        return tf.gradients(tf.gradients(x**4, x)[0], x)[0]

    @tf.function
    def partial(x):
        a = x * 2.0
        b = a * a
        return tf.gradients(b, [a, x]), tf.gradients(b, x, stop_gradients=[a]), tf.gradients(a, b)

    return [
        [f(*numbers(tf, 3.0, 4.0)), f(*numbers(tf, -1.0, 0.5))],
        [second(x) for x in numbers(tf, 1.0, 2.0)],
        [partial(x) for x in numbers(tf, 1.0, 5.0)],
        raises(lambda: tf.gradients(tf.constant(1.0), tf.constant(1.0))),
    ]


@script("tf.hessians inside a function")
def _(tf):
    @tf.function
    def f(x):
        return tf.hessians(tf.reduce_sum(x**3 * tf.reverse(x, [0])), x)

    return [raises(lambda x=x: f(x)) for x in numbers(tf, [1.0, 2.0], [0.5, -1.0])]


@script("a gradient computed outside of values from a function that assigned")
def _(tf):
    v, seen = tf.Variable(1.0), tf.Variable(0.0)

    @tf.function
    def f(x):
        y = v * x
        seen.assign_add(y)
        v.assign(v * 2.0)
        return y * v

    answers = []
    for x in numbers(tf, 3.0, 4.0):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, [x, v])])
    return answers, v, seen
