"""Runs of a script, before and after: what they print, and the gradients they compute, compared."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfcompat_tape.porting import children
from tfcompat_tape.porting.convert.observe import GRADIENTS, Facts

WATCHED = Path(__file__).with_name("watched_run.py")
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan)(?![\w])")
SHAKEN, MOST_SHAKEN = 20.0, 0.01
# What tensors print beside their values.
_FORM = re.compile(
    r"shape=\(([\d, ]*)\)|,?\s*dtype=[\w.']+|"
    r"grad_fn=<\w+>|requires_grad=\w+|tf\.Tensor|<tf\.Variable '[^']*'|torch\.\w+|numpy="
)


class RunError(Exception):
    """A run failed: the message is what it wrote to stderr at last."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Run:
    """What a run gave.

    Attributes:
      lines: what it printed.
      gradients: in order, each with the line of the script.
      ours: whether it imported this package.
    """

    lines: list[str]
    gradients: list[Any]
    ours: bool = True


def original(script: str, args: Sequence[str], folder: str | None = None) -> Run:
    """Run a script as `tfcompat run` does; with `folder`, there, and with the modules that are there."""
    done = _run([sys.executable, "-m", "tfcompat_tape", "run", script, *args], "the script", folder)
    return Run(done.splitlines(), [])


def observed(
    script: str, args: Sequence[str], folder: str | None = None, nudge: bool = False
) -> tuple[Facts, Run]:
    """Run a script and see what its expressions are; with `nudge`, each gradient changed as rounding might have."""
    with tempfile.TemporaryDirectory() as temporary:
        notes = os.path.join(temporary, "facts.json")
        module = f"{__package__}.observe"
        what = "the script, with its functions run eagerly,"
        nudged = {"TFCOMPAT_NUDGE": "1"} if nudge else {}
        done = _run([sys.executable, "-m", module, notes, script, *args], what, folder, **nudged)
        facts = Facts.from_json(Path(notes).read_text(encoding="utf-8"))
    return facts, Run(done.splitlines(), facts.gradients)


def converted(text: str, script: str, args: Sequence[str], folder: str | None = None) -> Run:
    """Run the text of a converted script in the place of `script`."""
    with tempfile.TemporaryDirectory() as temporary:
        new, notes = os.path.join(temporary, "converted.py"), os.path.join(temporary, "gradients.json")
        Path(new).write_text(text, encoding="utf-8")
        done = _run([sys.executable, str(WATCHED), notes, new, script, *args], "the converted script", folder)
        told = json.loads(Path(notes).read_text(encoding="utf-8"))
    return Run(done.splitlines(), told["gradients"], told["ours"])


def _run(command: Sequence[str], what: str, folder: str | None = None, **variables: str) -> str:
    """What the command prints. It reads nothing: input() finds the end of the file."""
    environment = {**os.environ, **variables}
    if folder is not None:
        paths = filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))
        environment["PYTHONPATH"] = os.pathsep.join([folder, *map(os.path.abspath, paths)])
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=environment,
        cwd=folder,
    )
    try:
        out, err = process.communicate()
    except BaseException:  # Ctrl-C, or a signal
        children.end(process)
        raise
    if process.returncode:
        lines = err.decode("utf-8", "replace").strip().splitlines() or ["it wrote nothing to stderr"]
        raise RunError(
            f"{what} ended with status {process.returncode}:\n" + "\n".join(lines[-12:]), process.returncode
        )
    return out.decode("utf-8", "replace")


