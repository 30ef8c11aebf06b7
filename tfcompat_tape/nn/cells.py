"""Wrappers of cells of recurrent networks: `output, states = cell(inputs, states)`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tfcompat_tape.arrays.creation import zeros
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.devices import device as on_device
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.math.arithmetic import add, divide, multiply
from tfcompat_tape.math.rounding import floor
from tfcompat_tape.modules import Module
from tfcompat_tape.nest.structures import assert_same_structure, flatten, map_structure
from tfcompat_tape.nn.dropout import dropout
from tfcompat_tape.random.sampling import uniform

__all__ = ["RNNCellDeviceWrapper", "RNNCellDropoutWrapper", "RNNCellResidualWrapper"]


class _Wrapper(Module):
    """What the wrappers share: a cell, called with its inputs and states."""

    def __init__(self, cell: Any, name: str | None = None) -> None:
        if not callable(getattr(cell, "call", None)):
            raise AttributeError(f"{type(cell).__name__!r} object has no attribute 'call'")
        super().__init__(name=name)
        self.cell = cell
        self._built = False

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's states."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of the cell's output."""
        return self.cell.output_size

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """States of zeros, for a batch of `batch_size` or as many as there are `inputs`."""
        if inputs is not None:
            batch_size, dtype = convert(inputs)._t.shape[0], convert(inputs).dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                f"batch_size and dtype must be given. Received: batch_size={batch_size} dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """States of zeros."""
        if hasattr(self.cell, "zero_state"):
            return self.cell.zero_state(batch_size, dtype)
        return map_structure(lambda n: zeros([batch_size, n], dtype), self.state_size)

    def call(self, inputs: Any, state: Any, **kwargs: Any) -> Any:
        """One step."""
        return self._call(self.cell.call, inputs, state, **kwargs)

    def __call__(self, inputs: Any, state: Any, **kwargs: Any) -> Any:
        if not self._built:
            self._built = True
            if hasattr(self.cell, "build") and not getattr(self.cell, "built", False):
                shapes = map_structure(lambda x: TensorShape(convert(x)._t.shape), inputs)
                self.cell.build(shapes)
                if hasattr(self.cell, "built"):
                    self.cell.built = True
        return self._call(self.cell, inputs, state, **kwargs)

    def _call(self, cell: Callable[..., Any], inputs: Any, state: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class RNNCellDeviceWrapper(_Wrapper):
    """A cell that runs on a device.

    Source: `tf.nn.RNNCellDeviceWrapper`.

    >>> import tfcompat_tape as tf
    >>> class Cell(tf.Module):
    ...     state_size = output_size = 2
    ...     def call(self, inputs, states):
    ...         return inputs + states[0], states
    ...     __call__ = call
    >>> cell = tf.nn.RNNCellDeviceWrapper(Cell(), "/cpu:0")
    >>> cell(tf.ones([1, 2]), [tf.ones([1, 2])])[0].numpy()
    array([[2., 2.]], dtype=float32)
    """

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """States of zeros, on the device."""
        with on_device(self._device):
            return super().zero_state(batch_size, dtype)

    def _call(self, cell: Callable[..., Any], inputs: Any, state: Any, **kwargs: Any) -> Any:
        with on_device(self._device):
            return cell(inputs, state, **kwargs)


class RNNCellResidualWrapper(_Wrapper):
    """A cell whose inputs are added to its outputs.

    Args:
      cell: what is called, with `call`, `state_size` and `output_size`.
      residual_fn: `residual_fn(inputs, outputs)` in place of the sum.

    Raises:
      ValueError: inputs and outputs differ in shape; TypeError: in structure.

    Source: `tf.nn.RNNCellResidualWrapper`.

    >>> import tfcompat_tape as tf
    >>> class Cell(tf.Module):
    ...     state_size = output_size = 2
    ...     def call(self, inputs, states):
    ...         return 10.0 * inputs, states
    ...     __call__ = call
    >>> tf.nn.RNNCellResidualWrapper(Cell())(tf.ones([1, 2]), [])[0].numpy()
    array([[11., 11.]], dtype=float32)
    """

    def __init__(self, cell: Any, residual_fn: Any = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _call(self, cell: Callable[..., Any], inputs: Any, state: Any, **kwargs: Any) -> Any:
        outputs, states = cell(inputs, state, **kwargs)
        return (self._residual_fn or _sum)(inputs, outputs), states


def _sum(inputs: Any, outputs: Any) -> Any:
    assert_same_structure(inputs, outputs)
    for x, y in zip(flatten(inputs), flatten(outputs), strict=True):
        if not x.shape.is_compatible_with(y.shape):
            raise ValueError(f"Shapes {x.shape} and {y.shape} are incompatible")
    return map_structure(add, inputs, outputs)


def _always(state: Any) -> bool:
    return True


class RNNCellDropoutWrapper(_Wrapper):
    """A cell with dropout on its inputs, outputs and states. With a seed, what is dropped is what TensorFlow drops.

    Args:
      cell: what is called, with `call`, `state_size` and `output_size`.
      input_keep_prob, output_keep_prob, state_keep_prob: how likely an element is kept; a number or a scalar Tensor.
      variational_recurrent: whether the same elements are dropped at each step, and for each example of a batch. Needs
        `dtype`, and `input_size` where inputs are dropped.
      seed: an integer.
      dropout_state_filter_visitor: says of each state whether it takes part.

    Raises:
      ValueError: a probability that is none, or no `dtype` or `input_size` where they are needed.
      TypeError: the filter cannot be called.

    Source: `tf.nn.RNNCellDropoutWrapper`.

    >>> import tfcompat_tape as tf
    >>> class Cell(tf.Module):
    ...     state_size = output_size = 2
    ...     def call(self, inputs, states):
    ...         return inputs + states[0], states
    ...     __call__ = call
    >>> cell = tf.nn.RNNCellDropoutWrapper(Cell(), output_keep_prob=0.5, seed=1)
    >>> set(cell(tf.ones([1, 2]), [tf.ones([1, 2])])[0].numpy().ravel().tolist()) <= {0.0, 4.0}
    True
    """

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: Any = None,
        dropout_state_filter_visitor: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._takes_part = dropout_state_filter_visitor or _always
        self._keep = {"input": input_keep_prob, "state": state_keep_prob, "output": output_keep_prob}
        for what, chance in self._keep.items():
            if isinstance(chance, (int, float)) and not 0.0 <= chance <= 1.0:
                raise ValueError(f"Parameter {what}_keep_prob must be between 0 and 1: {chance}")
        self._seed = seed
        self._noise: dict[str, Any] = {}
        if variational_recurrent:
            if dtype is None:
                raise ValueError("When variational_recurrent=True, dtype must be provided")
            sizes = {"input": input_size, "state": cell.state_size, "output": cell.output_size}
            if self._drops("input") and input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size must be "
                    "provided"
                )
            for what in [what for what in sizes if self._drops(what)]:
                self._noise[what] = self._mapped(
                    lambda place, size, what=what: uniform(
                        [1, *_axes(size)], dtype=dtype, seed=self._seed_of(what, place)
                    ),
                    sizes[what],
                )

    @property
    def wrapped_cell(self) -> Any:
        """The cell."""
        return self.cell

    def _drops(self, what: str) -> bool:
        chance = self._keep[what]
        return not isinstance(chance, (int, float)) or chance < 1.0

    def _seed_of(self, what: str, place: int) -> int | None:
        if self._seed is None:
            return None
        text = f"{self._seed}{what}_{place}".encode()
        return int(hashlib.md5(text).hexdigest()[:8], 16) & 0x7FFFFFFF

    @staticmethod
    def _mapped(function: Callable[..., Any], *structures: Any) -> Any:
        """`function(place, ...)` of each tensor of a structure, with its place in it."""
        places = iter(range(len(flatten(structures[0]))))
        return map_structure(lambda *leaves: function(next(places), *leaves), *structures)

    def _dropped(self, what: str, values: Any, takes_part: Callable[[Any], bool] = _always) -> Any:
        if not self._drops(what):
            return values
        chance = self._keep[what]

        def drop(place: int, value: Any, *noise: Any) -> Any:
            if not takes_part(value):
                return value
            if noise:
                kept = floor(add(convert(chance, noise[0].dtype), noise[0]))
                return multiply(divide(value, chance), kept)
            rate: Any = 1.0 - chance
            return dropout(value, rate=rate, seed=self._seed_of(what, place))

        noise = [self._noise[what]] if what in self._noise else []
        return self._mapped(drop, values, *noise)

    def _call(self, cell: Callable[..., Any], inputs: Any, state: Any, **kwargs: Any) -> Any:
        outputs, states = cell(self._dropped("input", inputs), state, **kwargs)
        return self._dropped("output", outputs), self._dropped("state", states, self._takes_part)


def _axes(size: Any) -> list[int]:
    """The shape of one example."""
    if isinstance(size, (Tensor, int)):
        return [int(size)]
    return list(TensorShape(size).as_list())
