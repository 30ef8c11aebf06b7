"""Strings as arrays: what every function of `tf.strings` begins and ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.ops.raw import attrs as raw_attrs
from tfcompat_tape.ops.raw.attrs import Kind

UNITS = ("BYTE", "UTF8_CHAR")


def strings(value: Any, what: str) -> np.ndarray[Any, Any]:
    """A string tensor, or what converts to one, as an array of bytes.

    Raises:
      TypeError: numbers, from Python or NumPy.
      InvalidArgumentError: a Tensor of another dtype.
    """
    tensor = value if isinstance(value, Tensor) else convert(value, dtypes.string)
    if hasattr(tensor, "_read"):
        tensor = tensor._read()
    if tensor.dtype != dtypes.string:
        if reading.current.tracer is not None:
            raise TypeError(
                f"Value passed to parameter 'input' has DataType {tensor.dtype.name} not in list of allowed values: "
                f"string: {what}"
            )
        raise invalid(
            f"{what}: cannot compute {what} as input #0(zero-based) was expected to be a string tensor but is a "
            f"{tensor.dtype.name} tensor"
        )
    array: np.ndarray[Any, Any] = to_numpy(tensor._t)
    return array


def each(function: Callable[[bytes], Any], array: np.ndarray[Any, Any]) -> Tensor:
    """The strings that `function` makes of those of `array`."""
    return made([function(text) for text in array.ravel().tolist()], array.shape)


def made(texts: list[bytes], shape: tuple[int, ...]) -> Tensor:
    """A Tensor of these strings, in row-major order."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return Tensor(array.reshape(shape), None)


def numbers(values: list[Any], shape: tuple[int, ...], dtype: Any) -> Tensor:
    """A Tensor of these numbers, in row-major order."""
    return convert(np.array(values, dtype=dtype).reshape(shape))


def whole(op: str, name: str, value: Any, kind: str = "int", least: int | None = None) -> Any:
    """An attribute of integers, as ops read it; TypeError for what is none, InvalidArgumentError for one too small."""
    wanted = Kind(kind, least, ())
    read = raw_attrs.read(op, name, wanted, value)
    raw_attrs.check(op, name, wanted, read)
    return read


def separating(value: Any) -> bytes:
    """The attribute `separator` as bytes; TypeError for what is no string."""
    if value is None or isinstance(value, (str, bytes)):
        return b"" if value is None else value.encode() if isinstance(value, str) else value
    raise TypeError(f"Expected string for argument 'separator' not {value!r}.")


def characters(text: bytes) -> list[bytes]:
    """The bytes of each UTF-8 character; a byte that begins none stands with the one before."""
    starts = [i for i, byte in enumerate(text) if byte & 0xC0 != 0x80]
    if not text:
        return []
    if starts[:1] != [0]:
        starts.insert(0, 0)
    return [text[i:j] for i, j in zip(starts, [*starts[1:], len(text)], strict=True)]
