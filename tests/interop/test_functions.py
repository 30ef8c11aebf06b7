"""torch's functions on Tensors, and functions of torch code as ops: values, gradients of any order, errors."""

import sys
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.attention import SDPBackend, sdpa_kernel

import tfcompat_tape as tf

RNG = np.random.default_rng(0)
A = RNG.normal(size=(4, 3))

FUNCTIONS = {
    "sin": torch.sin,
    "gelu": F.gelu,
    "layer_norm": lambda x: F.layer_norm(x, (3,)),
    "singular values": lambda x: torch.linalg.svd(x, full_matrices=False)[1],
    "cat": lambda x: torch.cat([x, torch.sin(x)], dim=1),
    "max": lambda x: torch.max(x * x, dim=1).values,
    "einsum": lambda x: torch.einsum("ij,kj->ik", x, x),
    "where": lambda x: torch.where(x > 0, x * x, torch.exp(x)),
    "attention": lambda x: F.scaled_dot_product_attention(x[None], x[None], x[None])[0],
}


def of_torch(derivative: Any, *args: Any, **options: Any) -> Any:
    """A derivative by torch itself, which cannot differentiate its fused attention twice, or in forward mode."""
    with sdpa_kernel(SDPBackend.MATH):
        return derivative(*args, **options)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_are_torchs(name: str) -> None:
    f = FUNCTIONS[name]
    raw = torch.tensor(A, requires_grad=True)
    x = tf.Variable(A)

    def total(z: Any) -> Any:
        return f(z).sin().sum()

    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.sin(f(x)))
        gradient = inner.gradient(y, x)
    hessian = outer.jacobian(gradient, x)
    np.testing.assert_allclose(gradient, torch.autograd.grad(total(raw), raw)[0], rtol=1e-10)
    expected = of_torch(torch.autograd.functional.hessian, total, raw)
    np.testing.assert_allclose(hessian, expected, rtol=1e-8, atol=1e-9)

    # A Jacobian under a tape: the rule is recorded under vmap, where the function has to run again.
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = f(x)
        jacobian = inner.jacobian(y, x)
        s = tf.reduce_sum(tf.sin(jacobian))
    expected = of_torch(torch.autograd.functional.jacobian, f, raw, create_graph=True)
    np.testing.assert_allclose(jacobian, expected.detach(), rtol=1e-8, atol=1e-9)
    gradient = outer.gradient(s, x)
    expected = torch.autograd.grad(expected.sin().sum(), raw)[0]
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_forward_mode_also_over_reverse(name: str) -> None:
    f = FUNCTIONS[name]
    raw, direction = torch.tensor(A), RNG.normal(size=A.shape)
    x = tf.Variable(A)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(direction)) as accumulator:
        with tf.GradientTape() as tape:
            y = f(x)
            s = tf.reduce_sum(tf.sin(y))
        gradient = tape.gradient(s, x)
    _, expected = of_torch(torch.autograd.functional.jvp, f, raw, torch.tensor(direction))
    np.testing.assert_allclose(accumulator.jvp(y), expected, rtol=1e-8, atol=1e-9)
    _, expected = of_torch(
        torch.autograd.functional.hvp, lambda z: f(z).sin().sum(), raw, torch.tensor(direction)
    )
    np.testing.assert_allclose(accumulator.jvp(gradient), expected, rtol=1e-7, atol=1e-8)


@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from([np.float32, np.float64, np.complex64]))
def test_shapes_and_dtypes(rows: int, columns: int, dtype: Any) -> None:
    value = RNG.normal(size=(rows, columns)).astype(dtype)
    x, raw = tf.Variable(value), torch.tensor(value, requires_grad=True)
    with tf.GradientTape() as tape:
        y = torch.abs(torch.mul(torch.cos(x), x))
    loss = (raw.cos() * raw).abs().sum()
    gradient = tape.gradient(y, x)
    assert gradient.dtype == x.dtype
    np.testing.assert_allclose(
        gradient, torch.autograd.grad(loss, raw)[0].resolve_conj(), rtol=2e-4, atol=1e-5
    )


