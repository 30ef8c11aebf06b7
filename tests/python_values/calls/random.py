"""Calls of tf.random, of Variables and TensorArrays, and of operators."""

from python_values.kinds import F, N, T, call

SEED = T([1, 2])

call("random.stateless_uniform", shape=N([3]), seed=SEED, minval=N(0.5), maxval=N(2.0))
call(
    "random.stateless_uniform",
    label="of integers",
    shape=N([3]),
    seed=SEED,
    minval=N(2),
    maxval=N(9),
    dtype="int32",
)
call("random.stateless_normal", shape=N([3]), seed=SEED, mean=N(0.5), stddev=N(2.0))
call("random.stateless_truncated_normal", shape=N([3]), seed=SEED, mean=N(0.5), stddev=N(2.0))
call("random.stateless_gamma", shape=N([3]), seed=SEED, alpha=T(0.5), beta=T(2.0))
call("random.stateless_poisson", shape=N([3]), seed=SEED, lam=T(0.5), random=True)
call("random.stateless_binomial", shape=N([3]), seed=SEED, counts=T(30.0), probs=T(0.5), random=True)
call("random.stateless_categorical", logits=F(2, 3), num_samples=N(2), seed=SEED)
call(
    "random.stateless_parameterized_truncated_normal",
    shape=N([3]),
    seed=SEED,
    means=N(0.0),
    stddevs=N(1.0),
    minvals=N(-1.0),
    maxvals=N(1.0),
    random=True,
)
call("random.split", seed=SEED, num=N(2))
call("random.fold_in", seed=SEED, data=N(7))
call("random.uniform", shape=N([3]), minval=N(0.5), maxval=N(2.0), random=True)
call("random.normal", shape=N([3]), mean=N(0.5), stddev=N(2.0), random=True)
call("random.truncated_normal", shape=N([3]), mean=N(0.5), stddev=N(2.0), random=True)
call("random.gamma", shape=N([3]), alpha=T(0.5), beta=T(2.0), random=True)
call("random.poisson", shape=N([3]), lam=T(0.5), random=True)
call("random.categorical", logits=F(2, 3), num_samples=N(2), random=True)
call("random.shuffle", value=F(3), random=True)
call("random.create_rng_state", seed=N([1, 2]), alg="philox")
