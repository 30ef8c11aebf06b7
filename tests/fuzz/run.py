"""Long runs: workers draw programs, check them, make failures small; the main process counts and reports."""

from __future__ import annotations

import json
import logging
import multiprocessing
import queue
import random
import signal
import time
import traceback
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

import tfcompat_tape as tf

from . import agreement, known
from .answers import Difference, arrays, compare, encode, raised
from .failures import Failure, Failures
from .generate import generate
from .oracle import TensorFlow
from .program import Program
from .questions import ask
from .shrink import shrink

DATA = Path(__file__).parent / "data" / "programs.jsonl"
OURS_LIMIT = 60  # seconds for one program here
# Where TensorFlow's own way makes NaN of 0 * inf: see tests/conformance/README.md on forward mode.
FORGIVING = {"forward", "forward_reverse", "reverse_forward"}
ALWAYS = ["value", "gradient"]
SOMETIMES = [q for q in agreement.QUESTIONS if q not in ALWAYS]


class TooLong(Exception):
    """A program took longer than a program may."""


def _too_long(*_: Any) -> None:
    raise TooLong


def drawn(seed: int, index: int, errors: bool) -> tuple[Program, list[str]]:
    """Program `index` of a run, and what to ask TensorFlow of it (some questions are slow there)."""
    rng = random.Random(f"{seed}:{index}")
    program = generate(rng, errors=errors)
    return program, ALWAYS + rng.sample(SOMETIMES, 3)


# -- against TensorFlow --------------------------------------------------------------------------------------
def against(
    other: TensorFlow, program: Program, questions: list[str], seen: Counter[str] | None = None
) -> list[tuple[str, Difference]]:
    """How ours and TensorFlow's answers differ: (question, difference)."""
    theirs = other.ask(program, questions)
    if theirs is None:
        return []
    ours = ask(tf, program, questions, encode)
    if seen is not None:
        seen["asked"] += len(questions)
    return list(compared(program, theirs, ours, seen))


def compared(
    program: Program, theirs: dict[str, Any], ours: dict[str, Any], seen: Counter[str] | None = None
) -> list[tuple[str, Difference]]:
    found = []
    for question, want in theirs.items():
        got = ours[question]
        forgiving = question in FORGIVING and program.singular
        for difference in compare(want, got, forgiving, single=known.single(program)):
            if known.meant(program, question, want, got, difference):
                continue
            if noisy(program, question, want, got, difference):
                if seen is not None:
                    seen["too sensitive to compare"] += 1
                continue
            found.append((question, difference))
            break
        if question == "value" and (raised(want) or raised(got)):
            break
    return found


def noisy(program: Program, question: str, want: Any, got: Any, difference: Difference) -> bool:
    """Whether the difference is what roundings of the inputs do to this answer, too."""
    if difference.kind != "values":
        return known.ill(program) and known.numeric(difference) and agreement.noise(program, question) > 1e-2
    worst = 0.0
    for w, g in zip(arrays(want), arrays(got), strict=False):
        if w is not None and g is not None and w.size and w.shape == g.shape and w.dtype.kind in "fc":
            fine = np.isfinite(w) & np.isfinite(g)
            if fine.any():
                worst = max(worst, float(abs(w - g)[fine].max() / (abs(w[fine]).max() + 1e-3)))
    return worst < 30 * agreement.noise(program, question)


def value_of(program: Program, value: int) -> Any:
    """What one value of a program is, computed here."""
    answer = ask(tf, Program(program.inputs, program.steps, [value]), ["value"], encode)["value"]
    return None if raised(answer) else next(arrays(answer), None)


# -- workers ---------------------------------------------------------------------------------------------------
def check(other: TensorFlow | None, seed: int, index: int, seen: Counter[str]) -> list[Failure]:
    """Draw one program and check it; its failures, made small."""
    program, questions = drawn(seed, index, errors=other is not None)
    name = f"{seed}:{index}"
    if other is None:
        found = list(agreement.differences(program))
    else:
        found = against(other, program, questions, seen)
    seen["programs"] += 1
    seen["steps"] += len(program.ops())
    seen["singular"] += program.singular
    failures = []
    for where, difference in found[:2]:
        small, last = reduced(other, program, where, difference)
        failures.append(Failure(where, last.kind, last.detail, small, name))
    return failures


def reduced(
    other: TensorFlow | None, program: Program, where: str, difference: Difference
) -> tuple[Program, Difference]:
    last = difference

    def fails(candidate: Program) -> bool:
        nonlocal last
        if other is None:
            found = list(agreement.differences(candidate, where))
        else:
            needed = [where] if where == "value" else ["value", where]
            found = [f for f in against(other, candidate, needed) if f[0] == where]
        for _, d in found:
            if d.kind == difference.kind:
                last = d
                return True
        return False

    return shrink(program, fails, value_of), last


