"""Elementwise ops against NumPy: shapes that broadcast, every dtype, unsigned integers, and what operators refuse."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfcompat_tape as tf

FLOATS = ["float32", "float64"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
slow_fixtures = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def arrays(dtype: str, shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    if dtype in FLOATS:
        width = 32 if dtype == "float32" else 64
        return hnp.arrays(dtype, shape, elements=st.floats(-100, 100, width=width))
    return hnp.arrays(dtype, shape)


@st.composite
def pairs(draw: Any, dtypes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays of one dtype whose shapes broadcast."""
    dtype = draw(st.sampled_from(dtypes))
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)).input_shapes
    return draw(arrays(dtype, shapes[0])), draw(arrays(dtype, shapes[1]))


def same(got: Any, want: Any) -> None:
    got = got.numpy()
    want = np.asarray(want)
    assert got.shape == want.shape and got.dtype == want.dtype, (got.dtype, got.shape, want.dtype, want.shape)
    np.testing.assert_allclose(got, want, rtol=2e-6, atol=0)


EVERYWHERE = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.lt: np.less,
    operator.le: np.less_equal,
    operator.gt: np.greater,
    operator.ge: np.greater_equal,
    operator.eq: np.equal,
    operator.ne: np.not_equal,
    tf.math.maximum: np.maximum,
    tf.math.minimum: np.minimum,
}


@slow_fixtures
@given(pair=pairs(FLOATS + SIGNED + UNSIGNED), function=st.sampled_from(list(EVERYWHERE)))
def test_binary_functions_of_every_dtype(device: str, pair: Any, function: Any) -> None:
    x, y = pair
    with np.errstate(all="ignore"):
        same(function(tf.constant(x), tf.constant(y)), EVERYWHERE[function](x, y))


