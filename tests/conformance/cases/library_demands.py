"""What Keras's TensorFlow backend demands of functions beyond what their documentation says."""

import numpy as np
from conformance_kit import raises, script


@script("reverse: any axes of a scalar")
def _(tf):
    return [tf.reverse(tf.constant(2.0), axes) for axes in ([0], [1], [-3], [])]


@script("StaticHashTable: an initializer of one's own, dtypes by name")
def _(tf):
    class Nothing(tf.lookup.KeyValueTensorInitializer):
        def __init__(self):
            self._key_dtype, self._value_dtype = "string", "int64"

        key_dtype = property(lambda self: tf.as_dtype(self._key_dtype))
        value_dtype = property(lambda self: tf.as_dtype(self._value_dtype))

        def initialize(self, table):
            pass

    table = tf.lookup.StaticHashTable(Nothing(), -1)
    return raises(table.size), raises(lambda: table.lookup(tf.constant(["a"])))


@script("shape of a SparseTensor in a tf.function")
def _(tf):
    @tf.function
    def shape(x):
        return tf.shape(x), tf.shape(x, tf.int64)

    return [shape(tf.sparse.from_dense(np.eye(n))) for n in (2, 3)]


@script("custom_gradient of what acts as a Variable")
def _(tf):
    class Mine(tf.__internal__.types.Tensor):
        _should_act_as_resource_variable = True

        def __init__(self, value):
            self.value = tf.Variable(value)

        dtype = property(lambda self: self.value.dtype)
        shape = property(lambda self: self.value.shape)
        handle = property(lambda self: self.value.handle)

        def __tf_tensor__(self, dtype=None, name=None):
            return tf.convert_to_tensor(self.value, dtype=dtype)

    @tf.custom_gradient
    def double(x, w):
        return x * tf.convert_to_tensor(w), lambda dy: (dy * 10.0, dy * 20.0)

    w, x = Mine(2.0), tf.Variable(3.0)

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            y = double(x, w)
        return y, tape.gradient(y, [x, w])

    return run(), raises(lambda: tape_of(tf, double, x, w))


def tape_of(tf, double, x, w):
    with tf.GradientTape() as tape:
        y = double(x, w.value)
    return tape.gradient(y, [x, w])


@script("stateless random ops in a tf.function: other seeds make no other traces")
def _(tf):
    state, w, traces = tf.Variable([1, 2], dtype=tf.int64), tf.Variable(2.0), []

    @tf.function
    def step(x):
        traces.append(1)
        seed = tf.identity(state)
        state.assign(state + tf.constant([0, 1], tf.int64))
        with tf.GradientTape() as tape:
            y = tf.nn.experimental.stateless_dropout(x * w, 0.5, seed=seed)
            y += tf.random.stateless_normal(tf.shape(x), seed) + tf.random.stateless_truncated_normal(
                [3], seed
            )
            loss = tf.reduce_sum(y * y)
        return y, tape.gradient(loss, w)

    found = [step(tf.constant([1.0, 2.0, 3.0])) for _ in range(14)]
    return found[0], found[13], len(traces)


@script("SparseTensor in a tf.function: its shape is known")
def _(tf):
    shapes = []

    @tf.function
    def product(x):
        shapes.append(x.shape)
        return tf.sparse.sparse_dense_matmul(x, tf.ones([x.shape[-1], 2]))

    return [product(tf.sparse.from_dense(np.eye(n, dtype="float32"))) for n in (2, 3)], shapes
