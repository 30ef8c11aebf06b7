"""Under `TFCOMPAT_EXPLAIN=1`: every gradient that comes back `None` is explained on stderr, once for each place.

Where one place asks for gradients of several targets, each of them is explained, if that says something else.
"""

from __future__ import annotations

import atexit
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from tfcompat_tape.tape.explain.explaining import report
from tfcompat_tape.tape.explain.notes.trace import find
from tfcompat_tape.tape.explain.report import Report
from tfcompat_tape.tape.places import Place, user_frames


def _print(text: str, report: Report) -> None:
    print(text, file=sys.stderr, flush=True)


outlet: Callable[[str, Report], None] = _print  # a notebook puts another one here
_told: Counter[Any] = Counter()
_explained: set[Any] = set()  # what was explained, by place, and the texts


def announce(
    tape: Any,
    targets: Sequence[Any],
    sources: Sequence[Any],
    results: Sequence[Any],
    where: Sequence[str],
    frame: FrameType | None,
) -> None:
    """Explain those of `sources`, at the keys `where`, whose `results` are None, unless this has been told here."""
    frames = list(user_frames(frame))
    place = Place.of(frames[0]) if frames else None
    if not _told:
        atexit.register(_in_the_end)
    _told[place] += 1
    # A loop over targets comes by with others, which may be None for other reasons.
    key = (place, *[_made(tape, target) for target in targets], *[result is None for result in results])
    if key in _explained:
        return
    _explained.add(key)
    absent = [i for i, result in enumerate(results) if result is None]
    answers = [result is not None for result in results]
    found = report(tape, targets, sources, answers, tape._tracer.walk, frames, where)
    shown = type(found)(tuple([found.connections[i] for i in absent]), found.traced)
    count = f"{len(absent)} of {len(results)} gradients are" if len(results) > 1 else "The gradient is"
    text = f"\n{count} None{'' if place is None else f' at {place}'}\n{_indented(shown.text())}\n"
    if (place, text) not in _explained:
        _explained.add((place, text))
        outlet(text, shown)


def forget() -> None:
    """Explain again what was explained before."""
    _explained.clear()


def _made(tape: Any, target: Any) -> Any:
    """Where and by which op a target was computed."""
    node = getattr(target, "_node", None)
    line = None if node is None else find(node.number, tape._tracer.trace)
    return (
        None
        if line is None
        else (line.op, line.place, None if line.place is None else line.place.instruction)
    )


def _indented(text: str) -> str:
    return "\n".join(["  " + line if line else "" for line in text.splitlines()])


def _in_the_end() -> None:
    """Say how often what was told once has happened."""
    again = [(place, count) for place, count in _told.items() if count > 1]
    for place, count in again:
        print(f"{place or 'Somewhere'}: gradients were None {count} times.", file=sys.stderr)