@slow_fixtures
@given(pair=pairs(FLOATS + SIGNED + UNSIGNED))
def test_whole_quotients(device: str, pair: Any) -> None:
    x, y = pair
    y = np.where(y == 0, np.ones_like(y), y)
    quotient, rest = tf.constant(x) // tf.constant(y), tf.constant(x) % tf.constant(y)
    with np.errstate(all="ignore"):
        if x.dtype.kind != "f":
            same(quotient, x // y)
            same(rest, x % y)
            wide = np.trunc(x.astype(object) / y.astype(object)) if x.dtype.itemsize < 4 and x.size else None
            if wide is not None:
                same(tf.truncatediv(tf.constant(x), tf.constant(y)), wide.astype(np.int64).astype(x.dtype))
        else:
            same(quotient, np.floor(x / y))
            same(rest, np.where(np.sign(np.fmod(x, y)) * np.sign(y) < 0, np.fmod(x, y) + y, np.fmod(x, y)))


@slow_fixtures
@given(pair=pairs(SIGNED + UNSIGNED))
def test_bits(device: str, pair: Any) -> None:
    x, y = pair
    a, b = tf.constant(x), tf.constant(y)
    same(a & b, x & y)
    same(a | b, x | y)
    same(a ^ b, x ^ y)
    same(~a, ~x)
    places = np.asarray(np.clip(y, 0, 8 * x.dtype.itemsize - 1), y.dtype)
    same(tf.bitwise.left_shift(a, b), np.left_shift(x, places))
    same(tf.bitwise.right_shift(a, b), np.right_shift(x, places))


@slow_fixtures
@given(pair=pairs(SIGNED + UNSIGNED))
def test_integers_are_divided_as_floats(device: str, pair: Any) -> None:
    x, y = pair
    wide = np.float32 if x.dtype.itemsize < 4 else np.float64
    with np.errstate(all="ignore"):
        same(tf.constant(x) / tf.constant(y), x.astype(wide) / y.astype(wide))


UNARY = {
    "exp": np.exp, "expm1": np.expm1, "sin": np.sin, "cos": np.cos, "tan": np.tan, "sinh": np.sinh, "cosh": np.cosh,
    "tanh": np.tanh, "atan": np.arctan, "asinh": np.arcsinh, "floor": np.floor, "ceil": np.ceil, "round": np.round,
    "square": np.square, "negative": np.negative, "abs": np.abs, "sign": np.sign, "erf": scipy.special.erf,
    "sigmoid": scipy.special.expit, "erfc": scipy.special.erfc,
}  # fmt: skip


@slow_fixtures
@given(data=st.data(), name=st.sampled_from(list(UNARY)), dtype=st.sampled_from(FLOATS))
def test_unary_functions(device: str, data: Any, name: str, dtype: str) -> None:
    x = data.draw(
        hnp.arrays(dtype, hnp.array_shapes(max_dims=2, max_side=3), elements=st.floats(-20, 20, width=32))
    )
    np.testing.assert_allclose(
        getattr(tf.math, name)(x).numpy(),
        UNARY[name](x),
        rtol=2e-5 if dtype == "float32" else 1e-12,
        atol=1e-30,
    )


SPECIAL = {
    "lgamma": scipy.special.gammaln, "digamma": scipy.special.psi, "special.dawsn": scipy.special.dawsn,
    "special.expint": scipy.special.expi, "special.spence": scipy.special.spence,
    "special.fresnel_sin": lambda x: scipy.special.fresnel(x)[0],
    "special.fresnel_cos": lambda x: scipy.special.fresnel(x)[1],
    "special.bessel_i0": scipy.special.i0, "special.bessel_i0e": scipy.special.i0e,
    "special.bessel_i1": scipy.special.i1, "special.bessel_i1e": scipy.special.i1e,
    "special.bessel_j0": scipy.special.j0, "special.bessel_j1": scipy.special.j1,
    "special.bessel_k0": scipy.special.k0, "special.bessel_k0e": scipy.special.k0e,
    "special.bessel_k1": scipy.special.k1, "special.bessel_k1e": scipy.special.k1e,
    "special.bessel_y0": scipy.special.y0, "special.bessel_y1": scipy.special.y1,
}  # fmt: skip


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(name: str, device: str) -> None:
    x = np.concatenate([np.linspace(0.01, 60.0, 997), np.logspace(-6, 2, 101)])
    function = operator.attrgetter(name)(tf.math)
    np.testing.assert_allclose(function(x).numpy(), SPECIAL[name](x), rtol=2e-12, atol=2e-14)
    assert function(x.astype(np.float32)).dtype == tf.float32


@slow_fixtures
@given(a=st.floats(0.05, 50), b=st.floats(0.05, 50), x=st.floats(0, 1))
def test_betainc(device: str, a: float, b: float, x: float) -> None:
    got = tf.math.betainc(np.float64(a), np.float64(b), np.float64(x)).numpy()
    np.testing.assert_allclose(got, scipy.special.betainc(a, b, x), rtol=1e-11, atol=1e-290)


@slow_fixtures
@given(a=st.floats(0.05, 50), x=st.floats(0.01, 60))
def test_slope_of_igamma_by_its_parameter(device: str, a: float, x: float) -> None:
    start = tf.constant(np.float64(a))
    with tf.GradientTape() as tape:
        tape.watch(start)
        y = tf.math.igamma(start, np.float64(x))
    h = 1e-4 * a
    around = [scipy.special.gammainc(a + k * h, x) for k in (-2, -1, 1, 2)]
    slope = (around[0] - 8 * around[1] + 8 * around[2] - around[3]) / (12 * h)
    np.testing.assert_allclose(tape.gradient(y, start).numpy(), slope, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_as_exact_as_they_can_be(dtype: str, device: str) -> None:
    x = tf.cast(np.linspace(0.1, 3.0, 50), dtype)
    exact = x.numpy().astype(np.float64)
    step = 2.0**-10 if dtype == "float16" else 2.0**-7
    for name, function in (
        ("exp", np.exp),
        ("tanh", np.tanh),
        ("log", np.log),
        ("sqrt", np.sqrt),
        ("sin", np.sin),
    ):
        got = getattr(tf.math, name)(x)
        assert got.dtype == dtype
        np.testing.assert_allclose(got.numpy().astype(np.float64), function(exact), rtol=step)


def test_a_number_is_as_exact_as_the_dtype(device: str) -> None:
    x = tf.constant([2.0, 3.0], tf.bfloat16)
    assert (x**0.1 == tf.pow(x, tf.constant(0.1, tf.bfloat16))).numpy().all()


@pytest.mark.parametrize("dtype", SIGNED)
def test_integers_wrap_around(dtype: str, device: str) -> None:
    info = np.iinfo(dtype)
    assert (tf.constant(info.max, dtype) + 1).numpy() == info.min
    assert (tf.constant(info.min, dtype) // -1).numpy() == info.min
    assert tf.truncatediv(tf.constant(info.min, dtype), -1).numpy() == info.min
    assert (-tf.constant(info.min, dtype)).numpy() == info.min


def test_dividing_an_integer_by_zero(device: str) -> None:
    if device != "/CPU:0":
        pytest.skip("on a GPU neither TensorFlow nor torch looks")
    for dtype in SIGNED + UNSIGNED:
        x, zero = tf.constant([7, 1], dtype), tf.constant([1, 0], dtype)
        for function in (operator.floordiv, operator.mod):
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"[Dd]ivi"):
                function(x, zero)
        with pytest.raises(tf.errors.InternalError):
            tf.truncatediv(x, zero)


def test_equality(device: str) -> None:
    x = tf.constant([1.0, 2.0])
    assert (x == None) is False and (x != None) is True  # noqa: E711
    assert (x == [1.0, 5.0]).numpy().tolist() == [True, False]
    assert (x == tf.ones([3])).numpy() == np.False_ and (x != tf.ones([3])).numpy() == np.True_
    assert x[0] in [1.0, 2.0] and [3.0, x[1]].index(x[1]) == 1
    with pytest.raises(tf.errors.InvalidArgumentError):
        x == tf.constant([1, 2])  # noqa: B015


def test_operators_take_what_becomes_a_tensor(device: str) -> None:
    x, v = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0])
    for other in (v, [3.0, 4.0], (3, 4), np.array([3.0, 4.0]), torch.tensor([3.0, 4.0])):
        assert isinstance(x + other, tf.Tensor) and (x + other).numpy().tolist() == [4.0, 6.0]
        assert (x - other).numpy().tolist() == [-2.0, -2.0]
        if not isinstance(other, torch.Tensor):  # whose own operators know nothing of ours
            assert (other - x).numpy().tolist() == [2.0, 2.0]


