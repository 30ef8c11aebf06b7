"""Explain, by reason: what is to be said of the source itself. See explain_kit."""

from __future__ import annotations

import numpy as np
from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


def dense(x, w, b):
    return tf.nn.tanh(tf.matmul(x, w) + b)  # here: pinn_collocation_points


# -- never watched -----------------------------------------------------------------------------------------------------


@program(Reason.NEVER_WATCHED, "tape.watch(image)")
def saliency_map_without_watch():
    image = tf.random.normal([1, 4])
    w = tf.Variable(tf.ones([4, 3]))
    with Tape() as tape:
        scores = tf.nn.softmax(tf.matmul(image, w))  # here
        score = tf.reduce_max(scores)
    return ask(tape, score, image)


@program(Reason.NEVER_WATCHED)
def fgsm_that_watches_another_name():
    image, label = tf.random.normal([1, 4]), tf.constant([1])
    w = tf.Variable(tf.random.normal([4, 3]))
    with Tape() as tape:
        tape.watch(w)
        logits = tf.matmul(image, w)  # here
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits)
    return ask(tape, loss, image)


@program(Reason.NEVER_WATCHED)
def pinn_collocation_points():
    t = tf.reshape(tf.linspace(0.0, 1.0, 5), [5, 1])
    w, b = tf.Variable(tf.ones([1, 1])), tf.Variable(tf.zeros([1]))
    with Tape() as tape:
        u = dense(t, w, b)
    return ask(tape, u, t)


@program(Reason.NEVER_WATCHED, "params['b']")
def parameters_as_plain_tensors():
    params = {"w": tf.Variable(2.0), "b": tf.zeros([])}
    with Tape() as tape:
        y = params["w"] * 3.0 + params["b"]  # here
    return ask(tape, y, params["b"])


@program(Reason.NEVER_WATCHED)
def latent_code_to_optimize():
    z = tf.random.normal([2, 3])
    generator = tf.Variable(tf.random.normal([3, 4]))
    with Tape() as tape:
        fake = tf.matmul(z, generator)  # here
        loss = tf.reduce_mean(tf.square(fake - 1.0))
    return ask(tape, loss, z)


@program(Reason.NEVER_WATCHED)
def a_tensor_made_in_the_tape():
    with Tape() as tape:
        x = tf.constant([1.0, 2.0])
        y = tf.reduce_sum(x**2)  # here
    return ask(tape, y, x)


@program(Reason.NEVER_WATCHED)
def inner_tape_watches_and_outer_does_not():
    x = tf.constant(2.0)
    with Tape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = x**3  # here
        slope = inner.gradient(y, x)
    return ask(outer, slope, x)


@program(Reason.NEVER_WATCHED)
def the_wrong_one_of_two_tapes():
    x = tf.constant(3.0)
    with Tape() as first, Tape() as second:
        first.watch(x)
        y = x * x  # here
    return ask(second, y, x)


@program(Reason.NEVER_WATCHED)
def inside_of_a_function():
    x = tf.constant([1.0, -2.0])

    @tf.function
    def loss(a):
        return tf.reduce_sum(tf.abs(a))  # here

    with Tape() as tape:
        y = loss(x)
    return ask(tape, y, x)


@program(Reason.NEVER_WATCHED)
def never_watched_and_rounded():
    x = tf.constant([1.2, -2.0])
    with Tape() as tape:
        y = tf.round(x * 2.0)  # here
    return ask(tape, y, x)


@program(Reason.NEVER_WATCHED)
def through_py_function():
    x = tf.constant([1.2, -2.0])
    with Tape() as tape:
        y = tf.py_function(lambda a: a * 2.0, [x], tf.float32)  # here
    return ask(tape, y, x)


@program(Reason.NEVER_WATCHED)
def through_a_function_with_a_gradient_of_its_own():
    @tf.custom_gradient
    def clip(x):
        return x * 1.0, lambda dy: tf.clip_by_norm(dy, 1.0)  # here

    x = tf.constant([1.2, -2.0])
    with Tape() as tape:
        y = clip(x)
    return ask(tape, y, x)


@program(Reason.NEVER_WATCHED)
def through_recompute_grad():
    x = tf.constant([1.2, -2.0])
    block = tf.recompute_grad(lambda a: a * 2.0)  # here
    with Tape() as tape:
        y = block(x)
    return ask(tape, y, x)


# -- not trainable -----------------------------------------------------------------------------------------------------


