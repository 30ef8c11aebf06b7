"""Numerics that are checked and placement that is logged: where it was, and that nothing of it stays."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

import tfcompat_tape as tf
from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import CALLS, unary
from tfcompat_tape.debugging.executions import listen, unlisten


@pytest.fixture
def checking() -> Iterator[None]:
    tf.debugging.enable_check_numerics()
    yield
    tf.debugging.disable_check_numerics()


def everything() -> list[object]:
    kernels = [inspect.getclosurevars(call).nonlocals["kernel"] for _, call in CALLS]
    return [*kernels, *[(op.rule, op.jvp, op.fallback) for op in registry.OPS.values()]]


def test_when_it_is_off_all_is_as_it_was() -> None:
    before = everything()
    tf.debugging.enable_check_numerics()
    assert everything() != before
    tf.debugging.disable_check_numerics()
    assert everything() == before


def test_the_error_names_the_lines_of_the_program(checking: None) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.math.log(0.0)  # this line
    text = str(caught.value)
    assert 'in output 0 of eagerly-executing op "Log"' in text
    assert "tf.math.log(0.0)  # this line" in text
    assert f"(L{caught.traceback[0].lineno + 1}) test_the_error_names_the_lines_of_the_program" in text


def test_limits_of_the_error() -> None:
    tf.debugging.enable_check_numerics(stack_height_limit=1, path_length_limit=8)
    try:
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            tf.math.log(0.0)
    finally:
        tf.debugging.disable_check_numerics()
    places = [line for line in str(caught.value).splitlines() if line.startswith("    + ")]
    assert len(places) == 1 and places[0].startswith("    + ...tions.py (L")


def test_gradients_name_the_op_whose_rule_gave_it(checking: None) -> None:
    v = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        y = tf.sqrt(v)
    with pytest.raises(tf.errors.InvalidArgumentError, match='op "SqrtGrad"'):
        tape.gradient(y, v)
    tf.debugging.disable_check_numerics()
    with tf.GradientTape() as tape:
        y = tf.sqrt(v)
    assert tape.gradient(y, v).numpy() == float("inf")


def test_gradients_are_the_same_while_it_is_on(checking: None) -> None:
    def program() -> list[float]:
        x = tf.Variable([[0.5, 2.0], [1.5, 3.0]])
        with tf.GradientTape(persistent=True) as tape:
            y = tf.reduce_sum(tf.linalg.inv(x) @ tf.tanh(x) ** 2 + tf.gather(x, [1, 0]))
        return [tape.gradient(y, x).numpy().tolist(), tape.jacobian(y, x).numpy().tolist()]

    while_on = program()
    tf.debugging.disable_check_numerics()
    assert program() == while_on


def test_an_op_that_is_defined_later_is_checked_too(checking: None) -> None:
    name = "DefinedWhileChecking"
    op = registry.OPS[name].call if name in registry.OPS else unary(name, lambda x: x / 0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=name):
        op(tf.constant(1.0))


def test_operators_and_their_reflections_are_checked(checking: None) -> None:
    zero = tf.constant(0.0)
    for call in (lambda: 1.0 / zero, lambda: tf.constant(1.0) / zero, lambda: zero**-1.0):
        with pytest.raises(tf.errors.InvalidArgumentError, match="Detected Infinity or NaN"):
            call()


def test_placement_is_logged_op_by_op(capsys: pytest.CaptureFixture[str]) -> None:
    tf.debugging.set_log_device_placement(True)
    try:
        assert tf.debugging.get_log_device_placement()
        v = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = tf.tanh(v)
        tape.gradient(y, v)
    finally:
        tf.debugging.set_log_device_placement(False)
    tf.tanh(v)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[2] for line in lines] == ["Tanh", "TanhGrad"]
    assert all(line.endswith("in device /job:localhost/replica:0/task:0/device:CPU:0") for line in lines)


def test_two_listeners_hear_the_same() -> None:
    heard: list[tuple[int, str]] = []
    first, second = [lambda name, given, made, k=k: heard.append((k, name)) for k in (1, 2)]
    listen(first)
    listen(second)
    listen(first)
    tf.abs(tf.constant(-1.0))
    unlisten(first)
    tf.abs(tf.constant(-1.0))
    unlisten(second)
    tf.abs(tf.constant(-1.0))
    assert heard == [(1, "Abs"), (2, "Abs"), (2, "Abs")]
