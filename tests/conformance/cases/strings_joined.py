"""Sums of strings in turn: scalars, arrays, and what comes of them again."""

from conformance_kit import script


@script("sums of sums of strings")
def _(tf):
    a = tf.constant("") + tf.constant("a")
    b = next(iter(tf.data.Dataset.from_tensor_slices(["b"])))
    rows = tf.constant(["a", "bb"]) + a
    zero = tf.constant(b"x\x00") + tf.constant(b"y\x00")
    return {
        "scalars": [a + b, b + a, tf.add(a, b), a == b, a != b, a == tf.constant("a")],
        "arrays": [rows, rows[0] + b, rows + b, tf.concat([[a], [b]], 0) + b, tf.stack([a, b]) == rows],
        "zeros": [zero, zero + b, tf.strings.length(zero)],
    }
