"""The variables of a loop as Tensors: taken apart, put together again, and compared from round to round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from tfcompat_tape import nest
from tfcompat_tape.control.tensor_array import TensorArray
from tfcompat_tape.core.convert import convert, own
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.reading import UntraceableError
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tracing.arrays import StagedStore, array_of, staged
from tfcompat_tape.tracing.texts import described

_NUMBERS = (bool, int, float, complex, np.ndarray, np.generic)


class State:
    """Values by name, which are nested structures.

    Attributes:
      tensors: the Tensors in them, in order; `fixed`: by place, what is no Tensor.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.fixed: dict[int, Any] = {}  # leaves that are no Tensors, by place
        self.tensors: list[Tensor] = []
        self.arrays: dict[int, StagedStore] = {}  # TensorArrays, by place
        self.after: dict[int, StagedStore] = {}  # what they are after a round
        self._leaves = nest.flatten(values, expand_composites=True)
        for place, x in enumerate(self._leaves):
            if isinstance(x, TensorArray):
                self.arrays[place] = staged(x._store)
                self.tensors.append(self.arrays[place].token)
                continue
            tensor = _tensor(x)
            if tensor is None:
                self.fixed[place] = x
            else:
                self.tensors.append(tensor)

    def rebuilt(
        self, tensors: Sequence[Tensor], outward: Callable[[Any], Any] | None = None
    ) -> dict[str, Any]:
        """The values with other Tensors in their places: within the loop, or after it.

        Args:
          outward: sizes in the loop's body as they are outside.
        """
        given = iter(tensors)
        leaves: list[Any] = []
        for place in range(len(self._leaves)):
            if place in self.fixed:
                leaves.append(self.fixed[place])
            elif place not in self.arrays:
                leaves.append(next(given))
            elif outward is None:
                leaves.append(array_of(self.arrays[place].within(next(given))))
            else:
                after = self.after.get(place, self.arrays[place])
                leaves.append(array_of(self.arrays[place].past(next(given), after, outward)))
        found: dict[str, Any] = nest.pack_sequence_as(self._values, leaves, expand_composites=True)
        return found

    def flat_after(self, values: dict[str, Any], error: type[Exception] = TypeError) -> list[Tensor]:
        """The Tensors in the values after a round; raises `error` if they have another structure."""
        for name, value in values.items():
            before = self._values[name]
            try:
                nest.assert_same_structure(before, value, expand_composites=True)
            except (TypeError, ValueError) as reason:
                raise error(
                    f"'{name}' does not have the same nested structure after one iteration: {reason}"
                ) from None
        found = []
        for place, x in enumerate(nest.flatten({n: values[n] for n in self._values}, expand_composites=True)):
            if place in self.fixed:
                if x is not self.fixed[place]:
                    raise UntraceableError("a loop changes what is no Tensor")
                continue
            if place in self.arrays and isinstance(x, TensorArray):
                self.after[place] = staged(x._store)
                found.append(self.after[place].token)
                continue
            tensor = _tensor(x)
            if tensor is None or place in self.arrays:
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
            if known and not _fits(*shapes):
                raise ValueError(
                    f"'{name}' has shape {shapes[0]} before the loop, but shape {shapes[1]} after one iteration. Use "
                    "tf.autograph.experimental.set_loop_options to set shape invariants."
                )

    def _names(self) -> list[str]:
        found = []
        place = 0
        for name in sorted(self._values):
            for _ in nest.flatten(self._values[name], expand_composites=True):
                if place not in self.fixed:
                    found.append(name)
                place += 1
        return found


def _fits(before: tuple[Any, ...], after: tuple[Any, ...]) -> bool:
    """Whether a round may leave a shape; a size that was open before may be any."""
    return len(before) == len(after) and all(
        type(n) is torch.SymInt or bool(n == m) for n, m in zip(before, after, strict=True)
    )


def _tensor(x: Any) -> Tensor | None:
    if type(x) is Tensor or isinstance(x, Variable):
        x = own(x)
    elif isinstance(x, _NUMBERS):
        x = convert(x)
    else:
        return None
    described(x._t)  # or it raises
    return x  # type: ignore[no-any-return]
