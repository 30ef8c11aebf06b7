"""`tf.experimental.numpy`: the dtype of the result, or the class that is raised, for all dtypes and pairs of them."""

import numpy as np
from cases._numpy import UNARY, outcome
from conformance_kit import ALL, script

BINARY = """
add subtract multiply divide floor_divide mod power float_power arctan2 hypot logaddexp logaddexp2 maximum minimum
heaviside nextafter gcd lcm bitwise_and bitwise_or bitwise_xor logical_and logical_or logical_xor equal not_equal less
greater less_equal greater_equal isclose allclose array_equal dot inner outer vdot matmul kron cross polyval append
result_type
"""
NUMBERS = (True, 2, 2.5, 2j, 2**40, np.float32(2), np.int8(2), [1, 2, 3], [1.5, 2, 3])


@script("one array")
def _(tf):
    tnp = tf.experimental.numpy
    x = tf.constant([[1, 0], [2, 1]])
    return {
        name: " ".join(outcome(lambda n=name, d=d: getattr(tnp, n)(tf.cast(x, d))) for d in ALL)
        for name in UNARY.split()
    }


def pairs(name):
    """The words for all pairs of dtypes, and of dtypes and numbers on either side."""

    @script(f"experimental.numpy.{name} of all pairs")
    def _(tf):
        f = getattr(tf.experimental.numpy, name)
        x, y = tf.constant([1, 2, 1]), tf.constant([2, 1, 1])
        found = {}
        for a in ALL:
            p = tf.cast(x, a)
            words = [outcome(lambda b=b, p=p: f(p, tf.cast(y, b))) for b in ALL]
            words += [outcome(lambda n=n, p=p: f(p, n)) for n in NUMBERS]
            words += [outcome(lambda n=n, p=p: f(n, p)) for n in NUMBERS]
            found[a] = " ".join(words)
        return found


for _name in BINARY.split():
    pairs(_name)
