"""Small programs around `tf.function`, of what people write: Variables, kinds of arguments, gradients, calls."""

import functools
import itertools
import math
import operator

import numpy as np
from conformance_kit import raises, script


@script("undefined else")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            y = x
        return y

    return (raises(lambda: f(tf.constant(1.0))), raises(lambda: f(tf.constant(-1.0))))


@script("dtype mismatch")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            y = 1
        else:
            y = 2.0
        return y

    return raises(lambda: f(tf.constant(1.0)))


@script("python branch values")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            s = "pos"
        else:
            s = "neg"
        return s

    return (raises(lambda: f(tf.constant(1.0))), raises(lambda: f(tf.constant(-1.0))))


@script("int of tensor")
def _(tf):

    @tf.function
    def f(x):
        return (int(x) + 1, float(x))

    return f(tf.constant(2.7))


@script("range len")
def _(tf):

    @tf.function
    def f(x):
        s = 0.0
        for i in range(len(x)):
            s += x[i] * i
        return s

    return f(tf.constant([1.0, 2.0, 3.0]))


@script("range shape0")
def _(tf):

    @tf.function
    def f(x):
        out = []
        for i in range(x.shape[0]):
            out.append(x[i] * i)
        return tf.stack(out)

    return f(tf.constant([1.0, 2.0, 3.0]))


@script("max min builtin")
def _(tf):

    @tf.function
    def f(a):
        return (abs(a), round(3.4), sum([a, a]))

    return f(tf.constant(-2))


@script("numpy inside")
def _(tf):

    @tf.function
    def f(x):
        return x * np.pi + np.ones(2, np.float32)

    return f(tf.constant(1.0))


@script("numpy of tensor")
def _(tf):

    @tf.function
    def f(x):
        return np.sin(x)

    return raises(lambda: f(tf.constant(1.0)))


@script("init scope in")
def _(tf):
    v = []

    @tf.function
    def f(x):
        with tf.init_scope():
            if not v:
                v.append(tf.Variable(1.0))
        return v[0] + x

    return (f(tf.constant(1.0)), f(tf.constant(2.0)))


@script("py func")
def _(tf):

    @tf.function
    def f(x):
        return (
            tf.py_function(lambda a: a.numpy() * 2, [x], tf.float32),
            tf.numpy_function(lambda a: a + 1, [x], tf.float32),
        )

    return f(tf.constant(2.0))


@script("variables arg")
def _(tf):
    log = []

    @tf.function
    def f(v, x):
        log.append(1)
        v.assign_add(x)
        return v * 2

    a, b = (tf.Variable(1.0), tf.Variable(5.0))
    return (f(a, 1.0), f(b, 1.0), a, b, len(log))


@script("nested call kinds")
def _(tf):
    log = []

    @tf.function
    def g(x):
        log.append(str(x.shape))
        return tf.reduce_sum(x)

    @tf.function
    def f(x):
        return g(x) + g(x[:1]) + g(x)

    return (f(tf.constant([1.0, 2.0])), f(tf.constant([1.0, 2.0])), log)


@script("default tensor")
def _(tf):

    @tf.function
    def f(x, y=tf.constant(2.0)):  # noqa: B008
        return x * y

    return (f(tf.constant(3.0)), f(tf.constant(3.0), tf.constant(5.0)))


@script("posonly")
def _(tf):

    @tf.function
    def f(a, /, b, *, c=1):
        return a + b * c

    return (f(1, 2), f(tf.constant(1), b=3, c=2), raises(lambda: f(a=1, b=2)))


@script("ann")
def _(tf):

    @tf.function
    def f(x: tf.Tensor, n: int = 2) -> tf.Tensor:
        return x**n

    return (f(tf.constant(2.0)), f(2.0))


@script("async not")
def _(tf):

    @tf.function
    def f(x):
        return ([*(v * 2 for v in [x, x])], *[x])

    return f(tf.constant(1.0))


