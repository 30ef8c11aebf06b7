"""Gradients that users register: what the function gets, and what may come back."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import primitive, unary
from tfcompat_tape.core.registry import FLOATS


@pytest.fixture(autouse=True)
def _same_registry_afterwards() -> Iterator[None]:
    ops, waiting = dict(registry.OPS), dict(registry._waiting)
    yield
    registry.OPS.clear()
    registry.OPS.update(ops)
    registry._waiting.clear()
    registry._waiting.update(waiting)


def test_a_rule_waits_for_its_op() -> None:
    seen = {}

    @tf.RegisterGradient("TestScaledSum")
    def rule(op: Any, dy: Any) -> Any:
        seen.update(
            type=op.type,
            name=op.name,
            inputs=op.inputs,
            outputs=op.outputs,
            scale=op.get_attr("scale"),
            shift=op.get_attr("shift"),
            dy=dy,
        )
        with pytest.raises(ValueError, match="no attr named"):
            op.get_attr("other")
        return dy * 10.0, None

    call = primitive(
        "TestScaledSum",
        lambda x, y, *, scale, shift=0.0: (x + y) * scale + shift,
        inputs="x y",
        defaults={"shift": 0.0},
        dtypes=FLOATS,
    )
    x, y = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = call(x, y, scale=2.0)
    np.testing.assert_allclose(tape.gradient(z, x), [10.0, 10.0])
    assert seen["type"] == "TestScaledSum" and seen["name"].startswith("TestScaledSum")
    assert (seen["scale"], seen["shift"]) == (2.0, 0.0)
    assert all(tf.is_tensor(t) for t in (*seen["inputs"], *seen["outputs"], seen["dy"]))
    np.testing.assert_allclose(seen["inputs"][1], y)
    np.testing.assert_allclose(seen["outputs"][0], z)


def test_a_registered_rule_differentiates_again() -> None:
    tf.RegisterGradient("TestCube")(lambda op, dy: 3.0 * op.inputs[0] * op.inputs[0] * dy)
    cube = unary("TestCube", lambda x: x**3)
    x = tf.constant(2.0)
    with tf.GradientTape() as t2:
        t2.watch(x)
        with tf.GradientTape() as t1:
            t1.watch(x)
            y = cube(x)
        g = t1.gradient(y, x)
    assert (float(g), float(t2.gradient(g, x))) == (12.0, 12.0)


@pytest.mark.parametrize("returned", [lambda dy: (dy, dy), lambda dy: (), lambda dy: [dy, None, None]])
def test_the_wrong_number_of_gradients(returned: Any) -> None:
    tf.RegisterGradient("TestOne")(lambda op, dy: returned(dy))
    call = unary("TestOne", torch.clone)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    with pytest.raises(ValueError, match=r"TestOne returned \d gradients for 1 inputs"):
        tape.gradient(y, x)


def test_an_op_without_a_gradient() -> None:
    call = unary("TestNone", torch.clone)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    with pytest.raises(LookupError, match="TestNone"):
        tape.gradient(y, x)


def test_no_gradient_before_and_after_the_op() -> None:
    tf.no_gradient("TestLater")
    later, now = unary("TestLater", torch.clone), unary("TestNow", torch.clone)
    with pytest.raises(KeyError):
        tf.RegisterGradient("TestLater")(lambda op, dy: dy)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = later(x)
    assert tape.gradient(y, x) is None
    tf.no_gradient("TestNow")
    with pytest.raises(KeyError):
        tf.no_gradient("TestNow")
    assert float(now(x)) == 2.0


def test_registering_twice_is_a_key_error() -> None:
    tf.RegisterGradient("TestTwice")(lambda op, dy: dy)
    for again in (
        lambda: tf.RegisterGradient("TestTwice")(lambda op, dy: dy),
        lambda: tf.no_gradient("TestTwice"),
    ):
        with pytest.raises(KeyError, match="TestTwice"):
            again()
    with pytest.raises(KeyError, match="Tanh"):
        tf.RegisterGradient("Tanh")(lambda op, dy: dy)
