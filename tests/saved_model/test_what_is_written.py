"""Which objects and functions of a model are written: lists that are named for it, arguments of any rank."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


class Scaled(tf.Module):
    def __init__(self) -> None:
        super().__init__()
        self.v = tf.Variable(3.0)

    @tf.function(input_signature=[tf.TensorSpec(None)])
    def __call__(self, x):
        return tf.nn.relu(x * self.v)


def test_a_function_of_any_rank_whose_ops_do_not_depend_on_it(tmp_path) -> None:
    tf.saved_model.save(Scaled(), tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    for x in (tf.constant(-2.0), tf.constant([1.0, 2.0]), tf.ones([2, 1, 1, 3, 1, 2])):
        found = loaded(x)
        assert found.shape == x.shape
        assert found.numpy().tolist() == tf.nn.relu(3.0 * x).numpy().tolist()
    assert loaded.signatures["serving_default"].structured_outputs["output_0"].shape.rank is None


def test_sizes_that_windows_leave_are_open_not_none(tmp_path) -> None:
    def twice(x):
        first = tf.nn.separable_conv2d(x, tf.ones([3, 3, 1, 1]), tf.ones([1, 1, 1, 2]), [1] * 4, "VALID")
        return tf.nn.depthwise_conv2d(first, tf.ones([3, 3, 2, 1]), [1] * 4, "VALID")

    module = tf.Module()
    module.f = tf.function(twice, input_signature=[tf.TensorSpec([None, None, None, 1])])
    tf.saved_model.save(module, tmp_path)
    x = tf.reshape(tf.range(49.0), [1, 7, 7, 1])
    np.testing.assert_allclose(tf.saved_model.load(tmp_path).f(x), twice(x))


def test_slices_of_one_open_size_are_stacked(tmp_path) -> None:
    module = tf.Module()
    specs = [tf.TensorSpec([None, 3]), tf.TensorSpec([], tf.int32)]
    module.f = tf.function(lambda x, n: tf.stack([x[:n], x[:n] * 2.0]), input_signature=specs)
    tf.saved_model.save(module, tmp_path)
    assert tf.saved_model.load(tmp_path).f(tf.ones([4, 3]), tf.constant(2)).shape == [2, 2, 3]


def test_a_concrete_function_on_an_attribute(tmp_path) -> None:
    """TensorFlow has loaded it, and called it so."""
    module = tf.Module()
    module.v = tf.Variable(2.0)
    function = tf.function(lambda x, n: {"scaled": x * module.v, "given": [n, x]})
    specs = tf.TensorSpec([None], name="x"), tf.TensorSpec([], tf.int32, name="n")
    module.scaled = function.get_concrete_function(*specs)
    for place in (tmp_path / "first", tmp_path / "again"):
        tf.saved_model.save(module, place)
        module = tf.saved_model.load(place)
        module.v.assign(3.0)
        found = module.scaled(tf.constant([1.0, 2.0]), tf.constant(4))
        assert found["scaled"].numpy().tolist() == [3.0, 6.0]
        assert found["given"][0].numpy() == 4
    single = tf.Module()
    single.double = tf.function(lambda x: x + x).get_concrete_function(tf.TensorSpec([]))
    tf.saved_model.save(single, tmp_path / "single")
    assert tf.saved_model.load(tmp_path / "single").double(tf.constant(2.0)).numpy() == 4.0


@pytest.mark.parametrize("function", [tf.transpose, tf.reduce_max])
def test_a_function_of_any_rank_whose_ops_depend_on_it_is_refused(function: Any, tmp_path) -> None:
    module = tf.Module()
    module.f = tf.function(lambda x: function(x), input_signature=[tf.TensorSpec(None)])
    with pytest.raises(
        tf.errors.UnimplementedError, match="unknown rank, and the ops of the function depend on"
    ):
        tf.saved_model.save(module, tmp_path)


def test_a_function_that_was_never_called(tmp_path) -> None:
    class Adder(tf.Module):
        @tf.function
        def double(self, x):
            return x + x

    tf.saved_model.save(Adder(), tmp_path)
    with pytest.raises(ValueError, match="Found zero restored functions for caller function"):
        tf.saved_model.load(tmp_path).double(1.0)


class Collected(tf.__internal__.tracking.AutoTrackable):
    """It names lists for a SavedModel alone, made anew each time, as Keras's layers do."""

    def __init__(self) -> None:
        self._parts = tf.Module()
        self.__dict__["parts"] = ({"b": tf.Variable(2.0)}, [tf.Variable(1.0)])

    def _trackable_children(self, save_type: str = "checkpoint", **kwargs: Any) -> dict[str, Any]:
        found = super()._trackable_children(save_type, **kwargs)
        if save_type == "savedmodel":
            by_name, listed = self.parts
            found.update(named=collections.OrderedDict(by_name), listed=list(listed))
        return found

    @tf.function(input_signature=[])
    def total(self):
        by_name, listed = self.parts
        return by_name["b"] + listed[0]

    @property
    def _default_save_signature(self) -> Any:
        raise TypeError("an attribute that fails")


