"""Initializers of version 1: their dtype is given when they are made. Some scale by the shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.core.convert import convert

_MODES = ("fan_in", "fan_out", "fan_avg")


class Initializer:
    """`initializer(shape, dtype=None, partition_info=None)`: a Tensor of the dtype given here, or when it was made.

    `partition_info` says of which tensor it is a part: its `full_shape`, and where the part begins, its `var_offset`.
    """

    _arguments: tuple[str, ...] = ()

    def __init__(self, dtype: Any) -> None:
        self.dtype = tf.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        kind = self.dtype if dtype is None else tf.as_dtype(dtype)
        return self._part(_sizes(shape), kind, partition_info)

    def _part(self, shape: list[int], dtype: Any, whole: Any) -> Any:
        return self._make(shape, dtype)

    def _make(self, shape: list[int], dtype: Any) -> Any:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal initializer."""
        return {**{name: getattr(self, name) for name in self._arguments}, "dtype": self.dtype.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer from what `get_config` gave."""
        return cls(**config)


def _sizes(shape: Any) -> list[int]:
    if isinstance(shape, tf.Tensor):
        return [int(size) for size in shape.numpy()]
    return list(tf.TensorShape(shape).as_list())


class zeros_initializer(Initializer):
    """Makes zeros. Source: `tf.compat.v1.zeros_initializer`.

    >>> import tfcompat_tape as tf
    >>> tf.compat.v1.zeros_initializer()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __init__(self, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)

    def _make(self, shape: list[int], dtype: Any) -> Any:
        return tf.zeros(shape, dtype)


class ones_initializer(Initializer):
    """Makes ones. Source: `tf.compat.v1.ones_initializer`."""

    def __init__(self, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)

    def _make(self, shape: list[int], dtype: Any) -> Any:
        return tf.ones(shape, dtype)


class constant_initializer(Initializer):
    """Makes a constant.

    Args:
      value: a number, list or array; one for all elements, or as many as there are.
      verify_shape: TypeError unless the value has the shape.

    Source: `tf.compat.v1.constant_initializer`.
    """

    _arguments = ("value",)

    def __init__(self, value: Any = 0, dtype: Any = tf.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value={value} of type: {type(value).__name__}. Expected Python scalar, "
                "list or tuple of values, or numpy.ndarray."
            )
        super().__init__(dtype)
        self.value = value
        self._verify_shape = verify_shape

    def __call__(
        self, shape: Any, dtype: Any = None, partition_info: Any = None, verify_shape: Any = None
    ) -> Any:
        sizes = _sizes(shape)
        dtype = self.dtype if dtype is None else tf.as_dtype(dtype)
        made = tf.constant(self.value, dtype)
        if (self._verify_shape if verify_shape is None else verify_shape) and made.shape != sizes:
            raise TypeError(
                f"Expected Tensor {self.value} with shape {tuple(sizes)}, but got shape {made.shape}."
            )
        return tf.constant(self.value, dtype, sizes)


class random_uniform_initializer(Initializer):
    """Makes uniformly distributed numbers. Source: `tf.compat.v1.random_uniform_initializer`."""

    _arguments = ("minval", "maxval", "seed")

    def __init__(
        self, minval: Any = 0.0, maxval: Any = None, seed: Any = None, dtype: Any = tf.float32
    ) -> None:
        super().__init__(dtype)
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def _make(self, shape: list[int], dtype: Any) -> Any:
        return tf.random.uniform(shape, self.minval, self.maxval, dtype, self.seed)


class random_normal_initializer(Initializer):
    """Makes normally distributed numbers. Source: `tf.compat.v1.random_normal_initializer`."""

    _arguments = ("mean", "stddev", "seed")

    def __init__(self, mean: Any = 0.0, stddev: Any = 1.0, seed: Any = None, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def _make(self, shape: list[int], dtype: Any) -> Any:
        return tf.random.normal(shape, _of(self.mean, dtype), _of(self.stddev, dtype), dtype, self.seed)


class truncated_normal_initializer(random_normal_initializer):
    """Makes normally distributed numbers no further than two standard deviations from the mean.

    Source: `tf.compat.v1.truncated_normal_initializer`.
    """

    def _make(self, shape: list[int], dtype: Any) -> Any:
        return tf.random.truncated_normal(
            shape, _of(self.mean, dtype), _of(self.stddev, dtype), dtype, self.seed
        )


def _of(value: Any, dtype: Any) -> Any:
    """A float as a Tensor of `dtype`: TypeError for integers, as TensorFlow converts before it draws."""
    convert(value, dtype)
    return value


class uniform_unit_scaling_initializer(Initializer):
    """Makes uniform numbers that keep the scale of inputs: within `sqrt(3 / size of input) * factor`.

    Source: `tf.compat.v1.uniform_unit_scaling_initializer`.
    """

    _arguments = ("factor", "seed")

    def __init__(self, factor: float = 1.0, seed: Any = None, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)
        self.factor, self.seed = factor, seed

    def _part(self, shape: list[int], dtype: Any, whole: Any) -> Any:
        size = 1.0
        for n in (shape if whole is None else _sizes(whole.full_shape))[:-1]:
            size *= float(n)
        bound = math.sqrt(3 / max(size, 1.0)) * self.factor
        return tf.random.uniform(shape, _of(-bound, dtype), bound, dtype, self.seed)


class VarianceScaling(Initializer):
    """Makes numbers whose variance is `scale / n`, where `n` is the number of inputs, outputs, or their mean.

    Args:
      scale: a positive number.
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "normal" or "truncated_normal" (no further than two standard deviations), "untruncated_normal",
        "uniform".

    Raises:
      ValueError: another mode or distribution, or a scale that is not positive.

    Source: `tf.compat.v1.variance_scaling_initializer`.
    """

    _arguments = ("scale", "mode", "distribution", "seed")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        dtype: Any = tf.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in _MODES:
            raise ValueError(f"Argument `mode` should be one of {_MODES}. Received: {mode}")
        distribution = distribution.lower()
        if distribution not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(
                "Argument `distribution` should be one of ('normal', uniform', 'truncated_normal', "
                f"'untruncated_normal'). Received: {distribution}"
            )
        super().__init__(dtype)
        self.scale, self.mode, self.distribution, self.seed = scale, mode, distribution, seed

    def _part(self, shape: list[int], dtype: Any, whole: Any) -> Any:
        fan_in, fan_out = _fans(shape if whole is None else _sizes(whole.full_shape))
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[self.mode]
        scale = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * scale)
            return tf.random.uniform(shape, _of(-limit, dtype), limit, dtype, self.seed)
        _of(0.0, dtype)
        if self.distribution == "untruncated_normal":
            return tf.random.normal(shape, 0.0, math.sqrt(scale), dtype, self.seed)
        # The standard deviation of a normal distribution truncated at two of its own.
        stddev = math.sqrt(scale) / 0.87962566103423978
        return tf.random.truncated_normal(shape, 0.0, stddev, dtype, self.seed)


def _fans(shape: list[int]) -> tuple[float, float]:
    """How many inputs and outputs a unit of a layer has whose weights have `shape`."""
    if len(shape) < 2:
        n = float(shape[0]) if shape else 1.0
        return n, n
    field = math.prod(shape[:-2])
    return float(shape[-2] * field), float(shape[-1] * field)


class variance_scaling_initializer(VarianceScaling):
    __doc__ = VarianceScaling.__doc__


class glorot_uniform_initializer(VarianceScaling):
    """Uniform numbers scaled by the mean of inputs and outputs. Source: `tf.compat.v1.glorot_uniform_initializer`."""

    _arguments = ("seed",)

    def __init__(self, seed: Any = None, dtype: Any = tf.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)


class glorot_normal_initializer(VarianceScaling):
    """Truncated normal numbers scaled by the mean of inputs and outputs.

    Source: `tf.compat.v1.glorot_normal_initializer`.
    """

    _arguments = ("seed",)

    def __init__(self, seed: Any = None, dtype: Any = tf.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)


def he_normal(seed: Any = None) -> VarianceScaling:
    """Truncated normal numbers of variance 2 / inputs. Source: `tf.compat.v1.initializers.he_normal`."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: Any = None) -> VarianceScaling:
    """Uniform numbers of variance 2 / inputs. Source: `tf.compat.v1.initializers.he_uniform`."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed: Any = None) -> VarianceScaling:
    """Truncated normal numbers of variance 1 / inputs. Source: `tf.compat.v1.initializers.lecun_normal`."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: Any = None) -> VarianceScaling:
    """Uniform numbers of variance 1 / inputs. Source: `tf.compat.v1.initializers.lecun_uniform`."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


class orthogonal_initializer(Initializer):
    """Makes a matrix with orthogonal columns (or rows, if these are fewer), of all axes but the last as one.

    ValueError for fewer than two axes. Source: `tf.compat.v1.orthogonal_initializer`.
    """

    _arguments = ("gain", "seed")

    def __init__(self, gain: float = 1.0, seed: Any = None, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)
        self.gain, self.seed = gain, seed

    def _make(self, shape: list[int], dtype: Any) -> Any:
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. "
                f"Received shape={shape}"
            )
        _of(0.0, dtype)
        rows, columns = math.prod(shape[:-1]), shape[-1]
        flat = (columns, rows) if rows < columns else (rows, columns)
        q, r = tf.linalg.qr(tf.random.normal(flat, dtype=dtype, seed=self.seed), full_matrices=False)
        q = q * tf.sign(tf.linalg.diag_part(r))
        return self.gain * tf.reshape(tf.linalg.matrix_transpose(q) if rows < columns else q, shape)


class identity_initializer(Initializer):
    """Makes the identity matrix times `gain`. ValueError for another number of axes than two.

    Source: `tf.compat.v1.initializers.identity`.
    """

    _arguments = ("gain",)

    def __init__(self, gain: float = 1.0, dtype: Any = tf.float32) -> None:
        super().__init__(dtype)
        self.gain = gain

    def _part(self, shape: list[int], dtype: Any, whole: Any) -> Any:
        if whole is not None:
            return tf.slice(self._make(_sizes(whole.full_shape), dtype), whole.var_offset, shape)
        return self._make(shape, dtype)

    def _make(self, shape: list[int], dtype: Any) -> Any:
        if len(shape) != 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. "
                f"Received shape={shape}"
            )
        return self.gain * tf.eye(*shape, dtype=dtype)
