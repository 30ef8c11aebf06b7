"""Gradients with respect to the values of SparseTensors, and of what is dense beside them."""

import numpy as np
from conformance_kit import A, case, raises, script

COMPLEX = ("complex64", "complex128")
FLOATS = ("float32", "float64")
PLACES, SIZE = [[0, 1], [1, 0], [1, 2]], [2, 3]
OTHERS = [[0, 0], [0, 1], [1, 2]]
V, D = A("normal", (3,)), A("normal", (2, 3))


def sp(tf, values, places=PLACES):
    return tf.SparseTensor(places, values, SIZE)


case("to_dense", lambda tf, v: tf.sparse.to_dense(sp(tf, v)), inputs=[V], dtypes=FLOATS + COMPLEX)
case(
    "to_dense, default",
    lambda tf, v, d: tf.sparse.to_dense(sp(tf, v), d),
    inputs=[V, A("normal", ())],
    dtypes=FLOATS,
)
case("reduce_sum", lambda tf, v: tf.sparse.reduce_sum(sp(tf, v)), inputs=[V], dtypes=FLOATS + COMPLEX)
case("reduce_sum 0", lambda tf, v: tf.sparse.reduce_sum(sp(tf, v), 0), inputs=[V], dtypes=FLOATS)
case("reduce_sum -1", lambda tf, v: tf.sparse.reduce_sum(sp(tf, v), -1, True), inputs=[V], dtypes=FLOATS)
case("reorder", lambda tf, v: tf.sparse.reorder(sp(tf, v, PLACES[::-1])).values, inputs=[V], dtypes=FLOATS)
case("transpose", lambda tf, v: tf.sparse.transpose(sp(tf, v)).values, inputs=[V], dtypes=FLOATS)
case("reshape", lambda tf, v: tf.sparse.reshape(sp(tf, v), [6]).values, inputs=[V], dtypes=FLOATS)
case(
    "retain", lambda tf, v: tf.sparse.retain(sp(tf, v), [True, False, True]).values, inputs=[V], dtypes=FLOATS
)
case("times", lambda tf, v, d: (sp(tf, v) * d).values, inputs=[V, D], dtypes=FLOATS)
case("times a row", lambda tf, v, d: (sp(tf, v) * d).values, inputs=[V, A("normal", (1, 3))], dtypes=FLOATS)
case("by", lambda tf, v, d: (sp(tf, v) / d).values, inputs=[V, A("positive", (2, 3))], dtypes=FLOATS)
case("by a column", lambda tf, v, d: (sp(tf, v) / d).values, inputs=[V, A("positive", (2, 1))], dtypes=FLOATS)
case("plus dense", lambda tf, v, d: tf.sparse.add(sp(tf, v), d), inputs=[V, D], dtypes=FLOATS + COMPLEX)
case(
    "plus sparse",
    lambda tf, v, w: tf.sparse.add(sp(tf, v), sp(tf, w, OTHERS)).values,
    inputs=[V, V],
    dtypes=FLOATS,
)
for _a in (False, True):
    for _b in (False, True):
        case(
            f"matmul, adjoint_a={_a}, adjoint_b={_b}",
            lambda tf, v, b, a=_a, c=_b: tf.sparse.sparse_dense_matmul(
                sp(tf, v), b, adjoint_a=a, adjoint_b=c
            ),
            inputs=[V, A("normal", (2 if _a else 3, 4)[:: -1 if _b else 1])],
            dtypes=FLOATS + COMPLEX,
        )
case(
    "dense matmul sparse",
    lambda tf, v, b: tf.sparse.sparse_dense_matmul(b, sp(tf, v)),
    inputs=[V, A("normal", (4, 2))],
    dtypes=FLOATS,
)
case("map_values", lambda tf, v: tf.sparse.map_values(tf.sin, sp(tf, v)).values, inputs=[V], dtypes=FLOATS)
case("math.tanh", lambda tf, v: tf.tanh(sp(tf, v)).values, inputs=[V], dtypes=FLOATS)
case("from_dense", lambda tf, d: tf.sparse.from_dense(d).values, inputs=[D], dtypes=FLOATS)
case("concat", lambda tf, v: tf.sparse.concat(0, [sp(tf, v), sp(tf, v)]).values, inputs=[V], dtypes=FLOATS)
case(
    "sampled_addmm",
    lambda tf, v, a, b: tf.sparse.sampled_addmm(PLACES, v, SIZE, a, b, 0.5, 2.0, output_type=v.dtype)[1],
    inputs=[V, A("normal", (2, 4)), A("normal", (4, 3))],
    dtypes=FLOATS,
)


