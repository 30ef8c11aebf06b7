"""What is collected while a tape listens, and what a tape keeps."""

import gc

from conformance_kit import script

KINDS = [(outer, inner) for outer in (False, True) for inner in (False, True)]


@script("an inner tape is collected while the outer one listens")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        inner = tf.GradientTape()
        with inner:
            y = x**3
        g = inner.gradient(y, x)
        del inner
        gc.collect()
        z = g * y
    return outer.gradient(z, [x, y, g])


@script("an inner tape is collected unasked")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(x)
            y = x**3
        del inner
        gc.collect()
        z = y * x
    return outer.gradient(z, [x, y])


@script("an inner tape is collected while it records")
def _(tf):
    x = tf.Variable(2.0)

    def part():
        tape = tf.GradientTape()
        tape.__enter__()
        return x * x

    with tf.GradientTape() as outer:
        y = part()
        gc.collect()
        z = y * x
    return outer.gradient(z, x)


@script("the outer tape is collected while the inner one listens")
def _(tf):
    x = tf.Variable(2.0)
    outer = tf.GradientTape(persistent=True)
    with outer:
        y = x * x
    with tf.GradientTape() as inner:
        z = y * x
    del outer
    gc.collect()
    return inner.gradient(z, [x, y])


@script("del tape, then another one over the same values")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    first = tape.gradient(y, x)
    del tape
    with tf.GradientTape() as tape:
        z = x * y
    with tf.GradientTape() as watching:
        watching.watch(x)
        w = x * y
    return first, tape.gradient(z, x), watching.gradient(w, [x, y])


@script("intermediate results are dropped before the gradient")
def _(tf):
    x = tf.Variable([1.0, 2.0])

    def forward():
        a = tf.exp(x)
        b = a * x
        return tf.reduce_sum(b * b)

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = forward()
        gc.collect()
        g = inner.gradient(y, x)
    del y
    gc.collect()
    return g, outer.gradient(g, x)


@script("the source is dropped before the gradient")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * w * v
    del v
    gc.collect()
    return tape.gradient(y, w), len(tape.watched_variables())


@script("a Variable that only the tape still knows")
def _(tf):
    w = tf.Variable(3.0)

    def layer():
        v = tf.Variable(2.0, name="gone")
        return v * v * w

    with tf.GradientTape() as tape:
        y = layer()
    gc.collect()
    found = tape.watched_variables()
    return [v.name for v in found if v is not w], tape.gradient(y, list(found))


@script("the tape outlives its function, its target does too")
def _(tf):
    def build(value):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return lambda: tape.gradient(y, x)

    asks = [build(float(i)) for i in range(3)]
    gc.collect()
    return [ask() for ask in asks]


@script("watched_variables after the only gradient, and after reset")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = v * w
    before = len(tape.watched_variables())
    tape.gradient(y, v)
    after = len(tape.watched_variables())
    with tf.GradientTape() as other:
        _ = v * w
        other.reset()
        _ = v * 2.0
    return before, after, len(other.watched_variables())
