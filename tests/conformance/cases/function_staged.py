"""`tf.cond`, `tf.while_loop`, maps, scans and folds inside `tf.function`: right for every call's values."""

from conformance_kit import raises, script


def over(tf, f, values):
    """`f` at each of the values, in one dtype and shape."""
    return [f(tf.constant(v)) for v in values]


def sloped(tf, f, values):
    """The value and the derivative of `f` at each of the values."""
    answers = []
    for v in values:
        x = tf.constant(v)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, x)])
    return answers


@script("cond: both branches, one after the other")
def _(tf):
    @tf.function
    def f(x):
        return tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * x, lambda: -3.0 * x)

    values = ([1.0, 2.0], [-1.0, -2.0], [3.0, -1.0], [0.0, 0.0])
    return over(tf, f, values), sloped(tf, f, values), f.experimental_get_tracing_count()


@script("cond: traced both ways, whatever the value")
def _(tf):
    log = []

    @tf.function
    def f(p, x):
        def yes():
            log.append("yes")
            return x

        def no():
            log.append("no")
            return -x

        return tf.cond(p, yes, no)

    c = tf.constant
    answers = [f(c(True), c(1.0)), f(c(False), c(2.0)), f(c(True), c(3.0))]
    return answers, log, raises(lambda: f(True, c(1.0)))


@script("cond of structures, and of what does not fit")
def _(tf):
    @tf.function
    def f(p, x):
        return tf.cond(p, lambda: {"a": x, "b": (x, [x])}, lambda: {"a": x + 1.0, "b": (x, [x * 2.0])})

    def bad(one, other):
        g = tf.function(lambda p: tf.cond(p, one, other))
        return raises(lambda: g(tf.constant(True)))

    x = tf.constant(1.0)
    return [
        f(tf.constant(True), x),
        f(tf.constant(False), x),
        bad(lambda: 1.0, lambda: 1),
        bad(lambda: (1.0,), lambda: [1.0]),
        bad(lambda: (1.0, 2.0), lambda: 1.0),
        bad(lambda: None, lambda: 1.0),
        bad(lambda: None, lambda: None),
        bad(lambda: tf.ones([2]), lambda: tf.ones([3])),
    ]


@script("cond with a constant result in one branch: zero gradient, not None")
def _(tf):
    @tf.function
    def f(x):
        return tf.cond(x > 0.0, lambda: x * x, lambda: tf.constant(5.0))

    @tf.function
    def by_if(x):
        y = tf.constant(5.0)
        if x > 0.0:
            y = x * x
        return y

    @tf.function
    def constants(x):
        return tf.cond(x > 0.0, lambda: tf.constant(4.0), lambda: tf.constant(5.0))

    values = (3.0, -3.0, 1.0)
    return sloped(tf, f, values), sloped(tf, by_if, values), sloped(tf, constants, values)


@script("cond in cond")
def _(tf):
    @tf.function
    def f(x):
        return tf.cond(
            x > 0.0,
            lambda: tf.cond(x > 10.0, lambda: x - 10.0, lambda: x**2),
            lambda: tf.cond(x < -10.0, lambda: -x, lambda: tf.sin(x)),
        )

    return sloped(tf, f, (20.0, 5.0, -1.0, -20.0))


@script("case and switch_case")
def _(tf):
    @tf.function
    def case(x):
        return tf.case([(x > 10.0, lambda: x), (x > 0.0, lambda: x * x)], default=lambda: tf.exp(x))

    @tf.function
    def exclusive(x):
        return tf.case([(x > 0.0, lambda: x), (x > 5.0, lambda: -x)], exclusive=True, default=lambda: 0.0 * x)

    @tf.function
    def switch(i, x):
        return tf.switch_case(i, [lambda: x, lambda: x**2, lambda: x**3])

    @tf.function
    def keyed(i, x):
        return tf.switch_case(i, {0: lambda: x, 5: lambda: -x}, default=lambda: 100.0 * x)

    x = tf.constant(3.0)
    return {
        "case": sloped(tf, case, (20.0, 2.0, -1.0)),
        "exclusive": [raises(lambda v=v: exclusive(tf.constant(v))) for v in (1.0, 9.0, -1.0)],
        "switch": [switch(tf.constant(i), x) for i in (0, 1, 2, 7, -1)],
        "keyed": [raises(lambda i=i: keyed(tf.constant(i), x)) for i in (0, 5, 1)],
    }


