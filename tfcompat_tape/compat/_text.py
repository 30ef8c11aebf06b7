"""Text and bytes, whichever of the two a value is; and sizes of dimensions, whatever stands for them."""

from __future__ import annotations

import contextlib
import datetime
import numbers
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from tfcompat_tape.core.shapes import Dimension

bytes_or_text_types = (bytes, str)
complex_types = (numbers.Complex, np.number)
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)

_RELEASED = datetime.date(2026, 3, 1)  # what code may wait for was there in the TensorFlow whose API this is


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Text encoded, or bytes as they are. TypeError for anything else. Source: `tf.compat.as_bytes`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.as_bytes("one")
    b'one'
    """
    if isinstance(bytes_or_text, bytearray):
        return bytes(bytes_or_text)
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes decoded, or text as it is. TypeError for anything else. Source: `tf.compat.as_text`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.as_text(b"one")
    'one'
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_str(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """The same as `tf.compat.as_text`. Source: `tf.compat.as_str`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.as_str(b"one")
    'one'
    """
    return as_text(bytes_or_text, encoding)


def as_str_any(value: Any, encoding: str = "utf-8") -> str:
    """Bytes decoded, or `str(value)`. Source: `tf.compat.as_str_any`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.as_str_any(7)
    '7'
    """
    return as_text(value, encoding) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """A path object as text; anything else as it is. Source: `tf.compat.path_to_str`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.path_to_str("model.ckpt")
    'model.ckpt'
    """
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


def dimension_value(dimension: Any) -> Any:
    """The size that a Dimension or a number stands for, `None` where it is not known.

    Source: `tf.compat.dimension_value`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.dimension_value(tf.TensorShape([3, None])[0])
    3
    """
    return dimension.value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: Any, index: int) -> Dimension:
    """Dimension number `index` of a TensorShape; IndexError where there is none.

    Source: `tf.compat.dimension_at_index`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.dimension_at_index(tf.TensorShape([3, None]), 0).value
    3
    """
    return Dimension(None) if shape.rank is None else shape.dims[index]


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether what came on this day may be used. Source: `tf.compat.forward_compatible`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.forward_compatible(2020, 1, 1)
    True
    """
    return datetime.date(year, month, day) < _horizon[-1]


_horizon = [_RELEASED]


@contextlib.contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """Within this context, what came before this day may be used; a day that is past changes nothing.

    Errors: ValueError for no day. Source: `tf.compat.forward_compatibility_horizon`.

    >>> import tfcompat_tape as tf
    >>> with tf.compat.forward_compatibility_horizon(2099, 1, 2):
    ...     tf.compat.forward_compatible(2099, 1, 1)
    True
    """
    _horizon.append(max(_horizon[-1], datetime.date(year, month, day)))
    try:
        yield
    finally:
        _horizon.pop()
