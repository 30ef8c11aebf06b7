"""Contexts of tapes: entered twice, left out of order, left by exceptions."""

from conformance_kit import raises, script

KINDS = [(outer, inner) for outer in (False, True) for inner in (False, True)]


@script("re-entry: a tape that goes on inside another one")
def _(tf):
    x = tf.Variable(2.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        y = x * x
    with tf.GradientTape(persistent=True) as other:
        unseen = y * x
        with tape:
            z = y * x * unseen
    return tape.gradient(z, x), other.gradient(z, x), tape.gradient(unseen, x), other.gradient(unseen, [x, y])


@script("re-entry: while the tape is still recording, as an inner context")
def _(tf):
    x = tf.Variable(2.0)

    def run(persistent):
        with tf.GradientTape(persistent=persistent) as tape:
            y = x * x
            failed = raises(tape.__enter__)
            z = y * x
        return failed.name, tape.gradient(z, x)

    return run(False), run(True)


@script("contexts that end in the order in which they began")
def _(tf):
    x = tf.Variable(2.0)
    one, two = tf.GradientTape(persistent=True), tf.GradientTape(persistent=True)
    one.__enter__()
    two.__enter__()
    y = x * x
    one.__exit__(None, None, None)
    z = y * x
    g = one.gradient(y, x)
    two.__exit__(None, None, None)
    return g, one.gradient(z, [x, y]), two.gradient(z, [x, y]), two.gradient(g, x)


@script("leaving a context twice")
def _(tf):
    x = tf.Variable(2.0)
    tape = tf.GradientTape()
    tape.__enter__()
    y = x * x
    tape.__exit__(None, None, None)
    again = raises(lambda: tape.__exit__(None, None, None))
    return again, tape.gradient(y, x)


@script("a tape that is never entered")
def _(tf):
    x = tf.Variable(2.0)
    tape = tf.GradientTape()
    return (
        raises(lambda: tape.gradient(x, x)),
        raises(lambda: tape.jacobian(x, x)),
        raises(lambda: tape.watch(x)),
        raises(tape.reset),
        raises(tape.watched_variables),
        raises(lambda: tape.__exit__(None, None, None)),
    )


@script("what __enter__ gives, in a loop over one persistent tape")
def _(tf):
    x = tf.Variable(2.0)
    tape = tf.GradientTape(persistent=True)
    grads = []
    y = x
    for _ in range(3):
        with tape as same:
            y = y * x
        grads.append(tape.gradient(y, x))
    return same is tape, grads


@script("a generator that leaves a tape open, and is closed")
def _(tf):
    x = tf.Variable(2.0)

    def values():
        with tf.GradientTape() as tape:
            y = x * x
            yield y, tape
            yield y * x, tape

    running = values()
    y, tape = next(running)
    z = y * x
    running.close()
    w = z * x
    return tape.gradient([y, z, w], x)


@script("an exception passes through two tapes")
def _(tf):
    x = tf.Variable(2.0)
    kept = []

    def run():
        with tf.GradientTape() as outer, tf.GradientTape() as inner:
            kept.extend([x * x, outer, inner])
            raise KeyError("inside")

    failed = raises(run)
    y, outer, inner = kept
    z = y * x
    return failed, inner.gradient(y, x), outer.gradient([y, z], x), len(tf.GradientTape().watched_variables())


@script("an exception in an op, caught inside two tapes")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = x * x
            failed = [raises(lambda: tf.matmul(x, x)), raises(lambda: y + tf.ones([3]))]
            z = y * x
        g = inner.gradient(z, x)
    return failed, g, outer.gradient(g, x)
