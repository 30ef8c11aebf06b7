"""The Philox generator and the numbers that TensorFlow makes of its bits, one block of 128 bits after another.

A stream is a key of 64 bits and a counter of 128; block `i` is a bijection of `counter + i`. Blocks are computed all at
once, in int64, so the numbers equal those of TensorFlow on a CPU whatever the device.

Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import torch

from tfcompat_tape.core import devices, reading

_WORD = 0xFFFFFFFF
_LONG = 0xFFFFFFFFFFFFFFFF
_FACTORS, _STEPS = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)
_MULTIPLIERS, _WEYL = [np.array(pair, np.int64)[:, None] for pair in (_FACTORS, _STEPS)]
_ROUNDS = 10
_FEW = 1 << 14
_SINGLE = 8  # words


class Stream(NamedTuple):
    """Where a generator stands: `key` has 64 bits, `counter` 128."""

    key: int
    counter: int

    def skip(self, blocks: int) -> Stream:
        """The stream `blocks` blocks further on."""
        return Stream(self.key, (self.counter + blocks) % (1 << 128))


def stream_of_seeds(seed: int, seed2: int) -> Stream:
    """The stream of a random op with the attributes `seed` and `seed2`."""
    return Stream(seed & _LONG, (seed2 & _LONG) << 64)


def stream_of_pair(first: int, second: int) -> Stream:
    """The stream of a stateless random op with the seed `[first, second]`, which is scrambled first."""
    low, high = first & _LONG, second & _LONG
    a, b, c, d = _block(0x02461E293EC8F720, low | high << 64)
    return Stream(a | b << 32, (c | d << 32) << 64)


def _block(key: int, counter: int) -> tuple[int, int, int, int]:
    """The four words at a counter, by Python's integers: for one block these are the fastest."""
    low, high = key & _WORD, key >> 32
    a, b, c, d = [counter >> shift & _WORD for shift in (0, 32, 64, 96)]
    for _ in range(_ROUNDS):
        one, other = a * _FACTORS[0], c * _FACTORS[1]
        a, b, c, d = other >> 32 ^ b ^ low, other & _WORD, one >> 32 ^ d ^ high, one & _WORD
        low, high = low + _STEPS[0] & _WORD, high + _STEPS[1] & _WORD
    return a, b, c, d


def _rounds(key: int, even: Any, odd: Any) -> tuple[Any, Any]:
    """The bijection, on 32-bit words held as int64: `even` are the words 0 and 2 (rows), `odd` 1 and 3.

    Works on NumPy arrays as on torch tensors.
    """
    multipliers, keys = _MULTIPLIERS, _keys(key)
    if isinstance(even, torch.Tensor):
        flip: Any = _flip_tensor
        multipliers, keys = [torch.from_numpy(x).to(even.device) for x in (multipliers, keys)]
    else:
        flip = _flip_array
    for i in range(_ROUNDS):
        product = even * multipliers  # wraps around, which keeps the bits
        even = flip((product >> 32) & _WORD) ^ odd ^ keys[i]
        odd = flip(product & _WORD)
    return even, odd


def _flip_tensor(x: Any) -> Any:
    return x.flip(0)


def _flip_array(x: Any) -> Any:
    return x[::-1]


def _keys(key: int) -> Any:
    """The keys of all rounds: each is the last one and a constant."""
    halves = np.array([[key & _WORD], [key >> 32]], np.int64)
    return (halves + np.arange(_ROUNDS)[:, None, None] * _WEYL) & _WORD


def blocks(stream: Stream, offsets: torch.Tensor) -> torch.Tensor:
    """The blocks at `offsets` (int64) from `stream`, as four 32-bit words each along a last axis."""
    # On few numbers NumPy is the faster one.
    small = offsets.numel() < _FEW and offsets.device.type == "cpu"
    carry: Any = offsets.reshape(-1).numpy() if small else offsets.reshape(-1)
    words = []
    for shift in (0, 32, 64, 96):
        total = (carry & _WORD) + (stream.counter >> shift & _WORD)
        words.append(total & _WORD)
        carry = (carry >> 32) + (total >> 32)
    stack: Any = np.stack if small else torch.stack
    even, odd = _rounds(stream.key, stack((words[0], words[2])), stack((words[1], words[3])))
    joined = stack((even[0], odd[0], even[1], odd[1]), -1)
    return (torch.from_numpy(joined) if small else joined).reshape(*offsets.shape, 4)


def _few(count: int) -> bool:
    return count <= _SINGLE and devices.current().type == "cpu"


