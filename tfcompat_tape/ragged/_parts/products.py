"""Products, running sums and counts of RaggedTensors: computed on padded Tensors, or on flat values."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape import arrays, linalg, math
from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_bool, as_int
from tfcompat_tape.ops.casting import cast
from tfcompat_tape.ragged._parts import graph_rows
from tfcompat_tape.ragged._parts.elementwise import same_splits
from tfcompat_tape.ragged._parts.joining import as_ragged
from tfcompat_tape.ragged._parts.partitions import coordinates, rowids, splits_of_lengths
from tfcompat_tape.ragged._parts.tensor import RaggedTensor, _axis


def cumsum(x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False, name: Any = None) -> Any:
    """`tf.cumsum` of a RaggedTensor."""
    if axis is None:
        raise ValueError("tf.cumsum of a RaggedTensor: axis must not be None.")
    at = _axis(axis, int(x.shape.rank))
    depth = x.ragged_rank
    if at > depth:
        return x.with_flat_values(math.cumsum(x.flat_values, at - depth, exclusive, reverse))
    padded = math.cumsum(x.to_tensor(), at, exclusive, reverse)
    places = torch.stack(coordinates(x.nested_row_splits), 1)
    found = x.with_flat_values(arrays.gather_nd(padded, Tensor(places, None)))
    return RaggedTensor._of(found.values, found.row_splits) if at == 0 else found


# -- matmul ------------------------------------------------------------------------------------------------------------


class _Matrices:
    """A batch of matrices, padded, with the sizes that each of them has."""

    def __init__(self, value: Any, turned: bool) -> None:
        ragged = isinstance(value, RaggedTensor)
        self.padded = value.to_tensor() if ragged else value
        count, rows, columns = self.padded._t.shape
        # A size that is the same for all matrices by the form of the value, or one for each of them.
        sizes: list[Any] = [rows, columns]
        if ragged:
            value = as_ragged(value, 1)
            if value._length is None:
                sizes[0] = value.row_splits._t.diff().long()
            if isinstance(value.values, RaggedTensor) and value.values._length is None:
                sizes[1] = _columns(value, count)
        self.rows, self.columns = reversed(sizes) if turned else sizes


def _columns(value: RaggedTensor, count: int) -> torch.Tensor:
    """How many columns each matrix has; its rows must be of one length."""
    lengths = value.values.row_splits._t.diff().long()
    rows = rowids(value.row_splits._t).long()
    most = torch.zeros(count, dtype=torch.long).scatter_reduce(0, rows, lengths, "amax")
    if not bool((most[rows] == lengths).all()):
        raise invalid("tf.matmul: each matrix in a RaggedTensor must have rows of one length.")
    return most


def matmul(
    a: Any,
    b: Any,
    transpose_a: Any = False,
    transpose_b: Any = False,
    adjoint_a: Any = False,
    adjoint_b: Any = False,
    a_is_sparse: Any = False,
    b_is_sparse: Any = False,
    output_type: Any = None,
    grad_a: Any = False,
    grad_b: Any = False,
    name: Any = None,
) -> Any:
    """`tf.matmul` of RaggedTensors: batches of matrices of different sizes."""
    if a_is_sparse or b_is_sparse:
        raise invalid("tf.matmul of RaggedTensors: a_is_sparse and b_is_sparse are not supported.")
    if (transpose_a and adjoint_a) or (transpose_b and adjoint_b):
        raise ValueError("Only one of `transpose_a` and `adjoint_a` can be True, and so for b.")
    like = a.dtype if isinstance(a, RaggedTensor) else b.dtype
    a, b = (x if isinstance(x, RaggedTensor) else convert(x, like) for x in (a, b))
    if a.dtype != b.dtype:
        raise ValueError(f"tf.matmul: `a` and `b` must have the same dtype, not {a.dtype} and {b.dtype}.")
    rank = int(a.shape.rank)
    if rank != int(b.shape.rank) or rank < 2:
        raise ValueError(
            f"tf.matmul of RaggedTensors: both must have one rank, not {a.shape.rank} and {b.shape.rank}."
        )
    attrs = {
        "transpose_a": transpose_a,
        "transpose_b": transpose_b,
        "adjoint_a": adjoint_a,
        "adjoint_b": adjoint_b,
        "output_type": output_type,
    }
    if rank == 2:
        for x in (a, b):
            if None in x.shape.as_list():
                raise invalid("tf.matmul: the rows of a matrix must be of one length.")
        a, b = (x.to_tensor() if isinstance(x, RaggedTensor) else x for x in (a, b))
        return linalg.matmul(a, b, **attrs)
    return _batches(a, b, rank, attrs)


def _batches(a: Any, b: Any, rank: int, attrs: dict[str, Any]) -> Any:
    if int(a.shape[0]) != int(b.shape[0]):
        raise invalid(f"tf.matmul: batches of {a.shape[0]} and {b.shape[0]} matrices.")
    if rank > 3:
        a, b = as_ragged(a, 1), as_ragged(b, 1)
        if not torch.equal(a.row_splits._t.long(), b.row_splits._t.long()):
            raise invalid("tf.matmul: the batch dimensions of both must be of the same lengths.")
        return a.with_values(_batches(a.values, b.values, rank - 1, attrs))
    one = _Matrices(a, bool(attrs["transpose_a"] or attrs["adjoint_a"]))
    two = _Matrices(b, bool(attrs["transpose_b"] or attrs["adjoint_b"]))
    if not bool((torch.as_tensor(one.columns) == torch.as_tensor(two.rows)).all()):
        raise invalid(
            "tf.matmul: Matrix size-incompatible: the columns of `a` are not as many as the rows of `b`."
        )
    product = linalg.matmul(one.padded, two.padded, **attrs)
    return _cut(product, one.rows, two.columns, (a if isinstance(a, RaggedTensor) else b).row_splits.dtype)


def _cut(product: Tensor, rows: Any, columns: Any, dtype: Any) -> RaggedTensor:
    """Of each padded matrix the rows and columns that it has."""
    count, height, width = product._t.shape
    uniform = rows if isinstance(rows, int) else None
    heights = torch.full((count,), rows) if uniform is not None else rows
    splits = Tensor(splits_of_lengths(heights).to(dtype.torch), None)
    inside = torch.arange(height) < heights[:, None]
    if isinstance(columns, int):
        flat = arrays.reshape(product, [count * height, width])
        return RaggedTensor._of(_kept(flat, inside), splits, uniform)
    widths = torch.repeat_interleave(columns, heights)
    inner = Tensor(splits_of_lengths(widths).to(dtype.torch), None)
    flat = arrays.reshape(product, [count * height * width])
    there = inside[:, :, None] & (torch.arange(width) < columns[:, None, None])
    return RaggedTensor._of(RaggedTensor._of(_kept(flat, there), inner), splits, uniform)


def _kept(flat: Tensor, there: torch.Tensor) -> Any:
    if bool(there.all()):
        return flat
    return arrays.gather(flat, Tensor(there.reshape(-1).nonzero()[:, 0], None))


# -- bincount ----------------------------------------------------------------------------------------------------------


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
    name: Any = None,
    axis: Any = None,
    binary_output: Any = False,
) -> Any:
    """`tf.math.bincount` of a RaggedTensor: of all numbers, or of each row."""
    kind = dtypes.int32 if dtype is None else dtypes.as_dtype(dtype)
    flat, amounts, rows, count = _counted(arr, weights, axis, binary_output, cast_to_int32=True)
    if rows is None:
        return math.bincount(flat, amounts, minlength, maxlength, dtype, binary_output=binary_output)
    if reading.graph() is not None:
        size = graph_rows.size_of(
            flat,
            None if minlength is None else as_int(minlength, "minlength"),
            None if maxlength is None else as_int(maxlength, "maxlength"),
        )
        return graph_rows.counts(
            flat, arr.row_splits, amounts, size, as_bool(binary_output, "binary_output"), kind
        )
    size = int(flat._t.max()) + 1 if len(flat._t) else 0
    size = size if minlength is None else max(size, as_int(minlength, "minlength"))
    size = size if maxlength is None else min(size, as_int(maxlength, "maxlength"))
    kept = flat._t < size
    places = rows[kept] * size + flat._t[kept].long()
    made = kind.torch if amounts is None else amounts._t.dtype
    ones = torch.ones(len(places), dtype=made) if amounts is None else amounts._t[kept]
    found = torch.zeros(count * size, dtype=made)
    found = found.index_fill(0, places, 1) if binary_output else found.index_add(0, places, ones)
    return Tensor(found.reshape(count, size), None)


def sparse_bincount(
    values: Any,
    weights: Any = None,
    axis: Any = 0,
    minlength: Any = None,
    maxlength: Any = None,
    binary_output: Any = False,
    name: Any = None,
) -> Any:
    """`tf.sparse.bincount` of a RaggedTensor."""
    from tfcompat_tape import sparse

    flat, amounts, rows, count = _counted(values, weights, axis, binary_output)
    options = {"minlength": minlength, "maxlength": maxlength, "binary_output": binary_output}
    if rows is None:
        return sparse.bincount(flat, amounts, **options)
    places = coordinates(values.nested_row_splits)
    longest = int(values.bounding_shape(1)._t)
    shape = [count, longest]
    indices = Tensor(torch.stack(places, 1), None)
    given = None if amounts is None else SparseTensor(indices, amounts, shape)
    return sparse.bincount(SparseTensor(indices, flat, shape), given, axis=-1, **options)


def _counted(arr: Any, weights: Any, axis: Any, binary: Any, cast_to_int32: bool = False) -> Any:
    """Flat numbers and weights, the row of each number where rows are counted apart, and how many rows."""
    if not isinstance(arr, RaggedTensor):
        raise ValueError("`weights` must not be a RaggedTensor if what is counted is none.")
    if axis not in (None, 0, -1):
        raise ValueError(
            f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported."
        )
    if weights is not None:
        if as_bool(binary, "binary_output"):
            raise ValueError(
                "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."
            )
        if not isinstance(weights, RaggedTensor):
            raise ValueError(
                f"`weights` must be a RaggedTensor if what is counted is one. Received: {weights}"
            )
        if not same_splits(arr, weights):
            raise invalid("'weights' and 'values' must have the same row splits.")
    flat = arr.flat_values
    if cast_to_int32 and not flat.dtype.is_integer:
        flat = cast(flat, DstT=dtypes.int32)
    if flat.dtype not in (dtypes.int32, dtypes.int64):
        raise invalid(f"bincount: numbers must be int32 or int64, not {flat.dtype.name}.")
    amounts = None if weights is None else weights.flat_values
    if axis != -1:
        return flat, amounts, None, 0
    if arr.ragged_rank != 1 or len(flat._t.shape) != 1:
        raise ValueError("bincount: rows can be counted apart in matrices alone.")
    if reading.graph() is not None:  # there are no values
        return flat, amounts, arr, None
    if bool((flat._t < 0).any()):
        raise invalid("bincount: Input must be non-negative.")
    splits = arr.row_splits._t
    return flat, amounts, rowids(splits).long(), len(splits) - 1
