"""``tf.config``: the devices of the machine, and which of them are used."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from tfcompat_tape.core import devices
from tfcompat_tape.core.devices import LogicalDevice, PhysicalDevice
from tfcompat_tape.core.errors import not_found


class LogicalDeviceConfiguration(NamedTuple):
    """How a physical device is used; `memory_limit` is in MiB.

    Source: `tf.config.LogicalDeviceConfiguration`.

    >>> import tfcompat_tape as tf
    >>> tf.config.LogicalDeviceConfiguration(memory_limit=1024).memory_limit
    1024
    """

    memory_limit: float | None = None
    experimental_priority: int | None = None
    experimental_device_ordinal: int | None = None


# -- devices --------------------------------------------------------------------------------------


def _cpu() -> PhysicalDevice:
    return PhysicalDevice("/physical_device:CPU:0", "CPU")


def _gpu(number: int) -> PhysicalDevice:
    return PhysicalDevice(f"/physical_device:GPU:{number}", "GPU")


def _of_type(found: list[Any], device_type: str | None) -> list[Any]:
    return [one for one in found if device_type in (None, one.device_type)]


def _gpu_number(device: Any) -> int | None:
    """The CUDA number of a physical device, None for the CPU; ValueError if the machine has no such device."""
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")
    return None if device.device_type == "CPU" else int(device.name.rpartition(":")[2])


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of this machine: its CPU and the CUDA devices that torch sees.

    Args:
        device_type: "CPU" or "GPU" for only these.

    Source: tf.config.list_physical_devices.

    >>> import tfcompat_tape as tf
    >>> tf.config.list_physical_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return _of_type([_cpu(), *map(_gpu, range(devices.cuda_count()))], device_type)


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices that Tensors can be placed on; from now on they are settled.

    Args:
        device_type: "CPU" or "GPU" for only these.

    Source: tf.config.list_logical_devices.

    >>> import tfcompat_tape as tf
    >>> tf.config.list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    devices.default()
    gpus = [LogicalDevice(f"/device:GPU:{i}", "GPU") for i in range(len(devices.visible_gpus()))]
    cpus = [LogicalDevice(f"/device:CPU:{i}", "CPU") for i in range(devices.cpus())]
    return _of_type([*cpus, *gpus], device_type)


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The physical devices that are used; at first all of them.

    Source: tf.config.get_visible_devices.

    >>> import tfcompat_tape as tf
    >>> tf.config.get_visible_devices("CPU")
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    """
    return _of_type([_cpu(), *map(_gpu, devices.visible_gpus())], device_type)


