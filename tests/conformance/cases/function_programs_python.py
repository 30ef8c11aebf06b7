"""Small programs around `tf.function`, of what people write: Python inside, side effects, signatures, branches."""

import numpy as np
from conformance_kit import raises, script


@script("var nonfirst")
def _(tf):
    vs = []

    @tf.function
    def f(x):
        v = tf.Variable(1.0)
        vs.append(v)
        return x + v

    return raises(lambda: f(tf.constant(1.0)))


@script("var global dict")
def _(tf):
    store = {}

    @tf.function
    def f(name, x):
        if name not in store:
            store[name] = tf.Variable(0.0, name=name)
        return store[name].assign_add(x)

    return (f("a", 1.0), raises(lambda: f("b", 1.0)), f("a", 1.0))


@script("side effects")
def _(tf):
    log = []
    v = tf.Variable(0)

    @tf.function
    def f(x):
        log.append("py")
        v.assign_add(1)
        log.append(type(v).__name__ != "")
        return v * x

    return (f(tf.constant(1)), f(tf.constant(1)), log, v)


@script("list append tensor")
def _(tf):
    out = []

    @tf.function
    def f(x):
        out.append(x * 2)
        return x

    f(tf.constant(1.0))
    return (len(out), raises(lambda: out[0].numpy()), raises(lambda: out[0] + 1))


@script("py scalar retrace")
def _(tf):
    log = []

    @tf.function
    def f(n):
        log.append(n)
        return tf.constant(n)

    [f(n) for n in (1, 2, 1, True, 1.0, 2.0, "a", None) if n is not None]
    return ([repr(l) for l in log], f.experimental_get_tracing_count())


@script("np args")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append((str(x.dtype), str(x.shape)))
        return x

    [
        f(v)
        for v in (
            np.float32(1),
            np.float64(1),
            np.array([1, 2]),
            np.array([3, 4]),
            np.int32(3),
            np.bool_(True),
        )
    ]
    return log


@script("list args")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append(1)
        return tf.convert_to_tensor(x)

    return (f([1, 2]), f([1, 2]), f([2, 3]), f((1, 2)), len(log))


@script("obj identity")
def _(tf):
    log = []

    class Thing:
        def __init__(self, k):
            self.k = k

    @tf.function
    def f(o, x):
        log.append(o.k)
        return x * o.k

    a = Thing(2.0)
    x = tf.constant(1.0)
    r = [f(a, x)]
    a.k = 5.0
    r.append(f(a, x))
    r.append(f(Thing(7.0), x))
    return (r, log)


@script("callable arg")
def _(tf):

    @tf.function
    def f(g, x):
        return g(x)

    x = tf.constant(4.0)
    return (f(tf.sqrt, x), f(lambda v: v * 2, x), f(tf.function(lambda v: -v), x))


@script("dtype arg")
def _(tf):

    @tf.function
    def f(x, dt):
        return tf.cast(x, dt)

    return (f(1, tf.float32), f(tf.constant(1), tf.float64), f(tf.constant(1), "int64"))


@script("shape arg")
def _(tf):

    @tf.function
    def f(s):
        return tf.zeros(s)

    return (f((2,)), f(tf.TensorShape([1, 2])), f([3]))


@script("none arg")
def _(tf):
    log = []

    @tf.function
    def f(x, m=None):
        log.append(m is None)
        return x if m is None else x * m

    x = tf.constant(2.0)
    return (f(x), f(x, None), f(x, x), f(x, m=None), log)


@script("bool arg")
def _(tf):

    @tf.function
    def f(x, training=False):
        if training:
            return x * 2
        return x

    x = tf.constant(1.0)
    return (
        f(x),
        f(x, True),
        f(x, training=True),
        f(x, tf.constant(True)),
        f.experimental_get_tracing_count(),
    )


@script("grad inside")
def _(tf):
    v = tf.Variable(2.0)

    @tf.function
    def step(x):
        with tf.GradientTape() as t:
            l = (v * x) ** 2
        g = t.gradient(l, v)
        v.assign_sub(0.1 * g)
        return l

    return (step(tf.constant(1.0)), step(tf.constant(1.0)), v)


@script("grad outside")
def _(tf):

    @tf.function
    def f(x):
        return x**3

    x = tf.constant(2.0)
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t:
            t.watch(x)
            y = f(x)
        g = t.gradient(y, x)
    return (g, t2.gradient(g, x))


