"""The table of names: what is written for a function of TensorFlow's, and when.

`facts/torch_names.json` has for each name one line or several, the first that fits is taken: an expression, and the
conditions on arguments under which it gives the same value, dtype, shape and gradient. In an expression

- `{x}` is an argument as a tensor; all such arguments have one dtype, unless it says `{x:free}`;
- `{axis:ints}` is one as integers, `{axis:axes}` as axes, `{dtype:dtype}` as a dtype, `{flag:plain}` as it
  was, `{xs:each}` a list of tensors;
- `<, dim={axis}>` is left out where the argument is not given or `None`; `{out}` is the dtype of the result;
- `tf_name(...)` is a function of `helpers`, which the script gets.

A condition is a word on an argument: "float", "int", "complex", "bool" for its dtype, "given", "absent", "literal",
"tensor", "number", "list", "rank>1", "positive" (a literal number above 0); a list of values that it may have; or on
`out` and `recorded`.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tfcompat_tape.porting.check.verdicts import object_of

FILE = Path(__file__).parents[2] / "facts" / "torch_names.json"
PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True)
class Form:
    """One way to write a name.

    Attributes:
      parts: pieces of the expression, each with whether it may be left out.
      when: conditions by argument.
    """

    expression: str
    parts: tuple[tuple[str, bool], ...]
    when: dict[str, Any]

    @property
    def places(self) -> dict[str, str]:
        """The arguments in it, with the role of each."""
        return {name: role or "tensor" for name, role in PLACE.findall(self.expression) if name != "out"}

    @property
    def required(self) -> set[str]:
        """The arguments that cannot be left out."""
        return {name for part, optional in self.parts if not optional for name, _ in PLACE.findall(part)} - {
            "out"
        }

    @property
    def function(self) -> str | None:
        """The function, where the expression is a call of it with the first argument alone."""
        found = re.fullmatch(r"([\w.]+)\(\{\w+\}(?:<[^>]*>)*\)", self.expression)
        return found[1] if found and not self.when else None


@dataclass(frozen=True)
class Entry:
    """A name with the ways to write it.

    Attributes:
      parameters: names with defaults, in order.
      view: torch's result may share memory with its argument.
    """

    symbol: str
    forms: tuple[Form, ...]
    parameters: dict[str, inspect.Parameter]
    view: bool


def find(symbol: str) -> Entry | None:
    """The entry for a name of TensorFlow's, by whatever name the function goes.

    >>> find("tf.math.exp").forms[0].expression
    'torch.exp({x})'
    >>> find("tf.exp").symbol
    'tf.math.exp'
    """
    entry = entries().get(symbol)
    if entry is not None:
        return entry
    value = object_of(symbol)
    return None if value is None else _by_object().get(id(value))


@cache
def entries() -> dict[str, Entry]:
    """The whole table, by name."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    views = set(told["views"])
    return {
        symbol: Entry(symbol, tuple(_forms(lines)), _parameters(symbol), symbol in views)
        for symbol, lines in told["names"].items()
    }


@cache
def _by_object() -> dict[int, Entry]:
    return {id(object_of(symbol)): entry for symbol, entry in entries().items()}


def _parameters(symbol: str) -> dict[str, inspect.Parameter]:
    value = object_of(symbol)
    return {} if value is None else dict(inspect.signature(value).parameters)


def _forms(lines: Any) -> Iterator[Form]:
    for line in [lines] if isinstance(lines, str) else lines:
        expression, when = (line, {}) if isinstance(line, str) else line
        pieces = re.split(r"<([^<>]*\{[^<>]*)>", expression)
        parts = tuple((piece, i % 2 == 1) for i, piece in enumerate(pieces) if piece)
        yield Form(expression, parts, when)
