"""Control flow, map, scan and fold, TensorArray."""

import collections

from conformance_kit import DOUBLE, A, case, raises, script

X, M = A("normal", (3,)), A("normal", (3, 2))
Pair = collections.namedtuple("Pair", "x y")


# -- derivatives ------------------------------------------------------------------------------
case(
    "cond",
    lambda tf, x: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * x, lambda: -x),
    inputs=[X],
    dtypes=DOUBLE,
)
case(
    "while_loop",
    lambda tf, x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * tf.sin(x)), (0, x))[1],
    inputs=[X],
    dtypes=DOUBLE,
)
case(
    "case", lambda tf, x: tf.case([(x[0] > 9.0, lambda: x)], default=lambda: x**3), inputs=[X], dtypes=DOUBLE
)
case(
    "switch_case",
    lambda tf, x: tf.switch_case(tf.constant(1), [lambda: x, lambda: tf.exp(x)]),
    inputs=[X],
    dtypes=DOUBLE,
)
case("map_fn", lambda tf, x: tf.map_fn(lambda v: v * tf.reduce_sum(v), x), inputs=[M], dtypes=DOUBLE)
case("scan", lambda tf, x: tf.scan(lambda a, v: a * v, x), inputs=[X], dtypes=DOUBLE)
case(
    "scan reverse with initializer",
    lambda tf, x: tf.scan(lambda a, v: tf.sin(a) + v, x, initializer=x[0], reverse=True),
    inputs=[X],
    dtypes=DOUBLE,
)
case("foldl", lambda tf, x: tf.foldl(lambda a, v: tf.sin(a) * v, x), inputs=[X], dtypes=DOUBLE)
case("foldr", lambda tf, x: tf.foldr(lambda a, v: tf.sin(a) * v, x), inputs=[X], dtypes=DOUBLE)
case(
    "vectorized_map",
    lambda tf, x: tf.vectorized_map(lambda v: v * tf.reduce_sum(v), x),
    inputs=[M],
    dtypes=DOUBLE,
)
case(
    "vectorized_map of a pair, with a captured value",
    lambda tf, x, y: tf.vectorized_map(lambda p: {"a": p[0] * p[1] * y[0], "b": tf.exp(p[0])}, (x, y)),
    inputs=[X, A("normal", (3,))],
    dtypes=DOUBLE,
    order=1,
)
case(
    "TensorArray",
    lambda tf, x: tf.TensorArray(x.dtype, 3, clear_after_read=False).unstack(x * x).gather([2, 0, 2]),
    inputs=[X],
    dtypes=DOUBLE,
)
case("function", lambda tf, x: tf.function(lambda v: v**3)(x), inputs=[X], dtypes=DOUBLE)
case(
    "py_function",
    lambda tf, x: tf.py_function(lambda v: v**3, [x], x.dtype),
    inputs=[X],
    dtypes=DOUBLE,
    order=1,
)
case(
    "numpy_function", lambda tf, x: tf.numpy_function(lambda v: v**3, [x], x.dtype), inputs=[X], dtypes=DOUBLE
)


# -- cond, case, switch_case ------------------------------------------------------------------
@script("cond: what is returned")
def _(tf):
    c = tf.constant
    return (
        tf.cond(c(True), lambda: 1, lambda: 2),
        tf.cond(False, lambda: 1, lambda: [c(1.0), {"a": c(2)}]),
        tf.cond(c([True]), lambda: None, lambda: 2),
        tf.cond(c(3), lambda: (1,), lambda: 2),
        raises(lambda: tf.cond(c([True, False]), lambda: 1, lambda: 2)),
        raises(lambda: tf.cond(True, None, lambda: 2)),
        raises(lambda: tf.cond(True, lambda: 1, 2)),
    )


