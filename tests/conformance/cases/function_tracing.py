"""When `tf.function` traces anew: by the dtype and shape of Tensors, by the value or identity of anything else."""

import collections
import dataclasses
import enum
import functools

import numpy as np
from cases._functions import counted
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "x y")
Other = collections.namedtuple("Other", "x y")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Box:
    def __init__(self, k):
        self.k = k


class Equal:
    """Objects that are equal by value and hash alike."""

    def __init__(self, k):
        self.k = k

    def __eq__(self, other):
        return isinstance(other, Equal) and self.k == other.k

    def __hash__(self):
        return hash(self.k)


@dataclasses.dataclass
class Point:
    x: object
    y: object


@dataclasses.dataclass(frozen=True)
class Frozen:
    k: int


@script("Tensors count by dtype and shape, not by value")
def _(tf):
    c = tf.constant
    calls = [
        (c(1.0),),
        (c(2.0),),
        (c([1.0]),),
        (c([5.0]),),
        (c([1.0, 2.0]),),
        (c(1),),
        (c(1, tf.int64),),
        (c(2),),
        (c([[1.0]]),),
        (c("a"),),
        (c("b"),),
        (c(True),),
        (c(False),),
    ]
    return counted(tf, lambda x: x, calls)


@script("Python numbers, strings and None count by value")
def _(tf):
    calls = [
        (1,),
        (1,),
        (2,),
        (1.0,),
        (True,),
        (False,),
        (0,),
        (2.5,),
        (2.5,),
        ("a",),
        ("a",),
        ("b",),
        (None,),
        (None,),
        (b"a",),
        (1j,),
        (tf.float32,),
        (tf.float32,),
        (tf.float64,),
        (tf.TensorShape([2]),),
        (tf.TensorShape([2]),),
        (tf.TensorShape([3]),),
    ]
    return counted(tf, lambda x: 0, calls)


@script("numbers that are equal share a trace, whatever their kind")
def _(tf):
    f = tf.function(lambda x: x)
    nan = float("nan")
    values = (1, 1.0, True, 0, -0.0, False, 2.5, nan, nan, float("nan"))
    return [[f(v), f.experimental_get_tracing_count()] for v in values]


@script("numpy arrays and scalars count as Tensors")
def _(tf):
    calls = [
        (np.array([1.0, 2.0], np.float32),),
        (np.array([3.0, 4.0], np.float32),),
        (tf.constant([1.0, 2.0]),),
        (np.array([1.0, 2.0]),),
        (np.float32(1.0),),
        (np.float32(2.0),),
        (tf.constant(3.0),),
        (np.int64(1),),
        (np.int64(2),),
        (np.bool_(True),),
        (np.bool_(False),),
    ]
    return counted(tf, lambda x: x, calls)


@script("lists of numbers are structures of values, not Tensors")
def _(tf):
    calls = [
        ([1.0, 2.0],),
        ([1.0, 2.0],),
        ([1.0, 3.0],),
        ((1.0, 2.0),),
        ([1.0],),
        ([],),
        ((),),
        ([[1.0], [2.0]],),
        ([[1.0], [2.0]],),
    ]
    return counted(tf, lambda x: 0, calls)


@script("structures count by their kind, keys and leaves")
def _(tf):
    c = tf.constant
    a, b = c(1.0), c(2.0)
    calls = [
        ([a, b],),
        ([b, a],),
        ((a, b),),
        ([a],),
        ({"x": a, "y": b},),
        ({"y": b, "x": a},),
        ({"x": a},),
        ({"x": a, "z": b},),
        (collections.OrderedDict(x=a, y=b),),
        (collections.OrderedDict(y=a, x=b),),
        (collections.defaultdict(int, x=a, y=b),),
        (Pair(a, b),),
        (Pair(b, a),),
        (Other(a, b),),
        ({"x": [a, (b, None)]},),
        ({"x": [b, (a, None)]},),
        ({"x": [b, (a, 1)]},),
        ({"x": [b, (c([1.0]), 1)]},),
        ({1: a, 2: b},),
        ({1: b, 2: a},),
        ([a, None],),
        ([None, a],),
        ([a, "s"],),
        ([b, "s"],),
        ([b, "t"],),
    ]
    return counted(tf, lambda x: 0, calls)


