"""Control flow, map, scan and fold, TensorArray, tf.function, scopes, Python functions as ops."""

import collections

from conformance_kit import DOUBLE, A, case, error, raises, script

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


# -- tf.function ------------------------------------------------------------------------------
@script("function: what goes in and comes out")
def _(tf):
    import numpy as np

    @tf.function
    def square(x):
        return x * x

    return (
        square(3),
        square(3.5),
        square(np.array([1.0, 2.0])),
        square(tf.Variable(2.0)),
        square.__name__,
        square.python_function(2),
        square.__wrapped__(2),
        tf.function(lambda: (1, None, [2.5, "a"], {"k": True}))(),
        tf.function(lambda v: v)(tf.Variable(2.0)),
        tf.function(lambda v: type(v).__name__)(2),
        tf.function(lambda v: np.array([1, 2]))(2),
        tf.function(lambda v: (v,) * 2)([1, 2]),
        raises(lambda: tf.function(lambda: object())()),
        raises(lambda: tf.function(3)),
    )


@script("function: input_signature")
def _(tf):
    import numpy as np

    vector = tf.TensorSpec([None], tf.float32)
    f = tf.function(lambda x: x * 2, input_signature=[vector])
    c = tf.constant

    def with_default(x, k=2.0):
        return x * k

    g = tf.function(with_default, input_signature=[vector])
    return (
        f(c([1.0, 2.0])),
        f([1.0, 2.0]),
        f([1, 2]),
        f(x=c([1.0])),
        f(np.array([1.0, 2.0])),
        f(tf.Variable([1.0])),
        g(c([1.0])),
        tf.function(lambda d: d["a"], input_signature=[{"a": vector}])({"a": [1.0]}),
        tf.function(lambda *d: d, input_signature=[vector, vector])([1.0], [2.0]),
        [
            raises(call)
            for call in (
                lambda: f(c([1, 2])),
                lambda: f(c(1.0)),
                lambda: f(),
                lambda: f(c([1.0]), c([2.0])),
                lambda: f("a"),
                lambda: g(c([1.0]), k=5.0),
                lambda: tf.function(lambda x, y: x * y, input_signature=[vector]),
            )
        ],
    )


@script("function: methods and concrete functions")
def _(tf):
    class Scale:
        k = 2.0

        @tf.function
        def by(self, x):
            return x * self.k

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def vector_by(self, x):
            return x * self.k

    s, c = Scale(), tf.constant
    square = tf.function(lambda x: x * x)
    concrete = square.get_concrete_function(tf.TensorSpec([None], tf.float32))
    scalar = square.get_concrete_function(c(1.0))
    return (
        s.by(c(1.0)),
        s.vector_by([1.0, 2.0]),
        Scale.by(s, c(3.0)),
        concrete(c([1.0, 2.0])),
        concrete(x=c([3.0])),
        square.get_concrete_function(3)(),
        tf.function(lambda x, k: x * k).get_concrete_function(tf.TensorSpec([], tf.float32), 3)(c(2.0)),
        raises(lambda: scalar(c(2))),
        raises(lambda: scalar()),
    )


# -- Python functions -------------------------------------------------------------------------
@script("py_function and numpy_function: results")
def _(tf):
    f32, x = tf.float32, tf.constant(3.0)

    def py(f, tout, inp=(x,)):
        return raises(lambda: tf.py_function(f, list(inp), tout))

    def np_(f, tout):
        return raises(lambda: tf.numpy_function(f, [x], tout))

    return (
        py(lambda v: v * 2, f32),
        py(lambda v: [v * 2, v], [f32, f32]),
        py(lambda v: v.numpy() * 2, f32),
        py(lambda v: 5, f32),
        py(lambda v: (v, v), [f32]),
        py(lambda v: (v,), (f32,)),
        py(lambda v: v, tf.TensorSpec([], f32)),
        py(lambda v: None, []),
        py(lambda v: v, tf.int32),
        py(lambda v: 1 / 0, f32),
        py(lambda v: v, None),
        py(lambda v: {"a": v}, {"a": f32}),
        np_(lambda v: v * 2, f32),
        np_(lambda v: (v * 2, v), [f32, f32]),
        np_(lambda v: v * 2, tf.float64),
        np_(lambda v: type(v).__name__, tf.string),
        np_(lambda v: None, []),
        np_(lambda v: (v,), [f32]),
        np_(lambda v: 1 / 0, f32),
    )


@script("py_function: gradients flow to its inputs alone, to first order")
def _(tf):
    x, v = tf.constant(3.0), tf.Variable(2.0)
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = tf.py_function(lambda a: a * a * x * v, [x], tf.float32)
        g, of_v = t1.gradient(y, [x, v])
    with tf.GradientTape() as t3:
        t3.watch(x)
        z = tf.py_function(lambda a: [a * a, a], [x], [tf.float32, tf.float32])
    return g, of_v, t2.gradient(g, x), t3.gradient(z, x)


# -- scopes -----------------------------------------------------------------------------------
@script("name_scope")
def _(tf):
    out = []
    with tf.name_scope("a") as a:
        with tf.name_scope("a") as b:
            out.append(
                (a, b, tf.get_current_name_scope(), tf.Variable(1.0, name="x").name, tf.Variable(1.0).name)
            )
        with tf.name_scope("top/") as b:
            out.append((b, tf.get_current_name_scope()))
        with tf.name_scope("") as b:
            out.append((b, tf.get_current_name_scope()))
        with tf.name_scope("b/c") as b:
            out.append((b, tf.get_current_name_scope()))
    again = tf.name_scope("r")
    with again as a, again as b:
        out.append((a, b, again.name))
    return (
        out,
        tf.get_current_name_scope(),
        raises(lambda: tf.name_scope(3)),
        raises(lambda: tf.name_scope(None)),
    )


