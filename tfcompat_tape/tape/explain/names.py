"""What the code around calls the sources, and where they stand in the structure that was asked about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType, ModuleType
from typing import Any

from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

_FRAMES = 4
_ITEMS = 1000  # of one container
_FIELDS = 50  # of one object
_DEPTH = 3


def names(values: Sequence[Any], keys: Sequence[str], frames: Sequence[FrameType]) -> list[str]:
    """What the code around calls each of `values`, which stand at `keys` in the structure of the sources."""
    known: dict[int, str] = {}
    for frame in list(frames)[:_FRAMES][::-1]:  # inner names count more
        for namespace in (frame.f_globals, frame.f_locals):
            for name, held in list(namespace.items()):
                if not name.startswith("_"):
                    _name(held, name, known)
    found = []
    for value, key in zip(values, keys, strict=True):
        name = known.get(id(value), "")
        if isinstance(value, Variable):
            official = value.name.removesuffix(":0")
            shown = name or ("" if official == "Variable" and key else official)
            if shown and official not in (shown, "Variable"):
                shown += f" ({official!r})"
        else:
            shown = name
        if not shown:
            found.append(f"sources{key}" if key else "source 0")
        elif not key.startswith("['") or key in shown or key == f"['{shown}']":
            found.append(shown)
        else:
            found.append(f"{shown} at {key}")
    return found


def _name(held: Any, name: str, known: dict[int, str]) -> None:
    if isinstance(held, (Tensor, Variable)):
        known[id(held)] = name
        return
    for where, value in itertools.islice(_inside(held, name, _DEPTH), _ITEMS):
        known.setdefault(id(value), where)


def _inside(held: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Tensors and Variables in containers, and among the attributes of objects."""
    items: list[tuple[str, Any]] = []
    if isinstance(held, (list, tuple)) and len(held) <= _ITEMS:
        items = [(f"{name}[{i}]", item) for i, item in enumerate(held)]
    elif isinstance(held, dict) and len(held) <= _ITEMS:
        items = [(f"{name}[{key!r}]", item) for key, item in held.items()]
    elif isinstance(getattr(held, "__dict__", None), dict) and not isinstance(held, (type, ModuleType)):
        items = [(f"{name}.{attribute}", item) for attribute, item in _own(held)[:_FIELDS]]
    for where, item in items:
        if isinstance(item, (Tensor, Variable)):
            yield where, item
        elif depth > 1:
            yield from _inside(item, where, depth - 1)


def keys(structure: Any, count: int) -> list[str]:
    """Where each of the flattened sources stands: "['w'][0]"; "" for a source that is alone."""
    found = list(_keys(structure, ""))
    return found if len(found) == count else [f"[{i}]" for i in range(count)]


def _keys(structure: Any, path: str) -> Iterator[str]:
    if isinstance(structure, Mapping):
        try:
            order = sorted(structure)
        except TypeError:
            order = list(structure)
        for key in order:
            yield from _keys(structure[key], f"{path}[{key!r}]")
    elif isinstance(structure, (list, tuple)):
        fields = getattr(structure, "_fields", None)
        for i, item in enumerate(structure):
            yield from _keys(item, f"{path}[{i}]" if fields is None else f"{path}.{fields[i]}")
    else:
        yield path


def _own(held: Any) -> list[tuple[str, Any]]:
    """The attributes that a program gave an object, without those that keep what is tracked."""
    return [(name, item) for name, item in list(vars(held).items()) if not name.startswith("_self_")]
