"""Lists, dicts and tuples that take part in a graph of trackable objects.

Assigned to an attribute of a `tf.Module`, a list becomes a `ListWrapper`, a dict a `_DictWrapper`, and a tuple that
holds something to track a `_TupleWrapper`. They behave as what they wrap, which list and dict share with whoever has
it, and name what they hold: by index, or by key.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import cache
from typing import Any, SupportsIndex

from tfcompat_tape.core.trackable import Trackable
from tfcompat_tape.core.variable import Variable
from tfcompat_tape.printing import get_logger
from tfcompat_tape.trackable import unsaved

__all__ = [
    "List",
    "ListWrapper",
    "NoDependency",
    "TrackableDataStructure",
    "_DictWrapper",
    "_TupleWrapper",
    "sticky_attribute_assignment",
    "wrap",
    "wrap_or_unwrap",
]


class NoDependency:
    """Marks a value that is assigned to an attribute as no dependency; the attribute has the value itself."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class TrackableDataStructure(Trackable):
    """Base of the containers. They say which Variables are in them, as modules do."""

    @property
    def _values(self) -> Iterable[Any]:
        """What the container holds."""
        raise NotImplementedError("Abstract method")

    @property
    def trainable(self) -> bool:
        """Whether the Variables in it count as trainable."""
        return bool(self.__dict__.get("_self_trainable", True))

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.__dict__["_self_trainable"] = value

    @property
    def layers(self) -> list[Any]:
        """What has Variables of its own, in order."""
        found: list[Any] = []
        for value in self._values:
            if isinstance(value, TrackableDataStructure):
                found += value.layers
            elif _has_variables(value):
                found.append(value)
        return found

    def _weights(self, which: str, trainable: bool) -> list[Any]:
        return [
            *(variable for layer in self.layers for variable in getattr(layer, which)),
            *(variable for variable in _own(self) if variable.trainable is trainable),
        ]

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of the layers, then its own; none if the container is not trainable."""
        return self._weights("trainable_variables", True) if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Any]:
        """Those that are not trainable; all of them if the container is not."""
        others = self._weights("non_trainable_variables", False)
        return others if self.trainable else [*self._weights("trainable_variables", True), *others]

    @property
    def variables(self) -> list[Any]:
        """The trainable ones, then the others."""
        return [*self.trainable_variables, *self.non_trainable_variables]

    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables
    weights = variables

    @property
    def losses(self) -> list[Any]:
        """Those of the layers."""
        return [loss for layer in self.layers for loss in getattr(layer, "losses", ())]

    @property
    def updates(self) -> list[Any]:
        """Those of the layers."""
        return [update for layer in self.layers for update in getattr(layer, "updates", ())]

    def _track_value(self, value: Any, name: str) -> Any:
        """`value` as it is stored; a dependency called `name` if it can be one."""
        ignored = isinstance(value, NoDependency)
        value = wrap_or_unwrap(value)
        if isinstance(value, Trackable) and not ignored:
            self._tracked(value, name)
        return value

    def _tracked(self, value: Trackable, name: str) -> None:
        """Note a dependency. As in TensorFlow, what waits for it in a checkpoint and does not fit is left out."""
        try:
            self._track_trackable(value, name=name, overwrite=True)
        except ValueError as error:
            get_logger().warning(
                f"A value of a checkpoint is left out, for it does not fit what came under {name!r}: {error}"
            )


def _own(container: TrackableDataStructure) -> Iterator[Any]:
    """The Variables that a container, or one within it, holds directly."""
    for value in container._values:
        if isinstance(value, Variable):
            yield value
        elif isinstance(value, TrackableDataStructure):
            yield from _own(value)


def _has_variables(value: Any) -> bool:
    return hasattr(value, "trainable_variables") and hasattr(value, "non_trainable_variables")


class ListWrapper(TrackableDataStructure, list[Any]):
    """A list that is tracked. It shares its elements with the list that it was made from.

    Only appending keeps the names of what it holds: a list in which something trackable was moved or replaced, or that
    was changed behind its back, cannot be saved, and says so then.
    """

    def __init__(self, wrapped_list: Any = ()) -> None:
        self._storage: list[Any] = wrapped_list if type(wrapped_list) is list else list(wrapped_list)
        self._non_append_mutation = False
        self._external_modification = False
        self._maybe_initialize_trackable()
        for i, element in enumerate(self._storage):
            self._storage[i] = self._track_value(element, self._name_element(i))
        self._update_snapshot()

    def _name_element(self, index: int) -> str:
        return str(index)

    @property
    def _values(self) -> Iterable[Any]:
        return self

    def _update_snapshot(self) -> None:
        """Everything is known again: what Python's own functions see of a list is the same as in the shared one."""
        self._last_wrapped_list_snapshot = list(self._storage)
        list.__setitem__(self, slice(None), self._storage)

    def _check_external_modification(self) -> None:
        if self._external_modification or self._non_append_mutation:
            return
        known = self._last_wrapped_list_snapshot
        if len(known) != len(self._storage) or any(
            a is not b for a, b in zip(known, self._storage, strict=True)
        ):
            self._external_modification = True

    def _has_mutation_or_trackable(self) -> bool:
        return self._non_append_mutation or any(isinstance(value, Trackable) for value in self._storage)

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        self._check_external_modification()
        if self._non_append_mutation:
            raise unsaved.list_in_another_order(self)
        if self._external_modification:
            raise unsaved.list_changed_outside(self, self._storage, self._last_wrapped_list_snapshot)
        return super()._trackable_children(save_type, **kwargs)

    # Changes that keep the names.

    def append(self, value: Any) -> None:
        self._check_external_modification()
        self._storage.append(self._track_value(value, self._name_element(len(self._storage))))
        self._update_snapshot()

    def extend(self, values: Iterable[Any]) -> None:
        for value in list(values):
            self.append(value)

    def __iadd__(self, values: Iterable[Any]) -> Any:
        self.extend(values)
        return self

    def __imul__(self, times: Any) -> Any:
        if times <= 0:
            self.clear()
            return self
        self.extend(list(self._storage) * (times - 1))
        return self

    # Changes that do not, if something here is tracked.

    def _change(self, change: Any, *args: Any) -> Any:
        self._check_external_modification()
        self._non_append_mutation = self._has_mutation_or_trackable()
        found = change(self._storage, *args)
        self._non_append_mutation = self._has_mutation_or_trackable()
        self._update_snapshot()
        return found

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, slice):
            self._change(list.__setitem__, key, [wrap_or_unwrap(each) for each in value])
            return
        self._check_external_modification()
        before = self._storage[key]
        if isinstance(before, Trackable):
            self._non_append_mutation = True
        index = range(len(self._storage))[key]
        self._storage[index] = self._track_value(value, self._name_element(index))
        self._update_snapshot()

    def __delitem__(self, key: Any) -> None:
        self._change(list.__delitem__, key)

    def insert(self, index: SupportsIndex, obj: Any) -> None:
        self._change(list.insert, index, wrap_or_unwrap(obj))

    def pop(self, index: SupportsIndex = -1) -> Any:
        return self._change(list.pop, index)

    def remove(self, value: Any) -> None:
        self._change(list.remove, value)

    def clear(self) -> None:
        self._change(list.clear)

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        self._change(lambda storage: storage.sort(key=key, reverse=reverse))

    def reverse(self) -> None:
        self._change(list.reverse)

    # Reading: the shared list answers.

    def __len__(self) -> int:
        return len(self._storage)

    def __getitem__(self, key: Any) -> Any:
        return self._storage[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._storage)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._storage)

    def __contains__(self, value: Any) -> bool:
        return value in self._storage

    def index(self, value: Any, *bounds: Any) -> int:
        return self._storage.index(value, *bounds)

    def count(self, value: Any) -> int:
        return self._storage.count(value)

    def __add__(self, other: Any) -> Any:
        return self._storage + list(other) if isinstance(other, list) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return other + self._storage

    def __mul__(self, times: Any) -> Any:
        return self._storage * times

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return self._storage == getattr(other, "_storage", other)

    def __ne__(self, other: object) -> bool:
        return self._storage != getattr(other, "_storage", other)

    def __lt__(self, other: Any) -> bool:
        return self._storage < getattr(other, "_storage", other)

    def __le__(self, other: Any) -> bool:
        return self._storage <= getattr(other, "_storage", other)

    def __gt__(self, other: Any) -> bool:
        return self._storage > getattr(other, "_storage", other)

    def __ge__(self, other: Any) -> bool:
        return self._storage >= getattr(other, "_storage", other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ListWrapper({self._storage!r})"

    def copy(self) -> Any:
        return ListWrapper(list(self._storage))

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> Any:
        return _deep(self, ListWrapper(), memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return ListWrapper, (list(self._storage),)


class List(ListWrapper):
    """A list of trackable objects alone."""

    def __init__(self, *args: Any) -> None:
        super().__init__(list(*args))

    def _track_value(self, value: Any, name: str) -> Any:
        value = super()._track_value(value, name)
        if not isinstance(value, Trackable):
            raise ValueError(
                "Only trackable objects (such as Layers or Optimizers) may be stored in a List object. Got "
                f"{value}, which does not inherit from Trackable."
            )
        return value

    def __repr__(self) -> str:
        return f"List({self._storage!r})"


def _deep(old: Any, made: Any, memo: Any) -> Any:
    """A deep copy of a wrapper's contents in a new wrapper, which is known in `memo` before its contents are."""
    import copy

    memo[id(old)] = made
    if isinstance(made, ListWrapper):
        made.extend(copy.deepcopy(each, memo) for each in old._storage)
    else:
        for key, value in old.items():
            made[copy.deepcopy(key, memo)] = copy.deepcopy(value, memo)
    return made


class _DictWrapper(TrackableDataStructure):
    """A dict, or OrderedDict, that is tracked: it stands for the very dict that it was made from.

    What is not defined here is asked of that dict. A dict that was changed behind the wrapper's back, or in which
    something trackable has a key that is no string, cannot be saved, and says so then.
    """

    __wrapped__: Any

    def __init__(self, wrapped_dict: Any = None) -> None:
        if wrapped_dict is None:
            wrapped_dict = {}
        elif not isinstance(wrapped_dict, Mapping):
            wrapped_dict = dict(wrapped_dict)
        self.__dict__["__wrapped__"] = getattr(wrapped_dict, "__wrapped__", wrapped_dict)
        self.__dict__.update(_self_non_string_key=False, _self_external_modification=False)
        self._maybe_initialize_trackable()
        for key in list(self.__wrapped__):
            self.__wrapped__[key] = self._kept(key, self.__wrapped__[key])
        self._update_snapshot()

    # `isinstance` asks `__class__`: this is a dict to it.
    __class__ = property(lambda self: type(self.__wrapped__))  # type: ignore[assignment]

    @property
    def _values(self) -> Iterable[Any]:
        """Those with keys in order, where they have one."""
        try:
            keys = sorted(self.__wrapped__)
        except TypeError:
            keys = list(self.__wrapped__)
        return tuple(self.__wrapped__[key] for key in keys)

    def _kept(self, key: Any, value: Any) -> Any:
        ignored = isinstance(value, NoDependency)
        if isinstance(key, str):
            return self._track_value(value, name=key)
        value = wrap_or_unwrap(value)
        if not ignored and isinstance(value, Trackable):
            self.__dict__["_self_non_string_key"] = True
        return value

    def _update_snapshot(self) -> None:
        self.__dict__["_self_last_wrapped_dict_snapshot"] = list(self.__wrapped__.items())

    def _check_external_modification(self) -> None:
        known, present = self._self_last_wrapped_dict_snapshot, self.__wrapped__.items()
        if len(known) != len(present) or any(
            a is not b or x is not y for (a, x), (b, y) in zip(known, present, strict=True)
        ):
            self.__dict__["_self_external_modification"] = True

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        self._check_external_modification()
        if self._self_non_string_key:
            raise unsaved.dict_with_other_keys(self.__wrapped__)
        if self._self_external_modification:
            raise unsaved.dict_changed_outside(self.__wrapped__, self._self_last_wrapped_dict_snapshot)
        return super()._trackable_children(save_type, **kwargs)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._check_external_modification()
        self.__wrapped__[key] = self._kept(key, value)
        self._update_snapshot()

    def __delitem__(self, key: Any) -> None:
        self._check_external_modification()
        del self.__wrapped__[key]
        self._update_snapshot()

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def copy(self) -> Any:
        return _DictWrapper(self.__wrapped__.copy())

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> Any:
        return _deep(self, _DictWrapper(type(self.__wrapped__)()), memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self.__wrapped__), (list(self.__wrapped__.items()),)

    def __getattr__(self, name: str) -> Any:
        if name == "__wrapped__":  # not there yet
            raise AttributeError(name)
        return getattr(self.__wrapped__, name)

    def __getitem__(self, key: Any) -> Any:
        return self.__wrapped__[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.__wrapped__)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self.__wrapped__)

    def __len__(self) -> int:
        return len(self.__wrapped__)

    def __contains__(self, key: Any) -> bool:
        return key in self.__wrapped__

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == getattr(other, "__wrapped__", other))

    def __ne__(self, other: object) -> bool:
        return bool(self.__wrapped__ != getattr(other, "__wrapped__", other))

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Any) -> Any:
        return self.__wrapped__ | getattr(other, "__wrapped__", other)

    def __ror__(self, other: Any) -> Any:
        return other | self.__wrapped__

    def __ior__(self, other: Any) -> Any:
        self.__wrapped__.update(other)
        return self

    def __repr__(self) -> str:
        return f"DictWrapper({self.__wrapped__!r})"

    def __str__(self) -> str:
        return str(self.__wrapped__)


