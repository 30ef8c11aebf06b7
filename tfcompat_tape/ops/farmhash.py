"""The fingerprint of bytes that stays the same on every machine: FarmHash's of 64 bits.

Source: G. Pike, FarmHash, 2014 (Fingerprint64). All arithmetic is that of unsigned numbers of 64 bits.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F

Pair = tuple[int, int]


def fingerprint(text: bytes) -> int:
    """The fingerprint of `text`, from 0 to 2**64 - 1."""
    size = len(text)
    if size <= 16:
        return _short(text, size)
    if size <= 32:
        return _medium(text, size)
    return _longer(text, size) if size <= 64 else _long(text, size)


def _word(text: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _right(x: int, bits: int) -> int:
    """Rotated to the right."""
    x &= _MASK
    return (x >> bits | x << 64 - bits) & _MASK


def _mixed(x: int) -> int:
    x &= _MASK
    return x ^ x >> 47


def _two(u: int, v: int, factor: int) -> int:
    a = _mixed((u ^ v & _MASK) * factor)
    return _mixed((v ^ a) * factor) * factor & _MASK


def _short(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    if size >= 8:
        a, b = _word(text, 0) + _K2, _word(text, size - 8)
        return _two((_right(b, 37) * factor + a) & _MASK, (_right(a, 25) + b) * factor & _MASK, factor)
    if size >= 4:
        return _two(size + (_word(text, 0, 4) << 3), _word(text, size - 4, 4), factor)
    if size:
        y, z = text[0] + (text[size >> 1] << 8), size + (text[-1] << 2)
        return _mixed(y * _K2 ^ z * _K0) * _K2 & _MASK
    return _K2


def _medium(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _word(text, 0) * _K1, _word(text, 8)
    c, d = _word(text, size - 8) * factor, _word(text, size - 16) * _K2
    first = _right(a + b, 43) + _right(c, 30) + d
    return _two(first & _MASK, a + _right(b + _K2, 18) + c & _MASK, factor)


def _longer(text: bytes, size: int) -> int:
    factor = _K2 + size * 2
    a, b = _word(text, 0) * _K2, _word(text, 8)
    c, d = _word(text, size - 8) * factor, _word(text, size - 16) * _K2
    y = _right(a + b, 43) + _right(c, 30) + d & _MASK
    z = _two(y, a + _right(b + _K2, 18) + c & _MASK, factor)
    e, f = _word(text, 16) * factor, _word(text, 24)
    g, h = (y + _word(text, size - 32)) * factor, (z + _word(text, size - 24)) * factor
    first = _right(e + f, 43) + _right(g, 30) + h
    return _two(first & _MASK, e + _right(f + a, 18) + g & _MASK, factor)


def _weak(text: bytes, at: int, a: int, b: int) -> Pair:
    w, x, y, z = [_word(text, at + 8 * i) for i in range(4)]
    a += w
    b = _right(b + a + z, 21)
    c = a
    a += x + y
    b += _right(a, 44)
    return a + z & _MASK, b + c & _MASK


def _long(text: bytes, size: int) -> int:
    x, y = 81, 81 * _K1 + 113 & _MASK
    z = _mixed(y * _K2 + 113) * _K2 & _MASK
    v: Pair = (0, 0)
    w: Pair = (0, 0)
    x = x * _K2 + _word(text, 0) & _MASK
    for at in range(0, (size - 1) // 64 * 64, 64):
        x, y, z, v, w = _block(text, at, x, y, z, v, w, _K1, 1)
    factor = _K1 + ((z & 0xFF) << 1)
    w = (w[0] + (size - 1 & 63), w[1])
    v = (v[0] + w[0] & _MASK, v[1])
    w = (w[0] + v[0] & _MASK, w[1])
    x, y, z, v, w = _block(text, size - 64, x, y, z, v, w, factor, 9)
    first = _two(v[0], w[0], factor) + _mixed(y) * _K0 + z
    return _two(first & _MASK, _two(v[1], w[1], factor) + x & _MASK, factor)


def _block(
    text: bytes, at: int, x: int, y: int, z: int, v: Pair, w: Pair, factor: int, times: int
) -> tuple[int, int, int, Pair, Pair]:
    """What 64 bytes make of the state."""
    x = _right(x + y + v[0] + _word(text, at + 8), 37) * factor
    y = _right(y + v[1] + _word(text, at + 48), 42) * factor
    x = (x ^ w[1] * times) & _MASK
    y = y + v[0] * times + _word(text, at + 40) & _MASK
    z = _right(z + w[0], 33) * factor & _MASK
    v = _weak(text, at, v[1] * factor, x + w[0])
    w = _weak(text, at + 32, z + w[1], y + _word(text, at + 16))
    return z, y, x, v, w
