"""Loops over datasets and iterators inside `tf.function`, and what takes single elements there."""

import numpy as np
from conformance_kit import raises, script

X = np.linspace(-1.0, 1.0, 46, dtype="float32").reshape(23, 2)
Y = (X.sum(1) > 0.1).astype("int32")


def floats(tf, n=4):
    return tf.data.Dataset.from_tensor_slices(np.arange(1.0, n + 1.0, dtype="float32"))


@script("a training epoch with a shorter last batch, one trace for all datasets of a kind")
def _(tf):
    w, b = tf.Variable([[0.1, -0.2], [0.3, 0.4]]), tf.Variable([0.0, 0.1])
    traced = []

    @tf.function
    def epoch(dataset):
        traced.append(1)
        total, seen = 0.0, 0
        for x, y in dataset:
            with tf.GradientTape() as tape:
                logits = tf.tanh(x @ w) @ tf.transpose(w) + b
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))
            for v, g in zip([w, b], tape.gradient(loss, [w, b]), strict=True):
                v.assign_sub(0.3 * g)
            total += loss
            seen += tf.shape(x)[0]
        return total, seen

    found = [
        epoch(tf.data.Dataset.from_tensor_slices((X[:n], Y[:n])).batch(size))
        for n, size in ((23, 5), (21, 5), (23, 23), (3, 1), (22, 7))
    ]
    return found, w, b, len(traced), epoch.experimental_get_tracing_count()


@script("batches whose sizes meet other sizes: sums, broadcasting, reshaping")
def _(tf):
    @tf.function
    def total(dataset):
        s = tf.zeros([2])
        for x in dataset:
            n = tf.shape(x)[0]
            mean = tf.reduce_mean(x, 0)
            s += mean + tf.reduce_sum(x * x[:1], 0) + tf.reduce_max(tf.reshape(x, [n, 2]), 0)
            s += tf.reduce_sum(tf.matmul(x, x, transpose_a=True)) / tf.cast(n, tf.float32)
        return s

    return [
        total(tf.data.Dataset.from_tensor_slices(X[:n]).batch(size))
        for n, size in ((23, 4), (5, 4), (4, 4), (1, 4))
    ]


@script("break, continue and loops in loops")
def _(tf):
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f(dataset, n):
        s = tf.constant(0, tf.int64)
        for _ in tf.range(n):
            for a in dataset:
                if a % 2 == 0:
                    continue
                for c in dataset.take(2):
                    s += c * a
                if a > 6:
                    break
            v.assign_add([1.0, 1.0])
            if s > 100:
                break
        return s

    numbers = tf.data.Dataset.range(10)
    return [f(numbers, tf.constant(n)) for n in (0, 1, 3, 30)], v, f(tf.data.Dataset.range(0), tf.constant(2))


@script("enumerate and zip")
def _(tf):
    @tf.function
    def f(dataset):
        s = tf.constant(0, tf.int64)
        for i, (a, b) in enumerate(zip(dataset, dataset.skip(1))):  # noqa: B905
            s += 10 * s + i * a + b
        return s

    return [f(tf.data.Dataset.range(n)) for n in (3, 5, 0)]


@script("a tape around a loop over a dataset")
def _(tf):
    v = tf.Variable(2.0)

    @tf.function
    def product(elements, x):
        s = x
        for e in elements:
            s = s * e * v
        return s, 3.0 * x

    x = tf.constant(1.5)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = product(floats(tf), x)
    return y, tape.gradient(y, [x, v]), tape.gradient(z, x)


@script("tapes around a loop over an iterator")
def _(tf):
    @tf.function
    def product(elements, x):
        s = x
        for e in elements:
            s = s * tf.sin(e * x)
        return s

    x = tf.constant(1.5)
    found = []
    for elements in (iter(floats(tf)), iter(floats(tf, 2))):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = product(elements, x)
            first = tape.gradient(y, x)
        found.append((y, first, outer.gradient(first, x)))
    return found