@script("case: which function")
def _(tf):
    yes, no = tf.constant(True), tf.constant(False)

    def run(*args, **kwargs):
        return raises(lambda: tf.case(*args, **kwargs))

    one, two, three = (lambda: 1), (lambda: 2), (lambda: (3, None))
    return (
        run([(no, one), (yes, two)], default=three),
        run([(no, one), (no, two)], default=three),
        run([(no, one), (no, two)]),
        run([(no, one), (yes, two)]),
        run([(yes, one), (yes, two)], default=three),
        run([(yes, one), (yes, two)], default=three, exclusive=True),
        run([(yes, one), (no, two)], exclusive=True),
        run([(True, one)]),
        run({True: one}, exclusive=True),
        run([], default=one),
        run(3, default=one),
        run([(yes, one, 2)], default=one),
        run([(yes, one)], default=3),
    )


@script("switch_case: which function")
def _(tf):
    one, two, nine = (lambda: 1), (lambda: [2]), (lambda: 9)

    def run(index, branches, **kwargs):
        return raises(lambda: tf.switch_case(index, branches, **kwargs))

    c = tf.constant
    return (
        [run(c(i), [one, two]) for i in (-1, 0, 1, 2)],
        [run(c(i), [one, two], default=nine) for i in (-1, 0, 1, 2)],
        run(c(1), {1: one, 0: two}),
        run(c(1), [(1, one), (0, two)]),
        run(c(1, tf.int64), [one, two]),
        run(c(1, tf.uint8), [one, two]),
        run(c(1), {1: one, 5: two}),
        run(c(1), [(1, one), (1, two)]),
        run(c(1), {"a": one}),
        run(c(1), []),
        run(c(1), [3, 4]),
        run(c(1), 3),
        run(c([1]), [one, two]),
        run(c(1.0), [one, two]),
        run(c(True), [one, two]),
        run(1, [one, two]),
    )


# -- loops ------------------------------------------------------------------------------------
@script("while_loop: structures and limits")
def _(tf):
    c = tf.constant

    def run(*args, **kwargs):
        return raises(lambda: tf.while_loop(*args, **kwargs))

    def more(i, *rest):
        return (i + 1, *rest)

    return (
        run(lambda i: i < 3, lambda i: (i + 1,), [0]),
        run(lambda i: i < 3, lambda i: [i + 1], (c(0),)),
        run(lambda i: i < 3, lambda i: [i + 1], (tf.Variable(0),)),
        run(lambda i, p: i < 3, more, (0, Pair(c(1.0), {"k": c([2])}))),
        run(lambda i, d: i < 3, lambda i, d: (i + 1, {"a": d["a"] * 2.0}), (0, {"a": c(1.0)})),
        run(lambda i: True, lambda i: [i + 1], [c(0)], maximum_iterations=4),
        run(lambda i, j: True, more, (c(0), 2.0), maximum_iterations=c(4)),
        run(lambda i: False, lambda i: [i + 1], [7]),
        run(lambda i: i < 3, lambda i: [tf.cast(i, tf.float32) + 1.0], [c(0)]),
        run(lambda i: tf.size(i) < 3, lambda i: [tf.concat([i, i], 0)], [c([0])]),
        run(lambda i: i < 3, lambda i: i + 1, [c(0)]),
        run(lambda i: i < 3, lambda i: (i + 1, i), [c(0)]),
        run(lambda i: True, lambda i: [i + 1], [c(0)], maximum_iterations=[4]),
        run(lambda i: True, lambda i: [i + 1], [c(0)], parallel_iterations=0),
        run(lambda: False, list, []),
        run(3, lambda i: [i + 1], [c(0)]),
        run(lambda i: True, 3, [c(0)]),
    )


@script("while_loop: back_prop=False")
def _(tf):
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), (0, x), back_prop=False)[1]
    return y, tape.gradient(y, x)


