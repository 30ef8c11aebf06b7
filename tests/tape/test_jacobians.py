"""Jacobians and Hessians: vectorized, in chunks, in a loop, recorded by outer tapes, and when memory runs out."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.core import registry
from tfcompat_tape.core.dispatch import unary
from tfcompat_tape.core.registry import gradient
from tfcompat_tape.tape import jacobians, rows

RANDOM = np.random.RandomState(3)
W = RANDOM.standard_normal((4, 4))
X9 = np.linspace(-1.0, 1.0, 9)


def net(x):
    return tf.tanh(tf.linalg.matvec(tf.constant(W), tf.tanh(x) * x))


def torch_net(x):
    return torch.tanh(torch.tensor(W) @ (torch.tanh(x) * x))


def test_jacobian_is_torchs(device):
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape() as tape:
        y = net(x)
    np.testing.assert_allclose(
        tape.jacobian(y, x).numpy(), torch.func.jacrev(torch_net)(torch.tensor(x.numpy())).numpy(), rtol=1e-10
    )


@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 100])
def test_chunks(device, chunk):
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape(persistent=True) as tape:
        y = net(x)
    whole, parts = tape.jacobian(y, x), tape.jacobian(y, x, parallel_iterations=chunk)
    np.testing.assert_allclose(whole.numpy(), parts.numpy(), rtol=1e-12)


def test_no_gradient_of_what_is_not_a_source_is_computed(device):
    seen = []

    def kernel(x):
        seen.append(tuple(x.shape))
        return x * 1.0

    op = unary("CountedForJacobian", lambda x: x * 1.0) if "CountedForJacobian" not in registry.OPS else None
    if op is not None:

        @gradient("CountedForJacobian")
        def _(op, dy):
            return kernel(dy)

    counted = registry.OPS["CountedForJacobian"].call
    x, w = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        y = x * counted(w * 2.0)
    assert tape.jacobian(y, x).shape == [2, 2]
    assert seen == []
    tape.jacobian(y, [x, w])
    assert len(seen) == 1


def test_memory_that_runs_out_makes_the_chunks_smaller(device, monkeypatch):
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape(persistent=True) as tape:
        y = net(x)
    whole = tape.jacobian(y, x).numpy()
    sizes = []
    real = rows._vmapped

    def scarce(walk):
        def mapped(rows):
            sizes.append(len(rows))
            if len(rows) > 1:
                raise torch.OutOfMemoryError("no more")
            return real(walk)(rows)

        return mapped

    monkeypatch.setattr(rows, "_vmapped", scarce)
    np.testing.assert_allclose(tape.jacobian(y, x).numpy(), whole)
    assert sizes[:3] == [4, 2, 1]


def test_memory_that_is_not_enough_for_a_row_is_an_error_with_the_size(device, monkeypatch):
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape(persistent=True) as tape:
        y = net(x)

    def nothing(walk):
        def mapped(rows):
            raise torch.OutOfMemoryError("no more")

        return mapped

    monkeypatch.setattr(rows, "_vmapped", nothing)
    with pytest.raises(tf.errors.ResourceExhaustedError, match="4 elements"):
        tape.jacobian(y, x)


def test_an_op_without_a_batching_rule_falls_back_to_the_loop_and_says_so_once(device, caplog):
    if "DataDependent" not in registry.OPS:
        unary("DataDependent", torch.sin)

        @gradient("DataDependent")
        def _(op, dy):
            return dy * float(dy.sum().item())  # vmap has no rule for .item()

    op = registry.OPS["DataDependent"].call
    x = tf.Variable([1.0, 2.0, 3.0])
    rows._warned.clear()
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        for _ in range(2):
            with tf.GradientTape() as tape:
                y = op(x) * 2.0
            result = tape.jacobian(y, x).numpy()
            np.testing.assert_allclose(result, 4 * np.eye(3))
    assert sum("no batching rule" in record.message for record in caplog.records) == 1


def test_the_loop_is_recorded_too(device, caplog):
    """A Jacobian inside another tape, through an op that vmap cannot batch."""
    if "DataDependentToo" not in registry.OPS:
        unary("DataDependentToo", lambda x: x * float(x.sum().item() * 0 + 1))

        @gradient("DataDependentToo")
        def _(op, dy):
            return registry.OPS["DataDependentToo"].call(dy)

    op = registry.OPS["DataDependentToo"].call
    x = tf.Variable([1.0, 2.0, 3.0])
    rows._warned.clear()
    with caplog.at_level(logging.WARNING, logger="tensorflow"), tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = op(x) * x * x
        j = inner.jacobian(y, x)
    np.testing.assert_allclose(j.numpy(), np.diag(3 * np.array([1.0, 4.0, 9.0])))
    np.testing.assert_allclose(outer.gradient(j, x).numpy(), [6.0, 12.0, 18.0])
    assert sum("no batching rule" in record.message for record in caplog.records) == 1


def test_hessian_by_two_tapes(device):
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(net(x))
        g = inner.gradient(y, x)
    wanted = torch.func.hessian(lambda x: torch_net(x).sum())(torch.tensor(x.numpy()))
    np.testing.assert_allclose(outer.jacobian(g, x).numpy(), wanted.numpy(), rtol=1e-9)


@pytest.mark.parametrize("persistent", [False, True])
def test_a_jacobian_is_differentiable(device, persistent):
    """Third order: the Jacobian of a Jacobian of a gradient, each vectorized."""
    x = tf.Variable(RANDOM.standard_normal(4))
    with tf.GradientTape(persistent=persistent) as one:
        with tf.GradientTape(persistent=persistent) as two:
            with tf.GradientTape(persistent=persistent) as three:
                y = tf.reduce_sum(net(x))
            g = three.gradient(y, x)
        h = two.jacobian(g, x)
    third = one.jacobian(h, x)

    def scalar(x):
        return torch_net(x).sum()

    wanted = torch.func.jacrev(torch.func.jacrev(torch.func.jacrev(scalar)))(torch.tensor(x.numpy()))
    assert third.shape == [4, 4, 4]
    np.testing.assert_allclose(third.numpy(), wanted.numpy(), rtol=1e-8, atol=1e-10)


def test_a_gradient_of_a_jacobian_reaches_weights(device):
    w = tf.Variable(W)
    x = tf.constant(RANDOM.standard_normal(4))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.tanh(tf.linalg.matvec(w, x))
        loss = tf.reduce_sum(tf.square(inner.jacobian(y, x)))
    got = outer.gradient(loss, w)
    point = torch.tensor(x.numpy())

    def scalar(w):
        j = torch.func.jacrev(lambda x: torch.tanh(w @ x))(point)
        return (j * j).sum()

    np.testing.assert_allclose(got.numpy(), torch.func.grad(scalar)(torch.tensor(W)).numpy(), rtol=1e-9)


def test_batch_jacobian_is_torchs(device):
    x = tf.constant(RANDOM.standard_normal((3, 4)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.tanh(tf.matmul(x, tf.constant(W))) * x
    wanted = torch.func.vmap(torch.func.jacrev(lambda x: torch.tanh(x @ torch.tensor(W)) * x))(
        torch.tensor(x.numpy())
    )
    np.testing.assert_allclose(tape.batch_jacobian(y, x).numpy(), wanted.numpy(), rtol=1e-10)


def test_batch_jacobian_is_differentiable(device):
    w = tf.Variable(W)
    x = tf.constant(RANDOM.standard_normal((3, 4)))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.tanh(tf.matmul(x, w))
        loss = tf.reduce_sum(tf.square(inner.batch_jacobian(y, x)))
    got = outer.gradient(loss, w)
    point = torch.tensor(x.numpy())

    def scalar(w):
        j = torch.func.vmap(torch.func.jacrev(lambda x: torch.tanh(x @ w)))(point)
        return (j * j).sum()

    np.testing.assert_allclose(got.numpy(), torch.func.grad(scalar)(torch.tensor(W)).numpy(), rtol=1e-9)


def test_empty_target_and_structures(device):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        y = (x * 2.0)[:0]
        z = x * 3.0
    assert tape.jacobian(y, x).shape == [0, 2]
    result = tape.jacobian(z, {"a": x, "b": [x]})
    np.testing.assert_allclose(result["a"].numpy(), result["b"][0].numpy())


def test_a_lookup_gives_a_dense_jacobian(device):
    x = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.gather(x, [2, 0, 2])
    np.testing.assert_allclose(tape.jacobian(y, x).numpy(), [[0, 0, 1], [1, 0, 0], [0, 0, 1]])


class TestModeAndChunks:
    """Columns or rows, and how many at once."""

    @staticmethod
    def walks(monkeypatch):
        """Counts the vectorized runs, and notes how many rows each has."""
        sizes = []
        real = rows._vmapped

        def counted(walk):
            def mapped(block):
                sizes.append(len(block))
                return real(walk)(block)

            return mapped

        monkeypatch.setattr(rows, "_vmapped", counted)
        return sizes

    def test_a_scalar_source_takes_one_forward_pass(self, device, monkeypatch):
        sizes = self.walks(monkeypatch)
        monkeypatch.setattr(jacobians, "_WORTH_A_PROBE", 0)
        x, delta = tf.linspace(-10.0, 10.0, 201), tf.Variable(0.0)
        with tf.GradientTape() as tape:
            y = tf.nn.sigmoid(x + delta)
        slope = tape.jacobian(y, delta)
        assert sizes == [1]
        np.testing.assert_allclose(slope, tf.nn.sigmoid(x) * (1.0 - tf.nn.sigmoid(x)), rtol=1e-4, atol=1e-7)

    @pytest.mark.parametrize("shape", [(), (1,), (2,), (2, 1)])
    def test_columns_are_rows(self, device, shape):
        small = tf.Variable(RANDOM.standard_normal(shape))
        with tf.GradientTape(persistent=True) as tape:
            y = tf.tanh(
                tf.reshape(tf.constant(X9), (3, 3)) * tf.reduce_sum(tf.exp(small))
                + tf.sin(tf.reduce_max(small))
            )
        columns = tape.jacobian(y, {"a": [small]})["a"][0]
        loop = tape.jacobian(y, small, experimental_use_pfor=False)
        assert columns.shape == [3, 3, *shape]
        np.testing.assert_allclose(columns, loop, rtol=1e-10)

    def test_several_small_sources(self, device, monkeypatch):
        a, b, c = tf.Variable(1.0), tf.Variable([2.0, 3.0]), tf.Variable(4.0)
        with tf.GradientTape(persistent=True) as tape:
            y = tf.linspace(0.0, 1.0, 7) * a * tf.reduce_sum(b**2)
        loop = tape.jacobian(y, [a, b, a, c], experimental_use_pfor=False)
        sizes = self.walks(monkeypatch)
        monkeypatch.setattr(jacobians, "_WORTH_A_PROBE", 0)
        got = tape.jacobian(y, [a, b, a, c])
        assert max(sizes) <= 2
        assert got[3] is None and loop[3] is None
        for one, other in zip(got[:3], loop[:3], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)

    def test_a_gradient_function_of_a_user_is_used(self, device):
        @tf.custom_gradient
        def halved(x):
            return x * 1.0, lambda dy: dy * 0.5

        x = tf.Variable(2.0)
        with tf.GradientTape() as tape:
            y = halved(x) * tf.ones(5)
        np.testing.assert_allclose(tape.jacobian(y, x), 0.5 * np.ones(5))

    def test_columns_are_differentiated_again(self, device):
        x, delta = tf.constant(X9), tf.Variable(0.5, dtype=tf.float64)
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                y = tf.sin(x * delta) * delta
            slope = inner.jacobian(y, delta)
        curvature = outer.jacobian(slope, delta)
        d = delta.numpy()
        np.testing.assert_allclose(
            curvature, 2.0 * X9 * np.cos(X9 * d) - d * X9**2 * np.sin(X9 * d), rtol=1e-9
        )

    def test_batch_columns(self, device, monkeypatch):
        x = tf.Variable(RANDOM.standard_normal((5, 2)))
        weights = tf.constant(RANDOM.standard_normal((2, 6)))
        with tf.GradientTape(persistent=True) as tape:
            y = tf.reshape(tf.tanh(x @ weights), (5, 3, 2))
        loop = tape.batch_jacobian(y, x, experimental_use_pfor=False)
        sizes = self.walks(monkeypatch)
        monkeypatch.setattr(jacobians, "_WORTH_A_PROBE", 0)
        np.testing.assert_allclose(tape.batch_jacobian(y, x), loop, rtol=1e-10)
        assert sizes == [2]

    def test_rows_at_once_are_chosen_by_free_memory(self, device, monkeypatch):
        x = tf.Variable(RANDOM.standard_normal(100))
        with tf.GradientTape(persistent=True) as tape:
            y = tf.tanh(x) * x
        whole = tape.jacobian(y, x)
        sizes = self.walks(monkeypatch)
        monkeypatch.setattr(rows, "ALWAYS_THERE", 0)
        monkeypatch.setattr(rows, "budget", lambda device: 50_000)
        np.testing.assert_array_equal(tape.jacobian(y, x), whole)
        assert sum(sizes) == 100
        assert 5 <= max(sizes) <= 30  # a row of 800 bytes, and a few adjoints of that size

    def test_memory_is_known(self, device):
        from tfcompat_tape.tape import memory

        place = tf.constant(1.0)._t.device
        assert 2**20 < memory.budget(place) <= memory.free(place) < 2**62

    def test_progress_of_what_takes_long(self, device, monkeypatch, capsys):
        from tfcompat_tape.tape import progress

        x = tf.Variable(RANDOM.standard_normal(40))
        with tf.GradientTape(persistent=True) as tape:
            y = tf.tanh(x) * x
        monkeypatch.setattr(progress, "QUIET", 0.0)
        monkeypatch.setattr(progress, "PAUSE", 0.0)
        tape.jacobian(y, x, parallel_iterations=10)
        text = capsys.readouterr().err
        assert "jacobian: 10 of 40 rows, 25 %" in text
        tape.jacobian(y, x, parallel_iterations=10, progress=False)
        assert capsys.readouterr().err == ""
        monkeypatch.setenv("TFCOMPAT_PROGRESS", "0")
        tape.jacobian(y, x, parallel_iterations=10)
        assert capsys.readouterr().err == ""

    def test_what_is_quick_says_nothing(self, device, capsys):
        x = tf.Variable(RANDOM.standard_normal(40))
        with tf.GradientTape() as tape:
            y = tf.tanh(x) * x
        tape.jacobian(y, x, parallel_iterations=1)
        assert capsys.readouterr().err == ""


def test_a_loop_within_a_function_needs_no_persistent_tape():
    """While a graph is built, nothing is spent by a loop: recorded from TensorFlow."""

    @tf.function
    def square(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return tape.jacobian(y, x, experimental_use_pfor=False)

    @tf.function
    def square_each(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        return tape.batch_jacobian(y, x, experimental_use_pfor=False)

    x = tf.constant([[1.0, 2.0]])
    np.testing.assert_array_equal(square(x[0]), [[2.0, 0.0], [0.0, 4.0]])
    np.testing.assert_array_equal(square_each(x), [[[2.0, 0.0], [0.0, 4.0]]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.jacobian(y, x, experimental_use_pfor=False)


def test_an_empty_target_has_an_empty_jacobian():
    x, v = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = tf.zeros([0, 7]) * x[0] * v
    one, other = tape.jacobian(y, [x, v])
    assert (one.shape, one.dtype, other.shape) == ([0, 7, 2], tf.float32, [0, 7])
    looped = tape.jacobian(y, v, experimental_use_pfor=False)
    assert (looped.shape, looped.dtype) == ([0, 7], tf.float32)
    with pytest.raises(ValueError, match="empty target"):  # TensorFlow's loop cannot shape it
        tape.jacobian(y, x, experimental_use_pfor=False)
