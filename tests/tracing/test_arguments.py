"""What goes into a `tf.function`: which calls share a trace, and that it is right for each of them."""

import gc
import weakref
from typing import Any

import tfcompat_tape as tf


def test_a_trace_for_one_variable_holds_for_others(device: str) -> None:
    traces = []

    @tf.function
    def slope(v: Any, x: Any) -> Any:
        traces.append(v.shape)
        with tf.GradientTape() as tape:
            y = v * v * x
        g = tape.gradient(y, v)
        v.assign_sub(g)
        return g

    a, b = tf.Variable(1.0), tf.Variable(5.0)
    assert [float(slope(v, tf.constant(0.25))) for v in (a, b, a, b)] == [0.5, 2.5, 0.25, 1.25]
    assert (float(a), float(b), len(traces)) == (0.25, 1.25, 1)
    with tf.GradientTape() as tape:
        y = tf.function(lambda v: v**3)(b)
    assert float(tape.gradient(y, b)) == 3 * 1.25**2


def test_an_argument_that_the_function_uses_besides_is_that_variable() -> None:
    a, b = tf.Variable(1.0), tf.Variable(2.0)

    @tf.function
    def f(v: Any) -> Any:
        with tf.GradientTape() as tape:
            y = v * v * a
        v.assign_add(10.0)
        return tape.gradient(y, v), a + 0.0

    answers = [[float(x) for x in f(v)] for v in (b, a, b, a)]
    assert answers == [[4.0, 1.0], [3.0, 11.0], [2 * 12.0 * 11.0, 11.0], [3 * 121.0, 21.0]]
    again = tf.function(f.python_function)
    assert [float(x) for x in again(a)] == [3 * 441.0, 31.0]
    assert f.experimental_get_tracing_count() == again.experimental_get_tracing_count() == 1


def test_variables_in_structures_of_which_some_are_the_same() -> None:
    @tf.function
    def move(pair: Any) -> Any:
        pair["x"].assign_add(1.0)
        return pair["x"] + 10.0 * pair["y"]

    a, b = tf.Variable(1.0), tf.Variable(2.0)
    assert float(move({"x": a, "y": b})) == 22.0
    assert float(move({"y": b, "x": a})) == 23.0
    assert float(move({"x": b, "y": b})) == 33.0
    assert move.experimental_get_tracing_count() == 2


def test_variables_of_other_shapes_are_looked_at_anew() -> None:
    v = tf.Variable([1.0, 2.0], shape=[None])
    f = tf.function(lambda v: tf.reduce_sum(v) / v.shape[0] if v.shape[0] else tf.reduce_mean(v))
    assert float(f(v)) == 1.5
    v.assign([1.0, 2.0, 6.0])
    assert float(f(v)) == 3.0


def test_no_argument_is_kept_alive() -> None:
    f = tf.function(lambda v, x: v * x)
    v, x = tf.Variable(2.0), tf.constant([1.0, 2.0])
    f(v, x)
    held = weakref.ref(v), weakref.ref(x)
    del v, x
    gc.collect()
    assert held[0]() is None and held[1]() is None


def test_what_makes_variables_is_traced_once_more() -> None:
    class Counter:
        def __init__(self) -> None:
            self.v: Any = None
            self.traces = 0

        @tf.function
        def step(self, x: Any) -> Any:
            self.traces += 1
            if self.v is None:
                self.v = tf.Variable(10.0)
            self.v.assign_add(x)
            return self.v * 2.0

    counter = Counter()
    assert [float(counter.step(tf.constant(x))) for x in (1.0, 2.0)] == [22.0, 26.0]
    assert counter.traces == counter.step.experimental_get_tracing_count() == 2


def test_a_method_is_the_same_as_long_as_somebody_has_it() -> None:
    class Model:
        @tf.function
        def run(self, x: Any) -> Any:
            return x + 1

    model = Model()
    assert model.run is model.run
    held = weakref.ref(model)
    assert int(model.run(tf.constant(1))) == 2
    del model
    gc.collect()
    assert held() is None


def test_strings_come_out_of_a_trace() -> None:
    traces = []

    @tf.function
    def label(x: Any) -> Any:
        traces.append(x)
        return tf.constant("large") if x > 1.0 else tf.strings.as_string(x, precision=1)

    answers = [label(tf.constant(x)).numpy() for x in (5.0, 0.5, 7.0, 0.25, 0.5)]
    assert answers == [b"large", b"0.5", b"large", b"0.2", b"0.5"]


def test_sparse_and_ragged_arguments_are_put_together_within_the_trace() -> None:
    f = tf.function(lambda s, r: (tf.sparse.to_dense(s) * 2.0, tf.reduce_sum(r, axis=1)))
    for k in (1.0, 3.0):
        dense, sums = f(tf.SparseTensor([[0, 1]], [k], [1, 2]), tf.ragged.constant([[k, k], [k]]))
        assert dense.numpy().tolist() == [[0.0, 2.0 * k]] and sums.numpy().tolist() == [2.0 * k, k]
    assert f.experimental_get_tracing_count() == 1
