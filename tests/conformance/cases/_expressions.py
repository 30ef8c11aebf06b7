"""Scripts that are lists of expressions: the answer is, for each expression, its value or the class that it raises."""

import numpy as np
from conformance_kit import raises, script
from conformance_kit.spec import Raised


def scope(tf):
    """What the expressions may name; made anew for each one, since some of them change `v`."""
    x = tf.reshape(tf.range(6.0), [2, 3])
    cube = tf.reshape(tf.range(24.0), [2, 3, 4])

    def after(change, value=x):
        """Whether `change(variable)` gives the variable back, or what it raises; and what the variable is then."""
        variable = tf.Variable(value)
        outcome = raises(lambda: change(variable))
        return [outcome if isinstance(outcome, Raised) else isinstance(outcome, tf.Variable), variable]

    return {
        "tf": tf,
        "np": np,
        "c": tf.constant,
        "IS": tf.IndexedSlices,
        "x": x,
        "i": tf.constant([0, 1]),
        "v": tf.Variable(x),
        "cube": cube,
        "vcube": tf.Variable(cube),
        "after": after,
    }


def ask(name, expressions):
    """A script named `name` that evaluates each line of `expressions`."""
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name)
    def _(tf):
        return {line: raises(lambda line=line: eval(line, scope(tf))) for line in lines}
