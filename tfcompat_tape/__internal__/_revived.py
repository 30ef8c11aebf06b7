"""``tf.__internal__.saved_model.load``: which classes objects of a SavedModel become again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfcompat_tape.coverage.names import namespace

__all__ = ["VersionedTypeRegistration", "get_setter", "register_revived_type", "registered_identifiers"]


class VersionedTypeRegistration:
    """How objects of one version are made again.

    Args:
      object_factory: makes the object of its proto.
      version: what is written, and `min_producer_version`: the oldest that is read.
      min_consumer_version: the oldest reader that may read what is written.
      bad_consumers: readers that may not.
      setter: puts what hangs on the object to it.
    """

    def __init__(
        self,
        object_factory: Callable[..., Any],
        version: int,
        min_producer_version: int,
        min_consumer_version: int,
        bad_consumers: Sequence[int] | None = None,
        setter: Callable[..., Any] = setattr,
    ) -> None:
        self.object_factory = object_factory
        self.version = version
        self.min_producer_version = min_producer_version
        self.min_consumer_version = min_consumer_version
        self.bad_consumers = bad_consumers or []
        self.setter = setter
        self.identifier: str | None = None


_types: dict[str, tuple[Callable[[Any], bool], Sequence[VersionedTypeRegistration]]] = {}


def register_revived_type(
    identifier: str, predicate: Callable[[Any], bool], versions: Sequence[VersionedTypeRegistration]
) -> None:
    """Objects that `predicate` knows are written as `identifier`.

    Raises:
      AssertionError: the identifier is taken.
    """
    if identifier in _types:
        raise AssertionError(f"Duplicate registrations for type {identifier!r}")
    for version in versions:
        version.identifier = identifier
    _types[identifier] = (predicate, versions)


def registered_identifiers() -> Any:
    """The identifiers that are taken."""
    return _types.keys()


def get_setter(proto: Any) -> Callable[..., Any] | None:
    """What puts children to an object of this proto; `None` if its identifier is not known."""
    found = _types.get(proto.identifier)
    return None if found is None else found[1][0].setter


__getattr__ = namespace(globals(), "tf.__internal__.saved_model.load")
