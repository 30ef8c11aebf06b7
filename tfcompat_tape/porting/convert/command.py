"""`tfcompat convert SCRIPT`: the command line of it."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfcompat_tape.porting import children
from tfcompat_tape.porting.convert import runs
from tfcompat_tape.porting.convert.script import Converted, convert
from tfcompat_tape.porting.convert.source import Source
from tfcompat_tape.porting.options import take_behind

FAILED = 1  # a script that fails, or does not agree
CANNOT = 2  # one that cannot be read, or written
INTERRUPTED = 130
_TENSORFLOW = re.compile(r"^\s*(import|from)\s+tensorflow\b", re.MULTILINE)


class CannotError(Exception):
    """Nothing can be done: the message says why."""


def add_command(subparsers: Any) -> None:
    """Add `convert` to the command line."""
    parser = subparsers.add_parser(
        "convert",
        help="write a TensorFlow script in torch",
        description="Run SCRIPT to see what its names hold, and write the same script with torch's names, and "
        "TensorFlow's by this package where torch has nothing that is exactly the same. What was written is run, "
        "and what it prints and its gradients are compared with the script's, before it is kept.",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where it goes (SCRIPT_torch.py)")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    parser.add_argument("--no-check", action="store_true", help="do not run what was written")
    parser.add_argument("--compile", action="store_true", help="a tf.function becomes torch.compile")
    parser.add_argument("script", metavar="SCRIPT", help="a script that runs")
    parser.add_argument(
        "args", metavar="ARGS", nargs=argparse.REMAINDER, help="its own arguments, for these runs"
    )
    parser.set_defaults(action=lambda arguments: _run(arguments, parser))


def _run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    if not (arguments.output or arguments.force or arguments.no_check or arguments.compile):
        take_behind(arguments, parser)
    return run(arguments)


def run(arguments: argparse.Namespace) -> int:
    """Convert the script, and return the exit status."""
    script = arguments.script
    output = arguments.output or f"{os.path.splitext(script)[0]}_torch.py"
    try:
        source = read(script)
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
    except KeyboardInterrupt:
        print("tfcompat: interrupted; nothing is written", file=sys.stderr)
        return INTERRUPTED
    except runs.RunError as error:
        print(f"tfcompat: {error}", file=sys.stderr)
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
        Path(output).write_text(result.text, encoding="utf-8", newline="")
    except OSError as error:
        print(f"tfcompat: can't write {output!r}: {error.strerror}", file=sys.stderr)
        return CANNOT
    print(told(script, output, result, checked=not arguments.no_check))
    return 0


def _converted(source: Source, arguments: argparse.Namespace) -> tuple[Converted, str | None]:
    """What the script became, and the first difference of the runs."""
    script, args = arguments.script, arguments.args
    # one after the other: a script may write files and read them
    before = None if arguments.no_check else runs.original(script, args)
    facts, seen = runs.observed(script, args)
    result = convert(source, facts, arguments.compile)
    try:
        compile(result.text, script, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CannotError(f"what {script} became is no Python: {error}") from None
    if before is None:
        return result, None
    return result, judged(result, before, seen, script, args)


def judged(
    result: Converted, original: runs.Run, seen: runs.Run, script: str, args: Sequence[str]
) -> str | None:
    """Run what the script became; the first difference from the script's own runs, if there is one."""
    after = runs.converted(result.text, script, args)
    before = expected(result, original, seen, after)
    verdict = runs.difference(before, after)
    if verdict is not None and runs.like(before, after):
        # both round in other places: is it more than that makes of itself in this script?
        verdict = runs.difference(before, after, shaken=runs.observed(script, args, nudge=True)[1])
    if verdict is None and result.kind == "fully" and after.ours:
        verdict = "it imports this package, and should not"
    return verdict


def expected(result: Converted, original: runs.Run, seen: runs.Run, after: runs.Run) -> runs.Run:
    """What the new script has to give: what the script gives.

    Where its `tf.function`s draw random numbers, what it gives with these run eagerly: they draw others then, as the
    new script does.
    """
    gradients = after.gradients if result.stays else seen.gradients
    return runs.Run(seen.lines if result.drawn else original.lines, gradients)


def read(script: str) -> Source:
    """The script.

    Raises:
      CannotError: it cannot be read, or is none that can be converted.
    """
    if script.endswith(".ipynb"):
        raise CannotError(
            f"{script!r} is a notebook: save it as a script first (jupyter nbconvert --to script)"
        )
    if os.path.isdir(script):
        raise CannotError(f"{script!r} is a folder: scripts are converted one by one")
    try:
        with open(script, "rb") as file:
            encoding, _ = tokenize.detect_encoding(file.readline)
        with open(script, encoding=encoding, newline="") as opened:
            text = opened.read()
        source = Source(text.removeprefix("\ufeff"), script)
    except OSError as error:
        raise CannotError(f"can't open file {script!r}: [Errno {error.errno}] {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CannotError(f"{script!r} is no text in {error.encoding}, and names no other encoding") from None
    except SyntaxError as error:
        raise CannotError(f"{script!r} is no Python 3: {error.msg} (line {error.lineno})") from None
    except (ValueError, RecursionError) as error:
        raise CannotError(f"{script!r} cannot be parsed: {error}") from None
    if not _TENSORFLOW.search(text):
        raise CannotError(f"{script!r} does not import tensorflow")
    _check_folder(script, text)
    return source


def _check_folder(script: str, text: str) -> None:
    """Modules beside the script that are TensorFlow's as well would get torch's tensors."""
    folder = os.path.dirname(os.path.abspath(script))
    for name in re.findall(r"^\s*(?:import|from)\s+(\w+)", text, re.MULTILINE):
        beside = Path(folder, f"{name}.py")
        if beside.is_file() and _TENSORFLOW.search(beside.read_text(encoding="utf-8", errors="replace")):
            raise CannotError(
                f"{script!r} imports {beside.name}, which uses TensorFlow, too: put both into one script"
            )


def told(script: str, output: str, result: Converted, checked: bool) -> str:
    """What happened, in a few lines."""
    agrees = "; both runs agree" if checked else "; it was not run"
    if result.kind == "fully":
        return f"{output}: torch alone{agrees}"
    if result.kind == "kept":
        lines = [f"{output}: TensorFlow's names stay, on torch by tfcompat_tape{agrees}"]
        lines += [f"  {script}:{line}: {why}" for line, why in result.stays]
        return "\n".join(lines)
    lines = [f"{output}: torch, and TensorFlow's names in places{agrees}"]
    lines += [f"  {name} ({count}x)" for name, count in sorted(result.left.items())]
    lines += [f"  {script}:{line}: did not run" for line in result.unseen]
    lines += [
        f"  {script}:{line}: draws other random numbers than in a tf.function; compared with a run without those"
        for line in result.drawn
    ]
    return "\n".join(lines)
