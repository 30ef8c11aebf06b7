"""What becomes of variables and results that branches on a Tensor give."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest

FELL_OFF = object()  # a branch comes to its end without returning
_SCALARS = (bool, int, float, complex, str, bytes)


class Merged:
    """The variables of two branches: those that are the same Python number in both stay that."""

    def __init__(self) -> None:
        self.ways: dict[int, dict[str, Any]] = {}
        self.python: dict[str, Any] = {}

    def given(self, which: int, values: dict[str, Any]) -> dict[str, Any]:
        """What branch number `which` bound; returns what is to become results."""
        self.ways[which] = values
        return values

    def check(self, results: list[dict[str, Any]], kinds: list[list[str | None]]) -> None:
        """Raise what TensorFlow raises for branches that do not agree."""
        for one, other, called in ((0, 1, "else"), (1, 0, "main")):
            for name in results[one]:
                if name not in results[other]:
                    raise ValueError(
                        f"'{name}' must also be initialized in the {called} branch: a Tensor decides which is taken."
                    )
        for name in results[0]:
            _agree(f"'{name}'", results[0][name], results[1][name])
        for name, value in results[0].items():
            other = results[1][name]
            if type(value) in _SCALARS and type(value) is type(other) and value == other:
                self.python[name] = value
        _same_dtypes("variables", kinds)

    def values(self, found: dict[str, Any]) -> dict[str, Any]:
        """What the variables are after the branches, of which `found` are the results."""
        return {**found, **self.python}


def merged_returns(results: list[Any], kinds: list[list[str | None]]) -> None:
    """Raise what TensorFlow raises for branches whose results do not agree."""
    for other in results[1:]:
        _agree("the result", results[0], other)
    _same_dtypes("results", kinds)


def _agree(name: str, a: Any, b: Any) -> None:
    if (a is None) is not (b is None):
        raise ValueError(f"{name} must be initialized in both branches on a Tensor, but it is None in one.")
    try:
        nest.assert_same_structure(a, b, expand_composites=True)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} does not have the same structure in both branches on a Tensor: {error}"
        ) from None


def _same_dtypes(name: str, kinds: list[list[str | None]]) -> None:
    for a, b in zip(*kinds, strict=True):
        if a != b:
            kind = ValueError if a is None or b is None else TypeError
            raise kind(f"the {name} of the branches on a Tensor have different dtypes: {a} and {b}.")