def test_raw_torch_tensors_become_tensors() -> None:
    x, y = torch.tensor([1.0, 4.0]), torch.tensor([2.0, 2.0])
    for value in (
        tf.math.add(x, y),
        tf.subtract(x, y),
        tf.maximum(x, 2.0),
        tf.sqrt(x),
        tf.pow(x, y),
        tf.divide(x, 2.0),
    ):
        assert type(value) is tf.Tensor


def test_a_class_may_answer_to_an_operator() -> None:
    class Unit:
        def __rmul__(self, other: Any) -> str:
            return "metres"

    assert tf.constant(2.0) * Unit() == "metres"
    with pytest.raises(ValueError, match="Unit"):
        tf.constant(2.0) - Unit()
    with pytest.raises(ValueError, match="Unit"):
        tf.multiply(tf.constant(2.0), Unit())


def test_variables_refuse_in_place_operators() -> None:
    v = tf.Variable(1.0)
    with pytest.raises(RuntimeError, match="assign_add"):
        v += 1.0
    with pytest.raises(RuntimeError, match="assign"):
        v *= 2.0
    assert v.numpy() == 1.0


def test_messages_help() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"AddV2.*float32\[2\].*int32\[2\].*tf.cast"):
        tf.constant([1.0, 2.0]) + tf.constant([1, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"AddV2.*\[2, 3\].*\[2\]"):
        tf.ones([2, 3]) + tf.ones([2])
    with pytest.raises(TypeError, match=r"bool.*tf.cast"):
        tf.constant(True) / tf.constant(True)


def test_a_quotient_keeps_what_its_rule_uses() -> None:
    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        z = x / y
    assert z._node.inputs[0] is None and z._node.outputs == ()
    assert tape.gradient(z, x).numpy().tolist() == [np.float32(1 / 3), 0.25]