@script("next, get_next and get_next_as_optional")
def _(tf):
    @tf.function
    def two(iterator):
        return next(iterator), iterator.get_next()

    @tf.function
    def perhaps(iterator):
        found = iterator.get_next_as_optional()
        if found.has_value():
            return found.get_value()
        return tf.constant(-1.0)

    iterator, other = iter(floats(tf, 6)), iter(floats(tf, 2))
    first = [two(iterator), two(iterator), next(iterator)]
    return (
        first,
        raises(lambda: two(iterator)),
        [perhaps(other) for _ in range(4)],
        two.experimental_get_tracing_count(),
    )


@script("next of batches, the last one shorter; a Variable is assigned")
def _(tf):
    v = tf.Variable([0.0, 0.0])
    iterator = iter(tf.data.Dataset.from_tensor_slices(X[:5]).batch(2))

    @tf.function
    def step():
        x = next(iterator)
        v.assign_add(tf.reduce_sum(x, 0))
        return tf.shape(x)[0]

    return [step() for _ in range(3)], v, raises(step), v


@script("a break leaves the rest of an iterator")
def _(tf):
    @tf.function
    def until(iterator, most):
        s = tf.constant(0.0)
        for a in iterator:
            if a > most:
                break
            s += a
        return s

    iterator = iter(floats(tf, 9))
    return until(iterator, 4.0), next(iterator), until(iterator, 20.0), until(iterator, 20.0)


@script("iterators and datasets that a function makes")
def _(tf):
    @tf.function
    def f(dataset, n, x):
        it = iter(dataset)
        first, second = next(it), next(it)
        s = tf.constant(0, tf.int64)
        for a in tf.data.Dataset.range(n):
            s += a
        t = tf.constant(0.0)
        for row in tf.data.Dataset.from_tensor_slices({"x": x, "y": 2.0 * x}).batch(2):
            t += tf.reduce_sum(row["x"] * row["y"])
        for a in dataset.map(lambda a: a + 10.0).filter(lambda a: a > 11.5).concatenate(dataset):
            t += a
        return first, second, s, t

    return [f(floats(tf), tf.constant(n, tf.int64), tf.constant([1.0, 2.0, 3.0])) for n in (3, 5)]


@script("reduce in a function, and a tape around it")
def _(tf):
    @tf.function
    def f(dataset, x):
        return dataset.reduce((x, tf.constant(0)), lambda s, a: (s[0] * a, s[1] + 1))

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(floats(tf), x)
    return y, f(floats(tf, 2), x), tape.gradient(y[0], x)


@script("a random op in a loop begins anew at each call")
def _(tf):
    tf.random.set_seed(3)

    @tf.function
    def f(dataset):
        s = tf.zeros([])
        for _ in dataset:
            s = s * 10.0 + tf.random.uniform([])
        return s

    return f(floats(tf, 3)), f(floats(tf, 3)), f(floats(tf, 2))


@script("a TensorArray written at each element")
def _(tf):
    @tf.function
    def f(dataset):
        found = tf.TensorArray(tf.float32, 0, dynamic_size=True)
        i = 0
        for a in dataset:
            found = found.write(i, a * a)
            i = i + 1
        return found.stack()

    return f(floats(tf, 3)), f(floats(tf, 5))


@script("what a loop over a dataset refuses")
def _(tf):
    @tf.function
    def unbound(dataset):
        for a in dataset:
            b = a
        return b

    @tf.function
    def returns(dataset):
        for a in dataset:
            if a > 1.0:
                return a
        return tf.constant(0.0)

    @tf.function
    def other_dtype(dataset):
        s = 0
        for a in dataset:
            s += a
        return s

    @tf.function
    def fails(dataset):
        s = 0.0
        for a in dataset.map(lambda a: tf.debugging.check_numerics(1.0 / (a - 2.0), "here")):
            s += a
        return s

    return [raises(lambda f=f: f(floats(tf))) for f in (unbound, returns, other_dtype, fails)]
