"""Options of a command behind the script that it is about: `tfcompat convert SCRIPT -o FILE`."""

from __future__ import annotations

import argparse


def take_behind(
    arguments: argparse.Namespace, parser: argparse.ArgumentParser, without: tuple[str, ...] = ("help",)
) -> None:
    """Take the options of `parser` from what follows the script, up to `--`; the rest stays the script's own.

    Args:
      without: the options, by `dest`, that only count before the script.
    """
    own = argparse.ArgumentParser(prog=parser.prog, add_help=False, allow_abbrev=False)
    for action in parser._actions:
        if action.option_strings and action.dest not in without:
            own._add_action(action)
    words = arguments.args
    end = words.index("--") if "--" in words else len(words)
    _, left = own.parse_known_args(words[:end], arguments)
    arguments.args = left + words[end + 1 :]
