"""IndexedSlices: gradients of lookups, their sums with dense ones, and what can be done with them."""

from conformance_kit import raises, script


def table(tf, rows=4, trainable=True):
    return tf.Variable(tf.reshape(tf.range(1.0, 1.0 + 2 * rows), [rows, 2]), trainable=trainable)


def in_order(tf, g):
    """A sparse gradient with sorted rows: which comes first, TensorFlow decides by how it schedules the walk."""
    rows = zip(g.indices.numpy().tolist(), g.values.numpy().tolist(), strict=True)
    order = [i for i, _ in sorted(enumerate(rows), key=lambda row: row[1])]
    return tf.IndexedSlices(tf.gather(g.values, order), tf.gather(g.indices, order), g.dense_shape)


# -- what is sparse, and what is not ------------------------------------------------------------------------------
@script("several gathers of one variable")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        a, b, c = tf.gather(v, [0, 3]), tf.gather(v, [1]) ** 2, tf.gather(v, [[3, 3], [0, 1]])
        s = tf.reduce_sum(a) + tf.reduce_sum(b) * 2.0 + tf.reduce_sum(c) * 3.0
    return [in_order(tf, tape.gradient(t, v)) for t in (s, [a, b], [c, a], [a, a])]


@script("a gather and a dense use of one variable, in either order")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        dense, sparse = v * v, tf.gather(v, [2, 2, 0]) ** 2
        y, z = tf.reduce_sum(dense) + tf.reduce_sum(sparse), tf.reduce_sum(sparse) - tf.reduce_sum(dense)
    return tape.gradient(y, v), tape.gradient(z, v), tape.gradient([sparse, dense], v)


@script("two gathers and a dense use")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.gather(v, [0, 0])) + tf.reduce_sum(v**3) + tf.reduce_sum(tf.gather(v, [1]) ** 2)
    return tape.gradient(y, v)


@script("gathers with indices of different integer types")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        a = tf.gather(v, tf.constant([0, 1], tf.int32)) * 2.0
        b = tf.gather(v, tf.constant([1, 3], tf.int64)) * 3.0
    return in_order(tf, tape.gradient([a, b], v)), tape.gradient(a, v), tape.gradient(b, v)


@script("gathers with indices of different integer types, under another tape")
def _(tf):
    v = table(tf)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            a = tf.gather(v, tf.constant([0, 1], tf.int32)) ** 3
            b = tf.gather(v, tf.constant([1, 3], tf.int64)) ** 2
        g = inner.gradient([a, b], v)
        s = tf.reduce_sum(g.values**2)
    return in_order(tf, g), in_order(tf, outer.gradient(s, v))


@script("duplicated indices stay apart in the gradient, and add up in its dense form")
def _(tf):
    v = table(tf)
    with tf.GradientTape() as tape:
        y = tf.gather(v, [1, 1, 1, 0]) * tf.constant([[1.0], [10.0], [100.0], [1000.0]])
    g = tape.gradient(y, v)
    return g, tf.convert_to_tensor(g), g + tf.zeros([4, 2]), g.values + 1.0


@script("reshape, transpose and cast between the variable and the gather")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        targets = {
            "reshape": tf.gather(tf.reshape(v, [2, 4]), [1, 1]),
            "transpose": tf.gather(tf.transpose(v), [0]),
            "cast": tf.gather(tf.cast(v, tf.float64), [0, 2]),
            "identity": tf.gather(tf.identity(v), [0, 2]),
            "read": tf.gather(v.read_value(), [0, 2]),
            "convert": tf.gather(tf.convert_to_tensor(v), [0, 2]),
            "negative": tf.gather(-v, [0, 2]),
            "scaled": tf.gather(v * 2.0, [0, 2]),
            "slice": tf.gather(v[1:], [0, 2]),
            "stop": tf.gather(tf.stop_gradient(v), [0, 2]),
        }
    return {k: tape.gradient(t, v) for k, t in targets.items()}


@script("reshape and others after the gather")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        rows = tf.gather(v, [3, 0, 3])
        targets = [
            tf.reshape(rows, [-1]) ** 2,
            tf.reduce_mean(rows),
            tf.transpose(rows) @ rows,
            tf.concat([rows, v], 0),
            rows[0],
            tf.gather(rows, [0, 0, 2]) ** 2,
        ]
    return [tape.gradient(t, v) for t in targets], tape.gradient(targets[5], rows)


