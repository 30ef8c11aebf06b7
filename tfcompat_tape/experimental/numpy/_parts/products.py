"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.binary import multiply
from tfcompat_tape.experimental.numpy._parts.promotion import asarray, promoted
from tfcompat_tape.experimental.numpy._parts.shaping import moveaxis


def _rank(x: Tensor) -> int:
    return len(x._t.shape)


def matmul(x1: Any, x2: Any) -> Tensor:
    """The product of matrices, or batches of them; a vector is a row on the left and a column on the right.

    ValueError for shapes that do not fit. Source: `tf.experimental.numpy.matmul`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.matmul([[1, 2], [3, 4]], [1, 1]).numpy()
    array([3, 7])
    """
    x, y = promoted(x1, x2)
    if _rank(x) == 1 and not _rank(y):
        raise IndexError("list index out of range: matmul of a vector with a scalar.")
    if not _rank(x):
        raise ValueError(f"matmul: In[0] and In[1] has different ndims: [] vs. {list(y._t.shape)}")
    try:
        if _rank(y) == 1:
            return tf.tensordot(x, y, 1)
        if _rank(x) == 1:
            return tf.tensordot(x, y, [[0], [-2]])
        return tf.matmul(x, y)
    except tf.errors.InvalidArgumentError as error:
        raise ValueError(error.message) from None


def dot(a: Any, b: Any) -> Tensor:
    """The sum of products along the last axis of `a` and the last but one of `b`; the product with a scalar.

    Source: `tf.experimental.numpy.dot`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.dot([1, 2], [3, 4]))
    11
    """
    x, y = promoted(a, b)
    if not _rank(x) or not _rank(y):
        product: Tensor = multiply(x, y)
        return product
    return tf.tensordot(x, y, [[-1], [-2 if _rank(y) > 1 else -1]])


def inner(a: Any, b: Any) -> Tensor:
    """The sum of products along the last axes; the product with a scalar. Source: `tf.experimental.numpy.inner`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.inner([1, 2], [3, 4]))
    11
    """
    x, y = promoted(a, b)
    if not _rank(x) or not _rank(y):
        product: Tensor = multiply(x, y)
        return product
    return tf.tensordot(x, y, [[-1], [-1]])


def outer(a: Any, b: Any) -> Tensor:
    """The products of each element of `a` with each of `b`, a matrix. Source: `tf.experimental.numpy.outer`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.outer([1, 2], [3, 4]).numpy()
    array([[3, 4],
           [6, 8]])
    """
    x, y = promoted(a, b)
    product: Tensor = tf.reshape(x, [-1, 1]) * tf.reshape(y, [-1])
    return product


def vdot(a: Any, b: Any) -> Tensor:
    """The sum of products of all elements, those of `a` conjugated. Source: `tf.experimental.numpy.vdot`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.vdot([1, 2], [3, 4]))
    11
    """
    x, y = promoted(a, b)
    x, y = tf.reshape(x, [-1]), tf.reshape(y, [-1])
    return dot(tf.math.conj(x) if x.dtype.is_complex else x, y)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    """The sum of products along several axes: see `tf.tensordot`. Source: `tf.experimental.numpy.tensordot`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.tensordot([1, 2], [3, 4], 1))
    11
    """
    return tf.tensordot(*promoted(a, b), axes)


def einsum(subscripts: Any, *operands: Any, **kwargs: Any) -> Tensor:
    """Sums of products by Einstein's convention: see `tf.einsum`.

    Keywords: `optimize`, True, False or an order of evaluation; `casting`, "safe" or "no", else a ValueError.
    Source: `tf.experimental.numpy.einsum`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.einsum("i,i", [1, 2], [3, 4]))
    11
    """
    casting = kwargs.get("casting", "safe")
    if casting not in ("safe", "no"):
        raise ValueError(
            'Invalid value for argument `casting`. Expected casting="safe" or casting="no". '
            f"Received: casting={casting}"
        )
    optimize = kwargs.get("optimize", False)
    order = {True: "greedy", False: "optimal"}.get(optimize, optimize)
    values = promoted(*operands) if casting == "safe" else [asarray(x) for x in operands]
    return tf.einsum(subscripts, *values, optimize=order)


def kron(a: Any, b: Any) -> Tensor:
    """The Kronecker product: each element of `a` times the whole of `b`. Source: `tf.experimental.numpy.kron`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.kron([1, 10], [1, 2]).numpy()
    array([ 1,  2, 10, 20])
    """
    x, y = promoted(a, b)
    rank = max(_rank(x), _rank(y))
    left = [1] * (rank - _rank(x)) + list(x._t.shape)
    right = [1] * (rank - _rank(y)) + list(y._t.shape)
    x = tf.reshape(x, [side for pair in zip(left, [1] * rank, strict=True) for side in pair])
    y = tf.reshape(y, [side for pair in zip([1] * rank, right, strict=True) for side in pair])
    product: Tensor = multiply(x, y)
    return tf.reshape(product, [m * n for m, n in zip(left, right, strict=True)])


def cross(a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Tensor:
    """The cross product of vectors with two or three components; of two with two, its third component alone.

    Args:
      axisa, axisb, axisc: along which axes the vectors lie, in `a`, `b` and the result; `axis` means all three.

    Source: `tf.experimental.numpy.cross`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.cross([1, 0, 0], [0, 1, 0]).numpy()
    array([0, 0, 1])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = promoted(a, b)
    for value, at in ((x, axisa), (y, axisb)):
        if not -_rank(value) <= at < _rank(value):
            raise IndexError(f"index {at} is out of bounds for axis 0 with size {_rank(value)}")
    x, y = moveaxis(x, axisa, -1), moveaxis(y, axisb, -1)
    sizes = x._t.shape[-1], y._t.shape[-1]
    if sizes == (2, 2):
        return tf.subtract(multiply(x[..., 0], y[..., 1]), multiply(x[..., 1], y[..., 0]))
    x, y = (tf.pad(v, [[0, 0]] * (_rank(v) - 1) + [[0, 1]]) if v._t.shape[-1] == 2 else v for v in (x, y))
    both = tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(y))
    product = tf.linalg.cross(tf.broadcast_to(x, both), tf.broadcast_to(y, both))
    return moveaxis(product, -1, axisc)


def polyval(p: Any, x: Any) -> Tensor:
    """The polynomial with coefficients `p`, the highest first, at `x`. Source: `tf.experimental.numpy.polyval`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.polyval([1, 2, 3], 2))
    11
    """
    coefficients, x = promoted(p, x)
    if not _rank(coefficients):
        return tf.broadcast_to(coefficients, tf.shape(x))
    if not coefficients._t.shape[0]:
        return tf.zeros_like(x)
    first, *rest = tf.unstack(coefficients)
    value = tf.broadcast_to(first, tf.broadcast_dynamic_shape(tf.shape(first), tf.shape(x)))
    for coefficient in rest:
        value = tf.add(tf.multiply(value, x), coefficient)
    return value
