"""The op RandomIndexShuffle: where an index goes in a random permutation that is never written down.

A block cipher is a permutation of the numbers of so many bits; what leaves the range is enciphered again until it is
back in it. The cipher is SIMON with keys of three words.

Source: R. Beaulieu et al., "The SIMON and SPECK families of lightweight block ciphers", 2013.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import compact

_DTYPES = frozenset({torch.int32, torch.uint32, torch.int64, torch.uint64})
_SEQUENCE = 0x7369F885192C0EF5  # a bit for the key of each round
_LEAST_BITS = 16


def _keys(seed: tuple[int, ...], width: int, rounds: int) -> list[int]:
    """The keys of all rounds, as words of `width` bits."""
    mask = (1 << width) - 1

    def turned(x: int, by: int) -> int:
        return (x >> by | x << (width - by)) & mask

    keys = [part & 0xFFFFFFFF & mask for part in seed]
    for i in range(rounds - 3):
        keys.append(
            (0xFFFFFFFC ^ (_SEQUENCE >> i & 1) ^ keys[i] ^ turned(keys[-1], 3) ^ turned(keys[-1], 4)) & mask
        )
    return keys


def _encipher(x: Any, keys: list[int], width: int) -> Any:
    """Numbers of twice `width` bits (uint64 in NumPy)."""
    w, mask = np.uint64(width), np.uint64((1 << width) - 1)

    def turned(x: Any, by: int) -> Any:
        return (x << np.uint64(by) | x >> (w - np.uint64(by))) & mask

    high, low = x >> w & mask, x & mask
    for key in keys:
        high, low = low, high ^ (turned(low, 1) & turned(low, 8)) ^ turned(low, 2) ^ np.uint64(key)
    return high << w | low


@lru_cache(maxsize=16)
def _all_small(seed: tuple[int, ...], rounds: int) -> list[int]:
    """Where each number of 16 bits goes."""
    width = _LEAST_BITS // 2
    numbers = np.arange(1 << _LEAST_BITS, dtype=np.uint64)
    found: list[int] = _encipher(numbers, _keys(seed, width, rounds), width).tolist()
    return found


def _shuffled(indices: list[int], seed: tuple[int, ...], most: int, rounds: int) -> list[int]:
    bits = max(_LEAST_BITS, math.ceil(math.log2(most)) if most > 0 else 0)
    bits += bits % 2
    if bits == _LEAST_BITS:
        table = _all_small(seed, rounds)
        places: dict[int, int] = {}
        for index in set(indices):
            place = table[index & 0xFFFF]
            while place > most:
                place = table[place]
            places[index] = place
        return [places[index] for index in indices]
    keys = _keys(seed, bits // 2, rounds)
    found = _encipher(np.array(indices, np.uint64), keys, bits // 2)
    outside = found > np.uint64(most)
    while outside.any():
        found[outside] = _encipher(found[outside], keys, bits // 2)
        outside = found > np.uint64(most)
    result: list[int] = found.tolist()
    return result


def _kernel(
    index: torch.Tensor, seed: torch.Tensor, max_index: torch.Tensor, *, rounds: int = 4
) -> torch.Tensor:
    if index.dim() > 1 or max_index.dim() > 1:
        raise invalid("Index and max_index must be scalars or vectors.")
    single = index.dim() == 0 and max_index.dim() == 0 and seed.dim() != 2
    count = max(index.numel(), max_index.numel(), seed.shape[0] if seed.dim() == 2 else 1)
    for what, x in (("Index", index), ("Maxval", max_index)):
        if x.dim() and x.shape[0] != count:
            raise invalid(f"{what} must be a scalar or a vector of size {count}, got shape {list(x.shape)}.")
    if 0 in index.shape or 0 in max_index.shape:
        raise invalid("Index must be a scalar or vector.")
    if tuple(seed.shape) not in ((3,), (count, 3)):
        raise invalid(
            f"Seed must be a vector of size [3] or a matrix of size [{count}, 3] but got {compact(seed.shape)}."
        )
    if seed.dtype not in _DTYPES:
        raise invalid(f"RandomIndexShuffle: seed must be int32, uint32, int64 or uint64, not {seed.dtype}.")
    if rounds < 4 or rounds % 2:
        raise invalid(f"RandomIndexShuffle: rounds must be an even number, at least 4, got {rounds}.")
    numbers, most = (_spread(x, count) for x in (index, max_index))
    for i, n in zip(numbers, most, strict=True):
        if i < 0:
            raise invalid(f"index must be >= 0 but was {i}")
        if n < 0:
            raise invalid(f"max_index must be >= 0 but was {n}")
        if i > n:
            raise invalid(f"max_index must be >= index, but {n} < {i}")
    seeds = reading.listed(seed)
    if seed.dim() == 1 and len(set(most)) == 1:
        found = _shuffled(numbers, tuple(seeds), most[0], rounds)
    else:
        each = seeds if seed.dim() == 2 else [seeds] * count
        found = [
            _shuffled([i], tuple(key), n, rounds)[0] for i, key, n in zip(numbers, each, most, strict=True)
        ]
    with reading.outside():
        raw = torch.from_numpy(np.array(found, np.uint64).astype(_NUMPY[index.dtype])).to(index.device)
        return raw.reshape(()) if single else raw


_NUMPY = {torch.int32: np.int32, torch.uint32: np.uint32, torch.int64: np.int64, torch.uint64: np.uint64}


def _spread(raw: torch.Tensor, count: int) -> list[int]:
    found = reading.listed(raw.reshape(-1))
    numbers: list[int] = found * count if len(found) == 1 else found
    return numbers


random_index_shuffle = primitive(
    "RandomIndexShuffle",
    _kernel,
    inputs="index seed max_index",
    defaults={"rounds": 4},
    dtypes=_DTYPES,
    same=(0, 2),
    differentiable=False,
)
