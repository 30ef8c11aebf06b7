"""The kinds of values that fields of messages have: what they take, their bytes, their text."""

from __future__ import annotations

import math
import operator
import re
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np

from tfcompat_tape.core.wire import BYTES, FIXED32, FIXED64, VARINT, DecodeError, read_varint, varint


class _Integers:
    wire = VARINT
    default: Any = 0

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def check(self, value: Any, name: str) -> Any:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError(f"Field {name}: Expected an int, got a boolean.")
        number = operator.index(value)
        if not self.least <= number <= self.most:
            raise ValueError(f"Value out of range: {number}")
        return number

    def write(self, value: Any) -> bytes:
        return varint(value)

    def read(self, value: Any) -> Any:
        bits = self.most.bit_length() + (self.least < 0)
        value &= (1 << bits) - 1
        return value - (1 << bits) if self.least < 0 and value >> bits - 1 else value

    def pack(self, values: Iterable[Any]) -> bytes:
        return b"".join([varint(value) for value in values])

    def unpack(self, data: bytes) -> list[Any]:
        found, at = [], 0
        while at < len(data):
            number, at = read_varint(data, at)
            found.append(self.read(number))
        return found


class _Truth(_Integers):
    default = False

    def __init__(self) -> None:
        super().__init__(0, 1)

    def check(self, value: Any, name: str) -> Any:
        return bool(operator.index(value)) if not isinstance(value, np.bool_) else bool(value)

    def read(self, value: Any) -> Any:
        return value != 0


class _Floats:
    default = 0.0

    def __init__(self, size: int) -> None:
        self.size = size
        self.wire = FIXED32 if size == 4 else FIXED64
        self.dtype = np.dtype(f"<f{size}")

    def check(self, value: Any, name: str) -> Any:
        if isinstance(value, (str, bytes)):
            raise TypeError(f"must be real number, not {type(value).__name__}")
        with np.errstate(over="ignore"):
            return float(self.dtype.type(float(value)))

    def write(self, value: Any) -> bytes:
        return np.array(value, self.dtype).tobytes()

    def read(self, value: Any) -> Any:
        return struct.unpack("<f" if self.size == 4 else "<d", value)[0]

    def pack(self, values: Any) -> bytes:
        return np.array(list(values), self.dtype).tobytes()

    def unpack(self, data: bytes) -> list[Any]:
        if len(data) % self.size:
            raise DecodeError("Wire format was corrupt")
        found: list[Any] = np.frombuffer(data, self.dtype).tolist()
        return found


class _Fixed:
    """Four bytes, the least first: sums."""

    wire = FIXED32
    default = 0

    def check(self, value: Any, name: str) -> Any:
        number = int(value)
        if number >> 32:
            raise ValueError(f"Value out of range: {value}")
        return number

    def write(self, value: Any) -> bytes:
        return struct.pack("<I", value)

    def read(self, value: Any) -> Any:
        return struct.unpack("<I", value)[0]

    def pack(self, values: Any) -> bytes:
        return b"".join(map(self.write, values))

    def unpack(self, data: bytes) -> list[Any]:
        if len(data) % 4:
            raise DecodeError("Wire format was corrupt")
        return list(struct.unpack(f"<{len(data) // 4}I", data))


class _Bytes:
    wire = BYTES
    default: Any = b""

    def check(self, value: Any, name: str) -> Any:
        if not isinstance(value, bytes):
            raise TypeError(f"expected bytes, {type(value).__name__} found")
        return bytes(value)

    def write(self, value: Any) -> bytes:
        data: bytes = value
        return varint(len(data)) + data

    def read(self, value: Any) -> Any:
        return value

    pack = unpack = None  # each has a field of its own


class _Text(_Bytes):
    default = ""

    def check(self, value: Any, name: str) -> Any:
        if isinstance(value, bytes):
            return value.decode("utf-8")
        if not isinstance(value, str):
            raise TypeError("bad argument type for built-in operation")
        return value

    def write(self, value: Any) -> bytes:
        return super().write(value.encode("utf-8"))

    def read(self, value: Any) -> Any:
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise DecodeError("String field contained invalid UTF-8") from None


KINDS: dict[str, Any] = {
    "int64": _Integers(-(2**63), 2**63 - 1),
    "int32": _Integers(-(2**31), 2**31 - 1),
    "uint64": _Integers(0, 2**64 - 1),
    "uint32": _Integers(0, 2**32 - 1),
    "fixed32": _Fixed(),
    "bool": _Truth(),
    "float": _Floats(4),
    "double": _Floats(8),
    "bytes": _Bytes(),
    "string": _Text(),
}

_ESCAPES = {0x0A: r"\n", 0x0D: r"\r", 0x09: r"\t", 0x22: r"\"", 0x27: r"\'", 0x5C: r"\\"}


def text(kind: str, value: Any) -> str:
    """A value as protobuf writes it in text."""
    if kind in ("bytes", "string"):
        data = value.encode() if isinstance(value, str) else value
        return (
            '"' + "".join(_ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in data) + '"'
        )
    if kind == "bool":
        return "true" if value else "false"
    if kind not in ("float", "double"):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    shortest = str(np.float32(value)) if kind == "float" else repr(value)
    for digits in (6, 9) if kind == "float" else (15, 17):
        shown = f"{value:.{digits}g}"
        if (np.float32(shown) == np.float32(value)) if kind == "float" else float(shown) == value:
            shortest = shown
            break
    return re.sub(r"e([+-])0*(\d\d)", r"e\1\2", shortest)
