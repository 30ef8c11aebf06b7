"""`tfp.vi` and `tfp.sts`: losses by samples and fits of surrogate posteriors, models of time series."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from .values import Program, modes, told

tfb = tfp.bijectors
tfd = tfp.distributions
sts = tfp.sts
tfv = tfp.vi
PROGRAMS: dict[str, Program] = {}
SEED = (4, 11)


def program(name: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def named(function: Callable[[], Any]) -> Callable[[], Any]:
        PROGRAMS[name] = lambda: told(function())
        return function

    return named


def target(x: Any) -> Any:
    return tfd.Normal(tf.constant(1.0, tf.float64), 0.7).log_prob(x) - 0.1 * x**4


def posterior() -> tuple[Any, Any, Any]:
    """A normal distribution with a location and a scale that are trained."""
    location = tf.Variable(tf.constant(0.2, tf.float64), name="location")
    scale = tfp.util.TransformedVariable(tf.constant(0.8, tf.float64), tfb.Softplus(), name="scale")
    return location, scale, tfd.Normal(location, scale)


# -- losses by samples ---------------------------------------------------------------------------------------------

ESTIMATORS = tfv.GradientEstimators
LOSSES: dict[str, dict[str, Any]] = {
    "reparameterization": {"sample_size": 5},
    "importance": {"sample_size": 3, "importance_sample_size": 4},
    "score_function": {"sample_size": 5, "gradient_estimator": ESTIMATORS.SCORE_FUNCTION},
    "doubly_reparameterized": {
        "sample_size": 3, "importance_sample_size": 3, "gradient_estimator": ESTIMATORS.DOUBLY_REPARAMETERIZED, "stopped": True},
    "vimco": {"sample_size": 2, "importance_sample_size": 4, "gradient_estimator": ESTIMATORS.VIMCO},
    "jensen_shannon": {"sample_size": 5, "discrepancy_fn": tfv.jensen_shannon},
    "kl_forward": {"sample_size": 5, "discrepancy_fn": tfv.kl_forward},
    "squared_hellinger_score": {
        "sample_size": 5, "discrepancy_fn": tfv.squared_hellinger, "gradient_estimator": ESTIMATORS.SCORE_FUNCTION},
}  # fmt: skip


def loss(options: dict[str, Any], mode: str) -> Program:
    def run() -> list[Any]:
        location, scale, surrogate = posterior()
        given = {name: value for name, value in options.items() if name != "stopped"}
        if "stopped" in options:
            given["stopped_surrogate_posterior"] = tfd.Normal(
                tf.stop_gradient(location), tf.stop_gradient(scale)
            )

        def question() -> Any:
            with tf.GradientTape() as tape:
                value = tfv.monte_carlo_variational_loss(target, surrogate, seed=SEED, **given)
            return value, tape.gradient(value, [location, scale.trainable_variables[0]])

        return told(modes(question)[mode]())

    return run


for _name, _options in LOSSES.items():
    for _mode in ("", ".function", ".compiled"):
        PROGRAMS[f"vi.loss_{_name}{_mode}"] = loss(_options, _mode)


@program("vi.csiszar_vimco")
def _() -> Any:
    location, scale, surrogate = posterior()
    with tf.GradientTape() as tape:
        value = tfv.csiszar_vimco(
            tfv.kl_reverse, target, surrogate, num_draws=4, num_batch_draws=3, seed=SEED
        )
    return value, tape.gradient(value, [location, scale.trainable_variables[0]])


# -- fits ----------------------------------------------------------------------------------------------------------


class Descent:
    """Gradient descent on Variables."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def apply_gradients(self, pairs: Any, **_: Any) -> Any:
        return tf.group(*[x.assign_sub(self.rate * gradient) for gradient, x in pairs])


class Pure:
    """Gradient descent with momentum on Tensors."""

    def init(self, parameters: Any) -> Any:
        return tf.nest.map_structure(tf.zeros_like, parameters)

    def update(self, gradients: Any, state: Any, parameters: Any = None) -> Any:
        state = tf.nest.map_structure(lambda g, s: 0.5 * s + g, gradients, state)
        return tf.nest.map_structure(lambda s: -0.1 * s, state), state


def adam(rate: float) -> Any:
    import tf_keras

    return tf_keras.optimizers.Adam(rate)


def fitted(optimizer: Callable[[], Any], **options: Any) -> Program:
    def run() -> list[Any]:
        location, scale, surrogate = posterior()
        losses = tfv.fit_surrogate_posterior(
            target, surrogate, optimizer(), **{"num_steps": 6, "sample_size": 4, "seed": SEED, **options}
        )
        return told([losses, location, tf.convert_to_tensor(scale)])

    return run


