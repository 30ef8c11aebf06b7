"""`tfp.mcmc` and `tfp.experimental.mcmc`: short chains of every kernel, adaptation, traces, diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, told

tfb = tfp.bijectors
tfd = tfp.distributions
tfe = tfp.experimental.mcmc
tfm = tfp.mcmc
PROGRAMS: dict[str, Program] = {}
SEED = (5, 9)
START = tf.constant([[0.1, -0.2], [1.0, 0.5], [-0.7, 0.3]], tf.float64)
COVARIANCE = [[1.0, 0.6], [0.6, 1.5]]


def density(x: Any) -> Any:
    """A correlated normal one, with a fourth power that bends it."""
    precision = tf.constant(np.linalg.inv(COVARIANCE))
    return -0.5 * tf.einsum("...i,ij,...j->...", x, precision, x) - 0.1 * tf.reduce_sum(x**4, -1)


def density_of_two(x: Any, y: Any) -> Any:
    return density(x) - tf.reduce_sum((y - x) ** 2, -1)


def hmc(target: Any = density, **options: Any) -> Any:
    return tfm.HamiltonianMonteCarlo(
        target, **{"step_size": tf.constant(0.3, tf.float64), "num_leapfrog_steps": 3, **options}
    )


def nuts(**options: Any) -> Any:
    return tfm.NoUTurnSampler(
        density, **{"step_size": tf.constant(0.4, tf.float64), "max_tree_depth": 4, **options}
    )


KERNELS: dict[str, Callable[[], Any]] = {
    "HamiltonianMonteCarlo": hmc,
    "UncalibratedHamiltonianMonteCarlo": lambda: tfm.UncalibratedHamiltonianMonteCarlo(density, tf.constant(0.3, tf.float64), 3),
    "MetropolisHastings": lambda: tfm.MetropolisHastings(
        tfm.UncalibratedHamiltonianMonteCarlo(density, tf.constant(0.3, tf.float64), 2)),
    "NoUTurnSampler": nuts,
    "NoUTurnSampler_unrolled": lambda: nuts(unrolled_leapfrog_steps=2, max_tree_depth=2),
    "RandomWalkMetropolis": lambda: tfm.RandomWalkMetropolis(density),
    "RandomWalkMetropolis_uniform": lambda: tfm.RandomWalkMetropolis(density, tfm.random_walk_uniform_fn(0.7)),
    "UncalibratedRandomWalk": lambda: tfm.UncalibratedRandomWalk(density, tfm.random_walk_normal_fn(0.5)),
    "SliceSampler": lambda: tfm.SliceSampler(density, step_size=tf.constant(0.7, tf.float64), max_doublings=3),
    "MetropolisAdjustedLangevinAlgorithm": lambda: tfm.MetropolisAdjustedLangevinAlgorithm(density, tf.constant(0.3, tf.float64)),
    "MetropolisAdjustedLangevinAlgorithm_volatile": lambda: tfm.MetropolisAdjustedLangevinAlgorithm(
        density, tf.constant(0.3, tf.float64), volatility_fn=lambda x: 1.0 / (1.0 + 0.1 * x**2)),
    "UncalibratedLangevin": lambda: tfm.UncalibratedLangevin(density, tf.constant(0.1, tf.float64)),
    "ReplicaExchangeMC": lambda: tfm.ReplicaExchangeMC(
        density, tf.constant([1.0, 0.5, 0.2], tf.float64), lambda target: hmc(target)),
    "ReplicaExchangeMC_even_odd": lambda: tfm.ReplicaExchangeMC(
        density, tf.constant([1.0, 0.5, 0.2], tf.float64), lambda target: hmc(target),
        swap_proposal_fn=tfm.even_odd_swap_proposal_fn(1.0)),
    "TransformedTransitionKernel": lambda: tfm.TransformedTransitionKernel(
        hmc(lambda x: density(tf.math.log(x))), tfb.Exp()),
    "SimpleStepSizeAdaptation": lambda: tfm.SimpleStepSizeAdaptation(hmc(), num_adaptation_steps=5),
    "SimpleStepSizeAdaptation_nuts": lambda: tfm.SimpleStepSizeAdaptation(
        nuts(), 5, step_size_setter_fn=lambda kr, new: kr._replace(step_size=new), step_size_getter_fn=lambda kr: kr.step_size,
        log_accept_prob_getter_fn=lambda kr: kr.log_accept_ratio),
    "DualAveragingStepSizeAdaptation": lambda: tfm.DualAveragingStepSizeAdaptation(hmc(), num_adaptation_steps=5),
    "DualAveragingStepSizeAdaptation_transformed": lambda: tfm.DualAveragingStepSizeAdaptation(
        tfm.TransformedTransitionKernel(hmc(lambda x: density(tf.math.log(x))), tfb.Exp()), num_adaptation_steps=5),
    "EllipticalSliceSampler": lambda: tfe.EllipticalSliceSampler(
        lambda seed: tfd.Normal(tf.zeros([3, 2], tf.float64), 1.0).sample(seed=seed), density),
    "PreconditionedHamiltonianMonteCarlo": lambda: tfe.PreconditionedHamiltonianMonteCarlo(
        density, tf.constant(0.3, tf.float64), 3,
        momentum_distribution=tfe.preconditioning_utils.make_momentum_distribution([START], [3], [tf.constant([1.0, 1.5], tf.float64)])),
    "PreconditionedNoUTurnSampler": lambda: tfe.PreconditionedNoUTurnSampler(density, tf.constant(0.3, tf.float64), max_tree_depth=3),
    "DiagonalMassMatrixAdaptation": lambda: tfe.DiagonalMassMatrixAdaptation(
        tfe.PreconditionedHamiltonianMonteCarlo(density, tf.constant(0.3, tf.float64), 2),
        initial_running_variance=tfp.experimental.stats.RunningVariance.from_stats(
            tf.constant(1.0, tf.float64), tf.zeros([2], tf.float64), tf.ones([2], tf.float64))),
    "GradientBasedTrajectoryLengthAdaptation": lambda: tfe.GradientBasedTrajectoryLengthAdaptation(hmc(), num_adaptation_steps=5),
    "SampleDiscardingKernel": lambda: tfe.SampleDiscardingKernel(hmc(), num_burnin_steps=2, num_steps_between_results=1),
    "ThinningKernel": lambda: tfe.ThinningKernel(hmc(), 2),
    "WithReductions": lambda: tfe.WithReductions(hmc(), [tfe.VarianceReducer(), tfe.ExpectationsReducer(transform_fn=lambda x, _: x**2)]),
}  # fmt: skip


def start_of(name: str) -> Any:
    return tf.exp(START) if "ransformed" in name else START


def chain(name: str, make: Callable[[], Any], in_function: bool) -> Program:
    """A chain of five, with all that its kernel tells where it runs eagerly."""

    def run() -> list[Any]:
        def sample() -> Any:
            trace = (lambda _, results: ()) if in_function else (lambda _, results: numbers(results))
            return tfm.sample_chain(
                5,
                start_of(name),
                kernel=make(),
                num_burnin_steps=2,
                num_steps_between_results=1,
                trace_fn=trace,
                seed=SEED,
            )

        return told((tf.function(sample) if in_function else sample)())

    return run


def numbers(results: Any) -> list[Any]:
    """What of a kernel's results is a number: its tensors of floats and booleans."""
    parts = tf.nest.flatten(results)
    return [
        part
        for part in parts
        if isinstance(part, tf.Tensor) and (part.dtype.is_floating or part.dtype == tf.bool)
    ]


