"""Small training-like programs in functions: branches, Variables, random numbers and derivatives together."""

from conformance_kit import raises, script

TOL = {"float32": 1e-5}


@script("if var assign")
def _(tf):
    v = tf.Variable(1.0)
    w = tf.Variable(10.0)

    @tf.function
    def f(x):
        if x > 0:
            v.assign_add(x)
        else:
            w.assign_sub(x)
            v.assign(0.0)
        return v + w

    return ([f(tf.constant(c)) for c in (1.0, -2.0, 3.0)], v, w)


@script("if var grad")
def _(tf):
    v = tf.Variable(2.0)

    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            if x > 0:
                y = v * v * x
            else:
                y = v * 3.0
        return (y, t.gradient(y, v))

    return [f(tf.constant(c)) for c in (1.0, -2.0, 3.0)]


@script("if nested fn grad")
def _(tf):
    v = tf.Variable(2.0)

    @tf.function
    def g(x):
        return x * v

    @tf.function
    def f(x):
        if x > 0:
            return g(x) ** 2
        return g(-x)

    out = []
    for c in (1.0, -2.0, 3.0):
        x = tf.constant(c)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        out.append(t.gradient(y, [x, v]))
    return out


@script("second order if")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            return x**4
        return tf.sin(x)

    out = []
    for c in (1.0, -2.0, 3.0):
        x = tf.constant(c)
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t:
                t.watch(x)
                y = f(x)
            g = t.gradient(y, x)
        out.append([g, t2.gradient(g, x)])
    return out


@script("jacobian if")
def _(tf):

    @tf.function
    def f(x):
        if tf.reduce_sum(x) > 0:
            return x**2
        return x * 3.0

    out = []
    for c in ([1.0, 2.0], [-1.0, -2.0]):
        x = tf.constant(c)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        out.append(t.jacobian(y, x))
    return out


@script("jacobian inside if")
def _(tf):

    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            t.watch(x)
            if tf.reduce_sum(x) > 0:
                y = x**3
            else:
                y = x[::-1] * 2.0
        return t.jacobian(y, x)

    return [f(tf.constant(c)) for c in ([1.0, 2.0], [-1.0, -2.0])]


@script("forward if")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            return x**3
        return tf.exp(x)

    out = []
    for c in (2.0, -1.0):
        x = tf.constant(c)
        with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as a:
            y = f(x)
        out.append(a.jvp(y))
    return out


@script("hessian open")
def _(tf):

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x):
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t:
                t.watch(x)
                y = tf.reduce_sum(x**3)
            g = t.gradient(y, x)
        return t2.jacobian(g, x)

    return [f(tf.range(float(n)) + 1.0) for n in (2, 3, 1)]


@script("open if")
def _(tf):

    @tf.function(input_signature=[tf.TensorSpec([None, 2])])
    def f(x):
        if tf.shape(x)[0] > 2:
            return tf.reduce_sum(x, 0)
        if tf.reduce_sum(x) > 0:
            y = x * 2.0
        else:
            y = -x
        return tf.reduce_max(y, 0)

    return [f(tf.ones([n, 2]) * s) for n, s in ((1, 1.0), (2, -1.0), (3, 1.0), (4, 1.0), (2, 2.0))]


@script("open if grad")
def _(tf):

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x):
        if tf.reduce_sum(x) > 0:
            y = x**2
        else:
            y = -x * 3.0
        return tf.reduce_sum(y)

    out = []
    for c in ([1.0], [-1.0, -2.0], [1.0, 2.0, 3.0], [-1.0]):
        x = tf.constant(c)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        out.append([y, t.gradient(y, x)])
    return out


@script("random if", tol=TOL)
def _(tf):
    tf.random.set_seed(3)

    @tf.function
    def f(x):
        if x > 0:
            return tf.random.uniform([2])
        return tf.random.uniform([2]) * 10.0

    return [f(tf.constant(c)) for c in (1.0, -1.0, 1.0, -1.0)]


@script("random nested", tol=TOL)
def _(tf):
    tf.random.set_seed(7)

    @tf.function
    def g():
        return tf.random.normal([2])

    @tf.function
    def f():
        return (g() + 0.0, tf.random.normal([2]), g())

    return (f(), g(), f())


@script("random nested2", tol=TOL)
def _(tf):
    tf.random.set_seed(7)

    @tf.function
    def h():
        return tf.random.uniform([])

    @tf.function
    def g():
        return (h(), h())

    @tf.function
    def f():
        return (g(), h(), g())

    return (f(), f(), g())


@script("random seeded", tol=TOL)
def _(tf):

    @tf.function
    def f():
        return (tf.random.uniform([2], seed=4), tf.random.uniform([2], seed=4))

    tf.random.set_seed(1)
    a = (f(), f())
    tf.random.set_seed(1)
    b = f()
    return (a, b)


@script("random generator", tol=TOL)
def _(tf):
    g = tf.random.Generator.from_seed(3)

    @tf.function
    def f():
        return g.normal([2])

    return (f(), f(), g.normal([2]))


@script("dropout fn", tol=TOL)
def _(tf):
    tf.random.set_seed(2)

    @tf.function
    def f(x, training):
        return tf.nn.dropout(x, 0.5) if training else x

    x = tf.ones([6])
    return (f(x, True), f(x, False), f(x, True))


@script("momentum")
def _(tf):
    w = tf.Variable([1.0, 2.0])
    m = tf.Variable([0.0, 0.0])

    @tf.function
    def step(x):
        with tf.GradientTape() as t:
            l = tf.reduce_sum((w * x - 1.0) ** 2)
        g = t.gradient(l, w)
        m.assign(0.9 * m + g)
        w.assign_sub(0.1 * m)
        return l

    return ([step(tf.constant([1.0, 0.5])) for _ in range(4)], w, m)


