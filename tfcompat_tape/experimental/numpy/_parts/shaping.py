"""Shapes: reading them, and giving arrays other ones."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import asarray


def ndim(a: Any) -> int:
    """How many axes. Source: `tf.experimental.numpy.ndim`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.ndim([[1]])
    2
    """
    return len(asarray(a)._t.shape)


def shape(a: Any) -> Any:
    """The shape, a TensorShape. Source: `tf.experimental.numpy.shape`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.shape([[1]])
    TensorShape([1, 1])
    """
    return asarray(a).shape


def size(x: Any, axis: Any = None) -> Any:
    """How many elements; an `axis` is a NotImplementedError. Source: `tf.experimental.numpy.size`.

    >>> import tfcompat_tape as tf
    >>> int(tf.experimental.numpy.size([[1, 2]]))
    2
    """
    if axis is not None:
        raise NotImplementedError("axis argument is not supported in the current `np.size` implementation")
    if isinstance(x, (builtins.int, float, np.int32, np.int64, np.float32, np.float64)):
        return 1
    return np.prod(asarray(x).shape.as_list(), dtype=np.int64)


def isscalar(num: Any) -> bool:
    """Whether a value has no axes. Source: `tf.experimental.numpy.isscalar`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.isscalar(3), tf.experimental.numpy.isscalar([3])
    (True, False)
    """
    return ndim(num) == 0


def reshape(a: Any, newshape: Any, order: Any = "C") -> Tensor:
    """The elements in another shape, one side of which may be -1; row by row, or with order "F" column by column.

    ValueError for another order. Source: `tf.experimental.numpy.reshape`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.reshape([1, 2, 3, 4], (2, -1), "F").numpy().tolist()
    [[1, 3], [2, 4]]
    """
    if order not in ("C", "F"):
        raise ValueError(f"Unsupported order argument {order}")
    x = asarray(a)
    if isinstance(newshape, builtins.int):
        newshape = [newshape]
    if order == "F":
        return tf.transpose(tf.reshape(tf.transpose(x), newshape[::-1]))
    return tf.reshape(x, newshape)


def ravel(a: Any) -> Tensor:
    """The elements in a row. Source: `tf.experimental.numpy.ravel`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.ravel([[1, 2]]).shape
    TensorShape([2])
    """
    return tf.reshape(asarray(a), [-1])


def flatten(a: Any, order: Any = "C") -> Tensor:
    """The elements in a row: row by row ("C", "A", "K") or column by column ("F"); ValueError for another order.

    Source: `tf.experimental.numpy.flatten`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.flatten([[1, 2], [3, 4]], "F").numpy()
    array([1, 3, 2, 4])
    """
    x = asarray(a)
    if order in ("C", "A", "K"):
        return tf.reshape(x, [-1])
    if order == "F":
        return tf.reshape(tf.transpose(x), [-1])
    raise ValueError("order can only be C, A, K (all row major) or F (column major).")


def transpose(a: Any, axes: Any = None) -> Tensor:
    """The axes in another order; the reverse one for None. Source: `tf.experimental.numpy.transpose`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.transpose([[1, 2]]).shape
    TensorShape([2, 1])
    """
    return tf.transpose(asarray(a), perm=axes)


def swapaxes(a: Any, axis1: Any, axis2: Any) -> Tensor:
    """Two axes exchanged; IndexError for one that is not there. Source: `tf.experimental.numpy.swapaxes`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.swapaxes([[1, 2]], 0, 1).shape
    TensorShape([2, 1])
    """
    x = asarray(a)
    order = list(range(len(x._t.shape)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return tf.transpose(x, order)


def moveaxis(a: Any, source: Any, destination: Any) -> Tensor:
    """Axes moved to other places; the rest keep their order. ValueError for more of one than of the other.

    Source: `tf.experimental.numpy.moveaxis`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.moveaxis(tf.ones([2, 3, 4]), 0, -1).shape
    TensorShape([3, 4, 2])
    """
    x = asarray(a)
    rank = len(x._t.shape)
    pairs = []
    for axes in (source, destination):
        listed = np.atleast_1d(np.asarray(axes)).tolist()
        pairs.append([axis + rank if axis < 0 else axis for axis in listed])
    if len(pairs[0]) != len(pairs[1]):
        raise ValueError("The lengths of source and destination must equal")
    order = [axis for axis in range(rank) if axis not in pairs[0]]
    for to, axis in sorted(zip(pairs[1], pairs[0], strict=True)):
        order.insert(to, axis)
    return tf.transpose(x, order)


def expand_dims(a: Any, axis: Any) -> Tensor:
    """A new axis of length 1. Source: `tf.experimental.numpy.expand_dims`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.expand_dims([1, 2], 0).shape
    TensorShape([1, 2])
    """
    return tf.expand_dims(asarray(a), axis)


def squeeze(a: Any, axis: Any = None) -> Tensor:
    """Without axes of length 1: those named, or all. Source: `tf.experimental.numpy.squeeze`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.squeeze([[1, 2]]).shape
    TensorShape([2])
    """
    return tf.squeeze(asarray(a), axis)


def broadcast_to(array: Any, shape: Any) -> Tensor:
    """Broadcast to a shape. Source: `tf.experimental.numpy.broadcast_to`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.broadcast_to(1, (2, 2)).shape
    TensorShape([2, 2])
    """
    return tf.experimental.numpy.full(shape, array)


def broadcast_arrays(*args: Any, **kwargs: Any) -> Any:
    """Arrays broadcast to the shape that they have in common, each of its own dtype.

    ValueError for `subok=True` and other keywords. Source: `tf.experimental.numpy.broadcast_arrays`.

    >>> import tfcompat_tape as tf
    >>> [x.shape for x in tf.experimental.numpy.broadcast_arrays([1, 2], [[1], [2]])]
    [TensorShape([2, 2]), TensorShape([2, 2])]
    """
    if kwargs.pop("subok", False):
        raise ValueError("subok=True is not supported.")
    if kwargs:
        raise ValueError(f"Received unsupported arguments {kwargs.keys()}")
    arrays = tuple(map(asarray, args))
    if len(arrays) < 2:
        return arrays
    common = tf.shape(arrays[0])
    for x in arrays[1:]:
        common = tf.broadcast_dynamic_shape(common, tf.shape(x))
    return [tf.broadcast_to(x, common) for x in arrays]


def _at_least(rank: int, arys: tuple[Any, ...], shaped: Callable[[Tensor], Tensor]) -> Any:
    found = [x if len(x._t.shape) >= rank else shaped(x) for x in map(asarray, arys)]
    return found[0] if len(found) == 1 else found


def atleast_1d(*arys: Any) -> Any:
    """Each with at least one axis; a list for several. Source: `tf.experimental.numpy.atleast_1d`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.atleast_1d(3).shape
    TensorShape([1])
    """
    return _at_least(1, arys, lambda x: tf.reshape(x, [1]))


def atleast_2d(*arys: Any) -> Any:
    """Each with at least two axes; a vector is a row. A list for several. Source: `tf.experimental.numpy.atleast_2d`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.atleast_2d([3, 4]).shape
    TensorShape([1, 2])
    """
    return _at_least(2, arys, lambda x: tf.reshape(x, [1, -1]))


def atleast_3d(*arys: Any) -> Any:
    """Each with at least three axes: a vector of N is (1, N, 1), a matrix (M, N, 1). A list for several.

    Source: `tf.experimental.numpy.atleast_3d`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.atleast_3d([3, 4]).shape
    TensorShape([1, 2, 1])
    """

    def shaped(x: Tensor) -> Tensor:
        sides = list(x._t.shape)
        return tf.reshape(x, [*sides, 1] if len(sides) == 2 else [1, *sides, 1] if sides else [1, 1, 1])

    return _at_least(3, arys, shaped)


def flip(m: Any, axis: Any = None) -> Tensor:
    """The elements along an axis in reverse order; along all for None. Source: `tf.experimental.numpy.flip`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.flip([1, 2]).numpy()
    array([2, 1])
    """
    x = asarray(m)
    if not x._t.shape:
        return x
    if axis is None:
        return tf.reverse(x, list(range(len(x._t.shape))))
    if axis < 0:
        axis += len(x._t.shape)
    return tf.reverse(x, [axis])


def flipud(m: Any) -> Tensor:
    """The rows in reverse order. Source: `tf.experimental.numpy.flipud`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.flipud([1, 2]).numpy()
    array([2, 1])
    """
    x = asarray(m)
    return flip(x, 0) if x._t.shape else x


def fliplr(m: Any) -> Tensor:
    """The columns in reverse order. Source: `tf.experimental.numpy.fliplr`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.fliplr([[1, 2]]).numpy()
    array([[2, 1]])
    """
    x = asarray(m)
    return flip(x, 1) if x._t.shape and x._t.numel() else x


def rot90(m: Any, k: Any = 1, axes: Any = (0, 1)) -> Tensor:
    """Turned `k` times by 90 degrees in the plane of two axes. Source: `tf.experimental.numpy.rot90`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.rot90([[1, 2], [3, 4]]).numpy()
    array([[2, 4],
           [1, 3]])
    """
    x = asarray(m)
    rank = len(x._t.shape)
    first, second = axes
    for axis in (first, second):
        if not -rank <= axis < rank:
            raise invalid(f"rot90: axis {axis} is not there: the array has {rank}.")
    k = k % 4
    if k == 0:
        return x
    if k == 2:
        return flip(flip(x, first), second)
    order = list(range(rank))
    order[first], order[second] = order[second], order[first]
    return tf.transpose(flip(x, second), order) if k == 1 else flip(tf.transpose(x, order), second)


def roll(a: Any, shift: Any, axis: Any = None) -> Tensor:
    """Elements moved on along axes, around the end; in a row for None. Source: `tf.experimental.numpy.roll`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.roll([1, 2, 3], 1).numpy()
    array([3, 1, 2])
    """
    x = asarray(a)
    if axis is None:
        return tf.reshape(tf.roll(tf.reshape(x, [-1]), shift, 0), list(x._t.shape))
    return tf.roll(x, shift, axis)


def repeat(a: Any, repeats: Any, axis: Any = None) -> Tensor:
    """Each element so many times, along an axis; in a row for None. Source: `tf.experimental.numpy.repeat`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.repeat([1, 2], [2, 1]).numpy()
    array([1, 1, 2])
    """
    return tf.repeat(asarray(a), asarray(repeats), axis)


def tile(a: Any, reps: Any) -> Tensor:
    """The whole, so many times along each axis; missing axes come first. Source: `tf.experimental.numpy.tile`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.tile([1, 2], (2, 2)).shape
    TensorShape([2, 4])
    """
    x = asarray(a)
    times = tf.reshape(asarray(reps, tf.int32), [-1])
    count, rank = times._t.shape[0], len(x._t.shape)
    if count > rank:
        x = tf.reshape(x, [1] * (count - rank) + list(x._t.shape))
    elif count < rank:
        times = tf.concat([tf.ones([rank - count], tf.int32), times], 0)
    return tf.tile(x, times)


def pad(array: Any, pad_width: Any, mode: Any, **kwargs: Any) -> Tensor:
    """With elements before and after, `[[before, after], ...]` for each axis.

    Args:
      mode: "constant" (of the keyword `constant_values`, 0), "reflect" or "symmetric"; another is a ValueError.

    Source: `tf.experimental.numpy.pad`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.pad([1, 2], [(1, 2)], "constant").numpy()
    array([0, 1, 2, 0, 0])
    """
    if mode not in ("constant", "reflect", "symmetric"):
        raise ValueError(f"Unsupported padding mode: {mode}")
    return tf.pad(
        asarray(array), asarray(pad_width, tf.int32), mode.upper(), kwargs.get("constant_values", 0)
    )
