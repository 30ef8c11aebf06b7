"""Numbers from raw bytes, and base 64 of the URL-safe kind."""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.strings.texts import each, strings

_BASE64 = re.compile(rb"[A-Za-z0-9_-]*")
_RAW = (
    *("float16", "float32", "float64", "int32", "uint16", "uint8", "int16", "int8", "int64"),
    *("complex64", "complex128", "bool", "bfloat16"),
)


@at_call(same(dtypes.string))
def encode_base64(input: Any, pad: Any = False, name: str | None = None) -> Tensor:
    """Each string in base 64, of letters, digits, `-` and `_`.

    pad: whether `=` fills up the last four characters.
    Errors: TypeError for what is no string. Source: `tf.io.encode_base64`.

    >>> import tfcompat_tape as tf
    >>> tf.io.encode_base64("hello").numpy()
    b'aGVsbG8'
    """
    array = strings(input, "EncodeBase64")
    if pad:
        return each(base64.urlsafe_b64encode, array)
    return each(lambda text: base64.urlsafe_b64encode(text).rstrip(b"="), array)


@at_call(same(dtypes.string))
def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """What strings in base 64 say; padding may be there or not.

    Errors: InvalidArgumentError for other characters or an impossible length, TypeError for what is no string.
    Source: `tf.io.decode_base64`.

    >>> import tfcompat_tape as tf
    >>> tf.io.decode_base64("aGVsbG8").numpy()
    b'hello'
    """
    return each(_decoded, strings(input, "DecodeBase64"))


def _decoded(text: bytes) -> bytes:
    bare = text
    if len(text) % 4 == 0 and text:
        bare = text[:-2] if text.endswith(b"==") else text.removesuffix(b"=")
    if not _BASE64.fullmatch(bare):
        raise invalid("DecodeBase64: Invalid character found in base64.")
    if len(bare) % 4 == 1:
        raise invalid("DecodeBase64: Base64 string length cannot be 1 modulo 4.")
    return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))


def decode_raw(
    input_bytes: Any,
    out_type: Any,
    little_endian: Any = True,
    fixed_length: Any = None,
    name: str | None = None,
) -> Tensor:
    """The numbers whose bytes the strings are, along one more axis.

    Args:
      input_bytes: strings, all of one length unless `fixed_length` is given.
      out_type: a dtype of numbers, or bool.
      little_endian: whether the least byte stands first.
      fixed_length: how many bytes of each to take; zeros follow a shorter one.

    Raises:
      InvalidArgumentError: lengths that differ or are no multiple of a number's, or another dtype.
      TypeError: what is no string.

    Source: `tf.io.decode_raw`.

    >>> import tfcompat_tape as tf
    >>> tf.io.decode_raw(tf.constant([b"\\x01\\x00", b"\\x00\\x01"]), tf.int16).numpy().tolist()
    [[1], [256]]
    """
    dtype = dtypes.as_dtype(out_type)
    if dtype.name not in _RAW:
        raise invalid(
            f"DecodeRaw: Value for attr 'out_type' of {type_name(dtype)} is not in the list of allowed values: "
            f"{', '.join(type_name(dtypes.as_dtype(one)) for one in _RAW)}"
        )
    graph = reading.graph()
    if graph is not None and fixed_length is None:
        given = convert(input_bytes)
        found: Tensor = graph.node(
            "DecodeRaw",
            [given],
            [((*given._t.shape, None), dtype)],
            out_type=dtype,
            little_endian=bool(little_endian),
        )[0]
        return found
    return _numbers(input_bytes, dtype, little_endian, fixed_length)


@at_call()
def _numbers(input_bytes: Any, dtype: Any, little_endian: Any, fixed_length: Any) -> Tensor:
    array = strings(input_bytes, "DecodeRaw")
    texts: list[bytes] = array.ravel().tolist()
    size = dtype.size
    if fixed_length is None:
        length = len(texts[0]) if texts else 0
        for i, text in enumerate(texts):
            if len(text) != length:
                raise invalid(
                    f"DecodeRaw requires input strings to all be the same size, but element {i} has size {len(text)} "
                    f"!= {length}"
                )
        if length % size:
            raise invalid(
                f"Input to DecodeRaw has length {length} that is not a multiple of {size}, the size of {dtype.name}"
            )
    else:
        length = int(convert(fixed_length, dtypes.int32).numpy())
        if length <= 0:
            raise invalid(f"DecodePaddedRaw: fixed_length ({length}) must be greater than zero.")
        if length % size:
            raise invalid(
                f"DecodePaddedRaw: fixed_length ({length}) must be a multiple of the size of out_type ({size})"
            )
        texts = [text[:length].ljust(length, b"\0") for text in texts]
    whole = np.frombuffer(b"".join(texts), np.uint8).reshape(-1, size)
    unit = size // 2 if dtype.is_complex else size
    if not little_endian and unit > 1:
        whole = whole.reshape(-1, unit)[:, ::-1]
    raw = np.ascontiguousarray(whole).reshape(-1)
    numbers = raw != 0 if dtype.is_bool else raw.view(dtype.as_numpy_dtype)
    return convert(numbers.reshape(*array.shape, length // size).copy(), dtype)
