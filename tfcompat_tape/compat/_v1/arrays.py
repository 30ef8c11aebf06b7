"""Arrays: making, choosing and moving elements, with the arguments of version 1."""

from __future__ import annotations

from typing import Any, NamedTuple

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Elements of `x` where `condition` holds, of `y` elsewhere; without these, the indices where it holds.

    Nothing is broadcast: `x` and `y` have one shape, and `condition` has it too, or is a scalar, or a vector that
    chooses rows. ValueError for `x` or `y` alone; InvalidArgumentError for shapes that do not fit.

    Source: `tf.compat.v1.where`.

    >>> import tfcompat_tape as tf
    >>> print(tf.compat.v1.where([True, False], [[1, 2], [3, 4]], [[5, 6], [7, 8]]).numpy())
    [[1 2]
     [7 8]]
    """
    if x is None and y is None:
        return tf.where(condition)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    condition = convert(condition, tf.bool)
    x, y = _alike(x, y)
    return tf.raw_ops.Select(condition=condition, x=x, y=y)


def _alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Both as Tensors; what is none takes the dtype of the other."""
    if not isinstance(x, (tf.Tensor, tf.Variable)) and isinstance(y, (tf.Tensor, tf.Variable)):
        return convert(x, y.dtype), convert(y)
    x = convert(x)
    return x, y if isinstance(y, (tf.Tensor, tf.Variable)) else convert(y, x.dtype)


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Any:
    """`tf.gather` with the arguments of version 1. Source: `tf.compat.v1.gather`."""
    return tf.gather(params, indices, validate_indices, axis, batch_dims)


def gather_nd(
    params: Any, indices: Any, name: str | None = None, batch_dims: int = 0, bad_indices_policy: str = ""
) -> Any:
    """`tf.gather_nd` with the arguments of version 1. Source: `tf.compat.v1.gather_nd`."""
    return tf.gather_nd(params, indices, batch_dims, bad_indices_policy=bad_indices_policy)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """Elements of each row of `params`: `tf.gather` in all axes of `indices` but the last.

    Source: `tf.compat.v1.batch_gather`.
    """
    indices = convert(indices)
    if indices.ndim == 0:
        raise ValueError("batch_gather does not allow indices with unknown shape, or scalars.")
    return tf.gather(params, indices, batch_dims=indices.ndim - 1)


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Any:
    """`tf.expand_dims` with the arguments of version 1. Source: `tf.compat.v1.expand_dims`."""
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return tf.expand_dims(input, axis)


def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Any:
    """`tf.squeeze` with the arguments of version 1. Source: `tf.compat.v1.squeeze`."""
    axis = either("axis", axis, "squeeze_dims", squeeze_dims)
    return tf.squeeze(input, [axis] if isinstance(axis, int) else axis)


def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Any:
    """`tf.transpose` with the arguments of version 1. Source: `tf.compat.v1.transpose`."""
    return tf.transpose(a, perm, conjugate)


def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Any:
    """`tf.zeros_like` with the arguments of version 1. Source: `tf.compat.v1.zeros_like`."""
    return tf.zeros_like(tensor, dtype)


def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Any:
    """`tf.ones_like` with the arguments of version 1. Source: `tf.compat.v1.ones_like`."""
    return tf.ones_like(tensor, dtype)


def shape(input: Any, name: str | None = None, out_type: Any = None) -> Any:
    """`tf.shape` with the arguments of version 1. Source: `tf.compat.v1.shape`."""
    return tf.shape(input, tf.int32 if out_type is None else out_type)


def size(input: Any, name: str | None = None, out_type: Any = None) -> Any:
    """`tf.size` with the arguments of version 1. Source: `tf.compat.v1.size`."""
    return tf.size(input, tf.int32 if out_type is None else out_type)


def boolean_mask(tensor: Any, mask: Any, name: str = "boolean_mask", axis: Any = None) -> Any:
    """`tf.boolean_mask` with the arguments of version 1. Source: `tf.compat.v1.boolean_mask`."""
    return tf.boolean_mask(tensor, mask, axis)


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str = "Const", verify_shape: bool = False
) -> Any:
    """`tf.constant` with the arguments of version 1: TypeError if `verify_shape` and the value has another shape.

    Source: `tf.compat.v1.constant`.
    """
    made = tf.constant(value, dtype, None if verify_shape else shape)
    if verify_shape and shape is not None and made.shape != tf.TensorShape(shape):
        raise TypeError(f"Expected Tensor's shape: {tuple(tf.TensorShape(shape))}, got {tuple(made.shape)}.")
    return made


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Any:
    """`tf.convert_to_tensor` with the arguments of version 1. Source: `tf.compat.v1.convert_to_tensor`."""
    hint = either("dtype_hint", dtype_hint, "preferred_dtype", preferred_dtype)
    return tf.convert_to_tensor(value, dtype, hint)


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """IndexedSlices as they are, anything else as a Tensor.

    Raises:
      ValueError: the IndexedSlices have another dtype.

    Source: `tf.compat.v1.convert_to_tensor_or_indexed_slices`.
    """
    return _tensor_or(tf.IndexedSlices, value, dtype)


