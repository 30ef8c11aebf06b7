"""tf.function."""

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


def test_python_code_runs_while_tracing_alone() -> None:
    calls = []

    @tf.function
    def f(x: Any) -> Any:
        """Doc."""
        calls.append(x)
        return x + 1.0

    assert [float(f(tf.constant(1.0))) for _ in range(2)] == [2.0, 2.0]
    assert len(calls) == 1 and f.experimental_get_tracing_count() == 1
    assert (f.__name__, f.__doc__) == ("f", "Doc.")


def test_gradients_flow_through_and_inside(device: str) -> None:
    v = tf.Variable(2.0)

    @tf.function
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**3 * v
        return tape.gradient(y, x)

    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        g = slope(x)
    assert float(g) == 54.0
    assert [float(d) for d in tape.gradient(g, [x, v])] == [36.0, 27.0]


def test_python_control_flow_on_tensors_works() -> None:
    @tf.function(autograph=True, jit_compile=True, reduce_retracing=True)
    def collatz(n: Any) -> Any:
        steps = tf.constant(0)
        while n > 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        return steps

    assert int(collatz(tf.constant(6))) == 8


def test_the_input_signature_reaches_methods_and_subclasses() -> None:
    class Base:
        scale = 2.0

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def f(self, x: Any) -> Any:
            return x * self.scale

    class Derived(Base):
        scale = 3.0

    np.testing.assert_allclose(Derived().f([1.0, 2.0]), [3.0, 6.0])
    with pytest.raises(TypeError, match="input signature"):
        Derived().f(tf.constant([[1.0]]))
    assert Base.f.input_signature == (tf.TensorSpec([None], tf.float32),)


def test_a_concrete_function_fixes_python_values() -> None:
    f = tf.function(lambda x, power: x**power)
    cube = f.get_concrete_function(tf.TensorSpec([], tf.float32), 3)
    assert float(cube(tf.constant(2.0))) == 8.0
    assert cube.structured_input_signature[0][0] == tf.TensorSpec([], tf.float32, name="x")
    with pytest.raises(TypeError, match="positional"):
        cube(tf.constant(2.0), tf.constant(3.0))
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="expected to be a float tensor but is a int32 tensor"
    ):
        cube(tf.constant(2))


def test_py_function_reports_what_its_function_raises() -> None:
    def fail(x: Any) -> Any:
        raise KeyError("lost")

    with pytest.raises(tf.errors.UnknownError, match=r"KeyError.*lost") as found:
        tf.py_function(fail, [tf.constant(1.0)], tf.float32)
    assert isinstance(found.value.__cause__, KeyError)

    def unimplemented(x: Any) -> Any:
        raise NotImplementedError("later")

    with pytest.raises(tf.errors.UnimplementedError):
        tf.py_function(unimplemented, [tf.constant(1.0)], tf.float32)


def test_py_function_and_numpy_function_are_decorators() -> None:
    @tf.py_function(Tout=tf.float32)
    def twice(x: Any) -> Any:
        return x * 2.0

    @tf.numpy_function(Tout=tf.float32)
    def thrice(x: Any) -> Any:
        return x * np.float32(3.0)

    assert float(twice(tf.constant(2.0))) == 4.0
    assert float(thrice(tf.constant(2.0))) == 6.0


def test_name_scopes_are_left_when_something_raises() -> None:
    with pytest.raises(RuntimeError), tf.name_scope("a"):
        assert tf.Variable(1.0, name="v").name == "a/v:0"
        raise RuntimeError
    assert tf.get_current_name_scope() == ""
    assert tf.Variable(1.0, name="v").name == "v:0"


