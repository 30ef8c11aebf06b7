"""Scripts that are lists of expressions about functions with gradients of their own; see `_expressions`."""

import collections
import functools

import numpy as np
from conformance_kit import raises, script

Pair = collections.namedtuple("Pair", "a b")


def scope(tf):
    """What the expressions may name; made anew for each one, since Variables and lists change."""
    x, z = tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])
    v, w = tf.Variable([5.0, 6.0], name="v"), tf.Variable([7.0, 8.0], name="w")
    u = tf.Variable([9.0, 10.0], name="u", trainable=False)
    calls = []

    def watched(tape, sources):
        tape.watch([s for s in sources if not isinstance(s, tf.Variable)])

    def first(f, sources, *args, **kwargs):
        """The results and their gradients."""
        with tf.GradientTape() as tape:
            watched(tape, sources)
            y = f(*args, **kwargs)
        return y, tape.gradient(y, sources)

    def second(f, sources, *args, **kwargs):
        """The results, their gradients, and the gradients of these."""
        with tf.GradientTape(persistent=True) as outer:
            watched(outer, sources)
            with tf.GradientTape() as inner:
                watched(inner, sources)
                y = f(*args, **kwargs)
            gradients = inner.gradient(y, sources)
        return y, gradients, [None if g is None else outer.gradient(g, sources) for g in gradients]

    def derivatives(f, at, order):
        """The derivatives of `f` up to `order`, each by a tape of its own."""
        found = [f(at)]

        def derivative(f):
            def of(point):
                with tf.GradientTape() as tape:
                    tape.watch(point)
                    y = f(point)
                return tape.gradient(y, point)

            return of

        for _ in range(order):
            f = derivative(f)
            found.append(f(at))
        return found

    def jvp(f, primal, tangent, *args):
        """The tangents of the results."""
        with tf.autodiff.ForwardAccumulator(primal, tangent) as accumulator:
            y = f(primal, *args)
        return accumulator.jvp(y)

    def mixed(f):
        """Second derivatives at x along z: forward over reverse, reverse over forward, forward over forward."""
        accumulator = tf.autodiff.ForwardAccumulator
        with accumulator(x, z) as outer:
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = f(x)
            g = inner.gradient(y, x)
        answers = [None if g is None else outer.jvp(g)]
        with tf.GradientTape() as outer:
            outer.watch(x)
            with accumulator(x, z) as inner:
                y = f(x)
            j = inner.jvp(y)
        answers.append(None if j is None else outer.gradient(j, x))
        with accumulator(x, z) as outer:
            with accumulator(x, z) as inner:
                y = f(x)
            j = inner.jvp(y)
        return [*answers, None if j is None else outer.jvp(j)]

    def noting(result):
        """A gradient function that notes which Variables it was asked for, and answers `result(dy, variables)`."""

        def grad(*dys, variables=None):
            calls.append(None if variables is None else sorted(v.name for v in variables))
            return result(dys[0], variables)

        return grad

    def counted(f):
        """`f`, counting how often it runs."""

        def counting(*args, **kwargs):
            calls.append("run")
            return f(*args, **kwargs)

        return counting

    def kinds(values):
        """What becomes of values: None, a Tensor, or the name of their type."""
        return [
            value if value is None else "Tensor" if tf.is_tensor(value) else type(value).__name__
            for value in values
        ]

    names = {"tf": tf, "np": np, "functools": functools, "Pair": Pair, "OrderedDict": collections.OrderedDict}
    names |= {
        "cg": tf.custom_gradient,
        "R": tf.recompute_grad,
        "GP": tf.grad_pass_through,
        "IS": tf.IndexedSlices,
    }
    names |= {"x": x, "z": z, "v": v, "w": w, "u": u, "c": tf.constant, "Variable": tf.Variable}
    names |= {"first": first, "second": second, "derivatives": derivatives, "jvp": jvp, "mixed": mixed}
    return names | {"noting": noting, "counted": counted, "calls": calls, "kinds": kinds}


def ask(name, expressions, more=None, **options):
    """A script named `name` that evaluates each line of `expressions`; `more(tf)` gives further names.

    `options` are those of `script`.
    """
    lines = [line.strip() for line in expressions.strip().splitlines()]

    @script(name, **options)
    def _(tf):
        # as globals, so that functions within an expression see them too
        def names():
            return scope(tf) | (more(tf) if more else {})

        return {line: raises(lambda line=line: eval(line, names())) for line in lines}
