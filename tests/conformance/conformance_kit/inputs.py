"""Named, deterministic inputs.

An input is a recipe, not an array: the same recipe gives the values of each dtype that a case runs in. Recipes
draw from ``numpy.random.RandomState`` (whose streams never change between numpy versions), seeded from the name of
the case.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

FLOAT = ("float32",)
DOUBLE = ("float32", "float64")
HALVES = ("float16", "bfloat16")
FLOATS = (*DOUBLE, *HALVES)
COMPLEX = ("complex64", "complex128")
SIGNED = ("int8", "int16", "int32", "int64")
UNSIGNED = ("uint8", "uint16", "uint32", "uint64")
INTS = SIGNED + UNSIGNED
REALS = FLOATS + INTS
NUMERIC = REALS + COMPLEX
ALL = (*NUMERIC, "bool")


def np_dtype(name: str) -> np.dtype:
    """The numpy dtype of a TensorFlow dtype name (bfloat16 comes from ml_dtypes)."""
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def is_inexact(name: str) -> bool:
    """Whether TensorFlow differentiates this dtype (floating or complex)."""
    return name in FLOATS or name in COMPLEX


def seed(*words: Any) -> np.random.RandomState:
    return np.random.RandomState(zlib.crc32(":".join(map(str, words)).encode()))


@dataclass(frozen=True)
class Input:
    """One argument of a case: see ``A``, ``V``, ``I``, ``B`` for how to write one."""

    kind: str
    shape: tuple[int, ...] = ()
    dtype: str | None = None
    diff: bool = True
    var: bool = False
    values: Any = None

    def dtype_in(self, case_dtype: str) -> str:
        return self.dtype or case_dtype

    def differentiable(self, case_dtype: str) -> bool:
        return self.diff and is_inexact(self.dtype_in(case_dtype))

    def make(self, rng: np.random.RandomState, case_dtype: str) -> np.ndarray:
        name = self.dtype_in(case_dtype)
        with np.errstate(all="ignore"):
            return (
                np.ascontiguousarray(_draw(self, rng, name))
                .astype(np_dtype(name))
                .reshape(_shape(self, name))
            )


def A(
    kind: str, shape: Sequence[int] = (), dtype: str | None = None, *, diff: bool = True, var: bool = False
) -> Input:
    """An array of a named kind, in the case's dtype unless ``dtype`` is given.

    kinds: normal; positive (0.2..2.2); unit (-0.95..0.95); prob (0.05..0.95); above1 (1.05..3); ties (0, 1, 2);
    zeros; ones; spd (symmetric / Hermitian positive definite matrices); regular (well-conditioned matrices);
    lower (lower triangular, regular). In integer dtypes the random kinds give small integers (positive: 1..9), in
    bool a coin.
    ``diff=False``: not differentiated. ``var=True``: passed as a Variable.
    """
    return Input(kind, tuple(shape), dtype, diff, var)


def V(values: Any, dtype: str | None = None, *, diff: bool = True, var: bool = False) -> Input:
    """Explicit values, converted to the case's dtype unless ``dtype`` is given."""
    return Input("values", (), dtype, diff, var, values)


def I(shape: Sequence[int], high: int, dtype: str = "int32") -> Input:
    """Random integers in [0, high), int32 unless said otherwise: indices, segment ids, labels."""
    return Input("index", tuple(shape), dtype, values=high)


def B(shape: Sequence[int]) -> Input:
    """Random booleans."""
    return Input("coin", tuple(shape), "bool")


EDGE = Input("edge")
"""The edge points of a dtype: signed zeros, ones, halves, infinities, NaN, large and small; integers: limits."""

_EDGE_REAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.0,
    -3.0,
    20.0,
    -20.0,
    1e-3,
    np.inf,
    -np.inf,
    np.nan,
]
_EDGE_COMPLEX = [0, 1, -1, 1j, -1j, 0.5 + 0.5j, -0.5 - 2j, 2 - 1j, -3 + 0.25j, 1e-3j]


POINTS = Input("points")
"""More points of a dtype: besides EDGE also what overflows in functions, the greatest numbers and very small ones."""


def GRID(count: int) -> list[Input]:
    """`count` inputs that meet in every combination of a few points: of numbers, zeros, infinities, NaN, limits."""
    return [Input("grid", (count, i)) for i in range(count)]


