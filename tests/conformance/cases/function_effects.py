"""What happens at each call and what only while tracing; what is left out because nothing uses it."""

import numpy as np
from cases._functions import printed, says
from conformance_kit import raises, script


@script("Python effects happen while tracing, in the order of the code")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append("start")
        y = x + 1.0
        log.append(y.shape)
        z = tf.reduce_sum(y)
        log.append("end")
        return z

    answers = [
        f(tf.constant([1.0])),
        f(tf.constant([2.0])),
        f(tf.constant([1.0, 2.0])),
        f(tf.constant([5.0])),
    ]
    return answers, log


@script("tf.print at each call, in order, among Python's appends")
def _(tf):
    log = []

    @tf.function
    def f(x):
        log.append("traced")
        tf.print("first", x)
        y = x * 2
        tf.print("second", y, x + y)
        return y

    lines = [printed(lambda n=n: f(tf.constant(n))) for n in (1, 2, 1)]
    lines.append(printed(lambda: f(tf.constant([1, 2]))))
    return lines, log


@script("tf.print of what is not known while tracing")
def _(tf):
    @tf.function
    def f(x, s, flag):
        tf.print("x:", x, "s:", s, {"a": x, "b": [s]}, sep="|")
        tf.print(flag, 1, 2.5, None, "text", tf.constant([True, False]))
        tf.print(x, summarize=1, end=";\n")
        tf.print(tf.shape(x), tf.strings.length(s))

    return [
        printed(lambda: f(tf.range(10), tf.constant("one"), True)),
        printed(lambda: f(tf.range(4) * 3, tf.constant("three"), True)),
    ]


@script("tf.print in branches and loops")
def _(tf):
    @tf.function
    def f(n):
        for i in tf.range(n):
            if i % 2 == 0:
                tf.print("even", i)
            else:
                tf.print("odd", i)
        tf.print("done", n)

    return [printed(lambda n=n: f(tf.constant(n))) for n in (3, 0, 5)]


@script("tf.print, variables and assignments keep their order")
def _(tf):
    v = tf.Variable(1)

    @tf.function
    def f(x):
        tf.print("before", v)
        v.assign_add(x)
        tf.print("between", v.read_value())
        v.assign(v * 2)
        tf.print("after", v)
        return v + 0

    return [printed(lambda: f(tf.constant(1))), printed(lambda: f(tf.constant(5))), v]


@script("tf.print in functions called by functions, and with no result used")
def _(tf):
    @tf.function
    def inner(x):
        tf.print("inner", x)
        return x + 1

    @tf.function
    def outer(x):
        inner(x)
        tf.print("outer", x)
        y = inner(x * 10)
        return y

    return [printed(lambda n=n: outer(tf.constant(n))) for n in (1, 2)]


@script("py_function and numpy_function at each call")
def _(tf):
    log = []

    def seen(x):
        log.append(float(x))
        return x * 2

    def seen_array(x):
        log.append([type(x).__name__, x.tolist()])
        return x + 1

    @tf.function
    def f(x):
        log.append("traced")
        a = tf.py_function(seen, [x], tf.float32)
        b = tf.numpy_function(seen_array, [x], tf.float32)
        return a, b

    answers = [f(tf.constant(n)) for n in (1.0, 2.0, 1.0)]
    return answers, log


@script("py_function in a branch and in a loop")
def _(tf):
    log = []

    def note(x):
        log.append(int(x))

    @tf.function
    def f(n):
        for i in tf.range(n):
            if i > 1:
                tf.py_function(note, [i], [])
        return n

    answers = [f(tf.constant(n)) for n in (4, 1, 3)]
    return answers, log


@script("py_function: its state and its gradient")
def _(tf):
    counter = {"n": 0}

    def count(x):
        counter["n"] += 1
        return x * counter["n"]

    @tf.function
    def f(x):
        return tf.py_function(count, [x], tf.float32) * 10.0

    x = tf.constant(2.0)
    answers = []
    for _ in range(3):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        answers.append([y, tape.gradient(y, x)])
    return answers, counter


@script("an unused gather that is out of range is left out; a used one is not")
def _(tf):
    @tf.function
    def unused(x, i):
        tf.gather(x, i)
        return x * 2.0

    @tf.function
    def used(x, i):
        return tf.gather(x, i)

    @tf.function
    def half_used(x, i):
        y = tf.gather(x, i)
        return x + tf.zeros_like(y) * 0.0 + tf.cast(tf.size(y), tf.float32)

    x = tf.constant([1.0, 2.0])
    return [
        unused(x, tf.constant(0)),
        unused(x, tf.constant(5)),
        used(x, tf.constant(1)),
        raises(lambda: used(x, tf.constant(5))),
        used(x, tf.constant(0)),
        half_used(x, tf.constant(1)),
    ]


@script("unused results that would fail: check_numerics, assert")
def _(tf):
    @tf.function
    def check(x):
        tf.debugging.check_numerics(x, "bad")
        return x + 1.0

    @tf.function
    def asserted(x):
        tf.debugging.assert_positive(x)
        return x + 1.0

    @tf.function
    def op_assert(x):
        tf.Assert(tf.reduce_all(x > 0.0), [x])
        return x + 1.0

    x = tf.constant([1.0, 2.0])
    bad = tf.constant([1.0, float("inf")])
    return [
        check(x),
        raises(lambda: check(bad)),
        asserted(x),
        raises(lambda: asserted(-x)),
        asserted(x * 2.0),
        op_assert(x),
        raises(lambda: op_assert(-x)),
    ]


