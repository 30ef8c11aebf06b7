"""TensorArrays, maps, scans and folds in `tf.function`; what loops refuse; effects in loops."""

from conformance_kit import raises, script


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


X = [[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]]


@script("writing: what is not bound again is lost, old handles stay")
def _(tf):
    @tf.function
    def lost(n):
        ta = tf.TensorArray(tf.float32, size=3, element_shape=[])
        for i in tf.range(n):
            ta.write(i, 1.0)
        return ta.stack()

    @tf.function
    def straight():
        ta = tf.TensorArray(tf.float32, size=2, element_shape=[])
        tb = ta.write(0, 1.0)
        return ta.stack(), tb.stack(), tb.read(0) + tb.read(0)

    return lost(tf.constant(2)), straight()


@script("elements that are not written, and places that are not there")
def _(tf):
    @tf.function
    def f(n):
        ta = tf.TensorArray(tf.float32, size=3)
        for i in tf.range(n):
            ta = ta.write(i, [1.0, 2.0])
        return ta.stack()

    @tf.function
    def before(n):
        ta = tf.TensorArray(tf.float32, size=3)
        for i in tf.range(n):
            ta = ta.write(i - 1, [1.0, 2.0])
        return ta.stack()

    @tf.function
    def read(n):
        ta = tf.TensorArray(tf.float32, size=3, element_shape=[])
        s = 0.0
        for i in tf.range(n):
            s += ta.read(i)
        return s

    c = tf.constant
    return (
        [raises(lambda n=n: f(c(n))) for n in (2, 3, 0, 4)],
        raises(lambda: before(c(2))),
        [raises(lambda n=n: read(c(n))) for n in (2, 4)],
    )


@script("arrays that grow")
def _(tf):
    @tf.function
    def f(n, x):
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(n):
            ta = ta.write(ta.size(), x * tf.cast(i, tf.float32))
        return ta.stack(), tf.cast(ta.size(), tf.float32)

    @tf.function
    def holes(n, x):
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(n):
            ta = ta.write(i * 2, x)
            x = x * x
        return ta.stack()

    return lengths(tf, f, (2, 5), tf.constant(1.5)), lengths(tf, holes, (3, 1), tf.constant(1.5))


@script("reading what rounds before have written")
def _(tf):
    @tf.function
    def fibonacci(n, a):
        ta = tf.TensorArray(tf.float32, size=8, element_shape=[], clear_after_read=False)
        ta = ta.write(0, a).write(1, 1.0)
        for i in tf.range(2, n):
            ta = ta.write(i, ta.read(i - 1) * a + ta.read(i - 2))
        return ta.stack()

    return lengths(tf, fibonacci, (6, 2, 8), tf.constant(0.5))


@script("unstack, gather, scatter, concat, size")
def _(tf):
    @tf.function
    def f(n, x):
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True).unstack(x)
        s = tf.zeros([2])
        for i in tf.range(n):
            s += ta.read(i) * tf.cast(i + 1, tf.float32)
        return s

    @tf.function
    def g(n, x):
        ta = tf.TensorArray(tf.float32, size=4, clear_after_read=False)
        ta = ta.scatter([0, 1, 3], x)
        for i in tf.range(n):
            ta = ta.write(i, ta.read(i) * 2.0)
        return ta.gather([3, 0, 1]), ta.concat(), tf.cast(ta.size(), tf.float32)

    return lengths(tf, f, (2, 0, 3), tf.constant(X)), lengths(tf, g, (2, 0, 4), tf.constant(X))


@script("arrays in structures, in branches, in tf.while_loop")
def _(tf):
    @tf.function
    def nested(n, x):
        state = {"a": tf.TensorArray(tf.float32, size=4, element_shape=[]), "b": x}
        for i in tf.range(n):
            state = {"a": state["a"].write(i, state["b"]), "b": state["b"] * x}
        return state["a"].stack()

    @tf.function
    def branch(n, x):
        ta = tf.TensorArray(tf.float32, size=4, element_shape=[])
        for i in tf.range(n):
            if i % 2 == 0:
                ta = ta.write(i, x)
            else:
                x = x * x
        return ta.stack()

    @tf.function
    def loop(n, x):
        def body(i, ta, s):
            s = s + x[i]
            return i + 1, ta.write(i, s * s), s

        return tf.while_loop(lambda i, *_: i < n, body, (0, tf.TensorArray(tf.float32, 3), tf.zeros([2])))[
            1
        ].stack()

    c = tf.constant
    return (
        lengths(tf, nested, (3, 0, 4), c(1.5)),
        lengths(tf, branch, (3, 0, 4), c(1.5)),
        lengths(tf, loop, (3, 1), c(X)),
    )


