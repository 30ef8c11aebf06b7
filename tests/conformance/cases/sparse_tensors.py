"""SparseTensors: making them, their form, operators, what of `tf` takes them, and as values of programs."""

import numpy as np
from conformance_kit import raises, script


def sp(tf, values=(1.0, 2.0)):
    return tf.sparse.SparseTensor([[0, 1], [1, 0]], tf.constant(values), [2, 3])


def parts(x):
    return [x.indices, x.values, x.dense_shape]


def _kinds(tf):
    none = np.zeros((0, 2), np.int64)
    return {
        "ordered": sp(tf),
        "unordered": tf.SparseTensor([[1, 0], [0, 1]], [1.0, 2.0], [2, 3]),
        "repeated": tf.SparseTensor([[0, 1], [0, 1], [1, 0]], [1.0, 2.0, 3.0], [2, 3]),
        "beyond": tf.SparseTensor([[0, 1], [5, 0]], [1.0, 2.0], [2, 3]),
        "negative": tf.SparseTensor([[-1, 1], [1, 0]], [1.0, 2.0], [2, 3]),
        "empty": tf.SparseTensor(none, np.zeros([0], np.float32), [2, 3]),
        "int": sp(tf, (1, 2)),
        "string": sp(tf, ("a", "b")),
        "bool": sp(tf, (True, False)),
        "complex": sp(tf, (1 + 1j, 2 - 1j)),
        "dense": tf.constant([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]]),
        "number": 1.0,
    }


def _shown(tf, value):
    if isinstance(value, tf.SparseTensor):
        return parts(value)
    if isinstance(value, (list, tuple)):
        return [_shown(tf, item) for item in value]
    return value


def each(name, function):
    @script(name)
    def _(tf):
        found = {}
        for kind, x in _kinds(tf).items():
            try:
                found[kind] = _shown(tf, function(tf, x))
            except Exception as error:
                found[kind] = type(error).__name__
        return found


each("to_dense", lambda tf, x: tf.sparse.to_dense(x))
each("to_dense unchecked", lambda tf, x: tf.sparse.to_dense(x, validate_indices=False))
each("reorder", lambda tf, x: tf.sparse.reorder(x))
each("reduce_sum", lambda tf, x: tf.sparse.reduce_sum(x))
each("reduce_sum axis 0", lambda tf, x: tf.sparse.reduce_sum(x, axis=0))
each("reduce_max axis 0", lambda tf, x: tf.sparse.reduce_max(x, axis=0))
each("reduce_sum sparse", lambda tf, x: tf.sparse.reduce_sum(x, axis=-1, output_is_sparse=True))
each("softmax", lambda tf, x: tf.sparse.softmax(x))
each("transpose", lambda tf, x: tf.sparse.transpose(x))
each("reshape", lambda tf, x: tf.sparse.reshape(x, [3, -1]))
each("retain", lambda tf, x: tf.sparse.retain(x, [True, False]))
each("slice", lambda tf, x: tf.sparse.slice(x, [0, 0], [1, 2]))
each("split", lambda tf, x: tf.sparse.split(x, 2, axis=1))
each("expand_dims", lambda tf, x: tf.sparse.expand_dims(x))
each("fill_empty_rows", lambda tf, x: tf.sparse.fill_empty_rows(x, 7.0))
each("to_indicator", lambda tf, x: tf.sparse.to_indicator(x, 4))
each("reset_shape", lambda tf, x: tf.sparse.reset_shape(x))
each("concat", lambda tf, x: tf.sparse.concat(1, [x, x]))
each("concat with floats", lambda tf, x: tf.sparse.concat(0, [sp(tf), x]))
each("add to itself", lambda tf, x: tf.sparse.add(x, x))
each("add to floats", lambda tf, x: tf.sparse.add(sp(tf), x))
each("maximum", lambda tf, x: tf.sparse.maximum(sp(tf), x))
each("minimum", lambda tf, x: tf.sparse.minimum(sp(tf), x))
each("from_dense", lambda tf, x: tf.sparse.from_dense(x))
each("cast", lambda tf, x: tf.cast(x, tf.int64))
for _name in (
    "abs",
    "negative",
    "sign",
    "square",
    "sqrt",
    "sin",
    "tan",
    "tanh",
    "asin",
    "atan",
    "asinh",
    "atanh",
):
    each(f"math.{_name}", lambda tf, x, name=_name: getattr(tf.math, name)(x))
for _name in ("exp", "cos", "sinh", "rsqrt", "round", "zeros_like", "reduce_sum", "convert_to_tensor"):
    each(
        f"not of sparse: {_name}",
        lambda tf, x, name=_name: getattr(tf, name, getattr(tf.math, name, None))(x),
    )
each("shape, size, rank", lambda tf, x: [tf.shape(x), tf.size(x), tf.rank(x), tf.is_tensor(x)])
each("bincount", lambda tf, x: tf.sparse.bincount(x, axis=-1))
each("times a row", lambda tf, x: x * tf.constant([2.0, 3.0, 4.0]))
each("a column times it", lambda tf, x: tf.constant([[2.0], [3.0]]) * x)
each("by a scalar", lambda tf, x: x / 2)
each("map_values", lambda tf, x: tf.sparse.map_values(tf.add, x, x))


