"""`tf.cond` and kin in a trace: one node, with the values and gradients of the branch taken."""

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest
from ways_kit import alike, by_guards

import tfcompat_tape as tf


def program(draw, depth):
    """A random function of two vectors and a Variable, as source code."""
    kinds = ["x", "y", "w", "const", "sin", "mul", "add", "stopped"]
    if depth:
        kinds += ["cond", "cond", "switch", "case", "assign"]
    kind = draw(st.sampled_from(kinds))

    def inner(step=1):
        return program(draw, max(depth - step, 0))

    if kind == "const":
        return "tf.constant([1.5, -0.5])"
    if kind == "sin":
        return f"tf.sin({inner()})" if depth else "tf.sin(x)"
    if kind in ("mul", "add"):
        return f"({inner()} {'*' if kind == 'mul' else '+'} {inner()})" if depth else "(x * y)"
    if kind == "stopped":
        return f"tf.stop_gradient({inner()})" if depth else "tf.stop_gradient(y)"
    if kind == "cond":
        test = draw(st.sampled_from(["x[0] > 0.0", "y[1] > x[1]", "tf.reduce_sum(w) > 0.5"]))
        return f"tf.cond({test}, lambda: {inner()}, lambda: {inner()})"
    if kind == "switch":
        return f"tf.switch_case(tf.cast(x[0], tf.int32), [lambda: {inner()}, lambda: {inner()}, lambda: {inner()}])"
    if kind == "case":
        pairs = f"(x[0] > y[0], lambda: {inner()}), (x[1] > 0.0, lambda: {inner()})"
        return f"tf.case([{pairs}], default=lambda: {inner()})"
    if kind == "assign":
        return f"tf.cond(y[0] > 0.5, lambda: w.assign(w * 0.5 + {inner()}).value(), lambda: {inner()})"
    return kind


def answers(source, wrap, points):
    """Values, first and second derivatives, and what the Variable is after each call."""
    w = tf.Variable([0.3, 0.6])
    f = wrap(eval(f"lambda x, y: {source}", {"tf": tf, "w": w}))
    found = []
    for x, y in points:
        x, y = tf.constant(x), tf.constant(y)
        before = w.numpy()
        with tf.GradientTape() as outer:
            outer.watch([x, y])
            with tf.GradientTape() as tape:
                tape.watch([x, y])
                z = f(x, y)
            grads = tape.gradient(z, [x, y, w], unconnected_gradients="zero")
            total = tf.add_n([tf.reduce_sum(g * g) for g in grads])
        second = outer.gradient(total, [x, y, w], unconnected_gradients="zero")
        found.append([t.numpy() for t in [z, *grads, *second]] + [w.numpy()])
        w.assign(before)
    return found


POINTS = [
    ([0.5, -1.0], [0.25, 2.0]),
    ([-0.5, 1.0], [1.0, 0.5]),
    ([1.5, 0.2], [-1.0, 0.1]),
    ([2.5, -3.0], [3.0, -4.0]),
]


@hypothesis.settings(max_examples=12, deadline=None)
@hypothesis.given(st.data())
def test_random_branches_are_the_same_eagerly_staged_and_by_guards(data):
    source = program(data.draw, 2)
    eager = answers(source, lambda f: f, POINTS)
    staged = answers(source, tf.function, POINTS)
    with by_guards():
        guarded = answers(source, tf.function, POINTS)
    alike(eager, (staged, guarded), source, rtol=2e-5, atol=1e-5)


def test_a_branch_is_one_node_and_one_trace():
    log = []

    @tf.function
    def f(x):
        def yes():
            log.append("yes")
            return x * 2.0

        def no():
            log.append("no")
            return -x

        return tf.cond(x > 0.0, yes, no)

    assert [float(f(tf.constant(v))) for v in (1.0, -3.0, 2.0)] == [2.0, 3.0, 4.0]
    assert log == ["yes", "no"]


def test_effects_happen_in_the_branch_taken(capfd):
    v = tf.Variable(0.0)
    seen = []

    @tf.function
    def f(x):
        def no():
            tf.print("no")
            return tf.py_function(lambda t: (seen.append(float(t)), t)[1], [x], tf.float32)

        return tf.cond(x > 0.0, lambda: (tf.print("yes"), v.assign_add(x), x)[2], no)

    for value in (1.0, 2.0):
        f(tf.constant(value))
    assert v.numpy() == 3.0 and capfd.readouterr().err == "yes\nyes\n"


@pytest.mark.parametrize("p, expected", [(True, [2.0, 0.0]), (False, [0.0, 3.0])])
def test_what_only_the_other_branch_uses_has_zeros(p, expected):
    f = tf.function(lambda p, x, y: tf.cond(p, lambda: 2.0 * x, lambda: 3.0 * y))
    x, y = tf.constant(1.0), tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f(tf.constant(p), x, y)
    assert [float(g) for g in tape.gradient(z, [x, y])] == expected


def test_results_of_different_shapes_are_right_by_guards():
    f = tf.function(lambda p, x: tf.cond(p, lambda: x, lambda: tf.concat([x, x], 0)))
    x = tf.constant([1.0, 2.0])
    assert f(tf.constant(True), x).shape == (2,) and f(tf.constant(False), x).shape == (4,)


def test_sparse_gradients_stay_sparse():
    w = tf.Variable(tf.ones([4, 2]))
    f = tf.function(lambda p: tf.cond(p, lambda: tf.gather(w, [0, 2]), lambda: tf.gather(w, [1, 1])))
    for p, rows in ((True, [0, 2]), (False, [1, 1])):
        with tf.GradientTape() as tape:
            y = f(tf.constant(p))
        grad = tape.gradient(y, w)
        assert isinstance(grad, tf.IndexedSlices) and grad.indices.numpy().tolist() == rows


def test_a_function_with_branches_in_another_one_and_forward_mode():
    inner = tf.function(lambda x: tf.cond(x > 0.0, lambda: x**3, lambda: tf.sin(x)))
    outer = tf.function(lambda x: inner(x) * 2.0 + inner(-x))
    for value in (2.0, -1.0):
        x = tf.constant(value)
        eager = value**3 * 2 + np.sin(-value) if value > 0 else np.sin(value) * 2 + (-value) ** 3
        slope = 6 * value**2 - np.cos(value) if value > 0 else 2 * np.cos(value) - 3 * value**2
        with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
            y = outer(x)
        np.testing.assert_allclose([y, accumulator.jvp(y)], [eager, slope], rtol=1e-5)
    with tf.GradientTape() as tape:
        x = tf.constant([[1.0, -2.0], [0.5, 3.0]])
        tape.watch(x)
        y = tf.function(lambda x: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * tf.transpose(x), lambda: x))(x)
    assert tape.jacobian(y, x).shape == (2, 2, 2, 2)


def test_a_branch_that_needs_values_is_right_by_guards():
    def f(x):
        return tf.cond(x > 0, lambda: tf.size(tf.boolean_mask(tf.range(5), tf.range(5) < x)), lambda: -x)

    g = tf.function(f)
    assert [int(g(tf.constant(v))) for v in (3, 2, -4)] == [3, 2, 4]


def test_a_shape_that_depends_on_values_is_checked_where_only_the_shape_is_used():
    f = tf.function(lambda x: tf.size(tf.boolean_mask(tf.range(5), tf.range(5) < x)))
    assert [int(f(tf.constant(v))) for v in (3, 2, 4)] == [3, 2, 4]
