"""Where tensors live: the first CUDA device when there is one, otherwise the CPU.

`tf.device` chooses another device for one block and one thread, the environment's `TFCOMPAT_DEVICE` ("cpu",
"cuda:1", "/GPU:0") for the whole process. CUDA is asked when a device is first needed: the import stays fast.
"""

from __future__ import annotations

import os
import re
import threading
from types import TracebackType
from typing import Any, NamedTuple

import torch

from tfcompat_tape.core.errors import invalid

CPU = torch.device("cpu")


class PhysicalDevice(NamedTuple):
    """A device of the machine, e.g. name "/physical_device:GPU:0", device_type "GPU".

    >>> import tfcompat_tape as tf
    >>> tf.config.list_physical_devices('CPU')
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that tensors can be placed on, e.g. name "/device:GPU:0", device_type "GPU".

    >>> import tfcompat_tape as tf
    >>> tf.config.list_logical_devices('CPU')
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """

    name: str
    device_type: str


# -- names -----------------------------------------------------------------------------------------

_TYPES = frozenset({"CPU", "GPU", "TPU", "EPU", "CUSTOM"})  # the types that may be written without "device:"


class DeviceSpec:
    """A device name in parts, any of which may be missing; immutable.

    Source: tf.DeviceSpec.

    >>> import tfcompat_tape as tf
    >>> tf.DeviceSpec(job="localhost", device_type="GPU", device_index=0).to_string()
    '/job:localhost/device:GPU:0'
    """

    __slots__ = ("_device_index", "_device_type", "_job", "_replica", "_task")

    def __init__(
        self,
        job: Any = None,
        replica: Any = None,
        task: Any = None,
        device_type: Any = None,
        device_index: Any = None,
    ) -> None:
        self._job = None if job is None else str(job)
        self._replica = None if replica is None else int(replica)
        self._task = None if task is None else int(task)
        self._device_type = None if device_type is None else str(device_type).upper()
        self._device_index = None if device_index is None else int(device_index)

    @property
    def job(self) -> str | None:
        """The job's name."""
        return self._job

    @property
    def replica(self) -> int | None:
        """The replica's number."""
        return self._replica

    @property
    def task(self) -> int | None:
        """The task's number."""
        return self._task

    @property
    def device_type(self) -> str | None:
        """ "CPU" or "GPU", in capitals."""
        return self._device_type

    @property
    def device_index(self) -> int | None:
        """The device's number among those of its type; None for any."""
        return self._device_index

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """The parts of a name such as "/job:localhost/device:GPU:0"; ValueError if it cannot be read."""
        parts: dict[str, Any] = {}
        for section in spec.split("/"):
            key, *rest = section.split(":")
            if key in ("job", "replica", "task") and len(rest) == 1:
                parts[key] = rest[0]
            elif (key.upper() in _TYPES and len(rest) <= 1) or (key == "device" and len(rest) == 2):
                if "device_type" in parts:
                    raise ValueError(
                        f"Multiple device types are not allowed while parsing the device spec: {spec}."
                    )
                kind, *index = [key, *rest] if key != "device" else rest
                parts["device_type"] = kind
                parts["device_index"] = None if index in ([], ["*"]) else index[0]
            elif key:
                raise ValueError(
                    f"Unknown attribute '{key}' is encountered while parsing the device spec: '{spec}'."
                )
        return cls(**parts)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """The same as `from_string`."""
        return self.from_string(spec)

    def to_string(self) -> str:
        """The name; the parts that are missing are left out."""
        name = "" if self._job is None else f"/job:{self._job}"
        name += "" if self._replica is None else f"/replica:{self._replica}"
        name += "" if self._task is None else f"/task:{self._task}"
        if self._device_type is not None:
            name += f"/device:{self._device_type}:{'*' if self._device_index is None else self._device_index}"
        return name

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A copy with the given parts changed."""
        return DeviceSpec(**{**self._as_dict(), **kwargs})

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """A copy in which the parts that `dev` has win."""
        return self.replace(**{key: value for key, value in dev._as_dict().items() if value is not None})

    def _as_dict(self) -> dict[str, Any]:
        return {
            name[1:]: getattr(self, name)
            for name in ("_job", "_replica", "_task", "_device_type", "_device_index")
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self._as_dict() == other._as_dict()

    def __hash__(self) -> int:
        return hash(tuple(self._as_dict().values()))

    def __repr__(self) -> str:
        return f"<DeviceSpec({', '.join(f'{key}={value}' for key, value in self._as_dict().items())})>"


_HERE = DeviceSpec(job="localhost", replica=0, task=0, device_type="CPU", device_index=0)


# -- what the machine has --------------------------------------------------------------------------


def cuda_count() -> int:
    """How many CUDA devices torch sees."""
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


class _Placement:
    """The process's state: which devices may be used, and the default once a tensor has been placed."""

    def __init__(self) -> None:
        self.soft = True
        self.visible_gpus: tuple[int, ...] | None = (
            None  # CUDA numbers in TensorFlow's order; None before asking
        )
        self.default: torch.device | None = None
        self.cpus = 1  # logical ones: names of the one CPU
        self.names: dict[torch.device, str] = {}


