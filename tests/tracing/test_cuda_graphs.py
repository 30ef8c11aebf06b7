"""CUDA graphs around traced functions, with a stand-in that captures on the CPU; on a GPU the same with real ones."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import tfcompat_tape as tf
from tfcompat_tape.tracing import cuda_graphs


class _Noted(TorchDispatchMode):
    """Notes kernels with their arguments and results, to run them again into the same memory."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Any] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.calls.append((func, args, kwargs or {}, result))
        return result


class StandIn:
    """Captures as a graph does: fixed addresses, and no Python when it is replayed."""

    device = "cpu"

    def __init__(self, refuses: bool = False) -> None:
        self.captures = self.replays = 0
        self.refuses = refuses

    def capture(self, function: Any, inputs: Any) -> Any:
        if self.refuses:
            raise RuntimeError("operation not permitted when stream is capturing")
        self.captures += 1
        with _Noted() as noted:
            results = function(*inputs)

        def replay() -> None:
            self.replays += 1
            for func, args, kwargs, result in noted.calls:
                again = func(*args, **kwargs)
                several = isinstance(result, (tuple, list))
                for old, new in zip(
                    result if several else [result], again if several else [again], strict=True
                ):
                    if isinstance(old, torch.Tensor) and old.data_ptr() != new.data_ptr():
                        old.copy_(new)

        return replay, results


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TFCOMPAT_CUDA_GRAPHS", "1")
    found = StandIn()
    monkeypatch.setattr(cuda_graphs, "backend", found)
    return found


def test_results_are_those_of_the_call_and_stay(graphs: StandIn) -> None:
    v = tf.Variable([1.0, 2.0])
    f = tf.function(lambda x: (tf.sin(x) * v, x, tf.constant([7.0, 7.0])))
    kept = []
    for i in range(6):
        x = tf.constant([float(i), i + 0.5])
        kept.append((x.numpy(), v.numpy(), f(x)))
        v.assign_add([0.5, 0.25])
    for x, w, (y, same, fixed) in kept:
        np.testing.assert_allclose(y.numpy(), np.sin(x) * w, rtol=1e-6)
        assert same.numpy().tolist() == x.tolist() and fixed.numpy().tolist() == [7.0, 7.0]
    assert graphs.captures == 1 and graphs.replays == 6 - cuda_graphs.WARM_UP


def test_training_steps_and_gradients(graphs: StandIn) -> None:
    def step(v: Any, x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.tanh(x * v) ** 2)
        v.assign_sub(0.1 * tape.gradient(loss, v))
        return loss

    v, w = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
    traced = tf.function(step)
    outer = tf.function(lambda x: tf.reduce_sum(tf.exp(x) * x))
    for i in range(6):
        x = tf.constant([0.1 * i, 0.2])
        np.testing.assert_allclose(traced(v, x).numpy(), step(w, x).numpy(), rtol=1e-6)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = outer(x)
        np.testing.assert_allclose(
            tape.gradient(y, x).numpy(), np.exp(x.numpy()) * (1 + x.numpy()), rtol=1e-6
        )
    np.testing.assert_allclose(v.numpy(), w.numpy(), rtol=1e-6)
    assert graphs.captures >= 3  # the step, the function, its gradient


def test_what_differs_from_call_to_call_is_not_captured(graphs: StandIn) -> None:
    def guarded(x: Any) -> Any:
        return x * 2.0 if tf.reduce_sum(x) > 2.0 else x * 3.0

    sized = tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec([None])])
    seen: list[float] = []

    def called(x: Any) -> Any:
        tf.py_function(lambda x: seen.append(float(x[0])), [x], [])
        return x * 2.0

    random, generator = tf.random.uniform, tf.random.Generator.from_seed(1)
    functions = [
        tf.function(f)
        for f in (guarded, called, lambda x: x * random([2]), lambda x: x * generator.normal([2]))
    ]
    for i in range(5):
        x = tf.constant([float(i), 1.0])
        found = [f(x).numpy() for f in (*functions, sized)]
        assert found[0].tolist() == [2.0 * i, 2.0] if i + 1.0 > 2.0 else [3.0 * i, 3.0]
        assert found[1].tolist() == found[4].tolist() == [2.0 * i, 2.0]
    assert seen == [0.0, 1.0, 2.0, 3.0, 4.0]
    for f in (*functions, sized):  # the branches of the first are lines of their own, which may be
        for concrete in f._kinds.all:
            for path in concrete.paths:
                assert not isinstance(path.plain.function, cuda_graphs.Replayed)