@script("objects count by identity, or by what they say of being equal")
def _(tf):
    first, second = Box(1), Box(1)
    mutated = Box(1)
    f = tf.function(lambda box, x: x * box.k)
    answers = []
    for box in (first, second, first, mutated):
        answers.append([f(box, tf.constant(3.0)), f.experimental_get_tracing_count()])
    mutated.k = 5.0
    answers.append([f(mutated, tf.constant(3.0)), f.experimental_get_tracing_count()])
    kept = [Equal(1), Equal(1), Equal(2)]
    frozen = [Frozen(1), Frozen(1), Frozen(2)]
    return {
        "by identity": answers,
        "equal": counted(tf, lambda x: 0, [(k,) for k in kept]),
        "frozen dataclass": counted(tf, lambda x: 0, [(k,) for k in frozen]),
        "enum": counted(tf, lambda x: 0, [(Colour.RED,), (Colour.RED,), (Colour.BLUE,)]),
        "classes": counted(tf, lambda x: 0, [(Box,), (Box,), (Equal,)]),
        "functions": counted(tf, lambda g: g(tf.constant(1.0)), [(tf.sin,), (tf.sin,), (tf.cos,)]),
        "range": counted(tf, lambda r: len(r), [(range(3),), (range(3),), (range(4),)]),
    }


@script("a dead object's place is not another's")
def _(tf):
    f = tf.function(lambda box: tf.constant(box.k))
    return [f(Box(float(i))) for i in range(4)]


@script("unhashable arguments, and sets")
def _(tf):
    class Unhashable:
        __hash__ = None

        def __eq__(self, other):
            return True

    return {
        "unhashable": raises(lambda: counted(tf, lambda x: 0, [(Unhashable(),), (Unhashable(),)])),
        "set": raises(lambda: counted(tf, lambda x: 0, [({1, 2},), ({1, 2},)])),
        "frozenset": raises(lambda: counted(tf, lambda x: 0, [(frozenset({1}),), (frozenset({1}),)])),
        "generator": raises(lambda: tf.function(lambda g: 0)(i for i in range(3))),
    }


@script("dataclasses whose fields are Tensors")
def _(tf):
    def total(p):
        return p.x + p.y

    point = Point(tf.constant(1.0), tf.constant(2.0))
    f = tf.function(total)
    first = raises(lambda: [f(point), f(point), f.experimental_get_tracing_count()])
    second = raises(
        lambda: [f(Point(tf.constant(3.0), tf.constant(4.0))), f.experimental_get_tracing_count()]
    )
    return first, second


@script("dataclasses that say how they are taken apart")
def _(tf):
    @dataclasses.dataclass
    class Masked:
        mask: bool
        value: object

        def __tf_flatten__(self):
            return (self.mask,), (self.value,)

        @classmethod
        def __tf_unflatten__(cls, metadata, components):
            return cls(metadata[0], components[0])

    f = tf.function(lambda m: Masked(m.mask, m.value * 2.0 if m.mask else m.value))
    answers = []
    for mask, value in ((True, 1.0), (True, 2.0), (False, 3.0), (True, [1.0, 2.0]), (False, 4.0)):
        got = f(Masked(mask, tf.constant(value)))
        answers.append([type(got) is Masked, got.mask, got.value, f.experimental_get_tracing_count()])
    return answers


@script("keywords, positions and defaults")
def _(tf):
    def g(x, k=2, *, flag=False):
        return x * k if flag else x

    f = tf.function(g)
    x = tf.constant(1.0)
    counts = []
    for call in (
        lambda: f(x),
        lambda: f(x, 2),
        lambda: f(x, k=2),
        lambda: f(x=x),
        lambda: f(k=2, x=x),
        lambda: f(x, flag=False),
        lambda: f(x, flag=True),
        lambda: f(x, 2, flag=True),
        lambda: f(x, 3, flag=True),
        lambda: f(x, tf.constant(3.0), flag=True),
    ):
        call()
        counts.append(f.experimental_get_tracing_count())
    return counts


@script("star arguments")
def _(tf):
    f = tf.function(lambda *args, **kwargs: [len(args), sorted(kwargs)])
    x = tf.constant(1.0)
    answers = []
    for call in (
        lambda: f(x),
        lambda: f(x, x),
        lambda: f(x, a=x),
        lambda: f(x, a=x, b=1),
        lambda: f(x, b=1, a=x),
        lambda: f(x, b=2, a=x),
        lambda: f(),
        lambda: f(),
    ):
        got = call()
        answers.append([got, f.experimental_get_tracing_count()])
    return answers


