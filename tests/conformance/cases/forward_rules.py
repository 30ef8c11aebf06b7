"""Forward mode and gradients of one's own: stop_gradient, custom_gradient, RegisterGradient."""

import contextlib

from conformance_kit import raises, script


def accumulator(tf, primals, tangents):
    return tf.autodiff.ForwardAccumulator(primals, tangents)


@script("stop_gradient")
def _(tf):
    x = tf.constant(2.0)
    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y = tf.stop_gradient(x * x)
        z = x * tf.stop_gradient(x)
    return acc.jvp(y), acc.jvp(z)


@script("custom_gradient goes through the body")
def _(tf):
    x = tf.constant([1.0, 2.0])

    @tf.custom_gradient
    def f(x):
        return tf.sin(x) * x, lambda dy: dy * 100.0

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
            z = y * 2.0
        g = tape.gradient(z, x)
    return acc.jvp(y), acc.jvp(z), g, acc.jvp(g)


@script("custom_gradient with several inputs and outputs")
def _(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)

    @tf.custom_gradient
    def f(x, y):
        def grad(da, db):
            return da * y * 10.0, db * x * 10.0

        return (x * y, x + y), grad

    with accumulator(tf, [x, y], [tf.constant(1.0), tf.constant(0.5)]) as acc:
        a, b = f(x, y)
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            c, d = f(x, y)
            total = c * d
        grads = tape.gradient(total, [x, y])
    return acc.jvp([a, b, total]), grads, acc.jvp(grads)


@script("custom_gradient with Variables")
def _(tf):
    v, x = tf.Variable(2.0), tf.constant(3.0)

    @tf.custom_gradient
    def f(x):
        def grad(dy, variables=None):
            return dy * 7.0, [dy * 11.0 for _ in variables]

        return v * x * x, grad

    with accumulator(tf, [v, x], [tf.constant(1.0), tf.constant(1.0)]) as acc:
        y = f(x)
    return acc.jvp(y)


@script("custom_gradient with a kernel that cuts the path")
def _(tf):
    x = tf.constant(2.0)

    @tf.custom_gradient
    def f(x):
        return tf.stop_gradient(x * x), lambda dy: dy * 100.0

    @tf.custom_gradient
    def floor(x):
        return tf.floor(x), lambda dy: dy

    with accumulator(tf, x, tf.constant(1.0)) as acc:
        y, z = f(x), floor(x)
    return acc.jvp(y), acc.jvp(z)


@script("clipping a gradient")
def _(tf):
    x = tf.constant([1.0, 2.0])

    @tf.custom_gradient
    def clipped(x):
        return tf.identity(x), lambda dy: tf.clip_by_norm(dy, 0.5)

    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(clipped(x) ** 3)
        g = tape.gradient(y, x)
    return acc.jvp(y), g, acc.jvp(g)


@script("custom_gradient, a tape around an accumulator")
def _(tf):
    x = tf.constant(2.0)

    @tf.custom_gradient
    def f(x):
        return x**3, lambda dy: dy * x * 5.0

    with tf.GradientTape() as tape:
        tape.watch(x)
        with accumulator(tf, x, tf.constant(1.0)) as acc:
            y = f(x)
        d = acc.jvp(y)
    return d, raises(lambda: tape.gradient(d, x))


@script("custom_gradient in nested accumulators")
def _(tf):
    x = tf.constant(2.0)

    @tf.custom_gradient
    def f(x):
        return x**4, lambda dy: dy * x

    with accumulator(tf, x, tf.constant(1.0)) as outer, accumulator(tf, x, tf.constant(1.0)) as inner:
        y = f(x)
        d = inner.jvp(y)
    return d, outer.jvp(y), outer.jvp(d)


@script("grad_pass_through")
def _(tf):
    x = tf.constant([1.25, 2.75])
    with accumulator(tf, x, tf.constant([1.0, -1.0])) as acc:
        y = tf.grad_pass_through(tf.round)(x)
        z = tf.grad_pass_through(tf.sin)(x)
    return acc.jvp(y), acc.jvp(z)


