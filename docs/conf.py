"""Sphinx: `make docs` builds the pages with warnings as errors, and runs their examples."""

from tfcompat_tape._version import __version__

project = "tfcompat_tape"
author = "the tfcompat_tape developers"
copyright = "the tfcompat_tape developers, Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.doctest"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"tfcompat_tape {version}"

doctest_global_setup = "import tfcompat_tape as tf"
# A page that leaves an explaining tape behind shall not make the next one's functions explain themselves.
doctest_global_cleanup = """
from tfcompat_tape.core.wengert import state as _state
from tfcompat_tape.tape.explain.notes.observer import end as _end
if _state.observer is not None:
    _end(_state.observer)
"""
doctest_test_doctest_blocks = ""  # only {doctest} blocks; the docstrings are tested by pytest