@program(Reason.NOT_TRAINABLE, "trainable=False")
def moving_average():
    mean = tf.Variable(tf.zeros([3]), trainable=False)
    x = tf.Variable(tf.ones([2, 3]))
    with Tape() as tape:
        y = tf.reduce_sum((x - mean) ** 2)  # here
    return ask(tape, y, mean)


@program(Reason.NOT_TRAINABLE, "embedding")
def frozen_embedding():
    embedding = tf.Variable(tf.random.normal([5, 2]), trainable=False, name="embedding")
    with Tape() as tape:
        rows = tf.nn.embedding_lookup(embedding, [0, 3])  # here
        y = tf.reduce_sum(rows)
    return ask(tape, y, embedding)


@program(Reason.NOT_TRAINABLE)
def step_counter():
    step = tf.Variable(1.0, trainable=False)
    w = tf.Variable(2.0)
    with Tape() as tape:
        loss = w / step  # here
    return ask(tape, loss, step)


class Layer(tf.Module):
    def __init__(self):
        self.scale = tf.Variable(2.0, trainable=False)
        self.w = tf.Variable(3.0)

    @tf.function
    def __call__(self, x):
        return x * self.w * self.scale  # here: attribute_of_a_module


@program(Reason.NOT_TRAINABLE, "layer.scale")
def attribute_of_a_module():
    layer = Layer()
    with Tape() as tape:
        y = layer(tf.constant(1.0))
    return ask(tape, y, layer.scale)


@program(Reason.NOT_TRAINABLE)
def frozen_in_a_branch_of_cond():
    v, w = tf.Variable(1.0), tf.Variable(2.0, trainable=False)
    with Tape() as tape:
        y = tf.cond(tf.constant(True), lambda: v * w, lambda: v)  # here
    return ask(tape, y, w)


@program(Reason.NOT_TRAINABLE)
def frozen_in_a_loop():
    w = tf.Variable(2.0, trainable=False)
    y = tf.Variable(1.0)
    with Tape() as tape:
        total = y * 1.0
        for _ in range(3):
            total = total * w  # here
    return ask(tape, total, w)


@program(Reason.NOT_TRAINABLE, also=[Reason.STOP_GRADIENT])
def target_network():
    target_w, w = tf.Variable(2.0, trainable=False), tf.Variable(1.0)
    with Tape() as tape:
        q_next = target_w * 3.0  # here
        td = tf.stop_gradient(q_next) - w
    return ask(tape, td, target_w)


@program(Reason.NOT_TRAINABLE)
def read_value_of_a_frozen_one():
    w = tf.Variable(2.0, trainable=False)
    with Tape() as tape:
        y = w.read_value() * 2.0  # here
    return ask(tape, y, w)


@program(Reason.NOT_TRAINABLE, also=[Reason.NOT_AN_ARGUMENT])
def frozen_within_py_function():
    w, x = tf.Variable(2.0, trainable=False), tf.Variable(1.0)
    with Tape() as tape:
        y = tf.py_function(lambda a: a * w, [x], tf.float32)  # here
    return ask(tape, y, w)


@program(Reason.NOT_TRAINABLE)
def scattered_sum_of_a_frozen_table():
    table = tf.Variable(tf.ones([4]), trainable=False)
    with Tape() as tape:
        y = tf.math.segment_sum(table, [0, 0, 1, 1])  # here
    return ask(tape, y, table)


# -- watch_accessed_variables=False ------------------------------------------------------------------------------------


@program(Reason.ACCESS_NOT_WATCHED, "tape.watch(w)")
def only_the_bias_is_watched():
    w, b = tf.Variable(2.0), tf.Variable(1.0)
    with Tape(watch_accessed_variables=False) as tape:
        tape.watch(b)
        y = w * 3.0 + b  # here
    return ask(tape, y, w)


@program(Reason.ACCESS_NOT_WATCHED)
def gan_step_that_watches_one_network():
    generator, critic = tf.Variable([[1.0]]), tf.Variable([[2.0]])
    z = tf.ones([4, 1])
    with Tape(watch_accessed_variables=False) as tape:
        tape.watch(critic)
        fake = tf.matmul(z, generator)  # here
        loss = tf.reduce_mean(tf.matmul(fake, critic))
    return ask(tape, loss, generator)


