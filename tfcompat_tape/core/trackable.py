"""Objects that know which others hang on them, by name: what checkpoints and libraries walk along."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

_CHILDREN = "_self_unconditional_dependency_names"
_TRACKING = "_self_setattr_tracking"


class Trackable:
    """The base of what has children that are kept by name: Variables, modules, and the classes of libraries.

    Source: `tf.__internal__.tracking.Trackable`.
    """

    __slots__ = ()

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Keep `trackable` as the child `name`, and return it.

        Raises:
          TypeError: it is no Trackable.
          ValueError: another child has the name, and is not to be replaced.
        """
        if not isinstance(trackable, Trackable):
            raise TypeError(
                f"Trackable._track_trackable() can only be used to track Trackable objects, "
                f"got {trackable!r}."
            )
        children: dict[str, Any] = self.__dict__.setdefault(_CHILDREN, {})
        if name in children and children[name] is not trackable and not overwrite:
            raise ValueError(
                f"Called Trackable._track_trackable() with name='{name}', but a Trackable with this name is already "
                "declared as a dependency. Names must be unique (or overwrite=True)."
            )
        children[name] = trackable
        return trackable

    def _lookup_dependency(self, name: str, cached_dependencies: Any = None) -> Any:
        """The child with this name, or `None`."""
        children = self._trackable_children() if cached_dependencies is None else cached_dependencies
        return children.get(name)

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        """The children by name."""
        return dict(self.__dict__.get(_CHILDREN, {}))

    def _no_dependency(self, value: Any) -> Any:
        """`value`, to be set as an attribute that is no child."""
        return value


class AutoTrackable(Trackable):
    """A Trackable whose attributes are its children, as far as they are Trackables.

    Source: `tf.__internal__.tracking.AutoTrackable`.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Trackable):
            if self.__dict__.get(_TRACKING, True):
                self._track_trackable(value, name, overwrite=True)
        else:
            self.__dict__.get(_CHILDREN, {}).pop(name, None)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self.__dict__.get(_CHILDREN, {}).pop(name, None)
        super().__delattr__(name)


def no_automatic_dependency_tracking(method: Method) -> Method:
    """Decorator: what the method sets as attributes does not become a child.

    Source: `tf.__internal__.tracking.no_automatic_dependency_tracking`.
    """

    @functools.wraps(method)
    def untracked(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = self.__dict__.get(_TRACKING, True)
        self.__dict__[_TRACKING] = False
        try:
            return method(self, *args, **kwargs)
        finally:
            self.__dict__[_TRACKING] = before

    return untracked  # type: ignore[return-value]
