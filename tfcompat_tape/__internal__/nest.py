"""``tf.__internal__.nest``: walks along a part of a structure."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.porting.internals.nest import (
    flatten_up_to,
    get_traverse_shallow_structure,
    is_attrs,
    is_mapping,
    list_to_tuple,
    map_structure_up_to,
    sequence_like,
    yield_flat_paths,
)

__all__ = [
    "flatten_up_to",
    "get_traverse_shallow_structure",
    "is_attrs",
    "is_mapping",
    "list_to_tuple",
    "map_structure_up_to",
    "sequence_like",
    "yield_flat_paths",
]

__getattr__ = namespace(globals(), "tf.__internal__.nest")
