"""`tensorflow.python.eager.context`: how code is executed, which here is always eagerly."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NoReturn

import torch

from tfcompat_tape.control.scopes import executing_eagerly
from tfcompat_tape.core.devices import DeviceSpec, chosen, current, device_string
from tfcompat_tape.core.errors import unimplemented
from tfcompat_tape.ops import seeds


class Context:
    """What `context()` gives: TensorFlow's runtime, as far as there is something like it here."""

    def executing_eagerly(self) -> bool:
        return executing_eagerly()

    def ensure_initialized(self) -> None:
        """There is nothing to set up."""

    def clear_kernel_cache(self) -> None:
        """There is no such cache."""

    def num_gpus(self) -> int:
        return num_gpus()

    @property
    def device_name(self) -> str:
        """The device that a block of `tf.device` chose, in full; empty outside of one."""
        spec = self.device_spec
        return device_string(current(), spec.device_index or 0) if spec.device_type else spec.to_string()

    @property
    def device_spec(self) -> DeviceSpec:
        """The same in parts, each of which may be missing."""
        return chosen()

    @property
    def scope_name(self) -> str:
        return ""


_CONTEXT = Context()


def context() -> Context:
    return _CONTEXT


def context_safe() -> Context:
    return _CONTEXT


def ensure_initialized() -> None:
    """There is nothing to set up."""


def in_eager_mode() -> bool:
    return executing_eagerly()


def num_gpus() -> int:
    count: int = torch.cuda.device_count()
    return count


def _reset_context() -> None:
    """Forget the global seed, and which logical devices there are: they can be chosen again.

    What was made before stays as it is.
    """
    from tfcompat_tape.config import machine

    seeds.set_seed(None)
    machine.forget()


def get_config() -> NoReturn:
    """Raises: there is no runtime to configure, and so no ConfigProto."""
    raise unimplemented("context.get_config(): there is no runtime that a ConfigProto would describe.")


def get_device_name() -> str:
    """The name of the device that a block of `tf.device` chose."""
    return _CONTEXT.device_name


def async_wait() -> None:
    """Wait until the devices have done what they were given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@contextlib.contextmanager
def eager_mode() -> Iterator[None]:
    """A context of eager execution, which everything is in."""
    yield


def graph_mode() -> NoReturn:
    """Raises: there are no graphs that are built first and run later."""
    raise unimplemented("context.graph_mode(): code is executed eagerly here, and graphs are not built.")


def global_seed() -> Any:
    """What `tf.random.set_seed` was given."""
    return seeds.global_seed()


def set_global_seed(seed: Any) -> None:
    seeds.set_seed(seed)


__all__ = [
    "Context",
    "_reset_context",
    "async_wait",
    "context",
    "context_safe",
    "eager_mode",
    "ensure_initialized",
    "get_config",
    "get_device_name",
    "global_seed",
    "graph_mode",
    "in_eager_mode",
    "num_gpus",
    "set_global_seed",
]
