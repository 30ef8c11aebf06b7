"""The `tfcompat` command: its subcommands, and nothing of what they do."""

import argparse
import contextlib
import importlib.metadata
import os
import sys
from collections.abc import Sequence

from tfcompat_tape._version import __version__
from tfcompat_tape.coverage.names import tensorflow_version
from tfcompat_tape.porting import coverage, plugins, run
from tfcompat_tape.porting.check import command as check
from tfcompat_tape.porting.compare import command as compare
from tfcompat_tape.porting.convert import command as convert

# Each subcommand is a module with `add_command(subparsers)`, which sets `action`: parsed arguments -> exit status.
COMMANDS = (run, check, compare, convert, coverage, plugins)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the process's own) and return its exit status.

    It is 1 where nobody reads any more what is printed, as in `tfcompat check | head`.

    >>> main(["--version"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    SystemExit: 0
    """
    arguments = make_parser().parse_args(argv)
    try:
        status: int = arguments.action(arguments)
    except BrokenPipeError:
        if arguments.command == "run":  # the script's own, as any exception of it
            raise
        # What is still in the buffer is to go somewhere, or Python reports the same error at its end.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line, with every subcommand in it."""
    parser = argparse.ArgumentParser(prog="tfcompat", description="TensorFlow gradient code on PyTorch.")
    parser.add_argument("--version", action="version", version=_versions())
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for command in COMMANDS:
        command.add_command(subparsers)
    return parser


def _versions() -> str:
    torch = importlib.metadata.version("torch")
    return f"tfcompat {__version__} (names of TensorFlow {tensorflow_version()}, on torch {torch})"
