"""Which Variables the functions of a pipeline read, as far as that can be seen: see `tracing/beside.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.data.function import ElementFunction
from tfcompat_tape.data.generators import GeneratorDataset
from tfcompat_tape.tracing.beside import reached
from tfcompat_tape.tracing.signature import ByIdentity


def read_by(dataset: Any) -> list[Variable]:
    """The Variables that functions of the pipeline `dataset` read."""
    found: dict[int, Variable] = {}
    waiting = [dataset]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        waiting += one._from
        for x in vars(one).values():
            if isinstance(x, ElementFunction):
                traced = x.variables()
                found.update({id(v): v for v in (reached(x.user) if traced is None else traced)})
        if isinstance(one, GeneratorDataset):
            found.update({id(v): v for v in reached(one.generator)})
    return list(found.values())


def kind_of(variables: Sequence[Variable]) -> Any:
    """What datasets have in common that read these."""
    return tuple([ByIdentity(v) for v in variables])
