"""A Variable that is an argument, and that a dataset's function or a Python function reaches besides."""

from conformance_kit import script


def calls(tf, make):
    """The results of calls with the Variable itself, between which it changes, then with another one, then again."""
    v = tf.Variable(1.0)
    f = make(v)
    found = []
    for _ in range(3):
        found.append(f(v))
        v.assign_add(100.0)
    return [*found, f(tf.Variable(-5.0)), f(v)]


def total(dataset):
    s = 0.0
    for x in dataset:
        s += x
    return s


def aliased(name):
    """A program: its function makes, of a Variable, a function of a Variable."""

    def decorate(make):
        script(name)(lambda tf: calls(tf, lambda v: make(tf, v)))

    return decorate


@aliased("py_function, after an assignment")
def _(tf, v):
    @tf.function
    def f(w):
        w.assign_add(1.0)
        return tf.py_function(lambda: v * 1.0, [], tf.float32), w.read_value()

    return f


@aliased("numpy_function, after an assignment, of a list's Variable")
def _(tf, v):
    @tf.function
    def f(ws):
        ws[0].assign_add(1.0)
        return tf.numpy_function(lambda: v.numpy(), [], tf.float32), ws[0].read_value()

    return lambda w: f([w])


@aliased("a method of an object")
def _(tf, v):
    class Holder:
        def __init__(self):
            self.held = {"v": [v]}

        def value(self):
            return self.held["v"][0] * 1.0

    holder = Holder()

    @tf.function
    def f(w):
        w.assign_add(1.0)
        return tf.py_function(holder.value, [], tf.float32), w.read_value()

    return f


@aliased("a function in the function")
def _(tf, v):
    @tf.function
    def g(w):
        return tf.py_function(lambda: v * 1.0, [], tf.float32) + 0.0 * w

    @tf.function
    def f(w):
        w.assign_add(1.0)
        return g(w), w.read_value()

    return f


@aliased("an assignment in a function in the function")
def _(tf, v):
    @tf.function
    def g(w):
        w.assign_add(1.0)

    @tf.function
    def f(w):
        g(w)
        return tf.py_function(lambda: v * 1.0, [], tf.float32), w.read_value()

    return f


@aliased("in a branch")
def _(tf, v):
    @tf.function
    def f(w):
        w.assign_add(1.0)
        return tf.cond(
            w > 0.0, lambda: tf.py_function(lambda: v * 1.0, [], tf.float32), lambda: 0.0
        ), w.read_value()

    return f


@aliased("a dataset's function")
def _(tf, v):
    dataset = tf.data.Dataset.range(2).map(lambda i: tf.cast(i, tf.float32) + v)

    @tf.function
    def f(w):
        w.assign_add(1.0)
        return total(dataset), w.read_value()

    return f


@aliased("py_function in a dataset's function")
def _(tf, v):
    dataset = tf.data.Dataset.range(2).map(lambda i: tf.py_function(lambda: v * 1.0, [], tf.float32))

    @tf.function
    def f(w):
        w.assign_add(1.0)
        return total(dataset), w.read_value()

    return f


@aliased("a generator of a dataset")
def _(tf, v):
    def elements():
        yield v.numpy()
        yield 2.0 * v.numpy()

    dataset = tf.data.Dataset.from_generator(elements, output_signature=tf.TensorSpec([], tf.float32))

    @tf.function
    def f(w):
        w.assign_add(1.0)
        return total(dataset), w.read_value()

    return f
