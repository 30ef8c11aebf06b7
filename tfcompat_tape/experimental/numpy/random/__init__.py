"""The namespace `tf.experimental.numpy.random`."""

from tfcompat_tape.coverage.names import namespace
from tfcompat_tape.experimental.numpy._parts.sampling import (
    poisson,
    rand,
    randint,
    randn,
    random,
    seed,
    standard_normal,
    uniform,
)

__all__ = ["poisson", "rand", "randint", "randn", "random", "seed", "standard_normal", "uniform"]

__getattr__ = namespace(globals(), "tf.experimental.numpy.random")
