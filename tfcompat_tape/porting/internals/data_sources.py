"""Classes of datasets in `tensorflow.python.data.ops`: here all are `tf.data.Dataset`."""

from __future__ import annotations

from tfcompat_tape.porting.internals.absent import absent

__all__ = [
    "_GeneratorDataset",
    "_RangeDataset",
    "_SparseTensorSliceDataset",
    "_TensorDataset",
    "_TensorSliceDataset",
]

_DATA = "tensorflow.python.data.ops"
_GeneratorDataset = absent(f"{_DATA}.from_generator_op._GeneratorDataset")
_RangeDataset = absent(f"{_DATA}.range_op._RangeDataset")
_SparseTensorSliceDataset = absent(f"{_DATA}.from_sparse_tensor_slices_op._SparseTensorSliceDataset")
_TensorDataset = absent(f"{_DATA}.from_tensors_op._TensorDataset")
_TensorSliceDataset = absent(f"{_DATA}.from_tensor_slices_op._TensorSliceDataset")
