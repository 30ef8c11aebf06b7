"""Forward mode in forward mode, tapes in accumulators and accumulators in tapes: which sees which."""

import contextlib

from conformance_kit import raises, script


def accumulator(tf, primals, tangents):
    return tf.autodiff.ForwardAccumulator(primals, tangents)


def function(tf, x):
    return tf.exp(x) * tf.sin(x) + x**3


@script("two accumulators around one function")
def _(tf):
    x = tf.constant([1.0, 0.5])
    with accumulator(tf, x, tf.constant([1.0, 2.0])) as outer:
        with accumulator(tf, x, tf.constant([0.5, -1.0])) as inner:
            y = function(tf, x)
        first = inner.jvp(y)
    return {
        "outer": outer.jvp(y),
        "inner": first,
        "outer of inner": outer.jvp(first),
        "inner of outer": inner.jvp(outer.jvp(y)),
        "inner of inner": inner.jvp(first),
    }


@script("asked inside of both")
def _(tf):
    x = tf.constant(1.5)
    with accumulator(tf, x, tf.constant(1.0)) as outer, accumulator(tf, x, tf.constant(1.0)) as inner:
        y = x**3
        first = inner.jvp(y)
        second = outer.jvp(first)
        other = inner.jvp(outer.jvp(y))
        product = first * y
        both = inner.jvp(product), outer.jvp(product)
    return first, second, other, both


@script("three accumulators")
def _(tf):
    x = tf.constant(0.75)
    one = tf.constant(1.0)
    with accumulator(tf, x, one) as a:
        with accumulator(tf, x, one) as b:
            with accumulator(tf, x, one) as c:
                y = function(tf, x)
            yc = c.jvp(y)
        ybc = b.jvp(yc)
    return {
        "first": [a.jvp(y), b.jvp(y), yc],
        "second": [ybc, a.jvp(yc), a.jvp(b.jvp(y)), b.jvp(a.jvp(y)), c.jvp(b.jvp(y))],
        "third": [a.jvp(ybc), b.jvp(a.jvp(yc)), c.jvp(a.jvp(ybc))],
    }


@script("four accumulators of a polynomial")
def _(tf):
    x = tf.constant(2.0, tf.float64)
    one = tf.ones_like(x)
    around = [accumulator(tf, x, one) for _ in range(4)]
    with contextlib.ExitStack() as stack:
        for acc in around:
            stack.enter_context(acc)
        answers = [x**5 - 2.0 * x * x]
        for acc in reversed(around):
            answers.append(acc.jvp(answers[-1]))
    return answers


@script("accumulators of different primals")
def _(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with accumulator(tf, x, tf.constant(1.0)) as outer, accumulator(tf, y, tf.constant(1.0)) as inner:
        z = x * x * y * y
        dy = inner.jvp(z)
        dxdy = outer.jvp(dy)
    return outer.jvp(z), dy, dxdy, inner.jvp(outer.jvp(z))


@script("made early, entered in another order")
def _(tf):
    x = tf.constant(2.0)
    a, b = (accumulator(tf, x, tf.constant(1.0)) for _ in range(2))
    with b, a:
        y = x**3
        answers = [a.jvp(b.jvp(y)), b.jvp(a.jvp(y))]
    return answers


@script("side by side, not nested")
def _(tf):
    x = tf.constant(2.0)
    a, b = (accumulator(tf, x, tf.constant(t)) for t in (1.0, 10.0))
    a.__enter__()
    y = x * x
    b.__enter__()
    z = y * x
    a.__exit__(None, None, None)
    w = z * x
    b.__exit__(None, None, None)
    return [acc.jvp(v) for acc in (a, b) for v in (y, z, w)]


@script("the tangent depends on an outer primal")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as outer:
        with accumulator(tf, x, x * x) as inner:
            y = x**3
        d = inner.jvp(y)
    return d, outer.jvp(d), outer.jvp(y)


@script("the primal is computed in the outer accumulator")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as outer:
        u = x * x
        with accumulator(tf, u, tf.constant(1.0)) as inner:
            y = tf.sin(u) * x
        d = inner.jvp(y)
    return d, outer.jvp(y), outer.jvp(d), inner.jvp(u), outer.jvp(u)


@script("a primal is the result of another one")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as first:
        y = x * x
        with accumulator(tf, [x, y], [tf.constant(1.0), tf.constant(10.0)]) as second:
            z = x * y
    return first.jvp(z), second.jvp(z), second.jvp(y)


# -- forward over reverse ----------------------------------------------------------------------------------------------


@script("forward over reverse")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(function(tf, x)) * tf.reduce_prod(x)
        g = tape.gradient(y, x)
    return y, g, acc.jvp(y), acc.jvp(g)


@script("forward over reverse, the gradient taken outside")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc, tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x**3)
    g = tape.gradient(y, x)
    return g, acc.jvp(g), acc.jvp(y)


@script("forward over reverse with Variables and cotangents")
def _(tf):
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([[0.5, -1.0]])
    with accumulator(tf, [v, w], [tf.constant([1.0, 0.0]), tf.constant([[0.0, 2.0]])]) as acc:
        with tf.GradientTape() as tape:
            y = tf.tanh(v * w) * v
        grads = tape.gradient(y, [v, w], output_gradients=tf.constant([[2.0, 3.0]]))
    return grads, acc.jvp(grads)


