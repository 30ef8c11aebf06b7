"""Programs whose recorded answers are not given yet: they are replayed, and must fail, until they are."""

from __future__ import annotations

import json
from pathlib import Path

_FILE = Path(__file__).parent / "pending.json"


def pending() -> dict[str, str]:
    """The reason for each, by `family:name`."""
    found: dict[str, str] = {}
    for reason, names in json.loads(_FILE.read_text()).items():
        found.update(dict.fromkeys(names, reason))
    return found
