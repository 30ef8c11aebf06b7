"""`input_signature`, `get_concrete_function` and what a concrete function says of itself."""

import collections

import numpy as np
from cases._functions import says
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "x y")


def spec_of(tf, structure):
    """TensorSpecs as comparable data."""

    def one(s):
        return [s.shape, s.dtype, s.name] if isinstance(s, tf.TensorSpec) else s

    return tf.nest.map_structure(one, structure)


def about(tensors):
    return [[t.shape, t.dtype, t.name.split(":")[0]] for t in tensors]


@script("an exact signature: what is taken, cast and refused")
def _(tf):
    log = []

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def f(x):
        log.append(x.shape)
        return x * 2.0

    c = tf.constant
    good = [
        f(c([1.0, 2.0])),
        f([3.0, 4.0]),
        f([3, 4]),
        f(np.array([5.0, 6.0], np.float32)),
        f(tf.Variable([7.0, 8.0])),
        f(x=c([1.0, 2.0])),
        raises(lambda: f(np.array([5.0, 6.0]))),
        raises(lambda: f(np.array([5, 6]))),
        f((1.0, 2.0)),
    ]
    bad = [
        raises(call)
        for call in (
            lambda: f(c([1.0])),
            lambda: f(c([1, 2])),
            lambda: f(c([1.0, 2.0], tf.float64)),
            lambda: f(c([[1.0, 2.0]])),
            lambda: f(1.0),
            lambda: f("ab"),
            lambda: f(None),
            lambda: f([1.0]),
            lambda: f(),
            lambda: f(c([1.0, 2.0]), 1),
            lambda: f(y=c([1.0, 2.0])),
        )
    ]
    return good, bad, log, f.experimental_get_tracing_count()


@script("unknown dimensions and an unknown rank: one trace")
def _(tf):
    shapes = []

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32), tf.TensorSpec(None, tf.int32)])
    def f(x, y):
        shapes.append([x.shape, y.shape, x.shape.rank, y.shape.rank])
        return tf.reduce_sum(x, 0), tf.shape(x), tf.rank(y), tf.size(y)

    answers = [
        f(tf.ones([3, 2]), 1),
        f(tf.ones([0, 2]), [1, 2]),
        f(tf.ones([5, 2]), [[1, 2, 3]]),
        raises(lambda: f(tf.ones([3, 3]), 1)),
        raises(lambda: f(tf.ones([2]), 1)),
    ]
    return answers, shapes[0], f.experimental_get_tracing_count()


@script("signatures of structures")
def _(tf):
    s = tf.TensorSpec([], tf.float32)
    f = tf.function(lambda p: p["a"] + p["b"][0] * p["b"][1], input_signature=[{"a": s, "b": (s, s)}])
    g = tf.function(lambda p, q=2.0: Pair(p.x + p.y, q), input_signature=[Pair(s, s)])
    c = tf.constant
    return [
        f({"a": c(1.0), "b": (c(2.0), c(3.0))}),
        f({"b": (2.0, 3), "a": 4}),
        raises(lambda: f({"a": c(1.0), "b": [c(2.0), c(3.0)]})),
        raises(lambda: f({"a": c(1.0)})),
        raises(lambda: f({"a": c(1.0), "b": (c(2.0), c(3.0)), "c": c(1.0)})),
        g(Pair(c(1.0), c(2.0))),
        g(Pair(3.0, 4.0)),
        raises(lambda: g((3.0, 4.0))),
        f.experimental_get_tracing_count(),
    ]


@script("a signature for fewer arguments than the function has")
def _(tf):
    s = tf.TensorSpec([], tf.float32)

    def three(x, y=2.0, z=3.0):
        return [x, y, z]

    one, two = tf.function(three, input_signature=[s]), tf.function(three, input_signature=[s, s])
    empty = tf.function(lambda: tf.constant(7.0), input_signature=[])
    return [
        one(1.0),
        one(tf.constant(5.0)),
        two(1.0),
        two(1.0, 9.0),
        two(1.0, y=tf.constant(8.0)),
        raises(lambda: one(1.0, 2.0)),
        raises(lambda: one(1.0, z=4.0)),
        empty(),
        raises(lambda: empty(1.0)),
        raises(lambda: tf.function(lambda x, y: x, input_signature=[s])),
        raises(lambda: tf.function(lambda x: x, input_signature=[s, s])),
        raises(lambda: tf.function(lambda x: x, input_signature=s)),
        raises(lambda: tf.function(lambda x: x, input_signature=[3])),
    ]


