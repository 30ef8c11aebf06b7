"""Tapes in tapes, fan-out, Variables that change between reads, gathers, control flow in Python, threads."""

import threading

from conformance_kit import raises, script


@script("third order by three tapes")
def _(tf):
    x = tf.Variable([0.5, -1.5])
    with tf.GradientTape() as t3:
        with tf.GradientTape() as t2:
            with tf.GradientTape() as t1:
                y = tf.exp(x) * x**3
            d1 = t1.gradient(y, x)
        d2 = t2.gradient(d1, x)
    return d1, d2, t3.gradient(d2, x)


@script("fifth order in a loop")
def _(tf):
    x = tf.constant(1.5)

    def derivative(f):
        def df(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x)

        return df

    f = tf.math.tanh
    answers = []
    for _ in range(5):
        f = derivative(f)
        answers.append(f(x))
    return answers


@script("mixed second derivatives")
def _(tf):
    x, y = tf.Variable(1.5), tf.Variable([2.0, 3.0])
    with tf.GradientTape(persistent=True) as t2:
        with tf.GradientTape() as t1:
            z = x**3 * tf.reduce_sum(y**2) + x
        dx, dy = t1.gradient(z, [x, y])
    return [t2.gradient(d, [x, y]) for d in (dx, dy)]


@script("gradient penalty")
def _(tf):
    x, w = tf.constant([[1.0, -2.0], [0.5, 0.25]]), tf.Variable([[0.5, -1.0], [1.5, 2.0]])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(tf.tanh(x @ w))
        g = inner.gradient(y, x)
        loss = tf.reduce_mean((tf.sqrt(tf.reduce_sum(g**2, axis=1)) - 1.0) ** 2)
    return g, loss, outer.gradient(loss, w)


@script("the inner gradient outside of the outer context is a constant")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        y = x**3
    g = inner.gradient(y, x)
    return g, outer.gradient(g, x)


@script("the inner gradient inside of the inner context")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        y = x**3
        g = inner.gradient(y, x)
    return g, outer.gradient(g, x)


@script("an inner tape over what an outer tape computed")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        y = x * x
        with tf.GradientTape() as inner:
            inner.watch(y)
            z = y * y
        dz = inner.gradient(z, y)
    return dz, outer.gradient(dz, x)


@script("inner tapes of separate watches")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x**4
        dy = inner.gradient(y, x)
    return dy, outer.gradient(dy, x), raises(lambda: outer.gradient(y, x))


@script("second derivative of something linear is None")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t2:
        with tf.GradientTape(persistent=True) as t1:
            linear, square = 3.0 * x, x * x
        d_linear, d_square = t1.gradient(linear, x), t1.gradient(square, x)
    return d_linear, t2.gradient(d_linear, x), d_square, t2.gradient(d_square, x)


@script("two tapes, contexts that overlap")
def _(tf):
    x = tf.Variable(3.0)
    one, two = tf.GradientTape(), tf.GradientTape()
    one.__enter__()
    a = x * x
    two.__enter__()
    b = a * x
    one.__exit__(None, None, None)
    c = b * x
    two.__exit__(None, None, None)
    return [raises(lambda t=t, y=y: t.gradient(y, [a, x])) for t, y in ((one, c), (two, c))]


@script("fan-out: a value used many times")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x
        for _ in range(6):
            y = y * x + y
        z = tf.add_n([y, y, x])
    return tape.gradient(z, x)


@script("both inputs are the same")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        targets = [
            x * x,
            x - x,
            x / x,
            x**x,
            tf.maximum(x, x),
            tf.matmul(x, x),
            tf.concat([x, x], 0),
            tf.stack([x, x]),
        ]
    return [tape.gradient(t, x) for t in targets]


@script("a Variable assigned between its uses")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v * v
        v.assign(10.0)
        z = v * v
    return v.numpy().item(), tape.gradient([y, z], v)


@script("a Variable assigned after the forward pass")
def _(tf):
    v = tf.Variable([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        y = v * v * v
    before = tape.gradient(y, v)
    v.assign([100.0, 100.0])
    after = tape.gradient(y, v)
    v.assign_add([1.0, 1.0])
    v.scatter_nd_update([[0]], [5.0])
    return before, after, tape.gradient(y, v)


@script("slice assignment of a Variable under a tape")
def _(tf):
    v, x = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(5.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        v[1].assign(x)
        z = v * v
    return v.read_value(), tape.gradient(y, v), tape.gradient(z, v), tape.gradient(z, x)


@script("a training loop")
def _(tf):
    w, b = tf.Variable([[0.0], [0.0]]), tf.Variable([0.0])
    x, y = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), tf.constant([[1.0], [2.0], [3.0]])
    losses = []
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ w + b - y) ** 2)
        for v, g in zip([w, b], tape.gradient(loss, [w, b]), strict=True):
            v.assign_sub(0.1 * g)
        losses.append(loss)
    return losses, w, b