@script("forward over reverse, unconnected and zero gradients")
def _(tf):
    x, z = tf.constant([1.0, 2.0]), tf.constant(3.0)
    with accumulator(tf, x, tf.constant([1.0, 1.0])) as acc:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, z])
            linear = tf.reduce_sum(x * 2.0)
            other = z * z
        g = tape.gradient(linear, [x, z], unconnected_gradients="zero")
        h = tape.gradient(other, [x, z])
    return g, acc.jvp(g), acc.jvp(h[1])


@script("forward over a second order tape")
def _(tf):
    x = tf.constant(1.5)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t1:
                t1.watch(x)
                y = x**4
            d1 = t1.gradient(y, x)
        d2 = t2.gradient(d1, x)
    return acc.jvp([y, d1, d2])


@script("forward over forward over reverse")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with accumulator(tf, x, tf.constant([1.0, 0.0])) as a:
        with accumulator(tf, x, tf.constant([0.0, 1.0])) as b:
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_prod(x**3)
            g = tape.gradient(y, x)
        h = b.jvp(g)
    return g, h, a.jvp(g), a.jvp(h)


@script("a persistent tape and two accumulators")
def _(tf):
    x = tf.constant(1.5)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = tf.sin(x)
            z = y * x
        grads = [tape.gradient(y, x), tape.gradient(z, x), tape.gradient(z, y)]
    return grads, acc.jvp(grads)


@script("jacobian under an accumulator")
def _(tf):
    x = tf.constant([1.0, 2.0])

    def ask(**options):
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y = tf.exp(x) * tf.reduce_sum(x * x)
            j = tape.jacobian(y, x, **options)
        return j, acc.jvp(j)

    return ask(experimental_use_pfor=False), raises(ask)


@script("batch_jacobian under an accumulator")
def _(tf):
    x = tf.constant([[1.0, 2.0], [0.5, -1.0]])

    def ask(**options):
        with accumulator(tf, x, tf.ones_like(x)) as acc:
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(x)
                y = x * x * x[:, ::-1]
            j = tape.batch_jacobian(y, x, **options)
        return j, acc.jvp(j)

    return ask(experimental_use_pfor=False), raises(ask)


# -- reverse over forward ----------------------------------------------------------------------------------------------


@script("reverse over forward")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            y = tf.reduce_sum(function(tf, x)) * tf.reduce_prod(x)
        d = acc.jvp(y)
    return d, tape.gradient(d, x)


@script("reverse over forward, by the tangent too")
def _(tf):
    x, t = tf.constant([1.0, 2.0]), tf.constant([1.0, -1.0])
    with tf.GradientTape() as tape:
        tape.watch([x, t])
        with accumulator(tf, x, t) as acc:
            y = tf.tanh(x) * x
        d = acc.jvp(y)
    return d, tape.gradient(d, [x, t])


@script("reverse over forward, asked outside of the tape")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            y = x**3
    d = acc.jvp(y)
    return d, tape.gradient(d, x), tape.gradient(y, x)


@script("reverse over forward with a Variable")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        with accumulator(tf, v, tf.constant([1.0, -1.0])) as acc:
            y = v**3
        d = acc.jvp(y)
    return d, tape.gradient(d, v)


@script("reverse over forward over reverse")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = tf.reduce_prod(x**3)
            g = inner.gradient(y, x)
        h = acc.jvp(g)
    return g, h, outer.gradient(h, x)


@script("a tape inside does not see the accumulator")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**3
            d = acc.jvp(y)
            z = d * x
        g = tape.gradient(z, x)
    return d, g, acc.jvp(z), acc.jvp(d)


@script("the tape sees the accumulator that is opened inside of it, not the one around it")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as around:
        with tf.GradientTape() as tape:
            tape.watch(x)
            with accumulator(tf, x, tf.constant(1.0)) as within:
                y = x**4
            d_within, d_around = within.jvp(y), around.jvp(y)
            total = d_within + d_around
        g = tape.gradient(total, x)
    return d_within, d_around, g, around.jvp(g)


@script("third derivatives in each order of modes")
def _(tf):
    x = tf.constant(1.25, tf.float64)
    one = tf.ones_like(x)

    def forward(f):
        def df(x):
            with accumulator(tf, x, one) as acc:
                y = f(x)
            return acc.jvp(y)

        return df

    def reverse(f):
        def df(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = f(x)
            return tape.gradient(y, x)

        return df

    answers = {}
    for i in range(8):
        f, name = lambda x: tf.sin(x) * x**4, ""
        for bit in range(3):
            f, name = (forward(f), f"{name}f") if i >> bit & 1 else (reverse(f), f"{name}r")
        if name != "ffr":  # a tape around two accumulators: there TensorFlow has an InternalError
            answers[name] = f(x)
    return answers


@script("stop_recording under an accumulator")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
            with tape.stop_recording():
                z = y * x
            w = z * x
        g = tape.gradient(w, x)
    return acc.jvp([y, z, w]), g, acc.jvp(g)


@script("an inner accumulator raises")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as outer:

        def fail():
            with accumulator(tf, x, tf.constant(1.0)):
                tf.matmul(x, x)

        caught = raises(fail)
        y = x * x
    return caught, outer.jvp(y)
