"""Several `gather`s of one TensorArray in a round of a loop, and their gradients, of the second order, too."""

from conformance_kit import script

AT = ([1.0, 2.0, 3.0], [1.5, 3.0, 4.5])


def derivatives(tf, f):
    """The values of `f` and two derivatives, as it is and traced, the second time by the trace that is there."""

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        return tape.gradient(y, x)

    def second(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = slope(x)
        return tape.gradient(y, x)

    ways = [g for one in (f, slope, second) for g in (one, tf.function(one))]
    return [g(tf.constant(x)) for g in ways for x in AT]


@script("several gathers in a round")
def _(tf):
    def f(x):
        ta = tf.TensorArray(tf.float32, 3, clear_after_read=False).unstack(x)
        s = 0.0
        for i in tf.range(2):
            s += tf.reduce_sum(ta.gather([i, i + 1]) ** 2) * tf.reduce_sum(ta.gather([0, 2]) ** 3)
        return s

    return derivatives(tf, f)


@script("what a round gathers is multiplied into what the next one does")
def _(tf):
    def f(x):
        ta = tf.TensorArray(tf.float32, 3).unstack(x)
        s = tf.zeros([2])
        for i in tf.range(3):
            s += ta.gather([0, 1]) * tf.cast(i, tf.float32)
            s *= ta.gather([1, 2])
        return s

    return derivatives(tf, f)


@script("gathers of what rounds before have written")
def _(tf):
    def f(x):
        ta = tf.TensorArray(tf.float32, 0, dynamic_size=True, clear_after_read=False)
        s = 0.0
        for i in tf.range(4):
            ta = ta.write(i, x[i % 3] * tf.cast(i + 1, tf.float32))
            if i > 0:
                s += tf.reduce_sum(ta.gather([i - 1, i]) ** 2) * tf.reduce_sum(ta.gather([0, i]))
        return s + tf.reduce_sum(ta.stack())

    return derivatives(tf, f)


@script("gathers, stack and concat of one array")
def _(tf):
    def f(x):
        ta = tf.TensorArray(tf.float32, 3, clear_after_read=False)
        for i in tf.range(3):
            ta = ta.write(i, x * tf.cast(i, tf.float32))
        return (
            tf.reduce_sum(ta.concat() ** 2)
            + tf.reduce_sum(ta.gather([0, 2]) ** 3)
            + tf.reduce_sum(ta.stack() * ta.gather([2, 1, 0]))
        )

    return derivatives(tf, f)
