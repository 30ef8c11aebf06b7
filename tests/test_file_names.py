"""Names of test files are unique: pytest imports each by its name alone."""

from __future__ import annotations

import collections
from pathlib import Path


def test_names_of_test_files_are_unique():
    """But for files in folders that are packages."""
    found = collections.Counter(
        path.name
        for path in Path(__file__).parent.rglob("test_*.py")
        if not (path.parent / "__init__.py").exists()
    )
    assert [name for name, count in found.items() if count > 1] == []
