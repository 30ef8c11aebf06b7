"""TensorFlow's private modules: names that are public elsewhere, raw ops by position, and what `internals` has."""

from __future__ import annotations

import collections
import functools
import importlib
import logging
import unittest
from collections.abc import Iterator
from functools import reduce
from typing import Any, ClassVar

import pytest

import tfcompat_tape as tf
from tfcompat_tape.porting import private
from tfcompat_tape.porting.internals import deprecation, nest, test_util, tf_decorator, tf_inspect

Point = collections.namedtuple("Point", "x y")
TREE = {"b": [1, 2], "a": Point(3, 4)}


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    tf.install()
    yield
    tf.uninstall()


@pytest.mark.parametrize(
    ("module", "name", "public"),
    [
        ("ops.math_ops", "add", "tf.add"),
        ("ops.math_ops", "reduce_sum", "tf.reduce_sum"),
        ("ops.array_ops", "where_v2", "tf.where"),
        ("ops.array_ops", "identity", "tf.identity"),
        ("ops.nn_ops", "conv2d_v2", "tf.nn.conv2d"),
        ("ops.linalg_ops", "cholesky", "tf.linalg.cholesky"),
        ("ops.variables", "Variable", "tf.Variable"),
        ("framework.constant_op", "constant", "tf.constant"),
        ("framework.dtypes", "float32", "tf.float32"),
        ("framework.dtypes", "as_dtype", "tf.as_dtype"),
        ("framework.errors", "InvalidArgumentError", "tf.errors.InvalidArgumentError"),
        ("framework.errors_impl", "NotFoundError", "tf.errors.NotFoundError"),
        ("framework.tensor_shape", "TensorShape", "tf.TensorShape"),
        ("framework.tensor_util", "constant_value", "tf.get_static_value"),
        ("framework.ops", "RegisterGradient", "tf.RegisterGradient"),
        ("eager.backprop", "GradientTape", "tf.GradientTape"),
        ("eager.forwardprop", "ForwardAccumulator", "tf.autodiff.ForwardAccumulator"),
        ("eager.def_function", "function", "tf.function"),
        ("ops.gradient_checker_v2", "compute_gradient", "tf.test.compute_gradient"),
        ("ops.parallel_for.control_flow_ops", "vectorized_map", "tf.vectorized_map"),
        ("util.nest", "flatten", "tf.nest.flatten"),
        ("ops.custom_gradient", "custom_gradient", "tf.custom_gradient"),
    ],
)
def test_private_names_are_the_public_ones(module: str, name: str, public: str) -> None:
    found = importlib.import_module(f"tensorflow.python.{module}")
    assert getattr(found, name) is reduce(getattr, public.split(".")[1:], tf)
    assert name in dir(found)


