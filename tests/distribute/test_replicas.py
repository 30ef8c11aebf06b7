"""`tf.distribute` on two ranks: each answers what TensorFlow answers for two replicas on two CPUs."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import numpy as np
import pytest
from ranks_kit import on_ranks
from replica_programs import PROGRAMS, Here, plain, train, train_in_halves

import tfcompat_tape as tf

ANSWERS = json.loads(pathlib.Path(__file__).with_name("replica_answers.json").read_text())


def _all(rank: int) -> Any:
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    found: dict[str, Any] = {name: plain(f(Here(tf, strategy))) for name, f in PROGRAMS.items()}
    for dtype in ("float32", "float64"):
        found[dtype] = [train(tf, strategy, dtype), train(tf, strategy, dtype, traced=False)]
    found["odd"] = train(tf, strategy, "float64", global_batch=7)
    found["large"] = _large(strategy)
    return found


def _large(strategy: Any) -> list[Any]:
    """Steps on a Variable that is updated in the memory that it has, each with what another rank gives."""
    with strategy.scope():
        v = tf.Variable(tf.zeros([200, 200]))

    def replica() -> None:
        context = tf.distribute.get_replica_context()
        number = tf.cast(context.replica_id_in_sync_group, tf.float32)
        v.assign_add(context.all_reduce("SUM", tf.fill([200, 200], 1.0 + number)))

    step = tf.function(lambda: strategy.run(replica))
    step()
    step()
    held, place = v.value(), v._t.data_ptr()
    step()
    kept, moved = float(held[0, 0]), v._t.data_ptr() != place
    place = v._t.data_ptr()
    step()
    return [kept, moved, v._t.data_ptr() == place, np.unique(v.numpy()).tolist()]


@pytest.fixture(scope="module")
def answers() -> list[Any]:
    found = on_ranks(_all)
    for one in found:
        assert isinstance(one, dict), one
    return found


def test_a_large_variable_is_overwritten_unless_it_is_held(answers: list[Any]) -> None:
    assert [one["large"] for one in answers] == [[6.0, True, True, [12.0]]] * 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(answers: list[Any], name: str) -> None:
    for one in answers:
        found, wanted = one[name], ANSWERS[name]
        if isinstance(found, dict):
            assert list(found) == sorted(wanted) or set(found) == set(wanted)
            assert {k: v for k, v in found.items() if v != wanted[k]} == {}
            assert {k: wanted[k] for k in found if found[k] != wanted[k]} == {}
        else:
            assert found == wanted


@pytest.mark.parametrize(("dtype", "tol"), [("float32", 1e-6), ("float64", 1e-12)])
def test_the_guides_loop_is_one_process_on_the_whole_batch(
    answers: list[Any], dtype: str, tol: float
) -> None:
    alone = train(tf, tf.distribute.get_strategy(), dtype)
    for one in answers:
        for found in one[dtype]:
            for key in ("losses", "seen"):
                np.testing.assert_allclose(found[key], alone[key], rtol=tol)
            for a, b in zip(found["weights"], alone["weights"], strict=True):
                np.testing.assert_allclose(a, b, rtol=0, atol=tol * np.abs(b).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_guides_loop_is_one_process_that_sums_two_halves(answers: list[Any], dtype: str) -> None:
    """To the bit: what differs from the whole batch is the order of the sums."""
    alone = train_in_halves(tf, dtype)
    for one in answers:
        for found in one[dtype]:
            assert {key: found[key] for key in alone} == alone


def test_batches_that_do_not_divide(answers: list[Any]) -> None:
    alone = train(tf, tf.distribute.get_strategy(), "float64", global_batch=7)
    for one in answers:
        np.testing.assert_allclose(one["odd"]["losses"], alone["losses"], rtol=1e-12)


def _drawn(rank: int) -> Any:
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    tf.random.set_seed(None)
    with strategy.scope():
        return [x.numpy().tolist() for x in (tf.random.uniform([2], seed=3), tf.random.uniform([2]))]


def test_a_seed_of_an_op_alone_is_tensorflows_and_without_one_ranks_draw_the_same() -> None:
    first, second = on_ranks(_drawn)
    assert first == second
    np.testing.assert_allclose(first[0], [0.38692939281463623, 0.3600262403488159])  # of TensorFlow 2.21
