"""custom_gradient: which callables it takes, what they are given and return, what their gradient functions may be."""

from cases._differentiation import ask
from conformance_kit import raises, script

ask(
    "positional, keyword and default arguments",
    """
    first(cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0)), [x, z], x)
    first(cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0)), [x, z], x, b=z)
    first(cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0)), [x, z], x, z)
    first(cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0)), [x, z], a=x, b=z)
    first(cg(lambda a, *, b: (a * b, lambda d: d * 7.0)), [x, z], x, b=z)
    first(cg(lambda a, /, b: (a * b, lambda d: (d * 7.0, d))), [x, z], x, z)
    first(cg(lambda *a: (a[0] * a[1], lambda d: [d * 7.0, d * 8.0])), [x, z], x, z)
    first(cg(lambda *a, **k: (a[0] * k["b"], lambda d: d * 7.0)), [x, z], x, b=z)
    first(cg(lambda a=None: (a * 2.0, lambda d: d * 7.0)), [x], a=x)
    first(cg(lambda a=None: (a * 2.0, lambda d: [])), [x], a=x)
    first(cg(lambda a, b: (a * b, lambda d: (d * 3.0, d * 5.0))), [x], x, x)
    cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0))()
    cg(lambda a, b=2.0: (a * b, lambda d: d * 7.0))(x, c=1)
    """,
)

ask(
    "arguments that are no Tensors",
    """
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, None)
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, object())
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, tf.float32)
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, "text")
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, 3)
    first(cg(lambda a, b: (a * 2.0, lambda d: (d * 7.0, None))), [x], x, True)
    first(cg(lambda a, b: (a * b[0], lambda d: (d, None, None))), [x], x, [1.0, 2.0])
    first(cg(lambda a, b: (a * 2.0, lambda d: d)), [x], x, [])
    first(cg(lambda a, b: (a * b, lambda d: (d, d))), [x], x, np.array([1.0, 2.0], np.float32))
    first(cg(lambda a, b: (a * 2.0, lambda d: (d, tf.ones_like(b)))), [x], x, c([1, 2]))
    first(cg(lambda a, b=None: (a * 2.0, lambda d: d * 7.0)), [x], x, b=None)
    first(cg(lambda a, b=None: (a * 2.0, lambda d: d * 7.0)), [x], x, b=object())
    first(cg(lambda a: (a * 2.0, lambda d: d * 7.0)), [x], [1.0, 2.0])
    """,
)

ask(
    "what the function returns in place of a Tensor",
    """
    cg(lambda a: (3.0, lambda d: d))(x)
    cg(lambda a: (3, lambda d: d))(x)
    cg(lambda a: (np.ones(2), lambda d: d))(x)
    cg(lambda a: ("text", lambda d: d))(x)
    cg(lambda a: ([], lambda: None))(x)
    cg(lambda a: (None, lambda d: d))(x)
    cg(lambda a: (object(), lambda d: d))(x)
    cg(lambda a: ((a * 2.0, None), lambda d: d))(x)
    cg(lambda a: [a * 2.0, lambda d: d])(x)
    cg(lambda a: (a, a, lambda d: d))(x)
    cg(lambda a: a)(x)
    cg(lambda a: (a * 2.0, 3))(x)
    cg(lambda a: (a * 2.0, None))(x)
    first(cg(lambda a: (a * 2.0, None)), [x], x)
    """,
)


class Gradient:
    def __call__(self, d):
        return d * 8.0

    def method(self, d):
        return d * 9.0


ask(
    "what can be a gradient function",
    """
    first(cg(lambda a: (a * 2.0, abs)), [x], x)
    first(cg(lambda a: (a * 2.0, list)), [x], x)
    first(cg(lambda a: (a * 2.0, np.negative)), [x], x)
    first(cg(lambda a: (a * 2.0, functools.partial(tf.multiply, 5.0))), [x], x)
    first(cg(lambda a: (a * 2.0, Gradient())), [x], x)
    first(cg(lambda a: (a * 2.0, Gradient().method)), [x], x)
    first(cg(lambda a: (a * 2.0, tf.function(lambda d: d * 4.0))), [x], x)
    second(cg(lambda a: (a * 2.0, cg(lambda d: (d * a * 4.0, lambda dd: dd * 5.0)))), [x], x)
    first(cg(lambda a: (a * 2.0, lambda d, e: d)), [x], x)
    first(cg(lambda a: (a * 2.0, lambda: a)), [x], x)
    first(cg(lambda a: (a * 2.0, lambda *d: d)), [x], x)
    first(cg(lambda a: (a * 2.0, lambda d, variables: (d, []))), [x], x)
    first(cg(lambda a: (a * 2.0, lambda d, variables=None: d)), [x], x)
    first(cg(lambda a: ((a * 2.0, a * 3.0), lambda q, p: q + 10.0 * p)), [x], x)
    """,
    lambda tf: {"Gradient": Gradient},
)


