"""tf.debugging, and the text that tf.print prints."""

import os
import tempfile

from conformance_kit import FLOATS, A, case, error, raises, script

case(
    "debugging.check_numerics",
    lambda tf, x: tf.debugging.check_numerics(x, "m"),
    inputs=[A("normal", (2, 3))],
    dtypes=FLOATS,
)
case(
    "debugging.assert_all_finite",
    lambda tf, x: tf.debugging.assert_all_finite(x, "m"),
    inputs=[A("normal", (2, 3))],
)
error("check_numerics: NaN", lambda tf: tf.debugging.check_numerics(tf.constant([1.0, float("nan")]), "m"))
error(
    "check_numerics: infinity", lambda tf: tf.debugging.check_numerics(tf.constant([1.0, float("-inf")]), "m")
)
error("check_numerics: integers", lambda tf: tf.debugging.check_numerics(tf.constant([1]), "m"))
error("assert_all_finite: NaN", lambda tf: tf.debugging.assert_all_finite(tf.constant(float("nan")), "m"))


@script("check_numerics: the gradient is checked, too")
def _(tf):
    x = tf.constant(0.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.debugging.check_numerics(tf.sqrt(x), "m") * float("inf")
    return raises(lambda: tape.gradient(y, x))


PAIRS = ("equal", "none_equal", "less", "less_equal", "greater", "greater_equal")


@script("comparisons")
def _(tf):
    c = tf.constant
    nan = float("nan")
    pairs = (
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], [2, 3, 4]),
        ([1, 2, 3], [0, 1, 2]),
        ([1, 2, 3], [1, 3, 2]),
        ([1, 1], 1),
        (2.5, [2.5, 3.5]),
        ([], []),
        (nan, nan),
        ([1, 2, 3], [1, 2]),
        (c([1, 2]), c([1.0, 2.0])),
        (c(1.0, tf.float64), 1.0),
        (tf.Variable([1.0]), 1.0),
    )
    return {
        name: [raises(lambda f=name, x=x, y=y: getattr(tf.debugging, f"assert_{f}")(x, y)) for x, y in pairs]
        for name in PAIRS
    }


@script("comparisons of strings and booleans")
def _(tf):
    d = tf.debugging
    calls = (
        lambda: d.assert_equal("a", "a"),
        lambda: d.assert_none_equal("a", "b"),
        lambda: d.assert_equal(True, [True, True]),
        lambda: d.assert_equal(True, False, message="m", summarize=2),
        lambda: d.assert_less(True, False),
    )
    return [raises(f) for f in calls]


@script("signs")
def _(tf):
    values = ([1.0, 2.0], [-1.0, -2.0], [0, 1], [0, -1], [], 0.0, float("nan"))
    names = ("positive", "negative", "non_negative", "non_positive")
    return {
        n: [raises(lambda f=n, v=v: getattr(tf.debugging, f"assert_{f}")(v, message="m")) for v in values]
        for n in names
    }


@script("assert_near")
def _(tf):
    near, c = tf.debugging.assert_near, tf.constant
    x, inf = c([1.0, 2.0, 3.0]), float("inf")
    calls = (
        lambda: near(x, x + 1e-7),
        lambda: near(x, x + 1e-2),
        lambda: near(x, x + 1e-2, atol=0.1),
        lambda: near(x, x + 1e-2, rtol=0.1),
        lambda: near(x, x + 1e-2, rtol=1e-3, message="m", summarize=1),
        lambda: near(0.0, 0.0),
        lambda: near(0.0, 0.0, atol=0.0),
        lambda: near(inf, inf),
        lambda: near(float("nan"), float("nan")),
        lambda: near(c([1, 2]), c([1, 2])),
        lambda: near(c(1.0, tf.float64), c(1.0 + 1e-12, tf.float64)),
        lambda: near(c(1.0, tf.float64), c(1.0 + 1e-15, tf.float64)),
        lambda: near(c(1.0, tf.float16), c(1.002, tf.float16)),
        lambda: near(c(1 + 1j), c(1 + 1j)),
        lambda: near(c(1 + 1j), c(1 - 1j)),
        lambda: near(x, tf.cast(x, tf.float64)),
        lambda: near(x, 2.0),
    )
    return [raises(f) for f in calls]


