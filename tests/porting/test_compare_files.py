"""`tfcompat compare` of scripts that leave files, and of a comparison that is told to end."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from compare_kit import forks

from tfcompat_tape.porting import children, cli
from tfcompat_tape.porting.compare import runs

GOES_ON = """\
import os
import numpy as np
import tensorflow as tf

w = tf.Variable([1.0, 2.0])
if os.path.exists("state.npy"):
    w.assign(np.load("state.npy"))
w.assign_sub(0.5 * w)
np.save("state.npy", w.numpy())
print(w.numpy())
"""

ITS_OWN = """\
import json
import numpy as np
import tensorflow as tf

with open("config.json") as file:
    rate = json.load(file)["rate"]
np.save("w.npy", rate * tf.ones([2]).numpy())
with open("log.txt", "w") as log:
    log.write("begun")
print(np.load("w.npy"), open("log.txt").read())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "_run", forks().run)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_run_that_goes_on_where_the_first_one_ended_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "script.py").write_text(GOES_ON)
    assert cli.main(["compare", "--tensorflow", sys.executable, "script.py"]) == 1
    out = capsys.readouterr().out
    assert "Note: one run read what a run before it had written: state.npy (script.py:6)" in out


def test_a_script_may_read_what_it_wrote_itself_or_what_was_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "script.py").write_text(ITS_OWN)
    (folder / "config.json").write_text('{"rate": 0.5}')
    os.utime(folder / "config.json", (1e9, 1e9))
    assert cli.main(["compare", "--tensorflow", sys.executable, "script.py"]) == 0
    assert "a run before it" not in capsys.readouterr().out


SLEEPER = """\
import signal, subprocess, sys
from tfcompat_tape.porting import children
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, under which tests may run, has it ignored
with children.tidy():
    process = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(100)"],
                               start_new_session=True)
    try:
        process.wait()
    except BaseException as error:
        children.end(process)
        print(type(error).__name__, error, process.returncode, flush=True)
        raise
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_what_a_command_started_ends_with_it(name: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(children.__file__).parents[2])}
    command = [sys.executable, "-c", SLEEPER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(getattr(signal, name))
        out, _ = process.communicate(timeout=60)
        assert out == f"EndedError {name} {-signal.SIGTERM}\n"
        assert process.returncode == -getattr(signal, name)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), children.EndedError(signal.SIGTERM)])
def test_a_comparison_that_is_told_to_end_removes_its_folder(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "script.py").write_text("print(1)\n")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path)
    began = []

    def ends(command: list[str], timeout: float | None, out: Path, name: str) -> tuple[int, bool]:
        began.extend((tmp_path / "temporary").glob("*/compare_record.py"))
        raise error

    monkeypatch.setattr(runs, "_run", ends)
    monkeypatch.setattr(children.os, "kill", lambda process, number: began.append(number))
    cli.main(["compare", "--tensorflow", sys.executable, "script.py"])
    assert began and not list((tmp_path / "temporary").iterdir())