_placement = _Placement()


def visible_gpus() -> tuple[int, ...]:
    """CUDA numbers of the devices that may be used; position i is TensorFlow's GPU:i."""
    if _placement.visible_gpus is None:
        _placement.visible_gpus = tuple(range(cuda_count()))
    return _placement.visible_gpus


def set_visible_gpus(numbers: tuple[int, ...]) -> None:
    """Allow only these CUDA devices; RuntimeError if that changes anything after a tensor was placed."""
    if initialized() and numbers != visible_gpus():
        raise RuntimeError("Visible devices cannot be modified after being initialized")
    _placement.visible_gpus = numbers
    _placement.names.clear()


def initialized() -> bool:
    """Whether a device has been chosen for some tensor."""
    return _placement.default is not None


def forget() -> None:
    """The next tensor is the first to be placed."""
    _placement.default = None


def cpus() -> int:
    """How many logical devices the CPU counts as."""
    return _placement.cpus


def set_cpus(count: int) -> None:
    """Let the CPU count as several devices, which differ by name only."""
    _placement.cpus = count


def logical_cpu() -> int:
    """The number of the CPU on which the running `tf.device` block places what is made."""
    spec = blocks.spec
    index = (spec.device_index or 0) if spec.device_type == "CPU" else 0
    return index if index < _placement.cpus else 0  # one that there is not gives way to the first


def soft_placement() -> bool:
    """Whether a device that does not exist gives way to the default one."""
    return _placement.soft


def set_soft_placement(enabled: bool) -> None:
    """Whether a device that does not exist gives way to the default one, or is an error."""
    _placement.soft = enabled


def default() -> torch.device:
    """The device outside every `tf.device` block."""
    if _placement.default is None:
        wished = os.environ.get("TFCOMPAT_DEVICE")
        if wished:
            _placement.default = _wished_by_environment(wished)
        else:
            gpus = visible_gpus()
            _placement.default = torch.device("cuda", gpus[0]) if gpus else CPU
    return _placement.default


def _wished_by_environment(name: str) -> torch.device:
    as_torch = re.fullmatch(r"cuda(?::(\d+))?", name.strip())
    spec = (
        DeviceSpec(device_type="GPU", device_index=as_torch[1] or 0)
        if as_torch
        else DeviceSpec.from_string(name.strip())
    )
    found = existing(spec)
    if found is None:
        raise invalid(
            f"TFCOMPAT_DEVICE={name!r} names a device that this machine does not have: {_available()}."
        )
    return found


def existing(spec: DeviceSpec) -> torch.device | None:
    """The device that a spec with a type names, None if there is none such here."""
    if not _is_here(spec):
        return None
    index = spec.device_index or 0
    if spec.device_type == "CPU":
        return CPU if 0 <= index < _placement.cpus else None
    gpus = visible_gpus()
    if spec.device_type == "GPU" and 0 <= index < len(gpus):
        return torch.device("cuda", gpus[index])
    return None


