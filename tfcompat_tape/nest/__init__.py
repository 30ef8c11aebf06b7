"""The namespace `tf.nest`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.nest.structures import (
    assert_same_structure,
    flatten,
    is_nested,
    map_structure,
    pack_sequence_as,
)

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]

__getattr__ = namespace(globals(), "tf.nest")
