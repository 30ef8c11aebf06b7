"""Explain, by reason: where the way from a source leaves what tapes see. See explain_kit."""

from __future__ import annotations

import math

import numpy as np
import torch
from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


# -- stop_gradient -----------------------------------------------------------------------------------------------------


@program(Reason.STOP_GRADIENT)
def discriminator_step():
    generator, critic = tf.Variable([[2.0]]), tf.Variable([[3.0]])
    with Tape() as tape:
        fake = tf.matmul(tf.ones([4, 1]), generator)
        score = tf.matmul(tf.stop_gradient(fake), critic)  # here
        loss = tf.reduce_mean(score)
    return ask(tape, loss, generator)


@program(Reason.STOP_GRADIENT)
def bootstrapped_target():
    w, v = tf.Variable([[1.0], [2.0]]), tf.Variable([[1.0], [0.5]])
    with Tape() as tape:
        future = tf.matmul([[0.0, 1.0]], w)
        target = tf.stop_gradient(1.0 + 0.9 * future)  # here
        loss = tf.reduce_sum((target - tf.matmul([[1.0, 0.0]], v)) ** 2)
    return ask(tape, loss, w)


@program(Reason.STOP_GRADIENT)
def codebook_of_a_vq_vae():
    encoder, codes = tf.Variable([1.0, 2.0]), tf.Variable([1.5, 1.5])
    with Tape() as tape:
        z = encoder * 2.0
        loss = tf.reduce_sum((tf.stop_gradient(z) - codes) ** 2)  # here
    return ask(tape, loss, encoder)


@program(Reason.STOP_GRADIENT)
def advantage_of_a_policy():
    logits, value = tf.Variable([0.1, 0.9]), tf.Variable(0.5)
    with Tape() as tape:
        advantage = tf.stop_gradient(1.0 - value)  # here
        loss = -tf.nn.log_softmax(logits)[0] * advantage
    return ask(tape, loss, value)


def detached(x):
    return tf.stop_gradient(x)  # here: in_a_helper


@program(Reason.STOP_GRADIENT)
def in_a_helper():
    v = tf.Variable(2.0)
    with Tape() as tape:
        y = detached(v * v) * 3.0
    return ask(tape, y, v)


@program(Reason.STOP_GRADIENT)
def in_each_step_of_a_loop():
    v = tf.Variable(2.0)
    with Tape() as tape:
        state = v * 1.0
        for _ in range(3):
            state = tf.tanh(tf.stop_gradient(state))  # here
    return ask(tape, state, v)


@program(Reason.STOP_GRADIENT)
def in_a_branch_of_cond():
    v = tf.Variable(2.0)
    with Tape() as tape:
        y = tf.cond(v > 1.0, lambda: tf.stop_gradient(v) * 2.0, lambda: v)  # here
    return ask(tape, y, v)


@program(Reason.STOP_GRADIENT)
def momentum_encoder_of_a_list():
    queries, keys = tf.Variable([[1.0, 0.0]]), tf.Variable([[0.0, 1.0]])
    with Tape() as tape:
        negatives = [tf.stop_gradient(keys * 1.0) for _ in range(2)]  # here
        logits = tf.matmul(queries, tf.concat(negatives, 0), transpose_b=True)
        loss = tf.reduce_logsumexp(logits)
    return ask(tape, loss, keys)


@program(Reason.STOP_GRADIENT)
def scale_of_a_loss():
    v, w = tf.Variable([3.0, 4.0]), tf.Variable([1.0, 1.0])
    with Tape() as tape:
        loss = tf.reduce_sum(w) / tf.stop_gradient(tf.norm(v))  # here
    return ask(tape, loss, v)


@program(Reason.STOP_GRADIENT)
def straight_through_without_the_straight_way():
    v = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = tf.stop_gradient(v) + tf.stop_gradient(tf.round(v) - v)  # here
    return ask(tape, y, v)


@program(Reason.STOP_GRADIENT)
def inside_of_a_function():
    v = tf.Variable([0.3, 1.7])

    @tf.function
    def f(x):
        return tf.reduce_sum(tf.stop_gradient(x))  # here

    with Tape() as tape:
        y = f(v * 2.0)
    return ask(tape, y, v)


