"""The namespace `tf.bitwise`."""

from tfcompat_tape._coverage import namespace
from tfcompat_tape.bitwise.elementwise import (
    bitwise_and,
    bitwise_or,
    bitwise_xor,
    invert,
    left_shift,
    right_shift,
)

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]

__getattr__ = namespace(globals(), "tf.bitwise")
