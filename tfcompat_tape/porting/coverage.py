"""`tfcompat coverage [NAME]`: which of TensorFlow's names are covered, and how that is known."""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tfcompat_tape.coverage.alternatives import alternative
from tfcompat_tape.coverage.names import coverage_table, tensorflow_names

FACTS = Path(__file__).parents[1] / "facts" / "coverage.json"
COLUMNS = ("covered", "value", "first", "second", "forward", "vmap", "trace", "dtypes")
NOT_FOUND = 1


def add_command(subparsers: Any) -> None:
    """Add `coverage` to the command line."""
    parser = subparsers.add_parser(
        "coverage",
        help="which of TensorFlow's names are covered",
        description="Tell which of TensorFlow's public names and op types are covered: what of TensorFlow's answers is "
        "recorded and replayed, and what is checked by differences. Without a name, how many of each namespace. The "
        "exit status is 1 if a name is not covered.",
    )
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="tf.math.tanh, an op type such as Tanh, or a pattern: 'tf.math.*'",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(action=tell)


def tell(arguments: argparse.Namespace) -> int:
    """Print what is known of a name or pattern, or of all namespaces; return the exit status."""
    rows = facts()
    if arguments.name is None:
        return _print(_totals(rows), arguments.json)
    name = arguments.name.removeprefix("tensorflow.")
    found = {key: rows[key] for key in _matching(name, rows)}
    if not found:
        print(_unknown(name, rows))
        return NOT_FOUND
    _print([{"name": key.removeprefix("op "), **row} for key, row in found.items()], arguments.json)
    return 0 if all(row["covered"] == "yes" for row in found.values()) else NOT_FOUND


def facts() -> dict[str, dict[str, str]]:
    """Return {"tf.abs" or "op Abs": {column: what is known}}, as docs/coverage.md shows it."""
    rows: dict[str, str] = json.loads(FACTS.read_text(encoding="utf-8"))
    return {name: dict(zip(COLUMNS, row.split("|"), strict=True)) for name, row in rows.items()}


def _matching(name: str, rows: Iterable[str]) -> list[str]:
    wanted = {name, f"tf.{name}", f"op {name}", f"op {name.removeprefix('tf.raw_ops.')}"}
    if any(char in name for char in "*?["):
        return [key for key in rows if any(fnmatch.fnmatchcase(key, pattern) for pattern in wanted)]
    return [key for key in rows if key in wanted]


def _unknown(name: str, rows: Iterable[str]) -> str:
    full = name if name.startswith("tf.") else f"tf.{name}"
    if f"{full}.".startswith("tf.keras."):
        return (
            f"{full}: tf.keras is the published Keras, whole, and not in this table. "
            "With it (pip install 'tfcompat_tape[keras]'), `tfcompat check SCRIPT` knows the names that a script uses."
        )
    instead = alternative(full)
    if instead:
        return f"{full} is not covered. In its place: {instead}"
    if full in tensorflow_names():
        return f"{full} is a name of TensorFlow's that is not covered. What is: {coverage_table()}"
    known = [key.removeprefix("op ") for key in rows]
    near = difflib.get_close_matches(full, known, 3) or difflib.get_close_matches(name, known, 3)
    return f"{name} is no public name of TensorFlow's." + (f" Do you mean {', '.join(near)}?" if near else "")


def _totals(rows: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """How many names of each namespace are covered, recorded, or can mean nothing here."""
    counts: dict[str, list[int]] = {}
    for name, row in rows.items():
        space = "op types" if name.startswith("op ") else name.rpartition(".")[0]
        known = row.get("value") == "recorded" or row["first"] == "checked"
        kinds = (True, row["covered"] == "yes", known, row["covered"].startswith("no: "))
        counts[space] = [n + kind for n, kind in zip(counts.get(space, [0] * 4), kinds, strict=True)]
    counts["all"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    columns = ("names", "covered", "recorded or checked", "without meaning here")
    return [
        {"namespace": space, **dict(zip(columns, map(str, numbers), strict=True))}
        for space, numbers in counts.items()
    ]


def _print(rows: list[dict[str, str]], as_json: bool) -> int:
    """Print rows as JSON, or as tables with a line for each: one for rows of the same columns."""
    if as_json:
        print(json.dumps(rows, indent=1))
        return 0
    tables: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for row in rows:
        tables.setdefault(tuple(row), []).append(row)
    for columns, of_table in tables.items():
        lines = [columns, *[tuple([row[column] for column in columns]) for row in of_table]]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        for line in lines:
            print("  ".join([cell.ljust(width) for cell, width in zip(line, widths, strict=True)]).rstrip())
    return 0
