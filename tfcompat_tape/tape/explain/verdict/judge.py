"""What cuts a tape off from a value: one step of a computation is judged at a time, by what is known of that moment."""

from __future__ import annotations

import threading

from tfcompat_tape.core.variable import Variable
from tfcompat_tape.tape.explain.code.syntax import SAME, inside_with
from tfcompat_tape.tape.explain.notes.origins import DERIVATIVES, Kind
from tfcompat_tape.tape.explain.notes.trace import (
    Escape,
    Line,
    Node,
    Trace,
    Version,
    find,
    traces,
)
from tfcompat_tape.tape.explain.notes.tracer import Session, Watched
from tfcompat_tape.tape.explain.report import Break, Reason
from tfcompat_tape.tape.explain.verdict import faults
from tfcompat_tape.tape.explain.verdict.provenance import Edge
from tfcompat_tape.tape.explain.verdict.question import Question
from tfcompat_tape.tape.places import Place


class Judge:
    """Judges steps from the point of view of the tape that was asked."""

    def __init__(self, question: Question) -> None:
        self._tracer = question.tracer
        self._trace = question.trace
        self._name = question.name
        self._variable = isinstance(question.source, Variable)
        self._trainable = self._variable and question.source.trainable
        self._dtype = question.source.dtype
        self._walk = question.walk

    def breaks(self, edge: Edge, first: bool) -> list[Break]:
        """What breaks the path at `edge`; `first`: it starts at the source, which must be watched."""
        if edge.escape is not None:
            left = self._escaped(edge, edge.escape)
            return [left, self._state(edge.child)] if isinstance(edge.child, Version) else [left]
        if isinstance(edge.child, Version):
            goes_on = isinstance(edge.parent, Version) and edge.parent.handle == edge.child.handle
            return [] if goes_on else [self._state(edge.child)]
        line = find(edge.child, self._trace)
        if line is None:
            return []
        if edge.within:
            return [] if line.ran is not None else [self._within(line)]
        if line.body is not None or line.stands_for is not None:
            return self._in_body(edge.parent, line, first)
        found = []
        if first and not (self._variable and not isinstance(edge.parent, Version)):
            unwatched = self._unwatched(edge.parent, line)
            if unwatched is not None:
                found.append(unwatched)
        if line.kind is not Kind.READ:
            own = self._inherent(edge.parent, line, edge.position)
            if own is not None and (first or not self._goes_on(edge.parent, own)):
                found.append(own)
        return found

    # -- the source ---------------------------------------------------------------------------------------------------

    def _unwatched(self, source: Node, line: Line) -> Break | None:
        """Why the tape does not watch the source as `line` takes it."""
        if isinstance(source, Version):
            return self._unwatched_variable(source, line)
        known = find(source, self._trace)
        tape = self._tracer.id
        if known is not None and tape in known.tapes and known.kind is Kind.OP:
            return None
        if known is not None and known.kind is Kind.VARIABLE:
            return None
        events = [event for event in self._tracer.watched if event.node == source]
        if not (self._dtype.is_floating or self._dtype.is_complex):
            return faults.exact(self._name, self._dtype, line.place)
        return self._late_or_never(events, line, f"{self._name} is a Tensor that this tape never watched")

    def _unwatched_variable(self, source: Version, line: Line) -> Break | None:
        name = self._name
        tracer = self._tracer
        events = [event for event in tracer.watched if event.handle == source.handle]
        since = self._trace.accessed.get((tracer.id, source.handle))
        if since is not None and (since < line.number or line.kind is Kind.READ):
            return None
        if source.exact:
            return faults.exact(self._name, self._dtype, line.place)
        if events or (self._trainable and tracer.accesses):
            if not events and (line.kind is Kind.READ or not self._recorded(line)):
                return None  # what comes of it is judged for that (tf.stop_gradient reads past all tapes)
            break_ = self._late_or_never(events, line, f"{name} is a Variable that this tape never watched")
            if break_ is not None and not events:
                return self._read_outside(line)
            return break_
        if not self._trainable:
            return faults.not_trainable(name, line.place)
        return faults.not_told(name, line.place)

    def _late_or_never(self, events: list[Watched], line: Line, never: str) -> Break | None:
        name = self._name
        present = [event for event in events if event.id == self._tracer.id and event.effective]
        if any(event.number < line.number for event in present):
            return None
        if present:
            if not self._recorded(line):
                return None  # what the line itself is judged for
            return Break(
                Reason.WATCHED_AFTER_USE,
                f"{name} was used here before it was watched ({present[0].place}).",
                line.place,
                line.op,
            )
        before = [event for event in events if event.effective]
        if before:
            return self._after_reset(before[-1], line)
        if events:
            never += f"; tape.watch ({events[0].place}) had no effect, for no tape was recording there"
        return Break(Reason.NEVER_WATCHED, f"{never}.", line.place, line.op)

    def _after_reset(self, event: Watched, line: Line) -> Break:
        reset = next((s for s in self._tracer.sessions if s.id == event.id and s.cause == "reset"), None)
        return Break(
            Reason.TAPE_RESET,
            f"{self._name} was watched ({event.place}) before tape.reset(), which forgot that.",
            None if reset is None else reset.closed,
            line.op,
        )

    def _read_outside(self, line: Line) -> Break | None:
        """The Variable was read where the tape did not record, and its value used where it did."""
        sessions = [s for s in self._tracer.sessions if s.start < line.number]
        cause = sessions[-2].cause if len(sessions) > 1 else ""
        reason = {
            "stop_recording": Reason.STOP_RECORDING,
            "exit": Reason.AFTER_CONTEXT,
            "reset": Reason.TAPE_RESET,
        }
        return Break(
            reason.get(cause, Reason.WATCHED_AFTER_USE),
            f"{self._name} was read while the tape was not recording; here its value is used.",
            line.place,
            line.op,
            certain=False,
        )

    # -- functions that run as one op ----------------------------------------------------------------------------------

    def _in_body(self, parent: Node, line: Line, first: bool) -> list[Break]:
        """For a line in the body of a function, or one that stands for an argument of it."""
        body = line.body
        found = []
        known = None if isinstance(parent, Version) else find(parent, self._trace)
        if first and (not isinstance(parent, Version) or parent.exact or not self._trainable):
            unwatched = self._unwatched(parent, line)
            found = [] if unwatched is None else [unwatched]
        if body is None or not body.copies or (known is not None and body in (known.body, known.stands_for)):
            return found
        what = "It" if line.kind is Kind.READ or known is None else known.op
        if first:
            what = self._name
        detail = f"{what} was used inside the function that tf.{body.op} called; gradients flow to its `inp` alone."
        return [*found, Break(Reason.NOT_AN_ARGUMENT, detail, line.place, line.op)]

    @staticmethod
    def _within(line: Line) -> Break:
        detail = f"It was used inside {line.op}, whose own gradient function gives gradients to its arguments alone."
        return Break(Reason.NOT_AN_ARGUMENT, detail, line.place, line.op)

    # -- the way ------------------------------------------------------------------------------------------------------

    def _recorded(self, line: Line) -> bool:
        return self._tracer.id in line.active and self._own_thread(line)

    def _own_thread(self, line: Line) -> bool:
        return line.thread is None and (
            line.number in self._trace.lines or _thread_of(line) == self._trace.thread
        )

    def _inherent(self, parent: Node, line: Line, position: int) -> Break | None:
        """What cuts the tape off at `line` even if it traces all inputs."""
        if self._tracer.id in line.tapes:
            return self._without_gradient(line, position)
        if not self._own_thread(line):
            return self._elsewhere(line)
        if line.op == "StopGradient":
            return Break(
                Reason.STOP_GRADIENT, "tf.stop_gradient lets no gradient through.", line.place, line.op
            )
        if line.kind is Kind.OP and not line.differentiable:
            return Break(
                Reason.NO_GRADIENT,
                f"The op {line.op} is registered as not differentiable.",
                line.place,
                line.op,
            )
        if line.kind is Kind.OP and line.exact and not _exact(parent, self._trace):
            return Break(
                Reason.INTEGER_DTYPE,
                f"{self._result(line)} has the dtype {line.dtype}: nothing flows back from there.",
                line.place,
                line.op,
            )
        if self._tracer.id not in line.active:
            return self._not_recording(line)
        if line.kind is Kind.UNSEEN and line.op == "numpy_function":
            return Break(
                Reason.LEFT_LIBRARY,
                "tf.numpy_function works on NumPy arrays, past the tape.",
                line.place,
                line.op,
            )
        if line.kind is Kind.UNSEEN and line.op in DERIVATIVES:
            if not self._traces(parent):
                return None  # it would be recorded, if this tape traced what it is computed from
            return Break(
                Reason.INDEPENDENT,
                f"The derivative that tape.{line.op} gave is a constant, as far as this tape recorded it.",
                line.place,
                line.op,
                certain=False,
            )
        if line.kind is Kind.UNSEEN:
            return Break(
                Reason.NO_GRADIENT,
                f"The result of {line.op} is a constant to every tape.",
                line.place,
                line.op,
                unlisted=True,
            )
        return None

    def _result(self, line: Line) -> str:
        """How to call the value of a line."""
        of = find(line.parents[0], self._trace) if line.op.startswith("Output:") and line.parents[0] else None
        if of is None:
            return f"The result of {line.op}"
        return f"Output {int(line.op.partition(':')[2]) + 1} of {of.op}"

    def _traces(self, node: Node) -> bool:
        """Whether the tape traces what a line was computed from."""
        if isinstance(node, Version):
            return (self._tracer.id, node.handle) in self._trace.accessed or any(
                event.effective and event.handle == node.handle for event in self._tracer.watched
            )
        line = find(node, self._trace)
        watched = any(event.effective and event.node == node for event in self._tracer.watched)
        return watched or (line is not None and self._tracer.id in line.tapes)

    def _goes_on(self, parent: Node, own: Break) -> bool:
        """Whether what is computed from `parent` is not recorded for the same reason as `parent`: that breaks once."""
        line = None if isinstance(parent, Version) else find(parent, self._trace)
        if line is None or line.kind is Kind.READ or self._tracer.id in line.tapes:
            return False
        if not self._own_thread(line):
            return own.reason is Reason.OTHER_THREAD
        return self._tracer.id not in line.active and self._not_recording(line).reason is own.reason

    def _elsewhere(self, line: Line) -> Break:
        where = f"the thread {line.thread!r}" if line.thread else "another thread"
        return Break(
            Reason.OTHER_THREAD,
            f"{line.op} ran on {where}; the tape records on {self._tracer.thread!r}.",
            line.place,
            line.op,
        )

    def raised(self, line: Line) -> Break | None:
        """That the gradient rule of a line raised an exception, if it did."""
        error = None if self._walk is None else self._walk.failed.get(line.number)
        return None if error is None else faults.raises(line.op, error, line.place)

    def _without_gradient(self, line: Line, position: int) -> Break | None:
        walk = self._walk
        raised = self.raised(line)
        if raised is not None:
            return raised
        if not line.ruled:
            return Break(
                Reason.NO_GRADIENT, f"No gradient is defined for the op {line.op}.", line.place, line.op
            )
        if walk is not None and (line.number, position) in walk.cut:
            return faults.gives_none(line.op, position, len(line.parents), line.place)
        return None

    def _not_recording(self, line: Line) -> Break:
        """Why the tape was not recording when `line` was computed."""
        sessions = self._tracer.sessions
        covering = next((s for s in sessions if s.covers(line.number)), None)
        if covering is not None and covering.id != self._tracer.id:
            last = next(s for s in reversed(sessions) if s.id == covering.id)
            return Break(
                Reason.TAPE_RESET,
                f"{line.op} was recorded before tape.reset().",
                last.closed or line.place,
                line.op,
            )
        if covering is not None:
            what = (
                "tf.init_scope"
                if inside_with(line.place, "init_scope")
                else "a function that stops all tapes"
            )
            return Break(Reason.STOP_RECORDING, f"{line.op} was computed inside {what}.", line.place, line.op)
        before = [s for s in sessions if s.end and s.end < line.number]
        if not before:
            opened = _at(sessions[0].opened if sessions else None)
            if line.kind is Kind.EARLIER:
                detail = (
                    f"{line.op} was computed before the tape began to record{opened}; here its value is used."
                )
                return Break(Reason.BEFORE_CONTEXT, detail, line.place, line.op)
            return Break(
                Reason.BEFORE_CONTEXT,
                f"{line.op} was computed before the tape began to record{opened}.",
                line.place,
                line.op,
            )
        return self._after(before[-1], line)

    def _after(self, session: Session, line: Line) -> Break:
        what = line.op
        if session.cause == "stop_recording":
            return Break(
                Reason.STOP_RECORDING,
                f"{what} was computed under tape.stop_recording(){_at(session.closed)}.",
                line.place,
                what,
            )
        if session.cause == "reset":
            return Break(Reason.TAPE_RESET, f"{what} was computed around tape.reset().", session.closed, what)
        if what in DERIVATIVES:
            detail = f"The derivative was taken by tape.{what} outside the context of this tape"
        elif session.cause == "gradient":
            detail = f"{what} was computed after the tape had been asked for a gradient"
        else:
            detail = f"{what} was computed after the context of the tape closed"
        return Break(Reason.AFTER_CONTEXT, f"{detail}.", line.place, what)

    # -- what no tape sees --------------------------------------------------------------------------------------------

    def long_ago(self, version: Version) -> bool:
        """Whether the Variable was assigned before the tape began: what happened up to then is none of its business."""
        sessions = self._tracer.sessions
        return bool(version.how) and bool(sessions) and version.number < sessions[0].start

    def _state(self, version: Version) -> Break:
        by = "when it was made" if version.how == "tf.Variable" else f"by {version.how}"
        by += ", before the tape began" if self.long_ago(version) else ""
        return Break(
            Reason.STATE_CHANGE,
            f"The value went into the Variable {version.name!r} {by}; Variables do not know where their value is from.",
            version.place,
            version.how,
        )

    def _escaped(self, edge: Edge, escape: Escape) -> Break:
        back = edge.child.place if isinstance(edge.child, Version) else _place(find(edge.child, self._trace))
        came = f", and came back as a number or array{_at(back)}"
        if edge.name is not None:
            way = "in the same expression" if edge.name == SAME else f"by way of `{edge.name}`"
            came = f". Not seen but read in the source code: it came back {way}{_at(back)}"
        return Break(
            Reason.LEFT_LIBRARY,
            f"The value left the library ({escape.how}){came}.",
            escape.place,
            escape.how,
            certain=edge.name is None,
        )


def _exact(node: Node, trace: Trace) -> bool:
    if isinstance(node, Version):
        return node.exact
    line = find(node, trace)
    return line is not None and line.exact


def _place(line: Line | None) -> Place | None:
    return None if line is None else line.place


def _thread_of(line: Line) -> int:
    for trace in list(traces):
        if line.number in trace.lines:
            return trace.thread
    return threading.get_ident()


def _at(place: Place | None) -> str:
    return "" if place is None else f" ({place})"
