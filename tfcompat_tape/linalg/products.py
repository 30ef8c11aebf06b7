"""Products of matrices, vectors and tensors."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert, match
from tfcompat_tape.core.dtypes import as_dtype, bfloat16, float32, int8, int32, uint8
from tfcompat_tape.core.errors import InvalidArgumentError, invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.linalg.on_operators import is_operator, product_of, takes_operators, vector_product_of
from tfcompat_tape.ops.arguments import as_bool
from tfcompat_tape.ops.einsum import einsum as _einsum
from tfcompat_tape.ops.einsum import plan
from tfcompat_tape.ops.helpers import by_shape, conj
from tfcompat_tape.ops.matrices import to_dtype
from tfcompat_tape.ops.operands import as_tensor, convert_like, shaped
from tfcompat_tape.ops.products import batch_matmul as _batch_matmul
from tfcompat_tape.ops.products import batch_matmul_wide, sparse_matmul
from tfcompat_tape.ops.products import cross as _cross
from tfcompat_tape.ops.products import matmul as _matmul
from tfcompat_tape.ops.shapes import expand_dims, reshape, squeeze, transpose

__all__ = ["cross", "einsum", "matmul", "matvec", "tensordot"]


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: Any = None,
) -> Any:
    """The matrix product `a b`; of batches of matrices the products one by one, the batch axes broadcast.

    Args:
      a, b: of shapes `[..., m, k]` and `[..., k, n]` after transposing; floating, complex, int32 or int64, both alike.
      transpose_a, transpose_b, adjoint_a, adjoint_b: use the transpose or the conjugate transpose of a factor.
      a_is_sparse, b_is_sparse: hints that a factor has many zeros.
      output_type: int32, for int8 and uint8 factors; bfloat16, for one of these and one of bfloat16.

    Raises:
      ValueError: a factor is to be both transposed and adjoined.
      InvalidArgumentError: dtypes or shapes that do not match, or a factor with fewer than 2 axes.

    Source: `tf.linalg.matmul`.

    >>> import tfcompat_tape as tf
    >>> print(tf.matmul([[1.0, 2.0]], [[3.0, 4.0]], transpose_b=True).numpy())
    [[11.]]
    """
    try:
        if type(a) is not Tensor:
            a = convert(a)
        if type(b) is not Tensor:
            b = b._read() if type(b) is Variable else convert_like(b, a)
    except (TypeError, ValueError):
        if not (is_operator(a) or is_operator(b)):
            raise
        return product_of(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b, a_is_sparse or b_is_sparse)
    if (
        transpose_a
        or transpose_b
        or adjoint_a
        or adjoint_b
        or a_is_sparse
        or b_is_sparse
        or output_type is not None
    ):
        return _matmul_with(
            a, b, transpose_a, transpose_b, adjoint_a, adjoint_b, a_is_sparse or b_is_sparse, output_type
        )
    if a._t.ndim > 2 or b._t.ndim > 2:
        return _batch_matmul(a, b)
    try:
        return _matmul(a, b)
    except (InvalidArgumentError, TypeError, ValueError):
        if _is_mixed(a, b):
            return sparse_matmul(a, b, transpose_a=False, transpose_b=False)
        raise


def _is_mixed(a: Tensor, b: Tensor) -> bool:
    """Whether TensorFlow multiplies matrices of these dtypes as sparse ones: one of bfloat16, and one of another."""
    return a.dtype != b.dtype and bfloat16 in (a.dtype, b.dtype)


def _matmul_with(
    a: Tensor,
    b: Tensor,
    turn_a: Any,
    turn_b: Any,
    adjoint_a: Any,
    adjoint_b: Any,
    sparse: bool,
    output_type: Any,
) -> Any:
    for letter, turn, adjoint in (("a", turn_a, adjoint_a), ("b", turn_b, adjoint_b)):
        if turn and adjoint:
            raise ValueError(f"Only one of `transpose_{letter}` and `adjoint_{letter}` can be True.")
    batch = a._t.ndim > 2 or b._t.ndim > 2
    wanted = None if output_type is None else as_dtype(output_type)
    eighths = {a.dtype, b.dtype} & {int8, uint8}
    sparse = not batch and (sparse or (wanted is not None and not eighths and _is_mixed(a, b)))
    if not sparse and wanted is not None and (wanted != a.dtype or a.dtype != b.dtype):
        adj_a, adj_b = bool(turn_a or adjoint_a), bool(turn_b or adjoint_b)  # of integers: the transposes
        return batch_matmul_wide(a, b, Tout=wanted.torch, adj_x=adj_a, adj_y=adj_b)
    if batch:
        a = conj(a) if turn_a else a
        b = conj(b) if turn_b else b
        return _batch_matmul(a, b, adj_x=bool(turn_a or adjoint_a), adj_y=bool(turn_b or adjoint_b))
    turn_a = as_bool(turn_a, "transpose_a") or bool(adjoint_a)
    turn_b = as_bool(turn_b, "transpose_b") or bool(adjoint_b)
    sparse = as_bool(sparse, "a_is_sparse")
    if sparse and (_is_mixed(a, b) or {a.dtype, b.dtype} <= {float32, bfloat16}):
        product = sparse_matmul(a, b, transpose_a=turn_a, transpose_b=turn_b)
        return to_dtype(product, a._t.dtype) if a.dtype == b.dtype else product
    a = conj(a) if adjoint_a else a
    b = conj(b) if adjoint_b else b
    return _matmul(a, b, transpose_a=turn_a, transpose_b=turn_b)


@takes_operators(vector_product_of)
def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: Any = None,
) -> Any:
    """The product of a matrix and a vector, or of batches of them.

    Args:
      a: of shape `[..., m, n]`, or `[..., n, m]` if it is to be transposed or adjoined.
      b: of shape `[..., n]` and the dtype of `a`.

    Raises:
      InvalidArgumentError: dtypes or shapes that do not match.

    Source: `tf.linalg.matvec`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).numpy())
    [3. 7.]
    """
    column = expand_dims(as_tensor(b), dim=-1)
    product = matmul(a, column, transpose_a, False, adjoint_a, False, a_is_sparse, b_is_sparse)
    return squeeze(product, squeeze_dims=(-1,))


def cross(a: Any, b: Any, name: Any = None) -> Any:
    """The cross products of vectors of three elements.

    Args:
      a, b: real tensors of one dtype and one shape, `[..., 3]`.

    Raises:
      FailedPreconditionError: the vectors do not have three elements.
      InvalidArgumentError: dtypes or shapes that differ.

    Source: `tf.linalg.cross`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.cross([1, 0, 0], [0, 1, 0]).numpy())
    [0 0 1]
    """
    return _cross(a, b)


# -- tensordot --------------------------------------------------------------------------------------------------------


def tensordot(a: Any, b: Any, axes: Any, name: Any = None) -> Any:
    """Sums of products of the elements of `a` and `b` along some axes of each.

    Args:
      a, b: tensors of one dtype that `tf.matmul` takes.
      axes: a number n, for the last n axes of `a` and the first n of `b`; or a pair: the axes of `a`, the axes of `b`.

    Raises:
      ValueError: axes that are no pair, differ in number, or are too many.
      IndexError: no such axis.
      InvalidArgumentError: dtypes or sizes that do not match.

    Source: `tf.tensordot`.

    >>> import tfcompat_tape as tf
    >>> a = tf.ones([2, 3, 4])
    >>> tf.tensordot(a, a, [[1, 2], [1, 2]]).shape
    TensorShape([2, 2])
    """
    a = as_tensor(a)
    b = as_tensor(b)
    shape_a, shape_b = tuple(a._t.shape), tuple(b._t.shape)
    axes_a, axes_b = _contracted(axes, shape_a, shape_b)
    kept_a = [i for i in range(len(shape_a)) if i not in axes_a]
    kept_b = [i for i in range(len(shape_b)) if i not in axes_b]
    free_a = [shape_a[i] for i in kept_a]
    free_b = [shape_b[i] for i in kept_b]
    rows = _as_matrix(a, (*kept_a, *axes_a), math.prod(free_a), math.prod([shape_a[i] for i in axes_a]))
    columns = _as_matrix(b, (*axes_b, *kept_b), math.prod([shape_b[i] for i in axes_b]), math.prod(free_b))
    product = _matmul(rows, columns)
    shape = (*free_a, *free_b)
    return product if len(shape) == 2 and len(free_a) == 1 else reshape(product, shape=shape)


def _contracted(axes: Any, shape_a: Any, shape_b: Any) -> tuple[list[int], list[int]]:
    """The axes of each tensor to sum over, counted from the front."""
    if isinstance(axes, np.integer):
        axes = int(axes)
    if not isinstance(axes, (int, list, tuple)):
        numbers = convert(axes, int32)
        if not numbers._t.ndim:
            raise invalid("tensordot: a tensor of axes must have the shape [2, n], got a scalar.")
        axes = reading.listed(numbers._t)
    if isinstance(axes, int):
        if axes < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        if axes > min(len(shape_a), len(shape_b)):
            raise ValueError(
                f"`axes` must not be larger than the number of dimensions of the tensors, {len(shape_a)} and "
                f"{len(shape_b)}. Received {axes}."
            )
        return list(range(len(shape_a) - axes, len(shape_a))), list(range(axes))
    if len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    first, second = axes
    if isinstance(first, int) and isinstance(second, int):
        first, second = [first], [second]
    if len(first) != len(second):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
    return _from_front(first, shape_a), _from_front(second, shape_b)


def _from_front(axes: Any, shape: Any) -> list[int]:
    rank = len(shape)
    found = [int(axis) for axis in axes]
    for axis in found:
        if axis >= rank:
            raise IndexError(f"tensordot: there is no axis {axis} in a tensor of shape {list(shape)}.")
    found = [axis + rank if axis < 0 else axis for axis in found]
    if len(set(found)) < len(found) or min(found, default=0) < 0:
        raise ValueError(f"tensordot: {list(axes)} are not distinct axes of a tensor of shape {list(shape)}.")
    return found


def _as_matrix(x: Tensor, perm: tuple[int, ...], rows: int, columns: int) -> Tensor:
    if perm != tuple(range(len(perm))):
        x = transpose(x, perm=perm)
    return x if tuple(x._t.shape) == (rows, columns) else reshape(x, shape=(rows, columns))


# -- einsum -----------------------------------------------------------------------------------------------------------

_TERM = r"[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*"
_EQUATION = re.compile(rf"{_TERM}(?:,{_TERM})*(?:->{_TERM})?")


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """Sums of products of tensors, written with a label for each axis.

    Args:
      equation: e.g. `"ij,jk->ik"`. A label that the output lacks is summed over; one that an input has twice takes the
        diagonal; `...` stands for any axes, which broadcast. Without `->` the output has the labels that occur once.
      inputs: tensors of one dtype that `tf.matmul` takes.
      optimize, name: accepted; several inputs are always multiplied in an order that keeps intermediates small.

    Raises:
      ValueError: a malformed equation, or another number of inputs than it has.
      TypeError: an unknown keyword.
      InvalidArgumentError: shapes or dtypes that do not match.

    Source: `tf.einsum`.

    >>> import tfcompat_tape as tf
    >>> print(tf.einsum("ii->i", tf.constant([[1.0, 2.0], [3.0, 4.0]])).numpy())
    [1. 4.]
    """
    for key in kwargs:
        if key not in ("name", "optimize", "greedy"):
            raise TypeError(
                f"Invalid keyword arguments for einsum: {key}. Valid arguments: name, optimize, greedy."
            )
    terms, output = _parse(equation)
    if len(terms) != len(inputs):
        raise ValueError(f'Got {len(inputs)} inputs for equation "{equation}", expecting {len(terms)}')
    tensors = list(inputs)
    if not all(type(x) is Tensor for x in inputs):
        for x in inputs:
            shaped(x, "tf.einsum")
        tensors = match(inputs)
    if len(terms) <= 2:
        return _einsum(*tensors, equation=f"{','.join(terms)}->{output}")
    for i, j, pair in _path(terms, output, tuple([tuple(x._t.shape) for x in tensors])):
        second = tensors.pop(j)
        tensors.append(_einsum(tensors.pop(i), second, equation=pair))
    return tensors[0]


@lru_cache(maxsize=1024)
def _parse(equation: str) -> tuple[tuple[str, ...], str]:
    """The labels of each input and of the output."""
    text = equation.replace(" ", "")
    if not _EQUATION.fullmatch(text):
        raise ValueError(f"Subscripts have incorrect format: {equation}")
    left, arrow, output = text.partition("->")
    terms = tuple(left.split(","))
    letters = left.replace(",", "").replace("...", "")
    if not arrow:
        once = "".join(sorted([letter for letter in set(letters) if letters.count(letter) == 1]))
        output = ("..." if left.count("...") == 1 else "") + once
    for letter in output.replace("...", ""):
        if output.count(letter) > 1:
            raise ValueError(f"Output subscripts contain a label appearing more than once: {equation}")
        if letter not in letters:
            raise ValueError(
                f"Output subscripts contain the label {letter} not present in the input subscripts."
            )
    return terms, output


@by_shape
def _path(terms: tuple[str, ...], output: str, shapes: Any) -> list[tuple[int, int, str]]:
    """In which order to multiply: the places of two inputs, whose product goes to the end, and their equation.

    Each step takes the pair whose product adds the fewest elements to what is left.
    """
    _, _, sizes = plan(f"{','.join(terms)}->{output}", shapes)

    def elements(labels: str) -> int:
        return math.prod([sizes[label] for label in set(labels.replace("...", ""))])

    left = list(terms)
    steps = []
    while len(left) > 1:
        best: Any = None
        for j in range(1, len(left)):
            for i in range(j):
                others = output + "".join([term for k, term in enumerate(left) if k not in (i, j)])
                both = left[i] + left[j]
                kept = "".join(sorted(set(both.replace("...", "")) & set(others)))
                cost = elements(kept) - elements(left[i]) - elements(left[j])
                if best is None or cost < best[0]:
                    best = cost, i, j, ("..." if "..." in both else "") + kept
        _, i, j, product = best
        if len(left) == 2:
            product = output
        steps.append((i, j, f"{left[i]},{left[j]}->{product}"))
        del left[j], left[i]
        left.append(product)
    return steps
