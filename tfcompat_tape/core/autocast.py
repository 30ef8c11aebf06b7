"""torch.autocast: products of matrices and convolutions compute in the lower dtype that the context asks for.

The casts are entries of the list, as if the user had written them. So each gradient comes in the dtype of its source,
and a rule sees one dtype. Where operands then differ (a bias of float32 and a product of bfloat16) they take the wider
dtype, as in torch; without autocast that is an error, as in TensorFlow. Gradients are walked with autocast off: their
dtypes are decided when an op is recorded.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core import registry
from tfcompat_tape.core.convert import convert
from tfcompat_tape.core.dtypes import FROM_TORCH
from tfcompat_tape.core.failures import refused
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

enabled: Callable[[], bool] = torch._C._is_any_autocast_enabled

_DEVICES = ("cpu", "cuda")
_LOWERED = frozenset({torch.float32, torch.float16, torch.bfloat16})  # torch leaves float64 alone

# The ops that torch runs in the lower dtype.
LOWER = frozenset(
    {
        *("MatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum"),
        *("Conv2D", "Conv2DBackpropInput", "Conv3D", "Conv3DBackpropInputV2", "DepthwiseConv2dNative"),
    }
)


def lowering(op: registry.Op, call: Callable[..., Any]) -> Callable[..., Any]:
    """The call of an op in `LOWER`, which first casts Tensors if autocast is on."""
    if len(op.inputs) == 2:  # products, most of all: the same with less to unpack

        def of_two(x: Any, y: Any, **attrs: Any) -> Any:
            return call(x, y, **attrs) if not enabled() else _lower(call, (x, y), attrs)

        return of_two

    def of_many(*args: Any, **attrs: Any) -> Any:
        return call(*args, **attrs) if not enabled() else _lower(call, args, attrs)

    return of_many


def _lower(call: Callable[..., Any], args: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    changed = [_lowered(x) for x in args]
    if all(x is y for x, y in zip(changed, args, strict=True)):
        return call(*args, **attrs)
    result = call(*changed, **attrs)
    # To its own dtype: ops that torch runs in float32 would hand back cotangents of that.
    return _cast(result, result._t.dtype) if type(result) is Tensor else result


def _lowered(x: Any) -> Any:
    if type(x) is not Tensor and not isinstance(x, Variable):
        return x
    raw = x._t
    if not isinstance(raw, torch.Tensor) or raw.dtype not in _LOWERED:
        return x
    kind = raw.device.type
    if not torch.is_autocast_enabled(kind):
        return x
    dtype = torch.get_autocast_dtype(kind)
    return x if raw.dtype is dtype else _cast(convert(x), dtype)


def _cast(x: Tensor, dtype: torch.dtype) -> Any:
    return registry.lookup("Cast").call(x, FROM_TORCH[dtype])


def agree(op: registry.Op, args: Sequence[Any], raws: Sequence[Any], attrs: dict[str, Any]) -> Any:
    """`op` of inputs that differ in dtype: under autocast floats take the wider one; otherwise it raises."""
    same = range(len(raws)) if op.same is None else op.same
    kinds = {raws[i].dtype if isinstance(raws[i], torch.Tensor) else None for i in same if i < len(raws)}
    if len(kinds) < 2 or not kinds <= registry.FLOATS or not torch.is_autocast_enabled(raws[0].device.type):
        raise refused(op, raws)
    wide: Any = functools.reduce(torch.promote_types, kinds)  # type: ignore[arg-type]
    return op.call(*[_cast(convert(x), wide) if i in same else x for i, x in enumerate(args)], **attrs)


def off() -> contextlib.AbstractContextManager[Any]:
    """A context without autocast."""
    return entered({kind: None for kind in _DEVICES if torch.is_autocast_enabled(kind)})


def present() -> dict[str, torch.dtype | None]:
    """What is on: the lower dtype of each kind of device; None where it is off."""
    if not enabled():
        return {}
    return {
        kind: torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None for kind in _DEVICES
    }


def entered(states: dict[str, torch.dtype | None]) -> contextlib.AbstractContextManager[Any]:
    """A context in which autocast is as `present` said."""
    stack = contextlib.ExitStack()
    for kind, dtype in states.items():
        stack.enter_context(torch.autocast(kind, dtype=dtype, enabled=dtype is not None))
    return stack
