"""What a call assigns that finds no element any more. The numbers are those of TensorFlow 2.21."""

from __future__ import annotations

from typing import Any

import pytest

import tfcompat_tape as tf


def to_the_end(function: Any, *args: Any) -> None:
    with pytest.raises(tf.errors.OutOfRangeError):
        while True:
            function(*args)


def test_what_depends_on_no_element_is_assigned() -> None:
    a, b, c = (tf.Variable(1, dtype=tf.int64) for _ in range(3))
    generator = tf.random.Generator.from_seed(1)

    @tf.function
    def step(iterator: Any) -> Any:
        a.assign_add(1)
        a.assign_add(next(iterator))
        a.assign_add(5)
        b.assign(a + 1)
        generator.normal([1])
        c.assign_add(1)
        return a

    to_the_end(step, iter(tf.data.Dataset.range(3)))
    assert [int(a), int(b), int(c)] == [23, 23, 5]
    assert generator.state.numpy().tolist() == [1025, 0, 0]


@pytest.mark.parametrize("within_a_tape", [False, True])
def test_sizes_of_elements_count_as_elements(within_a_tape: bool) -> None:
    calls, rows = tf.Variable(0.0), tf.Variable(0)

    @tf.function
    def step(iterator: Any) -> Any:
        x = next(iterator)
        rows.assign_add(tf.shape(x)[0])
        calls.assign_add(1.0)
        return x

    iterator = iter(tf.data.Dataset.range(5).batch(2))
    if within_a_tape:
        with tf.GradientTape():
            to_the_end(step, iterator)
    else:
        to_the_end(step, iterator)
    assert [float(calls), int(rows)] == [4.0, 5]


def test_what_comes_before_a_branch_on_an_element_is_assigned() -> None:
    calls = tf.Variable(0)

    @tf.function
    def step(iterator: Any) -> Any:
        x = next(iterator)
        if x > 1:
            x = -x
        calls.assign_add(1)
        return x

    to_the_end(step, iter(tf.data.Dataset.range(3)))
    assert int(calls) == 4


def test_an_assignment_waits_for_the_branches_before_it() -> None:
    a, b = tf.Variable(0, dtype=tf.int64), tf.Variable(0)

    @tf.function
    def step(iterator: Any) -> Any:
        x = next(iterator)
        y = tf.cond(x > 0, lambda: a + x, lambda: x)
        a.assign_add(1)
        b.assign_add(1)
        return y

    to_the_end(step, iter(tf.data.Dataset.range(3)))
    assert [int(a), int(b)] == [3, 4]


def test_a_function_that_is_called_leaves_sizes_open() -> None:
    rows, calls = tf.Variable(0.0), tf.Variable(0)
    traces: list[Any] = []

    @tf.function
    def counted(x: Any) -> Any:
        traces.append(x.shape)
        rows.assign_add(tf.cast(tf.shape(x)[0], tf.float32))
        return tf.reduce_mean(x)

    @tf.function
    def step(iterator: Any) -> Any:
        calls.assign_add(1)
        return counted(next(iterator))

    to_the_end(step, iter(tf.data.Dataset.from_tensor_slices(tf.ones([5, 3])).batch(2)))
    assert [float(rows), int(calls), len(traces)] == [5.0, 4, 1]


def test_numbers_of_a_trace_for_one_size_are_not_counted_again() -> None:
    rows = tf.Variable(0)

    @tf.function
    def step(iterator: Any) -> Any:
        x = next(iterator)
        y = tf.numpy_function(lambda a: a, [x], tf.int64)
        rows.assign_add(tf.size(x))
        return tf.ensure_shape(y, [2])

    to_the_end(step, iter(tf.data.Dataset.range(4).batch(2)))
    assert int(rows) == 4
