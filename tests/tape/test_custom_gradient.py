"""custom_gradient and its relatives: on the list, in memory, under vmap, when something raises."""

import functools
import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from gradient_kit import check_gradients
from torch.fx.experimental.proxy_tensor import make_fx

import tfcompat_tape as tf
from tfcompat_tape.core import wengert


@tf.custom_gradient
def log1pexp(x: Any) -> Any:
    e = tf.exp(x)
    return tf.math.log(1.0 + e), lambda dy: dy * (1.0 - 1.0 / (1.0 + e))


def test_first_and_second_order_vmap_and_loop() -> None:
    check_gradients(log1pexp, np.array([-1.0, 0.5, 2.0]), autograd=True)


def test_one_entry_is_recorded_for_the_tape() -> None:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = log1pexp(x)
        assert tape._record is not None
        names = [entry.type for entry in tape._record.live()]
    assert "log1pexp" in names
    assert y._node is not None and y._node.parents[0].op.name == "log1pexp"


def test_what_the_gradient_function_holds_is_freed_with_the_result() -> None:
    class Held:
        pass

    x = tf.constant(2.0)
    held = Held()
    gone = weakref.ref(held)

    def make(held: Held) -> Any:
        def grad(dy: Any) -> Any:
            assert held is not None
            return dy

        return tf.custom_gradient(lambda x: (x * 2.0, grad))

    gc.disable()
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = make(held)(x)
            del held
            assert gone() is not None
            del y
            assert gone() is None
    finally:
        gc.enable()


def test_an_exception_inside_leaves_the_tapes_as_they_were() -> None:
    v = tf.Variable(3.0)

    @tf.custom_gradient
    def fail(x: Any) -> Any:
        raise RuntimeError("mine")

    before = len(wengert.alive)
    with tf.GradientTape() as tape:
        with pytest.raises(RuntimeError, match="mine"):
            fail(v)
        y = v * v
    assert float(tape.gradient(y, v)) == 6.0
    del tape
    assert not wengert.state.recordings
    assert len(wengert.alive) == before


def test_the_error_names_the_variables() -> None:
    v = tf.Variable(3.0, name="weight")
    f = tf.custom_gradient(lambda x: (x * v, lambda dy: dy))
    with pytest.raises(TypeError, match="weight:0"):
        f(tf.constant(1.0))


def test_kwargs_in_the_gradient_function_take_variables() -> None:
    v, x = tf.Variable(3.0), tf.constant(2.0)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        def grad(dy: Any, **kwargs: Any) -> Any:
            return dy * v, [dy * x for _ in kwargs["variables"]]

        return x * v, grad

    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        gx, gv = inner.gradient(y, [x, v])
    assert (float(gx), float(gv)) == (3.0, 2.0)
    assert float(tape.gradient(gx, v)) == 1.0
    assert float(tape.gradient(gv, x)) == 1.0