@program(Reason.ACCESS_NOT_WATCHED)
def inner_loop_of_meta_learning():
    slow = tf.Variable(1.0)
    with Tape(watch_accessed_variables=False) as outer:
        with tf.GradientTape() as inner:
            loss = slow**2
        fast = slow - 0.1 * inner.gradient(loss, slow)  # here
        y = fast**2
    return ask(outer, y, slow)


@program(Reason.ACCESS_NOT_WATCHED)
def within_a_function():
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def energy():
        return tf.reduce_sum(v * v)  # here

    with Tape(watch_accessed_variables=False) as tape:
        y = energy()
    return ask(tape, y, v)


@program(Reason.ACCESS_NOT_WATCHED)
def a_lookup():
    table = tf.Variable(tf.ones([3, 2]))
    with Tape(watch_accessed_variables=False) as tape:
        y = tf.reduce_sum(tf.gather(table, [0, 1]))  # here
    return ask(tape, y, table)


@program(Reason.ACCESS_NOT_WATCHED)
def watched_by_the_other_tape():
    v = tf.Variable(1.0)
    with tf.GradientTape() as other, Tape(watch_accessed_variables=False) as tape:
        other.watch(v)
        y = tf.sin(v)  # here
    return ask(tape, y, v)


@program(Reason.ACCESS_NOT_WATCHED)
def sliced():
    v = tf.Variable([1.0, 2.0])
    with Tape(watch_accessed_variables=False) as tape:
        y = v[0] * 2.0  # here
    return ask(tape, y, v)


@program(Reason.ACCESS_NOT_WATCHED)
def persistent_and_asked_often():
    v = tf.Variable([1.0, 2.0])
    with Tape(persistent=True, watch_accessed_variables=False) as tape:
        y = tf.exp(v)  # here
    tape.gradient(y, v)
    return ask(tape, y, v)


@program(Reason.ACCESS_NOT_WATCHED, also=[Reason.STOP_GRADIENT])
def not_watched_and_stopped():
    v = tf.Variable([1.0, 2.0])
    with Tape(watch_accessed_variables=False) as tape:
        y = tf.exp(v)  # here
        y = tf.stop_gradient(y)
    return ask(tape, y, v)


@program(Reason.ACCESS_NOT_WATCHED)
def in_a_while_loop():
    v = tf.Variable(1.5)
    with Tape(watch_accessed_variables=False) as tape:
        _, y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * v), [0, tf.constant(1.0)])  # here
    return ask(tape, y, v)


# -- integers ----------------------------------------------------------------------------------------------------------


@program(Reason.INTEGER_DTYPE, "int32")
def pixels_as_integers():
    image = tf.constant([[0, 128], [255, 3]])
    with Tape() as tape:
        tape.watch(image)
        y = tf.reduce_sum(tf.cast(image, tf.float32) / 255.0)  # here
    return ask(tape, y, image)


@program(Reason.INTEGER_DTYPE, "tf.cast(..., tf.float32)")
def a_number_without_a_point():
    x = tf.Variable(3)
    with Tape() as tape:
        y = x * x  # here
    return ask(tape, y, x)


@program(Reason.INTEGER_DTYPE, "int64")
def numpy_integers():
    x = tf.Variable(np.arange(3))
    with Tape() as tape:
        y = tf.reduce_sum(x * 2)  # here
    return ask(tape, y, x)


@program(Reason.INTEGER_DTYPE, "The result of Cast has the dtype int32")
def quantization():
    w = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        q = tf.cast(w * 16.0, tf.int32)  # here
        y = tf.reduce_sum(tf.cast(q, tf.float32) / 16.0)
    return ask(tape, y, w)


@program(Reason.INTEGER_DTYPE)
def action_as_an_index():
    logits, values = tf.Variable([0.1, 0.7]), tf.Variable([1.0, 2.0])
    with Tape() as tape:
        action = tf.cast(tf.nn.softmax(logits)[1] * 2.0, tf.int32)  # here
        y = tf.gather(values, action)
    return ask(tape, y, logits)


@program(Reason.INTEGER_DTYPE)
def indices_of_a_gather():
    indices = tf.Variable([0, 1])
    values = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.reduce_sum(tf.gather(values, indices))  # here
    return ask(tape, y, indices)


@program(Reason.INTEGER_DTYPE)
def saturated_to_bytes():
    image = tf.Variable([0.2, 0.9])
    with Tape() as tape:
        pixels = tf.saturate_cast(image * 255.0, tf.uint8)  # here
        y = tf.reduce_mean(tf.cast(pixels, tf.float32))
    return ask(tape, y, image)


