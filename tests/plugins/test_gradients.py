"""Gradients for ops that exist: named alternatives and new defaults."""

from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import registry
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.plugins import GradientDefinition, OpDefinition, PluginGradientError, ops


def doubled(op: Any, dy: Any) -> Any:
    return 2.0 * dy


def through(function: Any, x: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


def test_an_alternative_is_registered_under_its_name(bring: Any) -> None:
    definition = GradientDefinition(
        "Relu", lambda op, dy: tf.where(op.inputs[0] > 0.0, dy, 5.0), name="TestRelu"
    )
    x = tf.constant([-1.0, 2.0])
    with tf.plugins.load(bring(definition)):
        rule = registry._waiting["TestRelu"]
        assert rule is not None
        np.testing.assert_allclose(through(tf.nn.relu, x), [0.0, 1.0])
        with (
            tf.Graph().as_default() as graph,
            graph.gradient_override_map({"Relu": "TestRelu", "Sign": "TestRelu"}),
        ):
            np.testing.assert_allclose(through(tf.nn.relu, x), [5.0, 1.0])
            np.testing.assert_allclose(through(tf.sign, x), [5.0, 1.0])
        with pytest.raises(KeyError, match="TestRelu"):
            tf.RegisterGradient("TestRelu")(doubled)
    assert "TestRelu" not in registry._waiting


@pytest.mark.parametrize("style", ["tensorflow", "library"])
@pytest.mark.parametrize("name", ["Relu", "Tanh", "AddV2", "Sum", "Sign", "Round", "MatMul"])
def test_a_default_counts_while_it_is_loaded(style: Any, name: str, bring: Any) -> None:
    calls = {
        "Relu": tf.nn.relu,
        "Tanh": tf.tanh,
        "AddV2": lambda x: x + tf.constant([10.0, 20.0]),
        "Sum": lambda x: tf.reduce_sum(x, 0),
        "Sign": tf.sign,
        "Round": tf.round,
        "MatMul": lambda x: tf.linalg.matmul(x[None], tf.ones([2, 1])),
    }

    def rule(op: Any, dy: Any) -> Any:
        # A rule in TensorFlow's style may see more inputs than are tensors here: the axes of a sum, say.
        count = len(op.inputs) if style == "tensorflow" else len(op.needs)
        seven = op.inputs[0] * 0.0 + 7.0
        return [seven, *[None] * (count - 1)]

    x = tf.constant([-1.0, 2.0])
    before = through(tf.nn.relu, x)
    with tf.plugins.load(bring(GradientDefinition(name, rule, default=True, style=style))):
        np.testing.assert_allclose(through(calls[name], x), [7.0, 7.0])
    np.testing.assert_allclose(through(tf.nn.relu, x), before)


def test_a_default_in_higher_derivatives_and_jacobians(bring: Any) -> None:
    x = tf.constant([1.0, 2.0])
    square = GradientDefinition("Tanh", lambda op, dy: dy * op.inputs[0] ** 3, default=True)
    with tf.plugins.load(bring(square)):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.tanh(x)
            g = tape.gradient(y, x)
        np.testing.assert_allclose(g, [1.0, 8.0])
        np.testing.assert_allclose(outer.gradient(g, x), [3.0, 12.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.tanh(x)
        np.testing.assert_allclose(tape.jacobian(y, x), [[1.0, 0.0], [0.0, 8.0]])


@pytest.mark.parametrize("style", ["tensorflow", "library"])
def test_what_was_recorded_before_keeps_its_gradient(style: Any, bring: Any) -> None:
    x = tf.constant([-1.0, 2.0])
    definition = GradientDefinition("Relu", lambda op, dy: dy * op.inputs[0], default=True, style=style)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.relu(x)  # keeps its output alone
        loading = tf.plugins.load(bring(definition))
        z = tf.nn.relu(x)
        assert tf.reduce_sum(y).numpy() == 2.0
    try:
        np.testing.assert_allclose(tape.gradient([y, z], x), [-1.0, 3.0])
    finally:
        loading.unload()


def test_after_unloading_the_old_gradient_counts_again(bring: Any) -> None:
    x = tf.constant([-1.0, 2.0])
    definition = GradientDefinition(
        "Relu", lambda op, dy: dy * 9.0, default=True, style="library", keep="nothing"
    )
    with tf.plugins.load(bring(definition)), tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.relu(x)
    np.testing.assert_allclose(tape.gradient(y, x), [0.0, 1.0])


def test_forward_mode_follows_the_default(bring: Any) -> None:
    x = tf.constant([-1.0, 2.0])
    for jvp in (None, doubled):
        with tf.plugins.load(bring(GradientDefinition("Relu", doubled, default=True, jvp=jvp))):
            with tf.autodiff.ForwardAccumulator(x, tf.ones([2])) as accumulator:
                y = tf.nn.relu(x)
            np.testing.assert_allclose(accumulator.jvp(y), [2.0, 2.0])


def test_a_default_with_several_outputs(bring: Any) -> None:
    x = tf.constant([1.0, 2.0])
    with tf.plugins.load(
        bring(GradientDefinition("Unpack", lambda op, *dys: 10.0 * tf.stack(dys), default=True))
    ):
        np.testing.assert_allclose(through(lambda x: tf.unstack(x)[0], x), [10.0, 0.0])


def test_a_default_for_the_op_of_another_plugin(bring: Any) -> None:
    own = OpDefinition("TestOwn", lambda x: x.clone(), "x", lambda op, dy: dy)
    x = tf.constant(1.0)
    with tf.plugins.load(bring(own, name="own")):
        with tf.plugins.load(bring(GradientDefinition("TestOwn", doubled, default=True), name="other")):
            assert through(ops.TestOwn, x) == 2.0
        assert through(ops.TestOwn, x) == 1.0


def test_a_wrong_alternative_names_the_plugin(bring: Any) -> None:
    wrong = GradientDefinition("Relu", lambda op, dy: tf.reduce_sum(dy), name="TestRelu")
    with (
        tf.plugins.load(bring(wrong)),
        tf.Graph().as_default() as graph,
        graph.gradient_override_map({"Relu": "TestRelu"}),
        pytest.raises(
            PluginGradientError, match=r"plugin 'bringer' .*TestRelu of the op 'Relu' .* shape \[\]"
        ),
    ):
        through(tf.nn.relu, tf.constant([-1.0, 2.0]))


def test_an_override_wins_over_a_default(bring: Any) -> None:
    x = tf.constant([-1.0, 2.0])
    nine = GradientDefinition("Relu", lambda op, dy: dy * 9.0, default=True, style="library", keep="nothing")
    two = GradientDefinition("Sign", doubled, name="TestDoubled")
    with tf.plugins.load(bring(nine, two)), tf.Graph().as_default() as graph:
        with graph.gradient_override_map({"Relu": "TestDoubled", "Sign": "Relu"}):
            np.testing.assert_allclose(through(tf.nn.relu, x), [2.0, 2.0])
            np.testing.assert_allclose(through(tf.sign, x), [9.0, 9.0])
        np.testing.assert_allclose(through(tf.nn.relu, x), [9.0, 9.0])


def test_loaded_and_unloaded_across_the_borders_of_an_override(bring: Any) -> None:
    x = tf.constant([-1.0, 2.0])
    definition = GradientDefinition("Relu", lambda op, dy: dy * op.inputs[0], default=True)
    graph = tf.Graph()
    with graph.as_default(), graph.gradient_override_map({"Relu": "Identity"}):
        loading = tf.plugins.load(bring(definition))
        np.testing.assert_allclose(through(tf.nn.relu, x), [1.0, 1.0])
    np.testing.assert_allclose(through(tf.nn.relu, x), [-1.0, 2.0])
    with graph.as_default(), graph.gradient_override_map({"Relu": "Identity"}):
        loading.unload()
    np.testing.assert_allclose(
        through(tf.nn.relu, x), [0.0, 1.0]
    )  # and it keeps what it kept: see conftest.py


def test_an_op_of_a_plugin_can_be_overridden_and_lend_its_gradient(bring: Any) -> None:
    own = OpDefinition("TestOwn", lambda x: x.clone(), "x", lambda op, dy: 3.0 * dy)
    x = tf.constant(1.0)
    with (
        tf.plugins.load(bring(own)),
        tf.Graph().as_default() as graph,
        graph.gradient_override_map({"TestOwn": "Identity", "Sin": "TestOwn"}),
    ):
        assert through(ops.TestOwn, x) == 1.0
        assert through(tf.sin, x) == 3.0


def test_a_wrong_default_names_the_plugin(bring: Any) -> None:
    wrong = GradientDefinition("Relu", lambda op, dy: tf.reduce_sum(dy), default=True)
    with (
        tf.plugins.load(bring(wrong)),
        pytest.raises(
            PluginGradientError,
            match=r"plugin 'bringer' .*of the op 'Relu' returned a gradient of shape \[\]",
        ),
    ):
        through(tf.nn.relu, tf.constant([-1.0, 2.0]))
    wrong = GradientDefinition(
        "Relu", lambda op, dy: torch.zeros(3), default=True, style="library", keep="nothing"
    )
    with (
        tf.plugins.load(bring(wrong)),
        pytest.raises(
            PluginGradientError, match=r"shape \[3\] for input 0 \(features\), whose shape is \[2\]"
        ),
    ):
        through(tf.nn.relu, tf.constant([-1.0, 2.0]))
    assert OPS["Relu"].rule is not None
