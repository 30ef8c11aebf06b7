"""The namespace `tf.ragged`: tensors whose rows differ in length. What makes them is loaded when it is first used.

In come nested lists, or flat values with what cuts them into rows: splits, lengths, row ids. Out come RaggedTensors,
which are composite values: every op sees flat values and row splits, and so tapes record nothing else. Once the first
of them is there, the public functions of Tensors take them, too (`_parts/functions.py`).
"""

from tfcompat_tape.coverage.names import namespace

_PARTS = {
    "boolean_mask": "tfcompat_tape.ragged._parts.masks",
    "constant": "tfcompat_tape.ragged._parts.literals",
    "cross": "tfcompat_tape.ragged._parts.crossing",
    "cross_hashed": "tfcompat_tape.ragged._parts.crossing",
    "map_flat_values": "tfcompat_tape.ragged._parts.elementwise",
    "range": "tfcompat_tape.ragged._parts.literals",
    "row_splits_to_segment_ids": "tfcompat_tape.ragged._parts.partitions",
    "segment_ids_to_row_splits": "tfcompat_tape.ragged._parts.partitions",
    "stack": "tfcompat_tape.ragged._parts.joining",
    "stack_dynamic_partitions": "tfcompat_tape.ragged._parts.masks",
}
__all__ = [*_PARTS]

__getattr__ = namespace(globals(), "tf.ragged", later=_PARTS)
