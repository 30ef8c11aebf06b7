"""Initializers: callables that make initial values of a given shape and dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tfcompat_tape.arrays.creation import ones, zeros
from tfcompat_tape.core import dtypes
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import DType
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import as_sizes
from tfcompat_tape.random.sampling import normal, uniform
from tfcompat_tape.random.stateless import stateless_normal, stateless_uniform

__all__ = [
    "constant_initializer",
    "ones_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "zeros_initializer",
]

_PARTITION = ("partition_shape", "partition_offset")


class Initializer:
    """What all initializers share: their configuration, and the arguments of a call."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer from what `get_config` gave."""
        return cls(**{key: value for key, value in config.items() if key != "dtype"})


def _shape(shape: Any, kwargs: dict[str, Any]) -> tuple[int, ...]:
    """The shape to make, checked."""
    return as_sizes(_part(shape, kwargs), hint=None)


def _part(shape: Any, kwargs: dict[str, Any]) -> Any:
    """The shape to make: that of a part, if the caller makes the value in parts."""
    for key in kwargs:
        if key not in _PARTITION:
            raise TypeError(f"Keyword argument should be one of {list(_PARTITION)}. Received: {key}")
    part = kwargs.get("partition_shape")
    return shape if part is None else part


def _numeric(dtype: Any) -> DType:
    found = dtypes.as_dtype(dtype)
    if found.torch is None or not (
        found.is_bool or found.is_integer or found.is_floating or found.is_complex
    ):
        raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {found!r}.")
    return found


class zeros_initializer(Initializer):
    """Makes zeros. `initializer(shape, dtype=tf.float32)`; ValueError for a dtype that is not numeric or boolean.

    Source: `tf.zeros_initializer`.

    >>> import tfcompat_tape as tf
    >>> print(tf.zeros_initializer()([2]).numpy())
    [0. 0.]
    """

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Tensor:
        return zeros(_part(shape, kwargs), _numeric(dtype))


class ones_initializer(Initializer):
    """Makes ones. `initializer(shape, dtype=tf.float32)`; ValueError for a dtype that is not numeric or boolean.

    Source: `tf.ones_initializer`.

    >>> import tfcompat_tape as tf
    >>> print(tf.ones_initializer()([2]).numpy())
    [1. 1.]
    """

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Tensor:
        return ones(_part(shape, kwargs), _numeric(dtype))


class constant_initializer(Initializer):
    """Makes a constant. `initializer(shape, dtype=None)`: the dtype of the value by default.

    Args:
      value: a number, string, list or array; one value for all elements, or as many as the shape has elements.
      support_partition: allow `partition_shape=` in the call.

    Raises:
      TypeError: the value has another number of elements than the shape, or cannot have the dtype.

    Source: `tf.constant_initializer`.

    >>> import tfcompat_tape as tf
    >>> print(tf.constant_initializer([1.0, 2.0])([2, 1]).numpy())
    [[1.]
     [2.]]
    """

    def __init__(self, value: Any = 0, support_partition: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value).__name__}. Expected a number, list or array."
            )
        self.value = value
        self.support_partition = support_partition

    def get_config(self) -> dict[str, Any]:
        """The value."""
        return {"value": self.value}

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Tensor:
        sizes = _shape(shape, kwargs)
        if kwargs and not self.support_partition:
            raise ValueError("Constant initializer doesn't support partition-related arguments")
        raw = convert(self.value, None if dtype is None else dtypes.as_dtype(dtype))._t
        if isinstance(raw, np.ndarray):
            return Tensor(np.broadcast_to(raw, sizes).copy() if raw.size == 1 else raw.reshape(sizes), None)
        if raw.numel() == 1:
            return Tensor(raw.reshape(()).expand(sizes).clone(), None)
        if raw.numel() != torch.Size(sizes).numel():
            raise TypeError(
                f"The initial value has {raw.numel()} elements, but the shape {sizes} has {torch.Size(sizes).numel()}."
            )
        return Tensor(raw.reshape(sizes), None)


class random_normal_initializer(Initializer):
    """Makes normally distributed numbers. `initializer(shape, dtype=tf.float32)`.

    Args:
      mean, stddev: of the distribution.
      seed: an integer; every call with it gives the same numbers.

    Raises:
      ValueError: the dtype is not floating.

    Source: `tf.random_normal_initializer`.

    >>> import tfcompat_tape as tf
    >>> tf.random_normal_initializer(stddev=0.1)([2, 3]).shape
    TensorShape([2, 3])
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Tensor:
        sizes = _shape(shape, kwargs)
        found = dtypes.as_dtype(dtype)
        if not found.is_floating:
            raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {found!r}.")
        if self.seed is None:
            return normal(sizes, self.mean, self.stddev, found)
        return stateless_normal(sizes, [self.seed, 0], self.mean, self.stddev, found)


class random_uniform_initializer(Initializer):
    """Makes evenly distributed numbers. `initializer(shape, dtype=tf.float32)`.

    Args:
      minval, maxval: the numbers lie in `[minval, maxval)`.
      seed: an integer; every call with it gives the same numbers.

    Raises:
      ValueError: the dtype is neither floating nor integer.
      TypeError: the bounds cannot have the dtype.

    Source: `tf.random_uniform_initializer`.

    >>> import tfcompat_tape as tf
    >>> tf.random_uniform_initializer(0.0, 1.0)([2, 3]).dtype
    tf.float32
    """

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}

    def __call__(self, shape: Any, dtype: Any = dtypes.float32, **kwargs: Any) -> Tensor:
        sizes = _shape(shape, kwargs)
        found = dtypes.as_dtype(dtype)
        if not (found.is_floating or found.is_integer):
            raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {found!r}.")
        if self.seed is None:
            return uniform(sizes, self.minval, self.maxval, found)
        return stateless_uniform(sizes, [self.seed, 0], self.minval, self.maxval, found)
