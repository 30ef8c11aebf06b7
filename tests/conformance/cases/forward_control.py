"""Forward mode through control flow, tf.function, map_fn and their kin."""

from conformance_kit import raises, script


def accumulator(tf, primals, tangents):
    return tf.autodiff.ForwardAccumulator(primals, tangents)


@script("Python control flow")
def _(tf):
    x = tf.constant(3.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = x
        for i in range(3):
            y = y * x if i % 2 else y + x
        while y < 100.0:
            y = y * x
    return y, acc.jvp(y)


@script("tf.cond")
def _(tf):
    x = tf.constant(3.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = tf.cond(x > 2.0, lambda: x * x, lambda: -x)
        z = tf.cond(x > 5.0, lambda: x * x, lambda: -x)
    return acc.jvp(y), acc.jvp(z)


@script("tf.case and switch_case")
def _(tf):
    x = tf.constant(3.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = tf.case([(x > 5.0, lambda: x), (x > 2.0, lambda: x**3)], default=lambda: x * 0.0)
        z = tf.switch_case(tf.constant(1), [lambda: x, lambda: tf.sin(x)])
    return acc.jvp([y, z])


@script("tf.while_loop")
def _(tf):
    x = tf.constant(1.5)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        _, y = tf.while_loop(lambda i, y: i < 4, lambda i, y: (i + 1, y * x), (tf.constant(0), x))
    return y, acc.jvp(y)


@script("tf.map_fn")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with accumulator(tf, x, tf.constant([1.0, 0.0, -1.0])) as acc:
        y = tf.map_fn(lambda v: v * v * tf.reduce_sum(x), x)
    return y, acc.jvp(y)


@script("tf.scan, foldl, foldr")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with accumulator(tf, x, tf.constant([1.0, 0.5, -1.0])) as acc:
        y = tf.scan(lambda a, v: a * v, x)
        z = tf.foldl(lambda a, v: a * v + v, x)
        w = tf.foldr(lambda a, v: a * v - v, x)
    return acc.jvp([y, z, w])


@script("tf.vectorized_map")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with accumulator(tf, x, tf.constant([[1.0, 0.0], [0.0, 1.0]])) as acc:
        y = tf.vectorized_map(lambda row: tf.reduce_sum(row * row) * row, x)
    return y, acc.jvp(y)


@script("tf.vectorized_map with a captured primal")
def _(tf):
    x, w = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.constant([0.5, -1.0])
    with accumulator(tf, w, tf.constant([1.0, 2.0])) as acc:
        y = tf.vectorized_map(lambda row: tf.sin(row * w), x)
    return y, acc.jvp(y)


@script("TensorArray")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with accumulator(tf, x, tf.constant([1.0, 0.5, -1.0])) as acc:
        array = tf.TensorArray(tf.float32, size=3)
        for i in range(3):
            array = array.write(i, x[i] * x[i])
        y = array.stack()
    return y, acc.jvp(y)


@script("tf.function")
def _(tf):
    x = tf.constant([1.0, 2.0])

    @tf.function
    def f(x):
        return tf.sin(x) * x, tf.reduce_sum(x)

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        y = f(x)
        again = f(y[0])
    return y, acc.jvp(y), acc.jvp(again)


@script("tf.function with captured Variables")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x):
        for _ in range(3):
            x = x * v
        return x * x

    with accumulator(tf, v, tf.constant([1.0, -1.0])) as acc:
        y = f(tf.constant([1.0, 0.5]))
    return y, acc.jvp(y)


@script("a branch inside tf.function")
def _(tf):
    x = tf.constant([1.0, 0.5])

    @tf.function
    def f(x):
        if tf.reduce_sum(x) > 0.0:
            return x * x
        return -x

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        y = f(x)
    return y, acc.jvp(y)


@script("a loop inside tf.function")
def _(tf):
    x = tf.constant([1.0, 0.5])

    @tf.function
    def f(x):
        y = x
        for _ in tf.range(3):
            y = y * x
        return y

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        y = f(x)
    return y, acc.jvp(y)


@script("tf.function of a tape")
def _(tf):
    x = tf.constant([1.0, 2.0])

    @tf.function
    def grad(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_prod(x**2)
        return tape.gradient(y, x)

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        g = grad(x)
    return g, acc.jvp(g)


@script("an accumulator inside tf.function")
def _(tf):
    @tf.function
    def f(x, t):
        with accumulator(tf, x, t) as acc:
            y = tf.sin(x) * x
        return y, acc.jvp(y)

    x, t = tf.constant([1.0, 2.0]), tf.constant([1.0, -1.0])
    with accumulator(tf, x, t) as outer:
        y, d = f(x, t)
    return y, d, outer.jvp([y, d])


@script("accumulators inside tf.map_fn")
def _(tf):
    x = tf.constant([1.0, 2.0, 3.0])

    def derivative(v):
        with accumulator(tf, v, tf.constant(1.0)) as acc:
            y = v**3
        return acc.jvp(y)

    return tf.map_fn(derivative, x), tf.vectorized_map(derivative, x)


@script("a Jacobian, column by column")
def _(tf):
    x = tf.constant([0.5, 1.0, -2.0])
    columns = []
    for row in tf.unstack(tf.eye(3)):
        with accumulator(tf, x, row) as acc:
            y = tf.stack([tf.reduce_prod(x), tf.reduce_sum(tf.exp(x))])
        columns.append(acc.jvp(y))
    return tf.stack(columns, axis=1)


@script("columns by vectorized_map over tangents")
def _(tf):
    x = tf.constant([0.5, 1.0, -2.0])

    def column(t):
        with accumulator(tf, x, t) as acc:
            y = tf.stack([tf.reduce_prod(x), tf.reduce_sum(tf.exp(x))])
        return acc.jvp(y)

    return tf.vectorized_map(column, tf.eye(3))


@script("numpy_function cuts the path")
def _(tf):
    x = tf.constant([1.0, 2.0])

    def ask():
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            y = tf.numpy_function(lambda v: v * v, [x], tf.float32)
            z = tf.constant(x.numpy()) * 2.0
        return acc.jvp(y), acc.jvp(z)

    return raises(ask)


@script("py_function")
def _(tf):
    x = tf.constant([1.0, 2.0])

    def ask():
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            y = tf.py_function(lambda v: v * v, [x], tf.float32)
        return acc.jvp(y)

    return raises(ask)
