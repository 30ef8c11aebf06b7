"""What is said in the same words wherever it is found, with notes or without: of a source, and of a gradient rule."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.tape.explain.report import Break, Reason
from tfcompat_tape.tape.places import Place


def exact(name: str, dtype: Any, place: Place | None = None) -> Break:
    """`name` has a dtype without a gradient."""
    return Break(Reason.INTEGER_DTYPE, f"{name} has the dtype {dtype.name}, which has no gradient.", place)


def not_trainable(name: str, place: Place | None = None) -> Break:
    """The Variable `name` is not watched, for it is not trainable."""
    detail = f"{name} was made with trainable=False, so tapes do not watch it."
    return Break(Reason.NOT_TRAINABLE, detail, place)


def not_told(name: str, place: Place | None = None) -> Break:
    """The Variable `name` is not watched, for this tape watches what it is told to."""
    detail = f"The tape was made with watch_accessed_variables=False, and was not told to watch {name}."
    return Break(Reason.ACCESS_NOT_WATCHED, detail, place)


def raises(op: str, error: BaseException, place: Place | None = None) -> Break:
    """The gradient rule of an op raised `error`."""
    detail = f"The gradient of {op} raises {type(error).__name__}: {error}"
    return Break(Reason.NO_GRADIENT, detail, place, op)


def gives_none(op: str, position: int, inputs: int, place: Place | None = None) -> Break:
    """The gradient rule of an op with so many inputs gave nothing for the one at `position`."""
    which = f" for its input number {position + 1}" if inputs > 1 else ""
    return Break(Reason.NO_GRADIENT, f"The gradient of {op} is None{which}.", place, op)
