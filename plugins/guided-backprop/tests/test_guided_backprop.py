"""The gradients by hand, the maps of a small network, and the example."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import tfcompat_guided_backprop as guided

import tfcompat_tape as tf
from tfcompat_tape.plugins.testing import op_tests

EXAMPLE = Path(__file__).parent.parent / "examples" / "shapes.py"
README = Path(__file__).parent.parent / "README.md"

test_rules = op_tests("tfcompat_guided_backprop")

X = np.array([-2.0, -0.5, 0.5, 7.0], np.float32)
DY = np.array([[1.0], [-1.0]], np.float32)  # each feature meets a positive and a negative cotangent


def passed_back(op_type, name, function):
    """What comes back for each cotangent and feature."""
    x = tf.Variable(np.stack([X, X]))
    tf.plugins.load("tfcompat_guided_backprop")
    graph = tf.compat.v1.get_default_graph()
    with graph.gradient_override_map({op_type: name}), tf.GradientTape() as tape:
        y = function(x)
    return tape.gradient(y, x, output_gradients=tf.broadcast_to(DY, x.shape)).numpy()


@pytest.mark.parametrize(
    ("op_type", "function"),
    [
        ("Relu", tf.nn.relu),
        ("Relu6", tf.nn.relu6),
        ("LeakyRelu", tf.nn.leaky_relu),
        ("Elu", tf.nn.elu),
    ],
)
def test_by_hand(op_type, function):
    within = [0, 0, 1, 0] if op_type == "Relu6" else [0, 0, 1, 1]
    np.testing.assert_array_equal(passed_back(op_type, f"Guided{op_type}", function), [within, [0] * 4])
    np.testing.assert_array_equal(passed_back(op_type, f"Deconv{op_type}", function), [[1] * 4, [0] * 4])


def test_without_the_map_gradients_are_what_they_were():
    x = tf.Variable(X)
    with guided.guided_backprop():
        pass
    with tf.GradientTape() as tape:
        y = tf.nn.relu(x)
    np.testing.assert_array_equal(tape.gradient(y, x, output_gradients=-tf.ones(4)), [0, 0, -1, -1])


def reference(images, weights, method):
    """The maps of `weights`' network, in numpy, for class 0."""
    features = [images]
    for one in weights[:-1]:
        features.append(np.maximum(features[-1] @ one, 0))
    dy = np.tile(weights[-1][:, 0], (len(images), 1))
    for one, y in zip(weights[-2::-1], features[:0:-1], strict=True):
        if method != "deconvnet":
            dy = dy * (y > 0)
        if method != "gradient":
            dy = np.maximum(dy, 0)
        dy = dy @ one.T
    return dy


@pytest.mark.parametrize("method", ["gradient", "deconvnet", "guided"])
def test_maps_of_a_network(method):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((5, 8), (8, 6), (6, 3))]
    images = rng.normal(size=(4, 5))

    def model(x):
        for one in weights[:-1]:
            x = tf.nn.relu(x @ tf.constant(one))
        return x @ tf.constant(weights[-1])

    found = guided.saliency(model, images, [0] * 4, method).numpy()
    np.testing.assert_allclose(found, reference(images, weights, method), rtol=1e-12, atol=1e-12)
    others = [guided.saliency(model, images, [0] * 4, one).numpy() for one in guided.METHODS if one != method]
    assert not any(np.allclose(found, other) for other in others)


def test_a_map_can_be_differentiated():
    # The guided map of relu(w x) is relu(w) where w x > 0; its derivative by w is 1 there.
    w = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        found = guided.saliency(lambda x: tf.nn.relu(w * x), tf.constant([[3.0], [-3.0]]), [0, 0])
    np.testing.assert_array_equal(found, [[2.0], [0.0]])
    assert tape.gradient(found, w).numpy() == 1.0


def test_an_unknown_method():
    with pytest.raises(ValueError, match=r"no method 'lime' .* gradient, deconvnet, guided"):
        guided.saliency(lambda x: x, tf.zeros([1, 1]), [0], "lime")


def test_the_example_draws(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    spec = importlib.util.spec_from_file_location("shapes", EXAMPLE)
    shapes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shapes)
    file = tmp_path / "saliency.png"
    maps, figures, _ = shapes.main([str(file), "--steps", "2"])
    assert file.read_bytes().startswith(b"\x89PNG")
    assert {one.shape for one in maps.values()} == {(*figures.shape, 1)}
    assert "on the figure" in capsys.readouterr().out


def test_the_readme():
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, str(README), "exec"), {})
