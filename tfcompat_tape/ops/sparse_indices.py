"""What ops on sparse tensors share: coordinates as positions, checks of them, the union of two sets of coordinates.

Coordinates and shapes are read: they say what the result looks like. Values are not, so that they may be vectorized.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.errors import invalid, not_found
from tfcompat_tape.core.failures import compact, type_name
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.ops.segments import gather_segments, unsorted_segment_sum
from tfcompat_tape.ops.shapes import reshape

WHOLE = frozenset({torch.int32, torch.int64})  # dtypes of coordinates
SIGNED_LIKE = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}


def by_bits(name: str, values: Callable[[int], range] = lambda _: range(1, 2), kernel: Any = None) -> None:
    """Let the op `name` run on uint16, uint32 and uint64, which torch can hardly move, as on integers with a sign.

    Sums and products have the same bits; for what has not there is another `kernel`. `values(count)` says which of
    `count` results hold values.
    """
    compute = kernel or OPS[name].kernel

    def fallback(*raws: Any, **attrs: Any) -> Any:
        kinds = {raw.dtype for raw in raws if isinstance(raw, torch.Tensor)} & SIGNED_LIKE.keys()
        if len(kinds) != 1:
            return NotImplemented
        (kind,) = kinds
        signed = [raw.view(SIGNED_LIKE[kind]) if raw.dtype is kind else raw for raw in raws]
        result = compute(*signed, **attrs)
        if not isinstance(result, tuple):
            return result.view(kind)
        places = values(len(result))
        return tuple([x.view(kind) if i in places else x for i, x in enumerate(result)])

    OPS[name].fallback = fallback


def sizes(shape: Any) -> tuple[int, ...]:
    """A dense shape as Python numbers."""
    return tuple(reading.listed(shape))


def dense_sizes(name: str, shape: Any) -> tuple[int, ...]:
    """The same for ops that make a shape of it.

    Raises:
      InvalidArgumentError: a negative size, or 2**63 elements or more.
    """
    found = sizes(shape)
    for axis, size in enumerate(found):
        if size < 0:
            raise invalid(f"{name}: Dimension {axis} of the dense shape must be non-negative, got {size}.")
    if math.prod(found) >= 2**63:
        raise invalid(
            f"{name}: Encountered overflow when multiplying the sizes of the dense shape {compact(list(found))}."
        )
    return found


def alike(name: str, indices: Any, shape: Any) -> None:
    """InvalidArgumentError for indices and a shape of two dtypes, in ops that take int32 and int64 for both."""
    if indices.dtype != shape.dtype:
        raise invalid(
            f"cannot compute {name}: the dense shape was expected to be a {type_name(indices.dtype)} tensor, as the "
            f"indices are, but is a {type_name(shape.dtype)} tensor"
        )


def coordinates(name: str, indices: Any, shape: Any, values: Any = None) -> Any:
    """Coordinates as a plain int64 matrix that can be read, of as many columns as the shape has numbers.

    Raises:
      InvalidArgumentError: indices are no matrix, the shape is no vector, or their sizes, or that of values, differ.
    """
    if indices.dim() != 2:
        raise invalid(f"{name}: indices must be a matrix, got shape {compact(list(indices.shape))}.")
    if shape.dim() != 1:
        raise invalid(f"{name}: the dense shape must be a vector, got shape {compact(list(shape.shape))}.")
    if indices.shape[1] != shape.shape[0]:
        raise invalid(
            f"{name}: Sparse indices have {indices.shape[1]} columns, but the dense shape has rank {shape.shape[0]}."
        )
    if values is not None and tuple(values.shape) != (indices.shape[0],):
        raise invalid(
            f"{name}: values must be a vector of {indices.shape[0]} elements, one for each row of indices, "
            f"got shape {compact(list(values.shape))}."
        )
    plain = reading.plain(indices)
    with reading.outside():
        return plain.to(torch.int64)


def allowed(name: str, values: Any, dtypes: Any, missing: bool = False) -> None:
    """InvalidArgumentError (NotFoundError if the kernel is `missing`) for values of another dtype."""
    if values.dtype not in dtypes:
        error = not_found if missing else invalid
        names = ", ".join(sorted(type_name(dtype) for dtype in dtypes))
        raise error(
            f"{name}: Value for attr 'T' of {type_name(values.dtype)} is not in the list of allowed values: {names}"
        )


def positions(
    name: str,
    rows: Any,
    shape: tuple[int, ...],
    check: bool = True,
    error: Callable[[str], Exception] = invalid,
) -> Any:
    """Coordinates as positions in a dense tensor; InvalidArgumentError, or another `error`, for one out of bounds."""
    with reading.outside():
        limits = torch.tensor(shape, dtype=torch.int64, device=rows.device)
        if check and len(rows):
            outside = ((rows < 0) | (rows >= limits)).any(1)
            if bool(outside.any()):
                first = int(outside.nonzero()[0])
                raise error(
                    f"{name}: Sparse index tuple indices[{first}] = {compact(rows[first].tolist())} is out of bounds: "
                    f"need 0 <= index < {compact(list(shape))}"
                )
        return (rows * strides(shape, rows.device)).sum(1)


def strides(shape: tuple[int, ...], device: Any) -> Any:
    """How far apart neighbours along each axis are."""
    steps = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    return torch.tensor(steps, dtype=torch.int64, device=device)


def unravel(flat: Any, shape: tuple[int, ...]) -> Any:
    """Positions as coordinates, one a row."""
    columns = []
    for i, size in enumerate(shape):
        step = math.prod(shape[i + 1 :])
        columns.append(torch.div(flat, step, rounding_mode="floor") % max(size, 1))
    if not columns:
        return flat.new_zeros((flat.shape[0], 0))
    return torch.stack(columns, 1)


def sorting(rows: Any) -> Any:
    """The order that sorts coordinates by rows, and keeps repeated ones in their order."""
    with reading.outside():
        order = torch.arange(len(rows), device=rows.device)
        for column in reversed(range(rows.shape[1])):
            order = order[torch.argsort(rows[order, column], stable=True)]
        return order


def grouped(rows: Any) -> tuple[Any, Any]:
    """The distinct rows in order, and for each row the number of its like among them."""
    with reading.outside():
        if not rows.shape[1] or not len(rows):
            found = rows.new_zeros((min(len(rows), 1), rows.shape[1]))
            return found, rows.new_zeros(len(rows))
        found, number = torch.unique(rows, dim=0, return_inverse=True)
        return found, number


def ascending(rows: Any) -> bool:
    """Whether each coordinate comes strictly after the one before."""
    order = sorting(rows)
    in_order = bool((order == torch.arange(len(rows), device=rows.device)).all())
    return in_order and not (len(rows) > 1 and bool((rows[1:] == rows[:-1]).all(1).any()))


def union(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """The coordinates of both, merged; and for each the place in `a` and the place in `b`, -1 where it is not there."""
    with reading.outside():
        if ascending(a) and ascending(b):
            found, number = grouped(torch.cat([a, b]))
            places = []
            for part in (number[: len(a)], number[len(a) :]):
                place = torch.full((len(found),), -1, dtype=torch.int64, device=a.device)
                place[part] = torch.arange(len(part), device=a.device)
                places.append(place)
            return found, places[0], places[1]
        return _merged(a, b)


def _merged(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """The same for coordinates out of order or repeated: one step after the other, as TensorFlow does."""
    left, right = a.tolist(), b.tolist()
    i = j = 0
    found, from_a, from_b = [], [], []
    while i < len(left) or j < len(right):
        order = 0
        if j == len(right) or (i < len(left) and left[i] < right[j]):
            order = -1
        elif i == len(left) or right[j] < left[i]:
            order = 1
        found.append(left[i] if order <= 0 else right[j])
        from_a.append(i if order <= 0 else -1)
        from_b.append(j if order >= 0 else -1)
        i, j = i + (order <= 0), j + (order >= 0)
    rows = torch.tensor(found, dtype=torch.int64, device=a.device).reshape(len(found), a.shape[1])
    return rows, torch.tensor(from_a, device=a.device), torch.tensor(from_b, device=a.device)


def places_in(found: Any, rows: Any) -> Any:
    """For each of the coordinates `rows` its place among `found`, -1 where it is not there; one after the other."""
    listed, wanted = reading.plain(found).tolist(), reading.plain(rows).tolist()
    places: dict[tuple[int, ...], list[int]] = {}
    for i, row in enumerate(listed):
        places.setdefault(tuple(row), []).append(i)
    result = []
    for row in wanted:
        queue = places.get(tuple(row))
        result.append(-1 if not queue else queue.pop(0) if len(queue) > 1 else queue[0])
    with reading.outside():
        return torch.tensor(result, dtype=torch.int64, device=reading.plain(rows).device)


def pick(values: Any, places: Any) -> Any:
    """The values at some places, raw; strings too."""
    if isinstance(values, np.ndarray):
        return values[places.numpy()]
    return values.index_select(0, places)


def elements(dense: Any, flat: Any) -> Any:
    """Elements of a dense tensor at positions, zero at -1; raw or recorded."""
    return gather_segments(reshape(dense, shape=(-1,)), flat)


def spread(values: Any, flat: Any, shape: tuple[int, ...]) -> Any:
    """A dense tensor of zeros with `values` added at positions, those at -1 left out; raw or recorded."""
    return reshape(unsorted_segment_sum(values, flat, num_segments=math.prod(shape)), shape=tuple(shape))