PROGRAMS |= {
    "vi.fit": fitted(lambda: Descent(0.1)),
    "vi.fit_adam": fitted(lambda: adam(0.1)),
    "vi.fit_compiled": fitted(lambda: Descent(0.1), jit_compile=True),
    "vi.fit_importance": fitted(lambda: Descent(0.1), importance_sample_size=3),
    "vi.fit_forward": fitted(lambda: Descent(0.05), discrepancy_fn=tfv.kl_forward),
    "vi.fit_traced": fitted(lambda: Descent(0.1), trace_fn=lambda t: (t.loss, t.gradients, t.parameters)),
    "vi.fit_converges": fitted(
        lambda: Descent(0.2),
        num_steps=30,
        convergence_criterion=tfp.optimizer.convergence_criteria.LossNotDecreasing(rtol=0.05),
    ),
}


def fitted_pure(jit_compile: bool) -> Program:
    def run() -> list[Any]:
        def build(raw: Any) -> Any:
            return tfd.Normal(raw[0], tf.nn.softplus(raw[1]))

        found = tfv.fit_surrogate_posterior_stateless(
            target,
            build,
            initial_parameters=tf.constant([0.2, 0.3], tf.float64),
            optimizer=Pure(),
            num_steps=5,
            sample_size=4,
            jit_compile=jit_compile,
            seed=SEED,
        )
        return told(found)

    return run


PROGRAMS["vi.fit_stateless"] = fitted_pure(False)
PROGRAMS["vi.fit_stateless.compiled"] = fitted_pure(True)


def joint() -> Any:
    return tfd.JointDistributionSequentialAutoBatched([
        tfd.Gamma(tf.constant(2.0, tf.float64), 1.0),
        lambda scale: tfd.Normal(tf.constant(0.0, tf.float64), scale),
        lambda x, scale: tfd.Sample(tfd.Normal(x, scale), 3),
    ])  # fmt: skip


def automatic(build: str) -> Program:
    """A surrogate that tfp.experimental.vi builds for a joint distribution, and three steps of its fit."""

    def run() -> list[Any]:
        model = joint()
        data = tf.constant([0.1, 0.9, 1.5], tf.float64)
        pinned = model.experimental_pin(None, None, data)
        made = getattr(tfp.experimental.vi, build)(
            event_shape=pinned.event_shape,
            bijector=pinned.experimental_default_event_space_bijector(),
            dtype=tf.float64,
        )
        losses = tfv.fit_surrogate_posterior(
            pinned.unnormalized_log_prob, made, Descent(1e-4), num_steps=3, sample_size=2, seed=SEED
        )
        return told([losses, [*made.trainable_variables], made.sample(2, seed=SEED)])

    return run


PROGRAMS["vi.factored"] = automatic("build_factored_surrogate_posterior")
PROGRAMS["vi.affine"] = automatic("build_affine_surrogate_posterior")


def asvi(in_function: bool) -> Program:
    def run() -> list[Any]:
        model = tfd.JointDistributionSequential([
            tfd.Normal(tf.constant(0.0), 1.0), lambda x: tfd.Normal(x, 0.5), lambda y: tfd.Normal(y, 0.3)])  # fmt: skip
        made = tfp.experimental.vi.build_asvi_surrogate_posterior(model, mean_field=False, seed=SEED)
        ask = lambda: made.log_prob([tf.constant(0.1), tf.constant(0.4), tf.constant(-0.2)])  # noqa: E731
        return told([(tf.function(ask) if in_function else ask)(), made.sample(seed=SEED)])

    return run


PROGRAMS["vi.asvi"] = asvi(False)
PROGRAMS["vi.asvi.function"] = asvi(True)


# -- time series ---------------------------------------------------------------------------------------------------

SERIES = np.array([0.3, 0.8, 0.1, -0.4, 0.6, 1.1, 0.5, 0.0, 0.9, 1.5, 0.7, 0.2])
DESIGN = np.random.RandomState(0).standard_normal((16, 2))


def observed() -> Any:
    return tf.constant(SERIES)


def gap() -> Any:
    return sts.MaskedTimeSeries(observed(), is_missing=tf.constant([False] * 4 + [True] * 2 + [False] * 6))


