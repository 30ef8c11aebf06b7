"""Functions defined by integrals: Dawson's, the exponential integral, Fresnel's, and the dilogarithm (Spence's).

torch has none of them. The kernels compute in float64, by series and by quadratures whose error falls exponentially,
to its last digits but one; they are long sums of short steps, so they take any device, vmap and tracing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from tfcompat_tape.core.convert import number
from tfcompat_tape.core.dispatch import unary
from tfcompat_tape.core.registry import FLOATS, HALVES, Keep, gradient
from tfcompat_tape.ops.arithmetic import real_div, square, where, without_kernel
from tfcompat_tape.ops.elementary import cos, exp, log, one, sin
from tfcompat_tape.ops.helpers import dtype_of, raw_of
from tfcompat_tape.ops.tangents import elementwise

_Kernel = Callable[[torch.Tensor], torch.Tensor]


def in_float64(kernel: _Kernel) -> _Kernel:
    """`kernel` computed in float64, its result in the dtype of the input."""
    return lambda x: kernel(x.to(torch.float64)).to(x.dtype)


def coefficients(values: Sequence[float]) -> list[torch.Tensor]:
    """Numbers as raw scalars, for `polynomial`."""
    return [torch.tensor(value, dtype=torch.float64, device="cpu") for value in values]


def polynomial(x: torch.Tensor, coefficients: Sequence[torch.Tensor]) -> torch.Tensor:
    """Horner's scheme; the coefficient of the highest power comes last."""
    total = coefficients[-1].to(x.device).expand_as(x)
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total


# -- Dawson's integral: exp(-x^2) times the integral of exp(t^2) from 0 to x -----------------------------------------

_DAWSON_SERIES = coefficients([1.0 / (math.factorial(k) * (2 * k + 1)) for k in range(20)])
_DAWSON_STEP = 0.25
_DAWSON_TERMS = range(1, 27, 2)


def _dawson_kernel(x: torch.Tensor) -> torch.Tensor:
    x2 = x * x
    near = torch.exp(-x2) * x * polynomial(torch.clamp(x2, max=1.0), _DAWSON_SERIES)
    # Rybicki's sum (Computers in Physics 3, 85, 1989); its error exp(-(pi / 2 h)^2) is below 1e-17 for this step h.
    center = 2.0 * torch.round(x / (2.0 * _DAWSON_STEP))
    rest = x - center * _DAWSON_STEP
    total = torch.zeros_like(x)
    for n in _DAWSON_TERMS:
        right = torch.exp(-((rest - n * _DAWSON_STEP) ** 2)) / (center + n)
        left = torch.exp(-((rest + n * _DAWSON_STEP) ** 2)) / (center - n)
        total = total + (right + left)
    far = torch.where(x.isinf(), 0.0, total / math.sqrt(math.pi))
    return torch.where(x.abs() < 1.0, near, far)


# -- the exponential integral Ei, for positive x ---------------------------------------------------------------------

_EI_SERIES = coefficients([1.0 / (k * math.factorial(k)) for k in range(1, 145)])
_EI_ASYMPTOTIC = coefficients([float(math.factorial(k)) for k in range(30)])
_EI_BOUND = 40.0
_EULER = 0.5772156649015329


def _expint_kernel(x: torch.Tensor) -> torch.Tensor:
    low = torch.clamp(x, max=_EI_BOUND)
    near = _EULER + torch.log(x) + low * polynomial(low, _EI_SERIES)
    far = torch.exp(x) / x * polynomial(1.0 / torch.clamp(x, min=_EI_BOUND), _EI_ASYMPTOTIC)
    return torch.where(x.isinf(), torch.nan, torch.where(x < _EI_BOUND, near, far))


# -- Fresnel's integrals of cos and sin of pi t^2 / 2 from 0 to x -----------------------------------------------------

_FRESNEL_BOUND = 1.5
_COS_SERIES = coefficients([(-1.0) ** k / (math.factorial(2 * k) * (4 * k + 1)) for k in range(16)])
_SIN_SERIES = coefficients([(-1.0) ** k / (math.factorial(2 * k + 1) * (4 * k + 3)) for k in range(16)])
_FRESNEL_STEP = 0.18
_FRESNEL_TERMS = range(28)


