"""Gradient rules of plugins: both styles, and what is said when they return something wrong."""

from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.plugins import OpDefinition, PluginGradientError, ops


def scaled(**changes: Any) -> OpDefinition:
    given: dict[str, Any] = {
        "name": "TestScaled",
        "kernel": lambda x, y: x * y.sum(),
        "inputs": "x y",
        "gradient": lambda op, dy: [
            dy * tf.reduce_sum(op.inputs[1]),
            tf.reduce_sum(dy * op.inputs[0]) + op.inputs[1] * 0.0,
        ],
    }
    return OpDefinition(**{**given, **changes})


def differentiate(order: int = 1) -> Any:
    x, y = tf.constant([[1.0, 2.0]], tf.float64), tf.constant([3.0, 4.0, 5.0], tf.float64)
    with tf.GradientTape() as outer:
        outer.watch([x, y])
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = ops.TestScaled(x, y)
            if order == 1:
                outer.reset()
        if order == 1:
            with outer.stop_recording():
                return tape.gradient(z, [x, y])
        return tape.gradient(z, [x, y])


WRONG = {
    "too few": (lambda op, dy: dy, r"1 gradient for 2 inputs"),
    "too many": (lambda op, dy: (dy, dy, dy), r"3 gradients for 2 inputs"),
    "a shape": (
        lambda op, dy: (dy, dy),
        r"a gradient of shape \[1, 2\] for input 1 \(y\), whose shape is \[3\]",
    ),
    "a dtype": (
        lambda op, dy: (tf.cast(dy, tf.float32), None),
        r"of dtype float32 for input 0 \(x\), which is float64",
    ),
    "no Tensor": (
        lambda op, dy: (object(), None),
        r"a object as the gradient of input 0 \(x\): it must be a Tensor",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_rule_in_tensorflows_style(case: str, bring: Any) -> None:
    rule, message = WRONG[case]
    with (
        tf.plugins.load(bring(scaled(gradient=rule))),
        pytest.raises(
            PluginGradientError, match=rf"plugin 'bringer' .*of the op 'TestScaled' returned .*{message}"
        ),
    ):
        differentiate()


LIBRARY = {
    "too few": (lambda op, dy: dy, r"1 gradient for 2 inputs"),
    "too many": (lambda op, dy: (dy, dy, dy), r"3 gradients for 2 inputs"),
    "a shape": (
        lambda op, dy: (dy, dy),
        r"a gradient of shape \[1, 2\] for input 1 \(y\), whose shape is \[3\]",
    ),
    "a dtype": (
        lambda op, dy: (dy.to(torch.float32), None),
        r"of dtype float32 for input 0 \(x\), which is float64",
    ),
    "no tensor": (
        lambda op, dy: (1.0, None),
        r"a float as the gradient of input 0 \(x\): it must be a Tensor",
    ),
}


@pytest.mark.parametrize("case", LIBRARY)
@pytest.mark.parametrize("keep", ["both", "inputs", "outputs", "nothing", "x", "y"])
def test_a_wrong_rule_in_the_librarys_style(case: str, keep: str, bring: Any) -> None:
    rule, message = LIBRARY[case]
    with (
        tf.plugins.load(bring(scaled(gradient=rule, keep=keep, style="library"))),
        pytest.raises(
            PluginGradientError, match=rf"plugin 'bringer' .*of the op 'TestScaled' returned .*{message}"
        ),
    ):
        differentiate()


def test_an_op_that_changes_the_dtype(bring: Any) -> None:
    """What is not kept may have any dtype that the kernel was seen to make such a result of."""
    widened = OpDefinition(
        "TestWidened", lambda x: x.double(), "x", lambda op, dy: dy.float(), keep="nothing", style="library"
    )
    with tf.plugins.load(bring(widened)):
        x = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = ops.TestWidened(x)
        grad = tape.gradient(y, x)
        assert (grad.dtype, grad.numpy()) == (tf.float32, 1.0)


def test_gradients_that_are_not_needed_may_be_anything(bring: Any) -> None:
    given = {}

    def rule(op: Any, dy: Any) -> Any:
        given["needs"] = op.needs
        return dy * 12.0, "not needed"

    with tf.plugins.load(bring(scaled(gradient=rule, style="library"))):
        x = tf.Variable([[1.0, 2.0]])
        with tf.GradientTape() as tape:
            z = ops.TestScaled(x, [3.0, 4.0, 5.0])
        np.testing.assert_allclose(tape.gradient(z, x), [[12.0, 12.0]])
    assert given["needs"] == (True, False)


def test_a_constant_where_an_outer_tape_listens(bring: Any) -> None:
    """A number that torch computed beside the tape would make the second derivative wrong without a word."""
    rules = {
        "tensorflow": lambda op, dy: (np.zeros([1, 2]), None),
        "library": lambda op, dy: (torch.zeros(1, 2), None),
    }
    for style, rule in rules.items():
        plugin = bring(scaled(gradient=rule, style=style))
        with tf.plugins.load(plugin), pytest.raises(PluginGradientError, match="while an outer tape listens"):
            differentiate(order=2)
    with tf.plugins.load(bring(scaled(gradient=rules["tensorflow"]))):
        np.testing.assert_allclose(differentiate()[0], [[0.0, 0.0]])


def test_slices_as_a_gradient(bring: Any) -> None:
    rows = OpDefinition(
        "TestRows",
        lambda table, i: table[i],
        "table i",
        lambda op, dy: [tf.IndexedSlices(dy, op.inputs[1], tf.shape(op.inputs[0])), None],
        same="",
    )
    wrong = OpDefinition(
        "TestWrongRows",
        lambda table, i: table[i],
        "table i",
        lambda op, dy: [tf.IndexedSlices(dy[:, :1], op.inputs[1], tf.shape(op.inputs[0])), None],
        same="",
    )
    with tf.plugins.load(bring(rows, wrong)):
        table, i = tf.Variable(tf.ones([4, 2])), tf.constant([1, 1])
        with tf.GradientTape() as tape:
            y = ops.TestRows(table, i)
        grad = tape.gradient(y, table)
        assert isinstance(grad, tf.IndexedSlices)
        np.testing.assert_allclose(tf.convert_to_tensor(grad), [[0, 0], [2, 2], [0, 0], [0, 0]])
        with tf.GradientTape() as tape:
            y = ops.TestWrongRows(table, i)
        with pytest.raises(
            PluginGradientError, match=r"shape \[2, 1\] for input 0 \(table\), whose shape is \[2, 2\]"
        ):
            tape.gradient(y, table)


@pytest.mark.parametrize("style", ["tensorflow", "library"])
def test_forward_mode(style: str, bring: Any) -> None:
    def gradient(op: Any, dy: Any) -> Any:
        return 3.0 * op.inputs[0] ** 2 * dy

    def jvp(op: Any, t: Any) -> Any:
        of_tensors.append(isinstance(t, tf.Tensor))
        return 3.0 * op.inputs[0] ** 2 * t

    of_tensors: list[bool] = []
    for given in (jvp, None):
        cube = OpDefinition("TestCube", lambda x: x**3, "x", gradient, jvp=given, style=style)  # type: ignore[arg-type]
        with tf.plugins.load(bring(cube)):
            x = tf.constant([1.0, 2.0])
            with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 10.0])) as inner:
                y = ops.TestCube(x)
            np.testing.assert_allclose(inner.jvp(y), [3.0, 120.0])
            with tf.GradientTape() as tape:
                tape.watch(x)
                with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 10.0])) as inner:
                    y = ops.TestCube(x)
                pushed = inner.jvp(y)
            np.testing.assert_allclose(tape.gradient(pushed, x), [6.0, 120.0])
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.concat([ops.TestCube(x), x, x], 0)
            np.testing.assert_allclose(tape.jacobian(y, x)[:2], [[3.0, 0.0], [0.0, 12.0]])
    assert set(of_tensors) == ({True} if style == "tensorflow" else {True, False})


