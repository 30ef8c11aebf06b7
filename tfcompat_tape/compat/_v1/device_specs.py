"""`tf.compat.v1.DeviceSpec`: names of devices that can be changed."""

from __future__ import annotations

from typing import Any

from tfcompat_tape.core import devices

__all__ = ["DeviceSpec"]


def _part(name: str, kind: Any) -> Any:
    def get(self: Any) -> Any:
        return getattr(self, f"_{name}")

    def put(self: Any, value: Any) -> None:
        setattr(self, f"_{name}", None if value is None else kind(value))

    return property(get, put, doc=f"The part `{name}` of the name, which may be set.")


class DeviceSpec(devices.DeviceSpec):
    """A device name in parts, each of which may be missing, and set.

    Source: `tf.compat.v1.DeviceSpec`.

    >>> import tfcompat_tape as tf
    >>> spec = tf.compat.v1.DeviceSpec(job="worker")
    >>> spec.device_type = "gpu"
    >>> spec.merge_from(tf.compat.v1.DeviceSpec.from_string("/device:GPU:1"))
    >>> spec.to_string()
    '/job:worker/device:GPU:1'
    """

    __slots__ = ()

    job = _part("job", str)
    replica = _part("replica", int)
    task = _part("task", int)
    device_type = _part("device_type", lambda value: str(value).upper())
    device_index = _part("device_index", int)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """Take all parts from a name."""
        for name, value in self.from_string(spec)._as_dict().items():
            setattr(self, f"_{name}", value)
        return self

    def merge_from(self, dev: devices.DeviceSpec) -> None:
        """Take those parts from another name that it has."""
        for name, value in dev._as_dict().items():
            if value is not None:
                setattr(self, f"_{name}", value)

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A copy with the given parts changed."""
        return DeviceSpec(**{**self._as_dict(), **kwargs})
