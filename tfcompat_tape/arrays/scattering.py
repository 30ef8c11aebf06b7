"""Scattering: tensors with updates at coordinates; rows dealt out and woven together."""

from __future__ import annotations

from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import int32
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import partitioning
from tfcompat_tape.ops import scattering as ops
from tfcompat_tape.ops.arguments import as_sizes, unless_tensor
from tfcompat_tape.ops.raw.attrs import attribute

__all__ = [
    "dynamic_partition",
    "dynamic_stitch",
    "scatter_nd",
    "tensor_scatter_nd_add",
    "tensor_scatter_nd_max",
    "tensor_scatter_nd_min",
    "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
]


def scatter_nd(indices, updates, shape, bad_indices_policy="", name=None):
    """A tensor of `shape` that is zero except for `updates` at `indices`; updates for one place add up.

    Args:
      indices: integer tensor of shape `(..., m)`, with coordinates in its last axis.
      updates: tensor of shape `indices.shape[:-1] + shape[m:]`.
      bad_indices_policy: "ERROR" (the default on the CPU), or "IGNORE", which passes over them.

    Raises:
      InvalidArgumentError: coordinates out of range, or shapes that do not fit.

    Source: `tf.scatter_nd`.

    >>> import tfcompat_tape as tf
    >>> tf.scatter_nd([[1], [3], [1]], [5, 6, 7], [4]).numpy().tolist()
    [0, 12, 0, 6]
    """
    places = convert(indices)
    to = places.dtype if hasattr(shape, "_read") or isinstance(indices, Tensor) else unless_tensor(shape)
    return ops.scatter_nd(
        places,
        convert(updates),
        shape=as_sizes(shape, to=to, beside=(indices, updates)),
        bad_indices_policy=bad_indices_policy,
    )


def _tensors(tensor, indices, updates):
    return match((tensor, indices, updates), (0, 2))


def tensor_scatter_nd_update(tensor, indices, updates, name=None):
    """`tensor` with the elements or slices at `indices` replaced by `updates`; of several for one place the last stays.

    Args:
      indices: integer tensor of shape `(..., m)`, with coordinates in its last axis.
      updates: tensor of shape `indices.shape[:-1] + tensor.shape[m:]` and the same dtype.

    Raises:
      InvalidArgumentError: coordinates out of range, or shapes or dtypes that do not fit.

    Source: `tf.tensor_scatter_nd_update`.

    >>> import tfcompat_tape as tf
    >>> tf.tensor_scatter_nd_update([1, 2, 3], [[0], [2]], [7, 8]).numpy().tolist()
    [7, 2, 8]
    """
    return ops.tensor_scatter_update(*_tensors(tensor, indices, updates))


def tensor_scatter_nd_add(tensor, indices, updates, bad_indices_policy="", name=None):
    """`tensor` with `updates` added at `indices`; see `tensor_scatter_nd_update` for shapes and errors.

    Source: `tf.tensor_scatter_nd_add`.

    >>> import tfcompat_tape as tf
    >>> tf.tensor_scatter_nd_add([1, 2, 3], [[0], [0]], [7, 8]).numpy().tolist()
    [16, 2, 3]
    """
    return ops.tensor_scatter_add(*_tensors(tensor, indices, updates), bad_indices_policy=bad_indices_policy)


def tensor_scatter_nd_sub(tensor, indices, updates, bad_indices_policy="", name=None):
    """`tensor` with `updates` subtracted at `indices`; see `tensor_scatter_nd_update` for shapes and errors.

    Source: `tf.tensor_scatter_nd_sub`.

    >>> import tfcompat_tape as tf
    >>> tf.tensor_scatter_nd_sub([1, 2, 3], [[0], [0]], [7, 8]).numpy().tolist()
    [-14, 2, 3]
    """
    return ops.tensor_scatter_sub(*_tensors(tensor, indices, updates), bad_indices_policy=bad_indices_policy)


