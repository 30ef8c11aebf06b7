"""Every differentiable elementwise op: finite differences, torch.autograd, second order, vmap against loop, tracing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients

import tfcompat_tape as tf
from tfcompat_tape.checking.traces import trace_of

math = tf.math
special = tf.math.special
RNG = np.random.RandomState(5)
WIDE = RNG.uniform(-2.0, 2.0, (2, 3))
ABOVE_ZERO = RNG.uniform(0.3, 2.0, (2, 3))
INSIDE = RNG.uniform(-0.8, 0.8, (2, 3))
FRACTIONS = RNG.uniform(0.1, 0.9, (2, 3))
ABOVE_ONE = RNG.uniform(1.2, 3.0, (2, 3))
COMPLEX = WIDE + 1j * ABOVE_ZERO

ENTIRE = "negative abs square exp expm1 sin cos sinh cosh tanh atan asinh erf erfc sign"
SOFT = "sigmoid softplus softsign log_sigmoid"
POSITIVE = "log log1p sqrt rsqrt reciprocal reciprocal_no_nan tan lgamma digamma"
REAL = [
    (name, point)
    for point, names in (
        (WIDE, f"{ENTIRE} {SOFT}"),
        (ABOVE_ZERO, POSITIVE),
        (INSIDE, "asin acos atanh erfinv"),
        (FRACTIONS, "ndtri erfcinv"),
        (ABOVE_ONE, "acosh"),
    )
    for name in names.split()
]
HOLOMORPHIC = (
    "negative square exp expm1 log log1p sqrt rsqrt reciprocal sin cos tan sinh cosh tanh asin acos atan"
)
OF_COMPLEX = f"{HOLOMORPHIC} sigmoid asinh acosh atanh conj real imag abs angle sign".split()

# torch has no derivative of its own for these, or takes another one at the same place.
NOT_IN_TORCH = {"sign"}
UNTRACED = (
    "rules",
    "first order",
    "second order",
    "forward mode",
    "vmap",
)  # a trace of 200 steps takes too long
NO_SECOND = {"softsign"}  # TensorFlow registers no gradient for SoftsignGrad


@pytest.mark.parametrize(("name", "point"), REAL, ids=[name for name, _ in REAL])
def test_real_functions(name: str, point: np.ndarray) -> None:
    once = name in NO_SECOND
    check_gradients(
        getattr(math, name),
        point,
        autograd=name not in NOT_IN_TORCH,
        order=1 if once else 2,
        skips=["forward mode"] if once else [],
    )


@pytest.mark.parametrize("name", OF_COMPLEX)
def test_complex_functions(name: str) -> None:
    check_gradients(getattr(math, name), COMPLEX, autograd=False)


@pytest.mark.parametrize("name", ["i0", "i0e", "i1", "i1e", "j0", "j1", "k0", "k0e", "k1", "k1e", "y0", "y1"])
def test_bessel_functions(name: str) -> None:
    check_gradients(getattr(special, f"bessel_{name}"), ABOVE_ZERO, autograd=False)


@pytest.mark.parametrize("name", ["dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence"])
def test_integrals(name: str) -> None:
    check_gradients(getattr(special, name), ABOVE_ZERO * 2.0, autograd=False)


BINARY: dict[str, tuple[Callable[..., Any], Any, Any]] = {
    "add": (math.add, WIDE, INSIDE),
    "subtract": (math.subtract, WIDE, INSIDE),
    "multiply": (math.multiply, WIDE, INSIDE),
    "divide": (math.divide, WIDE, ABOVE_ZERO),
    "divide_no_nan": (math.divide_no_nan, WIDE, ABOVE_ZERO),
    "multiply_no_nan": (math.multiply_no_nan, WIDE, ABOVE_ZERO),
    "squared_difference": (math.squared_difference, WIDE, INSIDE),
    "pow": (math.pow, ABOVE_ZERO, WIDE),
    "maximum": (math.maximum, WIDE, INSIDE),
    "minimum": (math.minimum, WIDE, INSIDE),
    "floormod": (math.floormod, WIDE + 20.0, ABOVE_ZERO),
    "atan2": (math.atan2, WIDE, ABOVE_ZERO),
    "xlogy": (math.xlogy, WIDE, ABOVE_ZERO),
    "xlog1py": (math.xlog1py, WIDE, ABOVE_ZERO),
    "xdivy": (math.xdivy, WIDE, ABOVE_ZERO),
    "complex": (tf.complex, WIDE, INSIDE),
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", ["equal", "row", "outer"])
def test_binary_functions(name: str, shapes: str) -> None:
    function, x, y = BINARY[name]
    x, y = {"equal": (x, y), "row": (x, y[0]), "outer": (x[:, :1], y[:1])}[shapes]
    check_gradients(function, x, y, autograd=name != "floormod", order=1 if name == "floormod" else 2)


@pytest.mark.parametrize(
    "name", ["add", "subtract", "multiply", "divide", "divide_no_nan", "pow", "xlogy", "xdivy"]
)
def test_complex_binary_functions(name: str) -> None:
    if name in (
        "xlogy",
        "xdivy",
    ):  # TensorFlow does not conjugate here, so only real cotangents of holomorphic parts agree
        with tf.GradientTape() as tape:
            x, y = tf.constant(COMPLEX), tf.constant(COMPLEX[::-1].copy())
            tape.watch([x, y])
            z = getattr(math, name)(x, y)
        gx = tape.gradient(z, x)
        partial = np.log(y.numpy()) if name == "xlogy" else 1.0 / y.numpy()
        np.testing.assert_allclose(gx.numpy(), partial, rtol=1e-12)
        return
    check_gradients(BINARY[name][0], COMPLEX, COMPLEX[0] + 0.5, autograd=False)


def test_three_inputs() -> None:
    check_gradients(lambda a, b, c: math.add_n([a, b, a, c]), WIDE, INSIDE, FRACTIONS)
    check_gradients(
        lambda x, low, high: tf.clip_by_value(x, low, high), WIDE, np.array(-0.51), np.array(0.52)
    )
    check_gradients(lambda x: math.betainc(1.5, 2.5, x), FRACTIONS, autograd=False, checks=UNTRACED)
    check_gradients(lambda x: math.polyval([x, 2.0 * x, x], x), WIDE)


def test_gamma_functions_of_two() -> None:
    options: dict[str, Any] = {"order": 1, "autograd": False, "checks": UNTRACED}
    check_gradients(math.igamma, ABOVE_ZERO, ABOVE_ONE, **options)
    check_gradients(math.igammac, ABOVE_ONE, ABOVE_ZERO, **options)
    check_gradients(lambda q: math.zeta(tf.constant(2.5, tf.float64), q), ABOVE_ZERO, autograd=False)
    check_gradients(lambda x: math.polygamma(tf.constant(1.0, tf.float64), x), ABOVE_ZERO, autograd=False)
    check_gradients(math.lbeta, ABOVE_ZERO)


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, 0.5, -0.5, 2.5])
def test_powers_by_numbers(exponent: float) -> None:
    check_gradients(lambda x: x**exponent, ABOVE_ZERO)
    check_gradients(lambda x: tf.pow(x, exponent), ABOVE_ZERO)


def test_operators_with_numbers() -> None:
    check_gradients(lambda x: 3.0 - 2.0 * x / 4.0 + 1.0 / x, ABOVE_ZERO)
    check_gradients(lambda x: 2.0**x, WIDE)
    check_gradients(lambda x: x % 0.7, WIDE + 20.0, autograd=False)


def test_casts() -> None:
    check_gradients(lambda x: tf.cast(tf.cast(x, tf.complex128) * (1 + 2j), tf.float64), WIDE, autograd=False)
    check_gradients(lambda x: tf.cast(tf.cast(x, tf.float32), tf.float64) * 2.0, WIDE, exact=1e-6)


def test_norms() -> None:
    check_gradients(lambda x: tf.clip_by_norm(x, 0.7), WIDE)
    check_gradients(lambda x, y: tf.clip_by_global_norm([x, y], 1.0)[0][0], WIDE, INSIDE)


def test_third_order() -> None:
    x = tf.constant([0.4, 1.3], tf.float64)
    for function, third in (
        (math.tanh, lambda v: -2.0 * (1 - np.tanh(v) ** 2) * (1 - 3 * np.tanh(v) ** 2)),
        (math.log, lambda v: 2.0 / v**3),
        (math.sqrt, lambda v: 0.375 * v**-2.5),
        (lambda v: v**4, lambda v: 24.0 * v),
        (lambda v: 1 / v, lambda v: -6.0 / v**4),
    ):
        with tf.GradientTape() as a:
            a.watch(x)
            with tf.GradientTape() as b:
                b.watch(x)
                with tf.GradientTape() as c:
                    c.watch(x)
                    y = function(x)
                first = c.gradient(y, x)
            second = b.gradient(first, x)
        np.testing.assert_allclose(a.gradient(second, x).numpy(), third(x.numpy()), rtol=1e-10)


TRACED: dict[str, Callable[..., Any]] = {
    "arithmetic": lambda x: tf.reduce_sum(3.0 * x * x / (1.0 + x) - x),
    "powers": lambda x: x**2 + x**2.5 + x**0.5,
    "tanh": lambda x: tf.tanh(x) + tf.sigmoid(x) * tf.exp(-x),
    "choice": lambda x: tf.maximum(x, 0.7) + tf.abs(x - 1.0) + tf.clip_by_value(x, 0.5, 1.5),
    "roots": lambda x: tf.sqrt(x) + tf.math.rsqrt(x) + tf.math.log(x),
    "special": lambda x: tf.math.lgamma(x) + tf.math.erf(x) + special.bessel_i0(x) + special.spence(x),
    "incomplete": lambda x: tf.math.igamma(tf.constant(1.5, tf.float64), x),
    "cast": lambda x: tf.cast(tf.cast(x, tf.float32), tf.float64),
}


@pytest.mark.parametrize("name", TRACED)
def test_gradients_can_be_traced(name: str) -> None:
    def gradient(raw: torch.Tensor) -> torch.Tensor:
        x = tf.Tensor(raw, None)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = TRACED[name](x)
        result: torch.Tensor = tape.gradient(y, x)._t
        return result

    trace = trace_of(gradient, torch.tensor([0.6, 1.1], dtype=torch.float64))
    point = torch.tensor([0.9, 1.8], dtype=torch.float64)
    torch.testing.assert_close(trace(point), gradient(point))
