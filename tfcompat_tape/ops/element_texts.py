"""The elements of a tensor as TensorFlow's op `Print` writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

_DIGITS = {
    torch.float64: (15, 17)
}  # how many are tried, and how many say it all; of the other floats 6 and 9


def summary(values: Any, limit: int) -> str:
    """The first `limit` elements (all if negative), in brackets for each axis.

    `values`: a torch tensor, or an array of bytes.
    """
    is_tensor = isinstance(values, torch.Tensor)
    flat = values.reshape(-1).tolist()
    total = len(flat)
    limit = total if limit < 0 else min(limit, total)
    texts = [_text(value, values.dtype) for value in flat[:limit]]
    shape = tuple(values.shape)
    complete = limit == total
    if len(shape) < 2 or (is_tensor and values.is_complex()):
        return f"[{' '.join(texts)}{'' if complete else '...'}]"
    return f"{_nested(texts, shape, 0)[0]}{'' if complete else '...'}]" if total else "[]"


def _nested(texts: list[str], shape: tuple[int, ...], start: int) -> tuple[str, int]:
    """The text from element `start` on without its last bracket, and where the next one begins."""
    if len(shape) == 1:
        row = texts[start : start + shape[0]]
        return f"[{' '.join(row)}{'' if len(row) == shape[0] else '...'}", start + shape[0]
    parts = ["["]
    for _ in range(shape[0]):
        if start >= len(texts):
            break
        part, start = _nested(texts, shape[1:], start)
        parts.append(f"{part}]")
    return "".join(parts), start


def _text(value: Any, dtype: Any) -> str:
    if isinstance(value, bytes):
        return _escaped(value)
    if isinstance(value, complex):
        return "?"
    if not isinstance(value, float):
        return str(int(value))
    few, all_ = _DIGITS.get(dtype, (6, 9))
    short = f"{value:.{few}g}"
    kind = np.float64 if dtype == torch.float64 else np.float32
    return short if value != value or kind(short) == kind(value) else f"{value:.{all_}g}"


_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def _escaped(value: bytes) -> str:
    return "".join([_NAMED.get(c) or _plain(c) for c in value.decode("utf-8", "surrogateescape")])


def _plain(character: str) -> str:
    number = ord(character)
    if (
        number < 32 or number == 127 or 0xDC80 <= number <= 0xDCFF
    ):  # the last stand for bytes that are no UTF-8
        return f"\\{number & 0xFF:03o}"
    return character