# -- numbers and arrays ------------------------------------------------------------------------------------------------


@program(Reason.LEFT_LIBRARY, "left the library", certain=False)
def mean_by_numpy():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        loss = np.mean(v**2)  # here
        y = tf.constant(loss) * 2.0
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "numpy()")
def an_array_and_back():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        h = (v * 2.0).numpy()  # here
        y = tf.reduce_sum(tf.convert_to_tensor(h))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "float()", certain=False)
def weight_of_a_loss_as_a_float():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with Tape() as tape:
        weight = float(tf.sigmoid(v))  # here
        loss = (1.0 - weight) * w
    return ask(tape, loss, v)


@program(Reason.LEFT_LIBRARY, certain=False)
def math_of_python():
    v = tf.Variable(2.0)
    with Tape() as tape:
        y = tf.constant(1.0) * math.exp(v)  # here
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY)
def losses_in_a_list_of_floats():
    v = tf.Variable(2.0)
    losses = []
    with Tape() as tape:
        for i in range(3):
            losses.append(float(v * i))  # here
        y = tf.reduce_mean(losses)
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "The target is", "no Tensor")
def a_target_that_is_an_array():
    v = tf.Variable(2.0)
    with Tape(persistent=True) as tape:
        y = (v * v).numpy()  # here
    report = tape.explain(y, v)
    return report, None, report


@program(Reason.LEFT_LIBRARY, "past the tape")
def numpy_function():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.numpy_function(np.sin, [v], tf.float32)  # here
        z = tf.reduce_sum(y)
    return ask(tape, z, v)


@program(Reason.LEFT_LIBRARY, "came back")
def read_inside_of_numpy_function():
    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        y = tf.numpy_function(lambda a: a * v.numpy(), [x], tf.float32)  # here
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "came back")
def numpy_inside_of_numpy_function():
    v, x = tf.Variable([3.0]), tf.Variable([2.0])

    def f(a):
        return a + np.sin(v)  # here

    with Tape() as tape:
        y = tf.numpy_function(f, [x], tf.float32)
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY)
def item_of_an_array_view():
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    with Tape() as tape:
        rows = (v * 1.0).numpy()  # here
        y = tf.reduce_sum(tf.constant(rows[0]))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, certain=False)
def clipped_by_python():
    v = tf.Variable(2.0)
    with Tape() as tape:
        y = tf.constant(min(float(v), 1.5)) * 3.0  # here
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY)
def fed_back_as_the_next_input():
    v = tf.Variable([1.0, 2.0])
    state = np.zeros(2, np.float32)
    with Tape() as tape:
        for _ in range(2):
            state = (v * state + v).numpy()  # here
        y = tf.reduce_sum(tf.constant(state))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, also=[Reason.STATE_CHANGE])
def into_a_variable_by_numpy():
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([0.0, 0.0])
    with Tape() as tape:
        w.assign((v * 2.0).numpy())  # here
        y = tf.reduce_sum(w)
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY)
def an_attribute_of_an_op():
    slope, x = tf.Variable(0.5), tf.Variable([-1.0, 2.0])
    with Tape() as tape:
        y = tf.nn.leaky_relu(x, alpha=float(slope))  # here
    return ask(tape, y, slope)


@program(Reason.NO_GRADIENT, "ArgMax", "`i`", also=[Reason.LEFT_LIBRARY])
def an_index_of_python():
    scores, x = tf.Variable([0.5, 1.0]), tf.Variable([-1.0, 2.0])
    with Tape() as tape:
        i = int(tf.argmax(scores))  # here
        y = x[i] * 2.0
    return ask(tape, y, scores)


@program(Reason.LEFT_LIBRARY, "`mask`", certain=False)
def a_mask_of_numpy():
    v, x = tf.Variable([0.5, 1.0]), tf.Variable([-1.0, 2.0])
    with Tape() as tape:
        mask = v.numpy() > 0.7  # here
        y = tf.reduce_sum(tf.boolean_mask(x, mask))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "DLPack")
def a_capsule_and_back():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        capsule = tf.experimental.dlpack.to_dlpack(v * 2.0)  # here
        y = tf.reduce_sum(tf.experimental.dlpack.from_dlpack(capsule))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, certain=False)
