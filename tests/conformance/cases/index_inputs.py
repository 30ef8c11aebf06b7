"""Shapes, axes and indices of every kind: what is of no integer dtype gets the op's default one, if that is safe."""

import numpy as np
from conformance_kit import raises, script

VALUES = {
    "[True]": lambda tf: [True],
    "[True, 0]": lambda tf: [True, 0],
    "[1.5]": lambda tf: [1.5],
    "[Tensor bool]": lambda tf: [tf.constant(True)],
    "[Tensor float32]": lambda tf: [tf.constant(1.0)],
    "[Tensor 1.5]": lambda tf: [tf.constant(1.5)],
    "[Tensor int64]": lambda tf: [tf.constant(1, tf.int64)],
    "[Tensor uint8]": lambda tf: [tf.constant(1, tf.uint8)],
    "[Tensor complex128]": lambda tf: [tf.constant(1 + 0j)],
    "[Variable float32]": lambda tf: [tf.Variable(1.0)],
    "[1, Tensor float32]": lambda tf: [1, tf.constant(0.0)],
    "[1, Tensor int64]": lambda tf: [1, tf.constant(0, tf.int64)],
    "[Tensor int64, Tensor float32]": lambda tf: [tf.constant(1, tf.int64), tf.constant(0.0)],
    "[Tensor int32, Tensor int64]": lambda tf: [tf.constant(1), tf.constant(0, tf.int64)],
    "array uint16": lambda tf: np.array([1], np.uint16),
    "array uint64": lambda tf: np.array([1], np.uint64),
    "array float64": lambda tf: np.array([1.0]),
    "array bool": lambda tf: np.array([True]),
    "array int64": lambda tf: np.array([1]),
    "Tensor int64": lambda tf: tf.constant([1], tf.int64),
    "Tensor uint8": lambda tf: tf.constant([1], tf.uint8),
    "Variable int64": lambda tf: tf.Variable([1], dtype=tf.int64),
}


def fitting(x, v):
    """The matrix, or a vector where there is one index."""
    return x if len(v) == 2 else x[0]


FUNCTIONS = {
    "reduce_sum axis": lambda tf, x, v: tf.reduce_sum(x, axis=v),
    "reverse": lambda tf, x, v: tf.reverse(x, v),
    "tile": lambda tf, x, v: tf.tile(fitting(x, v), v),
    "fill": lambda tf, x, v: tf.fill(v, 2.0),
    "ones": lambda tf, x, v: tf.ones(v),
    "broadcast_to": lambda tf, x, v: tf.broadcast_to(2.0, v),
    "transpose": lambda tf, x, v: tf.transpose(fitting(x, v), v),
    "unravel_index": lambda tf, x, v: tf.unravel_index(v, [2, 3]),
    "slice begin": lambda tf, x, v: tf.slice(fitting(x, v), v, [1] * len(v)),
    "slice size": lambda tf, x, v: tf.slice(fitting(x, v), [0] * len(v), v),
    "roll": lambda tf, x, v: tf.roll(x, v, [0] * len(v)),
    "rfft": lambda tf, x, v: tf.signal.rfft(x, v),
    "split": lambda tf, x, v: tf.split(tf.ones([1, 3]), v, axis=0),
    "one_hot": lambda tf, x, v: tf.one_hot(v, 3),
    "gather": lambda tf, x, v: tf.gather(x, v),
    "dynamic_partition": lambda tf, x, v: tf.dynamic_partition(x[0][: len(v)], v, 3),
    "repeat": lambda tf, x, v: tf.repeat(x, v if len(v) == 1 else [*v, 1][:2], axis=0),
    "lu_reconstruct": lambda tf, x, v: tf.linalg.lu_reconstruct(x[:2, :2], v),
    "reverse_sequence": lambda tf, x, v: tf.reverse_sequence(x[: len(v)], v, seq_axis=1),
    "broadcast_dynamic_shape": lambda tf, x, v: tf.broadcast_dynamic_shape(v, [2]),
    "sequence_mask": lambda tf, x, v: tf.sequence_mask(v, 3),
    "stateless_normal shape": lambda tf, x, v: tf.random.stateless_normal(v, [1, 2]),
    "stateless_uniform seed": lambda tf, x, v: tf.random.stateless_uniform([1], v if len(v) == 2 else [1, 2]),
    "gamma shape": lambda tf, x, v: tf.random.gamma(v, [2.0]).shape,
    "eye batch_shape": lambda tf, x, v: tf.eye(2, batch_shape=v),
    "nn.dropout noise_shape": lambda tf, x, v: tf.nn.dropout(x, 0.5, noise_shape=v).shape,
    "image.resize size": lambda tf, x, v: tf.image.resize(x[..., None], [*v, 2]).shape,
}

