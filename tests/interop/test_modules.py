"""torch modules on Tensors, and Variables that share their values with Parameters."""

import copy
import gc
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import tfcompat_tape as tf

X = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.GELU(), nn.Dropout(0.3), nn.Linear(5, 2))


def test_first_and_second_derivatives_are_torchs() -> None:
    module, other = network(), network()
    model = tf.interop.from_module(module)
    x = tf.Variable(X)
    sources = [x, *model.trainable_variables]
    torch.manual_seed(5)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(x)))
        grads = tape.gradient(loss, sources)
        norm = tf.add_n([tf.reduce_sum(tf.square(g)) for g in grads])
    second = outer.gradient(norm, sources)

    raw = torch.tensor(X, requires_grad=True)
    inputs = [raw, *other.parameters()]
    torch.manual_seed(5)
    expected = torch.autograd.grad(other(raw).square().sum(), inputs, create_graph=True)
    for mine, theirs in zip(grads, expected, strict=True):
        np.testing.assert_allclose(mine, theirs.detach(), rtol=1e-4, atol=1e-5)
    expected = torch.autograd.grad(sum(g.square().sum() for g in expected), inputs, allow_unused=True)
    for mine, theirs in zip(second, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3, atol=1e-3)
    # The statistics moved once, although the derivatives were taken twice.
    assert int(module[1].num_batches_tracked) == 1
    assert torch.equal(module[1].running_mean, other[1].running_mean)


def test_forward_mode_leaves_the_buffers_alone() -> None:
    module, other = network(), network()
    model = tf.interop.from_module(module)
    torch.manual_seed(5)
    x = tf.constant(X)
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as accumulator:
        y = model(x)
    torch.manual_seed(5)
    value, expected = torch.autograd.functional.jvp(other, torch.tensor(X), torch.ones(X.shape))
    np.testing.assert_allclose(y, value, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(accumulator.jvp(y), expected, rtol=1e-4, atol=1e-5)
    assert int(module[1].num_batches_tracked) == 1


def test_train_and_eval() -> None:
    module = network()
    model = tf.interop.from_module(module)
    module.eval()
    with tf.GradientTape():
        y = model(tf.constant(X))
    np.testing.assert_allclose(y, module(torch.tensor(X)).detach(), rtol=1e-6)
    assert int(module[1].num_batches_tracked) == 0


def test_values_are_shared_both_ways() -> None:
    layer = nn.Linear(2, 1)
    model = tf.interop.from_module(layer)
    weight, bias = model.trainable_variables
    assert [v.name for v in model.variables] == ["weight:0", "bias:0"]
    weight.assign([[1.0, 2.0]])
    bias.assign_add([1.0])
    assert layer.weight.tolist() == [[1.0, 2.0]]
    layer.weight.data.mul_(10.0)
    np.testing.assert_array_equal(weight, [[10, 20]])
    with torch.no_grad():
        layer.weight.add_(1.0)
    np.testing.assert_array_equal(weight, [[11, 21]])
    assert tf.interop.as_variable(layer.weight) is weight
    assert tf.interop.as_parameter(weight) is layer.weight


def test_freezing_a_parameter() -> None:
    layer = nn.Linear(2, 1)
    model = tf.interop.from_module(layer)
    layer.weight.requires_grad_(False)
    assert [v.name for v in model.trainable_variables] == ["bias:0"]
    with tf.GradientTape() as tape:
        y = model(tf.ones((1, 2)))
    assert [None if g is None else g.shape for g in tape.gradient(y, model.variables)] == [None, (1,)]


def test_what_was_read_is_a_snapshot() -> None:
    parameter = nn.Parameter(torch.tensor([3.0]))
    v = tf.interop.as_variable(parameter)
    with tf.GradientTape() as tape:
        y = v * v
        value = v.read_value()
    parameter.data.fill_(100.0)
    assert float(value[0]) == 3.0
    assert float(tape.gradient(y, v)[0]) == 6.0


def test_a_tensor_that_was_read_before_sharing_stays() -> None:
    v = tf.Variable([1.0])
    value = v.read_value()
    tf.interop.as_parameter(v).data.fill_(5.0)
    assert (float(value[0]), float(v[0])) == (1.0, 5.0)


def test_a_step_before_the_gradient_is_noticed() -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    model = tf.interop.from_module(module)
    with tf.GradientTape() as tape:
        y = model(tf.constant(X))
    with torch.no_grad():
        module[2].weight.add_(1.0)
    with pytest.raises(RuntimeError, match="Sequential needs a tensor that torch has changed in place"):
        tape.gradient(y, model.trainable_variables)


def test_a_module_as_part_of_a_tf_module() -> None:
    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(2.0, name="scale")
            self.torch_part = tf.interop.from_module(nn.Linear(3, 1))

        def __call__(self, x: Any) -> Any:
            return self.scale * self.torch_part(x)

    model = Model()
    assert len(model.trainable_variables) == 3
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(tf.constant(X)))
    assert all(g is not None for g in tape.gradient(y, model.trainable_variables))