@script("while_loop: other numbers of turns")
def _(tf):
    @tf.function
    def f(n, x):
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, tf.sin(y) + x), (0, x))

    @tf.function
    def until(x):
        return tf.while_loop(lambda y: y < 100.0, lambda y: (y * y,), (x,))[0]

    answers = [f(tf.constant(n), tf.constant(0.5)) for n in (0, 1, 4)]
    return (
        answers,
        sloped(tf, lambda x: f(tf.constant(3), x)[1], (0.5, 2.0)),
        sloped(tf, until, (3.0, 20.0, 200.0)),
    )


@script("while_loop: maximum_iterations, structures, shape_invariants")
def _(tf):
    @tf.function
    def bounded(x, n):
        return tf.while_loop(lambda y: True, lambda y: (y * 2.0,), (x,), maximum_iterations=n)

    @tf.function
    def structured(n):
        first = {"i": 0, "pair": (tf.ones([2]), tf.zeros([2]))}
        return tf.while_loop(
            lambda s: s["i"] < n,
            lambda s: [{"i": s["i"] + 1, "pair": (s["pair"][0] * 2.0, s["pair"][1] + s["pair"][0])}],
            [first],
        )

    @tf.function
    def grows(n):
        return tf.while_loop(
            lambda i, x: i < n,
            lambda i, x: (i + 1, tf.concat([x, x[-1:] * 2.0], 0)),
            (0, tf.ones([1])),
            shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
        )[1]

    @tf.function
    def grows_without(n):
        return tf.while_loop(
            lambda i, x: i < n, lambda i, x: (i + 1, tf.concat([x, x], 0)), (0, tf.ones([1]))
        )

    return [
        [bounded(tf.constant(1.0), tf.constant(n)) for n in (3, 0, 5)],
        over(tf, structured, (3, 0)),
        over(tf, grows, (3, 0, 1)),
        raises(lambda: over(tf, grows_without, (2,))),
    ]


@script("while_loop: its body is traced once")
def _(tf):
    log = []

    @tf.function
    def f(n):
        def body(i, s):
            log.append("body")
            return i + 1, s + i

        def more(i, s):
            log.append("condition")
            return i < n

        return tf.while_loop(more, body, (0, 0))[1]

    answers = over(tf, f, (5, 3, 0))
    return answers, sorted(set(log)), log.count("body")


@script("map_fn: lengths and dtypes")
def _(tf):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def f(x):
        return tf.map_fn(lambda row: row * tf.reduce_sum(row), x)

    @tf.function
    def pairs(a, b):
        return tf.map_fn(
            lambda t: (t[0] + t[1], tf.cast(t[0] > t[1], tf.int32)),
            (a, b),
            fn_output_signature=(tf.float32, tf.int32),
        )

    answers = [f(tf.constant(v)) for v in ([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]])] + [f(tf.zeros([0, 2]))]
    slopes = sloped(tf, f, ([[1.0, 2.0], [3.0, 4.0]], [[-1.0, 0.5]]))
    return answers, slopes, pairs(tf.constant([1.0, 5.0]), tf.constant([2.0, 3.0]))


@script("scan, foldl, foldr")
def _(tf):
    @tf.function
    def f(x):
        running = tf.scan(lambda a, v: a * v, x)
        backward = tf.scan(lambda a, v: tf.sin(a) + v, x, initializer=tf.constant(1.0), reverse=True)
        left = tf.foldl(lambda a, v: tf.sin(a) * v, x)
        right = tf.foldr(lambda a, v: a - v * a, x, initializer=tf.constant(2.0))
        return running, backward, left, right

    values = ([1.0, 2.0, 3.0], [0.5, -1.0, 2.0])
    answers = [*over(tf, f, values), f(tf.constant([2.0, 3.0]))]
    return answers, [sloped(tf, lambda x, i=i: f(x)[i], values) for i in range(4)]


@script("vectorized_map")
def _(tf):
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    @tf.function
    def f(x):
        return tf.vectorized_map(lambda v: tf.linalg.matvec(w, v) * tf.reduce_sum(v), x)

    @tf.function
    def per_example(x):
        def one(v):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.tanh(tf.linalg.matvec(w, v)))
            return tape.gradient(loss, w)

        return tf.vectorized_map(one, x)

    x = tf.constant([[1.0, -1.0], [0.5, 2.0], [0.0, 1.0]])
    return (
        f(x),
        f(x[:1]),
        per_example(x),
        per_example(2.0 * x[:2]),
        sloped(tf, f, ([[1.0, 2.0], [0.0, 3.0]],)),
    )


