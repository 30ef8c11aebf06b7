"""The namespace `tf.sparse`: tensors as the places and values of what is not zero.

In come SparseTensors (`core/sparse_tensor.py`) and Tensors, or IndexedSlices (`mask`); out come SparseTensors in
TensorFlow's order of places, or dense Tensors. Gradients go to the values: the places are integers. `tensors.py`
makes and takes apart, `arithmetic.py` computes, `segments.py` sums rows, `crossing.py` crosses features.
"""

from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.sparse.arithmetic import (
    add,
    bincount,
    concat,
    maximum,
    minimum,
    reduce_max,
    reduce_sum,
    sampled_addmm,
    softmax,
    sparse_dense_matmul,
)
from tfcompat_tape.sparse.crossing import cross, cross_hashed
from tfcompat_tape.sparse.segments import segment_mean, segment_sqrt_n, segment_sum
from tfcompat_tape.sparse.tensors import (
    expand_dims,
    eye,
    fill_empty_rows,
    from_dense,
    map_values,
    mask,
    reorder,
    reset_shape,
    reshape,
    retain,
    slice,
    split,
    to_dense,
    to_indicator,
    transpose,
)

__all__ = [
    "SparseTensor",
    "add",
    "bincount",
    "concat",
    "cross",
    "cross_hashed",
    "expand_dims",
    "eye",
    "fill_empty_rows",
    "from_dense",
    "map_values",
    "mask",
    "maximum",
    "minimum",
    "reduce_max",
    "reduce_sum",
    "reorder",
    "reset_shape",
    "reshape",
    "retain",
    "sampled_addmm",
    "segment_mean",
    "segment_sqrt_n",
    "segment_sum",
    "slice",
    "softmax",
    "sparse_dense_matmul",
    "split",
    "to_dense",
    "to_indicator",
    "transpose",
]

__getattr__ = namespace(globals(), "tf.sparse")
