"""Explain, by reason: ops without gradient, and targets that have nothing to do with the source. See explain_kit."""

from __future__ import annotations

from explain_kit import Programs, Tape, ask

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

program = Programs()


# -- ops without gradient ----------------------------------------------------------------------------------------------


@program(Reason.NO_GRADIENT, "ArgMax is registered as not differentiable")
def hard_attention():
    scores, values = tf.Variable([0.1, 0.8]), tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.gather(values, tf.argmax(scores))  # here
    return ask(tape, y, scores)


@program(Reason.NO_GRADIENT, "ArgMax")
def one_hot_of_an_argmax():
    logits, q = tf.Variable([[0.1, 0.8]]), tf.Variable([[1.0, 2.0]])
    with Tape() as tape:
        action = tf.argmax(logits, axis=1)  # here
        y = tf.reduce_sum(tf.one_hot(action, 2) * q)
    return ask(tape, y, logits)


@program(Reason.NO_GRADIENT)
def accuracy_as_a_loss():
    w = tf.Variable([[1.0, -1.0]])
    with Tape() as tape:
        logits = tf.matmul(tf.constant([[1.0], [2.0]]), w)
        hits = tf.equal(tf.argmax(logits, 1), [0, 1])  # here
        loss = tf.reduce_mean(tf.cast(hits, tf.float32))
    return ask(tape, loss, w)


@program(Reason.NO_GRADIENT, "The gradient of Round is None")
def rounded_weights():
    w = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = tf.reduce_sum(tf.round(w) * 2.0)  # here
    return ask(tape, y, w)


@program(Reason.NO_GRADIENT, "The gradient of Floor is None")
def floor_of_a_coordinate():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        cell = tf.floor(x * 4.0)  # here
        y = tf.reduce_sum(cell)
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def ceiling():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = tf.math.ceil(x)  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT, "Greater")
def threshold():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = tf.reduce_sum(tf.cast(x > 0.5, tf.float32))  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def condition_of_where():
    x, a = tf.Variable([0.3, 1.7]), tf.Variable([1.0, 2.0])
    with Tape() as tape:
        y = tf.where(x > 1.0, a, 0.0)  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def sampled_action():
    logits, values = tf.Variable([[0.1, 0.8]]), tf.Variable([1.0, 2.0])
    with Tape() as tape:
        action = tf.random.categorical(logits, 1)  # here
        y = tf.gather(values, action[0, 0])
    return ask(tape, y, logits)


@program(Reason.INTEGER_DTYPE, "Output 2 of ArgSort")
def order_of_scores():
    scores, items = tf.Variable([0.3, 0.1]), tf.Variable([1.0, 2.0])
    with Tape() as tape:
        order = tf.argsort(scores)  # here
        y = tf.gather(items, order)[0]
    return ask(tape, y, scores)


@program(Reason.INTEGER_DTYPE, "Output 2 of TopKV2 has the dtype int32")
def places_of_the_largest():
    scores, items = tf.Variable([0.3, 0.1, 0.7]), tf.Variable([1.0, 2.0, 3.0])
    with Tape() as tape:
        _, places = tf.math.top_k(scores, 2)  # here
        y = tf.reduce_sum(tf.gather(items, places))
    return ask(tape, y, scores)


@program(Reason.NO_GRADIENT)
def zeros_like():
    h = tf.Variable([0.3, 0.1])
    with Tape() as tape:
        state = tf.zeros_like(h)  # here
        y = state + 1.0
    return ask(tape, y, h)


@program(Reason.NO_GRADIENT)
def ones_like():
    h = tf.Variable([0.3, 0.1])
    with Tape() as tape:
        y = tf.ones_like(h * 2.0) * 3.0  # here
    return ask(tape, y, h)


@program(Reason.NO_GRADIENT, "Shape")
def number_of_elements():
    h = tf.Variable([0.3, 0.1])
    with Tape() as tape:
        n = tf.cast(tf.shape(h * 2.0)[0], tf.float32)  # here
        y = n * 2.0
    return ask(tape, y, h)


@program(Reason.NO_GRADIENT)
def bins_of_a_search():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        bins = tf.searchsorted([0.0, 1.0, 2.0], x)  # here
        y = tf.reduce_sum(tf.cast(bins, tf.float32))
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT, "gradient registry has no entry for: MatrixLogarithm")
def logarithm_of_a_matrix():
    x = tf.Variable([[0.3, 0.1], [0.1, 0.2]])
    with Tape(persistent=True) as tape:
        y = tf.linalg.logm(tf.cast(x, tf.complex64))  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT, "gradient registry has no entry for: Bitcast")
def one_way_raises_and_another_does_not():
    x = tf.Variable([0.3, 0.1])
    with Tape(persistent=True) as tape:
        y = x * tf.bitcast(x, tf.float32)  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT, "number 2")
def a_custom_gradient_that_gives_none():
    @tf.custom_gradient
    def scale(x, factor):
        return x * factor, lambda dy: (dy * factor, None)

    x, factor = tf.Variable(1.0), tf.Variable(2.0)
    with Tape() as tape:
        y = scale(x, factor)  # here
    return ask(tape, y, factor)


