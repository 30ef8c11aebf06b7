"""Elements chosen by index, by condition, by diagonal or by order."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import as_dtype, asarray, cast, method, promoted
from tfcompat_tape.experimental.numpy._parts.shaping import moveaxis, ravel


def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "clip") -> Tensor:
    """The elements at indices along an axis; in a row for None.

    Args:
      mode: what becomes of an index outside: "clip" to the nearest place, or "wrap" around. Others are a ValueError.
      out: not supported, a ValueError.

    Source: `tf.experimental.numpy.take`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.take([10, 20, 30], [0, 9]).numpy()
    array([10, 30])
    """
    if out is not None:
        raise ValueError("out argument is not supported in take.")
    if mode not in ("raise", "clip", "wrap"):
        raise ValueError(f"Invalid mode '{mode}' for take")
    if mode == "raise":
        raise ValueError("The 'raise' mode to take is not supported.")
    x, places = asarray(a), asarray(indices)
    if axis is None:
        x, axis = ravel(x), 0
    if not -len(x._t.shape) <= axis < len(x._t.shape):
        raise invalid(
            f"take: slice index {axis} of dimension 0 out of bounds: the array has {len(x._t.shape)} axes."
        )
    count = tf.constant(x._t.shape[axis], places.dtype) if places.dtype.is_integer else None
    if count is None:
        raise invalid(
            f"Value for attr 'out_type' of {places.dtype.name} is not in the list of allowed values: int32, int64"
        )
    if mode == "wrap":
        places = tf.math.floormod(places, count)
    else:
        places = tf.clip_by_value(places, tf.constant(0, places.dtype), count - 1)
    return tf.gather(x, places, axis=axis)


def take_along_axis(arr: Any, indices: Any, axis: Any) -> Tensor:
    """For each line along an axis, the elements at the indices of that line, as `argsort` gives them.

    InvalidArgumentError for an index outside, and for fewer or more axes.
    Source: `tf.experimental.numpy.take_along_axis`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.take_along_axis([[1, 2], [3, 4]], [[1], [0]], 1).numpy()
    array([[2],
           [3]])
    """
    x, places = asarray(arr), asarray(indices)
    if axis is None:
        return take_along_axis(method(x, "ravel")(), places, 0)
    rank = len(x._t.shape)
    if len(places._t.shape) != rank:
        raise invalid(f"take_along_axis: indices have {len(places._t.shape)} axes, the array {rank}.")
    x, places = moveaxis(x, axis, -1), moveaxis(places, axis, -1)
    lines = tf.broadcast_dynamic_shape(tf.shape(x)[:-1], tf.shape(places)[:-1])
    x = tf.broadcast_to(x, tf.concat([lines, tf.shape(x)[-1:]], 0))
    places = tf.broadcast_to(places, tf.concat([lines, tf.shape(places)[-1:]], 0))
    count = tf.constant(x._t.shape[-1], places.dtype)
    places = tf.where(places < 0, places + count, places)
    return moveaxis(tf.gather(x, places, batch_dims=rank - 1), -1, axis)


def compress(condition: Any, a: Any, axis: Any = None) -> Tensor:
    """The elements along an axis for which a vector of conditions is true; in a row for None.

    ValueError for conditions that are no vector, or too many. Source: `tf.experimental.numpy.compress`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.compress([True, False, True], [1, 2, 3]).numpy()
    array([1, 3])
    """
    mask, x = asarray(condition, tf.bool), asarray(a)
    if len(mask._t.shape) != 1:
        raise ValueError("condition must be a 1-d array.")
    if axis is None:
        x, axis = ravel(x), 0
    if axis < 0:
        axis += len(x._t.shape)
    there, wanted = x._t.shape[axis], mask._t.shape[0]
    if wanted > there:
        raise ValueError(f"Shapes ({there},) and ({wanted},) are incompatible")
    return tf.boolean_mask(x[(*(slice(None),) * axis, slice(wanted))], mask, axis=axis)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """For each element the choice of the first condition that holds, else `default`.

    ValueError for no conditions, or another number of choices. Source: `tf.experimental.numpy.select`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.select([[True, False]], [[1, 2]], 7).numpy()
    array([1, 7])
    """
    if len(condlist) != len(choicelist):
        raise ValueError(
            f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})"
        )
    if not condlist:
        raise ValueError("condlist must be non-empty")
    *choices, found = promoted(*choicelist, default)
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        found = tf.where(asarray(condition, tf.bool), choice, found)
    return found


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """`x` where a condition is true, else `y`; with neither, the places where it is, as `nonzero` gives them.

    ValueError for just one of them. Source: `tf.experimental.numpy.where`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.where([True, False], 1, 2.5).numpy()
    array([1. , 2.5])
    """
    mask = asarray(condition, tf.bool)
    if x is None and y is None:
        return nonzero(mask)
    if x is None or y is None:
        raise ValueError("Both x and y must be ndarrays, or both must be None.")
    return tf.where(mask, *promoted(x, y))


def nonzero(a: Any) -> Any:
    """Where elements are not 0: a list of int64 vectors, one for each axis. Source: `tf.experimental.numpy.nonzero`.

    >>> import tfcompat_tape as tf
    >>> [i.numpy().tolist() for i in tf.experimental.numpy.nonzero([0, 5, 6])]
    [[1, 2]]
    """
    x = asarray(a)
    if not x._t.shape:
        x = tf.reshape(x, [1])
    return tf.unstack(tf.where(cast(x, tf.bool)), axis=1, num=len(x._t.shape))


# -- diagonals and triangles -------------------------------------------------------------------------------------------


def diag(v: Any, k: Any = 0) -> Tensor:
    """A matrix with a vector on its diagonal `k`, or that diagonal of a matrix; ValueError for more axes.

    Source: `tf.experimental.numpy.diag`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.diag([[1, 2], [3, 4]]).numpy()
    array([1, 4])
    """
    x = asarray(v)
    rank = len(x._t.shape)
    if rank > 2:
        raise ValueError(f"Shape {tuple(x._t.shape)} must have rank at most 2")
    if rank == 2:
        return diagonal(x, k)
    if not rank:
        raise invalid("diag: the array must have an axis; got a scalar.")
    if not x._t.shape[0]:
        return tf.zeros([abs(k)] * 2, x.dtype)
    return tf.linalg.diag(x, k=k)


def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Tensor:
    """A diagonal of the matrices along two axes, as the last axis. Source: `tf.experimental.numpy.diagonal`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.diagonal([[1, 2], [3, 4]], 1).numpy()
    array([2])
    """
    x = asarray(a)
    x = moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = x._t.shape[-2:]
    if offset >= columns or -offset >= rows:
        return tf.zeros([*x._t.shape[:-2], 0], x.dtype)
    return tf.linalg.diag_part(x, k=offset)


def diagflat(v: Any, k: Any = 0) -> Tensor:
    """A matrix with all elements on its diagonal `k`. Source: `tf.experimental.numpy.diagflat`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.diagflat([[1, 2]]).shape
    TensorShape([2, 2])
    """
    return diag(ravel(v), k)


def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None) -> Tensor:
    """The sum of a diagonal of the matrices along two axes. Source: `tf.experimental.numpy.trace`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.trace([[1, 2], [3, 4]]))
    5
    """
    x = asarray(a)
    if dtype is not None:
        x = cast(x, as_dtype(dtype))
    return tf.reduce_sum(diagonal(x, offset, axis1, axis2), -1)


def _triangle(name: str, m: Any, k: Any, lower: bool) -> Tensor:
    x = asarray(m)
    if len(x._t.shape) < 2:
        raise ValueError(f"Argument to {name} must have rank at least 2")
    rows, columns = x._t.shape[-2:]
    places = tf.range(columns)[None, :] - tf.range(rows)[:, None]
    kept = places <= k if lower else places >= k
    return tf.where(tf.broadcast_to(kept, list(x._t.shape)), x, tf.constant(0, x.dtype))


def tril(m: Any, k: Any = 0) -> Tensor:
    """The lower triangle of matrices, up to the diagonal `k`; ValueError for a vector, TypeError for booleans.

    Source: `tf.experimental.numpy.tril`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.tril([[1, 2], [3, 4]]).numpy()
    array([[1, 0],
           [3, 4]])
    """
    return _triangle("tril", m, k, lower=True)


def triu(m: Any, k: Any = 0) -> Tensor:
    """The upper triangle of matrices, from the diagonal `k` on; ValueError for a vector, TypeError for booleans.

    Source: `tf.experimental.numpy.triu`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.triu([[1, 2], [3, 4]]).numpy()
    array([[1, 2],
           [0, 4]])
    """
    return _triangle("triu", m, k, lower=False)


# -- order -------------------------------------------------------------------------------------------------------------


def sort(a: Any, axis: Any = -1, kind: Any = "quicksort", order: Any = None) -> Tensor:
    """In ascending order along an axis; all elements in a row for None.

    ValueError for another `kind`, or an `order`. Source: `tf.experimental.numpy.sort`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.sort([3, 1, 2]).numpy()
    array([1, 2, 3])
    """
    if kind != "quicksort":
        raise ValueError(
            f'Invalid value for argument `kind`. Only kind="quicksort" is supported. Received: kind={kind}'
        )
    if order is not None:
        raise ValueError("The `order` argument is not supported. Pass order=None")
    x = asarray(a)
    if axis is None:
        return tf.sort(tf.reshape(x, [-1]), 0)
    return tf.sort(x, axis)


def argsort(a: Any, axis: Any = -1, kind: Any = "quicksort", order: Any = None) -> Tensor:
    """The indices, int64, that put elements in ascending order along an axis; in a row for None.

    `kind` is "quicksort" or "stable"; others, and an `order`, are a ValueError.
    Source: `tf.experimental.numpy.argsort`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.argsort([3, 1, 2]).numpy()
    array([1, 2, 0])
    """
    if kind not in ("quicksort", "stable"):
        raise ValueError(
            'Invalid value for argument `kind`. Only kind="quicksort" and kind="stable" are supported. '
            f"Received: kind={kind}"
        )
    if order is not None:
        raise ValueError("The `order` argument is not supported. Pass order=None")
    x = asarray(a)
    if x.dtype.is_complex:
        raise TypeError(f"argsort does not support complex64/complex128 dtypes. Received dtype: {x.dtype}")
    if not x._t.shape:
        return tf.zeros([1], tf.int64)
    if axis is None:
        x, axis = tf.reshape(x, [-1]), 0
    return cast(tf.argsort(x, axis, stable=kind == "stable"), tf.int64)


def diff(a: Any, n: Any = 1, axis: Any = -1) -> Tensor:
    """The differences between neighbours along an axis, `n` times; of booleans, whether they differ.

    ValueError for a negative `n` and an axis that is not there. Source: `tf.experimental.numpy.diff`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.diff([1, 3, 6]).numpy()
    array([2, 3])
    """
    x = asarray(a)
    rank = len(x._t.shape)
    if n < 0:
        raise ValueError(f"Argument `order` must be a non-negative integer. Received: axis={n}")
    if not rank:
        raise IndexError("list assignment index out of range: diff is of an array with an axis.")
    if not -rank <= axis < rank:
        raise ValueError(
            f"Argument `axis` (received axis={axis}) is out of bounds for input {a} of rank {rank}."
        )
    axis %= rank
    before = (slice(None),) * axis
    for _ in range(n):
        later, earlier = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = tf.not_equal(later, earlier) if x.dtype is tf.bool else tf.subtract(later, earlier)
    return x