@script("itert")
def _(tf):

    @tf.function
    def f(x):
        return (
            [a * b for a, b in itertools.product([x, 2.0], [3.0, x])],
            functools.reduce(lambda a, b: a + b, [x] * 3),
        )

    return f(tf.constant(1.0))


@script("slots prop")
def _(tf):

    class A(tf.Module):
        def __init__(self):
            super().__init__()
            self.v = tf.Variable(2.0)
            self._k = tf.function(self._inner)

        def _inner(self, x):
            return self.v * x

        def __call__(self, x):
            return self._k(x)

    a = A()
    return (a(tf.constant(2.0)), a.v.assign(5.0), a(tf.constant(2.0)))


@script("conditional import")
def _(tf):

    @tf.function
    def f(x):
        from functools import reduce

        return x * math.pi + reduce(operator.add, [1.0, 2.0])

    return f(tf.constant(1.0))


@script("delete var")
def _(tf):

    @tf.function
    def f(x):
        y = x * 2
        del x
        return y

    return f(tf.constant(1.0))


@script("lambda default")
def _(tf):
    fs = [tf.function(lambda x, k=k: x * k) for k in range(3)]
    return [g(tf.constant(2)) for g in fs]


@script("late binding")
def _(tf):
    fs = [tf.function(lambda x: x * k) for k in range(3)]  # noqa: B023
    return [g(tf.constant(2)) for g in fs]


@script("multi sig errors")
def _(tf):
    f = raises(lambda: tf.function(lambda x: x, input_signature=[]))
    return (
        f if isinstance(f, str) else raises(lambda: f(1)),
        raises(lambda: tf.function(lambda: 1, input_signature=[tf.TensorSpec([])])),
        raises(lambda: tf.function(lambda x, y: 1, input_signature=[tf.TensorSpec([])])),
    )


@script("sig default arg")
def _(tf):

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x, k=2.0):
        return x * k

    return (f(tf.ones([2])), raises(lambda: f(tf.ones([2]), 3.0)), raises(lambda: f(x=tf.ones([1]))))


@script("sparse arg")
def _(tf):

    @tf.function
    def f(s):
        return tf.sparse.reduce_sum(s)

    return f(tf.sparse.from_dense([[1.0, 0.0], [0.0, 3.0]]))


@script("indexed slices")
def _(tf):
    v = tf.Variable([1.0, 2.0, 3.0])

    @tf.function
    def f():
        with tf.GradientTape() as t:
            y = tf.reduce_sum(tf.gather(v, [0, 2]))
        return t.gradient(y, v)

    return tf.convert_to_tensor(f())


@script("tensorarray")
def _(tf):

    @tf.function
    def f(n):
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(n):
            ta = ta.write(i, tf.cast(i, tf.float32) ** 2)
        return ta.stack()

    return (f(tf.constant(4)), f(tf.constant(2)))


@script("stop grad")
def _(tf):

    @tf.function
    def f(x):
        return x * tf.stop_gradient(x)

    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = f(x)
    return t.gradient(y, x)


@script("custom grad")
def _(tf):

    @tf.custom_gradient
    def c(x):

        def g(dy):
            return dy * 10.0

        return (x, g)

    @tf.function
    def f(x):
        return c(x) * 2

    x = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch(x)
        y = f(x)
    return t.gradient(y, x)


@script("tf gradients const")
def _(tf):

    @tf.function
    def f():
        x = tf.constant(3.0)
        y = x * x
        return tf.gradients(y, x)[0]

    def helper(x):
        return tf.gradients(x * x * x, x)[0]

    class K:
        h = staticmethod(helper)

        def m(self):
            x = tf.constant(2.0)
            return K.h(x)

    @tf.function
    def g(k):
        return k.m()

    @tf.function
    def h():
        return K().m()

    return (f(), g(K()), h())


@script("tf hessians")
def _(tf):

    class A:
        def go(self, x):
            return tf.hessians(tf.reduce_sum(x**3), x)[0]

    a = A()

    @tf.function
    def f(x):
        return a.go(x)

    return f(tf.constant([1.0, 2.0]))
