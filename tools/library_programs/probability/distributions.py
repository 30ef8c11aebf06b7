"""What can be asked of a distribution, of each in the table: one program for each question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from . import distribution_table_2  # noqa: F401  adds to the table
from .distribution_table import TABLE, Entry
from .values import SEED, Program, constants, derivatives, sources, told

PROGRAMS: dict[str, Program] = {}
Question = Callable[[Any, Any], Any]  # of a distribution and of points
DENSITIES = (
    "log_prob",
    "prob",
    "unnormalized_log_prob",
    "log_cdf",
    "cdf",
    "survival_function",
    "log_survival_function",
)
# Those that are compiled, too: a compiler takes half a minute for one.
COMPILED = set(
    "Normal Cauchy Gumbel Laplace LogNormal GeneralizedPareto JohnsonSU StudentT TruncatedNormal VonMises Triangular Exponential "
    "Gamma InverseGamma Beta Kumaraswamy Weibull Bernoulli Binomial Categorical NegativeBinomial Poisson OneHotCategorical "
    "Dirichlet Multinomial MultivariateNormalTriL WishartTriL VonMisesFisher LKJ Independent Mixture MixtureSameFamily "
    "TransformedDistribution_vector HiddenMarkovModel LinearGaussianStateSpaceModel GaussianProcess JointDistributionNamed "
    "JointDistributionCoroutineAutoBatched MarkovChain Sample".split()
)
MOMENTS = ("mean", "variance", "stddev", "covariance", "entropy", "mode")


def points(entry: Entry, distribution: Any, dtype: Any = None) -> Any:
    """Where the density is asked, of the dtypes of the distribution."""
    if entry.points is None:
        return distribution.sample(4, seed=SEED)
    return tf.cast(tf.constant(entry.points), dtype or distribution.dtype)


def summed(values: Any) -> Any:
    """The sum of the parts that have gradients."""
    return tf.add_n([tf.reduce_sum(part) for part in tf.nest.flatten(values) if part.dtype.is_floating])


def asking(entry: Entry, question: Question, dtype: Any = tf.float32) -> Program:
    def program() -> list[Any]:
        distribution = entry.make(**constants(dtype, **entry.parameters))
        return told(question(distribution, points(entry, distribution)))

    return program


def density(name: str) -> Question:
    return lambda distribution, x: getattr(distribution, name)(x)


def moment(name: str) -> Question:
    return lambda distribution, _: getattr(distribution, name)()


def quantile(distribution: Any, _: Any) -> Any:
    at = tf.constant(
        [0.05, 0.3, 0.5, 0.95], distribution.dtype if distribution.dtype.is_floating else tf.float32
    )
    return distribution.quantile(tf.reshape(at, [-1] + [1] * len(distribution.batch_shape)))


def structure(distribution: Any, _: Any) -> Any:
    parts = tf.nest.flatten([distribution.batch_shape, distribution.event_shape, distribution.dtype])
    tensors = [distribution.batch_shape_tensor(), distribution.event_shape_tensor()]
    return [parts, tensors, str(distribution), repr(distribution), sorted(distribution.parameters)]


def samples(distribution: Any, _: Any) -> Any:
    return [distribution.sample(seed=SEED), distribution.sample([2, 3], seed=(0, 11))]


def stateful_samples(distribution: Any, _: Any) -> Any:
    tf.random.set_seed(5)
    return [distribution.sample(3, seed=17), distribution.sample(2)]


def sample_and_log_prob(distribution: Any, _: Any) -> Any:
    return distribution.experimental_sample_and_log_prob(3, seed=SEED)


def copied(distribution: Any, x: Any) -> Any:
    return distribution.copy(name="another").log_prob(x)


def sliced(distribution: Any, _: Any) -> Any:
    one = distribution[..., :1]
    return [one.batch_shape, distribution[..., tf.newaxis].sample(seed=SEED), one.sample(seed=SEED)]


def event_bijector(distribution: Any, x: Any) -> Any:
    bijector = distribution.experimental_default_event_space_bijector()
    if bijector is None:
        return None
    free = bijector.inverse(x)
    return [free, bijector.forward(tf.nest.map_structure(lambda part: part + 0.1, free))]


def composite(distribution: Any, x: Any) -> Any:
    """Taken apart and put together, and as an argument of a function."""
    flat = tf.nest.flatten(distribution, expand_composites=True)
    again = tf.nest.pack_sequence_as(distribution, flat, expand_composites=True)
    return [flat, again.log_prob(x), tf.function(lambda d, at: d.log_prob(at))(distribution, x)]


def gradients(entry: Entry) -> Program:
    """Of the log density, in the parameters and the points; and again of the sum of their squares."""

    def program() -> list[Any]:
        parameters = constants(**entry.parameters)
        x = points(entry, entry.make(**parameters))
        watched = [sources(parameters), [part for part in tf.nest.flatten(x) if part.dtype.is_floating]]
        with tf.GradientTape() as outer:
            outer.watch(watched)
            with tf.GradientTape() as tape:
                tape.watch(watched)
                value = entry.make(**parameters).log_prob(x)
            first = tape.gradient(value, watched)
            squares = [tf.reduce_sum(one**2) for one in tf.nest.flatten(first) if one is not None]
            total = tf.add_n(squares) if squares else tf.constant(0.0)
        return told([first, outer.gradient(total, watched)])

    return program


def sample_gradients(entry: Entry) -> Program:
    """Of a sum of reparameterized samples."""

    def program() -> list[Any]:
        def total(**parameters: Any) -> Any:
            return summed(tf.nest.map_structure(tf.sin, entry.make(**parameters).sample(3, seed=SEED)))

        return told(derivatives(total, **constants(**entry.parameters)))

    return program


def within(entry: Entry, compiled: bool) -> Program:
    """The log density and its gradients in a function, and samples where it is not compiled."""

    def program() -> list[Any]:
        parameters = constants(**entry.parameters)
        x = points(entry, entry.make(**parameters))

        @tf.function(jit_compile=compiled)
        def step(parameters: Any, x: Any) -> Any:
            answer = derivatives(lambda **p: entry.make(**p).log_prob(x), **entry.parameters | parameters)
            return (
                answer
                if compiled
                else (answer, entry.make(**entry.parameters | parameters).sample(2, seed=SEED))
            )

        return told(step(sources(parameters), x))

    return program


def variables(entry: Entry) -> Program:
    """Parameters that are Variables: which it has, and their gradients before and after they are assigned."""

    def program() -> list[Any]:
        constant = constants(**entry.parameters)
        held = {name: tf.Variable(value) for name, value in sources(constant).items()}
        distribution = entry.make(**constant | held)
        x = points(entry, distribution)
        answers: list[Any] = [len(distribution.trainable_variables)]
        for _ in range(2):
            with tf.GradientTape() as tape:
                value = distribution.log_prob(x)
            answers.append(tape.gradient(value, held))
            for variable in held.values():
                variable.assign(variable * 1.01)
        return told(answers)

    return program


def validated(entry: Entry) -> Program:
    """Parameters that are wrong, with `validate_args`: the messages of those that are refused."""

    def program() -> list[Any]:
        answers = []
        parameters = constants(**entry.parameters)
        for name, value in sources(parameters).items():
            for wrong in (-value, value * float("nan"), tf.zeros_like(value)):
                try:
                    distribution = entry.make(**parameters | {name: wrong}, validate_args=True)
                    answers += told(distribution.log_prob(points(entry, distribution)))
                except Exception as error:
                    answers += told(type(error).__name__)
        return answers

    return program


def fitted(entry: Entry) -> Program:
    def program() -> list[Any]:
        distribution = entry.make(**constants(**entry.parameters))
        x = distribution.sample(20, seed=SEED)
        fit = type(distribution).experimental_fit(x)
        return told([fit.log_prob(x[0]), fit.batch_shape])

    return program


QUESTIONS: dict[str, Question] = {
    "structure": structure,
    "sample": samples,
    "sample_stateful": stateful_samples,
    **{name: density(name) for name in DENSITIES},
    "quantile": quantile,
    **{name: moment(name) for name in MOMENTS},
    "sample_and_log_prob": sample_and_log_prob,
    "copy": copied,
    "slice": sliced,
    "event_bijector": event_bijector,
    "composite": composite,
}
for _name, _entry in TABLE.items():
    for _what, _question in QUESTIONS.items():
        PROGRAMS[f"distributions.{_name}.{_what}"] = asking(_entry, _question)
    PROGRAMS[f"distributions.{_name}.float64"] = asking(
        _entry, lambda d, x: [d.sample(3, seed=SEED), d.log_prob(x)], tf.float64
    )
    if _name != "BetaQuotient":  # minutes, for TensorFlow
        PROGRAMS[f"distributions.{_name}.gradients"] = gradients(_entry)
    PROGRAMS[f"distributions.{_name}.sample_gradients"] = sample_gradients(_entry)
    PROGRAMS[f"distributions.{_name}.function"] = within(_entry, compiled=False)
    if _name in COMPILED:
        PROGRAMS[f"distributions.{_name}.compiled"] = within(_entry, compiled=True)
    PROGRAMS[f"distributions.{_name}.variables"] = variables(_entry)
    PROGRAMS[f"distributions.{_name}.validate_args"] = validated(_entry)
    PROGRAMS[f"distributions.{_name}.fit"] = fitted(_entry)