@script("tf.debugging asserts look at each call's values")
def _(tf):
    @tf.function
    def f(x, y):
        tf.debugging.assert_equal(tf.shape(x), tf.shape(y), message="same shape")
        tf.debugging.assert_less(x, y)
        tf.debugging.assert_non_negative(x)
        return y - x

    return [
        f(tf.constant(1.0), tf.constant(2.0)),
        says(lambda: f(tf.constant(2.0), tf.constant(1.0))),
        f(tf.constant(1.0), tf.constant(3.0)),
        says(lambda: f(tf.constant(-2.0), tf.constant(1.0))),
        raises(lambda: f(tf.constant([1.0]), tf.constant(2.0))),
    ]


@script("assert says the message")
def _(tf):
    @tf.function
    def f(x):
        tf.debugging.assert_greater(x, 0.0, message="x must be positive")
        return tf.sqrt(x)

    def g(x):
        assert x > 0, "g wants positive numbers"
        return x

    plain = tf.function(g)

    return [
        f(tf.constant(4.0)),
        says(lambda: f(tf.constant(-4.0)), "x must be positive"),
        raises(lambda: plain(tf.constant(3))),
        plain(3),
        says(lambda: plain(-3), "g wants positive numbers"),
    ]


@script("assert, where AutoGraph is told to convert it")
def _(tf):
    @tf.function(experimental_autograph_options=tf.autograph.experimental.Feature.ASSERT_STATEMENTS)
    def g(x):
        assert x > 0, "g wants positive numbers"
        return x

    phrase = "g wants positive numbers"
    return [
        g(tf.constant(3)),
        says(lambda: g(tf.constant(-3)), phrase),
        g(tf.constant(2)),
        says(lambda: g(-3), phrase),
    ]


@script("control_dependencies, group and identity")
def _(tf):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        first = v.assign_add(x)
        with tf.control_dependencies([first]):
            y = v * 10.0
        done = tf.group(v.assign_add(100.0))
        with tf.control_dependencies([done]):
            z = tf.identity(v)
        return y, z

    return [f(tf.constant(1.0)), f(tf.constant(2.0)), v]


@script("a Python counter on an object counts traces; a Variable counts calls")
def _(tf):
    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.n, self.calls = 0, tf.Variable(0)

        @tf.function
        def step(self, x):
            self.n += 1
            self.calls.assign_add(1)
            return x * self.n

    m = Model()
    answers = [m.step(tf.constant(n)) for n in (1, 2, 3)]
    answers.append(m.step(tf.constant([1, 2])))
    return answers, m.n, m.calls


@script("iterators, random and time are read once")
def _(tf):
    numbers = iter(range(100))
    random = np.random.RandomState(3)

    @tf.function
    def f(x):
        return x + next(numbers), x * random.randint(1000)

    return [f(tf.constant(n)) for n in (0, 1, 2)], next(numbers)


@script("exceptions while tracing: nothing is kept, the next call traces")
def _(tf):
    state = {"fail": True}
    log = []

    @tf.function
    def f(x):
        log.append("traced")
        if state["fail"]:
            raise KeyError("on purpose")
        return x * 2.0

    answers = [says(lambda: f(tf.constant(1.0)), "on purpose"), f.experimental_get_tracing_count()]
    answers += [raises(lambda: f(tf.constant(1.0))), f.experimental_get_tracing_count()]
    state["fail"] = False
    answers += [f(tf.constant(1.0)), f.experimental_get_tracing_count()]
    state["fail"] = True
    answers += [f(tf.constant(2.0)), raises(lambda: f(tf.constant([2.0]))), f(tf.constant(3.0))]
    return answers, log


@script("exceptions of the user's own class keep their class")
def _(tf):
    class Mine(Exception):
        pass

    @tf.function
    def f(kind):
        if kind == "mine":
            raise Mine("text")
        if kind == "stop":
            raise StopIteration
        return tf.constant(1) // tf.constant([])

    return [says(lambda k=k: f(k), "text") for k in ("mine", "stop", "other")]


@script("exceptions whose class takes arguments of its own")
def _(tf):
    class Custom(ValueError):
        def __init__(self, a, b):
            super().__init__(f"{a}, {b}")

    @tf.function
    def f(x):
        raise Custom(1, 2)

    plain = tf.function(f.python_function, autograph=False)
    return says(lambda: f(1.0), "1, 2"), says(lambda: plain(1.0), "1, 2")


@script("try, except and finally inside a function")
def _(tf):
    log = []

    @tf.function
    def f(x, bad):
        try:
            log.append("try")
            if bad:
                raise ValueError("inside")
            y = x + 1.0
        except ValueError:
            log.append("except")
            y = x - 1.0
        finally:
            log.append("finally")
        return y

    x = tf.constant(1.0)
    return [f(x, False), f(x, True), f(x, False)], log


@script("with statements inside a function")
def _(tf):
    import contextlib

    log = []

    @contextlib.contextmanager
    def noted(name):
        log.append(f"enter {name}")
        yield name
        log.append(f"leave {name}")

    @tf.function
    def f(x):
        with noted("a") as a, tf.name_scope("scope"):
            if x > 0:
                x = x * 2
        log.append(a)
        return x

    return [f(tf.constant(n)) for n in (1, -1, 3)], log


@script("an error at run time names the values of that call, and the next call works")
def _(tf):
    @tf.function
    def f(x, i):
        return tf.gather(x, i)

    x = tf.constant([1.0, 2.0])
    return [
        f(x, tf.constant(1)),
        says(lambda: f(x, tf.constant(7)), "7"),
        f(x, tf.constant(0)),
        says(lambda: f(x, tf.constant([0, 9])), "9"),
        f.experimental_get_tracing_count(),
    ]
