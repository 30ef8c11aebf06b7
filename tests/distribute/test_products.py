"""Products with Hessians and Gauss-Newton matrices, whose examples are split over ranks."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
import torch
from ranks_kit import on_ranks

import tfcompat_tape as tf

derivatives = tf.derivatives

RANDOM = np.random.default_rng(7)
EXAMPLES = RANDOM.normal(size=(5, 3))
LABELS = RANDOM.dirichlet(np.ones(4), size=5)
W, B, SCALE = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4), 0.7
VECTORS = [RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4), 0.3, np.ones(2)]


def _model(rows: slice = slice(None)) -> tuple[Any, Any, Any, Any]:
    """A tape, the loss of some examples, the outputs, and the sources: of which a scalar, and one that is not used."""
    sources = [tf.Variable(W), tf.Variable(B), tf.Variable(SCALE, dtype=tf.float64), tf.Variable(np.ones(2))]
    w, b, scale, _ = sources
    with tf.GradientTape(persistent=True) as tape:
        outputs = tf.tanh(tf.constant(EXAMPLES[rows]) @ w + b) * scale
        each = tf.nn.softmax_cross_entropy_with_logits(labels=LABELS[rows], logits=outputs)
        loss = tf.reduce_sum(each * tf.reduce_sum(outputs**2, -1)) / len(EXAMPLES)
    return tape, loss, outputs, sources


def _all(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    mine = [slice(0, 3), slice(3, 5), slice(5, 5)][rank]
    tape, loss, outputs, sources = _model(mine)

    def told(call: Any) -> str:
        try:
            call()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "nothing"

    def gauss_newton(vectors: Any, **options: Any) -> Any:
        options = {"over": "all", **options}
        return derivatives.gauss_newton_vector_product(tape, loss, outputs, sources, vectors, **options)

    def plain(products: Any) -> Any:
        return [None if x is None else x.numpy() for x in products]

    found: dict[str, Any] = {"gathered": plain(gauss_newton(VECTORS, gather=True))}
    sharded = gauss_newton(VECTORS)
    found["sharded"] = [None if x is None else x.full_tensor().numpy() for x in sharded]
    found["placements"] = [
        None if x is None else (str(x.placements), tuple(x.to_local().shape)) for x in sharded
    ]
    found["hessian"] = plain(
        derivatives.hessian_vector_product(tape, loss, sources, VECTORS, over="all", gather=True)
    )
    again = [x if x is not None else v for x, v in zip(sharded, VECTORS, strict=True)]
    found["twice"] = plain(gauss_newton(again, gather=True))
    w = sources[0]
    if rank == 0:  # only one rank has anything to say
        one = derivatives.hessian_vector_product(tape, loss, [w], VECTORS[:1], over="all", gather=True)
    else:
        with tf.GradientTape() as other:
            other.watch(w)
            zero = tf.constant(0.0, tf.float64)
        one = derivatives.hessian_vector_product(other, zero, [w], VECTORS[:1], over="all", gather=True)
    found["one rank"] = plain(one)
    found["other vectors"] = told(lambda: gauss_newton([VECTORS[0] * (1 + (rank == 1)), *VECTORS[1:]]))
    found["other shapes"] = told(lambda: gauss_newton([VECTORS[0][:, : 4 - rank], *VECTORS[1:]]))
    if rank == 0:
        found["went on"] = True
    return found


def _recorded(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    x = tf.constant([1.0, 2.0])
    found = []
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x**3
            loss = tf.reduce_sum(y)
        for call in (
            lambda: derivatives.jacobian(tape, y, x),
            lambda: derivatives.hessian(tape, loss, x, over="all"),
            lambda: derivatives.hessian_vector_product(tape, loss, x, x, over="all"),
        ):
            with pytest.raises(NotImplementedError, match="outer tape"):
                call()
            with outer.stop_recording():
                found.append(np.asarray(call().full_tensor()))
    return found


@pytest.fixture(scope="module")
def answers() -> list[Any]:
    found = on_ranks(_all, 3)
    for one in found:
        assert isinstance(one, dict), one
    return found


def test_products_are_those_of_all_examples(answers: list[Any]) -> None:
    tape, loss, outputs, sources = _model()
    whole = derivatives.gauss_newton_vector_product(tape, loss, outputs, sources, VECTORS)
    twice = derivatives.gauss_newton_vector_product(tape, loss, outputs, sources, [*whole[:3], VECTORS[3]])
    hessian = derivatives.hessian_vector_product(tape, loss, sources, VECTORS)
    part, some, _, its = _model(slice(0, 3))
    alone = derivatives.hessian_vector_product(part, some, its[:1], VECTORS[:1])
    for one in answers:
        for name, want in (
            ("gathered", whole),
            ("sharded", whole),
            ("hessian", hessian),
            ("twice", twice),
            ("one rank", alone),
        ):
            for a, b in zip(one[name], want, strict=True):
                assert (a is None) == (b is None), name
                if b is not None:
                    np.testing.assert_allclose(a, b.numpy(), rtol=1e-12, atol=1e-14, err_msg=name)


def test_products_are_sharded_as_jacobians_are(answers: list[Any]) -> None:
    for rank, one in enumerate(answers):
        rows = ([1, 1, 1], [2, 2, 0])
        assert one["placements"] == [
            ("(Shard(dim=0),)", (rows[0][rank], 4)),
            ("(Shard(dim=0),)", (rows[1][rank],)),
            ("(Replicate(),)", ()),
            None,
        ]


def test_ranks_that_multiply_other_vectors(answers: list[Any]) -> None:
    for rank, one in enumerate(answers):
        assert one["other vectors"].startswith("InvalidArgumentError")
        assert "vector 0 has other values on rank" in one["other vectors"]
        assert "rank 1" in one["other vectors"] and f"rank {rank}" in one["other vectors"]
        assert one["other shapes"].startswith(("InvalidArgumentError", "AbortedError"))
    assert "The vector for a source of shape (3, 4)" in answers[1]["other shapes"]
    assert "rank 1 failed: InvalidArgumentError: The vector for a source" in answers[0]["other shapes"]


def test_what_ranks_exchange_is_not_recorded() -> None:
    for found in on_ranks(_recorded):
        assert isinstance(found, list), found
        np.testing.assert_allclose(found[0], [[3.0, 0.0], [0.0, 12.0]])
        np.testing.assert_allclose(found[1], [[6.0, 0.0], [0.0, 12.0]])
        np.testing.assert_allclose(found[2], [2 * 6.0, 2 * 24.0])


def test_gauss_newton_is_explicit_jacobians_and_finite_differences() -> None:
    tape, loss, outputs, sources = _model()
    given = VECTORS[:3]
    found = derivatives.gauss_newton_vector_product(tape, loss, outputs, sources[:3], given)
    jacobians = [j.numpy().reshape(20, -1) for j in tape.jacobian(outputs, sources[:3])]
    curved = derivatives.hessian(tape, loss, outputs).numpy().reshape(20, 20)
    pushed = sum(j @ np.ravel(v) for j, v in zip(jacobians, given, strict=True))
    for one, j in zip(found, jacobians, strict=True):
        np.testing.assert_allclose(one.numpy().ravel(), j.T @ curved @ pushed, rtol=1e-11, atol=1e-13)

    def moved(step: float) -> Any:
        w, b, scale = (x + step * v for x, v in zip((W, B, SCALE), given, strict=True))
        return np.tanh(EXAMPLES @ w + b) * scale

    def slope(at: Any) -> Any:
        at = tf.constant(at)
        with tf.GradientTape() as of:
            of.watch(at)
            each = tf.nn.softmax_cross_entropy_with_logits(labels=LABELS, logits=at)
            value = tf.reduce_sum(each * tf.reduce_sum(at**2, -1)) / len(EXAMPLES)
        return of.gradient(value, at).numpy().ravel()

    step = 1e-5
    along = (slope(moved(step)) - slope(moved(-step))) / (2 * step)  # H J v
    for one, j in zip(found, jacobians, strict=True):
        np.testing.assert_allclose(one.numpy().ravel(), j.T @ along, rtol=1e-6, atol=1e-8)


def _fails(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    x = tf.constant([1.0, 2.0, 3.0])

    @tf.custom_gradient
    def square(x: Any) -> Any:
        def grad(dy: Any) -> Any:
            if rank == 1:
                raise ZeroDivisionError("no luck in the rule")
            return 2 * x * dy

        return x * x, grad

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = square(x)
    return derivatives.jacobian(tape, y, x)


def test_a_rank_that_fails() -> None:
    first, second = on_ranks(_fails)
    assert second == "ZeroDivisionError: no luck in the rule"
    assert first.startswith("AbortedError: jacobian: rank 1 failed: ZeroDivisionError: no luck in the rule (")
    assert "test_products.py" in first and "in grad" in first


def _does_not_come(rank: int) -> Any:
    tf.distribute.MirroredStrategy()
    told = torch.distributed.distributed_c10d._get_default_store()
    if rank == 1:
        told.wait(["rank 0 has waited"])
        return None
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    os.environ["TFCOMPAT_RANK_TIMEOUT"] = "2"
    try:
        derivatives.jacobian(tape, y, x)
    finally:
        told.set("rank 0 has waited", "")


def test_a_rank_that_does_not_come() -> None:
    first, _ = on_ranks(_does_not_come)
    assert first.startswith("DeadlineExceededError: jacobian: rank 0 has waited for 2 s"), first
    assert "rank 1 was computing, at test_products.py:" in first and "in _does_not_come" in first
