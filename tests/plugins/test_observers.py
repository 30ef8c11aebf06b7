"""Observers: what they see, when, and that nobody else notices them."""

import threading
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import hooks, wengert
from tfcompat_tape.plugins import GradientComputed, Observer, OpRecorded


class Listening:
    def __init__(self) -> None:
        self.ops: list[OpRecorded] = []
        self.gradients: list[GradientComputed] = []

    def op_recorded(self, event: OpRecorded) -> None:
        self.ops.append(event)

    def gradient_computed(self, event: GradientComputed) -> None:
        self.gradients.append(event)

    @property
    def types(self) -> list[str]:
        return [event.op_type for event in self.ops]


def test_ops_that_are_recorded_and_gradients(bring: Any) -> None:
    seen = Listening()
    assert isinstance(seen, Observer)
    x, c = tf.Variable([1.0, 2.0], name="x"), tf.constant([3.0, 4.0])
    with tf.plugins.load(bring(observers=[seen])):
        _ = tf.exp(x)  # no tape: nothing is recorded
        with tf.GradientTape() as tape:
            product = x * c
            y = tf.reduce_sum(product, axis=0)
            _ = tf.exp(c)  # nothing that a tape traces
        grad = tape.gradient(y, x)
    _ = tf.exp(x)
    assert seen.types == ["Mul", "Sum"]
    mul, total = seen.ops
    np.testing.assert_allclose(mul.outputs[0], [3.0, 8.0])
    assert total.parents == (mul.number,) and mul.parents[1] is None and mul.number < total.number
    assert dict(total.attrs)["axis"] == (0,)
    (event,) = seen.gradients
    assert (
        event.kind == "gradient"
        and event.targets == (y,)
        and event.sources[0] is x
        and event.results[0] is grad
    )


def test_a_tape_that_explains_itself_shows_them_no_more(bring: Any) -> None:
    seen = Listening()
    x, c = tf.Variable([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.plugins.load(bring(observers=[seen])):
        with tf.GradientTape(explain=True) as tape:
            y = tf.reduce_sum(x * tf.exp(c))
            _ = tf.stop_gradient(y)
        tape.gradient(y, x)
    assert seen.types == ["Mul", "Sum"]
    assert seen.ops[0].parents[1] is None


@pytest.mark.parametrize("persistent", [False, True])
def test_every_kind_of_tape_is_seen(persistent: bool, bring: Any) -> None:
    seen = Listening()
    x = tf.constant([1.0, 2.0])
    with tf.plugins.load(bring(observers=[seen])):
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch(x)
            parts = tf.unstack(x)  # one op, several outputs
            y = parts[0] * parts[1]
        assert seen.types == ["Unpack", "Mul"]
        assert seen.ops[1].parents == (seen.ops[0].number,) * 2 and len(seen.ops[0].outputs) == 2
        assert "_outputs" not in seen.ops[0].attrs
        tape.jacobian(y, x)
        with tf.autodiff.ForwardAccumulator(x, x):
            _ = tf.sin(x)
        assert seen.types[-1] == "Sin"
        assert [event.kind for event in seen.gradients] == ["jacobian"]


def test_batch_jacobians_and_higher_derivatives(bring: Any) -> None:
    seen = Listening()
    x = tf.constant([[1.0], [2.0]])
    with tf.plugins.load(bring(observers=[seen])):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = x * x
            g = tape.gradient(y, x)
        before = len(seen.ops)
        assert before > 1  # the inner walk is recorded, too
        outer.batch_jacobian(g, x)
    assert [event.kind for event in seen.gradients] == ["gradient", "batch_jacobian"]
    np.testing.assert_allclose(seen.gradients[1].results[0], [[[2.0]], [[2.0]]])


def test_gradients_in_functions(bring: Any) -> None:
    seen = Listening()

    @tf.function
    def slope(x: Any) -> Any:
        return tf.gradients(x**3.0, x)[0]

    with tf.plugins.load(bring(observers=[seen])):
        assert slope(tf.constant(2.0)).numpy() == 12.0
    (event,) = seen.gradients
    assert event.kind == "gradient" and event.results[0].numpy() == 12.0


def test_what_an_observer_computes_is_not_observed(bring: Any) -> None:
    class Computing(Listening):
        def op_recorded(self, event: OpRecorded) -> None:
            super().op_recorded(event)
            v.assign_add(1.0)
            with tf.GradientTape() as tape:
                y = v * v
            tape.gradient(y, v)

        gradient_computed = op_recorded  # type: ignore[assignment]

    v, x = tf.Variable(0.0), tf.Variable(3.0)
    with tf.plugins.load(bring(observers=[observer := Computing()])), tf.GradientTape() as tape:
        y = x * x
        g = tape.gradient(y, x)
    assert g.numpy() == 6.0
    assert len(observer.ops) == 2 and v.numpy() == 2.0


def test_what_an_observer_raises_is_raised_and_says_whose_it_is(bring: Any) -> None:
    class Strict:
        def op_recorded(self, event: OpRecorded) -> None:
            if not all(bool(raw.isfinite().all()) for raw in event.outputs):
                raise FloatingPointError(f"{event.op_type} gave something that is not finite")

    x = tf.Variable([1.0, 0.0])
    with tf.plugins.load(bring(observers=[Strict()])):
        with pytest.raises(FloatingPointError, match="Log gave") as caught, tf.GradientTape() as tape:
            _ = tf.math.log(x)
        assert caught.value.__notes__[0].startswith("raised by the observer Strict of the plugin 'bringer'")
        assert not wengert.state.recordings
        with tf.GradientTape() as tape:
            y = x * 2.0
        np.testing.assert_allclose(tape.gradient(y, x), [2.0, 2.0])


def test_half_an_observer(bring: Any) -> None:
    class Derived(Observer):
        def __init__(self) -> None:
            self.kinds: list[str] = []

        def gradient_computed(self, event: GradientComputed) -> None:
            self.kinds.append(event.kind)

    x = tf.Variable(1.0)
    with tf.plugins.load(bring(observers=[observer := Derived()])):
        assert not hooks.recorded and len(hooks.computed) == 1
        with tf.GradientTape() as tape:
            y = x * x
            assert wengert.state.append is not None  # nobody looks at ops: the shortcut stays
        tape.gradient(y, x)
    assert observer.kinds == ["gradient"]


def test_loaded_while_a_tape_records(bring: Any) -> None:
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = tf.exp(x)
        with tf.plugins.load(bring(observers=[seen := Listening()])):
            y = tf.sin(y)
        y = tf.cos(y)
        assert wengert.state.append is not None
    assert seen.types == ["Sin"]
    assert tape.gradient(y, x) is not None


def test_other_threads_are_seen_in_their_own_thread(bring: Any) -> None:
    class Where(Listening):
        def op_recorded(self, event: OpRecorded) -> None:
            threads.append(threading.current_thread().name)

    threads: list[str] = []

    def work() -> None:
        x = tf.Variable(1.0)
        with tf.GradientTape():
            _ = x * x

    with tf.plugins.load(bring(observers=[Where()])):
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
        work()
    assert threads == ["worker", "MainThread"]


def test_more_than_a_thousand_ops(bring: Any) -> None:
    x = tf.Variable(1.0)
    with tf.plugins.load(bring(observers=[seen := Listening()])), tf.GradientTape() as tape:
        y = x
        for _ in range(3000):
            y = y + 1.0
    assert len(seen.ops) == 3000 and len({event.number for event in seen.ops}) == 3000
    assert tape.gradient(y, x).numpy() == 1.0
