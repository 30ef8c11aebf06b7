"""Programs on libraries, run here and on TensorFlow, and compared number by number: see libraries.py.

    python tools/libraries.py deepxde                                       # on this library
    python tools/libraries.py deepxde --on /path/to/python/with/tensorflow  # and there: which numbers differ
    python tools/libraries.py deepxde -k burgers                            # those whose names match

The programs are in library_programs/, one file or folder a library. Each runs in the process of the others of its
library, after the same seeds, and returns numbers. Said of each: the same numbers; raises, the same class here and
there; different.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).resolve().parent / "library_programs"


def main(arguments: argparse.Namespace, folders: list[Path]) -> int:
    """Run the programs here, and with --on there, and print a line for each. 1 if any differs or has failed."""
    here = run(sys.executable, arguments, [*folders, ROOT], here=True)
    there = run(arguments.on, arguments, folders, here=False) if arguments.on else None
    tolerance = next((one["tolerance"] for one in here.values()), 0.0)
    counts = {"same": 0, "raises": 0, "different": 0, "ran": 0, "failed": 0}
    for name, verdict, text in verdicts(here, there, tolerance):
        counts[verdict] += 1
        print(f"{verdict:10} {name:40} {text}")
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    print(f"{told} (tolerance {tolerance:g}, of the largest number of a list)")
    return 1 if counts["different"] or counts["failed"] or not here else 0


def verdicts(
    here: dict[str, Any], there: dict[str, Any] | None, tolerance: float
) -> Iterator[tuple[str, str, str]]:
    """The name, the verdict and the numbers of each program. `there` is `None` where they ran here alone."""
    for name, ours in here.items():
        if there is None:
            yield name, *alone(ours)
        elif name in there:
            yield name, *compared(ours, there[name], tolerance)
        else:
            yield name, "failed", "TensorFlow's process ended before it"
    for name in there or ():
        if name not in here:
            yield name, "failed", "the process here ended before it"


def run(python: str, arguments: argparse.Namespace, folders: list[Path], here: bool) -> dict[str, Any]:
    """What each program says, by name."""
    command = [python, __file__, arguments.library, "--here" if here else "--there", arguments.k or ""]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    answers = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        for line in process.stdout:
            answer = json.loads(line)
            answers[answer["name"]] = answer
            print(f"{'here' if here else 'there'}: {answer['name']}", file=sys.stderr, flush=True)
    return answers


def alone(ours: dict[str, Any]) -> tuple[str, str]:
    return ("failed", ours["error"]) if "error" in ours else ("ran", shown(ours["values"]))


def compared(ours: dict[str, Any], theirs: dict[str, Any], tolerance: float) -> tuple[str, str]:
    """Whether both have said the same, and what."""
    if "error" in ours or "error" in theirs:
        classes = [one["error"].partition(":")[0] if "error" in one else "numbers" for one in (ours, theirs)]
        same = classes[0] == classes[1]
        return "raises" if same else "different", f"here {ours.get('error', 'numbers')}, there {classes[1]}"
    mine, others = list(lists(ours["values"])), list(lists(theirs["values"]))
    if [*map(len, mine)] != [*map(len, others)]:
        return "different", f"{shown(mine)} here, {shown(others)} there"
    worst = max(map(off, mine, others), default=0.0)
    if worst <= tolerance:
        return "same", f"{sum(map(len, mine))} numbers, off by {worst:.1e}"
    return "different", f"off by {worst:.1e}: here {shown(mine)}, there {shown(others)}"


def off(one: list[float], other: list[float]) -> float:
    """How far two lists are apart where they are farthest, relative to the largest finite number in them.

    Infinity where one of two numbers is infinite or not a number, and the other one is not the same. Numbers that are
    all below 1e-3 are taken relative to that: what is left of a difference that is 0 is rounding.
    """
    pairs = [(x, y) for x, y in zip(one, other, strict=True) if x != y and not (x != x and y != y)]
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in pairs):
        return math.inf
    if not pairs:
        return 0.0
    largest = max(abs(x) for x in [*one, *other] if math.isfinite(x))
    return max(abs(x - y) for x, y in pairs) / max(largest, 1e-3)


def lists(value: Any) -> Iterator[list[float]]:
    """The numbers of nested lists, those that stand side by side together."""
    parts = value if isinstance(value, list) else [value]
    numbers = [part for part in parts if not isinstance(part, list)]
    if numbers:
        yield numbers
    for part in parts:
        if isinstance(part, list):
            yield from lists(part)


def shown(values: Any) -> str:
    numbers = [f"{x:.7g}" if isinstance(x, float) else str(x) for part in lists(values) for x in part]
    return " ".join(numbers[:6]) + (f" ... ({len(numbers)})" if len(numbers) > 6 else "")


def worker(library: str, here: bool, pattern: str) -> None:
    """Run the programs of a library, and print a line of JSON for each."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    sys.path.pop(0)  # the folder of this file
    if here:
        import tfcompat_tape

        tfcompat_tape.install()
    module = load(library)
    for name, program in module.PROGRAMS.items():
        if not re.search(pattern, name):
            continue
        module.seed()
        try:
            answer = {"values": program()}
            json.dumps(answer)
        except Exception as error:
            traceback.print_exc()
            lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
            answer = {"error": f"{type(error).__name__}: {lines[-1] if lines else ''}"[:200]}
        print(json.dumps({"name": name, "tolerance": module.TOLERANCE, **answer}), file=answers, flush=True)


def load(library: str) -> Any:
    """The module of programs, under a name that is not that of the library."""
    folder = PROGRAMS / library
    path = folder / "__init__.py" if folder.is_dir() else PROGRAMS / f"{library}.py"
    name = f"programs_of_{library}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


if __name__ == "__main__":
    worker(sys.argv[1], sys.argv[2] == "--here", sys.argv[3])
