"""A report as text, as JSON, and as SARIF for code hosts."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import PurePath
from typing import Any

from tfcompat_tape._version import __version__
from tfcompat_tape.coverage.names import tensorflow_version
from tfcompat_tape.porting.check.findings import SEVERITY, Finding, Report

_COLOURS = {"error": "31", "warning": "33", "note": "36", "path": "1", "instead": "32"}
_DESCRIPTIONS = {
    "missing": "a name of TensorFlow's that is not covered",
    "not-in-tensorflow": "a name that TensorFlow does not have",
    "argument": "an argument that the function does not take",
    "unreadable": "a file that cannot be read as Python 3",
    "variable-rebound": "a Variable whose name is given to a Tensor",
    "numpy-under-tape": "values that leave the tape",
    "integer-source": "a gradient with respect to integers",
    "unwatched-source": "a gradient with respect to a Tensor that no tape watches",
    "tape-used-up": "a second gradient of a tape that is not persistent",
    "persistent-tape-kept": "a persistent tape that is never dropped",
    "assign-under-tape": "a Variable assigned while a tape records",
    "different": "a name that differs from TensorFlow's in some corner",
    "guarded": "a missing name that the code expects to be missing",
}


def as_text(report: Report, *, colour: bool, notes: bool) -> str:
    """The findings line by line, then the names that differ (with `notes`, at each place), and a line that counts."""

    def paint(text: str, how: str) -> str:
        return f"\033[{_COLOURS[how]}m{text}\033[0m" if colour else text

    lines = []
    for one in report.findings:
        if one.severity == "note" and not notes:
            continue
        instead = paint(f"  ({one.instead})", "instead") if one.instead else ""
        lines.append(f"{paint(place(one), 'path')}: {paint(one.kind, one.severity)}: {one.message}{instead}")
    if not notes:
        lines += _differences(report)
    return "\n".join([*lines, summary(report)])


def _differences(report: Report) -> list[str]:
    places = Counter(one.symbol for one in report.findings if one.kind == "different")
    told = {one.symbol: one.message for one in report.findings if one.kind == "different"}
    if not told:
        return []
    return [
        "",
        "Covered, and different from TensorFlow in a corner:",
        *[f"  {name} ({places[name]}x): {message}" for name, message in sorted(told.items(), key=str)],
        "",
    ]


def place(one: Finding) -> str:
    """`train.py:12:5`, `notebook.ipynb:cell 3:2:1`."""
    cell = "" if one.cell is None else f"cell {one.cell}:"
    return f"{one.path}:{cell}{one.line}:{one.column}"


def summary(report: Report) -> str:
    """The line that counts."""
    uses, covered = sum(report.used.values()), sum(report.covered.values())
    names = len(report.used)
    kinds = Counter(one.kind for one in report.findings)
    parts = [
        f"{_count(report.files, 'file')}, {report.speaking} with TensorFlow",
        f"{_count(uses, 'use')} of {_count(names, 'name')}",
        f"{covered} covered" + (f" ({100 * covered / uses:.1f} %)" if uses else ""),
    ]
    for kind, text in (
        ("missing", "missing"),
        ("not-in-tensorflow", "not in TensorFlow " + tensorflow_version()),
        ("argument", "with unknown arguments"),
        ("guarded", "missing where the code expects it"),
        ("unreadable", "unreadable"),
    ):
        if kinds[kind]:
            parts.append(f"{kinds[kind]} {text}")
    traps = len(report.of("warning"))
    if traps:
        parts.append(_count(traps, "trap for gradients", "traps for gradients"))
    return "; ".join(parts)


def _count(number: int, one: str, more: str | None = None) -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"


def as_json(report: Report) -> str:
    """An object with `findings`, `names` (each with its number of uses and whether it is covered) and `files`."""
    found = [{**dataclasses.asdict(one), "severity": one.severity} for one in report.findings]
    names = {
        name: {"uses": uses, "covered": report.covered[name] == uses}
        for name, uses in sorted(report.used.items())
    }
    return json.dumps({"files": report.files, "names": names, "findings": found}, indent=1)


def as_sarif(report: Report) -> str:
    """SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""
    kinds = [kind for kind in SEVERITY if any(one.kind == kind for one in report.findings)]
    driver = {
        "name": "tfcompat check",
        "version": __version__,
        "rules": [
            {
                "id": kind,
                "shortDescription": {"text": _DESCRIPTIONS[kind]},
                "defaultConfiguration": {"level": SEVERITY[kind]},
            }
            for kind in kinds
        ],
    }
    results = [_result(one, kinds.index(one.kind)) for one in report.findings]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(log, indent=1)


def _result(one: Finding, rule: int) -> dict[str, Any]:
    instead = f" In its place: {one.instead}" if one.instead else ""
    cell = f"Cell {one.cell}, line {one.line}: " if one.cell is not None else ""
    # A notebook's lines are those of its JSON, which nobody sees: the message says the cell.
    region = {"startLine": 1} if one.cell is not None else {"startLine": one.line, "startColumn": one.column}
    if one.end is not None and one.cell is None:
        region["endColumn"] = one.end
    path = PurePath(one.path)
    uri = path.as_uri() if path.is_absolute() else path.as_posix()
    return {
        "ruleId": one.kind,
        "ruleIndex": rule,
        "level": one.severity,
        "message": {"text": f"{cell}{one.message}.{instead}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
    }