class Owner:
    scale = 3.0

    def plain(self, a):
        return a * self.scale, lambda d: d * 14.0


def owner(tf):
    class Decorated(Owner):
        @tf.custom_gradient
        def method(self, a):
            """Doc."""
            return a * self.scale, lambda d: d * 11.0

        @tf.custom_gradient
        def adds(self, a, b, *, c=1.0):
            return a * b * c * self.scale, lambda d: (d * 2.0, d * 3.0)

        @classmethod
        @tf.custom_gradient
        def of_class(cls, a):
            return a * cls.scale, lambda d: d * 12.0

        @classmethod
        @tf.custom_gradient
        def nothing(cls):
            return tf.constant(2.0), list

        @classmethod
        @tf.grad_pass_through
        def passing(cls, a):
            return a * cls.scale

        @classmethod
        @tf.recompute_grad
        def recomputed(cls, a):
            return a * cls.scale

        @classmethod
        @tf.function
        def function(cls, a):
            return a * cls.scale

        @tf.custom_gradient
        @classmethod
        def outside_of_class(cls, a):
            return a * cls.scale, lambda d: d * 16.0

        @staticmethod
        @tf.custom_gradient
        def static(a):
            return a * 2.0, lambda d: d * 13.0

        @tf.custom_gradient
        @staticmethod
        def outside_static(a):
            return a * 2.0, lambda d: d * 15.0

        @property
        def prop(self):
            return tf.custom_gradient(self.plain)

    class Child(Decorated):
        scale = 5.0

        @tf.custom_gradient
        def method(self, a):
            y = super().method(a)
            return y + 1.0, lambda d: d * 100.0

    return {"D": Decorated, "Child": Child}


ask(
    "methods",
    """
    first(D().method, [x], x)
    first(D.method, [x], D(), x)
    first(D().adds, [x, z], x, z)
    first(D().adds, [x, z], x, z, c=2.0)
    first(D.static, [x], x)
    first(D().static, [x], x)
    first(D.outside_static, [x], x)
    first(D().outside_static, [x], x)
    first(cg(D().plain), [x], x)
    first(D().prop, [x], x)
    first(Child().method, [x], x)
    [D().method.__name__, D.method.__doc__, D.of_class.__name__]
    """,
    owner,
)

# Up to Python 3.12 a classmethod looks up its function as a method of the class; from 3.13 on it passes the class as
# the first argument.
for name, pythons in [
    ("class methods before Python 3.13", {"until": (3, 13)}),
    ("class methods", {"since": (3, 13)}),
]:
    ask(
        name,
        """
        first(D.of_class, [x], x)
        first(D().of_class, [x], x)
        first(D.passing, [x], x)
        first(D().passing, [x], x)
        first(D.function, [x], x)
        first(D().function, [x], x)
        first(D.recomputed, [x], x)
        first(D().outside_of_class, [x], x)
        first(Child.of_class, [x], x)
        first(Child().of_class, [x], x)
        first(Child().passing, [x], x)
        first(Child().function, [x], x)
        D.nothing()
        D().nothing()
        """,
        owner,
        **pythons,
    )

