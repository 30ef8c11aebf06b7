"""Failures by kind: a thousand of one cause read as one."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .program import Program, script

ASKING = {
    "forward": "forward", "value": "value", "traced": "traced", "traced_whole": "traced",
    "replayed": "traced", "replayed_whole": "traced", "jacobian": "jacobian",
    "jacobian_looped": "jacobian", "looped": "jacobian",
    "reverse_reverse": "second", "forward_reverse": "second", "reverse_forward": "second", "second_order": "second",
    "nestings": "second",
}  # fmt: skip


@dataclass
class Failure:
    """One failing program, made small."""

    check: str
    kind: str
    detail: str
    program: Program
    seed: str

    @property
    def group(self) -> str:
        return f"{self.check}: {self.kind}: {' '.join(sorted(set(self.program.ops()))) or 'inputs'}"


@dataclass
class Failures:
    """All failures of a run; the smallest program of each group is kept in a folder, as a script and as data."""

    folder: Path
    groups: dict[str, Failure] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, failure: Failure) -> None:
        group = failure.group
        self.counts[group] += 1
        known = self.groups.get(group)
        if known is None or len(failure.program.json()) < len(known.program.json()):
            self.groups[group] = failure
            self._write(group, failure)

    def _write(self, group: str, failure: Failure) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "_", group)[:100]
        head = [
            f"# {group}",
            f"# program {failure.seed}",
            *(f"# {line}" for line in failure.detail.splitlines()),
        ]
        code = script(failure.program, ASKING.get(failure.check, "gradient"))
        (self.folder / f"{name}.py").write_text("\n".join(head) + "\n" + code)
        (self.folder / f"{name}.json").write_text(failure.program.json())

    def report(self, head: str) -> str:
        made = [head, ""]
        for group, count in self.counts.most_common():
            failure = self.groups[group]
            made.append(f"{count:6}  {group}")
            made.append(f"        {failure.detail.strip()[:300]}  (program {failure.seed})")
        return "\n".join(made) + "\n"

    def save(self, head: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "report.txt").write_text(self.report(head))
        (self.folder / "counts.json").write_text(json.dumps(self.counts, indent=1))
