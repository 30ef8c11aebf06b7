"""What is known of objects, by identity, for as long as they live."""

from __future__ import annotations

import weakref
from typing import Any


class OfInstances:
    """A dictionary from objects, hashable or not, to what is known of them; it forgets them when they go."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[int, tuple[Any, Any]] = {}

    def get(self, instance: Any) -> Any:
        """What is known of `instance`, or `None`."""
        found = self._values.get(id(instance))
        return found[1] if found is not None else None

    def __setitem__(self, instance: Any, value: Any) -> None:
        number = id(instance)
        try:
            held: Any = weakref.ref(instance, lambda _: self._values.pop(number, None))
        except TypeError:
            held = instance
        self._values[number] = held, value
