"""Small programs around `tf.function`, of what people write: arguments, closures, structures, methods."""

import collections
import contextlib
import dataclasses
import enum
import functools
import operator
from typing import NamedTuple

import numpy as np
from conformance_kit import raises, script


class Point(NamedTuple):
    x: object
    y: object = 2.0


@dataclasses.dataclass
class Cfg:
    a: float = 1.0
    b: int = 2


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def timed(fn):

    @functools.wraps(fn)
    def w(*a, **k):
        return fn(*a, **k)

    return w


def bare(fn):

    def w(*a, **k):
        return fn(*a, **k)

    return w


G = 3.0


@script("closures")
def _(tf):

    def make(k):

        @tf.function
        def f(x):
            return x * k

        return f

    return [make(k)(tf.constant(2.0)) for k in (1.0, 2.0)]


@script("closure cell changes")
def _(tf):
    k = [1.0]

    @tf.function
    def f(x):
        return x * k[0]

    a = f(tf.constant(2.0))
    k[0] = 5.0
    return (a, f(tf.constant(2.0)), f(tf.constant(3)) if False else f(tf.constant([1.0])))


@script("kwargs defaults")
def _(tf):
    log = []

    @tf.function
    def f(x, y=2.0, *, z=3.0, **kw):
        log.append(sorted(kw))
        return x + y * z + sum(kw.values())

    x = tf.constant(1.0)
    return (
        [
            f(x),
            f(x, 3.0),
            f(x, z=1.0),
            f(x, y=3.0),
            f(x, q=1.0),
            f(x, q=tf.constant(2.0)),
            f(x, q=tf.constant(3.0), r=1.0),
        ],
        log,
        f.experimental_get_tracing_count(),
    )


@script("star args")
def _(tf):
    log = []

    @tf.function
    def f(*xs):
        log.append(len(xs))
        return tf.add_n(list(xs))

    return ([f(tf.constant(1.0)), f(tf.constant(1.0), tf.constant(2.0)), f(tf.constant(1.0))], log)


@script("nested struct")
def _(tf):
    log = []

    @tf.function
    def f(d):
        log.append(1)
        return {"s": d["a"] + d["b"][0], "t": (d["b"][1], [d["a"]])}

    return (
        f({"a": tf.constant(1.0), "b": [tf.constant(2.0), 3.0]}),
        f({"b": [tf.constant(2.0), 3.0], "a": tf.constant(1.0)}),
        log,
    )


@script("namedtuple io")
def _(tf):

    @tf.function
    def f(q):
        return Point(q.x * 2, q.y)

    r = f(Point(tf.constant(1.0), tf.constant(2.0)))
    return (type(r).__name__, r.x, r.y)


@script("dataclass in")
def _(tf):
    log = []

    @tf.function
    def f(c, x):
        log.append(1)
        return x * c.a + c.b

    c = Cfg()
    x = tf.constant(1.0)
    return (raises(lambda: [f(c, x), f(c, x), f(Cfg(), x)]), log)


@script("dataclass out")
def _(tf):

    @tf.function
    def f(x):
        return Cfg(x, 2)

    return raises(lambda: f(tf.constant(1.0)))


@script("enum arg")
def _(tf):
    log = []

    @tf.function
    def f(c, x):
        log.append(c.name)
        return x if c is Color.RED else -x

    x = tf.constant(1.0)
    return (f(Color.RED, x), f(Color.BLUE, x), f(Color.RED, x), log)


@script("methods")
def _(tf):

    class A:
        def __init__(self):
            self.k = 2.0

        @tf.function
        def f(self, x):
            return x * self.k

        @classmethod
        @tf.function
        def c(cls, x):
            return x + 1.0

        @staticmethod
        @tf.function
        def s(x):
            return x - 1.0

        @property
        def p(self):
            return self.k

        @tf.function
        def useprop(self, x):
            return x * self.p

        @tf.function
        def __call__(self, x):
            return self.f(x) + self.useprop(x)

    a = A()
    x = tf.constant(3.0)
    r = [a.f(x), a.s(x), A.s(x), a.useprop(x), a(x)]
    r.append(raises(lambda: A.c(x)))
    a.k = 10.0
    r.append(a.f(x))
    b = A()
    b.k = 7.0
    r.append(b.f(x))
    return r


@script("lambdas partial")
def _(tf):
    f = tf.function(lambda x, y: x - y)
    g = tf.function(functools.partial(lambda x, y: x - y, y=1.0))
    h = tf.function(functools.partial(operator.mul, 3.0))
    return (f(tf.constant(3.0), tf.constant(1.0)), g(tf.constant(3.0)), raises(lambda: h(tf.constant(2.0))))


@script("decorators")
def _(tf):

    @tf.function
    @timed
    def f(x):
        if x > 0:
            return x
        return -x

    @tf.function
    @bare
    def g(x):
        return x + 1

    @timed
    @tf.function
    def h(x):
        return x * 2

    return (
        f(tf.constant(-2.0)),
        f(tf.constant(2.0)),
        g(tf.constant(1)),
        h(tf.constant(1)),
        f.__name__,
        g.__name__,
    )


@script("generator in")
def _(tf):

    def gen(x):
        for i in range(3):
            yield (x * i)

    @tf.function
    def f(x):
        return tf.add_n(list(gen(x)))

    @tf.function
    def g(x):
        s = x
        for y in gen(x):
            s = s + y
        return s

    return (f(tf.constant(2.0)), g(tf.constant(2.0)))


@script("try finally")
def _(tf):
    log = []

    @tf.function
    def f(x):
        try:
            y = tf.math.log(x)
            if isinstance(x, int):
                raise ValueError
        except TypeError:
            y = x
        else:
            y = y + 1.0
        finally:
            log.append("f")
        return y

    return (f(tf.constant(1.0)), f(tf.constant(2.0)), log)


