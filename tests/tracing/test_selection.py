"""Functions with `api_implements`: on the CPU, the one that prefers it takes the place of the one that was called."""

from __future__ import annotations

import pytest

import tfcompat_tape as tf


def implementing(function, device=None):  # type: ignore[no-untyped-def]
    attributes = {"api_implements": "thing"}
    if device is not None:
        attributes["api_preferred_device"] = device
    return tf.function(function, autograph=False, experimental_attributes=attributes)


def chosen(x: tf.Tensor, device: str = "CPU", other=lambda x: x * 3.0) -> tf.Tensor:  # type: ignore[no-untyped-def]
    result = implementing(lambda x: x * 2.0)(x)
    concrete = implementing(other, device).get_concrete_function(x)
    concrete.add_to_graph()
    concrete.add_gradient_functions_to_graph()
    return result + 1.0


def test_in_a_trace_the_function_for_the_cpu_is_taken() -> None:
    x = tf.Variable(5.0)
    function = tf.function(lambda: chosen(x.read_value()))
    for value in (5.0, 7.0):
        x.assign(value)
        with tf.GradientTape() as tape:
            y = function()
        assert (y.numpy(), tape.gradient(y, x).numpy()) == (3.0 * value + 1.0, 3.0)


@pytest.mark.parametrize("device", ["GPU", "/device:GPU:0", "TPU"])
def test_one_for_another_device_is_not(device: str) -> None:
    assert tf.function(lambda x: chosen(x, device))(tf.constant(5.0)).numpy() == 11.0


def test_what_ran_eagerly_stays() -> None:
    assert chosen(tf.constant(5.0)).numpy() == 11.0


def test_other_shapes_are_never_mixed() -> None:
    function = tf.function(lambda x: chosen(x, other=lambda x: tf.stack([x, x])))
    assert function(tf.constant(5.0)).numpy() == 11.0  # runs as it is


def test_one_that_uses_what_is_not_here_is_not() -> None:
    def cudnn(x: tf.Tensor) -> tf.Tensor:
        return tf.raw_ops.CudnnRNN(input=x)[0]

    assert tf.function(lambda x: chosen(x, "GPU", cudnn))(tf.constant(5.0)).numpy() == 11.0