@script("wrong calls do not count")
def _(tf):
    def g(x, y):
        return x + y

    f = tf.function(g)
    c = tf.constant
    errors = [
        raises(call)
        for call in (
            lambda: f(),
            lambda: f(c(1.0)),
            lambda: f(c(1.0), c(1.0), c(1.0)),
            lambda: f(c(1.0), z=c(1.0)),
            lambda: f(c(1.0), x=c(1.0)),
        )
    ]
    before = f.experimental_get_tracing_count()
    mismatch = raises(lambda: f(c(1.0), c(1)))
    after = f.experimental_get_tracing_count()
    return errors, before, mismatch, after, f(c(1.0), c(2.0)), f.experimental_get_tracing_count()


@script("Variables count by dtype, shape and which are the same")
def _(tf):
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    c, d = tf.Variable([1.0, 2.0]), tf.Variable(1.0, trainable=False)
    single = counted(tf, lambda v: v + 1.0, [(a,), (b,), (a,), (c,), (d,), (tf.constant(1.0),)])
    f = tf.function(lambda v, w: v + 2.0 * w)
    pairs = []
    for v, w in ((a, b), (b, a), (a, a), (b, b), (a, tf.constant(5.0))):
        pairs.append([f(v, w), f.experimental_get_tracing_count()])
    return single, pairs


@script("a Variable as argument is read and written in place of the one traced")
def _(tf):
    @tf.function
    def bump(v, x):
        v.assign_add(x)
        return v * 2.0

    a, b = tf.Variable(1.0), tf.Variable(10.0)
    answers = [bump(a, 1.0), bump(b, 1.0), bump(a, 1.0), bump(b, tf.constant(5.0))]
    return answers, a, b, bump.experimental_get_tracing_count()


@script("shape by shape, with and without reduce_retracing")
def _(tf):
    c = tf.constant
    rows = [(c(np.ones([n, 2], np.float32)),) for n in (1, 2, 3, 4, 1)]
    mixed = [(c(1.0),), (c([1.0]),), (c([1.0, 2.0]),), (c([[1.0]]),), (c([[1.0, 2.0]]),), (c(2.0),)]
    dtypes = [(c([1.0]),), (c([1, 2]),), (c([1.0, 2.0]),), (c([1]),), (c([1, 2, 3]),)]
    answers = {}
    for name, calls in {"rows": rows, "mixed": mixed, "dtypes": dtypes}.items():
        answers[name] = [
            counted(tf, lambda x: x, calls),
            counted(tf, lambda x: x, calls, reduce_retracing=True),
        ]
    return answers


@script("reduce_retracing: the shape that the function sees")
def _(tf):
    shapes = []

    @tf.function(reduce_retracing=True)
    def f(x):
        shapes.append(x.shape)
        return tf.reduce_sum(x), tf.shape(x)

    answers = [f(tf.ones(s)) for s in ([2, 3], [4, 3], [5, 3], [5, 6], [7, 8], [2, 3], [2])]
    return answers, shapes, f.experimental_get_tracing_count()


@script("reduce_retracing: Python values and structures")
def _(tf):
    one, two, three = (tf.ones([n]) for n in (1, 2, 3))
    return {
        "ints": counted(tf, lambda x: x, [(1,), (2,), (3,)], reduce_retracing=True),
        "strings": counted(tf, lambda x: 0, [("a",), ("b",), ("a",)], reduce_retracing=True),
        "pairs": counted(
            tf, lambda p: p["a"], [({"a": one, "b": 1},), ({"a": two, "b": 1},), ({"a": three, "b": 1},)],
            reduce_retracing=True,
        ),
        "two arguments": counted(
            tf, lambda x, y: x, [(one, one), (two, one), (one, two), (three, three)], reduce_retracing=True
        ),
    }  # fmt: skip


@script("methods: each instance on its own")
def _(tf):
    class Scale:
        def __init__(self, k):
            self.k, self.traces = k, 0

        @tf.function
        def by(self, x):
            self.traces += 1
            return x * self.k

    a, b = Scale(2.0), Scale(3.0)
    answers = [
        a.by(tf.constant(1.0)),
        b.by(tf.constant(1.0)),
        a.by(tf.constant(2.0)),
        a.by(tf.constant([2.0])),
    ]
    a.k = 10.0
    later = [a.by(tf.constant(1.0)), a.by(tf.constant([[1.0]]))]
    counts = [f.experimental_get_tracing_count() for f in (a.by, b.by)]
    return answers, later, a.traces, b.traces, counts, a.by is a.by, Scale.by(b, tf.constant(5.0))