@script("clip if")
def _(tf):
    w = tf.Variable(5.0)

    @tf.function
    def step(lim):
        with tf.GradientTape() as t:
            l = w**3
        g = t.gradient(l, w)
        if tf.abs(g) > lim:
            g = tf.sign(g) * lim
        w.assign_sub(0.1 * g)
        return g

    return ([step(tf.constant(10.0)) for _ in range(4)], w)


@script("while var")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(n):
        i = 0
        while i < n:
            v.assign(v * 2.0)
            i += 1
        return v.read_value()

    return (f(tf.constant(3)), f(tf.constant(2)), v)


@script("while grad")
def _(tf):

    @tf.function
    def f(x, n):
        i = 0
        y = x
        while i < n:
            y = y * x
            i += 1
        return y

    out = []
    for n in (0, 1, 4):
        x = tf.constant(2.0)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x, tf.constant(n))
        out.append([y, t.gradient(y, x)])
    return out


@script("for if break")
def _(tf):

    @tf.function
    def f(xs):
        s = 0.0
        n = 0
        for x in xs:
            if x < 0.0:
                if x < -5.0:
                    break
                continue
            s += x
            n += 1
        return (s, n)

    return [f(tf.constant(c)) for c in ([1.0, -1.0, 2.0], [1.0, -6.0, 3.0], [4.0, 4.0, 4.0])]


@script("nested tapes fn")
def _(tf):
    v = tf.Variable(3.0)

    @tf.function
    def inner(x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = x * x * v
        return t.gradient(y, x)

    x = tf.constant(2.0)
    with tf.GradientTape() as t:
        t.watch(x)
        z = inner(x)
    return (z, t.gradient(z, [x, v]))


@script("cond op")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        return tf.cond(x > 0, lambda: v * x, lambda: v - x)

    out = []
    for c in (2.0, -3.0):
        with tf.GradientTape() as t:
            y = f(tf.constant(c))
        out.append([y, t.gradient(y, v)])
    return out


@script("switch case")
def _(tf):

    @tf.function
    def f(i, x):
        return tf.switch_case(i, [lambda: x, lambda: x * x, lambda: x**3])

    out = []
    for i in (0, 1, 2, 7):
        x = tf.constant(2.0)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(tf.constant(i), x)
        out.append([y, t.gradient(y, x)])
    return out


@script("unused arg grad")
def _(tf):

    @tf.function
    def f(x, y):
        return x * 2.0

    x, y = (tf.constant(1.0), tf.constant(2.0))
    with tf.GradientTape() as t:
        t.watch([x, y])
        z = f(x, y)
    return t.gradient(z, [x, y])


@script("multi out grad")
def _(tf):

    @tf.function
    def f(x):
        return {"a": x * 2.0, "b": [x**2, tf.cast(x, tf.int32)]}

    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as t:
        t.watch(x)
        r = f(x)
    return (t.gradient(r["a"], x), t.gradient(r["b"][0], x), t.gradient([r["a"], r["b"][0]], x))


@script("gather if")
def _(tf):
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.function
    def f(i):
        if i > 0:
            return tf.reduce_sum(tf.gather(w, [i, 0]) ** 2)
        return tf.reduce_sum(w[0])

    out = []
    for i in (0, 1, 2):
        with tf.GradientTape() as t:
            y = f(tf.constant(i))
        g = t.gradient(y, w)
        out.append([y, tf.convert_to_tensor(g)])
    return out


@script("list state")
def _(tf):

    @tf.function
    def f(xs):
        acc = []
        for x in xs:
            acc.append(x * 2)
        return tf.stack(acc)

    return f([tf.constant(1.0), tf.constant(2.0)])


@script("assert op")
def _(tf):

    @tf.function
    def f(x):
        with tf.control_dependencies([tf.debugging.assert_less(x, 5.0)]):
            return x * 2

    return (f(tf.constant(1.0)), raises(lambda: f(tf.constant(6.0))), f(tf.constant(2.0)))


@script("batch jac")
def _(tf):

    @tf.function
    def f(x):
        with tf.GradientTape() as t:
            t.watch(x)
            y = tf.tanh(x) * x
        return t.batch_jacobian(y, x)

    return f(tf.reshape(tf.range(4.0), [2, 2]))


@script("vectorized")
def _(tf):

    @tf.function
    def f(x):
        return tf.vectorized_map(lambda r: tf.reduce_sum(r) ** 2, x)

    return f(tf.reshape(tf.range(4.0), [2, 2]))


@script("linalg grads")
def _(tf):

    @tf.function
    def f(a):
        return (
            tf.linalg.det(a)
            + tf.reduce_sum(tf.linalg.solve(a, tf.ones([2, 1])))
            + tf.linalg.logdet(a @ tf.transpose(a))
        )

    out = []
    for s in (1.0, 2.0):
        a = tf.constant([[2.0, 0.5], [0.3, 1.0]]) * s
        with tf.GradientTape() as t:
            t.watch(a)
            y = f(a)
        out.append([y, t.gradient(y, a)])
    return out


@script("singular")
def _(tf):

    @tf.function
    def f(a):
        return tf.linalg.inv(a)

    return (raises(lambda: f(tf.zeros([2, 2]))), f(tf.eye(2)), raises(lambda: f(tf.zeros([2, 2]))))


@script("singular grad")
def _(tf):

    @tf.function
    def f(a):
        return tf.reduce_sum(tf.linalg.cholesky(a))

    def go(a):
        with tf.GradientTape() as t:
            t.watch(a)
            y = f(a)
        return t.gradient(y, a)

    return (go(tf.eye(2) * 4.0), raises(lambda: go(-tf.eye(2))), go(tf.eye(2)))
