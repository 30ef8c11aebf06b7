"""Python's own constructs in functions that AutoGraph converts: they go on meaning what they mean."""

import functools
import itertools

import numpy as np
from conformance_kit import raises, script


def over(tf, f, values):
    """`f` at each of the values, in one dtype and shape."""
    return [f(tf.constant(v)) for v in values]


@script("comprehensions over Python data")
def _(tf):
    @tf.function
    def f(x):
        squares = [x * k for k in range(4) if k % 2]
        table = {k: x + k for k in ("a", "b") for k in (1, 2)}
        total = sum(x * k for k in (1, 2, 3))
        nested = [[x + i * j for j in range(2)] for i in range(2)]
        return squares, table[2], total, nested, len({k % 2 for k in range(5)})

    return over(tf, f, (1, 10))


@script("map, filter, zip, sorted, reduce and itertools over Python data")
def _(tf):
    @tf.function
    def f(x):
        doubled = list(map(lambda k: x * k, [1, 2]))  # noqa: C417
        kept = list(filter(lambda k: k > 1, [1, 2, 3]))
        pairs = [x + a * b for a, b in zip((1, 2), (3, 4))]  # noqa: B905
        folded = functools.reduce(lambda a, k: a * 2 + k, [x, x, x])
        products = [x * a * b for a, b in itertools.product((1, 2), (3,))]
        order = sorted([3, 1, 2], key=lambda k: -k)
        return doubled, kept, pairs, folded, products, order, max(1, 2), min([4, 3]), any([False]), all([])

    return over(tf, f, (1, 5))


@script("unpacking, stars, chained and augmented assignments")
def _(tf):
    @tf.function
    def f(x):
        a, (b, *rest) = x, (x + 1, x + 2, x + 3)
        c = d = a * 2
        c += 1
        items = [a, b, *rest]
        items[0] -= 5
        table = {"k": x, **{"m": d}}  # noqa: PIE800
        table["k"] *= 3
        return items, c, d, table["k"], table["m"], rest[-1]

    return over(tf, f, (1, 7))


@script("walrus")
def _(tf):
    @tf.function
    def of_python(x, k):
        if (m := k + 1) > 2:
            x = x + m
        return x * m

    @tf.function
    def of_tensors(x):
        y = (z := x + 100) * 2
        return y + z

    return [of_python(tf.constant(1), k) for k in (0, 5)] + over(tf, of_tensors, (1, 2))


@script("slices and indices by Tensors")
def _(tf):
    @tf.function
    def f(x, i):
        return x[i], x[i:], x[: i + 1], x[i : i + 2], x[::-1][i], x[..., None][i], x[i, tf.newaxis]

    x = tf.constant([1, 2, 3, 4])
    return [f(x, tf.constant(i)) for i in (0, 2, 3)]


@script("attributes: augmented, of self, of nested objects")
def _(tf):
    class Inner:
        k = 2

    class Box:
        def __init__(self):
            self.inner, self.total = Inner(), 0

        @tf.function
        def run(self, x):
            self.total += 1
            self.inner.k *= 3
            y = x * self.inner.k
            if y > 10:
                y = y - self.total
            return y

    box = Box()
    return [box.run(tf.constant(v)) for v in (1, 2, 5)], box.total, box.inner.k


@script("super(), properties and class attributes")
def _(tf):
    class Base:
        scale = 2

        @property
        def shift(self):
            return 10

        def call(self, x):
            if x > 0:
                return x * self.scale
            return x

    class Derived(Base):
        scale = 3

        @tf.function
        def call(self, x):
            return super().call(x) + self.shift

    class Explicit(Base):
        @tf.function
        def call(self, x):
            return Base.call(self, x) - self.shift

    derived, explicit = Derived(), Explicit()
    return [[raises(lambda v=v, m=m: m.call(tf.constant(v))) for v in (1, -1)] for m in (derived, explicit)]


@script("nested functions, defaults, closures made in a loop")
def _(tf):
    @tf.function
    def f(x):
        fs = []
        for k in range(3):

            def g(v, k=k):
                if v > k:
                    return v - k
                return v * 10

            fs.append(g)

        def apply(fs, v, *more, sign=1):
            for h in fs:
                v = h(v)
            return sign * v + len(more)

        return apply(fs, x), apply(fs[:1], x, 1, 2, sign=-1)

    return over(tf, f, (1, 2, 9))