@script("first order, where TensorFlow has no second one")
def _(tf):
    v, d = tf.constant([0.5, -1.0, 2.0]), tf.constant(3.0)
    weights = tf.constant([1.0, 2.0, 3.0])
    filled = tf.SparseTensor([[1, 2], [3, 1], [3, 2]], v, [5, 4])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([v, d])
        softmax = tf.sparse.softmax(sp(tf, v)).values * weights
        part = tf.sparse.slice(sp(tf, v), [0, 1], [2, 2]).values * weights[:2]
        filled = tf.sparse.fill_empty_rows(tf.SparseTensor([[1, 2], [3, 1], [3, 2]], v, [5, 4]), d)[0]
        rows = filled.values * filled.values
        cut = tf.sparse.add(sp(tf, v), sp(tf, v, OTHERS), threshold=1.0).values
    return {
        "softmax": tape.gradient(softmax, v),
        "slice": tape.gradient(part, v),
        "fill_empty_rows": tape.gradient(rows, [v, d]),
        "threshold": [cut, tape.gradient(cut, v)],
    }


@script("no gradients")
def _(tf):
    v = tf.constant([0.5, -1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(v)
        found = {
            "reduce_max": tf.sparse.reduce_max(sp(tf, v), 0),
            "reduce_sum sparse": tf.sparse.reduce_sum(sp(tf, v), 0, output_is_sparse=True).values,
            "split": tf.sparse.split(sp(tf, v), 3, axis=1)[0].values,
            "bincount": tf.sparse.bincount([1, 1, 2], weights=v).values,
        }
    return {key: raises(lambda y=y: tape.gradient(y, v)) for key, y in found.items()}


@script("arguments and their errors")
def _(tf):
    s, x, i64 = tf.sparse, sp(tf, [1.0, 2.0, 3.0]), tf.int64
    cube = s.expand_dims(x, 0)
    slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0]]), tf.constant([0, 1, 4]), tf.constant([6, 1]))
    counted = sp(tf, [1, 2, 2])
    good = {
        "eye": s.to_dense(s.eye(2, 3, tf.int32)),
        "default": s.to_dense(x, 9),
        "keepdims": s.reduce_sum(x, axis=[0, 1], keepdims=True),
        "no axes": s.reduce_sum(x, axis=[]),
        "max of all": s.reduce_max(x),
        "perm": s.transpose(x, [0, 1]).values,
        "cut": s.slice(x, [1, 0], [5, 5]).dense_shape,
        "more": s.reset_shape(x, [3, 4]).dense_shape,
        "threshold": s.add(x, x, threshold=3.0).indices,
        "expanded": s.concat(1, [x, s.eye(3)], expand_nonconcat_dims=True).dense_shape,
        "mask": [s.mask(slices, [1]).indices, s.mask(slices, [1]).values],
        "counts": s.bincount(counted, axis=-1).values,
        "counts in all": s.bincount(counted, axis=0).values,
        "weights": s.bincount(counted, weights=x, axis=-1).values,
        "lengths": s.bincount([1, 1, 2], minlength=7).dense_shape,
        "at most": s.bincount([1, 1, 2], maxlength=2).values,
        "once": s.bincount([1, 1, 2], binary_output=True).values,
    }
    bad = [
        lambda: s.to_dense(x, [9.0]),
        lambda: s.reduce_sum(x, axis=5),
        lambda: s.transpose(x, [0]),
        lambda: s.transpose(x, [0, 2]),
        lambda: s.reshape(x, [4]),
        lambda: s.reshape(x, [-1, -1]),
        lambda: s.reshape(x, [-1, 5]),
        lambda: s.retain(x, [[True, False, True]]),
        lambda: s.slice(x, [1], [5]),
        lambda: s.slice(x, [1, 0], [-1, -1]),
        lambda: s.split(x, 0, axis=1),
        lambda: s.split(x, 5, axis=1),
        lambda: s.split(x, 1, axis=4),
        lambda: s.split(x, 2),
        lambda: s.expand_dims(x, 3),
        lambda: s.expand_dims(x, [1]),
        lambda: s.fill_empty_rows(x, [7.0]),
        lambda: s.to_indicator(counted, 2),
        lambda: s.reset_shape(x, [1, 4]),
        lambda: s.reset_shape(x, [3]),
        lambda: s.softmax(tf.SparseTensor([[0]], [1.0], [3])),
        lambda: s.sparse_dense_matmul(x, tf.ones([2, 3])),
        lambda: s.sparse_dense_matmul(x, [1.0, 2.0, 3.0]),
        lambda: s.sparse_dense_matmul(x, tf.ones([3, 2], tf.float64)),
        lambda: s.sparse_dense_matmul(cube, tf.ones([3, 2])),
        lambda: s.sparse_dense_matmul(tf.ones([2, 2]), tf.ones([2, 2])),
        lambda: s.add(tf.ones([2, 3]), tf.ones([2, 3])),
        lambda: s.add(x, s.transpose(x)),
        lambda: s.add(x, cube),
        lambda: s.add(x, [1.0, 2.0, 3.0]),
        lambda: s.maximum(x, s.transpose(x)),
        lambda: s.concat(0, []),
        lambda: s.concat(2, [x, x]),
        lambda: s.concat(0, [x, cube]),
        lambda: s.concat(0, x),
        lambda: s.concat(1, [x, s.eye(3)]),
        lambda: s.from_dense(3.0),
        lambda: s.eye(-1),
        lambda: s.eye(2.0),
        lambda: s.mask(slices, tf.constant([1], i64)),
        lambda: s.map_values(tf.add, 1.0, 2.0),
        lambda: s.map_values(tf.add, x, sp(tf, [1.0, 2.0, 3.0], OTHERS)),
        lambda: s.map_values(lambda v: v[0], x),
        lambda: s.bincount([-1]),
        lambda: s.bincount([[1]], axis=1),
        lambda: s.bincount([1.0]),
        lambda: s.bincount(counted, weights=[1.0, 2.0, 3.0], axis=-1),
        lambda: s.bincount([1], weights=[1.0], binary_output=True),
        lambda: s.bincount([1, 2], weights=[1.0]),
    ]
    return {"good": good, "bad": [raises(f) for f in bad]}


