"""Tests of `tape.explain` that mark a line of theirs: there the path breaks, and the report must name that line."""

from __future__ import annotations

import sys
from pathlib import Path


def line_of(mark: str, file: Path | None = None) -> int:
    """The number of the line that ends with the comment `mark`, in `file` or that of the caller."""
    file = file or Path(sys._getframe(1).f_code.co_filename)
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [i for i, text in enumerate(lines, 1) if text.endswith(f"# {mark}")]
    assert len(found) == 1, mark
    return found[0]


def check(tape, target, source, reason, mark, certain=True):
    """The gradient is None, and explain says why and where: before the tape is used, and after.

    Args:
      mark: the comment at the end of the line, in the file of the caller; `None` if no line is to be named.
    """
    caller = Path(sys._getframe(1).f_code.co_filename)
    before = tape.explain(target, source) if tape._record is not None else None
    assert tape.gradient(target, source) is None
    after = tape.explain(target, source)
    for report in (before, after):
        if report is None:
            continue
        (found,) = report
        assert found.connected is False
        assert (found.reason, found.certain) == (reason, certain), str(report)
        if mark is None:
            assert found.where is None
        else:
            assert (Path(found.where.file), found.where.line) == (caller, line_of(mark, caller)), str(report)
        assert reason.value in str(report)
    return after