@script("ranks, dtypes, scalars, iterables")
def _(tf):
    import numpy as np

    d, x, i = tf.debugging, tf.constant([1.0, 2.0]), tf.constant([1, 2])
    calls = (
        lambda: d.assert_rank(x, 1),
        lambda: d.assert_rank(x, 2, message="m"),
        lambda: d.assert_rank(x, tf.constant(1)),
        lambda: d.assert_rank(x, 1.0),
        lambda: d.assert_rank(x, [1]),
        lambda: d.assert_rank_at_least(x, 0),
        lambda: d.assert_rank_at_least(x, 2),
        lambda: d.assert_rank_in(x, (1, 2)),
        lambda: d.assert_rank_in(x, (0, 2)),
        lambda: d.assert_scalar(1.0),
        lambda: d.assert_scalar(x),
        lambda: d.assert_integer(i),
        lambda: d.assert_integer(x),
        lambda: d.assert_type(x, tf.float32),
        lambda: d.assert_type(x, "float32"),
        lambda: d.assert_type(x, tf.int32, message="m"),
        lambda: d.assert_same_float_dtype([x, None, x]),
        lambda: d.assert_same_float_dtype([x], tf.float64),
        lambda: d.assert_same_float_dtype([x, tf.constant(1.0, tf.float64)]),
        lambda: d.assert_same_float_dtype([i]),
        lambda: d.assert_same_float_dtype([tf.constant(1j)]),
        lambda: d.assert_same_float_dtype(),
        lambda: d.assert_same_float_dtype(dtype=tf.int32),
        lambda: d.assert_same_float_dtype(None, tf.float64),
        lambda: d.assert_proper_iterable([1]),
        lambda: d.assert_proper_iterable({"a": 1}),
        lambda: d.assert_proper_iterable(x),
        lambda: d.assert_proper_iterable("a"),
        lambda: d.assert_proper_iterable(3),
        lambda: d.assert_proper_iterable(np.zeros(2)),
        lambda: d.is_numeric_tensor(i),
        lambda: d.is_numeric_tensor(tf.constant(1j)),
        lambda: d.is_numeric_tensor(tf.constant(True)),
        lambda: d.is_numeric_tensor(tf.constant("a")),
        lambda: d.is_numeric_tensor(3),
        lambda: d.is_numeric_tensor(tf.Variable(1.0)),
        lambda: tf.assert_rank(x, 2),
        lambda: tf.assert_equal(x, i),
        lambda: tf.assert_less(x, x),
        lambda: tf.assert_greater(x + 1.0, x),
    )
    return [raises(f) for f in calls]


@script("one dtype of whatever has one")
def _(tf):
    import numpy as np

    class Thing:
        def __init__(self, dtype):
            self.dtype = dtype

    x, identity = tf.constant(1.0), tf.linalg.LinearOperatorIdentity(2)
    asked = [
        [identity, x],
        [Thing(tf.float64), None, Thing(tf.float64)],
        [Thing(tf.float64), x],
        [tf.Variable(1.0), tf.TensorSpec([], tf.float32)],
        [tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))],
        [Thing(tf.int32)],
        [Thing(None)],
        [Thing(np.float32)],
        [np.ones(2)],
        [[1.0]],
        [1.0],
        [x, "a"],
        [],
        [None],
    ]
    return [
        raises(lambda tensors=tensors: tf.debugging.assert_same_float_dtype(tensors)) for tensors in asked
    ]


@script("assert_shapes")
def _(tf):
    m, v, s = tf.zeros([2, 3]), tf.zeros([3]), tf.constant(1.0)
    descriptions = (
        [(m, ("N", "Q")), (v, ("Q",))],
        [(m, ("N", "Q")), (v, ("N",))],
        [(m, (2, 3))],
        [(m, (2, 4))],
        [(m, (2,))],
        [(m, (..., "Q")), (v, ("Q",))],
        [(m, ("*", "Q")), (v, (..., "Q"))],
        [(m, ("A", ..., "Q"))],
        [(m, (..., 2, ...))],
        [(m, (None, 3))],
        [(m, (".", 3))],
        [(m, "NQ"), (v, "Q")],
        [(m, "NQ"), (v, "N")],
        [(m, "23")],
        [(m, "24")],
        [(s, ())],
        [(s, "")],
        [(s, (1,))],
        [(s, (2,))],
        [(s, (..., "Q", "R"))],
        [(v, 3)],
        [(m, tf.TensorShape([2, 3]))],
    )
    return [raises(lambda d=d: tf.debugging.assert_shapes(d, message="m")) for d in descriptions]


@script("Assert")
def _(tf):
    c = tf.constant
    calls = (
        lambda: tf.Assert(c(True), [1]),
        lambda: tf.Assert(True, ["x"]),
        lambda: tf.debugging.Assert(c(False), [c([1, 2]), "x"], summarize=1),
        lambda: tf.Assert(c([True, True]), [1]),
        lambda: tf.Assert(c([False]), [1]),
    )
    return [raises(f) for f in calls]


@script("traceback filtering")
def _(tf):
    d = tf.debugging
    first = d.is_traceback_filtering_enabled()
    d.disable_traceback_filtering()
    second = d.is_traceback_filtering_enabled()
    d.enable_traceback_filtering()
    return first, second, d.is_traceback_filtering_enabled()


