"""What programs that learn have in common: their random numbers, and a step of gradient descent."""

import numpy as np


def numbers(seed):
    """`numbers(seed)(shape)`: the next normal numbers, the same for every library."""
    random = np.random.RandomState(seed)
    return lambda *shape, scale=1.0: scale * random.standard_normal(shape)


def descend(variables, grads, rate):
    """Move each variable against its gradient."""
    for v, g in zip(variables, grads, strict=True):
        v.assign_sub(rate * g)