def test_attributes_may_be_functions(bring: Any) -> None:
    def apply(x: Any, function: Any, mode: str) -> Any:
        assert mode == "fast"
        return function(x)

    def gradient(op: Any, dy: Any) -> Any:
        assert op.get_attr("mode") == b"fast"  # as in TensorFlow
        with tf.GradientTape() as tape:
            tape.watch(op.inputs[0])
            y = op.get_attr("function")(op.inputs[0])
        return tape.gradient(y, op.inputs[0], output_gradients=dy)

    attrs = {"function": tf.plugins.REQUIRED, "mode": "fast"}
    with tf.plugins.load(bring(OpDefinition("TestApply", apply, "x", gradient, attrs=attrs))):
        x = tf.Variable(3.0)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = ops.TestApply(x, function=lambda v: v * v * v)
            g = tape.gradient(y, x)
        assert (y.numpy(), g.numpy(), outer.gradient(g, x).numpy()) == (27.0, 27.0, 18.0)


def test_torch_functions_in_the_librarys_style(bring: Any) -> None:
    sine = OpDefinition(
        "TestSine", torch.sin, "x", lambda op, dy: dy * torch.cos(op.inputs[0]), style="library"
    )
    with tf.plugins.load(bring(sine)):
        x = tf.Variable(0.5)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as tape:
                y = ops.TestSine(x)
            g = tape.gradient(y, x)
        np.testing.assert_allclose([g, outer.gradient(g, x)], [np.cos(0.5), -np.sin(0.5)], rtol=1e-6)
