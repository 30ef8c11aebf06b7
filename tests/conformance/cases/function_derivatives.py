"""Higher and other derivatives through `tf.function`: Hessians, Jacobians, forward mode, any nesting."""

from conformance_kit import raises, script

POINTS = ([1.0, 2.0, -0.5], [0.3, -1.0, 0.0])


def points(tf):
    return [tf.constant(p) for p in POINTS]


def slope(tf, f):
    def of(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    return of


@script("first to fourth derivative, functions at each level or at one")
def _(tf):
    def f(x):
        return tf.exp(tf.sin(x) * x)

    def nth(g, n, wrap):
        for _ in range(n):
            g = wrap(slope(tf, g))
        return g

    fast = tf.function(f)
    answers = []
    for value in (0.5, -1.2):
        x = tf.constant(value, tf.float64)
        for n in (1, 2, 3, 4):
            answers.append(nth(fast, n, lambda g: g)(x))
            answers.append(tf.function(nth(f, n, lambda g: g))(x))
            answers.append(nth(fast, n, tf.function)(x))
    return answers


@script("Hessian by nested tapes and jacobian, inside and outside")
def _(tf):
    def f(x):
        return tf.reduce_sum(x**3) * tf.reduce_prod(x + 2.0)

    def hessian(g):
        def of(x):
            with tf.GradientTape() as outer:
                outer.watch(x)
                grad = slope(tf, g)(x)
            return outer.jacobian(grad, x)

        return of

    every = (hessian(tf.function(f)), tf.function(hessian(f)), tf.function(hessian(tf.function(f))))
    return [[h(x) for x in points(tf)] for h in every]


@script("jacobian of a function, with and without pfor")
def _(tf):
    w = tf.Variable([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0]])

    @tf.function
    def f(x):
        return tf.tanh(tf.linalg.matvec(w, x)), x * x

    answers = []
    for x in points(tf):
        for pfor in (True, False):
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y, z = f(x)
            answers.append(tape.jacobian(y, [x, w], experimental_use_pfor=pfor))
            answers.append(tape.jacobian(z, [x, w], experimental_use_pfor=pfor))
    return answers


@script("jacobian inside a function")
def _(tf):
    w = tf.Variable([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0]])

    def body(x, pfor):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(tf.linalg.matvec(w, x))
        return tape.jacobian(y, [x, w], experimental_use_pfor=pfor)

    f = tf.function(body)
    return [f(x, pfor) for x in points(tf) for pfor in (True, False)]


@script("jacobian of unknown size")
def _(tf):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x * tf.reduce_sum(x)
        return tape.jacobian(y, x)

    return [f([1.0, 2.0]), f([0.5]), f([1.0, -1.0, 3.0])]


@script("batch_jacobian around and inside")
def _(tf):
    w = tf.constant([[1.0, 2.0], [0.3, -1.0], [0.7, 0.2]])

    def f(x):
        return tf.tanh(x @ w) * tf.reduce_sum(x, 1, keepdims=True)

    def rows(g, pfor=True):
        def of(x):
            with tf.GradientTape(persistent=not pfor) as tape:
                tape.watch(x)
                y = g(x)
            return tape.batch_jacobian(y, x, experimental_use_pfor=pfor)

        return of

    x = tf.constant(POINTS)
    fast = tf.function(f)
    every = (rows(fast), rows(fast, False), tf.function(rows(f)), tf.function(rows(fast)))
    return [g(v) for g in every for v in (x, 2.0 * x, x[:1])]


@script("ForwardAccumulator around a function")
def _(tf):
    w = tf.Variable([1.0, -1.0, 2.0])

    @tf.function
    def f(x):
        return tf.sin(x * w), tf.reduce_sum(x**3), tf.constant(1.0)

    answers = []
    for x in points(tf):
        with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.5, -2.0])) as acc:
            out = f(x)
        answers.append([acc.jvp(t) for t in out])
        with tf.autodiff.ForwardAccumulator(w, tf.constant([0.0, 1.0, 0.0])) as acc:
            out = f(x)
        answers.append([acc.jvp(t) for t in out])
    return answers


@script("ForwardAccumulator inside a function")
def _(tf):
    @tf.function
    def f(x, v):
        with tf.autodiff.ForwardAccumulator(x, v) as acc:
            y = tf.exp(x) * tf.reduce_sum(x)
        return y, acc.jvp(y)

    v = tf.constant([1.0, 0.0, 2.0])
    return [f(x, v) for x in points(tf)] + [f(points(tf)[0], 3.0 * v)]


@script("forward over reverse, with a function in each place")
def _(tf):
    def f(x):
        return tf.reduce_sum(tf.sin(x) * x**2)

    def hvp(g):
        def of(x, v):
            with tf.autodiff.ForwardAccumulator(x, v) as acc:
                grad = g(x)
            return acc.jvp(grad)

        return of

    v = tf.constant([1.0, -1.0, 0.5])
    every = (
        hvp(slope(tf, tf.function(f))),
        hvp(tf.function(slope(tf, f))),
        tf.function(hvp(slope(tf, f))),
        tf.function(hvp(tf.function(slope(tf, tf.function(f))))),
    )
    return [g(x, v) for g in every for x in points(tf)]