def test_indices_are_looked_at_in_each_call() -> None:
    find = tf.function(lambda x, i: tf.gather_nd(x, i))
    put = tf.function(lambda i, x: tf.scatter_nd(i, x, [2, 3]))
    x = tf.reshape(tf.range(6.0), [2, 3])
    for _ in range(2):
        assert find(x, tf.constant([[1, 0]])).numpy().tolist() == [3.0]
        assert put(tf.constant([[1, 0]]), tf.ones([1])).numpy().tolist() == [[0, 0, 0], [1, 0, 0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="4"):
            find(x, tf.constant([[0, 4]]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="4"):
            put(tf.constant([[0, 4]]), tf.ones([1]))
    constant = tf.function(lambda: tf.gather_nd(x, [[0, 4]]))
    with pytest.raises((tf.errors.InvalidArgumentError, ValueError), match="4"):
        constant()


def test_exceptions_of_python_code_leave_a_trace_once() -> None:
    calls = []

    @tf.function
    def f(x: Any, kind: str) -> Any:
        calls.append(kind)
        if kind == "python":
            raise NotImplementedError("on purpose")
        if kind == "runtime":
            raise RuntimeError("on purpose")
        return x @ x if kind == "static" else x + 1.0

    x = tf.ones([2, 3])
    for kind, error in {"python": NotImplementedError, "runtime": RuntimeError, "static": ValueError}.items():
        with pytest.raises(error):
            f(x, kind)
    assert float(f(x, "fine")[0, 0]) == 2.0
    assert calls == ["python", "runtime", "static", "fine"] and f.experimental_get_tracing_count() == 1


def test_a_row_by_an_index_that_is_known_at_the_call() -> None:
    pick = tf.function(lambda x, i: x[i])
    x = tf.constant([1.0, 2.0, 3.0])
    assert [float(pick(x, tf.constant(i))) for i in (0, -1, 2, -3)] == [1.0, 3.0, 3.0, 1.0]
    for i in (3, -4):
        with pytest.raises(tf.errors.InvalidArgumentError):
            pick(x, tf.constant(i))
    assert float(pick(x, tf.constant(1))) == 2.0


def test_values_that_left_their_function_are_refused() -> None:
    kept = []

    @tf.function
    def leak(x: Any) -> Any:
        kept.append(x * 2.0)
        return kept[-1]

    leak(tf.ones([2]))
    (y,) = kept
    for use in (
        lambda: y + 1.0,
        lambda: tf.sin(y),
        lambda: tf.stack([y, y]),
        lambda: leak(y),
        lambda: np.sum(y),
    ):
        with pytest.raises(TypeError, match="out of scope"):
            use()
    with pytest.raises(ValueError, match="no value"):
        tf.Variable(y)
    assert y.shape == [2] and "traced" in repr(y) and tf.is_symbolic_tensor(y)


def test_each_place_that_calls_a_function_draws_for_itself():
    tf.random.set_seed(5)
    inner = tf.function(lambda: tf.random.uniform([2]))

    @tf.function
    def outer():
        return inner(), inner()

    a, b = outer()
    c, d = outer()
    assert a.numpy().tolist() == b.numpy().tolist() != c.numpy().tolist() == d.numpy().tolist()


def test_names_and_ops_of_values_inside():
    seen = []

    @tf.function
    def f(x):
        y = x + 1.0
        z = tf.tanh(y) + y
        seen.extend([x.name, x.op.type, y.name, y.op.type, z.name, tf.tanh(y).op.type, z.op.outputs[0] is z])
        seen.append(type(x.graph).__name__)
        return z

    f(tf.constant(1.0))
    assert seen == ["x:0", "Placeholder", "add:0", "AddV2", "add_1:0", "Tanh", True, "FuncGraph"]
    with pytest.raises(AttributeError, match="undefined when eager"):
        _ = tf.constant(1.0).name


def test_names_are_unique_in_the_graph_of_a_function():
    @tf.function
    def f(x):
        graph = tf.compat.v1.get_default_graph()
        names = [graph.unique_name("a", mark_as_used=False), graph.unique_name("a"), graph.unique_name("a")]
        assert names == ["a", "a", "a_1"]
        return x

    assert float(f(1.0)) == 1.0
