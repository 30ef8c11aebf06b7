"""`tensorflow.python.util.object_identity`: sets and dictionaries of objects by identity."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, MutableMapping, MutableSet
from typing import Any

__all__ = [
    "ObjectIdentityDictionary",
    "ObjectIdentitySet",
    "ObjectIdentityWeakKeyDictionary",
    "ObjectIdentityWeakSet",
    "Reference",
]


class _ObjectIdentityWrapper:
    """An object as a key: equal to another one that holds the same object."""

    __slots__ = ("__weakref__", "_wrapped")

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    @property
    def unwrapped(self) -> Any:
        """The object."""
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ObjectIdentityWrapper):
            raise TypeError(f"Cannot compare wrapped object with unwrapped object {other!r}. Use Reference.")
        return self._wrapped is other._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} wrapping {self._wrapped!r}>"


class Reference(_ObjectIdentityWrapper):
    """A reference to an object that can be a key; `deref()` gives the object."""

    __slots__ = ()

    unwrapped = property()  # there is `deref`

    def deref(self) -> Any:
        """The object."""
        return self._wrapped


class _Keys:
    """Keys by identity: strong ones, or weak ones that go with their objects."""

    _weak = False

    def __init__(self) -> None:
        self._storage: dict[int, Any] = {}

    def _key(self, value: Any) -> Any:
        if not self._weak:
            return value
        number = id(value)
        return weakref.ref(value, lambda _: self._storage.pop(number, None))

    def _object(self, key: Any) -> Any:
        return key() if self._weak else key


class ObjectIdentitySet(_Keys, MutableSet[Any]):
    """A set of objects by identity."""

    def __init__(self, items: Iterable[Any] = ()) -> None:
        super().__init__()
        for item in items:
            self.add(item)

    def __contains__(self, value: object) -> bool:
        return id(value) in self._storage

    def __iter__(self) -> Iterator[Any]:
        return iter([self._object(key) for key in list(self._storage.values())])

    def __len__(self) -> int:
        return len(self._storage)

    def add(self, value: Any) -> None:
        """Take in an object."""
        self._storage[id(value)] = self._key(value)

    def discard(self, value: Any) -> None:
        """Take an object out, if it is there."""
        self._storage.pop(id(value), None)

    def update(self, items: Iterable[Any]) -> None:
        """Take in objects."""
        for item in items:
            self.add(item)

    def intersection(self, items: Iterable[Any]) -> ObjectIdentitySet:
        """Those of `items` that are here."""
        return type(self)([item for item in items if item in self])

    def difference(self, items: Iterable[Any]) -> ObjectIdentitySet:
        """Those that are not in `items`."""
        others = {id(item) for item in items}
        return type(self)([item for item in self if id(item) not in others])


class ObjectIdentityWeakSet(ObjectIdentitySet):
    """A set that does not keep its objects alive."""

    _weak = True


class ObjectIdentityDictionary(_Keys, MutableMapping[Any, Any]):
    """A dictionary whose keys are objects by identity."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return self._storage[id(key)][1]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key: Any, value: Any) -> None:
        self._storage[id(key)] = (self._key(key), value)

    def __delitem__(self, key: Any) -> None:
        del self._storage[id(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter([self._object(key) for key, _ in list(self._storage.values())])

    def __len__(self) -> int:
        return len(self._storage)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(zip(map(repr, self), self.values(), strict=True))})"


class ObjectIdentityWeakKeyDictionary(ObjectIdentityDictionary):
    """A dictionary that does not keep its keys alive."""

    _weak = True
