"""torch modules on Tensors: their parameters are Variables, their gradients come from our tapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.func import functional_call

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.interop.calls import Call
from tfcompat_tape.interop.functions import call
from tfcompat_tape.interop.shared import as_variable, variable_of
from tfcompat_tape.modules import Module

__all__ = ["TorchModule", "from_module"]


def from_module(module: torch.nn.Module) -> TorchModule:
    """A torch module as a function of Tensors, whose parameters are Variables.

    The Variables share their values with the module's parameters, both ways: a step of a torch optimizer changes them,
    and `assign` changes the parameters. Tapes watch them as they watch any Variable, as long as the parameter requires
    a gradient. Buffers (running statistics) are updated as torch does it, and `train()`/`eval()` of the module count.

    A call is one entry of the list. Random numbers (dropout) are drawn once, for derivatives too.

    Args:
      module: any `torch.nn.Module`. Its `forward` may take and return nested structures.

    Raises:
      TypeError: it is no `torch.nn.Module`.
      ValueError: a lazy module whose parameters have no shape yet.
      RuntimeError: in a gradient, if parameters were changed in place after the call.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> model = tf.interop.from_module(torch.nn.Linear(3, 1))
    >>> x = tf.constant([[1.0, 2.0, 3.0]])
    >>> with tf.GradientTape() as tape:
    ...     loss = tf.reduce_sum(model(x))
    >>> weight, bias = tape.gradient(loss, model.trainable_variables)
    >>> print(weight.numpy(), bias.numpy())
    [[1. 2. 3.]] [1.]
    """
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"from_module: a torch.nn.Module is expected, got {module!r}.")
    return TorchModule(module)


class TorchModule(Module):
    """A torch module that takes Tensors; see `from_module`. As a `tf.Module` it can be a part of others.

    Attributes:
      module: the torch module.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__(name=type(module).__name__.lower())
        self.module = module
        self._of_parameters = self._look()

    def _look(self) -> list[Variable]:
        """The Variables of the module's parameters as it is now, in torch's order."""
        return [_variable(name, parameter) for name, parameter in self.module.named_parameters()]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """A Variable for each parameter, in the order of `module.parameters()`."""
        self._of_parameters = self._look()
        return tuple(self._of_parameters)

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` whose parameters require a gradient."""
        return tuple([v for v in self.variables if v.trainable])

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` whose parameters require no gradient."""
        return tuple([v for v in self.variables if not v.trainable])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result of the module's call, with Tensors for torch tensors."""
        names = []
        variables = []
        for name, parameter in self.module.named_parameters():
            names.append(name)
            variables.append(_variable(name, parameter))
        self._of_parameters = variables
        target = _Forward(self.module, names, len(args))
        return call(target, (*args, *variables), kwargs, type(self.module).__name__, make=_ModuleCall)


def _variable(name: str, parameter: torch.nn.Parameter) -> Variable:
    found = variable_of(parameter)
    if found is None:
        if torch.nn.parameter.is_lazy(parameter):
            raise ValueError(
                f"from_module: the parameter {name!r} of a lazy module has no shape yet. Call the module once, on a "
                "torch tensor, before."
            )
        found = as_variable(parameter, name.replace(".", "/"))
    return found


class _Forward:
    """The module as a function of its arguments and parameters."""

    __slots__ = ("count", "module", "names")

    def __init__(self, module: torch.nn.Module, names: Sequence[str], count: int) -> None:
        self.module = module
        self.names = names
        self.count = count

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(self.names, args[self.count :], strict=True))
        return functional_call(self.module, given, tuple(args[: self.count]), kwargs)


class _ModuleCall(Call):
    """One call of a module. Running it again uses the buffers that it had, and leaves those that it has alone."""

    __slots__ = ("buffers", "modes")

    target: _Forward

    def first(self, raws: Sequence[Any]) -> Sequence[Any]:
        module = self.target.module
        self.modes = [part.training for part in module.modules()]
        self.buffers = {name: b.detach().clone() for name, b in module.named_buffers()}
        return super().first(raws)

    def again(self, *args: Any, **kwargs: Any) -> Any:
        target = self.target
        parts = list(target.module.modules())
        now = [part.training for part in parts]
        given = dict(zip(target.names, args[target.count :], strict=True))
        copies = {name: b.clone() for name, b in self.buffers.items()}
        _set_modes(parts, self.modes)
        try:
            return functional_call(target.module, {**copies, **given}, tuple(args[: target.count]), kwargs)
        finally:
            _set_modes(parts, now)


def _set_modes(parts: Sequence[torch.nn.Module], modes: Sequence[bool]) -> None:
    for part, training in zip(parts, modes, strict=True):
        part.training = training
