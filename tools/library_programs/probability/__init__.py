"""TensorFlow Probability: what its classes and functions answer, in the manner of its own tests.

A program is a question to one thing: `distributions.Normal.log_prob`, `bijectors.Exp.inverse`, `math.betainc`. It
returns numbers, with dtypes and shapes.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import tensorflow as tf

from . import bijectors, calculus, distributions, functions, inference, mcmc, optimizer, statistics

TOLERANCE = 1e-4
PROGRAMS: dict[str, Any] = {}
for _part in (distributions, bijectors, functions, calculus, mcmc, statistics, optimizer, inference):
    PROGRAMS |= _part.PROGRAMS


def seed() -> None:
    random.seed(1)
    np.random.seed(1)
    tf.random.set_seed(1)