def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """SparseTensors as they are, anything else as a Tensor.

    Raises:
      RuntimeError: the SparseTensor has another dtype.

    Source: `tf.compat.v1.convert_to_tensor_or_sparse_tensor`.
    """
    if type(value).__name__ == "SparseTensorValue":
        value = tf.SparseTensor.from_value(value)
    if isinstance(value, tf.SparseTensor) and dtype is not None and tf.as_dtype(dtype) != value.dtype:
        raise RuntimeError(f"Sparse dtype mismatch. Requested: {tf.as_dtype(dtype)}, actual: {value.dtype}")
    return value if isinstance(value, tf.SparseTensor) else tf.convert_to_tensor(value, dtype)


def _tensor_or(kind: type, value: Any, dtype: Any) -> Any:
    if not isinstance(value, kind):
        return tf.convert_to_tensor(value, dtype)
    found: Any = value
    if dtype is not None and tf.as_dtype(dtype) != found.dtype:
        raise ValueError(
            f"Incompatible tensor conversion requested to `dtype` {tf.as_dtype(dtype).name} for `value` "
            f"({value}) with dtype {found.dtype.name}."
        )
    return value


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Any:
    """`tf.pad` with the arguments of version 1. Source: `tf.compat.v1.pad`."""
    return tf.pad(tensor, paddings, mode, constant_values)


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: Any = None,
    batch_axis: Any = None,
    name: str | None = None,
    seq_dim: Any = None,
    batch_dim: Any = None,
) -> Any:
    """`tf.reverse_sequence` with the arguments of version 1. Source: `tf.compat.v1.reverse_sequence`."""
    seq_axis = either("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch_axis = either("batch_axis", batch_axis, "batch_dim", batch_dim)
    return tf.reverse_sequence(input, seq_lengths, seq_axis, batch_axis)


def space_to_batch(
    input: Any, paddings: Any, block_size: Any = None, name: str | None = None, block_shape: Any = None
) -> Any:
    """`tf.space_to_batch` in both spatial axes alike. Source: `tf.compat.v1.space_to_batch`."""
    block = either("block_shape", block_shape, "block_size", block_size)
    return tf.space_to_batch(input, [block, block], paddings)


def batch_to_space(
    input: Any, crops: Any, block_size: Any, name: str | None = None, block_shape: Any = None
) -> Any:
    """`tf.batch_to_space` in both spatial axes alike. Source: `tf.compat.v1.batch_to_space`."""
    block = either("block_shape", block_shape, "block_size", block_size)
    return tf.batch_to_space(input, [block, block], crops)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    """`tf.batch_to_space` with the arguments of version 1. Source: `tf.compat.v1.batch_to_space_nd`."""
    return tf.batch_to_space(input, block_shape, crops)


def space_to_depth(input: Any, block_size: Any, name: str | None = None, data_format: str = "NHWC") -> Any:
    """`tf.nn.space_to_depth` with the arguments of version 1. Source: `tf.compat.v1.space_to_depth`."""
    return tf.nn.space_to_depth(input, block_size, data_format)


def depth_to_space(input: Any, block_size: Any, name: str | None = None, data_format: str = "NHWC") -> Any:
    """`tf.nn.depth_to_space` with the arguments of version 1. Source: `tf.compat.v1.depth_to_space`."""
    return tf.nn.depth_to_space(input, block_size, data_format)


class ListDiff(NamedTuple):
    """What `setdiff1d` returns: the elements, and where they stand."""

    out: Tensor
    idx: Tensor


def setdiff1d(x: Any, y: Any, index_dtype: Any = tf.int32, name: str | None = None) -> Any:
    """The elements of a vector that are not in another one, in order and with their indices.

    Returns:
      A pair `(out, idx)`: the elements, repeated ones among them, and where they stand in `x`.

    Source: `tf.compat.v1.setdiff1d`.

    >>> import tfcompat_tape as tf
    >>> out, idx = tf.compat.v1.setdiff1d([1, 2, 3, 2], [3, 1])
    >>> out.numpy(), idx.numpy()
    (array([2, 2], dtype=int32), array([1, 3], dtype=int32))
    """
    x, y = _alike(x, y)
    return ListDiff(*tf.raw_ops.ListDiff(x=x, y=y, out_idx=index_dtype))


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Any:
    """The tensor, scaled so that its norm divided by its number of elements is at most `clip_norm`.

    Source: `tf.compat.v1.clip_by_average_norm`.
    """
    t = convert(t)
    count = tf.cast(tf.size(t), tf.float32)
    inverse = tf.math.rsqrt(tf.reduce_sum(t * t, axis=list(range(t.ndim))))
    bound = tf.constant(1.0) / clip_norm
    return tf.identity(t * clip_norm * tf.minimum(inverse * count, bound))