@program(Reason.INTEGER_DTYPE, "bool")
def a_boolean_source():
    mask = tf.constant([True, False])
    v = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.reduce_sum(tf.where(mask, v, 0.0))  # here
    return ask(tape, y, mask)


@program(Reason.INTEGER_DTYPE)
def labels():
    labels = tf.constant([1, 0])
    logits = tf.Variable(tf.ones([2, 3]))
    with Tape() as tape:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)  # here
    return ask(tape, loss, labels)


@program(Reason.INTEGER_DTYPE)
def a_truth_value_on_the_way():
    v = tf.Variable([0.0, 2.0])
    with Tape() as tape:
        y = tf.reduce_sum(tf.cast(tf.cast(v, tf.bool), tf.float32))  # here
    return ask(tape, y, v)


@program(Reason.INTEGER_DTYPE)
def whole_steps_in_a_loop():
    v = tf.Variable(2.7)
    with Tape() as tape:
        total = tf.constant(0.0)
        for _ in range(2):
            total += tf.cast(tf.cast(v, tf.int64), tf.float32)  # here
    return ask(tape, total, v)


# -- another Tensor of the same value ----------------------------------------------------------------------------------


@program(Reason.ANOTHER_TENSOR, "has the same value as the Tensor that was watched", certain=False)
def converted_once_more():
    image = np.array([[0.1, 0.2]], np.float32)
    x = tf.constant(image)
    with Tape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x)
    source = tf.constant(image)  # here
    return ask(tape, y, source)


@program(Reason.ANOTHER_TENSOR, "was made of `image`", certain=False)
def the_array_goes_into_the_model():
    image = np.array([[0.1, 0.2]], np.float32)
    w = tf.Variable([[1.0], [2.0]])
    with Tape() as tape:
        x = tf.convert_to_tensor(image)  # here
        tape.watch(x)
        y = tf.matmul(image, w)
    return ask(tape, y, x)


@program(Reason.ANOTHER_TENSOR, "a copy of the Variable 'weights:0'")
def value_of_a_variable():
    w = tf.Variable([1.0, 2.0], name="weights")
    with Tape() as tape:
        y = tf.reduce_sum(w * w)
        copy = tf.identity(w)  # here
    return ask(tape, y, copy)


@program(Reason.ANOTHER_TENSOR, "a copy")
def read_after_the_tape():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.reduce_sum(w * w)
    copy = w.read_value()  # here
    return ask(tape, y, copy)


@program(Reason.ANOTHER_TENSOR, "a copy")
def identity_of_the_input():
    x = tf.constant([1.0, 2.0])
    with Tape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x)
        again = tf.identity(x)  # here
    return ask(tape, y, again)


@program(Reason.ANOTHER_TENSOR, certain=False)
def a_new_variable_of_the_old_value():
    w = tf.Variable([1.0, 2.0])
    old = w
    with Tape() as tape:
        y = tf.reduce_sum(old * old)
    w = tf.Variable(w.numpy())
    return ask(tape, y, w)


@program(Reason.ANOTHER_TENSOR, certain=False)
def a_batch_made_again_for_the_gradient():
    def batch():
        return tf.constant([[0.5, 1.5]])  # here

    with Tape() as tape:
        x = batch()
        tape.watch(x)
        y = tf.reduce_sum(tf.exp(x))
    return ask(tape, y, batch())


@program(Reason.INDEPENDENT)
def two_biases_of_zeros_are_two():
    a, b = tf.Variable(tf.zeros([3])), tf.Variable(tf.zeros([3]))
    with Tape() as tape:
        y = tf.reduce_sum(a * 2.0)
        _ = b * 2.0
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, also=[Reason.NEVER_WATCHED])
def two_numbers_are_two():
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    with Tape() as tape:
        y = a * 2.0
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, certain=False)
def equal_inputs_that_are_both_used():
    a, b = tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0])
    with Tape() as tape:
        tape.watch([a, b])
        y, _ = tf.reduce_sum(a * a), b * b
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, certain=False, also=[Reason.NEVER_WATCHED])
def another_one_is_watched():
    a, b = tf.constant([1.0, 2.0]), tf.ones([3])
    with Tape() as tape:
        tape.watch(a)
        y = tf.reduce_sum(a * a)
    return ask(tape, y, b)


test_program = program.test()
