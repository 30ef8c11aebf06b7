"""What an op says when it cannot compute: TensorFlow's exception classes, with the op, shapes and dtypes named."""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core import dtypes
from tfcompat_tape.core.errors import InvalidArgumentError, ResourceExhaustedError, UnimplementedError
from tfcompat_tape.core.registry import Op


def _describe(raw: Any) -> str:
    name = dtypes.FROM_TORCH[raw.dtype].name if isinstance(raw, torch.Tensor) else "string"
    return f"{name}{list(raw.shape)}"


def refused(op: Op, raws: Any) -> Exception:
    """The exception for inputs whose dtypes the op does not take."""
    given = ", ".join(_describe(raw) for raw in raws)
    same = range(len(raws)) if op.same is None else op.same
    kinds = {raws[i].dtype for i in same if i < len(raws)}
    if len(kinds) > 1:
        return InvalidArgumentError(
            None,
            None,
            f"cannot compute {op.name}: the inputs must have one dtype, got {given}. Use tf.cast on one.",
        )
    takes = ", ".join(sorted(dtypes.FROM_TORCH.get(d, dtypes.string).name for d in op.dtypes))
    return InvalidArgumentError(
        None,
        None,
        f"cannot compute {op.name}: got {given}, and the first input must be one of {takes}. Use tf.cast.",
    )


def recover(op: Op, error: Exception, raws: Any, attrs: dict[str, Any]) -> Any:
    """A kernel failed: bring the inputs to one device and try again, or raise TensorFlow's exception."""
    if isinstance(error, torch.OutOfMemoryError):
        raise ResourceExhaustedError(
            None, None, f"{op.name}: out of memory on {_given(raws)}: {error}"
        ) from error
    if not isinstance(
        error, (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError)
    ) or hasattr(error, "error_code"):
        raise error
    devices = {raw.device for raw in raws if isinstance(raw, torch.Tensor)}
    if len(devices) > 1:
        target = max(devices, key=lambda device: device.type != "cpu")
        return op.kernel(*[raw.to(target) for raw in raws], **attrs)
    if op.fallback is not None:  # dtypes that torch's kernel lacks: unsigned integers, strings
        try:
            result = op.fallback(*raws, **attrs)
        except RuntimeError as failure:
            error, result = failure, NotImplemented
        if result is not NotImplemented:
            return result
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "vmap" in text:
        raise error  # for whoever vectorizes: a loop may do
    message = f"{op.name}: {text} (inputs {_given(raws)}{_attrs_text(attrs)})"
    if isinstance(error, NotImplementedError) or "not implemented for" in text:
        raise UnimplementedError(None, None, message) from error
    raise InvalidArgumentError(None, None, message) from error


def _given(raws: Any) -> str:
    return ", ".join(_describe(raw) for raw in raws)


def _attrs_text(attrs: dict[str, Any]) -> str:
    return "".join(f", {name}={value!r}" for name, value in attrs.items())