# -- tf.print -------------------------------------------------------------------------------------------------------
def printed(tf, *inputs, **kwargs):
    """What tf.print writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "printed")
        tf.print(*inputs, output_stream=f"file://{path}", **kwargs)
        with open(path, encoding="utf-8") as file:
            return file.read()


@script("print: numbers")
def _(tf):
    c = tf.constant
    singles = (
        1.0,
        0.1,
        1 / 3,
        1e-10,
        1e10,
        123456789.0,
        1e5,
        1e6,
        1e7,
        1e-4,
        1e-5,
        1e38,
        float("nan"),
        float("inf"),
    )
    return (
        [printed(tf, c(x)) for x in singles],
        [printed(tf, c(x, tf.float64)) for x in (*singles, 1e100, 2 / 3)],
        [printed(tf, c(0.1, d)) for d in (tf.float16, tf.bfloat16)],
        [printed(tf, c(5, d)) for d in (tf.int8, tf.uint8, tf.int64)],
        [printed(tf, c(x)) for x in (True, 2**40, -7, 1 + 2j)],
        [printed(tf, x) for x in (1, 1.5, 1 / 3, True, None, 1e20, 2**70, 1 + 2j, tf.float32)],
    )


@script("print: arrays")
def _(tf):
    c = tf.constant
    arrays = (
        c([1.0, 2.5, -3.0, -0.0]),
        c([[1, 2], [3, 4]]),
        tf.range(6),
        tf.range(7),
        tf.reshape(tf.range(64), [8, 8]),
        tf.zeros([2, 3, 4]),
        tf.reshape(tf.range(16), [2, 8]),
        c([True, False]),
        c([1 + 2j]),
        c([]),
        tf.zeros([0, 3]),
        tf.zeros([3, 0]),
        c("hi"),
        c(["a", "b"]),
        c([["a"], ["c\n"]]),
        c(["{}", "é", "a\"'\\\t\x01"]),
        tf.Variable([1.0, 2.0]),
        tf.IndexedSlices(c([[1.0]]), c([0]), c([2, 1])),
    )
    return [[printed(tf, a, summarize=n) for n in (3, 1, -1)] for a in arrays]


@script("print: structures, separators")
def _(tf):
    import collections

    c = tf.constant
    pair = collections.namedtuple("Pair", "x y")
    structures = (
        ("x:", c(1.0), [c(1), c(2.0)]),
        ({"b": [c(2.0), "s"], "a": c(1)},),
        ((c(1), 2, "z"), ("a",)),
        ([], {}, ()),
        ([None, 1.0, [2, [3.5, "a"]]],),
        ({"a": {"b": c([1, 2])}},),
        (["a", c("b"), c(["c"])],),
        (pair(1, c(2.0)),),
        (tf.TensorShape([1, None]), b"bytes", range(3)),
        ("{}", "%d", "a\nb"),
        ([c(0.1)] * 40,),
        (),
    )
    return (
        [printed(tf, *s) for s in structures],
        printed(tf, 3, c([4, 5]), sep=", ", end="!"),
        printed(tf, "a", end=""),
        raises(lambda: tf.print(1, foo=3)),
        raises(lambda: tf.print(1, output_stream="nowhere")),
        raises(lambda: tf.print(1, output_stream=3)),
    )


# Python 3.12 shows an OrderedDict in another way.
for _name, _pythons in [
    ("print: ordered dictionaries before Python 3.12", {"until": (3, 12)}),
    ("print: ordered dictionaries", {"since": (3, 12)}),
]:

    @script(_name, **_pythons)
    def _(tf):
        import collections

        c = tf.constant
        made = collections.OrderedDict([("z", 1), ("a", c(1))])
        return [printed(tf, *s) for s in [(made,), ([made], "b"), ({"x": made}, collections.OrderedDict())]]


@script("timestamp")
def _(tf):
    return tf.timestamp().dtype, tf.timestamp().shape, bool(tf.timestamp() > 1.6e9)


@script("what an assertion in a graph shows")
def _(tf):
    def shown(data, summarize):
        try:
            tf.raw_ops.Assert(condition=False, data=data, summarize=summarize)
        except tf.errors.InvalidArgumentError as error:
            return str(error).partition("assertion failed: ")[2].partition(" [Op:")[0]

    rows = tf.constant([[1.5, 2.0, 3.0], [4.0, 5.0, 6.0]])
    blocks = tf.reshape(tf.range(8), [2, 2, 2])
    values = [1e20, 1 / 3, 1e-7, 123456789.0, float("nan"), float("-inf")]
    return [
        [shown([rows], n) for n in (-1, 0, 1, 2, 3, 4, 6, 9)],
        [shown([blocks], n) for n in (1, 3, 5, 8)],
        [shown([tf.constant(values, t)], -1) for t in (tf.float32, tf.float64, tf.bfloat16)],
        shown([tf.constant(True), tf.constant("ab"), tf.constant(["a", "b", "c"]), tf.zeros([2, 0])], 2),
        shown([tf.constant(1 + 2j), tf.constant(2**62, tf.int64), tf.constant(3, tf.uint8)], 3),
    ]


@script("Assert in a function")
def _(tf):
    @tf.function
    def f(x):
        tf.debugging.Assert(tf.reduce_all(x > 0.0), [x, "of", tf.reduce_sum(x)], summarize=2)
        return x

    try:
        return f(tf.constant([1.0, -2.0, 3.0]))
    except tf.errors.InvalidArgumentError as error:
        return str(error).partition("assertion failed: ")[2].partition("\n")[0]