@script("forms of gather that give a dense gradient, and that do not")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        targets = {
            "axis 1": tf.gather(v, [1, 0, 1], axis=1),
            "axis -2": tf.gather(v, [1, 0], axis=-2),
            "batch": tf.gather(v, [[1], [0], [1], [0]], batch_dims=1),
            "scalar": tf.gather(v, 2),
            "no index": tf.gather(v, tf.zeros([0], tf.int32)),
            "nd": tf.gather_nd(v, [[1, 0], [3, 1]]),
            "nd rows": tf.gather_nd(v, [[1], [3]]),
            "lookup": tf.nn.embedding_lookup(v, [[1, 1], [2, 0]]),
            "boolean_mask": tf.boolean_mask(v, [True, False, False, True]),
            "getitem": v[1],
            "strided": v[::2],
            "where": tf.gather(v, tf.squeeze(tf.where([True, False, True, False]), 1)),
            "segment sum": tf.math.segment_sum(tf.gather(v, [0, 1, 3]), [0, 0, 1]),
            "sparse_read": v.sparse_read([2, 2]),
            "gather_nd method": v.gather_nd([[1], [3]]),
            "slice": tf.slice(v, [1, 0], [2, 2]),
        }
    return {k: tape.gradient(t, v) for k, t in targets.items()}


@script("a variable of rank 1, of rank 3")
def _(tf):
    v, w = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(tf.reshape(tf.range(12.0), [3, 2, 2]))
    with tf.GradientTape(persistent=True) as tape:
        a, b = tf.gather(v, [2, 0]) ** 2, tf.gather(w, [[2], [0]]) ** 2
    return tape.gradient(a, v), tape.gradient(b, w), tape.gradient([a, b], [v, w])


@script("a gather from a tensor that is itself a source")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * 2.0
        z = tf.gather(y, [1, 1])
    return tape.gradient(z, [x, y, z]), tape.gradient(z, y), tape.gradient([z, y], y)


@script("unconnected gradients beside sparse ones")
def _(tf):
    v, other = table(tf), tf.Variable([1.0])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [0])
    zero = tf.UnconnectedGradients.ZERO
    return tape.gradient(y, [v, other], unconnected_gradients=zero), tape.gradient(y, [other, v])


@script("a sparse gradient, with the target's cotangent given")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [1, 3])
    return tape.gradient(y, v, tf.constant([[1.0, 10.0], [100.0, 1000.0]])), tape.gradient(
        y, v, 2.0 * tf.ones([2, 2])
    )


@script("the variable twice among the sources of a sparse gradient")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.gather(v, [1, 3])
    return tape.gradient(y, [v, v]), tape.gradient([y, v], v), tape.gradient([v, y], [v])


# -- through other tapes, functions, Jacobians --------------------------------------------------------------------
@script("second derivatives through a sparse gradient: values, indices, dense form")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [2, 2, 0]) ** 3)
        g = inner.gradient(y, v)
        values = tf.reduce_sum(g.values**2)
        dense = tf.reduce_sum(tf.convert_to_tensor(g) ** 2)
        product = g.values * tf.gather(v, g.indices)
    return [in_order(tf, outer.gradient(t, v)) for t in (values, dense, product)], g


@script("second derivatives through the sum of a sparse and a dense gradient")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [2, 2, 0]) ** 3) + tf.reduce_sum(v**2)
        g = inner.gradient(y, v)
    return g, outer.gradient(g, v), outer.jacobian(g, v)


@script("second derivatives through the sum of two sparse gradients")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [2, 0]) ** 3) + tf.reduce_prod(tf.gather(v, [0]))
        g = inner.gradient(y, v)
        total = tf.reduce_sum(g.values * g.values)
    return in_order(tf, g), in_order(tf, outer.gradient(total, v))


@script("a Hessian through a lookup")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.gather(v, [2, 0, 2]) ** 3) * v[1]
        g = tf.convert_to_tensor(inner.gradient(y, v))
    return outer.jacobian(g, v)


@script("sparse gradients in jacobians: one gather, several, with a dense use")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        one = tf.gather(v, [2, 2, 0]) ** 2
        two = one[:2] * tf.gather(v, [1, 2])
        both = tf.gather(v, [1]) * v
    return [tape.jacobian(t, v) for t in (one, two, both)], tape.jacobian(two, [v, one])


