"""The variables of a function that functions within it share, by name."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any

UNBOUND = object()


def cells_of(functions: Sequence[Any], names: Sequence[str]) -> dict[str, types.CellType]:
    """The cells of those of `names` that `functions` use."""
    found: dict[str, types.CellType] = {}
    for function in functions:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            if name in names:
                found[name] = cell
    return found


def contents(cell: types.CellType) -> Any:
    """What a variable is."""
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


def put(cell: types.CellType, value: Any) -> None:
    """Bind a variable, or unbind it."""
    if value is not UNBOUND:
        cell.cell_contents = value
    elif contents(cell) is not UNBOUND:
        del cell.cell_contents


def restore(cells: dict[str, types.CellType], before: dict[str, Any]) -> None:
    """Bind variables as they were."""
    for name, value in before.items():
        put(cells[name], value)