def test_lists_and_dicts_that_are_named_for_a_saved_model_alone(tmp_path) -> None:
    tf.saved_model.save(Collected(), tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    assert loaded.total().numpy() == 3.0
    loaded.listed[0].assign(5.0)
    loaded.named["b"].assign(1.0)
    assert loaded.total().numpy() == 6.0


def test_the_graph_of_a_function_of_any_rank_is_not_that_of_a_scalar() -> None:
    graph = Scaled().__call__.get_concrete_function().graph
    with pytest.raises(tf.errors.UnimplementedError, match="unknown rank"):
        graph.get_operations()


def test_an_op_that_graphs_may_no_longer_have_is_refused(tmp_path):
    module = tf.Module()
    module.f = tf.function(tf.linalg.expm, input_signature=[tf.TensorSpec([2, 2])])
    with pytest.raises(tf.errors.UnimplementedError, match="the op MatrixExponential"):
        tf.saved_model.save(module, tmp_path)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: tf.abs(tf.signal.rfft(x, [16])),
        lambda x: tf.signal.irfft(tf.cast(x, tf.complex64), [20]),
        lambda x: tf.abs(tf.signal.rfft2d(tf.stack([x, x], 1), [3, 4])),
        tf.signal.dct,
        lambda x: tf.signal.idct(x, norm="ortho"),
    ],
)
def test_transforms_of_more_elements_than_there_are(function, tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: function(x), input_signature=[tf.TensorSpec([None, 8])])
    tf.saved_model.save(module, tmp_path)
    x = tf.reshape(tf.sin(tf.range(16.0)), [2, 8])
    np.testing.assert_allclose(tf.saved_model.load(tmp_path).f(x), function(x), rtol=1e-5, atol=1e-5)


def test_functions_in_lists_tuples_and_dicts_and_a_function_beside_a_concrete_one(tmp_path) -> None:
    module = tf.Module()
    module.v = tf.Variable(2.0)
    function = tf.function(lambda x: x * module.v, input_signature=[tf.TensorSpec([2])])
    module.function = function
    module.concrete = function.get_concrete_function()
    module.list = [function, module.concrete]
    module.tuple = (function,)
    module.dict = {"a": function, "b": tf.function(lambda x: x + 1.0, input_signature=[tf.TensorSpec([2])])}
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    x = tf.constant([1.0, 2.0])
    found = [loaded.function, loaded.concrete, *loaded.list, *loaded.tuple, loaded.dict["a"]]
    assert [f(x).numpy().tolist() for f in found] == [[2.0, 4.0]] * 6
    assert loaded.dict["b"](x).numpy().tolist() == [2.0, 3.0]
    loaded.v.assign(3.0)
    assert [f(x).numpy().tolist() for f in found] == [[3.0, 6.0]] * 6
