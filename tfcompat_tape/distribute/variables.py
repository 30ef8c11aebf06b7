"""Variables of a strategy of several replicas: mirrored ones, and those that are summed up when they are read.

Each process has its own copy. A mirrored variable has the same value everywhere: what replicas assign to it is reduced
first, as its aggregation says. An ON_READ variable is each replica's own, and its value for all of them is made when
code that runs for all reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable, VariableAggregation, VariableSynchronization
from tfcompat_tape.distribute import collectives, ranks
from tfcompat_tape.distribute import strategy as contexts
from tfcompat_tape.distribute.strategy import DistributedValues, Mirrored, ReduceOp, is_updating, updating
from tfcompat_tape.distribute.values import local

__all__ = ["MirroredVariable", "SyncOnReadVariable", "creator"]

NONE, FIRST = VariableAggregation.NONE, VariableAggregation.ONLY_FIRST_REPLICA
SUM, MEAN = VariableAggregation.SUM, VariableAggregation.MEAN


class _OfReplicas(Variable, DistributedValues):
    """A variable of which each replica has a copy."""

    _strategy: Any

    def _in_replica(self) -> bool:
        return contexts.get_strategy() is self._strategy and contexts.get_replica_context() is not None

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of the copies of all replicas, as Tensors; all replicas have to ask for them."""
        return tuple(collectives.values_of_ranks(Tensor(self._t, None)))

    def __deepcopy__(self, memo: Any) -> Variable:
        copy = super().__deepcopy__(memo)
        copy._strategy = self._strategy  # type: ignore[attr-defined]
        return copy


class MirroredVariable(_OfReplicas, Mirrored):
    """A variable that is the same on all replicas."""

    _apart = False  # replicas have assigned values of their own

    def _read(self) -> Tensor:
        if self._apart and not self._in_replica() and not is_updating():
            return collectives.broadcast(super()._read(), f"the value of {self.name}")
        return super()._read()

    def _direct(self) -> bool:
        if is_updating() or not self._in_replica():
            return True
        if self._aggregation is NONE:
            self._apart = True
            return True
        return False

    def _reduced(self, value: Any) -> Any:
        if self._aggregation is FIRST:
            return collectives.broadcast(convert(value, self.dtype), f"an assignment to {self.name}")
        (found,) = collectives.all_reduce([convert(value, self.dtype)], self._aggregation is MEAN)
        return found

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """See `tf.Variable.assign`; replicas assign what their aggregation makes of the values of all."""
        value = local(value)
        return super().assign(
            value if self._direct() else self._reduced(value), use_locking, name, read_value
        )

    def _update(self, op: str, delta: Any, read_value: bool) -> Any:
        delta = local(delta)
        return super()._update(op, delta if self._direct() else self._reduced(delta), read_value)

    def _scattered(self, method: str, slices: IndexedSlices) -> IndexedSlices:
        if self._direct():
            return slices
        if self._aggregation is FIRST:
            raise unimplemented(f"{method}: of the first replica alone is not supported within a replica.")
        if method not in ("scatter_add", "scatter_sub"):
            raise NotImplementedError(
                f"{method} is only supported for mirrored variable (variable created within certain "
                "`tf.distribute.Strategy` scope) with NONE or `ONLY_FIRST_REPLICA` aggregation, got: "
                f"{self._aggregation}."
            )
        return collectives.gather_slices(slices, self._aggregation is MEAN)


def _scatter(method: str) -> Any:
    def scatter(self: Any, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        plain = getattr(super(MirroredVariable, self), method)
        return plain(self._scattered(method, local(sparse_delta)))

    scatter.__name__, scatter.__doc__ = method, f"See `tf.Variable.{method}`."
    return scatter


for _method in ("add", "sub", "update", "max", "min", "mul", "div"):
    setattr(MirroredVariable, f"scatter_{_method}", _scatter(f"scatter_{_method}"))


class SyncOnReadVariable(_OfReplicas):
    """A variable that each replica has for itself, reduced when code for all replicas reads it."""

    def _own(self) -> bool:
        return is_updating() or self._in_replica()

    def _read(self) -> Tensor:
        value = super()._read()
        if self._own():
            return value
        if self._aggregation is FIRST:
            return collectives.broadcast(value, f"the value of {self.name}")
        op = ReduceOp.from_variable_aggregation(self._aggregation)
        (found,) = collectives.all_reduce([value], op is ReduceOp.MEAN)
        if found.dtype != self.dtype:
            found = Tensor(found._t.to(self._t.dtype), None)
        return found  # type: ignore[no-any-return]

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """See `tf.Variable.assign`; of a value for all replicas each gets its share, if they are summed up."""
        value = local(value)
        if not self._own():
            self._check()
            if self._aggregation is SUM:
                whole = convert(value, self.dtype)
                size = self._strategy.num_replicas_in_sync
                value = (
                    whole / size if self.dtype.is_floating or self.dtype.is_complex else _part(whole, size)
                )
        return super().assign(value, use_locking, name, read_value)

    def _update(self, op: str, delta: Any, read_value: bool) -> Any:
        if not self._own():
            self._check()
            if self._aggregation is SUM:
                method = "assign_add" if op == "AddV2" else "assign_sub"
                raise ValueError(
                    f"SyncOnReadVariable does not support `{method}` in cross-replica context when aggregation is set "
                    "to `tf.VariableAggregation.SUM`."
                )
            return self._updated_for_all(op, delta, read_value)
        return super()._update(op, local(delta), read_value)

    def _updated_for_all(self, op: str, delta: Any, read_value: bool) -> Any:
        with updating():
            super()._update(op, local(delta), False)
        return self._assigned() if read_value else None

    def _check(self) -> None:
        if self._aggregation is not FIRST:
            ReduceOp.from_variable_aggregation(self._aggregation)  # raises


def _part(whole: Tensor, size: int) -> Tensor:
    """Integers, which `size` replicas sum up, as TensorFlow casts the quotient back."""
    return Tensor((whole._t.to(torch.float64) / size).to(whole._t.dtype), None)


def creator(strategy: Any) -> Callable[..., Any]:
    """What makes variables in the scope of `strategy`: with the value that the first replica gives them.

    Raises:
      InvalidArgumentError: the replicas make variables of other dtypes or shapes.
    """

    def create(next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        how = kwargs.get("synchronization") or VariableSynchronization.AUTO
        if how is VariableSynchronization.NONE:
            raise ValueError(
                "`NONE` variable synchronization mode is not supported with tf.distribute strategy. Please change the "
                f"`synchronization` for variable: {kwargs.get('name')}"
            )
        variable = next_creator(**kwargs)
        if type(variable) is not Variable:
            return variable
        name = variable.name
        if isinstance(variable._t, torch.Tensor):
            first = collectives.broadcast(
                Tensor(variable._t, None),
                f"the initial value of the variable {name!r} of shape {variable.shape}",
            )
            variable._t = first._t
        else:
            world = ranks.world()
            assert world is not None
            world.exchange([name], f"the variable {name!r}")
        on_read = how is VariableSynchronization.ON_READ
        variable.__class__ = SyncOnReadVariable if on_read else MirroredVariable
        variable._strategy = strategy  # type: ignore[attr-defined]
        variable._synchronization = (
            VariableSynchronization.ON_READ if on_read else VariableSynchronization.ON_WRITE
        )
        return variable

    return create