MutableMapping.register(_DictWrapper)


class _TupleWrapper(TrackableDataStructure, tuple[Any, ...]):
    """A tuple that is tracked. Those of a class of tuples, such as a namedtuple, are of a class made for it."""

    _plain: type = tuple

    def __new__(cls, items: Any = ()) -> Any:
        made = super().__new__(_wrapper_of(tuple) if cls is _TupleWrapper else cls, items)
        made._track()
        return made

    def _track(self) -> None:
        self._maybe_initialize_trackable()
        names = getattr(self, "_fields", ())
        for i, element in enumerate(self):
            if isinstance(element, Trackable):
                if names:
                    self._track_trackable(element, name=names[i])
                self._track_trackable(element, name=str(i))

    @property
    def _values(self) -> Iterable[Any]:
        return self

    def _as_plain(self) -> Any:
        made: Any = tuple(self)
        return made if self._plain is tuple else self._plain._make(made)  # type: ignore[attr-defined]

    def _replace(self, **fields: Any) -> Any:
        return self._as_plain()._replace(**fields)

    def __add__(self, other: Any) -> Any:
        return self._as_plain() + getattr(other, "_as_plain", lambda: other)()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (tuple, (list(self),)) if self._plain is tuple else (self._plain, tuple(self))

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        import copy

        return _wrapped_tuple(copy.deepcopy(self._as_plain(), memo))

    def __repr__(self) -> str:
        return f"_TupleWrapper({self._as_plain()!r})"

    def __str__(self) -> str:
        return str(self._as_plain())