@script("a signature with names, and methods with signatures")
def _(tf):
    class Kit:
        k = 3.0

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="wave")])
        def by(self, x):
            return x * self.k

    kit = Kit()
    concrete = kit.by.get_concrete_function()
    return [
        kit.by([1.0, 2.0]),
        raises(lambda: concrete(tf.constant([4.0]))),
        raises(lambda: concrete(wave=tf.constant([4.0]))),
        raises(lambda: concrete(x=tf.constant([4.0]))),
        spec_of(tf, concrete.structured_input_signature),
        about(concrete.inputs),
    ]


@script("get_concrete_function: one trace, also for the calls after it")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append(x.shape)
        return tf.reduce_sum(x)

    c = f.get_concrete_function(tf.TensorSpec([None], tf.float32))
    answers = [c(tf.constant([1.0, 2.0])), c(tf.constant([])), f(tf.constant([1.0])), f(tf.constant([3.0]))]
    answers.append(f.experimental_get_tracing_count())
    again = f.get_concrete_function(tf.TensorSpec([None], tf.float32))
    exact = f.get_concrete_function(tf.TensorSpec([1], tf.float32))
    answers += [again is c, exact(tf.constant([4.0])), f.experimental_get_tracing_count()]
    return answers, log


@script("a concrete function's arguments: wrong dtype, shape, number, name")
def _(tf):
    @tf.function
    def f(x, y):
        return x * y

    spec = tf.TensorSpec([2], tf.float32)
    c = f.get_concrete_function(spec, spec)
    v = tf.constant([1.0, 2.0])
    return [
        c(v, v),
        c(v, y=v),
        c(y=v, x=v * 3.0),
        c([1.0, 2.0], v),
        c(np.array([1.0, 2.0], np.float32), v),
        c(tf.Variable([1.0, 2.0]), v),
        [
            raises(call)
            for call in (
                lambda: c(v),
                lambda: c(v, v, v),
                lambda: c(v, z=v),
                lambda: c(tf.constant([1, 2]), v),
                lambda: c(tf.constant([1.0]), v),
                lambda: c(tf.constant([1.0, 2.0], tf.float64), v),
                lambda: c(1.0, v),
                lambda: c("a", v),
                lambda: c(None, v),
                lambda: c(),
            )
        ],
    ]


@script("a concrete function of Python values: they are part of it")
def _(tf):
    @tf.function
    def f(x, n, flag=True, name="a"):
        return x**n if flag else -x

    s = tf.TensorSpec([], tf.float32)
    cube, minus = f.get_concrete_function(s, 3), f.get_concrete_function(s, 3, flag=False)
    two = tf.constant(2.0)
    return [
        cube(two),
        minus(two),
        raises(lambda: cube(two, 3)),
        raises(lambda: cube(two, n=3)),
        raises(lambda: cube(two, 2)),
        spec_of(tf, cube.structured_input_signature),
        spec_of(tf, minus.structured_input_signature),
        f.get_concrete_function(2.0, 3)(),
        f.get_concrete_function(two, 3) is cube,
        raises(lambda: f.get_concrete_function(tf.TensorSpec([], tf.float32))),
    ]