@pytest.mark.parametrize("part", range(4))
def test_recorded_names_are_ours_or_say_what_they_are(part: int) -> None:
    """No private name fails in a way of its own, whatever is covered: some of each module."""
    answered = 0
    for number, short in enumerate(sorted(private._facts()["modules"])):
        module = private.module(f"tensorflow.python.{short}")
        names = sorted(private._public(short)) if number % 4 == part else []
        for name in names[:: 1 + len(names) // 5]:
            try:
                getattr(module, name)
                answered += 1
            except tf.NotCoveredError as error:
                assert str(error).startswith("tf."), (short, name)
    assert answered > 20


def test_submodules_and_raw_ops_by_position() -> None:
    from tensorflow.python.framework import dtypes, ops  # noqa: F401
    from tensorflow.python.ops import gen_array_ops, gen_math_ops, linalg

    assert gen_math_ops.mul(tf.constant(2.0), tf.constant(3.0)).numpy() == 6.0
    assert gen_array_ops.reshape([1, 2], [2, 1]).shape == (2, 1)
    assert linalg.linalg_impl.adjoint is tf.linalg.adjoint
    with pytest.raises(tf.NotCoveredError, match=r"tensorflow\.python\.ops\.gen_math_ops\.no_such"):
        _ = gen_math_ops.no_such
    with pytest.raises(ImportError, match="tensorflow"):
        importlib.import_module("tensorflow.python.client")


# What TensorFlow 2.21 answers.
ANSWERS = [
    (lambda: nest.flatten_up_to([1, 1], [[2, 3], 4]), [[2, 3], 4]),
    (lambda: nest.flatten_up_to((1, 1), [[2, 3], 4], check_types=False), [[2, 3], 4]),
    (lambda: nest.flatten_up_to(1, [2, 3]), [[2, 3]]),
    (lambda: nest.map_structure_up_to([1, 1], lambda *a: a, [[2, 3], 4], [5, 6]), [([2, 3], 5), (4, 6)]),
    (lambda: nest.map_structure_up_to(Point(1, 1), lambda a: a, Point([2], 3)), Point([2], 3)),
    (
        lambda: nest.flatten_with_tuple_paths(TREE),
        [(("a", "x"), 3), (("a", "y"), 4), (("b", 0), 1), (("b", 1), 2)],
    ),
    (lambda: nest.flatten_with_tuple_paths(5), [((), 5)]),
    (lambda: nest.flatten_with_joined_string_paths([1, [2]], separator="."), [("0", 1), ("1.0", 2)]),
    (
        lambda: nest.map_structure_with_paths(lambda p, *v: (p, v), TREE, TREE),
        {"b": [("b/0", (1, 1)), ("b/1", (2, 2))], "a": Point(("a/x", (3, 3)), ("a/y", (4, 4)))},
    ),
    (lambda: nest.map_structure_with_tuple_paths(lambda p, v: (p, v), [7]), [((0,), 7)]),
    (lambda: nest.flatten_with_tuple_paths_up_to([1, 1], [[2, 3], 4]), [((0,), [2, 3]), ((1,), 4)]),
    (lambda: list(nest.yield_flat_paths([1, {"k": 2}])), [(0,), (1, "k")]),
    (
        lambda: nest.get_traverse_shallow_structure(lambda s: not isinstance(s, list), TREE),
        {"b": False, "a": Point(True, True)},
    ),
    (lambda: nest.flatten_dict_items({(4, (6, 8)): ("a", ("c", "d"))}), {4: "a", 6: "c", 8: "d"}),
    (lambda: nest.list_to_tuple([1, [2, {"a": [3]}]]), (1, (2, {"a": (3,)}))),
    (lambda: nest.is_nested_or_composite(tf.IndexedSlices([1.0], [0])), True),
]
REFUSED = [
    (lambda: nest.flatten_up_to((1, 1), [[2, 3], 4]), TypeError, "don't have the same sequence type"),
    (lambda: nest.flatten_up_to([1, 1, 1], [[2, 3], 4]), ValueError, "same sequence length"),
    (lambda: nest.flatten_up_to({"a": 1, "c": 2}, {"a": [1], "b": 3}), ValueError, "keys are not a subset"),
    (lambda: nest.flatten_up_to([1], 2), TypeError, "input must also be a sequence"),
    (lambda: nest.map_structure_up_to([1], lambda a: a), ValueError, "Cannot map over no sequences"),
    (
        lambda: nest.get_traverse_shallow_structure(lambda s: [True, False], [[1, 2], [3]]),
        TypeError,
        "for non-structure: 1",
    ),
]


@pytest.mark.parametrize(("question", "answer"), ANSWERS)
def test_structures_with_paths_and_up_to_a_shallower_one(question: Any, answer: Any) -> None:
    assert question() == answer


@pytest.mark.parametrize(("question", "error", "text"), REFUSED)
def test_structures_that_do_not_fit(question: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        question()


def decorated() -> Any:
    def target(a, b=2, *, c=3):
        "doc"
        return a + b + c

    return tf_decorator.make_decorator(
        target, lambda *args, **kwargs: target(*args, **kwargs), "named"
    ), target


def test_decorators_know_what_they_decorate() -> None:
    made, target = decorated()
    (decorator,), inner = tf_decorator.unwrap(made)
    assert (made.__name__, made.__doc__, made(1)) == ("target", "doc", 6)
    assert inner is target and decorator.decorator_name == "named"
    other = lambda a: a  # noqa: E731
    assert tf_decorator.rewrap(made, target, other) is made
    assert tf_decorator.unwrap(made)[1] is other
    assert tf_inspect.getfullargspec(made).args == ["a"]


def test_inspecting_through_decorators() -> None:
    made, _ = decorated()
    assert tf_inspect.getfullargspec(made)[:4] == (["a", "b"], None, None, (2,))
    assert tf_inspect.getfullargspec(functools.partial(made, 1)).args == ["b"]
    assert tf_inspect.getcallargs(made, 1) == {"a": 1, "b": 2, "c": 3}
    assert tf_inspect.getargspec(made) == (["a", "b", "c"], None, None, (2, 3))
    assert str(tf_inspect.signature(made)) == "(a, b=2, *, c=3)"
    assert tf_inspect.getfullargspec(tf.function(lambda q, r=1: q))[:4] == (["q", "r"], None, None, (1,))
    assert tf_inspect.getfullargspec(Callable)[0] == ["self", "a"]
    assert tf_inspect.getfullargspec(Callable(1))[0] == ["self", "x"]


class Callable:
    def __init__(self, a: Any) -> None: ...

    def __call__(self, x: Any) -> None: ...


def test_deprecations_are_logged_once_and_name_the_line(caplog: pytest.LogCaptureFixture) -> None:
    @deprecation.deprecated("2020-01-01", "use other")
    def old(a):
        return a

    @deprecation.deprecated_args(None, "leave b out", "b")
    def half(a, b=None):
        return a

    with caplog.at_level(logging.WARNING, "tensorflow"):
        with deprecation.silence():
            assert old(1) == 1
        assert not caplog.records
        assert [old(1), old(2), half(1), half(1, b=2), half(1, 3)] == [1, 2, 1, 1, 1]
    first, second = [record.getMessage() for record in caplog.records]
    assert "test_private.py" in first and "old (from" in first and "after 2020-01-01" in first
    assert "with b is deprecated and will be removed in a future version" in second
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        deprecation.deprecated("x", "y")
    with pytest.raises(ValueError, match="both 'o' and 'n'"):
        deprecation.deprecated_argument_lookup("n", 2, "o", 3)


def test_decorators_of_tests() -> None:
    class Case(unittest.TestCase):
        ran: ClassVar[list[str]] = []

        @test_util.run_in_graph_and_eager_modes
        def a(self):
            self.ran.append("a")

        @test_util.run_v1_only("old")
        def b(self):
            self.ran.append("b")

        @test_util.deprecated_graph_mode_only
        def c(self):
            self.ran.append("c")

        @test_util.also_run_as_tf_function
        def d(self):
            self.ran.append("d")

        @test_util.disable_xla("reason")
        def e(self):
            self.ran.append("e")

        @test_util.run_in_graph_and_eager_modes(config=None)
        def f(self):
            self.ran.append("f")

    result = unittest.TestResult()
    for name in "abcdef":
        Case(name).run(result)
    assert Case.ran == ["a", "d", "d", "e", "f"]
    assert next(why for _, why in result.skipped) == "old" and len(result.skipped) == 2
    assert test_util.NHWCToNCHW([1, 2, 3, 4]) == [1, 4, 2, 3]
    assert test_util.NCHWToNHWC(tf.zeros([1, 4, 2, 3])).shape == (1, 2, 3, 4)


def test_loops_and_contexts() -> None:
    from tensorflow.python.eager import context
    from tensorflow.python.ops import gradient_checker_v2
    from tensorflow.python.ops.parallel_for import control_flow_ops

    assert control_flow_ops.pfor(lambda i: tf.cast(i, tf.float32) * 2.0, 3).numpy().tolist() == [
        0.0,
        2.0,
        4.0,
    ]
    assert context.context().executing_eagerly() and context.executing_eagerly()
    context.set_global_seed(3)
    assert context.global_seed() == 3
    context.set_global_seed(None)
    with pytest.raises(tf.errors.UnimplementedError, match="graphs are not built"):
        context.graph_mode()
    x = tf.constant([1.0, 2.0], tf.float64)
    assert gradient_checker_v2.max_error(*tf.test.compute_gradient(lambda x: x * x, [x])) < 1e-9


def test_a_tf_function_is_a_decorator_of_its_python_function():
    class Layer:
        @tf.function
        def call(self, x, training=None):
            return x

    (decorator,), target = tf_decorator.unwrap(Layer().call)
    assert decorator.decorator_name == "tf.function"
    assert tf_inspect.getfullargspec(target).args == ["self", "x", "training"]
    assert tf_inspect.getfullargspec(Layer().call).args == ["self", "x", "training"]


def test_no_variables_are_sharded():
    assert not isinstance(tf.Variable(1.0), tf.__internal__.distribute.ShardedVariable)
    with pytest.raises(tf.errors.UnimplementedError, match="parameter servers"):
        tf.__internal__.distribute.ShardedVariable([tf.Variable(1.0)])
