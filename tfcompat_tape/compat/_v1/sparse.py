"""Sparse tensors and strings with the arguments of version 1."""

from __future__ import annotations

from typing import Any, NamedTuple

import tfcompat_tape as tf
from tfcompat_tape.compat._v1.arguments import either


class SparseTensorValue(NamedTuple):
    """A sparse tensor as arrays. Source: `tf.compat.v1.SparseTensorValue`."""

    indices: Any
    values: Any
    dense_shape: Any


def add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """`tf.sparse.add` with the arguments of version 1. Source: `tf.compat.v1.sparse_add`."""
    threshold = either("threshold", threshold, "thresh", thresh)
    return tf.sparse.add(a, b, 0 if threshold is None else threshold)


def concat(
    axis: Any,
    sp_inputs: Any,
    name: str | None = None,
    expand_nonconcat_dim: bool = False,
    concat_dim: Any = None,
    expand_nonconcat_dims: Any = None,
) -> Any:
    """`tf.sparse.concat` with the arguments of version 1. Source: `tf.compat.v1.sparse_concat`."""
    axis = either("axis", axis, "concat_dim", concat_dim)
    expand = expand_nonconcat_dim if expand_nonconcat_dims is None else expand_nonconcat_dims
    return tf.sparse.concat(axis, sp_inputs, expand)


def _reduction(name: str, kind: str, sparse: bool) -> Any:
    def reduce(
        sp_input: Any,
        axis: Any = None,
        keepdims: Any = None,
        reduction_axes: Any = None,
        keep_dims: Any = None,
    ) -> Any:
        axis = either("axis", axis, "reduction_axes", reduction_axes)
        kept = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
        return getattr(tf.sparse, kind)(sp_input, axis, kept, sparse)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = (
        f"`tf.sparse.{kind}` with the arguments of version 1. Source: `tf.compat.v1.sparse_{name}`."
    )
    return reduce


reduce_max = _reduction("reduce_max", "reduce_max", False)
reduce_max_sparse = _reduction("reduce_max_sparse", "reduce_max", True)
reduce_sum = _reduction("reduce_sum", "reduce_sum", False)
reduce_sum_sparse = _reduction("reduce_sum_sparse", "reduce_sum", True)


def _segments(name: str) -> Any:
    def segment(
        data: Any,
        indices: Any,
        segment_ids: Any,
        name: str | None = None,
        num_segments: Any = None,
        sparse_gradient: bool = False,
    ) -> Any:
        return getattr(tf.sparse, kind)(
            data, indices, segment_ids, num_segments, sparse_gradient=sparse_gradient
        )

    kind = name
    segment.__name__ = segment.__qualname__ = name
    segment.__doc__ = (
        f"`tf.sparse.{name}` with the arguments of version 1. Source: `tf.compat.v1.sparse_{name}`."
    )
    return segment


segment_mean = _segments("segment_mean")
segment_sqrt_n = _segments("segment_sqrt_n")
segment_sum = _segments("segment_sum")


def split(
    keyword_required: Any = None,
    sp_input: Any = None,
    num_split: Any = None,
    axis: Any = None,
    name: str | None = None,
    split_dim: Any = None,
) -> Any:
    """`tf.sparse.split` by keywords only. Source: `tf.compat.v1.sparse_split`."""
    if keyword_required is not None:
        raise ValueError("Keyword arguments are required for this function.")
    for given, name_ in ((sp_input, "sp_input"), (num_split, "num_split")):
        if given is None:
            raise ValueError(f"{name_} is required")
    axis = either("axis", axis, "split_dim", split_dim)
    if axis is None:
        raise ValueError("axis is required")
    return tf.sparse.split(sp_input, num_split, axis)


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Any:
    """A tensor of `default_value` with `sparse_values` at `sparse_indices`. Source: `tf.compat.v1.sparse_to_dense`."""
    return tf.raw_ops.SparseToDense(
        sparse_indices=sparse_indices,
        output_shape=output_shape,
        sparse_values=sparse_values,
        default_value=default_value,
        validate_indices=validate_indices,
    )


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """`tf.strings.substr`. Source: `tf.compat.v1.substr`."""
    return tf.strings.substr(input, pos, len, unit)


def length(input: Any, name: str | None = None, unit: str = "BYTE") -> Any:
    """`tf.strings.length`. Source: `tf.compat.v1.strings.length`."""
    return tf.strings.length(input, unit)


def to_number(
    string_tensor: Any = None, out_type: Any = tf.float32, name: str | None = None, input: Any = None
) -> Any:
    """`tf.strings.to_number` with the arguments of version 1. Source: `tf.compat.v1.string_to_number`."""
    return tf.strings.to_number(either("input", input, "string_tensor", string_tensor), out_type)


def to_hash_bucket(
    string_tensor: Any = None, num_buckets: Any = None, name: str | None = None, input: Any = None
) -> Any:
    """`tf.strings.to_hash_bucket` with the arguments of version 1. Source: `tf.compat.v1.string_to_hash_bucket`."""
    return tf.strings.to_hash_bucket(either("input", input, "string_tensor", string_tensor), num_buckets)


def reduce_join(
    inputs: Any,
    axis: Any = None,
    keep_dims: Any = None,
    separator: str = "",
    name: str | None = None,
    reduction_indices: Any = None,
    keepdims: Any = None,
) -> Any:
    """`tf.strings.reduce_join` with the arguments of version 1. Source: `tf.compat.v1.reduce_join`."""
    axis = either("axis", axis, "reduction_indices", reduction_indices)
    kept = bool(either("keepdims", keepdims, "keep_dims", keep_dims))
    return tf.strings.reduce_join(inputs, axis, kept, separator)