@script("what a concrete function says: inputs, outputs, structures")
def _(tf):
    @tf.function
    def f(x, pair, k=2):
        return {"sum": x + pair[0], "rest": [pair[1] * k, None, 3], "same": x}

    c = f.get_concrete_function(
        tf.TensorSpec([None, 2], tf.float32), (tf.TensorSpec([2], tf.float32), tf.TensorSpec([], tf.int32))
    )
    out = c.structured_outputs
    return {
        "signature": spec_of(tf, c.structured_input_signature),
        "outputs": {k: tf.nest.map_structure(lambda t: [t.shape, t.dtype], v) for k, v in out.items() if k != "rest"},
        "rest": [out["rest"][0].shape, out["rest"][1], out["rest"][2].dtype],
        "inputs": about(c.inputs),
        "flat outputs": [[t.shape, t.dtype] for t in c.outputs],
        "output dtypes": c.output_dtypes,
        "output shapes": c.output_shapes,
        "name": c.name.decode().startswith("__inference_f_"),
        "calls": [
            raises(call)
            for call in (
                lambda: c(tf.ones([3, 2]), (tf.constant([1.0, 2.0]), tf.constant(5))),
                lambda: c(tf.ones([3, 2]), (tf.constant([1.0, 2.0]), tf.constant(5)), 2),
                lambda: c(tf.ones([3, 2]), tf.constant([1.0, 2.0]), tf.constant(5)),
                lambda: c(x=tf.ones([1, 2]), pair=tf.constant([1.0, 2.0]), pair_1=tf.constant(6)),
            )
        ],
    }  # fmt: skip


@script("what a concrete function captures")
def _(tf):
    w, b = tf.Variable([1.0, 2.0], name="w"), tf.Variable(3.0, trainable=False, name="b")
    constant = tf.constant([10.0, 20.0])

    @tf.function
    def f(x):
        return x * w + b + constant

    c = f.get_concrete_function(tf.TensorSpec([2], tf.float32))
    first = c(tf.ones([2]))
    w.assign([5.0, 6.0])
    captured = c.captured_inputs
    return {
        "calls": [first, c(tf.ones([2]))],
        "variables": [v is w or v is b for v in c.variables],
        "trainable": [v is w for v in c.trainable_variables],
        "captures": [len(captured), sorted(t.dtype.name for t in captured)],
        "constant": [t is constant for t in captured].count(True),
        "graph variables": len(c.graph.variables),
        "inputs": len(c.inputs),
    }


@script("pretty-printed signatures")
def _(tf):
    f = tf.function(lambda x, k=1: {"y": x * k})

    @tf.function
    def g(x, *rest, scale, **more):
        return [x, rest[0]]

    def none(x):
        return None

    f(tf.constant([1.0]))
    f(tf.constant([1.0, 2.0]), 2)
    nothing = tf.function(none)
    nothing("a")
    g(tf.constant(1), tf.constant(2.0), scale=3, extra=tf.constant(True))
    return [
        f.pretty_printed_concrete_signatures(),
        g.pretty_printed_concrete_signatures(),
        nothing.pretty_printed_concrete_signatures(),
        tf.function(none).pretty_printed_concrete_signatures(),
        str(f.get_concrete_function(tf.TensorSpec([None], tf.float32))),
    ]


@script("pretty-printed signatures of captures")
def _(tf):
    v = tf.Variable([1.0, 2.0])
    f = tf.function(lambda x: x * v)
    text = str(f.get_concrete_function(tf.TensorSpec([2], tf.float32)))
    return ["Captures:" in text, "TensorSpec(shape=(2,), dtype=tf.float32, name=None)" in text]


@script("TensorSpecs made of tensors, and compatible ones")
def _(tf):
    S = tf.TensorSpec
    s = S([None, 2], tf.float32, name="x")
    made = tf.TensorSpec.from_tensor(tf.ones([3, 2]))
    return [
        spec_of(tf, [made, s, S([2])]),
        s.is_compatible_with(tf.ones([3, 2])),
        s.is_compatible_with(tf.ones([3, 3])),
        s.is_compatible_with(made),
        made.is_compatible_with(s),
        S([2]) == S([2]),
        S([2], name="a") == S([2], name="b"),
        S([None]) == S([2]),
        repr(s),
        s.most_specific_common_supertype([made]) == S([None, 2], tf.float32),
        made.is_subtype_of(s),
        s.is_subtype_of(made),
    ]


