"""A tape's life: one gradient or many, inside and outside of its context, re-entry, stop_recording, reset."""

import gc

from conformance_kit import error, raises, script


# -- when ----------------------------------------------------------------------------------------------------
@script("a second gradient of a tape that is not persistent")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x), raises(lambda: tape.gradient(y, x)), raises(lambda: tape.jacobian(y, x))


@script("a second gradient inside the context")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        first = tape.gradient(y, x)
        second = raises(lambda: tape.gradient(y, x))
    return first, second


@script("the gradient inside a context that goes on")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        first = tape.gradient(y, x)
        z = y * x
    return first, raises(lambda: tape.gradient(z, x))


@script("a persistent tape: gradients inside are recorded too")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x**3
        dy = tape.gradient(y, x)
        ddy = tape.gradient(dy, x)
    return dy, ddy, tape.gradient(dy, x), tape.gradient(ddy, x), tape.gradient(y, x)


@script("a persistent tape: outside of the context nothing is recorded")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x**3
    dy = tape.gradient(y, x)
    z = y * 2.0
    return dy, tape.gradient(dy, x), tape.gradient(z, x)


@script("gradient before anything is recorded")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape()
    before = raises(lambda: tape.gradient(x, x))
    with tf.GradientTape() as empty:
        pass
    return before, raises(lambda: empty.gradient(x, x)), raises(lambda: tf.GradientTape().gradient(x * x, x))


@script("re-entry: a tape goes on where it stopped")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape()
    with tape:
        y = x * x
    unseen = y * 5.0
    with tape:
        z = y * x
    return raises(lambda: tape.gradient([z, unseen], x))


@script("re-entry of a persistent tape, between two gradients")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        y = x * x
    first = tape.gradient(y, x)
    with tape:
        z = y * x
    return first, tape.gradient(z, x)


@script("re-entry after the gradient")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape()
    with tape:
        y = x * x
    first = tape.gradient(y, x)

    def again():
        with tape:
            z = x * x
        return tape.gradient(z, x)

    return first, raises(again)


@script("entering a tape twice at once")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape()

    def twice():
        with tape, tape:
            y = x * x
        return tape.gradient(y, x)

    return {"twice": raises(twice)}


@script("an exception inside leaves the stack clean")
def _(tf):
    x = tf.Variable(3.0)
    tape = tf.GradientTape()

    def breaks():
        with tape:
            y = x * x
            raise KeyError(y)

    broken = raises(breaks)
    z = x * x
    with tf.GradientTape() as after:
        w = x * x * x
    return broken, raises(lambda: tape.gradient(z, x)), after.gradient(w, x)


@script("an exception inside: what came before it counts")
def _(tf):
    x = tf.Variable(3.0)
    kept = []
    tape = tf.GradientTape()

    def breaks():
        with tape:
            kept.append(x * x)
            raise ValueError

    return raises(breaks), tape.gradient(kept[0], x)


@script("an op that raises leaves no entry")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
        bad = raises(lambda: x + tf.ones([3]))
        z = y + x
    return bad, tape.gradient(z, x)


@script("the target was dropped and made again")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        del y
        gc.collect()
        y = x * x * x
    return tape.gradient(y, x)


# -- stop_recording and reset --------------------------------------------------------------------------------
@script("stop_recording")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        with tape.stop_recording():
            hidden = y * 2.0
            inside = tape.gradient(y, x)
        z = y + hidden
    return inside, tape.gradient(hidden, x), tape.gradient(z, x)


@script("stop_recording: the gradient of a tape that is not persistent")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            g = tape.gradient(y, x)
    return g, raises(lambda: tape.gradient(y, x))


@script("stop_recording of one of two tapes")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as one, tf.GradientTape() as two, one.stop_recording():
        y = x * x
    return one.gradient(y, x), two.gradient(y, x)


@script("stop_recording of an outer tape, inside an inner one")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner, outer.stop_recording():
            y = x * x
        z = y * x
    return inner.gradient(y, x), outer.gradient(z, x)


@script("stop_recording outside of the context")
def _(tf):
    tape = tf.GradientTape()

    def stop():
        with tape.stop_recording():
            return 1

    return {"stop": raises(stop)}


@script("stop_recording, an exception inside")
def _(tf):
    x = tf.Variable(3.0)

    def run():
        with tf.GradientTape() as tape:
            try:
                with tape.stop_recording():
                    raise KeyError
            except KeyError:
                pass
            y = x * x
        return tape.gradient(y, x)

    return raises(run)


@script("stop_recording: watching inside")
def _(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            watched = raises(lambda: tape.watch(x))
        y = x * x
    return watched, tape.gradient(y, x)


@script("reset forgets")
def _(tf):
    x, c = tf.Variable(3.0), tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(c)
        y = x * x * c
        tape.reset()
        z = x * c
    return tape.gradient([y, z], [x, c]), len(tape.watched_variables())


@script("reset: gradient of what came before")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        tape.reset()
        z = y * x
    return tape.gradient(y, x), tape.gradient(z, x)


@script("reset outside of the context")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    g = tape.gradient(y, x)

    def again():
        tape.reset()
        return tape.gradient(y, x)

    return g, raises(again)


error("GradientTape of an unknown keyword", lambda tf: tf.GradientTape(persist=True))