@script("making SparseTensors")
def _(tf):
    make = tf.sparse.SparseTensor
    none = np.zeros((0, 2), np.int64)
    good = [
        make([[0, 1]], [1], [2, 3]),
        make(np.array([[0, 1]], np.int32), [1.0], np.array([2, 3], np.int32)),
        make(none, [], [2, 2]),
        make([[0, 0]], tf.Variable([1.0]), tf.TensorShape([2, 2])),
        sp(tf).with_values([3, 4]),
    ]
    bad = [
        lambda: make(tf.constant([[0, 1]]), [1], [2, 3]),
        lambda: make([[0, 1]], [1], tf.constant([2, 3])),
        lambda: make([[0.0, 1]], [1], [2, 3]),
        lambda: make([[1, 0], [0, 1]], [1], [2, 3]),
        lambda: make([[1, 0], [0, 1]], [1, 2], [2, 3, 4]),
        lambda: make([1, 0], [1, 2], [2]),
        lambda: make([[1, 0]], [[1]], [2, 2]),
        lambda: make([[1, 0]], [1], [-2, 2]),
        lambda: make([], [], [2, 2]),
        lambda: make(None, [1.0], [2, 2]),
        lambda: make([[0, 0]], [1.0], [None, 2]),
        lambda: sp(tf).with_values([3, 4, 5]),
        lambda: make.from_value(1),
        lambda: len(sp(tf)),
        lambda: list(sp(tf)),
        lambda: sp(tf)[0],
        lambda: sp(tf) + 1.0,
        lambda: sp(tf) + sp(tf),
        lambda: -sp(tf),
        lambda: 2.0 * sp(tf),
        lambda: sp(tf) * sp(tf),
        lambda: sp(tf) * tf.ones([2, 2, 3]),
        lambda: sp(tf) * tf.ones([3, 2]),
        lambda: sp(tf) * tf.ones([2, 3], tf.float64),
        lambda: sp(tf, (1, 2)) * 2.0,
        lambda: sp(tf).set_shape([2, 2]),
    ]
    return {
        "good": [parts(x) for x in good],
        "bad": [raises(f) for f in bad],
        "form": [sp(tf).shape, sp(tf).get_shape(), sp(tf).dtype, repr(sp(tf)), str(sp(tf))],
        "bool": [bool(sp(tf)), sp(tf) == 0],
    }


@script("specs and structures")
def _(tf):
    x = sp(tf)
    spec, wide = tf.type_spec_from_value(x), tf.SparseTensorSpec([None, 3])
    flat = tf.nest.flatten(x, expand_composites=True)
    with_spec = tf.function(lambda s: s * 2.0, input_signature=[wide])
    return {
        "reprs": [repr(spec), repr(wide), repr(tf.SparseTensorSpec())],
        "parts": [repr(one) for one in tf.nest.flatten(wide, expand_composites=True)],
        "compatible": [wide.is_compatible_with(x), wide.is_compatible_with(1), spec.is_subtype_of(wide)],
        "common": repr(spec.most_specific_common_supertype([tf.SparseTensorSpec([4, 3])])),
        "from_value": [
            repr(tf.SparseTensorSpec.from_value(x)),
            raises(lambda: tf.SparseTensorSpec.from_value(3.0)),
        ],
        "flat": flat,
        "packed": parts(tf.nest.pack_sequence_as(spec, flat, expand_composites=True)),
        "other shape": raises(lambda: tf.nest.map_structure(lambda t: t + t, x, expand_composites=True)),
        "function": parts(with_spec(x)),
        "refused": [
            raises(lambda: with_spec(tf.SparseTensor([[0]], [1.0], [3]))),
            raises(lambda: with_spec(tf.constant(1.0))),
            raises(lambda: with_spec(sp(tf, (1, 2)))),
        ],
        "cond": parts(tf.cond(tf.constant(True), lambda: x * 2.0, lambda: x * 3.0)),
        "while": parts(tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, s * 2.0), (0, x))[1]),
        "map_fn": tf.map_fn(lambda s: tf.sparse.reduce_sum(s), x, fn_output_signature=tf.float32),
        "map_fn to sparse": parts(tf.map_fn(lambda s: s * 2.0, x)),
        "map_fn of dense": parts(
            tf.map_fn(
                lambda v: tf.sparse.from_dense(tf.stack([v, v])),
                tf.constant([1.0, 2.0]),
                fn_output_signature=tf.SparseTensorSpec([2], tf.float32),
            )
        ),
        "identity": parts(tf.identity(x)),
    }


@script("SparseTensors on tapes")
def _(tf):
    x = sp(tf)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.sparse.reduce_sum(x * tf.fill([2, 3], 2.0))
        z = x * tf.fill([2, 3], 3.0)
    return {
        "source": raises(lambda: tape.gradient(y, x)),
        "among sources": raises(lambda: tape.gradient(y, [x, x.values])),
        "target": raises(lambda: tape.gradient(z, x.values)),
        "values": tape.gradient(y, x.values),
        "values of a target": tape.gradient(z.values, x.values),
    }
