"""Docstring examples of the package are tests. (pytest --doctest-modules would import every file of tests, too.)"""

from pathlib import Path

import pytest
from _pytest.doctest import DoctestModule

PACKAGE = Path(__file__).parent / "tfcompat_tape"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DoctestModule | None:
    if file_path.suffix != ".py" or PACKAGE not in file_path.parents or file_path.name == "__main__.py":
        return None
    if file_path == PACKAGE / "keras.py":  # which gives its place to Keras, once it is imported
        return None
    return DoctestModule.from_parent(parent, path=file_path)