# what TensorFlow's Python looks at before an op does, or has two faults
LEFT_OUT = {
    "ones": {"[Tensor int32, Tensor int64]"},
    "eye batch_shape": {"[Tensor int32, Tensor int64]"},
    "image.resize size": {"[Tensor int32, Tensor int64]"},
    "nn.dropout noise_shape": {"[True, 0]"},
    "slice begin": {"[True]", "[Tensor bool]", "array bool"},
}

for name, make in FUNCTIONS.items():

    @script(name)
    def _(tf, name=name, function=make):
        x = tf.reshape(tf.range(1.0, 7.0), [2, 3])
        values = {kind: make(tf) for kind, make in VALUES.items() if kind not in LEFT_OUT.get(name, ())}
        return {kind: raises(lambda v=v: function(tf, x, v)) for kind, v in values.items()}


@script("image sizes")
def _(tf):
    x = tf.reshape(tf.range(48.0), [4, 4, 3])
    values = {
        "int64": tf.constant(2, tf.int64),
        "float32": tf.constant(2.0),
        "uint8": tf.constant(2, tf.uint8),
        "int32": tf.constant(2),
        "Variable": tf.Variable(2),
        "Variable int64": tf.Variable(2, dtype=tf.int64),
        "array float": np.array(2.0),
        "array int": np.array(2),
        "2.0": 2.0,
        "True": True,
    }
    functions = {
        "crop offset": lambda v: tf.image.crop_to_bounding_box(x, v, 0, 1, 1),
        "crop size": lambda v: tf.image.crop_to_bounding_box(x, 0, 0, v, 1),
        "crop or pad": lambda v: tf.image.resize_with_crop_or_pad(x, v, 3),
        "pad": lambda v: tf.image.resize_with_pad(x, v, v),
    }
    hard = {("crop offset", "2.0"), ("pad", "array float")}  # which exception of two that both fit
    return {
        f"{name}: {kind}": raises(lambda f=f, v=v: f(v))
        for name, f in functions.items()
        for kind, v in values.items()
        if (name, kind) not in hard
    }


@script("sequence_mask casts its lengths to the dtype of maxlen")
def _(tf):
    return {
        "floats": tf.sequence_mask([0.5, 2.0, -0.5], 3),
        "one float": tf.sequence_mask(0.5, maxlen=4),
        "float maxlen": tf.sequence_mask([1, 2], 2.5),
        "both floats": tf.sequence_mask([0.5, 2.0], 2.5),
        "no maxlen": tf.sequence_mask([0.5, 2.0]),
        "complex": tf.sequence_mask(tf.constant([1 + 2j]), 3),
        "bool maxlen": raises(lambda: tf.sequence_mask([1], True)),
        "uint8 maxlen": raises(lambda: tf.sequence_mask([1], tf.constant(3, tf.uint8))),
    }


@script("a list and a Variable of another dtype")
def _(tf):
    x, matrix = tf.Variable([1.0, 2.0, 3.0], dtype=tf.float64), tf.Variable([[2.0]], dtype=tf.float64)
    return {
        "cross": raises(lambda: tf.linalg.cross([1.0, 2.0, 3.0], x)),
        "cross, Variable first": tf.linalg.cross(x, [1.0, 2.0, 3.0]),
        "solve": raises(lambda: tf.linalg.solve([[1.0]], matrix)),
        "solve, Variable first": tf.linalg.solve(matrix, [[1.0]]),
        "set_diag": raises(lambda: tf.linalg.set_diag([[1.0]], tf.Variable([1.0], dtype=tf.float64))),
        "unravel_index": raises(lambda: tf.unravel_index([1], tf.Variable([2], dtype=tf.int64))),
        "split axis": raises(lambda: tf.split([[1, 2]], 1, tf.Variable(0, dtype=tf.int64))),
        "split axis, Tensor": raises(lambda: tf.split(tf.constant([[1, 2]]), 1, tf.constant(0, tf.int64))),
        "one_hot depth": raises(lambda: tf.one_hot([1], tf.constant(2, tf.int64))),
        "one_hot depth, Tensor": raises(lambda: tf.one_hot(tf.constant([1]), tf.constant(2, tf.int64))),
        "repeat": tf.repeat([1.0, 2.0], [-1, 2]),
    }
