"""`tfcompat compare --recording`: scripts in compared/, and what compare_record.py wrote of them with a TensorFlow.

python compare_record.py regression.py  # and so on, in compared/, with a Python that has TensorFlow
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from compare_kit import forks

from tfcompat_tape.porting import cli
from tfcompat_tape.porting.compare import runs

FOLDER = Path(__file__).parent / "compared"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runs, "_run", forks().run)
    monkeypatch.chdir(tmp_path)
    for path in FOLDER.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    return tmp_path


def compare(name: str, *options: str) -> int:
    return cli.main(["compare", "--recording", f"{name}.recording.jsonl", *options, f"{name}.py"])


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "tracing",
            [
                "as written: 8 prints, 1 gradient, 5 calls of tf.functions: the same",
                "with its tf.functions run eagerly: 9 prints, 1 gradient: the same",
            ],
        ),
        ("regression", ["as written: 6 prints, 7 gradients, 10 assignments, 1 saved file: the same"]),
        (
            "function",
            [
                "as written: 4 prints, 4 calls of tf.functions: the same",
                "with its tf.functions run eagerly: 4 prints, 4 gradients, 8 assignments: the same",
            ],
        ),
    ],
)
def test_the_same_as_tensorflow(name: str, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(name) == 0
    printed = capsys.readouterr().out
    assert all(f"  {line}\n" in printed for line in lines), printed


def test_a_gradient_that_differs_from_tensorflow(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("bent", "--color", "always") == 1
    printed = capsys.readouterr().out
    assert (
        "event 0: gradient with respect to v\n  bent.py:19: v.assign_sub(0.1 * tape.gradient(loss, v))"
        in printed
    )
    assert "It comes from Tanh\n  bent.py:10: y = tf.tanh(x)" in printed
    assert "  adjoint of input 0:\n    TensorFlow     [0.94001484, " in printed
    assert "-> v1 = Tanh(v0)" in printed and "\033[31m8 of 9 values differ\033[0m" in printed


def test_where_the_runs_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("stages") == 1
    printed = capsys.readouterr().out
    assert "as written: 3 prints, 1 tf.print, 1 gradient: the runs part\n" in printed
    assert "1 event here of TensorFlow alone; then they go on alike" in printed
    assert "SelfAdjointEigV2" not in printed  # other signs of eigenvectors, of which magnitudes are taken


def test_a_recording_that_does_not_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def says(name: str, *options: str) -> str:
        assert compare(name, *options) == 2
        return capsys.readouterr().err

    assert "was made with --seed 0, not 3" in says("bent", "--seed", "3")
    assert cli.main(["compare", "--recording", "bent.recording.jsonl", "bent.py", "--steps", "3"]) == 2
    assert "was made with the arguments [], not ['--steps', '3']" in capsys.readouterr().err
    assert cli.main(["compare", "--recording", "bent.recording.jsonl", "stages.py"]) == 2
    assert "is one of bent.py, not of stages.py" in capsys.readouterr().err
    with open("bent.py", "a") as file:
        file.write("print(1)\n")
    assert "bent.py is not what it was when the recording was made" in says("bent")
    path = folder / "stages.recording.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{}"]) + "\n")
    assert "line 2 is not what it writes (KeyError: 'k')" in says("stages")
    path.write_text(json.dumps({"k": "begin", "format": 99}) + "\n")
    assert "is of format 99" in says("stages")
    path.write_bytes(b"\xff\xfe\n")
    assert "it is no text" in says("stages")
    path.write_text("")
    assert "holds no run of a script" in says("stages")
    path.unlink()
    assert "No such file" in says("stages")


def test_a_recording_that_was_cut_off(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "regression.recording.jsonl"
    text = path.read_text()
    path.write_text(text[: text.index('"k": "op"') - 40])  # within the last event
    assert compare("regression") == 2
    assert "has no end in the recording, which was cut off after 23 events" in capsys.readouterr().out
