"""`x[key]` of Tensors and Variables, and boolean masks.

A key becomes one StridedSlice op, as in TensorFlow: integers, slices, `...`, `tf.newaxis` and scalar integer tensors in
any mixture. A boolean array or tensor as the whole key selects; no other arrays are taken.
"""

from __future__ import annotations

import math
import numbers
import operator
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import int16
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import ANY
from tfcompat_tape.core.shapes import Dimension
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops.arguments import as_int
from tfcompat_tape.ops.bounds import concrete
from tfcompat_tape.ops.gathering import gather
from tfcompat_tape.ops.shapes import reshape
from tfcompat_tape.ops.slicing import strided_slice

_INDEX_DTYPES = frozenset({torch.int16, torch.int32, torch.int64})
_EXPLANATION = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid "
    "indices, got {!r}. For a list of positions use tf.gather, for coordinates tf.gather_nd."
)


def getitem(x: Tensor, key: Any) -> Tensor:
    """`x[key]`. See the module for what a key may be; another key is a TypeError."""
    if type(key) is int:
        return strided_slice(x, begin=(key,), shrink_axis_mask=1)
    if _is_mask(key):
        return boolean_mask(x, key)
    x, attrs = _specification(x, key)
    return strided_slice(x, **attrs)


def _is_mask(key: Any) -> bool:
    """Whether a whole key is a boolean mask."""
    if isinstance(key, bool):
        return True
    if isinstance(key, Tensor) or hasattr(key, "_read"):
        return key._t.dtype is torch.bool
    return isinstance(key, (np.ndarray, torch.Tensor)) and key.dtype in (np.bool_, torch.bool)


def _specification(x: Tensor, key: Any, look_up: bool = True) -> tuple[Tensor, dict[str, Any]]:
    """A key as the attributes of a StridedSlice; and what it applies to (see `_look_up`)."""
    items = key if isinstance(key, (tuple, list)) else (key,)
    if items and all(isinstance(item, bool) for item in items):
        raise invalid(
            f"StridedSlice: indices must be integers, got the booleans {key!r}. A mask must be an array."
        )
    if items and isinstance(items[0], bool):
        raise TypeError(
            f"Cannot convert 0 to EagerTensor of dtype bool: a boolean comes first among the indices {key!r}. "
            "A mask must be an array."
        )
    begin, end, strides = [], [], []
    begin_mask = end_mask = ellipsis_mask = new_axis_mask = shrink_axis_mask = 0
    bit = 1
    for item in items:
        first, last, step = 0, 0, 1
        kind = type(item)
        if kind is slice:
            if item.start is None:
                begin_mask |= bit
            else:
                first = _index(item.start)
            if item.stop is None:
                end_mask |= bit
            else:
                last = _index(item.stop)
            if item.step is not None:
                step = _index(item.step)
        elif item is Ellipsis:
            ellipsis_mask |= bit
        elif item is None:
            new_axis_mask |= bit
        else:
            if kind is not int:
                if look_up and _is_unknown(item):
                    x = _look_up(x, item, items, len(begin))
                    item = 0
                item = _index(item)
            first, last = item, item + 1
            shrink_axis_mask |= bit
        begin.append(first)
        end.append(last)
        strides.append(step)
        bit <<= 1
    narrow = _index_dtype(items) is torch.int16
    return x, {
        **({"Index": int16} if narrow else {}),
        "begin": tuple(begin),
        "end": tuple(end),
        "strides": tuple(strides),
        "begin_mask": begin_mask,
        "end_mask": end_mask,
        "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask,
        "shrink_axis_mask": shrink_axis_mask,
    }


def _is_unknown(item: Any) -> bool:
    """Whether an index is an integer that has no value yet, inside a vectorized function."""
    if not isinstance(item, Tensor) or not isinstance(item._t, torch.Tensor):
        return False
    return not item._t.shape and item._t.dtype in _INDEX_DTYPES and not concrete(item._t)


def _index_dtype(items: Any) -> torch.dtype:
    """The dtype of a key's begin, end and strides, three vectors that TensorFlow makes of it.

    What stands for no bound has the dtype of the first Tensor in the key, and so must a vector's other tensors. Vectors
    of different dtypes are cast to int64 if one is, and are an error otherwise.

    Raises:
      InvalidArgumentError: tensors of different dtypes in one vector, or int16 beside int32.
    """
    vectors: list[set[Any]] = [set(), set(), set()]
    first = None
    for item in items:
        bounds = (item.start, item.stop, item.step) if type(item) is slice else (item, item, None)
        for vector, bound in zip(vectors, bounds, strict=True):
            if bound is None:
                vector.add(None)
            elif isinstance(bound, Tensor) or hasattr(bound, "_read"):
                vector.add(bound._t.dtype)
                if first is None and isinstance(bound, Tensor):
                    first = bound._t.dtype
    default = first or torch.int32
    found = []
    for vector in vectors:
        dtypes = {default if dtype is None else dtype for dtype in vector}
        if len(dtypes) > 1:
            raise invalid(f"Pack: the numbers of a slice must have one dtype, got {dtypes}.")
        found.append(dtypes.pop() if dtypes else torch.int32)
    if torch.int64 in found:
        return torch.int64
    if len(set(found)) > 1:
        raise invalid(f"StridedSlice: begin, end and strides must have one dtype, got {found}.")
    return found[0]


