"""Random numbers whose seed or state differs from call to call: one trace, with the numbers of eager code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfcompat_tape as tf


def same(one: Any, other: Any) -> None:
    for x, y in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        np.testing.assert_array_equal(x.numpy(), y.numpy())


def ways(function: Any) -> int:
    """How many traces there are; -1 where the function runs as it is."""
    concretes = [c for kinds in function._kinds.kinds.values() for c in kinds.values()]
    return -1 if any(c.as_it_is for c in concretes) else sum(len(c.paths) for c in concretes)


def pair() -> tuple[Any, Any]:
    return tf.random.Generator.from_seed(7), tf.random.Generator.from_seed(7)


DRAWS = {
    "normal": lambda g: g.normal([3, 2]),
    "uniform": lambda g: g.uniform([2], 1.0, 3.0),
    "integers": lambda g: g.uniform([5], 0, 7, dtype=tf.int64),
    "all integers": lambda g: g.uniform_full_int([2]),
    "truncated": lambda g: g.truncated_normal([40]),
    "binomial": lambda g: g.binomial([3], 10, [0.1, 0.5, 0.9]),
    "seeds": lambda g: g.make_seeds(2),
    "skip": lambda g: g.skip(5),
    "raw": lambda g: tf.raw_ops.StatefulStandardNormalV2(
        resource=g.state.handle, algorithm=1, shape=[2], dtype=tf.float32
    ),
    "by another": lambda g: tf.random.stateless_gamma([2], g.make_seeds(1)[:, 0], alpha=[1.0, 2.0]),
}


@pytest.mark.parametrize("name", DRAWS)
def test_generators_have_one_trace(name: str) -> None:
    draw = DRAWS[name]
    mine, other = pair()
    function, given = tf.function(lambda: draw(mine)), tf.function(draw)
    for _ in range(8):
        same(function(), draw(other))
        same(given(mine), draw(other))
        same(mine.state, other.state)
    assert ways(function) == ways(given) == 1


SEEDED = {
    "gamma": lambda s: tf.random.stateless_gamma([2], s, alpha=[1.0, 2.0]),
    "shuffle": lambda s: tf.random.experimental.stateless_shuffle(tf.range(6), s),
    "split": lambda s: tf.random.split(s, 3),
    "fold_in": lambda s: tf.random.fold_in(s, 3),
    "integers": lambda s: tf.random.stateless_uniform([2], s, 0, 10, dtype=tf.int32),
    "crop": lambda s: tf.image.stateless_random_crop(tf.reshape(tf.range(75.0), [5, 5, 3]), [2, 2, 3], s),
}


@pytest.mark.parametrize("name", SEEDED)
def test_seeds_that_are_arguments_have_one_trace(name: str) -> None:
    function = tf.function(SEEDED[name])
    for i in range(14):
        seed = tf.constant([i, 2])
        same(function(seed), SEEDED[name](seed))
    assert ways(function) == 1


def test_a_training_step_goes_on_with_its_generator() -> None:
    def step(generator: Any, v: Any) -> Any:
        with tf.GradientTape() as tape:
            noise = tf.random.stateless_gamma([2], generator.make_seeds(1)[:, 0], alpha=v * [1.0, 2.0])
            y = tf.reduce_sum(v * generator.normal([4])) + tf.reduce_sum(noise)
        slope = tape.gradient(y, v)
        v.assign_sub(0.01 * slope)
        return y, slope

    mine, other = pair()
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    function = tf.function(step)
    for _ in range(20):
        found, wanted = function(mine, v), step(other, w)
        for x, y in zip(found, wanted, strict=True):
            np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=1e-5)
    assert ways(function) == 1


def test_in_loops_branches_functions_and_open_sizes() -> None:
    mine, other = pair()

    def looped(g: Any, n: Any) -> Any:
        total = 0.0
        for _ in tf.range(n):
            total += tf.reduce_sum(g.normal([2]))
        return total

    def chosen(g: Any, x: Any) -> Any:
        return tf.cond(x > 0, lambda: g.normal([]), lambda: g.uniform([]))

    one, two = tf.function(looped), tf.function(chosen)
    for n, x in ((3, 1.0), (5, -1.0), (2, 1.0)):
        same(one(mine, tf.constant(n)), looped(other, tf.constant(n)))
        same(two(mine, tf.constant(x)), chosen(other, tf.constant(x)))
    inner = tf.function(lambda g: g.normal([2]))
    outer = tf.function(lambda g: inner(g) - 2.0 * inner(g))
    sized = tf.function(lambda x: mine.normal(tf.shape(x)), input_signature=[tf.TensorSpec([None])])
    for n in (3, 4):
        same(outer(mine), other.normal([2]) - 2.0 * other.normal([2]))
        same(sized(tf.ones([n])), other.normal([n]))
    same(mine.state, other.state)


def test_seeds_in_rows() -> None:
    seeds = tf.constant([[1, 2], [3, 4]])

    def rows(s: Any) -> Any:
        return tf.vectorized_map(lambda one: tf.random.stateless_normal([2], one), s)

    same(tf.function(rows)(seeds), tf.stack([tf.random.stateless_normal([2], s) for s in seeds]))


@pytest.mark.parametrize("seed", [[1.0, 2.0], [1, 2, 3]])
def test_seeds_that_are_none(seed: Any) -> None:
    for draw in (lambda s: tf.random.stateless_uniform([2], s), SEEDED["gamma"]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            draw(tf.constant(seed))
        with pytest.raises((ValueError, TypeError)):
            tf.function(draw)(tf.constant(seed))
