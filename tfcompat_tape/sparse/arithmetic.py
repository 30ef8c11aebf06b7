"""Functions of `tf.sparse` that compute: sums, extrema, products, reductions, counts."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import as_dtype, float32, int32, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.sparse_tensor import SparseTensor
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.math.arithmetic import add as dense_add
from tfcompat_tape.math.arithmetic import multiply
from tfcompat_tape.math.reductions import reduce_sum as dense_sum
from tfcompat_tape.ops import sparse_arithmetic as ops
from tfcompat_tape.ops import sparse_counting as counting
from tfcompat_tape.ops import sparse_reductions as reductions
from tfcompat_tape.ops.arguments import as_bool, as_int
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.shapes import transpose as dense_transpose
from tfcompat_tape.ops.sparse_tensors import sparse_concat
from tfcompat_tape.sparse.tensors import as_sparse, having_indices

__all__ = [
    "add",
    "bincount",
    "concat",
    "maximum",
    "minimum",
    "reduce_max",
    "reduce_sum",
    "sampled_addmm",
    "softmax",
    "sparse_dense_matmul",
]


def _parts(x: SparseTensor) -> tuple[Tensor, Tensor, Tensor]:
    return x.indices, x.values, x.dense_shape


def _is_sparse(value: Any) -> bool:
    return isinstance(value, SparseTensor) or type(value).__name__ == "SparseTensorValue"


def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """The sum of two tensors of one shape, at least one of which is sparse.

    Args:
      a, b: SparseTensors, or one of them a Tensor; no broadcasting.
      threshold: of two SparseTensors, sums of lesser magnitude are left out.

    Returns:
      A SparseTensor of two SparseTensors, else a Tensor.

    Raises:
      TypeError: neither is a SparseTensor.
      InvalidArgumentError: shapes or dtypes differ.

    Source: `tf.sparse.add`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.add(tf.sparse.eye(2), tf.sparse.eye(2)).values.numpy()
    array([2., 2.], dtype=float32)
    """
    if not (_is_sparse(a) or _is_sparse(b)):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if _is_sparse(a) and _is_sparse(b):
        x, y = as_sparse(a), as_sparse(b)
        real = {torch.complex64: float32, torch.complex128: as_dtype("float64")}.get(
            x.values._t.dtype, x.dtype
        )
        return SparseTensor(*ops.sparse_add(*_parts(x), *_parts(y), convert(threshold, real)))
    x, dense = (as_sparse(a), b) if _is_sparse(a) else (as_sparse(b), a)
    return ops.sparse_tensor_dense_add(*_parts(x), convert(dense, preferred=x.dtype))


def maximum(sp_a: Any, sp_b: Any, name: Any = None) -> SparseTensor:
    """The greater element of two SparseTensors of one shape, at the places of both; what is not there counts as 0.

    Raises:
      InvalidArgumentError: shapes or dtypes differ.

    Source: `tf.sparse.maximum`.

    >>> import tfcompat_tape as tf
    >>> x = tf.SparseTensor([[0], [1]], [1.0, -2.0], [3])
    >>> tf.sparse.maximum(x, tf.SparseTensor([[0]], [5.0], [3])).values.numpy()
    array([5., 0.], dtype=float32)
    """
    a, b = having_indices(sp_a), having_indices(sp_b)
    return SparseTensor(*ops.sparse_sparse_maximum(*_parts(a), *_parts(b)), a.dense_shape)


def minimum(sp_a: Any, sp_b: Any, name: Any = None) -> SparseTensor:
    """The lesser element of two SparseTensors; as `tf.sparse.maximum` otherwise.

    Source: `tf.sparse.minimum`.

    >>> import tfcompat_tape as tf
    >>> x = tf.SparseTensor([[0], [1]], [1.0, -2.0], [3])
    >>> tf.sparse.minimum(x, tf.SparseTensor([[0]], [5.0], [3])).values.numpy()
    array([ 1., -2.], dtype=float32)
    """
    a, b = having_indices(sp_a), having_indices(sp_b)
    return SparseTensor(*ops.sparse_sparse_minimum(*_parts(a), *_parts(b)), a.dense_shape)


def concat(axis: Any, sp_inputs: Any, expand_nonconcat_dims: bool = False, name: Any = None) -> SparseTensor:
    """SparseTensors one after the other along `axis`. As in TensorFlow, no gradient passes.

    Args:
      axis: an integer.
      sp_inputs: list of SparseTensors of one dtype and rank.
      expand_nonconcat_dims: sizes along other axes may differ; the result has the greatest.

    Raises:
      InvalidArgumentError: shapes or dtypes do not match, or `axis` is out of range.
      TypeError: something is no SparseTensor.

    Source: `tf.sparse.concat`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.concat(0, [tf.sparse.eye(2), tf.sparse.eye(2)]).shape
    TensorShape([4, 2])
    """
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    inputs = [as_sparse(x) for x in sp_inputs]
    at = as_int(axis, "axis")
    shapes = [x.dense_shape for x in inputs]
    if expand_nonconcat_dims and inputs and len({len(shape) for shape in shapes}) == 1:
        most = torch.stack([shape._t for shape in shapes]).amax(0)
        if -len(most) <= at < len(most):
            shapes = [Tensor(_but(most, at, shape._t), None) for shape in shapes]
    tensors = [*[x.indices for x in inputs], *[x.values for x in inputs], *shapes]
    if not tensors:
        raise invalid("SparseConcat: there must be at least one SparseTensor.")
    return SparseTensor(*sparse_concat(*tensors, concat_dim=at))


def _but(most: torch.Tensor, axis: int, own: torch.Tensor) -> torch.Tensor:
    shape = most.clone()
    shape[axis] = own[axis]
    return shape


def _axes(axis: Any, rank: int) -> Tensor:
    if axis is None:
        return Tensor(torch.arange(rank, dtype=torch.int32), None)
    return convert(axis, preferred=int32) if hasattr(axis, "dtype") else convert(axis, int32)


def _reduced(forms: Any, sp_input: Any, axis: Any, keepdims: Any, sparse: Any) -> Any:
    x = having_indices(sp_input)
    axes, keep = _axes(axis, len(x.dense_shape)), bool(keepdims)
    if sparse:
        return SparseTensor(*forms[1](*_parts(x), axes, keep_dims=keep))
    return forms[0](*_parts(x), axes, keep_dims=keep)


def reduce_sum(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: Any = None
) -> Any:
    """The sum of the elements along axes (all of them by default), dense or sparse.

    Raises:
      InvalidArgumentError: an axis that is not there, or a dtype that cannot be summed.
      LookupError: a gradient through the sparse form is asked for.

    Source: `tf.sparse.reduce_sum`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.reduce_sum(tf.sparse.eye(2, 3), axis=0).numpy()
    array([1., 1., 0.], dtype=float32)
    """
    forms = (reductions.sparse_reduce_sum, reductions.sparse_reduce_sum_sparse)
    return _reduced(forms, sp_input, axis, keepdims, output_is_sparse)


def reduce_max(
    sp_input: Any, axis: Any = None, keepdims: Any = None, output_is_sparse: bool = False, name: Any = None
) -> Any:
    """The greatest element along axes: among those that are there, and 0 where there is none. It has no gradient.

    Raises:
      InvalidArgumentError: an axis that is not there, or a dtype without an order.
      LookupError: its gradient is asked for.

    Source: `tf.sparse.reduce_max`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.reduce_max(tf.SparseTensor([[0, 1]], [-5], [2, 2]), axis=1).numpy()
    array([-5,  0], dtype=int32)
    """
    forms = (reductions.sparse_reduce_max, reductions.sparse_reduce_max_sparse)
    return _reduced(forms, sp_input, axis, keepdims, output_is_sparse)


def softmax(sp_input: Any, name: Any = None) -> SparseTensor:
    """Softmax along the last axis, over the elements that are there.

    Raises:
      InvalidArgumentError: a rank below 2, or a dtype other than float16, float32, float64.

    Source: `tf.sparse.softmax`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.softmax(tf.SparseTensor([[0, 0], [0, 1]], [1.0, 1.0], [1, 5])).values.numpy()
    array([0.5, 0.5], dtype=float32)
    """
    x = having_indices(sp_input)
    return x.with_values(reductions.sparse_softmax(*_parts(x)))


def sparse_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: Any = None
) -> Tensor:
    """The product of a sparse and a dense matrix, or of a dense and a sparse one.

    Args:
      sp_a: SparseTensor of rank 2; or a Tensor, if `b` is sparse.
      b: Tensor of rank 2; or a SparseTensor, if `sp_a` is dense.
      adjoint_a, adjoint_b: take the conjugate transpose first.

    Raises:
      InvalidArgumentError: no matrices, sizes that do not fit, indices out of bounds, or different dtypes.
      NotFoundError: a dtype without a kernel.
      TypeError: none, or both, are sparse.

    Source: `tf.sparse.sparse_dense_matmul`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.sparse_dense_matmul(tf.sparse.eye(2), [[1.0], [2.0]]).numpy()
    array([[1.],
           [2.]], dtype=float32)
    """
    one, other = as_bool(adjoint_a, "adjoint_a"), as_bool(adjoint_b, "adjoint_b")
    if _is_sparse(b):
        if _is_sparse(sp_a):
            raise TypeError(
                "sparse_dense_matmul: one of the matrices must be dense; use tf.sparse.to_dense on it."
            )
        product = sparse_dense_matmul(b, sp_a, adjoint_a=not other, adjoint_b=not one)
        return dense_transpose(product, perm=(1, 0)) if not product.dtype.is_complex else _adjoint(product)
    x = as_sparse(sp_a)
    dense = convert(b, preferred=x.dtype)
    return ops.sparse_tensor_dense_mat_mul(*_parts(x), dense, adjoint_a=one, adjoint_b=other)


def _adjoint(x: Tensor) -> Tensor:
    from tfcompat_tape.ops.complex_numbers import conj

    result: Tensor = conj(dense_transpose(x, perm=(1, 0)))
    return result


def sampled_addmm(
    indices: Any,
    values: Any,
    dense_shape: Any,
    mat1: Any,
    mat2: Any,
    beta: Any = 1.0,
    alpha: Any = 1.0,
    output_type: Any = float32,
) -> tuple[Tensor, Tensor, Tensor]:
    """`alpha * mat1 @ mat2` at the places of a sparse matrix, plus `beta` times its values.

    Args:
      indices: int32 of shape `(..., n, 2)`.
      values: of shape `(..., n)` and dtype `output_type`.
      dense_shape: int32 vector.
      mat1: of shape `(..., rows, inner)`.
      mat2: of shape `(..., inner, columns)`.

    Returns:
      `(indices, values, dense_shape)` of the result.

    Raises:
      ValueError: Tensors of another dtype.
      InvalidArgumentError: shapes that do not fit.

    Source: `tf.sparse.sampled_addmm`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.sampled_addmm([[0, 1]], [1.0], [2, 2], tf.ones([2, 3]), tf.ones([3, 2]))[1].numpy()
    array([4.], dtype=float32)
    """
    dtype = as_dtype(output_type)
    rows, shape = convert(indices, int32), convert(dense_shape, int32)
    x, a, b = convert(values, dtype), convert(mat1, dtype), convert(mat2, dtype)
    if rows._t.dim() < 2 or rows._t.shape[-1] != 2:
        raise invalid(f"sampled_addmm: indices must be of shape (..., n, 2), got {rows.shape}.")
    if a._t.dim() < 2 or b._t.dim() < 2 or a._t.shape[-1] != b._t.shape[-2]:
        raise invalid(f"sampled_addmm: Incompatible shapes: {list(a._t.shape)} vs. {list(b._t.shape)}")
    given, made = reading.listed(shape._t), [a._t.shape[-2], b._t.shape[-1]]
    if given != made:
        raise invalid(f"sampled_addmm: dense_shape {given} is not that of the product, {made}.")
    batch = rows._t.dim() - 2
    columns = dense_transpose(b, perm=(*range(batch), batch + 1, batch))
    left = _looked_up(a, Tensor(rows._t[..., 0], None), batch)
    right = _looked_up(columns, Tensor(rows._t[..., 1], None), batch)
    products = dense_sum(multiply(left, right), axis=-1)
    result = dense_add(multiply(products, convert(alpha, dtype)), multiply(x, convert(beta, dtype)))
    return rows, result, shape


def _looked_up(x: Tensor, indices: Tensor, batch: int) -> Tensor:
    found: Tensor = gather(x, indices, axis=batch, batch_dims=batch)
    return found


def bincount(
    values: Any,
    weights: Any = None,
    axis: Any = 0,
    minlength: Any = None,
    maxlength: Any = None,
    binary_output: bool = False,
    name: Any = None,
) -> SparseTensor:
    """How often each number occurs, as a SparseTensor; or the sums of its weights.

    Args:
      values: Tensor or SparseTensor of int32 or int64, of rank 1 or 2, nothing below 0.
      weights: one for each value, sparse if the values are.
      axis: 0 counts in all of them; -1 in each row.
      minlength: least size of the last axis of the result.
      maxlength: numbers from it on are not counted.
      binary_output: 1 in place of counts.

    Raises:
      InvalidArgumentError: negative values, other dtypes, or weights of another shape.
      ValueError: another axis, or `weights` where they cannot be.

    Source: `tf.sparse.bincount`.

    >>> import tfcompat_tape as tf
    >>> tf.sparse.bincount([1, 1, 3]).values.numpy()
    array([2, 1], dtype=int32)
    """
    if axis is None:
        axis = 0
    if axis not in (0, -1):
        raise ValueError(
            f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported."
        )
    binary = as_bool(binary_output, "binary_output")
    if binary and weights is not None:
        raise ValueError(
            "Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one."
        )
    options = {
        "binary_output": binary,
        "minlength": -1 if minlength is None else as_int(minlength, "minlength"),
        "maxlength": -1 if maxlength is None else as_int(maxlength, "maxlength"),
    }
    if isinstance(values, SparseTensor):
        if weights is not None:
            _check_weights(values, weights)
        if axis == 0:
            values, weights = values.values, None if weights is None else weights.values
        else:
            amounts = _no_weights(values.values) if weights is None else weights.values
            return SparseTensor(*counting.sparse_count_sparse_output(*_parts(values), amounts, **options))
    x = convert(values)
    amounts = _no_weights(x) if weights is None else convert(weights)
    if axis == 0:
        x = Tensor(x._t.reshape(-1), None)
        amounts = amounts if amounts.ndim == 1 else Tensor(amounts._t.reshape(-1), None)
    return SparseTensor(*counting.dense_count_sparse_output(x, amounts, **options))


def _no_weights(values: Tensor) -> Tensor:
    dtype = int64 if values.dtype is int64 else int32
    return Tensor(torch.zeros(0, dtype=dtype.torch), None)


def _check_weights(values: SparseTensor, weights: Any) -> None:
    if not isinstance(weights, SparseTensor):
        raise ValueError(
            f"Argument `weights` must be a SparseTensor if `values` is a SparseTensor. Received weights={weights} of "
            f"type: {type(weights).__name__}"
        )
    for what, one, other in (
        ("indices", values.indices._t, weights.indices._t),
        ("dense_shape", values.dense_shape._t, weights.dense_shape._t),
    ):
        if one.shape != other.shape or not bool((one == other).all()):
            raise invalid(f"'weights' and 'values' must have the same {what}.")
