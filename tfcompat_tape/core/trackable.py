"""`Trackable`: what checkpoints need of an object, to find it by the names that lead to it and to restore it.

An object names the objects that it depends on, and gives its own values as Tensors. What a checkpoint has for a name
that an object lacks so far waits with that object, and is restored when something comes under the name.
"""

from __future__ import annotations

import contextlib
import enum
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

__all__ = [
    "OBJECT_GRAPH_PROTO_KEY",
    "VARIABLE_VALUE_KEY",
    "CheckpointInitialValue",
    "CheckpointInitialValueCallable",
    "SaveType",
    "Trackable",
    "TrackableReference",
    "no_automatic_dependency_tracking",
    "no_automatic_dependency_tracking_scope",
]

Method = TypeVar("Method", bound=Callable[..., Any])

OBJECT_GRAPH_PROTO_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
VARIABLE_VALUE = VARIABLE_VALUE_KEY = "VARIABLE_VALUE"


class SaveType(enum.StrEnum):
    """What the dependencies of an object are asked for."""

    SAVEDMODEL = "savedmodel"
    CHECKPOINT = "checkpoint"


class Position(Protocol):
    """A place in a checkpoint from which an object can be restored."""

    @property
    def restore_uid(self) -> int:
        """Restorations are numbered; the newest counts."""

    def restore(self, trackable: Any) -> None:
        """Give the object, and what hangs on it, the values at this place."""


class TrackableReference:
    """A dependency: its name, and the object."""

    __slots__ = ("_name", "_ref")

    def __init__(self, name: str, ref: Any) -> None:
        self._name, self._ref = name, ref

    @property
    def name(self) -> str:
        """The name under which checkpoints find the object."""
        return self._name

    @property
    def ref(self) -> Any:
        """The object."""
        return self._ref

    def __iter__(self) -> Iterator[Any]:
        return iter((self._name, self._ref))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TrackableReference) and (self._name, self._ref) == (other._name, other._ref)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"TrackableReference(name={self._name}, ref={self._ref})"


