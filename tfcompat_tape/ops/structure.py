"""Diagonals, bands and triangles of matrices. All but the last two ops work on batches of matrices.

A band of diagonals is `k = (lower, upper)`; its diagonals stand in the rows of one tensor, the uppermost first, and
`align` says on which side the shorter ones are padded (first word: above the main diagonal, second: below).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core.at_call import OF_OPS, need_numbers
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.errors import Facts, invalid, not_found
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.registry import ANY, INEXACT, Keep, gradient, jvp
from tfcompat_tape.ops.helpers import raw_of, shape_of
from tfcompat_tape.ops.reinterpret import by_signed
from tfcompat_tape.ops.tangents import fill_in, linear

_ALIGNS = ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT")
_TENSOR_DIAG = INEXACT | {torch.int32, torch.int64}


def band(k: Any) -> tuple[int, int]:
    """`k` as (lower, upper)."""
    if type(k) is int:
        return k, k
    if len(k) not in (1, 2):
        raise invalid(f"k must be one or two integers, got {list(k)}.")
    low, high = k[0], k[-1]
    if low > high:
        raise invalid(f"k: the lower diagonal must not be above the upper one, got {list(k)}.")
    return low, high


def _check(name: str, shape: Any, k: Any, align: str) -> tuple[int, int]:
    """The band, if a matrix of `shape` has it."""
    if len(shape) < 2:
        raise invalid(f"{name}: input must be at least 2-dim, received shape: {list(shape)}.")
    if align not in _ALIGNS:
        raise invalid(f"{name}: align must be one of {', '.join(_ALIGNS)}, got {align!r}.")
    low, high = band(k)
    rows, cols = shape[-2:]
    for diagonal in (low, high):
        if diagonal and not -rows < diagonal < cols:
            raise invalid(
                f"{name}: k={diagonal} is out of bound: the diagonals of a {rows}x{cols} matrix are "
                f"those between {1 - rows} and {cols - 1}."
            )
    return low, high


def _longest(rows: int, cols: int, low: int, high: int) -> int:
    return min(rows + min(high, 0), cols + min(-low, 0))


def _places(rows: int, cols: int, low: int, high: int, align: str) -> tuple[Any, Any, Any, Any]:
    """`_known_places`, which are computed from sizes."""
    need_numbers(rows, cols)
    return _known_places(rows, cols, low, high, align)


@lru_cache(maxsize=256)
def _known_places(rows: int, cols: int, low: int, high: int, align: str) -> tuple[Any, Any, Any, Any]:
    """Where the elements of a band stand.

    Returns:
      For each place among the diagonals the element of the matrix (flat) and whether there is one; for each element
      of the matrix its place among the diagonals (flat) and whether the band has it.
    """
    longest = _longest(rows, cols, low, high)
    above, below = align.split("_")
    element = np.zeros((high - low + 1, longest), dtype=np.int64)
    filled = np.zeros(element.shape, dtype=bool)
    place = np.zeros((rows, cols), dtype=np.int64)
    inside = np.zeros(place.shape, dtype=bool)
    for line, d in enumerate(range(high, low - 1, -1)):
        length = min(rows + min(d, 0), cols - max(d, 0))
        right = (above if d >= 0 else below) == "RIGHT"
        step = np.arange(length)
        column = step + (longest - length if right else 0)
        row, col = step + max(-d, 0), step + max(d, 0)
        element[line, column] = row * cols + col
        filled[line, column] = True
        place[row, col] = line * longest + column
        inside[row, col] = True
    return element, filled, place, inside


def _on(array: Any, x: Any) -> Any:
    return torch.from_numpy(array).to(x.device)


# -- diagonals out of matrices ----------------------------------------------------------------------------------------


def _diag_part(x: Any, *, k: Any = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    low, high = _check("MatrixDiagPartV3", x.shape, k, align)
    if low == high:
        return torch.diagonal(x, low, -2, -1)
    rows, cols = x.shape[-2:]
    element, filled, _, _ = _places(rows, cols, low, high, align)
    found = x.flatten(-2)[..., _on(element, x)]
    return found if filled.all() else torch.where(_on(filled, x), found, _padding(padding_value, found))


def _padding(value: Any, like: Any) -> Any:
    value = raw_of(value)
    if isinstance(value, torch.Tensor):
        return value.to(like.device, like.dtype)
    return (
        torch.zeros((), dtype=like.dtype, device=like.device) if not value else torch.full_like(like, value)
    )


matrix_diag_part = primitive(
    "MatrixDiagPartV3",
    _diag_part,
    inputs="input",
    defaults={"k": 0, "padding_value": 0, "align": "RIGHT_LEFT"},
    dtypes=ANY,
    keep=Keep.SHAPES,
)
matrix_diag_part.op.fallback = by_signed(_diag_part)


@gradient("MatrixDiagPartV3")
def _matrix_diag_part_rule(op: Any, dy: Any) -> Any:
    rows, cols = op.shapes[0][-2:]
    return matrix_diag(dy, k=op.get_attr("k"), num_rows=rows, num_cols=cols, align=op.get_attr("align"))


# -- matrices from diagonals ------------------------------------------------------------------------------------------


def _matrix_size(longest: int, low: int, high: int, rows: int, cols: int) -> tuple[int, int]:
    """Rows and columns of the matrix, where -1 stands for as many as are needed."""
    least_rows = longest - min(high, 0)
    least_cols = longest + max(low, 0)
    if rows == cols == -1:
        return (max(least_rows, least_cols),) * 2
    if -1 < rows < least_rows or -1 < cols < least_cols:
        raise invalid(
            f"MatrixDiagV3: num_rows={rows}, num_cols={cols}: the diagonals need at least {least_rows}x{least_cols}."
        )
    rows = least_rows if rows == -1 else rows
    cols = least_cols if cols == -1 else cols
    if rows != least_rows and cols != least_cols:
        raise invalid(
            f"MatrixDiagV3: num_rows={rows}, num_cols={cols} is not consistent with the diagonals: "
            f"they fill {least_rows} rows or {least_cols} columns."
        )
    return rows, cols


def _diag(
    diagonal: Any,
    *,
    k: Any = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Any:
    low, high = band(k)
    single = low == high
    shape = diagonal.shape
    if len(shape) < (1 if single else 2):
        raise invalid(
            f"MatrixDiagV3: diagonal must have at least {1 if single else 2} axes, got shape {list(shape)}."
        )
    if not single and shape[-2] != high - low + 1:
        raise invalid(
            f"MatrixDiagV3: k={[low, high]} needs {high - low + 1} diagonals, got the shape {list(shape)}."
        )
    rows, cols = _matrix_size(shape[-1], low, high, num_rows, num_cols)
    _check("MatrixDiagV3", (rows, cols), k, align)
    if single and rows == cols == shape[-1] + abs(low) and _is_zero(padding_value):
        return torch.diag_embed(diagonal, low)
    _, _, place, inside = _places(rows, cols, low, high, align)
    found = (diagonal if single else diagonal.flatten(-2))[..., _on(place, diagonal)]
    return (
        found if inside.all() else torch.where(_on(inside, diagonal), found, _padding(padding_value, found))
    )


def _is_zero(value: Any) -> bool:
    return not isinstance(raw_of(value), torch.Tensor) and not value


matrix_diag = primitive(
    "MatrixDiagV3",
    _diag,
    inputs="diagonal",
    defaults={"k": 0, "num_rows": -1, "num_cols": -1, "padding_value": 0, "align": "RIGHT_LEFT"},
    dtypes=ANY,
    keep=Keep.NOTHING,
)
matrix_diag.op.fallback = by_signed(_diag)


@gradient("MatrixDiagV3")
def _matrix_diag_rule(op: Any, dy: Any) -> Any:
    return matrix_diag_part(dy, k=op.get_attr("k"), align=op.get_attr("align"))


# -- other diagonals in a matrix --------------------------------------------------------------------------------------


def _set_diag(x: Any, diagonal: Any, *, k: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    low, high = _check("MatrixSetDiagV3", x.shape, k, align)
    rows, cols = x.shape[-2:]
    wanted = _diagonals_shape(x.shape, low, high)
    if diagonal.shape != wanted:
        raise invalid(
            f"MatrixSetDiagV3: the diagonals {[low, high]} of an input of shape {list(x.shape)} have the shape "
            f"{list(wanted)}, got {list(diagonal.shape)}."
        )
    if low == high:
        return torch.diagonal_scatter(x, diagonal, low, -2, -1)
    _, _, place, inside = _places(rows, cols, low, high, align)
    return torch.where(_on(inside, x), diagonal.flatten(-2)[..., _on(place, x)], x)


def _diagonals_shape(shape: Any, low: int, high: int) -> tuple[int, ...]:
    lines = () if low == high else (high - low + 1,)
    return (*shape[:-2], *lines, _longest(*shape[-2:], low, high))


matrix_set_diag = primitive(
    "MatrixSetDiagV3",
    _set_diag,
    inputs="input diagonal",
    defaults={"k": 0, "align": "RIGHT_LEFT"},
    dtypes=ANY,
    same=(0, 1),
    keep=Keep.SHAPES,
)
matrix_set_diag.op.fallback = by_signed(_set_diag)


@gradient("MatrixSetDiagV3")
def _matrix_set_diag_rule(op: Any, dy: Any) -> Any:
    k, align = op.get_attr("k"), op.get_attr("align")
    gx = gd = None
    if op.needs[0]:
        zeros = raw_of(dy).new_zeros(_diagonals_shape(shape_of(dy), *band(k)))
        gx = matrix_set_diag(dy, zeros, k=k, align=align)
    if op.needs[1]:
        gd = matrix_diag_part(dy, k=k, align=align)
    return gx, gd


# -- what results are like, where sizes are other ones at each call ----------------------------------------------------


def _like_diag(raws: Any, attrs: dict[str, Any]) -> Any:
    low, high = band(attrs.get("k", 0))
    shape = raws[0].shape
    rows, cols = _matrix_size(shape[-1], low, high, attrs.get("num_rows", -1), attrs.get("num_cols", -1))
    return [((*shape[: -1 if low == high else -2], rows, cols), FROM_TORCH[raws[0].dtype])]


def _like_diag_part(raws: Any, attrs: dict[str, Any]) -> Any:
    return [(_diagonals_shape(raws[0].shape, *band(attrs.get("k", 0))), FROM_TORCH[raws[0].dtype])]


OF_OPS["MatrixDiagV3"] = _like_diag
OF_OPS["MatrixDiagPartV3"] = _like_diag_part
OF_OPS["MatrixSetDiagV3"] = lambda raws, attrs: [(raws[0].shape, FROM_TORCH[raws[0].dtype])]


# -- bands ------------------------------------------------------------------------------------------------------------


def _band_part(x: Any, *, num_lower: int, num_upper: int) -> Any:
    if x.ndim < 2:
        raise invalid(f"MatrixBandPart: input must be at least 2-dim, received shape: {list(x.shape)}.")
    rows, cols = x.shape[-2:]
    if num_lower > rows or num_upper > cols:
        lower = num_lower > rows
        which, lines = ("num_lower", "rows") if lower else ("num_upper", "columns")
        most, given = (rows, num_lower) if lower else (cols, num_upper)
        raise invalid(
            f"MatrixBandPart: {which} must be negative or less or equal to number of {lines} ({most}) got: {given}"
        )
    if num_upper >= 0:
        x = torch.tril(x, num_upper)
    if num_lower >= 0:
        x = torch.triu(x, -num_lower)
    return x


band_part = primitive("MatrixBandPart", _band_part, inputs="input", dtypes=ANY, keep=Keep.NOTHING)
band_part.op.fallback = by_signed(_band_part)


@gradient("MatrixBandPart")
def _band_part_rule(op: Any, dy: Any) -> Any:
    return band_part(dy, num_lower=op.attrs["num_lower"], num_upper=op.attrs["num_upper"])


# -- diagonals of tensors ---------------------------------------------------------------------------------------------


def _tensor_diag(diagonal: Any) -> Any:
    _no_bfloat16("Diag", diagonal)
    if not diagonal.ndim:
        raise invalid("Diag: the input must be at least rank 1, got 0.")
    return torch.diag_embed(diagonal.reshape(-1)).reshape(*diagonal.shape, *diagonal.shape)


tensor_diag = primitive("Diag", _tensor_diag, inputs="diagonal", dtypes=_TENSOR_DIAG, keep=Keep.NOTHING)


@gradient("Diag")
def _tensor_diag_rule(op: Any, dy: Any) -> Any:
    return tensor_diag_part(dy)


def _no_bfloat16(name: str, x: Any) -> None:
    if x.dtype is torch.bfloat16:
        raise not_found(f"{name}: there is no kernel for bfloat16. Use tf.cast.")


def _tensor_diag_part(x: Any) -> Any:
    _no_bfloat16("DiagPart", x)
    shape = x.shape
    half = len(shape) // 2
    if not half and Facts.static():
        raise invalid("DiagPart: Input must have even and non-zero rank, input rank is 0.")
    if len(shape) % 2 or shape[:half] != shape[half:]:
        raise invalid(
            f"DiagPart: Invalid shape {compact(shape)}: dimensions 0 and {len(shape) // 2} do not match."
        )
    size = shape[:half].numel()
    return torch.diagonal(x.reshape(size, size)).reshape(shape[:half])


tensor_diag_part = primitive(
    "DiagPart", _tensor_diag_part, inputs="input", dtypes=_TENSOR_DIAG, keep=Keep.NOTHING
)


@gradient("DiagPart")
def _tensor_diag_part_rule(op: Any, dy: Any) -> Any:
    return tensor_diag(dy)


# -- tangents: all of these are linear, and what pads diagonals is constant --------------------------------------------

linear("MatrixBandPart", "Diag", "DiagPart")


@jvp("MatrixDiagPartV3")
def _matrix_diag_part_jvp(op: Any, t: Any) -> Any:
    return matrix_diag_part(t, k=op.get_attr("k"), align=op.get_attr("align"))


@jvp("MatrixDiagV3")
def _matrix_diag_jvp(op: Any, t: Any) -> Any:
    return matrix_diag(t, **{key: value for key, value in op.attrs.items() if key != "padding_value"})


@jvp("MatrixSetDiagV3")
def _matrix_set_diag_jvp(op: Any, *tangents: Any) -> Any:
    return matrix_set_diag(*fill_in(op, tangents), **op.attrs)
