"""What a traced function does at each call besides computing: its values are those of the call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable


def taken_apart(structure: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The raw tensors in a structure, and how to put the structure together again with others."""
    flat = nest.flatten(structure, expand_composites=True)
    raws: list[Any] = []
    places: list[int | None] = []
    for x in flat:
        raw = x._t if isinstance(x, (Tensor, Variable)) else None
        places.append(len(raws) if isinstance(raw, torch.Tensor) else None)
        if isinstance(raw, torch.Tensor):
            raws.append(raw)

    def rebuilt(values: Sequence[Any]) -> Any:
        given = [
            x if place is None else Tensor(values[place], None) for x, place in zip(flat, places, strict=True)
        ]
        return nest.pack_sequence_as(structure, given, expand_composites=True)

    return raws, rebuilt
