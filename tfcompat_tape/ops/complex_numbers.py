"""Complex numbers: from parts, to parts, conjugate, absolute value and angle.

A cotangent of a complex value z is dL/dRe z + i dL/dIm z, TensorFlow's convention.
"""

from __future__ import annotations

from typing import Any

import torch

from tfcompat_tape.core.dispatch import binary, unary
from tfcompat_tape.core.registry import COMPLEX, Keep, gradient, jvp
from tfcompat_tape.ops.arithmetic import div_no_nan, reciprocal, zeros_like
from tfcompat_tape.ops.helpers import both, conj
from tfcompat_tape.ops.tangents import acts_on_elements, fill_in, linear, symmetric

# -- parts -------------------------------------------------------------------------------------------------------------

complex_ = binary(
    "Complex", torch.complex, dtypes=frozenset({torch.float32, torch.float64}), keep=Keep.NOTHING
)
complex_.op.inputs = ("real", "imag")
real = unary("Real", torch.real, dtypes=COMPLEX, keep=Keep.NOTHING)
imag = unary("Imag", torch.imag, dtypes=COMPLEX, keep=Keep.NOTHING)
# `resolve_conj` would be left out of a trace of fake tensors, which do not know that they are conjugates.
conj_ = unary("Conj", lambda x: x.conj().clone(), dtypes=COMPLEX, keep=Keep.NOTHING)
for _call in (real, imag, conj_):
    _call.op.inputs = ("input",)


@gradient("Complex")
def _complex(op: Any, dy: Any) -> Any:
    need_real, need_imag = op.needs
    return both(op, real(dy) if need_real else None, imag(dy) if need_imag else None)


@gradient("Real")
def _real(op: Any, dy: Any) -> Any:
    return complex_(dy, zeros_like(dy))


@gradient("Imag")
def _imag(op: Any, dy: Any) -> Any:
    return complex_(zeros_like(dy), dy)


@gradient("Conj")
def _conj(op: Any, dy: Any) -> Any:
    return conj_(dy)


@jvp("Complex")
def _complex_jvp(op: Any, *tangents: Any) -> Any:
    return complex_(*fill_in(op, tangents))


linear("Real", "Imag")
symmetric("Conj")
acts_on_elements("Complex", "Real", "Imag", "Conj")

# -- polar form --------------------------------------------------------------------------------------------------------

complex_abs = unary("ComplexAbs", torch.abs, dtypes=COMPLEX, keep=Keep.BOTH)
angle = unary("Angle", torch.angle, dtypes=COMPLEX)
angle.op.inputs = ("input",)


@gradient("ComplexAbs")
def _complex_abs(op: Any, dy: Any) -> Any:
    slope = div_no_nan(dy, op.outputs[0])
    return complex_(slope, zeros_like(slope)) * op.inputs[0]


@gradient("Angle")
def _angle(op: Any, dy: Any) -> Any:
    z = op.inputs[0]
    return -(complex_(dy, zeros_like(dy)) * reciprocal(complex_(imag(z), real(z))))


# A cotangent of these is real, the tangent of z complex: the part of it that counts is taken at the end.


@jvp("ComplexAbs")
def _complex_abs_jvp(op: Any, t: Any) -> Any:
    return div_no_nan(real(t * conj(op.inputs[0])), op.outputs[0])


@jvp("Angle")
def _angle_jvp(op: Any, t: Any) -> Any:
    z = op.inputs[0]
    return -real(t * conj(reciprocal(complex_(imag(z), real(z)))))


acts_on_elements("ComplexAbs", "Angle")