def _single(stream: Stream, count: int) -> list[int]:
    """The first words, of which there are few: Python's integers are the fastest."""
    found: list[int] = []
    for i in range(-(-count // 4)):
        found += _block(stream.key, (stream.counter + i) % (1 << 128))
    return found[:count]


def words(stream: Stream, count: int) -> torch.Tensor:
    """The first `count` 32-bit words of `stream`, as int64."""
    with reading.outside():  # constants of a trace
        if _few(count):
            return torch.tensor(_single(stream, count), dtype=torch.int64)
        offsets = torch.arange(-(-count // 4), dtype=torch.int64, device=devices.current())
        return blocks(stream, offsets).reshape(-1)[:count]


# -- from words to numbers ---------------------------------------------------------------------------------------------

_MANTISSA = {torch.float32: 23, torch.float16: 10, torch.bfloat16: 7}
TINY = 1.0e-7  # what TensorFlow takes the logarithm of in place of 0


def _in_pairs(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(*x.shape[:-1], x.shape[-1] // 2, 2)


def longs(pairs: torch.Tensor) -> torch.Tensor:
    """64-bit words (bits of uint64 in int64) from words, two for each: the lower one first."""
    pairs = _in_pairs(pairs)
    return pairs[..., 0] | pairs[..., 1] << 32


def words_for(dtype: torch.dtype) -> int:
    """How many words one number of `dtype` takes."""
    return 2 if dtype in (torch.float64, torch.int64, torch.uint64) else 1


def to_uniform(bits: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Numbers in [0, 1) from words (along the last axis)."""
    if dtype is torch.float64:
        pairs = _in_pairs(bits)
        mantissa = (pairs[..., 0] & 0xFFFFF) << 32 | pairs[..., 1]
        return mantissa.to(dtype) * 2.0**-52
    places = _MANTISSA[dtype]
    return (bits & ((1 << places) - 1)).to(dtype) * 2.0**-places


def to_normal(bits: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Standard normal numbers from words (along the last axis), by Box and Muller's transform."""
    inner = torch.float64 if dtype is torch.float64 else torch.float32
    uniform = to_uniform(bits, inner)
    uniform = _in_pairs(uniform)
    radius = torch.sqrt(-2.0 * torch.log(uniform[..., 0].clamp(min=TINY)))
    angle = uniform[..., 1] * (2.0 * math.pi)
    pairs = torch.stack([torch.sin(angle) * radius, torch.cos(angle) * radius], -1)
    return pairs.flatten(-2).to(dtype)


def uniform(stream: Stream, shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """Numbers in [0, 1)."""
    count = math.prod(shape)
    if dtype is torch.float32 and _few(count):
        with reading.outside():
            found = [(word & 0x7FFFFF) * 2.0**-23 for word in _single(stream, count)]
            return torch.tensor(found, dtype=dtype).reshape(shape)
    return to_uniform(words(stream, count * words_for(dtype)), dtype).reshape(shape)


def normal(stream: Stream, shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """Standard normal numbers."""
    count = math.prod(shape)
    even = count + count % 2
    return to_normal(words(stream, even * words_for(dtype)), dtype)[:count].reshape(shape)


def full_int(stream: Stream, shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """Integers of all bit patterns."""
    bits = words(stream, math.prod(shape) * words_for(dtype))
    return (longs(bits) if words_for(dtype) == 2 else bits).to(dtype).reshape(shape)


def uniform_int(stream: Stream, shape: Any, low: int, high: int, dtype: torch.dtype) -> torch.Tensor:
    """Integers in [low, high): bits modulo the size of the range."""
    count = math.prod(shape)
    if dtype is torch.int32 and _few(count):
        with reading.outside():
            found = [word % (high - low) + low for word in _single(stream, count)]
            return torch.tensor(found, dtype=dtype).reshape(shape)
    bits = words(stream, count * words_for(dtype))
    bits = longs(bits) if words_for(dtype) == 2 else bits
    return (unsigned_remainder(bits, high - low) + low).to(dtype).reshape(shape)


def unsigned_remainder(bits: torch.Tensor, divisor: int) -> torch.Tensor:
    """`bits % divisor`, the bits of uint64 being held as int64."""
    if divisor >= 1 << 63:  # at most one subtraction is needed
        negative = divisor - (1 << 64)
        return torch.where((bits < 0) & (bits >= negative), bits - negative, bits)
    half = (bits >> 1 & 0x7FFFFFFFFFFFFFFF) % divisor
    rest = half * 2 - divisor + (bits & 1)  # below the divisor in size, so nothing overflows
    return rest % divisor


# -- truncated normal --------------------------------------------------------------------------------------------------

_RESERVED = 256  # words that TensorFlow sets aside for each number
CUTOFF = 2.0


def truncated_normal(stream: Stream, shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """Standard normal numbers, drawn again where they are not within two standard deviations.

    Numbers come in groups of one block's worth; each group draws from a part of the stream of its own until it is
    full, so all groups draw ahead together and then take the first that fit.
    """
    with reading.outside():
        return _truncated_normal(stream, math.prod(shape), dtype).reshape(shape)


def _truncated_normal(stream: Stream, count: int, dtype: torch.dtype) -> torch.Tensor:
    size = 4 // words_for(dtype)
    groups = -(-count // size)
    reserved = size * _RESERVED // 4
    device = devices.current()
    rows = torch.arange(groups, dtype=torch.int64, device=device)  # groups that are not full
    inner = torch.float64 if dtype is torch.float64 else torch.float32  # rounding to halves comes last
    result = torch.zeros(
        (groups, size + 1), dtype=inner, device=device
    )  # the last column takes what does not fit
    filled = torch.zeros_like(rows)
    done, width = 0, 1
    while len(rows):
        ahead = torch.arange(done, done + width, dtype=torch.int64, device=device)
        drawn = to_normal(blocks(stream, rows[:, None] * reserved + ahead).flatten(1), inner)
        fits = drawn.abs() < CUTOFF
        place = filled[rows, None] + fits.cumsum(1) - 1
        place = torch.where(fits & (place < size), place, size)
        result[rows] = result[rows].scatter(1, place, drawn)
        filled[rows] += fits.sum(1)
        rows = rows[filled[rows] < size]
        done, width = done + width, 4
    return result[:, :size].reshape(-1)[:count].to(dtype)
