"""Which names the API reference has, and under which of its names something is described."""

from __future__ import annotations

import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import tfcompat_tape as tf

FACTS = Path(tf.__file__).parent / "facts" / "coverage.json"
# Namespaces that TensorFlow does not have, and the names of the package's own in `tf`.
OWN = {
    "tf.derivatives": "tfcompat_tape.derivatives",
    "tf.interop": "tfcompat_tape.interop",
    "tf.plugins": "tfcompat_tape.plugins",
    "tf.plugins.testing": "tfcompat_tape.plugins.testing",
    "tfcompat_tape.checking": "tfcompat_tape.checking",
    "tfcompat_tape.profiling": "tfcompat_tape.profiling",
}
OWN_IN_TF = ("NotCoveredError", "install", "uninstall")
SOURCE = re.compile(r"Source: `(tf\.[\w.]+)`")


class Entry(NamedTuple):
    """A public name, and what it is the name of."""

    name: str
    value: Any


def public_names() -> Iterator[Entry]:
    """Every covered name, and the package's own."""
    for name, row in json.loads(FACTS.read_text(encoding="utf-8")).items():
        if not name.startswith("op ") and row.split("|")[0] == "yes":
            yield Entry(name, plain(reduce(getattr, name.split(".")[1:], tf)))
    for name in OWN_IN_TF:
        yield Entry(f"tf.{name}", getattr(tf, name))
    for space, place in OWN.items():
        module = import_module(place)
        for name in getattr(module, "__all__", None) or dir(module):
            if not isinstance(value := getattr(module, name), ModuleType) and not name.startswith("_"):
                yield Entry(f"{space}.{name}", plain(value))


def plain(value: Any) -> Any:
    """The function that another one stands before. (Functions of tensors are replaced once there are ragged ones.)"""
    return inspect.unwrap(value) if callable(value) else value


def space_of(name: str) -> str:
    """The namespace of a name."""
    return name.rpartition(".")[0]


def described(entries: list[Entry]) -> dict[str, str]:
    """{name: the name under which it is described}: the one that its docstring gives as its source, or the first."""
    same: dict[int, list[str]] = defaultdict(list)
    for name, value in entries:
        same[id(value) if has_text(value) else id(name)].append(name)
    homes: dict[str, str] = {}
    values = dict(entries)
    for names in same.values():
        told = SOURCE.findall(inspect.getdoc(values[names[0]]) or "") if has_text(values[names[0]]) else []
        fitting = [name for name in told if name in names]
        home = (
            fitting[0]
            if fitting
            else min(names, key=lambda name: (name.count("."), "experimental" in name, name))
        )
        homes.update(dict.fromkeys(names, home))
    return homes


def has_text(value: Any) -> bool:
    """Say whether a value has a docstring that is its own: functions and classes."""
    return callable(value) and bool(getattr(value, "__doc__", None)) and not isinstance(value, tf.DType)
