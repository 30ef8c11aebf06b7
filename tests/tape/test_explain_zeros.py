"""Explain: why a gradient that exists is zero everywhere. See explain_kit."""

from __future__ import annotations

import pytest
from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf

program = Programs()


@program.zero("Relu", words=["its input is negative or zero"])
def dead_relu():
    w = tf.Variable([[-1.0], [-2.0]])
    with Tape() as tape:
        loss = tf.reduce_sum(tf.nn.relu(tf.matmul([[1.0, 2.0]], w)) * 3.0)  # here
    return ask(tape, loss, w)


@program.zero("Relu6")
def saturated_relu6():
    w = tf.Variable([7.0, 9.0])
    with Tape() as tape:
        y = tf.nn.relu6(w)  # here
    return ask(tape, y, w)


@program.zero("Maximum", words=["the other input is the larger one"])
def hinge_loss_without_errors():
    w = tf.Variable([1.0, 1.0])
    with Tape() as tape:
        margin = tf.linalg.matvec([[9.0, 9.0], [8.0, 8.0]], w)
        loss = tf.reduce_mean(tf.maximum(0.0, 1.0 - margin))  # here
    return ask(tape, loss, w)


@program.zero("Minimum")
def clipped_surrogate_of_ppo():
    log_p = tf.Variable([3.0, 4.0])
    with Tape() as tape:
        ratio = tf.exp(log_p)
        loss = tf.reduce_mean(tf.clip_by_value(ratio, 0.8, 1.2))  # here
    return ask(tape, loss, log_p)


@program.zero("Sign", words=["it is flat"])
def signs():
    w = tf.Variable([1.0, -2.0])
    with Tape() as tape:
        y = tf.reduce_sum(tf.sign(w * 2.0))  # here
    return ask(tape, y, w)


@program.zero("Mul", words=["the other factor is zero"])
def masked_out():
    w = tf.Variable([1.0, -2.0])
    with Tape() as tape:
        y = tf.reduce_sum(tf.exp(w) * tf.constant([0.0, 0.0]))  # here
    return ask(tape, y, w)


@program.zero("Mul")
def a_weight_of_zero_for_a_loss():
    w = tf.Variable([1.0, -2.0])
    with Tape() as tape:
        y = 0.0 * tf.nn.l2_loss(w)  # here
    return ask(tape, y, w)


@program.zero("Mul", words=["cancels, or meets derivatives of zero"])
def what_was_broadcast_cancels():
    scale = tf.Variable(2.0)
    with Tape() as tape:
        y = scale * tf.constant([1.0, -1.0])  # here
    return ask(tape, y, scale)


@program.zero("Sum")
def a_difference_with_itself():
    w = tf.Variable([1.0, -2.0])
    with Tape() as tape:
        h = w * 2.0
        y = h - h
    return ask(tape, y, w)


@program.zero("SelectV2", words=["the condition chose the other branch"])
def the_other_branch_of_where():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.where(w > 0.0, tf.ones_like(w), tf.exp(w))  # here
    return ask(tape, y, w)


@program.zero("Sigmoid", words=["saturated"])
def saturated_sigmoid():
    w = tf.Variable([200.0, 300.0])
    with Tape() as tape:
        y = tf.sigmoid(w)  # here
    return ask(tape, y, w)


@program.zero("Tanh")
def saturated_tanh():
    w = tf.Variable([20.0, -30.0])
    with Tape() as tape:
        y = tf.tanh(w)  # here
    return ask(tape, y, w)


@program.zero("Exp")
def underflow():
    w = tf.Variable([200.0, 300.0])
    with Tape() as tape:
        y = tf.exp(-w)  # here
    return ask(tape, y, w)


@program.zero("Square")
def at_the_minimum():
    w = tf.Variable([0.0, 0.0])
    with Tape() as tape:
        y = tf.square(w)  # here
    return ask(tape, y, w)


@program.zero("Abs")
def absolute_value_at_zero():
    w = tf.Variable([0.0, 0.0])
    with Tape() as tape:
        y = tf.abs(w)  # here
    return ask(tape, y, w)


@program.zero("flat")
def a_gradient_function_that_gives_zeros():
    @tf.custom_gradient
    def flat(x):
        return x * 1.0, lambda dy: tf.zeros_like(dy)

    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = flat(w)  # here
    return ask(tape, y, w)


@program.zero("Relu", "Mul")
def two_ways():
    w = tf.Variable([-1.0, -2.0])
    with Tape() as tape:
        y = tf.nn.relu(w) + 0.0 * w  # here
    return ask(tape, y, w)


@program.zero("Relu")
def through_a_split():
    w = tf.Variable([-1.0, -2.0])
    with Tape() as tape:
        a, b = tf.split(w, 2)
        y = tf.nn.relu(tf.concat([b, a], 0))  # here
    return ask(tape, y, w)


@program.zero("Maximum")
def through_a_lookup():
    table = tf.Variable(tf.zeros([5, 4]))
    with Tape() as tape:
        y = tf.reduce_sum(tf.maximum(tf.gather(table, [1, 2]), 1.0))  # here
    return ask(tape, y, table)


@program(None)
def one_element_is_alive():
    w = tf.Variable([-1.0, 2.0])
    with Tape() as tape:
        y = tf.nn.relu(w)
    return ask(tape, y, w)


@program(None)
def small_but_not_zero():
    w = tf.Variable([5.0, 6.0])
    with Tape() as tape:
        y = tf.exp(-w) * 1e-6
    return ask(tape, y, w)


@program(None)
def nothing_at_all():
    w = tf.Variable(tf.zeros([0]))
    with Tape() as tape:
        y = tf.nn.relu(w)
    return ask(tape, y, w)


test_program = program.test()


def test_a_cotangent_of_zeros():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = w * 2.0
    tape.gradient(y, w, output_gradients=tf.zeros([2]))
    (found,) = tape.explain(y, w)
    assert [zero.op for zero in found.zeros] == ["seed"]


def test_without_tracing_the_op_is_known_and_not_the_place():
    w = tf.Variable([-1.0, -2.0])
    with tf.GradientTape() as tape:
        y = tf.nn.relu(w)
    (found,) = tape.explain(y, w)
    assert [(zero.op, zero.place) for zero in found.zeros] == [("Relu", None)]


@pytest.mark.parametrize("count", [3, 30])
def test_few_elements_and_many(count):
    w = tf.Variable(-tf.ones([count]))
    with Tape(persistent=True) as tape:
        y = tf.nn.relu(w)
        z = tf.nn.relu(-w)
    assert tape.explain(y, w)[0].zeros and not tape.explain(z, w)[0].zeros