def difference(
    before: Run,
    after: Run,
    rtol: float = 1e-4,
    atol: float = 1e-5,
    shaken: Run | None = None,
    place: Callable[[int], str] = "line {}".format,
) -> str | None:
    """The first difference between two runs, as a sentence; `None` if they agree.

    Numbers that are printed are compared in order, as far as both print their digits. `shaken` is a run like the first
    one whose gradients were changed by what float32 rounds: where that alone makes a difference, the difference may be
    `SHAKEN` times as large, up to `MOST_SHAKEN` of the largest value. `place` says where a line of the script is.

    >>> difference(Run(["loss 0.12345"], []), Run(["loss tensor(0.1235)"], []))
    >>> difference(Run(["loss 0.12345"], []), Run(["loss tensor(0.2235)"], []))
    'line 1 of what is printed: 0.12345 became 0.2235 (loss 0.12345 | loss tensor(0.2235))'
    """
    first, second = numbers(before.lines), numbers(after.lines)
    moved = _moved(first, numbers(shaken.lines) if shaken is not None else [])
    for (text, line), (other, there), room in zip(first, second, moved, strict=False):
        if not _close(text, other, max(rtol, room), atol):
            shown = f"({before.lines[line].strip()} | {after.lines[there].strip()})"
            return f"line {line + 1} of what is printed: {text} became {other} {shown}"
    if len(first) != len(second):
        return f"{len(first)} numbers are printed by the script, and {len(second)} by the converted one"
    for i, ((line, one), (_, two)) in enumerate(zip(before.gradients, after.gradients, strict=False)):
        like = shaken.gradients[i][1] if shaken is not None and i < len(shaken.gradients) else None
        told = _gradients_differ(one, two, rtol, atol, like)
        if told is not None:
            return f"gradient {i + 1}, of {place(line)}: {told}"
    if len(before.gradients) != len(after.gradients) and len(after.gradients) < GRADIENTS:
        counts = len(before.gradients), len(after.gradients)
        return f"{counts[0]} gradients are taken by the script, and {counts[1]} by the converted one"
    return None


def like(before: Run, after: Run) -> bool:
    """Whether two runs print as many numbers and take as many gradients."""
    counts = [(len(numbers(one.lines)), len(one.gradients)) for one in (before, after)]
    return counts[0] == counts[1]


def numbers(lines: Sequence[str]) -> list[tuple[str, int]]:
    """The numbers in what was printed, with the line of each."""
    found = []
    for i, line in enumerate(lines):
        found += [(match, i) for match in _NUMBER.findall(_FORM.sub(" ", line))]
    return found


def _close(one: str, two: str, rtol: float, atol: float) -> bool:
    a, b = float(one), float(two)
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or math.isinf(b):
        return a == b or (math.isnan(a) and math.isnan(b))
    shown = max(_unit(one), _unit(two))
    return abs(a - b) <= max(rtol * max(abs(a), abs(b)), atol, shown * 1.01)


def _unit(number: str) -> float:
    """What the last digit of a number counts; nothing for one without a point."""
    digits, _, power = number.lower().partition("e")
    _, point, behind = digits.partition(".")
    return 10.0 ** (int(power or 0) - len(behind)) if point else 0.0


def _moved(first: list[tuple[str, int]], second: list[tuple[str, int]]) -> list[float]:
    """How much rounding may change each number that is printed, relative: it grows from one to the next."""
    if len(first) != len(second):
        return [0.0] * len(first)
    found, most = [], 0.0
    for (text, _), (other, _) in zip(first, second, strict=True):
        a, b = float(text), float(other)
        if a != b and math.isfinite(a) and math.isfinite(b):
            most = max(most, abs(a - b) / max(abs(a), abs(b)))
        found.append(min(SHAKEN * most, MOST_SHAKEN))
    return found


def _room(value: Any, shaken: Any, largest: float) -> float:
    """How much rounding may change a gradient."""
    if shaken is None or shaken["shape"] != value["shape"]:
        return 0.0
    apart = [abs(x - y) for x, y in zip(value["values"], shaken["values"], strict=True)]
    return min(SHAKEN * max([x for x in apart if math.isfinite(x)], default=0.0), MOST_SHAKEN * largest)


def _gradients_differ(one: Any, two: Any, rtol: float, atol: float, shaken: Any = None) -> str | None:
    flat, other = _leaves(one), _leaves(two)
    like = _leaves(shaken) if shaken is not None else []
    if len(flat) != len(other):
        return f"{len(flat)} became {len(other)}"
    for i, (a, b) in enumerate(zip(flat, other, strict=True)):
        if (a is None) != (b is None):
            return f"number {i + 1} is None in one of both alone"
        if a is None:
            continue
        if a["shape"] != b["shape"]:
            return f"the shape {a['shape']} became {b['shape']}"
        largest = max([abs(x) for x in a["values"] if math.isfinite(x)], default=0.0)
        room = max(atol, _room(a, like[i] if len(like) == len(flat) else None, largest))
        for x, y in zip(a["values"], b["values"], strict=True):
            same = x == y or (math.isnan(x) and math.isnan(y))
            if not same and not abs(x - y) <= max(10 * rtol * max(abs(x), 0.01 * largest), room):
                return f"{x:.7g} became {y:.7g}"
    return None


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    if isinstance(value, dict) and set(value) != {"shape", "values"}:
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    return [value]
