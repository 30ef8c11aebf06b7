"""What replicas compute together, as ops: tapes record them, and functions that are traced run them at each call.

They are entered in the registry when a strategy of several replicas is first made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import dtypes, reading
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dispatch import primitive
from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.indexed_slices import IndexedSlices
from tfcompat_tape.core.registry import OPS, Keep, gradient, jvp
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.distribute import ranks

__all__ = ["all_reduce", "broadcast", "gather", "gather_slices", "values_of_ranks"]

_functorch: Any = torch._C._functorch


def _world() -> ranks.Ranks:
    found = ranks.world()
    assert found is not None
    return found


def _at_each_call(
    function: Callable[..., Any], raws: Sequence[torch.Tensor], likes: Any
) -> list[torch.Tensor]:
    """`function(*raws)`: now, or at each call of the function that is traced; for all rows of a vmap together."""
    return list(reading.run_each_call(function, raws, likes))


# -- sums and means ----------------------------------------------------------------------------------------------------


def _sums(*raws: Any, mean: bool = False) -> Any:
    level = max((_functorch.maybe_get_level(raw) for raw in raws), default=-1)
    if level >= 0:  # the rows of a Jacobian: an exchange for all of them
        moved = [_unwrapped(raw, level) for raw in raws]
        found = _sums(*[raw for raw, _ in moved], mean=mean)
        return tuple(
            x if at is None else _functorch._add_batch_dim(x, at, level)
            for x, (_, at) in zip(found, moved, strict=True)
        )
    if any(not isinstance(raw, torch.Tensor) for raw in raws):
        raise invalid("all_reduce: Value for attr 'T' of string is not in the list of allowed values")
    likes = [(raw.shape, _mean_dtype(raw.dtype) if mean else raw.dtype, raw.device) for raw in raws]

    def now(*given: torch.Tensor) -> list[torch.Tensor]:
        return _world().sums(given, "all_reduce", mean)

    return tuple(_at_each_call(now, raws, likes))


def _unwrapped(raw: Any, level: int) -> tuple[Any, int | None]:
    if _functorch.maybe_get_level(raw) != level:
        return raw, None
    at = _functorch.maybe_get_bdim(raw)
    return _functorch.get_unwrapped(raw), at


def _mean_dtype(dtype: torch.dtype) -> torch.dtype:
    return dtype if dtype.is_floating_point or dtype.is_complex else torch.float64


_all_reduce = primitive(
    "ReplicaAllReduce", _sums, inputs="*input", defaults={"mean": False}, outputs=0, keep=Keep.NOTHING
)


@gradient("ReplicaAllReduce")
def _all_reduce_gradient(op: Any, *dys: Any) -> Any:
    """The gradient of an all-reduce is the same all-reduce of what all replicas make of the result."""
    found = OPS["ReplicaAllReduce"].call(*dys, mean=op.get_attr("mean"))
    found = found if isinstance(found, (tuple, list)) else [found]
    return found if len(found) > 1 else found[0]


@jvp("ReplicaAllReduce")
def _all_reduce_tangent(op: Any, *tangents: Any) -> Any:
    return _all_reduce_gradient(op, *tangents)


def all_reduce(values: Sequence[Any], mean: bool) -> list[Any]:
    """Sums or means of the values of all replicas: Tensors, and IndexedSlices, whose rows are gathered."""
    found: list[Any] = [None] * len(values)
    dense: list[int] = []
    for place, value in enumerate(values):
        if isinstance(value, IndexedSlices):
            found[place] = gather_slices(value, mean)
        else:
            dense.append(place)
    if dense:
        results = _all_reduce(*[convert(values[place]) for place in dense], mean=mean)
        results = results if isinstance(results, (tuple, list)) else [results]
        for place, one in zip(dense, results, strict=True):
            found[place] = one
    return found


def gather_slices(value: IndexedSlices, mean: bool) -> IndexedSlices:
    """The rows of all replicas."""
    rows = gather(convert(value.values), 0)
    if mean:
        rows = OPS["RealDiv"].call(rows, OPS["Cast"].call(convert(float(_world().size)), rows.dtype))
    return IndexedSlices(rows, gather(convert(value.indices), 0), value.dense_shape)


# -- gathering ---------------------------------------------------------------------------------------------------------


def _gathered(raw: Any, *, axis: int) -> Any:
    def now(given: torch.Tensor) -> list[torch.Tensor]:
        return [torch.cat(_world().gathered(given, axis, "all_gather"), axis)]

    return _at_each_call(now, [raw], None)[0]


_gather = primitive("ReplicaAllGather", _gathered, inputs="x", defaults={"axis": 0}, keep=Keep.INPUTS)


def _part(dy: Any, like: Any, *, axis: int) -> Any:
    def now(given: torch.Tensor, mine: torch.Tensor) -> list[torch.Tensor]:
        world = _world()
        sizes = world.exchange(int(mine.shape[axis]), "the gradient of all_gather")
        (total,) = world.sums([given], "the gradient of all_gather")
        return [total.narrow(axis, sum(sizes[: world.rank]), sizes[world.rank]).clone()]

    return _at_each_call(now, [dy, like], [(like.shape, dy.dtype, dy.device)])[0]


_gather_part = primitive(
    "ReplicaAllGatherGrad", _part, inputs="dy like", defaults={"axis": 0}, same=(), keep=Keep.NOTHING
)


@gradient("ReplicaAllGather")
def _gather_gradient(op: Any, dy: Any) -> Any:
    return OPS["ReplicaAllGatherGrad"].call(dy, op.inputs[0], axis=op.get_attr("axis"))


@gradient("ReplicaAllGatherGrad")
def _gather_part_gradient(op: Any, dy: Any) -> Any:
    return OPS["ReplicaAllGather"].call(dy, axis=op.get_attr("axis")), None


def gather(value: Tensor, axis: int) -> Tensor:
    """The values of all replicas, joined along `axis`.

    Raises:
      ValueError: a scalar, or an axis that it does not have. InvalidArgumentError: the other axes differ.
    """
    rank = value.shape.rank or 0
    if not -rank <= axis < rank:
        raise ValueError(
            f"all_gather: there is no axis {axis} in a value of shape {value.shape} to gather along."
        )
    if not isinstance(value._t, torch.Tensor):
        raise invalid("all_gather: Value for attr 'T' of string is not in the list of allowed values")
    found: Tensor = _gather(value, axis=axis % rank)
    return found


# -- what ranks have ---------------------------------------------------------------------------------------------------


def broadcast(value: Tensor, what: str) -> Tensor:
    """The value that the first replica has."""
    if not isinstance(value._t, torch.Tensor):
        return convert(_world().exchange([x.decode("latin1") for x in value._t.ravel()], what)[0])

    def now(raw: torch.Tensor) -> list[torch.Tensor]:
        return [_world().broadcast(raw, what)]

    raw = value._t
    return Tensor(_at_each_call(now, [raw], [(raw.shape, raw.dtype, raw.device)])[0], None)


def values_of_ranks(value: Tensor) -> list[Tensor]:
    """What each replica has, which may be of other shapes."""

    def now(raw: torch.Tensor) -> list[torch.Tensor]:
        world = _world()
        shapes = world.exchange(list(raw.shape), "the values of a PerReplica")
        flat = world.gathered(raw.reshape(-1), 0, "the values of a PerReplica")
        return [x.reshape(shape).clone() for x, shape in zip(flat, shapes, strict=True)]

    raw = value._t
    if not isinstance(raw, torch.Tensor):
        texts = _world().exchange(
            [list(raw.shape), [x.decode("latin1") for x in raw.ravel()]], "PerReplica.values"
        )
        return [
            convert([x.encode("latin1") for x in one], dtypes.string)
            if shape
            else convert(one[0].encode("latin1"))
            for shape, one in texts
        ]
    same = None
    return [Tensor(x, None) for x in _at_each_call(now, [raw], same)]