def test_structures_and_keywords() -> None:
    class Pair(nn.Module):
        def forward(self, pair: Any, *, scale: float, mask: Any = None) -> Any:
            a, b = pair
            return {"product": a * b * scale, "masked": a.masked_fill(mask, 0.0), "note": "ok"}

    model = tf.interop.from_module(Pair())
    a, b = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        result = model((a, b), scale=2.0, mask=tf.constant([True, False]))
        loss = tf.reduce_sum(result["product"]) + tf.reduce_sum(result["masked"])
    assert result["note"] == "ok"
    np.testing.assert_array_equal(tape.gradient(loss, a), [6, 9])


def test_a_recurrent_network_and_a_jacobian() -> None:
    torch.manual_seed(0)
    module = nn.GRU(3, 4, batch_first=True)
    model = tf.interop.from_module(module)
    x = tf.constant(X[None])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, _ = model(x)
        last = y[0, -1]
    expected = torch.autograd.functional.jacobian(lambda z: module(z)[0][0, -1], torch.tensor(X[None]))
    np.testing.assert_allclose(tape.jacobian(last, x), expected, rtol=1e-4, atol=1e-6)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(x)[0]))
    expected = torch.autograd.grad(module(torch.tensor(X[None]))[0].square().sum(), list(module.parameters()))
    for mine, theirs in zip(tape.gradient(loss, model.trainable_variables), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def test_modules_made_of_functions_take_tensors_as_they_are() -> None:
    module = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    variables = [tf.interop.as_variable(p) for p in module.parameters()]
    with tf.GradientTape() as tape:
        y = module(tf.constant(X))
    assert isinstance(y, tf.Tensor)
    grads = tape.gradient(y, variables)
    expected = torch.autograd.grad(module(torch.tensor(X)).sum(), list(module.parameters()))
    for mine, theirs in zip(grads, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_copies_and_lifetime() -> None:
    v = tf.interop.as_variable(nn.Parameter(torch.tensor([1.0])))
    twin = copy.deepcopy(v)
    twin.assign([2.0])
    assert (float(v[0]), float(twin[0])) == (1.0, 2.0)
    module = nn.Linear(3, 2)
    assert copy.deepcopy(module).weight is not module.weight
    gc.disable()
    try:
        model = tf.interop.from_module(module)
        with tf.GradientTape() as tape:
            y = model(tf.constant(X))
        tape.gradient(y, model.trainable_variables)
        call = weakref.ref(y._node)
        del y, tape
        assert call() is None
    finally:
        gc.enable()


def test_errors() -> None:
    with pytest.raises(TypeError, match=r"nn\.Module"):
        tf.interop.from_module(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="lazy"):
        tf.interop.from_module(nn.LazyLinear(2))
    with pytest.raises(TypeError, match="leaf"):
        tf.interop.as_variable(torch.ones(1, requires_grad=True) * 2)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Variable of numbers"):
        tf.interop.as_parameter(tf.Variable("text"))