def tensor_scatter_nd_max(tensor, indices, updates, bad_indices_policy="", name=None):
    """`tensor` with the greater of old and new value at `indices`; shapes and errors: `tensor_scatter_nd_update`.

    Source: `tf.tensor_scatter_nd_max`.

    >>> import tfcompat_tape as tf
    >>> tf.tensor_scatter_nd_max([1, 2, 3], [[0], [2]], [7, 0]).numpy().tolist()
    [7, 2, 3]
    """
    return ops.tensor_scatter_max(*_tensors(tensor, indices, updates), bad_indices_policy=bad_indices_policy)


def tensor_scatter_nd_min(tensor, indices, updates, bad_indices_policy="", name=None):
    """`tensor` with the lesser of old and new value at `indices`; shapes and errors: `tensor_scatter_nd_update`.

    Source: `tf.tensor_scatter_nd_min`.

    >>> import tfcompat_tape as tf
    >>> tf.tensor_scatter_nd_min([1, 2, 3], [[0], [2]], [7, 0]).numpy().tolist()
    [1, 2, 0]
    """
    return ops.tensor_scatter_min(*_tensors(tensor, indices, updates), bad_indices_policy=bad_indices_policy)


def dynamic_partition(data, partitions, num_partitions, name=None):
    """`data` dealt out to `num_partitions` tensors: element or slice i goes to number `partitions[i]`.

    Args:
      partitions: int32 tensor whose shape `data.shape` begins with.

    Returns:
      A list of tensors of shape `(n, ...)`.

    Raises:
      InvalidArgumentError: a number out of range, or shapes that do not fit.

    Source: `tf.dynamic_partition`.

    >>> import tfcompat_tape as tf
    >>> [x.numpy().tolist() for x in tf.dynamic_partition([10, 20, 30], [1, 0, 1], 2)]
    [[20], [10, 30]]
    """
    try:
        count = attribute("DynamicPartition", "num_partitions", num_partitions)
    except OverflowError:
        raise ValueError(f"Number of outputs is too big: {num_partitions}") from None
    places = convert(
        partitions, None if hasattr(partitions, "_read") or isinstance(partitions, Tensor) else int32
    )
    return list(partitioning.dynamic_partition(convert(data), places, num_partitions=count))


def dynamic_stitch(indices, data, name=None):
    """One tensor woven of several: slice `data[m][i, j, ...]` goes to row `indices[m][i, j, ...]`; the last one stays.

    Args:
      indices: list of int32 tensors.
      data: list of as many tensors; the shape of each begins with that of its indices.

    Raises:
      InvalidArgumentError: negative indices, or shapes that do not fit.
      ValueError: lists of different lengths.

    Source: `tf.dynamic_stitch`.

    >>> import tfcompat_tape as tf
    >>> tf.dynamic_stitch([[0, 2], [1]], [[1, 3], [2]]).numpy().tolist()
    [1, 2, 3]
    """
    for what, value in (("indices", indices), ("data", data)):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for {what!r} argument to 'dynamic_stitch' Op, not {value!r}.")
    if len(indices) != len(data):
        raise ValueError(
            f"List argument 'data' to 'dynamic_stitch' Op with length {len(data)} must match length {len(indices)} of "
            "argument 'indices'."
        )
    if not data:
        raise invalid("DynamicStitch: there are no tensors to weave.")
    first = (
        next((x.dtype for x in data if type(x) is Tensor or hasattr(x, "_read")), None)
        or convert(data[0]).dtype
    )
    rows = [convert(x) if type(x) is Tensor or hasattr(x, "_read") else convert(x, first) for x in data]
    for x in rows:
        if x.dtype != first:
            raise invalid(f"DynamicStitch: data must be of one dtype, got {first.name} and {x.dtype.name}.")
    return partitioning.dynamic_stitch(*[convert(x, int32) for x in indices], *rows)
