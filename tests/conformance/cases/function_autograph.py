"""`tf.autograph`, the options of `tf.function`, and exceptions of converted code: their class and what they say."""

from cases._functions import printed, says
from conformance_kit import raises, script


class Plain(Exception):
    pass


class PlainSub(Plain):
    pass


class PlainValue(ValueError):
    pass


class Own(Exception):
    def __init__(self, a, b):
        super().__init__(f"{a} {b}")


class OwnOne(Exception):
    def __init__(self, a):
        super().__init__(a)


class WithNew(Exception):
    def __new__(cls, a):
        return super().__new__(cls, a)


class WithStr(Exception):
    def __str__(self):
        return "my text"


def said(fn):
    """Class, class above it, and the text without the places of files."""
    try:
        return fn()
    except Exception as e:
        lines = [line for line in str(e).splitlines() if "Error:" not in line]
        text = [line.rpartition("line ")[2].partition(", ")[2] or line for line in lines]
        return type(e).__name__, isinstance(e, (ValueError, TypeError, LookupError)), text


EXCEPTIONS = [
    ValueError("t"), TypeError("t"), KeyError("t"), KeyError(("a", 1)), IndexError("t"), LookupError("t"),
    AttributeError("t"), RuntimeError("t"), NotImplementedError("t"), ZeroDivisionError("t"), AssertionError("t"),
    OSError("t"), FileNotFoundError(2, "t"), StopIteration("t"), ArithmeticError("t"), OverflowError("t"),
    NameError("t"), UnboundLocalError("t"), ImportError("t"), RecursionError("t"), MemoryError("t"), Exception("t"),
    Plain("t"), PlainSub("t"), PlainValue("t"), Own(1, 2), OwnOne("t"), WithNew("t"), WithStr("t"), ValueError(),
    ValueError("a", "b"), Warning("t"), UserWarning("t"), TimeoutError("t"), EOFError("t"), SyntaxError("t"),
]  # fmt: skip


@script("exceptions of every kind: class and text")
def _(tf):
    answers = []
    for one in EXCEPTIONS:

        def helper(a, one=one):
            raise one

        @tf.function
        def f(a, helper=helper):
            y = a + 1
            return helper(y)

        answers.append(said(lambda f=f: f(tf.constant(1.0))))
    return answers


@script("exceptions of tf.errors, and of classes made of them")
def _(tf):
    class Mine(tf.errors.InvalidArgumentError):
        pass

    answers = []
    for kind in (tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError, tf.errors.NotFoundError, Mine):

        @tf.function
        def f(a, kind=kind):
            raise kind(None, None, "t")

        answers.append(said(lambda f=f: f(tf.constant(1.0))))
    return answers


@script("exceptions through functions, branches and methods; caught inside; without AutoGraph")
def _(tf):
    caught = []

    @tf.function
    def inner(a):
        raise ValueError("deep")

    @tf.function
    def outer(a):
        return inner(a)

    @tf.function(autograph=False)
    def plain(a):
        return inner(a)

    @tf.function
    def catching(a):
        try:
            return inner(a)
        except ValueError as e:
            caught.append("in user code" in str(e))
        return a

    @tf.function(autograph=False)
    def bare(a):
        raise PlainValue("bare")

    @tf.function
    def branch(a):
        if a > 0:
            raise ValueError("branch")
        return a

    class Model(tf.Module):
        @tf.function
        def __call__(self, a):
            return self.go(a)

        def go(self, a):
            return {}["missing"]

    x = tf.constant(1.0)
    calls = [inner, outer, plain, catching, bare, branch, Model()]
    return [said(lambda call=call: call(x)) for call in calls], caught


@script("options of tf.function: those that there are, and others")
def _(tf):
    feature = tf.autograph.experimental.Feature
    options = [
        {"experimental_autograph_options": feature.ALL},
        {"experimental_autograph_options": (feature.EQUALITY_OPERATORS, feature.LISTS)},
        {"experimental_attributes": {"api_implements": "x"}},
        {"experimental_attributes": {"noinline": True}},
        {"experimental_attributes": {"_noinline": True}},
        {"experimental_attributes": [("a", 1)]},
        {"experimental_attributes": {}},
        {"experimental_attributes": 3},
        {"experimental_implements": "x"},
        {"experimental_compile": False},
        {"experimental_follow_type_hints": True},
        {"experimental_relax_shapes": True, "reduce_retracing": True},
        {"jit_compile": False, "experimental_compile": False},
        {"jit_compile": False, "experimental_compile": None},
        {"autograph": None},
        {"autograph": 3},
        {"input_signature": 3},
        {"unknown": 3},
    ]

    def f(x):
        return -x if x < 0 else x * 2

    x = tf.constant(3.0)
    return [raises(lambda option=option: tf.function(f, **option)(x)) for option in options]


