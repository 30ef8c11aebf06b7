"""What gradient rules share: helpers that work on raw torch tensors and on recorded Tensors alike."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.tensor import Tensor


def by_shape(function: Callable[..., Any]) -> Any:
    """Decorator: what a function makes of shapes is remembered, except for sizes that are open in a trace."""
    quick = functools.lru_cache(maxsize=4096)(function)

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        try:
            return quick(*args)
        except TypeError:
            if not any(map(_open, args)):
                raise
        return function(*args)

    return call


def _open(x: Any) -> bool:
    return type(x) is torch.SymInt or (isinstance(x, tuple) and any(map(_open, x)))


def shape_of(x: Any) -> torch.Size:
    """The shape as a tuple of ints, of a raw tensor or a Tensor."""
    shape: torch.Size = x._t.shape if type(x) is Tensor else x.shape
    return shape


def dtype_of(x: Any) -> torch.dtype:
    """The torch dtype of a raw tensor or a Tensor."""
    dtype: torch.dtype = x._t.dtype if type(x) is Tensor else x.dtype
    return dtype


def raw_of(x: Any) -> Any:
    """The raw torch tensor: for what no gradient flows through (indices, masks, sizes)."""
    return x._t if type(x) is Tensor else x


def is_complex(x: Any) -> bool:
    """Whether the dtype is complex."""
    return (x._t if type(x) is Tensor else x).is_complex()


def conj(x: Any) -> Any:
    """The conjugate; the argument itself if it is real. TensorFlow's cotangents of products conjugate the factor."""
    if type(x) is not Tensor:
        return x.conj() if x.is_complex() else x
    return registry.OPS["Conj"].call(x) if x._t.is_complex() else x


def unbroadcast(grad: Any, shape: Any) -> Any:
    """Sum `grad` over the axes along which an input of `shape` was broadcast."""
    have = shape_of(grad)
    if have == shape:
        return grad
    lead = len(have) - len(shape)
    if lead == 1 and have[1:] == shape and type(grad) is not Tensor:
        return grad.sum(0)  # a bias over a batch
    axes = tuple(range(lead)) + tuple(
        [lead + i for i, size in enumerate(shape) if size == 1 and have[lead + i] != 1]
    )
    if axes:
        summed = len(axes) > lead  # beyond the new leading axes, also axes of size 1, which stay
        grad = registry.OPS["Sum"].call(grad, axis=axes, keep_dims=summed)
        lead = lead if summed else 0
    if lead:
        grad = registry.OPS["Reshape"].call(grad, shape=tuple(shape))
    return grad


def both(op: Any, gx: Any, gy: Any) -> tuple[Any, Any]:
    """The gradients of a broadcasting op of two inputs, each summed to its input's shape (`None` stays)."""
    shapes = op.shapes
    if shapes is None:
        return gx, gy
    return (
        None if gx is None else unbroadcast(gx, shapes[0]),
        None if gy is None else unbroadcast(gy, shapes[1]),
    )
