"""`tfcompat convert SCRIPT`: the command line of it."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tfcompat_tape.porting import children
from tfcompat_tape.porting.convert import cells, runs
from tfcompat_tape.porting.convert.reading import CannotError, read
from tfcompat_tape.porting.convert.script import Converted, convert
from tfcompat_tape.porting.convert.source import Source
from tfcompat_tape.porting.options import take_behind

FAILED = 1  # a script that fails, or does not agree
CANNOT = 2  # one that cannot be read, or written
INTERRUPTED = 130
_AS_SCRIPT = "cells_of_notebook.py"


def add_command(subparsers: Any) -> None:
    """Add `convert` to the command line."""
    parser = subparsers.add_parser(
        "convert",
        help="write a TensorFlow script in torch",
        description="Run SCRIPT to see what its names hold, and write the same script with torch's names, and "
        "TensorFlow's by this package where torch has nothing that is exactly the same. What was written is run, "
        "and what it prints and its gradients are compared with the script's, before it is kept.",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where it goes (SCRIPT_torch.py, or .ipynb)")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    parser.add_argument("--no-check", action="store_true", help="do not run what was written")
    parser.add_argument("--compile", action="store_true", help="a tf.function becomes torch.compile")
    parser.add_argument("script", metavar="SCRIPT", help="a script, or a notebook, that runs")
    parser.add_argument(
        "args", metavar="ARGS", nargs=argparse.REMAINDER, help="its own arguments, for these runs"
    )
    parser.set_defaults(action=lambda arguments: _run(arguments, parser))


def _run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    given = arguments.output or arguments.force or arguments.no_check or arguments.compile
    if not given or arguments.script.endswith(".ipynb"):  # a notebook has no arguments of its own
        take_behind(arguments, parser)
    return run(arguments)


def run(arguments: argparse.Namespace) -> int:
    """Convert the script, and return the exit status."""
    script = arguments.script
    stem, ending = os.path.splitext(script)
    output = arguments.output or f"{stem}_torch{ending if ending == '.ipynb' else '.py'}"
    try:
        source = read(script)
        if source.notebook is not None and arguments.args:
            raise CannotError(f"a notebook takes no arguments: {' '.join(arguments.args)}")
        if os.path.exists(output) and not arguments.force:
            raise CannotError(f"{output!r} is there already; --force replaces it")
        if os.path.exists(output) and os.path.samefile(output, script):
            raise CannotError("the script would be replaced by what it becomes: name another file with -o")
    except CannotError as error:
        print(f"tfcompat: {error}", file=sys.stderr)
        return CANNOT
    try:
        with children.tidy():
            result, verdict = _converted(source, arguments)
        text = result.text if source.notebook is None else cells.as_notebook(result.text, source.notebook)
    except KeyboardInterrupt:
        print("tfcompat: interrupted; nothing is written", file=sys.stderr)
        return INTERRUPTED
    except runs.RunError as error:
        print(f"tfcompat: {_by_cells(str(error), source)}", file=sys.stderr)
        return FAILED
    except CannotError as error:
        print(f"tfcompat: {error}", file=sys.stderr)
        return CANNOT
    if verdict is not None:
        print(
            f"tfcompat: nothing is written, for {script} and what it became do not agree: {verdict}",
            file=sys.stderr,
        )
        return FAILED
    try:
        Path(output).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        print(f"tfcompat: can't write {output!r}: {error.strerror}", file=sys.stderr)
        return CANNOT
    print(told(source, output, result, checked=not arguments.no_check))
    return 0


def _converted(source: Source, arguments: argparse.Namespace) -> tuple[Converted, str | None]:
    """What the script became, and the first difference of the runs."""
    script, args, folder = arguments.script, arguments.args, None
    with tempfile.TemporaryDirectory() as temporary:
        if source.notebook is not None:  # a notebook runs as one script, in its own folder
            folder = os.path.dirname(os.path.abspath(script))
            script = os.path.join(temporary, _AS_SCRIPT)
            Path(script).write_text(source.text, encoding="utf-8")
        # one after the other: a script may write files and read them
        before = None if arguments.no_check else runs.original(script, args, folder)
        facts, seen = runs.observed(script, args, folder)
        result = convert(source, facts, arguments.compile)
        try:
            compile(result.text, script, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise CannotError(f"what {source.name} became is no Python: {error}") from None
        if before is None:
            return result, None
        return result, judged(result, before, seen, script, args, folder, source.place)


def judged(
    result: Converted,
    original: runs.Run,
    seen: runs.Run,
    script: str,
    args: Sequence[str],
    folder: str | None = None,
    place: Callable[[int], str] = "line {}".format,
) -> str | None:
    """Run what the script became; the first difference from the script's own runs, if there is one."""
    after = runs.converted(result.text, script, args, folder)
    before = expected(result, original, seen, after)
    verdict = runs.difference(before, after, place=place)
    if verdict is not None and runs.like(before, after):
        # both round in other places: is it more than that makes of itself in this script?
        shaken = runs.observed(script, args, folder, nudge=True)[1]
        verdict = runs.difference(before, after, shaken=shaken, place=place)
    if verdict is None and result.kind == "fully" and after.ours:
        verdict = "it imports this package, and should not"
    return verdict


def _by_cells(message: str, source: Source) -> str:
    """What a run of the script that a notebook was says, with the places in the notebook."""
    if source.notebook is None:
        return message
    places = re.compile(rf"""[^\s"'(]*{re.escape(_AS_SCRIPT)}("?)(?:, line |:)(\d+)""")
    return places.sub(lambda found: f"{source.name}{found[1]}, {source.place(int(found[2]))}", message)


def expected(result: Converted, original: runs.Run, seen: runs.Run, after: runs.Run) -> runs.Run:
    """What the new script has to give: what the script gives.

    Where its `tf.function`s draw random numbers, what it gives with these run eagerly: they draw others then, as the
    new script does.
    """
    gradients = after.gradients if result.stays else seen.gradients
    return runs.Run(seen.lines if result.drawn else original.lines, gradients)


def told(source: Source, output: str, result: Converted, checked: bool) -> str:
    """What happened, in a few lines."""
    agrees = "; both runs agree" if checked else "; it was not run"
    if result.kind == "fully":
        return f"{output}: torch alone{agrees}"
    if result.kind == "kept":
        lines = [f"{output}: TensorFlow's names stay, on torch by tfcompat_tape{agrees}"]
        lines += [f"  {_place(source, line)}: {why}" for line, why in result.stays]
        return "\n".join(lines)
    lines = [f"{output}: torch, and TensorFlow's names in places{agrees}"]
    lines += [f"  {name} ({count}x)" for name, count in sorted(result.left.items())]
    lines += [f"  {_place(source, line)}: did not run" for line in result.unseen]
    lines += [
        f"  {_place(source, line)}: draws other random numbers than in a tf.function; compared with a run without those"
        for line in result.drawn
    ]
    return "\n".join(lines)


def _place(source: Source, line: int) -> str:
    return f"{source.name}:{line}" if source.notebook is None else f"{source.name}, {source.place(line)}"