def _is_here(spec: DeviceSpec) -> bool:
    return (spec.job or "localhost") == "localhost" and not spec.replica and not spec.task


def _available() -> str:
    names = [device_string(CPU, i) for i in range(_placement.cpus)]
    names += [device_string(torch.device("cuda", i)) for i in visible_gpus()]
    return f"All available devices [{', '.join(names)}]."


# -- the device of the running block ---------------------------------------------------------------


class _Blocks(threading.local):
    """What the innermost `tf.device` block of this thread says."""

    device: torch.device | None = None
    spec: DeviceSpec = DeviceSpec()


blocks = _Blocks()


def current() -> torch.device:
    """The device for new tensors of this thread."""
    return blocks.device or _placement.default or default()


def chosen() -> DeviceSpec:
    """The parts of a device that blocks of `tf.device` name, in this thread."""
    return blocks.spec


class device:
    """A block in which new tensors go to one device.

    Args:
        device_name: "/CPU:0", "GPU:0", "/job:localhost/replica:0/task:0/device:GPU:0", a DeviceSpec or a
            LogicalDevice; None for the default. Parts that it leaves out come from the block outside.

    A device that does not exist gives way to the default one; without soft placement (see `tf.config`), or on
    another job, it is an InvalidArgumentError. ValueError for a name that cannot be read.
    Source: tf.device.

    >>> import tfcompat_tape as tf
    >>> with tf.device("/CPU:0"):
    ...     tf.constant(1.0).device
    '/job:localhost/replica:0/task:0/device:CPU:0'
    """

    __slots__ = ("_outer", "_spec")

    def __init__(self, device_name: Any) -> None:
        self._spec = _as_spec(device_name)
        self._outer: list[tuple[torch.device | None, DeviceSpec]] = []

    def __enter__(self) -> None:
        spec = DeviceSpec() if self._spec is None else blocks.spec.make_merged_spec(self._spec)
        found = _resolve(spec)
        self._outer.append((blocks.device, blocks.spec))
        blocks.device, blocks.spec = found, spec

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        blocks.device, blocks.spec = self._outer.pop()


def _as_spec(name: Any) -> DeviceSpec | None:
    if name is None or isinstance(name, DeviceSpec):
        return name
    if isinstance(name, LogicalDevice):
        name = name.name
    if isinstance(name, str):
        return DeviceSpec.from_string(name)
    if callable(name):
        raise RuntimeError("tf.device does not support functions.")
    raise ValueError(f"Expecting a string device name. Got {type(name)}({name!s})")


def _resolve(spec: DeviceSpec) -> torch.device | None:
    """The device that a block asks for; None where it leaves the choice open."""
    if not _is_here(spec):
        raise invalid(f"{_HERE.make_merged_spec(spec).to_string()} unknown device.")
    if (spec.device_index or 0) < 0:
        raise invalid(f"Malformed device specification '{_HERE.make_merged_spec(spec).to_string()}'")
    if spec.device_type is None:
        return None
    found = existing(spec)
    if found is None and not _placement.soft:
        raise invalid(
            f"Could not satisfy device specification '{_HERE.make_merged_spec(spec).to_string()}'. "
            f"enable_soft_placement=0. {_available()}"
        )
    return found


def device_string(where: torch.device, logical: int = 0) -> str:
    """TensorFlow's full name of a torch device: "/job:localhost/replica:0/task:0/device:CPU:0".

    `logical`: which of the logical devices that the CPU counts as.
    """
    if logical and where.type == "cpu":
        return _HERE.replace(device_index=logical).to_string()
    name = _placement.names.get(where)
    if name is None:
        index = where.index or 0
        kind = where.type.upper()
        if kind == "CUDA":
            gpus = visible_gpus()
            kind, index = "GPU", gpus.index(index) if index in gpus else index
        name = _placement.names[where] = _HERE.replace(device_type=kind, device_index=index).to_string()
    return name
