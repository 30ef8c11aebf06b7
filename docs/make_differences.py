"""Writes tfcompat_tape/facts/differences.json: for each name, the lines of docs/differences.md about it.

A line is about the names that it has in backticks. `tfcompat check` shows them to who uses the name.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tfcompat_tape.coverage.names import is_tensorflow_name  # noqa: E402

PAGE = ROOT / "docs" / "differences.md"
FACTS = ROOT / "tfcompat_tape" / "facts" / "differences.json"
# Names that lines speak of in passing: they are where something happens, not what differs.
_IN_PASSING = frozenset(["tf.cast", "tf.function", "tf.sort", "tf.linalg"])
_BEYOND = "## What TensorFlow cannot do"  # the section on what works here alone: no code to port uses it
_WORD = re.compile(r"`([A-Za-z_][\w.]*)[^`]*`")


def lines_of(text: str) -> list[str]:
    """The points of the page, each as one line, up to what works here alone."""
    found: list[str] = []
    for line in text.partition(_BEYOND)[0].splitlines():
        if line.startswith("- "):
            found.append(line[2:])
        elif line.startswith("  ") and found:
            found[-1] += " " + line.strip()
    return found


def symbols_in(line: str) -> list[str]:
    """The public names of TensorFlow's that a line has in backticks."""
    found = []
    for word in _WORD.findall(line):
        symbol = word if word.startswith("tf.") else f"tf.{word}"
        if "." in word and is_tensorflow_name(symbol) and symbol not in _IN_PASSING:
            found.append(symbol)
    return found


def make_facts() -> str:
    """The text of differences.json."""
    told: dict[str, list[str]] = {}
    for line in lines_of(PAGE.read_text(encoding="utf-8")):
        for symbol in symbols_in(line):
            told.setdefault(symbol, []).append(line.rstrip("."))
    rows = {symbol: "; ".join(dict.fromkeys(lines)) for symbol, lines in sorted(told.items())}
    return json.dumps(rows, indent=0, ensure_ascii=False) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say whether the facts are up to date"
    )
    text = make_facts()
    if parser.parse_args().check:
        return int(not FACTS.exists() or FACTS.read_text(encoding="utf-8") != text)
    FACTS.write_text(text, encoding="utf-8")
    print(f"{FACTS.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