MODELS: dict[str, Callable[[], Any]] = {
    "Autoregressive": lambda: sts.Autoregressive(2, observed_time_series=observed()),
    "AutoregressiveIntegratedMovingAverage": lambda: sts.AutoregressiveIntegratedMovingAverage(
        1, 1, integration_degree=1, observed_time_series=observed()),
    "DynamicLinearRegression": lambda: sts.DynamicLinearRegression(tf.constant(DESIGN), observed_time_series=observed()),
    "LinearRegression": lambda: sts.Sum([sts.LinearRegression(tf.constant(DESIGN))], observed_time_series=observed()),
    "LocalLevel": lambda: sts.LocalLevel(observed_time_series=observed()),
    "LocalLevel_missing": lambda: sts.LocalLevel(observed_time_series=gap()),
    "LocalLinearTrend": lambda: sts.LocalLinearTrend(observed_time_series=observed()),
    "Seasonal": lambda: sts.Seasonal(4, observed_time_series=observed()),
    "Seasonal_free": lambda: sts.Seasonal(
        3, num_steps_per_season=2, constrain_mean_effect_to_zero=False, observed_time_series=observed()),
    "SemiLocalLinearTrend": lambda: sts.SemiLocalLinearTrend(observed_time_series=observed()),
    "SmoothSeasonal": lambda: sts.SmoothSeasonal(4.0, [1, 2], observed_time_series=observed()),
    "SparseLinearRegression": lambda: sts.Sum([sts.SparseLinearRegression(tf.constant(DESIGN))], observed_time_series=observed()),
    "Sum": lambda: sts.Sum(
        [sts.LocalLinearTrend(observed_time_series=observed()), sts.Seasonal(4, observed_time_series=observed())],
        observed_time_series=observed()),
}  # fmt: skip


def values_of(model: Any) -> list[Any]:
    """The middle of each parameter's prior where it has one, else a sample of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [parameter.prior.sample(seed=SEED) for parameter in model.parameters]


def state_space(make: Callable[[], Any], mode: str) -> Program:
    def run() -> list[Any]:
        model = make()
        parameters = values_of(model)
        series = observed()

        def question(parameters: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(parameters)
                density = model.joint_distribution(series).log_prob(*parameters)
            space = model.make_state_space_model(len(SERIES), parameters)
            means, covariances = space.posterior_marginals(series[:, None])
            return [
                density,
                tape.gradient(density, parameters),
                space.log_prob(series[:, None]),
                space.mean(),
                space.variance(),
                means,
                covariances,
                space.sample(seed=SEED),
            ]

        return told([parameters, modes(question)[mode](parameters)])

    return run


def used(make: Callable[[], Any]) -> Program:
    """Forecasts, one-step predictions, imputed values and parts of a series, with two sets of parameters."""

    def run() -> list[Any]:
        model = make()
        samples = [
            tf.stack([value, 1.1 * value if value.dtype.is_floating else value]) for value in values_of(model)
        ]
        ahead = sts.forecast(model, observed(), samples, 3)
        one = sts.one_step_predictive(model, observed(), samples)
        answers = [ahead.mean(), ahead.stddev(), ahead.sample(seed=SEED), one.mean(), one.stddev()]
        filled = sts.impute_missing_values(model, gap(), samples)
        answers += [filled.mean(), filled.stddev()]
        if isinstance(model, sts.Sum):
            parts = sts.decompose_by_component(model, observed(), samples)
            answers += [[part.mean(), part.stddev()] for part in parts.values()]
            parts = sts.decompose_forecast_by_component(model, ahead, samples)
            answers += [[part.mean(), part.stddev()] for part in parts.values()]
        return told(answers)

    return run


def fit(make: Callable[[], Any]) -> Program:
    def run() -> list[Any]:
        model = make()
        surrogate = sts.build_factored_surrogate_posterior(model, seed=SEED)
        losses = tfv.fit_surrogate_posterior(
            model.joint_distribution(observed()).log_prob, surrogate, Descent(0.01), 2, seed=SEED
        )
        return told([losses, surrogate.sample(seed=SEED)])

    return run


for _name, _make in MODELS.items():
    PROGRAMS[f"sts.{_name}"] = state_space(_make, "")
    PROGRAMS[f"sts.{_name}.function"] = state_space(_make, ".function")
    PROGRAMS[f"sts.{_name}.used"] = used(_make)
    PROGRAMS[f"sts.{_name}.fit"] = fit(_make)


@program("sts.fit_with_hmc")
def _() -> Any:
    model = sts.LocalLevel(observed_time_series=observed())
    return sts.fit_with_hmc(
        model,
        observed(),
        num_results=3,
        num_warmup_steps=3,
        num_leapfrog_steps=2,
        num_variational_steps=4,
        variational_optimizer=Descent(0.01),
        seed=SEED,
    )


@program("sts.sample_uniform_initial_state")
def _() -> Any:
    model = sts.LocalLinearTrend(observed_time_series=observed())
    return [sts.sample_uniform_initial_state(p, init_sample_shape=(2,), seed=SEED) for p in model.parameters]


@program("sts.build_factored_surrogate_posterior_stateless")
def _() -> Any:
    model = sts.LocalLevel(observed_time_series=observed())
    init, build = sts.build_factored_surrogate_posterior_stateless(model)
    raw = init(seed=SEED)
    return [raw, build(raw).sample(2, seed=SEED)]


@program("sts.moments_of_masked_time_series")
def _() -> Any:
    mask = tf.constant([False] * 3 + [True] * 4 + [False] * 5)
    return sts.moments_of_masked_time_series(observed(), mask)