@script("reverse over forward, with a function in each place")
def _(tf):
    v = tf.constant([1.0, -1.0, 0.5])

    def f(x):
        return tf.reduce_sum(tf.sin(x) * x**2)

    def jvp(g):
        def of(x):
            with tf.autodiff.ForwardAccumulator(x, v) as acc:
                y = g(x)
            return acc.jvp(y)

        return of

    every = (slope(tf, jvp(f)), slope(tf, tf.function(jvp(f))), tf.function(slope(tf, jvp(f))))
    return [g(x) for g in every for x in points(tf)]


@script("forward mode through loops and branches of a function")
def _(tf):
    @tf.function
    def f(x, n):
        y = x
        for _ in tf.range(n):
            if tf.reduce_sum(y) > 1.0:
                y = y * 0.5
            else:
                y = y * x + 1.0
        return y

    answers = []
    for x in points(tf):
        for n in (0, 1, 4):
            with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
                y = f(x, tf.constant(n))
            answers.append([y, raises(lambda: acc.jvp(y))])  # noqa: B023
    return answers


@script("per-example gradients: vectorized_map and a tape in a function")
def _(tf):
    w = tf.Variable([[0.5, -0.2], [0.1, 0.4], [0.3, 0.3]])

    def one(pair):
        x, y = pair
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((tf.linalg.matvec(w, x, transpose_a=True) - y) ** 2)
        return loss, tape.gradient(loss, w)

    @tf.function
    def f(xs, ys):
        losses, grads = tf.vectorized_map(one, (xs, ys))
        norms = tf.sqrt(tf.reduce_sum(grads**2, [1, 2]))
        return losses, tf.reduce_mean(grads / tf.maximum(1.0, norms)[:, None, None], 0)

    xs, ys = tf.constant(POINTS), tf.constant([[1.0, 0.0], [0.5, 2.0]])
    return [f(xs, ys), f(2.0 * xs, ys), f(xs[:1], ys[:1])]


@script("Newton's method: Hessian and solve inside a function")
def _(tf):
    @tf.function
    def step(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_sum(tf.exp(x) + x**2 * tf.constant([1.0, 2.0, 3.0])) + x[0] * x[1]
            g = inner.gradient(y, x)
        h = outer.jacobian(g, x)
        return x - tf.linalg.solve(h, g[:, None])[:, 0], y

    x = points(tf)[0]
    answers = []
    for _ in range(4):
        x, y = step(x)
        answers.append((x, y))
    return answers


@script("a physics-informed loss: derivatives of a network, then of the loss")
def _(tf):
    w1, w2 = tf.Variable([[0.5, -1.0, 0.3]]), tf.Variable([[1.0], [0.2], [-0.7]])

    def u(t):
        return tf.tanh(t @ w1) @ w2

    @tf.function
    def step(t):
        with tf.GradientTape() as tape:
            with tf.GradientTape() as second:
                second.watch(t)
                with tf.GradientTape() as first:
                    first.watch(t)
                    y = u(t)
                dy = first.gradient(y, t)
            ddy = second.gradient(dy, t)
            loss = tf.reduce_mean((ddy + y) ** 2) + tf.reduce_sum((u(tf.zeros([1, 1])) - 1.0) ** 2)
        grads = tape.gradient(loss, [w1, w2])
        for v, g in zip([w1, w2], grads):  # noqa: B905
            v.assign_sub(0.1 * g)
        return loss, grads

    t = tf.constant([[0.1], [0.7], [1.5]])
    return [step(t), step(t), step(t + 0.5)], w1, w2


@script("MAML: an inner gradient step inside the function, the outer tape around")
def _(tf):
    w = tf.Variable([[0.5], [-0.3]])

    @tf.function
    def adapted_loss(x, y, x2, y2):
        with tf.GradientTape() as inner:
            loss = tf.reduce_mean((x @ w - y) ** 2)
        fast = w - 0.1 * inner.gradient(loss, w)
        return tf.reduce_mean((tf.tanh(x2 @ fast) - y2) ** 2)

    a, b = tf.constant([[1.0, 2.0], [0.5, -1.0]]), tf.constant([[1.0], [-1.0]])
    answers = []
    for k in (1.0, 2.0):
        with tf.GradientTape() as outer:
            loss = adapted_loss(a * k, b, a, b * k)
        answers.append([loss, outer.gradient(loss, w)])
    return answers


@script("gradients of a concrete function")
def _(tf):
    w = tf.Variable(3.0)
    f = tf.function(lambda x: tf.reduce_sum(x * x * w))
    c = f.get_concrete_function(tf.TensorSpec([None], tf.float32))
    answers = []
    for x in (tf.constant([1.0, 2.0]), tf.constant([3.0])):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = c(x)
            g = tape.gradient(y, [x, w])
        answers.append([y, g, outer.gradient(g[0], [x, w])])
    return answers


@script("two tapes around one call, and one leaving before the other")
def _(tf):
    f = tf.function(lambda x, y: x**2 * y)
    x, y = tf.constant(3.0), tf.constant(4.0)
    with tf.GradientTape() as a:
        a.watch(x)
        with tf.GradientTape() as b:
            b.watch(y)
            z = f(x, y)
        dy = b.gradient(z, y)
        u = dy * z
    return dy, a.gradient(u, x)


@script("the tape of a caller does not see what the function's own tape watched")
def _(tf):
    v = tf.Variable(2.0)

    @tf.function
    def f(x):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = x * x * v
        return tape.gradient(y, x), [w.name for w in tape.watched_variables()]

    x = tf.constant(3.0)
    with tf.GradientTape() as outer:
        g, _ = f(x)
    return g, outer.gradient(g, v), len(outer.watched_variables())
