"""Diagonals, bands, transposes and traces."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import int32, int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.linalg.on_operators import diagonal_of, takes_operators
from tfcompat_tape.ops.arguments import as_int, as_ints
from tfcompat_tape.ops.matrices import adjoint as _adjoint
from tfcompat_tape.ops.matrices import swap
from tfcompat_tape.ops.operands import as_tensor
from tfcompat_tape.ops.reductions import sum_
from tfcompat_tape.ops.structure import band_part as _band_part
from tfcompat_tape.ops.structure import matrix_diag, matrix_diag_part, matrix_set_diag
from tfcompat_tape.ops.structure import tensor_diag as _tensor_diag
from tfcompat_tape.ops.structure import tensor_diag_part as _tensor_diag_part

__all__ = [
    "adjoint",
    "band_part",
    "diag",
    "diag_part",
    "matrix_transpose",
    "set_diag",
    "tensor_diag",
    "tensor_diag_part",
    "trace",
]


def _band(k: Any) -> Any:
    """`k` as the ops take it: an int, or a pair of ints."""
    if type(k) is int:
        return k
    if not isinstance(k, (Tensor, list, tuple)):
        k = convert(k, int32)
    found = as_ints(k, "k", scalar=True)
    if isinstance(k, Tensor) and k.dtype == int64:
        raise invalid("k must be int32, got int64.")
    if len(found) not in (1, 2):
        raise invalid(f"k must have one or two elements, received {len(found)}.")
    return found[0] if len(found) == 1 else found


def _padding(value: Any, like: Tensor) -> Any:
    """The padding as the ops take it: 0, or a raw scalar."""
    if type(value) in (int, float, bool) and not value:
        return 0
    padding = convert(value, like.dtype)
    if padding._t.ndim:
        raise invalid(f"padding_value must be a scalar, got the shape {list(padding._t.shape)}.")
    return padding._t


def diag(
    diagonal: Any,
    name: Any = "diag",
    k: Any = 0,
    num_rows: Any = -1,
    num_cols: Any = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    """Matrices with given diagonals, and `padding_value` elsewhere.

    Args:
      diagonal: of shape `[..., n]`, or `[..., d, n]` for d diagonals, the uppermost first.
      k: where the diagonal lies (0: main, positive: above); or a pair, the lowest and the uppermost.
      num_rows, num_cols: size of the matrices; -1 for the smallest that fit.
      padding_value: scalar for the other elements; no gradient flows to it.
      align: on which side shorter diagonals are padded, above and below the main one.

    Raises:
      InvalidArgumentError: sizes that do not fit each other.

    Source: `tf.linalg.diag`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.diag([1, 2], k=1).numpy())
    [[0 1 0]
     [0 0 2]
     [0 0 0]]
    """
    x = as_tensor(diagonal)
    return matrix_diag(
        x,
        k=_band(k),
        num_rows=as_int(num_rows, "num_rows", to=int32, beside=(diagonal, k, padding_value)),
        num_cols=as_int(num_cols, "num_cols", to=int32, beside=(diagonal, k, padding_value)),
        padding_value=_padding(padding_value, x),
        align=align,
    )


@takes_operators(diagonal_of)
def diag_part(
    input: Any, name: Any = "diag_part", k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Any:
    """Diagonals of matrices.

    Args:
      input: of shape `[..., m, n]`.
      k: which diagonal (0: main, positive: above); or a pair, the lowest and the uppermost.
      padding_value: scalar that fills up the shorter ones of several diagonals.
      align: on which side they are padded, above and below the main one.

    Returns:
      Shape `[..., length]`, or `[..., diagonals, length]`, the uppermost first.

    Raises:
      InvalidArgumentError: no matrices, or no such diagonal.

    Source: `tf.linalg.diag_part`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.diag_part([[1, 2], [3, 4]]).numpy())
    [1 4]
    """
    x = as_tensor(input)
    return matrix_diag_part(x, k=_band(k), padding_value=_padding(padding_value, x), align=align)


def set_diag(input: Any, diagonal: Any, name: Any = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """Matrices with some diagonals replaced.

    Args:
      input: of shape `[..., m, n]`.
      diagonal: what `tf.linalg.diag_part(input, k=k, align=align)` gives is to be.
      k, align: as for `tf.linalg.diag_part`.

    Raises:
      InvalidArgumentError: no such diagonal, or shapes that do not fit.

    Source: `tf.linalg.set_diag`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.set_diag([[1, 2], [3, 4]], [0, 0]).numpy())
    [[0 2]
     [3 0]]
    """
    return matrix_set_diag(input, diagonal, k=_band(k), align=align)


def tensor_diag(diagonal: Any, name: Any = None) -> Any:
    """A tensor of twice as many axes that has `diagonal` on its diagonal and zeros elsewhere.

    Raises:
      InvalidArgumentError: a scalar, or a dtype other than floating, complex, int32 and int64.

    Source: `tf.linalg.tensor_diag`.

    >>> import tfcompat_tape as tf
    >>> tf.linalg.tensor_diag(tf.ones([2, 3])).shape
    TensorShape([2, 3, 2, 3])
    """
    return _tensor_diag(diagonal)


def tensor_diag_part(input: Any, name: Any = None) -> Any:
    """The diagonal of a tensor whose shape is one shape twice.

    Raises:
      InvalidArgumentError: another shape, or a dtype other than floating, complex, int32 and int64.

    Source: `tf.linalg.tensor_diag_part`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.tensor_diag_part([[1.0, 2.0], [3.0, 4.0]]).numpy())
    [1. 4.]
    """
    return _tensor_diag_part(input)


def band_part(input: Any, num_lower: Any, num_upper: Any, name: Any = None) -> Any:
    """Matrices with zeros outside a band around the main diagonal.

    Args:
      input: of shape `[..., m, n]`.
      num_lower, num_upper: how many diagonals to keep below and above the main one; all if negative.

    Raises:
      InvalidArgumentError: no matrices, or more diagonals than there are.

    Source: `tf.linalg.band_part`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.band_part([[1, 2], [3, 4]], -1, 0).numpy())
    [[1 0]
     [3 4]]
    """
    x = as_tensor(input)
    lower, upper = _count(num_lower, "num_lower"), _count(num_upper, "num_upper")
    given = {n.dtype for n in (num_lower, num_upper) if isinstance(n, Tensor)}
    if len(given) > 1:
        raise invalid("band_part: num_lower and num_upper must have one dtype, int32 or int64.")
    return _band_part(x, num_lower=lower, num_upper=upper)


def _count(value: Any, what: str) -> int:
    return as_int(
        value if isinstance(value, Tensor) or hasattr(value, "dtype") else convert(value, int64), what
    )


@takes_operators(lambda x: x.trace())
def trace(x: Any, name: Any = None) -> Any:
    """The sums of the main diagonals of matrices.

    Raises:
      InvalidArgumentError: `x` has fewer than 2 axes.

    Source: `tf.linalg.trace`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.trace([[1.0, 2.0], [3.0, 4.0]]).numpy())
    5.0
    """
    return sum_(matrix_diag_part(as_tensor(x)), axis=(-1,), keep_dims=False)


def matrix_transpose(a: Any, name: Any = "matrix_transpose", conjugate: bool = False) -> Any:
    """The transposes of matrices, conjugated on request.

    Raises:
      ValueError: `a` has fewer than 2 axes.

    Source: `tf.linalg.matrix_transpose`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.matrix_transpose([[1, 2], [3, 4]]).numpy())
    [[1 3]
     [2 4]]
    """
    a = as_tensor(a)
    if a._t.ndim < 2:
        raise ValueError(f"Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {a}")
    return _adjoint(a) if conjugate and a.dtype.is_complex else swap(a)


@takes_operators(lambda matrix: matrix.adjoint())
def adjoint(matrix: Any, name: Any = None) -> Any:
    """The conjugate transposes of matrices.

    Raises:
      ValueError: `matrix` has fewer than 2 axes.

    Source: `tf.linalg.adjoint`.

    >>> import tfcompat_tape as tf
    >>> print(tf.linalg.adjoint([[1.0 + 0.0j, 2.0j]]).numpy())
    [[1.-0.j]
     [0.-2.j]]
    """
    return matrix_transpose(matrix, conjugate=True)
