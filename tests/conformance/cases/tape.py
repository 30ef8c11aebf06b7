"""tf.GradientTape: every sentence of a walk through it, and what it watches."""

from conformance_kit import raises, script


# -- a walk through, sentence by sentence -------------------------------------------------------------------------
@script("two variables")
def _(tf):
    x, y = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        z = x**2 + x * y
        grads = tape.gradient(z, [x, y])
    return z, grads


@script("two functions, their sum")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        f1 = x**2
        f2 = 1 / x
    return tape.gradient(f1, x), tape.gradient(f2, x), tape.gradient([f1, f2], x)


@script("a target that is not a scalar is summed")
def _(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * tf.constant([3.0, 4.0])
    return tape.gradient(y, x)


@script("independent elements")
def _(tf):
    x = tf.linspace(-10.0, 10.0, 21)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x)
    return y, tape.gradient(y, x)


@script("None, the variable was replaced by a tensor")
def _(tf):
    x = tf.Variable(2.0)
    grads = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = x + 1
        grads.append(tape.gradient(y, x))
        x = x + 1  # a tensor from here on, and nothing watches it
    return grads


@script("assign keeps the gradient")
def _(tf):
    x = tf.Variable(2.0)
    grads = []
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = x * x
        grads.append(tape.gradient(y, x))
        x.assign_add(1.0)
    return grads


@script("None, outside of TensorFlow")
def _(tf):
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        y = tf.reduce_mean(x.numpy() ** 2, axis=0)
        z = tf.reduce_mean(y)
    return tape.gradient(z, x)


@script("None, integers")
def _(tf):
    x = tf.constant(10)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return y, tape.gradient(y, x)


@script("None, through state")
def _(tf):
    x0, x1 = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        x1.assign_add(x0)
        y = x1**2
    return tape.gradient(y, x0)


@script("stop_recording and stop_gradient")
def _(tf):
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        x_sq = x * x
        with tape.stop_recording():
            y_sq = y * y
        z = x_sq + y_sq
        w = x**2 + tf.stop_gradient(y**2)
    return tape.gradient(z, {"x": x, "y": y}), tape.gradient(w, {"x": x, "y": y})


@script("several tapes, each watches its own")
def _(tf):
    x0, x1 = tf.constant(0.0), tf.constant(0.0)
    with tf.GradientTape() as tape0, tf.GradientTape() as tape1:
        tape0.watch(x0)
        tape1.watch(x1)
        y = tf.math.sin(x0) + tf.nn.sigmoid(x1)
    return tape0.gradient(y, x0), tape1.gradient(y, x1)


@script("higher order by nesting")
def _(tf):
    x = tf.Variable(1.5)
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            y = x**3
        dy = t1.gradient(y, x)
    return dy, t2.gradient(dy, x)


@script("jacobian of a scalar source, of a vector source")
def _(tf):
    x, delta = tf.linspace(-10.0, 10.0, 11), tf.Variable(0.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x + delta)
    full = tape.jacobian(y, x)
    return tape.jacobian(y, delta), full, tf.linalg.diag_part(full)


@script("the Hessian by two tapes")
def _(tf):
    x = tf.Variable([[0.5, -1.0], [2.0, 0.25]])
    with tf.GradientTape() as t2:
        with tf.GradientTape() as t1:
            loss = tf.reduce_sum(tf.exp(x) * tf.transpose(x))
        g = t1.gradient(loss, x)
    return g, t2.jacobian(g, x)


# -- what is watched -----------------------------------------------------------------------------------------
@script("a constant is not watched by itself")
def _(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


@script("watch of nested structures and Variables")
def _(tf):
    x, v, z = tf.constant(3.0), tf.Variable(2.0), tf.constant([1.0, 2.0])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch({"x": x, "rest": [v, (z,)]})
        y = x * v * z
    return tape.gradient(y, [x, v, z])


@script("watch after use records nothing of the past")
def _(tf):
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        tape.watch(x)
        z = x * x * x
    return tape.gradient(y, x), tape.gradient(z, x), tape.gradient([y, z], x)


@script("watch twice counts once")
def _(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        tape.watch(x)
        y = x * x
    return tape.gradient(y, x)


@script("watch of an intermediate result")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        tape.watch(y)
        z = y * y
    return tape.gradient(z, [x, y])


@script("gradient with respect to an intermediate result")
def _(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y + x
    return tape.gradient(z, y), tape.gradient(z, [x, y]), tape.gradient(y, y)


@script("watch of integers, booleans, strings")
def _(tf):
    def run(value):
        x = tf.constant(value)
        with tf.GradientTape() as tape:
            watched = raises(lambda: tape.watch(x))
            y = tf.identity(x)
        return watched, raises(lambda: tape.gradient(y, x))

    return [run(v) for v in (1, [1, 2], True, "a", 1 + 2j)]


@script("watch of what is not a tensor")
def _(tf):
    with tf.GradientTape() as tape:
        things = (3.0, 3, "a", None, [1.0, 2.0], object(), [])
        return [raises(lambda x=x: tape.watch(x)) for x in things]


@script("watch of a numpy array")
def _(tf):
    import numpy as np

    with tf.GradientTape() as tape:
        return [raises(lambda: tape.watch(np.ones(3, np.float32)))]


@script("watch outside of the context")
def _(tf):
    x = tf.constant(3.0)
    tape = tf.GradientTape()
    before = raises(lambda: tape.watch(x))
    with tape:
        tape.watch(x)
        y = x * x
    after = raises(lambda: tape.watch(x))
    return before, after, tape.gradient(y, x)


@script("watch_accessed_variables=False")
def _(tf):
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * w
    return tape.gradient(y, [v, w]), len(tape.watched_variables())


@script("trainable=False is not watched by itself")
def _(tf):
    v = tf.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        y = v * v
    with tf.GradientTape() as watching:
        watching.watch(v)
        z = v * v
    return tape.gradient(y, v), watching.gradient(z, v), len(tape.watched_variables())


@script("an integer Variable")
def _(tf):
    v = tf.Variable(2)
    with tf.GradientTape() as tape:
        y = v * v
    return tape.gradient(y, v), len(tape.watched_variables())


@script("watched_variables: in order of creation, once each")
def _(tf):
    a, b, c = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b"), tf.Variable(3.0, name="c")
    with tf.GradientTape() as tape:
        before = tape.watched_variables()
        _ = b * a * b
        tape.watch(c)
    found = tape.watched_variables()
    return before, type(found).__name__, [v.name for v in found]


@script("watched_variables: reading is enough")
def _(tf):
    a, b, c = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        a.read_value()
        tf.identity(b)
        c.assign(5.0)
    return len(tape.watched_variables())


@script("a Variable that is read before the tape")
def _(tf):
    v = tf.Variable(3.0)
    x = v.read_value()
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, v)


@script("nested: each tape sees the Variable")
def _(tf):
    v = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = v * v
        z = y * v
    return inner.gradient(y, v), outer.gradient(z, v)
