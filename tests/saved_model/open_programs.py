"""Functions whose sizes are open, and change from round to round: they run here and under TensorFlow alike."""

from __future__ import annotations

import numpy as np


def functions(tf):
    """By name, of a matrix with three columns and of a number of rounds."""

    def collected(x, k):
        found = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(k):
            found = found.write(i, x * tf.cast(i + 1, tf.float32))
        return found.stack()

    def numbers(x, k):
        found = tf.TensorArray(tf.int32, size=k)
        for i in tf.range(k):
            found = found.write(i, tf.cast(tf.reduce_sum(x[i]) * 10.0, tf.int32))
        return found.stack()

    def turned(x, k):
        return (
            tf.TensorArray(tf.float32, size=tf.shape(x)[0]).unstack(x).gather(tf.range(tf.shape(x)[0])[::-1])
        )

    def joined(x, k):
        found = tf.TensorArray(tf.float32, size=k)
        for i in tf.range(k):
            found = found.write(i, x[i] * 2.0)
        return found.concat()

    def longer(x, k):
        y, i = tf.zeros([1, 3]), 0
        while i < k:
            tf.autograph.experimental.set_loop_options(shape_invariants=[(y, tf.TensorShape([None, 3]))])
            y = tf.concat([y, x * tf.cast(i, tf.float32)], 0)
            i += 1
        return y, tf.shape(y)[0]

    def doubled(x, k):
        y = x
        for _ in tf.range(k):
            y = tf.concat([y, y], 0)
        return y * tf.cast(tf.shape(y)[0], tf.float32), tf.shape(x)[0]

    def from_nothing(x, k):
        def body(i, y):
            return i + 1, tf.concat([y, x[i : i + 1]], 0)

        shapes = [tf.TensorShape([]), tf.TensorShape([None, 3])]
        return tf.while_loop(lambda i, y: i < k, body, [0, tf.zeros([0, 3])], shape_invariants=shapes)[1]

    def chosen(x, k):
        out = tf.fill([tf.shape(x)[0], 1], 1)
        for _ in tf.range(k + 4):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(out, tf.TensorShape([None, None]))])
            best = tf.argmax(x * tf.cast(out[:, -1:] + 1, tf.float32), -1, tf.int32)
            out = tf.concat([out, best[:, None]], 1)
            if tf.shape(out)[1] > k:
                break
        return out

    def sliced(x, k):
        beyond = x[: k * 9]
        parts = [x[:k], x[k:], x[-k:], x[k - 1 : k + 1], tf.slice(x, [k - 1, 0], [-1, 2]), beyond]
        return [*parts, tf.shape(parts[1]), tf.shape(beyond)[0], tf.concat([x[:k], x[:k] * 2.0], 1)]

    def sized(x, k):
        rows = tf.range(k, 0, -1)
        shape = tf.stack([k, k + 1])
        return [
            rows,
            tf.zeros([k, 2]),
            tf.fill([k], 2.0),
            tf.tile(x, [k, 1]),
            tf.ones(shape),
            tf.one_hot([1], k),
        ]

    def rows_before(x, k):
        y = tf.zeros([k, 3])
        for i in tf.range(k):
            y += tf.reduce_sum(x[: i + 1], 0) * tf.cast(tf.shape(x[i:])[0], tf.float32)
        return y

    def each(x, k):
        found = tf.vectorized_map(
            lambda r: {"a": r[0] * tf.reduce_sum(r[1]), "n": tf.shape(r[0])}, (x, x * 2.0)
        )
        return found["a"], found["n"]

    def each_of_one(x, k):
        return tf.vectorized_map(lambda r: r[0] * r[1] + x[0], (x, tf.constant([[2.0, 3.0, 4.0]])))

    def mapped_columns(x, k):
        columns = tf.transpose(x)
        return tf.map_fn(lambda r: r * tf.reduce_sum(columns), columns)

    def columns_in_an_array(x, k):
        found, total = tf.TensorArray(tf.float32, 2), tf.zeros([])
        found = found.write(0, tf.transpose(x)).write(1, tf.transpose(x) * 2.0)
        for i in tf.range(2):
            total += tf.reduce_sum(found.read(i) ** 3)
        return total

    def jacobian(x, k):
        row = x[0]
        with tf.GradientTape() as tape:
            tape.watch(row)
            y = tf.sin(row) * tf.reduce_sum(row)
        return tape.jacobian(y, row)

    def hessian(x, k):
        row = x[0]
        return tf.hessians(tf.reduce_sum(row**3), row)[0]

    every = (
        collected,
        numbers,
        turned,
        joined,
        longer,
        doubled,
        from_nothing,
        chosen,
        sliced,
        sized,
        rows_before,
        each,
        each_of_one,
    )
    return {f.__name__: f for f in (*every, mapped_columns, columns_in_an_array, jacobian, hessian)}


def of_open(tf):
    """A module with these functions."""
    m = tf.Module()
    for name, function in functions(tf).items():
        signature = [tf.TensorSpec([None, 3]), tf.TensorSpec([], tf.int32)]
        setattr(m, name, tf.function(function, input_signature=signature))
    return m


def answers_of_open(tf, m):
    """What these give, and gradients."""
    x = tf.constant([[0.5, -0.2, 0.7], [1.0, 0.3, -0.4], [0.1, 0.9, 0.2], [-0.6, 0.4, 0.8]])
    found = {}
    for name in functions(tf):
        with tf.GradientTape() as tape:
            tape.watch(x)
            results = tf.nest.flatten(getattr(m, name)(x, tf.constant(3)))
            smooth = [y for y in results if y.dtype.is_floating]
            loss = tf.add_n([tf.reduce_sum(y * y) for y in smooth]) if smooth else None
        grad = tape.gradient(loss, x) if smooth else None
        given = [*results, None if grad is None else tf.convert_to_tensor(grad)]
        found[name] = [None if one is None else np.asarray(one).tolist() for one in given]
    return found