@script("gradients of loops by AutoGraph")
def _(tf):
    @tf.function
    def power(x, n):
        y = tf.ones_like(x)
        for _ in tf.range(n):
            y = y * x
        return y

    @tf.function
    def collatz(x):
        steps = 0.0 * x
        while x > 1.5:
            if tf.math.floormod(tf.round(x), 2.0) < 0.5:
                x = x / 2.0
            else:
                x = 3.0 * x + 1.0
            steps = steps + x
        return steps

    cubes = [sloped(tf, lambda x, n=n: power(x, tf.constant(n)), (2.0, -1.5)) for n in (3, 0, 1, 5)]
    return cubes, sloped(tf, collatz, (6.0, 7.0, 1.0))


@script("gradients of a loop over rows, with break")
def _(tf):
    @tf.function
    def f(xs, limit):
        s = tf.constant(0.0)
        for x in xs:
            if s > limit:
                break
            s = s + x * x
        return s

    xs = tf.constant([1.0, 2.0, 3.0])
    answers = []
    for limit in (0.5, 4.0, 100.0):
        limit = tf.constant(limit)
        with tf.GradientTape() as tape:
            tape.watch([xs, limit])
            y = f(xs, limit)
        answers.append([y, tape.gradient(y, [xs, limit])])
    return answers


@script("second derivatives through cond and while_loop in a function")
def _(tf):
    @tf.function
    def f(x):
        y = tf.cond(x > 1.0, lambda: x**3, lambda: tf.exp(x))
        for _ in range(2):
            y = y * x
        return y

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    @tf.function
    def loop(x, n):
        return tf.while_loop(lambda i, y: i < n, lambda i, y: (i + 1, y * x), (0, x))[1]

    @tf.function
    def loop_slope(x, n):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loop(x, n)
        return tape.gradient(y, x)

    loops = [sloped(tf, lambda x, n=n: loop_slope(x, tf.constant(n)), (2.0,)) for n in (0, 1, 3)]
    return sloped(tf, slope, (2.0, 0.5)), sloped(tf, tf.function(slope), (2.0, 0.5)), loops


@script("gradient of a loop with respect to a captured variable")
def _(tf):
    w = tf.Variable([[0.5, -0.2], [0.1, 0.9]])

    @tf.function
    def f(x, n):
        for _ in tf.range(n):
            x = tf.tanh(x @ w)
        return tf.reduce_sum(x)

    x = tf.constant([[1.0, 2.0]])
    answers = []
    for n in (2, 0, 3):
        with tf.GradientTape() as tape:
            y = f(x, tf.constant(n))
        answers.append([y, tape.gradient(y, w)])
    return answers


@script("a tape inside a loop's body")
def _(tf):
    @tf.function
    def descend(x, n, rate):
        for _ in tf.range(n):
            with tf.GradientTape() as tape:
                tape.watch(x)
                loss = tf.reduce_sum((x - 3.0) ** 4)
            x = x - rate * tape.gradient(loss, x)
        return x

    x, rate = tf.constant([1.0, 2.0]), tf.constant(0.01)
    return [descend(x, tf.constant(n), rate) for n in (0, 1, 5)], descend(x, 2, rate)


@script("an optimization loop over a variable, all inside")
def _(tf):
    v = tf.Variable([5.0, -3.0])

    @tf.function
    def minimize(n, rate):
        last = tf.constant(0.0)
        for _ in tf.range(n):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(v * v)
            v.assign_sub(rate * tape.gradient(loss, v))
            last = loss
            if loss < 1.0:
                break
        return last

    return [minimize(tf.constant(n), tf.constant(0.2)) for n in (2, 0, 50)], v


@script("a cond with assignments")
def _(tf):
    v = tf.Variable(0.0)

    @tf.function
    def f(p):
        tf.cond(p, lambda: v.assign_add(1.0), lambda: v.assign_sub(10.0))
        return v * 2.0

    return [f(tf.constant(p)) for p in (True, False, True)], v
