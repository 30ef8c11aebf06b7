"""Restoring objects from a checkpoint, now or when they come.

A `Restoration` is one call of `restore`. It gives each object the values of the node that has its place in the graph:
those that are there at once; what an object lacks so far waits with it as a `Position` under its name.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Callable
from typing import Any

from tfcompat_tape.checkpoint.graph import values_of
from tfcompat_tape.control.scopes import init_scope
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.trackable import VARIABLE_VALUE, has_own_values
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.printing import get_logger

_uids = itertools.count(1).__next__


class Restoration:
    """One restoring of objects: the graph, where values are read, and what was found so far.

    Args:
      graph: the message of the graph.
      reader: has the tensors by key.
      view: the objects and their dependencies.
      skip_slots: leave what optimizers keep for variables as it is.
    """

    def __init__(self, graph: Any, reader: Any, view: Any, skip_slots: bool = False) -> None:
        self.uid = _uids()
        self.nodes = [*graph.nodes]
        self.reader = reader
        self.view = view
        self.objects: dict[int, Callable[[], Any]] = {}
        self.matched: set[int] = set()
        self.unused: dict[int, list[str]] = {}
        self.slots: dict[int, list[Any]] = {}
        self.waiting_slots: dict[int, list[tuple[Any, Any]]] = {}
        self.deferred: list[tuple[list[Position], Position]] = []
        if not skip_slots:
            for i, node in enumerate(self.nodes):
                for slot in node.slot_variables:
                    self.slots.setdefault(i, []).append(slot)
        self.report = Report(self)

    @property
    def restore_uid(self) -> int:
        """Its number."""
        return self.uid

    def give_up(self) -> None:
        """Nothing waits any more: it has failed."""
        self.report.expect_partial = True
        for waiting, position in self.deferred:
            if position in waiting:
                waiting.remove(position)

    def bound(self, i: int) -> Any:
        """The object that node `i` was given to, or `None`."""
        found = self.objects.get(i)
        return None if found is None else found()

    def tensor(self, key: str, dtype: Any = None) -> Tensor:
        """A value of the checkpoint; InvalidArgumentError if the object wants another dtype."""
        return self.reader.tensor(key, dtype)

    def tensor_like(self, key: str, dtype: Any, like: Any) -> Tensor:
        """A value for a Variable that is sharded as the DTensor `like`."""
        return self.reader.tensor_like(key, dtype, like)


def _weak(obj: Any) -> Callable[[], Any]:
    """A reference that does not keep the object; tuples can only be kept."""
    return (lambda: obj) if isinstance(obj, tuple) else weakref.ref(obj)


class Report:
    """Says, when a restoration is over and its objects go, which of its values nobody has taken."""

    def __init__(self, restoration: Restoration) -> None:
        self._nodes = restoration.nodes
        self._matched = restoration.matched
        self._unused = restoration.unused
        self.expect_partial = False  # the last one: whoever has it has all

    def __del__(self) -> None:
        if getattr(self, "expect_partial", True):
            return
        names = _node_names(self._nodes)
        lines = [
            f"Value in checkpoint could not be found in the restored object: {names.get(i, '(root)')}"
            for i, node in enumerate(self._nodes)
            if len(node.attributes) and i not in self._matched
        ]
        lines += [
            f"Value in checkpoint could not be found in the restored object: {names.get(i, '(root)')}.{name}"
            for i, left in self._unused.items()
            for name in left
        ]
        if not lines:
            return
        logger = get_logger()
        logger.warning(
            "Detecting that an object or model or tf.train.Checkpoint is being deleted with unrestored values. See the "
            "following logs for the specific values in question. To silence these warnings, use "
            "`status.expect_partial()`. See https://www.tensorflow.org/api_docs/python/tf/train/Checkpoint#restore for "
            "details about the status object returned by the restore function."
        )
        for line in lines:
            logger.warning(line)


def _node_names(nodes: list[Any]) -> dict[int, str]:
    """How to name each node: the path from the root."""
    found = {0: "(root)"}
    waiting = [0]
    slots = []
    for i in waiting:  # which grows
        for child in nodes[i].children:
            if child.node_id not in found:
                found[child.node_id] = f"{found[i]}.{child.local_name}"
                waiting.append(child.node_id)
        slots += [(i, slot) for slot in nodes[i].slot_variables]
    for i, slot in slots:
        original = found.get(slot.original_variable_node_id, "(root)")
        found.setdefault(slot.slot_variable_node_id, f"{found[i]}'s state '{slot.slot_name}' for {original}")
    return found


class Position:
    """A node of the graph that is to be given to an object."""

    def __init__(self, restoration: Restoration, node_id: int) -> None:
        self.restoration = restoration
        self.node_id = node_id

    @property
    def checkpoint(self) -> Restoration:
        """The restoration that this is a part of."""
        return self.restoration

    @property
    def restore_uid(self) -> int:
        """Its number."""
        return self.restoration.uid

    @property
    def object_proto(self) -> Any:
        """The node."""
        return self.restoration.nodes[self.node_id]

    @property
    def trackable(self) -> Any:
        """The object that it was given to."""
        return self.restoration.bound(self.node_id)

    @property
    def has_values(self) -> bool:
        """Whether there is anything to restore, here or below."""
        node = self.object_proto
        return not node.HasField("has_checkpoint_values") or bool(node.has_checkpoint_values.value)

    def is_simple_variable(self) -> bool:
        """Whether the node is one value, with nothing below."""
        attributes = self.object_proto.attributes
        return (
            len(attributes) == 1
            and attributes[0].name == VARIABLE_VALUE
            and not len(self.object_proto.children)
        )

    def variable_value(self) -> Tensor:
        """The value of a node that is a variable."""
        return self.restoration.tensor(self.object_proto.attributes[0].checkpoint_key)

    value_tensors = variable_value

    def bind_object(self, trackable: Any) -> bool:
        """Say that `trackable` has the place of this node; False if another object has it already."""
        restoration, i = self.restoration, self.node_id
        restoration.matched.add(i)
        present = restoration.bound(i)
        if present is None:
            restoration.objects[i] = _weak(trackable)
            return True
        if present is not trackable:
            get_logger().warning(
                "Inconsistent references when loading the checkpoint into this object graph. For example, in the "
                "saved checkpoint object, `model.layer.weight` and `model.layer_copy.weight` reference the same "
                f"variable, while in the current object these are two different variables. The referenced variables "
                f"are:({present} and {trackable})."
            )
        return False

    def restore(self, trackable: Any) -> None:
        """Give the object, and all that hangs on it, its values; breadth first.

        All values are read before the first one is given: where one cannot be, the objects are as they were. An object
        that is made while a `tf.function` is traced is restored at once too, as no part of the trace.
        """
        with init_scope():
            self._restore(trackable)

    def _restore(self, trackable: Any) -> None:
        waiting: list[tuple[Position, Any]] = [(self, trackable)]
        to_restore: list[tuple[Position, Any]] = []
        met: set[int] = set()
        for position, obj in waiting:  # which grows
            if position.bind_object(obj):
                obj._maybe_initialize_trackable()
                if obj._update_uid < self.restore_uid and id(obj) not in met:
                    met.add(id(obj))
                    to_restore.append((position, obj))
                waiting += position._below(obj)
        ready = [position._prepared(obj) for position, obj in to_restore]
        for (_, obj), give in zip(to_restore, ready, strict=True):
            give()
            obj._update_uid = self.restore_uid
        for position, obj in waiting:
            if position.trackable is obj:
                position._restore_slots(obj)

    def _below(self, obj: Any) -> list[tuple[Position, Any]]:
        """The dependencies that are there; what is not waits with the object."""
        restoration = self.restoration
        found: list[tuple[Position, Any]] = []
        for child in self.object_proto.children:
            position = Position(restoration, child.node_id)
            below = restoration.view.lookup(obj, child.local_name)
            if below is not None:
                found.append((position, below))
            elif hasattr(obj, "_deferred_dependencies") and position.has_values:
                waiting = obj._deferred_dependencies.setdefault(child.local_name, [])
                waiting.append(position)
                restoration.deferred.append((waiting, position))
        return found

    def _prepared(self, obj: Any) -> Callable[[], Any]:
        """What gives an object its values, which have been read."""
        keys = {attribute.name: attribute.checkpoint_key for attribute in self.object_proto.attributes}
        if not keys:
            return _nothing
        give, left = prepared(obj, keys, self.restoration)
        if left:
            self.restoration.unused.setdefault(self.node_id, []).extend(left)
        return give

    def _restore_slots(self, obj: Any) -> None:
        """What an optimizer keeps for variables: once both are there."""
        restoration = self.restoration
        for optimizer, slot in restoration.waiting_slots.pop(self.node_id, ()):
            _create_slot(restoration, optimizer, slot, obj)
        for slot in restoration.slots.pop(self.node_id, ()):
            variable = restoration.bound(slot.original_variable_node_id)
            if variable is not None:
                _create_slot(restoration, obj, slot, variable)
            else:
                restoration.waiting_slots.setdefault(slot.original_variable_node_id, []).append((obj, slot))


def _create_slot(restoration: Restoration, optimizer: Any, slot: Any, variable: Any) -> None:
    create = getattr(optimizer, "_create_or_restore_slot_variable", None)
    if create is not None:
        create(
            slot_variable_position=Position(restoration, slot.slot_variable_node_id),
            variable=variable,
            slot_name=slot.slot_name,
        )


def _nothing() -> None:
    pass


def prepared(obj: Any, keys: dict[str, str], source: Any) -> tuple[Callable[[], Any], list[str]]:
    """What gives an object its values, which lie under these keys, and the names of those that it has no use for."""
    if isinstance(obj, Variable):
        if VARIABLE_VALUE not in keys:
            return _nothing, list(keys)
        give = assignment(obj, _value_for(obj, keys[VARIABLE_VALUE], source))
        return give, [name for name in keys if name != VARIABLE_VALUE]
    own = values_of(obj)
    if not own:
        return _nothing, list(keys)
    stem = getattr(obj, "_checkpoint_attribute", None)
    if stem is not None and stem in keys:
        keys = {name: f"{keys[stem]}{name}" for name in own}
    # An object with one value is given the one that there is, whatever its name is.
    if len(own) == 1 and len(keys) == 1 and not own.keys() & keys.keys():
        keys = dict(zip(own, keys.values(), strict=True))
    left = [name for name in keys if name not in own]
    found = {
        name: source.tensor(keys[name], getattr(value, "dtype", None))
        for name, value in own.items()
        if name in keys
    }
    if has_own_values(obj):
        return functools.partial(obj._restore_from_tensors, found), left
    gives = [
        _saveable(factory, name, found) for name, factory in obj._gather_saveables_for_checkpoint().items()
    ]
    return lambda: [give() for give in gives], left


def _value_for(variable: Variable, key: str, source: Any) -> Tensor:
    """What a Variable is to have: of a sharded one, each rank reads its own part."""
    raw = variable._t
    if hasattr(raw, "placements"):
        found: Tensor = source.tensor_like(key, variable.dtype, raw)
        return found
    value: Tensor = source.tensor(key, variable.dtype)
    return value


def _saveable(factory: Any, name: str, found: dict[str, Any]) -> Callable[[], Any]:
    """What gives one saveable of an object its values: a Variable, or something with `restore`."""
    made = factory(name=name) if callable(factory) and not isinstance(factory, Variable) else factory
    if isinstance(made, Variable):
        return assignment(made, found[name]) if name in found else _nothing
    given = [value for key, value in found.items() if key.startswith(name)]
    return functools.partial(made.restore, given, None) if given else _nothing


def assignment(variable: Any, value: Tensor) -> Callable[[], Any]:
    """What assigns a value to a variable.

    Raises:
      ValueError: the value has another shape.
    """
    variable._check_restored(value)
    return functools.partial(variable.assign, value, read_value=False)
