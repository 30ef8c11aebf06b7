"""The one name that TensorFlow calls a public symbol by, of the several that it may have: facts/tf_canonical.json."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache, reduce
from pathlib import Path
from types import ModuleType
from typing import Any

from tfcompat_tape.coverage.names import tensorflow_names, version_1_names

__all__ = ["name_of", "symbol_of"]

PACKAGE = __package__.partition(".")[0]
_FACTS = Path(__file__).parents[1] / "facts" / "tf_canonical.json"

_V1 = "tf.compat.v1"
_OURS = (PACKAGE, "tensorflow")  # what modules of public symbols are called

# What was found, by id, with the symbol itself, so that no other one gets the id.
_found: dict[int, tuple[str, Any]] = {}


def name_of(symbol: Any) -> str | None:
    """The canonical name of a public symbol ("nn.softmax" for `tf.math.softmax`); `None` if it has none.

    Names that only version 1 has begin with "compat.v1.".
    """
    symbol = _bare(symbol)
    if id(symbol) not in _found and str(getattr(symbol, "__module__", "")).startswith(_OURS):
        _look()
    known = _found.get(id(symbol))
    return None if known is None else known[0]


def symbol_of(name: str) -> Any | None:
    """What is public as "math.log" or "compat.v1.math.log" and has a canonical name; `None` if there is nothing."""
    space, _, last = f"tf.{name}".rpartition(".")
    if last not in _names().get(space, ()):
        return None
    try:
        symbol = reduce(getattr, name.split("."), sys.modules[PACKAGE])
    except AttributeError:  # it is not covered
        return None
    return None if name_of(symbol) is None else symbol


def _bare(symbol: Any) -> Any:
    """A function without what was wrapped around it."""
    return inspect.unwrap(symbol) if callable(symbol) else symbol


def _look() -> None:
    """Note the symbols that have been loaded, which are all that anybody can ask for."""
    for space, names in _names().items():
        of_version_1 = space.startswith(_V1)
        module = None if of_version_1 else _loaded(space)
        values = (
            vars(module) if module is not None else _of_version_1().get(space, {}) if of_version_1 else {}
        )
        for name, canonical in names.items():
            symbol = values.get(name)
            if canonical and symbol is not None and not isinstance(symbol, ModuleType):
                symbol = _bare(symbol)
                _found.setdefault(id(symbol), (canonical, symbol))


def _loaded(space: str) -> Any:
    """The module of a namespace, or `None` if nobody has used it yet."""
    outer, _, part = space.rpartition(".")
    module = sys.modules.get(PACKAGE + space.removeprefix("tf"))
    return module if module is not None or not outer else vars(_loaded(outer) or object).get(part)


def _of_version_1() -> Mapping[str, Mapping[str, Any]]:
    """What version 1 has of its own: its namespaces keep nothing, so that it is found by asking, once."""
    return _all_of_version_1() if f"{PACKAGE}.compat.v1" in sys.modules else {}


@cache
def _all_of_version_1() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for space in version_1_names():
        module = reduce(getattr, space.split(".")[1:], sys.modules[PACKAGE])
        names = [name for name, canonical in _names()[space].items() if canonical]
        found[space] = {name: value for name in names if (value := getattr(module, name, None)) is not None}
    return found


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    """{namespace: {name: canonical name of what has it, or ""}}: version 2, its raw ops, hidden ones, version 1."""
    facts = json.loads(_FACTS.read_text(encoding="utf-8"))
    table = {}
    for space, names in sorted(tensorflow_names().items(), key=lambda item: item[0] == "tf.raw_ops"):
        # Where one function here is two in TensorFlow, it has the name that is not an experiment's.
        ordered = sorted(names, key=lambda name: ("experimental" in name, name))
        table[space] = {name: _own(space, name) for name in ordered}
    for space, words in facts["hidden"].items():
        table[space] = dict(_words(space, words))
    for space, homes in version_1_names().items():
        table[space] = {name: "" if home else _own(space, name) for name, home in sorted(homes.items())}
    for space, words in facts["other"].items():
        table[space].update(_words(space, words))
    return table


def _words(space: str, words: str) -> Iterator[tuple[str, str]]:
    for word in words.split():
        name, is_other, canonical = word.partition("=")
        yield name, canonical if is_other else _own(space, name)


def _own(space: str, name: str) -> str:
    return f"{space}.{name}".removeprefix("tf.")
