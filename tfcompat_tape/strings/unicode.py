"""Strings in other encodings."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.arrays import expand_dims, reshape
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.code_points import ENCODINGS, ERRORS, decoded, decoder, replacing, transcoded
from tfcompat_tape.ops.code_points import unicode_decode_with_offsets as decode_op
from tfcompat_tape.ops.code_points import unicode_encode as encode_op
from tfcompat_tape.ops.code_points import unicode_script as script_op
from tfcompat_tape.ops.text import allowed
from tfcompat_tape.ragged._parts.tensor import RaggedTensor
from tfcompat_tape.strings.splitting import deeper, given
from tfcompat_tape.strings.texts import each, strings


@at_call(same(dtypes.string))
def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    name: str | None = None,
) -> Tensor:
    """Each string of one encoding in another.

    Args:
      input_encoding: any that Python knows.
      output_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors: "replace" what is no text by `replacement_char`, "ignore" it, or "strict".
      replace_control_characters: replace the control characters of ASCII and Latin-1, too.

    Raises:
      InvalidArgumentError: text that is none, if strict; another encoding.

    Source: `tf.strings.unicode_transcode`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_transcode(["é"], "UTF-8", "UTF-16-BE").numpy().tolist()
    [b'\\x00\\xe9']
    """
    allowed("UnicodeTranscode", "output_encoding", output_encoding, ENCODINGS)
    allowed("UnicodeTranscode", "errors", errors, ERRORS)
    source = decoder(input_encoding, "UnicodeTranscode")
    instead = replacing("UnicodeTranscode", replacement_char)
    array = strings(input, "UnicodeTranscode")
    controls = (*range(32), *range(127, 160)) if replace_control_characters else ()

    def again(text: bytes) -> bytes:
        points = decoded(text, source, errors, instead, controls)
        return transcoded([point for point, _ in points], output_encoding)

    return each(again, array)


@at_call()
def unicode_encode(
    input: Any,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    name: str | None = None,
) -> Tensor:
    """Strings of code points, which lie along the last axis.

    Args:
      input: int32 of shape `[..., characters]`.
      output_encoding, errors, replacement_char: as in `unicode_transcode`.

    Raises:
      ValueError: a scalar.
      InvalidArgumentError: a number that is no code point, if strict; another encoding.

    Source: `tf.strings.unicode_encode`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_encode([104, 233], "UTF-8").numpy().decode()
    'hé'
    """
    attrs = {"output_encoding": output_encoding, "errors": errors, "replacement_char": replacement_char}
    x = input if isinstance(input, RaggedTensor) else convert(input)
    rank = int(x.shape.rank)  # type: ignore[arg-type]
    if rank == 0:
        raise ValueError("input_tensor's rank must be at least 1.")
    return _encoded(x, rank, attrs)


def _encoded(x: Any, rank: int, attrs: dict[str, Any]) -> Any:
    if isinstance(x, RaggedTensor):
        if rank > 2:
            return x.with_values(_encoded(x.values, rank - 1, attrs))
        return encode_op(x.values, x.row_splits, **attrs)
    shape = list(x._t.shape)
    rows = math.prod(shape[:-1])
    splits = Tensor(torch.arange(rows + 1) * shape[-1], None)
    return reshape(encode_op(reshape(x, [rows * shape[-1]]), splits, **attrs), shape[:-1])


@at_call()
def unicode_decode_with_offsets(
    input: Any,
    input_encoding: Any,
    errors: Any = "replace",
    replacement_char: Any = 65533,
    replace_control_characters: Any = False,
    name: Any = None,
) -> tuple[Any, Any]:
    """The code points of each string, and the byte that each of them begins at.

    Args:
      input: strings of any shape, also ragged.
      input_encoding, errors, replacement_char, replace_control_characters: as in `unicode_transcode`.

    Returns:
      Two RaggedTensors with one dimension more than `input`, of int32 and int64; for a scalar, two Tensors.

    Raises:
      InvalidArgumentError: text that is none, if strict; another encoding.

    Source: `tf.strings.unicode_decode_with_offsets`.

    >>> import tfcompat_tape as tf
    >>> points, starts = tf.strings.unicode_decode_with_offsets(["é!"], "UTF-8")
    >>> points.to_list(), starts.to_list()
    ([[233, 33]], [[0, 2]])
    """
    attrs = {
        "input_encoding": input_encoding,
        "errors": errors,
        "replacement_char": replacement_char,
        "replace_control_characters": bool(replace_control_characters),
    }
    if not isinstance(input_encoding, (str, bytes)):
        raise TypeError(f"input_encoding must be a string, not {input_encoding!r}.")
    points, starts = deeper(given(input), lambda texts: decode_op(texts, **attrs))
    return points, starts


@at_call()
def unicode_decode(
    input: Any,
    input_encoding: Any,
    errors: Any = "replace",
    replacement_char: Any = 65533,
    replace_control_characters: Any = False,
    name: Any = None,
) -> Any:
    """The code points of each string.

    Args, raises: as `unicode_decode_with_offsets`, whose first result this is.

    Source: `tf.strings.unicode_decode`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_decode(["né", ""], "UTF-8")
    <tf.RaggedTensor [[110, 233], []]>
    """
    return unicode_decode_with_offsets(
        input, input_encoding, errors, replacement_char, replace_control_characters
    )[0]


@at_call()
def unicode_split_with_offsets(
    input: Any, input_encoding: Any, errors: Any = "replace", replacement_char: Any = 65533, name: Any = None
) -> tuple[Any, Any]:
    """The characters of each string as strings of its encoding, and the byte that each of them begins at.

    Args:
      input: strings of any shape, also ragged.
      input_encoding: "UTF-8", "UTF-16-BE" or "UTF-32-BE".
      errors, replacement_char: as in `unicode_transcode`.

    Returns:
      Two RaggedTensors with one dimension more than `input`, of strings and int64; for a scalar, two Tensors.

    Raises:
      InvalidArgumentError: text that is none, if strict; another encoding.

    Source: `tf.strings.unicode_split_with_offsets`.

    >>> import tfcompat_tape as tf
    >>> characters, starts = tf.strings.unicode_split_with_offsets("é!", "UTF-8")
    >>> characters.numpy().tolist(), starts.numpy().tolist()
    ([b'\xc3\xa9', b'!'], [0, 2])
    """
    points, starts = unicode_decode_with_offsets(input, input_encoding, errors, replacement_char)
    return unicode_encode(expand_dims(points, -1), input_encoding, errors, replacement_char), starts


@at_call()
def unicode_split(
    input: Any, input_encoding: Any, errors: Any = "replace", replacement_char: Any = 65533, name: Any = None
) -> Any:
    """The characters of each string, as strings of its encoding.

    Args, raises: as `unicode_split_with_offsets`, whose first result this is.

    Source: `tf.strings.unicode_split`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_split("né", "UTF-8").numpy().tolist()
    [b'n', b'\xc3\xa9']
    """
    return unicode_split_with_offsets(input, input_encoding, errors, replacement_char)[0]


def unicode_script(input: Any, name: Any = None) -> Any:
    """The script of each code point, by the numbers that ICU has for scripts; -1 for what is no code point.

    Args:
      input: int32 of any shape, also ragged.

    Raises:
      InvalidArgumentError: another dtype.

    Source: `tf.strings.unicode_script`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.unicode_script([ord("a"), 0x3B1, -5]).numpy()
    array([25, 14, -1], dtype=int32)
    """
    return script_op(convert(input, dtypes.int32) if isinstance(input, (list, tuple)) else input)
