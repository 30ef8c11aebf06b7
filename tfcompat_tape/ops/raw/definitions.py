"""How TensorFlow's graphs write ops: inputs and results with their dtypes, and attributes that are dtypes.

facts/op_defs.json has a line for each op; tools/record_raw_ops.py says how it is to be read.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Port(NamedTuple):
    """An input or a result of an op.

    Attributes:
      kind: a dtype, or the attribute that says it.
      count: the attribute that says how many tensors it is, where it is a list of one dtype.
      mixed: it is a list of tensors whose dtypes are what the attribute `kind` says.
    """

    name: str
    kind: str
    count: str | None
    mixed: bool


class Form(NamedTuple):
    """An op."""

    inputs: tuple[Port, ...]
    results: tuple[Port, ...]
    defaults: dict[str, str]  # of attributes that are dtypes


@cache
def _table() -> dict[str, str]:
    text = (Path(__file__).parents[2] / "facts" / "op_defs.json").read_text(encoding="utf-8")
    table: dict[str, str] = json.loads(text)
    return table


@cache
def form(op_type: str) -> Form:
    """How graphs write the op `op_type`; KeyError if it is not known."""
    ports, _, rest = _table()[op_type].partition(";")
    inputs, _, results = ports.partition("->")
    defaults = dict(word.split("=") for word in rest.split())
    return Form(tuple(map(_port, inputs.split())), tuple(map(_port, results.split())), defaults)


def known(op_type: str) -> bool:
    """Whether it is known how graphs write the op `op_type`."""
    return op_type in _table()


def _port(word: str) -> Port:
    name, _, kind = word.partition(":")
    if kind.startswith("["):
        return Port(name, kind.strip("[]"), None, True)
    count, star, bare = kind.rpartition("*")
    return Port(name, bare, count if star else None, False)