def steps(name: str, make: Callable[[], Any]) -> Program:
    def run() -> list[Any]:
        kernel = make()
        state = start_of(name)
        results = kernel.bootstrap_results(state)
        answers = [kernel.is_calibrated, numbers(results)]
        for step in range(2):
            state, results = kernel.one_step(state, results, seed=(step, 1))
            answers += [state, numbers(results)]
        return told(answers)

    return run


for _name, _make in KERNELS.items():
    PROGRAMS[f"mcmc.{_name}"] = chain(_name, _make, in_function=False)
    PROGRAMS[f"mcmc.{_name}.function"] = chain(_name, _make, in_function=True)
    PROGRAMS[f"mcmc.{_name}.steps"] = steps(_name, _make)


def program(function: Callable[[], Any]) -> Callable[[], Any]:
    PROGRAMS[f"mcmc.{function.__name__}"] = lambda: told(function())
    return function


@program
def two_states() -> Any:
    kernel = hmc(
        density_of_two, step_size=[tf.constant(0.2, tf.float64), tf.constant([0.1, 0.3], tf.float64)]
    )
    return tfm.sample_chain(
        4, [START, START + 0.5], kernel=kernel, trace_fn=lambda _, r: r.is_accepted, seed=SEED
    )


@program
def stateful_seed() -> Any:
    return tfm.sample_chain(3, START, kernel=hmc(), trace_fn=None, seed=42)


