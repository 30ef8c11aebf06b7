"""custom_gradient and its relatives: on the list, in memory, under vmap, when something raises."""

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
