"""Under `TFCOMPAT_EXPLAIN=1`: every gradient that comes back `None` is explained on stderr, once for each place."""

from __future__ import annotations

import atexit
import sys
from collections import Counter
from collections.abc import Sequence
from types import FrameType
from typing import Any

from tfcompat_tape.tape.explain.explaining import report
from tfcompat_tape.tape.explain.places import Place, user_frames

_told: Counter[Any] = Counter()


def announce(
    tape: Any, targets: Sequence[Any], sources: Sequence[Any], results: Sequence[Any], frame: FrameType | None
) -> None:
    """Explain those of `sources` whose `results` are None, unless this place in the user's code has had it told."""
    frames = list(user_frames(frame))
    place = Place.of(frames[0]) if frames else None
    _told[place] += 1
    if _told[place] > 1:
        return
    if len(_told) == 1:
        atexit.register(_in_the_end)
    absent = [i for i, result in enumerate(results) if result is None]
    answers = [result is not None for result in results]
    found = report(tape, targets, sources, answers, tape._tracer.walk, frames)
    shown = type(found)(tuple([found.connections[i] for i in absent]), found.traced)
    count = f"{len(absent)} of {len(results)} gradients are" if len(results) > 1 else "The gradient is"
    text = f"\n{count} None{'' if place is None else f' at {place}'}\n{_indented(shown.text())}\n"
    print(text, file=sys.stderr, flush=True)


def _indented(text: str) -> str:
    return "\n".join(["  " + line if line else "" for line in text.splitlines()])


def _in_the_end() -> None:
    """Say how often what was told once has happened."""
    again = [(place, count) for place, count in _told.items() if count > 1]
    for place, count in again:
        print(f"{place or 'Somewhere'}: gradients were None {count} times.", file=sys.stderr)