@script("chained compare")
def _(tf):

    @tf.function
    def f(x):
        return tf.constant(1) if 0 < x < 5 else tf.constant(2)

    return (f(tf.constant(3)), f(tf.constant(7)), f(3))


@script("aug assign attr")
def _(tf):

    class S:
        pass

    s = S()
    s.n = 0

    @tf.function
    def f(x):
        s.n += 1
        return x * s.n

    return (f(tf.constant(1)), f(tf.constant(1)), f(tf.constant([1])), s.n)


@script("dict mutate arg")
def _(tf):

    @tf.function
    def f(d):
        d["b"] = d["a"] * 2
        return d["b"]

    d = {"a": tf.constant(1.0)}
    r = raises(lambda: f(d))
    return (r, sorted(d))


@script("list mutate arg")
def _(tf):

    @tf.function
    def f(l):
        l.append(3)
        return tf.add_n([tf.cast(v, tf.float32) for v in l])

    l = [1.0, 2.0]
    return (raises(lambda: f(l)), len(l))


@script("unhashable")
def _(tf):

    @tf.function
    def f(s):
        return tf.constant(len(s))

    return (raises(lambda: f({1, 2})), raises(lambda: f(bytearray(b"a"))), raises(lambda: f(frozenset([1]))))


@script("wrong args")
def _(tf):

    @tf.function
    def f(x, y):
        return x

    return (
        raises(lambda: f()),
        raises(lambda: f(1, 2, 3)),
        raises(lambda: f(1, z=2)),
        raises(lambda: f(1, 2, x=3)),
    )


@script("not callable")
def _(tf):
    return (
        raises(lambda: tf.function(3)),
        raises(lambda: tf.function("a")),
        raises(lambda: tf.function(print)("x")),
    )


@script("func of func")
def _(tf):

    @tf.function
    def f(x):
        return x + 1

    g = tf.function(f)
    return (g(tf.constant(1)), g.experimental_get_tracing_count())


@script("class ctor")
def _(tf):

    class A:
        def __init__(self, x):
            self.x = x * 2

    @tf.function
    def f(x):
        return A(x).x

    return f(tf.constant(2.0))


@script("operator over")
def _(tf):

    class V:
        def __init__(self, t):
            self.t = t

        def __add__(self, o):
            return V(self.t + o.t)

        def __getitem__(self, i):
            return self.t[i]

    @tf.function
    def f(x):
        return (V(x) + V(x))[0]

    return f(tf.constant([1.0, 2.0]))


@script("while py")
def _(tf):

    @tf.function
    def f(x):
        n = 0
        while n < 3:
            x = x * 2
            n += 1
        return (x, n)

    return f(tf.constant(1.0))


@script("while t")
def _(tf):

    @tf.function
    def f(x):
        n = tf.constant(0)
        while x < 100.0:
            x = x * 3.0
            n += 1
        return (x, n)

    return (f(tf.constant(1.0)), f(tf.constant(50.0)))


@script("for range t")
def _(tf):

    @tf.function
    def f(n):
        s = 0
        for i in tf.range(n):
            s += i
        return s

    return (f(tf.constant(5)), f(tf.constant(0)))


@script("for break")
def _(tf):

    @tf.function
    def f(xs):
        s = 0.0
        for x in xs:
            if x < 0:
                break
            if x > 10:
                continue
            s += x
        return s

    return f(tf.constant([1.0, 20.0, 2.0, -1.0, 5.0]))


@script("assert py")
def _(tf):

    @tf.function
    def f(x, n):
        assert n > 0, "n"
        return x * n

    return (f(tf.constant(1.0), 2), raises(lambda: f(tf.constant(1.0), -1)))


@script("raise in branch")
def _(tf):

    @tf.function
    def f(x):
        if x.shape.rank != 1:
            raise ValueError("rank")
        return x

    return (f(tf.constant([1.0])), raises(lambda: f(tf.constant(1.0))))


@script("raise tensor branch")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            raise ValueError("pos")
        return x

    return (raises(lambda: f(tf.constant(-1.0))), raises(lambda: f(tf.constant(1.0))))


@script("none else")
def _(tf):

    @tf.function
    def f(x):
        y = None
        if x > 0:
            y = x
        return y

    return raises(lambda: f(tf.constant(1.0)))
