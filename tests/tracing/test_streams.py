"""Streams of random numbers in functions that have several traces."""

import pytest

import tfcompat_tape as tf


def test_an_op_on_several_ways_goes_on_in_one_stream() -> None:
    """A value that Python reads makes a way of its own; the op after it is the same one on each."""

    def draw(flag):
        if bool(flag._t > 0.0):
            flag = flag * 2.0
        return tf.random.uniform([], seed=3) + 0.0 * flag, tf.random.uniform([], seed=3)

    flags = [1.0, -1.0, 1.0, 1.0, -1.0, -1.0]
    tf.random.set_seed(1)
    f = tf.function(draw)
    mixed = [[float(part) for part in f(tf.constant(flag))] for flag in flags]
    tf.random.set_seed(1)
    f = tf.function(draw)
    plain = [[float(part) for part in f(tf.constant(1.0))] for _ in flags]
    tf.random.set_seed(None)
    assert mixed == plain
    assert len({first for first, _ in mixed}) == len(flags)


def test_functions_have_streams_of_their_own() -> None:
    tf.random.set_seed(1)
    found = []
    for _ in range(3):  # each is let go of before the next one
        f = tf.function(lambda: tf.random.uniform([], seed=3))
        found.append([float(f()) for _ in range(3)])
        del f
    tf.random.set_seed(None)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("relaxed", [False, True])
def test_a_function_that_takes_too_many_ways_takes_each_element_once(relaxed):
    numbers = iter(tf.data.Dataset.range(1, 40).map(lambda n: tf.ones([n])))
    called = []

    def note(n):
        called.append(int(n))
        return tf.ones([int(n)])

    @tf.function(reduce_retracing=relaxed)
    def f(iterator, x):
        made = tf.py_function(note, [tf.size(x)], tf.float32)
        return tf.reduce_sum(next(iterator)), tf.reduce_sum(made)

    sizes = range(2, 18)
    found = [f(numbers, tf.ones([n if relaxed else 2])) for n in sizes]
    assert [int(x) for x, _ in found] == [*range(1, 17)]
    assert [int(n) for _, n in found] == called == [n if relaxed else 2 for n in sizes]
