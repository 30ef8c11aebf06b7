"""x[...]: every form of index that TensorFlow takes, its gradient, and what it refuses."""

import numpy as np
from conformance_kit import ALL, COMPLEX, FLOATS, INTS, A, I, V, case, raises, script

FORMS = {
    "0": lambda tf: 0,
    "-1": lambda tf: -1,
    "1, 2": lambda tf: (1, 2),
    "1, -2, 0": lambda tf: (1, -2, 0),
    ":": lambda tf: slice(None),
    "1:": lambda tf: slice(1, None),
    ":-1": lambda tf: slice(None, -1),
    "::2": lambda tf: slice(None, None, 2),
    "::-1": lambda tf: slice(None, None, -1),
    "1::-1": lambda tf: slice(1, None, -1),
    ":0:-1": lambda tf: slice(None, 0, -1),
    "-2:": lambda tf: slice(-2, None),
    "5:": lambda tf: slice(5, None),
    "1:1": lambda tf: slice(1, 1),
    "2:1": lambda tf: slice(2, 1),
    ":99": lambda tf: slice(None, 99),
    "-99:": lambda tf: slice(-99, None),
    ":, 1": lambda tf: (slice(None), 1),
    ":, 1:, ::-2": lambda tf: (slice(None), slice(1, None), slice(None, None, -2)),
    "::-1, ::-1, ::-1": lambda tf: (slice(None, None, -1),) * 3,
    "...": lambda tf: ...,
    "..., 0": lambda tf: (..., 0),
    "0, ...": lambda tf: (0, ...),
    "0, ..., 1:": lambda tf: (0, ..., slice(1, None)),
    "..., newaxis": lambda tf: (..., tf.newaxis),
    "newaxis": lambda tf: tf.newaxis,
    "None, 0": lambda tf: (None, 0),
    ":, newaxis, 1, newaxis": lambda tf: (slice(None), tf.newaxis, 1, tf.newaxis),
    "newaxis, ..., newaxis, 0": lambda tf: (tf.newaxis, ..., tf.newaxis, 0),
    "newaxis, newaxis": lambda tf: (tf.newaxis, tf.newaxis),
    "0, newaxis, ..., ::-1": lambda tf: (0, tf.newaxis, ..., slice(None, None, -1)),
    "()": lambda tf: (),
    "scalar tensor": lambda tf: tf.constant(1),
    "int64 scalar tensor": lambda tf: tf.constant(1, tf.int64),
    "int16 scalar tensor": lambda tf: tf.constant(1, tf.int16),
    "scalar tensors": lambda tf: (tf.constant(1), tf.constant(-1)),
    "tensor in a slice": lambda tf: slice(tf.constant(1), tf.constant(2)),
    "tensor step": lambda tf: slice(None, None, tf.constant(-1)),
    "variable": lambda tf: tf.Variable(1),
    "numpy int": lambda tf: np.int64(1),
    "numpy int32 in a slice": lambda tf: slice(np.int32(1), None),
    "numpy scalar array": lambda tf: np.array(1),
    "mixed int kinds": lambda tf: (tf.constant(1, tf.int64), 2),
}

for name, index in FORMS.items():
    shape = (2, 3, 4) if name != "newaxis, newaxis" else (2,)
    dtypes = ("float32",) if "tensor" in name or "numpy" in name else ("float32", "float64", "int32")
    case(f"x[{name}]", lambda tf, x, index=index: x[index(tf)], [A("normal", shape)], dtypes=dtypes)
    case(
        f"variable[{name}]",
        lambda tf, x, index=index: x[index(tf)],
        [A("normal", shape, var=True)],
        dtypes=("float32",),
    )

case("x[::-2, 1:] in every dtype", lambda tf, x: x[::-2, 1:], [A("normal", (3, 3))], dtypes=ALL)
case("x[1] of a vector", lambda tf, x: x[1], [A("normal", (3,))], dtypes=(*FLOATS, *COMPLEX, *INTS))
case("x[...] of a scalar", lambda tf, x: (x[...], x[tf.newaxis], x[()]), [A("normal")], dtypes=("float32",))
case(
    "x[:, 0:0]",
    lambda tf, x: x[:, 0:0],
    [A("normal", (2, 3))],
    dtypes=("float32",),
    also={"empty": [A("normal", (0, 3))]},
)
case("overlapping reads", lambda tf, x: x[:2] * x[1:] + x[0] * x[-1], [A("normal", (3,))])
case("an index of an index", lambda tf, x: x[1:][::-1][0], [A("normal", (4, 2))])

# boolean masks
case("boolean_mask", lambda tf, x: tf.boolean_mask(x, [True, False, True]), [A("normal", (3, 2))], dtypes=ALL)
case(
    "boolean_mask 2-D",
    lambda tf, x, m: tf.boolean_mask(x, m),
    [A("normal", (2, 3, 2)), V([[True, False, True], [False, True, True]], "bool")],
    dtypes=("float32", "float64"),
)
case(
    "boolean_mask axis",
    lambda tf, x: tf.boolean_mask(x, [True, False, True], axis=1),
    [A("normal", (2, 3))],
    dtypes=("float32", "float64"),
)
case(
    "boolean_mask of nothing",
    lambda tf, x: tf.boolean_mask(x, [False, False]),
    [A("normal", (2, 3))],
    dtypes=("float32",),
)

