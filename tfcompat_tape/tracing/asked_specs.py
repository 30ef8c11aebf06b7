"""What concrete functions are found by: the specs that were asked for, or more general ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfcompat_tape import nest
from tfcompat_tape.core import reading
from tfcompat_tape.core.specs import TensorSpec
from tfcompat_tape.tracing.function_type import VariableSpec
from tfcompat_tape.tracing.signature import Leaves

if TYPE_CHECKING:
    from tfcompat_tape.tracing.concrete_function import ConcreteFunction

_ANY = object()  # in the place of what is no spec


def key(specs: Any) -> Any:
    """What concrete functions are found by: the kind of the arguments, and the names of specs."""
    flat = nest.flatten(specs)
    leaves = Leaves()
    of_variables = [repr(x) if isinstance(x, VariableSpec) else None for x in flat]
    plain = [None if isinstance(x, VariableSpec) else x for x in flat]
    names = [x.name if isinstance(x, TensorSpec) else None for x in flat]
    form = leaves.key(nest.map_structure(lambda _: None, specs))
    return form, leaves.key(plain), tuple(of_variables), tuple(names)


def named(specs: Any) -> bool:
    """Whether one of the specs has a name."""
    return any(isinstance(x, TensorSpec) and x.name is not None for x in nest.flatten(specs))


def more_general(concretes: dict[Any, ConcreteFunction], specs: Any) -> ConcreteFunction | None:
    """The function for specs that take in these; of several the one that leaves the least open.

    A spec without a name is taken in by one with a name, and one with a name only by those of the same name.
    """
    best: ConcreteFunction | None = None
    best_specs: list[Any] = []
    flat = nest.flatten(specs)
    for (around, name), one in concretes.items():
        theirs = nest.flatten([one._args, one._kwargs])
        if around != reading.current.around or len(theirs) != len(flat):
            continue
        filled = [y if _takes_in(y, x) else x for x, y in zip(flat, theirs, strict=True)]
        if key(nest.pack_sequence_as(specs, filled)) == name and (
            best is None or all(map(_takes_in, best_specs, theirs))
        ):
            best, best_specs = one, [y if isinstance(y, TensorSpec) else _ANY for y in theirs]
    return best


def _takes_in(general: Any, spec: Any) -> bool:
    """Whether all values of one spec are values of the other."""
    if general is _ANY:
        return True
    if not (isinstance(general, TensorSpec) and isinstance(spec, TensorSpec)):
        return False
    if general.dtype is not spec.dtype or spec.name not in (None, general.name):
        return False
    wide, narrow = general.shape, spec.shape
    if wide.rank is None:
        return True
    return wide.rank == narrow.rank and all(n is None or n == m for n, m in zip(wide, narrow, strict=True))