def _fresnel_far(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The auxiliary functions f and g for x above the bound.

    They are integrals of exp(-pi v^2 / 2) / (1 + (v / x)^4), for g with a factor v^2, over v from 0: even and analytic
    near the axis, so the trapezoidal rule has an exponentially small error.
    """
    x = torch.clamp(x, min=_FRESNEL_BOUND)
    x4 = x**-4
    f = torch.full_like(x, 0.5)
    g = torch.zeros_like(x)
    for n in _FRESNEL_TERMS[1:]:
        v2 = (n * _FRESNEL_STEP) ** 2
        term = math.exp(-math.pi * v2 / 2.0) / (1.0 + v2 * v2 * x4)
        f = f + term
        g = g + v2 * term
    scale = math.sqrt(2.0) / math.pi * _FRESNEL_STEP / x
    return scale * f, scale * g / (x * x)


def _fresnel(x: torch.Tensor, series: Sequence[torch.Tensor], power: int) -> tuple[Any, ...]:
    size = x.abs()
    near_x = torch.clamp(size, max=_FRESNEL_BOUND)
    phase = math.pi / 2.0 * near_x * near_x
    near = near_x * phase**power * polynomial(phase * phase, series)
    f, g = _fresnel_far(size)
    turns = torch.remainder(size * size, 4.0) * (math.pi / 2.0)
    return size, near, f, g, torch.sin(turns), torch.cos(turns)


def _signed(x: torch.Tensor, size: torch.Tensor, near: torch.Tensor, far: torch.Tensor) -> torch.Tensor:
    far = torch.where(size.isinf(), 0.5, far)
    value = torch.copysign(torch.where(size < _FRESNEL_BOUND, near, far), x)
    return torch.where(x.isnan(), x, value)


def _fresnel_cos_kernel(x: torch.Tensor) -> torch.Tensor:
    size, near, f, g, s, c = _fresnel(x, _COS_SERIES, 0)
    return _signed(x, size, near, 0.5 + f * s - g * c)


def _fresnel_sin_kernel(x: torch.Tensor) -> torch.Tensor:
    size, near, f, g, s, c = _fresnel(x, _SIN_SERIES, 1)
    return _signed(x, size, near, 0.5 - f * c - g * s)


# -- Spence's integral of log(t) / (1 - t) from 1 to x: the dilogarithm of 1 - x -------------------------------------

# Bernoulli numbers B_2k / (2k + 1)!
_SPENCE_SERIES = coefficients(
    [
        bernoulli / math.factorial(2 * k + 1)
        for k, bernoulli in enumerate(
            [
                1,
                1 / 6,
                -1 / 30,
                1 / 42,
                -1 / 30,
                5 / 66,
                -691 / 2730,
                7 / 6,
                -3617 / 510,
                43867 / 798,
                -174611 / 330,
            ]
        )
    ]
)


def _spence_kernel(x: torch.Tensor) -> torch.Tensor:
    inverted = x > 1.5
    y = torch.where(inverted, 1.0 / x, x)  # spence(x) = -log(x)^2 / 2 - spence(1 / x)
    reflected = y < 0.5
    z = torch.where(reflected, 1.0 - y, y)  # spence(y) = pi^2 / 6 - log(y) log(1 - y) - spence(1 - y)
    u = -torch.log(z)
    value = u * polynomial(u * u, _SPENCE_SERIES) - u * u / 4.0
    product = torch.where(y == 0, 0.0, torch.log(y) * torch.log1p(-y))
    value = torch.where(reflected, math.pi**2 / 6.0 - product - value, value)
    value = torch.where(inverted, -0.5 * torch.log(x) ** 2 - value, value)
    return torch.where(x.isinf() | (x < 0), torch.nan, value)


# -- ops and rules ---------------------------------------------------------------------------------------------------


def _integral(name: str, kernel: _Kernel, keep: Keep = Keep.INPUTS) -> Any:
    return unary(name, without_kernel(name, HALVES, in_float64(kernel)), dtypes=FLOATS, keep=keep)


dawsn = _integral("Dawsn", _dawson_kernel, Keep.BOTH)
expint = _integral("Expint", _expint_kernel)
fresnel_cos = _integral("FresnelCos", _fresnel_cos_kernel)
fresnel_sin = _integral("FresnelSin", _fresnel_sin_kernel)
spence = _integral("Spence", _spence_kernel)


@gradient("Dawsn")
def _dawsn(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * (one(x) - (x + x) * op.outputs[0])


@gradient("Expint")
def _expint(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    return dy * real_div(exp(x), x)


def _quarter_turns(x: Any) -> Any:
    return square(x) * number(math.pi / 2.0, dtype_of(x))


@gradient("FresnelCos")
def _fresnel_cos(op: Any, dy: Any) -> Any:
    return dy * cos(_quarter_turns(op.inputs[0]))


@gradient("FresnelSin")
def _fresnel_sin(op: Any, dy: Any) -> Any:
    return dy * sin(_quarter_turns(op.inputs[0]))


@gradient("Spence")
def _spence(op: Any, dy: Any) -> Any:
    x = op.inputs[0]
    at_one = raw_of(x) == 1
    slope = real_div(log(x), one(x) - x)
    return dy * where(at_one, number(-1.0, dtype_of(x)), slope)


elementwise("Dawsn", "Expint", "FresnelCos", "FresnelSin", "Spence")
