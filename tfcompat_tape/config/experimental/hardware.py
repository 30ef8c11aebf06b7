"""``tf.config.experimental``: the memory of GPUs, TensorFloat-32, determinism, and older names of ``tf.config``."""

from __future__ import annotations

import os
import warnings
from typing import Any

import torch

from tfcompat_tape.config.machine import (
    LogicalDeviceConfiguration as VirtualDeviceConfiguration,
)
from tfcompat_tape.config.machine import (
    PhysicalDevice,
    _gpu_number,
    get_visible_devices,
    list_logical_devices,
    list_physical_devices,
    set_visible_devices,
)
from tfcompat_tape.config.machine import (
    get_logical_device_configuration as get_virtual_device_configuration,
)
from tfcompat_tape.config.machine import (
    set_logical_device_configuration as set_virtual_device_configuration,
)
from tfcompat_tape.core import devices
from tfcompat_tape.ops import seeds

# -- memory ---------------------------------------------------------------------------------------


def get_memory_growth(device: PhysicalDevice) -> bool:
    """Whether memory of a GPU is taken as it is needed: always, as torch does it.

    Raises ValueError for a device that is not there, KeyError for the CPU.
    Source: tf.config.experimental.get_memory_growth.

    >>> import tfcompat_tape as tf
    >>> [tf.config.experimental.get_memory_growth(gpu) for gpu in tf.config.list_physical_devices("GPU")][1:]
    []
    """
    if _gpu_number(device) is None:
        raise KeyError(device)
    return True


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Take memory of a GPU as it is needed; torch does so in any case, and warns if asked not to.

    Raises ValueError for a device that is not there or the CPU.
    Source: tf.config.experimental.set_memory_growth.

    >>> import tfcompat_tape as tf
    >>> for gpu in tf.config.list_physical_devices("GPU"):
    ...     tf.config.experimental.set_memory_growth(gpu, True)
    """
    if _gpu_number(device) is None:
        raise ValueError("Cannot set memory growth on non-GPU and non-Pluggable devices")
    if not enable:
        warnings.warn("torch takes GPU memory as it is needed; growth cannot be turned off.", stacklevel=2)


def get_memory_info(device: str) -> dict[str, int]:
    """Bytes of a device that live Tensors use now ("current") and used at most ("peak"); zeros for the CPU.

    Args:
        device: a name with an index such as "GPU:0"; ValueError if it is not there.

    Source: tf.config.experimental.get_memory_info.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.get_memory_info("CPU:0")
    {'current': 0, 'peak': 0}
    """
    where = _by_name(device)
    if where.type == "cpu":
        return {"current": 0, "peak": 0}
    return {
        "current": torch.cuda.memory_allocated(where),
        "peak": torch.cuda.max_memory_allocated(where),
    }


def get_memory_usage(device: str) -> int:
    """Bytes of a device that live Tensors use now. Source: tf.config.experimental.get_memory_usage.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.get_memory_usage("CPU:0")
    0
    """
    return get_memory_info(device)["current"]


def reset_memory_stats(device: str) -> None:
    """Let the peak of `get_memory_info` start again from now.

    Source: tf.config.experimental.reset_memory_stats.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.reset_memory_stats("CPU:0")
    """
    where = _by_name(device)
    if where.type == "cuda":
        torch.cuda.reset_peak_memory_stats(where)


def _by_name(name: str) -> torch.device:
    if not isinstance(name, str):
        raise TypeError(f"A device name is a string, got {name!r}.")
    try:
        spec = devices.DeviceSpec.from_string(name)
    except ValueError:
        spec = devices.DeviceSpec()
    if spec.device_type is None or spec.device_index is None:
        raise ValueError(
            f"Failed parsing device name: '{name}'. Note a valid device string should at least contain a device "
            'type and a device index, like "GPU:0".'
        )
    found = devices.existing(spec)
    if found is None:
        raise ValueError(f"No matching devices found for '{name}'")
    return found


# -- what the hardware does -----------------------------------------------------------------------


def get_device_details(device: PhysicalDevice) -> dict[str, Any]:
    """The `device_name` and `compute_capability` of a GPU; nothing for the CPU.

    Raises ValueError for what is no PhysicalDevice. Source: tf.config.experimental.get_device_details.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.get_device_details(tf.config.list_physical_devices("CPU")[0])
    {}
    """
    if not isinstance(device, PhysicalDevice):
        raise ValueError(f"device must be a tf.config.PhysicalDevice, but got: {device}")
    number = _gpu_number(device)
    if number is None:
        return {}
    return {
        "compute_capability": torch.cuda.get_device_capability(number),
        "device_name": torch.cuda.get_device_name(number),
    }


def tensor_float_32_execution_enabled() -> bool:
    """Whether float32 products on a GPU may be rounded to TensorFloat-32; torch's default is False.

    Source: tf.config.experimental.tensor_float_32_execution_enabled.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.tensor_float_32_execution_enabled()
    False
    """
    return bool(torch.backends.cuda.matmul.allow_tf32)


def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Whether float32 products and convolutions on a GPU may be rounded to TensorFloat-32, which is faster.

    Source: tf.config.experimental.enable_tensor_float_32_execution.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.enable_tensor_float_32_execution(False)
    """
    torch.backends.cuda.matmul.allow_tf32 = bool(enabled)
    torch.backends.cudnn.allow_tf32 = bool(enabled)


def enable_op_determinism() -> None:
    """Use only kernels that give the same bits each time; an op without one raises RuntimeError.

    So does a random op without a seed, its own or a global one.

    Source: tf.config.experimental.enable_op_determinism.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.enable_op_determinism()
    >>> import torch
    >>> torch.are_deterministic_algorithms_enabled(), torch.use_deterministic_algorithms(False)
    (True, None)
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS reads it when it starts
    torch.use_deterministic_algorithms(True)
    seeds.require()
    torch.backends.cudnn.benchmark = False


_synchronous = [True]


def get_synchronous_execution() -> bool:
    """What `set_synchronous_execution` was given; True at first.

    Source: tf.config.experimental.get_synchronous_execution.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.get_synchronous_execution()
    True
    """
    return _synchronous[0]


def set_synchronous_execution(enable: bool) -> None:
    """Whether Python waits for ops. On the CPU it does in any case, on a GPU torch never lets it.

    Source: tf.config.experimental.set_synchronous_execution.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.set_synchronous_execution(True)
    """
    _synchronous[0] = bool(enable)


def enable_mlir_bridge() -> None:
    """Nothing: it says how TensorFlow compiles graphs for TPUs. Source: tf.config.experimental.enable_mlir_bridge.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.enable_mlir_bridge()
    """


def disable_mlir_bridge() -> None:
    """Nothing: it says how TensorFlow compiles graphs for TPUs. Source: tf.config.experimental.disable_mlir_bridge.

    >>> import tfcompat_tape as tf
    >>> tf.config.experimental.disable_mlir_bridge()
    """


__all__ = [
    "VirtualDeviceConfiguration",
    "disable_mlir_bridge",
    "enable_mlir_bridge",
    "enable_op_determinism",
    "enable_tensor_float_32_execution",
    "get_device_details",
    "get_memory_growth",
    "get_memory_info",
    "get_memory_usage",
    "get_synchronous_execution",
    "get_virtual_device_configuration",
    "get_visible_devices",
    "list_logical_devices",
    "list_physical_devices",
    "reset_memory_stats",
    "set_memory_growth",
    "set_synchronous_execution",
    "set_virtual_device_configuration",
    "set_visible_devices",
    "tensor_float_32_execution_enabled",
]
