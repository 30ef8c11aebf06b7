"""Strings and the code points that they consist of. Scripts of code points are recorded ones."""

from __future__ import annotations

import codecs
import json
from collections.abc import Container, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import to_numpy
from tfcompat_tape.ops.text import TEXTS, allowed, array_of, splits_of

_ENCODINGS = {"UTF-8": "utf-8", "UTF-16-BE": "utf-16-be", "UTF-32-BE": "utf-32-be"}
ENCODINGS = tuple(_ENCODINGS)
ERRORS = ("strict", "replace", "ignore")
_BY_MARK = {
    "utf-16": (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE),
    "utf-32": (codecs.BOM_UTF32_BE, codecs.BOM_UTF32_LE),
}
INT32 = frozenset({torch.int32})
_SCRIPTS = Path(__file__).parent.parent / "facts" / "unicode_scripts.json"


def decoder(encoding: str, op: str) -> str:
    """Python's name of an encoding; InvalidArgumentError if there is none."""
    try:
        return codecs.lookup(_ENCODINGS.get(encoding.upper(), encoding)).name
    except LookupError:
        raise invalid(f"{op}: Could not create converter for input encoding: {encoding}") from None


def replacing(op: str, point: int) -> int:
    """The attribute `replacement_char`, U+FFFD for a surrogate; InvalidArgumentError for what is no code point."""
    if not 0 <= point < 0x110000:
        raise invalid(f"{op}: replacement_char out of unicode codepoint range: {point}")
    return 0xFFFD if 0xD800 <= point < 0xE000 else point


def decoded(
    text: bytes, encoding: str, errors: str, replacement: int, controls: Container[int] = ()
) -> list[tuple[int, int]]:
    """The code points of a string, each with the byte that it begins at; `controls` are replaced, too."""
    found: list[tuple[int, int]] = []
    mark = 0  # which counts as part of the first character
    if encoding in _BY_MARK:
        encoding, mark = _byte_order(text, encoding)
    at = mark
    while at < len(text):
        try:
            part, broken = text[at:].decode(encoding), None
        except UnicodeDecodeError as error:
            broken = error
            part = text[at : at + error.start].decode(encoding)
        for char in part:
            point = ord(char)
            found.append((replacement if point in controls else point, at if at > mark else 0))
            at += len(char.encode(encoding, "surrogatepass"))
        if broken is None:
            break
        if errors == "strict":
            raise invalid("Invalid formatting on input string")
        if errors == "replace":
            found.append((replacement, at))
        at += broken.end - broken.start
    return found


def _byte_order(text: bytes, encoding: str) -> tuple[str, int]:
    """The encoding that the mark at the beginning says, big-endian without one, and how long the mark is."""
    big, little = _BY_MARK[encoding]
    if text.startswith(little):
        return f"{encoding}-le", len(little)
    return f"{encoding}-be", len(big) if text.startswith(big) else 0


def encoded(points: Sequence[int], encoding: str, errors: str, replacement: int) -> bytes:
    """The string of these code points."""
    found = []
    for point in points:
        if 0 <= point < 0x110000 and not 0xD800 <= point < 0xE000:
            found.append(point)
        elif errors == "strict":
            raise invalid("UnicodeEncode: Code point is out of range for Unicode, or is a surrogate.")
        elif errors == "replace":
            found.append(replacement)
    return "".join(map(chr, found)).encode(_ENCODINGS[encoding])


def transcoded(points: Sequence[int], encoding: str) -> bytes:
    """The string of what was decoded."""
    return "".join(map(chr, points)).encode(_ENCODINGS[encoding], "surrogatepass")


def _decode(
    x: Any,
    *,
    input_encoding: Any,
    errors: Any = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
    Tsplits: Any = dtypes.int64,
) -> Any:
    op = "UnicodeDecodeWithOffsets"
    allowed(op, "errors", errors, ERRORS)
    replacement_char = replacing(op, replacement_char)
    source = decoder(input_encoding, op)
    controls = range(32 if replace_control_characters else 0)
    rows = [decoded(text, source, errors, replacement_char, controls) for text in x.ravel().tolist()]
    pairs = [pair for row in rows for pair in row]
    points = torch.tensor([point for point, _ in pairs], dtype=torch.int32)
    starts = torch.tensor([start for _, start in pairs], dtype=torch.int64)
    return splits_of(rows, dtypes.as_dtype(Tsplits).torch), points, starts


_DECODING = {
    "input_encoding": "",
    "errors": "replace",
    "replacement_char": 65533,
    "replace_control_characters": False,
    "Tsplits": dtypes.int64,
}
unicode_decode_with_offsets = primitive(
    "UnicodeDecodeWithOffsets",
    _decode,
    inputs="input",
    defaults=_DECODING,
    outputs=3,
    dtypes=TEXTS,
    differentiable=False,
)
unicode_decode = primitive(
    "UnicodeDecode",
    lambda x, **attrs: _decode(x, **attrs)[:2],
    inputs="input",
    defaults=_DECODING,
    outputs=2,
    dtypes=TEXTS,
    differentiable=False,
)


def _encode(
    values: Any,
    splits: Any,
    *,
    output_encoding: Any,
    errors: Any = "replace",
    replacement_char: int = 65533,
) -> Any:
    allowed("UnicodeEncode", "output_encoding", output_encoding, ENCODINGS)
    allowed("UnicodeEncode", "errors", errors, ERRORS)
    replacement_char = replacing("UnicodeEncode", replacement_char)
    points, bounds = values.tolist(), splits.tolist()
    if not bounds or bounds[0] != 0 or bounds[-1] != len(points) or any(a > b for a, b in pairwise(bounds)):
        raise invalid(f"UnicodeEncode: splits {bounds} do not cut {len(points)} code points")
    return array_of(
        [
            encoded(points[start:stop], output_encoding, errors, replacement_char)
            for start, stop in pairwise(bounds)
        ]
    )


unicode_encode = primitive(
    "UnicodeEncode",
    _encode,
    inputs="input_values input_splits",
    defaults={"output_encoding": "", "errors": "replace", "replacement_char": 65533},
    dtypes=INT32,
    differentiable=False,
)


@cache
def _scripts() -> tuple[Any, Any]:
    """Where each run of code points of one script ends, and the scripts, as recorded."""
    runs = json.loads(_SCRIPTS.read_text(encoding="utf-8"))["runs"]
    lengths, codes = zip(*[map(int, run.split(":")) for run in runs.split()], strict=True)
    return np.cumsum(lengths), np.array([*codes, -1], dtype=np.int32)


def _script(x: Any) -> Any:
    ends, codes = _scripts()
    points = to_numpy(x).astype(np.int64)
    found = codes[np.searchsorted(ends, points, side="right")]
    return torch.from_numpy(np.where(points < 0, np.int32(-1), found)).to(x.device)


unicode_script = primitive(
    "UnicodeScript", _script, inputs="input", dtypes=INT32, preferred=dtypes.int32, differentiable=False
)
