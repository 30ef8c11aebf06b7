"""Random ops: their distributions, how seeds work, gradients. The conformance cases hold TensorFlow's own numbers."""

from __future__ import annotations

import copy
import threading
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch

import tfcompat_tape as tf
from tfcompat_tape.core.registry import OPS
from tfcompat_tape.ops import philox

SEED = [3, 4]
COUNT = 20_000


def fits(sample: Any, distribution: Any) -> None:
    """A Kolmogorov-Smirnov test; the seed is fixed, so it passes or fails for good."""
    assert scipy.stats.kstest(np.asarray(sample, np.float64).ravel(), distribution.cdf).pvalue > 1e-3


def fits_counts(sample: Any, distribution: Any) -> None:
    """A chi-squared test of integers against a discrete distribution."""
    values = np.asarray(sample).astype(int).ravel()
    edges = np.unique(distribution.ppf(np.linspace(0.02, 0.98, 25)))
    wanted = np.diff(np.concatenate([[0.0], distribution.cdf(edges), [1.0]])) * values.size
    found = np.histogram(values, np.concatenate([[-np.inf], edges + 0.5, [np.inf]]))[0]
    possible = wanted > 0.0
    assert not found[~possible].any()
    assert scipy.stats.chisquare(found[possible], wanted[possible]).pvalue > 1e-3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_continuous_distributions(dtype: str, device: str) -> None:
    options = {"dtype": dtype}
    fits(tf.random.stateless_uniform([COUNT], SEED, -1, 3, **options), scipy.stats.uniform(-1, 4))
    fits(tf.random.stateless_normal([COUNT], SEED, 1.0, 2.0, **options), scipy.stats.norm(1, 2))
    fits(tf.random.stateless_truncated_normal([COUNT], SEED, **options), scipy.stats.truncnorm(-2, 2))
    for alpha in (0.3, 1.0, 4.0):
        fits(
            tf.random.stateless_gamma([COUNT], SEED, alpha, 2.0, **options),
            scipy.stats.gamma(alpha, scale=0.5),
        )


@pytest.mark.parametrize(("low", "high"), [(-2.0, 2.0), (-1.0, 0.5), (3.0, 4.0), (-9.0, -5.0), (0.0, 50.0)])
def test_normal_numbers_within_bounds(low: float, high: float) -> None:
    x = tf.random.stateless_parameterized_truncated_normal(
        [COUNT], SEED, tf.constant(1.0, tf.float64), *[tf.constant(v, tf.float64) for v in (2.0, low, high)]
    )
    fits(x, scipy.stats.truncnorm((low - 1) / 2, (high - 1) / 2, 1, 2))


def test_discrete_distributions(device: str) -> None:
    for rate in (0.7, 5.0, 40.0):
        fits_counts(tf.random.stateless_poisson([COUNT], SEED, rate), scipy.stats.poisson(rate))
    for count, chance in ((6.0, 0.3), (9.0, 0.8), (200.0, 0.4), (200.0, 0.9)):
        fits_counts(
            tf.random.stateless_binomial([COUNT], SEED, count, chance), scipy.stats.binom(count, chance)
        )
    dice = tf.random.stateless_uniform([COUNT], SEED, 1, 7, tf.int32)
    fits_counts(dice, scipy.stats.randint(1, 7))
    drawn = tf.random.stateless_categorical(tf.math.log([[0.2, 0.3, 0.5]]), COUNT, SEED)
    found = np.bincount(drawn.numpy()[0], minlength=3)
    assert scipy.stats.chisquare(found, np.array([0.2, 0.3, 0.5]) * COUNT).pvalue > 1e-3


def test_integers_of_all_values() -> None:
    for dtype in (tf.int32, tf.int64, tf.uint32, tf.uint64):
        x = tf.random.stateless_uniform([COUNT], SEED, None, None, dtype).numpy()
        bits = np.unpackbits(x.view(np.uint8))
        assert abs(bits.mean() - 0.5) < 0.01
    wide = tf.random.stateless_uniform([COUNT], SEED, -(2**63), 2**63 - 1, tf.int64).numpy()
    fits(wide, scipy.stats.uniform(-(2.0**63), 2.0**64))