def test_arguments_of_all_kinds() -> None:
    t, v, raw = tf.constant([1.0, 2.0]), tf.Variable([3.0, 4.0]), torch.tensor([5.0, 6.0])
    with tf.GradientTape() as tape:
        y = torch.cat([t, v, raw], dim=0)
        z = torch.add(v, raw, alpha=2.0)
    np.testing.assert_array_equal(y, [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(z, [13, 16])
    np.testing.assert_array_equal(tape.gradient([y, z], v), [2, 2])
    assert torch.sum(v, dim=0, keepdim=True, dtype=torch.float64).dtype is tf.float64
    assert torch.numel(v) == 2
    assert not torch.is_complex(t)


def test_structures_are_kept() -> None:
    found = torch.max(tf.constant(A), dim=0)
    assert type(found) is torch.return_types.max
    assert isinstance(found.values, tf.Tensor) and found.indices.dtype is tf.int64

    @tf.interop.torch_op
    def several(pair: Any, *, scale: Any) -> Any:
        x, more = pair
        return {"sum": x + more["y"], "rest": [x * scale, "label", 3]}

    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        result = several((x, {"y": y}), scale=10.0)
        loss = result["sum"] * result["rest"][0]
    assert result["rest"][1:] == ["label", 3]
    assert [float(g) for g in tape.gradient(loss, [x, y])] == [70.0, 20.0]


def test_a_result_that_does_not_depend_on_a_source() -> None:
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    f = tf.interop.torch_op(lambda a, b: (a * 2.0, torch.zeros_like(b)))
    with tf.GradientTape(persistent=True) as tape:
        first, second = f(x, y)
    assert float(tape.gradient(first, x)) == 2.0
    assert tape.gradient(first, y) is None
    assert tape.gradient(second, y) is None


def test_operators_of_torch_tensors_are_ours() -> None:
    raw, v = torch.tensor([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = raw * v + raw / v - raw
        raw += v  # as for floats, the name stands for a new value then
    assert isinstance(y, tf.Tensor) and isinstance(raw, tf.Tensor)
    np.testing.assert_allclose(tape.gradient(y, v), [1 - 1 / 9, 2 - 2 / 16])
    assert bool((torch.tensor([3.0]) == v)[0])


@pytest.mark.parametrize(
    "call",
    [
        lambda t: torch.relu_(t),
        lambda t: F.relu(t, inplace=True),
        lambda t: torch.add(t, t, out=torch.empty(2)),
        lambda t: torch.nn.init.normal_(t),
        lambda t: torch.zeros(2).masked_fill_(t > 0, t[0]),
    ],
)
def test_in_place_is_refused(call: Any) -> None:
    t = tf.constant([1.0, -1.0])
    with pytest.raises(TypeError, match="never changes"):
        call(t)
    np.testing.assert_array_equal(t, [1, -1])


def test_a_function_that_writes_to_its_input_is_found_out() -> None:
    f = tf.interop.torch_op(lambda x: x.mul_(2.0))
    with pytest.raises(TypeError, match="in place"):
        f(tf.constant([1.0]))
    with tf.GradientTape(), pytest.raises(RuntimeError, match="in-place"):
        f(tf.Variable([1.0]))


def test_other_errors() -> None:
    t = tf.constant([1.0])
    with pytest.raises(TypeError, match=r"tf\.GradientTape"):
        torch.autograd.grad(t, t)
    with pytest.raises(TypeError, match="strings"):
        torch.sin(tf.constant("a"))
    with pytest.raises(TypeError, match="function"):
        tf.interop.torch_op(3)


def test_values_leave_for_torch() -> None:
    t = tf.constant([1.0, 2.0])
    # From Python 3.12 on, torch.asarray refuses: tests/differences/test_interpreter.py.
    refused = sys.version_info >= (3, 12)
    for leave in (torch.as_tensor, torch.from_dlpack, *([] if refused else [torch.asarray])):
        raw = leave(t)
        assert type(raw) is torch.Tensor and raw.data_ptr() == t._t.data_ptr()
    assert torch.tensor(t).data_ptr() != t._t.data_ptr()
    raw = torch.zeros(2)
    raw.copy_(t)
    raw[0] = t[1]
    assert raw.tolist() == [2.0, 2.0]


def test_dlpack_shares_memory_both_ways() -> None:
    raw = torch.arange(3.0)
    t = tf.experimental.dlpack.from_dlpack(raw)
    assert t._t.data_ptr() == raw.data_ptr()
    assert np.from_dlpack(t).ctypes.data == raw.data_ptr()
    capsule = tf.experimental.dlpack.to_dlpack(t)
    assert torch.from_dlpack(capsule).data_ptr() == raw.data_ptr()
    assert tf.convert_to_tensor(raw)._t is raw


# -- randomness --------------------------------------------------------------------------------------------------------


def test_dropout_keeps_its_mask_for_every_derivative() -> None:
    x = tf.Variable(np.ones((50,)))
    torch.manual_seed(3)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = F.dropout(x * x, 0.5)
        g = tape.gradient(y, x)
    np.testing.assert_allclose(g, 2 * y.numpy())
    np.testing.assert_allclose(outer.gradient(g, x), 2 * y.numpy())
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = F.dropout(x, 0.5)
    np.testing.assert_allclose(accumulator.jvp(y), y)  # here the function ran twice


def test_running_again_leaves_the_generator_alone() -> None:
    x = tf.Variable(np.ones((5,)))
    torch.manual_seed(3)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)):
        F.dropout(x, 0.5)
    after = torch.rand(1)
    torch.manual_seed(3)
    F.dropout(torch.ones(5, dtype=torch.float64), 0.5)
    assert torch.equal(after, torch.rand(1))


# -- where it runs -----------------------------------------------------------------------------------------------------


def test_in_vectorized_maps_and_traces() -> None:
    x = tf.Variable(A)
    with tf.GradientTape() as tape:
        y = tf.vectorized_map(lambda row: torch.sin(row) * row, x)
    np.testing.assert_allclose(tape.gradient(y, x), np.sin(A) + A * np.cos(A))

    def step(raw: Any) -> Any:
        t = tf.convert_to_tensor(raw)
        with tf.GradientTape() as tape:
            tape.watch(t)
            y = torch.sin(t) * t
        return tape.gradient(y, t)._t

    traced = make_fx(step)(torch.zeros(2, dtype=torch.float64))
    np.testing.assert_allclose(
        traced(torch.tensor([1.0, 2.0], dtype=torch.float64)), np.sin([1, 2]) + [1, 2] * np.cos([1, 2])
    )


def test_old_autograd_functions_have_forward_mode_too() -> None:
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 3 * x * x * dy

    cube = tf.interop.torch_op(Cube.apply)
    x = tf.Variable(2.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator, tf.GradientTape() as tape:
        y = cube(x)
    assert float(tape.gradient(y, x)) == 12.0
    assert float(accumulator.jvp(y)) == 12.0


def test_inference_and_no_grad_modes() -> None:
    for mode in (torch.inference_mode, torch.no_grad):
        with mode():
            x = tf.Variable([1.0, 2.0])
            with tf.GradientTape() as tape:
                y = torch.exp(x)
            np.testing.assert_allclose(tape.gradient(y, x), np.exp([1, 2]), rtol=1e-6)


def test_a_constant_changed_in_place_is_noticed() -> None:
    x, raw = tf.Variable([1.0, 2.0]), torch.tensor([3.0, 4.0])
    with tf.GradientTape() as tape:
        y = torch.mul(x, raw)
    raw.add_(1.0)
    with pytest.raises(RuntimeError, match=r"torch\.mul needs a tensor that torch has changed in place"):
        tape.gradient(y, x)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_devices_and_streams_are_followed() -> None:
    with tf.device("/GPU:0"):
        x = tf.Variable([1.0, 2.0])
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream), tf.GradientTape() as tape:
        y = torch.sin(x) * tf.exp(x)
    assert y._t.is_cuda
    stream.synchronize()
    g = tape.gradient(y, x)
    assert g._t.is_cuda
    np.testing.assert_allclose(g, np.exp([1, 2]) * (np.sin([1, 2]) + np.cos([1, 2])), rtol=1e-5)


# -- the decorator -----------------------------------------------------------------------------------------------------


def test_a_registered_op() -> None:
    @tf.interop.torch_op(name="InteropTestPower")
    def power(x: Any, *, exponent: float = 2.0) -> Any:
        return x**exponent

    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = power(x, exponent=3.0)
    assert float(tape.gradient(y, x)) == 27.0
    assert power.op.name == "InteropTestPower"
    with pytest.raises(KeyError, match="InteropTestPower"):
        tf.interop.torch_op(name="InteropTestPower")(torch.sin)


def test_a_gradient_of_its_own() -> None:
    def gradient(op: Any, dy: Any) -> Any:
        assert op.get_attr("low") == -1.0
        return dy * op.inputs[0] * 100.0

    @tf.interop.torch_op(gradient=gradient)
    def clip(x: Any, *, low: float = -1.0) -> Any:
        return torch.clamp(x, min=low)

    x = tf.Variable(-3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            y = clip(x)
        g = tape.gradient(y, x)
    assert (float(y), float(g), float(outer.gradient(g, x))) == (-1.0, -300.0, 100.0)
