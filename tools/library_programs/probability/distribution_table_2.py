"""Distributions made of others: reshaped, mixed, joint, along time, over functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from .distribution_table import (
    BOTH,
    COUNTS,
    LINE,
    LOWER,
    POSITIVE,
    SIMPLEX,
    UNIT,
    VECTORS,
    add,
    tfb,
    tfd,
    tfk,
)

PAIR: Any = {"loc": [0.5, -1.0, 2.0], "scale": [1.0, 2.5, 0.5]}
INDEX = [[-1.0], [0.0], [0.5], [2.0]]

add("Independent", lambda loc, scale: tfd.Independent(tfd.Normal(loc, scale), 1), VECTORS, **PAIR)
add(
    "Independent_kahan",
    lambda loc, scale: tfd.Independent(tfd.Normal(loc, scale), 1, experimental_use_kahan_sum=True),
    VECTORS,
    **PAIR,
)
add("Sample", lambda loc, scale: tfd.Sample(tfd.Normal(loc, scale), [3]), np.stack([VECTORS] * 2), **BOTH)
add("BatchBroadcast", lambda loc, scale: tfd.BatchBroadcast(tfd.Normal(loc, scale), [4, 2]), LINE[:4], **BOTH)
add(
    "BatchConcat",
    lambda loc, scale: tfd.BatchConcat([tfd.Normal(loc, scale), tfd.Normal(scale, 1.0)], 0),
    LINE,
    **BOTH,
)
add(
    "BatchReshape", lambda loc, scale: tfd.BatchReshape(tfd.Normal(loc, scale), [2, 1]), LINE[:, None], **BOTH
)
add("Blockwise", lambda loc, scale: tfd.Blockwise([tfd.Normal(loc, scale), tfd.Independent(tfd.Normal([loc, loc], 1.0), 1)]),
    VECTORS, loc=0.5, scale=1.5)  # fmt: skip
add("Masked", lambda loc, scale: tfd.Masked(tfd.Normal(loc, scale), [True, False]), LINE, **BOTH)
add("Mixture", lambda logits, loc, scale: tfd.Mixture(
    tfd.Categorical(logits=logits), [tfd.Normal(loc, scale), tfd.Laplace(scale, 1.0)]),
    LINE, logits=[[0.5, 1.0], [0.0, -1.0]], **BOTH)  # fmt: skip
add("MixtureSameFamily", lambda logits, loc, scale: tfd.MixtureSameFamily(
    tfd.Categorical(logits=logits), tfd.Normal(loc, scale)), LINE, logits=[[0.5, 1.0], [0.0, -1.0]], **BOTH)  # fmt: skip
add("MixtureSameFamily_vectors", lambda logits, loc, scale: tfd.MixtureSameFamily(
    tfd.Categorical(logits=logits), tfd.MultivariateNormalDiag(loc, scale), reparameterize=True),
    VECTORS, logits=[0.5, 1.0], loc=VECTORS, scale=[1.0, 2.0, 0.5])  # fmt: skip
add("MixtureSameFamily_reparameterized", lambda logits, loc, scale: tfd.MixtureSameFamily(
    tfd.Categorical(logits=logits), tfd.Normal(loc, scale), reparameterize=True), LINE, logits=[0.5, 1.0], **BOTH)  # fmt: skip
add(
    "TransformedDistribution",
    lambda loc, scale: tfd.TransformedDistribution(tfd.Normal(loc, scale), tfb.Exp()),
    POSITIVE,
    **BOTH,
)
add(
    "TransformedDistribution_chain",
    lambda loc, scale: tfb.Sigmoid()(tfb.Shift(loc)(tfb.Scale(scale)(tfd.Normal(0.0, 1.0)))),
    UNIT,
    **BOTH,
)
add("TransformedDistribution_vector", lambda loc, scale: tfd.TransformedDistribution(
    tfd.Sample(tfd.Normal(0.0, 1.0), 3), tfb.Shift(loc)(tfb.ScaleMatvecTriL(scale))), VECTORS, loc=[0.5, -1.0, 2.0], scale=LOWER)  # fmt: skip
add("TransformedDistribution_simplex", lambda loc, scale: tfb.SoftmaxCentered()(
    tfd.MultivariateNormalDiag(loc, scale)), SIMPLEX, **BOTH)  # fmt: skip
add("Autoregressive", lambda loc: tfd.Autoregressive(
    lambda x: tfd.Independent(tfd.Normal(tf.concat([0.0 * x[..., :1] + loc, 0.5 * x[..., :-1]], -1), 1.0), 1),
    tf.zeros(3, loc.dtype), num_steps=3), VECTORS, loc=0.5)  # fmt: skip
add("MarkovChain", lambda loc, scale: tfd.MarkovChain(
    tfd.Normal(loc, scale), lambda _, x: tfd.Normal(0.5 * x + loc, scale), num_steps=4),
    np.linspace(-1.0, 2.0, 8).reshape(2, 4), **BOTH)  # fmt: skip
add("HiddenMarkovModel", lambda logits, rows, loc, scale: tfd.HiddenMarkovModel(
    tfd.Categorical(logits=logits), tfd.Categorical(logits=rows), tfd.Normal(loc, scale), num_steps=4),
    np.linspace(-1.0, 2.0, 8).reshape(2, 4), logits=[0.5, 1.0], rows=[[0.3, -0.3], [1.0, 0.5]], **BOTH)  # fmt: skip
add("LinearGaussianStateSpaceModel", lambda matrix, scale, noise, prior: tfd.LinearGaussianStateSpaceModel(
    num_timesteps=4, transition_matrix=matrix, transition_noise=tfd.MultivariateNormalDiag(scale_diag=scale),
    observation_matrix=tf.constant([[1.0, 0.0]], matrix.dtype), observation_noise=tfd.MultivariateNormalDiag(scale_diag=noise),
    initial_state_prior=tfd.MultivariateNormalDiag(scale_diag=prior)),
    np.linspace(-1.0, 2.0, 8).reshape(2, 4, 1), matrix=[[1.0, 0.1], [0.0, 0.9]], scale=[0.5, 0.2], noise=[0.3],
    prior=[1.0, 2.0])  # fmt: skip
add("GaussianProcess", lambda amplitude, length: tfd.GaussianProcess(
    tfk.ExponentiatedQuadratic(amplitude, length), tf.constant(INDEX, amplitude.dtype), observation_noise_variance=0.1),
    [[0.1, -0.2, 0.3, 1.0]], amplitude=1.5, length=0.7)  # fmt: skip
add("GaussianProcessRegressionModel", lambda amplitude, length: tfd.GaussianProcessRegressionModel(
    tfk.MaternFiveHalves(amplitude, length), tf.constant([[0.2], [1.0]], amplitude.dtype), tf.constant(INDEX, amplitude.dtype),
    tf.constant([0.1, -0.2, 0.3, 1.0], amplitude.dtype), observation_noise_variance=0.1), [[0.1, -0.2]], amplitude=1.5, length=0.7)  # fmt: skip
add("StudentTProcess", lambda df, amplitude, length: tfd.StudentTProcess(
    df, tfk.ExponentiatedQuadratic(amplitude, length), tf.constant(INDEX, df.dtype), observation_noise_variance=0.1),
    [[0.1, -0.2, 0.3, 1.0]], df=4.0, amplitude=1.5, length=0.7)  # fmt: skip
add("StudentTProcessRegressionModel", lambda df, amplitude, length: tfd.StudentTProcessRegressionModel(
    df, tfk.ExponentiatedQuadratic(amplitude, length), tf.constant([[0.2], [1.0]], df.dtype), tf.constant(INDEX, df.dtype),
    tf.constant([0.1, -0.2, 0.3, 1.0], df.dtype), observation_noise_variance=0.1), [[0.1, -0.2]], df=4.0, amplitude=1.5, length=0.7)  # fmt: skip
add("VariationalGaussianProcess", lambda amplitude, length, loc: tfd.VariationalGaussianProcess(
    tfk.ExponentiatedQuadratic(amplitude, length), tf.constant(INDEX, loc.dtype), tf.constant([[0.1], [1.0]], loc.dtype), loc,
    tf.eye(2, dtype=loc.dtype), observation_noise_variance=0.1), [[0.1, -0.2, 0.3, 1.0]], amplitude=1.5, length=0.7, loc=[0.5, -1.0])  # fmt: skip


def _coroutine(loc: Any, scale: Any) -> Any:
    def model() -> Any:
        a = yield tfd.JointDistributionCoroutine.Root(tfd.Normal(loc, scale, name="a"))
        b = yield tfd.LogNormal(a, scale, name="b")
        yield tfd.Poisson(b, name="c")

    return tfd.JointDistributionCoroutine(model)


def _auto_batched(loc: Any, scale: Any) -> Any:
    @tfd.JointDistributionCoroutineAutoBatched
    def model() -> Any:
        a = yield tfd.Normal(loc, scale, name="a")
        b = yield tfd.LogNormal(a, scale, name="b")
        yield tfd.Independent(tfd.Normal(tf.stack([b, a, b]), 1.0), 1, name="c")

    return model


add("JointDistributionCoroutine", _coroutine, **BOTH)
add("JointDistributionCoroutineAutoBatched", _auto_batched, loc=0.5, scale=1.5)
add("JointDistributionSequential", lambda loc, scale: tfd.JointDistributionSequential(
    [tfd.Normal(loc, scale), lambda a: tfd.LogNormal(a, scale), lambda b, a: tfd.Normal(a, tf.exp(-b))]), **BOTH)  # fmt: skip
add("JointDistributionSequentialAutoBatched", lambda loc, scale: tfd.JointDistributionSequentialAutoBatched(
    [tfd.Normal(loc, scale), lambda a: tfd.Sample(tfd.LogNormal(a, scale), 2)]), loc=0.5, scale=1.5)  # fmt: skip
add("JointDistributionNamed", lambda loc, scale: tfd.JointDistributionNamed(
    {"a": tfd.Normal(loc, scale), "b": lambda a: tfd.LogNormal(a, scale), "c": lambda b, a: tfd.Normal(a, tf.exp(-b))}), **BOTH)  # fmt: skip
add("JointDistributionNamedAutoBatched", lambda loc, scale: tfd.JointDistributionNamedAutoBatched(
    {"a": tfd.Normal(loc, scale), "b": lambda a: tfd.Sample(tfd.LogNormal(a, scale), 2)}), loc=0.5, scale=1.5)  # fmt: skip
add("independent_joint_distribution_from_structure", lambda loc, scale: tfd.independent_joint_distribution_from_structure(
    {"a": tfd.Normal(loc, scale), "b": [tfd.LogNormal(loc, scale)]}), loc=0.5, scale=1.5)  # fmt: skip
add("Poisson_compound", lambda loc, scale: tfd.PoissonLogNormalQuadratureCompound(
    loc, scale, quadrature_size=5, quadrature_fn=tfd.quadrature_scheme_lognormal_gauss_hermite), COUNTS, **BOTH)  # fmt: skip
