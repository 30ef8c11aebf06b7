"""How a line calls a kernel: the quickest way that does the same.

A trace notes torch's operator overloads. Calling one from Python costs about a microsecond more than the function of
the `torch` namespace that leads to it, so the common ones are called by that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

aten = torch.ops.aten

# Overloads whose positional arguments are those of the function beside them.
_SAME: dict[Any, Callable[..., Any]] = {
    aten.add.Tensor: torch.add,
    aten.sub.Tensor: torch.sub,
    aten.mul.Tensor: torch.mul,
    aten.div.Tensor: torch.div,
    aten.mul.Scalar: torch.mul,
    aten.maximum.default: torch.maximum,
    aten.minimum.default: torch.minimum,
    aten.pow.Tensor_Scalar: torch.pow,
    aten.pow.Tensor_Tensor: torch.pow,
    aten.mm.default: torch.mm,
    aten.bmm.default: torch.bmm,
    aten.addmm.default: torch.addmm,
    aten.where.self: torch.where,
    aten.t.default: torch.t,
    aten.transpose.int: torch.transpose,
    aten.permute.default: torch.permute,
    aten.unsqueeze.default: torch.unsqueeze,
    aten.squeeze.dim: torch.squeeze,
    aten.view.default: torch.Tensor.view,
    aten._unsafe_view.default: torch.Tensor.view,
    aten.expand.default: torch.Tensor.expand,
    aten.sum.dim_IntList: torch.sum,
    aten.sum.default: torch.sum,
    aten.mean.dim: torch.mean,
    aten.amax.default: torch.amax,
    aten.amin.default: torch.amin,
    aten.cat.default: torch.cat,
    aten.stack.default: torch.stack,
    aten.gt.Tensor: torch.gt,
    aten.ge.Tensor: torch.ge,
    aten.lt.Tensor: torch.lt,
    aten.le.Tensor: torch.le,
    aten.eq.Tensor: torch.eq,
    aten.ne.Tensor: torch.ne,
    aten.gt.Scalar: torch.gt,
    aten.ge.Scalar: torch.ge,
    aten.lt.Scalar: torch.lt,
    aten.le.Scalar: torch.le,
    aten.eq.Scalar: torch.eq,
    aten.ne.Scalar: torch.ne,
    aten.convolution.default: torch.convolution,
    aten.index_select.default: torch.index_select,
    aten.clone.default: torch.clone,
    aten.zeros_like.default: torch.zeros_like,
    aten.ones_like.default: torch.ones_like,
    **{
        getattr(aten, name).default: getattr(torch, name)
        for name in [
            "abs",
            "ceil",
            "cos",
            "cosh",
            "erf",
            "exp",
            "expm1",
            "floor",
            "log",
            "log1p",
            "neg",
            "reciprocal",
            "relu",
            "round",
            "rsqrt",
            "sigmoid",
            "sign",
            "sin",
            "sinh",
            "sqrt",
            "square",
            "tan",
            "tanh",
            "logical_not",
            "logical_and",
            "logical_or",
            "isnan",
            "isinf",
        ]
        if hasattr(getattr(aten, name), "default")
    },
}


def direct(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    """A callable, and its arguments, that do what `function(*args, **kwargs)` does."""
    same = _SAME.get(function)
    if same is not None and not (kwargs and function in _POSITIONAL):
        return same, args, kwargs
    if isinstance(function, torch._ops.OpOverload):
        return function._op, args, kwargs
    return function, args, kwargs


_POSITIONAL = {aten.view.default, aten._unsafe_view.default, aten.expand.default}