@script("map_fn: structures")
def _(tf):
    e = tf.constant([1.0, 2.0, 3.0])
    f32, i32 = tf.float32, tf.int32

    def run(*args, **kwargs):
        return raises(lambda: tf.map_fn(*args, **kwargs))

    return (
        run(lambda x: x * 2, e),
        run(lambda x: x[0] * x[1], (e, e)),
        run(lambda x: x[0] * x[1], (e, e), fn_output_signature=f32),
        run(lambda x: (x, x + 1), e, fn_output_signature=(f32, f32)),
        run(lambda x: (x, x + 1), e),
        run(lambda x: {"a": x, "b": [tf.cast(x, i32)]}, e, fn_output_signature={"a": f32, "b": [i32]}),
        run(lambda x: x["a"] + x["b"], {"a": e, "b": e}, dtype=f32),
        run(lambda x: tf.cast(x, i32), e),
        run(lambda x: tf.stack([x, x]), e, fn_output_signature=tf.TensorSpec([2], f32)),
        run(lambda x: tf.stack([x, x]), e, fn_output_signature=tf.TensorSpec([3], f32)),
        run(lambda x: [x], e, fn_output_signature=f32),
        run(lambda x: 1, e, fn_output_signature=f32),
        run(lambda x: None, e),
        run(lambda x: x * 2, tf.zeros([0, 3])),
        run(lambda x: x * x, tf.Variable([1.0, 2.0])),
        run(lambda x: tf.range(x), e),
        run(lambda x: tf.range(x), e, infer_shape=False),
        run(lambda x: x, tf.constant(1.0)),
        run(lambda x: x, [1, 2, 3]),
        run(lambda x: x, []),
        run(lambda x: x[0], (e, e[:2]), fn_output_signature=f32),
    )


@script("scan and folds: structures")
def _(tf):
    e, zero, one = tf.constant([1.0, 2.0, 3.0]), tf.constant(0.0), tf.constant(1.0)
    empty = tf.constant([], tf.float32)

    def add(a, x):
        return a * 2 + x

    def both(a, x):
        return a[0] + x[0], a[1] * x[1]

    return (
        [raises(lambda r=r: tf.scan(add, e, reverse=r)) for r in (False, True)],
        [raises(lambda r=r: tf.scan(add, e, initializer=10.0, reverse=r)) for r in (False, True)],
        raises(lambda: tf.scan(both, (e, e))),
        raises(lambda: tf.scan(lambda a, x: (a[0] + x, a[1] * x), e, initializer=(zero, one))),
        raises(lambda: tf.scan(lambda a, x: {"k": a["k"] + x}, e, initializer={"k": zero})),
        raises(lambda: tf.scan(lambda a, x: a[0] + x, e, initializer=(zero, one))),
        raises(lambda: tf.scan(lambda a, x: tf.concat([a, [x]], 0), e, initializer=tf.constant([0.0]))),
        raises(lambda: tf.scan(lambda a, x: tf.cast(a, tf.int32), e, initializer=zero)),
        [raises(lambda f=f: f(add, empty)) for f in (tf.scan, tf.foldl, tf.foldr)],
        [raises(lambda f=f: f(add, empty, initializer=1.0)) for f in (tf.scan, tf.foldl, tf.foldr)],
        [raises(lambda f=f: f(add, one)) for f in (tf.scan, tf.foldl, tf.foldr)],
        [raises(lambda f=f: f(add, e)) for f in (tf.foldl, tf.foldr)],
        [raises(lambda f=f: f(add, e, initializer=100.0)) for f in (tf.foldl, tf.foldr)],
        raises(lambda: tf.foldl(both, (e, e))),
        raises(lambda: tf.foldl(lambda a, x: [a, x], e)),
        raises(lambda: tf.foldl(lambda a, x: a + x[0] + x[1], (e, e[:2]), initializer=0.0)),
        raises(lambda: tf.foldl(lambda a, x: tf.cast(x, tf.int32), e)),
    )


@script("vectorized_map: structures")
def _(tf):
    e, one = tf.constant([1.0, 2.0, 3.0]), tf.constant([5.0])

    def run(f, elems):
        return raises(lambda: tf.vectorized_map(f, elems))

    return (
        run(lambda x: x * 2, e),
        run(lambda x: {"a": x, "b": [x + 1, (x,)]}, e),
        run(lambda x: (x, tf.constant([1.0, 2.0])), e),
        run(lambda x: (x, 3.0, None), e),
        run(lambda x: x["k"][0] * x["k"][1], {"k": [e, e]}),
        run(lambda x: x[0] * x[1], (e, one)),
        run(lambda x: x[0] + x[1], (one, one)),
        run(lambda x: tf.reduce_sum(x), tf.zeros([0, 3])),
        run(lambda x: x * x, tf.Variable([1.0, 2.0])),
        run(lambda x: x[0][x[1]], (tf.constant([[1, 2], [3, 4]]), tf.constant([0, 1]))),
        run(lambda x: tf.cond(x > 2.0, lambda: x, lambda: -x), e),
        run(lambda x: x[0] * x[1], (e, e[:2])),
        run(lambda x: x, tf.constant(1.0)),
        run(lambda x: x, [1, 2]),
        run(lambda x: x, []),
        run(3, e),
    )


