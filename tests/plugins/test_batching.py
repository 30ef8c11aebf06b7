"""Kernels without a batching rule of torch's, under `torch.func.vmap`, and in Jacobians."""

from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.plugins import OpDefinition, ops


def by_numpy(x: Any, y: Any, power: float = 2.0) -> Any:
    """A kernel that leaves torch: `torch.func.vmap` has no rule for that."""
    return torch.from_numpy(np.asarray(x.numpy() ** power + y.numpy()))


def rule(in_dims: Any, x: Any, y: Any, power: float = 2.0) -> Any:
    (size,) = {raw.shape[d] for raw, d in zip((x, y), in_dims, strict=True) if d is not None}
    raws = [raw if d is None else raw.movedim(d, 0) for raw, d in zip((x, y), in_dims, strict=True)]
    width = max(raw.ndim + (d is None) for raw, d in zip((x, y), in_dims, strict=True))
    x, y = [
        raw if d is None else raw.reshape(size, *[1] * (width - raw.ndim), *raw.shape[1:])
        for raw, d in zip(raws, in_dims, strict=True)
    ]
    calls.append(size)
    return by_numpy(x, y, power), 0


calls: list[int] = []


def numpy_op(batching: Any) -> OpDefinition:
    return OpDefinition(
        "TestNumpy",
        by_numpy,
        "x y",
        lambda op, dy: (op.get_attr("power") * op.inputs[0] ** (op.get_attr("power") - 1.0) * dy, dy),
        attrs={"power": 2.0},
        batching=batching,
    )


@pytest.mark.parametrize("batching", ["loop", rule], ids=["loop", "rule"])
def test_over_every_combination_of_batched_inputs(batching: Any, bring: Any) -> None:
    x, y = torch.arange(6.0).reshape(2, 3), torch.tensor([10.0, 20.0, 30.0])
    with tf.plugins.load(bring(numpy_op(batching))):
        call = ops.TestNumpy
        for dims in ((0, None), (1, 0), (None, 0), (1, None)):
            args = (x if dims[0] is not None else x[0], y if dims[1] is not None else torch.tensor(1.0))
            wanted = torch.func.vmap(lambda x, y: x**3.0 + y, in_dims=dims)(*args)
            found = torch.func.vmap(lambda x, y: call(x, y, power=3.0), in_dims=dims)(*args)
            torch.testing.assert_close(found, wanted)
        nested = torch.func.vmap(lambda a: torch.func.vmap(lambda b: call(a, b))(y))(x[0])
        torch.testing.assert_close(nested, x[0][:, None] ** 2 + y)
    if batching is rule:
        assert calls


@pytest.mark.parametrize("batching", ["loop", rule], ids=["loop", "rule"])
def test_in_vectorized_maps_and_hessians(batching: Any, bring: Any) -> None:
    with tf.plugins.load(bring(numpy_op(batching))):
        x = tf.constant([1.0, 2.0, 3.0])
        found = tf.vectorized_map(lambda v: ops.TestNumpy(v, 1.0), x)
        np.testing.assert_allclose(found, [2.0, 5.0, 10.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.vectorized_map(lambda v: ops.TestNumpy(v, 1.0), x)
        np.testing.assert_allclose(tape.gradient(y, x), [2.0, 4.0, 6.0])


def test_several_outputs(bring: Any) -> None:
    pair = OpDefinition(
        "TestPair", lambda x: (torch.from_numpy(x.numpy() + 1.0), torch.from_numpy(x.numpy() * 2.0)), "x",
        lambda op, a, b: a + 2.0 * b, outputs="more twice", batching="loop",
    )  # fmt: skip
    with tf.plugins.load(bring(pair)):
        more, twice = torch.func.vmap(ops.TestPair)(torch.ones(4, 2))
        assert more.shape == twice.shape == (4, 2) and more[0, 0] == twice[0, 0] == 2.0


def test_no_examples_at_all(bring: Any) -> None:
    with tf.plugins.load(bring(numpy_op("loop"))):
        assert torch.func.vmap(ops.TestNumpy)(torch.ones(0, 2), torch.ones(0, 2)).shape == (0, 2)


def test_without_a_rule_torch_says_so(bring: Any) -> None:
    with tf.plugins.load(bring(numpy_op(None))), pytest.raises(RuntimeError):
        torch.func.vmap(ops.TestNumpy)(torch.ones(2), torch.ones(2))


def test_a_gradient_op_with_a_rule_makes_jacobians(bring: Any) -> None:
    """A rule that needs a kernel of its own brings it as an op, whose batching rule serves the vectorized walk."""
    slope = OpDefinition(
        "TestSlope", lambda dy, x: torch.from_numpy(np.asarray(dy.numpy() * np.cos(x.numpy()))), "dy x",
        lambda op, d: [d * tf.cos(op.inputs[1]), -d * op.inputs[0] * tf.sin(op.inputs[1])], batching="loop",
    )  # fmt: skip
    sine = OpDefinition(
        "TestSine", lambda x: torch.from_numpy(np.sin(x.numpy())), "x",
        lambda op, dy: ops.TestSlope(dy, op.inputs[0]), batching="loop",
    )  # fmt: skip
    x = tf.constant([0.5, 1.0])
    with tf.plugins.load(bring(slope, sine)):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = ops.TestSine(x)
        np.testing.assert_allclose(tape.jacobian(y, x), np.diag(np.cos([0.5, 1.0])), rtol=1e-6)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = ops.TestSine(x)
            g = tape.gradient(y, x)
        np.testing.assert_allclose(outer.jacobian(g, x), np.diag(-np.sin([0.5, 1.0])), rtol=1e-6)