def test_gradients_in_other_threads() -> None:
    results = []

    def work() -> None:
        x = tf.constant(0.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = log1pexp(x)
        results.append(float(tape.gradient(y, x)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0.5] * 4


def test_the_gradient_traces() -> None:
    def gradient(raw: torch.Tensor) -> torch.Tensor:
        x = tf.Tensor(raw, None)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = log1pexp(x)
        result: torch.Tensor = tape.gradient(y, x)._t
        return result

    point = torch.tensor([0.0, 1.0])
    torch.testing.assert_close(make_fx(gradient)(point)(point - 1.0), torch.sigmoid(point - 1.0))


def test_recompute_grad_keeps_nothing_and_nests() -> None:
    calls = []

    def f(x: Any, flag: Any) -> Any:
        calls.append(1)
        return tf.exp(tf.sin(x)) * tf.cast(flag, x.dtype)

    x = tf.constant([0.5, 1.0], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.recompute_grad(f)(x, 2)
        assert len(calls) == 1
        g = inner.gradient(y, x)
        assert len(calls) == 2
    s, c = np.sin(x), np.cos(x)
    np.testing.assert_allclose(g, 2 * np.exp(s) * c)
    np.testing.assert_allclose(outer.gradient(g, x), 2 * np.exp(s) * (c * c - s))


def test_grad_pass_through_keeps_the_name() -> None:
    def rounded(x: Any) -> Any:
        """Doc."""
        return tf.round(x)

    passing = tf.grad_pass_through(rounded)
    assert (passing.__name__, passing.__doc__) == ("rounded", "Doc.")
    x = tf.constant([0.4, 1.6])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = passing(x) * 3.0
    np.testing.assert_allclose(y, [0.0, 6.0])
    np.testing.assert_allclose(tape.gradient(y, x), [3.0, 3.0])


def test_a_gradient_on_the_device(device: str) -> None:
    x = tf.constant([0.0, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = log1pexp(x)
    assert tape.gradient(y, x).device == x.device


# -- what is kept, and for how long ------------------------------------------------------------------------------------


def alive(values: list[Any]) -> int:
    """How many of the weakly referenced `values` are still there."""
    return sum(value() is not None for value in values)


def test_recompute_grad_frees_what_is_computed_inside() -> None:
    made: list[Any] = []

    def f(x: Any, v: Any) -> Any:
        for _ in range(5):
            x = tf.tanh(x * v)
            made.append(weakref.ref(x._t))
        return x * 2.0

    x, v = tf.constant([0.5, 1.0]), tf.Variable([1.0, 2.0])
    kept: dict[str, int] = {}
    gradients = {}
    gc.disable()
    try:
        for name, g in (("recomputed", tf.recompute_grad(f)), ("plain", f)):
            made.clear()
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = g(x, v)
            kept[name] = alive(made)
            gradients[name] = tape.gradient(y, [x, v])
            del tape
            assert alive(made) == 0
    finally:
        gc.enable()
    assert kept == {"recomputed": 0, "plain": 5}
    for one, other in zip(gradients["recomputed"], gradients["plain"], strict=True):
        np.testing.assert_array_equal(one, other)


def test_recompute_grad_frees_on_the_way_while_a_variable_is_read() -> None:
    """Noting which Variables are read keeps no entries: inside, each step frees the one before."""
    v, seen = tf.Variable([1.0, 2.0]), []

    def f(x: Any) -> Any:
        made = []
        for _ in range(4):
            x = tf.tanh(x * v)
            made.append(weakref.ref(x._t))
        seen.append(alive(made))
        return x

    x = tf.constant([0.5, 1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.recompute_grad(f)(x)
    assert tape.gradient(y, v) is not None
    assert seen == [1, 4]


def test_a_gradient_lets_go_of_the_gradient_function() -> None:
    x = tf.constant([0.5, 1.0])
    held = tf.constant([1.0, 2.0])
    gone = weakref.ref(held._t)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.custom_gradient(lambda x, held=held: (x * 2.0, lambda dy: dy * held))(x)
        z = tf.reduce_sum(y)
    del held
    assert gone() is not None
    np.testing.assert_allclose(tape.gradient(z, x), [1.0, 2.0])
    assert gone() is None  # although y and z are still there


def test_recompute_grad_with_variables_to_second_order() -> None:
    """TensorFlow has no second derivative here; ours is that of the function as it is."""
    v = tf.Variable([0.5, -0.25], dtype=tf.float64)
    x = tf.constant([1.0, 2.0], tf.float64)

    def f(x: Any) -> Any:
        return tf.sin(x * v) * v

    def hessians(g: Any) -> list[Any]:
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = g(x)
            first = inner.gradient(y, [x, v])
        return [*first, *[outer.gradient(one, [x, v]) for one in first]]

    nested = tf.recompute_grad(lambda x: tf.recompute_grad(f)(x))
    for g in (tf.recompute_grad(f), nested, tf.function(tf.recompute_grad(f))):
        for ours, plain in zip(tf.nest.flatten(hessians(g)), tf.nest.flatten(hessians(f)), strict=True):
            np.testing.assert_allclose(ours, plain, rtol=1e-12)


def test_recompute_grad_runs_random_ops_anew_in_a_jacobian_and_under_vmap() -> None:
    x = tf.constant([[0.5, 1.0], [2.0, -1.0]], tf.float64)
    check_gradients(
        lambda x: tf.recompute_grad(lambda x: tf.sin(x) * x)(x), np.array([0.5, 1.0]), autograd=True
    )

    def of_row(row: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(row)
            y = tf.recompute_grad(tf.sin)(row)
        return tape.gradient(y, row)

    np.testing.assert_allclose(tf.vectorized_map(of_row, x), np.cos(x))


# -- forward mode ------------------------------------------------------------------------------------------------------


def test_recompute_grad_in_forward_mode() -> None:
    """TensorFlow raises NotImplementedError; here the tangent is that of the function as it is, to any order."""
    v = tf.Variable([0.5, -0.25], dtype=tf.float64)
    x, t = tf.constant([1.0, 2.0], tf.float64), tf.constant([0.3, -0.7], tf.float64)

    def f(x: Any) -> Any:
        return tf.sin(x * v) * x

    def derivatives(g: Any) -> list[Any]:
        with tf.autodiff.ForwardAccumulator(x, t) as outer:
            with tf.GradientTape() as tape, tf.autodiff.ForwardAccumulator(x, t) as inner:
                tape.watch(x)
                y = g(x)
                j = inner.jvp(y)
            gradients = tape.gradient(y, [x, v])
        with tf.autodiff.ForwardAccumulator(v, t) as of_variable:
            z = g(x)
        return [outer.jvp(y), j, outer.jvp(j), *outer.jvp(gradients), of_variable.jvp(z)]

    for ours, plain in zip(derivatives(tf.recompute_grad(f)), derivatives(f), strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-12)


def test_forward_mode_asks_the_gradient_function_only_where_the_body_gives_no_tangent() -> None:
    asked = []

    def with_gradient(body: Any) -> Any:
        def grad(dy: Any) -> Any:
            asked.append(1)
            return dy * 100.0

        return tf.custom_gradient(lambda x: (body(x), grad))

    x, t = tf.constant([1.4, 2.6]), tf.constant([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, t) as acc:
        y = with_gradient(tf.square)(x)
        assert not asked
        z = with_gradient(tf.round)(x)
        assert asked
    np.testing.assert_allclose(acc.jvp(y), 2 * np.array([1.4, 2.6]) * [1.0, 2.0])
    np.testing.assert_allclose(acc.jvp(z), [100.0, 200.0])


def test_forward_mode_with_a_string_among_the_results() -> None:
    f = tf.custom_gradient(lambda x: ((tf.constant("text"), tf.round(x)), lambda none, dy: dy * 3.0))
    x = tf.constant([1.4, 2.6])
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
        text, y = f(x)
    assert text.numpy() == b"text"
    np.testing.assert_allclose(acc.jvp(y), [3.0, 3.0])


def test_callables_without_a_name() -> None:
    """TensorFlow asks for `__name__`, and fails; there is no need to."""

    class Scale:
        def __call__(self, x: Any) -> Any:
            """Doc."""
            return x * 4.0, lambda dy: dy * 15.0

    x = tf.constant(2.0)
    for f in (Scale(), functools.partial(lambda s, x: (x * s, lambda dy: dy * 15.0), 4.0)):
        g = tf.custom_gradient(f)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = g(x)
        assert (float(y), float(tape.gradient(y, x)), g.__name__) == (8.0, 15.0, type(f).__name__)


@pytest.mark.parametrize("persistent", [False, True])
def test_a_gradient_that_does_not_fit_is_never_broadcast(persistent: bool) -> None:
    x = tf.constant([1.0, 2.0])
    for bad in (tf.ones([]), tf.ones([1]), tf.ones([3, 2]), tf.ones([2], tf.float64)):
        f = tf.custom_gradient(lambda x, bad=bad: (x * 2.0, lambda dy: bad))
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch(x)
            y = f(x) + x
        with pytest.raises(tf.errors.InvalidArgumentError, match="another shape or dtype"):
            tape.gradient(y, x)


def test_the_function_without_its_gradient():
    def square(x):
        return x * x, lambda dy: dy * 100.0

    assert tf.custom_gradient(square).__original_wrapped__ is square
