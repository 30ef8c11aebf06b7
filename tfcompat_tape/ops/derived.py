"""Ops of the long tail: their gradient rule is derived from the kernel by `torch.func.vjp`.

The derived rule calls an op of its own, "<Name>Vjp", whose kernel is the pullback of the kernel. That op is derived in
turn, when its gradient is first asked for, so the derivatives nest to any order; and like any op it runs on raw tensors
and on Tensors, under `torch.func.vmap` and under `make_fx`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tfcompat_tape.core import dispatch
from tfcompat_tape.core.registry import ANY, INEXACT, Keep, Kernel, Op
from tfcompat_tape.ops.helpers import dtype_of


def derived(
    name: str,
    kernel: Kernel,
    *,
    inputs: str = "x",
    defaults: dict[str, Any] | None = None,
    outputs: int = 1,
    dtypes: Any = INEXACT,
    same: tuple[int, ...] | None = (),
) -> Any:
    """Define the op `name` with a gradient rule that `torch.func.vjp` derives from `kernel`; returns it as a function.

    The arguments are those of `core.dispatch.primitive`. The kernel must be differentiable by torch as often as its
    users differentiate; and where torch's derivative is not TensorFlow's, the op needs a written rule instead.
    """
    call = dispatch.primitive(
        name,
        kernel,
        inputs=inputs,
        defaults=defaults,
        outputs=outputs,
        dtypes=dtypes,
        same=same,
        keep=Keep.INPUTS,
    )
    call.op.rule = _rule(name, kernel)
    return call


def _rule(name: str, kernel: Kernel) -> Callable[..., Any]:
    """The gradient rule of the op `name`: `cotangents -> pullback of kernel at op.inputs`."""
    pullback: Any = None

    def rule(op: Any, *cotangents: Any) -> Any:
        nonlocal pullback
        if pullback is None:
            pullback = _pullback(name, kernel)
        count = len(op.inputs)
        wanted = tuple([i for i, need in enumerate(op.needs) if need])
        attrs = {key: value for key, value in op.attrs.items() if key != "_outputs"}
        dys = [dy for dy in cotangents if dtype_of(dy) in INEXACT]
        found = pullback(*op.inputs, *dys, of=(count, wanted, attrs))
        if count == 1:
            return found[0]
        grads: list[Any] = [None] * count
        for i, grad in zip(wanted, found, strict=True):
            grads[i] = grad
        return grads

    return rule


def _pullback(name: str, kernel: Kernel) -> Any:
    """The op "<name>Vjp" of the inputs and cotangents of `kernel`; its results are the gradients that are wanted."""

    def pull(*args: Any, of: tuple[int, tuple[int, ...], dict[str, Any]]) -> Any:
        count, wanted, attrs = of
        inputs, dys = args[:count], args[count:]

        def restricted(*some: Any) -> Any:
            full = list(inputs)
            for i, x in zip(wanted, some, strict=True):
                full[i] = x
            results = kernel(*full, **attrs)
            if isinstance(results, torch.Tensor):
                return (results,)
            return tuple([result for result in results if result.dtype in INEXACT])

        return torch.func.vjp(restricted, *[inputs[i] for i in wanted])[1](dys)

    op = Op(f"{name}Vjp", pull, inputs=("*args",), outputs=0, dtypes=ANY, same=(), keep=Keep.INPUTS)
    op.rule = _rule(op.name, pull)
    return dispatch.call_of(op)  # not registered: it is no op of TensorFlow's
