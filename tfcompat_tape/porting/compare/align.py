"""Two runs side by side: event for event, until they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tfcompat_tape.porting.compare.closeness import Tolerance, Verdict, compare_texts, compare_values
from tfcompat_tape.porting.compare.recording import Event, Run, Value

_AHEAD = 200  # how many events further on it is looked where two runs come together again


@dataclass(frozen=True)
class Row:
    """One value that was compared.

    Attributes:
      event: the number of its event.
      name: what the value is called; empty for text.
      values: TensorFlow's and ours; `None` where it is the gradient `None`, or text.
      texts: TensorFlow's text and ours.
    """

    event: int
    kind: str
    at: str
    what: str
    name: str
    verdict: Verdict
    values: tuple[Value | None, Value | None] = (None, None)
    texts: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Parting:
    """Where two runs do something else.

    Attributes:
      event: the number of the first event that is another one.
      theirs, ours: that event; `None` where the run ends.
      left: how many events come from there on, under TensorFlow and here.
      extra: how many events there are under TensorFlow alone, and here alone, before they come together again;
        `None` if they do not.
    """

    event: int
    theirs: Event | None
    ours: Event | None
    left: tuple[int, int]
    extra: tuple[int, int] | None


@dataclass
class Comparison:
    """What came of comparing two runs.

    Attributes:
      rows: every value that was compared, in order.
      counts: how many events of each kind were compared.
      parting: where they part, if they do.
      ends: why they end differently; empty if they do not.
    """

    theirs: Run
    ours: Run
    rows: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    parting: Parting | None = None
    ends: str = ""

    @property
    def first(self) -> Row | None:
        """The first value that is not the same."""
        return next((row for row in self.rows if not row.verdict.same), None)

    @property
    def different(self) -> int:
        """How many values are not the same."""
        return sum(not row.verdict.same for row in self.rows)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.different and self.parting is None and not self.ends

    def where(self) -> int | None:
        """The number of the first event that differs or is missing; `None` if there is none."""
        if self.first is not None:
            return self.first.event
        return None if self.parting is None else self.parting.event


def compare(theirs: Run, ours: Run, tolerance: Tolerance) -> Comparison:
    """Go along both runs, TensorFlow's and ours, and compare event for event until they part."""
    found = Comparison(theirs, ours)
    states: tuple[dict[str, Value | None], dict[str, Value | None]] = ({}, {})
    both = list(zip(theirs.events, ours.events, strict=False))
    for i, (one, other) in enumerate(both):
        if not _fit(one, other):
            break
        found.counts[one.kind] += 1
        found.rows += _compare_event(i, one, other, states, tolerance)
    else:
        i = len(both)
    if i < len(theirs.events) or i < len(ours.events):
        found.parting = _parting(theirs, ours, i)
    found.ends = _ends(theirs, ours, found.parting)
    return found


def _fit(one: Event, other: Event) -> bool:
    """Whether two events are the same one: what it is, and the line that it is at.

    Code of a tf.function prints while it is traced; under TensorFlow it was rewritten, so the line is that of the call.
    """
    if one.kind == other.kind == "print" and one.what == other.what:
        return True
    if one.kind != other.kind or (one.at and other.at and one.at != other.at):
        return False
    return one.kind in ("print", "bytes", "call", "assign") or one.what == other.what


def _compare_event(
    number: int,
    one: Event,
    other: Event,
    states: tuple[dict[str, Value | None], dict[str, Value | None]],
    tolerance: Tolerance,
) -> Iterator[Row]:
    at = other.at or one.at
    if one.kind in ("print", "bytes"):
        texts = (one.what, other.what)
        verdict = (
            compare_texts(*texts, tolerance)
            if one.kind == "print"
            else Verdict(
                "" if one.what == other.what else "other bytes", 0.0 if one.what == other.what else np.inf
            )
        )
        yield Row(number, one.kind, at, one.what, "", verdict, texts=texts)
        return
    mine = dict(zip(one.names, one.values, strict=True))
    yours = dict(zip(other.names, other.values, strict=True))
    for state, changed in zip(states, (mine, yours), strict=True):
        if one.kind in ("assign", "call"):
            state.update(changed)
    if one.kind == "call":  # who changed by nothing at all is not written down
        for name in dict.fromkeys([*mine, *yours]):
            if name in states[0] and name in states[1]:
                pair = (states[0][name], states[1][name])
                yield Row(number, one.kind, at, one.what, name, compare_values(*pair, tolerance), pair)
        return
    if (
        one.names != other.names and one.kind != "assign"
    ):  # a Variable's name may count what was made before it
        why = f"{_listed(one.names)} under TensorFlow, {_listed(other.names)} here"
        yield Row(number, one.kind, at, one.what, "", Verdict(why, np.inf))
        return
    for name, a, b in zip(one.names, one.values, other.values, strict=True):
        yield Row(number, one.kind, at, one.what, name, compare_values(a, b, tolerance), (a, b))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"


def _parting(theirs: Run, ours: Run, i: int) -> Parting:
    one = theirs.events[i] if i < len(theirs.events) else None
    other = ours.events[i] if i < len(ours.events) else None
    extra = None
    left = (len(theirs.events) - i, len(ours.events) - i)
    for more in range(1, min(_AHEAD, max(left))):
        if other is not None and more < left[0] and _fit(theirs.events[i + more], other):
            extra = (more, 0)
            break
        if one is not None and more < left[1] and _fit(one, ours.events[i + more]):
            extra = (0, more)
            break
    return Parting(i, one, other, left, extra)


def _ends(theirs: Run, ours: Run, parting: Parting | None) -> str:
    a, b = theirs.end, ours.end
    if not a or not b or "enough" in (a.get("how"), b.get("how")):
        return ""
    if theirs.failed and ours.failed:
        if a["error"] == b["error"] or a["error"] in b["kinds"] or b["error"] in a["kinds"]:
            return ""
        return f"TensorFlow's run raises {a['error']}, ours {b['error']}"
    if theirs.failed or ours.failed:
        where = "under TensorFlow" if theirs.failed else "under tfcompat_tape"
        end = a if theirs.failed else b
        at = f" at {end['at']}" if end.get("at") else ""
        return f"{where} alone the script raises {end['error']}{at}: {end['message'].strip()}"
    if a.get("code", "0").replace("None", "0") != b.get("code", "0").replace("None", "0"):
        return f"the script exits with {a.get('code')!r} under TensorFlow, with {b.get('code')!r} here"
    return ""
