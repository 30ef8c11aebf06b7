"""What could make a trace answer for a call that it does not hold for."""

import copy
import threading
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf


def test_arguments_in_another_layout() -> None:
    f = tf.function(lambda x: tf.reshape(tf.tanh(x), [-1]) * 2.0)
    x = tf.constant(np.arange(6.0, dtype=np.float32).reshape(2, 3))
    f(x)
    turned = tf.transpose(tf.constant(np.arange(6.0, dtype=np.float32).reshape(3, 2)))
    np.testing.assert_array_equal(f(turned), tf.reshape(tf.tanh(turned), [-1]) * 2.0)


def test_variables_in_another_layout_and_cotangents_too() -> None:
    v = tf.Variable(tf.zeros([3, 2]))
    f = tf.function(lambda x: tf.reshape(x * v, [-1]))
    f(tf.ones([3, 2]))
    v.assign(tf.transpose(tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])))
    x = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.transpose(tf.reshape(f(x), [2, 3])) ** 2)
    with tf.GradientTape() as plain:
        plain.watch(x)
        z = tf.reduce_sum(tf.transpose(tf.reshape(tf.reshape(x * v, [-1]), [2, 3])) ** 2)
    np.testing.assert_array_equal(tape.gradient(y, x), plain.gradient(z, x))


def test_a_variable_whose_shape_changes() -> None:
    v = tf.Variable([1.0, 2.0], shape=[None])
    f = tf.function(lambda: tf.reduce_sum(tf.reshape(v, [-1, 1]) * 2.0))
    assert float(f()) == 6.0
    v.assign([1.0, 2.0, 3.0])
    assert float(f()) == 12.0


def test_python_code_that_does_something_else_each_time() -> None:
    state = {"n": 0}

    @tf.function
    def f(x: Any) -> Any:
        state["n"] += 1
        y = x * float(state["n"])
        tf.print("seen", output_stream="file:///dev/null")
        return y if tf.reduce_sum(x).__int__() > 0 else y + 10.0

    assert float(f(tf.constant(1.0))) == 1.0
    assert float(f(tf.constant(-1.0))) in (-2.0 + 10.0, -3.0 + 10.0)  # traced, or run as it is, anew
    assert float(f(tf.constant(-1.0))) < 10.0


def test_random_numbers_go_on_when_another_way_is_traced() -> None:
    tf.random.set_seed(3)

    @tf.function
    def f(x: Any) -> Any:
        drawn = tf.random.uniform([2])
        return drawn if x > 0.0 else drawn + 1.0

    first = [f(tf.constant(s)).numpy() for s in (1.0, 1.0, -1.0, 1.0, -1.0)]
    tf.random.set_seed(3)
    again = [f(tf.constant(1.0)).numpy() for _ in range(5)]
    for a, b, s in zip(first, again, (0.0, 0.0, 1.0, 0.0, 1.0), strict=True):
        np.testing.assert_allclose(a - np.float32(s), b, rtol=1e-6)


def test_effects_before_a_guard_happen_once() -> None:
    seen: list[float] = []

    @tf.function
    def f(x: Any) -> Any:
        tf.py_function(lambda x: seen.append(float(x)), [x], [])
        return x * 2.0 if x > 0.0 else -x

    answers = [float(f(tf.constant(s))) for s in (1.0, -2.0, 3.0, -4.0)]
    assert answers == [2.0, 2.0, 6.0, 4.0]
    assert seen == [1.0, -2.0, 3.0, -4.0]


def test_tables_queues_and_files_are_asked_at_each_call() -> None:
    table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, -1.0)
    f = tf.function(lambda: table.lookup(tf.constant([1], tf.int64)) * 1.0)
    assert f().numpy().tolist() == [-1.0]
    table.insert(tf.constant([1], tf.int64), [5.0])
    assert f().numpy().tolist() == [5.0]
    queue = tf.queue.FIFOQueue(3, [tf.float32], [()])
    queue.enqueue_many([[1.0, 2.0, 3.0]])
    g = tf.function(lambda: queue.dequeue() * 10.0)
    assert [float(g()) for _ in range(3)] == [10.0, 20.0, 30.0]


def test_autocast_is_a_matter_of_each_call() -> None:
    f = tf.function(lambda x: tf.matmul(x, x))
    x = tf.ones([2, 2])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert f(x).dtype == tf.bfloat16
    assert f(x).dtype == tf.float32


def test_within_vmap() -> None:
    f = tf.function(lambda x: tf.tanh(x) * 2.0)
    branch = tf.function(lambda x: tf.random.uniform([]) * 0.0 + x)
    x = tf.constant([1.0, 2.0, 3.0])
    f(tf.constant(1.0))
    branch(tf.constant(1.0))
    np.testing.assert_array_equal(tf.vectorized_map(f, x), tf.tanh(x) * 2.0)
    np.testing.assert_array_equal(tf.vectorized_map(branch, x), x)


def test_copies_are_traced_anew() -> None:
    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.v = tf.Variable(2.0)
            self.scaled = tf.function(lambda x: x * 3.0)

        @tf.function
        def __call__(self, x: Any) -> Any:
            return self.scaled(x) * self.v

    model = Model()
    assert float(model(tf.constant(1.0))) == 6.0
    other = copy.deepcopy(model)
    other.v.assign(5.0)
    assert (float(model(tf.constant(1.0))), float(other(tf.constant(1.0)))) == (6.0, 15.0)


def test_threads_that_call_one_function() -> None:
    count: list[int] = []

    @tf.function
    def f(x: Any) -> Any:
        count.append(1)
        return tf.reduce_sum(x * 2.0)

    answers: dict[int, float] = {}

    def run(i: int) -> None:
        answers[i] = float(f(tf.fill([4], float(i))))

    threads = [threading.Thread(target=run, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {i: 8.0 * i for i in range(6)}
    assert len(count) == 1


def test_arguments_are_let_go_of() -> None:
    import weakref

    f = tf.function(lambda x: x + 1.0)
    x = tf.constant([1.0, 2.0])
    held = weakref.ref(x)
    f(x)
    del x
    assert held() is None


def test_the_locals_of_who_calls_are_let_go_of() -> None:
    import gc
    import weakref

    class Local:
        pass

    @tf.function
    def f(x: Any) -> Any:
        return tf.clip_by_value(x, 0.0, 1.0) + tf.norm(x)  # functions whose ops stand in scopes

    def call() -> Any:
        local = Local()
        x = tf.constant([1.0, 2.0])
        f(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        tape.gradient(y, x)
        return weakref.ref(local)

    gc.disable()
    try:
        assert call()() is None
    finally:
        gc.enable()


def test_a_step_that_looks_at_values_has_results_for_no_rows_too() -> None:
    from tfcompat_tape.core import reading
    from tfcompat_tape.tracing.batching import Batched

    like = [((2,), torch.float32, torch.device("cpu")), ((), torch.int64, torch.device("cpu"))]
    step = Batched(lambda x: [torch.ones(2) * float(reading.plain(x)), x.to(torch.int64)], (0,), like)
    for size in (2, 0):
        first, second = step(torch.arange(size, dtype=torch.float32))
        assert (first.shape, first.dtype) == ((size, 2), torch.float32)
        assert second.tolist() == [0, 1][:size] and second.dtype is torch.int64
