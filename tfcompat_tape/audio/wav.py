"""WAV files of 16 bits, to float32 and from it."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import float32, int32, string
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops import waves as _ops  # noqa: F401  # the ops are entered
from tfcompat_tape.ops.raw.calls import named


def encode_wav(audio: Any, sample_rate: Any, name: Any = None) -> Tensor:
    """Sound as the bytes of a WAV file, 16 bits to a sample.

    Args:
      audio: float32, (frames, channels), in [-1, 1]; what lies outside is cut off.
      sample_rate: frames per second, an int32 scalar.

    Returns: a string scalar.
    Errors: InvalidArgumentError for another rank or dtype, or a rate that is not positive.
    Source: `tf.audio.encode_wav`.

    >>> import tfcompat_tape as tf
    >>> tf.audio.encode_wav([[0.0], [0.5]], 8000).numpy()[44:]
    b'\\x00\\x00\\x00@'
    """
    given = audio if isinstance(audio, Tensor) else convert(audio, float32)
    return named("EncodeWav")(audio=given, sample_rate=convert(sample_rate, int32))


def decode_wav(contents: Any, desired_channels: int = -1, desired_samples: int = -1, name: Any = None) -> Any:
    """The sound of a WAV file of 16 bits.

    Args:
      contents: a string scalar, the bytes of the file.
      desired_channels: how many channels to give, the last repeated if there are too few; all by default.
      desired_samples: how many frames to give: the first ones, then zeros; all by default.

    Returns: `(audio, sample_rate)`: float32 of (frames, channels) in [-1, 1), and an int32 scalar.
    Errors: InvalidArgumentError for what is no such file.
    Source: `tf.audio.decode_wav`.

    >>> import tfcompat_tape as tf
    >>> sound = tf.audio.decode_wav(tf.audio.encode_wav([[0.0], [0.5]], 8000))
    >>> sound.audio.numpy().tolist(), int(sound.sample_rate)
    ([[0.0], [0.5]], 8000)
    """
    given = contents if isinstance(contents, Tensor) else convert(contents, string)
    return named("DecodeWav")(
        contents=given, desired_channels=desired_channels, desired_samples=desired_samples
    )