ask(
    "in functions, branches and loops",
    """
    second(tf.function(f), [x], x)
    first(tf.function(g), [x], x)
    second(lambda a: tf.cond(tf.reduce_sum(a) > 0.0, lambda: f(a), lambda: a), [x], x)
    second(lambda a: tf.while_loop(lambda i, q: i < 3, lambda i, q: (i + 1, f(q)), (0, a))[1], [x], x)
    second(lambda a: tf.while_loop(lambda i, q: i < 3, lambda i, q: (i + 1, g(q)), (0, a))[1], [x, v], x)
    second(lambda a: tf.map_fn(f, a), [x], x)
    second(lambda a: tf.scan(lambda s, q: f(s + q), a), [x], x)
    tf.function(lambda: first(f, [x], x))()
    tf.function(lambda: first(g, [x, v], x))()
    first(cg(tf.function(lambda a: (a * 2.0, lambda d: d))), [x], x)
    """,
    lambda tf: {
        "f": tf.custom_gradient(lambda a: (tf.sin(a), lambda d: d * tf.cos(a) * 7.0)),
        "g": of_variable(tf),
    },
)


def of_variable(tf):
    v = tf.Variable([5.0, 6.0], name="inside")
    return tf.custom_gradient(
        lambda a: (a * v, lambda d, variables=None: (d * v, [d * a for _ in variables]))
    )


ask(
    "orders, and one custom gradient in another",
    """
    derivatives(cg(lambda a: (a * a * a, lambda d: d * tf.exp(a))), x, 4)
    derivatives(closing_over(lambda e, a, d: d * e), x, 4)
    derivatives(closing_over(lambda e, a, d: d * e * a), x, 3)
    derivatives(cg(lambda a: (inner(a) * 2.0, lambda d: d * inner(a))), x, 3)
    derivatives(inner_tape, x, 3)
    derivatives(tape_in_gradient, x, 3)
    derivatives(lambda a: inner(inner(a)), x, 3)
    derivatives(cg(lambda a: (a * 1.0, cg(lambda d: (d * a * 3.0, lambda dd: dd * 5.0)))), x, 3)
    """,
    lambda tf: orders(tf),
)


def orders(tf):
    inner = tf.custom_gradient(lambda a: (tf.exp(a), lambda d: d * a * 10.0))

    def closing_over(grad):
        @tf.custom_gradient
        def f(a):
            e = tf.exp(a)
            return a * a, lambda d: grad(e, a, d)

        return f

    @tf.custom_gradient
    def inner_tape(a):
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = inner(a)
        g = tape.gradient(y, a)
        return y, lambda d: d * g

    @tf.custom_gradient
    def tape_in_gradient(a):
        def grad(d):
            with tf.GradientTape() as tape:
                tape.watch(a)
                y = a**4
            return d * tape.gradient(y, a)

        return a**4, grad

    return {
        "inner": inner,
        "closing_over": closing_over,
        "inner_tape": inner_tape,
        "tape_in_gradient": tape_in_gradient,
    }


@script("a gradient function that uses values from outside")
def _(tf):
    x, z = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])

    @tf.custom_gradient
    def f(a):
        return a * 1.0, lambda d: d * h * h

    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, z])
        with tf.GradientTape() as inner:
            inner.watch(x)
            h = tf.sin(z)
            y = f(x)
        g = inner.gradient(y, x)
    return g, outer.gradient(g, [x, z]), outer.gradient(y, [x, z])


@script("a gradient function that asks the tape that it is on")
def _(tf):
    x, inside = tf.constant([1.0, 2.0]), []

    @tf.custom_gradient
    def f(a):
        def grad(d):
            inside.append(tape.gradient(k, x))
            return d * 2.0

        return a * 1.0, grad

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        k = x * x
        y = f(x)
    return tape.gradient(y, x), inside