@program
def final_results_go_on() -> Any:
    first = tfm.sample_chain(
        3,
        START,
        kernel=hmc(),
        return_final_kernel_results=True,
        trace_fn=lambda _, r: r.is_accepted,
        seed=SEED,
    )
    state = tf.nest.map_structure(lambda x: x[-1], first.all_states)
    again = tfm.sample_chain(3, state, first.final_kernel_results, hmc(), trace_fn=None, seed=SEED)
    return [first.trace, again]


@program
def posterior() -> Any:
    """Of a joint distribution with bijectors: NUTS with dual averaging."""
    model = tfd.JointDistributionNamed({
        "scale": tfd.HalfNormal(tf.constant(1.0, tf.float64)),
        "x": lambda scale: tfd.Sample(tfd.Normal(tf.constant(0.5, tf.float64), scale), 4)})  # fmt: skip
    data = tf.constant([0.1, 0.9, 1.5, -0.3], tf.float64)
    kernel = tfm.DualAveragingStepSizeAdaptation(
        tfm.TransformedTransitionKernel(
            tfm.NoUTurnSampler(lambda scale: model.log_prob(scale=scale, x=data), tf.constant(0.5, tf.float64), max_tree_depth=3),
            tfb.Softplus()), 4)  # fmt: skip
    run = tf.function(
        lambda: tfm.sample_chain(5, tf.constant(1.0, tf.float64), kernel=kernel, trace_fn=None, seed=SEED)
    )
    return run()


@program
def annealed_importance() -> Any:
    return tfm.sample_annealed_importance_chain(
        5, lambda x: tf.reduce_sum(-0.5 * x**2, -1), density, START, lambda target: hmc(target), seed=SEED
    )[:2]


@program
def halton() -> Any:
    plain = tfm.sample_halton_sequence(3, 6, randomized=False)
    return [
        plain,
        tfm.sample_halton_sequence(
            2, sequence_indices=[0, 4, 9], randomized=True, seed=SEED, dtype=tf.float64
        ),
    ]


def _chains() -> Any:
    draw = np.random.RandomState(0).standard_normal((40, 3, 2))
    return tf.constant(np.cumsum(draw * 0.5, 0) * 0.3 + draw)


@program
def effective_sample_size() -> Any:
    x = _chains()
    options: list[dict[str, Any]] = [
        {}, {"filter_threshold": 0.1}, {"filter_beyond_lag": 5}, {"filter_beyond_positive_pairs": True}, {"cross_chain_dims": 1}
    ]  # fmt: skip
    return [tfm.effective_sample_size(x, **one) for one in options]


@program
def potential_scale_reduction() -> Any:
    x = _chains()
    return [tfm.potential_scale_reduction(x), tfm.potential_scale_reduction(x, split_chains=True),
            tf.function(tfm.potential_scale_reduction)(x)]  # fmt: skip


