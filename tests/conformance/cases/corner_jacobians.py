"""jacobian and batch_jacobian: odd targets and sources, repetition, what listens, what is asked inside."""

from conformance_kit import raises, script


@script("the target is a source: traced, not traced, a Variable that was never read")
def _(tf):
    x, c = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    v, frozen = tf.Variable([5.0, 6.0]), tf.Variable([5.0, 6.0], trainable=False)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
    j = tape.jacobian
    return {
        "watched": j(x, x),
        "constant": j(c, c),
        "variable": j(v, v),
        "frozen": j(frozen, frozen),
        "variable among others": j(v, [x, v, frozen]),
        "zero": raises(lambda: j(c, c, unconnected_gradients="zero")),
        "watched variables": len(tape.watched_variables()),
    }


@script("the target is a source: a tape that watches nothing by itself")
def _(tf):
    v, w = tf.Variable([[5.0, 6.0]]), tf.Variable([[1.0, 2.0]])
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(w)
    return tape.jacobian(v, v), tape.jacobian(w, [w, v]), tape.batch_jacobian(v, v), tape.batch_jacobian(w, w)


@script("the target is a source: batch_jacobian")
def _(tf):
    x, c, v = tf.constant([[1.0, 2.0]]), tf.constant([[3.0], [4.0]]), tf.Variable([[5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
    return tape.batch_jacobian(x, x), tape.batch_jacobian(c, c), tape.batch_jacobian(v, v)


@script("scalar targets and sources, every combination")
def _(tf):
    s, v, m = tf.Variable(2.0), tf.Variable([1.0, 2.0]), tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        scalar = s * tf.reduce_sum(v) * tf.reduce_sum(m)
        vector = s * v * m[0]
        matrix = s * m * v
    return [[tape.jacobian(t, [s, v, m]) for t in (scalar, vector, matrix)]]


@script("empty targets and sources")
def _(tf):
    e, x = tf.Variable(tf.zeros([0, 2])), tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        nothing, some = x[:0] * 2.0, x * 2.0
        of_empty = tf.reduce_sum(e, 0) + x
        twice = e * 2.0
    j = tape.jacobian
    return {
        "nothing by some": raises(lambda: j(nothing, x)),
        "some by nothing": raises(lambda: j(of_empty, [e, x])),
        "nothing by nothing": raises(lambda: j(twice, e)),
        "no sources": [raises(lambda s=s: j(some, s)) for s in ([], (), {})],
        "nothing, unconnected": raises(lambda: j(nothing, e)),
        "some, unconnected": raises(lambda: j(some, e)),
    }


@script("sources in structures, with one that is not connected")
def _(tf):
    a, b, c = tf.Variable([1.0, 2.0]), tf.Variable(3.0), tf.Variable([4.0])
    with tf.GradientTape(persistent=True) as tape:
        y = a * b
    j = tape.jacobian
    return j(y, {"b": b, "rest": [a, (c,)]}), j(y, (c,)), j(y, [[a], [b, b]])


@script("intermediate results: as targets, as sources")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        h = x * x
        k = tf.exp(h) * h[::-1]
        y = k * x
    return tape.jacobian(y, [k, h, x]), tape.jacobian(k, [h, x, y]), tape.jacobian(h, h), tape.jacobian(y, y)


@script("one output of an op that has several")
def _(tf):
    x = tf.constant([[3.0, 1.0], [1.0, 2.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        top, bottom = tf.unstack(x * x)
        mean, variance = tf.nn.moments(x, [1])
    return [tape.jacobian(t, [x, top, mean]) for t in (top, bottom, mean, variance)]


@script("a persistent tape: repeated, mixed with gradient")
def _(tf):
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.tanh(x) * x
    first = tape.jacobian(y, x)
    g = tape.gradient(y, x)
    second = tape.batch_jacobian(y, x)
    third = tape.jacobian(y, x, experimental_use_pfor=False)
    return (
        first,
        g,
        second,
        third,
        tape.gradient(y, x),
        tape.batch_jacobian(y, x, experimental_use_pfor=False),
    )


@script("a tape that is not persistent: once, whichever method")
def _(tf):
    def run(first, second):
        x = tf.Variable([[1.0, 2.0]])
        with tf.GradientTape() as tape:
            y = x * x
        return raises(lambda: first(tape)(y, x)), raises(lambda: second(tape)(y, x))

    methods = (lambda t: t.gradient, lambda t: t.jacobian, lambda t: t.batch_jacobian)
    return [run(a, b) for a in methods for b in methods]


@script("inside the context, of both kinds of tape")
def _(tf):
    def run(persistent):
        x = tf.Variable([[1.0, 2.0]])
        with tf.GradientTape(persistent=persistent) as tape:
            y = x**3
            j = tape.jacobian(y, x)
            z = tf.reduce_sum(j) * x
            again = raises(lambda: tape.jacobian(z, x))
        return j, again, raises(lambda: tape.batch_jacobian(z, x)), raises(lambda: tape.gradient(j, x))

    return run(False), run(True)


@script("an outer tape listens: gradients and jacobians of jacobians")
def _(tf):
    x, w = tf.Variable([1.0, 2.0]), tf.Variable([[0.5, -1.0], [2.0, 1.0]])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = tf.tanh(tf.linalg.matvec(w, x))
        jx = inner.jacobian(y, x)
        jw = inner.jacobian(y, w)
        volume = tf.math.log(tf.abs(tf.linalg.det(jx)))
    return volume, outer.gradient(volume, [x, w]), outer.jacobian(jx, x), outer.gradient(jw, [x, w])


@script("an outer tape listens, and its jacobian has an unconnected source")
def _(tf):
    x, u = tf.Variable([1.0, 2.0]), tf.Variable([3.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = x**2
        j = inner.jacobian(y, [x, u])
        linear = 3.0 * x
        with tf.GradientTape() as inner:
            z = x * 3.0
        constant = inner.jacobian(z, x)
    return j, outer.jacobian(j[0], [x, u]), outer.jacobian(linear, x), outer.jacobian(constant, x)


@script("a batch_jacobian whose rows mix")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.matmul(x, x, transpose_b=True) * x[:, :1]
        normed = (x - tf.reduce_mean(x, 0)) ** 2
    return tape.batch_jacobian(y, x), tape.batch_jacobian(normed, x), tape.jacobian(y, x)


@script("a batch_jacobian with respect to something that is not the input")
def _(tf):
    x, w = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.Variable([[1.0, 0.5], [0.25, 2.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        h = tf.tanh(x)
        y = h @ w
    return tape.batch_jacobian(y, h), tape.batch_jacobian(y, w), tape.batch_jacobian(h, y)


@script("targets of other dtypes")
def _(tf):
    x, z = tf.Variable([1.0, 2.0]), tf.Variable([1 + 1j, 2 - 1j])
    with tf.GradientTape(persistent=True) as tape:
        n, b = tf.cast(x, tf.int32), x > 1.0
        double = tf.cast(x, tf.float64) ** 2
        c = tf.cast(x, tf.complex128) * z
        mixed = tf.abs(c)
    j = tape.jacobian
    return {
        "int": raises(lambda: j(n, x)),
        "bool": raises(lambda: j(b, x)),
        "int source": raises(lambda: j(x * 1.0, n)),
        "double": j(double, x),
        "complex": j(c, [x, z]),
        "abs": j(mixed, [x, z]),
    }


@script("targets that are given as something else")
def _(tf):
    import numpy as np

    x, v = tf.constant([1.0, 2.0]), tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * v
        v.assign_add([1.0, 1.0])
    j = tape.jacobian
    return {
        "variable": j(v, [v, x]),
        "assigned": j(v.assign([3.0, 4.0]), v),
        "numpy": raises(lambda: j(np.ones(2, np.float32), x)),
        "list": raises(lambda: j([y], x)),
        "tuple": raises(lambda: j((y, y), x)),
        "number": raises(lambda: j(2.0, x)),
        "slices": j(tf.IndexedSlices(y[None], tf.constant([1]), tf.constant([2, 2])), x),
    }


@script("a source that is given as something else")
def _(tf):
    import numpy as np

    x = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
    odd = (1.0, 0.5, None, "a", np.ones([1, 2]), [x, None], {"x": x, "n": 3}, object())
    return [
        (raises(lambda s=s: tape.jacobian(y, s)), raises(lambda s=s: tape.batch_jacobian(y, s))) for s in odd
    ]


@script("parallel_iterations: what is no number of rows")
def _(tf):
    x = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sin(x)
    methods = (tape.jacobian, tape.batch_jacobian)
    return [
        [raises(lambda m=m, n=n: m(y, x, parallel_iterations=n)) for m in methods] for n in (0, -1, 2.5, "a")
    ]


@script("parallel_iterations of every size")
def _(tf):
    x = tf.Variable([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.sin(x) * x[:, ::-1]
    return [
        (tape.jacobian(y, x, parallel_iterations=n), tape.batch_jacobian(y, x, parallel_iterations=n))
        for n in (2, 4, 100)
    ]