@cache
def _wrapper_of(plain: type) -> type:
    """The class of tracked tuples of a class."""
    body: dict[str, Any] = {"__module__": __name__}
    if plain is tuple:
        return type("_TupleWrapper", (_TupleWrapper,), body)
    # Made anew, as `tf.nest` does it, it is plain.
    body |= {"_plain": plain, "__new__": lambda cls, *args, **kwargs: plain(*args, **kwargs)}
    return type("_TupleWrapper", (_TupleWrapper, plain), body)


def _wrapped_tuple(value: Any) -> Any:
    """A tuple as one that is tracked, if it holds something to track."""
    elements = [wrap_or_unwrap(element) for element in value]
    changed = any(a is not b for a, b in zip(elements, value, strict=True))
    if not changed and not any(isinstance(element, Trackable) for element in elements):
        return value
    made: Any = tuple.__new__(_wrapper_of(type(value)), elements)
    made._track()
    return made


def _is_plain_tuple(value: Any) -> bool:
    """Whether a tuple is of a kind that can be made anew: a plain one, or a namedtuple."""
    return type(value) is tuple or isinstance(getattr(value, "_fields", None), tuple)


def wrap_or_unwrap(value: Any) -> Any:
    """Lists, dicts and tuples as those that are tracked; what a `NoDependency` marks; anything else as it is."""
    if isinstance(value, NoDependency):
        return value.value
    if isinstance(value, Trackable):
        return value
    kind = type(value)
    if kind is dict or kind is collections.OrderedDict:
        return _DictWrapper(value)
    if kind is list:
        return ListWrapper(value)
    if issubclass(kind, tuple) and _is_plain_tuple(value):
        return _wrapped_tuple(value)
    return value


wrap = wrap_or_unwrap


def sticky_attribute_assignment(trackable: Any, name: str, value: Any) -> Any:
    """What an attribute of `trackable` gets that `value` is assigned to; a dependency if it can be one."""
    ignored = isinstance(value, NoDependency)
    value = wrap_or_unwrap(value)
    if not ignored and isinstance(value, Trackable):
        trackable._track_trackable(value, name=name, overwrite=True)
    return value