@script("static methods, class methods, properties and calls of instances")
def _(tf):
    log = []

    class Kit:
        k = 3.0

        @staticmethod
        @tf.function
        def double(x):
            log.append("static")
            return x * 2.0

        @classmethod
        @tf.function
        def scale(cls, x):
            log.append("class")
            return x * cls.k

        @property
        @tf.function
        def value(self):
            log.append("property")
            return tf.constant(self.k)

        @tf.function
        def __call__(self, x):
            log.append("call")
            return x + self.k

    kit = Kit()
    x = tf.constant(1.0)
    answers = [Kit.double(x), kit.double(x), kit(x), kit(x)]
    more = [raises(lambda: Kit.scale(x)), raises(lambda: kit.scale(x)), raises(lambda: kit.value)]
    return answers, more, log


@script("functools.partial, and decorators above and below")
def _(tf):
    log = []

    def power(x, n, bias=0.0):
        log.append(n)
        return x**n + bias

    def shifted(g):
        @functools.wraps(g)
        def wrapper(*args, **kwargs):
            log.append("wrapper")
            return g(*args, **kwargs) + 1.0

        return wrapper

    x = tf.constant(2.0)
    square = tf.function(functools.partial(power, n=2))
    answers = [square(x), square(tf.constant(3.0)), square(x, bias=1.0)]
    inside = functools.partial(tf.function(power), n=3)
    answers += [inside(x), inside(x), inside(x, bias=tf.constant(1.0))]

    @tf.function
    @shifted
    def below(v):
        return v * 10.0

    @shifted
    @tf.function
    def above(v):
        return v * 100.0

    answers += [below(x), below(x), above(x), above(x)]
    return answers, log, below.__name__, above.__name__


@script("a function of functions: traced again only if it sees new signatures")
def _(tf):
    log = []

    @tf.function
    def inner(x):
        log.append("inner")
        return x * 2.0

    @tf.function
    def outer(x):
        log.append("outer")
        return inner(x) + inner(x + 1.0) + inner(tf.stack([x, x]))[0]

    answers = [outer(tf.constant(1.0)), outer(tf.constant(2.0)), inner(tf.constant(3.0))]
    answers.append(inner(tf.constant([3.0])))
    counts = [inner.experimental_get_tracing_count(), outer.experimental_get_tracing_count()]
    return answers, log, counts


@script("the same Python function made a tf.function twice is two functions")
def _(tf):
    log = []

    def g(x):
        log.append("traced")
        return x + 1

    first, second = tf.function(g), tf.function(g)
    nested = tf.function(first)
    answers = [first(tf.constant(1)), second(tf.constant(1)), nested(tf.constant(1)), first(tf.constant(2))]
    counts = [f.experimental_get_tracing_count() for f in (first, second, nested)]
    return answers, log, counts


@script("globals and closures are read while tracing")
def _(tf):
    state = {"k": 2.0}
    k = 3.0

    @tf.function
    def f(x):
        return x * state["k"] + k

    answers = [f(tf.constant(1.0))]
    state["k"], k = 5.0, 7.0
    answers += [f(tf.constant(1.0)), f(tf.constant([1.0])), f(tf.constant(2.0))]
    return answers


@script("composite values count by their specs")
def _(tf):
    def slices(values, indices, dense):
        shape = None if dense is None else tf.constant(dense)
        return tf.IndexedSlices(tf.constant(values), tf.constant(indices), shape)

    ragged = tf.ragged.constant
    sparse = [tf.SparseTensor([[0, i]], [1.0], [2, n]) for i, n in ((0, 2), (1, 2), (1, 3))]
    return {
        "ragged": counted(
            tf,
            lambda r: 0,
            [(ragged([[1.0], []]),), (ragged([[2.0], [3.0, 4.0]]),), (ragged([[1.0], [], []]),), (ragged([[1]]),)],
        ),
        "sparse": counted(tf, lambda s: 0, [(s,) for s in sparse]),
        "slices": counted(
            tf,
            lambda s: 0,
            [
                (slices([1.0], [0], None),),
                (slices([2.0], [3], None),),
                (slices([2.0], [3], [5]),),
                (slices([2.0, 1.0], [3, 4], [5]),),
            ],
        ),
    }  # fmt: skip
