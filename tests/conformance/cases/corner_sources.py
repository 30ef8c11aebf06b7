"""With respect to what: intermediate results, slices, copies, the same thing twice; when and how it was watched."""

from conformance_kit import raises, script


@script("intermediate results: the walk stops nowhere")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        a = x * 2.0
        b = a + x
        c = b * a
    ask = tape.gradient
    return ask(c, [c, b, a, x]), ask(c, b), ask(b, [c, a]), ask(c, [x, b]), ask([b, c], [a, b])


@script("intermediate results: of an op with several outputs")
def _(tf):
    x = tf.constant([[1.0, 2.0, 3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        left, right = tf.split(x, 2, axis=1)
        y = left * right * right
        values, indices = tf.math.top_k(x, 2)
        z = values**2
    ask = tape.gradient
    return ask(y, [left, right, x]), ask(y, right), ask(right, [left, right, x]), ask(z, [values, indices, x])


@script("intermediate results: one output is all that the target uses")
def _(tf):
    x = tf.Variable([[3.0, 1.0], [1.0, 2.0]])
    with tf.GradientTape(persistent=True) as tape:
        mean, variance = tf.nn.moments(x, [0])
        e, v = tf.linalg.eigh(x)
        parts = tf.unstack(x)
        y, z, w = mean * 2.0, tf.reduce_sum(e), parts[1] * 3.0
    return [tape.gradient(t, [x, mean, variance, e, v, *parts]) for t in (y, z, w)]


@script("intermediate results: after they were overwritten in Python")
def _(tf):
    x = tf.constant(1.5)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        h = x
        kept = []
        for _ in range(3):
            h = tf.sin(h) * 2.0
            kept.append(h)
    return tape.gradient(h, [x, *kept]), tape.gradient(kept[1], kept)


@script("intermediate results: the inner tape's gradient as a source")
def _(tf):
    x = tf.Variable(1.5)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = x**3
        g = inner.gradient(y, x)
        z = g * g * x
    return outer.gradient(z, [g, x, y]), outer.gradient(g, [g, x])


@script("a source twice, in one structure")
def _(tf):
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * v
    ask = tape.gradient
    return (
        ask(y, [x, x]),
        ask(y, {"a": v, "b": (v, x), "c": [v]}),
        ask(y, (y, y, x)),
        tape.jacobian(y, [v, v]),
        ask(y, [v, v], unconnected_gradients="zero"),
    )


@script("slices: of what was watched are other tensors")
def _(tf):
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        row = x[0]
        y = row * row
        z = x[0] * 2.0
    ask = tape.gradient
    return ask(y, row), ask(y, [x, row]), ask(z, row), ask(z, x[0]), ask(z, x), ask(y, x[0])


@script("read_value: each reading is a tensor of its own")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        one, two = v.read_value(), v.read_value()
        y = one * two * v
    outside = v.read_value()
    ask = tape.gradient
    return ask(y, v), ask(y, [one, two]), ask(y, [one, v, two]), ask(y, outside), ask(one, [one, v])


@script("value(): and convert_to_tensor, of a Variable")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        one, two = v.value(), tf.convert_to_tensor(v)
        y = one * two
    return tape.gradient(y, v), tape.gradient(y, [one, two]), tape.gradient(y, [v, one])


@script("identity: before and after")
def _(tf):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.identity(x)
        z = y * x
    same = tf.identity(x)
    return tape.gradient(z, [x, y, same]), tape.gradient(y, [x, y]), tape.gradient(x, y)


@script("a tensor of equal value is not the source")
def _(tf):
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    return (
        tape.gradient(y, tf.constant(3.0)),
        tape.gradient(y, [x, x + 0.0]),
        tape.gradient(y, tf.identity(x)),
    )


# -- watching -----------------------------------------------------------------------------------------------------
@script("watch: an intermediate result keeps its past")
def _(tf):
    x, c = tf.Variable(2.0), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = c * c
        tape.watch([y, z])
        w = y * z
    return tape.gradient(w, [x, y, c, z]), tape.gradient(z, [c, z])


@script("watch: an intermediate result of an inner tape")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as inner:
        inner.watch(x)
        y = x * x
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(y)
            z = y * x
    return inner.gradient(z, [x, y]), outer.gradient(z, [x, y]), outer.gradient(y, x)


@script("watch: in the middle of a computation")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        a = x * x
        tape.watch(x)
        b = x * a
        c = b * a
    return tape.gradient(c, x), tape.gradient(c, [a, b]), tape.gradient(a, x), tape.gradient([a, b, c], x)


@script("watch: twice, by two tapes, in either order")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape() as one, tf.GradientTape() as two:
        one.watch(x)
        y = x * x
        two.watch(x)
        one.watch(x)
        two.watch(x)
        z = y * x
    return one.gradient(z, x), two.gradient(z, x)


@script("watch: a Variable that was read before")
def _(tf):
    v = tf.Variable(2.0, trainable=False)
    with tf.GradientTape(persistent=True) as tape:
        y = v * v
        tape.watch(v)
        z = v * y
    return tape.gradient(y, v), tape.gradient(z, v), len(tape.watched_variables())


@script("watch: the read value of a Variable, not the Variable")
def _(tf):
    v = tf.Variable(2.0)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        x = v.read_value()
        tape.watch(x)
        y = x * x * v
    return tape.gradient(y, [x, v]), len(tape.watched_variables())


@script("watch: what an op returned, after the tape was stopped")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        with tape.stop_recording():
            hidden = x * x
        tape.watch(hidden)
        y = hidden * x
    return tape.gradient(y, [x, hidden])


@script("watch: the same value through several names")
def _(tf):
    x = tf.constant([1.0, 2.0])
    same = x
    with tf.GradientTape() as tape:
        tape.watch(same)
        y = tf.convert_to_tensor(x) * x
    return tape.gradient(y, same)


@script("watch: tensors that were made inside")
def _(tf):
    with tf.GradientTape(persistent=True) as tape:
        a = tf.ones([2])
        b = tf.range(2.0)
        n = tf.range(2)
        tape.watch([a, b, n])
        y = a * b * tf.cast(n, tf.float32)
    return tape.gradient(y, [a, b, n])


@script("watch: nested structures, with a Variable and a named tuple")
def _(tf):
    from collections import OrderedDict, namedtuple

    Pair = namedtuple("Pair", "first second")
    a, b, c, v = tf.constant(1.0), tf.constant(2.0), tf.constant(3.0), tf.Variable(4.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(OrderedDict(z=[a, (b,)], y=Pair(c, {"v": v})))
        y = a * b * c * v
    return tape.gradient(y, Pair([a, b], OrderedDict(v=v, c=c)))


@script("watch: something odd in a structure, after something good")
def _(tf):
    x, c = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        odd = [raises(lambda o=o: tape.watch([x, o])) for o in (1.0, None, "a", object())]
        y = x * c
    return odd, tape.gradient(y, [x, c])


@script("watched after the context, used in another one")
def _(tf):
    x = tf.constant(2.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        y = x * x
    after = raises(lambda: tape.watch(x))
    with tape:
        z = x * x * x
        tape.watch(x)
        w = x * z
    return after, tape.gradient(y, x), tape.gradient(z, x), tape.gradient(w, x)


@script("a source that only another tape watched")
def _(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as one, tf.GradientTape(persistent=True) as two:
        one.watch(x)
        two.watch(y)
        z = x * y
        w = z * x * y
    return one.gradient(w, [x, y, z]), two.gradient(w, [x, y, z])


@script("complex sources: among real ones")
def _(tf):
    z, r = tf.Variable([1 + 1j, 2 - 1j]), tf.Variable([0.5, 1.5], dtype=tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.abs(z * tf.cast(r, tf.complex128)) ** 2)
        w = tf.math.real(tf.exp(z) * tf.math.conj(z))
    return (
        tape.gradient(y, [z, r]),
        tape.gradient(w, [z, r]),
        tape.gradient(w, r, unconnected_gradients="zero"),
    )


@script("integer results have no gradient, whatever is done with them")
def _(tf):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        order = tf.argsort(x)
        picked = tf.gather(x, order)
        rank = tf.cast(order, tf.float32) * x
        mask = tf.cast(x > 1.5, tf.float32)
        chosen = tf.where(x > 1.5, x * x, -x)
        counted = tf.reduce_sum(mask) * x[0]
    return [tape.gradient(t, x) for t in (picked, rank, mask * x, chosen, counted)]


@script("structures: views, attributes, and an empty one inside")
def _(tf):
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = a * b
    d = {"b": b, "a": a}
    ask = tape.gradient
    return (
        ask(y, [a, [], {}, (b, ())]),
        ask(y, list(d.values())),
        raises(lambda: ask(y, d.values())),
        raises(lambda: ask(y, d.keys())),
        raises(lambda: ask(y, {1: a, "x": b})),
        raises(lambda: ask(y, {a.name: a, b.name: b})),
        raises(lambda: ask(y, {a, b})),
        raises(lambda: ask(y, iter([a, b]))),
    )
