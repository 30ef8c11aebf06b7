"""`op`, as a gradient function that a user registered gets it: TensorFlow's `tf.Operation`, as far as these need it.

Where an op takes as an attribute what is an input in TensorFlow (the axes of a sum, the shape of a reshape), the
function sees an input, and returns a gradient for it: code that was written for TensorFlow counts on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import torch

from tfcompat_tape.core import dtypes, operation
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.registry import Op
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.raw import calls as raw_calls


class Operation(operation.Operation):
    """One call of an op.

    Attributes:
      inputs, outputs: Tensors, as a tuple and as a list.
      type: the op type, e.g. `"Relu"`; the same where the gradient is overridden.
      name: a name of this call.
      device: where the first result is.
      control_inputs: always empty: everything runs in the order in which it is written.

    Source: `tf.Operation`.
    """

    __slots__ = ("_places", "_view", "inputs", "outputs")

    def __init__(self, view: Any) -> None:
        """`view`: the entry, with Tensors in place of raw tensors."""
        self._view = view
        entry = view.entry
        op: Op = entry.op
        self._places = raw_calls.places_of_inputs(op.name, len(entry.parents))
        self.inputs = tuple([self._input(place) for place in self._places])
        self.outputs: list[Any] = list(view.outputs) or _computed_again(view)

    def _input(self, place: int | str) -> Any:
        if isinstance(place, int):
            return self._view.inputs[place]
        value = self._view.get_attr(place)
        return None if value is None else convert(_listed(value))

    def of_recorded(self, grads: Sequence[Any]) -> list[Any]:
        """Of one gradient per input those of the inputs that are recorded, in their order."""
        found = dict(zip(self._places, grads, strict=True))
        return [found[i] for i in range(len(self._view.entry.parents))]

    @property
    def type(self) -> str:
        """The op type."""
        return str(self._view.entry.op.name)

    @property
    def name(self) -> str:
        """The op type and the place in the list."""
        return str(self._view.name)

    @property
    def device(self) -> str:
        """TensorFlow's name of the device of the first result."""
        return str(self.outputs[0].device)

    @property
    def control_inputs(self) -> list[Any]:
        """Always empty."""
        return []

    def values(self) -> tuple[Any, ...]:
        """The results, as a tuple."""
        return tuple(self.outputs)

    def get_attr(self, name: str) -> Any:
        """The attribute `name` in TensorFlow's form: dtypes as DTypes, strings as bytes, sequences as lists.

        Raises:
          ValueError: the op has no such attribute.
        """
        op: Op = self._view.entry.op
        place = raw_calls.attr_name(op.name, name)
        if not name.startswith("_") or name in op.defaults:
            try:
                return _shown(self._view.get_attr(place))
            except ValueError:
                if name == "T" and self.inputs:
                    return self.inputs[0].dtype
                if name == "N":
                    return len(self.inputs)
        raise ValueError(f"Operation {self.name!r} has no attr named {name!r}.")

    @property
    def graph(self) -> NoReturn:
        raise AttributeError("Operation.graph is undefined when eager execution is enabled.")

    @property
    def node_def(self) -> NoReturn:
        raise AttributeError("Operation.node_def is undefined when eager execution is enabled; use get_attr.")

    @property
    def op_def(self) -> NoReturn:
        raise AttributeError("Operation.op_def is undefined when eager execution is enabled; use type.")

    def __repr__(self) -> str:
        return f"<tf.Operation {self.name!r} type={self.type}>"


def _computed_again(view: Any) -> list[Any]:
    """The results of an entry that did not keep them, from its inputs."""
    entry = view.entry
    result = entry.op.kernel(*entry.inputs, **entry.attrs)
    return [Tensor(result, entry)] if isinstance(result, torch.Tensor) else []


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, (tuple, list)) else value


def _shown(value: Any) -> Any:
    """An attribute in TensorFlow's form."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, torch.dtype):
        return dtypes.FROM_TORCH[value]
    return [_shown(item) for item in value] if isinstance(value, (tuple, list)) else value
