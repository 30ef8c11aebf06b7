"""What tape.gradient is asked: sources, targets, output_gradients, unconnected_gradients."""

from conformance_kit import error, raises, script


@script("sources: nested structures keep their form")
def _(tf):
    a, b, c = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = a * b * c
    structures = (
        [a, b],
        (a, b),
        {"z": a, "a": b},
        [a, [b, (c,)]],
        {"l": [a, b], "t": (c,)},
        (a,),
        [],
        {},
        (),
    )
    return [tape.gradient(y, s) for s in structures]


@script("sources: None, numbers and arrays")
def _(tf):
    import numpy as np

    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * 2.0
    odd = (None, [x, None], 3.0, [x, 3.0], "a", np.ones(2), [np.float32(1)], object())
    return [raises(lambda s=s: tape.gradient(y, s)) for s in odd]


@script("sources: the same one twice")
def _(tf):
    x, v = tf.constant(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x * v
    return tape.gradient(y, [x, x, v, v])


@script("sources: a named tuple")
def _(tf):
    from collections import namedtuple

    Pair = namedtuple("Pair", "first second")
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = a * b
    return tape.gradient(y, Pair(a, b))


@script("sources: unwatched and unused ones give None")
def _(tf):
    x, c, unused = tf.Variable(3.0), tf.constant(2.0), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * c
    return tape.gradient(y, [x, c, unused])


@script("targets: nested structures are summed")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y, z = x * x, tf.exp(x)
    return [tape.gradient(t, x) for t in ([y, z], (y, z), {"y": y, "z": [z]}, [y, y], [[y], z], [])]


@script("targets: the source itself")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * v
    return tape.gradient(x, x), tape.gradient(v, v), tape.gradient([x, y], x), tape.gradient(y, [y, x])


@script("targets: what was not recorded")
def _(tf):
    x, other = tf.Variable(3.0), tf.constant(2.0)
    y = x * x
    with tf.GradientTape(persistent=True) as tape:
        z = x * 2.0
    answers = [tape.gradient(t, x) for t in (y, other, [z, other], [z, y])]
    return [*answers, tape.gradient(other, other), tape.gradient(y, y)]


@script("targets: what is not a tensor")
def _(tf):
    import numpy as np

    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    odd = (None, 3.0, "a", np.ones(2), [y, None], [y, 1.0], object(), np.float32(1.0))
    return [raises(lambda t=t: tape.gradient(t, x)) for t in odd]


@script("targets: integers and booleans")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        n, b, y = tf.cast(x, tf.int32), x > 0, x * x
        back = tf.cast(n, tf.float32)
    return [raises(lambda t=t: tape.gradient(t, x)) for t in (n, b, [y, n], back)]


@script("targets: a Variable that was assigned inside")
def _(tf):
    x, v = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape(persistent=True) as tape:
        v.assign(x * x)
        y = v * 2.0
    return tape.gradient(v, x), tape.gradient(y, x), tape.gradient(y, v)


@script("what assign returns does not carry a gradient")
def _(tf):
    x, v = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape(persistent=True) as tape:
        a = v.assign(x * x)
        b = v.assign_add(x)
        y, z = a * 2.0, b * 2.0
    return [tape.gradient(t, [x, v]) for t in (a, y, z)]


@script("unconnected_gradients")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([[3.0, 4.0]], dtype=tf.float64)
    n = tf.constant(3)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.identity(3.0)
        z = x * 2.0
    kinds = (tf.UnconnectedGradients.NONE, tf.UnconnectedGradients.ZERO, "none", "zero")
    answers = [tape.gradient(t, [x, v], unconnected_gradients=k) for t in (y, z) for k in kinds]
    zero = raises(lambda: tape.gradient(y, n, unconnected_gradients="zero"))
    bad = [raises(lambda k=k: tape.gradient(y, x, unconnected_gradients=k)) for k in ("nil", None, 0)]
    return answers, zero, bad, [k.value for k in tf.UnconnectedGradients]


@script("output_gradients")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * x, tf.exp(x)
    seed = tf.constant([10.0, 100.0])
    ask = tape.gradient
    return {
        "one": ask(y, x, output_gradients=seed),
        "list": ask([y], x, output_gradients=[seed]),
        "two": ask([y, z], x, output_gradients=[seed, 2 * seed]),
        "one of two": raises(lambda: ask([y, z], x, output_gradients=[seed, None])),
        "dict": raises(lambda: ask({"y": y, "z": z}, x, output_gradients={"y": seed, "z": 2 * seed})),
        "Python list": raises(lambda: ask(y, x, output_gradients=[10.0, 100.0])),
        "number": raises(lambda: ask(y, x, output_gradients=2.0)),
        "scalar tensor": raises(lambda: ask(y, x, output_gradients=tf.constant(2.0))),
        "wrong shape": raises(lambda: ask(y, x, output_gradients=tf.ones([3]))),
        "wrong dtype": raises(lambda: ask(y, x, output_gradients=tf.ones([2], tf.float64))),
        "too few": raises(lambda: ask([y, z], x, output_gradients=[seed])),
        "too many": raises(lambda: ask([y], x, output_gradients=[seed, seed])),
        "variable": raises(lambda: ask(y, x, output_gradients=tf.Variable([10.0, 100.0]))),
        "for the source itself": ask(x, x, output_gradients=seed),
    }


@script("complex target and source")
def _(tf):
    x = tf.constant([1 + 2j, 0.5 - 1j], tf.complex64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, a = x * x, tf.abs(x)
    return tape.gradient(y, x), tape.gradient(a, x)


error("gradient without sources", lambda tf: tf.GradientTape().gradient(tf.constant(1.0)))
