"""Arrays joined and taken apart."""

from __future__ import annotations

from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.experimental.numpy._parts.promotion import asarray, promoted
from tfcompat_tape.experimental.numpy._parts.shaping import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    ravel,
    swapaxes,
)


def concatenate(arys: Any, axis: Any = 0) -> Tensor:
    """Joined along an axis, in the dtype that they have in common.

    ValueError for none. Source: `tf.experimental.numpy.concatenate`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.concatenate([[1, 2], [3.5]]).numpy()
    array([1. , 2. , 3.5])
    """
    if not isinstance(arys, (list, tuple)):
        arys = [arys]
    if not arys:
        raise ValueError(f"Need at least one array to concatenate. Received empty input: arys={arys}")
    return tf.concat(promoted(*arys), axis)


def stack(arrays: Any, axis: Any = 0) -> Tensor:
    """Joined along a new axis, in the dtype that they have in common. Source: `tf.experimental.numpy.stack`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.stack([[1, 2], [3, 4]], 1).numpy().tolist()
    [[1, 3], [2, 4]]
    """
    if isinstance(arrays, (list, tuple)):
        return tf.stack(promoted(*arrays) if arrays else [], axis)
    x = asarray(arrays)
    return x if axis == 0 else swapaxes(x, 0, axis)


def _several(found: Any) -> list[Tensor]:
    return found if isinstance(found, list) else [found]


def hstack(tup: Any) -> Tensor:
    """Joined side by side: vectors end to end, others along their second axis. Source: `tf.experimental.numpy.hstack`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.hstack([[1, 2], [3]]).numpy()
    array([1, 2, 3])
    """
    arrays = promoted(*_several(atleast_1d(*tup)))
    return tf.concat(arrays, 0 if len(arrays[0]._t.shape) == 1 else 1)


def vstack(tup: Any) -> Tensor:
    """Joined one below the other; a vector is a row. Source: `tf.experimental.numpy.vstack`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.vstack([[1, 2], [3, 4]]).shape
    TensorShape([2, 2])
    """
    return tf.concat(promoted(*_several(atleast_2d(*tup))), 0)


def dstack(tup: Any) -> Tensor:
    """Joined along the third axis. Source: `tf.experimental.numpy.dstack`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.dstack([[1, 2], [3, 4]]).shape
    TensorShape([1, 2, 2])
    """
    return tf.concat(promoted(*_several(atleast_3d(*tup))), 2)


def append(arr: Any, values: Any, axis: Any = None) -> Tensor:
    """`values` after `arr` along an axis; both in a row for None. Source: `tf.experimental.numpy.append`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.append([1, 2], 3).numpy()
    array([1, 2, 3])
    """
    if axis is None:
        return concatenate([ravel(arr), ravel(values)], 0)
    return concatenate([arr, values], axis)


def _cut(x: Tensor, cuts: list[int], axis: int) -> list[Tensor]:
    """The parts before, between and after the indices, of which those beyond the end are empty."""
    before, found = 0, []
    for place, cut in enumerate(cuts):
        if cut < before:
            raise ValueError(f"The {place}-th boundary {cut} is smaller than the previous boundary {before}")
        before = cut
    colons = (slice(None),) * (axis % len(x._t.shape))
    for start, stop in zip([0, *cuts], [*cuts, None], strict=True):
        found.append(x[(*colons, slice(start, stop))])
    return found


def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """A list of parts along an axis: as many equal ones, or cut before each of several indices.

    Source: `tf.experimental.numpy.split`.

    >>> import tfcompat_tape as tf
    >>> [x.numpy().tolist() for x in tf.experimental.numpy.split([1, 2, 3, 4], [1, 3])]
    [[1], [2, 3], [4]]
    """
    x = asarray(ary)
    if not isinstance(indices_or_sections, int):
        return _cut(x, [int(cut) for cut in indices_or_sections], axis)
    return tf.split(x, indices_or_sections, axis=axis)


def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """A tensor split along its second axis, a vector along its only one. Source: `tf.experimental.numpy.hsplit`.

    >>> import tfcompat_tape as tf
    >>> len(tf.experimental.numpy.hsplit(tf.ones([2, 4]), 2))
    2
    """
    return split(ary, indices_or_sections, 1 if len(ary.shape) != 1 else 0)


def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """A tensor split along its first axis. Source: `tf.experimental.numpy.vsplit`.

    >>> import tfcompat_tape as tf
    >>> len(tf.experimental.numpy.vsplit(tf.ones([2, 4]), 2))
    2
    """
    len(ary.shape)
    return split(ary, indices_or_sections, 0)


def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """A tensor split along its third axis. Source: `tf.experimental.numpy.dsplit`.

    >>> import tfcompat_tape as tf
    >>> len(tf.experimental.numpy.dsplit(tf.ones([1, 1, 4]), 2))
    2
    """
    if len(ary.shape) < 3:
        raise IndexError(f"tuple index out of range: dsplit is of three axes, not of {len(ary.shape)}.")
    return split(ary, indices_or_sections, 2)
