"""Tapes in tapes: who lives how long, who listens, who is asked when; what is left after they are gone."""

import gc

from conformance_kit import raises, script

KINDS = [(outer, inner) for outer in (False, True) for inner in (False, True)]


# -- persistent and not -------------------------------------------------------------------------------------------
@script("second derivatives: every pair of kinds, the inner gradient outside of the inner context")
def _(tf):
    def run(outer, inner):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=outer) as t2:
            with tf.GradientTape(persistent=inner) as t1:
                y = x**3
            g = t1.gradient(y, x)
        again = raises(lambda: t1.gradient(y, x))
        return (
            g,
            again,
            t2.gradient(g, x),
            raises(lambda: t2.gradient(y, x)),
            raises(lambda: t2.gradient(g, x)),
        )

    return {f"{o} {i}": run(o, i) for o, i in KINDS}


@script("second derivatives: every pair of kinds, the inner gradient inside of the inner context")
def _(tf):
    def run(outer, inner):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=outer) as t2, tf.GradientTape(persistent=inner) as t1:
            y = x**3
            g = t1.gradient(y, x)
        return (
            g,
            raises(lambda: t1.gradient(g, x)),
            raises(lambda: t1.gradient(y, x)),
            raises(lambda: t2.gradient(g, x)),
            raises(lambda: t2.gradient(y, x)),
        )

    return {f"{o} {i}": run(o, i) for o, i in KINDS}


@script("second derivatives: every pair of kinds, the inner gradient outside of both contexts")
def _(tf):
    def run(outer, inner):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=outer) as t2, tf.GradientTape(persistent=inner) as t1:
            y = x**3
        g = t1.gradient(y, x)
        return g, t2.gradient(g, x), raises(lambda: t2.gradient(y, x))

    return {f"{o} {i}": run(o, i) for o, i in KINDS}


@script("third derivatives: every kind of each of three tapes")
def _(tf):
    def run(kinds):
        x = tf.Variable(1.5)
        with tf.GradientTape(persistent=kinds[0]) as t3:
            with tf.GradientTape(persistent=kinds[1]) as t2:
                with tf.GradientTape(persistent=kinds[2]) as t1:
                    y = x**4
                a = t1.gradient(y, x)
            b = t2.gradient(a, x)
        return a, b, t3.gradient(b, x)

    return [run((a, b, c)) for a in (False, True) for b in (False, True) for c in (False, True)]


@script("one persistent tape for every order")
def _(tf):
    x = tf.Variable(1.5)
    with tf.GradientTape(persistent=True) as tape:
        y = x**5
        orders = [y]
        for _ in range(4):
            orders.append(tape.gradient(orders[-1], x))
    return orders, [tape.gradient(o, x) for o in orders], tape.gradient(orders[3], orders[1])


@script("a persistent tape: the gradient inside changes nothing for the rest")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        g = tape.gradient(y, x)
        z = y * g
        h = tape.gradient(z, [x, y, g])
        w = z + h[0]
    return g, h, tape.gradient(w, [x, y, z, g, *h]), tape.gradient(z, x)


@script("a tape that is not persistent: its gradient inside ends its recording")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = x * x
            g = tape.gradient(y, x)
            z = x * y * g
        outside = z * x
    return g, raises(lambda: tape.gradient(z, x)), outer.gradient(outside, x)


@script("the outer tape is asked first")
def _(tf):
    def run(outer, inner):
        x = tf.Variable([1.0, 2.0])
        with tf.GradientTape(persistent=outer) as t2, tf.GradientTape(persistent=inner) as t1:
            y = x**3
        first = t2.gradient(y, x)
        return first, t1.gradient(y, x), raises(lambda: t2.gradient(y, x))

    return {f"{o} {i}": run(o, i) for o, i in KINDS}


@script("two inner tapes in one outer one, one after the other")
def _(tf):
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as one:
            a = x * x * y
        da = one.gradient(a, [x, y])
        with tf.GradientTape() as two:
            b = a * da[0]
        db = two.gradient(b, [x, y])
        total = da[0] * db[1] if db[1] is not None else da[0]
    return da, db, outer.gradient(total, [x, y]), outer.gradient(b, [x, y, a])