def a_static_value():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        value = tf.get_static_value(v * 2.0)  # here
        y = tf.constant(2.0) * value.sum()
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, "as bytes")
def bytes_and_back():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        data = bytes(v * 2.0)  # here
        y = tf.reduce_sum(np.frombuffer(data, np.float32))
    return ask(tape, y, v)


@program(Reason.LEFT_LIBRARY, certain=False)
def reconstructed_by_torch():
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        tensor = torch.from_dlpack(v * 2.0)  # here
        y = tf.reduce_sum(tf.constant(torch.relu(tensor).numpy()))
    return ask(tape, y, v)


# -- inside of functions that run as one op ----------------------------------------------------------------------------


@program(Reason.NOT_AN_ARGUMENT, "py_function", absent=["stop_recording", "not read"])
def a_variable_in_py_function():
    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        y = tf.py_function(lambda a: a * v, [x], tf.float32)  # here
    return ask(tape, y, v)


@program(Reason.NOT_AN_ARGUMENT, absent=["stop_recording", "not read"])
def a_variable_in_py_function_in_a_function():
    v = tf.Variable(3.0)

    def body(a):
        b = a + 1.0
        return b * v  # here

    @tf.function
    def f(x):
        return tf.py_function(body, [x], tf.float32) * 2.0

    with Tape() as tape:
        y = f(tf.constant(2.0))
    return ask(tape, y, v)


@program(Reason.NOT_AN_ARGUMENT)
def a_tensor_in_py_function():
    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        h = v * v
        y = tf.py_function(lambda a: a * h, [x], tf.float32)  # here
    return ask(tape, y, v)


@program(Reason.NOT_AN_ARGUMENT)
def py_function_without_arguments():
    v = tf.Variable(3.0)
    with Tape() as tape:
        y = tf.py_function(lambda: v * 2.0, [], tf.float32)  # here
        z = y + 1.0
    return ask(tape, z, v)


@program(Reason.NOT_AN_ARGUMENT, "with_weight")
def a_tensor_in_a_function_with_a_gradient_of_its_own():
    @tf.custom_gradient
    def with_weight(a):
        return a * h, lambda dy: dy * 2.0

    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        h = v * v
        y = with_weight(x)  # here
    return ask(tape, y, v)


@program(Reason.NOT_AN_ARGUMENT)
def a_tensor_in_recompute_grad():
    v, x = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        h = v * v
        block = tf.recompute_grad(lambda a: a * h)
        y = block(x)  # here
    return ask(tape, y, v)


@program(Reason.NOT_AN_ARGUMENT)
def a_decorated_py_function():
    v = tf.Variable([1.0, 2.0])

    @tf.py_function(Tout=tf.float32)
    def scaled(a):
        return a * v  # here

    x = tf.Variable([1.0, 1.0])
    with Tape() as tape:
        y = scaled(x)
    return ask(tape, y, v)


@program(None)
def an_argument_of_py_function():
    x = tf.Variable(2.0)
    w = tf.Variable(3.0)
    with Tape() as tape:
        y = tf.py_function(lambda a: a * w, [x], tf.float32)
    return ask(tape, y, x)


@program(None)
def an_argument_of_recompute_grad():
    x, w = tf.Variable(2.0), tf.constant(3.0)
    with Tape() as tape:
        y = tf.recompute_grad(lambda a: tf.sin(a) * w)(x)
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT, "number 2")
def an_argument_whose_gradient_is_none():
    @tf.custom_gradient
    def product(a, b):
        return a * b, lambda dy: (dy, None)

    v, w = tf.Variable(3.0), tf.Variable(2.0)
    with Tape() as tape:
        y = product(v, w)  # here
    return ask(tape, y, w)


# -- what looks like it ------------------------------------------------------------------------------------------------


@program(None)
def straight_through():
    v = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = v + tf.stop_gradient(tf.round(v) - v)
    return ask(tape, y, v)


@program(None)
def logged_and_used():
    v = tf.Variable(2.0)
    log = []
    with Tape() as tape:
        y = v * v
        log.append(float(y))
        z = tf.exp(y)
    return ask(tape, z, v)


test_program = program.test()
