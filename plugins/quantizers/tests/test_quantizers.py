"""Values and gradients by hand, against formulas written another way, in training, and the example."""

import importlib.util
import math
import re
from pathlib import Path

import numpy as np
import pytest
import tfcompat_quantizers

import tfcompat_tape as tf
from tfcompat_tape.plugins.testing import op_tests

EXAMPLE = Path(__file__).parent.parent / "examples" / "spirals.py"
README = Path(__file__).parent.parent / "README.md"

test_ops = op_tests("tfcompat_quantizers")


@pytest.fixture(autouse=True)
def _loaded():
    with tf.plugins.load("tfcompat_quantizers"):
        yield


def value_and_gradient(function, x):
    x = tf.Variable(np.asarray(x, np.float64))
    with tf.GradientTape() as tape:
        y = function(x)
    return y.numpy(), tape.gradient(y, x).numpy()


def test_round():
    y, dx = value_and_gradient(tf.plugins.ops.RoundSTE, [-1.5, -0.5, 0.4, 0.5, 2.6])
    np.testing.assert_array_equal(y, [-2, 0, 0, 0, 3])
    np.testing.assert_array_equal(dx, np.ones(5))


def test_sign_and_binarize():
    x = [-2.0, -1.0, -0.25, 0.0, 0.5, 1.5]
    y, dx = value_and_gradient(tf.plugins.ops.SignSTE, x)
    np.testing.assert_array_equal(y, [-1, -1, -1, 0, 1, 1])
    np.testing.assert_array_equal(dx, [0, 1, 1, 1, 1, 0])
    y, dx = value_and_gradient(lambda x: tf.plugins.ops.BinarizeSTE(x, clip=0.5), x)
    np.testing.assert_array_equal(y, [-1, -1, -1, 1, 1, 1])
    np.testing.assert_array_equal(dx, [0, 0, 1, 1, 1, 0])
    _, dx = value_and_gradient(lambda x: tf.plugins.ops.BinarizeSTE(x, slope="triangle"), x)
    np.testing.assert_array_equal(dx, [0, 0, 1.5, 2, 1, 0])


def test_the_triangle_has_the_area_of_the_box():
    x = np.linspace(-3, 3, 60001)
    for clip in (0.5, 2.0):
        for slope in ("box", "triangle"):
            _, dx = value_and_gradient(
                lambda x, c=clip, s=slope: tf.plugins.ops.BinarizeSTE(x, clip=c, slope=s), x
            )
            assert abs(dx.sum() * 1e-4 - 2 * clip) < 1e-3


def composed(x, step, bits, signed, scale):
    """The quantizer as repositories write it: with stop_gradient, and the scale of the step's gradient likewise."""
    least, most = tfcompat_quantizers.levels(bits, signed)
    step = tf.stop_gradient(step - step * scale) + step * scale
    v = tf.clip_by_value(x / step, float(least), float(most))
    return (v + tf.stop_gradient(tf.round(v) - v)) * step


@pytest.mark.parametrize("shape", [(), (4,), (5, 1), (5, 4)])
@pytest.mark.parametrize(("bits", "signed"), [(2, True), (3, True), (1, False), (4, False)])
def test_learned_step_is_the_composed_form(shape, bits, signed):
    rng = np.random.default_rng(bits)
    x = tf.Variable(rng.normal(size=(5, 4)))
    step = tf.Variable(rng.uniform(0.2, 0.6, shape))
    dy = tf.constant(rng.normal(size=(5, 4)))
    _, most = tfcompat_quantizers.levels(bits, signed)
    scale = 1 / math.sqrt(20 / max(math.prod(shape), 1) * most)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.plugins.ops.LSQFakeQuant(x, step, bits=bits, signed=signed)
        expected = composed(x, step, bits, signed, scale)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    for one in (x, step):
        np.testing.assert_allclose(
            tape.gradient(y, one, output_gradients=dy),
            tape.gradient(expected, one, output_gradients=dy),
            rtol=1e-9,
            atol=1e-12,
        )


