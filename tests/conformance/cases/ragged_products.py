"""Products, running sums, counts, joined strings and assertions of RaggedTensors, with gradients."""

from conformance_kit import raises, script


def _tensors(tf):
    constant = tf.ragged.constant
    return {
        "rows": constant([[1.0, 2.0], [], [3.0]]),
        "deep": constant([[[1.0, 2.0], [3.0]], [], [[4.0, 5.0, 6.0]]]),
        "ints": constant([[3, 1], [], [2]]),
        "uniform": tf.RaggedTensor.from_uniform_row_length([1.0, 2.0, 3.0, 4.0], 2),
        "pairs": constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]]], ragged_rank=1),
    }


def _with_gradients(tf, function, *inputs):
    """The result, and the gradients of its values for different cotangents."""
    with tf.GradientTape() as tape:
        for x in inputs:
            tape.watch(x)
        y = function(*inputs)
        flat = y.flat_values if isinstance(y, tf.RaggedTensor) else y
        weights = tf.reshape(tf.range(1, tf.size(flat) + 1), tf.shape(flat))
        total = flat * tf.cast(weights, flat.dtype)
    return [y, *tape.gradient(total, inputs)]


@script("cumsum")
def _(tf):
    found = {}
    for name, x in _tensors(tf).items():
        for axis in range(x.shape.rank):
            for exclusive in (False, True):
                for reverse in (False, True):

                    def function(x, axis=axis, exclusive=exclusive, reverse=reverse):
                        return tf.cumsum(x, axis, exclusive, reverse)

                    key = f"{name}, {axis}, {exclusive}, {reverse}"
                    if name != "ints":
                        found[key] = _with_gradients(tf, function, x)
                    else:
                        found[key] = function(x)
    x = _tensors(tf)["rows"]
    found["refused"] = [raises(lambda axis=axis: tf.cumsum(x, axis=axis)) for axis in (None, 2, -3)]
    found["strings"] = raises(lambda: tf.cumsum(tf.ragged.constant([["a"]]), 1))
    return found


@script("matmul")
def _(tf):
    constant = tf.ragged.constant
    pairs, uniform = _tensors(tf)["pairs"], _tensors(tf)["uniform"]
    dense = tf.reshape(tf.range(12.0), [2, 2, 3])
    left = constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]]])
    right = constant([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[7.0, 8.0]]])
    matrix = tf.constant([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]])

    def of(a, b, **kwargs):
        return _with_gradients(tf, lambda x, y: tf.matmul(x, y, **kwargs), a, b)

    return {
        "ragged, dense": of(pairs, dense),
        "both": of(left, right),
        "transposed b": of(pairs, pairs, transpose_b=True),
        "transposed a": of(pairs, pairs, transpose_a=True),
        "adjoint b": of(pairs, pairs, adjoint_b=True),
        "uniform": of(uniform, matrix),
        "refused": [
            raises(lambda a=a, b=b: tf.matmul(a, b))
            for a, b in (
                (left, left),
                (pairs, matrix),
                (tf.constant([[1.0, 2.0]]), pairs),
                (constant([[1.0, 2.0], [3.0]]), matrix),
                (constant([[[1.0, 2.0], [3.0]], []]), pairs),
                (pairs, tf.constant([[1], [2]])),
            )
        ],
        "sparse": raises(lambda: tf.matmul(pairs, dense, a_is_sparse=True)),
    }


@script("bincount")
def _(tf):
    ints, weights = _tensors(tf)["ints"], _tensors(tf)["rows"]
    ways = [
        {},
        {"axis": 0},
        {"axis": -1},
        {"axis": -1, "minlength": 5},
        {"axis": -1, "maxlength": 2},
        {"axis": -1, "binary_output": True},
        {"minlength": 6},
        {"weights": weights},
        {"weights": weights, "axis": -1},
    ]
    found = {}
    for way in ways:
        sparse = tf.sparse.bincount(ints, **way)
        found[f"{[*way.items()][-1:]}, {len(way)}"] = [
            tf.math.bincount(ints, **way),
            sparse.indices,
            sparse.values,
            sparse.dense_shape,
        ]
    found["floats"] = tf.math.bincount(weights, axis=-1)
    found["float counts"] = tf.math.bincount(ints, axis=-1, dtype=tf.float32)
    found["int64"] = tf.math.bincount(tf.ragged.constant([[1], [2, 1]], dtype=tf.int64), axis=-1)
    found["deep"] = tf.math.bincount(tf.ragged.constant([[[1], [2]]]))
    other = tf.ragged.constant([[1.0], [2.0], [3.0]])
    for count in (tf.math.bincount, tf.sparse.bincount):
        found[f"refused by {count is tf.math.bincount}"] = [
            raises(lambda count=count: count(ints, axis=1)),
            raises(lambda count=count: count(ints, weights=other, axis=-1)),
            raises(lambda count=count: count(ints, weights=tf.constant([1.0]), axis=-1)),
            raises(lambda count=count: count(tf.ragged.constant([[-1], [2]]), axis=-1)),
            raises(lambda count=count: count(tf.ragged.constant([[[1], [2]]]), axis=-1)),
        ]
    return found


@script("strings.reduce_join")
def _(tf):
    found = {}
    strings = {
        "rows": tf.ragged.constant([["a", "b"], [], ["c"]]),
        "deep": tf.ragged.constant([[["a", "b"], []], [], [["c"], ["d", "e"]]]),
    }
    for name, x in strings.items():
        for axis in (0, 1, -1, [], [-1], *([2, [0, 1], [1, 0]] if name == "deep" else [])):
            for keepdims in (False, True):
                found[f"{name}, {axis}, {keepdims}"] = tf.strings.reduce_join(
                    x, axis=axis, keepdims=keepdims, separator="-"
                )
        found[f"{name}, all"] = tf.strings.reduce_join(x, keepdims=True)
    found["beyond"] = raises(lambda: tf.strings.reduce_join(strings["rows"], axis=2))
    found["numbers"] = raises(lambda: tf.strings.reduce_join(_tensors(tf)["rows"], axis=1))
    return found


@script("assertions")
def _(tf):
    rows = _tensors(tf)["rows"]
    others = {
        "itself": rows,
        "more": rows + 1.0,
        "number": 0.0,
        "other rows": tf.ragged.constant([[1.0], [2.0], [3.0]]),
        "column": tf.constant([[1.0], [2.0], [3.0]]),
    }
    kinds = ("equal", "greater", "less", "greater_equal", "less_equal", "near", "none_equal")
    found = {}
    for kind in kinds:
        function = getattr(tf.debugging, f"assert_{kind}")
        for name, other in others.items():
            found[f"{kind}, {name}"] = raises(lambda f=function, other=other: f(rows, other, message="m"))
        found[f"{kind}, first"] = raises(lambda f=function: f(0.0, rows))
    found["type"] = raises(lambda: tf.debugging.assert_type(rows, tf.int32))
    tf.debugging.assert_type(rows, tf.float32)
    return found