def test_where_capturing_fails_the_kernels_run(graphs: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    graphs.refuses = True
    f = tf.function(lambda x: x * x)
    with caplog.at_level("INFO", "tensorflow"):
        assert [float(f(tf.constant(float(i)))) for i in range(6)] == [0.0, 1.0, 4.0, 9.0, 16.0, 25.0]
    assert sum("is not captured" in record.message for record in caplog.records) == 1


def test_under_vmap_and_in_other_traces_the_kernels_run(graphs: StandIn) -> None:
    f = tf.function(lambda x: tf.sin(x) * 2.0)
    outer = tf.function(lambda x: f(x) + 1.0)
    x = tf.constant([1.0, 2.0, 3.0])
    for _ in range(5):
        wanted = np.sin(x.numpy()) * 2.0
        np.testing.assert_allclose(f(x).numpy(), wanted, rtol=1e-6)
        np.testing.assert_allclose(outer(x).numpy(), wanted + 1.0, rtol=1e-6)
        np.testing.assert_allclose(tf.vectorized_map(f, x).numpy(), wanted, rtol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    np.testing.assert_allclose(tape.jacobian(y, x).numpy(), np.diag(2.0 * np.cos(x.numpy())), rtol=1e-6)


def test_what_a_kernel_says_is_told_as_without(graphs: StandIn) -> None:
    f = tf.function(lambda x, i: tf.gather(x, i))
    x = tf.constant([1.0, 2.0])
    for i in range(5):
        assert float(f(x, tf.constant(i % 2))) == 1.0 + i % 2
    assert graphs.replays > 0
    g = tf.function(lambda x, y: x // y)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        g(tf.constant([1, 2]), tf.constant([1, 0]))


def test_threads_do_not_share_buffers(graphs: StandIn) -> None:
    f = tf.function(lambda x: tf.reduce_sum(x * x))
    wrong: list[float] = []

    def run(start: float) -> None:
        for i in range(50):
            x = start + i
            if float(f(tf.fill([100], x))) != 100.0 * x * x:
                wrong.append(x)

    threads = [threading.Thread(target=run, args=(float(n),)) for n in (0, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_is_captured_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TFCOMPAT_CUDA_GRAPHS", raising=False)
    found = StandIn()
    monkeypatch.setattr(cuda_graphs, "backend", found)
    f = tf.function(lambda x: x * x)
    assert [float(f(tf.constant(float(i)))) for i in range(5)] == [0.0, 1.0, 4.0, 9.0, 16.0]
    assert found.captures == 0


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFCOMPAT_CUDA_GRAPHS", "1")
    with tf.device("GPU:0"):
        v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])

        @tf.function
        def step(x: Any) -> Any:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.tanh(x @ v))
            v.assign_sub(0.1 * tape.gradient(loss, v))
            return loss

        w = v.numpy().astype(np.float64)
        for i in range(6):
            x = np.array([[0.1 * i, 0.2]])
            loss = step(tf.constant(x, tf.float32))
            h = np.tanh(x @ w)
            np.testing.assert_allclose(loss.numpy(), h.sum(), rtol=1e-5)
            w -= 0.1 * x.T @ (1 - h**2)
        np.testing.assert_allclose(v.numpy(), w, rtol=1e-5)
    path = step._kinds.all[0].paths[0]
    assert path.plain.function._replay is not None
