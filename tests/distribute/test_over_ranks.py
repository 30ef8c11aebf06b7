"""Gradients averaged over ranks, and Jacobians whose rows are split over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ranks_kit import on_ranks

import tfcompat_tape as tf

derivatives = tf.derivatives


def _model(rows: slice = slice(None)) -> tuple[list[Any], Any]:
    rng = np.random.default_rng(0)
    weights = [tf.Variable(rng.normal(size=shape)) for shape in ((5, 7), (7,), (7, 3))]
    table = tf.Variable(rng.normal(size=(9, 5)))
    unused = tf.Variable([1.0])
    places = np.arange(8) % 5

    def loss() -> Any:
        x = tf.gather(table, places[rows])
        return tf.reduce_mean(tf.reduce_sum(tf.tanh(x @ weights[0] + weights[1]) @ weights[2], -1) ** 2)

    return [*weights, table, unused], loss


def _gradients(sources: Any, loss: Any, **options: Any) -> Any:
    with tf.GradientTape() as tape:
        y = loss()
    grads = tf.interop.DistributedGradientTape(tape, **options).gradient(y, sources)
    return [None if g is None else tf.convert_to_tensor(g).numpy() for g in grads]


def _system() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(1)
    a, x = tf.constant(rng.normal(size=(5, 4))), tf.constant(rng.normal(size=(3, 4)))
    tape = tf.GradientTape(persistent=True)
    with tape:
        tape.watch(x)
        y = tf.tanh(x @ tf.transpose(a)) ** 2
        z = tf.reduce_sum(y, 0)
    return tape, x, (y, z)


def _all(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    mine = slice(0, 4) if rank == 0 else slice(4, 8)
    sources, loss = _model(mine)
    found: dict[str, Any] = {
        "gradients": _gradients(sources, loss),
        "small buckets": _gradients(sources, loss, bucket_bytes=64),
        "half": _gradients(sources, loss, compression="fp16"),
        "sum": _gradients(sources, loss, average=False),
    }

    @tf.function
    def traced() -> Any:
        with tf.GradientTape() as tape:
            y = loss()
        return tf.interop.DistributedGradientTape(tape).gradient(y, sources[:3])

    found["traced"] = [g.numpy() for g in traced()]
    tape, x, (y, z) = _system()
    sharded = derivatives.jacobian(tape, y, x, over=None)
    found["placements"] = [str(sharded.placements), tuple(sharded.shape), tuple(sharded.to_local().shape)]
    found["full"] = sharded.full_tensor().numpy()
    found["jacobian"] = derivatives.jacobian(tape, y, x, gather=True).numpy()
    found["batch"] = derivatives.batch_jacobian(tape, y, x, gather=True).numpy()
    found["hessian"] = derivatives.hessian(tape, z, x, over="all", gather=True).numpy()
    with tf.GradientTape() as one:  # a target of one row: a rank has none
        one.watch(x)
        w = tf.reduce_sum(x**2)[None]
    found["one row"] = derivatives.jacobian(one, w, x, gather=True).numpy()
    found["chunks"] = [
        (list(rows), block.numpy())
        for rows, block in derivatives.jacobian_chunks(tape, y, x, rows=3, over="all")
    ]
    try:
        with tf.GradientTape() as other:
            other.watch(x)
            short = x[: 2 + rank] * 1.0
        derivatives.jacobian(other, short, x)
    except tf.errors.InvalidArgumentError as error:
        found["disagree"] = str(error)
    return found


@pytest.fixture(scope="module")
def answers() -> list[Any]:
    found = on_ranks(_all)
    for one in found:
        assert isinstance(one, dict), one
    return found


def test_gradients_are_those_of_the_whole_batch(answers: list[Any]) -> None:
    sources, loss = _model()
    with tf.GradientTape() as tape:
        y = loss()
    alone = [None if g is None else tf.convert_to_tensor(g).numpy() for g in tape.gradient(y, sources)]
    for one in answers:
        for name, scale, tol in (
            ("gradients", 1, 1e-12),
            ("small buckets", 1, 1e-12),
            ("sum", 2, 1e-12),
            ("half", 1, 2e-2),
        ):
            assert one[name][4] is None
            for a, b in zip(one[name][:4], alone[:4], strict=True):
                np.testing.assert_allclose(a, scale * b, rtol=tol, atol=tol)
        for a, b in zip(one["traced"], alone[:3], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_rows_of_all_ranks_are_the_jacobian(answers: list[Any]) -> None:
    tape, x, (y, z) = _system()
    whole = tape.jacobian(y, x).numpy()
    for rank, one in enumerate(answers):
        np.testing.assert_allclose(one["jacobian"], whole, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(one["full"], whole, rtol=1e-12, atol=1e-14)
        assert one["placements"] == ["(Shard(dim=0),)", (3, 5, 3, 4), (2 - rank, 5, 3, 4)]
        np.testing.assert_allclose(one["batch"], tape.batch_jacobian(y, x).numpy(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(
            one["hessian"], derivatives.hessian(tape, z, x).numpy(), rtol=1e-12, atol=1e-14
        )
        np.testing.assert_allclose(one["one row"], 2 * x.numpy()[None], rtol=1e-12)
        assert "rank 0: float64[2, 4]; rank 1: float64[3, 4]" in one["disagree"]
    chunks = [chunk for one in answers for chunk in one["chunks"]]
    assert [row for rows, _ in chunks for row in rows] == list(range(15))
    np.testing.assert_allclose(
        np.concatenate([b for _, b in chunks]), whole.reshape(15, 3, 4), rtol=1e-12, atol=1e-14
    )


def test_to_a_file(tmp_path: Any) -> None:
    tape, x, (y, _) = _system()
    whole = derivatives.jacobian_to_file(tape, y, x, tmp_path / "j.npy", rows=4)
    np.testing.assert_allclose(whole, tape.jacobian(y, x).numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(np.load(tmp_path / "j.npy"), whole)


def test_announced_gradients_are_final() -> None:
    from tfcompat_tape.tape.announced import backward_announced
    from tfcompat_tape.tape.ends import source_node

    sources, loss = _model()
    with tf.GradientTape(persistent=True) as tape:
        y = loss()
    record = tape._record
    nodes = [source_node(v, record.id) for v in sources]
    told: dict[Any, Any] = {}
    order: list[Any] = []
    grads = backward_announced(
        record,
        [y._node],
        [y._t.new_ones(())],
        nodes,
        order.extend,
        lambda e, g: told.update({e: g}),
        release=False,
    )
    assert list(told) == order and len(order) == 4
    for node, grad in zip(nodes, grads, strict=True):
        if node is not None:
            assert told[node] is grad
    plain = tape.gradient(y, sources)
    for a, b in zip(grads[:3], plain[:3], strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_alone_there_is_nobody_to_share_with() -> None:
    tape, x, (y, _) = _system()
    with pytest.raises(RuntimeError, match="no other processes"):
        derivatives.jacobian(tape, y, x)
    with pytest.raises(ValueError, match="compression"):
        tf.interop.DistributedGradientTape(tape, compression="int8")


def _fails(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    context = tf.distribute.get_replica_context
    strategy = tf.distribute.MirroredStrategy()
    found = []
    try:
        with strategy.scope():
            tf.Variable(tf.ones([2 + rank]), name="kernel")
    except tf.errors.InvalidArgumentError as error:
        found.append(str(error))
    if rank == 1:
        import os

        os.kill(os.getpid(), 9)
    try:
        strategy.run(lambda: context().all_reduce("SUM", tf.ones(2)))
    except tf.errors.AbortedError as error:
        found.append(str(error))
    return found


def test_ranks_that_fail() -> None:
    first, second = on_ranks(_fails)
    assert second == "signal 9"
    assert "kernel" in first[0] and "rank 0: float32[2]; rank 1: float32[3]" in first[0]
    assert "rank 1" in first[1]


def test_blocks_are_recorded_and_files_are_not(tmp_path: Any) -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x**3
        blocks = [block for _, block in derivatives.jacobian_chunks(tape, y, x, rows=2)]
        total = tf.add_n([tf.reduce_sum(block) for block in blocks])
        with pytest.raises(NotImplementedError, match="numbers in a file are not recorded"):
            derivatives.jacobian_to_file(tape, y, x, tmp_path / "j.npy")
        with outer.stop_recording():
            derivatives.jacobian_to_file(tape, y, x, tmp_path / "j.npy")
    np.testing.assert_allclose(outer.gradient(total, x).numpy(), [6.0, 12.0, 18.0])
    np.testing.assert_allclose(np.load(tmp_path / "j.npy"), np.diag([3.0, 12.0, 27.0]), rtol=1e-6)
