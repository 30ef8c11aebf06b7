"""What libraries on top do: variables made while a function is traced, XLA's older words, variables of their own."""

from conformance_kit import raises, script


@script("library: a concrete function of an open size makes its variables from random numbers")
def _(tf):
    class Dense(tf.Module):
        w = None

        def __call__(self, x):
            if self.w is None:
                self.w = tf.Variable(tf.random.truncated_normal([x.shape[-1], 2], stddev=0.1), name="w")
                self.b = tf.Variable(tf.random.uniform([2], 3.0, 4.0), name="b")
            return x @ self.w + self.b

    layer = Dense()
    traced = tf.function(layer).get_concrete_function(tf.TensorSpec([None, 3]))
    before = tf.reduce_all(tf.abs(layer.w) < 0.2 + 1e-6), tf.reduce_any(layer.w != 0.0)
    between = tf.reduce_all((layer.b >= 3.0) & (layer.b < 4.0))
    layer.w.assign(tf.reshape(tf.range(6.0), [3, 2]))
    layer.b.assign([1.0, -1.0])
    with tf.GradientTape() as tape:
        y = traced(tf.ones([2, 3])) ** 2
    return {
        "shape": traced.structured_outputs.shape,
        "made": before,
        "between": between,
        "y": traced(tf.ones([4, 3])),
        "gradients": tape.gradient(y, [layer.w, layer.b]),
    }


@script("library: a concrete function whose variables need its arguments")
def _(tf):
    class Scale(tf.Module):
        v = None

        def __call__(self, x):
            if self.v is None:
                self.v = tf.Variable(2.0 * tf.ones_like(tf.zeros([2])) + tf.random.uniform([2]) * 0.0)
            return tf.reduce_sum(x) * self.v

    layer = Scale()
    f = tf.function(layer)
    return f.get_concrete_function(tf.TensorSpec([None, None]))(tf.ones([2, 3])), f(tf.ones([3, 1]))


@script("xla.experimental.compile: what it gives")
def _(tf):
    compile_ = tf.xla.experimental.compile
    x = tf.constant([1.0, 2.0])

    @tf.function
    def traced(x):
        return compile_(lambda a, b: (a + b, a * b), [x, 3.0])

    @tf.function
    def nested(x):
        return compile_(lambda: {"a": x, "b": [x * 2.0]})

    return {
        "one": compile_(lambda: x * 2.0),
        "two": compile_(lambda a, b: (a + b, a * b), [x, 3.0]),
        "list": compile_(lambda a: [a], (x,)),
        "number": compile_(lambda: 3.0),
        "traced": traced(x),
        "nested": nested(x),
        "none within": raises(lambda: tf.function(lambda: compile_(lambda: (x, None)))()),
        "inputs": raises(lambda: compile_(lambda a: a, x)),
    }


@script("xla.experimental.jit_scope: in a function alone")
def _(tf):
    def f(x):
        with tf.xla.experimental.jit_scope(compile_ops=lambda op: True, separate_compiled_gradients=True):
            return x * 2.0

    return tf.function(f)(tf.constant(1.5)), raises(lambda: f(tf.constant(1.5)))


@script("library: a subclass of Variable that only knows a Tensor")
def _(tf):
    class Backed(tf.Variable):
        def __init__(self, tensor):  # not that of Variable
            self.tensor = tensor

        shape = property(lambda self: self.tensor.shape)
        dtype = property(lambda self: self.tensor.dtype)

        def value(self):
            return self.tensor

        read_value = value

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        v = Backed(x * 3.0)
        y = sum([v * 2.0, 1.0 + v, v - x, v**2, -v])
    return y, tape.gradient(y, x)


@script("library: references are in an order of their own")
def _(tf):
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    first, second = a.ref(), b.ref()
    return (first < second) != (second < first), first < first, raises(lambda: first < 1)


@script("test.TestCase: scalars that are not close")
def _(tf):
    class Case(tf.test.TestCase):
        def runTest(self):
            pass

    case = Case()
    case.assertNotAllClose(1.0, tf.constant(2.0))
    return raises(lambda: case.assertAllClose(tf.constant(1.0), 2.0)), raises(
        lambda: case.assertNotAllClose(1.0, 1.0)
    )
