"""A function has a Tensor of its own for one from outside, as in TensorFlow: caches of libraries go by the object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tfcompat_tape as tf


def _watched(z: Any, read: Any) -> Any:
    a = read(z)
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = a * a * 3.0
    return y, tape.gradient(y, a)


def _both(z: Any, read: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = read(z) * z * 3.0
    return y, tape.gradient(y, z)


def _symbolic(z: Any, read: Any) -> Any:
    a = read(z)
    y = a * a * 3.0
    return y, tf.gradients(y, a)[0]


def _symbolic_outer(z: Any, read: Any) -> Any:
    y = read(z) * read(z) * 3.0
    return y, tf.gradients(y, z)[0]


def _symbolic_in_branch(z: Any, read: Any) -> Any:
    y = tf.cond(z > 0.0, lambda: read(z) * z * 3.0, lambda: z)
    return y, tf.gradients(y, z)[0]


def _in_branch(z: Any, read: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = tf.cond(z > 0.0, lambda: read(z) * z * 3.0, lambda: z)
    return y, tape.gradient(y, z)


def _in_loop(z: Any, read: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(z)
        total = tf.constant(0.0)
        for _ in tf.range(3):
            total += read(z) * z
    return total, tape.gradient(total, z)


def _in_map(z: Any, read: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = tf.reduce_sum(tf.map_fn(lambda x: x * read(z) * z, tf.constant([1.0, 2.0])))
    return y, tape.gradient(y, z)


def _in_vectorized_map(z: Any, read: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = tf.reduce_sum(tf.vectorized_map(lambda x: x * read(z) * z, tf.constant([1.0, 2.0])))
    return y, tape.gradient(y, z)


def _in_a_function(z: Any, read: Any) -> Any:
    inner = tf.function(lambda: read(z) * z * 3.0)
    before = inner()
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = inner()
    return y + 0.0 * before, tape.gradient(y, z)


def _two_functions_down(z: Any, read: Any) -> Any:
    inner = tf.function(lambda: read(z) * z * 3.0)
    outer = tf.function(lambda x: inner() + 0.0 * x)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = outer(tf.constant(1.0))
    return y, tape.gradient(y, z)


def _tape_in_a_branch(z: Any, read: Any) -> Any:
    def differentiated() -> Any:
        a = read(z)
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = a * a * 3.0
        return y, tape.gradient(y, a)

    return tf.cond(z > 0.0, differentiated, lambda: (z, z))


def _custom_gradient(z: Any, read: Any) -> Any:
    @tf.custom_gradient
    def square(x: Any) -> Any:
        return x * x * 3.0, lambda dy: dy * 6.0 * x

    with tf.GradientTape() as tape:
        tape.watch(z)
        y = tf.cond(z > 0.0, lambda: square(read(z)), lambda: z)
    return y, tape.gradient(y, z)


def _second_order(z: Any, read: Any) -> Any:
    with tf.GradientTape() as outer:
        outer.watch(z)
        with tf.GradientTape() as tape:
            tape.watch(z)
            y = tf.cond(z > 0.0, lambda: read(z) * z * z, lambda: z)
        first = tape.gradient(y, z)
    return first, outer.gradient(first, z)


def _symbolic_in_loop(z: Any, read: Any) -> Any:
    y = tf.constant(3.0)
    for _ in tf.range(2):
        y = y * read(z)
    return y, tf.gradients(y, z)[0]


def _symbolic_alone_in_branch(z: Any, read: Any) -> Any:
    y = tf.cond(tf.constant(1.0) > 0.0, lambda: read(z) ** 2 * 3.0, lambda: tf.constant(0.0))
    return y, tf.gradients(y, z)[0]


def _forward(z: Any, read: Any) -> Any:
    with tf.autodiff.ForwardAccumulator(z, tf.constant(1.0)) as accumulator:
        y = read(z) * z * 3.0
    return y, accumulator.jvp(y)


PROGRAMS = [
    *(_watched, _both, _symbolic, _symbolic_outer, _symbolic_in_branch, _in_branch, _in_loop, _in_map),
    *(_in_vectorized_map, _in_a_function, _two_functions_down, _tape_in_a_branch, _custom_gradient),
    *(_second_order, _symbolic_in_loop, _symbolic_alone_in_branch, _forward),
]
READ = {"converted": tf.convert_to_tensor, "itself": lambda z: z, "same": tf.identity}


@pytest.mark.parametrize("read", READ.values(), ids=READ)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__.strip("_"))
def test_it_is_the_same_to_tapes(program: Callable[..., Any], read: Any) -> None:
    z = tf.constant(2.0)
    for jit in (None, True) if program in (_watched, _in_branch, _in_a_function) else (None,):
        function = tf.function(lambda: program(z, read), jit_compile=jit)
        for _ in range(2):
            y, gradient = function()
            assert (float(y), float(gradient)) == (12.0, 12.0)


def test_it_is_another_object_and_always_the_same_one() -> None:
    z = tf.constant(2.0)
    seen = []

    @tf.function
    def function(x: Any) -> Any:
        a, b = tf.convert_to_tensor(z), tf.convert_to_tensor(z, tf.float32)
        seen.append((a is z, a is b, tf.convert_to_tensor(a) is a, tf.convert_to_tensor(x) is x))
        return a + x

    assert float(function(tf.constant(1.0))) == 3.0
    assert seen == [(False, True, True, True)]
    assert tf.convert_to_tensor(z) is z


def test_a_cache_that_was_filled_outside_is_not_for_the_function() -> None:
    cache: dict[int, Any] = {}

    def squared(x: Any) -> Any:
        x = tf.convert_to_tensor(x)
        if id(x) not in cache:
            cache[id(x)] = x, x * x
        return cache[id(x)][1]

    z = tf.constant(3.0)
    assert float(squared(z)) == 9.0

    @tf.function
    def gradient() -> Any:
        a = tf.convert_to_tensor(z)
        with tf.GradientTape() as tape:
            tape.watch(a)
            y = squared(a)
        return tape.gradient(y, a)

    assert float(gradient()) == 6.0


def test_a_tape_around_and_what_is_captured() -> None:
    z = tf.constant(2.0)
    function = tf.function(lambda: tf.convert_to_tensor(z) ** 2)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = function()
    assert float(tape.gradient(y, z)) == 4.0
    (captured,) = function.get_concrete_function().captured_inputs
    assert captured is z


def test_a_source_that_is_made_anew_is_refused() -> None:
    """TensorFlow gives 3.0: a limitation, and no endless recursion."""

    @tf.function
    def function(x: Any) -> Any:
        with tf.init_scope():
            z = tf.constant(3.0) * 2.0
        return tf.gradients(x * z + z, z)[0]

    with pytest.raises(ValueError, match="is another Tensor each time"):
        function(tf.constant(2.0))


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_one_that_is_returned_itself_has_its_gradient(read: Any) -> None:
    z, w = tf.constant(3.0), tf.constant(2.0)
    function = tf.function(lambda x: (read(z), x * w, z))
    function(w)
    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch([z, w])
            a, b, c = function(w)
            y = a * b * c
        gradients = [float(x) for x in tape.gradient(y, [z, w])]
        assert [float(y), *gradients] == [36.0, 24.0, 36.0]
    assert [float(x) for x in function(w)] == [3.0, 4.0, 3.0]
