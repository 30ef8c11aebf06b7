"""`tfcompat run`, from the outside: what a script sees and what its caller sees, beside ``python script.py``."""

import subprocess
import sys
from pathlib import Path

import pytest

from tfcompat_tape import __main__
from tfcompat_tape._version import __version__
from tfcompat_tape.porting import cli

ROOT = Path(__file__).parent.parent.parent
Done = subprocess.CompletedProcess[str]


def call(*args: str, cwd: Path, stdin: str | None = None) -> Done:
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, input=stdin, capture_output=True, text=True, timeout=300
    )


def tfcompat(*args: str, cwd: Path) -> Done:
    return call("-m", "tfcompat_tape", *args, cwd=cwd)


def test_the_notes_print_what_tensorflow_prints(tmp_path: Path) -> None:
    done = tfcompat("run", str(ROOT / "examples" / "notes.py"), cwd=tmp_path)
    assert done.stdout == (ROOT / "tests" / "data" / "notes_output.txt").read_text(encoding="utf-8"), (
        done.stderr
    )
    assert (done.returncode, done.stderr) == (0, "")
    picture = tmp_path / "sigmoid-and-its-derivative.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_readme_shows_that_output() -> None:
    printed = (ROOT / "tests" / "data" / "notes_output.txt").read_text(encoding="utf-8")
    assert f"tfcompat run examples/notes.py\n{printed}```" in (ROOT / "README.md").read_text(encoding="utf-8")


SEES = """\
from __future__ import annotations
import inspect, os, pickle, sys
import helper

class Thing:
    pass

def main():
    return "source of main"

print(sys.argv)
print(__name__, __file__, __spec__, __package__, __doc__)
print(sys.modules["__main__"].__dict__ is globals(), pickle.loads(pickle.dumps(Thing)) is Thing)
print(inspect.getsource(main).strip().endswith('"source of main"'))
print(sys.path[0], helper.WHO)
print(os.getcwd())
"""


def test_a_script_sees_what_python_shows_it(tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "sees.py").write_text(SEES)
    (scripts / "helper.py").write_text("WHO = 'beside the script'\n")
    args = ["scripts/sees.py", "-v", "--help", "--", "a b", "run"]
    plain = call(*args, cwd=tmp_path)
    ours = tfcompat("run", *args, cwd=tmp_path)
    assert "beside the script" in plain.stdout
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, plain.stderr, plain.returncode)


ENDINGS = {
    "raise": "import helper\ndef f():\n    helper.fail()\nf()\n",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise KeyError('later') from error\n",
    "syntax": "x = 1\ny = (\n",
    "status": "import sys\nsys.exit(3)\n",
    "message": "raise SystemExit('that is all')\n",
    "interrupt": "raise KeyboardInterrupt\n",
    "exit handler": "import atexit\nx = 'still there'\natexit.register(lambda: print(x))\n",
    "own hook": "import sys\nsys.excepthook = lambda kind, error, trace: print(kind, trace.tb_lineno)\n[][0]\n",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_script_ends_as_under_python(ending: str, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def fail():\n    raise ValueError('no')\n")
    (tmp_path / "ends.py").write_text(ENDINGS[ending])
    plain = call("ends.py", cwd=tmp_path)
    ours = tfcompat("run", "ends.py", cwd=tmp_path)
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, plain.stderr, plain.returncode)


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    plain = call("nowhere.py", cwd=tmp_path)
    ours = tfcompat("run", "nowhere.py", cwd=tmp_path)
    assert ours.returncode == plain.returncode == 2
    assert ours.stderr == plain.stderr.replace(f"{sys.executable}: ", "tfcompat: ")


def test_a_name_that_we_lack(tmp_path: Path) -> None:
    script = tmp_path / "trains.py"
    script.write_text("import tensorflow as tf\n\nmodel = tf.lite.Interpreter()\n")
    done = tfcompat("run", "trains.py", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("  File ") == 1  # the script's line; none of ours
    assert f'File "{script}", line 3' in done.stderr
    lines = done.stderr[done.stderr.index("NotCovered") :].splitlines()
    assert "tf.lite is in TensorFlow 2.21" in lines[0]
    assert f"(used at {script}:3)" in lines[0] and lines[-1].endswith("coverage.md")


def test_a_package_called_tensorflow_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise AssertionError('the wrong tensorflow')\n")
    (tmp_path / "script.py").write_text("import tensorflow as tf\nprint(tf.constant(2.0) * 3)\n")
    done = tfcompat("run", "script.py", cwd=tmp_path)
    assert done.stdout == "tf.Tensor(6.0, shape=(), dtype=float32)\n", done.stderr


@pytest.mark.parametrize(
    ("argv", "status", "out", "err"),
    [
        (["--version"], 0, f"tfcompat {__version__} (names of TensorFlow 2.21, on torch ", ""),
        (["--help"], 0, "usage: tfcompat", ""),
        (["run", "--help"], 0, "usage: tfcompat run", ""),
        ([], 2, "", "required: COMMAND"),
        (["run"], 2, "", "required: SCRIPT"),
        (["walk"], 2, "", "invalid choice: 'walk'"),
    ],
)
def test_usage(argv: list[str], status: int, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(argv)
    printed = capsys.readouterr()
    assert ended.value.code == status
    assert out in printed.out and err in printed.err


def test_both_ways_in_are_one() -> None:
    assert __main__.main is cli.main
