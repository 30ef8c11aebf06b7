"""Functions of rows of different lengths, of examples, and of what values decide.

They run here and under TensorFlow alike.
"""

from __future__ import annotations

import numpy as np


def of_values(tf):
    """Functions by name, with the specs of their arguments."""
    rows = tf.RaggedTensorSpec([None, None], tf.float32)
    numbers = tf.RaggedTensorSpec([None, None], tf.int32)
    matrix, scalar = tf.TensorSpec([None, 3]), tf.TensorSpec([], tf.int32)
    texts = tf.TensorSpec([None], tf.string)

    def read(t):
        return tf.io.parse_example(
            t,
            {
                "a": tf.io.FixedLenFeature([2], tf.float32),
                "b": tf.io.VarLenFeature(tf.int64),
                "c": tf.io.FixedLenFeature([], tf.string, default_value="none"),
                "d": tf.io.RaggedFeature(tf.float32),
                "e": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True),
            },
        )

    def limited(x, k):
        y = x
        if tf.shape(x)[0] > k:
            y = x[:k]
        either = tf.cond(tf.shape(x)[0] > 9, lambda: x, lambda: x[:-1] * 2.0)
        return y, tf.shape(y)[0], either

    return {
        "row": ([rows, scalar], lambda r, k: (r[1], r[-1], r[k], r[2, 1])),
        "several": ([rows, scalar], lambda r, k: (r[1:], r[::-1], r[: k + 1])),
        "columns": ([rows, scalar], lambda r, k: (r[:, :2], r[:, 1:], r[:, -1:], r[:, ::-1], r[1:, :k])),
        "gathered": ([rows, scalar], lambda r, k: tf.gather(r, [2, 0, 2])),
        "counted": ([numbers], lambda r: tf.math.bincount(r, axis=-1, maxlength=5)),
        "present": (
            [numbers],
            lambda r: tf.math.bincount(r, minlength=6, maxlength=6, axis=-1, binary_output=True),
        ),
        "characters": ([texts], lambda t: tf.strings.unicode_split(t, "UTF-8")),
        "words": ([texts], lambda t: (tf.strings.split(t)[:, :1], tf.strings.split(t)[0])),
        "read": ([texts], read),
        "limited": ([matrix, scalar], limited),
        "parted": (
            [matrix, scalar],
            lambda x, k: tf.dynamic_partition(x, tf.cast(x[:, 0] > 0.0, tf.int32), 2),
        ),
    }


def of_rows(tf):
    """A module with these functions."""
    m = tf.Module()
    for name, (specs, function) in of_values(tf).items():
        setattr(m, name, tf.function(function, input_signature=specs))
    return m


def _examples(tf):
    def feature(**kind):
        return tf.train.Feature(**kind)

    found = []
    for i in range(2):
        features = {
            "a": feature(float_list=tf.train.FloatList(value=[1.0, i])),
            "b": feature(int64_list=tf.train.Int64List(value=[5] * i)),
            "d": feature(float_list=tf.train.FloatList(value=[0.5] * (2 - i))),
            "e": feature(int64_list=tf.train.Int64List(value=[7, 8][: i + 1])),
        }
        found.append(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return tf.constant(found)


def answers_of_rows(tf, m):
    """What these give, and gradients with respect to the first argument; of texts the hashes."""
    given = {
        "rows": tf.ragged.constant([[1.0, -2.0, 3.0], [0.5, 2.5], [4.0, 1.0, 2.0, 3.0]]),
        "counted": tf.ragged.constant([[1, 2], [3, 5, 3], [4]]),
        "texts": tf.constant(["ab c", "h\u00e9"]),
        "read": _examples(tf),
        "matrix": tf.constant([[0.5, -0.2, 0.7], [-1.0, 0.3, -0.4], [0.1, 0.9, 0.2]]),
    }
    kinds = {
        "present": "counted",
        "characters": "texts",
        "words": "texts",
        "limited": "matrix",
        "parted": "matrix",
    }
    found = {}
    for name, (specs, _) in of_values(tf).items():
        x = given[name if name in given else kinds.get(name, "rows")]
        flat = getattr(x, "flat_values", x)
        with tf.GradientTape() as tape:
            if flat.dtype.is_floating:
                tape.watch(flat)
            y = getattr(m, name)(x, *[tf.constant(2)] * (len(specs) - 1))
            results = tf.nest.flatten(y, expand_composites=True)
            smooth = [one for one in results if one.dtype.is_floating]
            loss = tf.add_n([tf.reduce_sum(one * one) for one in smooth]) if smooth else None
        grad = tape.gradient(loss, flat) if smooth and flat.dtype.is_floating else None
        shown = [tf.strings.to_hash_bucket_fast(z, 1000) if z.dtype == tf.string else z for z in results]
        shown.append(None if grad is None else tf.convert_to_tensor(grad))
        found[name] = [None if one is None else np.asarray(one).tolist() for one in shown]
    return found
