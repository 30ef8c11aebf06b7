"""From objects to names: the graph of dependencies, walked breadth first, and the key of each value."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

from tfcompat_tape.checkpoint.messages import (
    BoolValue,
    ObjectReference,
    SerializedTensor,
    SlotVariableReference,
    TrackableObject,
    TrackableObjectGraph,
)
from tfcompat_tape.core.trackable import Trackable, TrackableReference, has_own_values
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.trackable.data_structures import wrap_or_unwrap

__all__ = ["ObjectGraphView"]

_ATTRIBUTES = ".ATTRIBUTES"
_SLOT = ".OPTIMIZER_SLOT"

Path = tuple[str, ...]


def as_trackable(value: Any) -> Any:
    """A dependency as an object that can be walked into: lists and dicts become those that are tracked."""
    wrapped = wrap_or_unwrap(value)
    if not isinstance(wrapped, Trackable) and not hasattr(wrapped, "_trackable_children"):
        raise ValueError(f"{value!r} of {type(value)} is a dependency of an object, and cannot be tracked")
    return wrapped


def children_of(obj: Any, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
    """What an object depends on, by name."""
    return {name: as_trackable(child) for name, child in obj._trackable_children(save_type, **kwargs).items()}


def escaped(name: str) -> str:
    """A name as a part of a key, in which `/` and `.` have a meaning."""
    return name.replace(".", "..").replace("/", ".S")


def object_key(path: Path) -> str:
    """The key of an object."""
    return "/".join(map(escaped, path))


def value_key(object_path: str, name: str) -> str:
    """The key of one value of an object."""
    return f"{object_path}/{_ATTRIBUTES}/{escaped(name)}" if object_path else f"{_ATTRIBUTES}/{escaped(name)}"


def slot_key(variable: str, optimizer: str, name: str) -> str:
    """The key of the variable that an optimizer keeps for another one."""
    return f"{variable}/{_SLOT}/{optimizer}/{escaped(name)}"


def alive(reference: Any) -> Any:
    """The object of a weak reference, or `None` where it is gone; anything else as it is."""
    return reference() if isinstance(reference, weakref.ref) else reference


class ObjectGraphView:
    """What can be reached from a root, each object once, with the shortest path of names to it.

    Args:
      root: where the walk begins, or a weak reference to it.
      attached_dependencies: further dependencies of the root: references, or a dict by name.
    """

    def __init__(self, root: Any, attached_dependencies: Any = None) -> None:
        self._root = root
        # A dict stays the one that was given: what is put in later is attached too.
        given = attached_dependencies
        self.attached: dict[str, Any] = given if isinstance(given, dict) else dict(given or ())

    @property
    def root(self) -> Any:
        """Where the walk begins."""
        return alive(self._root)

    @property
    def attached_dependencies(self) -> list[TrackableReference]:
        """The further dependencies of the root."""
        return [TrackableReference(name, alive(child)) for name, child in self.attached.items()]

    def lookup(self, obj: Any, name: str) -> Any:
        """The dependency of an object, or `None`."""
        if name in self.attached and obj is self.root:
            return alive(self.attached[name])
        return obj._lookup_dependency(name)

    def children(self, obj: Any, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        """The dependencies of an object, by name."""
        found = children_of(obj, save_type, **kwargs)
        if obj is self.root:
            found.update((name, alive(child)) for name, child in self.attached.items())
        return found

    def list_children(self, obj: Any, **kwargs: Any) -> list[TrackableReference]:
        """The dependencies of an object."""
        return [TrackableReference(name, child) for name, child in self.children(obj, **kwargs).items()]

    def walk(self) -> tuple[list[Any], list[Path]]:
        """All objects in order, and the paths to them."""
        objects: list[Any] = [self.root]
        seen = {id(self.root)}
        at: list[Path] = [()]
        for i, obj in enumerate(objects):  # which grows
            for name, child in self.children(obj).items():
                if id(child) not in seen:
                    seen.add(id(child))
                    objects.append(child)
                    at.append((*at[i], name))
        return objects, at

    def breadth_first_traversal(self) -> tuple[list[Any], dict[int, Path]]:
        """All objects in order, and the path to each by its `id`."""
        objects, paths = self.walk()
        return objects, {id(obj): path for obj, path in zip(objects, paths, strict=True)}


class Value:
    """A value to be saved: its name within its object, its key, and a function that returns it."""

    __slots__ = ("full_name", "key", "name", "read")

    def __init__(self, name: str, full_name: str, key: str, read: Callable[[], Any]) -> None:
        self.name, self.full_name, self.key, self.read = name, full_name, key, read


def values_of(obj: Any) -> dict[str, Any]:
    """The values of an object, by name: Tensors, Variables, or functions that return one."""
    if has_own_values(obj):
        return dict(obj._serialize_to_tensors())
    found = {}
    for name, factory in obj._gather_saveables_for_checkpoint().items():
        made = factory(name=name) if callable(factory) and not isinstance(factory, Variable) else factory
        specs = getattr(made, "specs", None)
        if specs is None:
            found[name] = made
        elif len(specs) == 1:
            found[name] = specs[0].tensor
        else:
            found.update({f"{name}{spec.name.removeprefix(name)}": spec.tensor for spec in specs})
    return found


def full_name(obj: Any) -> str:
    """The name that an object has by itself: what checkpoints without a graph know it by."""
    if isinstance(obj, Variable):
        return str(getattr(obj, "_shared_name", obj.name.removesuffix(":0")))
    return ""


class Graph:
    """The objects below a root, as they are saved: nodes, and the values of each."""

    def __init__(self, view: ObjectGraphView) -> None:
        objects, paths = view.walk()
        keys = [object_key(path) for path in paths]
        ids = {id(obj): i for i, obj in enumerate(objects)}
        slots: dict[int, list[tuple[int, str, int]]] = {}
        for optimizer, name, variable, kept in list(_slots(objects)):
            i, original = ids[id(optimizer)], ids[id(variable)]
            if id(kept) not in ids:
                ids[id(kept)] = len(objects)
                objects.append(kept)
                keys.append(slot_key(keys[original], keys[i], name))
            slots.setdefault(i, []).append((original, name, ids[id(kept)]))
        self.objects = objects
        self.values: list[list[Value]] = []
        nodes: list[Any] = []
        for i, obj in enumerate(objects):
            node: Any = TrackableObject()
            for name, child in view.children(obj).items():
                node.children.append(ObjectReference(node_id=ids[id(child)], local_name=name))
            for original, name, kept in slots.get(i, ()):
                node.slot_variables.append(
                    SlotVariableReference(
                        original_variable_node_id=original, slot_name=name, slot_variable_node_id=kept
                    )
                )
            stem = getattr(obj, "_checkpoint_attribute", None)
            own = [
                Value(name, full_name(obj), value_key(keys[i], f"{stem or ''}{name}"), _reader(value))
                for name, value in values_of(obj).items()
            ]
            for value in own[: 1 if stem else None]:
                node.attributes.append(
                    SerializedTensor(
                        name=stem or value.name,
                        full_name=value.full_name or None,
                        checkpoint_key=value_key(keys[i], stem) if stem else value.key,
                    )
                )
            self.values.append(own)
            nodes.append(node)
        _mark(nodes)
        self.message: Any = TrackableObjectGraph(nodes=nodes)


def _reader(value: Any) -> Callable[[], Any]:
    return value if callable(value) and not isinstance(value, Trackable) else lambda: value


def _slots(objects: list[Any]) -> Iterator[tuple[Any, str, Any, Any]]:
    """What optimizers keep for variables that are in the graph: optimizer, name, variable, what it keeps."""
    for optimizer in objects:
        names = getattr(optimizer, "get_slot_names", None)
        if names is None or not hasattr(optimizer, "_create_or_restore_slot_variable"):
            continue
        for name in names():
            for variable in [obj for obj in objects if isinstance(obj, Variable)]:
                kept = optimizer.get_slot(variable, name)
                if kept is not None:
                    yield optimizer, name, variable, kept


def _mark(nodes: list[Any]) -> None:
    """Say of each node whether it, or anything below it, has values."""
    parents: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        for child in node.children:
            parents.setdefault(child.node_id, []).append(i)
        for slot in node.slot_variables:
            parents.setdefault(slot.slot_variable_node_id, []).append(i)
    waiting = [i for i, node in enumerate(nodes) if len(node.attributes)]
    marked = set(waiting)
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in marked:
                marked.add(parent)
                waiting.append(parent)
    for i, node in enumerate(nodes):
        node.has_checkpoint_values.CopyFrom(BoolValue(value=i in marked))
