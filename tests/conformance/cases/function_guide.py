"""The situations that TensorFlow's guide to `tf.function` goes through, with programs of our own."""

import contextlib
import io

from cases._functions import printed, says
from conformance_kit import raises, script


def said(fn):
    """The lines that `fn()` prints to stdout."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        fn()
    return out.getvalue().splitlines()


@script("usage: a function is called like any other, and has a gradient")
def _(tf):
    @tf.function
    def plus(a, b):
        return a + b

    v = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        result = plus(v, 1.0)
    return plus(tf.ones([2, 2]), tf.ones([2, 2])), tape.gradient(result, v)


@script("usage: functions in functions")
def _(tf):
    @tf.function
    def plus(a, b):
        return a + b

    @tf.function
    def dense(x, w, b):
        return plus(tf.matmul(x, w), b)

    return dense(tf.ones([3, 2]), tf.ones([2, 2]), tf.ones([2])), dense.experimental_get_tracing_count()


@script("tracing: what Python prints, once for each dtype")
def _(tf):
    @tf.function
    def double(a):
        print("Tracing with", a)
        return a + a

    lines = [
        said(lambda: double(tf.constant(1))),
        said(lambda: double(tf.constant(1.1))),
        said(lambda: double(tf.constant("a"))),
        said(lambda: double(tf.constant("b"))),
    ]
    return (
        lines,
        double(tf.constant("c")),
        double(tf.constant(2)),
        double.pretty_printed_concrete_signatures(),
    )


@script("tracing: Tracing! once, Executing each time")
def _(tf):
    @tf.function
    def f(x):
        print("Tracing!")
        tf.print("Executing")
        return x

    lines = []
    for x in (1, 1, 2, 2, 1):
        out = []
        errors = printed(lambda x=x, out=out: out.extend(said(lambda: f(x))))
        lines.append([out, errors])
    return lines


@script("tracing: branches of Python values are made by tracing")
def _(tf):
    @tf.function
    def fizz(n):
        for i in tf.range(1, n + 1):
            print("Tracing for loop")
            if i % 15 == 0:
                print("Tracing fizzbuzz branch")
                tf.print("fizzbuzz")
            elif i % 3 == 0:
                print("Tracing fizz branch")
                tf.print("fizz")
            elif i % 5 == 0:
                print("Tracing buzz branch")
                tf.print("buzz")
            else:
                print("Tracing default branch")
                tf.print(i)

    answers = []
    for n in (5, 20):
        out = []
        errors = printed(lambda n=n, out=out: out.extend(said(lambda: fizz(tf.constant(n)))))
        answers.append([out, errors])
    return answers


@script("retracing: a signature with unknown dimensions")
def _(tf):
    @tf.function(input_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32),))
    def next_collatz(x):
        print("Tracing with", x)
        return tf.where(x % 2 == 0, x // 2, 3 * x + 1)

    return [
        said(lambda: next_collatz(tf.constant([1, 2]))),
        next_collatz(tf.constant([5, 8, 1])),
        raises(lambda: next_collatz(tf.constant([[1, 2], [3, 4]]))),
        raises(lambda: next_collatz(tf.constant([1.0, 2.0]))),
    ]


@script("retracing: variable dimensions by a signature")
def _(tf):
    @tf.function(input_signature=(tf.TensorSpec(shape=[None], dtype=tf.int32),))
    def g(x):
        print("Tracing with", x)
        return x

    return said(lambda: [g(tf.constant([1, 2, 3])), g(tf.constant([1, 2, 3, 4, 5]))])


@script("retracing: reduce_retracing")
def _(tf):
    @tf.function(reduce_retracing=True)
    def g(x):
        print("Tracing with", x)
        return x

    return [said(lambda n=n: g(tf.range(n))) for n in (3, 5, 7, 3)]


@script("retracing: Tensors instead of Python numbers")
def _(tf):
    def train(step):
        print("Tracing with step", step)
        return step * 2

    of_numbers, of_tensors = tf.function(train), tf.function(train)
    return [
        said(lambda: [of_numbers(k) for k in (10, 20, 10)]),
        said(lambda: [of_tensors(tf.constant(k)) for k in (10, 20, 10)]),
    ]


@script("retracing: a new tf.function each time is forced to trace")
def _(tf):
    def f():
        print("Tracing!")
        tf.print("Executing")

    out = []
    errors = printed(lambda: out.extend(said(lambda: [tf.function(f)(), tf.function(f)()])))
    return out, errors


@script("retracing: the tracing protocol")
def _(tf):
    class Fruit:
        flavour = tf.constant([0, 0])

    class Apple(Fruit):
        flavour = tf.constant([1, 2])

    class Mango(Fruit):
        flavour = tf.constant([3, 4])

    class FruitType(tf.types.experimental.TraceType):
        def __init__(self, kind):
            self.kind = kind

        def is_subtype_of(self, other):
            return type(other) is FruitType and self.kind is other.kind

        def most_specific_common_supertype(self, others):
            return self if all(self == other for other in others) else None

        def placeholder_value(self, placeholder_context=None):
            return self.kind()

        def __eq__(self, other):
            return type(other) is FruitType and self.kind is other.kind

        def __hash__(self):
            return hash(self.kind)

    for kind in (Apple, Mango):
        kind.__tf_tracing_type__ = lambda self, context: FruitType(type(self))

    @tf.function
    def mix(x, y):
        return tf.concat([x.flavour, y.flavour], 0)

    answers = [mix(Apple(), Mango()), mix(Apple(), Mango()), mix.experimental_get_tracing_count()]
    return raises(lambda: [*answers, mix(Mango(), Apple()), mix.experimental_get_tracing_count()])


@script("concrete functions: obtained, printed, called")
def _(tf):
    @tf.function
    def double(a):
        return a + a

    strings = double.get_concrete_function(tf.TensorSpec(shape=None, dtype=tf.string))
    scalars = double.get_concrete_function(tf.constant("a"))
    return [
        str(strings),
        str(scalars),
        strings(tf.constant("a")),
        strings(a=tf.constant(["b", "c"])),
        raises(lambda: strings(tf.constant(1))),
        [s.shape for s in strings.structured_input_signature[0]],
    ]


@script("concrete functions: Python arguments are fixed")
def _(tf):
    @tf.function
    def power(a, b):
        return a**b

    square = power.get_concrete_function(a=tf.TensorSpec(None, tf.float32), b=2)
    return [
        str(square),
        square(tf.constant(10.0)),
        raises(lambda: square(tf.constant(10.0), b=3)),
        raises(lambda: square(tf.constant(10.0), b=2)),
    ]


@script("graphs: nodes of a concrete function")
def _(tf):
    @tf.function
    def double(a):
        return a + a

    graph = double.get_concrete_function(tf.TensorSpec([], tf.float32)).graph
    return [[node.op, node.name] for node in graph.as_graph_def().node if node.op in ("Placeholder", "AddV2")]


@script("AutoGraph: a loop until the sum is small")
def _(tf):
    results = []

    @tf.function
    def f(x):
        while tf.reduce_sum(x) > 1:
            tf.print(x)
            x = x / 4.0
        return x

    rows = ([0.5, 0.75, 1.0, 0.25, 0.5], [64.0, 32.0, 0.0, 0.0, 16.0], [0.0, 0.0, 0.0, 0.0, 0.5])
    return [printed(lambda v=v: results.append(f(tf.constant(v)))) for v in rows], results


@script("AutoGraph: loops over Python data add to the graph")
def _(tf):
    def train(dataset):
        loss = tf.constant(0)
        for x, y in dataset:
            loss += tf.abs(y - x)
        return loss

    def nodes(data):
        f = tf.function(train)
        f(data)
        graph = f.get_concrete_function(data).graph
        return sum(node.op == "Abs" for node in graph.as_graph_def().node)

    small, big = [(1, 1)] * 3, [(1, 1)] * 10
    return nodes(small), nodes(big), tf.function(train)([(1, 2), (5, 1)])


@script("AutoGraph: a loop over a dataset is staged")
def _(tf):
    @tf.function
    def train(dataset):
        print("Tracing")
        loss = tf.constant(0, tf.int64)
        for x, y in dataset:
            loss += tf.abs(y - x)
        return loss

    def pairs(n):
        return tf.data.Dataset.from_tensor_slices(
            (tf.range(n, dtype=tf.int64), 2 * tf.range(n, dtype=tf.int64))
        )

    results = []
    lines = said(lambda: results.extend(train(pairs(n)) for n in (3, 5)))
    return lines, results, train.experimental_get_tracing_count()


@script("AutoGraph: values gathered in a loop")
def _(tf):
    @tf.function
    def dynamic_rnn(step, data, state):
        data = tf.transpose(data, [1, 0, 2])
        length = tf.shape(data)[0]
        states = tf.TensorArray(tf.float32, size=length)
        for i in tf.range(length):
            state = step(data[i], state)
            states = states.write(i, state)
        return tf.transpose(states.stack(), [1, 0, 2])

    def step(x, state):
        return x + state

    data = tf.reshape(tf.range(24.0), [2, 4, 3]) / 24.0
    return dynamic_rnn(step, data, tf.zeros([2, 3])), dynamic_rnn(step, data[:1, :2], tf.ones([1, 3]))


@script("limitations: Python side effects")
def _(tf):
    @tf.function
    def f(x):
        print("Traced with", x)
        tf.print("Executed with", x)

    answers = []
    for x in (1, 1, 2):
        out = []
        errors = printed(lambda x=x, out=out: out.extend(said(lambda: f(x))))
        answers.append([out, errors])
    external = []

    @tf.function
    def side_effect(x):
        print("Python side effect")
        external.append(x)

    lines = said(lambda: [side_effect(x) for x in (1, 1, 1)])
    return answers, lines, external


@script("limitations: a symbolic value kept in a list")
def _(tf):
    external = []

    @tf.function
    def f(x):
        external.append(x)

    f(tf.constant(1))
    f(tf.constant(2))
    return len(external), tf.is_symbolic_tensor(external[0]), raises(lambda: external[0] + 1)


@script("limitations: a class that counts itself, and one that counts in a variable")
def _(tf):
    class Counter:
        def __init__(self, start):
            self.value = start

        @tf.function
        def step(self):
            self.value += 1
            return self.value

    class VariableCounter(tf.Module):
        def __init__(self, start):
            super().__init__()
            self.value = tf.Variable(start)

        @tf.function
        def step(self):
            self.value.assign_add(1)
            return self.value.value()

    python, state = Counter(3), VariableCounter(3)
    return [python.step() for _ in range(3)], python.value, [state.step() for _ in range(3)], state.value


@script("limitations: Python iterators advance while tracing")
def _(tf):
    @tf.function
    def consume(iterator):
        tf.print("Value:", next(iterator))

    numbers = iter([0, 1, 2])
    return [printed(lambda: consume(numbers)) for _ in range(3)], next(numbers)


@script("limitations: iterators of datasets advance at each call")
def _(tf):
    good = iter(tf.data.Dataset.from_tensor_slices([0, 1, 2]))

    @tf.function
    def consume_next(iterator):
        tf.print("Value:", next(iterator))

    return [printed(lambda: consume_next(good)) for _ in range(3)]


@script("limitations: all results are returned, or kept in variables")
def _(tf):
    x = None

    @tf.function
    def leaky(a):
        nonlocal x
        x = a + 1
        return a + 2

    answers = [leaky(tf.constant(1))]
    phrase = "out of scope"
    answers.append(says(lambda: x + 1, phrase))

    @tf.function
    def captures_leaked(b):
        b += x
        return b

    answers.append(says(lambda: captures_leaked(tf.constant(2)), phrase))

    class Model:
        @tf.function
        def leak_attribute(self, a):
            self.kept = a + 1
            return a + 2

    m = Model()
    answers += [m.leak_attribute(tf.constant(1)), raises(lambda: m.kept * 2)]
    return answers


@script("limitations: recursive functions")
def _(tf):
    @tf.function
    def recursive(n):
        if n > 0:
            return recursive(n - 1)
        return 1

    return recursive(5), recursive.experimental_get_tracing_count()


@script("known issues: Python globals and closures")
def _(tf):
    state = {"foo": 1}

    @tf.function
    def buggy():
        return state["foo"] + 1

    @tf.function
    def by_argument(foo):
        return foo + 1

    foo = tf.Variable(1)

    @tf.function
    def by_variable():
        return foo + 1

    answers = [buggy(), by_argument(1), by_variable()]
    state["foo"] = 100
    foo.assign(100)
    return answers, buggy(), by_argument(100), by_variable()


@script("known issues: objects as arguments")
def _(tf):
    class SimpleModel(tf.Module):
        def __init__(self):
            super().__init__()
            self.bias, self.weight = 0.0, 2.0

    @tf.function
    def evaluate(model, x):
        return model.weight * x + model.bias

    model, x = SimpleModel(), tf.constant(10.0)
    answers = [evaluate(model, x)]
    model.bias += 5.0
    answers.append(evaluate(model, x))
    other = SimpleModel()
    other.bias += 5.0
    answers += [evaluate(other, x), evaluate.experimental_get_tracing_count()]
    return answers


@script("known issues: variables made in a function")
def _(tf):
    @tf.function
    def f(x):
        v = tf.Variable(1.0)
        return v

    class Count(tf.Module):
        def __init__(self):
            super().__init__()
            self.count = None

        @tf.function
        def __call__(self):
            if self.count is None:
                self.count = tf.Variable(0)
            return self.count.assign_add(1)

    c = Count()
    return raises(lambda: f(1.0)), c(), c(), c.count


@script("known issues: one function with two optimizers of one's own")
def _(tf):
    class Momentum:
        slot = None

        def __init__(self, rate):
            self.rate = rate

        def apply(self, g, w):
            if self.slot is None:
                self.slot = tf.Variable(tf.zeros(w.shape))
            self.slot.assign(0.9 * self.slot + g)
            w.assign_sub(self.rate * self.slot)

    def train(w, x, y, optimizer):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(w * x - y))
        optimizer.apply(tape.gradient(loss, w), w)

    w = tf.Variable(2.0)
    x, y = tf.constant([-1.0]), tf.constant([2.0])
    first, second = Momentum(1e-1), Momentum(1e-2)
    step = tf.function(train)
    answers = [step(w, x, y, first), w.numpy(), step(w, x, y, first), w.numpy()]
    answers.append(raises(lambda: step(w, x, y, second)))
    w.assign(2.0)
    other = tf.function(train)
    third = Momentum(1e-2)
    return answers, other(w, x, y, third), other(w, x, y, third), w


@script("debugging: run_functions_eagerly shows each call's values")
def _(tf):
    @tf.function
    def f(x):
        print("value", int(x) if tf.executing_eagerly() else "unknown")
        return x + 1

    lines = said(lambda: [f(tf.constant(1)), f(tf.constant(2))])
    tf.config.run_functions_eagerly(True)
    try:
        lines += said(lambda: [f(tf.constant(1)), f(tf.constant(2))])
    finally:
        tf.config.run_functions_eagerly(False)
    return lines


@script("a training loop as the guides write it")
def _(tf):
    class Linear(tf.Module):
        def __init__(self):
            super().__init__()
            self.w, self.b = tf.Variable(5.0), tf.Variable(0.0)

        @tf.function
        def __call__(self, x):
            return self.w * x + self.b

    model = Linear()
    x = tf.linspace(-2.0, 2.0, 9)
    y = 3.0 * x + 2.0

    @tf.function
    def train(x, y, rate):
        with tf.GradientTape() as t:
            loss = tf.reduce_mean(tf.square(y - model(x)))
        dw, db = t.gradient(loss, [model.w, model.b])
        model.w.assign_sub(rate * dw)
        model.b.assign_sub(rate * db)
        return loss

    losses = [train(x, y, 0.1) for _ in range(5)]
    return losses, model.w, model.b, train.experimental_get_tracing_count()
