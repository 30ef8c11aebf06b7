"""`tf.compat.v1.train.Optimizer`: gradients of a function, and what its variables become by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tfcompat_tape as tf
from tfcompat_tape.core.trackable import Trackable


class Optimizer(Trackable):
    """The base of the optimizers of version 1, in eager code: the loss is a function without arguments.

    A subclass says by `_slots` what it keeps for each variable, by `_dense` and `_sparse` what a variable becomes.

    Raises:
      ValueError: no name.

    Source: `tf.compat.v1.train.Optimizer`.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(
        self, use_locking: bool, name: str, use_own_namescope_for_non_slot_vars: bool = False
    ) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._name = name
        self._kept: dict[str, dict[Any, Any]] = {}
        self._own: dict[str, Any] = {}

    def get_name(self) -> str:
        """The name."""
        return self._name

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> None:
        """One step: `compute_gradients`, then `apply_gradients`.

        Raises:
          RuntimeError: `loss` is no function.
          ValueError: it depends on none of the variables.
        """
        pairs = self.compute_gradients(loss, var_list, gate_gradients, grad_loss=grad_loss)
        variables = [str(variable) for grad, variable in pairs if grad is not None]
        if not variables:
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support gradients, "
                f"between variables {[str(variable) for _, variable in pairs]} and loss {loss}."
            )
        self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """The gradients of `loss()` with respect to `var_list`, or the trainable variables that it reads.

        Returns:
          Pairs `(gradient, variable)`; a gradient is None where the loss does not depend on the variable.

        Raises:
          RuntimeError: `loss` is no function.
        """
        if not callable(loss):
            raise RuntimeError(
                "`loss` passed to Optimizer.compute_gradients should be a function when eager execution is enabled."
            )
        with tf.GradientTape() as tape:
            if var_list is not None:
                tape.watch(var_list)
            value = loss()
        if var_list is None:
            var_list = tape.watched_variables()
        variables = tf.nest.flatten(var_list)
        grads = tape.gradient(value, variables, grad_loss)
        return [*zip(grads, variables, strict=True)]

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> None:
        """Change the variables by their gradients, and count `global_step` on.

        Raises:
          ValueError: no variables, or no gradient for any of them.
          InvalidArgumentError: a gradient of another shape than its variable.
        """
        pairs = tuple(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        found = [(grad, variable) for grad, variable in pairs if grad is not None]
        if not found:
            raise ValueError(f"No gradients provided for any variable: {[str(v) for _, v in pairs]}.")
        for _, variable in found:
            self._make_slots(variable)
        self._prepare([variable for _, variable in found])
        for grad, variable in found:
            if isinstance(grad, tf.IndexedSlices):
                self._sparse(variable, *_summed(grad))
            else:
                grad = tf.convert_to_tensor(grad, variable.dtype)
                if grad.shape != variable.shape:
                    raise tf.errors.InvalidArgumentError(
                        None,
                        None,
                        f"{self._name}: var and grad do not have the same shape {variable.shape} {grad.shape}",
                    )
                self._dense(variable, grad)
        self._finish()
        if global_step is not None:
            global_step.assign_add(tf.ones([], global_step.dtype))

    def get_slot(self, var: Any, name: str) -> Any:
        """What is kept for a variable under a name; None if nothing is."""
        return self._kept.get(name, {}).get(var.ref())

    def get_slot_names(self) -> list[str]:
        """The names of what is kept for variables."""
        return sorted(self._kept)

    def variables(self) -> list[Any]:
        """The variables that the optimizer made."""
        made = [slot for kept in self._kept.values() for slot in kept.values()]
        return sorted([*made, *self._own.values()], key=lambda variable: variable.name)

    def _slots(self, variable: Any) -> dict[str, Any]:
        """What to keep for a variable, as it is at the beginning."""
        return {}

    def _make_slots(self, variable: Any) -> None:
        for name, value in self._slots(variable).items():
            if variable.ref() not in self._kept.setdefault(name, {}):
                self._keep(variable, name, value)

    def _keep(self, variable: Any, name: str, value: Any) -> Any:
        """Make what is kept for a variable, and restore what waits for it."""
        stem = f"{variable.name.partition(':')[0]}/{self._name}"
        taken = [by_variable for by_variable in self._kept.values() if variable.ref() in by_variable]
        suffix = f"_{len(taken)}" if taken else ""
        with tf.name_scope(""):
            made = tf.Variable(value, trainable=False, name=f"{stem}{suffix}")
        self._kept.setdefault(name, {})[variable.ref()] = made
        return made

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        """Restore what is kept for a variable from a checkpoint, which may be before any step was taken."""
        kept = self.get_slot(variable, slot_name)
        if kept is None:
            kept = self._keep(variable, slot_name, slot_variable_position.variable_value())
        slot_variable_position.restore(kept)

    def _prepare(self, variables: list[Any]) -> None:
        """Called before the variables change."""

    def _finish(self) -> None:
        """Called when they have."""

    def _dense(self, variable: Any, grad: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} does not say how variables change.")

    def _sparse(self, variable: Any, grad: Any, indices: Any) -> None:
        """The rows `indices`, none of them twice, have the gradients `grad`; the others have 0."""
        shape = tf.concat([[variable.shape[0]], tf.shape(grad)[1:]], 0)
        self._dense(variable, tf.scatter_nd(tf.expand_dims(indices, 1), grad, shape))

    def _of(self, variable: Any, name: str) -> Any:
        return self._kept[name][variable.ref()]

    def _number(self, value: Any, variable: Any) -> Any:
        """A hyperparameter, which may be a function, in the dtype of the variable."""
        return tf.cast(tf.convert_to_tensor(value() if callable(value) else value), variable.dtype)


def _summed(grad: Any) -> tuple[Any, Any]:
    """The rows of IndexedSlices and their indices, those of repeated ones summed."""
    indices, places = tf.unique(grad.indices)
    return tf.math.unsorted_segment_sum(grad.values, places, tf.size(indices)), indices


def update_rows(variable: Any, indices: Any, rows: Any) -> None:
    """Put `rows` in the places `indices`."""
    variable.scatter_nd_update(tf.expand_dims(indices, 1), rows)


def by_rows(step: Callable[..., Any]) -> Callable[..., None]:
    """`_sparse` that takes the step of `_dense` in the rows that have gradients only."""

    def _sparse(self: Any, variable: Any, grad: Any, indices: Any) -> None:
        places = [variable, *(self._of(variable, name) for name in self._slots(variable))]
        rows = step(self, variable, grad, *(tf.gather(place, indices) for place in places))
        for place, row in zip(places, rows, strict=True):
            update_rows(place, indices, row)

    return _sparse


def whole(step: Callable[..., Any]) -> Callable[..., None]:
    """`_dense` that takes the step of all elements."""

    def _dense(self: Any, variable: Any, grad: Any) -> None:
        places = [variable, *(self._of(variable, name) for name in self._slots(variable))]
        for place, value in zip(places, step(self, variable, grad, *map(tf.identity, places)), strict=True):
            place.assign(value)

    return _dense
