"""What is different in functions that are traced, here or in TensorFlow (docs/differences.md)."""

import numpy as np
import pytest

import tfcompat_tape as tf


def test_a_custom_gradient_in_a_function_sees_its_variable(device):
    v = tf.Variable([1.0, 2.0])
    seen = []

    @tf.custom_gradient
    def scaled(a):
        seen.append(isinstance(a, tf.Variable))
        return a * 3.0, lambda dy: dy * a

    @tf.function
    def step():
        y = scaled(v)
        v.assign([10.0, 20.0])
        return y

    with tf.GradientTape() as tape:
        y = step()
    assert seen == [True]
    assert tape.gradient(y, v).numpy().tolist() == [10.0, 20.0]


def test_a_graph_is_found_by_tracing_once_more(device):
    seen = []

    def body(x):
        seen.append(True)
        return tf.nn.relu(x) + 1.0

    concrete = tf.function(body).get_concrete_function(tf.TensorSpec([2], tf.float32))
    before = len(seen)
    assert len(concrete.graph.get_operations()) == len(concrete.graph.as_graph_def().node) == 5
    assert len(seen) == before + 1
    with pytest.raises(AttributeError, match="does not cover"):
        tf.Graph().get_operations()


def test_a_graph_holds_the_functions_that_its_function_calls(device):
    inner = tf.function(lambda x: tf.sin(x))
    graph = tf.function(lambda x: inner(x) + 1.0).get_concrete_function(tf.TensorSpec([], tf.float32)).graph
    assert [op.type for op in graph.get_operations()] == ["Placeholder", "Sin", "Const", "AddV2", "Identity"]


def test_nodes_of_gradients_and_of_what_is_composed_are_those_of_this_library(device):
    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.nn.gelu(x))
        return tape.gradient(y, x)

    graph = tf.function(f).get_concrete_function(tf.TensorSpec([2], tf.float32)).graph
    with pytest.raises(KeyError):
        graph.get_operation_by_name("gradient_tape/Tile")  # which TensorFlow's gradient of a sum has


def test_what_no_graph_says_has_none(device):
    def f(x):
        return tf.py_function(lambda v: v + 1.0, [x], tf.float32)

    concrete = tf.function(f).get_concrete_function(tf.TensorSpec([], tf.float32))
    with pytest.raises(tf.errors.UnimplementedError, match="no graph of operations"):
        concrete.graph.get_operations()


def test_a_call_that_fails_assigns_nothing(device):
    v = tf.Variable(1.0)

    @tf.function
    def f(x):
        v.assign(5.0)
        tf.debugging.assert_equal(x, 1.0)
        return x

    with pytest.raises(tf.errors.InvalidArgumentError, match="did not hold"):
        f(tf.constant(2.0))
    assert float(v) == 1.0
    f(tf.constant(1.0))
    assert float(v) == 5.0


def test_branches_that_give_other_shapes_are_traced_by_value(device):
    shapes = []

    @tf.function
    def f(x):
        if x > 0:
            r = tf.ones([2])
        else:
            r = tf.ones([3])
        shapes.append(r.shape.as_list())
        return r

    assert [len(f(tf.constant(x))) for x in (1, -1, 2)] == [2, 3, 2]
    assert shapes[-2:] == [[2], [3]]


def test_what_no_trace_can_hold_runs_at_each_call(device):
    ran = []

    queue = tf.queue.FIFOQueue(3, [tf.int32], shapes=[()])

    @tf.function
    def waiting(x):
        ran.append("call")
        queue.enqueue(x)
        return queue.size()

    assert [int(waiting(tf.constant(x))) for x in (7, 8, 9)] == [1, 2, 3]
    assert ran[-3:] == ["call"] * 3


def test_cond_of_a_python_bool_in_a_vectorized_map(device):
    x = tf.constant([1.0, 2.0])
    assert tf.vectorized_map(lambda a: tf.cond(True, lambda: a, lambda: -a), x).numpy().tolist() == [1.0, 2.0]


def test_a_loop_in_a_function_whose_shapes_are_those_of_values(device):
    kept = tf.function(
        lambda x: tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, tf.boolean_mask(a, a > 1.0)), [0, x])
    )
    assert kept(tf.constant([1.0, 2.0, 3.0]))[1].numpy().tolist() == [2.0, 3.0]


def test_gradients_of_tangents_through_functions(device):
    """Reverse over forward, where TensorFlow gives None or breaks inside; and with what a function captures."""
    x = tf.constant([2.0, 3.0])
    for cubed in (lambda x: tf.function(lambda a: a * a * a)(x), lambda x: tf.function(lambda: x * x * x)()):
        with tf.GradientTape() as tape:
            tape.watch(x)
            with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
                y = cubed(x)
            tangent = accumulator.jvp(y)
        assert tangent.numpy().tolist() == [12.0, 27.0]
        assert tape.gradient(tangent, x).numpy().tolist() == [12.0, 18.0]


