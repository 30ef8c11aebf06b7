"""EncodeWav, DecodeWav: sound as WAV files of 16 bits."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.registry import Keep

_FORMAT = struct.Struct("<HHIIHH")  # of what follows the size of the chunk `fmt `
_LARGEST = 32768.0


def _encode(audio: torch.Tensor, rate: torch.Tensor) -> Any:
    if audio.dim() != 2:
        raise invalid(f"EncodeWav: audio must be 2-dimensional{list(audio.shape)}")
    if rate.dim():
        raise invalid(
            f"EncodeWav: Input sample_rate should be a scalar tensor, got {list(rate.shape)} instead."
        )
    channels = audio.shape[1]
    per_second = int(rate.item())
    if per_second <= 0:
        raise invalid(f"EncodeWav: sample_rate must be in (0, 2^32), got: {per_second}")
    if not channels:
        raise invalid("EncodeWav: audio is null: it has no channels")
    scaled = audio.double().nan_to_num(0.0) * _LARGEST
    rounded = torch.sign(scaled) * torch.floor(scaled.abs() + 0.5)  # halves away from zero
    samples = rounded.clamp(-_LARGEST, _LARGEST - 1).to(torch.int16).cpu().numpy().astype("<i2").tobytes()
    about = _FORMAT.pack(1, channels, per_second, per_second * channels * 2, channels * 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + about + b"data" + struct.pack("<I", len(samples)) + samples
    found = np.empty((), dtype=object)
    found[()] = b"RIFF" + struct.pack("<I", len(body)) + body
    return found


class _Reader:
    """Takes one piece after another from the bytes of a file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        found = self.data[self.at : self.at + size]
        if len(found) < size:
            raise invalid("DecodeWav: Data too short when trying to read string")
        self.at += size
        return found

    def expect(self, name: bytes) -> None:
        found = self.take(4)
        if found != name:
            raise invalid(
                f"DecodeWav: Header mismatch: Expected {name.decode()} but found {found.decode('latin-1')}"
            )


def _samples(data: bytes) -> tuple[Any, int]:
    """The samples of a file as (frames, channels), and how many there are in a second."""
    reader = _Reader(data)
    reader.expect(b"RIFF")
    reader.take(4)
    reader.expect(b"WAVE")
    name = reader.take(4)
    if name != b"fmt ":
        raise invalid(f"DecodeWav: Unexpected field {name.decode('latin-1')}")
    (size,) = struct.unpack("<I", reader.take(4))
    if size not in (16, 18):
        raise invalid(f"DecodeWav: Bad format chunk size for WAV: Expected 16 or 18, but got{size}")
    kind, channels, rate, bytes_per_second, bytes_per_frame, bits = _FORMAT.unpack(reader.take(16))
    if kind != 1:
        raise invalid(f"DecodeWav: Bad audio format for WAV: Expected 1 (PCM), but got{kind}")
    if channels < 1:
        raise invalid("DecodeWav: Bad number of channels for WAV: Expected at least 1, but got 0")
    if bits != 16:
        raise invalid(f"DecodeWav: Can only read 16-bit WAV files, but received {bits}")
    if bytes_per_frame != 2 * channels:
        raise invalid(
            f"DecodeWav: Bad bytes per sample in WAV header: Expected {2 * channels} but got {bytes_per_frame}"
        )
    if bytes_per_second != 2 * channels * rate:
        raise invalid(
            f"DecodeWav: Bad bytes per second in WAV header: Expected {2 * channels * rate} but got {bytes_per_second} "
            f"(sample_rate={rate}, bytes_per_sample={2 * channels})"
        )
    reader.take(size - 16)
    found = None
    while reader.at < len(data):
        name = reader.take(4)
        (size,) = struct.unpack("<I", reader.take(4))
        if name == b"data":
            frames = size // (2 * channels)
            found = np.frombuffer(reader.take(frames * 2 * channels), "<i2").reshape(frames, channels)
        else:
            reader.at += size
    if found is None:
        raise invalid("DecodeWav: No data chunk found in WAV")
    return found, rate


def _decode(
    contents: Any, *, desired_channels: int = -1, desired_samples: int = -1
) -> tuple[torch.Tensor, torch.Tensor]:
    if contents.ndim:
        raise invalid(f"DecodeWav: contents must be scalar, got shape {list(contents.shape)}")
    for name, number in (("desired_channels", desired_channels), ("desired_samples", desired_samples)):
        if number < -1:
            raise invalid(f"DecodeWav: {name} must be >= -1, got {number}")
    found, rate = _samples(contents.item())
    if desired_samples >= 0:
        found = found[:desired_samples]
        found = np.pad(found, ((0, desired_samples - len(found)), (0, 0)))
    if desired_channels >= 0:
        found = found[:, np.minimum(np.arange(desired_channels), found.shape[1] - 1)]
    audio = torch.from_numpy(found.astype(np.float32) / np.float32(_LARGEST))
    return audio, torch.tensor(rate, dtype=torch.int64).to(torch.int32)


encode_wav = primitive(
    "EncodeWav",
    _encode,
    inputs="audio sample_rate",
    dtypes=frozenset({torch.float32, torch.int32}),
    keep=Keep.NOTHING,
    differentiable=False,
)
decode_wav = primitive(
    "DecodeWav",
    _decode,
    inputs="contents",
    defaults={"desired_channels": -1, "desired_samples": -1},
    dtypes=frozenset({np.dtype(object)}),
    keep=Keep.NOTHING,
    differentiable=False,
    outputs=2,
)
