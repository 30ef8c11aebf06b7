"""Python's functions of Tensors in functions, values that leave their branch or loop, and what is refused when."""

import numpy as np
from conformance_kit import raises, script


@script("range of a Tensor is one, wherever it stands")
def _(tf):
    @tf.function
    def kept(n):
        rounds = range(n)
        s = 0
        for i in rounds:
            s = s * 2 + i
        return s, rounds, rounds[1], len(range(n)), range(n)[-1]

    @tf.function
    def steps(a, b, c):
        return range(a, b, c), range(b), range(2, 9, 3)[1]

    def total(rounds):
        s = 0
        for i in rounds:
            s = s * 2 + i
        return s

    @tf.function
    def called(n):
        return total(range(n))

    c = tf.constant
    return [
        kept(c(4)),
        steps(c(1), c(10), c(3)),
        steps(c(10, tf.int64), c(1, tf.int64), c(-3, tf.int64)),
        steps(1, c(10), 2),
        called(c(3)),
        raises(lambda: tf.function(total)(c(3))),
    ]


@script("len of what has rows: Tensors, TensorArrays, ragged and sparse ones, datasets")
def _(tf):
    traced = []

    @tf.function
    def length(x):
        return len(x)

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def open_(x):
        traced.append(len(traced))
        return len(x), x[len(x) - 1], range(len(x))

    @tf.function
    def of_array(n):
        return len(tf.TensorArray(tf.float32, n))

    numbers, endless = tf.data.Dataset.range(5), tf.data.Dataset.range(5).repeat()

    @tf.function
    def of_dataset():
        return len(numbers)

    @tf.function
    def of_endless():
        return len(endless)

    return [
        length(tf.zeros([3, 2])),
        length(tf.zeros([0, 2])),
        raises(lambda: length(tf.constant(1.0))),
        length(tf.ragged.constant([[1], [2, 3]])),
        length(tf.sparse.eye(3)),
        length([1, 2]),
        open_(tf.constant([1.0, 2.0, 3.0])),
        open_(tf.constant([4.0, 5.0])),
        len(traced),
        of_array(tf.constant(3)),
        of_array(2),
        of_dataset(),
        raises(of_endless),
    ]


@script("int and float of a Tensor are casts: one trace")
def _(tf):
    traced = []

    @tf.function
    def numbers(x):
        traced.append(1)
        return int(x), float(x), int(x) / 2, float(x) / 3.0, int(x * 1.5)

    @tf.function
    def of_python(x):
        return int("3") + x, int("11", 2) + x, 0 + x, float("1.5") * tf.cast(x, tf.float32)

    v = tf.Variable(3.5)

    @tf.function
    def of_variable():
        return int(v), float(v)

    @tf.function
    def of_text(t):
        return int(t), float(t)

    @tf.function
    def doubled(a):
        return float(a) * 2.0

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = doubled(x)
    return [
        [numbers(tf.constant(n)) for n in (3.7, -3.7, 5.0)],
        len(traced),
        of_python(tf.constant(3)),
        of_text(tf.constant("3")),
        of_variable(),
        tape.gradient(y, x),
    ]


@script("sorted of a Tensor")
def _(tf):
    @tf.function
    def f(x):
        return sorted(x), sorted(x, reverse=True), sorted(x, key=lambda v: v * v), sorted([3, 1, 2])

    return (
        f(tf.constant([3.0, -4.0, 1.0])),
        raises(lambda: f(tf.ones([1, 2]))),
        raises(lambda: f(tf.constant(1.0))),
    )


@script("tangents of all results of a function that depend on an argument")
def _(tf):
    w = tf.Variable([1.0, -1.0])

    @tf.function
    def f(x, y):
        return x * w, y * 3.0, tf.constant(1.0), tf.identity(y), tf.cast(x, tf.int32), tf.stop_gradient(x)

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    answers = []
    for primal in (x, y, w):
        with tf.autodiff.ForwardAccumulator(primal, tf.constant([1.0, 0.5])) as accumulator:
            out = f(x, y)
        answers.append([accumulator.jvp(t) for t in out])
    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.5])) as accumulator:
        out = tf.function(lambda a, b: b * 2.0)(x, y)
    return answers, accumulator.jvp(out)


@script("gradients of strings and integers of a function with other results")
def _(tf):
    @tf.function
    def f(x, y):
        return tf.strings.as_string(x), tf.cast(y, tf.int32), y * y, x * y

    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        out = f(x, y)
    return [tape.gradient(t, [x, y]) for t in out]


