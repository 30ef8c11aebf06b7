"""`tfcompat run --profile`: the table at the end of a script, however it ends, and the trace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
import sys
import tensorflow as tf

x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = tf.tanh(x)
print(tape.gradient(y, x).shape, sys.argv[1:])
"""


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tfcompat_tape", "run", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
    )


ENDINGS = {
    "": (0, ""),
    "sys.exit(3)": (3, ""),
    "raise ValueError('no')": (1, "ValueError: no\n"),
    "import os; os.chdir('/')": (0, ""),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_table_comes_however_the_script_ends(ending: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT + ending + "\n")
    done = run("--profile-trace", "trace.json", "script.py", "--profile", cwd=tmp_path)
    status, last = ENDINGS[ending]
    assert done.returncode == status, done.stderr
    assert done.stdout == "(2,) ['--profile']\n"
    assert done.stderr.startswith("Profile of script.py: ")
    assert done.stderr.endswith(last)
    assert "script.py:6" in done.stderr and "y = tf.tanh(x)" in done.stderr
    rows = {line.split()[0]: line.split()[1] for line in done.stderr.splitlines() if line}
    assert rows["Tanh"] == rows["TanhGrad"] == "1"
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert {"Tanh", "TanhGrad"} <= {event["name"] for event in events}


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = run("--profile-trace", "nowhere/trace.json", "script.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tfcompat: can't write ")
    done = run("--profile", "nowhere.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tfcompat: can't open file ") and "Profile" not in done.stderr
