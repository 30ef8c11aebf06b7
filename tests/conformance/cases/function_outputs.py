"""What comes out of a `tf.function`: structures, Python values, Variables, inputs as they are."""

import collections

import numpy as np
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "x y")


@script("structures keep their kind")
def _(tf):
    @tf.function
    def f(x):
        return {
            "tuple": (x, x + 1),
            "list": [x, [x]],
            "named": Pair(x, [x]),
            "empty": ((), [], {}),
            "ordered": collections.OrderedDict(b=x, a=x),
            1: x,
        }

    @tf.function
    def ordered(x):
        return {"b": x, "a": x, "c": {"z": x, "y": x}}

    return [raises(lambda: f(tf.constant(1))), ordered(tf.constant(1)), ordered(tf.constant(2))]


@script("kinds of containers")
def _(tf):
    @tf.function
    def f(x):
        return collections.OrderedDict(b=x, a=x), collections.defaultdict(int, k=x), Pair(x, None), (), [], {}

    kinds = [type(v).__name__ for v in f(tf.constant(1))]
    return kinds, f(tf.constant(2))[0], f(tf.constant(3))[2:]


@script("Python values come out as Tensors, None as None")
def _(tf):
    @tf.function
    def f(x):
        return 1, 2.5, True, "a", None, b"b", 1j, [None, (3, None)], np.float64(1.5), np.array([1, 2]), x

    return f(tf.constant(1)), f(tf.constant(2))[-1]


@script("no result, None and empty results")
def _(tf):
    @tf.function
    def nothing(x):
        tf.sin(x)

    @tf.function
    def bare(x):
        return

    @tf.function
    def passing():
        pass

    x = tf.constant(1.0)
    empty = [tf.function(f)() for f in (lambda: (), lambda: [[]], lambda: {"k": {}})]
    return nothing(x), bare(x), passing(), empty


@script("an input returned as it is, and the same tensor twice")
def _(tf):
    @tf.function
    def f(x, y):
        z = x + y
        return x, x, z, z, [y]

    x, y = tf.constant([1.0]), tf.constant([2.0])
    a, b, c, d, [e] = f(x, y)
    return a, b, c, d, e, [a is x, e is y, a is b, c is d]


@script("an input returned: watched tapes see it as a function of the input")
def _(tf):
    same = tf.function(lambda x: x)
    twice = tf.function(lambda x: (x, x))
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = same(x)
        a, b = twice(x)
        z = a * b
    return tape.gradient(y, x), tape.gradient(z, x), tape.gradient(z, a), tape.gradient(z, [a, b, x])


@script("what may not come out")
def _(tf):
    class Box:
        pass

    def returning(value):
        return raises(lambda: tf.function(lambda: value)())

    return {
        "object": returning(Box()),
        "list of an object": returning([Box()]),
        "set": returning({1, 2}),
        "type": returning(Box),
        "function": returning(len),
        "ragged list": returning(np.array([[1], [2, 3]], dtype=object)),
        "dtype": returning(tf.float32),
        "shape": returning(tf.TensorShape([1, 2])),
        "unknown shape": returning(tf.TensorShape([1, None])),
        "slice": returning(slice(1)),
        "range": returning(range(3)),
        "Ellipsis": returning(...),
    }


@script("composite values come out whole")
def _(tf):
    @tf.function
    def f(x):
        ragged = tf.RaggedTensor.from_row_lengths(x, [2, 0, 1])
        slices = tf.IndexedSlices(x * 2.0, tf.constant([0, 2, 5]), tf.constant([6]))
        sparse = tf.SparseTensor([[0, 1], [1, 0], [1, 2]], x, [2, 3])
        return ragged, slices, tf.sparse.to_dense(sparse), sparse

    r, s, d, p = f(tf.constant([1.0, 2.0, 3.0]))
    r2 = f(tf.constant([4.0, 5.0, 6.0]))[0]
    return r, s, d, [p.indices, p.values, p.dense_shape], type(p).__name__, r2


