"""RaggedTensors in `tf.nn.embedding_lookup` and `tf.nn.moments`; sizes of any dtype; axes that are no integers."""

from conformance_kit import raises, script


def _gradient(tf, function, source):
    with tf.GradientTape() as tape:
        tape.watch(source)
        target = function(source)
    return tf.convert_to_tensor(tape.gradient(target, source))


@script("embedding_lookup of ragged ids")
def _(tf):
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    ids = tf.ragged.constant([[0, 1], [2], [], [1]])
    deep = tf.ragged.constant([[[0], [1, 1]], [], [[2]]])
    look = tf.nn.embedding_lookup
    calls = {
        "rows": lambda: look(table, ids),
        "rows of rows": lambda: look(table, deep),
        "max_norm": lambda: look(table, ids, max_norm=1.0),
        "parts": lambda: look([tf.ones([2, 2]), tf.zeros([2, 2])], ids),
        "no such row": lambda: look(table, tf.ragged.constant([[0], [7]])),
        "gradient": lambda: _gradient(tf, lambda x: tf.reduce_sum(look(x, ids) ** 2), table),
        "gradient, scaled": lambda: _gradient(
            tf, lambda x: look(x, ids, max_norm=1.0).flat_values ** 2, table
        ),
    }
    return {name: raises(call) for name, call in calls.items()}


@script("moments of a RaggedTensor")
def _(tf):
    splits = tf.constant([0, 2, 3, 3, 6], tf.int64)
    values = tf.constant([1.0, 2.0, 3.0, 4.0, 6.0, 11.0])

    def ragged(flat):
        return tf.RaggedTensor.from_row_splits(flat, splits)

    wide = tf.RaggedTensor.from_row_splits(tf.reshape(tf.range(12.0), [6, 2]), splits)
    even = tf.RaggedTensor.from_row_splits(values, [0, 2, 4, 6])
    calls = {
        "rows": lambda: tf.nn.moments(ragged(values), [1]),
        "rows kept": lambda: tf.nn.moments(ragged(values), [1], keepdims=True),
        "all": lambda: tf.nn.moments(ragged(values), [0, 1]),
        "all kept": lambda: tf.nn.moments(ragged(values), [0, 1], keepdims=True),
        "columns of rows that differ": lambda: tf.nn.moments(ragged(values), [0]),
        "inner": lambda: tf.nn.moments(wide, [2]),
        "rows of vectors": lambda: tf.nn.moments(wide, [1]),
        "float16": lambda: tf.nn.moments(tf.cast(ragged(values), tf.float16), [0, 1]),
        "gradient": lambda: _gradient(tf, lambda x: tf.nn.moments(ragged(x), [0, 1])[1] ** 2, values),
        "gradient of rows": lambda: _gradient(
            tf, lambda x: tf.nn.moments(even.with_values(x), [1])[1], values
        ),
        "gradient of a mean": lambda: _gradient(
            tf, lambda x: tf.nn.moments(even.with_values(x), [1])[0] ** 2, values
        ),
    }
    return {name: raises(call) for name, call in calls.items()}


@script("sizes of any dtype")
def _(tf):
    x = tf.ones([2, 3])
    calls = {
        **{
            name: lambda n=name: tf.size(x, out_type=getattr(tf, n))
            for name in (
                "float32",
                "float16",
                "bfloat16",
                "int8",
                "int64",
                "uint8",
                "bool",
                "string",
                "complex64",
            )
        },
        "no elements": lambda: tf.size(tf.zeros([0, 2]), out_type=tf.bool),
        "list": lambda: tf.size([1, 2], out_type=tf.float32),
        "ragged": lambda: tf.size(tf.ragged.constant([[1], [2, 3]]), out_type=tf.float32),
        "sparse": lambda: tf.size(tf.sparse.from_dense([1.0, 0.0]), out_type=tf.float32),
        "version 1": lambda: tf.compat.v1.size(x, out_type=tf.float32),
        "too many": lambda: tf.size(tf.zeros([300]), out_type=tf.int8),
        "reduce_join": lambda: tf.strings.reduce_join([["a", "b"], ["c", "d"]], axis=1.5),
        "reduce_join, tensor": lambda: tf.strings.reduce_join(
            [["a", "b"], ["c", "d"]], axis=tf.constant([1])
        ),
    }
    return {name: raises(call) for name, call in calls.items()}