@script("generators and classes defined inside")
def _(tf):
    def numbers(n):
        for k in range(n):
            yield k * 2

    @tf.function
    def f(x):
        class Pair:
            def __init__(self, a, b):
                self.a, self.b = a, b

            def total(self):
                return self.a + self.b

        total = x
        for k in numbers(3):
            total = total + k
        return Pair(total, x).total(), [x * k for k in numbers(2)]

    return over(tf, f, (1, 4))


@script("strings, formats, and Python's own numbers")
def _(tf):
    @tf.function
    def f(x, name="w", scale=2.0):
        label = f"{name}_{scale:.1f}" + "!" * 2 + str(int(scale)) + name.upper()
        k = int("3") + round(2.6) + abs(-1) + divmod(7, 2)[1] + len(label)
        return x * k, label, float(scale) ** 2, "w" in label, bool(name)

    return [f(tf.constant(1)), f(tf.constant(2)), f(tf.constant(3), "v", 1.5)]


@script("while on Python values, break and continue, else")
def _(tf):
    @tf.function
    def f(x):
        k = 0
        while k < 10:
            k += 1
            if k == 2:
                continue
            if k > 4:
                break
            x = x * 2 + k
        for j in (1, 2, 3):
            if j == 2:
                continue
            x = x + j
        return x, k

    return over(tf, f, (1, 0))


@script("return from Python loops and branches")
def _(tf):
    @tf.function
    def f(x, names):
        for i, name in enumerate(names):
            if name.startswith("b"):
                return x * i
        if len(names) > 2:
            return x + 1000
        return x

    x = tf.constant(3)
    return [f(x, ("a", "b")), f(x, ("a", "c", "d")), f(x, ()), f(x + 1, ("a", "b"))]


@script("global names, numpy constants and modules")
def _(tf):
    weights = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)

    @tf.function
    def f(x):
        w = np.linalg.inv(weights) @ weights.T
        y = x @ w + np.pi
        return y * np.float32(2.0), tf.constant(weights.sum()), x * np.arange(2, dtype=np.float32)

    return over(tf, f, ([[1.0, 0.0]], [[0.5, 2.0]]))


@script("operators of Python on symbolic values")
def _(tf):
    @tf.function
    def f(x, n):
        return (
            -x, abs(x), x**2, 2.0**x, 1.0 / x, x // 2.0, x % 2.0, n & 3, n | 4, n ^ 1, ~n,
            3 - n, n // 2, n % 3, -n % 3, 10.0 - x, x >= 1.0, x < 9.0, n != 2,
        )  # fmt: skip

    return [f(tf.constant(x), tf.constant(n)) for x, n in ((1.5, 5), (-2.5, -7))]


@script("pass, del, and names used again")
def _(tf):
    @tf.function
    def f(x):
        y = x + 1
        del y
        y = x * 2
        if x > 0:
            pass
        else:
            y = y - 1
        x, y = y, x
        last = x
        for last in (y, x, y):  # noqa: B007
            pass
        return x, y, last

    return over(tf, f, (1, -1))


@script("conditions on what is known: isinstance, hasattr, dtype, shape, dict membership")
def _(tf):
    @tf.function
    def f(x, options):
        if isinstance(x, tf.Tensor) and hasattr(x, "shape") and x.shape.rank == 1:
            x = x[None]
        if x.dtype == tf.float32 and "scale" in options:
            x = x * options["scale"]
        if options.get("flip") and x.shape[1] > 1:
            x = tf.reverse(x, [1])
        return x

    v = tf.constant([1.0, 2.0])
    return [f(v, {"scale": 2.0}), f(v, {"flip": True}), f(v[None], {}), f(tf.constant([1]), {"scale": 3.0})]


@script("functions held in containers, chosen by Python and by a Tensor")
def _(tf):
    table = {"double": lambda x: x * 2, "negate": lambda x: -x}

    def clipped(x):
        if x > 5:
            return x * 0 + 5
        return x

    steps = [clipped, table["double"], clipped]

    @tf.function
    def f(x, name):
        for step in steps:
            x = step(x)
        return table[name](x)

    return [f(tf.constant(v), name) for v in (1, 4, 9) for name in ("double", "negate")]


@script("match on Python values")
def _(tf):
    @tf.function
    def f(x, kind):
        match kind:
            case "double":
                return x * 2
            case ("shift", k):
                return x + k
            case _:
                return x

    return raises(lambda: [f(tf.constant(1), k) for k in ("double", ("shift", 5), "other")])
