"""Concrete functions: traced when they are made where that can be, called with Tensors or with all arguments."""

from typing import Any

import pytest

import tfcompat_tape as tf


def test_the_trace_is_made_at_once_and_shared_with_calls(device: str) -> None:
    traces = []

    @tf.function
    def f(x: Any, n: Any) -> Any:
        traces.append(n)
        return x**n

    cube = f.get_concrete_function(tf.TensorSpec([2], tf.float32), 3)
    assert traces == [3] and f.experimental_get_tracing_count() == 1
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = cube(x)
    assert tape.gradient(y, x).numpy().tolist() == [3.0, 12.0]
    assert f(x, 3).numpy().tolist() == [1.0, 8.0]
    assert f.get_concrete_function(x, 3) is cube
    assert traces == [3] and f.experimental_get_tracing_count() == 1


def test_what_depends_on_values_is_traced_when_it_is_called() -> None:
    f = tf.function(lambda x, n: x ** n.__int__())
    concrete = f.get_concrete_function(tf.TensorSpec([], tf.float32), tf.TensorSpec([], tf.int32))
    with pytest.raises(tf.errors.UnimplementedError, match="when it is called"):
        _ = concrete.outputs
    assert [float(concrete(tf.constant(2.0), tf.constant(n))) for n in (2, 3)] == [4.0, 8.0]
    assert f.experimental_get_tracing_count() == 1


def test_open_sizes() -> None:
    f = tf.function(lambda x: tf.reduce_sum(x) / x.shape[0])
    concrete = f.get_concrete_function(tf.TensorSpec([None], tf.float32))
    assert [float(concrete(tf.constant(x))) for x in ([1.0, 3.0], [5.0])] == [2.0, 5.0]
    assert "shape=(None,)" in str(concrete) and concrete.inputs[0].shape.as_list() == [None]


def test_other_shapes_than_those_traced_are_computed_all_the_same() -> None:
    mean = tf.function(lambda x: tf.reduce_sum(x) / x.shape[0])
    concrete = mean.get_concrete_function(tf.TensorSpec([2], tf.float32))
    assert float(concrete(tf.constant([1.0, 2.0, 6.0]))) == 3.0
    assert mean.experimental_get_tracing_count() == 1


def test_variables_are_made_and_assigned() -> None:
    class Counter:
        v: Any = None

        @tf.function
        def step(self, x: Any) -> Any:
            if self.v is None:
                self.v = tf.Variable(1.0)
            return self.v.assign_add(x)

    counter = Counter()
    step = counter.step.get_concrete_function(tf.TensorSpec([], tf.float32))
    assert float(counter.v) == 1.0  # nothing has run
    assert [float(step(tf.constant(2.0))) for _ in range(2)] == [3.0, 5.0]
    assert [v is counter.v for v in step.variables] == [True]


def test_an_error_while_tracing_comes_at_once() -> None:
    f = tf.function(lambda x: tf.reshape(x, [2, 2]))
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        f.get_concrete_function(tf.TensorSpec([3], tf.float32))
    assert f.experimental_get_tracing_count() == 0


def test_nothing_prints_before_the_call(capfd: Any) -> None:
    @tf.function
    def f(x: Any) -> Any:
        tf.print("called with", x)
        return x + 1

    concrete = f.get_concrete_function(tf.TensorSpec([], tf.int32))
    assert capfd.readouterr().err == ""
    assert int(concrete(tf.constant(3))) == 4
    assert capfd.readouterr().err == "called with 3\n"


def test_the_types_of_functions() -> None:
    spec = tf.TensorSpec([2], tf.float32)
    f = tf.function(lambda x, y=1: [x, y], input_signature=[spec])
    assert str(f.function_type) == (
        "(x: TensorSpec(shape=(2,), dtype=tf.float32, name=None), y: Literal[1] = <captured_default_value>)"
    )
    concrete = f.get_concrete_function()
    text = repr(concrete)
    assert text.startswith(
        "<ConcreteFunction (x: TensorSpec(shape=(2,), dtype=tf.float32, name=None), y: Literal[1])"
    )
    assert concrete.pretty_printed_signature(verbose=False) == str(concrete.function_type)
    assert isinstance(concrete.function_type, tf.types.experimental.FunctionType)
    with pytest.raises(TypeError, match="Can not cast"):
        f.get_concrete_function(tf.TensorSpec([3], tf.float32))


def test_one_for_open_sizes_is_the_one_for_known_ones():
    """As TensorFlow has it: of those that are there, the one that leaves the least open."""

    @tf.function
    def double(a):
        return a + a

    anything = double.get_concrete_function(tf.TensorSpec(None, tf.float32))
    assert double.get_concrete_function(tf.TensorSpec([3], tf.float32)) is anything
    assert double.get_concrete_function(tf.TensorSpec([None], tf.float32)) is anything
    assert double.get_concrete_function(tf.TensorSpec([3], tf.float64)) is not anything
    assert double.experimental_get_tracing_count() == 2

    @tf.function
    def other(a, times):
        return a * times

    three = other.get_concrete_function(tf.TensorSpec([3], tf.float32), 2)
    vector = other.get_concrete_function(tf.TensorSpec([None], tf.float32), 2)
    assert vector is not three
    assert other.get_concrete_function(tf.TensorSpec([3], tf.float32), 2) is three
    assert other.get_concrete_function(tf.TensorSpec([4], tf.float32), 2) is vector
    assert other.get_concrete_function(tf.TensorSpec([4], tf.float32), 3) is not vector


def test_what_a_function_uses_is_known_where_values_decide_about_sizes():
    weights, unused = tf.Variable([1.0, 2.0, 3.0]), tf.Variable(1.0, trainable=False)
    keys = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64))
    table = tf.lookup.StaticHashTable(keys, 2)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def f(texts):
        words = tf.strings.split(texts).to_tensor("c")
        return tf.gather(weights, table.lookup(words)) * unused

    concrete = f.get_concrete_function()
    assert [v is w for v, w in zip(concrete.variables, (weights, unused), strict=True)] == [True, True]
    assert [v is weights for v in concrete.trainable_variables] == [True]
    assert [x.dtype for x in concrete.captured_inputs] == [tf.resource, tf.resource]
    assert concrete.structured_outputs.shape.as_list() == [None, None]
    assert concrete(tf.constant(["a b", "c"])).numpy().tolist() == [[1.0, 2.0], [3.0, 3.0]]


def test_a_function_within_one_of_open_sizes_is_open_itself():
    inner = tf.function(lambda x: x * 2.0)
    shapes = []

    @tf.function(input_signature=[tf.TensorSpec([None, 3])])
    def outer(x):
        concrete = inner.get_concrete_function(x)
        shapes.append(concrete.structured_input_signature[0][0].shape.as_list())
        return concrete(x) + inner(x)

    sums = [float(tf.reduce_sum(outer(tf.ones([rows, 3])))) for rows in (2, 4)]
    assert (sums, shapes[0]) == ([24.0, 48.0], [None, 3])  # as TensorFlow 2.21 answers
