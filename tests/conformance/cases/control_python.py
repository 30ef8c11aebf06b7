"""Python functions as ops, and tensors handed to other libraries."""

from conformance_kit import raises, script


@script("py_function and numpy_function: results")
def _(tf):
    f32, x = tf.float32, tf.constant(3.0)

    def py(f, tout, inp=(x,)):
        return raises(lambda: tf.py_function(f, list(inp), tout))

    def np_(f, tout):
        return raises(lambda: tf.numpy_function(f, [x], tout))

    return (
        py(lambda v: v * 2, f32),
        py(lambda v: [v * 2, v], [f32, f32]),
        py(lambda v: v.numpy() * 2, f32),
        py(lambda v: 5, f32),
        py(lambda v: (v, v), [f32]),
        py(lambda v: (v,), (f32,)),
        py(lambda v: v, tf.TensorSpec([], f32)),
        py(lambda v: None, []),
        py(lambda v: v, tf.int32),
        py(lambda v: 1 / 0, f32),
        py(lambda v: v, None),
        py(lambda v: {"a": v}, {"a": f32}),
        np_(lambda v: v * 2, f32),
        np_(lambda v: (v * 2, v), [f32, f32]),
        np_(lambda v: v * 2, tf.float64),
        np_(lambda v: type(v).__name__, tf.string),
        np_(lambda v: None, []),
        np_(lambda v: (v,), [f32]),
        np_(lambda v: 1 / 0, f32),
    )


@script("py_function: gradients flow to its inputs alone, to first order")
def _(tf):
    x, v = tf.constant(3.0), tf.Variable(2.0)
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = tf.py_function(lambda a: a * a * x * v, [x], tf.float32)
        g, of_v = t1.gradient(y, [x, v])
    with tf.GradientTape() as t3:
        t3.watch(x)
        z = tf.py_function(lambda a: [a * a, a], [x], [tf.float32, tf.float32])
    return g, of_v, t2.gradient(g, x), t3.gradient(z, x)


@script("dlpack")
def _(tf):
    d = tf.experimental.dlpack
    capsule = d.to_dlpack(tf.constant([1.0, 2.0]))
    return (
        type(capsule).__name__,
        d.from_dlpack(capsule),
        raises(lambda: d.to_dlpack("x")),
        raises(lambda: d.from_dlpack(3)),
    )
