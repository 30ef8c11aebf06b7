"""The report as text."""

from __future__ import annotations

import linecache
from collections import Counter
from pathlib import Path

from tfcompat_tape._version import __version__
from tfcompat_tape.porting.compare import listing
from tfcompat_tape.porting.compare.align import Comparison, Parting, Row
from tfcompat_tape.porting.compare.closeness import OTHER_TEXT
from tfcompat_tape.porting.compare.culprit import Culprit
from tfcompat_tape.porting.compare.recording import Event, Value
from tfcompat_tape.porting.compare.stages import Report

_COLOURS = {"bad": "31", "good": "32", "note": "36", "strong": "1"}
_KINDS = {
    "print": "print",
    "tf.print": "tf.print",
    "bytes": "write of bytes",
    "gradient": "gradient",
    "assign": "assignment",
    "call": "call of a tf.function",
    "save": "saved file",
}
_MANY = {"call": "calls of tf.functions", "bytes": "writes of bytes"}


def as_text(report: Report, *, colour: bool) -> str:
    """The whole report."""

    def paint(text: str, how: str) -> str:
        return f"\033[{_COLOURS[how]}m{text}\033[0m" if colour else text

    lines = [paint(title(report), "strong")]
    for found in report.comparisons:
        verdict = paint("the same", "good") if found.same else paint(told(found), "bad")
        lines.append(f"  {way(found)}: {compared(found)}: {verdict}")
        if found.same and found.rows:
            lines.append(f"    {largest(found)}")
    different = report.different
    if different is not None:
        lines += ["", *difference(report, different)]
    if report.culprit is not None and report.detail is not None:
        lines += ["", *of_culprit(report, report.culprit, report.detail)]
    if report.troubles or report.notes:
        lines.append("")
    lines += [paint(f"tfcompat: {one}", "bad") for one in report.troubles]
    lines += [paint(f"Note: {one}", "note") for one in report.notes]
    return "\n".join(lines)


def title(report: Report) -> str:
    """Which script, and which versions."""
    begin = report.comparisons[0].theirs.begin
    return (
        f"{Path(report.script.path).name}: TensorFlow {begin['tensorflow']} and tfcompat_tape {__version__}, "
        f"seed {report.script.seed}"
    )


def way(found: Comparison) -> str:
    """How the script was run."""
    return "with its tf.functions run eagerly" if found.ours.inside else "as written"


def compared(found: Comparison) -> str:
    """What was compared, counted."""
    parts = []
    for kind, name in _KINDS.items():
        count = found.counts[kind]
        if count:
            parts.append(f"{count} {name if count == 1 else _MANY.get(kind, name + 's')}")
    return ", ".join(parts) or "nothing"


def told(found: Comparison) -> str:
    """What differs, counted."""
    parts = []
    if found.different:
        parts.append(f"{found.different} of {len(found.rows)} values differ")
    if found.parting is not None:
        parts.append("the runs part")
    if found.ends and found.parting is None:
        parts.append("they end differently")
    return ", ".join(parts)


def largest(found: Comparison) -> str:
    """The largest difference of what counts as the same."""
    row = max(found.rows, key=lambda one: one.verdict.relative)
    if not row.verdict.relative:
        return "to the last bit"
    return f"largest difference {row.verdict.relative:.1e}, relative: {name_of(row)} at {row.at}"


def name_of(row: Row) -> str:
    """`gradient with respect to w`, `w after an assignment`."""
    return {
        "print": "what is printed",
        "tf.print": f"tf.print, {row.name}",
        "bytes": "bytes that are written",
        "gradient": f"{row.what} with respect to {row.name}",
        "assign": f"{row.name} after an assignment",
        "call": f"{row.name} after a call of {row.what}",
        "save": f"{row.what}, {row.name}" if row.name else row.what,
    }[row.kind]


def difference(report: Report, found: Comparison) -> list[str]:
    """The first value that differs, where the runs part, how they end."""
    lines = []
    row = found.first
    if row is not None:
        lines.append(f"The first difference, event {row.event}: {name_of(row)}")
        lines += source(report, row.at)
        one, other = shown(row)
        lines += [f"  TensorFlow     {one}", f"  tfcompat_tape  {other}", f"  {reason(row)}"]
        later = Counter(each.kind for each in found.rows if not each.verdict.same and each.event > row.event)
        if later:
            counts = ", ".join(
                f"{count} of {_MANY.get(kind, _KINDS[kind] + 's')}" for kind, count in later.items()
            )
            lines.append(f"  After it differ: {counts}")
    if found.parting is not None:
        lines += ([""] if lines else []) + of_parting(report, found.parting)
    if found.ends:
        lines += ([""] if lines else []) + [f"The end: {found.ends}"]
        trace = (found.ours if found.ours.failed else found.theirs).end.get("traceback", "")
        lines += [f"  | {line}" for line in trace.strip().splitlines()[-8:]]
    return lines


