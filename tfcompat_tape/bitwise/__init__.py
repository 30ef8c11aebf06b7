"""The namespace `tf.bitwise`."""

from tfcompat_tape.bitwise.elementwise import (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    invert,
    left_shift,
    right_shift,
)
from tfcompat_tape.coverage.names import namespace

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]

__getattr__ = namespace(globals(), "tf.bitwise")
