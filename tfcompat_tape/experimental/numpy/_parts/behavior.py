"""The switch that makes tensors behave like NumPy's arrays: operators that promote, indexing, methods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.coverage.names import NotCoveredError, coverage_table
from tfcompat_tape.experimental.numpy._parts import indexing, operators, reductions, shaping
from tfcompat_tape.experimental.numpy._parts import unary as _unary
from tfcompat_tape.experimental.numpy._parts.binary import clip
from tfcompat_tape.experimental.numpy._parts.promotion import cast, preference

_MODES = ("off", "legacy", "safe", "all")
_WITH_WEAK_TENSORS = ("safe", "all")


class ModeNotCoveredError(NotCoveredError, NotImplementedError):
    """A `dtype_conversion_mode` that TensorFlow has and this package does not."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        super().__init__("tf.experimental.numpy.experimental_enable_numpy_behavior")
        self.args = (
            f"dtype_conversion_mode={mode!r} is in TensorFlow, and tfcompat_tape does not cover it: tensors made of "
            "Python numbers would be weak, of a class that is no tf.Tensor. Use 'legacy', NumPy's rules. "
            f"What is covered: {coverage_table()}",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._mode,)


def _astype(self: Tensor, dtype: Any) -> Tensor:
    """The tensor in another dtype; `float` is float32, as in `tf.cast`."""
    return cast(self, tf.as_dtype(dtype))


def _reshape(self: Tensor, *size: Any, **kwargs: Any) -> Tensor:
    """The elements in another shape, given as one argument or as several."""
    if len(size) == 1 and not isinstance(size[0], int):
        size = size[0]
    return shaping.reshape(self, size, **kwargs)


def _tolist(self: Tensor) -> Any:
    """The value as nested lists of Python's numbers."""
    return self.numpy().tolist()


def _size(self: Tensor) -> Any:
    """How many elements."""
    return np.prod(self.shape.as_list())


def _round(self: Tensor, decimals: Any = 0) -> Tensor:
    """The tensor rounded to so many decimals."""
    return _unary.around(self, decimals)


_METHODS: dict[str, Any] = {
    "T": property(shaping.transpose),
    "__pos__": lambda self: self,
    "__round__": _round,
    "astype": _astype,
    "clip": clip,
    "data": property(lambda self: self),
    "flatten": shaping.flatten,
    "max": reductions.max,
    "mean": reductions.mean,
    "min": reductions.min,
    "ravel": shaping.ravel,
    "reshape": _reshape,
    "size": property(_size),
    "tolist": _tolist,
    "transpose": shaping.transpose,
    "__getitem__": indexing.getitem,
}


@contextmanager
def enabled(**options: Any) -> Iterator[None]:
    """NumPy's behavior within a block, after which tensors are what they have been; for tests."""
    before = {name: vars(Tensor).get(name) for name in _METHODS}
    preferred, promoted = preference.float32, operators.promoting()
    experimental_enable_numpy_behavior(**options)
    try:
        yield
    finally:
        preference.float32 = preferred
        if not promoted:
            operators.uninstall()
        for name, method in before.items():
            if method is None:
                delattr(Tensor, name)
            else:
                setattr(Tensor, name, method)


def experimental_enable_numpy_behavior(
    prefer_float32: Any = False, dtype_conversion_mode: Any = "legacy"
) -> None:
    """Make tensors behave like NumPy's arrays, for the rest of the program.

    Tensors get the methods `T`, `astype`, `clip`, `data`, `flatten`, `max`, `mean`, `min`, `ravel`, `reshape`, `size`,
    `tolist` and `transpose`; their operators, and those of Variables, promote dtypes as `result_type` says; and arrays
    and lists index them. Functions outside of this namespace (`tf.add`) go on refusing dtypes that differ.

    Args:
      prefer_float32: whether Python's floats, alone or beside integers, are float32, in place of float64.
      dtype_conversion_mode: "legacy" are NumPy's rules; "off" takes the promotion back, and leaves the rest.

    Raises:
      ValueError: a mode that TensorFlow does not have.
      NotCoveredError: the modes "safe" and "all", whose weak tensors do not exist here.

    Source: `tf.experimental.numpy.experimental_enable_numpy_behavior`.
    """
    if dtype_conversion_mode not in _MODES:
        raise ValueError(
            f"The provided promotion mode {dtype_conversion_mode} does not exist. Make sure the provided dtype "
            "conversion mode is one of the followings: 'off', 'legacy', 'safe' or 'all'."
        )
    if dtype_conversion_mode in _WITH_WEAK_TENSORS:
        raise ModeNotCoveredError(dtype_conversion_mode)
    preference.float32 = bool(prefer_float32)
    if dtype_conversion_mode == "legacy":
        operators.install()
    else:
        operators.uninstall()
    for name, method in _METHODS.items():
        setattr(Tensor, name, method)
