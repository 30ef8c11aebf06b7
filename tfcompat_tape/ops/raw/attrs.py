"""Attributes of TensorFlow's ops: what kind of value each takes, and values of other kinds refused as TensorFlow does.

facts/raw_attrs.json says for each attribute its type in the op's definition, the least value (or length of a list) and
what values are allowed. A boolean is a bool and nothing else; an integer is whatever `int()` takes but no text, so a
float or a tensor of one element will do; a list is a list or tuple.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.shapes import TensorShape

_INT64 = np.iinfo(np.int64)


class Kind(NamedTuple):
    """What an attribute takes.

    Attributes:
      type: as in op definitions: "bool", "int", "float", "string", "type", "shape", or a list of one of these.
      least: the least value, or length of a list; `None` where anything goes.
      allowed: the strings, or names of dtypes, that are allowed; empty where all are.
    """

    type: str
    least: int | None
    allowed: tuple[str, ...]


@cache
def _table() -> dict[str, str]:
    text = (Path(__file__).parents[2] / "facts" / "raw_attrs.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return table


@cache
def kinds(op_type: str) -> dict[str, Kind]:
    """The attributes of the op `op_type`, by TensorFlow's names."""
    found = {}
    for word in _table().get(op_type, "").split():
        name, _, rest = word.partition(":")
        kind, least, bound = rest.partition(">=")
        if least:
            found[name] = Kind(kind, int(bound), ())
        else:
            kind, _, allowed = rest.partition("=")
            found[name] = Kind(kind, None, tuple(allowed.split("|")) if allowed else ())
    return found


def read(op_type: str, name: str, kind: Kind, value: Any) -> Any:
    """The value of an attribute as Python has it: bool, int, float, str, DType, TensorShape, or a tuple of these.

    Raises:
      TypeError: a value of another kind.
      OverflowError: an integer that does not fit into 64 bits, as TensorFlow has it.
    """
    if kind.type.startswith("list("):
        value = () if value is None else value
        if not isinstance(value, (list, tuple, range)):
            raise TypeError(f"Expected list for {name!r} argument to {op_type!r} Op, not {value!r}.")
        return tuple([_READERS[kind.type[5:-1]](name, item) for item in value])
    reader = _READERS.get(kind.type)
    return value if reader is None else reader(name, value)


def check(op_type: str, name: str, kind: Kind, value: Any) -> None:
    """Whether the op takes this value, of the right kind.

    Raises:
      InvalidArgumentError: the number is too small, the list too short, or the value not among those allowed.
    """
    if kind.least is not None:
        listed = isinstance(value, tuple)
        size = len(value) if listed else value
        if size < kind.least:
            what = "Length" if listed else "Value"
            raise invalid(
                f"{op_type}: {what} for attr {name!r} of {size} must be at least minimum {kind.least}."
            )
    if kind.allowed:
        shown = value.name if isinstance(value, DType) else value
        if shown not in kind.allowed:
            listing = ", ".join(f'"{one}"' for one in kind.allowed)
            raise invalid(
                f'{op_type}: Value for attr {name!r} of "{shown}" is not in the list of allowed values: {listing}.'
            )


def attribute(op_type: str, name: str, value: Any) -> Any:
    """The value of an attribute, of the right kind and allowed; for functions that hand it on to the op.

    Raises:
      TypeError, InvalidArgumentError: see `read` and `check`.
    """
    kind = kinds(op_type)[name]
    value = read(op_type, name, kind, value)
    check(op_type, name, kind, value)
    return value


def _refused(what: str, name: str, value: Any) -> TypeError:
    return TypeError(f"Expected {what} for argument {name!r} not {value!r}.")


def _bool(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused("bool", name, value)
    return value


def _int(name: str, value: Any) -> int:
    if isinstance(value, (str, bytes)):
        raise _refused("int", name, value)
    try:
        number = int(value)
    except (ValueError, TypeError):
        raise _refused("int", name, value) from None
    if not _INT64.min <= number <= _INT64.max:
        raise OverflowError(f"{name}={value!r}: int too big to convert to 64 bits.")
    return number


def _float(name: str, value: Any) -> float:
    if not isinstance(value, (int, float, np.integer, np.floating)):
        raise _refused("float", name, value)
    return float(np.float32(value))  # attributes are stored in single precision


def _string(name: str, value: Any) -> str:
    if not isinstance(value, (str, bytes)):
        raise _refused("string", name, value)
    return value.decode() if isinstance(value, bytes) else value  # bytes: as `op.get_attr` gives it


def _type(name: str, value: Any) -> DType:
    try:
        return dtypes.as_dtype(value)
    except TypeError:
        if type(value) is int:  # TensorFlow's enum has no such number
            raise invalid(f"AttrValue has invalid DataType enum: {value} for attr {name!r}.") from None
        raise _refused("DataType", name, value) from None


def _shape(name: str, value: Any) -> TensorShape:
    if isinstance(value, (list, tuple)):
        value = [None if type(n) is int and n == -1 else n for n in value]  # as TensorFlow stores it
    try:
        return TensorShape(value)
    except (TypeError, AttributeError) as error:
        raise TypeError(f"Error converting {name} to a TensorShape: {error}") from None


_READERS: dict[str, Any] = {
    "bool": _bool,
    "int": _int,
    "float": _float,
    "string": _string,
    "type": _type,
    "shape": _shape,
}
