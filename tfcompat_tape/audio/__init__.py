"""The namespace `tf.audio`: sound as WAV files."""

from tfcompat_tape.audio.wav import decode_wav, encode_wav
from tfcompat_tape.coverage.names import namespace

__all__ = ["decode_wav", "encode_wav"]

__getattr__ = namespace(globals(), "tf.audio")