class Trackable:
    """Base of what checkpoints know by name. A subclass says its dependencies and its values.

    Override `_serialize_to_tensors` and `_restore_from_tensors` for values of its own, and call `_track_trackable` for
    what it depends on, or override `_trackable_children`.

    Source: `tf.__internal__.tracking.Trackable`.
    """

    __slots__ = ()

    # An object whose values have one name in the graph: that of each is what `_serialize_to_tensors` says, behind it.
    _checkpoint_attribute: str | None = None

    _self_setattr_tracking: bool
    _self_update_uid: int

    def _maybe_initialize_trackable(self) -> None:
        """Make the lists that tracking needs, unless they are there."""
        if "_self_unconditional_checkpoint_dependencies" in self.__dict__:
            return
        self.__dict__.update(
            _self_unconditional_checkpoint_dependencies=[],
            _self_unconditional_dependency_names={},
            _self_unconditional_deferred_dependencies={},
            _self_update_uid=-1,
            _self_name_based_restores=set(),
        )
        self.__dict__.setdefault("_self_setattr_tracking", True)

    @property
    def _setattr_tracking(self) -> bool:
        return bool(getattr(self, "_self_setattr_tracking", True))

    @_setattr_tracking.setter
    def _setattr_tracking(self, value: bool) -> None:
        object.__setattr__(self, "_self_setattr_tracking", value)

    @property
    def _update_uid(self) -> int:
        """The number of the restoration that this object had last."""
        return int(getattr(self, "_self_update_uid", -1))

    @_update_uid.setter
    def _update_uid(self, value: int) -> None:
        object.__setattr__(self, "_self_update_uid", value)

    @property
    def _object_identifier(self) -> str:
        return "_generic_user_object"

    @property
    def _unconditional_checkpoint_dependencies(self) -> list[TrackableReference]:
        self._maybe_initialize_trackable()
        found: list[TrackableReference] = self._self_unconditional_checkpoint_dependencies  # type: ignore[attr-defined]
        return found

    @property
    def _unconditional_dependency_names(self) -> dict[str, Any]:
        self._maybe_initialize_trackable()
        found: dict[str, Any] = self._self_unconditional_dependency_names  # type: ignore[attr-defined]
        return found

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        """All dependencies, with their names."""
        return [TrackableReference(name, ref) for name, ref in self._trackable_children().items()]

    @property
    def _deferred_dependencies(self) -> dict[str, list[Position]]:
        """What waits for an object of some name."""
        self._maybe_initialize_trackable()
        found: dict[str, list[Position]] = self._self_unconditional_deferred_dependencies  # type: ignore[attr-defined]
        return found

    @property
    def _name_based_restores(self) -> set[Any]:
        self._maybe_initialize_trackable()
        found: set[Any] = self._self_name_based_restores  # type: ignore[attr-defined]
        return found

    def _no_dependency(self, value: Any) -> Any:
        """`value`, marked as no dependency by classes that track attributes."""
        return value

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Make `trackable` a dependency called `name`, and restore what waits for it.

        Raises:
          TypeError: an object that is not trackable.
          ValueError: another object has this name, and it is not to be replaced (`overwrite`).
        """
        self._maybe_initialize_trackable()
        if not isinstance(trackable, Trackable):
            raise TypeError(
                "Trackable._track_trackable() can only be used to track objects of type Trackable. Got type "
                f"{type(trackable)}."
            )
        if not getattr(self, "_manual_deferred", False):
            present = self._lookup_dependency(name)
            listed = self._unconditional_checkpoint_dependencies
            if present is not None and present is not trackable:
                if not overwrite:
                    raise ValueError(
                        f"Called Trackable._track_trackable() with name='{name}', but a Trackable with this name is "
                        "already declared as a dependency. Names must be unique (or overwrite=True)."
                    )
                for i, reference in enumerate(listed):
                    if reference.name == name:
                        listed[i] = TrackableReference(name, trackable)
            elif present is None:
                listed.append(TrackableReference(name, trackable))
        self._unconditional_dependency_names[name] = trackable
        self._handle_deferred_dependencies(name, trackable)
        return trackable

    def _add_trackable_child(self, name: str, value: Any) -> None:
        """Put what was loaded under a name. Nothing is asked of it here."""

    def _handle_deferred_dependencies(self, name: str, trackable: Any) -> None:
        """Restore `trackable`, which has just come under `name`, from what waits for it, the newest first."""
        self._maybe_initialize_trackable()
        trackable._maybe_initialize_trackable()
        waiting = self._deferred_dependencies.pop(name, ())
        for position in sorted(waiting, key=lambda each: each.restore_uid, reverse=True):
            position.restore(trackable)
        for restore in sorted(self._name_based_restores, key=lambda each: each.restore_uid, reverse=True):
            trackable._name_based_attribute_restore(restore)

    def _name_based_attribute_restore(self, checkpoint: Any) -> None:
        """Restore the values of this object from a checkpoint that knows variables by their own names."""
        self._name_based_restores.add(checkpoint)
        if self._update_uid < checkpoint.restore_uid:
            checkpoint.eager_restore(self)
            self._update_uid = checkpoint.restore_uid

    def _lookup_dependency(self, name: str, cached_dependencies: Mapping[str, Any] | None = None) -> Any:
        """The dependency of this name, or `None`."""
        if cached_dependencies is not None:
            return cached_dependencies.get(name)
        return self._unconditional_dependency_names.get(name)

    def _preload_simple_restoration(self, name: str) -> CheckpointInitialValueCallable | None:
        """The value that waits for a variable `name`, if there is one and nothing else waits with it."""
        positions = self._deferred_dependencies.get(name, ())
        if not positions:
            return None
        newest: Any = max(positions, key=lambda each: each.restore_uid)
        if not newest.is_simple_variable():
            return None
        return CheckpointInitialValueCallable(newest)

    def _add_variable_with_custom_getter(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = "float32",
        initializer: Any = None,
        getter: Any = None,
        overwrite: bool = False,
        **kwargs_for_getter: Any,
    ) -> Any:
        """Make a variable by `getter`, which gets these arguments, and track it under `name`."""
        if not overwrite and self._lookup_dependency(name) is not None:
            raise ValueError(
                f"A variable named '{name}' already exists in this Trackable, but Trackable._add_variable called to "
                "create another with that name. Variable names must be unique within a Trackable object."
            )
        made = getter(name=name, shape=shape, dtype=dtype, initializer=initializer, **kwargs_for_getter)
        return (
            self._track_trackable(made, name=name, overwrite=overwrite)
            if isinstance(made, Trackable)
            else made
        )

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        """The dependencies by name."""
        return {reference.name: reference.ref for reference in self._unconditional_checkpoint_dependencies}

    def _serialize_to_tensors(self) -> dict[str, Any]:
        """The values of this object: Tensors by name.

        Raises:
          NotImplementedError: it has none.
        """
        raise NotImplementedError(f"{type(self).__name__} has no values of its own.")

    def _restore_from_tensors(self, restored_tensors: Mapping[str, Any]) -> Any:
        """Take on the values that `_serialize_to_tensors` has given."""
        raise NotImplementedError(f"{type(self).__name__} has no values of its own.")

    def _gather_saveables_for_checkpoint(self) -> Mapping[str, Any]:
        """Values by name, the older way: Variables, or functions of a name that return what has them."""
        return {}

    def _deserialization_dependencies(self, children: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def _checkpoint_adapter(self, path: str) -> Any:
        return None

    def _copy_trackable_to_cpu(self, object_map: Any) -> None:
        """A copy of this object for a save that goes on in the background."""
        del object_map

    def _export_to_saved_model_graph(
        self, object_map: Any, tensor_map: Any, options: Any, **kwargs: Any
    ) -> list[Any]:
        return []

    def _serialize_to_proto(self, object_proto: Any = None, **kwargs: Any) -> Any:
        return None

    @classmethod
    def _deserialize_from_proto(cls, **kwargs: Any) -> Any:
        return cls()


class CheckpointInitialValueCallable:
    """A value from a checkpoint as the initial value of a variable: a function without arguments gives it."""

    def __init__(self, checkpoint_position: Any) -> None:
        self._position = checkpoint_position

    @property
    def checkpoint_position(self) -> Any:
        """Where the value lies."""
        return self._position

    @property
    def restore_uid(self) -> int:
        """The number of the restoration."""
        return int(self._position.restore_uid)

    def __call__(self, shape: Any = None, dtype: Any = None, shard_info: Any = None) -> Any:
        return self._position.variable_value()


class CheckpointInitialValue:
    """A value from a checkpoint, wrapped for whoever makes a variable of it."""

    def __init__(self, checkpoint_position: Any, shape: Any = None, shard_info: Any = None) -> None:
        self.checkpoint_position = checkpoint_position
        self.wrapped_value = checkpoint_position.variable_value()


def no_automatic_dependency_tracking(method: Method) -> Method:
    """Decorator of a method: the attributes that it assigns become no dependencies."""

    @functools.wraps(method)
    def untracked(self: Any, *args: Any, **kwargs: Any) -> Any:
        with no_automatic_dependency_tracking_scope(self):
            return method(self, *args, **kwargs)

    return untracked  # type: ignore[return-value]


@contextlib.contextmanager
def no_automatic_dependency_tracking_scope(obj: Any) -> Iterator[None]:
    """Within this context the attributes that `obj` is given become no dependencies."""
    before = getattr(obj, "_self_setattr_tracking", True)
    obj._self_setattr_tracking = False
    try:
        yield
    finally:
        obj._self_setattr_tracking = before


def has_own_values(trackable: Any) -> bool:
    """Whether a class says how its objects are saved. A class that is no Trackable may do so too."""
    found = getattr(type(trackable), "_serialize_to_tensors", None)
    return found is not None and found is not Trackable._serialize_to_tensors
