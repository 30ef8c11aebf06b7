"""Tapes within tapes, of every kind, stopped and reset in every order."""

from conformance_kit import raises, script

KINDS = [(outer, inner) for outer in (False, True) for inner in (False, True)]


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
