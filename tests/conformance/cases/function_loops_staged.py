"""Loops over Tensors in `tf.function`: other numbers of rounds than those traced, none, second derivatives."""

from conformance_kit import script


def slopes(tf, f, values, *others):
    """For each value of the first argument: what `f` gives, and the first and second derivatives of all of them."""
    answers = []
    for value in values:
        given = [tf.constant(value), *others]
        with tf.GradientTape() as outer:
            outer.watch(given)
            with tf.GradientTape() as tape:
                tape.watch(given)
                y = f(*given)
            first = tape.gradient(y, given)
            total = tf.add_n([tf.reduce_sum(g * g) for g in first if g is not None] + [tf.zeros([])])
        answers.append([y, first, outer.gradient(total, given)])
    return answers


def firsts(answers):
    """The same without the second derivatives."""
    return [one[:2] for one in answers]


def lengths(tf, f, counts, *sources):
    """For each number of rounds: what `f(n, ...)` gives and the gradients of its sum, to the second order."""
    answers = []
    for n in counts:
        with tf.GradientTape() as outer:
            outer.watch(sources)
            with tf.GradientTape() as tape:
                tape.watch(sources)
                y = f(tf.constant(n), *sources)
                total = tf.add_n([tf.reduce_sum(x) for x in tf.nest.flatten(y)])
            first = tape.gradient(total, sources)
            again = tf.add_n([tf.reduce_sum(g * g) for g in first if g is not None] + [tf.zeros([])])
        answers.append([y, first, outer.gradient(again, sources)])
    return answers


@script("power: the state times a value from outside")
def _(tf):
    log = []

    @tf.function
    def f(n, x):
        y = tf.constant(1.0)
        for _ in tf.range(n):
            log.append("body")
            y = y * x
        return y

    return lengths(tf, f, (3, 0, 1, 5), tf.constant(1.5)), len(log), f.experimental_get_tracing_count()


@script("a recurrence over rows, with a matrix from outside")
def _(tf):
    w = tf.constant([[0.5, -0.2], [0.1, 0.9]])

    @tf.function
    def f(xs, h, w):
        for x in xs:
            h = tf.tanh(tf.linalg.matvec(w, h) + x)
        return tf.reduce_sum(h * h)

    rows = ([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]], [[0.2, 0.4]])
    return slopes(tf, f, rows, tf.constant([0.1, -0.1]), w), f.experimental_get_tracing_count()


@script("a recurrence that collects its states in a TensorArray")
def _(tf):
    @tf.function(input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([2])])
    def f(xs, h):
        out = tf.TensorArray(tf.float32, size=tf.shape(xs)[0])
        for t in tf.range(tf.shape(xs)[0]):
            h = tf.tanh(h + xs[t] * h)
            out = out.write(t, h)
        return tf.reduce_sum(out.stack() ** 2)

    rows = ([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]], [[0.2, 0.4]], [[0.3, 0.1], [1.0, -0.2]])
    return slopes(tf, f, rows, tf.constant([0.5, -0.4])), f.experimental_get_tracing_count()


@script("a while loop that ends by its state")
def _(tf):
    @tf.function
    def f(x, factor, limit):
        rounds = 0
        while x < limit:
            x = x * factor
            rounds += 1
        return x

    c = tf.constant
    return slopes(tf, f, (1.0, 3.0, 20.0), c(1.7), c(10.0))


@script("what goes through a loop as it is, and what another part of its state depends on")
def _(tf):
    @tf.function
    def f(n, x, y):
        z, q = y * 1.0, y * 0.0 + 1.0
        for _ in tf.range(n):
            x = x * 2.0
            q = z * q
            z = z + 0.0
        return x, z

    return lengths(tf, f, (2, 0), tf.constant(2.0), tf.constant(3.0))


