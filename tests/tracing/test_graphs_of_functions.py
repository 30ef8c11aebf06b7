"""Graphs of functions that are found where the function itself is not traced before it is called."""

import tfcompat_tape as tf


def test_a_graph_of_open_sizes_with_branches_and_loops():
    kernel = tf.ones([3, 3, 1, 2])

    def f(x):
        y = tf.nn.relu(tf.nn.conv2d(x, kernel, 2, "SAME"))
        y = tf.reshape(y, [tf.shape(y)[0], -1])
        y = y * 2.0 if tf.reduce_sum(y) > 0.0 else y - 1.0
        for _ in tf.range(3):
            y = tf.tanh(y)
        return y

    graph = tf.function(f).get_concrete_function(tf.TensorSpec([None, 4, 4, 1], tf.float32)).graph
    types = [op.type for op in graph.get_operations()]
    assert [types.count(kind) for kind in ("Conv2D", "Reshape", "StatelessIf", "StatelessWhile")] == [
        1,
        1,
        1,
        1,
    ]
    assert graph.get_tensor_by_name("Conv2D:0").shape.as_list() == [None, 2, 2, 2]
    assert graph.outputs[0] is graph.get_tensor_by_name("Identity:0")