def test_the_scale_can_be_given():
    x, step = tf.constant([0.2, 0.9, 5.0]), tf.Variable(0.5)
    with tf.GradientTape() as tape:
        y = tf.plugins.ops.LSQFakeQuant(x, step, bits=3, gradient_scale=1.0)
    np.testing.assert_allclose(y, [0.0, 1.0, 1.5])
    np.testing.assert_allclose(tape.gradient(y, step), -0.4 + 0.2 + 3.0, rtol=1e-6)


def test_all_values_are_levels():
    x = np.random.default_rng(0).normal(size=1000)
    for bits in (2, 3, 8):
        y = tf.plugins.ops.LSQFakeQuant(tf.constant(x), tf.constant(0.1, tf.float64), bits=bits).numpy() / 0.1
        np.testing.assert_allclose(y, np.round(y), atol=1e-9)
        assert len(np.unique(np.round(y))) <= 2**bits
        assert y.min() >= -(2 ** (bits - 1)) - 1e-9 and y.max() <= 2 ** (bits - 1) - 1 + 1e-9


def test_a_learned_step_gets_better():
    x = tf.constant(np.random.default_rng(0).normal(size=2000))
    step = tf.Variable(tf.constant(2.0, tf.float64))

    def error():
        return tf.reduce_mean((tf.plugins.ops.LSQFakeQuant(x, step, bits=3, gradient_scale=1.0) - x) ** 2)

    for _ in range(200):
        with tf.GradientTape() as tape:
            loss = error()
        step.assign_sub(0.1 * tape.gradient(loss, step))
    # The best uniform quantizer of eight levels for a normal distribution has steps of 0.586 (Max, 1960); with a
    # level at zero, and so one more below than above, it is near that.
    assert abs(float(step) - 0.586) < 0.08
    assert float(error()) < 0.05


def test_half_precision():
    x, step = tf.Variable(tf.constant([0.3, -4.0], tf.float16)), tf.Variable(tf.constant(0.25, tf.float16))
    with tf.GradientTape() as tape:
        y = tf.plugins.ops.LSQFakeQuant(x, step, bits=4)
    grads = tape.gradient(y, [x, step])
    assert [one.dtype for one in (y, *grads)] == [tf.float16] * 3
    np.testing.assert_array_equal(y, [0.25, -2.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x: tf.plugins.ops.LSQFakeQuant(x, tf.ones([3]), bits=4),
            r"step of shape \[3\] .* x of shape \[2\]",
        ),
        (lambda x: tf.plugins.ops.LSQFakeQuant(x, tf.ones([2, 1])), r"step of shape \[2, 1\]"),
        (lambda x: tf.plugins.ops.LSQFakeQuant(x, 1.0, bits=1), r"at least 2 \(signed\), and is 1"),
        (lambda x: tf.plugins.ops.BinarizeSTE(x, slope="hat"), r"slope must be one of .*'hat'"),
        (lambda x: tf.plugins.ops.SignSTE(x, clip=0.0), "clip must be positive"),
    ],
)
def test_errors(call, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        call(tf.ones([2]))


def test_initial_step():
    x = np.array([[1.0, -3.0], [5.0, 7.0]])
    assert abs(float(tfcompat_quantizers.initial_step(x, 3)) - 2 * 4 / math.sqrt(3)) < 1e-12
    found = tfcompat_quantizers.initial_step(x, 2, signed=False, axis=0).numpy()
    np.testing.assert_allclose(found, [[2 * 3 / math.sqrt(3), 2 * 5 / math.sqrt(3)]])


def test_the_example_runs(capsys):
    spec = importlib.util.spec_from_file_location("spirals", EXAMPLE)
    spirals = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(spirals)
    table = spirals.main(["--steps", "150", "--bits", "3"])
    assert "learned" in capsys.readouterr().out
    rounded, _, learned = table[3]
    assert learned > rounded


def test_the_readme():
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, str(README), "exec"), {})
