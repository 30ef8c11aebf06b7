"""Branches on values: `if`, ternaries, `and`, `or`, `not`, chained comparisons, early returns."""

from cases._functions import says
from conformance_kit import raises, script


def over(tf, f, values):
    """`f` at each of the values, in one dtype and shape."""
    return [f(tf.constant(v)) for v in values]


def tried(tf, f, values):
    """What `f` gives or raises at each of the values."""
    return [raises(lambda v=v: f(tf.constant(v))) for v in values]


@script("if, elif, else")
def _(tf):
    @tf.function
    def f(x):
        if x > 10:
            y = x * 2
        elif x > 0:
            y = x + 100
        elif x == 0:
            y = tf.constant(-1)
        else:
            y = -x
        return y

    return over(tf, f, (20, 5, 0, -7, 11, 10, 1)), f.experimental_get_tracing_count()


@script("if without else, one after another")
def _(tf):
    @tf.function
    def f(x, y):
        if x > 0.0:
            x = x * 2.0
        if y > x:
            y = y - x
        if x + y > 10.0:
            x, y = y, x
        return x, y

    pairs = ((1.0, 5.0), (-1.0, -5.0), (8.0, 1.0), (-3.0, 20.0), (6.0, 30.0))
    return [f(tf.constant(a), tf.constant(b)) for a, b in pairs], f.experimental_get_tracing_count()


@script("both branches are traced, each once")
def _(tf):
    log = []

    @tf.function
    def f(x):
        if x > 0:
            log.append("positive")
            y = x
        else:
            log.append("negative")
            y = -x
        return y

    answers = over(tf, f, (1, -2, 3, -4))
    return answers, log, f.experimental_get_tracing_count()


@script("a Python condition: one branch is traced")
def _(tf):
    log = []

    @tf.function
    def f(x, training):
        if training:
            log.append("training")
            return x * 2.0
        log.append("not training")
        return x

    x = tf.constant(1.0)
    answers = [f(x, True), f(x, False), f(x, True)]
    answers += [f(x, tf.constant(True)), f(x, tf.constant(False))]
    return answers, log, f.experimental_get_tracing_count()


@script("early returns")
def _(tf):
    @tf.function
    def f(x):
        if x < 0:
            return x * 0
        if x > 100:
            return x - 100
        x = x + 1
        if x % 2 == 0:
            return x * 10
        return x

    return over(tf, f, (-5, 150, 3, 4, 0, 100)), f.experimental_get_tracing_count()


@script("returns of structures from branches")
def _(tf):
    @tf.function
    def f(x):
        if x > 0:
            return {"a": x, "b": [x + 1, (x, 2)]}
        return {"a": -x, "b": [x - 1, (x, 3)]}

    return over(tf, f, (1, -1))


@script("ternaries")
def _(tf):
    @tf.function
    def f(x):
        y = x if x > 0.0 else -x
        z = y * 2.0 if y > 1.0 and x < 5.0 else tf.constant(100.0)
        return y, z, (x, y) if not y > 2.5 else (y, x)

    return over(tf, f, (0.5, -3.0, 2.0, 7.0)), f.experimental_get_tracing_count()


@script("a ternary in a call's argument, and in a list")
def _(tf):
    @tf.function
    def argument(x):
        return tf.add(x if x > 1.0 else -x, 1.0)

    @tf.function
    def item(x):
        return [x, x if x > 1.0 else -x]

    return [tried(tf, f, (0.5, 2.0, 7.0)) for f in (argument, item)]


@script("and, or, not on Tensors")
def _(tf):
    @tf.function
    def f(x, y):
        both = x > 0 and y > 0
        either = x > 0 or y > 0
        neither = not (x > 0 or y > 0)
        if both and not (x == y):  # noqa: SIM201
            z = 1
        elif either or x == -1:
            z = 2
        elif not neither:
            z = 3
        else:
            z = 4
        return both, either, neither, z

    pairs = ((1, 2), (1, 1), (1, -1), (-1, -1), (-2, -2))
    return [f(tf.constant(a), tf.constant(b)) for a, b in pairs]