@script("values of branches, loops and functions outside of them")
def _(tf):
    def cond(x):
        box = []
        tf.cond(x > 0.0, lambda: (box.append(x * 2.0), x)[1], lambda: (box.append(x * 3.0), x)[1])
        return x + box[0]

    def branch(x):
        items = []
        if x > 2.0:
            items.append(x * 2.0)
        else:
            items.append(x)
        return items[0]

    def loop(x):
        box = []
        for _ in tf.range(3):
            box.append(x * 2.0)
        return tf.stack(box)

    def while_loop(x):
        box = []
        tf.while_loop(lambda i: i < 3, lambda i: (box.append(x * 2.0), i + 1)[1], [tf.constant(0)])
        return box[0]

    def mapped(x):
        box = []
        return tf.map_fn(lambda v: (box.append(v * 2.0), v)[1], x[None]) + box[0]

    def function(x):
        box = []
        tf.function(lambda v: (box.append(v * 2.0), v)[1])(x)
        return x + box[0]

    left = []
    x = tf.constant(1.0)
    tf.function(lambda v: (left.append(v * 2.0), v)[1])(x)
    return [
        [raises(lambda f=f: tf.function(f)(x)) for f in (cond, branch, loop, while_loop, mapped, function)],
        raises(lambda: left[0] + 1.0),
        raises(lambda: left[0].numpy()),
        raises(lambda: tf.function(lambda v: v + left[0])(x)),
        raises(lambda: tf.function(lambda v: left[0])(x)),
        raises(lambda: tf.function(lambda v: v)(left[0])),
    ]


@script("what has no tensor form, in a function")
def _(tf):
    calls = [
        lambda x, n: x + object(),
        lambda x, n: tf.add(x, {}),
        lambda x, n: x + None,
        lambda x, n: x * [object(), 1],
        lambda x, n: tf.constant(x),
        lambda x, n: tf.constant(x, tf.float32),
        lambda x, n: tf.constant([x, x]),
        lambda x, n: tf.convert_to_tensor([x, n]),
        lambda x, n: tf.convert_to_tensor([x, 1.0]),
        lambda x, n: tf.convert_to_tensor([x[0], 1]),
        lambda x, n: tf.stack([x, n]),
        lambda x, n: tf.reshape(x, [n[0], object()]),
        lambda x, n: tf.convert_to_tensor(set()),
        lambda x, n: bytes(n),
    ]
    x, n = tf.constant([1.0, 2.0]), tf.constant([1, 2])
    return [raises(lambda f=f: tf.function(f)(x, n)) for f in calls]


@script("assertions that are known to fail while tracing")
def _(tf):
    c, check = tf.constant, tf.debugging
    calls = [
        lambda x: check.assert_equal(tf.shape(x)[0], 2),
        lambda x: check.assert_positive(c(-1)),
        lambda x: check.assert_less(tf.rank(x), 1),
        lambda x: check.assert_near(c(1.0), c(2.0)),
        lambda x: check.Assert(c(False), [x]),
        lambda x: check.assert_non_negative(c(-1), message="not negative"),
        lambda x: check.assert_none_equal(c(1), 1),
        lambda x: check.assert_less(x, 0.0),
        lambda x: check.assert_greater(tf.size(x), 5),
        lambda x: check.assert_rank(x, 2),
        lambda x: check.assert_equal(c([1, 2]), c([1, 2, 3])),
    ]
    free = [tf.TensorSpec([None])]
    x = tf.ones([1])

    def checked(f):
        def call(x):
            f(x)
            return x

        return call

    answers = [[raises(lambda f=f: tf.function(checked(f))(x)) for f in calls]]
    answers.append([raises(lambda f=f: tf.function(checked(f), input_signature=free)(x)) for f in calls[:10]])
    return answers


@script("cotangents that do not fit, in a function")
def _(tf):
    @tf.function
    def f(x, dy):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return tape.gradient(y, x, output_gradients=dy)

    x = tf.constant([1.0, 2.0])
    wrong = (tf.ones([7]), tf.ones([2], tf.float64), tf.ones([2], tf.int32))
    return f(x, tf.ones([])), f(x, tf.ones([1])), [raises(lambda dy=dy: f(x, dy)) for dy in wrong]


@script("moving averages of Variables in the function that steps them")
def _(tf):
    v, steps = tf.Variable(1.0), tf.Variable(0)
    plain = tf.train.ExponentialMovingAverage(0.5)
    counted = tf.train.ExponentialMovingAverage(0.9, num_updates=steps)
    traced = []

    @tf.function
    def step(x):
        traced.append(1)
        steps.assign_add(1)
        v.assign(x)
        plain.apply([v])
        counted.apply([v])
        return plain.average(v).read_value(), counted.average(v).read_value()

    answers = [step(tf.constant(np.float32(2 + i))) for i in range(16)]
    return answers, len(traced) <= 2


@script("what set_shape says of a shape is known from there on")
def _(tf):
    seen = []

    def f(x):
        x.set_shape([None, 2])
        seen.append(x.shape)
        seen.append(x[0].shape)
        seen.append(raises(lambda: x.set_shape([None, 3])))
        return x[0]

    x = tf.constant([[3.0, 4.0], [5.0, 6.0]])
    for spec in (tf.TensorSpec(None), tf.TensorSpec([None, None])):
        seen.append(tf.function(f, input_signature=[spec])(x))
    return seen