@script("Feature")
def _(tf):
    feature = tf.autograph.experimental.Feature
    but = feature.all_but(feature.LISTS)
    return [
        [x.name for x in feature.all()],
        [x.value for x in feature],
        sorted(x.name for x in but),
        sorted(x.name for x in feature.all_but([feature.LISTS, feature.NAME_SCOPES])),
        feature("LISTS") is feature.LISTS,
    ]


def signed(x):
    if x > 0:
        y = x * x
    else:
        y = -x
    return y


@script("to_graph: in functions, without, and by hand")
def _(tf):
    made = tf.autograph.to_graph(signed)

    def plus(x, k=2):
        return x + k

    add = tf.autograph.to_graph(plus)
    x, y = tf.constant(3.0), tf.constant(-3.0)

    class Model:
        def __init__(self, k):
            self.k = k

        def step(self, x):
            if x > self.k:
                return x
            return x - self.k

    method = tf.autograph.to_graph(Model(5.0).step)
    return [
        made.__name__, made(x), made(y), made(2.0),
        tf.function(made)(x), tf.function(made)(y),
        tf.function(made, autograph=False)(y),
        tf.function(lambda v: made(v) + 1.0, autograph=False)(y),
        add(x), add(x, 5.0), tf.function(add, autograph=False)(x, k=1.0),
        raises(lambda: tf.autograph.to_graph(3)),
        raises(lambda: tf.autograph.to_graph(tf.function(signed))),
        raises(lambda: tf.autograph.to_code(3)),
        raises(lambda: method(x)),
    ]  # fmt: skip


@script("to_code gives code that calls operators")
def _(tf):
    code = tf.autograph.to_code(signed)
    return ["def tf__signed(x):" in code, "ag__.if_" in code, "return" in code]


@script("do_not_convert: decorators with and without parentheses, methods, names")
def _(tf):
    skip = tf.autograph.experimental.do_not_convert
    phrase = "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed"

    @skip
    def first(x):
        """Words."""
        return signed(x)

    @skip()
    def second(x, k=1):
        return x * k

    class Model:
        @skip
        def step(self, x):
            return signed(x)

        @tf.function
        def call(self, x):
            return self.step(x)

    x, model = tf.constant(-2.0), Model()
    return [
        first.__name__, first.__doc__, first(x),
        says(lambda: tf.function(first)(x), phrase),
        says(lambda: tf.function(lambda v: first(v))(x), phrase),
        says(lambda: model.call(x), phrase),
        model.step(x),
        tf.function(lambda v: second(v, k=3))(x),
        tf.function(lambda v: tf.function(signed)(v))(x),
        tf.function(skip(lambda v: tf.function(signed)(v)))(x),
        raises(lambda: skip(3)(x)),
    ]  # fmt: skip


@script("set_loop_options that say nothing of rounds")
def _(tf):
    @tf.function
    def f(n):
        i, s = 0, tf.constant(1.0)
        while i < n:
            tf.autograph.experimental.set_loop_options(parallel_iterations=1, swap_memory=True)
            s, i = s * 2.0, i + 1
        return s

    return f(tf.constant(3)), raises(
        lambda: tf.autograph.experimental.set_loop_options(parallel_iterations=2)
    )


@script("trace prints while tracing; set_verbosity takes a level")
def _(tf):
    import contextlib
    import io

    out = io.StringIO()

    @tf.function
    def f(x):
        tf.autograph.trace("seen", 3)
        return x

    with contextlib.redirect_stdout(out):
        f(tf.constant(1.0))
        f(tf.constant(2.0))
    return out.getvalue(), tf.autograph.set_verbosity(0), printed(lambda: None)


@script("assert on Tensors, by options")
def _(tf):
    feature = tf.autograph.experimental.Feature

    def g(x, y):
        assert x > 0, "message"
        assert y
        return x

    asked = tf.function(g, experimental_autograph_options=feature.ASSERT_STATEMENTS)
    every = tf.function(g, experimental_autograph_options=(feature.ALL,))
    plain = tf.function(g)
    x = tf.constant([3.0])[0]
    return [
        asked(x, True),
        says(lambda: asked(-x, True), "message"),
        says(lambda: asked(x, False)),
        says(lambda: asked(-1, True), "message"),
        every(x, 1),
        says(lambda: every(-x, 1), "message"),
        raises(lambda: plain(x, 1)),
        plain(3.0, 1),
        raises(lambda: plain(-3.0, 1)),
    ]