def test_the_remainder_of_an_unsigned_number() -> None:
    bits = np.array([0, 1, 2**31, 2**63 - 1, 2**63, 2**63 + 5, 2**64 - 1], np.uint64)
    signed = torch.from_numpy(bits.view(np.int64))
    for divisor in (1, 2, 7, 2**32, 2**62 + 3, 2**63 - 1, 2**63, 2**63 + 5, 2**64 - 1):
        got = philox.unsigned_remainder(signed, divisor).numpy().view(np.uint64)
        assert got.tolist() == [int(b) % divisor for b in bits]


def test_streams_go_on_past_64_bits() -> None:
    near = philox.Stream(7, 2**64 - 2)
    whole = philox.words(near, 16)
    for skipped in range(4):
        assert torch.equal(philox.words(near.skip(skipped), 4), whole[4 * skipped : 4 * skipped + 4])
    assert philox.Stream(7, 2**128 - 1).skip(1) == philox.Stream(7, 0)


def test_without_seeds_all_is_different() -> None:
    tf.random.set_seed(None)
    x, y = tf.random.normal([8]), tf.random.normal([8])
    assert not np.isclose(x, y).any()
    first, second = [tf.random.Generator.from_non_deterministic_state() for _ in range(2)]
    assert (first.state.numpy() != second.state.numpy()).all()


def test_the_global_seed() -> None:
    def run() -> list[Any]:
        return [
            tf.random.normal([3]),
            tf.random.uniform([3]),
            tf.random.uniform([3], seed=1),
            tf.random.shuffle([1, 2, 3]),
        ]

    tf.random.set_seed(9)
    first = run()
    second = run()
    tf.random.set_seed(9)
    for x, y, z in zip(first, run(), second, strict=True):
        np.testing.assert_array_equal(x, y)
        assert x.shape == (3,) and (x.dtype.is_integer or not np.isclose(x, z).any())
    tf.random.set_seed(np.int32(9))
    np.testing.assert_array_equal(tf.random.normal([3]), first[0])
    tf.random.set_seed(None)


def test_stateless_numbers_depend_on_nothing_else() -> None:
    tf.random.set_seed(1)
    x = tf.random.stateless_normal([4], SEED)
    tf.random.set_seed(2)
    np.testing.assert_array_equal(x, tf.random.stateless_normal([4], SEED))
    np.testing.assert_array_equal(x, tf.random.stateless_normal([2, 3], SEED).numpy().ravel()[:4])
    assert not np.isclose(x, tf.random.stateless_normal([4], [3, 5])).any()


def test_a_seeded_op_goes_on_in_each_thread() -> None:
    tf.random.set_seed(4)
    wanted = [tf.random.normal([4], seed=2).numpy() for _ in range(32)]
    tf.random.set_seed(4)
    found: list[np.ndarray] = []

    def draw() -> None:
        for _ in range(8):
            found.append(tf.random.normal([4], seed=2).numpy())

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(np.sort(found, 0), np.sort(wanted, 0))
    tf.random.set_seed(None)


def test_a_generator() -> None:
    generator = tf.random.Generator.from_seed(1)
    twin = tf.random.Generator(copy_from=generator)
    ahead = tf.random.Generator(copy_from=generator)
    x, y = generator.normal([5]), generator.uniform([5])
    np.testing.assert_array_equal(twin.normal([5]), x)
    np.testing.assert_array_equal(twin.uniform([5]), y)
    ahead.skip(5)
    np.testing.assert_array_equal(ahead.uniform([5]), y)
    children = generator.split(3)
    draws = [child.normal([4]).numpy() for child in children]
    assert len({draw.tobytes() for draw in draws}) == 3
    seeds = tf.transpose(generator.make_seeds(2))
    assert not np.isclose(*[tf.random.stateless_normal([4], seed) for seed in seeds]).any()
    clone = copy.deepcopy(generator)
    np.testing.assert_array_equal(clone.normal([5]), generator.normal([5]))


