"""`TFCOMPAT_EXPLAIN=1`: what is printed when a gradient is None, how often, and when nothing is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tfcompat_tape as tf

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setenv("TFCOMPAT_EXPLAIN", "1")


def test_a_none_is_explained_once_for_each_place(asked, capsys):
    v = tf.Variable(3.0, name="v")
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = tf.stop_gradient(v * v)
        assert tape.gradient(y, v) is None
    err = capsys.readouterr().err
    assert err.count("passed through stop_gradient") == 1
    assert "The gradient is None at " in err
    assert "y = tf.stop_gradient(v * v)" in err


def test_each_target_of_a_loop_is_explained(asked, capsys):
    v = tf.Variable([1.5, 2.5], name="v")
    with tf.GradientTape(persistent=True) as tape:
        targets = [tf.stop_gradient(v), tf.round(v), v * 2.0, tf.cast(v, tf.int32)]
    for target in targets:
        tape.gradient(target, v)
    err = capsys.readouterr().err
    told = ("passed through stop_gradient", "The gradient of Round is None", "integer dtype")
    assert [err.count(text) for text in told] == [1, 1, 1]
    assert err.count("The gradient is None at ") == 3


def test_targets_that_say_the_same_are_told_once(asked, capsys):
    v = tf.Variable([1.5, 2.5], name="v")
    with tf.GradientTape(persistent=True) as tape:
        h = tf.stop_gradient(v)
        targets = [h * 1.0, h * 2.0]
    for target in targets:
        tape.gradient(target, v)
    assert capsys.readouterr().err.count("passed through stop_gradient") == 1


def test_keys_of_a_dictionary_are_told(asked, capsys):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.ones([2]))
    tape.gradient(y, {"weights": [tf.Variable(1.0)]})
    assert "sources['weights'][0]: None" in capsys.readouterr().err


def test_of_several_gradients_the_missing_ones_are_explained(asked, capsys):
    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v * tf.stop_gradient(w)
    tape.gradient(y, {"v": v, "w": w})
    err = capsys.readouterr().err
    assert "1 of 2 gradients are None" in err
    assert "w: None" in err and "v: " not in err


def test_jacobians_too(asked, capsys):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.jacobian(y, x) is None
    assert "never watched" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "", "off", "False"])
def test_the_environment_may_say_no(monkeypatch, capsys, value):
    monkeypatch.setenv("TFCOMPAT_EXPLAIN", value)
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    assert tape._tracer is None
    assert capsys.readouterr().err == ""


def test_the_keyword_alone_prints_nothing(monkeypatch, capsys):
    monkeypatch.delenv("TFCOMPAT_EXPLAIN", raising=False)
    x = tf.constant(1.0)
    with tf.GradientTape(explain=True) as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    assert capsys.readouterr().err == ""


def test_a_tape_may_refuse(asked, capsys):
    x = tf.constant(1.0)
    with tf.GradientTape(explain=False) as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    assert capsys.readouterr().err == ""


def test_zeros_in_place_of_none_are_not_explained(asked, capsys):
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x, unconnected_gradients="zero").numpy() == 0.0
    assert capsys.readouterr().err == ""


def test_tapes_of_the_library_are_not_explained(asked, capsys):
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = tf.recompute_grad(lambda x: x * x)(v)
        y = y + tf.py_function(lambda a, b: a * 2.0, [v, v], tf.float32)
    assert tape.gradient(y, v).numpy() == 8.0
    assert capsys.readouterr().err == ""


SCRIPT = """\
import tensorflow as tf

x = tf.Variable(2.0)
for epoch in range(4):
    with tf.GradientTape() as tape:
        y = x + 1
    print(type(x).__name__, tape.gradient(y, x) is None)
    x = x + 1
"""


def tfcompat(*args, cwd):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("TFCOMPAT_EXPLAIN", None)
    command = [sys.executable, "-m", "tfcompat_tape", *args]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


def test_the_command_line_explains(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    plain = tfcompat("run", "script.py", cwd=tmp_path)
    told = tfcompat("run", "--explain", "script.py", cwd=tmp_path)
    assert plain.returncode == told.returncode == 0, told.stderr
    assert told.stdout == plain.stdout
    assert plain.stderr == ""
    assert told.stderr.count("a Variable's name rebound to a Tensor") == 1
    assert "script.py:8:  x = x + 1" in told.stderr
    assert "script.py:7: gradients were None 3 times." in told.stderr


def test_the_notes_under_explain(tmp_path):
    done = tfcompat("run", "--explain", str(ROOT / "examples" / "notes.py"), cwd=tmp_path)
    assert done.stdout == (ROOT / "tests" / "data" / "notes_output.txt").read_text(encoding="utf-8")
    assert "passed through stop_gradient" in done.stderr and "never watched" in done.stderr
    assert "z = x**2 + tf.stop_gradient(y_sqrd)" in done.stderr