@script("try around call")
def _(tf):

    @tf.function
    def f(x):
        return tf.linalg.cholesky(x)

    def g(x):
        try:
            return f(x)
        except tf.errors.InvalidArgumentError:
            return tf.constant(-1.0)

    return (g(tf.eye(2)), g(-tf.eye(2)), g(tf.eye(2) * 4.0))


@script("try inside if")
def _(tf):

    @tf.function
    def f(x):
        if x > 0:
            try:
                y = x * 2
            finally:
                pass
        else:
            y = x
        return y

    return (f(tf.constant(1.0)), f(tf.constant(-1.0)))


@script("with ctx")
def _(tf):
    log = []

    @contextlib.contextmanager
    def c():
        log.append("in")
        yield 3.0
        log.append("out")

    @tf.function
    def f(x):
        with c() as k:
            y = x * k
        with tf.name_scope("s"):
            y = y + 1.0
        return y

    return (f(tf.constant(1.0)), f(tf.constant(2.0)), log)


@script("nested defs")
def _(tf):

    @tf.function
    def f(x):

        def inner(y):
            if y > 1:
                return y
            return y * 10

        def other(y, k=2):
            return inner(y) * k

        return other(x) + inner(x)

    return (f(tf.constant(1.0)), f(tf.constant(2.0)))


@script("recursion py")
def _(tf):

    @tf.function
    def fact(n, x):
        return x if n == 0 else fact(n - 1, x) * n

    return (fact(4, tf.constant(1.0)), fact.experimental_get_tracing_count())


@script("recursion tensor")
def _(tf):

    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    f = tf.function(lambda x: x * fib(6))
    return f(tf.constant(1))


@script("globals")
def _(tf):
    global G
    G = 3.0

    @tf.function
    def f(x):
        return x * G

    a = f(tf.constant(1.0))
    G = 4.0
    b = f(tf.constant(1.0))
    c = f(tf.constant([1.0]))
    G = 3.0
    return (a, b, c)


@script("global write")
def _(tf):
    global G

    @tf.function
    def f(x):
        global G
        G = G + 1
        return x

    G = 0.0
    f(tf.constant(1.0))
    f(tf.constant(1.0))
    r = G
    G = 3.0
    return r


@script("comprehension")
def _(tf):

    @tf.function
    def f(xs):
        return ([x * i for i, x in enumerate(xs)], {k: xs[0] * k for k in (1, 2)}, set(range(3)) and 1)

    return f([tf.constant(1.0), tf.constant(2.0)])


@script("walrus py")
def _(tf):

    @tf.function
    def f(x):
        if (n := x.shape[0]) > 1:
            return x[:1] * n
        return x

    return (f(tf.constant([1.0, 2.0])), f(tf.constant([1.0])))


@script("fstrings")
def _(tf):
    log = []

    @tf.function
    def f(x, n):
        log.append(f"{n:03d} {n!r} {x.shape} {x.dtype.name}")
        return x

    f(tf.constant([1.0]), 3)
    return log


@script("ret none")
def _(tf):

    @tf.function
    def f(x):
        x + 1

    @tf.function
    def g(x):
        return (None, x, {"n": None})

    @tf.function
    def h(x):
        return ()

    return (f(tf.constant(1.0)), g(tf.constant(1.0)), h(tf.constant(1.0)))


@script("ret struct")
def _(tf):

    @tf.function
    def f(x):
        return collections.OrderedDict([("b", x), ("a", [x, (x,)])])

    r = f(tf.constant(1.0))
    return (type(r).__name__, list(r), type(r["a"]).__name__, type(r["a"][1]).__name__)


@script("ret var")
def _(tf):
    v = tf.Variable(3.0)

    @tf.function
    def f():
        return v

    r = f()
    return (r, type(r).__name__ == "EagerTensor" or "Tensor" in type(r).__name__)


@script("ragged out")
def _(tf):

    @tf.function
    def f(x):
        return tf.ragged.map_flat_values(lambda v: v * 2, x)

    r = f(tf.ragged.constant([[1.0, 2.0], [3.0]]))
    return r.to_list()


@script("sig dict")
def _(tf):

    @tf.function(input_signature=[{"a": tf.TensorSpec([None]), "b": tf.TensorSpec([])}])
    def f(d):
        return d["a"] * d["b"]

    return (
        f({"a": tf.constant([1.0, 2.0]), "b": tf.constant(2.0)}),
        raises(lambda: f({"a": [1.0], "b": 2.0})),
        raises(lambda: f({"a": tf.constant([1.0])})),
    )


@script("sig convert")
def _(tf):

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        return x * 2

    return (
        f(1),
        f(2.5),
        raises(lambda: f("a")),
        raises(lambda: f([1.0])),
        raises(lambda: f(tf.constant(1))),
        raises(lambda: f(np.float64(2))),
        f.experimental_get_tracing_count(),
    )


@script("reduce retracing")
def _(tf):
    log = []

    @tf.function(reduce_retracing=True)
    def f(x):
        log.append(str(x.shape))
        return tf.reduce_sum(x)

    [f(tf.zeros([n])) for n in (1, 2, 3, 4)] + [f(tf.zeros([2, n])) for n in (1, 2, 3)]
    return (log, f.experimental_get_tracing_count())


@script("var first call")
def _(tf):

    class M(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = None

        @tf.function
        def __call__(self, x):
            if self.w is None:
                self.w = tf.Variable(tf.ones([x.shape[-1], 2]))
            return x @ self.w

    m = M()
    return (m(tf.ones([1, 3])), m(tf.ones([2, 3])), len(m.variables), raises(lambda: m(tf.ones([2, 4]))))
