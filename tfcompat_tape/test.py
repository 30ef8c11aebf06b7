"""The namespace `tf.test`: gradients checked by finite differences, and what this machine has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tfcompat_tape._coverage import missing_names
from tfcompat_tape.core import devices
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.tensor import Tensor, to_numpy
from tfcompat_tape.tape.gradient_tape import GradientTape

__all__ = [
    "compute_gradient",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_gpu_available",
]

Jacobians = tuple[np.ndarray[Any, Any], ...]


def compute_gradient(
    f: Callable[..., Any], x: Any, delta: float | None = None
) -> tuple[Jacobians, Jacobians]:
    """The Jacobians of `f` as its gradients give them, and as central differences give them.

    Args:
      f: function of `len(x)` Tensors that returns a Tensor.
      x: list of floating or complex values.
      delta: step of the differences; 1/1024 by default, which binary numbers hold exactly.

    Returns:
      Two tuples of matrices, one row per element of `f(*x)` and one column per element of the argument. A complex
      number counts as two real ones.

    Raises:
      ValueError: `x` is no list.
      AssertionError: an argument is of an integer dtype.

    Source: `tf.test.compute_gradient`.

    >>> import tfcompat_tape as tf
    >>> theory, numeric = tf.test.compute_gradient(lambda x: x * x, [tf.constant([1.0, 2.0])])
    >>> print(theory[0])
    [[2. 0.]
     [0. 4.]]
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError(
            f"`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a {type(x)}"
        )
    step = 1.0 / 1024 if delta is None else delta
    tensors = [convert(value) for value in x]
    for i, tensor in enumerate(tensors):
        if not (tensor.dtype.is_floating or tensor.dtype.is_complex):
            raise AssertionError(
                f"Cannot compute gradient for unsupported type {tensor.dtype.name} of argument {i}"
            )
    numbers = range(len(tensors))
    return tuple(_theory(f, tensors, i) for i in numbers), tuple(
        _numeric(f, tensors, i, step) for i in numbers
    )


def _as_real(array: Any) -> np.ndarray[Any, Any]:
    """A flat array of real numbers, two for a complex one."""
    flat = np.ascontiguousarray(array).reshape(-1)
    real: np.ndarray[Any, Any] = flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat
    return real


def _theory(f: Callable[..., Any], tensors: list[Tensor], which: int) -> np.ndarray[Any, Any]:
    handles = [Tensor(t._t, None) for t in tensors]
    with GradientTape(persistent=True) as tape:
        tape.watch(handles[which])
        y = convert(f(*handles))
    units = 2 if y.dtype.is_complex else 1
    rows = []
    for i in range(y._t.numel()):
        for unit in (1.0, 1.0j)[:units]:
            seed = torch.zeros_like(y._t)
            seed.reshape(-1)[i] = unit
            grad = tape.gradient(
                y, handles[which], output_gradients=Tensor(seed, None), unconnected_gradients="zero"
            )
            rows.append(_as_real(to_numpy(convert(grad)._t)))
    columns = len(_as_real(to_numpy(tensors[which]._t)))
    return np.stack(rows) if rows else np.zeros((0, columns), tensors[which].dtype.real_dtype.as_numpy_dtype)


def _numeric(f: Callable[..., Any], tensors: list[Tensor], which: int, step: float) -> np.ndarray[Any, Any]:
    start = to_numpy(tensors[which]._t)
    wide = start.astype(np.complex128 if np.iscomplexobj(start) else np.float64)

    def moved(column: int, by: float) -> np.ndarray[Any, Any]:
        point = wide.copy().reshape(-1)
        _as_real(point)[column] += by
        raw = torch.from_numpy(point.reshape(start.shape)).to(tensors[which]._t)
        args = [Tensor(raw if i == which else t._t, None) for i, t in enumerate(tensors)]
        return _as_real(to_numpy(convert(f(*args))._t)).astype(np.float64)

    columns = [(moved(i, step) - moved(i, -step)) / (2 * step) for i in range(_as_real(wide).size)]
    dtype = tensors[which].dtype.real_dtype.as_numpy_dtype
    return np.stack(columns, axis=1).astype(dtype) if columns else np.zeros((0, 0), dtype)


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


__getattr__ = missing_names("tf.test")