@script("elements that do not fit")
def _(tf):
    @tf.function
    def shape(n):
        ta = tf.TensorArray(tf.float32, size=3)
        ta = ta.write(0, [1.0])
        for i in tf.range(n):
            ta = ta.write(i, [1.0, 2.0])
        return ta.stack()

    return raises(lambda: shape(tf.constant(2)))


@script("map_fn: lengths, gradients, traced once")
def _(tf):
    log = []

    @tf.function
    def f(x, w):
        def one(v):
            log.append("one")
            return tf.tanh(v * w) * tf.reduce_sum(v)

        return tf.reduce_sum(tf.map_fn(one, x))

    answers = []
    for count in (3, 1, 2):
        x, w = tf.constant(X[:count]), tf.constant([0.5, -0.2])
        with tf.GradientTape() as outer:
            outer.watch([x, w])
            with tf.GradientTape() as tape:
                tape.watch([x, w])
                y = f(x, w)
            first = tape.gradient(y, [x, w])
            total = tf.add_n([tf.reduce_sum(g * g) for g in first])
        answers.append([y, first, outer.gradient(total, [x, w])])
    return answers, len(log)


@script("map_fn: structures, dtypes, no elements")
def _(tf):
    @tf.function
    def pairs(a, b):
        return tf.map_fn(
            lambda t: {"sum": t[0] + t[1], "less": t[0] < t[1]},
            (a, b),
            fn_output_signature={"sum": tf.float32, "less": tf.bool},
        )

    @tf.function
    def wide(x):
        return tf.map_fn(lambda v: tf.ones([3]) * v, x)

    @tf.function
    def bad(x):
        return tf.map_fn(lambda v: (v, v), x)

    c = tf.constant
    return (
        pairs(c([1.0, 5.0]), c([2.0, 3.0])),
        wide(c([1.0, 2.0])),
        wide(tf.zeros([0])),
        raises(lambda: bad(c([1.0]))),
    )


@script("scan: both directions, structures, gradients")
def _(tf):
    @tf.function
    def f(x, a):
        one = tf.scan(lambda s, v: tf.sin(s) * v + s, x, initializer=a)
        other = tf.scan(lambda s, v: tf.sin(s) + v, x, reverse=True)
        both, count = tf.scan(lambda s, v: (s[0] * v, s[1] + 1), x, initializer=(a, tf.constant(0)))
        return tf.reduce_sum(one * other) + tf.reduce_sum(both * tf.cast(count, tf.float32)[:, None])

    answers = []
    for count in (3, 1):
        x, a = tf.constant(X[:count]), tf.constant([0.4, 0.9])
        with tf.GradientTape() as outer:
            outer.watch([x, a])
            with tf.GradientTape() as tape:
                tape.watch([x, a])
                y = f(x, a)
            first = tape.gradient(y, [x, a])
            total = tf.add_n([tf.reduce_sum(g * g) for g in first])
        answers.append([y, first, outer.gradient(total, [x, a])])
    return answers


@script("scans and folds: nothing to go through, and what does not fit")
def _(tf):
    @tf.function
    def f(x):
        return tf.scan(lambda a, v: a + v, x, initializer=0.0), tf.foldl(
            lambda a, v: a + v, x, initializer=1.0
        )

    @tf.function
    def dtype(x):
        return tf.scan(lambda a, v: tf.cast(a, tf.int32), x, initializer=tf.constant([1.0]))

    @tf.function
    def shape(x):
        return tf.scan(lambda a, v: tf.concat([a, a], 0), x, initializer=tf.constant([1.0]))

    @tf.function
    def structure(x):
        return tf.scan(lambda a, v: (a, v), x, initializer=tf.constant([1.0]))

    x = tf.constant([1.0, 2.0])
    return [f(tf.zeros([0])), f(x), *[raises(lambda g=g: g(x)) for g in (dtype, shape, structure)]]


