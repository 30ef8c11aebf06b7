"""Integer and boolean results of ops that have a gradient, or none, and what comes of them."""

from conformance_kit import raises, script


@script("positions: argsort, top_k, unique, where")
def _(tf):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        made = {
            "argsort": tf.argsort(x),
            "argsort descending": tf.argsort(x, direction="DESCENDING"),
            "top_k": tf.math.top_k(x, 2).indices,
            "argmax": tf.argmax(x),
            "argsort of columns": tf.argsort(tf.stack([x, -x]), axis=0),
            "argmin": tf.argmin(x, output_type=tf.int32),
            "where": tf.where(x > 1.5),
            "unique": tf.unique(x).idx,
            "searchsorted": tf.searchsorted(tf.sort(x), x),
            "unique_with_counts": tf.unique_with_counts(x).count,
            "lu": tf.linalg.lu(tf.linalg.diag(x)).p if hasattr(tf.linalg.lu(tf.eye(2)), "p") else None,
            "max_pool_with_argmax": tf.nn.max_pool_with_argmax(tf.reshape(x, [1, 3, 1, 1]), 2, 1, "VALID")[1],
        }
    return {k: raises(lambda t=t: tape.gradient(t, x)) for k, t in made.items()}


@script("casts to integers and back")
def _(tf):
    x = tf.Variable([3.5, -1.5])
    with tf.GradientTape(persistent=True) as tape:
        n = tf.cast(x, tf.int32)
        made = {
            "int": n,
            "back": tf.cast(n, tf.float32),
            "times": tf.cast(n, tf.float32) * x,
            "bool": tf.cast(x, tf.bool),
            "saturate": tf.saturate_cast(x, tf.uint8),
            "range": tf.range(3) + n[0],
            "one_hot": tf.one_hot(n, 4),
            "gather": tf.gather(x, tf.abs(n) % 2),
            "repeat": tf.repeat(x, tf.abs(n)),
            "fill": tf.fill([tf.abs(n[0])], x[0]),
        }
    return {k: raises(lambda t=t: tape.gradient(t, x)) for k, t in made.items()}


@script("bits: bitcast to an integer, and back")
def _(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        bits = tf.bitcast(x, tf.int32)
        back = tf.bitcast(bits, tf.float32)
        beside = tf.cast(bits, tf.float32) * 0.0 + x
    ask = tape.gradient
    return [raises(lambda t=t: ask(t, x)) for t in (bits, back, beside)]


@script("comparisons and logic")
def _(tf):
    x, y = tf.Variable([1.0, 2.0]), tf.Variable([2.0, 1.0])
    with tf.GradientTape(persistent=True) as tape:
        made = {
            "less": x < y,
            "equal": tf.equal(x, y),
            "close": tf.math.is_finite(x),
            "all": tf.reduce_all(x > 0.0),
            "not": tf.logical_not(x > y),
            "mask": tf.cast(x > y, tf.float32) * y,
            "where": tf.where(x > y, x * y, x + y),
            "boolean_mask": tf.boolean_mask(x * y, x > y),
            "cond": tf.cond(tf.reduce_all(x > y), lambda: x, lambda: y * 2.0),
        }
    return {k: raises(lambda t=t: tape.gradient(t, [x, y])) for k, t in made.items()}


@script("shapes and sizes of what is traced")
def _(tf):
    x = tf.Variable([[1.0, 2.0, 3.0]])
    with tf.GradientTape(persistent=True) as tape:
        made = {
            "shape": tf.shape(x),
            "shape_n": tf.shape_n([x, x])[0],
            "size": tf.size(x),
            "rank": tf.rank(x),
            "reshape": tf.reshape(x, tf.reverse(tf.shape(x), [0])),
            "mean by hand": tf.reduce_sum(x) / tf.cast(tf.size(x), tf.float32),
            "zeros_like": tf.zeros_like(x),
            "ones": tf.ones(tf.shape(x)) * x,
            "broadcast": tf.broadcast_to(x, tf.concat([[2], tf.shape(x)[1:]], 0)),
        }
    return {k: raises(lambda t=t: tape.gradient(t, x)) for k, t in made.items()}


@script("an integer result as a source, beside the float it came from")
def _(tf):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        n = tf.cast(x, tf.int32)
        y = tf.cast(n, tf.float32) * x
    ask = tape.gradient
    return ask(y, [x, n]), ask(y, n), ask(n, x), ask(y, [n, x], unconnected_gradients="zero")


@script("integers in two tapes")
def _(tf):
    x = tf.Variable([3.0, 1.0, 2.0])
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            order = tf.argsort(x)
            y = tf.gather(x, order) ** 3 * tf.cast(tf.range(3), tf.float32)
        g = tf.convert_to_tensor(inner.gradient(y, x))
    return g, outer.gradient(g, x), outer.jacobian(g, x)


@script("integer parts of what a custom gradient gives and takes")
def _(tf):
    @tf.custom_gradient
    def split(x):
        n = tf.floor(x)

        def grad(d_int, d_rest):
            return d_rest * 10.0

        return (tf.cast(n, tf.int32), x - n), grad

    x = tf.Variable([1.25, 2.5])
    with tf.GradientTape(persistent=True) as tape:
        n, rest = split(x.read_value())
        y = tf.cast(n, tf.float32) * rest
    return tape.gradient(y, x), tape.gradient(rest, x), tape.gradient(n, x), tape.gradient([n, rest], x)


@script("a string result")
def _(tf):
    x = tf.Variable([1.5, 2.5])
    with tf.GradientTape(persistent=True) as tape:
        text = tf.strings.as_string(x)
        y = tf.cast(tf.shape(text), tf.float32) * x
    return tape.gradient(y, x), raises(lambda: tape.gradient(text, x)), tape.gradient(y, [text, x])
