"""The filter's adjoint of a convolution for many cotangents at once, as Jacobians ask for it under `torch.func.vmap`.

torch's own batching rule copies into an order that is less favourable for the kernel. Here the batch of cotangents
becomes more output channels (or a batch of inputs more input channels) of one convolution, in the order they lie in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch

_backward = torch.ops.aten.convolution_backward.default._op
_FILTER_ONLY = (False, True, False)
is_batched = torch._C._functorch.is_batchedtensor


def filter_adjoint(
    dy: torch.Tensor,
    x: torch.Tensor,
    shape: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    zeros: Sequence[int],
) -> torch.Tensor:
    """The adjoint of a filter of `shape`. Layouts are torch's: channels first, filters (out, in / groups, *window)."""
    if is_batched(dy) or is_batched(x):
        return _op()(dy, x, list(shape), list(stride), list(padding), list(dilation), groups, list(zeros))
    like = torch.empty(shape, dtype=dy.dtype, device=dy.device)  # the kernel reads its shape alone
    return _backward(dy, x, like, None, stride, padding, dilation, False, zeros, groups, _FILTER_ONLY)[1]


def _merged(x: torch.Tensor, groups: int) -> torch.Tensor:
    """(many, batch, channels, *space) as (batch, groups * many * channels / groups, *space)."""
    x = x.unflatten(2, (groups, -1))
    space = range(4, x.dim())
    if x.stride(3) <= x.stride(-1):  # channels last in memory: keep it so
        return x.permute(1, *space, 2, 0, 3).flatten(-3).movedim(-1, 1)
    return x.permute(1, 2, 0, 3, *space).flatten(1, 3)


@cache
def _op() -> Any:
    """The op that carries the batching rule; made when first used, since torch takes a while over it."""

    @torch.library.custom_op("tfcompat_tape::filter_adjoint", mutates_args=())
    def op(
        dy: torch.Tensor,
        x: torch.Tensor,
        shape: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        groups: int,
        zeros: Sequence[int],
    ) -> torch.Tensor:
        return filter_adjoint(dy, x, shape, stride, padding, dilation, groups, zeros)

    @op.register_vmap
    def rule(info: Any, dims: Any, dy: Any, x: Any, shape: Any, *rest: Any) -> tuple[torch.Tensor, int]:
        dy_dim, x_dim = dims[:2]
        stride, padding, dilation, groups, zeros = rest
        many, out, inner = info.batch_size, shape[0], shape[1]
        if dy_dim is not None and x_dim is not None:  # more groups of channels
            dy, x = _merged(dy.movedim(dy_dim, 0), 1), _merged(x.movedim(x_dim, 0), 1)
            dw = filter_adjoint(
                dy, x, [many * out, *shape[1:]], stride, padding, dilation, many * groups, zeros
            )
            return dw.unflatten(0, (many, out)), 0
        if dy_dim is not None:  # more output channels
            dy = _merged(dy.movedim(dy_dim, 0), groups)
            dw = filter_adjoint(dy, x, [many * out, *shape[1:]], *rest)
            return dw.unflatten(0, (groups, many, out // groups)).transpose(0, 1).flatten(1, 2), 0
        x = _merged(x.movedim(x_dim, 0), groups)  # more input channels
        dw = filter_adjoint(dy, x, [out, many * inner, *shape[2:]], *rest)
        return dw.unflatten(1, (many, inner)).movedim(1, 0), 0

    return op
