"""Rows of features crossed: every way to take one value from each feature, as text or as a hash."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.ops.farmhash import fingerprint

KEY = 0xDECAFCAFFE
_ALL = 2**64 - 1
_FACTOR = 0xC6A4A7935BD1E995
_LARGEST = 2**63 - 1

Rows = list[list[Any]]


def crossed(features: Sequence[Rows], separator: bytes) -> Rows:
    """The rows of texts that join one value of each feature."""
    texts = [[[_text(value) for value in row] for row in rows] for rows in features]
    return [[separator.join(values) for values in product(*row)] for row in _aligned(texts)]


def hashed(features: Sequence[Rows], num_buckets: int, key: int) -> Rows:
    """The rows of hashes of one value of each feature, below `num_buckets` if that is not 0."""
    if num_buckets < 0:
        raise invalid(f"num_buckets must be at least 0, got {num_buckets}")
    prints = [[[_print(value) for value in row] for row in rows] for rows in features]
    return [
        [_bucket(values, num_buckets or _LARGEST, key) for values in product(*row)]
        for row in _aligned(prints)
    ]


def _aligned(features: Sequence[Rows]) -> list[tuple[list[Any], ...]]:
    counts = {len(rows) for rows in features}
    if len(counts) > 1:
        raise invalid(f"All inputs to a cross must have the same number of rows, got {sorted(counts)}")
    return list(zip(*features, strict=True))


def _text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _print(value: Any) -> int:
    return fingerprint(value) if isinstance(value, bytes) else value & _ALL


def _bucket(values: Sequence[int], count: int, key: int) -> int:
    found = key & _ALL
    for value in values:
        found = _joined(found, value)
    return found % count


def _joined(one: int, two: int) -> int:
    """One fingerprint of two."""
    mixed = _mixed(two * _FACTOR & _ALL) * _FACTOR & _ALL
    found = ((one ^ _FACTOR) ^ mixed) * _FACTOR & _ALL
    return _mixed(_mixed(found) * _FACTOR & _ALL)


def _mixed(x: int) -> int:
    return x ^ (x >> 47)
