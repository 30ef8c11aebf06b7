"""tf.gradients and tf.hessians inside of tf.function."""

from conformance_kit import raises, script


def traced(tf, f, *args):
    return raises(lambda: tf.function(f)(*args))


@script("gradients: of a cube")
def _(tf):
    return traced(tf, lambda x: tf.gradients(x**3, x), tf.constant([1.0, 2.0]))


@script("gradients: several targets and cotangents")
def _(tf):
    def f(x):
        y = x * x
        z = y * 3.0
        return (
            tf.gradients([z, y], [x, y], grad_ys=[tf.ones_like(z) * 2.0, None]),
            tf.gradients([z, z], x),
            tf.gradients(z, [x, x]),
            tf.gradients(z, x, grad_ys=tf.constant([1.0, -1.0])),
        )

    return traced(tf, f, tf.constant([1.0, 2.0]))


@script("gradients: stop_gradients")
def _(tf):
    def f(x):
        y = x * x
        z = y * x
        return (
            tf.gradients(z, x, stop_gradients=[y]),
            tf.gradients(z, x, stop_gradients=y),
            tf.gradients(z, [x, y], stop_gradients=[y]),
            tf.gradients(z, [x, y], stop_gradients=[x]),
            tf.gradients(z, [x, y]),
        )

    return traced(tf, f, tf.constant([1.0, 2.0]))


@script("gradients: of gradients")
def _(tf):
    def f(x):
        g = tf.gradients(x**4, x)[0]
        h = tf.gradients(g, x)[0]
        return g, h, tf.gradients(h, x)

    return traced(tf, f, tf.constant([1.0, 2.0]))


@script("gradients: unconnected")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    def f(x):
        return (
            tf.gradients(x**3, [x, v]),
            tf.gradients(x**3, [x, v], unconnected_gradients="zero"),
            tf.gradients(tf.argmax(x), x),
            tf.gradients([], x),
            tf.gradients(tf.stop_gradient(x) * 2.0, x),
        )

    return traced(tf, f, tf.constant([1.0, 2.0]))


@script("gradients: Variables, lookups, a target that is a source")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    def f(x):
        return tf.gradients(v * v * x, v), tf.gradients(tf.gather(v, [0, 0]), v), tf.gradients(x, x)

    return traced(tf, f, tf.constant([1.0, 2.0]))


@script("gradients: under a tape outside")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    f = tf.function(lambda x: tf.gradients(x**3 * v, x)[0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x), tape.gradient(y, v)


@script("gradients: a function that a function calls")
def _(tf):
    def slope(x):
        return tf.gradients(tf.sin(x), x)[0]

    inner = tf.function(slope)
    return traced(tf, lambda x: slope(x) + inner(x * 2.0), tf.constant([1.0, 2.0]))


@script("hessians: of vectors, matrices, scalars")
def _(tf):
    def f(x):
        return tf.hessians(tf.reduce_sum(x**3) * tf.reduce_sum(x), x)

    return [traced(tf, f, tf.constant(x)) for x in ([1.0, 2.0], [[1.0, 2.0], [3.0, 4.0]], 2.0)]


@script("hessians: several targets and sources")
def _(tf):
    def f(x, v):
        y = x * x * v * v
        return tf.hessians([tf.reduce_sum(y), tf.reduce_sum(y * y)], [x, v])

    return traced(tf, f, tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]))


@script("hessians: none")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    x = tf.constant([1.0, 2.0])
    return (
        traced(tf, lambda x: tf.hessians(tf.reduce_sum(x), x), x),
        traced(tf, lambda x: tf.hessians(tf.reduce_sum(x * x), v), x),
    )