_POINTS_COMPLEX = [
    *[complex(x, y) for x in (0.0, -0.0) for y in (0.0, -0.0)],
    *[complex(x, y) for x in (1.0, -1.0, 2.0, -2.0) for y in (0.0, -0.0)],
    *[complex(x, y) for x in (0.0, -0.0) for y in (1.0, -1.0, 2.0, -2.0)],
    *[complex(x, y) for x in (3.0, -3.0) for y in (4.0, -4.0)],
    *[1e-6 + 1e-6j, -1e-6j, 30.0 - 40.0j, -30.0 + 40.0j],
]
# by how many inputs meet
_GRID_REAL = {
    2: [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -2.5, np.inf, -np.inf, np.nan],
    3: [0.0, 1.0, 0.5, -2.0, np.inf, np.nan],
}
_GRID_COMPLEX = {2: [0.0, 1.0, -1.0, 1.0j, -2.0 + 0.5j, 3.0 - 4.0j], 3: [0.0, 1.0, -1.0 + 0.5j]}


def point_values(name: str) -> Any:
    if name in COMPLEX:
        return _POINTS_COMPLEX
    if name in INTS or name == "bool":
        return edge_values(name)
    info = ml_dtypes.finfo(np_dtype(name))
    small = 1024.0 * float(info.tiny)  # not so small that products are denormal, which TensorFlow takes for 0
    ends = [float(info.max), -float(info.max), small, -small]
    return [*_EDGE_REAL, 2.0, -2.0, -1.5, 100.0, -100.0, *ends]


def grid_values(name: str, count: int) -> Any:
    if name in COMPLEX:
        return _GRID_COMPLEX[count]
    if name in INTS:
        info = np.iinfo(name)
        low = [-1, -5, info.min] if info.min < 0 else []
        return np.array([0, 1, 3, info.max, *low], dtype=name)
    return [False, True] if name == "bool" else _GRID_REAL[count]


def _grid(spec: Input, name: str) -> Any:
    count, place = spec.shape
    axes = [np.array(grid_values(name, count))] * count
    return np.meshgrid(*axes, indexing="ij")[place].reshape(-1)


def edge_values(name: str) -> Any:
    if name in COMPLEX:
        return _EDGE_COMPLEX
    if name in INTS:
        info = np.iinfo(name)
        low = [-1, -2, -7, info.min] if info.min < 0 else []
        return np.array([0, 1, 2, 3, 7, info.max, *low], dtype=name)
    return [False, True] if name == "bool" else _EDGE_REAL


_POINT_SETS = {
    "edge": lambda spec, name: edge_values(name),
    "points": lambda spec, name: point_values(name),
    "grid": _grid,
}


def _shape(spec: Input, name: str) -> tuple[int, ...]:
    if spec.kind in _POINT_SETS:
        return np.shape(_POINT_SETS[spec.kind](spec, name))
    return np.shape(spec.values) if spec.kind == "values" else spec.shape


def _draw(spec: Input, rng: np.random.RandomState, name: str) -> Any:
    kind, shape = spec.kind, spec.shape
    if kind == "values":
        return np.array(spec.values)
    if kind in _POINT_SETS:
        return np.array(_POINT_SETS[kind](spec, name))
    if kind == "index":
        return rng.randint(0, spec.values, shape)
    if kind == "coin" or name == "bool":
        return rng.rand(*shape) > 0.5
    if kind in ("zeros", "ones"):
        return np.full(shape, float(kind == "ones"))
    if kind == "ties":
        return rng.randint(0, 3, shape)
    if kind in ("spd", "regular", "lower"):
        return _matrix(kind, shape, rng, name)
    if name in INTS:
        low = 1 if kind == "positive" else 0 if name in UNSIGNED else -5
        return rng.randint(low, 10 if low >= 0 else 6, shape)
    real = _REAL_KINDS[kind](rng, shape)
    return real + 1j * rng.uniform(-0.9, 0.9, shape) if name in COMPLEX else real


_REAL_KINDS = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "positive": lambda rng, shape: rng.uniform(0.2, 2.2, shape),
    "unit": lambda rng, shape: rng.uniform(-0.95, 0.95, shape),
    "prob": lambda rng, shape: rng.uniform(0.05, 0.95, shape),
    "above1": lambda rng, shape: rng.uniform(1.05, 3.0, shape),
}


def _matrix(kind: str, shape: tuple[int, ...], rng: np.random.RandomState, name: str) -> Any:
    m = rng.uniform(-1, 1, shape) + (1j * rng.uniform(-1, 1, shape) if name in COMPLEX else 0)
    eye = np.eye(shape[-2], shape[-1])
    if kind == "spd":
        return m @ np.conj(np.swapaxes(m, -1, -2)) + eye
    regular = m + 2.0 * eye
    return np.tril(regular) if kind == "lower" else regular


def cotangent(rng: np.random.RandomState, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Non-zero multiples of 1/8 in +-[1/2, 2]: exact in every floating dtype."""

    def eighths() -> Any:
        return rng.randint(4, 17, shape) / 8.0 * np.where(rng.rand(*shape) > 0.5, 1.0, -1.0)

    return np.asarray(eighths() + (1j * eighths() if name in COMPLEX else 0.0)).astype(np_dtype(name))