@script("raw ops")
def _(tf):
    raw, v = tf.raw_ops, tf.constant([1.0, 2.0, 3.0])
    i, s = tf.constant(PLACES, tf.int64), tf.constant(SIZE, tf.int64)
    none = tf.constant([], tf.float32)
    return {
        "cwise": raw.SparseDenseCwiseAdd(sp_indices=i, sp_values=v, sp_shape=s, dense=tf.ones([1, 3])),
        "add_grad": list(
            raw.SparseAddGrad(backprop_val_grad=v, a_indices=i, b_indices=OTHERS, sum_indices=i)
        ),
        "to_dense": [
            raw.SparseToDense(
                sparse_indices=[1, 2], output_shape=[4], sparse_values=[1.0, 2.0], default_value=0.5
            ),
            raw.SparseToDense(sparse_indices=2, output_shape=[4], sparse_values=5, default_value=0),
        ],
        "concat": list(raw.SparseConcat(indices=[i, i], values=[v, v], shapes=[s, s], concat_dim=1)),
        "split": [list(x) for x in raw.SparseSplit(split_dim=1, indices=i, values=v, shape=s, num_split=2)],
        "fill": list(raw.SparseFillEmptyRows(indices=i, values=v, dense_shape=[3, 3], default_value=1.0)),
        "fill_grad": list(raw.SparseFillEmptyRowsGrad(reverse_index_map=[0, 2], grad_values=v)),
        "slice_grad": raw.SparseSliceGrad(
            backprop_val_grad=[5.0], input_indices=i, input_start=[1, 0], output_indices=[[0, 2]]
        ),
        "bincount": [
            raw.SparseBincount(indices=i, values=[1, 2, 1], dense_shape=s, size=3, weights=none),
            raw.SparseBincount(indices=i, values=[1, 7, 1], dense_shape=s, size=3, weights=v),
            raw.SparseBincount(
                indices=i, values=[1, 1, 1], dense_shape=s, size=3, weights=none, binary_output=True
            ),
            raises(
                lambda: raw.SparseBincount(indices=i, values=[1, 1, 1], dense_shape=s, size=-1, weights=v)
            ),
        ],
        "sum_sparse": list(
            raw.SparseReduceSumSparse(
                input_indices=i, input_values=v, input_shape=s, reduction_axes=[0], keep_dims=True
            )
        ),
        "reshape": list(raw.SparseReshape(input_indices=i, input_shape=s, new_shape=np.array([3, -1]))),
    }
