"""The op that made a difference: the first one that makes something else of the same inputs, forward or backward.

Both runs were recorded with the ops that they executed, and the values of these. Between two events, an op of ours is
paired with one of TensorFlow's of the same type, at the same line of the script, that has the same inputs. Forward, the
first pair with other outputs is it. For a gradient, both runs also asked for the adjoint of each of these values: along
the list backwards, the first value whose adjoint differs was given it by the ops that take the value, all of which had
the same cotangents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tfcompat_tape.porting.compare.closeness import RELATIVE, Tolerance, Verdict, compare_values
from tfcompat_tape.porting.compare.recording import Op, Run, Value

_LOOKED_AT = 16  # ops of TensorFlow, of the same type and line, that one of ours may be paired with


@dataclass(frozen=True)
class Culprit:
    """The op that made the difference, or the line, if it takes other ops here.

    Attributes:
      op: ours; `number` finds it in the list of our run.
      theirs: TensorFlow's ops that it is compared with: one, or all of the line.
      inputs: values that it was given.
      what: what the two values are: "output", "adjoint of input 0", ...
      values: TensorFlow's and ours.
      cotangent: of a gradient, the adjoint of the op's output, which is the same on both sides.
      why: how sure it is.
    """

    op: Op
    theirs: tuple[Op, ...]
    inputs: tuple[Value | None, ...]
    what: str
    values: tuple[Value | None, Value | None]
    verdict: Verdict
    cotangent: Value | None = None
    why: str = ""


def find(
    theirs: Run, ours: Run, event: int, tolerance: Tolerance, gradient: Sequence[Value | None]
) -> Culprit | None:
    """The op that made the difference at `event`; `None` if the recordings do not tell.

    Args:
      gradient: TensorFlow's values of those results of the event that differ, if it is a gradient.
    """
    pairs = list(_pairs(theirs, ours, event, tolerance))
    found = _forward(theirs, ours, pairs, tolerance)
    if found is None and event in theirs.adjoints and event in ours.adjoints:
        found = _backward(theirs, ours, event, pairs, tolerance)
        if found is None:
            found = _at_source(theirs, ours, event, pairs, tolerance, gradient)
    return found or _line(theirs, ours, event, tolerance)


# -- Pairs -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pair:
    theirs: Op
    ours: Op
    agree: bool  # whether the inputs are the same


class _Values:
    """The values of a run's ops, by number."""

    def __init__(self, run: Run) -> None:
        self._ops = {op.number: op for op in run.ops}

    def inputs(self, op: Op) -> tuple[Value | None, ...]:
        return tuple(self._value(one) for one in op.inputs)

    def _value(self, one: tuple[int, int] | Value | None) -> Value | None:
        if not isinstance(one, tuple):
            return one
        op = self._ops.get(one[0])
        return None if op is None else op.outputs[one[1]]


def _pairs(theirs: Run, ours: Run, event: int, tolerance: Tolerance) -> Iterator[_Pair]:
    their_values, our_values = _Values(theirs), _Values(ours)
    free: dict[tuple[int, str, str], list[Op]] = defaultdict(list)
    for op in theirs.ops:
        if op.before <= event:
            free[op.before, op.at, op.kind].append(op)
    for op in ours.ops:
        candidates = free.get((op.before, op.at, op.kind))
        if not candidates:
            continue
        given = our_values.inputs(op)
        for i, candidate in enumerate(candidates[:_LOOKED_AT]):
            if _agree(their_values.inputs(candidate), given, tolerance):
                yield _Pair(candidates.pop(i), op, True)
                break
        else:
            yield _Pair(candidates.pop(0), op, False)


def _agree(theirs: Sequence[Value | None], ours: Sequence[Value | None], tolerance: Tolerance) -> bool:
    """Whether two ops have the same inputs. Sizes and axes are inputs in TensorFlow and attributes here."""
    a = [one for one in theirs if one is not None and one.dtype in RELATIVE]
    b = [one for one in ours if one is not None and one.dtype in RELATIVE]
    if not a and not b:
        a = [one for one in theirs if one is not None]
        b = [one for one in ours if one is not None]
        return all(any(compare_values(x, y, tolerance).same for x in a) for y in b)
    if len(a) != len(b):
        return bool(a and b) and all(any(compare_values(x, y, tolerance).same for x in a) for y in b)
    return all(compare_values(x, y, tolerance).same for x, y in zip(a, b, strict=True))


# -- Forward -----------------------------------------------------------------------------------------------------------


def _forward(theirs: Run, ours: Run, pairs: list[_Pair], tolerance: Tolerance) -> Culprit | None:
    values = _Values(ours)
    for pair in pairs:
        if not pair.agree or len(pair.theirs.outputs) != len(pair.ours.outputs):
            continue
        for i, (a, b) in enumerate(zip(pair.theirs.outputs, pair.ours.outputs, strict=True)):
            verdict = compare_values(a, b, tolerance)
            if not verdict.same and not _healed(pair.ours, i, ours, pairs, tolerance):
                what = "output" if len(pair.ours.outputs) == 1 else f"output {i}"
                why = "Of the same inputs, this op makes something else."
                return Culprit(
                    pair.ours, (pair.theirs,), values.inputs(pair.ours), what, (a, b), verdict, why=why
                )
    return None