def test_second_derivatives_through_recompute_grad_of_variables(device):
    v = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.recompute_grad(lambda a: a * a)(v)
        g = inner.gradient(y, v)
    assert outer.gradient(g, v).numpy() == 2.0


def test_a_tangent_of_what_is_scattered_is_a_tensor(device):
    x = tf.constant([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.constant([5.0, 7.0])) as accumulator:
        scattered = tf.scatter_nd([[2], [0]], x, [3])
        stitched = tf.dynamic_stitch([[1, 0]], [x])
    assert type(accumulator.jvp(scattered)) is tf.Tensor
    np.testing.assert_array_equal(accumulator.jvp(scattered).numpy(), [7.0, 0.0, 5.0])
    np.testing.assert_array_equal(accumulator.jvp(stitched).numpy(), [7.0, 5.0])


def test_cross_entropies_of_no_examples_and_no_classes(device):
    x = tf.zeros([0, 0])
    y = tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x)
    assert y.shape == (0,)


def test_a_variable_that_is_an_argument_and_used_besides(device):
    v, other = tf.Variable(1.0), tf.Variable(100.0)

    @tf.function
    def f(w, x):
        w.assign_add(x)
        a = v * 10.0
        v.assign_add(x)
        return a, w + 0.0

    answers = [[float(y) for y in f(w, tf.constant(x))] for w, x in ((v, 1.0), (other, 1.0), (v, 2.0))]
    assert answers == [[20.0, 3.0], [30.0, 101.0], [60.0, 8.0]]
    assert (float(v), float(other)) == (8.0, 101.0)


def test_a_tensor_array_that_a_function_returns(device):
    @tf.function
    def squares(n):
        array = tf.TensorArray(tf.float32, n)
        for i in tf.range(n):
            array = array.write(i, tf.cast(i, tf.float32) ** 2)
        return array

    assert squares(tf.constant(3)).stack().numpy().tolist() == [0.0, 1.0, 4.0]


def test_python_that_autograph_does_not_look_at(device):
    def squares(x):
        return [y * y for y in x]

    def unpacked(x):
        a, b = x
        return a + b

    def zipped(x):
        return [a * b for a, b in zip(x, x + 1.0, strict=True)]

    def ternaries(x):
        return x[0] if x[1] > 0.0 else (x[1] if x[0] > 0.0 else -x[1])

    def returns(x):
        if x[0] > 0.0 and not x[1] > 5.0:
            return x[0]
        elif x[0] > 0.0 or x[1] > 0.0:
            return x[1]
        return x[0] * x[1]

    def walrus(x):
        if (total := tf.reduce_sum(x)) > 0.0:
            return total
        return -total

    def enumerated(x):
        total = 0.0
        for i, y in enumerate(x):
            total += float(i + 1) * y
        return total

    def built_in(x):
        return sum(x), max(x[0], x[1]), all([x[0] > 0.0, x[1] > 0.0]), [k for k in range(2)]  # noqa: C416

    def found(x):
        for y in x:
            if y > 5.0:
                total = y
                break
        else:
            total = -x[0]
        return total

    def endless(x):
        total = x[0] * x[0]
        while True:
            total = total * 2.0 + 1.0
            if total > 20.0:
                break
        return total

    functions = (squares, unpacked, zipped, ternaries, returns, walrus, enumerated, built_in, found, endless)
    traced = [tf.function(f) for f in functions]
    for values in ([1.0, 2.0], [-1.0, 3.0], [2.0, 6.0], [-2.0, -3.0]):
        x = tf.constant(values)
        for f, g in zip(functions, traced, strict=True):
            want, found = tf.nest.flatten(f(x)), tf.nest.flatten(g(x))
            assert [float(y) for y in found] == [float(y) for y in want]


def test_code_and_options_of_autograph(device):
    def f(x):
        tf.autograph.experimental.set_loop_options(maximum_iterations=2)
        return -x if x > 0 else x

    assert "ag__.if_exp(x > 0, lambda: -x, lambda: x)" in tf.autograph.to_code(f)
    with pytest.raises(tf.errors.UnimplementedError, match="maximum_iterations"):
        tf.function(f)(tf.constant(1))


