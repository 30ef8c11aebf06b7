"""Strings in buckets, by hash functions whose values stay the same everywhere.

Sources: A. Appleby, MurmurHash2 (64 bits, variant A); J.-P. Aumasson and D. Bernstein, "SipHash: a fast short-input
PRF", 2012.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfcompat_tape.core.at_call import at_call, same
from tfcompat_tape.core.dtypes import int64
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.farmhash import fingerprint
from tfcompat_tape.strings.texts import numbers, strings, whole

__all__ = ["to_hash_bucket", "to_hash_bucket_fast", "to_hash_bucket_strong"]

_MASK = (1 << 64) - 1
_SEED = 0xDECAFCAFFE


@at_call(same(int64))
def to_hash_bucket(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """The bucket of each string, int64 from 0 to `num_buckets - 1`.

    Raises:
      InvalidArgumentError: less than one bucket.

    Source: `tf.strings.to_hash_bucket`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.to_hash_bucket(["a", "bc"], 10).numpy().tolist()
    [8, 2]
    """
    return _buckets("StringToHashBucket", input, num_buckets, _murmur)


@at_call(same(int64))
def to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """The same by a faster hash function (`tfcompat_tape.ops.farmhash`).

    Raises:
      InvalidArgumentError: less than one bucket.

    Source: `tf.strings.to_hash_bucket_fast`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.to_hash_bucket_fast(["a", "bc"], 1000000007).numpy().tolist()
    [384735799, 672899683]
    """
    return _buckets("StringToHashBucketFast", input, num_buckets, fingerprint)


@at_call(same(int64))
def to_hash_bucket_strong(input: Any, num_buckets: int, key: Any, name: str | None = None) -> Tensor:
    """The same by a hash function with a key, against those who would fill one bucket on purpose.

    Args:
      key: two uint64 numbers.

    Raises:
      InvalidArgumentError: less than one bucket, another number of keys.
      TypeError: numbers that are none.

    Source: `tf.strings.to_hash_bucket_strong`.

    >>> import tfcompat_tape as tf
    >>> tf.strings.to_hash_bucket_strong(["a"], 1000, [1, 2]).numpy().tolist()
    [646]
    """
    parts = whole("StringToHashBucketStrong", "key", key, "list(int)")
    if len(parts) != 2:
        raise invalid("StringToHashBucketStrong: Key must have 2 elements")
    first, second = [part & _MASK for part in parts]
    return _buckets(
        "StringToHashBucketStrong", input, num_buckets, lambda text: _siphash(text, first, second)
    )


def _buckets(op: str, input: Any, num_buckets: Any, of: Any) -> Tensor:
    count = whole(op, "num_buckets", num_buckets, least=1)
    array = strings(input, op)
    return numbers([of(text) % count for text in array.ravel().tolist()], array.shape, np.int64)


def _murmur(text: bytes) -> int:
    m = 0xC6A4A7935BD1E995
    h = _SEED ^ (len(text) * m & _MASK)
    whole = len(text) // 8 * 8
    for i in range(0, whole, 8):
        k = int.from_bytes(text[i : i + 8], "little") * m & _MASK
        k = (k ^ k >> 47) * m & _MASK
        h = (h ^ k) * m & _MASK
    if whole < len(text):
        h = (h ^ int.from_bytes(text[whole:], "little")) * m & _MASK
    h = (h ^ h >> 47) * m & _MASK
    return h ^ h >> 47


def _siphash(text: bytes, first: int, second: int) -> int:
    v = [
        first ^ 0x736F6D6570736575,
        second ^ 0x646F72616E646F6D,
        first ^ 0x6C7967656E657261,
        second ^ 0x7465646279746573,
    ]
    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) & 0xFF])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i : i + 8], "little")
        v[3] ^= word
        _round(v, 2)
        v[0] ^= word
    v[2] ^= 0xFF
    _round(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _left(x: int, bits: int) -> int:
    return (x << bits | x >> 64 - bits) & _MASK


def _round(v: list[int], times: int) -> None:
    for _ in range(times):
        v[0] = (v[0] + v[1]) & _MASK
        v[2] = (v[2] + v[3]) & _MASK
        v[1] = _left(v[1], 13) ^ v[0]
        v[3] = _left(v[3], 16) ^ v[2]
        v[0] = _left(v[0], 32)
        v[2] = (v[2] + v[1]) & _MASK
        v[0] = (v[0] + v[3]) & _MASK
        v[1] = _left(v[1], 17) ^ v[2]
        v[3] = _left(v[3], 21) ^ v[0]
        v[2] = _left(v[2], 32)
