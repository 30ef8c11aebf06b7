"""torch's optimizers on Variables."""

from typing import Any

import numpy as np
import pytest
import torch

import tfcompat_tape as tf

OPTIMIZERS = {
    "SGD": (torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "Adam": (torch.optim.Adam, {"lr": 0.1}),
    "AdamW": (torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.1}),
    "RMSprop": (torch.optim.RMSprop, {"lr": 0.01}),
}


def loss_of(v: Any, w: Any) -> Any:
    return tf.reduce_sum(tf.square(v) * [1.0, 2.0]) + tf.reduce_sum(tf.square(w - 1.0))


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_torchs(name: str, shared: bool) -> None:
    kind, options = OPTIMIZERS[name]
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([[3.0]])
    if shared:
        tf.interop.as_parameter(v)
    optimizer = tf.interop.TorchOptimizer(kind, [v, w], **options)
    p, q = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([[3.0]], requires_grad=True)
    theirs = kind([p, q], **options)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = loss_of(v, w)
        optimizer.apply_gradients(zip(tape.gradient(loss, [w, v]), [w, v], strict=True))
        theirs.zero_grad()
        ((p.square() * torch.tensor([1.0, 2.0])).sum() + (q - 1).square().sum()).backward()
        theirs.step()
    np.testing.assert_allclose(v, p.detach(), rtol=1e-6)
    np.testing.assert_allclose(w, q.detach(), rtol=1e-6)


def test_a_step_leaves_what_was_read() -> None:
    v = tf.Variable([1.0])
    optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, [v], lr=0.5)
    with tf.GradientTape(persistent=True) as tape:
        value = v.read_value()
        y = v * v
    for _ in range(2):
        optimizer.step([tape.gradient(y, v)])
        assert float(tape.gradient(y, v)[0]) == 2.0
    assert (float(value[0]), float(v[0])) == (1.0, -1.0)


def test_assignments_between_steps_count() -> None:
    v = tf.Variable([1.0])
    optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, [v], lr=1.0)
    optimizer.step([tf.constant([0.25])])
    v.assign([10.0])
    optimizer.step([tf.constant([1.0])])
    assert float(v[0]) == 9.0


@pytest.mark.parametrize(
    ("kind", "sparse"),
    [
        (torch.optim.SGD, None),
        (torch.optim.SGD, True),
        (torch.optim.Adagrad, True),
        (torch.optim.SparseAdam, None),
    ],
)
def test_gradients_of_lookups(kind: Any, sparse: Any) -> None:
    table = tf.Variable(np.ones((4, 2), np.float32))
    optimizer = tf.interop.TorchOptimizer(kind, [table], lr=0.1, sparse=sparse)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.gather(table, [1, 1, 3]))
    grad = tape.gradient(loss, table)
    assert isinstance(grad, tf.IndexedSlices)
    optimizer.step([grad])
    parameter = torch.ones(4, 2, requires_grad=True)
    other = kind([parameter], lr=0.1)
    torch.nn.functional.embedding(
        torch.tensor([1, 1, 3]), parameter, sparse=kind is torch.optim.SparseAdam
    ).sum().backward()
    other.step()
    np.testing.assert_allclose(table, parameter.detach(), rtol=1e-6)


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adagrad, torch.optim.SparseAdam])
def test_rows_that_a_variable_does_not_have(kind: Any) -> None:
    v = tf.Variable(tf.zeros([3, 2]))
    optimizer = tf.interop.TorchOptimizer(kind, [v], lr=1.0, sparse=True)
    for rows, words in [
        ([0, 7], r"indices\[1\] = 7 is not in \[0, 3\)"),
        ([-1], r"indices\[0\] = -1 is not in"),
    ]:
        slices = tf.IndexedSlices(tf.ones([len(rows), 2]), tf.constant(rows), tf.constant([3, 2]))
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            optimizer.apply_gradients([(slices, v)])
        np.testing.assert_array_equal(v.numpy(), np.zeros((3, 2)))
    optimizer.apply_gradients([(tf.IndexedSlices(tf.ones([1, 2]), tf.constant([2]), tf.constant([3, 2])), v)])
    assert (v.numpy() != 0).tolist() == [[False] * 2, [False] * 2, [True] * 2]


def test_none_leaves_a_variable_and_gradients_are_not_kept() -> None:
    v, w = tf.Variable([1.0]), tf.Variable([1.0])
    parameter = tf.interop.as_parameter(w)
    parameter.grad = torch.tensor([7.0])
    optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, [v, w], lr=1.0, weight_decay=0.5)
    g = tf.constant([1.0])
    optimizer.apply_gradients([(None, v), (g, w)])
    assert (float(v[0]), float(w[0]), float(g[0])) == (1.0, -0.5, 1.0)
    assert parameter.grad.tolist() == [7.0]


def test_lbfgs_asks_more_than_once() -> None:
    v = tf.Variable([3.0, -4.0])
    optimizer = tf.interop.TorchOptimizer(torch.optim.LBFGS, [v], lr=1.0, max_iter=20)
    first = optimizer.minimize(lambda: tf.reduce_sum((v - [1.0, 2.0]) ** 2))
    assert float(first) == 40.0
    np.testing.assert_allclose(v, [1.0, 2.0], atol=1e-4)


def test_groups_schedules_and_state() -> None:
    v, w = tf.Variable([1.0]), tf.Variable([1.0])
    groups = [{"params": [v]}, {"params": [w], "lr": 0.5}]
    optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, groups, lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer.optimizer, 1, gamma=0.1)
    optimizer.step([tf.constant([1.0])] * 2)
    schedule.step()
    np.testing.assert_allclose([v[0], w[0]], [0.9, 0.5], rtol=1e-6)
    state = optimizer.state_dict()
    other = tf.interop.TorchOptimizer(torch.optim.SGD, groups, lr=1.0, momentum=0.9)
    other.load_state_dict(state)
    other.step([tf.constant([0.0])] * 2)
    np.testing.assert_allclose([v[0], w[0]], [0.9 - 0.01 * 0.9, 0.5 - 0.05 * 0.9], rtol=1e-6)


def test_constraints() -> None:
    v = tf.Variable([1.0], constraint=lambda value: tf.maximum(value, 0.0))
    tf.interop.TorchOptimizer(torch.optim.SGD, [v], lr=1.0).step([tf.constant([5.0])])
    assert float(v[0]) == 0.0


def test_errors() -> None:
    v = tf.Variable([1.0])
    optimizer = tf.interop.TorchOptimizer(torch.optim.SGD, [v], lr=1.0)
    with pytest.raises(ValueError, match="not among the variables"):
        optimizer.apply_gradients([(tf.constant([1.0]), tf.Variable([1.0]))])
    with pytest.raises(ValueError, match=r"shape \[2\]"):
        optimizer.step([tf.constant([1.0, 2.0])])
    with pytest.raises(ValueError, match="no variables"):
        tf.interop.TorchOptimizer(torch.optim.SGD, [], lr=1.0)
    with pytest.raises(TypeError, match="Variables of numbers"):
        tf.interop.TorchOptimizer(torch.optim.SGD, [torch.ones(1)], lr=1.0)
