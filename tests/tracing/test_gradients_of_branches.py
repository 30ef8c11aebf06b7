"""Gradients of branches are traced when they are asked for, before and after values that Python asks for.

AutoGraph makes an op of `int(n)`; `n.__int__()` asks for the value.
"""

import numpy as np
import pytest

import tfcompat_tape as tf


def late(x, n):
    if tf.reduce_sum(x) > 0.0:
        y = x * x
    else:
        y = tf.sin(x) * x
    k = n.__int__()
    return tf.reduce_sum(y * float(k))


def inside_before(x, n):
    with tf.GradientTape() as tape:
        tape.watch(x)
        if tf.reduce_sum(x) > 0.0:
            y = x * x
        else:
            y = tf.exp(tf.sin(x) * x)
    g = tape.gradient(y, x)
    return tf.reduce_sum(g * float(n.__int__()))


def inside_after(x, n):
    with tf.GradientTape() as tape:
        tape.watch(x)
        if tf.reduce_sum(x) > 0.0:
            y = x * x
        else:
            y = tf.exp(tf.sin(x) * x)
        k = n.__int__()
        z = tf.cos(y) if k > 1 else y
        for _ in range(k):
            z = z * tf.tanh(x)
    return tf.reduce_sum(tape.gradient(z, x))


def effects(x, n):
    if tf.reduce_sum(x) > 0.0:
        tf.debugging.assert_positive(n)
        y = x * x
    else:
        y = x * 3.0
    return tf.reduce_sum(y * float(n.__int__()))


def gathered(x, n):
    if tf.reduce_sum(x) > 0.0:
        y = tf.gather(x, [0, 0])
    else:
        y = x
    return tf.reduce_sum(y * float(n.__int__()))


@pytest.mark.parametrize("f", [late, inside_before, inside_after, effects, gathered])
@pytest.mark.parametrize("first_with_a_tape", [True, False])
def test_as_without_a_function(f, first_with_a_tape):
    g = tf.function(f)
    for i, (x, n) in enumerate([(1.0, 1), (-1.0, 2), (1.0, 3), (-1.0, 1), (2.0, 2), (-2.0, 3), (0.5, 1)]):
        x, n = tf.constant([x, 0.25]), tf.constant(n)
        answers = []
        for h in (f, g):
            with tf.GradientTape() as outer:
                outer.watch(x)
                with tf.GradientTape() as tape:
                    if i or first_with_a_tape:
                        tape.watch(x)
                    y = h(x, n)
                first = tape.gradient(y, x)
                first = None if first is None else tf.convert_to_tensor(first)
            second = None if first is None else outer.gradient(first, x)
            # One branch alone may depend on x: that is zeros in the other.
            answers.append(
                [np.zeros(2) if v is None else tf.convert_to_tensor(v).numpy() for v in (y, first, second)]
            )
        for a, b in zip(*answers, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_gradient_that_nobody_asks_for_is_not_traced(monkeypatch):
    from tfcompat_tape.tracing.branches import Branches

    traced = []
    gradient = Branches._traced_gradient
    monkeypatch.setattr(
        Branches, "_traced_gradient", lambda self, needs: traced.append(needs) or gradient(self, needs)
    )
    f = tf.function(late)
    x, n = tf.constant([1.0, 2.0]), tf.constant(2)
    f(x, n)
    assert not traced
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x, n)
    assert tape.gradient(y, x).numpy().tolist() == [4.0, 8.0]
    assert len(traced) == 1
