"""Conversion to tensors and the common dtype of several values, by NumPy's rules.

Python's numbers are weak: beside a tensor they take its dtype, or the smallest of their kind. Alone they are int64,
float64 and complex128. With `prefer_float32` floats count as float32 and complex numbers as complex64, not weakly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import literals
from tfcompat_tape.core.convert import convert, number
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor

_NUMBERS = (bool, int, float, complex)


class _Preference:
    """What `experimental_enable_numpy_behavior(prefer_float32=...)` chose."""

    float32 = False


preference = _Preference()


def default_float() -> DType:
    """What integers become where a function needs floats, whatever is preferred."""
    return tf.float64


def numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """A DType, or whatever NumPy takes for a dtype, as NumPy's."""
    if isinstance(dtype, DType):
        return np.dtype(dtype.as_numpy_dtype)
    return np.dtype(dtype)


def as_dtype(dtype: Any) -> DType:
    """A DType, or whatever NumPy takes for a dtype, as a DType: `float` is float64."""
    return dtype if isinstance(dtype, DType) else tf.as_dtype(numpy_dtype(dtype))


def is_tensor(value: Any) -> bool:
    """Whether a value is a Tensor, a Variable, or another thing that stands for one."""
    return literals.kind_of(type(value)) is literals.TENSOR


