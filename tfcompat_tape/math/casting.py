"""From one dtype to another, and from parts to complex numbers: the functions of `tf.dtypes`."""

from __future__ import annotations

import logging
from typing import Any

import torch

from tfcompat_tape.core.composites import CompositeTensor
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import as_dtype
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.ops.casting import cast as _cast
from tfcompat_tape.ops.complex_numbers import complex_ as _complex
from tfcompat_tape.ops.complex_numbers import imag as _imag
from tfcompat_tape.ops.complex_numbers import real as _real
from tfcompat_tape.ops.extrema import clip_by_value as _clip_by_value

__all__ = ["cast", "complex", "saturate_cast"]


def cast(x: Any, dtype: Any, name: Any = None) -> Any:
    """`x` in another dtype.

    A gradient passes between floating and complex dtypes. From complex numbers to real ones the imaginary part is
    lost, and a warning is logged.

    Args:
      x: a numeric or boolean tensor, or IndexedSlices.
      dtype: what `tf.as_dtype` takes.

    Raises:
      TypeError: `dtype` names no dtype.
      UnimplementedError: from or to strings.

    Source: `tf.cast`, `tf.dtypes.cast`.

    >>> import tfcompat_tape as tf
    >>> print(tf.cast([1.8, -2.7], tf.int32).numpy())
    [ 1 -2]
    """
    dtype = as_dtype(dtype)
    if type(x) is not Tensor:
        if isinstance(x, IndexedSlices):
            return IndexedSlices(cast(x.values, dtype), x.indices, x.dense_shape)
        if isinstance(x, CompositeTensor):
            return x._of_values(lambda values: cast(values, dtype))
        if isinstance(x, Variable) and x.dtype is dtype:
            return x
        x = convert(x)
    have = x.dtype
    if have is dtype:
        return x
    if have.is_complex and dtype.is_floating:
        _logger.warning(
            "You are casting an input of type %s to an incompatible dtype %s. This will discard the imaginary part and "
            "may not be what you intended.",
            have.name,
            dtype.name,
        )
    return _cast(x, DstT=dtype)


_logger = logging.getLogger("tensorflow")


def saturate_cast(value: Any, dtype: Any, name: Any = None) -> Any:
    """`value` in another dtype, where what is beyond its range becomes its least or greatest number.

    Args:
      value: a numeric tensor.
      dtype: what `tf.as_dtype` takes, a numeric dtype.

    Raises:
      TypeError: `value` or `dtype` is not numeric.

    Source: `tf.saturate_cast`, `tf.dtypes.saturate_cast`.

    >>> import tfcompat_tape as tf
    >>> print(tf.saturate_cast([-5.0, 100.0, 300.0], tf.uint8).numpy())
    [  0 100 255]
    """
    dtype = as_dtype(dtype)
    x = value if type(value) is Tensor else own(value)
    have = x.dtype
    if have.is_complex:
        if dtype.is_complex:
            if have.real_dtype.max <= dtype.real_dtype.max:
                return cast(x, dtype)
            parts = dtype.real_dtype
            return _complex(saturate_cast(_real(x), parts), saturate_cast(_imag(x), parts))
        x = _real(x)
        have = x.dtype
    range_of = dtype.real_dtype
    low, high = max(range_of.min, have.min, key=float), min(range_of.max, have.max, key=float)
    if have.is_floating or low != have.min or high != have.max:
        x = _clip_by_value(x, _bound(low, have.torch), _bound(high, have.torch))
    return cast(x, dtype)


def _bound(value: Any, dtype: torch.dtype) -> Tensor:
    """`value` in `dtype`; where that rounds it away from 0, beyond the range it bounds, the next number inwards."""
    if not dtype.is_floating_point:
        return Tensor(torch.tensor(int(value), dtype=dtype), None)
    raw = torch.tensor(float(value), dtype=dtype)
    if abs(float(raw)) > abs(float(value)):
        raw = torch.nextafter(raw, torch.zeros((), dtype=dtype))
    return Tensor(raw, None)


def complex(real: Any, imag: Any, name: Any = None) -> Any:
    """`real + 1j * imag`, elementwise.

    Args:
      real, imag: tensors of one dtype, float32 or float64.

    Raises:
      TypeError: other dtypes, or two.
      InvalidArgumentError: shapes that do not broadcast.

    Source: `tf.complex`, `tf.dtypes.complex`.

    >>> import tfcompat_tape as tf
    >>> print(tf.complex([1.0, 2.0], 3.0).numpy())
    [1.+3.j 2.+3.j]
    """
    real = real if type(real) is Tensor else convert(real)
    imag = imag if type(imag) is Tensor else convert(imag)
    if real.dtype is not imag.dtype or real.dtype.name not in ("float32", "float64"):
        raise TypeError(
            f"The real and imag components have incorrect types: {real.dtype.name} {imag.dtype.name}. They must be "
            "consistent, and one of float32, float64."
        )
    return _complex(real, imag)
