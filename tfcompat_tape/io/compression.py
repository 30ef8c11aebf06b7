"""Strings that were compressed."""

from __future__ import annotations

import zlib
from typing import Any

from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.dtypes import string
from tfcompat_tape.core.errors import DataLossError, invalid, unimplemented
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.strings.texts import each, strings

_WINDOWS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS | 16}


@at_call(same(string))
def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """Each string uncompressed; of one that was cut off, what can be had.

    Args:
      compression_type: "ZLIB", "GZIP", or "" for strings that are not compressed.

    Raises:
      DataLossError: a string that was not compressed so. InvalidArgumentError: another kind.
      UnimplementedError: "ZSTD", which Python cannot read. TypeError: what is no string.

    Source: `tf.io.decode_compressed`.

    >>> import zlib
    >>> import tfcompat_tape as tf
    >>> tf.io.decode_compressed(zlib.compress(b"hello"), "ZLIB").numpy()
    b'hello'
    """
    array = strings(bytes, "DecodeCompressed")
    if compression_type == "ZSTD":
        raise unimplemented("DecodeCompressed: ZSTD is not in Python's standard library. Use ZLIB or GZIP.")
    if compression_type and compression_type not in _WINDOWS:
        raise invalid("DecodeCompressed: Only ZLIB, ZSTD, GZIP or NONE are supported compressions")
    if not compression_type:
        return each(lambda text: text, array)
    return each(lambda text: inflated(text, compression_type), array)


def inflated(data: Any, kind: str) -> Any:
    """Bytes uncompressed; DataLossError where they are of another kind."""
    found = b""
    while data:
        machine = zlib.decompressobj(_WINDOWS[kind])
        try:
            found += machine.decompress(data)
        except zlib.error as error:
            number, _, words = str(error).removeprefix("Error ").partition(" ")
            raise DataLossError(
                None,
                None,
                f"inflate() failed with error {number}: {words.rpartition(': ')[2]}",
            ) from None
        data = machine.unused_data if kind == "GZIP" else b""
    return found
