"""Inputs of ops that have one dtype, whatever the others have: what is no tensor gets it, a tensor must have it.

facts/raw_inputs.json says which these are, by op and name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tfcompat_tape.core.convert import convert, is_plain
from tfcompat_tape.core.dtypes import DType, as_dtype
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.failures import type_name
from tfcompat_tape.core.tensor import Tensor


@cache
def _table() -> dict[str, str]:
    text = (Path(__file__).parents[2] / "facts" / "raw_inputs.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return table


@cache
def dtypes(op_type: str) -> dict[str, DType]:
    """The inputs of the op `op_type` that have a dtype of their own."""
    words = [word.split(":") for word in _table().get(op_type, "").split()]
    return {name: as_dtype(dtype) for name, dtype in words}


def converted(op_type: str, inputs: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the inputs that have a dtype of their own, in that dtype. `inputs` have a `name` and `is_list`.

    Raises:
      InvalidArgumentError: a Tensor of another dtype; ValueError if TensorFlow converts the inputs in Python, as it
        does where a list is among them.
      TypeError, ValueError: what cannot have the dtype.
    """
    wanted = dtypes(op_type)
    if not wanted:
        return {}
    groups = {one.name: list(given[one.name]) if one.is_list else [given[one.name]] for one in inputs}
    plain = all(is_plain(value) for group in groups.values() for value in group)
    found: dict[str, Any] = {}
    for place, one in enumerate(inputs):
        dtype = wanted.get(one.name)
        if dtype is None:
            continue
        values = groups[one.name]
        for value in values:
            if plain and _has_dtype(value) and value.dtype != dtype:
                raise invalid(
                    f"cannot compute {op_type} as input #{place}(zero-based) was expected to be a "
                    f"{type_name(dtype)} tensor but is a {type_name(value.dtype)} tensor: {one.name} has dtype "
                    f"{dtype.name}, use tf.cast. [Op:{op_type}]"
                )
        tensors = [convert(value, dtype) for value in values]
        found[one.name] = tensors if one.is_list else tensors[0]
    return found


def _has_dtype(value: Any) -> bool:
    return isinstance(value, Tensor) or hasattr(value, "_read")