@script("and and or stop early")
def _(tf):
    @tf.function
    def f(x, i):
        if i < tf.size(x) and x[i] > 0:
            return x[i]
        if i >= tf.size(x) or x[i] == 0:
            return tf.constant(-1)
        return tf.constant(-2)

    x = tf.constant([1, 0, -3])
    return [f(x, tf.constant(i)) for i in (0, 1, 2, 3, 7)]


@script("and and or of Python values with Tensors")
def _(tf):
    @tf.function
    def f(x, flag, name=None):
        if flag and x > 0:
            x = x * 2
        if name is not None and x > 3:
            x = x + 1000
        if not flag or x < 0:
            x = x - 1
        return x

    one, three = tf.constant(1), tf.constant(3)
    return [f(v, flag, name) for v in (one, three, -one) for flag in (True, False) for name in (None, "n")]


@script("chained comparisons")
def _(tf):
    @tf.function
    def f(x):
        if 0 < x < 10:
            y = 1
        elif 10 <= x <= 20 != x:
            y = 2
        elif -5 < x <= 0 or 30 < x < 40:
            y = 3
        else:
            y = 4
        return y

    return over(tf, f, (5, 10, 20, 0, -5, 35, 50, 19))


@script("comparisons with None, is, in, and isinstance stay Python")
def _(tf):
    @tf.function
    def f(x, y=None):
        if y is None:
            y = x
        if x is y:
            x = x + 1
        if isinstance(x, tf.Tensor) and x.dtype in (tf.int32, tf.int64):
            x = x * 10
        if "k" in {"k": x}:
            x = x + y
        return x

    return [f(tf.constant(1)), f(tf.constant(1), tf.constant(2)), f(tf.constant(1.5)), f(2)]


@script("branches nested in branches, several values each")
def _(tf):
    @tf.function
    def f(x, y):
        a = b = tf.constant(0.0)
        if x > 0.0:
            if y > 0.0:
                a = x + y
            else:
                b = x - y
                if b > 10.0:
                    a = b * 2.0
        else:
            a = x * y
            if a <= 5.0:
                b = a
        return a, b

    pairs = ((1.0, 2.0), (1.0, -2.0), (8.0, -8.0), (-3.0, -4.0), (-1.0, 3.0))
    return [f(tf.constant(a), tf.constant(b)) for a, b in pairs]


@script("a name that only one branch defines")
def _(tf):
    @tf.function
    def returned(x):
        if x > 0:
            y = x
        return y

    @tf.function
    def unused_after(x):
        if x > 0:
            y = x * 2
            x = y + 1
        return x

    @tf.function
    def in_else_only(x):
        if x > 0:
            z = x
        else:
            y = -x
            z = y
        return z

    return [
        raises(lambda: over(tf, returned, (1,))),
        raises(lambda: over(tf, returned, (-1,))),
        over(tf, unused_after, (3, -3)),
        over(tf, in_else_only, (3, -3)),
        says(lambda: returned(tf.constant(1)), "must also be initialized in the else branch"),
    ]


@script("branches of other dtypes, shapes and structures")
def _(tf):
    @tf.function
    def dtypes(x):
        if x > 0:
            y = tf.constant(1.0)
        else:
            y = tf.constant(1)
        return y

    @tf.function
    def shapes(x):
        if x > 0:
            y = tf.ones([2])
        else:
            y = tf.zeros([3])
        return y

    @tf.function
    def ranks(x):
        if x > 0:
            y = tf.ones([2, 1])
        else:
            y = tf.constant(5.0)
        return y

    @tf.function
    def structures(x):
        if x > 0:
            y = (x, x)
        else:
            y = (x,)
        return y

    @tf.function
    def none(x):
        if x > 0:
            y = None
        else:
            y = x
        return y

    @tf.function
    def objects(x):
        if x > 0:
            y = "a"
        else:
            y = "b"
        return y

    @tf.function
    def numbers(x):
        if x > 0:
            y = 1
        else:
            y = 2.0
        return y

    every = (dtypes, shapes, ranks, structures, none, objects, numbers)
    return {f.__name__: tried(tf, f, (1, -1)) for f in every}


@script("what is computed from branches of other shapes")
def _(tf):
    @tf.function
    def f(x):
        if x > 0:
            y = tf.ones([2, 3])
        else:
            y = tf.zeros([4, 3])
        return tf.reduce_sum(y, 0) + 1.0

    return over(tf, f, (1, -1))


