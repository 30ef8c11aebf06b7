"""Answers as data, and where two differ: in kind (a class, None, dtype, shape, the places of NaN) or in value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "conformance"))
from conformance_kit.codec import encode, text_array

__all__ = ["Difference", "arrays", "compare", "encode", "raised"]

# By dtype: relative to the largest number of the array, and absolute. Programs amplify what single ops round.
TOLERANCE = {
    "float16": (5e-2, 1e-2),
    "float32": (1e-3, 1e-4),
    "complex64": (1e-3, 1e-4),
    "float64": (1e-7, 1e-9),
    "complex128": (1e-7, 1e-9),
}


@dataclass(frozen=True)
class Difference:
    """How two answers differ: `kind` is for grouping, `detail` for people, `want` and `got` are the parts that do."""

    kind: str
    detail: str
    want: Any = field(default=None, compare=False, repr=False)
    got: Any = field(default=None, compare=False, repr=False)


def raised(answer: Any) -> str | None:
    return answer["raises"] if isinstance(answer, dict) and "raises" in answer else None


def arrays(answer: Any) -> Iterator[np.ndarray | None]:
    """The tensors of an answer, flat; None for a None; IndexedSlices made dense."""
    if isinstance(answer, dict):
        if "slices" in answer:
            yield _dense(answer)
        for key in ("tensor", "variable"):
            if key in answer:
                yield text_array(answer[key])
        for key in ("list", "tuple"):
            for item in answer.get(key, ()):
                yield from arrays(item)
    elif answer is None:
        yield None


def _dense(answer: Any) -> np.ndarray | None:
    values, rows, shape = (next(arrays(part)) for part in answer["slices"])
    if values is None or rows is None:
        return None
    if shape is None:
        return values
    made = np.zeros(shape, values.dtype)
    np.add.at(made, rows, values)
    return made


def compare(
    want: Any, got: Any, forgive_nan: bool = False, path: str = "", single: bool = False
) -> Iterator[Difference]:
    """What is different in `got`.

    With `forgive_nan`, what is NaN or infinite in `want` may be anything; with `single`, float64 need only be as close
    as float32, which it was on the way.
    """
    w, g = raised(want), raised(got)
    if w or g:
        if w != g:
            said = (got if g else want).get("says", "")
            yield Difference(f"raises {g or 'nothing'} for {w or 'an answer'}", f"{path} {said}")
        return
    if isinstance(want, dict) and isinstance(got, dict):
        if "list" in want and "list" in got and len(want["list"]) == len(got["list"]):
            for k, (a, b) in enumerate(zip(want["list"], got["list"], strict=True)):
                yield from compare(a, b, forgive_nan, f"{path}[{k}]", single)
            return
        kinds = want.keys() | got.keys()
        if want.keys() != got.keys() and not kinds <= {"tensor", "variable"}:
            yield Difference(f"{_kind(got)} for {_kind(want)}", path, want, got)
            return
        a, b = next(arrays(want), None), next(arrays(got), None)
        if a is not None and b is not None:
            yield from _compare(a, b, forgive_nan, path, single)
            return
    if want != got:
        shown = f"{path}: {str(got)[:100]} for {str(want)[:100]}"
        yield Difference(f"{_kind(got)} for {_kind(want)}", shown, want, got)


def _kind(answer: Any) -> str:
    return next(iter(answer)) if isinstance(answer, dict) else str(answer)


def _compare(
    want: np.ndarray, got: np.ndarray, forgive_nan: bool, path: str, single: bool
) -> Iterator[Difference]:
    if want.dtype != got.dtype:
        yield Difference("dtype", f"{path}: {got.dtype} for {want.dtype}")
    elif want.shape != got.shape:
        yield Difference("shape", f"{path}: {got.shape} for {want.shape}")
    elif want.dtype.name not in TOLERANCE:
        if (want != got).any():
            yield Difference("values", f"{path}: {got.tolist()} for {want.tolist()}")
    else:
        yield from _compare_inexact(want, got, forgive_nan, path, single)


def _compare_inexact(
    want: np.ndarray, got: np.ndarray, forgive_nan: bool, path: str, single: bool
) -> Iterator[Difference]:
    wrong = np.isfinite(want) != np.isfinite(got)
    if want.dtype.kind != "c":
        wrong |= np.isnan(want) != np.isnan(got)
        wrong |= np.isinf(want) & np.isinf(got) & (want != got)
    if forgive_nan:
        wrong &= np.isfinite(want)
    shown = f"{path}: {got.tolist()} for {want.tolist()}"[:600]
    if wrong.any():
        kinds = [_number_kind(a[wrong][0]) for a in (got, want)]
        yield Difference("signs of inf" if kinds[0] == kinds[1] else " for ".join(kinds), shown)
        return
    both = np.isfinite(want) & np.isfinite(got)
    if error(want[both], got[both], single) > 1:
        yield Difference("values", shown)


def _number_kind(x: Any) -> str:
    return "NaN" if np.isnan(x) else "inf" if np.isinf(x) else "a number"


def error(want: np.ndarray, got: np.ndarray, single: bool = False) -> float:
    """The largest difference in units of the tolerance."""
    if not want.size:
        return 0.0
    rtol, atol = max(TOLERANCE[want.dtype.name], TOLERANCE["float32"] if single else (0.0, 0.0))
    scale = atol + rtol * np.abs(want).max()
    return float(np.abs(want.astype("complex128") - got.astype("complex128")).max() / scale)
