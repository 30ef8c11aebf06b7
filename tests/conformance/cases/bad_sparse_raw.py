"""The Sparse ops by their raw names: integers of other dtypes, indices and shapes that do not fit."""

from cases._programs import programs

DTYPES = (
    "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "complex64", "complex128",
)  # fmt: skip
INDICES, SHAPE = [[0, 1], [1, 0]], [2, 3]
CALLS = {
    "SparseToDense": lambda r, i, v, s: r.SparseToDense(
        sparse_indices=i, output_shape=s, sparse_values=v, default_value=v[0]
    ),
    "SparseReorder": lambda r, i, v, s: r.SparseReorder(input_indices=i, input_values=v, input_shape=s),
    "SparseReshape": lambda r, i, v, s: r.SparseReshape(input_indices=i, input_shape=s, new_shape=s),
    "SparseAdd": lambda r, i, v, s: r.SparseAdd(
        a_indices=i, a_values=v, a_shape=s, b_indices=i, b_values=v, b_shape=s, thresh=v[0]
    ),
    "SparseConcat": lambda r, i, v, s: r.SparseConcat(
        indices=[i, i], values=[v, v], shapes=[s, s], concat_dim=0
    ),
    "SparseDenseCwiseMul": lambda r, i, v, s: r.SparseDenseCwiseMul(
        sp_indices=i, sp_values=v, sp_shape=s, dense=v[0]
    ),
    "SparseDenseCwiseAdd": lambda r, i, v, s: r.SparseDenseCwiseAdd(
        sp_indices=i, sp_values=v, sp_shape=s, dense=v[0]
    ),
    "SparseReduceSum": lambda r, i, v, s: r.SparseReduceSum(
        input_indices=i, input_values=v, input_shape=s, reduction_axes=[0]
    ),
    "SparseReduceMax": lambda r, i, v, s: r.SparseReduceMax(
        input_indices=i, input_values=v, input_shape=s, reduction_axes=[0]
    ),
    "SparseReduceSumSparse": lambda r, i, v, s: r.SparseReduceSumSparse(
        input_indices=i, input_values=v, input_shape=s, reduction_axes=[0]
    ),
    "SparseSoftmax": lambda r, i, v, s: r.SparseSoftmax(sp_indices=i, sp_values=v, sp_shape=s),
    "SparseSlice": lambda r, i, v, s: r.SparseSlice(indices=i, values=v, shape=s, start=s, size=s),
    "SparseSplit": lambda r, i, v, s: r.SparseSplit(
        split_dim=s[0] * 0, indices=i, values=v, shape=s, num_split=2
    ),
    "SparseFillEmptyRows": lambda r, i, v, s: r.SparseFillEmptyRows(
        indices=i, values=v, dense_shape=s, default_value=v[0]
    ),
    "SparseFillEmptyRowsGrad": lambda r, i, v, s: r.SparseFillEmptyRowsGrad(
        reverse_index_map=s * 0, grad_values=v
    ),
    "SparseTensorDenseMatMul": lambda r, i, v, s: r.SparseTensorDenseMatMul(
        a_indices=i, a_values=v, a_shape=s, b=[[v[0]], [v[0]], [v[0]]]
    ),
    "SparseTensorDenseAdd": lambda r, i, v, s: r.SparseTensorDenseAdd(
        a_indices=i, a_values=v, a_shape=s, b=[[v[0]] * 3] * 2
    ),
    "SparseSparseMaximum": lambda r, i, v, s: r.SparseSparseMaximum(
        a_indices=i, a_values=v, a_shape=s, b_indices=i, b_values=v, b_shape=s
    ),
    "SparseSparseMinimum": lambda r, i, v, s: r.SparseSparseMinimum(
        a_indices=i, a_values=v, a_shape=s, b_indices=i, b_values=v, b_shape=s
    ),
    "SparseBincount": lambda r, i, v, s: r.SparseBincount(
        indices=i, values=[1, 2], dense_shape=s, size=4, weights=v
    ),
    "SparseCountSparseOutput": lambda r, i, v, s: r.SparseCountSparseOutput(
        indices=i, values=[1, 2], dense_shape=s, weights=v, binary_output=False
    ),
    "SparseSliceGrad": lambda r, i, v, s: r.SparseSliceGrad(
        backprop_val_grad=v, input_indices=i, input_start=s * 0, output_indices=i
    ),
    "SparseAddGrad": lambda r, i, v, s: r.SparseAddGrad(
        backprop_val_grad=v, a_indices=i, b_indices=i, sum_indices=i
    ),
    "SparseSegmentSum": lambda r, i, v, s: r.SparseSegmentSum(data=v, indices=i[0], segment_ids=i[0]),
}


def variants(call):
    def run(tf, indices=INDICES, values=(1.0, 2.0), shape=SHAPE, i="int64", v="float32", s="int64"):
        return call(
            tf.raw_ops,
            tf.constant(indices, i),
            tf.constant(list(values), v) if isinstance(values[0], (str, bool)) else tf.cast(list(values), v),
            tf.constant(shape, s),
        )

    return {
        "good": run,
        "int32 indices": lambda tf: run(tf, i="int32"),
        "int32 shape": lambda tf: run(tf, s="int32"),
        "int32 both": lambda tf: run(tf, i="int32", s="int32"),
        "float indices": lambda tf: run(tf, i="float32"),
        **{dtype: lambda tf, dtype=dtype: run(tf, v=dtype) for dtype in DTYPES},
        "bool": lambda tf: run(tf, values=(True, False), v="bool"),
        "string": lambda tf: run(tf, values=("a", "b"), v="string"),
        "unordered": lambda tf: run(tf, indices=[[1, 0], [0, 1]]),
        "repeated": lambda tf: run(tf, indices=[[0, 1], [0, 1]]),
        "beyond": lambda tf: run(tf, indices=[[0, 1], [5, 0]]),
        "negative": lambda tf: run(tf, indices=[[0, -1], [1, 0]]),
        "vector of indices": lambda tf: run(tf, indices=[0, 1]),
        "three columns": lambda tf: run(tf, indices=[[0, 1, 0], [1, 0, 0]]),
        "too few values": lambda tf: run(tf, values=(1.0,)),
        "too many values": lambda tf: run(tf, values=(1.0, 2.0, 3.0)),
        "shape of one": lambda tf: run(tf, shape=[6]),
        "shape of three": lambda tf: run(tf, shape=[2, 3, 1]),
        "negative shape": lambda tf: run(tf, shape=[2, -3]),
        "no shape": lambda tf: run(tf, shape=[0, 0]),
    }


for name, call in CALLS.items():
    table = variants(call)
    if name == "SparseBincount":  # TensorFlow reads beyond the end of the weights
        table = {kind: run for kind, run in table.items() if not kind.startswith("too ")}
    programs(name, table)
