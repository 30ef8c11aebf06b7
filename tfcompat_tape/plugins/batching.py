"""Kernels that `torch.func.vmap` can run although torch has no batching rule for what they call.

A kernel becomes the forward of a `torch.autograd.Function` with a vmap rule of its own, which is how torch lets a
function of tensors say what it does with a batch. (Its backward is not there: gradients are the list's.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Kernel = Callable[..., Any]
# `rule(size, in_dims, *tensors, **attrs)` returns the result and its batch dimension, or tuples of them.
BatchingRule = Callable[..., Any]


class _Attrs:
    """The keyword arguments of one call, as one argument that torch looks not into."""

    __slots__ = ("values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values


def batched(kernel: Kernel, rule: Kernel | None) -> Kernel:
    """`kernel`; under `torch.func.vmap` it follows `rule(in_dims, *tensors, **attrs)`, or runs example by example.

    Of nested vmaps the innermost one follows the rule, and the others go example by example.
    """
    outer: dict[tuple[int | None, ...], tuple[Kernel, list[Any]]] = {}

    def follow(size: int, dims: tuple[int | None, ...], *raws: Any, **attrs: Any) -> Any:
        if rule is None:
            return _one_by_one(call, size, dims, raws, attrs)
        if dims not in outer:
            outer[dims] = _without_dims(rule, dims)
        run, out_dims = outer[dims]
        result = run(*raws, **attrs)
        return result, out_dims[0]

    call = _with_rule(kernel, follow)
    return call


def _without_dims(rule: Kernel, dims: tuple[int | None, ...]) -> tuple[Kernel, list[Any]]:
    """The rule for batches at `dims`, as a kernel itself, and where it notes the dimensions of its results."""
    out_dims: list[Any] = [None]

    def run(*raws: Any, **attrs: Any) -> Any:
        result, out_dims[0] = rule(dims, *raws, **attrs)
        return result

    return batched(run, None), out_dims


def _one_by_one(
    call: Kernel, size: int, dims: tuple[int | None, ...], raws: Any, attrs: dict[str, Any]
) -> Any:
    if not size:  # an example of zeros says what one result looks like
        zeros = [
            raw if d is None else raw.new_zeros([n for i, n in enumerate(raw.shape) if i != d])
            for raw, d in zip(raws, dims, strict=True)
        ]
        result = call(*zeros, **attrs)
        if isinstance(result, tuple):
            return tuple([one.new_zeros(0, *one.shape) for one in result]), (0,) * len(result)
        return result.new_zeros(0, *result.shape), 0
    results = [
        call(*[raw if d is None else raw.select(d, i) for raw, d in zip(raws, dims, strict=True)], **attrs)
        for i in range(size)
    ]
    if isinstance(results[0], tuple):
        return tuple([torch.stack(column) for column in zip(*results, strict=True)]), (0,) * len(results[0])
    return torch.stack(results), 0


def _with_rule(kernel: Kernel, rule: BatchingRule) -> Kernel:
    class Batched(torch.autograd.Function):
        @staticmethod
        def forward(attrs: _Attrs, *raws: Any) -> Any:
            return kernel(*raws, **attrs.values)

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

        @staticmethod
        def vmap(info: Any, in_dims: Any, attrs: _Attrs, *raws: Any) -> Any:
            return rule(info.batch_size, tuple(in_dims[1:]), *raws, **attrs.values)

    apply: Kernel = Batched.apply

    def call(*raws: Any, **attrs: Any) -> Any:
        with torch.no_grad():
            return apply(_Attrs(attrs), *raws)

    return call
