"""`tfcompat compare SCRIPT`: the command line of it."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tfcompat_tape.porting import children
from tfcompat_tape.porting.compare import page, recorder, runs, stages
from tfcompat_tape.porting.compare.closeness import Tolerance
from tfcompat_tape.porting.compare.output import as_text
from tfcompat_tape.porting.compare.recording import RecordingError, read
from tfcompat_tape.porting.compare.runs import Script, TroubleError
from tfcompat_tape.porting.options import take_behind

DIFFERENT = 1
NOT_RUN = 2
INTERRUPTED = 130


def add_command(subparsers: Any) -> None:
    """Add `compare` to the command line."""
    parser = subparsers.add_parser(
        "compare",
        help="whether a script computes the same numbers here as under a real TensorFlow",
        description="Run SCRIPT under a real TensorFlow and here, with the same random numbers, and compare in order "
        "what it prints, every gradient that it asks for, Variables after every assignment, and arrays that it saves. "
        "The exit status is 0 if all is the same, 1 if something differs, and 2 if it could not be run.",
    )
    parser.add_argument("--tensorflow", metavar="PYTHON", help="the Python of the TensorFlow")
    parser.add_argument(
        "--recording", metavar="FILE", help="in place of it, what compare_record.py wrote on another machine"
    )
    parser.add_argument(
        "--record",
        metavar="OUT",
        help="write compare_record.py to OUT, a file or a folder, to take along to a machine with TensorFlow",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="where random numbers start (default 0)")
    parser.add_argument("--timeout", type=_seconds, metavar="S", help="seconds that one run may take")
    parser.add_argument(
        "--rtol", type=_tolerance, metavar="R", help="relative tolerance, in place of the dtype's"
    )
    parser.add_argument(
        "--atol", type=_tolerance, metavar="A", help="absolute tolerance, in place of the dtype's"
    )
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="do not run the script a second time with its tf.functions run eagerly, to compare what is inside them",
    )
    parser.add_argument("--html", metavar="FILE", help="write the report as one HTML page to FILE, too")
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colours in text"
    )
    parser.add_argument("script", metavar="SCRIPT", nargs="?", help="a script, or a notebook (.ipynb)")
    parser.add_argument("args", metavar="ARGS", nargs=argparse.REMAINDER, help="the script's own arguments")
    parser.set_defaults(action=lambda arguments: _compare(arguments, parser))


def _seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return value


def _tolerance(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text} is no tolerance")
    return value


def _compare(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if arguments.record is not None:
        if arguments.script:
            parser.error(
                "--record writes compare_record.py alone; the script is run with it on the other machine"
            )
        return _write_recorder(arguments.record, arguments.force)
    if arguments.script and arguments.tensorflow is None and arguments.recording is None:
        take_behind(arguments, parser, ("help", "record"))
    if not arguments.script:
        parser.error("the following arguments are required: SCRIPT")
    if (arguments.tensorflow is None) == (arguments.recording is None):
        parser.error(
            "give either --tensorflow PYTHON or --recording FILE; --record OUT writes what makes such a recording"
        )
    if arguments.html is not None and os.path.exists(arguments.html) and not arguments.force:
        return _refuse(f"{arguments.html!r} is there already: --force replaces it")
    try:
        with io.open_code(os.path.abspath(arguments.script)):
            pass
    except OSError as error:
        return _refuse(f"can't open file {os.path.abspath(arguments.script)!r}: {error.strerror}")
    status = NOT_RUN
    with children.tidy():
        status = _in_folder(arguments)
    return status


def _in_folder(arguments: argparse.Namespace) -> int:
    folder = Path(tempfile.mkdtemp(prefix="tfcompat-compare-"))
    try:
        return _run(arguments, folder)
    except (TroubleError, RecordingError) as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        print("tfcompat: interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: argparse.Namespace, folder: Path) -> int:
    side = None if arguments.tensorflow is None else runs.tensorflow_side(arguments.tensorflow)
    recording = None if arguments.recording is None else Path(arguments.recording)
    seed = arguments.seed
    if recording is not None:
        recorded = read(recording)[0].begin.get("seed", 0)
        if seed is not None and seed != recorded:
            return _refuse(f"the recording was made with --seed {recorded}, not {seed}")
        seed = recorded
    script = Script(arguments.script, tuple(arguments.args), seed or 0, arguments.timeout)
    theirs = stages.Theirs(script, folder, side, recording)
    if theirs.recorded is not None:
        stages.check(theirs.recorded, script)
    tolerance = Tolerance(arguments.rtol, arguments.atol)
    report = stages.go_through(script, theirs, folder, tolerance, inside=not arguments.as_written)
    print(as_text(report, colour=_coloured(arguments)))
    if arguments.html is not None:
        try:
            Path(arguments.html).write_text(page.as_html(report, tolerance), encoding="utf-8")
        except OSError as error:
            return _refuse(f"can't write {arguments.html!r}: {error.strerror}")
    if report.different is not None:
        return DIFFERENT
    return NOT_RUN if report.troubles else 0


def _write_recorder(path: str, force: bool) -> int:
    target = Path(path)
    if target.is_dir():
        target = target / recorder.NAME
    if target.exists() and not force:
        return _refuse(f"{str(target)!r} is there already: --force replaces it")
    try:
        target.write_text(recorder.assembled(), encoding="utf-8")
    except OSError as error:
        return _refuse(f"can't write {str(target)!r}: {error.strerror}")
    print(
        f"{target}: take it and the script along, run `python {target.name} SCRIPT` there, and come back with what it "
        "writes to `tfcompat compare SCRIPT --recording FILE`"
    )
    return 0


def _refuse(why: str) -> int:
    print(f"tfcompat: {why}", file=sys.stderr)
    return NOT_RUN


def _coloured(arguments: argparse.Namespace) -> bool:
    if arguments.color != "auto":
        return bool(arguments.color == "always")
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
