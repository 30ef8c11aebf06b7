"""Scripts that are lists of expressions about `tf.experimental.numpy`, as in `_expressions`."""

import numpy as np
from conformance_kit import raises, script
from conformance_kit.spec import Raised

UNARY = """
abs absolute all amax amin angle any arccos arccosh arcsin arcsinh arctan arctanh argmax argmin argsort around average
bitwise_not cbrt ceil conj conjugate copy cos cosh count_nonzero cumprod cumsum deg2rad diag diagflat diagonal diff
empty_like exp exp2 expm1 fabs fix flatten flip floor imag iscomplex isfinite isinf isnan isneginf isposinf isreal log
log10 log1p log2 logical_not max mean min nanmean nanprod nansum negative ones_like positive prod ptp rad2deg ravel real
reciprocal round sign signbit sin sinc sinh sort sqrt square squeeze std sum tan tanh trace transpose tril triu var
"""


def scope(tf):
    """What the expressions may name."""
    tnp = tf.experimental.numpy
    x = tf.reshape(tf.range(6.0), [2, 3])

    return {
        "tf": tf,
        "tnp": tnp,
        "np": np,
        "c": tf.constant,
        "x": x,
        "i": tf.constant([3, 1, 2]),
        "b": tf.constant([True, False, True]),
        "z": tf.constant([1 + 2j, 3 - 1j], tf.complex64),
        "v": tf.Variable(x),
        "cube": tf.reshape(tf.range(24.0), [2, 3, 4]),
    }


def ask(name, expressions):
    """A script about the function `name` that evaluates each line of `expressions`."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(f"experimental.numpy.{name}")
    def _(tf):
        names = scope(tf)
        return {line: raises(lambda line=line: eval(line, names)) for line in lines}


def outcome(f):
    """The dtype of a result, or the class of what is raised, as a word."""
    found = raises(f)
    if isinstance(found, Raised):
        return found.name
    return getattr(found, "name", None) or (found.dtype.name if hasattr(found, "dtype") else str(found))
