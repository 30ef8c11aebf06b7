"""Sphinx: `make docs` builds the pages with warnings as errors, and runs their examples."""

import re
import sys
from pathlib import Path

from tfcompat_tape._version import __version__

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "tfcompat_tape"
author = "the tfcompat_tape developers"
copyright = "the tfcompat_tape developers, Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.doctest", "sphinx_copybutton", "reference"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}  # the reference is written in the latter
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Pages that are files of the repository's root: these stand here as they are, with their links.
ROOT_FILES = {"contributing": "CONTRIBUTING.md", "security": "SECURITY.md", "changelog": "CHANGELOG.md"}


def read_root_file(app, docname, source):
    """Take the text of a page from the repository's root."""
    if docname in ROOT_FILES:
        text = (Path(app.srcdir).parent / ROOT_FILES[docname]).read_text(encoding="utf-8")
        text = re.sub(r"\]\(docs/", "](", text)
        source[0] = re.sub(r"\[([^]]+)\]\((?:tests|plugins|examples)/[^)]*\)", r"`\1`", text)


def outdated_root_files(app, environment, added, changed, removed):
    """Say which of these pages are to be read again: Sphinx does not see when their files change."""
    return [name for name in ROOT_FILES if name in environment.all_docs]


def setup(app):
    app.connect("source-read", read_root_file)
    app.connect("env-get-outdated", outdated_root_files)


html_theme = "furo"
html_title = f"tfcompat_tape {version}"
pygments_dark_style = "monokai"
toc_object_entries_show_parents = "hide"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

doctest_global_setup = "import tfcompat_tape as tf"
# A page that leaves an explaining tape behind shall not make the next one's functions explain themselves.
doctest_global_cleanup = """
from tfcompat_tape.core.wengert import state as _state
from tfcompat_tape.tape.explain.notes.observer import end as _end
if _state.observer is not None:
    _end(_state.observer)
"""
doctest_test_doctest_blocks = ""  # only {doctest} blocks; the docstrings are tested by pytest