@script("a return in one branch only")
def _(tf):
    @tf.function
    def falls_off(x):
        if x > 0:
            return x

    @tf.function
    def bare(x):
        if x > 0:
            return
        tf.sin(1.0)

    @tf.function
    def none_or_value(x):
        if x > 0:
            return x
        return None

    return [tried(tf, f, (1, -1)) for f in (falls_off, bare, none_or_value)]


@script("raise in a branch")
def _(tf):
    @tf.function
    def f(x):
        if x < 0:
            raise ValueError("negative")
        return x

    @tf.function
    def python(x, flag):
        if flag:
            raise ValueError("flagged")
        return x

    return [
        raises(lambda: f(tf.constant(1))),
        raises(lambda: f(tf.constant(-1))),
        python(tf.constant(1), False),
        says(lambda: python(tf.constant(1), True), "flagged"),
    ]


@script("objects changed in branches")
def _(tf):
    class Box:
        def __init__(self):
            self.value = tf.constant(0)

    @tf.function
    def attribute(x):
        box = Box()
        if x > 0:
            box.value = x
        else:
            box.value = -x * 10
        return box.value

    @tf.function
    def item(x):
        d = {"a": x, "b": x}
        if x > 0:
            d["a"] = x + 1
        else:
            d["b"] = x - 1
        return d["a"], d["b"]

    @tf.function
    def appended(x):
        items = [x]
        if x > 0:
            items.append(x)
        return len(items), items[0]

    return over(tf, attribute, (1, -2)), over(tf, item, (1, -2)), over(tf, appended, (1, -2))


@script("conditions that are not booleans, and not scalars")
def _(tf):
    def f(x):
        if x:
            return tf.constant(1)
        return tf.constant(2)

    calls = (True, False, 3, 0, 0.0, 2.5, "", "a", [True], [True, False], [[1]])
    return [raises(lambda v=v: tf.function(f)(tf.constant(v))) for v in calls]


@script("functions called in branches: lambdas, nested functions, methods, other tf.functions")
def _(tf):
    class Kit:
        k = 10

        def big(self, x):
            if x > self.k:
                return x - self.k
            return x

    @tf.function
    def other(x):
        if x % 2 == 0:
            return x // 2
        return 3 * x + 1

    kit = Kit()

    @tf.function
    def f(x):
        clip = lambda v: v if v < 50 else v * 0 + 50  # noqa: E731

        def nested(v):
            if v < 0:
                return -v
            return v

        y = nested(x)
        if y > 5:
            y = kit.big(y)
        else:
            y = other(y)
        return clip(y)

    return over(tf, f, (3, 4, -4, 8, 30, 100, -70)), f.experimental_get_tracing_count()


@script("recursion that ends by a Python value")
def _(tf):
    @tf.function
    def power(x, n):
        if n == 0:
            return tf.ones_like(x)
        return x * power(x, n - 1)

    def fib(n):
        if n < 2:
            return n
        return fib(n - 1) + fib(n - 2)

    outer = tf.function(lambda n: tf.constant(fib(n)))
    x = tf.constant(2.0)
    return [power(x, 3), power(x, 5), power.experimental_get_tracing_count(), outer(10)]


@script("vectors: where beside if")
def _(tf):
    @tf.function
    def f(x):
        y = tf.where(x > 0.0, tf.sqrt(tf.maximum(x, 0.0)), -x)
        if tf.reduce_any(y > 3.0):
            y = y / tf.reduce_max(y)
        if tf.reduce_all(x > 0.0):
            return y, tf.constant("all positive")
        return y, tf.constant("some are not")

    return over(tf, f, ([1.0, 4.0], [-9.0, 4.0], [16.0, 100.0]))


@script("a branch on a shape: static where it is known, dynamic where it is not")
def _(tf):
    log = []

    def body(x):
        if x.shape[0] is not None and x.shape[0] > 2:
            log.append("static long")
            return x[:2]
        if tf.shape(x)[0] > 1:
            log.append("dynamic long")
            return x * 2.0
        log.append("short")
        return x

    exact = tf.function(body)
    free = tf.function(body, input_signature=[tf.TensorSpec([None], tf.float32)])
    sizes = (1, 2, 3)
    return [exact(tf.ones([n])) for n in sizes], [free(tf.ones([n])) for n in sizes], log