# -- TensorArray ------------------------------------------------------------------------------
@script("TensorArray: write, read, stack")
def _(tf):
    def make(**kwargs):
        return tf.TensorArray(tf.float32, **{"size": 2, **kwargs})

    t = make(size=3)
    w = t.write(0, 1.0)
    unstacked = make(clear_after_read=False).unstack([1.0, 2.0])
    cleared = make().unstack([1.0, 2.0])
    return (
        w is t,
        t.read(0),
        t.size(),
        t.dtype,
        t.element_shape,
        t.dynamic_size,
        t.handle,
        unstacked.read(1),
        unstacked.read(1),
        cleared.read(1),
        raises(lambda: cleared.read(1)),
        raises(lambda: cleared.stack()),
        make().write(1, [1.0, 2.0]).stack(),
        make(element_shape=[2]).stack(),
        make(element_shape=[2]).read(0),
        make(size=0).stack(),
        make(size=0, element_shape=[3]).stack(),
        make(size=0, dynamic_size=True).write(1, 2.0).stack(),
        make(dynamic_size=True).unstack([1.0, 2.0, 3.0]).size(),
        make(size=5).unstack([1.0, 2.0, 3.0]).stack(),
        make().write(0, 1.0).write(0, 2.0).read(0),
        make(infer_shape=False).write(0, [1.0]).write(1, 2.0).read(1),
        make().write(0, [1.0]).element_shape,
        make(size=3).unstack([1.0, 2.0, 3.0]).gather([2, 0]),
        make(size=3).scatter([0, 2], [1.0, 5.0]).stack(),
        make(infer_shape=False).write(0, [1.0]).write(1, [2.0, 3.0]).concat(),
        make().write(0, [1.0]).concat(),
        [make(infer_shape=False).split([1.0, 2.0, 3.0], [1, 2]).read(i) for i in (0, 1)],
        make().write(0, 1.0).identity().read(0),
    )


@script("TensorArray: errors")
def _(tf):
    def make(**kwargs):
        return tf.TensorArray(tf.float32, **{"size": 2, **kwargs})

    calls = (
        lambda: make().write(2, 1.0),
        lambda: make().write(-1, 1.0),
        lambda: make().write(0, tf.constant(1)),
        lambda: make().write(0, [1.0]).write(1, 2.0),
        lambda: make(element_shape=[2]).write(0, [1.0]),
        lambda: make().write(tf.constant(1.0), 1.0),
        lambda: make().read(0),
        lambda: make().read(2),
        lambda: make().read(-1),
        lambda: make().stack(),
        lambda: make(infer_shape=False).write(0, [1.0]).write(1, 2.0).stack(),
        lambda: make().write(0, 1.0).gather([0, 7]),
        lambda: make(dynamic_size=True).scatter([0, -1], [1.0, 5.0]),
        lambda: make().write(0, 1.0).write(1, 1.0).concat(),
        lambda: make(size=0).concat(),
        lambda: make().split([1.0, 2.0, 3.0], [1, 1]),
        lambda: make().split([1.0, 2.0, 3.0], [1, 1, 1]),
        lambda: make().split(1.0, [1]),
        lambda: make().unstack([1.0, 2.0, 3.0]),
        lambda: make().unstack(1.0),
        lambda: tf.TensorArray(tf.float32),
        lambda: make(handle=tf.constant(1)),
        lambda: make().grad("x"),
    )
    return [raises(call) for call in calls]