@script("an inner tape that watches another variable than the outer one")
def _(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(y)
            z = x * x * y * y
        dy = inner.gradient(z, y)
    return dy, outer.gradient(dy, [x, y]), outer.gradient(z, [x, y]), inner.gradient(z, [x, y])


@script("an inner tape stopped, an outer one going on")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = x * x
            with inner.stop_recording():
                z = y * x
            w = z * y
        g = inner.gradient(w, [x, y, z])
    return g, outer.gradient(w, x), [None if t is None else outer.gradient(t, x) for t in g]


@script("stop_recording nested in stop_recording")
def _(tf):
    x = tf.Variable(2.0)

    def run():
        with tf.GradientTape(persistent=True) as tape:
            y = x * x
            with tape.stop_recording(), tape.stop_recording():
                z = y * x
        return tape.gradient(z, x)

    with tf.GradientTape() as after:
        w = x * x
    return raises(run), after.gradient(w, x)


@script("stop_recording twice, one after the other")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        a = x * x
        with tape.stop_recording():
            b = a * 2.0
        c = b * x
        with tape.stop_recording():
            d = c * 2.0
        e = d * a + c
    return [tape.gradient(e, s) for s in (x, a, b, c, d)]


@script("stop_recording of the outer tape, around an inner one and its gradient")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with outer.stop_recording():
            with tf.GradientTape() as inner:
                y = x**3
            g = inner.gradient(y, x)
        z = g * x
    return g, outer.gradient(g, x), outer.gradient(z, x)


@script("stop_recording of a tape around the other tape's gradient alone")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = x**3
        with outer.stop_recording():
            g = inner.gradient(y, x)
        z = g * y
    return g, outer.gradient(z, x)


@script("reset of the inner tape, of the outer tape")
def _(tf):
    x = tf.Variable(2.0)

    def run(which):
        with tf.GradientTape(persistent=True) as outer:
            with tf.GradientTape(persistent=True) as inner:
                y = x * x
                (inner if which == "inner" else outer).reset()
                z = y * x
            g = inner.gradient(z, x)
            w = g * z
        return (
            g,
            outer.gradient(w, x) if which == "inner" else None,
            outer.gradient(z, x),
            outer.gradient(y, x),
        )

    return run("inner"), run("outer")


@script("reset: what was watched must be watched anew")
def _(tf):
    x, v = tf.constant(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * v
        before = len(tape.watched_variables())
        tape.reset()
        during = len(tape.watched_variables())
        z = x * v
        tape.watch(x)
        w = x * v * y
    return before, during, tape.gradient(z, v), tape.gradient(w, [x, v, y])


@script("reset inside stop_recording")
def _(tf):
    x = tf.Variable(2.0)

    def run():
        with tf.GradientTape() as tape:
            y = x * x
            with tape.stop_recording():
                tape.reset()
            z = y * x
        return tape.gradient(z, x)

    with tf.GradientTape() as after:
        w = x * x
    return raises(run), after.gradient(w, x)


@script("an outer tape that began after the inner one had recorded")
def _(tf):
    v, x = tf.Variable([2.0, 3.0]), tf.constant([2.0, 3.0])
    with tf.GradientTape(persistent=True) as inner:
        inner.watch(x)
        y, z = v**3, x**3
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([v, x])
        of_v, of_x = inner.gradient(y, v), inner.gradient(z, x)
        rows_v, rows_x = inner.jacobian(y, v), inner.jacobian(z, x)
        together = of_v + of_x + v**2
    # What a Variable was read for before the outer tape began, that tape has not seen; a tensor is the same tensor.
    answers = [outer.gradient(t, [v, x]) for t in (of_v, of_x, rows_v, rows_x, together)]
    return of_v, of_x, answers


@script("an accumulator that began after the tape had recorded")
def _(tf):
    v, x = tf.Variable([2.0, 3.0]), tf.constant([2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = v**3, x**3
    answers = []
    for primal, target in ((v, y), (x, z)):
        with tf.autodiff.ForwardAccumulator(primal, tf.constant([1.0, 10.0])) as acc:
            g = tape.gradient(target, primal)
            again = primal * g
        answers.append((g, acc.jvp(g), acc.jvp(again)))
    return answers


@script("an accumulator around integers, and around what hands its input on")
def _(tf):
    v = tf.Variable([3.0, 1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(v, tf.constant([1.0, 10.0, 100.0])) as acc:
        made = {
            "argsort": tf.argsort(v),
            "top_k": tf.math.top_k(v, 2).indices,
            "values": tf.math.top_k(v, 2).values,
            "read": v.value() * 2.0,
            "converted": tf.convert_to_tensor(v),
            "power 1": v**1,
            "power 3": v**3,
            "stack": tf.stack([v]),
            "concat": tf.concat([v], 0),
            "identity_n": tf.identity_n([v])[0],
            "cast": tf.cast(v, tf.int32),
        }
    return {k: acc.jvp(y) for k, y in made.items()}


@script("an outer tape that was stopped during the forward pass alone")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as outer:
        with outer.stop_recording(), tf.GradientTape() as inner:
            y = v**3
        g = inner.gradient(y, v)
        z = g * v
    return g, outer.gradient(g, v), outer.gradient(z, v)


@script("an outer tape over the gradients of tapes that were kept")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    kept = []
    for power in (2, 3):
        with tf.GradientTape(persistent=True) as tape:
            h = v * w
            y = h**power
        kept.append((tape, y, h))
    with tf.GradientTape(persistent=True) as outer:
        total = v * w
        for tape, y, h in kept:
            outer.watch(h)
            total += tape.gradient(y, v) + tape.gradient(y, h)
    return total, outer.gradient(total, [v, w, kept[0][2], kept[1][2]])


# -- contexts -----------------------------------------------------------------------------------------------------
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


# -- memory -------------------------------------------------------------------------------------------------------
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