@pytest.mark.parametrize("alpha", [0.05, 0.6, 1.0, 3.0, 60.0])
def test_the_gradient_of_a_gamma_number_keeps_its_place(alpha: float) -> None:
    x = tf.constant([alpha] * 5, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.random.stateless_gamma([5], SEED, x, dtype=tf.float64)
    place = scipy.stats.gamma(alpha).cdf(y)
    h = 1e-4 * alpha
    wanted = (scipy.stats.gamma(alpha + h).ppf(place) - scipy.stats.gamma(alpha - h).ppf(place)) / (2 * h)
    np.testing.assert_allclose(tape.gradient(y, x), wanted, rtol=1e-4)


def test_the_gradient_of_broadcast_gamma_parameters() -> None:
    alpha, beta = tf.constant([2.0, 3.0]), tf.constant([[1.0], [4.0], [5.0]])
    with tf.GradientTape() as tape:
        tape.watch([alpha, beta])
        y = tf.random.gamma([7], alpha, beta)
    by_alpha, by_beta = tape.gradient(y, [alpha, beta])
    assert by_alpha.shape == (2,) and by_beta.shape == (3, 1)
    np.testing.assert_allclose(by_beta, -tf.reduce_sum(y, [0, 2])[:, None] / beta, rtol=1e-5)


def test_tensorflows_gradient_of_normal_numbers_within_bounds() -> None:
    # TensorFlow drew these two for mean 0, deviation 1, bounds -1 and 1, and gave these gradients.
    sample = tf.constant([0.6881208419799805, -0.6159093379974365])
    mean, deviation, low, high = [tf.constant(v) for v in (0.0, 1.0, -1.0, 1.0)]

    class Call:
        inputs = (mean, deviation, low, high)
        outputs = (sample,)
        shapes = ((), (), (), ())

    rule: Any = OPS["StatelessParameterizedTruncatedNormal"].rule
    grads = rule(Call, tf.constant([1.0, 1.0]))
    np.testing.assert_allclose(
        grads, [2.0, 0.07221150398254395, 0.712700605392456, 0.7890596389770508], rtol=1e-5
    )


def test_the_gradient_of_normal_numbers_within_bounds() -> None:
    values = [tf.constant(v, tf.float64) for v in (0.0, 1.0, -1.0, 0.5)]
    with tf.GradientTape() as outer:
        outer.watch(values)
        with tf.GradientTape() as inner:
            inner.watch(values)
            y = tf.random.stateless_parameterized_truncated_normal([6], SEED, *values)
        grads = inner.gradient(y, values)
        total = tf.add_n([grad * grad for grad in grads])
    assert float(grads[0]) == pytest.approx(6.0)
    assert float(grads[1]) == pytest.approx(float(tf.reduce_sum(y)))
    assert all(np.isfinite(grad) for grad in outer.gradient(total, values))


def test_gradients_flow_to_parameters() -> None:
    mean, deviation = tf.constant([1.0, 2.0]), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([mean, deviation])
        y = tf.random.normal([4, 2], mean, deviation)
    by_mean, by_deviation = tape.gradient(y, [mean, deviation])
    assert by_mean.numpy().tolist() == [4.0, 4.0]
    assert float(by_deviation) == pytest.approx(float(tf.reduce_sum((y - mean) / 3.0)), rel=1e-4)


def test_a_shuffle_moves_whole_rows() -> None:
    x = np.arange(30).reshape(10, 3)
    y = tf.random.shuffle(x, seed=1).numpy()
    assert sorted(y.tolist()) == x.tolist() and y.tolist() != x.tolist()
    firsts = [int(tf.random.shuffle([0, 1, 2], seed=1)[0]) for _ in range(900)]
    assert scipy.stats.chisquare(np.bincount(firsts)).pvalue > 1e-3


def test_inside_a_vectorized_function() -> None:
    noisy = tf.vectorized_map(lambda x: x + tf.random.stateless_normal([3], SEED), tf.zeros((2, 3)))
    np.testing.assert_array_equal(noisy[0], tf.random.stateless_normal([3], SEED))


def test_numbers_lie_on_the_current_device(device: str) -> None:
    there = tf.constant(1.0).device
    for x in (
        tf.random.normal([2]),
        tf.random.uniform([2], 0, 5, tf.int32),
        tf.random.truncated_normal([2]),
        tf.random.gamma([2], 2.0),
        tf.random.poisson([2], 20.0),
        tf.random.shuffle([1, 2, 3]),
        tf.random.categorical([[0.0, 1.0]], 2),
        tf.random.stateless_uniform([2], SEED),
        tf.random.Generator.from_seed(1).normal([2]),
    ):
        assert x.device == there


def test_one_number_for_each_distribution_within_bounds():
    """TensorFlow 2.21's numbers; one for each, so that nothing is drawn side by side."""
    drawn = tf.random.stateless_parameterized_truncated_normal(
        [1, 2], [1, 2], means=[0.5, -1.0], stddevs=[1.0, 2.5], minvals=[-1.0, -2.0], maxvals=[1.0, 3.0]
    )
    np.testing.assert_allclose(drawn, [[0.7073803, 1.1043215]], rtol=1e-6)