@program(Reason.NO_GRADIENT)
def histogram():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        counts = tf.histogram_fixed_width(x, [0.0, 2.0], 2)  # here
        y = tf.reduce_sum(tf.cast(counts, tf.float32) ** 2)
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def sign_of_a_comparison_in_a_function():
    x = tf.Variable([0.3, 1.7])

    @tf.function
    def hinge(a):
        return tf.reduce_mean(tf.cast(tf.less(a, 1.0), tf.float32))  # here

    with Tape() as tape:
        y = hinge(x)
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def rounded_in_a_tensor_array():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        array = tf.TensorArray(tf.float32, 2)
        for i in range(2):
            array = array.write(i, tf.round(x[i]))  # here
        y = tf.reduce_sum(array.stack())
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def rounded_in_map_fn():
    x = tf.Variable([0.3, 1.7])
    with Tape() as tape:
        y = tf.map_fn(lambda a: tf.round(a) * 2.0, x)  # here
    return ask(tape, y, x)


@program(Reason.NO_GRADIENT)
def rounded_in_a_while_loop():
    x = tf.Variable(1.7)
    with Tape() as tape:
        _, y = tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, tf.round(a)), [0, x * 1.0])  # here
    return ask(tape, y, x)


# -- nothing to do with it ---------------------------------------------------------------------------------------------


@program(Reason.INDEPENDENT)
def the_other_head():
    trunk, head_a, head_b = tf.Variable([[1.0]]), tf.Variable([[2.0]]), tf.Variable([[3.0]])
    with Tape() as tape:
        h = tf.matmul([[1.0]], trunk)
        a, _ = tf.matmul(h, head_a), tf.matmul(h, head_b)
    return ask(tape, a, head_b)


@program(Reason.INDEPENDENT, also=[Reason.NEVER_WATCHED])
def a_layer_that_is_not_called():
    used, idle = tf.Variable(1.0), tf.Variable(2.0)
    with Tape() as tape:
        loss = used * 3.0
    return ask(tape, loss, idle)


@program(Reason.INDEPENDENT, also=[Reason.NEVER_WATCHED])
def the_branch_of_if_that_is_not_taken():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    use_b = False
    with Tape() as tape:
        y = b * 2.0 if use_b else a * 2.0
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, also=[Reason.NEVER_WATCHED])
def the_branch_of_cond_that_is_not_taken():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with Tape() as tape:
        y = tf.cond(tf.constant(True), lambda: a * 2.0, lambda: b * 2.0)
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, "It decided a branch")
def a_condition():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with Tape() as tape:
        y = a * 2.0 if b > 1.0 else a * 3.0
    return ask(tape, y, b)


@program(Reason.INDEPENDENT, "was itself computed")
def an_activation_beside_the_target():
    w = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        features = w * 2.0
        score = tf.reduce_sum(w * 3.0)
    return ask(tape, score, features)


@program(Reason.INDEPENDENT, "was itself computed")
def grad_cam_on_the_wrong_layer():
    image, w = tf.ones([1, 4, 4, 1]), tf.Variable(tf.ones([2, 2, 1, 2]))
    with Tape() as tape:
        maps = tf.nn.conv2d(image, w, 1, "VALID")
        again = tf.nn.conv2d(image, w, 1, "VALID")
        score = tf.reduce_max(tf.reduce_mean(again, [1, 2]))
    return ask(tape, score, maps)


@program(Reason.INDEPENDENT)
def second_derivative_of_a_linear_function():
    x = tf.Variable(2.0)
    with Tape() as outer:
        with tf.GradientTape() as inner:
            y = 3.0 * x
        slope = inner.gradient(y, x)
    return ask(outer, slope, x)


@program(Reason.INDEPENDENT, also=[Reason.NEVER_WATCHED])
def penalty_on_a_linear_critic():
    x, w = tf.random.normal([2, 2]), tf.Variable(tf.ones([2, 1]))
    with Tape() as tape:
        between = x * 0.5
        with tf.GradientTape() as inner:
            inner.watch(between)
            score = tf.matmul(between, w)
        slope = inner.gradient(score, between)
        penalty = tf.reduce_mean((tf.norm(slope, axis=1) - 1.0) ** 2)
    return ask(tape, penalty, x)


@program(Reason.INDEPENDENT)
def logged_and_an_element_taken():
    v, x = tf.Variable([0.5, 1.0]), tf.Variable([-1.0, 2.0])
    with Tape() as tape:
        print(float(v[0]))
        y = x[1] * 2.0
    return ask(tape, y, v)


@program(Reason.INDEPENDENT)
def a_name_that_means_something_else_by_now():
    v, w = tf.Variable(2.0), tf.Variable(3.0)
    with Tape() as tape:
        y = v * v
        y = w * 2.0 + 0.0 * tf.constant(1.0)
    return ask(tape, y, v)


@program(Reason.INDEPENDENT)
def the_rows_of_another_table():
    users, items = tf.Variable(tf.ones([3, 2])), tf.Variable(tf.ones([3, 2]))
    with Tape() as tape:
        u = tf.gather(users, [0, 1])
        _ = tf.gather(items, [0, 1])
        y = tf.reduce_sum(u * tf.constant(2.0))
    return ask(tape, y, items)


@program(Reason.INDEPENDENT)
def a_training_loop_with_two_models():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    for _ in range(2):
        with tf.GradientTape(persistent=True, explain=True) as first:
            loss = a * b
        a.assign_sub(0.1 * first.gradient(loss, a))
        del first
    return last_step(a, b)


def last_step(a, b):
    with Tape() as tape:
        _ = b * 1.0
        y = a * 3.0
    return ask(tape, y, b)


@program(Reason.INDEPENDENT)
def an_element_of_the_input():
    x = tf.Variable([1.0, 2.0])
    with Tape() as tape:
        first = x[0]
        y = tf.reduce_sum(x * x)
    return ask(tape, y, first)


test_program = program.test()
