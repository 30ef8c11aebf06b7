"""Functions that fail while they are traced or compiled leave nothing behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import tfcompat_tape as tf
from tfcompat_tape.tracing import library


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_trace_that_fails_leaves_variables_and_functions_as_they_were(jit_compile: bool) -> None:
    v = tf.Variable([1.0, 2.0])
    held: list[Any] = []
    fails = [True]

    @tf.function(jit_compile=jit_compile)
    def f(x: Any) -> Any:
        v.assign_add(x)
        if not held:
            held.append(tf.Variable(x * 2.0))
        if fails[0]:
            held.clear()
            raise ValueError("not now")
        return x + v + held[0]

    x = tf.constant([0.5, 0.25])
    for _ in range(2):
        with pytest.raises(ValueError, match="not now"):
            f(x)
        with tf.GradientTape() as tape, pytest.raises(ValueError, match="not now"):
            tape.watch(x)
            f(x)
        assert v.numpy().tolist() == [1.0, 2.0] and not held
    assert f.experimental_get_tracing_count() == 0
    fails.clear()
    fails.append(False)
    assert f(x).numpy().tolist() == [3.0, 3.0] and v.numpy().tolist() == [1.5, 2.25]
    assert f(x).numpy().tolist() == [3.5, 3.25]


def test_one_that_fails_for_some_shapes_alone() -> None:
    v = tf.Variable(0.0)

    @tf.function
    def f(x: Any) -> Any:
        v.assign_add(1.0)
        return tf.reshape(x, [2, 2])

    for _ in range(2):
        with pytest.raises(ValueError, match="reshape"):
            f(tf.ones([3]))
        assert f(tf.ones([4])).shape == [2, 2]
    assert float(v) == 2.0


def test_several_store_the_same_code_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found is whole, whoever wrote last."""
    monkeypatch.setenv("TFCOMPAT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(library, "_load", Path.read_bytes)
    key = "0" * 64
    contents = [bytes([n]) * 300_000 for n in range(6)]
    found: list[Any] = []
    errors: list[BaseException] = []

    def work(n: int) -> None:
        source = tmp_path / f"made{n}"
        source.write_bytes(contents[n])
        try:
            for _ in range(5):
                library._store(key, source)
                found.append(library._stored(key))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(found) == 30 and all(one in contents for one in found)
    assert not list((tmp_path / "cache").glob(f"{library._UNFINISHED}*"))


def test_python_functions_whose_results_are_known_do_not_run_in_a_trace_that_fails():
    seen = []

    def note(x):
        seen.append(float(x))
        return x

    def ending(call):
        @tf.function
        def f(x):
            call(x)
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            f(tf.constant(3.0))

    ending(lambda x: tf.py_function(lambda x: seen.append(float(x)), [x], []))
    ending(lambda x: tf.numpy_function(lambda x: seen.append(float(x)), [x], []))
    ending(lambda x: tf.py_function(note, [x], tf.TensorSpec([], tf.float32)))
    assert seen == []

    @tf.function
    def f(x):
        tf.py_function(lambda x: seen.append(float(x)), [x], [])
        y = tf.py_function(note, [x], tf.TensorSpec([], tf.float32))
        return y * x

    for x in (2.0, 3.0):
        with tf.GradientTape() as tape:
            tape.watch(given := tf.constant(x))
            y = f(given)
        assert (float(y), float(tape.gradient(y, given))) == (x * x, 2.0 * x)
    assert seen == [2.0, 2.0, 3.0, 3.0]