def _leaves(value: Any) -> Iterator[Any]:
    """What nested lists hold."""
    if isinstance(value, (list, tuple, range)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _standing(value: Any) -> Any:
    """What a value counts as in NumPy's promotion: a dtype, or a Python number."""
    if preference.float32 and isinstance(value, (float, complex)):  # np.float64 is a float, too
        return np.dtype(np.float32 if isinstance(value, float) else np.complex64)
    if type(value) in _NUMBERS:
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype
    if isinstance(value, TensorShape):
        raise TypeError(f"Cannot interpret {value!r} as a data type. Use value.as_list().")
    if is_tensor(value):
        return np.dtype(convert(value).dtype.as_numpy_dtype)
    return numpy_dtype(value)


def _common(values: Any) -> np.dtype[Any]:
    found = [_standing(leaf) for value in values for leaf in _leaves(value)]
    if not found:
        return numpy_dtype(float)
    return np.result_type(*found)


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The dtype that values and dtypes have in common.

    Args:
      *arrays_and_dtypes: tensors, numbers, (nested lists of) these, dtypes of either library, names of dtypes.

    Returns:
      A DType; float64 for no arguments.

    Raises:
      TypeError: a name that is none of a dtype, or dtypes without a common one.

    Source: `tf.experimental.numpy.result_type`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.result_type(tf.int32, 1.5), tf.experimental.numpy.result_type(tf.float32, 1)
    (tf.float64, tf.float32)
    """
    return tf.as_dtype(_common(arrays_and_dtypes))


def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest dtype, NumPy's, that holds both dtypes.

    Source: `tf.experimental.numpy.promote_types`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.promote_types("int8", tf.uint8)
    dtype('int16')
    """
    return np.promote_types(_promotable(type1), _promotable(type2))


def _promotable(dtype: Any) -> np.dtype[Any]:
    if is_tensor(dtype):
        raise ValueError(f"Could not convert {dtype!r} to a NumPy dtype.")
    return numpy_dtype(dtype)


def finfo(dtype: Any) -> Any:
    """NumPy's facts about a floating dtype of either library.

    Raises ValueError for a dtype that NumPy does not count as floating, bfloat16 among them.
    Source: `tf.experimental.numpy.finfo`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.finfo(tf.float32).bits
    32
    """
    return np.finfo(_promotable(dtype))


def _packed(value: Any, dtype: DType) -> Tensor:
    """Nested lists as one tensor: what holds tensors is stacked, so that tapes see it."""
    if isinstance(value, (list, tuple)) and literals.holds_tensors(value):
        return tf.stack([_packed(item, dtype) for item in value])
    if is_tensor(value):
        return cast(convert(value), dtype)
    return convert(value, dtype)


def cast(x: Tensor, dtype: DType) -> Tensor:
    """`x` in another dtype, itself if it has it."""
    if x.dtype is dtype:
        return x
    result: Tensor = tf.cast(x, dtype)
    return result


def _made(val: Any) -> Tensor:
    """`val` as a tensor of its own dtype."""
    if type(val) is Tensor:
        return val
    if hasattr(val, "_read"):
        variable: Tensor = val.value()
        return variable
    if isinstance(val, range):
        val = list(val)
    if not isinstance(val, (list, tuple, TensorShape, *_NUMBERS, np.generic)):
        return convert(val)
    if any(isinstance(leaf, (str, bytes)) for leaf in _leaves(val)):
        return convert(val)
    for leaf in _leaves(val):
        if leaf is None or not (
            type(leaf) in _NUMBERS or isinstance(leaf, (np.ndarray, np.generic)) or is_tensor(leaf)
        ):
            convert(val)  # says what is wrong with it
    dtype = _common((val,))
    return _packed(val, tf.as_dtype(dtype)) if dtype.kind != "O" else convert(val)


def array(val: Any, dtype: Any = None, copy: Any = True, ndmin: Any = 0) -> Tensor:
    """A value as a Tensor, by NumPy's rules for dtypes.

    Args:
      val: a tensor, a number, an array, or nested lists of these, which may differ in dtype.
      dtype: of the result; what does not fit is cast, as NumPy does.
      copy: whether the result is another Tensor than `val`.
      ndmin: how many axes the result has at least; they come first.

    Raises:
      ValueError: lists that are not rectangular, or what is no tensor.
      TypeError: a `dtype` that is none.

    Source: `tf.experimental.numpy.array`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.array([1, 2.5])
    <tf.Tensor: shape=(2,), dtype=float64, numpy=array([1. , 2.5])>
    """
    wanted = None if dtype is None else as_dtype(dtype)
    x = _made(val)
    if wanted is not None:
        x = cast(x, wanted)
    if copy and x is val:
        x = tf.identity(x)
    if ndmin > len(x._t.shape):
        x = tf.reshape(x, [1] * (ndmin - len(x._t.shape)) + list(x._t.shape))
    return x


def asarray(a: Any, dtype: Any = None) -> Tensor:
    """A value as a Tensor, itself if it is one of that dtype. See `array`.

    Source: `tf.experimental.numpy.asarray`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.asarray([1, 2]).dtype
    tf.int64
    """
    if type(a) is Tensor and dtype is None:
        return a
    return array(a, dtype, copy=False)


def asanyarray(a: Any, dtype: Any = None) -> Tensor:
    """The same as `asarray`. Source: `tf.experimental.numpy.asanyarray`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.asanyarray(True).dtype
    tf.bool
    """
    return asarray(a, dtype)


def ascontiguousarray(a: Any, dtype: Any = None) -> Tensor:
    """The same as `array` with at least one axis. Source: `tf.experimental.numpy.ascontiguousarray`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.ascontiguousarray(3).shape
    TensorShape([1])
    """
    return array(a, dtype, ndmin=1)


def copy(a: Any) -> Tensor:
    """Another Tensor of the same value. Source: `tf.experimental.numpy.copy`.

    >>> import tfcompat_tape as tf
    >>> tf.experimental.numpy.copy([1.5]).dtype
    tf.float64
    """
    return array(a, copy=True)


# Python's numbers that leave a tensor its dtype, by that dtype; with `prefer_float32` floats do not.
_WEAK: dict[torch.dtype, tuple[type, ...]] = {
    **dict.fromkeys((torch.float16, torch.float32, torch.float64), (int, float)),
    **dict.fromkeys((torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8), (int,)),
}


def at_once(x: Any, y: Any) -> tuple[Tensor, Tensor] | None:
    """Operands of which none is to be promoted: tensors of one dtype, or one and a number that is weak beside it."""
    if type(x) is Tensor:
        raw = x._t
        if type(y) is Tensor:
            return (x, y) if isinstance(raw, torch.Tensor) and raw.dtype is y._t.dtype else None
        found = _beside(y, raw)
        return None if found is None else (x, found)
    if type(y) is Tensor:
        found = _beside(x, y._t)
        return None if found is None else (found, y)
    return None


def _beside(value: Any, raw: Any) -> Tensor | None:
    """A number as a scalar of the dtype of `raw`, where that is the common one."""
    kind = type(value)
    if (
        kind not in _WEAK.get(raw.dtype, ())
        or raw.device.type != "cpu"
        or (kind is float and preference.float32)
    ):
        return None
    try:
        return Tensor(number(value, raw.dtype), None)
    except (TypeError, ValueError):
        return None


def promoted(*values: Any) -> Sequence[Tensor]:
    """Values as Tensors of the dtype that they have in common."""
    if len(values) == 2:
        found = at_once(*values)
        if found is not None:
            return found
    leaves = [leaf for value in values for leaf in _leaves(value)]
    if any(isinstance(leaf, (str, bytes)) for leaf in leaves):
        numbers = [leaf for leaf in leaves if type(leaf) in (int, float, complex)]
        np.result_type(np.dtype("S1"), *numbers)  # says that there is no common dtype
        values = tuple(map(asarray, values))
    for value in values:
        if value is None:
            convert(value)
    dtype = tf.as_dtype(_common(values))
    return [cast(asarray(value), dtype) for value in values]


def is_inexact(x: Any) -> bool:
    """Whether NumPy counts the dtype of `x` as one of floats: bfloat16 is none."""
    return bool(np.issubdtype(np.dtype(x.dtype.as_numpy_dtype), np.inexact))


def floating(x: Any) -> Tensor:
    """`x` as a tensor of floats.

    Raises:
      AttributeError: it has another dtype, and tensors have no `astype`: see `experimental_enable_numpy_behavior`.
    """
    x = asarray(x)
    return x if is_inexact(x) else astype(x, default_float())


def astype(x: Any, dtype: Any) -> Tensor:
    """`x.astype(dtype)`: a method that tensors have once NumPy's behavior is enabled."""
    return method(x, "astype")(dtype)


def method(x: Any, name: str) -> Any:
    """A method that tensors have once NumPy's behavior is enabled; till then AttributeError says so."""
    return getattr(x, name)
