"""The variables of a loop as Tensors: taken apart, put together again, and compared from round to round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

_NUMBERS = (bool, int, float, complex, np.ndarray, np.generic)


class State:
    """Values by name, which are nested structures.

    Attributes:
      tensors: the Tensors in them, in order.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self._fixed: dict[int, Any] = {}  # leaves that are no Tensors, by place
        self.tensors: list[Tensor] = []
        self._leaves = nest.flatten(values, expand_composites=True)
        for place, x in enumerate(self._leaves):
            tensor = _tensor(x)
            if tensor is None:
                self._fixed[place] = x
            else:
                self.tensors.append(tensor)

    def rebuilt(self, tensors: Sequence[Tensor]) -> dict[str, Any]:
        """The values with other Tensors in their places."""
        given = iter(tensors)
        leaves = [
            self._fixed[place] if place in self._fixed else next(given) for place in range(len(self._leaves))
        ]
        found: dict[str, Any] = nest.pack_sequence_as(self._values, leaves, expand_composites=True)
        return found

    def flat_after(self, values: dict[str, Any]) -> list[Tensor]:
        """The Tensors in the values after a round.

        Raises:
          TypeError: they have another structure.
        """
        for name, value in values.items():
            before = self._values[name]
            try:
                nest.assert_same_structure(before, value, expand_composites=True)
            except (TypeError, ValueError) as error:
                raise TypeError(
                    f"'{name}' does not have the same nested structure after one iteration: {error}"
                ) from None
        found = []
        for place, x in enumerate(nest.flatten({n: values[n] for n in self._values}, expand_composites=True)):
            if place in self._fixed:
                if x is not self._fixed[place]:
                    raise UntraceableError("a loop changes what is no Tensor")
                continue
            tensor = _tensor(x)
            if tensor is None:
                raise UntraceableError("a loop changes what is no Tensor")
            found.append(tensor)
        return found

    def agree(self, before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], known: bool) -> None:
        """Raise what TensorFlow raises for a state whose dtypes change, or shapes, if they are `known`."""
        names = self._names()
        for name, a, b in zip(names, before, after, strict=False):
            if a.dtype != b.dtype:
                kinds = FROM_TORCH[a.dtype].name, FROM_TORCH[b.dtype].name
                raise TypeError(
                    f"'{name}' has dtype {kinds[0]} before the loop, but dtype {kinds[1]} after one iteration."
                )
            shapes = tuple(a.shape), tuple(b.shape)
            if known and shapes[0] != shapes[1]:
                raise ValueError(
                    f"'{name}' has shape {shapes[0]} before the loop, but shape {shapes[1]} after one iteration. Use "
                    "tf.autograph.experimental.set_loop_options to set shape invariants."
                )

    def _names(self) -> list[str]:
        found = []
        place = 0
        for name in sorted(self._values):
            for _ in nest.flatten(self._values[name], expand_composites=True):
                if place not in self._fixed:
                    found.append(name)
                place += 1
        return found


def _tensor(x: Any) -> Tensor | None:
    if type(x) is Tensor or isinstance(x, Variable):
        x = own(x)
    elif isinstance(x, _NUMBERS):
        x = convert(x)
    else:
        return None
    if not isinstance(x._t, torch.Tensor):
        raise UntraceableError("a loop carries strings")
    return x  # type: ignore[no-any-return]