@script("composite values go in")
def _(tf):
    @tf.function
    def f(r, s):
        return tf.reduce_sum(r, axis=1), tf.convert_to_tensor(s), r * 2.0

    r = tf.ragged.constant([[1.0, 2.0], [], [3.0]])
    s = tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([2, 0]), tf.constant([3, 1]))
    q = tf.ragged.constant([[5.0], [6.0, 7.0, 8.0], []])
    return f(r, s), f(q, s), f.experimental_get_tracing_count()


@script("TensorArrays given to other functions")
def _(tf):
    @tf.function
    def use(x):
        ta = tf.TensorArray(tf.float32, 3).unstack(x)
        return helper(ta)

    def helper(ta):
        return ta.stack() * 2.0

    return use(tf.constant([1.0, 2.0, 3.0]))


@script("what goes in is converted as documented")
def _(tf):
    kinds = []

    @tf.function
    def f(x):
        kinds.append("Tensor" if tf.is_tensor(x) else type(x).__name__)
        return x

    values = [
        1,
        1.5,
        "a",
        None,
        [1, 2],
        (1.0, 2.0),
        np.array([1.0]),
        np.float32(2.0),
        tf.constant(3),
        {"k": 1},
    ]
    results = [f(v) for v in values]
    return results, kinds


@script("bytes, complex numbers, large integers and special floats go in")
def _(tf):
    f = tf.function(lambda x: x)
    return [
        raises(lambda v=v: f(v))
        for v in (b"abc", 1 + 2j, 2**31 - 1, 2**40, -(2**62), float("nan"), float("inf"), -0.0, "", "é")
    ]


@script("results are tensors of their own: changing variables later changes nothing")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(x):
        return v + 0.0, v.read_value(), v, x

    results = f(tf.constant([5.0, 6.0]))
    v.assign([100.0, 200.0])
    again = f(tf.constant([7.0, 8.0]))
    return results, again


@script("numpy of results can be written without touching the function")
def _(tf):
    c = tf.constant([1.0, 2.0])

    @tf.function
    def f(x):
        return c, x + 0.0, tf.constant([3.0, 4.0])

    a = [np.array(t) for t in f(tf.constant([0.0, 1.0]))]
    for array in a:
        array[:] = -1.0
    return f(tf.constant([2.0, 3.0])), c


@script("shapes and dtypes of results")
def _(tf):
    f = tf.function(lambda x: (x, tf.shape(x), tf.cast(x, tf.int64), x > 0, tf.strings.as_string(x)))
    results = f(tf.constant([[1.5, -2.0]]))
    return [[t.shape, t.dtype] for t in results], results[1:]


@script("optional arguments that are None")
def _(tf):
    @tf.function
    def f(x, mask=None, scale=None):
        if mask is not None:
            x = x * mask
        if scale is None:
            return x, mask
        return x * scale, mask

    x, m = tf.constant([1.0, 2.0]), tf.constant([0.0, 1.0])
    return [
        f(x),
        f(x, m),
        f(x, None, 2.0),
        f(x, scale=tf.constant(3.0)),
        f(x, m, 2.0),
    ], f.experimental_get_tracing_count()


@script("calls with keywords, star arguments and structures unpacked")
def _(tf):
    @tf.function
    def f(x, *rest, scale=1.0, **named):
        total = x
        for r in rest:
            total = total + r
        for name in sorted(named):
            total = total - named[name]
        return total * scale

    c = tf.constant
    return [
        f(c(1.0)),
        f(c(1.0), c(2.0), c(3.0)),
        f(c(1.0), *[c(2.0)], scale=c(10.0)),
        f(c(1.0), b=c(5.0), a=c(7.0)),
        f(c(2.0), b=c(6.0), a=c(8.0)),
        f(**{"scale": 2.0, "x": c(3.0)}),  # noqa: PIE804
        f.experimental_get_tracing_count(),
    ]


@script("a function's attributes and methods pass through")
def _(tf):
    class Model:
        def __init__(self):
            self.scale = tf.constant(2.0)

        @tf.function
        def run(self, x):
            return self.helper(x) * self.scale

        def helper(self, x):
            if x > 0:
                return x
            return x * 10.0

        run_twice = tf.function(lambda self, x: self.run(self.run(x)))

    m = Model()
    return [m.run(tf.constant(v)) for v in (1.0, -1.0)], m.run_twice(tf.constant(-1.0)), m.run.__name__
