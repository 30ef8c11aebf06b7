"""Numbers as text."""

from __future__ import annotations

from tfcompat_tape.core.convert import convert
from tfcompat_tape.ops.raw.attrs import attribute
from tfcompat_tape.ops.strings import as_string as _as_string

__all__ = ["as_string"]


def as_string(input, precision=-1, scientific=False, shortest=False, width=-1, fill="", name=None):
    """Each number as a string, as C's `printf` would write it; a constant to every tape.

    Args:
      precision: digits after the point, of floats; 6 by default.
      scientific, shortest: write floats as `%e` or `%g` instead of `%f`; at most one of them.
      width: the least number of characters.
      fill: "0" or "-" or " ", how to reach the width; blanks in front by default.

    Raises:
      InvalidArgumentError: options that exclude each other or the dtype.

    Source: `tf.as_string`.

    >>> import tfcompat_tape as tf
    >>> tf.as_string([1.5, 2.0], precision=2).numpy().tolist()
    [b'1.50', b'2.00']
    """
    given = {
        "precision": precision,
        "scientific": scientific,
        "shortest": shortest,
        "width": width,
        "fill": fill,
    }
    defaults = _as_string.op.defaults
    attrs = {
        name: attribute("AsString", name, defaults[name] if value is None else value)
        for name, value in given.items()
    }
    kinds = {
        "precision": precision,
        "scientific": scientific,
        "shortest": shortest,
        "width": width,
        "fill": fill,
    }
    attrs = {name: attribute("AsString", name, value) for name, value in kinds.items() if value is not None}
    return _as_string(convert(input), **attrs)
