"""Two operands of every kind: which dtype a Python value, an array or a Variable takes beside another, or the error."""

import operator

import numpy as np
from conformance_kit import raises, script

VALUES = {
    "2.0": lambda tf: 2.0,
    "2": lambda tf: 2,
    "True": lambda tf: True,
    "1j": lambda tf: 1j,
    "[1.0, 2.0]": lambda tf: [1.0, 2.0],
    "[1, 2]": lambda tf: [1, 2],
    "array float64": lambda tf: np.ones(2),
    "array int32": lambda tf: np.array([1, 2], np.int32),
    "np.float64": lambda tf: np.float64(2),
    "np.float32": lambda tf: np.float32(2),
    "np.int64": lambda tf: np.int64(2),
    "None": lambda tf: None,
    "text": lambda tf: "a",
}
TENSORS = {
    "Variable float64": lambda tf: tf.Variable([1.0, 2.0], dtype=tf.float64),
    "Variable float32": lambda tf: tf.Variable([1.0, 2.0]),
    "Variable int32": lambda tf: tf.Variable([1, 2]),
    "Variable float16": lambda tf: tf.Variable([1.0, 2.0], dtype=tf.float16),
    "Variable complex64": lambda tf: tf.Variable([1j, 2.0], dtype=tf.complex64),
    "Tensor float64": lambda tf: tf.constant([1.0, 2.0], tf.float64),
    "Tensor int32": lambda tf: tf.constant([1, 2]),
}
FUNCTIONS = {
    "subtract": lambda tf: tf.subtract,
    "add": lambda tf: tf.add,
    "divide": lambda tf: tf.divide,
    "truediv": lambda tf: tf.truediv,
    "maximum": lambda tf: tf.maximum,
    "less": lambda tf: tf.less,
    "equal": lambda tf: tf.equal,
    "floormod": lambda tf: tf.math.floormod,
    "squared_difference": lambda tf: tf.math.squared_difference,
    "raw_ops.Mul": lambda tf: lambda x, y: tf.raw_ops.Mul(x=x, y=y),
    "where": lambda tf: lambda x, y: tf.where([True, False], x, y),
    "where of a Tensor": lambda tf: lambda x, y: tf.where(tf.constant([True, False]), x, y),
    "concat": lambda tf: lambda x, y: tf.concat([x, y], 0),
    "complex": lambda tf: tf.complex,
    "clip_by_value": lambda tf: lambda x, y: tf.clip_by_value(x, y, y),
    "operator -": lambda tf: operator.sub,
    "operator <": lambda tf: operator.lt,
}


def answer(function, x, y):
    result = raises(lambda: function(x, y))
    return getattr(result, "name", None) if not hasattr(result, "dtype") else result.dtype.name


for name, make in FUNCTIONS.items():

    @script(name)
    def _(tf, make=make):
        tables = [(VALUES, TENSORS), (TENSORS, VALUES), (TENSORS, TENSORS)]
        return {
            f"{first}, {second}": answer(make(tf), x(tf), y(tf))
            for left, right in tables
            for first, x in left.items()
            for second, y in right.items()
        }
