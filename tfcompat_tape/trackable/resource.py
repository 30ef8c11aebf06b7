"""`TrackableResource`: what is made once and used by functions, such as a table."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core.trackable import Trackable

__all__ = ["CapturableResource", "TrackableResource"]


class CapturableResource(Trackable):
    """Base of resources: `_create_resource` makes the handle, when it is first asked for.

    Args:
      device: where it is; taken for compatibility.
    """

    def __init__(self, device: str = "") -> None:
        self._resource_handle: Any = None
        self._resource_device = device

    def _create_resource(self) -> Any:
        raise NotImplementedError("TrackableResource._create_resource not implemented.")

    def _initialize(self) -> None:
        """Fill it: a subclass may."""

    def _destroy_resource(self) -> None:
        """Give it back: a subclass may. It is called when the object is gone."""

    @property
    def resource_handle(self) -> Any:
        """What `_create_resource` gave."""
        if self._resource_handle is None:
            self._resource_handle = self._create_resource()
        return self._resource_handle


class TrackableResource(CapturableResource):
    """Base of resources that belong to a model.

    Override `_create_resource`, which makes the handle when it is first asked for, `_initialize`, and
    `_destroy_resource`, which is called when the object is gone.

    Source: `tf.saved_model.experimental.TrackableResource`.

    >>> import tfcompat_tape as tf
    >>> class Numbers(tf.saved_model.experimental.TrackableResource):
    ...     def _create_resource(self):
    ...         return tf.constant(3.0)
    >>> Numbers().resource_handle.numpy().item()
    3.0
    """

    def __del__(self) -> None:
        if self.__dict__.get("_resource_handle") is not None:
            self._destroy_resource()
