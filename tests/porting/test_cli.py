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


FAILS = """\
import tensorflow as tf

def loss(x):
    return tf.matmul(x, x)

tf.map_fn(loss, tf.ones([3]))
"""


def test_a_traceback_has_the_lines_of_the_script(tmp_path: Path) -> None:
    (tmp_path / "fails.py").write_text(FAILS)
    done = tfcompat("run", "fails.py", cwd=tmp_path)
    assert done.returncode == 1
    frames = [line for line in done.stderr.splitlines() if line.startswith("  File ")]
    assert [line.rpartition("line ")[2] for line in frames] == ["6, in <module>", "4, in loss"]
    *_, error, note = done.stderr.splitlines()
    assert "MatMul" in error and "frames of tfcompat_tape left out" in note
    whole = tfcompat("run", "--full-traceback", "fails.py", cwd=tmp_path)
    assert whole.stderr.count("  File ") > 6
    assert "direct cause" in whole.stderr and "left out" not in whole.stderr


MODULE = """\
import sys
import tensorflow as tf
from . import other
print(__name__, sys.argv[1:], other.X, tf.constant(1).device[-5:], sys.modules["__main__"].__dict__ is globals())
"""


def test_modules_and_options(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "other.py").write_text("X = 5\n")
    (package / "__main__.py").write_text(MODULE)
    done = tfcompat("run", "--device", "cpu", "-m", "package", "-m", "--seed", "2", cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("__main__ ['-m', '--seed', '2'] 5 CPU:0 True\n", "")
    missing = tfcompat("run", "-m", "no_such_module", cwd=tmp_path)
    assert missing.returncode == 1 and "No module named no_such_module" in missing.stderr


SEEDED = """\
import os, random, sys
import numpy as np
import tensorflow as tf
print(random.random(), np.random.rand(), tf.random.normal([]).numpy(), os.environ["KERAS_BACKEND"], sys.argv)
"""


def test_the_same_seed_gives_the_same_numbers(tmp_path: Path) -> None:
    (tmp_path / "seeded.py").write_text(SEEDED)
    command = ["run", "--seed", "5", "--keras-backend", "torch", "seeded.py", "-m", "x"]
    first, second = (tfcompat(*command, cwd=tmp_path) for _ in range(2))
    assert first.stdout == second.stdout != ""
    assert first.stdout.endswith("torch ['seeded.py', '-m', 'x']\n")
    assert first.stdout.startswith("0.62290169488")  # random.Random(5)


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


def test_a_broken_pipe_of_the_script_is_told(tmp_path: Path) -> None:
    script = tmp_path / "pipe.py"
    script.write_text('raise BrokenPipeError("of the script")\n')
    command = [sys.executable, "-m", "tfcompat_tape", "run", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and "BrokenPipeError: of the script" in done.stderr