@script("sparse gradients in batch_jacobian")
def _(tf):
    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.gather(x, [2, 0, 2], axis=1) ** 2
        z = tf.gather(x, [0, 1]) ** 2
    return tape.batch_jacobian(y, x), tape.batch_jacobian(z, x)


@script("a lookup inside map_fn and vectorized_map")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as tape:
        ids = tf.constant([[0, 1], [1, 3]])
        looped = tf.map_fn(lambda i: tf.reduce_sum(tf.gather(v, i) ** 2), ids, fn_output_signature=tf.float32)
        at_once = tf.vectorized_map(lambda i: tf.reduce_sum(tf.gather(v, i) ** 2), ids)
    return looped, at_once, [tf.convert_to_tensor(tape.gradient(t, v)) for t in (looped, at_once)]


@script("a lookup inside tf.function")
def _(tf):
    v = table(tf)

    @tf.function
    def f(ids):
        return tf.gather(v, ids) ** 2

    @tf.function
    def step(ids):
        with tf.GradientTape() as tape:
            y = tf.gather(v, ids) ** 2
        return tape.gradient(y, v)

    with tf.GradientTape() as tape:
        y = f([1, 1, 3])
    return tf.convert_to_tensor(tape.gradient(y, v)), step(tf.constant([1, 1, 3]))


@script("a lookup inside a custom gradient")
def _(tf):
    v = table(tf)

    @tf.custom_gradient
    def lookup(ids):
        def grad(dy, variables):
            return None, [tf.IndexedSlices(dy * 10.0, ids, tf.constant([4, 2])) for _ in variables]

        return tf.gather(v, ids), grad

    with tf.GradientTape(persistent=True) as tape:
        y = lookup(tf.constant([1, 3]))
        z = tf.reduce_sum(y) + tf.reduce_sum(v)
        w = tf.reduce_sum(y) + tf.reduce_sum(tf.gather(v, [0]))
    return tape.gradient(y, v), tape.gradient(z, v), in_order(tf, tape.gradient(w, v))


@script("a gradient function that returns IndexedSlices for its input")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.custom_gradient
    def pick(x):
        return x[1:], lambda dy: tf.IndexedSlices(dy, tf.constant([1, 2]), tf.constant([3, 2]))

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = pick(x) ** 2
        z = pick(x * 2.0) ** 2
        w = tf.reduce_sum(pick(x)) + tf.reduce_sum(x)
    return tape.gradient(y, x), tape.gradient(z, x), tape.gradient(w, x), tape.jacobian(y, x)


@script("a gradient function that returns IndexedSlices without a dense shape")
def _(tf):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.custom_gradient
    def pick(x):
        return x[1:], lambda dy: tf.IndexedSlices(dy, tf.constant([1, 2]))

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = pick(x), pick(x * 2.0)
    return tape.gradient(y, x), raises(lambda: tape.gradient(z, x))


# -- IndexedSlices as an argument ---------------------------------------------------------------------------------
@script("IndexedSlices as a target, a source, a cotangent; watched")
def _(tf):
    values, indices = tf.constant([[1.0, 2.0]]), tf.constant([1])
    slices = tf.IndexedSlices(values, indices, tf.constant([3, 2]))
    with tf.GradientTape(persistent=True) as tape:
        watched = raises(lambda: tape.watch(slices))
        y = tf.convert_to_tensor(slices) ** 2
    ask = tape.gradient
    return {
        "watch": watched,
        "parts": ask(y, [values, indices]),
        "source": raises(lambda: ask(y, slices)),
        "source in a list": raises(lambda: ask(y, [values, slices])),
        "target": raises(lambda: ask(slices, values)),
        "target in a list": raises(lambda: ask([y, slices], values)),
        "cotangent": raises(lambda: ask(y, values, slices)),
        "jacobian of": raises(lambda: tape.jacobian(slices, values)),
        "jacobian to": raises(lambda: tape.jacobian(y, slices)),
        "batch_jacobian to": raises(lambda: tape.batch_jacobian(y, slices)),
    }


@script("IndexedSlices: the parts of a gradient as targets and sources")
def _(tf):
    v = table(tf)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = tf.gather(v, [2, 2, 0]) ** 3
        g = inner.gradient(y, v)
        z = tf.convert_to_tensor(g)
        w = z * z
    return outer.gradient(g.values, v), outer.gradient(w, g.values), outer.gradient(w, [z, v])


