"""The branches of `tf.cond` and `tf.switch_case`: one that runs, and what those of a trace must have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import reading


def run(functions: Sequence[Callable[[], Any]], which: int) -> Any:
    """The result of one of the branches."""
    with reading.within(which) as begin:
        begin()
        return functions[which]()


def agree(name: str) -> Callable[[list[Any], list[list[str | None]]], None]:
    """A check of what each branch gave, and of the dtypes of the Tensors in that (`None` for a `None`).

    Raises:
      ValueError, AssertionError: they give other numbers of Tensors (TensorFlow's classes).
      TypeError: other structures or dtypes.
    """

    def check(results: list[Any], kinds: list[list[str | None]]) -> None:
        first = [x for x in kinds[0] if x is not None]
        for which, (result, found) in enumerate(zip(results[1:], kinds[1:], strict=True), 1):
            tensors = [x for x in found if x is not None]
            if len(tensors) != len(first):
                kind = AssertionError if tensors and first else ValueError
                raise kind(
                    f"{name}: Lengths of branch outputs of {name} must match: branch 0 gives {len(first)} Tensors, "
                    f"branch {which} {len(tensors)}."
                )
            try:
                nest.assert_same_structure(results[0], result, expand_composites=True)
            except (TypeError, ValueError) as error:
                raise TypeError(
                    f"{name}: branches 0 and {which} must have the same structure of results: {error}"
                ) from None
            if [x is None for x in found] != [x is None for x in kinds[0]]:
                raise TypeError(f"{name}: branches 0 and {which} give None in different places.")
            for x, y in zip(first, tensors, strict=True):
                if x != y:
                    raise TypeError(
                        f"{name}: branches 0 and {which} have different output types: {x} and {y}."
                    )

    return check
