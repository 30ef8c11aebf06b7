"""What a value is, as far as code for torch depends on it.

A kind is a tuple: `("T", "float32", 2)` is a Tensor with its dtype and rank. The first entry is

- `T`, `V`, `S`: a Tensor, a Variable (its third entry says whether it is trainable), IndexedSlices;
- `N`, `n`: an array or a number of NumPy's; `int`, `float`, `bool`, `complex`, `str`, `None`: Python's;
- `list`, `tuple`, `dict`: with the kinds that are in them; `shape`, `dtype`: TensorFlow's;
- `tape`, `accumulator`; `tf`: anything else of ours, with its class; `fn`: a function or class, with its module;
- `other`: with its module.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

Kind = tuple[Any, ...]
TENSORS = ("T", "V", "S")
NUMBERS = ("int", "float", "bool", "complex")
_MOST = 16  # of a long list so many entries are looked at


def kind_of(value: Any, depth: int = 3) -> Kind:
    """Return the kind of a value.

    >>> import tfcompat_tape as tf
    >>> kind_of(tf.constant([1.0, 2.0])), kind_of(tf.Variable(1)), kind_of([1, 2.0])
    (('T', 'float32', 1), ('V', 'int32', 0, True), ('list', ('float',), ('int',)))
    """
    made = type(value)
    simple = _SIMPLE.get(made)
    if simple is not None:
        return simple
    if made in (list, tuple):
        return (made.__name__, *_inside(value, depth))
    if made is np.ndarray:
        return ("N", str(value.dtype), value.ndim)
    if isinstance(value, np.generic):
        return ("n", str(value.dtype))
    if isinstance(value, ModuleType):
        return ("other", value.__name__.partition(".")[0])
    if isinstance(value, dict):
        return ("dict", *_inside(list(value.values()), depth))
    return _of_ours(value, depth)


_SIMPLE: dict[type, Kind] = {
    int: ("int",),
    float: ("float",),
    bool: ("bool",),
    complex: ("complex",),
    str: ("str",),
    bytes: ("str",),
    type(None): ("None",),
    type(Ellipsis): ("...",),
    slice: ("slice",),
}


def _inside(values: Any, depth: int) -> list[Kind]:
    if not depth:
        return [("deep",)] if len(values) else []
    return sorted({kind_of(one, depth - 1) for one in values[:_MOST]}, key=repr)


def _of_ours(value: Any, depth: int) -> Kind:
    from tfcompat_tape.core.dtypes import DType
    from tfcompat_tape.core.indexed_slices import IndexedSlices
    from tfcompat_tape.core.shapes import TensorShape
    from tfcompat_tape.core.tensor import Tensor
    from tfcompat_tape.core.variable import Variable
    from tfcompat_tape.tape.forward_accumulator import ForwardAccumulator
    from tfcompat_tape.tape.gradient_tape import GradientTape

    if isinstance(value, (Tensor, Variable)):
        if value.dtype.name in _STAYS:
            return ("tf", "strings")
        rank = value.shape.rank
        if isinstance(value, Variable):
            return ("V", value.dtype.name, rank, bool(value.trainable))
        return ("T", value.dtype.name, rank)
    if isinstance(value, IndexedSlices):
        return ("S", value.dtype.name, value.values.shape.rank)
    if isinstance(value, TensorShape):
        return ("shape",)
    if isinstance(value, DType):
        return ("dtype", value.name)
    if isinstance(value, GradientTape):
        return ("tape",)
    if isinstance(value, ForwardAccumulator):
        return ("accumulator",)
    if isinstance(value, tuple):  # a named one
        return ("tuple", *_inside(value, depth))
    made = type(value)
    if callable(value) and (isinstance(value, type) or made.__module__ in ("builtins", "numpy", "functools")):
        owner = getattr(value, "__self__", None)
        if owner is not None and not isinstance(owner, type(np)):
            return ("fn", type(owner).__module__.partition(".")[0])
        where = getattr(value, "__module__", None) or made.__module__
        return ("fn", where.partition(".")[0])
    root = made.__module__.partition(".")[0]
    if root in ("tfcompat_tape", "keras"):
        return ("tf", made.__name__)
    if any(base.__module__.partition(".")[0] in ("tfcompat_tape", "keras") for base in made.__mro__):
        return ("tf", "subclass")
    return ("other", root)


# dtypes whose values torch does not hold
_STAYS = frozenset(
    ["string", "variant", "resource", "qint8", "quint8", "qint16", "quint16", "qint32", "uint64"]
)