@script("IndexedSlices: arithmetic on them")
def _(tf):
    v = table(tf)
    with tf.GradientTape() as tape:
        y = tf.gather(v, [2, 2, 0])
    g = tape.gradient(y, v)
    calls = {
        "negative": lambda: -g,
        "times two": lambda: g * 2.0,
        "two times": lambda: 2.0 * g,
        "times itself": lambda: g * g,
        "plus dense": lambda: g + tf.ones([4, 2]),
        "dense plus": lambda: tf.ones([4, 2]) + g,
        "minus": lambda: g - g,
        "divided": lambda: g / 2.0,
        "matmul": lambda: tf.matmul(tf.convert_to_tensor(g), tf.ones([2, 1])),
        "add": lambda: tf.add(g, g),
        "add_n": lambda: tf.add_n([g, g]),
        "add_n mixed": lambda: tf.add_n([g, tf.ones([4, 2])]),
        "multiply": lambda: tf.multiply(g, 2.0),
        "scalar_mul": lambda: tf.math.scalar_mul(2.0, g),
        "square": lambda: tf.square(g),
        "reduce_sum": lambda: tf.reduce_sum(g),
        "norm": lambda: tf.norm(g),
        "global_norm": lambda: tf.linalg.global_norm([g, tf.constant([3.0])]),
        "clip_by_norm": lambda: tf.clip_by_norm(g, 1.0),
        "clip_by_value": lambda: tf.clip_by_value(g, 0.0, 0.5),
        "clip_by_global_norm": lambda: tf.clip_by_global_norm([g, tf.constant([3.0])], 1.0),
        "cast": lambda: tf.cast(g, tf.float64),
        "identity": lambda: tf.identity(g),
        "stop_gradient": lambda: tf.stop_gradient(g),
        "zeros_like": lambda: tf.zeros_like(g),
        "convert double": lambda: tf.convert_to_tensor(g, tf.float64),
        "is_tensor": lambda: tf.is_tensor(g),
        "is_nested": lambda: tf.nest.is_nested(g),
        "flatten": lambda: len(tf.nest.flatten(g)),
        "flatten composites": lambda: tf.nest.flatten(g, expand_composites=True),
        "map composites": lambda: tf.nest.map_structure(lambda t: t * 2, g, expand_composites=True),
        "shape": lambda: (g.shape, g.dense_shape, g.dtype.name),
        "abs": lambda: tf.abs(g),
        "negative function": lambda: tf.negative(g),
        "numpy": lambda: g.numpy(),
        "len": lambda: len(g),
        "item": lambda: g[0],
    }
    return {k: raises(f) for k, f in calls.items()}


@script("IndexedSlices: applied to variables")
def _(tf):
    g = tf.IndexedSlices(tf.constant([[1.0, 1.0], [10.0, 10.0]]), tf.constant([3, 3]), tf.constant([4, 2]))

    def run(apply):
        v = table(tf)
        return raises(lambda: apply(v)), v.numpy()

    applied = (
        lambda v: v.scatter_sub(g).numpy(),
        lambda v: v.scatter_add(g).numpy(),
        lambda v: v.scatter_update(tf.IndexedSlices(g.values[:1], g.indices[:1])).numpy(),
        lambda v: v.assign_sub(tf.convert_to_tensor(g)).numpy(),
        lambda v: v.assign_sub(g).numpy(),
        lambda v: v.assign_sub(0.1 * tf.convert_to_tensor(g)).numpy(),
        lambda v: v.scatter_sub(tf.IndexedSlices(0.1 * g.values, g.indices)).numpy(),
        lambda v: v.assign(g).numpy(),
    )
    return [run(f) for f in applied]


@script("IndexedSlices: the sum over batches, by hand")
def _(tf):
    v = table(tf)
    parts = []
    for ids in ([0, 1], [1, 1], [3]):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(v, ids) ** 2)
        parts.append(tape.gradient(y, v))
    joined = tf.IndexedSlices(
        tf.concat([p.values for p in parts], 0),
        tf.concat([p.indices for p in parts], 0),
        parts[0].dense_shape,
    )
    return joined, tf.convert_to_tensor(joined), tf.add_n([tf.convert_to_tensor(p) for p in parts])
