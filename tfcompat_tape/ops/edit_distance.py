"""The op EditDistance: how many insertions, deletions and substitutions make one sequence of another.

Source: V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.dtypes import int64
from tfcompat_tape.core.errors import internal, invalid


def _distance(one: list[Any], other: list[Any]) -> int:
    row = list(range(len(other) + 1))
    for i, x in enumerate(one):
        corner, row[0] = row[0], i + 1
        for j, y in enumerate(other):
            change = corner + (x != y)
            corner = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, corner + 1)
    return row[-1]


def _check(what: str, indices: Any, values: Any, shape: Any) -> None:
    for name, part, rank in (("indices", indices, 2), ("values", values, 1), ("shape", shape, 1)):
        if len(part.shape) != rank:
            kind = "matrix" if rank == 2 else "vector"
            raise invalid(f"{what}_{name} should be a {kind}, but got shape: {list(part.shape)}")
    if values.shape[0] != indices.shape[0]:
        raise invalid(
            f"Expected {what}_values.NumElements == #rows({what}_indices), their shapes are: "
            f"{list(values.shape)} and {list(indices.shape)}"
        )
    if shape.shape[0] != indices.shape[1]:
        raise invalid(
            f"Expected {what}_shape.NumElements == #cols({what}_indices), their shapes are: "
            f"{list(shape.shape)} and {list(indices.shape)}"
        )


def _groups(indices: Any, values: Any) -> list[tuple[tuple[int, ...], list[Any]]]:
    """The sequences, in the order in which they are listed: what they are the rows of, and their elements."""
    elements = reading.listed(values) if isinstance(values, torch.Tensor) else values.tolist()
    rows = [tuple(row[:-1]) for row in reading.listed(indices)]
    grouped = itertools.groupby(zip(rows, elements, strict=True), key=lambda pair: pair[0])
    return [(row, [element for _, element in pairs]) for row, pairs in grouped]


def _edit_distance(
    hypothesis_indices: Any,
    hypothesis_values: Any,
    hypothesis_shape: Any,
    truth_indices: Any,
    truth_values: Any,
    truth_shape: Any,
    *,
    normalize: bool = True,
) -> torch.Tensor:
    _check("hypothesis", hypothesis_indices, hypothesis_values, hypothesis_shape)
    _check("truth", truth_indices, truth_values, truth_shape)
    if hypothesis_values.dtype != truth_values.dtype:
        raise invalid(
            f"cannot compute EditDistance as input truth_values was expected to be a {hypothesis_values.dtype} tensor "
            f"but is a {truth_values.dtype} tensor"
        )
    said, meant = reading.listed(hypothesis_shape), reading.listed(truth_shape)
    if len(meant) < 2:
        raise invalid(f"Input SparseTensors must have rank at least 2, but truth_shape rank is: {len(meant)}")
    if len(said) != len(meant):
        raise invalid(
            f"Expected truth and hypothesis to have matching ranks, but their shapes are: {meant} and {said}"
        )
    shape = [max(pair) for pair in zip(said[:-1], meant[:-1], strict=True)]
    count = math.prod(shape)
    if not count:
        raise invalid(f"Got output shape {shape} which has 0 elements")
    found = [0.0] * count

    def enter(row: tuple[int, ...], distance: float, length: int) -> None:
        place = 0
        for n, i in zip(shape, row, strict=True):
            place = place * n + i
        if not 0 <= place < count:
            raise internal(
                f"Got an inner product {place} which would require writing to outside of the buffer for the output "
                f"tensor (max elements {count})",
            )
        if normalize:
            distance = distance / length if length else math.inf if distance else 0.0
        found[place] = distance

    first = _groups(hypothesis_indices, hypothesis_values)
    second = _groups(truth_indices, truth_values)
    i = j = 0
    while i < len(first) or j < len(second):
        ahead = j == len(second) or (i < len(first) and first[i][0] < second[j][0])
        behind = i == len(first) or (j < len(second) and second[j][0] < first[i][0])
        if ahead:
            enter(first[i][0], float(len(first[i][1])), 0)
        elif behind:
            enter(second[j][0], float(len(second[j][1])), len(second[j][1]))
        else:
            enter(first[i][0], float(_distance(first[i][1], second[j][1])), len(second[j][1]))
        i, j = i + (not behind), j + (not ahead)
    return torch.tensor(found, dtype=torch.float32, device=hypothesis_indices.device).reshape(shape)


edit_distance = primitive(
    "EditDistance",
    _edit_distance,
    inputs="hypothesis_indices hypothesis_values hypothesis_shape truth_indices truth_values truth_shape",
    defaults={"normalize": True},
    dtypes=frozenset({torch.int64}),
    same=(0,),
    preferred=int64,
    differentiable=False,
)
