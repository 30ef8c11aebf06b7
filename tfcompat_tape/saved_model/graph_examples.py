"""Ops of TensorFlow's graphs that read bytes: examples, and raw numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tfcompat_tape import io
from tfcompat_tape.core.convert import convert

Outputs = dict[str, list[Any]]


def parsed(attrs: Mapping[str, Any], serialized: Any, names: Any, *inputs: Any) -> Outputs:
    """What ParseExampleV2 gives."""
    sparse, dense, ragged, *defaults = inputs
    keys = [[key.decode() for key in convert(one).numpy().tolist()] for one in (sparse, dense, ragged)]
    wanted: list[dict[str, Any]] = [{}, {}, {}]
    for key, kind in zip(keys[0], attrs.get("sparse_types", ()), strict=True):
        wanted[0][key] = io.VarLenFeature(kind)
    columns = zip(keys[1], attrs.get("Tdense", ()), attrs.get("dense_shapes", ()), defaults, strict=True)
    for key, kind, shape, default in columns:
        default = np.asarray(convert(default).numpy())
        sizes = shape.as_list()
        if sizes[:1] == [None]:
            wanted[1][key] = io.FixedLenSequenceFeature(sizes[1:], kind, True, default.reshape(()).tolist())
        else:
            there = default.size or 0 in sizes
            wanted[1][key] = io.FixedLenFeature(sizes, kind, default.tolist() if there else None)
    rows = zip(keys[2], attrs.get("ragged_value_types", ()), attrs.get("ragged_split_types", ()), strict=True)
    for key, kind, splits in rows:
        wanted[2][key] = io.RaggedFeature(kind, row_splits_dtype=splits)
    names = convert(names)
    of_examples = names if names.shape.num_elements() else None
    found = [io.parse_example(serialized, one, of_examples) if one else {} for one in wanted]
    lists = [found[0][key] for key in keys[0]]
    cut = [found[2][key] for key in keys[2]]
    scalar = not convert(serialized).ndim
    return {
        "sparse_indices": [x.indices for x in lists],
        "sparse_values": [x.values for x in lists],
        "sparse_shapes": [x.dense_shape for x in lists],
        "dense_values": [found[1][key] for key in keys[1]],
        "ragged_values": [x if scalar else x.values for x in cut],
        "ragged_row_splits": [
            convert([], attrs["ragged_split_types"][i]) if scalar else x.row_splits for i, x in enumerate(cut)
        ],
    }


def decoded(attrs: Mapping[str, Any], texts: Any) -> Outputs:
    """What DecodeRaw gives."""
    return {"output": [io.decode_raw(texts, attrs["out_type"], attrs.get("little_endian", True))]}


BYTES: dict[str, Callable[..., Outputs]] = {"DecodeRaw": decoded, "ParseExampleV2": parsed}