# -- gathers -------------------------------------------------------------------------------------------------
@script("gather from a Variable gives IndexedSlices")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        one = tf.gather(v, [0, 2, 0])
        rows = tf.gather(v, [[1], [1]]) ** 2
        scalar = tf.gather(v, 1)
        column = tf.gather(v, [1, 1], axis=1)
        both = tf.gather(v, [0]) + tf.reduce_sum(v)
        two = tf.gather(v, [0]), tf.gather(v, [1, 2])
        lookup = tf.nn.embedding_lookup(v, [2, 2])
    targets = {
        "one": one,
        "rows": rows,
        "scalar": scalar,
        "column": column,
        "both": both,
        "two": two,
        "lookup": lookup,
    }
    return {name: tape.gradient(t, v) for name, t in targets.items()}


@script("gather from a tensor")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        one = tf.gather(x, [0, 2, 0])
        through = tf.gather(x * 2.0, [0, 2, 0])
        column = tf.gather(x, [1, 1], axis=1)
    return [tape.gradient(t, x) for t in (one, through, column)]


@script("IndexedSlices through an outer tape")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.gather(v, [0, 2, 0]) ** 3
        g = inner.gradient(y, v)
        dense = tf.convert_to_tensor(g)
        total = tf.reduce_sum(g.values)
    return g, dense, outer.gradient(dense, v), outer.gradient(total, v)


@script("IndexedSlices as a target")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.gather(v, [0, 2, 0]) ** 3
        g = inner.gradient(y, v)
    return raises(lambda: [outer.gradient(g, v)])


@script("applying IndexedSlices")
def _(tf):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape() as tape:
        y = tf.gather(v, [0, 2, 0]) ** 2
    g = tape.gradient(y, v)
    v.scatter_sub(g)
    return v, g.dtype, g.shape, g.dense_shape


@script("IndexedSlices as an output gradient")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    s = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([1]), tf.constant([3, 2]))
    return [raises(lambda: tape.gradient(y, x, output_gradients=s))]


# -- Python around it ----------------------------------------------------------------------------------------
@script("Python control flow is followed")
def _(tf):
    def f(x):
        y = x
        while tf.reduce_sum(y) < 20.0:
            y = y * x if y[0] > 1.0 else y + x
        return y

    def run(value):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return y, tape.gradient(y, x)

    return [run(v) for v in ([1.5, 2.0], [0.5, 3.0], [2.0, 20.0])]


@script("recursion")
def _(tf):
    def power(x, n):
        return tf.ones_like(x) if n == 0 else x * power(x, n - 1)

    x = tf.constant([1.5, -2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = power(x, 5)
    return tape.gradient(y, x)


@script("a long chain")
def _(tf):
    x = tf.constant(0.5, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        for _ in range(2000):
            y = tf.sin(y) + x
    return tape.gradient(y, x)


@script("a tape sees nothing of another thread")
def _(tf):
    x = tf.Variable(3.0)
    kept = {}

    def work():
        kept["inside"] = x * x
        with tf.GradientTape() as own:
            y = x * x * x
        kept["own"] = own.gradient(y, x)

    with tf.GradientTape(persistent=True) as tape:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        z = x * 2.0
    return tape.gradient(kept["inside"], x), kept["own"], tape.gradient(z, x), len(tape.watched_variables())


@script("functions that have no gradient")
def _(tf):
    x = tf.constant([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        targets = {
            "argmax": tf.argmax(x),
            "compare": x > 2.0,
            "cast to int": tf.cast(x, tf.int32),
            "floor": tf.floor(x),
            "round": tf.round(x),
            "sign": tf.sign(x),
            "shape": tf.shape(x),
            "size": tf.size(x),
            "rank": tf.rank(x),
            "zeros_like": tf.zeros_like(x),
            "ones_like": tf.ones_like(x),
            "is_nan": tf.math.is_nan(x),
            "one_hot": tf.one_hot(tf.cast(x, tf.int32), 4),
            "stop": tf.stop_gradient(x),
            "nextafter": raises(lambda: tf.math.nextafter(x, x + 1.0)),
        }
    return {name: raises(lambda t=t: tape.gradient(t, x)) for name, t in targets.items()}


@script("cast there and back")
def _(tf):
    x = tf.constant([1.5, 2.5])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        double = tf.cast(x, tf.float64) ** 2
        half = tf.cast(tf.cast(x, tf.float16) ** 2, tf.float32)
        by_int = tf.cast(tf.cast(x, tf.int32), tf.float32) * x
        as_complex = tf.cast(x, tf.complex64) ** 2
        same = tf.cast(x, tf.float32)
    return [tape.gradient(t, x) for t in (double, half, by_int, as_complex, same)], same is x


@script("tf.identity is a new tensor")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.identity(x)
        z = tf.identity(y)
        w = z * y
    return tape.gradient(w, [x, y, z])


@script("convert_to_tensor is the same tensor")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.convert_to_tensor(x)
        tape.watch(y)
        z = x * y
    return y is x, tape.gradient(z, [x, y])


@script("tf.Module and its variables")
def _(tf):
    class Dense(tf.Module):
        def __init__(self):
            super().__init__(name="dense")
            self.w = tf.Variable([[1.0], [2.0]], name="w")
            self.b = tf.Variable([0.5], name="b")
            self.step = tf.Variable(0, trainable=False, name="step")

        def __call__(self, x):
            return x @ self.w + self.b

    layer = Dense()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.constant([[1.0, -1.0], [2.0, 0.5]])) ** 2)
    names = [v.name for v in layer.trainable_variables]
    return names, len(layer.variables), tape.gradient(loss, layer.trainable_variables)
