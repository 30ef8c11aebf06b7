"""`tensorflow.python.trackable.data_structures`: the classes of lists and dicts on attributes of modules."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.trackable import Trackable

__all__ = ["ListWrapper", "_DictWrapper"]


class ListWrapper(Trackable, list[Any]):
    """A list that may be a child. Modules keep their lists as they are here, so libraries alone make it."""

    def __init__(self, wrapped_list: Any = ()) -> None:
        super().__init__(wrapped_list)


class _DictWrapper(Trackable, dict[Any, Any]):
    """A dict that may be a child. Modules keep their dicts as they are here, so libraries alone make it."""

    def __init__(self, wrapped_dict: Any = ()) -> None:
        super().__init__(wrapped_dict)
