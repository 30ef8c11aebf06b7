"""torch's optimizers on Variables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch

from tfcompat_tape import nest
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.interop.shared import SharedVariable
from tfcompat_tape.ops.bounds import first_outside
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = ["TorchOptimizer"]


class TorchOptimizer:
    """A torch optimizer that steps Variables, by gradients from our tapes.

    A Variable keeps its manners: a step gives it a new value, and what was read before stays as it was. Variables that
    share a Parameter with torch (`as_variable`, `from_module`) are stepped in place.

    Args:
      kind: the class, e.g. `torch.optim.Adam`.
      variables: the Variables; or dictionaries with a list of them under "params" and options for these, as torch has
        it.
      sparse: give gradients of lookups to the optimizer as sparse tensors (`SparseAdam`, `SGD`, `Adagrad`) rather than
        dense ones. By default only for `SparseAdam`, which takes no others.
      options: those of `kind`.

    Attributes:
      optimizer: the torch optimizer: for schedulers, and `param_groups`.

    Raises:
      TypeError: something among the variables is no Variable of numbers.
      ValueError: no variables.

    >>> import torch
    >>> import tfcompat_tape as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, [v], lr=0.5)
    >>> with tf.GradientTape() as tape:
    ...     loss = tf.reduce_sum(v * v)
    >>> optimizer.apply_gradients(zip(tape.gradient(loss, [v]), [v]))
    >>> print(v.numpy())
    [0. 0.]
    """

    def __init__(
        self,
        kind: Callable[..., Any],
        variables: Iterable[Any],
        *,
        sparse: bool | None = None,
        **options: Any,
    ) -> None:
        self._variables: list[Variable] = []
        self._parameters: list[torch.nn.Parameter] = []
        self._values: list[Any] = []  # what each Variable held after the last step
        given = list(variables)
        if not given:
            raise ValueError("TorchOptimizer: there are no variables to step.")
        if isinstance(given[0], dict):
            groups: list[Any] = [
                {**group, "params": [self._add(v) for v in nest.flatten(group["params"])]} for group in given
            ]
        else:
            groups = [self._add(v) for v in given]
        # Two optimizers that share Variables lock them in one order, and so never wait for each other.
        self._in_order = sorted(self._variables, key=lambda variable: variable._handle)
        self._places = {id(v): i for i, v in enumerate(self._variables)}
        self.sparse = kind is torch.optim.SparseAdam if sparse is None else sparse
        self.optimizer: torch.optim.Optimizer = kind(groups, **options)

    def _add(self, variable: Any) -> torch.nn.Parameter:
        variable = getattr(variable, "_variable", variable)  # what `assign` returns
        if not isinstance(variable, Variable) or not isinstance(variable._t, torch.Tensor):
            raise TypeError(f"TorchOptimizer steps Variables of numbers, got {variable!r}.")
        shared = isinstance(variable, SharedVariable)
        if isinstance(variable, SharedVariable):
            parameter = variable.parameter
        else:
            parameter = torch.nn.Parameter(variable._t.detach().clone())
        self._variables.append(variable)
        self._parameters.append(parameter)
        self._values.append(None if shared else variable._t)
        return parameter

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The Variables that it steps."""
        return tuple(self._variables)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> None:
        """Take a step.

        Args:
          grads_and_vars: pairs of a gradient (Tensor, IndexedSlices, or None: the Variable stays) and a Variable.

        Raises:
          ValueError: a Variable that the optimizer was not made for, or a gradient of another shape.
          InvalidArgumentError: IndexedSlices of rows that the Variable does not have.
        """
        grads: list[Any] = [None] * len(self._variables)
        for grad, variable in grads_and_vars:
            place = self._places.get(id(getattr(variable, "_variable", variable)))
            if place is None:
                raise ValueError(
                    f"apply_gradients: {variable!r} is not among the variables that this optimizer was made for."
                )
            grads[place] = grad
        self.step(grads)

    def step(self, grads: Any) -> Any:
        """Take a step.

        Args:
          grads: a gradient for each of `variables`, in their order; see `apply_gradients`. Or a function without
            arguments that takes gradients itself, `loss, grads = f()`, for optimizers that ask more than once in a step
            (`torch.optim.LBFGS`).

        Returns:
          For a function the first loss, a Tensor; otherwise None.
        """
        if callable(grads):  # not under locks: it is code of the user
            return self._stepped(lambda: self._step_by(grads))
        with contextlib.ExitStack() as locks:
            for variable in self._in_order:
                locks.enter_context(variable._lock)
            return self._stepped(lambda: self._step_along(grads))

    def _stepped(self, step: Callable[[], Any]) -> Any:
        """What `step` returns, between taking the values of the Variables and handing them out again."""
        self._take_over()
        before = [p.grad for p in self._parameters]
        try:
            result = step()
        finally:
            for parameter, grad in zip(self._parameters, before, strict=True):
                parameter.grad = grad
        self._hand_out()
        return result

    def _step_along(self, grads: Any) -> None:
        self._set(grads)
        self.optimizer.step()

    def minimize(self, loss: Callable[[], Any], var_list: Sequence[Variable] | None = None) -> Any:
        """Take a step along the gradient of `loss`.

        Args:
          loss: a function without arguments that returns a Tensor; computed under a tape.
          var_list: the Variables to change; all by default.

        Returns:
          The loss before the step, a Tensor.
        """
        chosen = self._variables if var_list is None else list(var_list)

        def differentiated() -> tuple[Any, list[Any]]:
            with GradientTape() as tape:
                value = loss()
            of = {id(v): grad for v, grad in zip(chosen, tape.gradient(value, chosen), strict=True)}
            return value, [of.get(id(v)) for v in self._variables]

        return self.step(differentiated)

    def _step_by(self, function: Callable[[], Any]) -> Any:
        first: Any = None

        def closure() -> Any:
            nonlocal first
            self._hand_out()
            value, grads = function()
            first = value if first is None else first
            self._set(grads)
            return convert(value)._t.detach()

        self.optimizer.step(torch.enable_grad()(closure))
        return first

    def _take_over(self) -> None:
        """What was assigned to the Variables since the last step."""
        with torch.no_grad():
            for i, variable in enumerate(self._variables):
                if self._values[i] is not None and variable._t is not self._values[i]:
                    self._parameters[i].copy_(variable._t)
                    self._values[i] = variable._t

    def _set(self, grads: Any) -> None:
        grads = list(grads)
        if len(grads) != len(self._parameters):
            raise ValueError(
                f"TorchOptimizer has {len(self._parameters)} variables and got {len(grads)} gradients."
            )
        for parameter, variable, grad in zip(self._parameters, self._variables, grads, strict=True):
            raw = None if grad is None else self._raw(grad)
            if raw is not None and raw.shape != parameter.shape:
                raise ValueError(
                    f"The gradient of {variable.name} has shape {list(raw.shape)}, the variable "
                    f"{list(parameter.shape)}."
                )
            # Not `parameter.grad = raw`: optimizers may write to gradients, and a Tensor never changes.
            parameter.grad = None if raw is None else raw.to(parameter.dtype, copy=True)

    def _raw(self, grad: Any) -> torch.Tensor:
        if type(grad) is IndexedSlices and self.sparse:
            rows = convert(grad.indices)._t.to(torch.int64)
            size: Any = grad.shape.as_list()
            wrong = first_outside(rows, size[0])
            if wrong is not None:  # torch would write to memory that is not the variable's
                raise invalid(f"apply_gradients: indices{wrong}")
            values = convert(grad.values)._t
            return torch.sparse_coo_tensor(rows[None], values, size, check_invariants=False).coalesce()
        raw: torch.Tensor = convert(grad)._t
        return raw.detach()

    def _hand_out(self) -> None:
        """The new values to the Variables: copies, for torch goes on writing to its own."""
        for i, (variable, parameter) in enumerate(zip(self._variables, self._parameters, strict=True)):
            if self._values[i] is None:
                if variable.constraint is not None:
                    variable.assign(variable.constraint(variable._read_silently()))
                continue
            value = Tensor(parameter.detach().clone(), None)
            if variable.constraint is not None:
                value = convert(variable.constraint(value), variable.dtype)
                with torch.no_grad():
                    parameter.copy_(value._t)
            with variable._lock:
                variable._replace(value._t)
            self._values[i] = variable._t

    def state_dict(self) -> dict[str, Any]:
        """The state of the torch optimizer."""
        return self.optimizer.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state_dict` gave."""
        self.optimizer.load_state_dict(state)
