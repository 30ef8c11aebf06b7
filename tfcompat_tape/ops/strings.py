"""AsString: numbers as text. Strings are object arrays of bytes, which no torch kernel touches."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import OF_OPS
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.ops.arguments import VALUES


def _as_string(
    x: Any,
    *,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
) -> Any:
    array = to_numpy(x)
    kind = array.dtype.kind
    real = kind in "fcV"  # V: bfloat16
    if scientific and shortest:
        raise invalid("AsString: cannot select both scientific and shortest notation.")
    if not real and (scientific or shortest or (precision >= 0 and kind in "iub")):
        raise invalid(f"AsString: scientific and shortest notation and precision are not for {array.dtype}.")
    if fill not in ("", " ", "0", "-", "+"):
        raise invalid(f"AsString: fill must be one character of '0- +', got {fill!r}.")
    least = str(width) if width > 0 else ""
    if real:
        digits = f".{precision}" if precision >= 0 else ""
        form = f"%{fill}{least}{digits}{'e' if scientific else 'g' if shortest else 'f'}"
    elif kind in "iu":
        form = f"%{fill}{least}d"
    else:
        form = "%s" if kind == "b" else f"%{'-' if fill == '-' else ''}{least}s"
    texts = np.empty(array.size, dtype=object)
    texts[:] = [_text(value, form) for value in array.ravel().tolist()]
    return texts.reshape(array.shape)


def _text(value: Any, form: str) -> bytes:
    if isinstance(value, bytes):
        return form.encode() % value
    if isinstance(value, complex):
        return f"({form % value.real},{form % value.imag})".encode()
    if isinstance(value, bool):
        return (form % ("true" if value else "false")).encode()
    return (form % value).encode()


as_string = primitive(
    "AsString",
    _as_string,
    inputs="input",
    defaults={"precision": -1, "scientific": False, "shortest": False, "width": -1, "fill": ""},
    dtypes=VALUES,
    differentiable=False,
)
OF_OPS["AsString"] = lambda raws, attrs: [(raws[0].shape, string)]
