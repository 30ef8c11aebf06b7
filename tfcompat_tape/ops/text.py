"""Strings that become several: cut at separators, joined to n-grams. Rows of results are cut by row splits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid

TEXTS = frozenset({np.dtype(object)})


def array_of(texts: Sequence[bytes]) -> Any:
    """A vector of strings."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array


def splits_of(rows: Sequence[Sequence[Any]], dtype: torch.dtype = torch.int64) -> torch.Tensor:
    """The row splits of these rows."""
    return torch.tensor([0, *np.cumsum([len(row) for row in rows])], dtype=dtype)


def allowed(op: str, attr: str, value: Any, values: tuple[str, ...]) -> None:
    """InvalidArgumentError unless `value` is one of `values`."""
    if value not in values:
        listed = ", ".join(f'"{one}"' for one in values)
        raise invalid(
            f"{op}: Value for attr '{attr}' of \"{value}\" is not in the list of allowed values: {listed}"
        )


def _string_split(x: Any, sep: Any, *, maxsplit: int = -1) -> Any:
    if x.ndim != 1:
        raise invalid(f"StringSplitV2: input must be a vector, got shape: {list(x.shape)}")
    if sep.ndim:
        raise invalid(f"StringSplitV2: sep must be a scalar, got shape: {list(sep.shape)}")
    between = sep.item()
    if maxsplit == 0:
        rows = [[text] for text in x.tolist()]
    elif between:
        rows = [text.split(between, maxsplit) for text in x.tolist()]
    else:
        rows = [_words(text, maxsplit) for text in x.tolist()]
    places = [[at, place] for at, row in enumerate(rows) for place in range(len(row))]
    indices = torch.tensor(places, dtype=torch.int64).reshape(-1, 2)
    longest = max((len(row) for row in rows), default=0)
    return indices, array_of([word for row in rows for word in row]), torch.tensor([len(rows), longest])


def _words(text: bytes, maxsplit: int) -> list[bytes]:
    """What stands between white space. The rest after `maxsplit` words is one, even if there is none."""
    words = text.split(None, maxsplit)
    return [*words, b""] if len(words) == maxsplit else words


string_split = primitive(
    "StringSplitV2",
    _string_split,
    inputs="input sep",
    defaults={"maxsplit": -1},
    outputs=3,
    dtypes=TEXTS,
    same=None,
    differentiable=False,
)


def _string_ngrams(
    data: Any,
    data_splits: Any,
    *,
    separator: Any,
    ngram_widths: Sequence[int],
    left_pad: Any,
    right_pad: Any,
    pad_width: int,
    preserve_short_sequences: bool,
) -> Any:
    splits = data_splits.tolist()
    if data.ndim != 1 or data_splits.ndim != 1:
        raise invalid("StringNGrams: data and data_splits must be vectors.")
    if splits and (splits[0] != 0 or splits[-1] != len(data) or any(a > b for a, b in pairwise(splits))):
        raise invalid(f"StringNGrams: Invalid split values: {splits} for {len(data)} strings")
    if any(width <= 0 for width in ngram_widths):
        raise invalid("StringNGrams: ngram_widths must contain positive values")
    between, left, right = (
        text.encode() if isinstance(text, str) else text for text in (separator, left_pad, right_pad)
    )
    rows = []
    for start, stop in pairwise(splits if len(data) else []):
        words = data[start:stop].tolist()
        row: list[bytes] = []
        for width in ngram_widths:
            pad = min(width - 1, pad_width if pad_width >= 0 else width - 1)
            padded = [left] * pad + words + [right] * pad
            row += [between.join(padded[at : at + width]) for at in range(len(padded) - width + 1)]
        if preserve_short_sequences and not row and words:
            row.append(between.join(padded))
        rows.append(row)
    if not len(data):
        rows = [[] for _ in splits[1:]]
    return array_of([text for row in rows for text in row]), splits_of(rows, data_splits.dtype)


string_ngrams = primitive(
    "StringNGrams",
    _string_ngrams,
    inputs="data data_splits",
    defaults={
        "separator": "",
        "ngram_widths": (),
        "left_pad": "",
        "right_pad": "",
        "pad_width": 0,
        "preserve_short_sequences": False,
    },
    outputs=2,
    dtypes=TEXTS,
    differentiable=False,
)
