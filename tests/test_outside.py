"""What talks to the outside: tf.print, loggers, modules with their names, versions."""

import io
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.tape import ends


def test_print_goes_to_stderr_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    tf.print("a", tf.constant([1.0, 2.5]))
    tf.print("b", output_stream=sys.stdout)
    captured = capsys.readouterr()
    assert (captured.err, captured.out) == ("a [1 2.5]\n", "b\n")
    buffer = io.StringIO()
    with redirect_stdout(buffer):
        tf.print("c", output_stream=sys.stdout, end="")
    assert buffer.getvalue() == "c"


def test_print_to_logging_and_to_files(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with caplog.at_level(logging.INFO):
        tf.print("100%", tf.constant(1), output_stream=logging.info)
    assert caplog.messages == ["100% 1"]
    for word in ("a", tf.constant(b"\xff")):
        tf.print(word, output_stream=f"file://{tmp_path / 'log'}")
    assert (tmp_path / "log").read_bytes() == b"a\n\xff\n"


def test_the_log_of_a_test_takes_back_its_own_level(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tfcompat_tape.levels")
    with caplog.at_level(logging.INFO, logger.name):
        caplog.set_level(logging.ERROR, logger.name)  # until the test ends
        caplog.set_level(logging.DEBUG, "tfcompat_tape.others")
    assert logger.level == logging.NOTSET
    assert logging.getLogger("tfcompat_tape.others").level == logging.DEBUG


def test_print_in_a_vectorized_function(capsys: pytest.CaptureFixture[str]) -> None:
    def f(v: Any) -> Any:
        tf.print("v =", v)
        return v * 2.0

    np.testing.assert_allclose(tf.vectorized_map(f, tf.constant([1.0, 2.0])), [2.0, 4.0])
    assert capsys.readouterr().err == "v = <inside a vectorized function>\n"


def test_the_logger_controls_our_warnings(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ends, "_said", {})  # a warning is not repeated for long
    logger = tf.get_logger()
    level = logger.level
    x = tf.constant(1)
    try:
        logger.setLevel("ERROR")
        with tf.GradientTape() as tape:
            tape.watch(x)
        assert not caplog.records
    finally:
        logger.setLevel("WARNING")
    with tf.GradientTape() as tape:
        tape.watch(x)
    logger.setLevel(level)
    assert len(caplog.records) == 1


def test_modules_find_what_is_added_later_and_stop_at_cycles() -> None:
    class Node(tf.Module):
        _TF_MODULE_IGNORED_PROPERTIES = frozenset({"ignored"})

        def __init__(self, name: str | None = None) -> None:
            super().__init__(name=name)
            self.v = tf.Variable(1.0, name="v")
            self.children: list[Any] = []
            self.ignored = tf.Variable(2.0, name="ignored")
            self.mixed = {1: tf.Variable(3.0), "a": 2}

    root, leaf = Node("root"), Node("leaf")
    root.children.append(leaf)
    leaf.children.append(root)
    assert root.submodules == (leaf,)
    assert [v is w for v, w in zip(root.variables, (root.v, leaf.v), strict=True)] == [True, True]
    paths = [
        path for path, _ in root._flatten(with_path=True, predicate=lambda x: isinstance(x, tf.Variable))
    ]
    assert paths == [("v",), ("children", 0, "v")]
    assert list(root._flatten(recursive=False, predicate=lambda x: isinstance(x, tf.Variable))) == [root.v]


def test_a_gradient_with_respect_to_a_module() -> None:
    class Line(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w, self.b = tf.Variable(2.0), tf.Variable(1.0)

        def __call__(self, x: Any) -> Any:
            return self.w * x + self.b

    line = Line()
    with tf.GradientTape() as tape:
        y = line(3.0) ** 2
    assert [float(g) for g in tape.gradient(y, line.trainable_variables)] == [14.0, 42.0]


def test_initializers_feed_variables(device: str) -> None:
    def init(initializer: Any) -> Any:
        return tf.Variable(lambda: initializer([2, 3], dtype=tf.float64))

    assert init(tf.zeros_initializer()).numpy().sum() == 0.0
    assert init(tf.ones_initializer()).numpy().sum() == 6.0
    normal = tf.random_normal_initializer(mean=5.0, stddev=0.1, seed=7)
    np.testing.assert_array_equal(init(normal).numpy(), init(normal).numpy())
    np.testing.assert_allclose(normal([500]).numpy().mean(), 5.0, atol=0.05)
    uniform = tf.random_uniform_initializer.from_config({"minval": 2.0, "maxval": 3.0, "seed": None})([500])
    assert uniform.numpy().min() >= 2.0 and uniform.numpy().max() < 3.0


def test_compute_gradient_finds_a_wrong_gradient() -> None:
    wrong = tf.custom_gradient(lambda x: (x * x, lambda dy: dy))
    theory, numeric = tf.test.compute_gradient(wrong, [tf.constant([3.0], tf.float64)])
    np.testing.assert_allclose(theory[0], [[1.0]])
    np.testing.assert_allclose(numeric[0], [[6.0]], rtol=1e-9)


def test_dlpack_shares_memory() -> None:
    import torch

    raw = torch.zeros(2)
    shared = tf.experimental.dlpack.from_dlpack(raw.__dlpack__())
    raw[0] = 5.0
    assert shared.numpy().tolist() == [5.0, 0.0]


def test_the_version_is_tensorflows() -> None:
    assert tf.version.VERSION.startswith("2.21")
    assert tf.__version__ in tf.version.GIT_VERSION or tf.__version__ == tf.version.VERSION
