"""Compiled functions give what the same functions give uncompiled.

A compilation takes seconds, so each test compiles few programs and checks much in each.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.tracing import inductor, library, piece
from tfcompat_tape.tracing.compiled import CompiledLine


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, and nothing said yet."""
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(library, "_loaded", {})
    monkeypatch.setattr(piece, "_told", set())
    yield tmp_path / "cache"


def lines(function: Any) -> list[CompiledLine]:
    """The compiled lines of a function."""
    found = []
    for kinds in function._kinds.kinds.values():
        for concrete in kinds.values():
            for path in concrete.paths:
                calls = [path.call]
                while calls:
                    call = calls.pop()
                    calls += call._gradients.values()
                    found += [line for line in call._lines.values() if isinstance(line, CompiledLine)]
    return found


def ran_compiled(function: Any) -> int:
    """How many pieces of a function have compiled code; none has failed."""
    pieces = [one for line in lines(function) for one in line.pieces]
    assert not any(one._failed for one in pieces)
    return sum(one._run is not None for one in pieces)


def assert_same(ours: Any, theirs: Any, tolerance: float = 1e-5) -> None:
    for place, (a, b) in enumerate(zip(tf.nest.flatten(ours), tf.nest.flatten(theirs), strict=True)):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        if a.dtype.is_floating:
            np.testing.assert_allclose(
                a.numpy(), b.numpy(), rtol=tolerance, atol=tolerance, err_msg=str(place)
            )
        else:
            np.testing.assert_array_equal(a.numpy(), b.numpy(), str(place))


