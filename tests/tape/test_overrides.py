"""Overridden gradients where ops run at once: scope, threads, nesting, memory, and every way to differentiate."""

import gc
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.core import registry, wengert
from tfcompat_tape.tape import overrides


@pytest.fixture(autouse=True)
def _everything_as_before() -> Iterator[None]:
    """Whatever a test does, no override and no wider keep is left behind."""
    waiting = dict(registry._waiting)
    keeps = {name: (op.keep, op.keep_inputs) for name, op in registry.OPS.items()}
    yield
    assert not wengert.state.overrides
    assert not overrides._kept
    assert {name: (op.keep, op.keep_inputs) for name, op in registry.OPS.items()} == keeps
    registry._waiting.clear()
    registry._waiting.update(waiting)


def registered(function: Callable[..., Any]) -> str:
    """`function` as a gradient, under a new name."""
    name = f"Test{uuid.uuid4()}"
    tf.RegisterGradient(name)(function)
    return name


def times(factor: float) -> str:
    return registered(lambda op, dy: dy * factor)


def overriding(names: dict[str, str]) -> Any:
    return tf.compat.v1.get_default_graph().gradient_override_map(names)


def gradient(f: Callable[[Any], Any], x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


X = tf.constant([1.5, -2.5, 3.0])


def test_guided_backpropagation_through_a_convolutional_net(device: str) -> None:
    rng = np.random.default_rng(0)
    image = rng.normal(size=(1, 6, 6, 2)).astype(np.float32)
    kernels = [
        rng.normal(size=(3, 3, 2, 4)).astype(np.float32),
        rng.normal(size=(3, 3, 4, 3)).astype(np.float32),
    ]

    @tf.RegisterGradient(name := f"Guided{uuid.uuid4()}")
    def guided(op: Any, dy: Any) -> Any:
        return tf.cast(dy > 0.0, dy.dtype) * tf.cast(op.inputs[0] > 0.0, dy.dtype) * dy

    def net(x: Any) -> Any:
        for kernel in kernels:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME"))
        return tf.nn.max_pool2d(x, 2, 2, "VALID")

    x = tf.constant(image)
    with overriding({"Relu": name}):
        found = gradient(net, x)
    assert not np.allclose(found, gradient(net, x))

    # By hand, in float64: torch's own gradients, where every rectifier lets positive gradients alone pass.
    class Guided(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx: Any, dy: torch.Tensor) -> torch.Tensor:
            (x,) = ctx.saved_tensors
            return dy * (dy > 0) * (x > 0)

    leaf = torch.tensor(image, dtype=torch.float64).permute(0, 3, 1, 2).requires_grad_()
    h = leaf
    for kernel in kernels:
        weight = torch.tensor(kernel, dtype=torch.float64).permute(3, 2, 0, 1)
        h = Guided.apply(torch.nn.functional.conv2d(h, weight, padding=1))
    (expected,) = torch.autograd.grad(torch.nn.functional.max_pool2d(h, 2).sum(), leaf)
    np.testing.assert_allclose(found, expected.permute(0, 2, 3, 1), rtol=1e-4, atol=1e-5)


def test_ops_made_within_whenever_the_gradient_is_asked_for() -> None:
    ten = times(10.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(X)
        before = tf.sin(X)
        with overriding({"Sin": ten}):
            within = tf.sin(X)
            np.testing.assert_allclose(tape.gradient(before, X), np.cos(X), rtol=1e-6)
            np.testing.assert_allclose(tape.gradient(within, X), [10.0] * 3)
        after = tf.sin(X)
    np.testing.assert_allclose(tape.gradient(within, X), [10.0] * 3)
    np.testing.assert_allclose(tape.gradient(after, X), np.cos(X), rtol=1e-6)


def test_maps_nest() -> None:
    ten, hundred = times(10.0), times(100.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(X)
        with overriding({"Sin": ten, "Cos": ten}):
            a = tf.sin(X)
            with overriding({"Sin": hundred}):
                b, c = tf.sin(X), tf.cos(X)
                with overriding({"Sin": "Sin"}):
                    d = tf.sin(X)
            e = tf.sin(X)
    found = [float(tape.gradient(y, X)[0]) for y in (a, b, c, d, e)]
    np.testing.assert_allclose(found, [10.0, 100.0, 10.0, np.cos(1.5), 10.0], rtol=1e-6)


def test_an_exception_restores_everything() -> None:
    ten = times(10.0)
    with (
        pytest.raises(RuntimeError, match="mine"),
        overriding({"Sin": ten}),
        overriding({"Cos": ten, "Sin": "Cos"}),
    ):
        raise RuntimeError("mine")
    np.testing.assert_allclose(gradient(tf.sin, X), np.cos(X), rtol=1e-6)
    with overriding({"Sin": ten}):
        with pytest.raises(TypeError, match="strings"), overriding({"Sin": 3}):  # type: ignore[dict-item]
            pass
        np.testing.assert_allclose(gradient(tf.sin, X), [10.0] * 3)


def test_an_exception_in_the_gradient() -> None:
    def fail(op: Any, dy: Any) -> Any:
        raise RuntimeError("mine")

    with overriding({"Sin": registered(fail)}):
        with pytest.raises(RuntimeError, match="mine"):
            gradient(tf.sin, X)
        np.testing.assert_allclose(gradient(tf.square, X), [3.0, -5.0, 6.0])
    assert not wengert.state.recordings


def test_threads_have_maps_of_their_own() -> None:
    """Two threads interleave; neither sees the other's map, and what ops keep is restored when the last one leaves."""
    names = {"a": times(10.0), "b": times(100.0), "c": None}
    found: dict[str, list[float]] = {key: [] for key in names}
    barrier = threading.Barrier(3, timeout=20)

    def work(key: str, name: str | None) -> None:
        for _ in range(20):
            barrier.wait()
            with overriding({} if name is None else {"Sin": name}):
                barrier.wait()
                with tf.GradientTape() as tape:
                    x = tf.constant(0.0)
                    tape.watch(x)
                    y = tf.sin(x)
                barrier.wait()
                found[key].append(float(tape.gradient(y, x)))

    threads = [threading.Thread(target=work, args=item) for item in names.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"a": [10.0] * 20, "b": [100.0] * 20, "c": [1.0] * 20}


def test_a_thread_that_another_starts_has_no_map() -> None:
    found = []
    with overriding({"Sin": times(10.0)}):
        thread = threading.Thread(target=lambda: found.append(float(gradient(tf.sin, tf.constant(0.0)))))
        thread.start()
        thread.join()
    assert found == [1.0]


def test_a_graph_counts_while_it_is_the_default() -> None:
    graph, other = tf.Graph(), tf.Graph()
    ten, hundred = times(10.0), times(100.0)
    x = tf.constant(0.0)

    def now() -> float:
        return float(gradient(tf.sin, x))

    with graph.gradient_override_map({"Sin": ten}):
        assert now() == 1.0
        with graph.as_default():
            assert now() == 10.0
            with other.as_default(), other.gradient_override_map({"Sin": hundred}):
                assert now() == 100.0
                with graph.as_default():
                    assert now() == 10.0
            with other.as_default():
                assert now() == 1.0
            assert now() == 10.0
    with graph.as_default():
        assert now() == 1.0


def test_in_custom_gradients_functions_and_modules() -> None:
    ten = times(10.0)

    @tf.custom_gradient
    def custom(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x)
        g = tape.gradient(y, x)
        return y, lambda dy: dy * g

    class Layer(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(2.0)

        @tf.function
        def __call__(self, x: Any) -> Any:
            return tf.sin(x) * self.scale

    layer = Layer()
    with overriding({"Sin": ten}):
        np.testing.assert_allclose(gradient(custom, X), [10.0] * 3)
        np.testing.assert_allclose(gradient(tf.function(tf.sin), X), [10.0] * 3)
        np.testing.assert_allclose(gradient(layer, X), [20.0] * 3)

    @tf.custom_gradient
    def overrides_within(x: Any) -> Any:
        with overriding({"Sin": ten}), tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x)
        g = tape.gradient(y, x)
        return y, lambda dy: dy * g

    np.testing.assert_allclose(gradient(overrides_within, X), [10.0] * 3)


def test_nested_tapes_and_second_derivatives() -> None:
    own = registered(lambda op, dy: dy * op.outputs[0] * op.inputs[0])  # d sin = x sin
    x, out = np.asarray(X), np.sin(X)
    for persistent in (False, True):
        with tf.GradientTape(persistent=persistent) as outer:
            outer.watch(X)
            with tf.GradientTape(persistent=persistent) as inner:
                inner.watch(X)
                with overriding({"Sin": own}):
                    y = tf.sin(X)
            g = inner.gradient(y, X)
        np.testing.assert_allclose(g, x * out, rtol=1e-6)
        np.testing.assert_allclose(outer.gradient(g, X), out + x * (x * out), rtol=1e-6)


def test_a_gradient_taken_within_is_recorded_with_the_map() -> None:
    ten = times(10.0)
    with tf.GradientTape() as outer:
        outer.watch(X)
        with tf.GradientTape() as inner:
            inner.watch(X)
            y = tf.sin(X)
        with overriding({"Cos": ten}):
            g = inner.gradient(y, X)  # cos(x), made within
    np.testing.assert_allclose(outer.gradient(g, X), [10.0] * 3)


def test_jacobians_and_vectorized_map() -> None:
    own = registered(lambda op, dy: dy * op.inputs[0] * 10.0)
    names = {"Sin": own, "Round": "Identity"}
    m = tf.constant([[1.0, 2.0], [3.0, 4.0]])

    def f(x: Any) -> Any:
        return tf.round(tf.sin(x)) * 3.0

    with tf.GradientTape(persistent=True) as tape:
        tape.watch([X, m])
        with overriding(names):
            y, q = f(X), f(m)
            mapped = tf.vectorized_map(f, m)
    np.testing.assert_allclose(tape.jacobian(y, X), np.diag(30.0 * np.asarray(X)), rtol=1e-6)
    np.testing.assert_allclose(
        tape.jacobian(y, X, experimental_use_pfor=False), np.diag(30.0 * np.asarray(X)), rtol=1e-6
    )
    np.testing.assert_allclose(
        tape.batch_jacobian(q, m), [np.diag(30.0 * row) for row in np.asarray(m)], rtol=1e-6
    )
    np.testing.assert_allclose(tape.gradient(mapped, m), 30.0 * np.asarray(m), rtol=1e-6)


def test_a_recomputed_function_is_recomputed_with_the_map() -> None:
    ten = times(10.0)
    with tf.GradientTape() as tape:
        tape.watch(X)
        with overriding({"Sin": ten}):
            y = tf.recompute_grad(lambda x: tf.sin(x) * 2.0)(X)
        with overriding({"Sin": times(100.0)}):
            z = tf.sin(X)
    np.testing.assert_allclose(tape.gradient([y, z], X), [120.0] * 3)


def test_forward_mode_transposes_the_gradient() -> None:
    ten, own = times(10.0), registered(lambda op, dy: dy * op.inputs[0] * op.inputs[0])
    t = tf.constant([1.0, 2.0, 3.0])
    cases = [("Sin", ten, tf.sin, 10.0), ("Sin", own, tf.sin, X * X), ("Sign", "Identity", tf.sign, 1.0)]
    for op_type, name, call, slope in cases:
        with overriding({op_type: name}), tf.autodiff.ForwardAccumulator(X, t) as acc:
            y = call(X)
        np.testing.assert_allclose(acc.jvp(y), t * slope)
    with tf.GradientTape() as tape:
        tape.watch(X)
        with overriding({"Sin": own}), tf.autodiff.ForwardAccumulator(X, t) as acc:
            y = tf.sin(X)
        j = acc.jvp(y)
    np.testing.assert_allclose(tape.gradient(j, X), 2.0 * X * t)


def test_the_gradient_traces() -> None:
    name = registered(
        lambda op, dy: tf.cast(dy > 0.0, dy.dtype) * tf.raw_ops.ReluGrad(gradients=dy, features=op.outputs[0])
    )

    def step(raw: torch.Tensor) -> torch.Tensor:
        with overriding({"Relu": name, "Sign": "Identity"}):
            g = gradient(
                lambda x: tf.nn.relu(x) * -1.0 + tf.nn.relu(x) * 3.0 + tf.sign(x), tf.Tensor(raw, None)
            )
        result: torch.Tensor = g._t
        return result

    point = torch.tensor([1.0, -2.0, 3.0])
    torch.testing.assert_close(make_fx(step)(point)(-point), step(-point))
    torch.testing.assert_close(step(point), torch.tensor([4.0, 1.0, 4.0]))


def test_an_op_without_a_gradient_keeps_what_the_new_one_uses() -> None:
    seen = []

    def rule(op: Any, dy: Any) -> Any:
        seen.append((op.inputs[0].numpy().tolist(), op.outputs[0].numpy().tolist()))
        return dy * op.inputs[0]

    with overriding({"Floor": registered(rule)}):
        np.testing.assert_allclose(gradient(tf.floor, X), X)
    assert seen == [([1.5, -2.5, 3.0], [1.0, -3.0, 3.0])]
    assert gradient(tf.floor, X) is None


def test_a_lookup_error_says_which_name() -> None:
    with overriding({"Sin": "NobodyRegisteredThis"}):
        y = gradient(lambda x: tf.stop_gradient(tf.sin(x)) + x, X)  # not on the way: no error
        np.testing.assert_allclose(y, [1.0] * 3)
        with pytest.raises(LookupError, match="NobodyRegisteredThis"):
            gradient(tf.sin, X)


def test_a_name_registered_afterwards_is_found() -> None:
    name = f"Test{uuid.uuid4()}"
    with tf.GradientTape() as tape:
        tape.watch(X)
        with overriding({"Sin": name}):
            y = tf.sin(X)
    tf.RegisterGradient(name)(lambda op, dy: dy * 3.0)
    np.testing.assert_allclose(tape.gradient(y, X), [3.0] * 3)


def test_gradients_of_another_shape_are_value_errors() -> None:
    for names, call in (
        ({"Sin": registered(lambda op, dy: tf.ones([2]))}, tf.sin),
        ({"Reshape": "Identity"}, lambda x: tf.reshape(x, [3, 1])),
        ({"Sum": registered(lambda op, dy: (dy, None))}, tf.reduce_sum),
    ):
        with overriding(names), pytest.raises(ValueError, match="Incompatible shapes"):
            gradient(call, X)


def test_nothing_is_left_in_memory() -> None:
    gc.disable()
    try:
        with tf.GradientTape() as tape:
            tape.watch(X)
            with overriding({"Sin": times(10.0)}):
                y = tf.sin(X)
                gone = weakref.ref(y._t)
                del y
            assert gone() is None
        del tape
    finally:
        gc.enable()


def test_the_short_way_into_the_list_is_back_afterwards() -> None:
    with tf.GradientTape():
        assert wengert.state.append is not None
        with overriding({"Sin": "Cos"}):
            assert wengert.state.append is None
        assert wengert.state.append is not None


def test_a_custom_gradient_that_is_called_like_an_op_is_its_own() -> None:
    @tf.custom_gradient
    def Sin(x: Any) -> Any:
        return tf.sin(x), lambda dy: dy * 5.0

    with overriding({"Sin": times(10.0)}):
        np.testing.assert_allclose(gradient(Sin, X), [5.0] * 3)


def test_an_operation_has_no_graph() -> None:
    seen = []

    def rule(op: Any, dy: Any) -> Any:
        for name in ("graph", "node_def", "op_def", "no_such_attribute"):
            with pytest.raises(AttributeError):
                getattr(op, name)
        seen.append(repr(op))
        return dy

    with overriding({"Sin": registered(rule)}):
        gradient(tf.sin, X)
    assert "type=Sin" in seen[0]
