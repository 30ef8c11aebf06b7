"""Strings that are numbers."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, shape_of
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.strings.texts import numbers, strings

__all__ = ["to_number"]

_FLOAT = re.compile(rb"[+-]?(inf(inity)?|nan(\([0-9a-z_]*\))?|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)", re.I)
_HEX = re.compile(rb"[+-]?0x([0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(p[+-]?\d+)?", re.I)
_INT = re.compile(rb"[+-]?\d+")
_ALLOWED = {dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64}


def _as_number(input: Any, out_type: Any = dtypes.float32, name: Any = None) -> Any:
    return shape_of(input), dtypes.as_dtype(out_type)


@at_call(_as_number)
def to_number(input: Any, out_type: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Each string as a number; white space of ASCII at its ends does not count.

    Args:
      out_type: float32, float64, int32, int64, uint32 or uint64.

    Raises:
      InvalidArgumentError: a string that is no number, or one too large for the integer dtype; another dtype.

    Source: `tf.strings.to_number`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.to_number(["1", " -2.5e1 "]).numpy().tolist()
    [1.0, -25.0]
    """
    dtype = dtypes.as_dtype(out_type)
    if dtype not in _ALLOWED:
        raise invalid(
            f"StringToNumber: Value for attr 'out_type' of {dtype.name} is not in the list of allowed values: "
            "float, double, int32, int64, uint32, uint64"
        )
    array = strings(input, "StringToNumber")
    return numbers(
        [read_number(text, dtype) for text in array.ravel().tolist()], array.shape, dtype.as_numpy_dtype
    )


def read_number(text: bytes, dtype: Any) -> Any:
    """One string as a number. InvalidArgumentError: it is none."""
    return _float(text, dtype) if dtype.is_floating else _int(text, dtype)


def _float(text: bytes, dtype: Any) -> Any:
    bare = text.strip(b" \t\n\v\f\r")
    if _FLOAT.fullmatch(bare):
        if b"(" in bare:  # what C writes behind NaN does not matter
            return dtype.as_numpy_dtype("nan")
        with np.errstate(over="ignore"):
            found = float(bare)
            return np.float64(found) if dtype is dtypes.float64 else _rounded_once(found, bare.decode())
    if _HEX.fullmatch(bare):
        return float.fromhex(bare.decode())
    raise _wrong(text)


def _rounded_once(wide: float, digits: str) -> Any:
    """Digits as float32, of which float64 is `wide`: where that is in the middle of two, all of them decide."""
    found = np.float32(wide)
    if not np.isfinite(found) or not wide or not np.isfinite(wide):
        return found
    other = np.nextafter(found, np.float32(np.inf if wide > found else -np.inf))
    if float(found) == wide or abs(wide - float(found)) != abs(float(other) - wide):
        return found
    exact = Fraction(digits)
    if exact == Fraction(wide):
        return found
    return max(found, other) if exact > Fraction(wide) else min(found, other)


def _int(text: bytes, dtype: Any) -> int:
    bare = text.strip(b" \t\n\v\f\r")
    if not _INT.fullmatch(bare) or not dtype.min <= int(bare) <= dtype.max:
        raise _wrong(text)
    return int(bare)


def _wrong(text: bytes) -> Exception:
    shown = text.decode("utf-8", "replace")
    return invalid(f"StringToNumber: StringToNumberOp could not correctly convert string: {shown}")
