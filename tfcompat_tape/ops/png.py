"""PNG files with 16 bits a channel, which Pillow reads as 8."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

_START = b"\x89PNG\r\n\x1a\n"
END = b"IEND\xaeB`\x82"  # the last part of a file, with its checksum
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def _chunks(data: bytes) -> Any:
    place = len(_START)
    while place + 12 <= len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        body = data[place + 8 : place + 8 + size]
        if len(body) < size:
            break
        yield data[place + 4 : place + 8], body
        place += 12 + size
        if data[place - 8 : place] == END:
            return
    raise ValueError("the file is truncated")


def deep_png(data: bytes) -> Any:
    """The pixels of a file, uint16, (height, width, channels); ValueError if it is none, or interlaced."""
    parts = list(_chunks(data))
    width, height, _, color, _, _, interlaced = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    if interlaced:
        raise ValueError("interlaced files of 16 bits are not covered")
    try:
        raw = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    channels = _CHANNELS[color]
    step = 2 * channels
    lines = np.frombuffer(raw, np.uint8).reshape(height, 1 + step * width)
    before = np.zeros(step * width, np.uint8)
    found = np.empty((height, step * width), np.uint8)
    for row, line in enumerate(lines):
        before = found[row] = _unfiltered(int(line[0]), line[1:], before, step)
    return found.view(">u2").astype(np.uint16).reshape(height, width, channels)


def _unfiltered(kind: int, line: Any, above: Any, step: int) -> Any:
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return line + above
    out = [0] * step + line.tolist()
    up = [0] * step + above.tolist()
    for i in range(step, len(out)):
        left, top, corner = out[i - step], up[i], up[i - step]
        if kind == 3:
            guess = (left + top) // 2
        else:
            guess = left + top - corner
            guess = min((left, top, corner), key=lambda one: abs(guess - one))
        out[i] = (out[i] + guess) & 255
    return np.array(out[step:], np.uint8)


def write_deep_png(pixels: Any, compression: int) -> bytes:
    """A file of the pixels, uint16, (height, width, channels)."""
    height, width, channels = pixels.shape
    color = {count: kind for kind, count in _CHANNELS.items()}[channels]
    rows = np.ascontiguousarray(pixels.astype(">u2")).view(np.uint8).reshape(height, -1)
    body = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    packed = zlib.compress(body, compression)
    return _START + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