@script("concrete functions of Variables and of structures")
def _(tf):
    @tf.function
    def f(v, d):
        v.assign_add(d["x"])
        return v + d["y"]

    a = tf.Variable(1.0)
    c = f.get_concrete_function(a, {"x": tf.TensorSpec([]), "y": tf.TensorSpec([])})
    one, two = tf.constant(1.0), tf.constant(2.0)
    answers = [f(a, {"x": one, "y": two}), f.experimental_get_tracing_count()]
    answers += [raises(lambda: c(a, {"x": one, "y": two})), raises(lambda: c({"x": one, "y": two}))]
    return answers, a


@script("python_function, names, docstrings and signatures")
def _(tf):
    import inspect

    @tf.function
    def documented(x, k=2):
        """Says what it does."""
        return x * k

    return [
        documented.__name__,
        documented.__doc__,
        documented.python_function(3),
        str(inspect.signature(documented)),
        callable(documented),
        isinstance(documented.function_spec.arg_names if hasattr(documented, "function_spec") else [], (list, tuple)),
        says(lambda: tf.function(5), "callable"),
    ]  # fmt: skip


@script("a function in a tf.Module: variables once, trace once")
def _(tf):
    class Dense(tf.Module):
        def __init__(self, out, name=None):
            super().__init__(name=name)
            self.out, self.built, self.traces = out, False, 0

        @tf.function
        def __call__(self, x):
            self.traces += 1
            if not self.built:
                self.w = tf.Variable(tf.ones([x.shape[-1], self.out]), name="w")
                self.b = tf.Variable(tf.zeros([self.out]), name="b")
                self.built = True
            return x @ self.w + self.b

    a, b = Dense(3), Dense(2, name="second")
    x = tf.constant([[1.0, 2.0]])
    answers = [a(x), a(2.0 * x), b(x)]
    a.b.assign([1.0, 2.0, 3.0])
    answers += [a(x), a(tf.ones([4, 2]))]
    names = [v.name for v in a.variables + b.variables]
    return answers, names, a.traces, b.traces, [v.shape for v in a.trainable_variables]


@script("concrete functions are found by the names of specs, too")
def _(tf):
    def spec(shape, name):
        return tf.TensorSpec(shape, tf.float32, name=name)

    found = []
    for shapes in ([None], [2]), ([2], [2]), ([2], [None]):
        for first in None, "a", "x":
            for second in None, "a", "b", "x":
                f = tf.function(lambda x: x + 1.0)
                one = f.get_concrete_function(spec(shapes[0], first))
                other = f.get_concrete_function(spec(shapes[1], second))
                found.append([one is other, f.experimental_get_tracing_count(), *about(other.inputs)])
    return found


@script("of several concrete functions, the one that takes in the specs and their names")
def _(tf):
    found = []
    for order in (
        [([None], None), ([None], "a"), ([2], "b"), ([2], None)],
        [([2], "b"), ([None], "a"), ([2], None), ([None], None)],
        [([None], "a"), ([2], "b"), ([2], None), ([None], None)],
        [([2], None), ([None], None), ([2], "b"), ([None], "a")],
    ):
        f = tf.function(lambda x: x + 1.0)
        known = [f.get_concrete_function(tf.TensorSpec(s, tf.float32, name=n)) for s, n in order]
        for name in None, "a", "b", "c":
            one = f.get_concrete_function(tf.TensorSpec([2], tf.float32, name=name))
            found.append([i for i, other in enumerate(known) if one is other])
            known.append(one)
        found.append(f.experimental_get_tracing_count())
    return found


@script("a function for specs of other names is traced once more")
def _(tf):
    held = [1.0]
    f = tf.function(lambda x, y: x + y * held[0])
    x = tf.constant([1.0, 2.0])
    found = [f(x, x), f.experimental_get_tracing_count()]
    held[0] = 10.0
    named = f.get_concrete_function(tf.TensorSpec([2], tf.float32, name="a"), x)
    plain = f.get_concrete_function(x, x)
    found += [named(x, x), named(a=x, y=x), plain(x, x), f(x, x), f.experimental_get_tracing_count()]
    return [*found, about(named.inputs), about(plain.inputs)]