def work(python: str | None, seed: int, job: int, jobs: int, start: int, until: float, out: Any) -> None:
    """One process: every `jobs`-th program."""
    logging.disable(logging.WARNING)
    signal.signal(signal.SIGALRM, _too_long)
    other = TensorFlow(python) if python else None
    index = start
    try:
        while time.time() < until:
            seen: Counter[str] = Counter()
            out.put((job, index, None, None))
            failures: list[Failure] = []
            signal.alarm(OURS_LIMIT * (1 if other is None else 10))
            try:
                failures = check(other, seed, index, seen)
            except TooLong:
                seen["too long"] += 1
            except Exception:
                out.put((job, index, traceback.format_exc(), None))
            finally:
                signal.alarm(0)
            out.put((job, index, failures, seen))
            index += jobs
    finally:
        if other is not None:
            other.close()
    out.put((job, None, None, None))


def fuzz(python: str | None, minutes: float, seed: int, jobs: int, folder: Path) -> int:
    context = multiprocessing.get_context("spawn")
    out: Any = context.Queue()
    started = time.time()
    until = started + 60 * minutes
    at = {job: job for job in range(jobs)}

    def start(job: int, index: int) -> Any:
        worker = context.Process(target=work, args=(python, seed, job, jobs, index, until, out), daemon=False)
        worker.start()
        return worker

    workers = {job: start(job, job) for job in range(jobs)}
    failures, seen = Failures(folder), Counter[str]()
    said = started
    while workers:
        try:
            job, index, made, counted = out.get(timeout=5)
        except queue.Empty:
            for job, worker in list(workers.items()):
                if not worker.is_alive():
                    print(f"a worker died at program {seed}:{at[job]}", flush=True)
                    seen["died"] += 1
                    if time.time() < until:
                        workers[job] = start(job, at[job] + jobs)
                    else:
                        del workers[job]
            continue
        if index is None:
            workers.pop(job).join()
            continue
        at[job] = index
        if isinstance(made, str):
            print(f"program {seed}:{index}: {made}", flush=True)
            seen["errors of the fuzzer"] += 1
        elif counted is not None:
            seen += counted
            for failure in made or ():
                failures.add(failure)
                if failures.counts[failure.group] == 1:
                    print(f"{failure.seed}  {failure.group}\n    {failure.detail.strip()[:300]}", flush=True)
        if time.time() - said > 60:
            said = time.time()
            print(head(seen, started, failures), flush=True)
            failures.save(head(seen, started, failures))
    line = head(seen, started, failures)
    failures.save(line)
    print(failures.report(line))
    return 1 if failures.groups else 0


def head(seen: Counter[str], started: float, failures: Failures) -> str:
    seconds = time.time() - started
    counts = ", ".join(f"{n} {name}" for name, n in seen.items())
    total = sum(failures.counts.values())
    rate = seen["programs"] / seconds
    return f"[{seconds / 60:.1f} min] {counts}; {rate:.1f} programs/s; {total} failures of {len(failures.groups)} kinds"


# -- single programs, and data for the tests ---------------------------------------------------------------------
def replay(python: str | None, path: str) -> int:
    program = Program.of(Path(path).read_text())
    other = TensorFlow(python) if python else None
    found = list(agreement.differences(program))
    if other is not None:
        found += against(other, program, agreement.QUESTIONS)
        other.close()
    for where, difference in found:
        print(f"{where}: {difference.kind}\n    {difference.detail}")
    return 1 if found else 0


def record(python: str | None, count: int, seed: int) -> int:
    """Write `count` programs, those that add ops to what is there first, with TensorFlow's answers."""
    if python is None:
        raise SystemExit("--record needs --tensorflow PYTHON: the answers are TensorFlow's")
    other = TensorFlow(python)
    logging.disable(logging.WARNING)
    kept: list[str] = []
    ops: Counter[str] = Counter()
    index = 0
    while len(kept) < count:
        program, questions = drawn(seed, index, errors=True)
        index += 1
        new = [o for o in program.ops() if ops[o] < 6]
        if len(program.ops()) > 8 or (len(new) < 2 and zlib.crc32(str(index).encode()) % 20):
            continue
        theirs = other.ask(program, questions)
        if theirs is None or compared(program, theirs, ask(tf, program, questions, encode)):
            continue
        theirs = {q: {"raises": raised(a)} if raised(a) else a for q, a in theirs.items()}
        line = json.dumps({"program": json.loads(program.json()), "answers": theirs}, separators=(",", ":"))
        if len(line) > 4000:
            continue
        ops.update(program.ops())
        kept.append(line)
    other.close()
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text("\n".join(kept) + "\n")
    print(
        f"{count} programs of {len(ops)} kinds of steps, {DATA.stat().st_size / 1024:.0f} KiB, "
        f"TensorFlow {other.version}"
    )
    return 0
