"""Dispatch: raw in, raw out; numbers take the tensor's dtype; wrong dtypes and failing kernels say so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import convert, registry
from tfcompat_tape.core.registry import OPS

add, mul, matmul = (OPS[name].call for name in ("AddV2", "Mul", "MatMul"))


def test_raw_tensors_meet_the_bare_kernel():
    x = torch.tensor([1.0, 2.0])
    assert type(mul(x, x)) is torch.Tensor
    assert type(mul(x, 2.0)) is torch.Tensor
    assert type(mul(2.0, x)) is torch.Tensor
    assert type(matmul(x[None], x[:, None])) is torch.Tensor


def test_a_raw_tensor_beside_a_tensor_is_converted(device):
    x = tf.constant([1.0, 2.0])
    assert isinstance(x * torch.tensor([3.0, 4.0]), tf.Tensor)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * torch.tensor([3.0, 4.0])
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), [3.0, 4.0])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_python_number_is_rounded_to_the_tensors_dtype(device, dtype):
    x = tf.constant(3.0, dtype)
    wanted = torch.tensor(3.0, dtype=x._t.dtype) * torch.tensor(0.1, dtype=x._t.dtype)
    for _ in range(2):  # the second time from memory
        assert (x * 0.1)._t.item() == wanted.item()
        assert (0.1 * x)._t.item() == wanted.item()


def test_the_sign_of_zero_is_kept(device):
    x = tf.constant(1.0)
    assert np.signbit((x * -0.0).numpy())
    assert not np.signbit((x * 0.0).numpy())


@pytest.mark.parametrize("number", [2.5, 1j, 2.0])
def test_a_number_that_an_integer_cannot_be_is_refused_even_after_its_equal(device, number):
    x = tf.constant(2)
    for good in (1, 2):
        _ = x * good
    with pytest.raises(TypeError, match="int32"):
        x * number
    with pytest.raises(TypeError, match="int32"):
        x * 2.0


def test_numbers_from_inside_a_transform_are_not_remembered():
    convert.constants.clear()
    torch.func.vmap(lambda x: (tf.Tensor(x, None) * 7.25)._t)(torch.ones(3))
    assert all(type(raw) is torch.Tensor for raw in convert.constants.values())
    assert (tf.constant(2.0) * 7.25).numpy() == 14.5


def test_unequal_dtypes_name_the_op_and_both_dtypes(device):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"AddV2.*float32.*float64"):
        add(tf.constant(1.0), tf.constant(1.0, tf.float64))


def test_unequal_shapes_name_the_op_and_both_shapes(device):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Mul.*float32\[2\].*float32\[3\]"):
        tf.constant([1.0, 2.0]) * tf.constant([1.0, 2.0, 3.0])


def test_an_op_cannot_be_registered_twice():
    with pytest.raises(KeyError, match="Mul"):
        registry.add(registry.Op("Mul", torch.mul, inputs=("x", "y")))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs two devices")
def test_operands_on_two_devices_meet():
    with tf.device("/CPU:0"):
        x = tf.constant([1.0, 2.0])
    with tf.device("/GPU:0"):
        y = tf.constant([3.0, 4.0])
    np.testing.assert_allclose((x * y).numpy(), [3.0, 8.0])


def test_ops_are_differentiable_where_tensorflows_are():
    facts = json.loads((Path(__file__).parents[1] / "data" / "tf_ops.json").read_text())
    facts = facts.get("ops", facts)
    integers = {"ArgMax", "ArgMin"}  # TensorFlow registers a gradient that is None
    ours = {name: op for name, op in OPS.items() if name in facts and name not in integers}
    ours = {name: op for name, op in ours.items() if facts[name]["in_scope"]}
    assert len(ours) > 100
    assert [name for name, op in ours.items() if facts[name]["differentiable"] and op.rule is None] == []
    assert [
        name for name, op in ours.items() if not facts[name]["differentiable"] and op.rule is not None
    ] == []


def test_what_a_rule_may_read_is_what_the_entry_keeps(device):
    x, y = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True):
        assert (x + y)._node.inputs == ()
        assert len((x * y)._node.inputs) == 2
        assert (x * 2.0)._node.inputs[0] is None
        assert (x * tf.constant([[1.0], [2.0]]))._node.shapes == (torch.Size([2]), torch.Size([2, 1]))
        assert (x * y)._node.shapes is None
