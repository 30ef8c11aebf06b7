"""trieste: points that Bayesian optimization asks for, with several models, rules and spaces."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import gpflow
import numpy as np
import tensorflow as tf
import trieste
from trieste.acquisition import (
    AugmentedExpectedImprovement,
    BatchMonteCarloExpectedImprovement,
    ExpectedImprovement,
    LocalPenalization,
    MinValueEntropySearch,
    NegativeLowerConfidenceBound,
    PredictiveVariance,
    ProbabilityOfFeasibility,
)
from trieste.acquisition.rule import (
    DiscreteThompsonSampling,
    EfficientGlobalOptimization,
    SingleObjectiveTrustRegionBox,
)
from trieste.bayesian_optimizer import BayesianOptimizer
from trieste.data import Dataset
from trieste.models.gpflow import GaussianProcessRegression, SparseVariational, build_gpr, build_svgp
from trieste.objectives import Branin, ScaledBranin, SimpleQuadratic
from trieste.space import Box, DiscreteSearchSpace

TOLERANCE = 1e-4
STEPS = 3


def seed() -> None:
    random.seed(1)
    np.random.seed(1)
    tf.random.set_seed(1)


def start(problem: Any, count: int = 6) -> Any:
    draw = np.random.RandomState(0)
    space = problem.search_space
    points = space.lower + draw.rand(count, space.dimension) * (space.upper - space.lower)
    return Dataset(points, problem.objective(points))


def regression(data: Any, space: Any) -> Any:
    return GaussianProcessRegression(build_gpr(data, space, likelihood_variance=1e-5), num_kernel_samples=0)


def sparse(data: Any, space: Any) -> Any:
    return SparseVariational(build_svgp(data, space, likelihood_variance=1e-3, num_inducing_points=6))


def matern(data: Any, space: Any) -> Any:
    model = gpflow.models.GPR(
        data.astuple(), gpflow.kernels.Matern52(lengthscales=[1.0, 1.0]), noise_variance=1e-3
    )
    return GaussianProcessRegression(model, num_kernel_samples=0)


def optimized(
    rule: Callable[[Any], Any],
    problem: Any = ScaledBranin,
    model: Callable[[Any, Any], Any] = regression,
    steps: int = STEPS,
) -> Callable[[], list[Any]]:
    """A program that gives the points that are asked for, their values, and what the model then predicts."""

    def run() -> list[Any]:
        data = start(problem)
        observer = trieste.objectives.utils.mk_observer(problem.objective)
        optimizer = BayesianOptimizer(observer, problem.search_space)
        made = rule(problem.search_space)
        options = () if made is None else (made,)
        result = optimizer.optimize(
            steps, data, model(data, problem.search_space), *options, track_state=False
        )
        found = result.try_get_final_dataset()
        mean, variance = result.try_get_final_model().predict(
            tf.constant([[0.3, 0.6], [0.7, 0.2]], tf.float64)
        )
        return [
            np.ravel(part).astype(float).tolist()
            for part in (found.query_points, found.observations, mean, variance)
        ]

    return run


def efficient(builder: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda space: EfficientGlobalOptimization(builder(space), **options)


def acquisition(builder: Callable[[Any], Any]) -> Callable[[], list[Any]]:
    """A program that gives an acquisition function's values and gradients on a grid."""

    def run() -> list[Any]:
        data = start(ScaledBranin)
        model = regression(data, ScaledBranin.search_space)
        model.optimize(data)
        function = builder(ScaledBranin.search_space).prepare_acquisition_function(model, data)
        at = tf.constant([[[0.1, 0.2]], [[0.5, 0.6]], [[0.9, 0.3]]], tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(at)
            values = function(at)
        return [np.ravel(part).tolist() for part in (values, tape.gradient(values, at))]

    return run


def discrete() -> list[Any]:
    data = start(SimpleQuadratic)
    grid = tf.constant(np.random.RandomState(2).rand(40, 2))
    space = DiscreteSearchSpace(grid)
    observer = trieste.objectives.utils.mk_observer(SimpleQuadratic.objective)
    result = BayesianOptimizer(observer, space).optimize(
        STEPS, data, regression(data, Box([0.0, 0.0], [1.0, 1.0])), track_state=False
    )
    found = result.try_get_final_dataset()
    return [np.ravel(found.query_points).tolist(), np.ravel(found.observations).tolist()]


def ask_tell() -> list[Any]:
    data = start(ScaledBranin)
    space = ScaledBranin.search_space
    loop = trieste.ask_tell_optimization.AskTellOptimizer(space, data, regression(data, space))
    points = []
    for _ in range(STEPS):
        query = loop.ask()
        points.append(np.ravel(query).tolist())
        loop.tell(Dataset(query, ScaledBranin.objective(query)))
    return points


def samplers() -> list[Any]:
    box = Box([0.0, -1.0], [2.0, 1.0])
    kinds = (
        box.sample(3, seed=1),
        box.sample_halton(3, seed=1),
        box.sample_sobol(3, skip=2),
        box.discretize(2).points,
    )
    return [np.ravel(kind).tolist() for kind in kinds]


PROGRAMS: dict[str, Callable[[], list[Any]]] = {
    "expected_improvement": optimized(lambda space: None),
    "expected_improvement_branin": optimized(lambda space: None, problem=Branin),
    "expected_improvement_matern": optimized(lambda space: None, model=matern),
    "sparse_variational": optimized(efficient(lambda s: NegativeLowerConfidenceBound(1.5)), model=sparse, steps=1),
    "lower_confidence_bound": optimized(efficient(lambda s: NegativeLowerConfidenceBound(1.5))),
    "augmented_expected_improvement": optimized(efficient(lambda s: AugmentedExpectedImprovement())),
    "predictive_variance": optimized(efficient(lambda s: PredictiveVariance())),
    "min_value_entropy_search": optimized(efficient(lambda s: MinValueEntropySearch(s)), steps=1),
    "batch_expected_improvement": optimized(
        efficient(lambda s: BatchMonteCarloExpectedImprovement(20), num_query_points=2), steps=1),
    "local_penalization": optimized(efficient(lambda s: LocalPenalization(s), num_query_points=2), steps=1),
    "thompson_sampling": optimized(lambda space: DiscreteThompsonSampling(50, 2)),
    "trust_region": optimized(lambda space: trieste.acquisition.rule.BatchTrustRegionBox(SingleObjectiveTrustRegionBox(space)), steps=2),
    "values_of_expected_improvement": acquisition(lambda s: ExpectedImprovement()),
    "values_of_lower_confidence_bound": acquisition(lambda s: NegativeLowerConfidenceBound(1.5)),
    "values_of_feasibility": acquisition(lambda s: ProbabilityOfFeasibility(threshold=0.5)),
    "discrete": discrete,
    "ask_tell": ask_tell,
    "samplers": samplers,
}  # fmt: skip