def reason(row: Row) -> str:
    """Why, and by how much."""
    far = row.verdict.relative
    by = f", by {far:.2g} of the largest" if 0.0 < far < float("inf") else ""
    return row.verdict.why + by


def shown(row: Row) -> tuple[str, str]:
    """TensorFlow's value and ours, as text."""
    if row.kind in ("print", "bytes"):
        return _text(row.texts[0]), _text(row.texts[1])
    return value(row.values[0], row.verdict.place), value(row.values[1], row.verdict.place)


def value(one: Value | None, place: int | None = None) -> str:
    """A value; where it is long, with the element at `place`."""
    if one is None:
        return "None"
    text = str(one)
    if place is not None and one.dtype != "string" and place >= 6 and place < one.elements.size:
        which = place if one.sums is None else f"of the recorded ones, {place}"
        text += f"; element {which}: {one.elements[place]:.8g}"
    return text


def _text(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    return lines[0][:200] if len(lines) == 1 else "\n                 ".join(line[:200] for line in lines[:8])


def of_parting(report: Report, parting: Parting) -> list[str]:
    """Where the runs do something else."""
    lines = [f"The runs part at event {parting.event}:"]
    sides = (("TensorFlow   ", parting.theirs), ("tfcompat_tape", parting.ours))
    for name, event in sides:
        lines.append(f"  {name}  {'ends' if event is None else _what(event)}")
    at = next((event.at for _, event in sides if event is not None), "")
    lines += source(report, at)
    if parting.extra is not None:
        who, count = (
            ("TensorFlow", parting.extra[0]) if parting.extra[0] else ("tfcompat_tape", parting.extra[1])
        )
        lines.append(f"  {count} event{'s' if count > 1 else ''} here of {who} alone; then they go on alike")
    lines.append(
        f"  What comes from there on was not compared: {parting.left[0]} events of TensorFlow, {parting.left[1]} of "
        "tfcompat_tape"
    )
    return lines


def _what(event: Event) -> str:
    what = {
        "print": f"prints {event.what.rstrip()[:80]!r}",
        "bytes": f"writes {event.what}",
        "tf.print": "tf.print",
        "gradient": f"{event.what} with respect to {', '.join(event.names)}",
        "assign": f"assigns {event.what}",
        "call": f"calls the tf.function {event.what}",
        "save": f"saves {event.what}",
    }[event.kind]
    return f"{what}, at {event.at}" if event.at else what


def source(report: Report, at: str) -> list[str]:
    """The line of the user's code."""
    name, _, number = at.rpartition(":")
    if not number.isdigit():
        return []
    text = linecache.getline(str(Path(report.script.path).parent / name), int(number)).strip()
    return [f"  {at}: {text}" if text else f"  {at}"]


def of_culprit(report: Report, found: Culprit, detail: Comparison) -> list[str]:
    """The op, its inputs, both values, the list around it."""
    # What made Python go another way, or print other words, is a guess.
    guess = detail.first is None or detail.first.verdict.why == OTHER_TEXT
    lines = [f"An op that differs before it: {found.op.kind}" if guess else f"It comes from {found.op.kind}"]
    lines += source(report, found.op.at)
    lines += [f"  input {i}: {value(one)}" for i, one in enumerate(found.inputs) if one is not None]
    if found.cotangent is not None:
        lines.append(f"  adjoint of the output, the same on both sides: {value(found.cotangent)}")
    lines.append(f"  {found.what}:")
    place = found.verdict.place
    lines.append(f"    TensorFlow     {value(found.values[0], place)}")
    if found.what != "gradient with respect to a source":
        lines.append(f"    tfcompat_tape  {value(found.values[1], place)}")
    if len(found.theirs) > 1:
        lines.append(f"  TensorFlow's ops at this line: {', '.join(op.kind for op in found.theirs)}")
    lines.append(f"  {found.why}")
    lines += ["", "The list there:"]
    lines += [f"  {line}" for line in listing.as_text(listing.around(detail.ours, found.op))]
    return lines