@script("values that a loop does not depend on smoothly")
def _(tf):
    @tf.function
    def f(n, x, y):
        s, t = 0, tf.constant(1.0)
        for _ in tf.range(n):
            s += tf.cast(y, tf.int32)
            t = t + tf.stop_gradient(y)
        return tf.cast(s, tf.float32) + x, t

    @tf.function
    def unused(xs, y):
        t = tf.constant(1.0)
        for _ in xs:
            t = t + y
        return t

    @tf.function
    def replaced(n, x):
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.constant(1.0)), (0, x))[1]

    c = tf.constant
    return (
        lengths(tf, f, (2, 0), c(2.0), c(3.0)),
        firsts(slopes(tf, unused, ([1.0, 2.0],), c(2.0))),
        firsts(lengths(tf, replaced, (2, 0), c(2.0))),
    )


@script("a Variable read, and one assigned, in a loop")
def _(tf):
    v, u = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def f(n, x):
        for _ in tf.range(n):
            v.assign_add(x)
            x = x * v + u
        return x

    answers = []
    for n in (2, 0, 1):
        v.assign(2.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = f(tf.constant(n), tf.constant(0.5))
            first = tape.gradient(y, [v, u])
            total = tf.add_n([g for g in first if g is not None] + [tf.zeros([])])
        answers.append([y, first, outer.gradient(total, [v, u]), v.numpy()])
    return answers


@script("embeddings looked up in a loop: dense gradients")
def _(tf):
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.function
    def f(ids):
        s = tf.zeros([2])
        for i in ids:
            s = s + tf.gather(table, i) ** 2
        return tf.reduce_sum(s)

    answers = []
    for ids in ([0, 2, 0], [1, 1, 1]):
        with tf.GradientTape() as tape:
            y = f(tf.constant(ids))
        answers.append([y, tape.gradient(y, table)])
    return answers


@script("branches in a loop, and a loop in a branch")
def _(tf):
    @tf.function
    def f(n, x):
        y = x
        for i in tf.range(n):
            if i % 2 == 0:
                y = y * x
            elif y > 2.0:
                y = tf.sqrt(y)
            else:
                y = y + x
        return y

    @tf.function
    def g(n, x):
        y = x
        if x > 1.0:
            for _ in tf.range(n):
                y = y * x
        else:
            while y < 2.0:
                y = y + x * x
        return y

    c = tf.constant
    return (
        [lengths(tf, f, (4, 0, 1), c(v)) for v in (1.5, 3.0)],
        [lengths(tf, g, (2, 0), c(v)) for v in (1.5, 0.5)],
    )


@script("loops in loops")
def _(tf):
    @tf.function
    def f(n, x):
        total = tf.constant(0.0)
        for i in tf.range(n):
            p = tf.constant(1.0)
            for _ in tf.range(i):
                p = p * x
            total = total + p * tf.cast(i, tf.float32)
        return total

    @tf.function
    def matrix(m, w):
        s = tf.constant(0.0)
        for row in m:
            for x in row:
                if x < 0.0:
                    continue
                s = tf.sin(s) + x * w
        return s

    c = tf.constant
    return lengths(tf, f, (4, 0, 2), c(1.5)), slopes(tf, matrix, ([[1.0, -2.0], [0.5, 0.3]],), c(0.7))


@script("break and continue, with gradients")
def _(tf):
    @tf.function
    def f(xs, limit):
        s, seen = tf.constant(0.0), 0
        for x in xs:
            if x < 0.0:
                continue
            s = s + x * x
            seen += 1
            if s > limit:
                s = s * 2.0
                break
        return s

    @tf.function
    def newton(a, tolerance):
        x = a
        while True if tolerance is None else tf.abs(x * x - a) > tolerance:
            x = 0.5 * (x + a / x)
            if x > 100.0:
                break
        return x

    c = tf.constant
    rows = ([1.0, -2.0, 3.0, 4.0], [1.0, 1.0, 1.0, -1.0], [-1.0, -1.0, -1.0, -1.0])
    return slopes(tf, f, rows, c(5.0)), slopes(tf, newton, (2.0, 9.0), c(1e-4))


@script("after `break` and `continue` in nested branches")
def _(tf):
    @tf.function
    def f(xs):
        a, b, c = 0, 0, 0
        for x in xs:
            a += 1
            if x > 0:
                if x > 10:
                    b += 1
                    continue
                if x > 5:
                    break
                c += x
            b += 10
        return a, b, c

    rows = ([1, 20, 3, 7, 1], [-1, -2, 30, 40, 5], [6, 1, 1, 1, 1], [0, 0, 0, 0, 11])
    return [f(tf.constant(v)) for v in rows], f.experimental_get_tracing_count()


@script("a derivative taken inside of the function")
def _(tf):
    @tf.function
    def f(n, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in tf.range(n):
                y = tf.sin(y) * x
        return tape.gradient(y, x)

    @tf.function
    def jacobian(n, x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in tf.range(n):
                y = tf.sin(y) * tf.reduce_sum(x)
        return tape.jacobian(y, x)

    x = tf.constant([0.5, -1.0])
    return lengths(tf, f, (3, 0, 1), x), [jacobian(tf.constant(n), x) for n in (2, 0, 3)]


@script("a tape in the body")
def _(tf):
    @tf.function
    def descend(n, x, rate):
        for _ in tf.range(n):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum((x - 3.0) ** 4)
            x = x - rate * tape.gradient(loss, x)
        return x

    return lengths(tf, descend, (2, 0, 4), tf.constant([1.0, 2.0]), tf.constant(0.01))


@script("custom gradients and recomputation in the body")
def _(tf):
    @tf.custom_gradient
    def clipped(x):
        return tf.identity(x) * 1.0, lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    @tf.function
    def f(n, x):
        y = x
        for _ in tf.range(n):
            y = clipped(y * x) + 0.1
        return y

    return lengths(tf, f, (2, 0, 3), tf.constant(1.5))


@script("a function in the body, and a loop in a called function")
def _(tf):
    @tf.function
    def step(y, x):
        if y > x:
            return y * 0.5
        return y + x * x

    @tf.function
    def f(n, x):
        y = x
        for _ in tf.range(n):
            y = step(y, x)
        return y

    @tf.function
    def g(n, x):
        return f(n, x) * f(n + 1, x * 0.5)

    return lengths(tf, f, (3, 0, 2), tf.constant(0.7)), lengths(tf, g, (3, 0), tf.constant(0.7))


@script("complex and double state")
def _(tf):
    @tf.function
    def f(n, z):
        c = z
        for _ in tf.range(n):
            z = z * z + c
        return tf.math.real(z)

    z = tf.constant(0.2 + 0.3j, tf.complex64)
    answers = []
    for n in (3, 0, 1):
        with tf.GradientTape() as tape:
            tape.watch(z)
            y = f(tf.constant(n), z)
        answers.append([y, tape.gradient(y, z)])

    @tf.function
    def double(n, x):
        y = tf.constant(1.0, tf.float64)
        for _ in tf.range(n):
            y = y * x
        return y

    x = tf.constant(1.1, tf.float64)
    for n in (5, 0):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = double(tf.constant(n), x)
        answers.append([y, tape.gradient(y, x)])
    return answers


@script("ranges: by floats, downwards, by int64, of a Tensor by `range`")
def _(tf):
    c = tf.constant

    @tf.function
    def floats(a, b, step):
        s, n = tf.zeros_like(a), 0
        for x in tf.range(a, b, step):
            s, n = s + x, n + 1
        return s, n

    @tf.function
    def integers(a, b, step):
        s = tf.zeros_like(a)
        for i in tf.range(a, b, step):
            s = s * 2 + i
        return s

    @tf.function
    def python(n):
        s = 0
        for i in range(1, n):
            s = s * 2 + i
        return s

    return [
        floats(c(0.0), c(1.0), c(0.1)),
        floats(c(0.0), c(1.05), c(0.35)),
        floats(c(2.0), c(2.0), c(0.5)),
        floats(c(0.0, tf.float64), c(1.0, tf.float64), c(0.3, tf.float64)),
        integers(c(0), c(10), c(3)),
        integers(c(10), c(0), c(-4)),
        integers(c(3), c(3), c(1)),
        integers(c(1, tf.int64), c(5, tf.int64), c(2, tf.int64)),
        [python(c(n)) for n in (5, 1, 3)],
    ]