def test_values_at_singular_points_and_integers() -> None:
    specials = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-40, 3.4e38, 2.5, -2.5, 0.5]

    def f(x: Any, n: Any, k: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            ys = [
                1.0 / x, tf.sqrt(x), tf.math.log(x), x**2.0, x**-1.5, x**x, tf.maximum(x, 0.0), tf.minimum(x, x),
                tf.nn.relu(x), tf.abs(x), tf.sign(x), tf.round(x), tf.floor(x), tf.tanh(x), tf.exp(x), tf.atan2(x, x),
                tf.math.divide_no_nan(x, x), tf.math.xlogy(x, x), tf.clip_by_value(x, -1.0, 1.0), x + 0.0, 0.0 - x,
                x * 1.0, x - x, tf.nn.softmax(x[:6]), tf.reduce_max(x[:6]), tf.reduce_sum(x[8:]),
                tf.math.floormod(x, 2.5), tf.norm(x[:2]), tf.sort(x[:6]), tf.cast(x[:4], tf.float16) * 3.0,
                tf.where(x > 0, x, 1.0 / x),
            ]  # fmt: skip
        slopes = tape.gradient(ys, x)
        ints = [
            n + 1, n * 3, n - k, -n, tf.abs(n), n // k, n % k, tf.cast(n + 1 > n, tf.int32), n**2,
            tf.bitwise.left_shift(n, k), tf.bitwise.right_shift(n, k), tf.cast(n, tf.int8), tf.cast(n, tf.uint8) + 200,
            tf.reduce_sum(n), tf.reduce_prod(n), tf.cumsum(n), tf.argmax(k),
        ]  # fmt: skip
        return ys, slopes, ints

    x = tf.constant(specials)
    n = tf.constant([2**31 - 1, -(2**31), 7, -7, 123456789])
    k = tf.constant([1, 3, 2, 2, 30])
    compiled = tf.function(f, jit_compile=True)
    assert_same(compiled(x, n, k), f(x, n, k))
    assert ran_compiled(compiled)

    def signed(x: Any) -> Any:
        return (
            x + 0.0,
            0.0 - x,
            x * 1.0,
            x - x,
            -x,
            x / 1.0,
            tf.abs(x),
            tf.sign(x),
            tf.round(x),
            1.0 / (x + 0.0),
        )

    zeros = tf.constant([0.0, -0.0] * 10)
    for a, b in zip(tf.function(signed, jit_compile=True)(zeros), signed(zeros), strict=True):
        np.testing.assert_array_equal(a.numpy().view(np.int32), b.numpy().view(np.int32))


def test_a_training_step_with_variables_and_random_numbers() -> None:
    def training() -> Callable[[Any], Any]:
        random = np.random.RandomState(0)
        w = tf.Variable(random.randn(4, 3).astype(np.float32))
        b = tf.Variable(tf.zeros([3]))
        moments = [tf.Variable(tf.zeros_like(v)) for v in (w, b)]

        def step(x: Any) -> Any:
            with tf.GradientTape() as tape:
                noise = tf.random.stateless_uniform([5, 4], [1, 2])
                h = tf.tanh(x @ w + b) * tf.reduce_sum(noise)
                drawn = tf.random.normal([5, 3])
                loss = tf.reduce_mean(tf.square(h - drawn))
            for v, m, g in zip([w, b], moments, tape.gradient(loss, [w, b]), strict=True):
                m.assign(0.9 * m + g)
                v.assign_sub(0.01 * m)
            return loss, w.value(), b.value()

        return step

    x = tf.constant(np.random.RandomState(1).randn(5, 4).astype(np.float32))
    answers = []
    for jit in (False, True):
        tf.random.set_seed(3)
        step = tf.function(training(), jit_compile=jit)
        answers.append([step(x) for _ in range(3)])
    assert_same(answers[1], answers[0])
    assert ran_compiled(step)


def test_gradients_of_any_order_through_a_compiled_function() -> None:
    w = tf.Variable([[0.5, -1.0], [2.0, 0.3]])

    def f(x: Any) -> Any:
        return tf.sin(tf.tanh(x @ w) * x) + x**3.0

    def derivatives(f: Any, x: Any) -> Any:
        with tf.GradientTape() as third, tf.GradientTape() as second, tf.GradientTape() as first:
            for tape in (first, second, third):
                tape.watch(x)
            y = f(x)
        g = first.gradient(y, [x, w])
        with third:
            h = second.gradient(g[0], x)
        return y, g, h

    compiled = tf.function(f, jit_compile=True)
    x = tf.constant([[0.1, 0.2], [0.3, -0.4]])

    def all_orders(f: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            g = inner.gradient(y, x)
        return y, g, *outer.gradient(g, [x, w])

    assert_same(all_orders(compiled), all_orders(f))
    assert ran_compiled(compiled) >= 2
    # Where compiled code does not fit, kernels run: a batch of vmap, a trace of another function.
    assert_same(
        tf.vectorized_map(lambda r: compiled(tf.stack([r, r])), x),
        tf.map_fn(lambda r: f(tf.stack([r, r])), x),
    )
    assert_same(tf.function(lambda x: compiled(x) * 2.0)(x), f(x) * 2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = compiled(x)
    with tf.GradientTape() as eager:
        eager.watch(x)
        z = f(x)
    assert_same(tape.jacobian(y, x), eager.jacobian(z, x))


def test_what_the_compiler_cannot_take_stays_between_the_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []

    def f(x: Any) -> Any:
        y = tf.exp(x) * 2.0 + 1.0
        tf.print("y is", tf.reduce_sum(y))
        tf.py_function(lambda v: seen.append(float(v)), [y[0]], [])
        if tf.reduce_sum(y) > 100.0:  # a guard
            z = tf.math.log(y) * y - 1.0
        else:
            z = tf.sqrt(y) + y * 0.5
        c = tf.complex(z, z) * tf.complex(y, z)
        kept = tf.boolean_mask(z, z > tf.reduce_mean(z)) * 3.0 + 1.0
        inverse = tf.linalg.inv(100.0 * tf.eye(3) + tf.tensordot(z, y, 0))
        return tf.abs(c) + tf.math.real(c) * 2.0, kept, tf.sin(inverse) + 1.0

    compiled = tf.function(f, jit_compile=True)
    for values in ([0.1, 0.5, 0.2], [3.0, 3.5, 2.0], [0.3, 0.2, 0.4], [0.9, 0.8, 0.1]):
        x = tf.constant(values)
        assert_same(compiled(x), f(x), 1e-4)
        np.testing.assert_allclose(seen[-1], seen[-2], rtol=1e-6)
    assert ran_compiled(compiled) >= 2


def test_layouts_and_the_same_tensor_twice() -> None:
    def f(x: Any, y: Any) -> Any:
        return tf.exp(x) + y * 2.0 - x @ y

    compiled = tf.function(f, jit_compile=True)
    x = tf.constant(np.random.RandomState(0).randn(3, 3).astype(np.float32))
    for a, b in [
        (x, x),
        (x, x + 1.0),
        (tf.transpose(x), x),
        (tf.broadcast_to(x[0], [3, 3]), tf.transpose(x)),
    ]:
        assert_same(compiled(a, b), f(a, b))
    assert ran_compiled(compiled) == 1
    # Torch's own autograd goes through the kernels.
    from tfcompat_tape.core.tensor import Tensor

    raw = torch.ones(3, 3, requires_grad=True)
    compiled(Tensor(raw, None), x)._t.sum().backward()
    assert raw.grad is not None


def test_errors_are_those_of_the_kernels() -> None:
    @tf.function(jit_compile=True)
    def f(x: Any, i: Any) -> Any:
        return tf.exp(tf.gather(x, i)) * 2.0, tf.sin(x)

    x = tf.constant([1.0, 2.0, 3.0])
    np.testing.assert_allclose(f(x, tf.constant([2, 0]))[0], 2 * np.exp([3.0, 1.0]), rtol=1e-6)
    plain = tf.function(f.python_function)
    for index in (3, -1):
        with pytest.raises(tf.errors.InvalidArgumentError) as replayed:
            plain(x, tf.constant([0, index]))
        with pytest.raises(tf.errors.InvalidArgumentError) as raised:
            f(x, tf.constant([0, index]))
        assert str(raised.value) == str(replayed.value)


SCRIPT = """
import sys
import tfcompat_tape as tf
f = tf.function(lambda x: tf.exp(x) * tf.sin(x) + 1.0, jit_compile=True)
print(float(f(tf.constant(1.0))))
print("torch._inductor.compile_fx" in sys.modules)
"""


def test_another_process_finds_the_code(cache: Path) -> None:
    f = tf.function(lambda x: tf.exp(x) * tf.sin(x) + 1.0, jit_compile=True)
    value = float(f(tf.constant(1.0)))
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(value), "False"]  # it did not even load the compiler


def test_what_may_be_wrong_with_the_folder(
    cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Corrupt files are made anew; a folder that nothing can be written to costs one line in the log."""
    made: list[Path] = []
    plain = inductor.compiled

    def compiled(piece: Any) -> Path:
        made.append(made[0] if made else plain(piece))
        return made[-1]

    monkeypatch.setattr(inductor, "compiled", compiled)

    def compilations() -> int:
        """How many a process needs that starts now."""
        before = len(made)
        library._loaded.clear()
        f = tf.function(lambda x: tf.exp(x) * tf.cos(x) + 1.0, jit_compile=True)
        assert float(f(tf.constant(0.0))) == 2.0 and ran_compiled(f)
        return len(made) - before

    assert [compilations(), compilations()] == [1, 0]
    (code,) = cache.glob("*.so")
    (about,) = cache.glob("*.json")
    whole = code.read_bytes()
    code.unlink()
    code.write_bytes(whole[: len(whole) // 2])
    assert [compilations(), compilations()] == [1, 0] and code.read_bytes() == whole
    for text in ("", "{", "[]", "{}", json.dumps({"sha256": "0"}), json.dumps({"sha256": 1})):
        about.write_text(text)
        assert [compilations(), compilations()] == [1, 0]
    assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".so"]  # nothing half-written

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with caplog.at_level(logging.WARNING, "tensorflow"):
        monkeypatch.setenv("TFCOMPAT_CACHE", str(about))  # no folder
        assert [compilations(), compilations()] == [1, 1]
        monkeypatch.setenv("TFCOMPAT_CACHE", str(cache / "other"))
        monkeypatch.setattr(os, "replace", full)
        assert [compilations(), compilations()] == [1, 1]
    said = [record.message for record in caplog.records if record.name == "tensorflow"]
    assert len(said) == 2 and all(text.startswith("compiled code is not kept") for text in said)
    assert not list((cache / "other").iterdir())


def test_without_a_compiler_kernels_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with caplog.at_level(logging.WARNING, "tensorflow"):
        for _ in range(2):
            f = tf.function(lambda x: tf.exp(x) * tf.sin(x), jit_compile=True)
            assert [float(f(tf.constant(0.0))) for _ in range(2)] == [0.0] * 2
    (record,) = [x for x in caplog.records if x.name == "tensorflow"]
    assert "no C++ compiler" in record.message


def test_a_compiler_that_fails_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(piece: Any) -> Any:
        raise RuntimeError("lowering failed\nat length")

    monkeypatch.setattr(inductor, "_compiled", fail)
    f = tf.function(lambda x: tf.exp(x) * tf.sin(x), jit_compile=True)
    with caplog.at_level(logging.WARNING, "tensorflow"):
        assert [float(f(tf.constant(0.0))) for _ in range(3)] == [0.0] * 3
    (record,) = [x for x in caplog.records if x.name == "tensorflow"]
    assert "lowering failed" in record.message and "at length" not in record.message

    def interrupted(piece: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(inductor, "_compiled", interrupted)
    v = tf.Variable(1.0)

    @tf.function(jit_compile=True)
    def g(x: Any) -> Any:
        v.assign_add(tf.exp(x))
        return tf.exp(x) * tf.cos(x) * v

    with pytest.raises(KeyboardInterrupt):
        g(tf.constant(0.0))
    assert float(v) == 1.0
    monkeypatch.undo()
    assert float(g(tf.constant(0.0))) == 2.0 and float(v) == 2.0


def test_the_environment_asks_for_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFCOMPAT_COMPILE", "1")
    assert tf.function(lambda x: x)._kinds.jit_compile
    assert not tf.function(lambda x: x, jit_compile=False)._kinds.jit_compile
    monkeypatch.setenv("TFCOMPAT_COMPILE", "0")
    assert not tf.function(lambda x: x)._kinds.jit_compile