@program
def sample_fold() -> Any:
    return tfe.sample_fold(
        6,
        START,
        kernel=hmc(),
        reducer=[tfe.VarianceReducer(), tfe.CovarianceReducer(event_ndims=1)],
        seed=SEED,
    )[0]


@program
def experimental_sample_chain() -> Any:
    return tfe.sample_chain(hmc(), 5, START, trace_fn=lambda state, _: state, seed=SEED).trace


@program
def sample_chain_with_burnin() -> Any:
    return tfe.sample_chain_with_burnin(4, START, kernel=hmc(), num_burnin_steps=2, seed=SEED).trace


@program
def step_kernel() -> Any:
    return tfe.step_kernel(4, START, kernel=hmc(), seed=SEED)


@program
def potential_scale_reduction_reducer() -> Any:
    return tfe.sample_fold(6, START, kernel=hmc(), reducer=tfe.PotentialScaleReductionReducer(), seed=SEED)[0]


@program
def resampling() -> Any:
    weights = tf.math.log(tf.constant([0.1, 0.5, 0.25, 0.15]))
    kinds = (
        tfe.resample_systematic,
        tfe.resample_independent,
        tfe.resample_stratified,
        tfe.resample_deterministic_minimum_error,
    )
    return [kind(weights, 4, (), seed=SEED) for kind in kinds] + [tfe.log_ess_from_log_weights(weights)]


def _walk(step: Any, x: Any) -> Any:
    return tfd.Normal(0.9 * x, 0.5)


@program
def particle_filter() -> Any:
    observations = tf.constant([0.5, 1.0, 1.5, 0.7])
    return tfe.particle_filter(
        observations,
        tfd.Normal(0.0, 1.0),
        _walk,
        lambda step, x: tfd.Normal(x, 0.3),
        num_particles=8,
        seed=SEED,
    )[0]


@program
def infer_trajectories() -> Any:
    observations = tf.constant([0.5, 1.0, 1.5])
    return tfe.infer_trajectories(
        observations,
        tfd.Normal(0.0, 1.0),
        _walk,
        lambda step, x: tfd.Normal(x, 0.3),
        num_particles=6,
        seed=SEED,
    )


@program
def sequential_monte_carlo() -> Any:
    n, state, _ = tfe.sample_sequential_monte_carlo(
        lambda x: tfd.Normal(tf.constant(0.0, tf.float64), 1.0).log_prob(x), lambda x: -2.0 * (x - 0.7) ** 2,
        tf.constant(np.linspace(-1.5, 1.5, 12)), max_num_steps=4, max_stage=4, seed=SEED,
    )  # fmt: skip
    return [n, state]


@program
def windowed_adaptive_hmc() -> Any:
    model = tfd.JointDistributionSequential(
        [tfd.Normal(tf.constant(0.0, tf.float64), 1.0), lambda x: tfd.Normal(x, 0.5)]
    )
    run = tf.function(lambda: tfe.windowed_adaptive_hmc(
        3, model, num_leapfrog_steps=2, n_chains=4, num_adaptation_steps=25, seed=SEED, var1=tf.constant(0.7, tf.float64))[0])  # fmt: skip
    return run()


@program
def remc_thermodynamic_integrals() -> Any:
    draw = np.random.RandomState(1).rand(10, 3)
    return tfe.remc_thermodynamic_integrals(tf.constant([1.0, 0.5, 0.1], tf.float64), tf.constant(draw))


@program
def running_statistics() -> Any:
    stats = tfp.experimental.stats
    mean, variance = (
        stats.RunningMean.from_shape([2], tf.float64),
        stats.RunningVariance.from_shape([2], tf.float64),
    )
    covariance = stats.RunningCovariance.from_shape([2], tf.float64)
    for row in START:
        mean, variance, covariance = mean.update(row), variance.update(row), covariance.update(row)
    return [mean.mean, variance.variance(), covariance.covariance(ddof=1)]