def _healed(op: Op, place: int, ours: Run, pairs: list[_Pair], tolerance: Tolerance) -> bool:
    """Whether what takes this output gives the same all the same, as the magnitudes of vectors with other signs do."""
    taking = [pair for pair in pairs if (op.number, place) in pair.ours.inputs]
    return bool(taking) and all(
        compare_values(a, b, tolerance).same
        for pair in taking
        for a, b in zip(pair.theirs.outputs, pair.ours.outputs, strict=False)
    )


def _line(theirs: Run, ours: Run, event: int, tolerance: Tolerance) -> Culprit | None:
    """The first line whose last result differs, where no pair of ops does."""
    last: dict[tuple[int, str], list[Op]] = defaultdict(list)
    for op in theirs.ops:
        if op.before <= event:
            last[op.before, op.at].append(op)
    mine: dict[tuple[int, str], list[Op]] = defaultdict(list)
    for op in ours.ops:
        mine[op.before, op.at].append(op)
    for key, ops in mine.items():
        if key not in last:
            continue
        a, b = last[key][-1].outputs[:1], ops[-1].outputs[:1]
        if (
            not a
            or not b
            or a[0] is None
            or b[0] is None
            or a[0].shape != b[0].shape
            or a[0].dtype != b[0].dtype
        ):
            continue
        verdict = compare_values(a[0], b[0], tolerance)
        if not verdict.same:
            why = "The result of this line is the first that differs; TensorFlow makes it of other ops."
            return Culprit(
                ops[-1],
                tuple(last[key]),
                _Values(ours).inputs(ops[-1]),
                "result of the line",
                (a[0], b[0]),
                verdict,
                why=why,
            )
    return None


# -- Backward ----------------------------------------------------------------------------------------------------------


def _backward(theirs: Run, ours: Run, event: int, pairs: list[_Pair], tolerance: Tolerance) -> Culprit | None:
    mine, yours = theirs.adjoints[event], ours.adjoints[event]
    for pair in reversed(pairs):
        for i in range(min(len(pair.theirs.outputs), len(pair.ours.outputs))):
            a, b = mine.get((pair.theirs.number, i)), yours.get((pair.ours.number, i))
            if a is None or b is None:  # what one side does not list: its gradient is seen at the sources
                continue
            verdict = compare_values(a, b, tolerance)
            if not verdict.same:
                consumers = [
                    op for op in ours.ops if (pair.ours.number, i) in op.inputs and op.before <= event
                ]
                consumers = [op for op in consumers if (op.number, 0) in yours] or consumers
                return _blame(theirs, ours, event, consumers, pairs, (pair.ours.number, i), (a, b), verdict)
    return None


def _at_source(
    theirs: Run,
    ours: Run,
    event: int,
    pairs: list[_Pair],
    tolerance: Tolerance,
    gradient: Sequence[Value | None],
) -> Culprit | None:
    """The op that takes a source, where the adjoints of all that was computed agree: by its shape."""
    shapes = {value.shape for value in gradient if value is not None}
    with_adjoint = [op for op in ours.ops if (op.number, 0) in ours.adjoints[event]]
    taking = [
        op
        for op in with_adjoint
        if any(isinstance(one, Value) and one.dtype in RELATIVE and one.shape in shapes for one in op.inputs)
    ]
    if len(taking) != 1:
        return None
    (op,) = taking
    paired = tuple(pair.theirs for pair in pairs if pair.ours is op)
    cotangent = ours.adjoints[event].get((op.number, 0))
    value = next((one for one in gradient if one is not None), None)
    return Culprit(
        op,
        paired,
        _Values(ours).inputs(op),
        "gradient with respect to a source",
        (value, None),
        Verdict("the gradient differs", 0.0),
        cotangent,
        "The adjoints of all values that were computed agree, and this op alone takes a source of that shape.",
    )


def _blame(
    theirs: Run,
    ours: Run,
    event: int,
    consumers: list[Op],
    pairs: list[_Pair],
    value: tuple[int, int],
    values: tuple[Value, Value],
    verdict: Verdict,
) -> Culprit | None:
    made = next(op for op in ours.ops if op.number == value[0])
    op = consumers[-1] if consumers else made
    place = op.inputs.index(value) if value in op.inputs else None
    paired = tuple(pair.theirs for pair in pairs if pair.ours is op)
    many = (
        f" It is the last of {len(consumers)} ops that take this value; the adjoint is their sum."
        if len(consumers) > 1
        else ""
    )
    return Culprit(
        op,
        paired,
        _Values(ours).inputs(op),
        "adjoint of the target" if place is None else f"adjoint of input {place}",
        values,
        verdict,
        ours.adjoints[event].get((op.number, 0)),
        "The adjoints of all that was computed from it agree: the gradient of this op differs." + many,
    )
