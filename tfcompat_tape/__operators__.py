"""``tf.__operators__``: what the operators of Tensors call."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import math
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.coverage.names import namespace

__all__ = ["add", "eq", "getitem", "ne", "ragged_getitem"]


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """`x + y`. Source: `tf.__operators__.add`.

    >>> import tfcompat_tape as tf
    >>> tf.__operators__.add(tf.constant(1), 2).numpy()
    np.int32(3)
    """
    return math.add(x, y, name=name)


def eq(self: Any, other: Any) -> Tensor:
    """`self == other`, element by element. Source: `tf.__operators__.eq`.

    >>> import tfcompat_tape as tf
    >>> tf.__operators__.eq([1, 2], [1, 3]).numpy()
    array([ True, False])
    """
    return math.equal(self, other)


def ne(self: Any, other: Any) -> Tensor:
    """`self != other`, element by element. Source: `tf.__operators__.ne`.

    >>> import tfcompat_tape as tf
    >>> tf.__operators__.ne([1, 2], [1, 3]).numpy()
    array([False,  True])
    """
    return math.not_equal(self, other)


def getitem(tensor: Any, slice_spec: Any, var: Variable | None = None) -> Any:
    """`tensor[slice_spec]`; of the variable `var`, if one is given, whose slices can be assigned.

    Source: `tf.__operators__.getitem`.

    >>> import tfcompat_tape as tf
    >>> tf.__operators__.getitem(tf.constant([1, 2, 3]), slice(1, None)).numpy()
    array([2, 3], dtype=int32)
    """
    if var is not None:
        return var[slice_spec]
    return (tensor if isinstance(tensor, (Tensor, Variable)) else convert(tensor))[slice_spec]


def ragged_getitem(rt_input: Any, key: Any) -> Any:
    """`rt_input[key]` of a RaggedTensor. Source: `tf.__operators__.ragged_getitem`.

    >>> import tfcompat_tape as tf
    >>> tf.__operators__.ragged_getitem(tf.ragged.constant([[1], [2, 3]]), 1).numpy()
    array([2, 3], dtype=int32)
    """
    return rt_input[key]


__getattr__ = namespace(globals(), "tf.__operators__")