@script("stop_recording and stop_gradient, in the body, in the gradient, around")
def _(tf):
    x = tf.constant([1.0, 2.0])
    answers = []

    @tf.custom_gradient
    def stopped(a):
        with tape.stop_recording():
            e = tf.exp(a)
        return a * e, lambda d: d * e

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = stopped(x)
        g = tape.gradient(y, x)
    answers += [y, g, tape.gradient(g, x)]

    double = tf.custom_gradient(lambda a: (a * 2.0, lambda d: d * 5.0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tape.stop_recording():
            y = double(x)
        q = y * x
    answers.append(tape.gradient(q, x))

    for f in (
        tf.custom_gradient(lambda a: (tf.stop_gradient(a) * 2.0, lambda d: d * 5.0)),
        tf.custom_gradient(lambda a: (a * 2.0, lambda d: tf.stop_gradient(d * a))),
        tf.custom_gradient(lambda a: (a * 2.0, lambda d: d * tf.stop_gradient(a) * a)),
        lambda a: tf.stop_gradient(double(a)),
        lambda a: double(tf.stop_gradient(a)),
    ):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            g = inner.gradient(y, x)
        answers.append([g, None if g is None else outer.gradient(g, x)])
    return answers


@script("jacobian, batch_jacobian, and a tape in vectorized_map")
def _(tf):
    x, m = tf.constant([1.0, 2.0]), tf.constant([[1.0, 2.0], [3.0, 4.0]])
    f = tf.custom_gradient(lambda a: (tf.sin(a) * 2.0, lambda d: d * tf.cos(a) * 7.0))
    both = tf.custom_gradient(lambda a, b: ((a * b, a), lambda d, e: (d * b + e, d * a * 3.0)))
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([x, m])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, m])
            y, q = f(x), f(m)
            r, s = both(x, y)
        j = tape.jacobian(y, x)

    def of_row(row):
        with tf.GradientTape() as inner:
            inner.watch(row)
            y = f(row)
        return inner.gradient(y, row)

    return (
        j,
        outer.gradient(j, x),
        tape.batch_jacobian(q, m),
        tape.jacobian(r, [x, y]),
        tape.jacobian(s, [x, y]),
        tf.vectorized_map(of_row, m),
    )


@script("two persistent tapes, three times")
def _(tf):
    x = tf.constant([1.0, 2.0])
    f = tf.custom_gradient(lambda a: (tf.exp(a), lambda d: d * a * a))
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as inner:
            inner.watch(x)
            y = f(x)
            z = f(y * x)
        g = inner.gradient(z, x)
        h = inner.gradient(z, y)
    return g, h, inner.gradient(y, x), outer.gradient(g, x), outer.gradient(h, x), outer.gradient([z, g], x)


@script("what a function does before it raises stays on the tape")
def _(tf):
    x = tf.constant([1.0, 2.0])

    @tf.custom_gradient
    def f(a):
        raise RuntimeError("mine")

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
        outcome = raises(lambda: f(y))
        z = y * x
    return outcome, tape.gradient(z, x)


# Forward mode goes through the body's own ops, and through the gradient function where these give nothing.

ask(
    "forward mode",
    """
    jvp(cg(lambda a: (a * a, lambda d: d * 100.0)), x, z)
    jvp(cg(lambda a: (a, lambda d: d * 100.0)), x, z)
    jvp(cg(lambda a: ({"q": a * a, "r": (tf.sin(a), a)}, lambda *d: d[0])), x, z)
    jvp(cg(lambda a: (a * tf.stop_gradient(a), lambda d: d * 100.0)), x, z)
    jvp(cg(lambda a: (tf.stop_gradient(a), lambda d: d * 100.0)), x, z)
    jvp(cg(lambda a: (c([1.0, 1.0]), lambda d: d * 100.0)), x, z)
    jvp(cg(lambda a: (tf.round(a), lambda d: d * a * 100.0)), x, z)
    jvp(cg(lambda a: ((tf.round(a), a * 2.0), lambda d, e: d * 100.0 + e)), x, z)
    jvp(cg(lambda a: ((a * 3.0, tf.cast(a, tf.int32)), lambda d, e: d)), x, z)
    jvp(lambda p: cg(lambda a: (a * p, lambda d: d * 100.0))(c([1.0, 1.0])), x, z)
    jvp(cg(lambda a, b: (tf.round(a) + tf.round(b), lambda d: (d * 2.0, d * 3.0))), x, z, z)
    jvp(lambda p: cg(lambda a: (a * p, lambda d, variables: (d, [d])))(x), v, z)
    jvp(lambda a: tf.stop_gradient(cg(lambda a: (a * a, lambda d: d * 100.0))(a)), x, z)
    mixed(cg(lambda a: (a * a * a, lambda d: d * a * a * 50.0)))
    mixed(cg(lambda a: (tf.round(a), lambda d: d * a * a * 50.0)))
    mixed(lambda a: tf.stop_gradient(cg(lambda a: (a * a, lambda d: d * 100.0))(a)))
    """,
)