def test_a_gather_of_one_place_twice_in_a_function_has_the_whole_gradient(device):
    def f(x):
        array = tf.TensorArray(tf.float32, 3, clear_after_read=False).unstack(x)
        return tf.reduce_sum(array.gather([0, 0, 1]) * tf.constant([1.0, 2.0, 4.0]))

    x = tf.constant([1.0, 2.0, 3.0])
    for one in (f, tf.function(f)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = one(x)
        assert tape.gradient(y, x).numpy().tolist() == [3.0, 4.0, 0.0]  # TensorFlow's function: [2, 4, 0]


def test_sizes_and_axes_that_are_values_are_checked(device):
    """TensorFlow leaves out what is not used, and sums over no axis where there is none of that number."""

    @tf.function
    def unused(x, n):
        tf.reshape(x, [n])
        return tf.size(x)

    x = tf.constant([1.0, 2.0])
    assert int(unused(x, tf.constant(2))) == 2
    with pytest.raises(tf.errors.InvalidArgumentError, match="requested shape has 3"):
        unused(x, tf.constant(3))
    total = tf.function(lambda x, axis: tf.reduce_sum(x, axis))
    assert float(total(x, tf.constant(0))) == 3.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="Invalid reduction dimension"):
        total(x, tf.constant(3))


def test_what_set_shape_says_is_held_against_each_call(device):
    @tf.function(input_signature=[tf.TensorSpec([None, None])])
    def rows(x):
        x.set_shape([None, 2])
        return tf.reduce_sum(x, 0)

    assert rows(tf.ones([3, 2])).numpy().tolist() == [3.0, 3.0]
    with pytest.raises(ValueError, match="not compatible"):
        rows(tf.ones([3, 4]))


def test_a_py_function_keeps_to_the_shape_that_its_spec_says(device):
    @tf.function
    def f(x):
        return tf.py_function(lambda x: tf.concat([x, x], 0), [x], tf.TensorSpec([3], tf.float32))

    with pytest.raises(tf.errors.InvalidArgumentError, match=r"shape \[4\], but its TensorSpec says \[3\]"):
        f(tf.constant([1.0, 2.0]))


def test_what_branches_assign_to_nonlocal_names_is_kept(device):
    @tf.function
    def f(x):
        total = tf.constant(1)

        def add(v):
            nonlocal total
            if v > 0:
                total = total + v
            else:
                total = total - 100

        add(x)
        add(x * 2)
        return total

    assert [int(f(tf.constant(x))) for x in (1, -1)] == [4, -199]  # TensorFlow: [1, 1]


def test_the_classes_of_tensors_and_variables(device):
    kinds = []

    @tf.function
    def f(x):
        kinds.append(type(x).__name__)
        return x + 1.0

    f(tf.constant(1.0))
    f(tf.Variable(1.0))
    assert kinds == ["Tensor", "Variable"] and type(tf.constant(1.0)) is tf.Tensor


def test_a_method_with_a_signature_called_by_its_class(device):
    class Kit:
        k = 3.0

        @tf.function(input_signature=[tf.TensorSpec([None])])
        def by(self, x):
            return x * self.k

    kit = Kit()
    assert kit.by([1.0]).numpy().tolist() == [3.0]
    with pytest.raises(TypeError, match="not in the input signature"):
        Kit.by(kit, [1.0])


def test_tapes_from_outside_of_a_function(device):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x

    ask = tf.function(lambda: tape.gradient(y, x))
    assert ask().numpy().tolist() == [2.0, 4.0]
    with pytest.raises(RuntimeError, match="one set of gradients"):  # TensorFlow: [2, 4] again, of its trace
        ask()

    with tf.GradientTape() as tape:
        tape.watch(x)

        @tf.function
        def anew(z):
            tape.reset()
            return z * z

        with pytest.raises(tf.errors.UnimplementedError, match="reset it there"):
            anew(x)

    @tf.function
    def initial(z):
        with tf.init_scope():
            v = tf.Variable(3.0)
            with tf.GradientTape() as tape:
                y = v * v
        return tape.gradient(y, v) * z

    assert initial(x).numpy().tolist() == [6.0, 12.0]  # TensorFlow: None, for it takes the Variable anew


def test_an_element_that_next_takes_has_known_sizes_where_code_is_compiled(device):
    seen = []

    @tf.function(jit_compile=True)  # which TensorFlow refuses
    def step(iterator):
        x = next(iterator)
        seen.append(x.shape.as_list())
        return tf.shape(x)

    for _ in range(2):
        iterator = iter(tf.data.Dataset.range(5).batch(3))
        assert [step(iterator).numpy().tolist() for _ in range(2)] == [[3], [2]]
    assert seen == [[3], [2]]


def test_gradients_in_a_branch_by_a_variable_that_was_read_before(device):
    w, s = tf.Variable(2.0), tf.Variable(3.0)

    @tf.function
    def f(x, k):
        y = x * w
        total = tf.zeros([])
        if k > 0:
            for _ in tf.range(k):
                y = y * s
            found = tf.gradients(y, [x, w, s])  # TensorFlow has None for w
            total = found[0] * 100.0 + found[1] * 10.0 + found[2]
        return total

    assert float(f(tf.constant(1.0), tf.constant(1))) == 600.0 + 30.0 + 2.0
