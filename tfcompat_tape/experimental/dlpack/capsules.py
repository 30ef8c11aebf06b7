"""The namespace `tf.experimental.dlpack`: tensors of other libraries, without a copy."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.errors import invalid
from tfcompat_tape.core.tensor import Tensor

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tf_tensor: Any) -> Any:
    """A DLPack capsule of the tensor's memory.

    Raises:
      InvalidArgumentError: it is no Tensor of numbers.

    Source: `tf.experimental.dlpack.to_dlpack`.

    >>> import tfcompat_tape as tf
    >>> capsule = tf.experimental.dlpack.to_dlpack(tf.constant([1.0, 2.0]))
    >>> print(tf.experimental.dlpack.from_dlpack(capsule).numpy())
    [1. 2.]
    """
    if not isinstance(tf_tensor, Tensor) or not isinstance(tf_tensor._t, torch.Tensor):
        raise invalid(f"The argument to `to_dlpack` must be a Tensor of numbers, not {tf_tensor!r}.")
    return tf_tensor.__dlpack__()


def from_dlpack(dlcapsule: Any) -> Tensor:
    """A Tensor that shares the memory of a DLPack capsule.

    Args:
      dlcapsule: a capsule, or an object with `__dlpack__`.

    Raises:
      TypeError: it is neither.

    Source: `tf.experimental.dlpack.from_dlpack`.

    >>> import tfcompat_tape as tf
    >>> import torch
    >>> print(tf.experimental.dlpack.from_dlpack(torch.tensor([1.0, 2.0]).__dlpack__()).numpy())
    [1. 2.]
    """
    if type(dlcapsule).__name__ != "PyCapsule" and not hasattr(dlcapsule, "__dlpack__"):
        raise TypeError(f"from_dlpack: a DLPack capsule is expected, got {dlcapsule!r}.")
    return Tensor(torch.from_dlpack(dlcapsule), None)