@script("ops without a gradient")
def _(tf):
    x = tf.constant([[2.0, 1.0], [0.5, 3.0]])

    def ask(f):
        with accumulator(tf, x, tf.ones_like(x)) as acc:
            y = f(x)
        return acc.jvp(y)

    return {
        "sort": raises(lambda: ask(tf.sort)),
        "argsort": raises(lambda: ask(tf.argsort)),
        "sign": raises(lambda: ask(tf.sign)),
        "floor": raises(lambda: ask(tf.floor)),
        "floordiv": raises(lambda: ask(lambda x: x // 0.75)),
        "mod": raises(lambda: ask(lambda x: x % 0.75)),
        "zeros_like": raises(lambda: ask(tf.zeros_like)),
        "ones_like": raises(lambda: ask(tf.ones_like)),
        "histogram": raises(lambda: ask(lambda x: tf.histogram_fixed_width(x, [0.0, 4.0], 3))),
        "bitcast": raises(lambda: ask(lambda x: tf.bitcast(x, tf.int32))),
        "lu": raises(lambda: ask(lambda x: tf.linalg.lu(x)[0])),
        "logm": raises(lambda: ask(lambda x: tf.linalg.logm(tf.cast(x, tf.complex64)))),
        "softsign": raises(lambda: ask(tf.nn.softsign)),
        "lrn": raises(lambda: ask(lambda x: tf.nn.lrn(tf.reshape(x, (1, 1, 1, 4))))),
        "betainc by a": raises(
            lambda: ask(lambda x: tf.math.betainc(x, 2.0 * tf.ones_like(x), 0.5 * tf.ones_like(x)))
        ),
        "polygamma by n": raises(lambda: ask(lambda x: tf.math.polygamma(tf.round(x), x + 1.0))),
        "zeta by x": raises(lambda: ask(lambda x: tf.math.zeta(x + 1.0, 2.0 * tf.ones_like(x)))),
        "pad with": raises(
            lambda: ask(lambda x: tf.pad(tf.ones((1, 1)), [[1, 1], [0, 0]], constant_values=x[0, 0]))
        ),
        "nextafter": raises(lambda: ask(lambda x: tf.math.nextafter(tf.ones_like(x), x))),
        "igamma by a": raises(lambda: ask(lambda x: tf.math.igamma(x, 2.0 * tf.ones_like(x)))),
        "unique": raises(lambda: ask(lambda x: tf.unique(tf.reshape(x, (-1,)))[0])),
        "check_numerics": raises(lambda: ask(lambda x: tf.debugging.check_numerics(x, "x"))),
        "ensure_shape": raises(lambda: ask(lambda x: tf.ensure_shape(x, (2, 2)))),
        "prevent_gradient": raises(lambda: ask(lambda x: tf.raw_ops.PreventGradient(input=x, message="no"))),
    }


# -- a gradient for an op that had none --------------------------------------------------------------------------------

_rule = {}


def registered(tf, rule):
    """Make `rule` the gradient of RandomGammaGrad, which may be registered but once."""
    _rule["of now"] = rule
    with contextlib.suppress(KeyError):
        tf.RegisterGradient("RandomGammaGrad")(lambda op, dy: _rule["of now"](op, dy))


# Each of these has shapes of its own: TensorFlow remembers the graph of a JVP by op and shapes.


@script("a registered gradient is transposed")
def _(tf):
    registered(tf, lambda op, dy: (dy * op.inputs[1], tf.reduce_sum(dy) * op.outputs[0]))
    x, y = tf.constant([5.0, 7.0]), tf.constant([3.0, 4.0])
    with accumulator(tf, [x, y], [tf.constant([1.0, 2.0]), tf.constant([0.5, -1.0])]) as acc:
        z = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
    with accumulator(tf, x, tf.constant([1.0, 2.0])) as one:
        w = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        v = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
    return acc.jvp(z), one.jvp(w), tape.gradient(v, [x, y])


@script("a registered gradient that is not linear")
def _(tf):
    registered(tf, lambda op, dy: (dy * dy * 3.0 + dy, tf.sin(dy)))
    x, y = tf.constant([5.0, 7.0, 1.0]), tf.constant([3.0, 4.0, 2.0])
    with accumulator(tf, [x, y], [tf.constant([1.0, 2.0, 1.0]), tf.constant([0.5, -1.0, 0.0])]) as acc:
        z = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
    return acc.jvp(z)


@script("a registered gradient of None, and of one input alone")
def _(tf):
    registered(tf, lambda op, dy: (dy * 3.0, None))
    x, y = tf.constant([5.0, 7.0, 1.0, 4.0]), tf.constant([3.0, 4.0, 2.0, 3.0])
    answers = []
    for primal in (x, y):
        with accumulator(tf, primal, tf.ones(4)) as acc:
            z = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
        answers.append(acc.jvp(z))
    registered(tf, lambda op, dy: (None, None))
    with accumulator(tf, x[:1], tf.ones(1)) as acc:
        z = tf.raw_ops.RandomGammaGrad(alpha=x[:1], sample=y[:1])
    return answers, acc.jvp(z)


@script("a registered gradient in second order")
def _(tf):
    registered(tf, lambda op, dy: (dy * op.inputs[0] ** 2, dy * op.inputs[0]))
    x, y = tf.constant([[5.0, 7.0]]), tf.constant([[3.0, 4.0]])
    with accumulator(tf, x, tf.constant([[1.0, 2.0]])) as outer:
        with accumulator(tf, x, tf.constant([[1.0, -1.0]])) as inner:
            z = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
        d = inner.jvp(z)
        with tf.GradientTape() as tape:
            tape.watch(x)
            w = tf.raw_ops.RandomGammaGrad(alpha=x, sample=y)
        g = tape.gradient(w, x)
    return d, outer.jvp(d), g, outer.jvp(g)
