"""An op without a gradient: LookupError, with the phrase of TensorFlow that people search for."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf
from tfcompat_tape.tracing.function import Function
from tfcompat_tape.tracing.user_code import StagingError


def logm(x):
    return tf.linalg.logm(tf.cast(x, tf.complex64))


def gradient(x):
    with tf.GradientTape() as tape:
        y = logm(x)
    return tape.gradient(y, x)


def jacobian(x, **keywords):
    with tf.GradientTape(persistent=True) as tape:
        y = logm(x)
    return tape.jacobian(y, x, **keywords)


def forward(x):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = logm(x)
    return accumulator.jvp(y)


@pytest.mark.parametrize(
    "ask",
    [gradient, jacobian, lambda x: jacobian(x, experimental_use_pfor=False), forward, tf.function(gradient)],
    ids=["gradient", "jacobian", "loop", "forward", "function"],
)
def test_the_phrase(ask):
    x = tf.Variable([[0.3, 0.1], [0.1, 0.2]])
    # AutoGraph raises its own class in place of those that it cannot make anew.
    kind = StagingError if isinstance(ask, Function) else LookupError
    with pytest.raises(kind, match=r"gradient registry has no entry for: MatrixLogarithm\b") as caught:
        ask(x)
    assert "No gradient defined for operation 'MatrixLogarithm' (op type: MatrixLogarithm)" in str(
        caught.value
    )
    assert "tf.RegisterGradient('MatrixLogarithm')" in str(caught.value)


def test_a_gradient_that_an_override_names():
    def f(x):
        with tf.compat.v1.get_default_graph().gradient_override_map({"Sin": "NobodyRegisteredThis"}):
            return tf.sin(x)

    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = f(x)
    with pytest.raises(LookupError, match="gradient registry has no entry for: NobodyRegisteredThis"):
        tape.gradient(y, x)
