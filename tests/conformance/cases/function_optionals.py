"""Optionals that branches and functions give."""

from conformance_kit import raises, script


def both(tf, function, values):
    """What a function and its `tf.function` say of the Optional they give, for each of the values."""

    def said(x):
        return (x.has_value(), x.get_value() if x.has_value() else "missing")

    return [
        [raises(lambda v=v, f=f: said(f(tf.constant(v)))) for v in values]
        for f in (function, tf.function(function))
    ]


@script("a cond that gives an Optional")
def _(tf):
    optional, scalar = tf.experimental.Optional, tf.TensorSpec([], tf.float32)
    return [
        both(
            tf,
            lambda x, other=other: tf.cond(x > 0, lambda: optional.from_value(x), other(x)),
            (3.0, -3.0, 2.0),
        )
        for other in (
            lambda x: lambda: optional.from_value(-2 * x),
            lambda x: lambda: optional.empty(scalar),
            lambda x: lambda: optional.empty(tf.TensorSpec([2], tf.float32)),
        )
    ]


@script("an if that gives an Optional")
def _(tf):
    optional = tf.experimental.Optional

    def f(x):
        if x > 0:
            found = optional.from_value(x)
        else:
            found = optional.empty(tf.TensorSpec([], tf.float32))
        return found

    def g(x):
        found = f(x)
        if found.has_value():
            return found.get_value() * 2
        return tf.constant(-1.0)

    functions = tf.function(f), tf.function(g)
    return both(tf, f, (3.0, -3.0)), [[h(tf.constant(x)) for x in (3.0, -3.0, 4.0)] for h in functions[1:]]


@script("a switch_case that gives an Optional")
def _(tf):
    optional, scalar = tf.experimental.Optional, tf.TensorSpec([], tf.float32)

    def f(i):
        ways = [
            lambda: optional.from_value(1.0),
            lambda: optional.empty(scalar),
            lambda: optional.from_value(7.0),
        ]
        return tf.switch_case(i, ways)

    return both(tf, f, (0, 1, 2, 1))


@script("Optionals of other dtypes in the branches")
def _(tf):
    optional = tf.experimental.Optional

    def f(x):
        return tf.cond(
            x > 0,
            lambda: optional.from_value(x),
            lambda: optional.empty(tf.TensorSpec([], tf.int32)),
        ).has_value()

    return raises(lambda: tf.function(f)(tf.constant(1.0)))


@script("a value that is missing, and the gradient of one that is there")
def _(tf):
    optional = tf.experimental.Optional
    empty = tf.function(lambda: optional.empty(tf.TensorSpec([], tf.float32)).get_value())

    @tf.function
    def f(x):
        return (
            tf.cond(x > 0, lambda: optional.from_value(x), lambda: optional.from_value(3 * x)).get_value() * 2
        )

    slopes = []
    for value in (3.0, -3.0):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        slopes.append((y, tape.gradient(y, x)))
    return raises(empty), slopes


@script("a function that gives what an iterator has next")
def _(tf):
    iterator = iter(tf.data.Dataset.range(2))
    f = tf.function(lambda: iterator.get_next_as_optional())
    found = [f() for _ in range(3)]
    return [(x.has_value(), x.get_value() if x.has_value() else "missing") for x in found]