@script("folds of structures, from both ends")
def _(tf):
    @tf.function
    def f(x):
        left = tf.foldl(
            lambda a, v: (a[0] * v + a[1], v), x, initializer=(tf.constant(1.0), tf.constant(0.5))
        )
        return left[0] * tf.foldr(lambda a, v: tf.sin(a) - v, x)

    answers = []
    for v in ([1.0, 2.0, -0.5], [0.3, 0.1, 0.2]):
        x = tf.constant(v)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, x)])
    return answers


@script("while_loop: what it refuses")
def _(tf):
    def bad(body, variables, cond=lambda i, *_: i < 2, **more):
        f = tf.function(lambda: tf.while_loop(cond, body, variables, **more))
        return raises(f)

    c = tf.constant
    return [
        bad(lambda i: (tf.cast(i, tf.float32),), (c(0),)),
        bad(lambda i, x: (i + 1, tf.concat([x, x], 0)), (c(0), c([1.0]))),
        bad(lambda i, x: (i + 1, (x, x)), (c(0), c([1.0]))),
        bad(lambda i, x: (i + 1,), (c(0), c([1.0]))),
        bad(lambda i: i + 1, (c(0),)),
        bad(lambda i: [i + 1], (c(0),)),
        bad(lambda i, j: (i + 1, j), [c(0), c(1)]),
        bad(lambda i: [i + 1], (c(0),), lambda i: False),
        bad(lambda i, x: [i + 1, x], (c(0), None)),
        bad(lambda i: [i + 1], (c(0),), maximum_iterations=1),
    ]


@script("while_loop: its condition and body in order, values from outside in both")
def _(tf):
    log = []

    @tf.function
    def f(x, limit):
        def cond(y, i):
            log.append("cond")
            return y < limit * 2.0

        def body(y, i):
            log.append("body")
            return y * limit + 0.1, i + 1

        return tf.while_loop(cond, body, (x, tf.constant(0)), maximum_iterations=4)

    c = tf.constant
    answers = []
    for value in (1.0, 2.9, 9.0):
        with tf.GradientTape() as tape:
            x, limit = c(value), c(1.5)
            tape.watch([x, limit])
            y, i = f(x, limit)
        answers.append([y, i, tape.gradient(y, [x, limit])])
    return answers, log


@script("assignments in order, and what is read after them")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    history = tf.Variable(tf.zeros([4]))

    @tf.function
    def f(n):
        total = tf.constant(0.0)
        for i in tf.range(n):
            total += tf.reduce_sum(v)
            v.assign(v * 2.0)
            history.assign(tf.tensor_scatter_nd_update(history, [[i]], [total]))
            if total > 20.0:
                v.assign_sub([1.0, 1.0])
        return total, v * 1.0

    return [f(tf.constant(n)) for n in (2, 0, 3)], v, history


@script("assertions in a loop")
def _(tf):
    @tf.function
    def f(xs):
        s = tf.constant(0.0)
        for x in xs:
            tf.debugging.assert_less(x, 5.0)
            s += x
        return s

    return [raises(lambda v=v: f(tf.constant(v))) for v in ([1.0, 2.0], [1.0, 6.0], [3.0, 4.0])]


@script("py_function in a loop")
def _(tf):
    seen = []

    def note(x):
        seen.append(float(x))
        return x * 2.0

    @tf.function
    def f(n):
        s = tf.constant(1.0)
        for _ in tf.range(n):
            s = tf.py_function(note, [s], tf.float32)
            s = tf.ensure_shape(s, [])
        return s

    return [f(tf.constant(n)) for n in (3, 0, 1)], seen


@script("a temporary of a loop's body, and closures in it")
def _(tf):
    @tf.function
    def f(n, x):
        for _ in tf.range(n):
            t = x * 2.0
            x = tf.cond(t > 3.0, lambda: t - 1.0, lambda: t + x)  # noqa: B023
        return x

    @tf.function
    def g(n, x):
        def step(v):
            return v * x

        y = x
        for _ in tf.range(n):
            scale = step(y)
            y = tf.map_fn(lambda v: v * scale, tf.stack([y, x]))[0]  # noqa: B023
        return y

    return lengths(tf, f, (3, 0, 1), tf.constant(0.7)), lengths(tf, g, (2, 0), tf.constant(0.7))
