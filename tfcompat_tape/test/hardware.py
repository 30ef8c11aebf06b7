"""What this machine and this build of torch have."""

from __future__ import annotations

import torch

from tfcompat_tape.core import devices

__all__ = [
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_gpu_available",
]


def sync_devices() -> None:
    """Wait until all GPUs have done what they were given. Source: `tf.test.experimental.sync_devices`.

    >>> import tfcompat_tape as tf
    >>> tf.test.experimental.sync_devices()
    """
    for number in devices.visible_gpus():
        torch.cuda.synchronize(number)


def gpu_device_name() -> str:
    """The name of the first GPU, `""` if there is none. Source: `tf.test.gpu_device_name`.

    >>> import tfcompat_tape as tf
    >>> tf.test.gpu_device_name() in ("", "/device:GPU:0")
    True
    """
    return "/device:GPU:0" if devices.visible_gpus() else ""


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None
) -> bool:
    """Whether there is a GPU, of at least the given compute capability. Source: `tf.test.is_gpu_available`.

    >>> import tfcompat_tape as tf
    >>> tf.test.is_gpu_available() == bool(tf.config.list_physical_devices("GPU"))
    True
    """
    least = min_cuda_compute_capability or (0, 0)
    return any(torch.cuda.get_device_capability(number) >= least for number in devices.visible_gpus())


def is_built_with_cuda() -> bool:
    """Whether torch was built with CUDA. Source: `tf.test.is_built_with_cuda`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.test.is_built_with_cuda(), bool)
    True
    """
    return torch.version.cuda is not None


def is_built_with_rocm() -> bool:
    """Whether torch was built with ROCm. Source: `tf.test.is_built_with_rocm`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.test.is_built_with_rocm(), bool)
    True
    """
    return torch.version.hip is not None


def is_built_with_gpu_support() -> bool:
    """Whether torch was built for GPUs. Source: `tf.test.is_built_with_gpu_support`.

    >>> import tfcompat_tape as tf
    >>> isinstance(tf.test.is_built_with_gpu_support(), bool)
    True
    """
    return is_built_with_cuda() or is_built_with_rocm()
