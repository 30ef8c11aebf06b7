"""Values that differ by replica: each process holds its own, and gets those of the others when they are asked for."""

from __future__ import annotations

from typing import Any

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.composites import CompositeTensor, type_spec_from_value
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.specs import TypeSpec
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.distribute import strategy

__all__ = ["PerReplica", "PerReplicaSpec", "local", "regrouped"]


class PerReplica(strategy.PerReplica, CompositeTensor):
    """What each replica has. All of them ask for `values` together, for then it is exchanged."""

    __slots__ = ("_local",)

    def __init__(self, local: Any) -> None:
        self._local = local

    @property
    def values(self) -> tuple[Any, ...]:
        """The values of all replicas, in their order; all replicas have to ask for them."""
        from tfcompat_tape.distribute import collectives, ranks

        value = self._local
        if isinstance(value, (Tensor, Variable)):
            return tuple(collectives.values_of_ranks(convert(value)))
        if isinstance(value, CompositeTensor):
            spec = value._type_spec
            parts = [PerReplica(x).values for x in nest.flatten(value, expand_composites=True)]
            return tuple(
                nest.pack_sequence_as(spec, list(one), expand_composites=True)
                for one in zip(*parts, strict=True)
            )
        world = ranks.world()
        assert world is not None
        return tuple(world.exchange(value, "the values of a PerReplica"))

    @property
    def _primary(self) -> Any:
        return self.values[0]

    @property
    def _type_spec(self) -> PerReplicaSpec:
        return PerReplicaSpec(type_spec_from_value(self._local))

    def __repr__(self) -> str:
        if reading.current.tracer is not None:
            return f"PerReplica:{{{self._local!r}}}"
        return "PerReplica:{\n" + ",\n".join(f"  {i}: {x!r}" for i, x in enumerate(self.values)) + "\n}"

    def __str__(self) -> str:
        if reading.current.tracer is not None:
            return repr(self)
        return "PerReplica:{\n" + ",\n".join(f"  {i}: {x!s}" for i, x in enumerate(self.values)) + "\n}"


class PerReplicaSpec(TypeSpec):
    """The spec of a PerReplica: that of the value of this replica."""

    __slots__ = ("_spec",)

    def __init__(self, spec: Any) -> None:
        self._spec = spec

    @property
    def value_type(self) -> type:
        """The class of the values."""
        return PerReplica

    def _serialize(self) -> tuple[Any, ...]:
        return (self._spec,)

    @property
    def _component_specs(self) -> Any:
        return self._spec

    def _to_components(self, value: Any) -> Any:
        return value._local

    def _from_components(self, components: Any) -> Any:
        return PerReplica(components)

    def __repr__(self) -> str:
        return f"PerReplicaSpec({self._spec!r})"


def local(structure: Any) -> Any:
    """What this replica has of a structure of values that differ by replica."""
    return nest.map_structure(lambda x: x._local if isinstance(x, PerReplica) else x, structure)


def regrouped(structure: Any) -> Any:
    """What replicas return, as code that runs once for all of them sees it: each Tensor stands for one of each.

    Python's own values stay, if they are the same everywhere.
    """
    leaves = nest.flatten(structure)
    plain = [x for x in leaves if isinstance(x, (bool, int, float, str))]
    differ = [False] * len(plain)
    if plain and reading.current.tracer is None:
        from tfcompat_tape.distribute import ranks

        world = ranks.world()
        assert world is not None
        told = world.exchange(plain, "Strategy.run")
        differ = [any(one[i] != told[0][i] for one in told) for i in range(len(plain))]
    which = iter(differ)

    def grouped(x: Any) -> Any:
        if isinstance(x, PerReplica):
            return x
        if isinstance(x, (Tensor, IndexedSlices)) or (isinstance(x, CompositeTensor) and not x._at_each_call):
            return PerReplica(x)
        if isinstance(x, (bool, int, float, str)):
            return PerReplica(x) if next(which) else x
        return getattr(x, "_variable", x) if isinstance(x, Variable) else x

    return nest.pack_sequence_as(structure, [grouped(x) for x in leaves])
