"""docs/plugins.md, followed word for word: its commands are run, its files written, in the order of the page."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plugin_kit import ROOT, pytest_in, tfcompat

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
GUIDE = PAGE[PAGE.index("## Write a plugin in ten minutes") : PAGE.index("That is all.")]
ADD = re.compile(r"(Add|add at the top|Replace)(?:\s+(?:to|of))?\s+`([\w/.]+)`:\s*$")


def blocks() -> Iterator[tuple[str, str, str]]:
    """What stands before each block of code, its language, and the block."""
    end = 0
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE):
        yield GUIDE[end : found.start()].strip(), found[1], found[2]
        end = found.end()


@pytest.mark.skipif(
    importlib.util.find_spec("setuptools") is None or importlib.util.find_spec("pip") is None,
    reason="setuptools and pip build the package",
)
def test_the_guide(tmp_path: Path, python: Any) -> None:
    place, site = tmp_path / "work", tmp_path / "site"
    place.mkdir()
    printed = []

    def run(command: list[str]) -> str:
        match command:
            case ["tfcompat", *args]:
                done = python(tfcompat(*args), cwd=place, path=(place, site))
            case ["python", "-c", code]:
                done = python(code, cwd=place, path=(place, site))
            case ["python", "-m", "pytest"]:
                done = pytest_in(place, path=site)
            case ["python", "-m", "pip", "install", "--editable", "."]:
                # As if it were editable: its code is found in the folder, before the copy in the site.
                pip = [
                    "install",
                    "--quiet",
                    "--no-deps",
                    "--no-build-isolation",
                    "--no-index",
                    "--target",
                    str(site),
                ]
                done = subprocess.run(
                    [sys.executable, "-m", "pip", *pip, "."],
                    cwd=place,
                    capture_output=True,
                    text=True,
                    timeout=300,
                )
            case _:
                pytest.fail(f"the guide has a command that this test does not know: {command}")
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return str(done.stdout)

    for before, language, text in blocks():
        if language == "console":
            for line in text.splitlines():
                command = shlex.split(line.removeprefix("$ "))
                if command[0] == "cd":
                    place /= command[1]
                else:
                    printed.append(run(command))
            continue
        told = ADD.search(before)
        if told is None:
            assert text in (place / "tests" / "test_my_plugin.py").read_text()  # "there already"
            continue
        file = place / told[2]
        old = file.read_text()
        file.write_text({"Replace": text, "Add": f"{old}\n\n{text}", "add at the top": text + old}[told[1]])

    new, _, first_tests, first_list, swish, check, tests, last_check, last_list = printed
    assert "kernels.py" in new and "3 passed" in first_tests and "2 passed" in tests
    assert "MyPluginSwish" in first_list and "tf.Tensor" in swish
    assert "MyPluginLogCosh: all" in check and "all 1 passed" in check
    assert "Sign: MyPluginPassing: all" in last_check and "all 2 passed" in last_check
    assert "MyPluginLogCosh" in last_list and "Sign: MyPluginPassing" in last_list
