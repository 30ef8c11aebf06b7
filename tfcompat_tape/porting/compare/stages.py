"""Which runs a comparison takes: as written; with tf.functions run eagerly, to see inside them; and with ops."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from tfcompat_tape.porting.compare import culprit, runs
from tfcompat_tape.porting.compare.align import Comparison, compare
from tfcompat_tape.porting.compare.closeness import Tolerance
from tfcompat_tape.porting.compare.culprit import Culprit
from tfcompat_tape.porting.compare.recording import Run, read
from tfcompat_tape.porting.compare.runs import Script, Side, TroubleError


@dataclass
class Report:
    """What came of it all.

    Attributes:
      comparisons: of the script as written, and of its second run, if there was one.
      culprit: the op that made the first difference, and `detail`: the comparison of the runs that it was found in.
      troubles: why something could not be compared; `notes`: what else is to be said.
    """

    script: Script
    comparisons: list[Comparison] = field(default_factory=list)
    culprit: Culprit | None = None
    detail: Comparison | None = None
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def different(self) -> Comparison | None:
        """The comparison that found a difference."""
        return next((one for one in self.comparisons if not one.same), None)


class Theirs:
    """Where TensorFlow's runs come from: a Python that has it, or a recording."""

    def __init__(self, script: Script, folder: Path, side: Side | None, recording: Path | None) -> None:
        self._script, self._folder, self._side = script, folder, side
        self._recorded = None if recording is None else read(recording)

    @property
    def recorded(self) -> list[Run] | None:
        """The runs of the recording, if it is one."""
        return self._recorded

    def run(self, *, inside: bool, until: int | None = None) -> Run:
        """One run; of a recording, the one there is.

        Raises:
          TroubleError: there is none.
        """
        if self._recorded is None:
            assert self._side is not None
            return runs.record(self._side, self._script, self._folder, inside=inside, until=until)
        for run in self._recorded:
            if run.end.get("how") in ("no tensorflow", "unreadable"):
                raise TroubleError(f"the recording holds no run: {run.end['error']}: {run.end['message']}")
            if run.inside == inside:
                if not run.end and not run.notes:
                    run.notes.append(
                        f"under TensorFlow the script has no end in the recording, which was cut off after "
                        f"{len(run.events)} events"
                    )
                return run
        raise TroubleError("the recording has no run with tf.functions run eagerly (--as-written)")


def check(recorded: list[Run], script: Script) -> None:
    """Whether a recording is one of this script.

    Raises:
      TroubleError: it is of another one, or another version of it.
    """
    begin = recorded[0].begin
    if "script" not in begin:
        return
    name = Path(script.path).name
    if begin["script"] != name:
        raise TroubleError(f"the recording is one of {begin['script']}, not of {name}")
    if begin["digest"] != hashlib.sha256(Path(script.path).read_bytes()).hexdigest():
        raise TroubleError(f"{name} is not what it was when the recording was made: record it again")
    if begin["args"] != list(script.args):
        raise TroubleError(
            f"the recording was made with the arguments {begin['args']}, not {list(script.args)}: give the same"
        )


def go_through(script: Script, theirs: Theirs, folder: Path, tolerance: Tolerance, *, inside: bool) -> Report:
    """Run the script as often as it takes, and compare.

    Args:
      inside: also run it with tf.functions run eagerly, if it has any.

    Raises:
      TroubleError: it cannot be run at all.
    """
    report = Report(script)
    ours = runs.our_side()
    written = compare(theirs.run(inside=False), runs.record(ours, script, folder, inside=False), tolerance)
    report.comparisons.append(written)
    _troubles(report, written)
    functions = written.theirs.functions or written.ours.functions
    if functions and inside and not report.troubles and not written.ends:
        try:
            again = compare(
                theirs.run(inside=True), runs.record(ours, script, folder, inside=True), tolerance
            )
        except TroubleError as error:
            report.notes.append(str(error))
        else:
            if again.theirs.failed and again.ours.failed:
                end = again.ours.end
                report.notes.append(
                    f"with its tf.functions run eagerly the script fails under both ({end['error']} at {end['at']}): "
                    "what is inside was not compared"
                )
            else:
                report.comparisons.append(again)
    _find_culprit(report, theirs, folder, tolerance)
    report.notes += _leftovers(report)
    return report


def _leftovers(report: Report) -> list[str]:
    """What is said of files that one run wrote and a later one read."""
    found: dict[str, str] = {}
    for one in report.comparisons:
        for run in (one.theirs, one.ours):
            for path, at in run.left:
                found.setdefault(os.path.relpath(path) if path.startswith(os.getcwd() + os.sep) else path, at)
    if not found:
        return []
    shown = [f"{path} ({at})" if at else path for path, at in list(found.items())[:4]]
    more = [f"and {len(found) - 4} more"] if len(found) > 4 else []
    return [
        f"one run read what a run before it had written: {', '.join([*shown, *more])}. The runs did not start from the "
        "same files, so that what they compute may differ for that, or agree for that: let the script write into a "
        "folder of its own (tempfile.mkdtemp()), or not read what is there"
    ]


def _troubles(report: Report, found: Comparison) -> None:
    for run in (found.theirs, found.ours):
        why = runs.unfinished(run)
        if why:
            report.troubles.append(why)
            found.parting = None  # where a run was cut off is chance
    if found.theirs.failed and found.ours.failed and not found.ends:
        end = found.ours.end
        at = f" at {end['at']}" if end.get("at") else ""
        report.troubles.append(
            f"the script fails under both, with {end['error']}{at}: {end['message'].strip()}"
        )


def _find_culprit(report: Report, theirs: Theirs, folder: Path, tolerance: Tolerance) -> None:
    """Run both once more, with ops, up to the first difference, and look there."""
    different = [one for one in report.comparisons if one.where() is not None]
    if not different or report.troubles:
        return
    found = different[-1]  # run eagerly, what happens inside functions is seen
    if found is report.comparisons[0] and len(report.comparisons) > 1:
        report.notes.append(
            "with its tf.functions run eagerly both give the same: the difference is in how a tf.function is traced "
            "or run, and tf.config.run_functions_eagerly(True) avoids it"
        )
    event = found.where()
    assert event is not None
    try:
        mine = theirs.run(inside=found.theirs.inside, until=event)
        yours = runs.record(runs.our_side(), report.script, folder, inside=found.ours.inside, until=event)
    except TroubleError as error:
        report.notes.append(f"the op was not looked for: {error}")
        return
    report.detail = compare(mine, yours, tolerance)
    wrong = [row.values[0] for row in report.detail.rows if row.event == event and not row.verdict.same]
    report.culprit = culprit.find(mine, yours, event, tolerance, wrong)
    if report.culprit is None:
        report.notes += dict.fromkeys([*mine.notes, *yours.notes])
        report.notes.append(_why_not(mine, event, theirs.recorded is not None))


def _why_not(theirs: Run, event: int, recorded: bool) -> str:
    if recorded and (not theirs.ops or theirs.ops[-1].before < event):
        once = " --once inside" if theirs.inside else ""
        return (
            f"the recording has no ops before event {event}: to see the op, record again with "
            f"compare_record.py --until {event}{once}"
        )
    return (
        "no op by itself makes something else of the same inputs: the difference is one of rounding that grew, or it "
        "comes from what is no op (Python, NumPy, files, random numbers without a seed)"
    )