# The parameter is named as in TensorFlow, which hides the module here.
def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Use only some of the physical devices; `set_visible_devices([], "GPU")` keeps everything on the CPU.

    Args:
        devices: a PhysicalDevice or a list of them.
        device_type: "CPU" or "GPU": leave the devices of other types as they are.

    Raises ValueError for a device that is not there or not of the type, RuntimeError once a Tensor has been placed,
    NotFoundError if it leaves no CPU. Source: tf.config.set_visible_devices.

    >>> import tfcompat_tape as tf
    >>> tf.config.set_visible_devices(tf.config.get_visible_devices())
    """
    wanted = devices if isinstance(devices, list) else [devices]
    numbers = [_gpu_number(device) for device in wanted]
    for device in wanted:
        if device_type not in (None, device.device_type):
            raise ValueError(f"Unrecognized device: {device!r}")
    if device_type in (None, "CPU") and None not in numbers:
        if _initialized():
            raise RuntimeError("Visible devices cannot be modified after being initialized")
        raise not_found("No CPU devices are available in this process")
    if device_type in (None, "GPU"):
        _set_visible_gpus(tuple(number for number in numbers if number is not None))


_initialized = devices.initialized
_set_visible_gpus = devices.set_visible_gpus


def get_soft_device_placement() -> bool:
    """Whether `tf.device` with a device that does not exist falls back to the default one (True at first).

    Source: tf.config.get_soft_device_placement.

    >>> import tfcompat_tape as tf
    >>> tf.config.get_soft_device_placement()
    True
    """
    return devices.soft_placement()


def set_soft_device_placement(enabled: bool) -> None:
    """Whether `tf.device` with a device that does not exist falls back, or is an InvalidArgumentError.

    Source: tf.config.set_soft_device_placement.

    >>> import tfcompat_tape as tf
    >>> tf.config.set_soft_device_placement(True)
    """
    devices.set_soft_placement(bool(enabled))


# -- logical devices --------------------------------------------------------------------------------

_configurations: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = {}


def get_logical_device_configuration(device: PhysicalDevice) -> list[LogicalDeviceConfiguration] | None:
    """What `set_logical_device_configuration` was given for a device, None if nothing.

    Source: tf.config.get_logical_device_configuration.

    >>> import tfcompat_tape as tf
    >>> tf.config.get_logical_device_configuration(tf.config.list_physical_devices("CPU")[0])
    """
    _gpu_number(device)
    return _configurations.get(device)


def set_logical_device_configuration(
    device: PhysicalDevice, logical_devices: list[LogicalDeviceConfiguration]
) -> None:
    """Let the CPU count as several devices, or limit the memory that is used of a GPU.

    Args:
        device: a physical device.
        logical_devices: LogicalDeviceConfigurations. As many as there are become devices "/CPU:0", "/CPU:1" and so on,
            which differ by name only. A GPU can have one: several are a ValueError, as torch cannot split it. What asks
            for more memory gets a ResourceExhaustedError.

    Raises ValueError for a device that is not there or a limit on the CPU, RuntimeError once a Tensor has been placed.
    Source: tf.config.set_logical_device_configuration.

    >>> import tfcompat_tape as tf
    >>> cpu, *gpus = tf.config.list_physical_devices()
    >>> tf.config.set_logical_device_configuration(cpu, [])
    """
    number = _gpu_number(device)
    configurations = list(logical_devices)
    if number is None and any(one.memory_limit is not None for one in configurations):
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    for name in ("experimental_priority", "experimental_device_ordinal"):
        if number is None and any(getattr(one, name) is not None for one in configurations):
            raise ValueError(f"Setting {name} on CPU virtual devices is currently not supported")
    if number is not None and len(configurations) > 1:
        raise ValueError(f"torch cannot split {device.name} into {len(configurations)} logical devices.")
    if configurations != _configurations.get(device, []) and devices.initialized():
        raise RuntimeError("Virtual devices cannot be modified after being initialized")
    _configurations[device] = configurations
    if number is None and max(len(configurations), 1) != devices.cpus():
        from tfcompat_tape.config._logical import split_cpu

        split_cpu(max(len(configurations), 1))
    if number is not None and configurations and configurations[0].memory_limit is not None:
        total = torch.cuda.get_device_properties(number).total_memory
        fraction = min(1.0, configurations[0].memory_limit * 2**20 / total)
        torch.cuda.set_per_process_memory_fraction(fraction, number)


def forget() -> None:
    """No logical devices are chosen, and none is in use: they can be chosen again."""
    _configurations.clear()
    if devices.cpus() != 1:
        from tfcompat_tape.config._logical import split_cpu

        split_cpu(1)
    devices.forget()


# -- functions ------------------------------------------------------------------------------------

_functions_run_eagerly = False


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Whether every `tf.function` runs as the plain Python function that it wraps.

    Source: tf.config.run_functions_eagerly.

    >>> import tfcompat_tape as tf
    >>> tf.config.run_functions_eagerly(False)
    """
    global _functions_run_eagerly
    _functions_run_eagerly = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """What `run_functions_eagerly` was set to; False at first.

    Source: tf.config.functions_run_eagerly.

    >>> import tfcompat_tape as tf
    >>> tf.config.functions_run_eagerly()
    False
    """
    return _functions_run_eagerly


experimental_run_functions_eagerly = run_functions_eagerly
experimental_functions_run_eagerly = functions_run_eagerly

__all__ = [
    "LogicalDevice",
    "LogicalDeviceConfiguration",
    "PhysicalDevice",
    "experimental_functions_run_eagerly",
    "experimental_run_functions_eagerly",
    "functions_run_eagerly",
    "get_logical_device_configuration",
    "get_soft_device_placement",
    "get_visible_devices",
    "list_logical_devices",
    "list_physical_devices",
    "run_functions_eagerly",
    "set_logical_device_configuration",
    "set_soft_device_placement",
    "set_visible_devices",
]
