"""What a trace does before it turns out that no trace can hold the function happens once, as everything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import reading
from tfcompat_tape.core.reading import UntraceableError


class Kit:
    """A function that does something, asks for a value, and then does what no trace holds."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self.v = tf.Variable(0.0)

    def note(self, x: Any) -> Any:
        self.seen.append(float(x))
        return np.float32(x)

    def refused(self, x: Any, total: Any) -> Any:
        """A function of a dataset reads a Variable that the function assigns to."""
        sizes = tf.ones([tf.cast(x, tf.int32)])  # asks for the value
        for one in tf.data.Dataset.from_tensor_slices(sizes).map(lambda e: e * self.v):
            total = total + one
        return total


EFFECTS = {
    "numpy_function": lambda kit, x: tf.numpy_function(kit.note, [x], tf.float32),
    "py_function": lambda kit, x: tf.py_function(kit.note, [x], tf.float32),
    "both": lambda kit, x: tf.py_function(
        kit.note, [tf.numpy_function(kit.note, [x], tf.float32)], tf.float32
    ),
}


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.parametrize("sizes", [(), None])
def test_functions_of_python_run_once_a_call(name: str, sizes: Any) -> None:
    kit = Kit()

    @tf.function(input_signature=[tf.TensorSpec(sizes)])
    def f(x: Any) -> Any:
        kit.v.assign_add(1.0)
        y = EFFECTS[name](kit, x)
        return kit.refused(y, y)

    each = 2 if name == "both" else 1
    for call in range(1, 4):
        assert float(f(tf.constant(3.0))) == 3.0 + 3.0 * call
        assert len(kit.seen) == each * call
        assert float(kit.v) == call


def test_what_is_printed_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    kit = Kit()

    @tf.function
    def f(x: Any) -> Any:
        kit.v.assign_add(1.0)
        tf.print("a", x)
        y = tf.cast(tf.cast(x, tf.int32), tf.float32)
        tf.debugging.assert_positive(y)
        return kit.refused(y, y)

    for _ in range(2):
        f(tf.constant(3.0))
    assert capsys.readouterr().err == "a 3\na 3\n"


@pytest.mark.parametrize("between", ["timestamp", "close", "summary"])
def test_what_comes_after_another_effect_happens_once(between: str, capsys: Any, tmp_path: Any) -> None:
    kit = Kit()
    writer = tf.summary.create_file_writer(str(tmp_path))

    @tf.function
    def f(x: Any) -> Any:
        kit.v.assign_add(1.0)
        if between == "timestamp":
            tf.timestamp()
        elif between == "close":
            writer.close()
        else:
            with writer.as_default():
                tf.summary.scalar("x", x, step=1)
        tf.print("a", x)
        return kit.refused(x, x)

    for _ in range(2):
        f(tf.constant(3.0))
    assert capsys.readouterr().err == "a 3\na 3\n"


def test_the_gradient_of_what_has_happened() -> None:
    kit = Kit()

    @tf.function
    def f(x: Any) -> Any:
        kit.v.assign_add(1.0)
        y = tf.py_function(lambda z: (kit.seen.append(float(z)), z * z)[1], [x], tf.float32)
        return kit.refused(y, y)

    for call in (1, 2):
        x = tf.constant(2.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = f(x)
        assert float(tape.gradient(y, x)) == 4.0
        assert kit.seen == [2.0] * call


def test_another_trace_for_one_shape() -> None:
    kit = Kit()

    @tf.function(input_signature=[tf.TensorSpec([None])])
    def f(x: Any) -> Any:
        y = tf.numpy_function(kit.note, [tf.reduce_sum(x)], tf.float32)
        total = tf.reduce_sum(tf.ones([tf.cast(y, tf.int32)]))  # asks for the value
        if any(type(n) is not int for n in x._t.shape) and reading.current.tracer is not None:
            raise UntraceableError("sizes that are open")
        return total

    for call in (1, 2):
        assert float(f(tf.ones([3]))) == 3.0
        assert kit.seen == [3.0] * call
