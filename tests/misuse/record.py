"""Record what TensorFlow does with misused arguments, and what it says; run by a Python that has tensorflow.

    python tests/misuse/record.py              records the calls that data/classes.json lacks, and checks phrases.py
    python tests/misuse/record.py --all        records all calls
    python tests/misuse/record.py --phrases    checks phrases.py alone

TensorFlow dies of some arguments and never comes back from others, so calls run in a process of their own, which is
started again behind the call that ended it; that call is recorded as `!`.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import resource
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path

from misuse_kit import phrases, values
from misuse_kit.calls import CALLS

DATA = Path(__file__).resolve().parent / "data" / "classes.json"
SECONDS = 15  # for the calls of one place together


def known() -> dict[str, dict[str, str]]:
    """What is recorded already."""
    if "--all" in sys.argv or not DATA.exists():
        return {}
    table: dict[str, dict[str, str]] = json.loads(DATA.read_text(encoding="utf-8"))
    return table


@cache
def places() -> list[values.Place]:
    """The arguments of the calls that are to be recorded."""
    found = known()
    return [
        place for call in CALLS.strip().splitlines() if call not in found for place in values.places(call)
    ]


def run(first: int, done: str, journal: Path) -> None:
    """Run all places from `first` on, whose first outcomes are `done`; the journal says how far it came."""
    import tensorflow as tf

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scope, strangers = values.names(tf), values.strangers(tf)
    with journal.open("a", buffering=1, encoding="utf-8") as out:
        for number, place in enumerate(places()):
            if number < first:
                continue
            faulthandler.dump_traceback_later(SECONDS, exit=True, file=out)
            code = values.compiled(place.source)
            letters = done if number == first else ""
            for value in list(strangers.values())[len(letters) :]:
                out.write(f"\n# {number} {len(letters)}")
                letters += values.outcome(code, {**scope, "_": value})[0]
            out.write(f"\n= {number} {letters}")
    os._exit(0)


def record() -> dict[str, dict[str, str]]:
    import tensorflow  # noqa: F401  # once, before the forks

    found: dict[int, str] = {}
    first, done = 0, ""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal"
        while True:
            child = os.fork()
            if not child:
                run(first, done, journal)
            _, status = os.waitpid(child, 0)
            reached = (first, len(done))
            for line in journal.read_text(encoding="utf-8").splitlines():
                if line.startswith("= "):
                    found[int(line.split()[1])] = line.split()[2]
                elif line.startswith("# ") and len(line.split()) == 3:
                    reached = int(line.split()[1]), int(line.split()[2])
            if status == 0:
                break
            done = (done if reached[0] == first else "").ljust(reached[1], values.CRASHES) + values.CRASHES
            first = reached[0]
            print("died in", places()[first].source, "at", len(done), flush=True)
    table = {call: labels for call, labels in known().items() if call in CALLS.strip().splitlines()}
    for number, place in enumerate(places()):
        table.setdefault(place.call, {})[place.label] = found[number]
    return table


def check_phrases() -> None:
    import tensorflow as tf

    scope = values.names(tf)
    wrong = []
    for program, phrase in phrases.read():
        outcome, error = values.outcome(program, {**scope, "np": values.np})
        if outcome == values.ANSWERS or phrase not in str(error):
            wrong.append(f"{program}\n    {phrase}\n    {type(error).__name__}: {error}")
    print("\n".join(wrong) or f"TensorFlow says all {len(phrases.read())} phrases.")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    if "--phrases" not in sys.argv:
        text = json.dumps(record(), indent=0, sort_keys=True)
        DATA.write_text(text + "\n", encoding="utf-8")
    check_phrases()