def _index(item: Any) -> int:
    """One bound or index as an int."""
    if type(item) is int or type(item) is torch.SymInt:  # a size that is another one at each call
        return item
    if isinstance(item, (numbers.Integral, Dimension)):
        return int(item)
    if isinstance(item, (Tensor, np.ndarray, torch.Tensor)) or hasattr(item, "_read"):
        tensor = convert(item)
        raw = tensor._t
        if isinstance(raw, torch.Tensor) and raw.dtype in _INDEX_DTYPES and raw.dim() != 1:
            return as_int(tensor, "an index", dtypes=_INDEX_DTYPES)
    raise TypeError(_EXPLANATION.format(item))


def _look_up(x: Tensor, index: Tensor, items: Any, position: int) -> Tensor:
    """Narrow one axis of `x` to the row at an index that has no value yet, inside a vectorized function."""
    before = items[:position]
    if any(item is Ellipsis for item in before):
        axis = len(x._t.shape) - sum(1 for item in items[position:] if item is not None)
    else:
        axis = sum(1 for item in before if item is not None)
    shape, raw = x._t.shape, index._t
    row = Tensor(torch.where(raw < 0, raw + shape[axis], raw).reshape(1), None)
    # Along another axis than the first the gradient of a lookup is a Tensor, as that of a slice is.
    found = gather(reshape(x, shape=(1, *shape)), row, axis=axis + 1, batch_dims=0)
    return reshape(found, shape=tuple(found._t.shape[1:]))


def variable_getitem(variable: Any, key: Any) -> Tensor:
    """`v[key]` of a Variable; what a slice gives can be assigned to."""
    x = variable._read()
    if type(key) is int:
        attrs: dict[str, Any] = {"begin": (key,), "shrink_axis_mask": 1}
    elif _is_mask(key):
        return boolean_mask(x, key)
    else:
        x, attrs = _specification(x, key)
    result: Tensor = strided_slice(x, **attrs)
    result._slice_of = (variable, key)
    return result


def slice_attrs(x: Tensor, key: Any) -> dict[str, Any]:
    """The attributes of StridedSlice for `x[key]`, whose indices must have values."""
    if type(key) is int:
        return {"begin": (key,), "shrink_axis_mask": 1}
    attrs: dict[str, Any] = _specification(x, key, look_up=False)[1]
    return attrs


# -- masks -------------------------------------------------------------------------------------------------------------


def _where(x: Any) -> Any:
    if not x.dim():
        raise invalid("Where: the condition must have at least one axis.")
    plain = reading.known(x)
    if plain is None:  # torch says whether it can find them
        return _places(x)
    with reading.outside():
        return _places(plain)


def _places(x: torch.Tensor) -> torch.Tensor:
    return torch.nonzero(x if x.dtype not in _WIDE else x != 0)


_WIDE = frozenset({torch.uint16, torch.uint32, torch.uint64})

where = primitive("Where", _where, inputs="input", dtypes=ANY, differentiable=False)


def _python_int(axis: Any) -> int:
    """An axis that TensorFlow uses in Python, to slice shapes."""
    try:
        return operator.index(axis)
    except (AttributeError, TypeError):
        raise TypeError("slice indices must be integers or None or have an __index__ method") from None


def boolean_mask(x: Any, mask: Any, axis: Any = None) -> Tensor:
    """The elements (or slices) of `x` where `mask`, which covers axes from `axis` on, is true."""
    x = convert(x)
    mask = convert(mask)
    form = mask._t.shape
    if not form:
        raise ValueError("mask cannot be scalar.")
    shape = x._t.shape
    start = 0 if axis is None else _python_int(axis)
    stop = start + len(form)
    if shape[start:stop] != form:
        raise ValueError(
            f"Shapes {tuple(shape[start:stop])} and {tuple(form)} are incompatible: the mask must fit axes "
            f"{start} to {stop - 1} of the tensor."
        )
    flat = reshape(x, shape=(*shape[:start], math.prod(form), *shape[stop:]))
    rows = reshape(where(reshape(mask, shape=(math.prod(form),))), shape=(-1,))
    return gather(flat, rows, axis=start, batch_dims=0)


Tensor.__getitem__ = getitem  # type: ignore[attr-defined]
Variable.__getitem__ = variable_getitem  # type: ignore[attr-defined]