# functions that do the same
case(
    "strided_slice",
    lambda tf, x: tf.strided_slice(x, [0, 1], [2, 3], [1, 1]),
    [A("normal", (3, 4))],
    dtypes=ALL,
)
case(
    "strided_slice back", lambda tf, x: tf.strided_slice(x, [2, -1], [0, 0], [-1, -2]), [A("normal", (3, 4))]
)
case(
    "strided_slice masks",
    lambda tf, x: tf.strided_slice(x, [1, 1, 1], [2, 2, 2], begin_mask=1, end_mask=2, shrink_axis_mask=4),
    [A("normal", (3, 4, 2))],
)
case(
    "strided_slice new axis, ellipsis",
    lambda tf, x: tf.strided_slice(x, [0, 0, 0], [0, 0, 1], ellipsis_mask=1, new_axis_mask=2),
    [A("normal", (3, 4))],
)
case("slice", lambda tf, x: tf.slice(x, [1, 0], [2, 3]), [A("normal", (3, 4))], dtypes=ALL)
case("slice to the end", lambda tf, x: tf.slice(x, [1, 2], [-1, -1]), [A("normal", (3, 4))])
case(
    "gather with a tensor", lambda tf, x, i: tf.gather(x, i), [A("normal", (3, 2)), I((2, 2), 3)], dtypes=ALL
)


@script("indices that TensorFlow refuses")
def _(tf):
    x = tf.reshape(tf.range(24.0), [2, 3, 4])
    s, v = tf.constant(1.0), tf.constant([1.0, 2.0, 3.0])
    indices = {
        "list": lambda: x[[0, 1]],
        "list in a tuple": lambda: x[0, [0, 1]],
        "numpy vector": lambda: x[np.array([0, 1])],
        "vector tensor": lambda: x[tf.constant([0, 1])],
        "bool": lambda: x[True],
        "bool list": lambda: x[[True, False]],
        "bool mask tensor": lambda: v[v > 1.5],
        "bool mask numpy": lambda: v[np.array([True, False, True])],
        "full bool mask": lambda: x[x > 5.0],
        "mask after a slice": lambda: x[:, x[0, :, 0] > 1.0],
        "float": lambda: x[0.5],
        "whole float": lambda: x[1.0],
        "float tensor": lambda: x[tf.constant(1.0)],
        "uint8 tensor": lambda: x[tf.constant(1, tf.uint8)],
        "str": lambda: x["a"],
        "object": lambda: x[object()],
        "dict": lambda: x[{}],
        "out of range": lambda: x[2],
        "negative out of range": lambda: x[-3],
        "too many": lambda: x[0, 0, 0, 0],
        "too many slices": lambda: x[:, :, :, :],
        "two ellipses": lambda: x[..., ...],
        "step 0": lambda: x[::0],
        "slice of a float": lambda: x[0.5:],
        "scalar": lambda: s[0],
        "scalar slice": lambda: s[:],
        "empty": lambda: tf.zeros([0])[0],
        "None tensor": lambda: x[None, None, 5],
    }
    return {k: raises(f) for k, f in indices.items()}


@script("boolean_mask: bad input")
def _(tf):
    x = tf.ones([3, 2])
    calls = {
        "too long": lambda: tf.boolean_mask(x, [True] * 4),
        "scalar": lambda: tf.boolean_mask(x, True),
        "numbers": lambda: tf.boolean_mask(x, [1, 0, 1]),
        "other shape": lambda: tf.boolean_mask(x, [[True, False, True]]),
        "too many dimensions": lambda: tf.boolean_mask(x[:, 0], tf.ones([3, 2], tf.bool)),
        "axis": lambda: tf.boolean_mask(x, [True] * 3, axis=1),
        "negative axis": lambda: tf.boolean_mask(x, [True, False], axis=-1),
    }
    return {k: raises(f) for k, f in calls.items()}


@script("slice and strided_slice: bad input")
def _(tf):
    x = tf.ones([3, 4])
    calls = {
        "begin too large": lambda: tf.slice(x, [5, 0], [1, 1]),
        "size too large": lambda: tf.slice(x, [0, 0], [9, 1]),
        "negative begin": lambda: tf.slice(x, [-1, 0], [1, 1]),
        "negative size": lambda: tf.slice(x, [0, 0], [-2, 1]),
        "wrong length": lambda: tf.slice(x, [0], [1]),
        "floats": lambda: tf.slice(x, [0.0, 0.0], [1.0, 1.0]),
        "strided wrong length": lambda: tf.strided_slice(x, [0], [1, 1]),
        "strided step 0": lambda: tf.strided_slice(x, [0], [1], [0]),
        "two ellipses": lambda: tf.strided_slice(x, [0, 0], [1, 1], ellipsis_mask=3),
    }
    return {k: raises(f) for k, f in calls.items()}
