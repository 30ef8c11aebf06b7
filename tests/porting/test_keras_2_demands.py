"""What Keras 2 takes from `tf.__internal__` and from namespaces of version 1: what TensorFlow 2.21 answers."""

from __future__ import annotations

import collections

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import devices
from tfcompat_tape.core.kinds import acts_as_variable
from tfcompat_tape.porting.internals import tf_export

INTERNAL = tf.__internal__
Pair = collections.namedtuple("Pair", "a b")


def test_sequence_like() -> None:
    like = INTERNAL.nest.sequence_like
    assert like((1, 2), [3, 4]) == (3, 4)
    assert like([1, 2], [3, 4]) == [3, 4]
    assert [*like({"b": 1, "a": 2}, [3, 4]).items()] == [("b", 4), ("a", 3)]
    assert like(Pair(1, 2), [3, 4]) == Pair(3, 4)


def test_broadcast_weights() -> None:
    values = tf.ones([2, 3])
    broadcast = INTERNAL.ops.broadcast_weights
    assert broadcast(2.0, values).numpy().tolist() == [[2.0] * 3] * 2
    assert broadcast([[1.0], [2.0]], values).numpy().tolist() == [[1.0] * 3, [2.0] * 3]
    loss = tf.compat.v1.losses.compute_weighted_loss
    for wrong, why in (
        ([1.0, 2.0, 3.0], r"values\.rank=2\. weights\.rank=1"),
        ([[1.0, 2.0]], "Mismatch at dim 1"),
    ):
        for call in (lambda: broadcast(wrong, values), lambda: loss(values, wrong)):  # noqa: B023
            with pytest.raises(ValueError, match=rf"weights can not be broadcast to values\. {why}"):
                call()


def test_small_ones() -> None:
    assert INTERNAL.ops.is_resource_variable(tf.Variable(1.0))
    assert not INTERNAL.ops.is_resource_variable(tf.constant(1.0))

    class Acting:
        _should_act_as_resource_variable = False  # that it is there is what counts

    assert INTERNAL.ops.is_resource_variable(Acting())
    assert acts_as_variable(Acting()) and not acts_as_variable(tf.constant(1.0))
    assert isinstance(tf.function(abs), INTERNAL.function.Function)
    assert INTERNAL.autograph.tf_convert(abs, INTERNAL.autograph.control_status_ctx())(-1) == 1
    assert not INTERNAL.train.is_mixed_precision_graph_rewrite_enabled()
    strategy = tf.distribute.get_strategy()
    assert not strategy._should_use_with_coordinator
    value = tf.compat.v1.ragged.RaggedTensorValue(np.array([1, 2, 3]), np.array([0, 2, 3]))
    assert value.to_list() == [[1, 2], [3]]
    variable = tf.compat.v1.Variable(1.0, experimental_enable_variable_lifting=False)
    assert variable.numpy() == 1.0
    for refused in (
        lambda: tf.experimental.dtensor.DTensorDataset(None),
        lambda: tf.experimental.dtensor.DVariable(1.0),
        lambda: tf.distribute.coordinator.ClusterCoordinator(strategy),
        lambda: tf.distribute.experimental.CentralStorageStrategy(),
        lambda: tf.distribute.coordinator.RemoteValue(),
        lambda: tf.distribute.experimental.coordinator.PerWorkerValues([1]),
    ):
        with pytest.raises(tf.errors.UnimplementedError):
            refused()


def test_the_branch_of_the_device_runs() -> None:
    execute = INTERNAL.execute_fn_for_device
    branches = {"cpu": lambda: tf.constant(1), "GPU": lambda: tf.constant(2)}

    def run() -> tf.Tensor:
        return execute(branches, lambda: tf.constant(3))

    with tf.device("/CPU:0"):
        assert run().numpy() == 1
        assert execute({"GPU": lambda: 2}, lambda: 3) == 3
        assert tf.function(run)().numpy() == 1
        assert tf.function(run, jit_compile=True)().numpy() == 3
        loop = tf.function(lambda: tf.while_loop(lambda i: i < 1, lambda i: run(), [0]), jit_compile=True)
        assert loop()[0].numpy() == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices.blocks, "device", torch.device("cuda", 0))
        assert execute({"CPU": lambda: 1, "GPU": lambda: 2}, lambda: 3) == 2
    with pytest.raises(ValueError, match="at least one item"):
        execute({}, lambda: 3)
    with pytest.raises(TypeError, match="'CPU' must be callable"):
        execute({"CPU": 5}, lambda: 3)


def test_specs_of_symbolic_values_have_open_sizes() -> None:
    with INTERNAL.FuncGraph("scratch").as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 3])
        wanted = tf.TensorSpec([None, 3], tf.float32)
        assert tf.type_spec_from_value(x) == wanted
        assert tf.TensorSpec.from_tensor(x) == wanted
    assert repr(wanted) == "TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)"


def test_a_function_that_is_traced_has_operations_to_wait_for() -> None:
    count = tf.Variable(0.0)
    seen = []

    @tf.function
    def update(x: tf.Tensor) -> tf.Tensor:
        count.assign_add(x)
        last = tf.compat.v1.get_default_graph().get_operations()[-1]
        seen.append(callable(last))
        with pytest.raises(tf.NotCoveredError, match=r"tf\.Operation\.inputs"):
            _ = last.inputs
        with tf.control_dependencies([last]):
            return tf.identity(count)

    assert update(tf.constant(2.0)).numpy() == 2.0
    assert seen == [False]
    with INTERNAL.distribute.variable_sync_on_read_context(), INTERNAL.load_context(None):
        pass


def test_symbols_are_found_by_the_names_that_decorators_gave_them() -> None:
    @tf_export.keras_export("keras.layers.Mine")
    class Mine:
        pass

    assert tf_export.get_symbol_from_name("keras.layers.Mine") is Mine
    assert tf_export.get_symbol_from_name("keras.layers.Nobodys") is None
    assert tf_export.get_symbol_from_name("math.log") is tf.math.log
