"""Variables that share their value with a torch Parameter: what either side writes, the other one sees.

torch writes Parameters in place. What a tape recorded must not change with them, so reading such a Variable gives a
copy: a snapshot, as with every Variable. Modules and other torch functions that are called on it do without the copy,
for torch itself notices when what it keeps is overwritten before its gradient is taken.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any, cast
from weakref import ref

import torch
from torch.utils.weak import WeakIdKeyDictionary

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

# The Variable of each Parameter that has one; neither keeps the other alive by being here.
_variables: Any = WeakIdKeyDictionary()


class _Substitutes(threading.local):
    """Tensors that stand for the values of Variables on this thread, by id of the Variable."""

    values: dict[int, Tensor] | None = None


_substitutes = _Substitutes()


class SharedVariable(Variable):
    """A Variable whose value is that of a torch Parameter; made by `as_variable` and `as_parameter`."""

    _parameter: torch.nn.Parameter

    @property
    def _t(self) -> torch.Tensor:
        return self._parameter.detach()

    @property
    def parameter(self) -> torch.nn.Parameter:
        """The torch Parameter."""
        return self._parameter

    @property
    def _trainable(self) -> bool:  # type: ignore[override]  # nobody writes to it after it was made
        return self._parameter.requires_grad

    def _read(self) -> Tensor:
        value = self.read_shared()
        return value if _substitutes.values is not None else Tensor(value._t.clone(), value._node)

    def read_shared(self) -> Tensor:
        """The present value without a copy: for functions that notice themselves when it is overwritten."""
        if _substitutes.values is not None:
            value = _substitutes.values.get(id(self))
            if value is not None:
                return value
        return super()._read()

    def _replace(self, raw: Any) -> None:
        with torch.no_grad():
            if raw.shape == self._parameter.shape:
                self._parameter.copy_(raw)
            else:  # a Variable with an open shape
                self._parameter.data = raw.detach().clone().to(self._parameter.device)

    def __deepcopy__(self, memo: Any) -> Variable:
        copy = object.__new__(SharedVariable)
        copy.__dict__.update(self.__dict__)
        copy._node = None
        copy._lock = threading.RLock()
        requires_grad = self._parameter.requires_grad
        _share(copy, torch.nn.Parameter(self._parameter.detach().clone(), requires_grad))
        memo[id(self)] = copy
        return copy


def _share(variable: SharedVariable, parameter: torch.nn.Parameter) -> None:
    variable._parameter = parameter
    _variables[parameter] = ref(variable)


def variable_of(parameter: torch.Tensor) -> SharedVariable | None:
    """The Variable that shares the value of `parameter`, if there is one."""
    found = _variables.get(parameter)
    return None if found is None else found()


def has_shared() -> bool:
    """Whether there is any Variable that shares its value with a Parameter."""
    return len(_variables) > 0


def as_variable(parameter: torch.nn.Parameter, name: str | None = None) -> Any:
    """A Variable that shares the value of a torch Parameter.

    It is trainable while the Parameter requires a gradient. A step of a torch optimizer changes it, and `assign`
    changes the Parameter, in place. Reading it in ops gives a copy, so that what a tape recorded stays what it was.

    Args:
      parameter: a `torch.nn.Parameter`, or another tensor of torch's that is a leaf.
      name: name of the Variable.

    Returns:
      The Variable; the same one as before if the Parameter has one already.

    Raises:
      TypeError: it is no torch tensor, or the result of a computation.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> layer = torch.nn.Linear(1, 1)
    >>> w = tf.interop.as_variable(layer.weight)
    >>> _ = w.assign([[2.0]])
    >>> layer.weight
    Parameter containing:
    tensor([[2.]], requires_grad=True)
    """
    if not isinstance(parameter, torch.Tensor) or not parameter.is_leaf:
        raise TypeError(f"as_variable: a torch Parameter or another leaf is expected, got {parameter!r}.")
    found = variable_of(parameter)
    if found is not None:
        return found
    variable = Variable(parameter.detach(), trainable=parameter.requires_grad, name=name)
    return _adopt(variable, parameter)


def as_parameter(variable: Any) -> torch.nn.Parameter:
    """A torch Parameter that shares the value of a Variable: for torch's optimizers and modules.

    From now on the Variable's value lies in the Parameter; see `as_variable`. Functions made by `to_torch` that read
    the Variable send gradients to the Parameter's `.grad`.

    Args:
      variable: a Variable of numbers. The Parameter requires a gradient if it is trainable and not of integers.

    Raises:
      TypeError: it is no Variable of numbers.

    >>> import tfcompat_tape as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> parameter = tf.interop.as_parameter(v)
    >>> _ = parameter.data.mul_(10.0)
    >>> print(v.numpy())
    [10. 20.]
    """
    variable = getattr(variable, "_variable", variable)  # what `assign` returns
    if isinstance(variable, SharedVariable):
        return variable.parameter
    if not isinstance(variable, Variable) or not isinstance(variable._t, torch.Tensor):
        raise TypeError(f"as_parameter: a tf.Variable of numbers is expected, got {variable!r}.")
    requires_grad = variable.trainable and variable._traceable
    # Tensors that were read before share the memory of the present value, so torch gets memory of its own.
    parameter = torch.nn.Parameter(variable._t.detach().clone(), requires_grad)
    return _adopt(variable, parameter).parameter


def _adopt(variable: Any, parameter: torch.nn.Parameter) -> SharedVariable:
    """Let the value of `variable` be that of `parameter` from now on."""
    for name in ("_t", "_trainable"):
        variable.__dict__.pop(name)
    variable.__class__ = SharedVariable
    _share(variable, parameter)
    return cast(SharedVariable, variable)


@contextlib.contextmanager
def substituted(variables: Sequence[Variable], values: Sequence[Any]) -> Iterator[None]:
    """Within this context `variables`, when read on this thread, have `values`."""
    outer = _substitutes.values
    _substitutes.values = {
        **(outer or {}),
        **{id(v): convert(value) for v, value in zip(variables, values, strict=True)},
    }
    try:
        yield
    finally:
        _substitutes.values = outer


__all__ = ["SharedVariable", "as_parameter", "as_variable", "has_shared", "substituted", "variable_of"]
