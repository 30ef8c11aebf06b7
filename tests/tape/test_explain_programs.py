"""Random programs: explain says that there is a gradient exactly where there is one, and names a reason that holds.

Each value of a program carries what is known of it: by which breaks it depends on each source. The tape with tracing
must agree with `gradient`, and must name one of the breaks that really stand on a way from the source to the target.
"""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import tfcompat_tape as tf
from tfcompat_tape.tape.explain import Reason

SOURCES = ("variable", "frozen", "watched", "constant", "integer")
STEPS = (
    "sin",
    "square",
    "add",
    "mul",
    "stop_gradient",
    "cast",
    "round",
    "argmax",
    "numpy",
    "float",
    "mean",
    "assign",
    "assign_add",
    "stop_recording",
    "print",
    "split",
    "literal",
)


class Known:
    """A value, and for each source the ways in which it depends on it: breaks in order; none means connected."""

    def __init__(self, tensor, ways=None):
        self.tensor = tensor
        self.ways = ways or {}

    def through(self, tensor, reason):
        """What is computed from this value by a step that breaks for `reason`."""
        return Known(tensor, {name: {(*way, reason) for way in ways} for name, ways in self.ways.items()})


# Follows a break that the trace cannot see, only the source code: where there is a way without, it is preferred.
READ_FROM_SOURCE = None


def breaks(way):
    """How many breaks explain counts at least: what is not recorded after what was not recorded is one."""
    return len([one for one, _ in itertools.groupby(way) if one is not READ_FROM_SOURCE])


def both(tensor, a, b):
    names = {*a.ways, *b.ways}
    return Known(tensor, {n: a.ways.get(n, set()) | b.ways.get(n, set()) for n in names})


def float_of(x):
    return tf.cast(x, tf.float32)


def step(name, a, b, tape, state):
    """One step of a program."""
    x = a.tensor
    if name in ("sin", "square"):
        return Known(getattr(tf, name)(x), a.ways)
    if name in ("add", "mul"):
        return both(x + b.tensor if name == "add" else x * b.tensor, a, b)
    if name == "stop_gradient":
        return a.through(tf.stop_gradient(x), Reason.STOP_GRADIENT)
    if name == "cast":
        return a.through(float_of(tf.cast(x, tf.int32)), Reason.INTEGER_DTYPE)
    if name == "round":
        return a.through(tf.round(x), Reason.NO_GRADIENT)
    if name == "argmax":
        return a.through(float_of(tf.argmax(tf.stack([x, x + 1.0]))), Reason.NO_GRADIENT)
    if name == "numpy":
        array = tf.reshape(x, [1]).numpy()
        return a.through(tf.reshape(tf.constant(array), []), Reason.LEFT_LIBRARY)
    if name == "float":
        return a.through(tf.constant(float(x)) * 1.0, Reason.LEFT_LIBRARY)
    if name == "mean":
        middle = np.mean(tf.stack([x, x]), axis=0)
        back = tf.constant(middle)
        return a.through(back, Reason.LEFT_LIBRARY).through(back, READ_FROM_SOURCE)
    if name in ("assign", "assign_add"):
        getattr(state.tensor, name)(x)
        changed = a.through(state.tensor, Reason.STATE_CHANGE)
        if name == "assign_add":
            changed = both(state.tensor, changed, state)
        state.ways = changed.ways
        return Known(state.tensor * 1.0, dict(state.ways))
    if name == "stop_recording":
        with tape.stop_recording():
            return a.through(tf.sin(x), Reason.STOP_RECORDING)
    if name == "print":
        assert float(x) == float(x)
        return Known(x + 1.0, a.ways)
    if name == "split":
        return Known(tf.reshape(tf.split(tf.stack([x, x]), 2)[0], []), a.ways)
    return Known(tf.constant(2.0) * 3.0)


@st.composite
def programs(draw):
    steps = draw(
        st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 99), st.integers(0, 99)), max_size=10)
    )
    return draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3)), steps


def make(kind):
    if kind == "frozen":
        return tf.Variable(0.7, trainable=False)
    if kind == "variable":
        return tf.Variable(0.7)
    return tf.constant(2 if kind == "integer" else 0.7)


FAULTS = {
    "frozen": Reason.NOT_TRAINABLE,
    "constant": Reason.NEVER_WATCHED,
    "integer": Reason.INTEGER_DTYPE,
}


def run(program, persistent, explain):
    kinds, steps = program
    state = Known(tf.Variable(1.0, trainable=False))
    with tf.GradientTape(persistent=persistent, explain=explain) as tape:
        sources = [make(kind) for kind in kinds]
        values = []
        for i, (kind, source) in enumerate(zip(kinds, sources, strict=True)):
            if kind == "watched":
                tape.watch(source)
            way = (FAULTS[kind],) if kind in FAULTS else ()
            value = float_of(source) if kind == "integer" else source * 1.0
            values.append(Known(value, {i: {way}}))
        for name, i, j in steps:
            values.append(step(name, values[i % len(values)], values[j % len(values)], tape, state))
    return tape, sources, values[-1]


@settings(max_examples=150)
@given(programs(), st.booleans())
def test_explain_agrees_with_the_gradient_and_with_what_was_done(program, persistent):
    tape, sources, target = run(program, persistent, True)
    before = tape.explain(target.tensor, sources)
    grads = tape.gradient(target.tensor, sources)
    after = tape.explain(target.tensor, sources)
    for i, gradient in enumerate(grads):
        ways = target.ways.get(i, set())
        assert (gradient is not None) == (() in ways)  # the program is understood
        for found in (before[i], after[i]):
            assert found.connected == (gradient is not None), str(found)
            if found.connected:
                assert found.reason is None
            elif not ways:
                # Where it is not certain that nothing connects them, what is certain of the source is said first.
                fault = FAULTS.get(program[0][i])
                uncertain = found.breaks[-1].reason is Reason.INDEPENDENT and not found.breaks[-1].certain
                assert found.reason is Reason.INDEPENDENT or (uncertain and found.reason is fault), str(found)
            else:
                reasons = frozenset().union(*ways)
                assert found.reason in reasons, str(found)
                assert {one.reason for one in found.breaks} <= reasons, str(found)
                ways = {way for way in ways if READ_FROM_SOURCE not in way} or ways
                fewest = min(len(way) for way in ways)
                assert any(breaks(way) <= fewest and found.reason in way for way in ways), str(found)


@settings(max_examples=80)
@given(programs(), st.booleans())
def test_without_tracing_it_agrees_with_the_gradient_and_claims_nothing_wrong(program, persistent):
    tape, sources, target = run(program, persistent, False)
    report = tape.explain(target.tensor, sources)
    grads = tape.gradient(target.tensor, sources)
    for i, gradient in enumerate(grads):
        ways = target.ways.get(i, set())
        found = report[i]
        assert found.connected == (gradient is not None), str(found)
        if found.reason is Reason.INDEPENDENT:
            assert not ways
        elif found.reason is not None and ways:
            assert found.reason in frozenset().union(*ways), str(found)


@settings(max_examples=40)
@given(programs())
def test_tracing_changes_no_gradient(program):
    tape, sources, target = run(program, False, False)
    plain = tape.gradient(target.tensor, sources)
    tape, sources, target = run(program, False, True)
    traced = tape.gradient(target.tensor, sources)
    for a, b in zip(plain, traced, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.numpy() == b.numpy()
