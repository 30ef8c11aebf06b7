"""`tfp.optimizer` and `tfp.glm`: minima, line searches, evolution, proximal steps, generalized linear models."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, modes, told

tfo = tfp.optimizer
PROGRAMS: dict[str, Program] = {}
SEED = (2, 5)
CENTRE = np.array([1.0, -0.5, 0.3])
MATRIX = np.array([[3.0, 0.5, 0.2], [0.5, 2.0, -0.3], [0.2, -0.3, 1.0]])


def quadratic(x: Any) -> Any:
    gap = x - tf.constant(CENTRE, x.dtype)
    return 0.5 * tf.einsum("...i,ij,...j->...", gap, tf.constant(MATRIX, x.dtype), gap)


def rosenbrock(x: Any) -> Any:
    return tf.reduce_sum(100.0 * (x[..., 1:] - x[..., :-1] ** 2) ** 2 + (1.0 - x[..., :-1]) ** 2, -1)


def valued(objective: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: tfp.math.value_and_gradient(objective, x)


def starts(dtype: Any = tf.float64) -> Any:
    return tf.constant([[-0.5, 0.7, 1.2], [0.4, 0.1, -0.6]], dtype)


MINIMA: dict[str, Callable[[Any], Any]] = {
    "bfgs": lambda x: tfo.bfgs_minimize(valued(quadratic), x[0], tolerance=1e-6),
    "bfgs_batch": lambda x: tfo.bfgs_minimize(valued(quadratic), x, tolerance=1e-6, stopping_condition=tfo.converged_all),
    "bfgs_any": lambda x: tfo.bfgs_minimize(valued(quadratic), x, tolerance=1e-3, stopping_condition=tfo.converged_any),
    "bfgs_estimate": lambda x: tfo.bfgs_minimize(
        valued(quadratic), x[0], initial_inverse_hessian_estimate=tf.eye(3, dtype=x.dtype) * 0.5, tolerance=1e-6),
    "bfgs_rosenbrock": lambda x: tfo.bfgs_minimize(valued(rosenbrock), x[0], max_iterations=8),
    "bfgs_stops": lambda x: tfo.bfgs_minimize(valued(rosenbrock), x[0], max_iterations=3, f_relative_tolerance=1e-3, x_tolerance=1e-3),
    "lbfgs": lambda x: tfo.lbfgs_minimize(valued(quadratic), x[0], tolerance=1e-6, num_correction_pairs=3),
    "lbfgs_batch": lambda x: tfo.lbfgs_minimize(valued(rosenbrock), x, max_iterations=8),
    "lbfgs_goes_on": lambda x: tfo.lbfgs_minimize(
        valued(rosenbrock), None, max_iterations=9,
        previous_optimizer_results=tfo.lbfgs_minimize(valued(rosenbrock), x[0], max_iterations=4)),
    "nelder_mead": lambda x: tfo.nelder_mead_minimize(quadratic, initial_vertex=x[0], max_iterations=20),
    "nelder_mead_simplex": lambda x: tfo.nelder_mead_minimize(
        rosenbrock, initial_simplex=tf.concat([x[:1], x[:1] + tf.eye(3, dtype=x.dtype)], 0), max_iterations=15, batch_evaluate_objective=True),
    "differential_evolution": lambda x: tfo.differential_evolution_minimize(
        quadratic, initial_position=x[0], population_size=12, max_iterations=6, seed=SEED),
    "differential_evolution_population": lambda x: tfo.differential_evolution_minimize(
        quadratic, initial_population=tf.constant(np.random.RandomState(0).rand(10, 3), x.dtype), max_iterations=4,
        differential_weight=0.8, crossover_prob=0.6, seed=SEED),
    "differential_evolution_one_step": lambda x: tfo.differential_evolution_one_step(
        quadratic, tf.constant(np.random.RandomState(1).rand(8, 3), x.dtype),
        differential_weight=tf.constant(0.5, x.dtype),
        crossover_prob=tf.constant(0.9, x.dtype), seed=SEED)[0],
}  # fmt: skip


def minimum(of: Callable[[Any], Any], mode: str) -> Program:
    return lambda: told(modes(of)[mode](starts()))


for _name, _minimum in MINIMA.items():
    for _mode in ("", ".function", ".compiled"):
        PROGRAMS[f"optimizer.{_name}{_mode}"] = minimum(_minimum, _mode)


Point = collections.namedtuple("Point", ["x", "f", "df"])  # the names that the search asks for


def hager_zhang(x: Any) -> Any:
    """A line search from `x` along minus the gradient, for both rows at once."""
    slope = tfp.math.value_and_gradient(rosenbrock, x)[1]

    def along(t: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(t)
            value = rosenbrock(x - t[..., None] * slope)
        return Point(t, value, tape.gradient(value, t))

    found = tfo.linesearch.hager_zhang(along, initial_step_size=tf.constant([0.01, 0.02], x.dtype))
    return [found.converged, found.failed, found.func_evals, found.iterations, found.left, found.right]


for _mode in ("", ".function"):
    PROGRAMS[f"optimizer.hager_zhang{_mode}"] = lambda mode=_mode: told(modes(hager_zhang)[mode](starts()))


# -- sparse and generalized linear models --------------------------------------------------------------------------

DRAW = np.random.RandomState(4)
DESIGN = DRAW.standard_normal((20, 4))
WEIGHTS = np.array([0.6, -0.4, 0.0, 0.2])
LINE = DESIGN @ WEIGHTS
FAMILIES: dict[str, tuple[Callable[[], Any], Any]] = {
    "Bernoulli": (lambda: tfp.glm.Bernoulli(), (LINE + DRAW.standard_normal(20) > 0).astype(float)),
    "BernoulliNormalCDF": (lambda: tfp.glm.BernoulliNormalCDF(), (LINE + DRAW.standard_normal(20) > 0).astype(float)),
    "Binomial": (lambda: tfp.glm.Binomial(4.0), DRAW.randint(0, 5, 20).astype(float)),
    "GammaExp": (lambda: tfp.glm.GammaExp(), DRAW.gamma(2.0, 1.0, 20)),
    "GammaSoftplus": (lambda: tfp.glm.GammaSoftplus(), DRAW.gamma(2.0, 1.0, 20)),
    "LogNormal": (lambda: tfp.glm.LogNormal(), np.exp(0.3 * DRAW.standard_normal(20))),
    "LogNormalSoftplus": (lambda: tfp.glm.LogNormalSoftplus(), np.exp(0.3 * DRAW.standard_normal(20))),
    "NegativeBinomial": (lambda: tfp.glm.NegativeBinomial(), DRAW.poisson(np.exp(LINE)).astype(float)),
    "NegativeBinomialSoftplus": (lambda: tfp.glm.NegativeBinomialSoftplus(), DRAW.poisson(np.exp(LINE)).astype(float)),
    "Normal": (lambda: tfp.glm.Normal(), LINE + 0.1 * DRAW.standard_normal(20)),
    "NormalReciprocal": (lambda: tfp.glm.NormalReciprocal(), 0.5 + DRAW.rand(20)),
    "Poisson": (lambda: tfp.glm.Poisson(), DRAW.poisson(np.exp(LINE)).astype(float)),
    "PoissonSoftplus": (lambda: tfp.glm.PoissonSoftplus(), DRAW.poisson(np.exp(LINE)).astype(float)),
}  # fmt: skip


def family(make: Callable[[], Any], response: Any, mode: str) -> Program:
    """What a family says of a line, and its fit."""

    def question(design: Any, y: Any) -> Any:
        model = make()
        line = 0.5 + 0.1 * tf.linalg.matvec(design, tf.constant(WEIGHTS))
        return [
            model(line),
            model.log_prob(y, line),
            tfp.glm.fit_one_step(design, y, model, l2_regularizer=0.1),
            tfp.glm.fit(design, y, model, maximum_iterations=5, l2_regularizer=0.1),
        ]

    return lambda: told(modes(question)[mode](tf.constant(DESIGN), tf.constant(response)))


for _name, (_make, _response) in FAMILIES.items():
    for _mode in ("", ".function"):
        PROGRAMS[f"glm.{_name}{_mode}"] = family(_make, _response, _mode)


def sparse(name: str, mode: str) -> Program:
    def question(design: Any, y: Any) -> Any:
        start = tf.zeros(4, tf.float64)
        options: dict[str, Any] = {"tolerance": 1e-5, "l1_regularizer": 0.2, "l2_regularizer": 0.1}
        model = FAMILIES[name][0]()
        return [
            tfp.glm.fit_sparse_one_step(design, y, model, start, maximum_full_sweeps=2, **options),
            tfp.glm.fit_sparse(design, y, model, start, maximum_iterations=4, **options),
        ]

    return lambda: told(modes(question)[mode](tf.constant(DESIGN), tf.constant(FAMILIES[name][1])))


for _name in ("Bernoulli", "Normal", "Poisson"):
    for _mode in ("", ".function"):
        PROGRAMS[f"glm.fit_sparse_{_name}{_mode}"] = sparse(_name, _mode)


def proximal(x: Any) -> Any:
    """Least squares with an L1 penalty."""
    design, y = tf.constant(DESIGN), tf.constant(FAMILIES["Normal"][1])

    def grad_and_hessian_loss_fn(w: Any) -> Any:
        error = tf.linalg.matvec(design, w) - y
        return tf.linalg.matvec(design, error, transpose_a=True), design, tf.ones(20, tf.float64)

    options: dict[str, Any] = {"l1_regularizer": 0.5, "tolerance": 1e-6}
    start = tf.zeros(4, tf.float64)
    return [
        tfo.proximal_hessian_sparse_one_step(*grad_and_hessian_loss_fn(start), start, maximum_full_sweeps=3, **options),
        tfo.proximal_hessian_sparse_minimize(
            grad_and_hessian_loss_fn, start, maximum_iterations=3, maximum_full_sweeps_per_iteration=2, **options
        ),
    ]  # fmt: skip


for _mode in ("", ".function"):
    PROGRAMS[f"optimizer.proximal_hessian_sparse{_mode}"] = lambda mode=_mode: told(
        modes(proximal)[mode](starts())
    )


# -- criteria of convergence, and stochastic optimizers ------------------------------------------------------------


CRITERIA: dict[str, Callable[[], Any]] = {
    "LossNotDecreasing": lambda: tfo.convergence_criteria.LossNotDecreasing(rtol=0.05, window_size=3, min_num_steps=2),
    "LossNotDecreasing_atol": lambda: tfo.convergence_criteria.LossNotDecreasing(atol=0.05),
    "SuccessiveGradientsAreUncorrelated": lambda: tfo.convergence_criteria.SuccessiveGradientsAreUncorrelated(
        window_size=3, min_num_steps=2),
}  # fmt: skip


def criterion(make: Callable[[], Any]) -> Program:
    def run() -> list[Any]:
        rule = make()
        losses = [tf.constant(value, tf.float64) for value in (3.0, 2.0, 1.5, 1.4, 1.39, 1.389)]
        slopes = [tf.constant(CENTRE * (-0.7) ** step) for step in range(6)]
        state = rule.bootstrap(losses[0], [slopes[0]], [slopes[0]])
        told_of = []
        for step in range(1, 6):
            done, state = rule.one_step(step, losses[step], [slopes[step]], [slopes[step]], state)
            told_of.append([done, state])
        return told(told_of)

    return run


for _name, _criterion in CRITERIA.items():
    PROGRAMS[f"optimizer.{_name}"] = criterion(_criterion)


def stochastic(make: Callable[[], Any]) -> Program:
    def run() -> list[Any]:
        x = tf.Variable(CENTRE * 2.0)
        optimizer = make()
        losses = []
        for _ in range(5):
            with tf.GradientTape() as tape:
                loss = quadratic(x)
            optimizer.apply_gradients([(tape.gradient(loss, x), x)])
            losses.append(loss)
        return told([losses, x])

    return run


PROGRAMS["optimizer.VariationalSGD"] = stochastic(
    lambda: tfo.VariationalSGD(batch_size=1, total_num_examples=10, burnin=2)
)
PROGRAMS["optimizer.StochasticGradientLangevinDynamics"] = stochastic(
    lambda: tfo.StochasticGradientLangevinDynamics(0.1)
)