@script("init_scope, control_dependencies, group, tuple")
def _(tf):
    x, v = tf.Variable(3.0), tf.Variable(0.0)
    with tf.GradientTape() as tape:
        with tf.init_scope():
            y = x * 2.0
        with tf.control_dependencies([v.assign_add(1.0)]):
            z = x * v
    return (
        tape.gradient([z], x),
        y,
        tf.group(v, y),
        tf.group(),
        tf.tuple([y, None, 1]),
        tf.tuple((y, 2)),
        tf.no_op(),
        tf.executing_eagerly(),
        tf.inside_function(),
    )


error("gradients in eager mode", lambda tf: tf.gradients(tf.constant(1.0), tf.constant(1.0)))
error("hessians in eager mode", lambda tf: tf.hessians(tf.constant(1.0), tf.constant(1.0)))


# -- modules and initializers -----------------------------------------------------------------
@script("Module")
def _(tf):
    class Dense(tf.Module):
        def __init__(self, name=None):
            super().__init__(name=name)
            self.w = tf.Variable([1.0], name="w")
            self.b = tf.Variable([0.0], name="b", trainable=False)

        @tf.Module.with_name_scope
        def __call__(self, x):
            if not hasattr(self, "lazy"):
                self.lazy = tf.Variable(2.0, name="lazy")
            return x * self.w + self.b

    class MyHTTPNet2(tf.Module):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.z = Dense()
            self.layers = [Dense("first"), {"k": Dense("last")}, (Dense("inner"),)]
            self.d = {"b": tf.Variable(1.0, name="db"), "a": tf.Variable(2.0, name="da")}
            self.a, self._hidden = tf.Variable(5, name="int"), tf.Variable(1.0, name="hidden")
            self.twice, self.none, self.me = self.z.w, None, self

    net, dense = MyHTTPNet2(), Dense("dd")
    y = dense(tf.constant([3.0]))
    with tf.name_scope("outer"):
        scoped = Dense("q")
    return (
        [v.name for v in net.variables],
        [v.name for v in net.trainable_variables],
        [v.name for v in net.non_trainable_variables],
        [m.name for m in net.submodules],
        [type(x).__name__ for x in (net.variables, net.submodules)],
        (net.name, net.name_scope.name, dense.name, scoped.w.name, scoped.name_scope.name),
        y,
        (dense.lazy.name, dense.w.name),
        [raises(lambda n=n: MyHTTPNet2(name=n)) for n in ("a b", "1a", "", "a/b", 5)],
    )


@script("initializers of constants")
def _(tf):
    def run(initializer, *args, **kwargs):
        return raises(lambda: initializer(*args, **kwargs))

    dtypes = (tf.float32, tf.float64, tf.int32, tf.bool, tf.complex64, tf.float16, tf.string)
    zeros, ones = tf.zeros_initializer(), tf.ones_initializer()
    constants = [tf.constant_initializer(v) for v in (3.0, [1, 2, 3, 4], [1])]
    return (
        [run(i, [2, 2], dtype=d) for i in (zeros, ones, *constants) for d in dtypes],
        [run(i, [2, 2]) for i in (zeros, ones, *constants)],
        [run(i, (2,)) for i in (zeros, ones, *constants)],
        [run(i, [2, 2], foo=1) for i in (zeros, ones, *constants)],
        [run(i, [4, 2], partition_shape=(2, 2), partition_offset=(0, 0)) for i in (zeros, ones, *constants)],
        [i.get_config() for i in (zeros, ones, *constants)],
        raises(lambda: tf.constant_initializer(object())),
        zeros(tf.constant([1, 2])),
    )


@script("random initializers")
def _(tf):
    out = []
    for initializer in (tf.random_normal_initializer(seed=1), tf.random_uniform_initializer(2.0, 3.0)):
        for dtype in (tf.float32, tf.float64, tf.float16, tf.bool, tf.string, tf.complex64):
            found = raises(lambda i=initializer, d=dtype: i([2, 3], dtype=d))
            out.append((found.dtype, found.shape) if tf.is_tensor(found) else found)
        out.append(initializer.get_config())
        out.append(initializer([4, 2], partition_shape=(2, 2), partition_offset=(0, 0)).shape)
        out.append(raises(lambda i=initializer: i([2], foo=1)))
        out.append(raises(lambda i=initializer: i([-2])))
    return out, raises(lambda: tf.random_uniform_initializer()([2], dtype=tf.int32))


@script("test.compute_gradient")
def _(tf):
    c, compute = tf.constant, tf.test.compute_gradient
    return (
        compute(lambda x, y: x * x * y, [c([1.0, 2.0]), c([3.0, 4.0])])[0],
        compute(lambda x: x * x, [c([1.0, 2.0], tf.float64)], delta=1e-4)[0],
        compute(lambda x: x * c(2j, tf.complex64), [c([1.0 + 1j], tf.complex64)])[0],
        compute(lambda x: x * 2.0, [[1.0, 2.0]])[0],
        raises(lambda: compute(lambda x: x * 2, [c([1, 2])])),
        raises(lambda: compute(lambda x: x, c([1.0]))),
    )


@script("dlpack")
def _(tf):
    d = tf.experimental.dlpack
    capsule = d.to_dlpack(tf.constant([1.0, 2.0]))
    return (
        type(capsule).__name__,
        d.from_dlpack(capsule),
        raises(lambda: d.to_dlpack("x")),
        raises(lambda: d.from_dlpack(3)),
    )
