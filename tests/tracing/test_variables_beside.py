"""Variables that Python code uses within a call: functions of datasets, `tf.py_function`, `tf.numpy_function`."""

import tfcompat_tape as tf


def test_a_dataset_sees_what_is_assigned():
    v = tf.Variable(1.0)
    dataset = tf.data.Dataset.range(3).map(lambda i: tf.cast(i, tf.float32) * v)

    @tf.function
    def given(d):
        total = 0.0
        v.assign_add(1.0)
        for x in d:
            total += x
        return total

    @tf.function
    def from_outside():
        total = 0.0
        v.assign_add(1.0)
        for x in dataset:
            total += x
        return total

    assert [float(given(dataset)) for _ in range(2)] == [6.0, 9.0]
    assert [float(from_outside()) for _ in range(2)] == [12.0, 15.0]


def test_a_dataset_that_is_made_in_a_loop_of_assignments():
    v = tf.Variable(1.0)
    dataset = tf.data.Dataset.range(1, 4).map(lambda i: tf.cast(i, tf.float32))

    @tf.function
    def f(d):
        total = 0.0
        v.assign_add(1.0)
        for x in d.map(lambda x: x * v):
            total += x
            v.assign_add(1.0)
        return total

    assert [float(f(dataset)) for _ in range(2)] == [2.0 + 6.0 + 12.0, 6.0 + 14.0 + 24.0]


def test_iterators_see_what_is_assigned():
    v = tf.Variable(1.0)
    iterator = iter(tf.data.Dataset.range(1, 4).map(lambda i: tf.cast(i, tf.float32) * v))

    @tf.function
    def f(iterator):
        v.assign_add(1.0)
        return next(iterator)

    assert [float(f(iterator)) for _ in range(3)] == [2.0, 6.0, 12.0]


def test_datasets_that_only_read_are_traced_once():
    v = tf.Variable(2.0)
    traced = []

    @tf.function
    def f(d):
        traced.append(1)
        total = 0.0
        for x in d.map(lambda x: tf.cast(x, tf.float32) * v):
            total += x
        return total

    found = []
    for value in (2.0, 3.0):
        v.assign(value)
        found.append(float(f(tf.data.Dataset.range(3))))
    assert found == [6.0, 9.0]
    assert len(traced) == 1


def test_python_functions_see_what_is_assigned():
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        v.assign_add(x)
        first = tf.py_function(lambda: v.read_value() * 1.0, [], tf.float32)
        v.assign_add(x)
        second = tf.numpy_function(lambda: v.numpy(), [], tf.float32)
        return first, second

    assert [[float(y) for y in f(tf.constant(1.0))] for _ in range(2)] == [[2.0, 3.0], [4.0, 5.0]]
    assert float(v) == 5.0


def test_what_a_python_function_assigns_is_read_after_it():
    v = tf.Variable(1.0)

    def put(x):
        v.assign(x)
        return x

    @tf.function
    def f(x):
        tf.py_function(put, [x], tf.float32)
        return v * 1.0

    assert [float(f(tf.constant(x))) for x in (100.0, 200.0)] == [100.0, 200.0]
