"""Functions of elements: when Python code runs, what is captured, debug mode."""

from __future__ import annotations

import numpy as np
import pytest

import tfcompat_tape as tf
from tfcompat_tape.data.function import Debugging

D = tf.data.Dataset


def test_python_code_runs_once_when_the_step_is_made():
    log = []

    def f(x):
        log.append("ran")
        return x + 1

    d = D.range(3).map(f)
    assert log == ["ran"]
    assert [int(x) for x in d] == [int(x) for x in d] == [1, 2, 3]
    assert log == ["ran"]


def test_functions_after_one_whose_shapes_depend_on_strings_are_traced_when_an_element_is_there():
    log = []

    def f(row):
        log.append("ran")
        return row * 2.0

    d = (
        D.from_tensor_slices(["1", "2", "3"])
        .map(lambda s: tf.strings.to_number(tf.strings.split(s))[0])
        .map(f)
    )
    assert log == []
    assert [float(x) for x in d] == [2.0, 4.0, 6.0]
    assert log == ["ran"]


def test_in_debug_mode_functions_run_for_each_element(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Debugging, "enabled", False)
    tf.data.experimental.enable_debug_mode()
    seen = []

    def f(x):
        seen.append(int(x))  # a value, which a trace does not have
        return x + 1

    assert [int(x) for x in D.range(3).map(f)] == [1, 2, 3]
    assert seen == [0, 1, 2]


def test_sizes_that_decide_do_not_become_part_of_the_spec():
    rows = D.from_generator(
        lambda: iter([[1], [], [1, 2, 3]]), output_signature=tf.TensorSpec([None], tf.int32)
    )
    first = rows.map(lambda x: x[:1])
    assert first.element_spec == tf.TensorSpec([None], tf.int32)
    assert [x.numpy().tolist() for x in first] == [[1], [], [1]]


def test_methods_and_callable_objects_are_functions_of_elements():
    class Scale:
        def __init__(self):
            self.factor = tf.Variable(2.0)

        def __call__(self, x):
            return x * self.factor

        def method(self, x):
            if x > 1.0:
                return x * self.factor
            return -x

    scale = Scale()
    d = D.from_tensor_slices(np.array([1.0, 2.0], np.float32))
    assert [float(x) for x in d.map(scale)] == [2.0, 4.0]
    assert [float(x) for x in d.map(scale.method)] == [-1.0, 4.0]
    assert [float(x) for x in d.map(tf.function(scale.method))] == [-1.0, 4.0]


def test_a_dataset_is_no_kind_of_arguments_that_a_trace_is_kept_for():
    f = tf.function(lambda d: d.cardinality())
    assert [int(f(D.range(n))) for n in (2, 3, 4)] == [2, 3, 4]


def test_datasets_in_functions_of_elements_keep_their_own_elements():
    d = D.range(6).window(3).map(lambda window: window)
    assert [[int(x) for x in window] for window in d] == [[0, 1, 2], [3, 4, 5]]


def test_results_that_are_no_elements_are_refused():
    with pytest.raises(TypeError, match=r"Unsupported return value from function passed to Dataset.map\(\)"):
        D.range(3).map(lambda x: object())


def test_the_first_element_is_looked_at_without_moving_random_streams():
    tf.random.set_seed(5)
    d = (
        D.range(5)
        .shuffle(5, seed=1)
        .map(lambda x: tf.strings.as_string(x))
        .map(lambda s: tf.strings.length(s))
    )
    order = D.range(5).shuffle(5, seed=1)
    assert d.element_spec == tf.TensorSpec([], tf.int32)
    same = D.range(5).shuffle(5, seed=1).map(lambda x: tf.strings.as_string(x))
    assert same.element_spec == tf.TensorSpec([], tf.string)
    assert [int(x) for x in same] == [int(x) for x in order]


def test_what_is_beyond_small_sizes_is_not_taken_for_empty():
    """A function is traced for sizes of a few elements, where `x[24:]` is empty; those of TensorFlow are open."""
    signature = tf.TensorSpec([None, 2])
    dataset = tf.data.Dataset.from_generator(lambda: iter([tf.ones([30, 2])]), output_signature=signature)
    split = dataset.map(lambda x: (x[:24], x[24:], x[26:28]))
    assert split.element_spec == (
        tf.TensorSpec([None, 2]),
        tf.TensorSpec([None, 2]),
        tf.TensorSpec([None, 2]),
    )
    assert [tuple(part.shape) for part in next(iter(split.batch(1)))] == [(1, 24, 2), (1, 6, 2), (1, 2, 2)]
