"""One distribution or more of each public class of `tfp.distributions`: how it is made, and where it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfb = tfp.bijectors
tfd = tfp.distributions
tfk = tfp.math.psd_kernels


@dataclass(frozen=True)
class Entry:
    """A distribution.

    Attributes:
      make: makes it from the parameters.
      parameters: by name; those with fractions have gradients.
      points: where its density is asked; None: at samples of it.
    """

    make: Callable[..., Any]
    parameters: dict[str, Any]
    points: Any = None


TABLE: dict[str, Entry] = {}


def add(name: str, make: Any, points: Any = None, **parameters: Any) -> None:
    TABLE[name] = Entry(make, parameters, points)


LINE = np.array([[-1.5], [0.25], [0.75], [2.0], [3.5]])  # for each of two
UNIT = np.array([[0.1], [0.35], [0.5], [0.9]])
POSITIVE = np.array([[0.05], [0.5], [1.0], [3.0]])
COUNTS = np.array([[0.0], [1.0], [3.0]])
BOTH = {"loc": [0.5, -1.0], "scale": [1.0, 2.5]}
LOWER = [[1.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.3, 0.2, 0.8]]
SQUARE = [[2.0, 0.5, 0.1], [0.5, 1.5, -0.2], [0.1, -0.2, 1.0]]
VECTORS = np.array([[0.5, -1.0, 0.3], [1.5, 0.2, -0.4]])
SIMPLEX = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])

# On the line.
for _name in ("Cauchy", "Gumbel", "Laplace", "Logistic", "Normal", "Moyal"):
    add(_name, getattr(tfd, _name), LINE, **BOTH)
for _name in ("LogLogistic", "LogNormal", "HalfCauchy", "DoublesidedMaxwell"):
    add(_name, getattr(tfd, _name), POSITIVE, **BOTH)
add("LogitNormal", tfd.LogitNormal, UNIT, **BOTH)
add("ExponentiallyModifiedGaussian", tfd.ExponentiallyModifiedGaussian, LINE, rate=[0.5, 2.0], **BOTH)
add("GeneralizedExtremeValue", tfd.GeneralizedExtremeValue, LINE, concentration=[0.2, -0.1], **BOTH)
add("GeneralizedExtremeValue_zero", tfd.GeneralizedExtremeValue, LINE, concentration=[0.0, 0.0], **BOTH)
add("GeneralizedNormal", tfd.GeneralizedNormal, LINE, power=[1.5, 3.0], **BOTH)
add("GeneralizedPareto", tfd.GeneralizedPareto, POSITIVE + 0.5, concentration=[0.2, -0.1], **BOTH)
add("GeneralizedPareto_zero", tfd.GeneralizedPareto, POSITIVE + 0.5, concentration=[0.0, 0.5], **BOTH)
add("JohnsonSU", tfd.JohnsonSU, LINE, skewness=[0.5, -0.5], tailweight=[1.0, 2.0], **BOTH)
add("LambertWNormal", tfd.LambertWNormal, LINE, tailweight=[0.1, 0.3], **BOTH)
add(
    "LambertWDistribution",
    lambda loc, scale, tailweight: tfd.LambertWDistribution(tfd.Normal(loc, scale), loc, scale, tailweight),
    LINE, tailweight=[0.1, 0.3], **BOTH,
)  # fmt: skip
add(
    "NormalInverseGaussian",
    tfd.NormalInverseGaussian,
    LINE,
    tailweight=[1.5, 2.0],
    skewness=[0.5, -0.5],
    **BOTH,
)
add("SinhArcsinh", tfd.SinhArcsinh, LINE, skewness=[0.5, -0.5], tailweight=[1.0, 1.5], **BOTH)
add("StudentT", tfd.StudentT, LINE, df=[2.5, 5.0], **BOTH)
add("HalfStudentT", tfd.HalfStudentT, POSITIVE + 0.5, df=[2.5, 5.0], **BOTH)
add("TwoPieceNormal", tfd.TwoPieceNormal, LINE, skewness=[0.7, 1.5], **BOTH)
add("TwoPieceStudentT", tfd.TwoPieceStudentT, LINE, df=[2.5, 5.0], skewness=[0.7, 1.5], **BOTH)
add("TruncatedCauchy", tfd.TruncatedCauchy, UNIT, low=[-1.0, -2.0], high=[1.0, 3.0], **BOTH)
add("TruncatedNormal", tfd.TruncatedNormal, LINE, low=[-1.0, -2.0], high=[1.0, 3.0], **BOTH)
add("Horseshoe", tfd.Horseshoe, LINE, scale=[0.5, 2.0])
add("VonMises", tfd.VonMises, LINE / 2, loc=[0.5, -1.0], concentration=[0.7, 4.0])
add("VonMises_flat", tfd.VonMises, LINE / 2, loc=[0.5, -1.0], concentration=[0.0, 60.0])
add("Uniform", tfd.Uniform, LINE, low=[-1.0, 0.0], high=[1.0, 3.0])
add("Triangular", tfd.Triangular, LINE, low=[-1.0, 0.0], high=[1.0, 3.0], peak=[0.5, 1.0])
add("PERT", tfd.PERT, UNIT, low=[-1.0, 0.0], peak=[0.5, 0.7], high=[1.0, 3.0], temperature=[4.0, 2.0])
add("Bates", tfd.Bates, UNIT, total_count=[3.0, 5.0], low=[0.0, -1.0], high=[1.0, 2.0])
add("Deterministic", tfd.Deterministic, LINE, loc=[0.25, 2.0])
add("Empirical", tfd.Empirical, [[1.0], [0.5]], samples=[[0.0, 1.0, 1.0, 2.0], [0.5, 0.5, 1.0, 3.0]])
add("Skellam", tfd.Skellam, COUNTS - 1, rate1=[1.0, 3.0], rate2=[2.0, 0.5])

# On the positive half, and on the unit interval.
add("Chi", tfd.Chi, POSITIVE, df=[2.5, 5.0])
add("Chi2", tfd.Chi2, POSITIVE, df=[2.5, 5.0])
add("NoncentralChi2", tfd.NoncentralChi2, POSITIVE, df=[2.5, 5.0], noncentrality=[1.0, 0.0])
add("Exponential", tfd.Exponential, POSITIVE, rate=[0.5, 2.0])
add("Gamma", tfd.Gamma, POSITIVE, concentration=[0.5, 3.0], rate=[0.5, 2.0])
add("Gamma_log_rate", tfd.Gamma, POSITIVE, concentration=[1.5, 30.0], log_rate=[-0.5, 2.0])
add("ExpGamma", tfd.ExpGamma, LINE, concentration=[0.5, 3.0], rate=[0.5, 2.0])
add("InverseGamma", tfd.InverseGamma, POSITIVE, concentration=[1.5, 3.0], scale=[0.5, 2.0])
add("ExpInverseGamma", tfd.ExpInverseGamma, LINE, concentration=[1.5, 3.0], scale=[0.5, 2.0])
add(
    "GammaGamma",
    tfd.GammaGamma,
    POSITIVE,
    concentration=[1.5, 3.0],
    mixing_concentration=[2.5, 3.0],
    mixing_rate=[0.5, 2.0],
)
add("InverseGaussian", tfd.InverseGaussian, POSITIVE, loc=[0.5, 1.0], concentration=[1.0, 2.5])
add("HalfNormal", tfd.HalfNormal, POSITIVE, scale=[0.5, 2.0])
add("Pareto", tfd.Pareto, POSITIVE + 1, concentration=[1.5, 3.0], scale=[0.5, 1.5])
add("Weibull", tfd.Weibull, POSITIVE / 1.5, concentration=[1.5, 3.0], scale=[0.5, 1.5])
add("Beta", tfd.Beta, UNIT, concentration1=[0.5, 3.0], concentration0=[0.7, 2.0])
add("BetaQuotient", tfd.BetaQuotient, POSITIVE, concentration1_numerator=[1.5, 3.0], concentration0_numerator=[2.0, 1.0],
    concentration1_denominator=[3.0, 4.0], concentration0_denominator=[1.5, 2.0])  # fmt: skip
add("Kumaraswamy", tfd.Kumaraswamy, UNIT, concentration1=[0.5, 3.0], concentration0=[0.7, 2.0])
add("SigmoidBeta", tfd.SigmoidBeta, LINE, concentration1=[0.5, 3.0], concentration0=[0.7, 2.0])
add("ContinuousBernoulli", tfd.ContinuousBernoulli, UNIT, logits=[-1.0, 2.0])
add("ContinuousBernoulli_half", tfd.ContinuousBernoulli, UNIT, probs=[0.5, 0.3])
add("RelaxedBernoulli", tfd.RelaxedBernoulli, UNIT, temperature=[0.5, 1.5], logits=[-1.0, 2.0])

# Counts and classes.
add("Bernoulli", tfd.Bernoulli, [[0], [1]], logits=[-1.0, 2.0])
add("Bernoulli_probs", tfd.Bernoulli, [[0], [1]], probs=[0.25, 0.0])
add("ProbitBernoulli", tfd.ProbitBernoulli, [[0], [1]], probits=[-1.0, 2.0])
add(
    "BetaBinomial",
    tfd.BetaBinomial,
    COUNTS,
    total_count=[5.0, 7.0],
    concentration1=[0.5, 3.0],
    concentration0=[0.7, 2.0],
)
add("Binomial", tfd.Binomial, COUNTS, total_count=[5.0, 40.0], logits=[-1.0, 1.0])
add("Binomial_probs", tfd.Binomial, COUNTS, total_count=[5.0, 7.0], probs=[0.25, 0.75])
add("Categorical", tfd.Categorical, [[0], [2]], logits=[[0.5, -1.0, 0.3], [1.0, 2.0, 0.0]])
add("Categorical_probs", tfd.Categorical, [[0], [2]], probs=[[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
add(
    "FiniteDiscrete",
    tfd.FiniteDiscrete,
    [[0.5], [2.0]],
    outcomes=[0.5, 1.0, 2.0],
    probs=[[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]],
)
add("Geometric", tfd.Geometric, COUNTS, logits=[-1.0, 1.0])
add("Geometric_probs", tfd.Geometric, COUNTS, probs=[0.25, 0.75])
add("NegativeBinomial", tfd.NegativeBinomial, COUNTS, total_count=[3.0, 5.0], logits=[-1.0, 1.0])
add("ZeroInflatedNegativeBinomial", tfd.ZeroInflatedNegativeBinomial, COUNTS, inflated_loc_probs=[0.3, 0.1],
    total_count=[3.0, 5.0], logits=[-1.0, 1.0])  # fmt: skip
add(
    "Inflated",
    lambda p, rate: tfd.Inflated(tfd.Poisson(rate), inflated_loc_probs=p),
    COUNTS,
    p=[0.3, 0.1],
    rate=[2.0, 4.0],
)
add("OrderedLogistic", tfd.OrderedLogistic, [[0], [2]], cutpoints=[-1.0, 0.5, 2.0], loc=[0.5, -1.0])
add(
    "StoppingRatioLogistic",
    tfd.StoppingRatioLogistic,
    [[0], [2]],
    cutpoints=[-1.0, 0.5, 2.0],
    loc=[0.5, -1.0],
)
add("Poisson", tfd.Poisson, COUNTS, rate=[0.5, 4.0])
add("Poisson_log_rate", tfd.Poisson, COUNTS, log_rate=[-0.5, 3.0])
add("PoissonLogNormalQuadratureCompound", tfd.PoissonLogNormalQuadratureCompound, COUNTS, **BOTH)
add("Zipf", tfd.Zipf, COUNTS + 1, power=[1.5, 3.0])
add(
    "QuantizedDistribution",
    lambda loc, scale: tfd.QuantizedDistribution(tfd.Normal(loc, scale), -2.0, 3.0),
    COUNTS - 1,
    **BOTH,
)
add("Multinomial", tfd.Multinomial, [[2.0, 1.0, 2.0], [0.0, 5.0, 0.0]], total_count=[5.0, 5.0],
    logits=[[0.5, -1.0, 0.3], [1.0, 2.0, 0.0]])  # fmt: skip
add("DirichletMultinomial", tfd.DirichletMultinomial, [[2.0, 1.0, 2.0], [0.0, 5.0, 0.0]], total_count=[5.0, 5.0],
    concentration=[[0.5, 1.0, 2.0], [1.0, 3.0, 1.5]])  # fmt: skip
add(
    "OneHotCategorical",
    tfd.OneHotCategorical,
    [[1, 0, 0], [0, 0, 1]],
    logits=[[0.5, -1.0, 0.3], [1.0, 2.0, 0.0]],
)
add("PlackettLuce", tfd.PlackettLuce, [[1, 0, 2], [0, 2, 1]], scores=[[0.5, 1.0, 0.3], [1.0, 2.0, 0.1]])
add("DeterminantalPointProcess", tfd.DeterminantalPointProcess, [1, 0, 1], eigenvalues=[0.5, 1.0, 2.0],
    eigenvectors=np.linalg.qr(np.array(SQUARE))[0])  # fmt: skip

# Vectors and matrices.
add("Dirichlet", tfd.Dirichlet, SIMPLEX, concentration=[[0.5, 1.0, 2.0], [1.0, 3.0, 1.5]])
add("FlatDirichlet", lambda: tfd.FlatDirichlet([3]), SIMPLEX)
add("ExpRelaxedOneHotCategorical", tfd.ExpRelaxedOneHotCategorical, np.log(SIMPLEX), temperature=[0.5, 1.5],
    logits=[[0.5, -1.0, 0.3], [1.0, 2.0, 0.0]])  # fmt: skip
add("RelaxedOneHotCategorical", tfd.RelaxedOneHotCategorical, SIMPLEX, temperature=[0.5, 1.5],
    logits=[[0.5, -1.0, 0.3], [1.0, 2.0, 0.0]])  # fmt: skip
add("PowerSpherical", tfd.PowerSpherical, mean_direction=[0.6, 0.8, 0.0], concentration=[0.7, 4.0])
add("VonMisesFisher", tfd.VonMisesFisher, mean_direction=[0.6, 0.8, 0.0], concentration=[0.7, 4.0])
add("VonMisesFisher_5", tfd.VonMisesFisher, mean_direction=[0.6, 0.8, 0.0, 0.0, 0.0], concentration=3.0)
add("SphericalUniform", lambda: tfd.SphericalUniform(3, [2]))
add("CholeskyLKJ", lambda concentration: tfd.CholeskyLKJ(3, concentration), concentration=[0.7, 4.0])
add("LKJ", lambda concentration: tfd.LKJ(3, concentration), concentration=[0.7, 4.0])
add(
    "LKJ_cholesky",
    lambda concentration: tfd.LKJ(4, concentration, input_output_cholesky=True),
    concentration=[1.0, 2.0],
)
add("WishartTriL", tfd.WishartTriL, df=[3.5, 6.0], scale_tril=LOWER)
add("WishartTriL_cholesky", lambda df, scale_tril: tfd.WishartTriL(df, scale_tril, input_output_cholesky=True), df=[3.5, 6.0],
    scale_tril=LOWER)  # fmt: skip
add("WishartLinearOperator", lambda df, diag: tfd.WishartLinearOperator(df, tf.linalg.LinearOperatorDiag(diag)), df=4.0,
    diag=[1.0, 2.0, 0.5])  # fmt: skip
add("MatrixNormalLinearOperator", lambda loc, row, column: tfd.MatrixNormalLinearOperator(
    loc, tf.linalg.LinearOperatorLowerTriangular(row), tf.linalg.LinearOperatorDiag(column)),
    VECTORS.T, loc=VECTORS.T + 0.1, row=LOWER, column=[1.0, 2.0])  # fmt: skip
add("MatrixTLinearOperator", lambda df, loc, row, column: tfd.MatrixTLinearOperator(
    df, loc, tf.linalg.LinearOperatorLowerTriangular(row), tf.linalg.LinearOperatorDiag(column)),
    VECTORS.T, df=5.0, loc=VECTORS.T + 0.1, row=LOWER, column=[1.0, 2.0])  # fmt: skip
add(
    "MultivariateNormalDiag",
    tfd.MultivariateNormalDiag,
    VECTORS,
    loc=VECTORS + 0.1,
    scale_diag=[1.0, 2.0, 0.5],
)
add("MultivariateNormalDiagPlusLowRank", tfd.MultivariateNormalDiagPlusLowRank, VECTORS, loc=[0.5, 1.0, -1.0],
    scale_diag=[1.0, 2.0, 0.5], scale_perturb_factor=VECTORS.T)  # fmt: skip
add("MultivariateNormalDiagPlusLowRankCovariance", tfd.MultivariateNormalDiagPlusLowRankCovariance, VECTORS,
    loc=[0.5, 1.0, -1.0], cov_diag_factor=[1.0, 2.0, 0.5], cov_perturb_factor=VECTORS.T)  # fmt: skip
add("MultivariateNormalFullCovariance", tfd.MultivariateNormalFullCovariance, VECTORS, loc=[0.5, 1.0, -1.0],
    covariance_matrix=SQUARE)  # fmt: skip
add("MultivariateNormalLinearOperator", lambda loc, scale: tfd.MultivariateNormalLinearOperator(
    loc, tf.linalg.LinearOperatorScaledIdentity(3, scale)), VECTORS, loc=[0.5, 1.0, -1.0], scale=1.5)  # fmt: skip
add("MultivariateNormalTriL", tfd.MultivariateNormalTriL, VECTORS, loc=VECTORS + 0.1, scale_tril=LOWER)
add("MultivariateStudentTLinearOperator", lambda df, loc, scale: tfd.MultivariateStudentTLinearOperator(
    df, loc, tf.linalg.LinearOperatorLowerTriangular(scale)), VECTORS, df=[2.5, 5.0], loc=VECTORS, scale=LOWER)  # fmt: skip
add("VectorDeterministic", tfd.VectorDeterministic, VECTORS, loc=VECTORS)
add("PixelCNN", lambda: tfd.PixelCNN((4, 4, 1), num_resnet=1, num_hierarchies=1, num_filters=2, num_logistic_mix=1),
    np.arange(32.0).reshape(2, 4, 4, 1))  # fmt: skip
