"""Ops that hand their input on, perhaps checked or cut from the tape; and shape, size and rank of a tensor."""

from __future__ import annotations

import math
from typing import Any

import torch

from tfcompat_tape.core import reading
from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.errors import InvalidArgumentError, invalid
from tfcompat_tape.core.failures import compact
from tfcompat_tape.core.indexed_slices import takes_slices
from tfcompat_tape.core.registry import FLOATS, INEXACT, Keep, gradient, jvp
from tfcompat_tape.core.shapes import TensorShape
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.ops.arguments import MOVED, STORED, VALUES
from tfcompat_tape.ops.bounds import concrete
from tfcompat_tape.ops.tangents import acts_on_elements, symmetric


def _same(x: Any) -> Any:
    return x if type(x) is torch.Tensor else reading.in_scope(x)


identity = unary("Identity", _same, dtypes=MOVED, keep=Keep.NOTHING)
identity_n = primitive(
    "IdentityN",
    lambda *xs: tuple(map(_same, xs)),
    inputs="*input",
    outputs=0,
    dtypes=VALUES,
    keep=Keep.NOTHING,
)
stop_gradient = unary("StopGradient", _same, dtypes=STORED, keep=Keep.NOTHING, differentiable=False)
guarantee_const = unary("GuaranteeConst", _same, dtypes=VALUES, keep=Keep.NOTHING)
prevent_gradient = primitive(
    "PreventGradient",
    lambda x, *, message="": _same(x),
    inputs="input",
    defaults={"message": ""},
    dtypes=VALUES,
    keep=Keep.NOTHING,
)


@gradient("Identity")
@takes_slices
def _identity(op: Any, dy: Any) -> Any:
    return dy


@gradient("IdentityN")
@takes_slices
def _identity_n(op: Any, *dys: Any) -> Any:
    return dys if len(dys) > 1 else dys[0]


@gradient("PreventGradient")
def _prevent_gradient(op: Any, dy: Any) -> Any:
    raise LookupError(f"Gradient explicitly disabled. Reason: {op.get_attr('message')!r}")


def _ensure_shape(x: Any, *, shape: TensorShape) -> Any:
    if not shape.is_compatible_with(TensorShape(x.shape)):
        raise invalid(
            f"EnsureShape: Shape of tensor input {compact(x.shape)} is not compatible with expected shape "
            f"{compact(shape)}."
        )
    return x


ensure_shape = primitive("EnsureShape", _ensure_shape, inputs="input", dtypes=STORED, keep=Keep.NOTHING)


def _all_finite(x: Any) -> bool:
    return not concrete(x) or bool(torch.isfinite(x).all())


def _check_numerics(x: Any, *, message: str) -> Any:
    if not _all_finite(x):
        kinds = [
            name for name, found in (("Inf", torch.isinf(x)), ("NaN", torch.isnan(x))) if bool(found.any())
        ]
        raise InvalidArgumentError(None, None, f"{message} : Tensor had {' and '.join(kinds)} values")
    return x


check_numerics = primitive(
    "CheckNumerics", _check_numerics, inputs="tensor", dtypes=FLOATS, keep=Keep.NOTHING
)


def _check_numerics_signed(x: Any, *, message: str) -> Any:
    if not _all_finite(x):
        kinds = [
            name
            for name, found in (("-Inf", x == -math.inf), ("+Inf", x == math.inf), ("NaN", torch.isnan(x)))
            if bool(found.any())
        ]
        raise InvalidArgumentError(None, None, f"{message} : Tensor had {', '.join(kinds)} values")
    return x


check_numerics_v2 = primitive(
    "CheckNumericsV2", _check_numerics_signed, inputs="tensor", dtypes=FLOATS, keep=Keep.NOTHING
)


@gradient("EnsureShape")
@takes_slices
def _ensured(op: Any, dy: Any) -> Any:
    return dy


@gradient("CheckNumerics")
def _checked(op: Any, dy: Any) -> Any:
    return check_numerics(dy, message="Not a number (NaN) or infinity (Inf) values detected in gradient.")


@gradient("CheckNumericsV2")
def _checked_v2(op: Any, dy: Any) -> Any:
    return check_numerics_v2(dy, message="Not a number (NaN) or infinity (Inf) values detected in gradient.")


@jvp("IdentityN")
def _identity_n_jvp(op: Any, *tangents: Any) -> Any:
    """Zeros for the outputs that have no tangent, as in TensorFlow."""
    forms = op.attrs["_outputs"]
    recorded = any(type(t) is Tensor for t in tangents)
    return [
        t if t is not None or dtype not in INEXACT else _zeros(shape, dtype, device, recorded)
        for t, (shape, dtype, device) in zip(tangents, forms, strict=True)
    ]


def _zeros(shape: Any, dtype: torch.dtype, device: Any, recorded: bool) -> Any:
    zeros = torch.zeros(shape, dtype=dtype, device=device)
    return Tensor(zeros, None) if recorded else zeros


symmetric("Identity", "EnsureShape", "CheckNumerics", "CheckNumericsV2")
acts_on_elements("Identity", "EnsureShape", "CheckNumerics", "CheckNumericsV2")

# -- what is known of a tensor ---------------------------------------------------------------------------------------


# Sizes stay on the CPU, as in TensorFlow: they become arguments of other ops.
def _shape(x: Any, *, out_type: Any = torch.int32) -> Any:
    return reading.sized(tuple(x.shape), out_type)


shape = primitive(
    "Shape", _shape, inputs="input", defaults={"out_type": torch.int32}, dtypes=MOVED, differentiable=False
)
shape_n = primitive(
    "ShapeN",
    lambda *xs, out_type=torch.int32: tuple([_shape(x, out_type=out_type) for x in xs]),
    inputs="*input",
    outputs=0,
    defaults={"out_type": torch.int32},
    dtypes=VALUES,
    same=None,
    differentiable=False,
)
size = primitive(
    "Size",
    lambda x, *, out_type=torch.int32: reading.sized(math.prod(x.shape), out_type),
    inputs="input",
    defaults={"out_type": torch.int32},
    dtypes=MOVED,
    differentiable=False,
)
rank = unary(
    "Rank",
    lambda x: torch.tensor(len(x.shape), dtype=torch.int32, device="cpu"),
    dtypes=MOVED,
    differentiable=False,
)
