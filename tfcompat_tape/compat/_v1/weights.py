"""Weights of values: which shapes fit."""

from __future__ import annotations

from typing import Any

__all__ = ["check_weights"]


def check_weights(weights: Any, values: Any) -> None:
    """Raise ValueError unless the weights have the rank of the values, or none, and each size is theirs, or 1.

    Sizes and ranks that are not known fit.
    """
    have, wanted = weights.shape, values.shape
    if have.rank in (None, 0) or wanted.rank is None:
        return
    shapes = f"values.shape={wanted}. weights.shape={have}."
    if have.rank != wanted.rank:
        raise ValueError(
            f"weights can not be broadcast to values. values.rank={wanted.rank}. weights.rank={have.rank}. {shapes}"
        )
    for axis, (one, other) in enumerate(zip(have.as_list(), wanted.as_list(), strict=True)):
        if one not in (1, other) and None not in (one, other):
            raise ValueError(f"weights can not be broadcast to values. Mismatch at dim {axis}. {shapes}")
