"""Functions of `tf.sparse` that make SparseTensors, take them apart, and change their form."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, bool_, float32, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import sparse_tensors as ops
from tfcompat_tape.ops.arguments import as_bool, as_int
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ops.comparison import not_equal
from tfcompat_tape.ops.gathering import gather, gather_nd
from tfcompat_tape.ops.identity import shape
from tfcompat_tape.ops.indexing import where

__all__ = [
    "expand_dims",
    "eye",
    "fill_empty_rows",
    "from_dense",
    "map_values",
    "mask",
    "reorder",
    "reset_shape",
    "reshape",
    "retain",
    "slice",
    "split",
    "to_dense",
    "to_indicator",
    "transpose",
]


def as_sparse(value: Any) -> SparseTensor:
    """A SparseTensor as it is; TypeError for anything else."""
    if isinstance(value, SparseTensor):
        return value
    if type(value).__name__ == "SparseTensorValue":
        return SparseTensor.from_value(value)
    raise TypeError(f"Input must be a SparseTensor, got {value!r} of type {type(value).__name__}.")


def having_indices(value: Any, what: str = "indices") -> SparseTensor:
    """The same for functions that ask for the indices first; AttributeError for anything else."""
    if not isinstance(value, SparseTensor):
        raise AttributeError(f"{type(value).__name__!r} object has no attribute {what!r}")
    return value


def long(value: Any, name: str) -> Tensor:
    """Numbers as an int64 Tensor."""
    tensor = convert(value, preferred=int64)
    if not isinstance(tensor._t, torch.Tensor) or tensor._t.dtype not in (torch.int32, torch.int64):
        raise TypeError(f"{name} must be integers, got {value!r}.")
    return tensor if tensor.dtype is int64 else Tensor(tensor._t.to(torch.int64), None)


def _with_shape(indices: Any, values: Any, sizes: Any) -> SparseTensor:
    return SparseTensor(indices, values, Tensor(torch.tensor(sizes, dtype=torch.int64), None))


def from_dense(tensor: Any, name: Any = None) -> SparseTensor:
    """The elements of a dense tensor that are not zero (of strings: not empty).

    Raises:
      InvalidArgumentError: a scalar.

    Source: `tf.sparse.from_dense`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.from_dense([0.0, 3.0, 0.0]).indices.numpy()
    array([[1]])
    """
    dense = convert(tensor)
    raw = dense._t
    if not len(raw.shape):
        raise invalid("WhereOp : Unhandled input dimensions: 0")
    tracer = reading.current.tracer
    if tracer is not None and tracer.notes is not None:  # it is written as a graph: by ops
        nothing = b"" if isinstance(raw, np.ndarray) else 0
        found = where(not_equal(dense, convert(nothing, dense.dtype)))
        return SparseTensor(found, gather_nd(dense, found), shape(dense, out_type=torch.int64))
    if isinstance(raw, np.ndarray):
        places = torch.from_numpy(np.argwhere(raw != b""))
    else:
        with reading.outside():
            places = (reading.plain(raw) != 0).nonzero()
    indices = Tensor(places, None)
    return _with_shape(indices, gather_nd(dense, indices), tuple(raw.shape))


def eye(num_rows: Any, num_columns: Any = None, dtype: Any = float32, name: Any = None) -> SparseTensor:
    """Ones on the diagonal of a matrix.

    Raises:
      TypeError: sizes that are no integers, or strings.
      InvalidArgumentError: a negative size.

    Source: `tf.sparse.eye`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.eye(2, 3).values.numpy()
    array([1., 1.], dtype=float32)
    """
    rows = _size(num_rows, "num_rows")
    columns = rows if num_columns is None else _size(num_columns, "num_columns")
    count = min(rows, columns)
    if count < 0:
        raise invalid(f"Requires start <= limit when delta > 0: 0/{count}")
    wanted = as_dtype(dtype)
    if wanted.torch is None:
        raise TypeError(f"Cannot convert 1 to EagerTensor of dtype {wanted.name}")
    diagonal = torch.arange(count)
    ones = torch.ones(count, dtype=torch.float32).to(wanted.torch)
    return _with_shape(
        Tensor(torch.stack([diagonal, diagonal], 1), None), Tensor(ones, None), (rows, columns)
    )


def _size(value: Any, name: str) -> int:
    tensor = convert(value)
    if tensor.ndim or not isinstance(tensor._t, torch.Tensor) or not tensor.dtype.is_integer:
        raise TypeError(f"{name} must be an integer value, got {value!r}.")
    return int(reading.item(tensor._t))


def to_dense(
    sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: Any = None
) -> Tensor:
    """The dense form: the elements at their places, `default_value` (zero) elsewhere.

    Args:
      sp_input: SparseTensor of any dtype.
      default_value: a scalar; its gradient is the sum of those of the places without an element.
      validate_indices: indices out of order or repeated are errors.

    Raises:
      InvalidArgumentError: indices out of bounds, or, if they are checked, out of order or repeated.
      TypeError: `sp_input` is no SparseTensor.

    Source: `tf.sparse.to_dense`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.to_dense(tf.SparseTensor([[1]], [5], [3]), default_value=-1).numpy()
    array([-1,  5, -1], dtype=int32)
    """
    x = as_sparse(sp_input)
    if default_value is None:
        strings = isinstance(x.values._t, np.ndarray)
        default = Tensor(np.array(b"", object) if strings else x.values._t.new_zeros(()), None)
    else:
        default = convert(default_value, x.dtype)
    return ops.sparse_to_dense(
        x.indices,
        x.dense_shape,
        x.values,
        default,
        validate_indices=as_bool(validate_indices, "validate_indices"),
    )


def to_indicator(sp_input: Any, vocab_size: Any, name: Any = None) -> Tensor:
    """Of ids in rows a bool tensor of shape `shape[:-1] + [vocab_size]`: True at each id.

    Raises:
      InvalidArgumentError: an id, or an index, is out of bounds.

    Source: `tf.sparse.to_indicator`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.to_indicator(tf.SparseTensor([[0, 0], [0, 1]], [2, 0], [1, 2]), 3).numpy()
    array([[ True, False,  True]])
    """
    x = as_sparse(sp_input)
    ids = cast(x.values, DstT=int64)
    count = as_int(vocab_size, "vocab_size")
    rows = torch.cat([x.indices._t[:, :-1], ids._t.unsqueeze(1)], 1)
    size = (*reading.listed(x.dense_shape._t)[:-1], count)
    there = Tensor(torch.ones(len(rows), dtype=torch.bool), None)
    found = _with_shape(Tensor(rows, None), there, size)
    return to_dense(found, default_value=convert(False, bool_), validate_indices=False)


def reorder(sp_input: Any, name: Any = None) -> SparseTensor:
    """The same elements in the order of rows.

    Source: `tf.sparse.reorder`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.reorder(tf.SparseTensor([[1], [0]], [5, 6], [2])).values.numpy()
    array([6, 5], dtype=int32)
    """
    x = as_sparse(sp_input)
    indices, values = ops.sparse_reorder(x.indices, x.values, x.dense_shape)
    return SparseTensor(indices, values, x.dense_shape)


def reshape(sp_input: Any, shape: Any, name: Any = None) -> SparseTensor:
    """The same elements in another dense shape; one size may be -1.

    Raises:
      InvalidArgumentError: the shape has another number of elements.

    Source: `tf.sparse.reshape`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.reshape(tf.sparse.eye(2), [-1]).indices.numpy()
    array([[0],
           [3]])
    """
    x = as_sparse(sp_input)
    wanted = cast(shape, DstT=int64)
    indices, size = ops.sparse_reshape(x.indices, x.dense_shape, wanted)
    return SparseTensor(indices, x.values, size)


def reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """The same elements in a larger dense shape, or in the least one that holds them.

    Raises:
      ValueError: `new_shape` is smaller in a dimension, or of another rank.

    Source: `tf.sparse.reset_shape`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.reset_shape(tf.SparseTensor([[0, 1]], [5], [9, 9])).shape
    TensorShape([1, 2])
    """
    x = as_sparse(sp_input)
    if new_shape is None:
        indices = x.indices._t
        high = indices.amax(0) + 1 if len(indices) else torch.zeros_like(x.dense_shape._t)
        return SparseTensor(x.indices, x.values, Tensor(high.clamp(min=0), None))
    wanted = long(new_shape, "new_shape")
    if wanted._t.dim() != 1:
        raise ValueError(f"Shape {wanted.shape} must have rank 1")
    have, asked = reading.listed(x.dense_shape._t), reading.listed(wanted._t)
    if len(have) != len(asked):
        raise ValueError(f"Dimensions {len(asked)} and {len(have)} are not compatible")
    if any(n > m for n, m in zip(have, asked, strict=True)):
        raise ValueError(
            f"Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape ({asked}), "
            f"sp_input.shape ({have})."
        )
    return SparseTensor(x.indices, x.values, wanted)


def expand_dims(sp_input: Any, axis: Any = None, name: Any = None) -> SparseTensor:
    """With one more axis, of size 1, at `axis` (the last one by default).

    Raises:
      TypeError: `axis` is no integer.
      InvalidArgumentError: it is out of range.

    Source: `tf.sparse.expand_dims`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.expand_dims(tf.sparse.eye(2), 0).shape
    TensorShape([1, 2, 2])
    """
    x = having_indices(sp_input, "dense_shape")
    rank = len(x.dense_shape)
    at = -1 if axis is None else axis
    if isinstance(at, (list, tuple)) or convert(at).ndim or not convert(at).dtype.is_integer:
        raise TypeError("axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]")
    at = int(convert(at))
    at = at + rank + 1 if at < 0 else at
    if not 0 <= at <= rank:
        raise invalid(f"Expected begin[1] in [0, {rank}], but got {at}")
    rows, size = x.indices._t, x.dense_shape._t
    moved = torch.cat([rows[:, :at], rows.new_zeros((len(rows), 1)), rows[:, at:]], 1)
    return SparseTensor(
        Tensor(moved, None), x.values, Tensor(torch.cat([size[:at], size.new_ones(1), size[at:]]), None)
    )


def transpose(sp_input: Any, perm: Any = None, name: Any = None) -> SparseTensor:
    """The axes in another order: reversed, or as `perm` says; the elements in the order of the new rows.

    Raises:
      ValueError: `perm` has another length than the rank.
      InvalidArgumentError: it names an axis that is not there.

    Source: `tf.sparse.transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.transpose(tf.SparseTensor([[0, 1]], [5], [2, 3])).indices.numpy()
    array([[1, 0]])
    """
    x = having_indices(sp_input)
    rank = len(x.dense_shape)
    order = list(range(rank))[::-1] if perm is None else reading.listed(long(perm, "perm")._t)
    for i, axis in enumerate(order):
        if not 0 <= axis < rank:
            raise invalid(f"indices[{i}] = {axis} is not in [0, {rank})")
    if len(order) != rank:
        raise ValueError(f"Dimensions {len(order)} and {rank} are not compatible")
    places = Tensor(torch.tensor(order, dtype=torch.long), None)
    moved = SparseTensor(gather(x.indices, places, axis=1), x.values, gather(x.dense_shape, places, axis=0))
    return reorder(moved)


def slice(sp_input: Any, start: Any, size: Any, name: Any = None) -> SparseTensor:
    """The part of `size` from `start` on; what reaches beyond the end is cut off.

    Raises:
      InvalidArgumentError: lengths that do not match the rank, or a negative size.

    Source: `tf.sparse.slice`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.slice(tf.sparse.eye(3), [1, 0], [2, 2]).indices.numpy()
    array([[0, 1]])
    """
    x = as_sparse(sp_input)
    return SparseTensor(
        *ops.sparse_slice(x.indices, x.values, x.dense_shape, long(start, "start"), long(size, "size"))
    )


def split(
    sp_input: Any = None, num_split: Any = None, axis: Any = None, name: Any = None
) -> list[SparseTensor]:
    """Equal parts along `axis`; the first ones are larger by one where it does not divide.

    Raises:
      ValueError: an argument is missing.
      InvalidArgumentError: `axis` or `num_split` is out of range, or an index out of bounds.

    Source: `tf.sparse.split`.

    >>> import tfcompat_tape as tf
    >>> [part.shape[0] for part in tf.sparse.split(tf.sparse.eye(3), num_split=2, axis=0)]
    [2, 1]
    """
    for what, value in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if value is None:
            raise ValueError(f"{what} is required")
    x = as_sparse(sp_input)
    count = as_int(num_split, "num_split")
    if count < 1:
        raise invalid(f"Value for attr 'num_split' of {count} must be at least minimum 1")
    parts = ops.sparse_split(
        convert(axis, preferred=int64), x.indices, x.values, x.dense_shape, num_split=count
    )
    return [SparseTensor(parts[i], parts[count + i], parts[2 * count + i]) for i in range(count)]


def retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """The elements for which a vector of bools says so.

    Raises:
      ValueError: the vector has another length than there are elements.

    Source: `tf.sparse.retain`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.retain(tf.sparse.eye(2), [False, True]).indices.numpy()
    array([[1, 1]])
    """
    x = as_sparse(sp_input)
    kept = convert(to_retain)
    if kept._t.dim() != 1:
        raise ValueError(f"Shape {kept.shape} must have rank 1")
    if len(kept) != len(x.values):
        raise ValueError(f"Dimensions {len(x.values)} and {len(kept)} are not compatible")
    places = Tensor(reading.plain(kept._t).to(torch.bool).nonzero().reshape(-1), None)
    return SparseTensor(gather(x.indices, places), gather(x.values, places), x.dense_shape)


def fill_empty_rows(sp_input: Any, default_value: Any, name: Any = None) -> tuple[SparseTensor, Tensor]:
    """With `default_value` in the first column of rows that had no element; and which rows these are.

    Args:
      sp_input: SparseTensor of rank 1 or more.
      default_value: a scalar of its dtype.

    Raises:
      InvalidArgumentError: a row out of bounds, or no scalar.

    Source: `tf.sparse.fill_empty_rows`.

    >>> import tfcompat_tape as tf
    >>> filled, empty = tf.sparse.fill_empty_rows(tf.SparseTensor([[1, 1]], [5], [2, 2]), 0)
    >>> filled.indices.numpy().tolist(), empty.numpy().tolist()
    ([[0, 0], [1, 1]], [True, False])
    """
    x = as_sparse(sp_input)
    default = convert(default_value, x.dtype)
    indices, values, empty, _ = ops.sparse_fill_empty_rows(x.indices, x.values, x.dense_shape, default)
    return SparseTensor(indices, values, x.dense_shape), empty


def mask(a: Any, mask_indices: Any, name: Any = None) -> IndexedSlices:
    """IndexedSlices without the rows whose index is among `mask_indices`.

    Raises:
      InvalidArgumentError: the indices have different dtypes, or are no vectors.

    Source: `tf.sparse.mask`.

    >>> import tfcompat_tape as tf
    >>> rows = tf.IndexedSlices(tf.constant([[1.0], [2.0]]), tf.constant([3, 5]))
    >>> tf.sparse.mask(rows, [3]).indices.numpy()
    array([5], dtype=int32)
    """
    indices = convert(a.indices)
    gone = (
        convert(mask_indices, indices.dtype)
        if isinstance(mask_indices, (list, tuple))
        else convert(mask_indices)
    )
    if indices.dtype is not gone.dtype:
        raise invalid(
            f"cannot compute ListDiff as input #1(zero-based) was expected to be a {indices.dtype.name} tensor but is "
            f"a {gone.dtype.name} tensor"
        )
    if indices.ndim != 1 or gone.ndim != 1:
        raise invalid("ListDiff: indices and mask_indices should be 1D vectors.")
    kept = (~torch.isin(indices._t, gone._t)).nonzero().reshape(-1)
    places = Tensor(kept, None)
    return IndexedSlices(gather(convert(a.values), places), gather(indices, places), a.dense_shape)


def map_values(op: Any, *args: Any, **kwargs: Any) -> SparseTensor:
    """`op` of the values of SparseTensors, among other arguments; all must have the same indices and shape.

    Raises:
      ValueError: there is no SparseTensor among the arguments, or the result has not one value for each index.
      InvalidArgumentError: indices or shapes differ.

    Source: `tf.sparse.map_values`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.map_values(tf.multiply, tf.sparse.eye(2), 3.0).values.numpy()
    array([3., 3.], dtype=float32)
    """
    found: list[SparseTensor] = []

    def of(value: Any) -> Any:
        if isinstance(value, SparseTensor):
            found.append(value)
            return value.values
        if isinstance(value, (list, tuple)):
            return type(value)([of(item) for item in value])
        return {key: of(item) for key, item in value.items()} if isinstance(value, dict) else value

    inner = [of(arg) for arg in args]
    named = {key: of(value) for key, value in kwargs.items()}
    if not found:
        raise ValueError("No SparseTensor in argument list of map_values")
    first = found[0]
    for other in found[1:]:
        for what, x, y in (
            ("indices", first.indices._t, other.indices._t),
            ("shapes", first.dense_shape._t, other.dense_shape._t),
        ):
            if x.shape != y.shape or not bool((reading.plain(x) == reading.plain(y)).all()):
                raise invalid(f"map_values: Mismatched {what}! {x.tolist()} and {y.tolist()}")
    return SparseTensor(first.indices, op(*inner, **named), first.dense_shape)
