"""What a check finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

# Kinds of findings, and how grave each is: an error stops the code, a warning is code that does something else.
SEVERITY = {
    "missing": "error",
    "not-in-tensorflow": "error",
    "argument": "error",
    "unreadable": "error",
    "variable-rebound": "warning",
    "numpy-under-tape": "warning",
    "integer-source": "warning",
    "unwatched-source": "warning",
    "tape-used-up": "warning",
    "persistent-tape-kept": "warning",
    "assign-under-tape": "warning",
    "different": "note",
    "guarded": "note",
}


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Attributes:
      kind: a key of `SEVERITY`.
      line, column: from 1, in the file, or in its `cell` (from 1) if it is a notebook; `end` is behind the last column.
      symbol: TensorFlow's name, where it is about one.
      message: a sentence, and `instead`: what to write in its place, if that is known.
    """

    path: str
    line: int
    column: int
    kind: str
    message: str
    symbol: str | None = None
    instead: str | None = None
    cell: int | None = None
    end: int | None = None

    @property
    def severity(self) -> str:
        """`"error"`, `"warning"` or `"note"`."""
        return SEVERITY[self.kind]


@dataclass
class Report:
    """All that was found.

    Attributes:
      findings: by file, in the order of lines.
      covered: how often each covered name is used, and `used`: the same of every name.
      files: how many files were read, and `speaking`: how many of them use TensorFlow.
    """

    findings: list[Finding] = field(default_factory=list)
    covered: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    files: int = 0
    speaking: int = 0

    def add(self, other: Report) -> None:
        """Take in the report of other files."""
        self.findings += other.findings
        self.covered += other.covered
        self.used += other.used
        self.files += other.files
        self.speaking += other.speaking

    def of(self, severity: str) -> list[Finding]:
        """The findings that are as grave."""
        return [one for one in self.findings if one.severity == severity]
