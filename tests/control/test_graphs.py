"""`tf.Graph`: what it has where ops run at once, and what it says of the rest."""

import threading

import pytest

import tfcompat_tape as tf


def test_scopes_and_devices_are_those_of_tf() -> None:
    graph = tf.Graph()
    with graph.as_default(), graph.name_scope("a"), graph.device("/CPU:0"), graph.control_dependencies([]):
        assert tf.get_current_name_scope() == "a"
        assert tf.Variable(1.0, name="v").name == "a/v:0"
        assert (tf.constant(2.0) * 3.0).numpy() == 6.0
    assert not graph.building_function


def test_default_graphs_belong_to_a_thread() -> None:
    outermost = tf.compat.v1.get_default_graph()
    found = []
    with tf.Graph().as_default() as graph:
        thread = threading.Thread(target=lambda: found.append(tf.compat.v1.get_default_graph()))
        thread.start()
        thread.join()
        assert tf.compat.v1.get_default_graph() is graph is not outermost
    assert found == [outermost]


def test_an_exception_leaves_the_outer_graph_the_default() -> None:
    outermost = tf.compat.v1.get_default_graph()
    with pytest.raises(RuntimeError), tf.Graph().as_default(), tf.Graph().as_default():
        raise RuntimeError
    assert tf.compat.v1.get_default_graph() is outermost


def test_a_finalized_graph_takes_nothing_more() -> None:
    graph = tf.Graph()
    with graph.as_default():
        tf.constant(1.0)
    assert not graph.finalized
    graph.finalize()
    assert graph.finalized
    with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"), graph.as_default():
        pass


def test_what_it_lacks() -> None:
    graph = tf.Graph()
    with pytest.raises(tf.NotCoveredError, match=r"tf\.Graph\.get_operations is in TensorFlow") as caught:
        graph.get_operations()
    assert isinstance(caught.value, AttributeError)
    assert not hasattr(graph, "prevent_feeding")
    with pytest.raises(AttributeError, match="no attribute 'no_such'") as plain:
        _ = graph.no_such
    assert not isinstance(plain.value, tf.NotCoveredError)


def test_only_a_graph_that_is_traced_takes_a_seed() -> None:
    graph = tf.Graph()
    assert graph.seed is None
    with pytest.raises(tf.NotCoveredError, match=r"tf\.Graph\.seed"):
        graph.seed = 3
    with graph.as_default():
        tf.random.set_seed(4)
    assert graph.seed == 4 and tf.compat.v1.get_default_graph().seed is None


def test_ops_raise_where_a_graph_was_finalized() -> None:
    a = tf.constant(1.0)
    graph = tf.Graph()
    with graph.as_default():
        assert float(a + a) == 2.0
        graph.finalize()
        for op in (lambda: a + a, lambda: tf.nn.relu(a), lambda: tf.matmul([[1.0]], [[2.0]])):
            with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
                op()
        with tf.Graph().as_default():
            assert float(a + a) == 2.0
    assert float(a + a) == 2.0

    @tf.function
    def then_an_op(x):
        tf.compat.v1.get_default_graph().finalize()
        return x + 1.0

    @tf.function
    def then_a_result(x):
        y = x + 1.0
        tf.compat.v1.get_default_graph().finalize()
        return y

    for f in (then_an_op, then_a_result):
        with pytest.raises(RuntimeError, match="Graph is finalized and cannot be modified"):
            f(a)


def test_operations_while_a_function_is_traced() -> None:
    found = []

    @tf.function
    def f(x):
        graph = tf.compat.v1.get_default_graph()
        y = tf.nn.softmax(tf.constant([1.0, 2.0]) * tf.nn.relu(x))
        found.extend([(op.name, op.type) for op in graph.get_operations()])
        return y

    f(tf.constant([1.0, 2.0]))
    kinds = [
        ("x", "Placeholder"),
        ("Const", "Const"),
        ("Relu", "Relu"),
        ("mul", "Mul"),
        ("Softmax", "Softmax"),
    ]
    assert found == kinds


def test_what_belongs_to_another_graph_is_no_element() -> None:
    one, other = [
        tf.function(lambda x: tf.nn.relu(x)).get_concrete_function(tf.TensorSpec([2], tf.float32)).graph
        for _ in range(2)
    ]
    op = one.get_operations()[1]
    assert one.as_graph_element(op) is op and one.as_graph_element(op.outputs[0]) is op.outputs[0]
    for x in (op, op.outputs[0]):
        with pytest.raises(ValueError, match="is not an element of this graph"):
            other.as_graph_element(x)
    with pytest.raises(ValueError, match="can't both be False"):
        one.as_graph_element("x", False, False)
