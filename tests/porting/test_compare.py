"""`tfcompat compare`: what it says of two runs. The other side is this package, with or without a fault planted."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compare_kit import forks

from tfcompat_tape.porting import cli
from tfcompat_tape.porting.compare import recorder, runs
from tfcompat_tape.porting.compare.closeness import Tolerance, compare_texts, compare_values
from tfcompat_tape.porting.compare.recorder.values import encode
from tfcompat_tape.porting.compare.recording import decode

TRAIN = """\
import numpy as np
import tensorflow as tf

x = tf.random.normal([8, 3])
w = tf.Variable(tf.random.normal([3, 4]), name="w")
b = tf.Variable(tf.zeros([4]), name="b")


def loss_of(x):
    h = tf.tanh(x @ w + b)
    return tf.reduce_mean(h ** 2)


for step in range(3):
    with tf.GradientTape() as tape:
        loss = loss_of(x)
    grads = tape.gradient(loss, [w, b])
    for v, g in zip([w, b], grads):
        v.assign_sub(0.1 * g)
    print("step", step, "loss", float(loss))
np.save("w.npy", w.numpy())
"""


@dataclass
class Result:
    status: int
    out: str
    err: str


class Comparing:
    """Calls `tfcompat compare` in a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(
        self, source: str | bytes | None, *options: str, name: str = "script.py", python: str = ""
    ) -> Result:
        if source is not None:
            data = source if isinstance(source, bytes) else source.encode()
            (self.folder / name).write_bytes(data)
        words = ["--tensorflow", python or sys.executable] if "--recording" not in options else []
        return self.call(*words, *options, name)

    def call(self, *words: str) -> Result:
        try:
            status = cli.main(["compare", *words])
        except SystemExit as ended:
            status = int(str(ended.code))
        printed = self._capsys.readouterr()
        return Result(status, printed.out, printed.err)

    def planted(self, fault: str) -> str:
        """The path of a "Python" whose TensorFlow has a fault."""
        path = self.folder / f"plant-{fault}"
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)


@pytest.fixture
def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Comparing:
    monkeypatch.setattr(runs, "_run", forks().run)
    monkeypatch.chdir(tmp_path)
    return Comparing(tmp_path, capsys)


def test_all_is_the_same(compare: Comparing) -> None:
    done = compare(TRAIN)
    assert (done.status, done.err) == (0, "")
    assert "as written: 3 prints, 3 gradients, 6 assignments, 1 saved file: the same" in done.out
    assert "to the last bit" in done.out


def test_options_may_stand_behind_the_script(compare: Comparing) -> None:
    (compare.folder / "script.py").write_text("import sys\nprint(sys.argv[1:])\n")
    done = compare.call(
        "script.py", "--steps", "3", "--tensorflow", sys.executable, "--seed", "4", "--", "--seed", "5"
    )
    assert done.status == 0 and "seed 4" in done.out


@pytest.mark.parametrize("fault", ["forward", "gradient"])
def test_a_difference_is_shown_with_the_op_that_made_it(fault: str, compare: Comparing) -> None:
    done = compare(TRAIN, "--html", "report.html", python=compare.planted(fault))
    assert done.status == 1
    assert "The first difference, event 0: gradient with respect to w" in done.out
    assert "script.py:17: grads = tape.gradient(loss, [w, b])" in done.out
    assert "It comes from Tanh\n  script.py:10: h = tf.tanh(x @ w + b)" in done.out
    assert ("  output:\n" if fault == "forward" else "  adjoint of input 0:\n") in done.out
    theirs, ours = (
        float(re.search(rf"{side} +\[([-0-9.]+)", done.out.partition("It comes from")[2]).group(1))  # type: ignore[union-attr]
        for side in ("TensorFlow", "tfcompat_tape")
    )
    assert theirs / ours == pytest.approx(1.01, rel=1e-5)
    assert re.search(r"-> v\d+ = Tanh\(v\d+\) +\(8, 4\)  float32  script.py:10", done.out)
    page = (compare.folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2 and "Gradients, as written" in page and "It comes from Tanh" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_an_op_before_other_words_is_a_guess(compare: Comparing) -> None:
    source = "import tensorflow as tf\nprint('more' if tf.tanh(0.5) > 0.463 else 'less')\n"
    done = compare(source, python=compare.planted("forward"))
    assert done.status == 1 and "the text is another" in done.out
    assert "An op that differs before it: Tanh\n  script.py:2" in done.out


FUNCTION = """\
import tensorflow as tf

v = tf.Variable([0.5, -0.25])


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.tanh(v))
    v.assign_sub(0.1 * tape.gradient(loss, v))
    return loss


for _ in range(3):
    step()
print(step())
"""


def test_inside_functions_too(compare: Comparing) -> None:
    done = compare(FUNCTION)
    assert done.status == 0
    assert "as written: 1 print, 4 calls of tf.functions: the same" in done.out
    assert "with its tf.functions run eagerly: 1 print, 4 gradients, 4 assignments: the same" in done.out
    done = compare(FUNCTION, python=compare.planted("gradient"))
    assert done.status == 1
    assert (
        "event 0: v after a call of step" in done.out or "event 0: Variable after a call of step" in done.out
    )
    assert "It comes from Tanh\n  script.py:9" in done.out


def test_random_numbers_are_the_same_without_a_seed(compare: Comparing) -> None:
    source = (
        "import random, numpy as np, tensorflow as tf\n"
        "print(random.random(), np.random.rand(), np.random.default_rng().random(), tf.random.normal([2]))\n"
        "print(np.random.RandomState().rand(), tf.random.Generator.from_non_deterministic_state().normal([1]))\n"
        "print({'a', 'b', 'c', 'd'})\n"
    )
    assert compare(source).status == 0
    assert compare(source, "--seed", "9").status == 0


# What another TensorFlow computes, by a script that asks which one it is.
ASKS = "import os, sys, numpy as np, tensorflow as tf\nother = bool(os.environ.get('PLANTED'))\n"


@pytest.mark.parametrize(
    ("source", "status", "says"),
    [
        ("v = tf.Variable(1.0)\nv.assign(2.0 + other)\n", 1, "Variable after an assignment"),
        ("v = tf.Variable(1.0, name='a_1' if other else 'a')\nv.assign(2.0)\n", 0, "1 assignment: the same"),
        (
            "os.makedirs('site-packages', exist_ok=True)\nsys.path.append('site-packages')\n"
            "open('site-packages/drawing.py', 'w').write('import random; random.seed()')\n"
            "import random, drawing\nprint(random.random())\n",
            0,
            "1 print: the same",
        ),
        (
            "print('loss', 0.125 if other else 0.1)\n",
            1,
            "number 1 of the text is 0.125 under TensorFlow, 0.1 here",
        ),
        ("np.savez('a.npz', x=np.ones(3), y=np.arange(2) + other)\n", 1, "a.npz, y"),
        ("tf.io.write_file('a.txt', 'b' if other else 'c')\n", 1, "a.txt"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe' + bytes([other]))\n", 1, "3 bytes, SHA-256"),
        (
            "v = w = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n    y = v * 1.0\n"
            "t.gradient(y, v if other else tf.constant(1.0))\n",
            1,
            "Variable under TensorFlow, source 0 here",
        ),
        (
            "v, w = tf.Variable(1.0), tf.Variable(1.0)\nwith tf.GradientTape() as t:\n"
            "    y = v * (1.0 if other else w)\nt.gradient(y, [v, w])\n",
            1,
            "None under TensorFlow alone",
        ),
        ("tf.print(tf.constant([1.0, 2.0]) + float(other))\n", 1, "tf.print, value 0"),
        (
            "for i in range(3 if other else 2):\n    print(i)\nprint('end')\n",
            1,
            "The runs part at event 2:\n  TensorFlow     prints '2', at script.py:4\n"
            "  tfcompat_tape  prints 'end', at script.py:5",
        ),
        ("print(1)\nif other:\n    print(2)\n", 1, "tfcompat_tape  ends"),
        ("raise SystemExit(3 if other else None)\n", 1, "exits with '3' under TensorFlow, with 'None' here"),
        (
            "if not other:\n    tf.lite.Interpreter\n",
            1,
            "under tfcompat_tape alone the script raises NotCovered",
        ),
        ("if other:\n    raise KeyError('k')\n", 1, "under TensorFlow alone the script raises KeyError at"),
        (
            "print(1)\nopen('nowhere.txt')\n",
            2,
            "the script fails under both, with FileNotFoundError at script.py:4",
        ),
        (
            "os.mkdir(f'd{other}')\nos.chdir(f'd{other}')\nsys.path[:] = sys.path[1:]\nsys.argv = []\n"
            "print(os.path.basename(__file__))\nos._exit(0)\n",
            0,
            "1 print: the same",
        ),
        (
            "import time\nprint(1)\nwhile True:\n    time.sleep(9)\n",
            2,
            "the script had not ended after 0.5 s",
        ),
    ],
)
def test_what_is_said(source: str, status: int, says: str, compare: Comparing) -> None:
    options = ["--timeout", "0.5"] if "sleep" in source else []
    done = compare(ASKS + source, *options, python=compare.planted("environment"))
    assert done.status == status, done.out + done.err
    assert says in done.out


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("loss 0.1", "loss 0.100000001", ""),
        ("loss 0.125", "loss 0.1", "number 1 of the text is 0.125 under TensorFlow, 0.1 here"),
        ("loss 0.32740", "loss 0.32741", ""),  # rounded another way
        ("loss 0.3274", "loss 0.3276", "number 1"),
        ("12 of 1,024", "12 of 1,025", "number 2"),
        ("yes", "no", "the text is another"),
        ("3", "3.0", "number 1"),
        ("nan -inf", "nan -inf", ""),
        ("nan", "inf", "number 1"),
        ("[1. 2.]", "[ 1.  2.0000002]", ""),
        ("-0.0", "0.0", ""),
        ("took 1.5s, 3 ms/step", "took 2.5s, 4 ms/step", ""),
        ("<object at 0x7fa0b1c2d3e4>", "<object at 0x7fa0b1c2d3f0>", ""),
        ("1/3 \r3/3", "2/3 \b\b\b\b3/3", ""),
        ("/tmp/tmpab12cd34/x", "/tmp/tmpzz12cd34/x", ""),
        ("w1 2", "w2 2", "the text is another"),
    ],
)
def test_two_texts(one: str, other: str, why: str) -> None:
    found = compare_texts(one, other, Tolerance()).why
    assert found.startswith(why) and bool(found) == bool(why)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (np.float32([1.0, 2.0]), np.float32([1.00005, 2.0]), ""),
        (np.float32([1.0, 2.0]), np.float32([1.001, 2.0]), "1 of 2 elements differ"),
        (np.float64([1.0, 2.0]), np.float64([1.00005, 2.0]), "1 of 2 elements differ"),
        (np.float16([1.0, 2.0]), np.float16([1.003, 2.0]), ""),
        (np.float32([1.0, 1000.0]), np.float32([1.005, 1000.0]), ""),  # what cancels in a sum of large ones
        (np.float32([np.nan, np.inf]), np.float32([np.nan, np.inf]), ""),
        (np.float32([np.nan, 1.0]), np.float32([1.0, 1.0]), "1 of 2 elements differ"),
        (np.int32([1, 2]), np.int32([1, 3]), "1 of 2 elements differ"),
        (np.int32([1, 2]), np.int64([1, 2]), "dtype int32 under TensorFlow, int64 here"),
        (np.float32([1.0]), np.float32(1.0), "shape (1,) under TensorFlow, () here"),
        (np.complex64([1 + 1j]), np.complex64([1 + 1.01j]), "the number differs"),
        (np.arange(9000.0), np.arange(9000.0), ""),
        (
            np.arange(9000.0),
            np.arange(9000.0) + (np.arange(9000) == 1),
            "elements that were not recorded differ",
        ),
        (b"loss 1.5", b"loss 2.5", "number 1"),
    ],
)
def test_two_values(one: Any, other: Any, why: str) -> None:
    found = compare_values(decode(encode(one)), decode(encode(other)), Tolerance()).why
    assert found.startswith(why) and bool(found) == bool(why)


def test_tolerances_of_ones_own() -> None:
    one, other = (decode(encode(np.float32(value))) for value in (1.0, 1.001))
    assert compare_values(one, other, Tolerance(relative=1e-2)).same
    assert compare_values(one, other, Tolerance(absolute=1e-2)).same
    assert not compare_values(one, other, Tolerance(absolute=1e-6)).same


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["# Text"]},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "import tensorflow as tf\n", "v = tf.Variable(2.0)"],
        },
        {"cell_type": "code", "source": ["v.assign_add(1.0);\n", "v.numpy()"]},
    ]
}


def test_notebooks(compare: Comparing) -> None:
    done = compare(json.dumps(NOTEBOOK), name="book.ipynb")
    assert done.status == 0
    assert "1 print, 1 assignment: the same" in done.out
    NOTEBOOK["cells"][2]["source"] = ["!pip install x"]
    done = compare(json.dumps(NOTEBOOK), name="book.ipynb")
    assert done.status == 2
    assert "cell 3, line 1: !pip install x is IPython's, and cannot be run here" in done.err


@pytest.mark.parametrize(
    ("source", "name", "says"),
    [
        ("x = (\n", "script.py", "script.py cannot be run: SyntaxError: '(' was never closed"),
        (b"print('\xff')\n", "script.py", "cannot be run: SyntaxError"),
        ("{", "book.ipynb", "book.ipynb cannot be run: JSONDecodeError"),
        ("[]", "book.ipynb", "is no notebook: it has no list of cells"),
        (None, "nowhere.py", "can't open file"),
    ],
)
def test_what_cannot_be_read(source: str | bytes | None, name: str, says: str, compare: Comparing) -> None:
    done = compare(source, name=name)
    assert (done.status, done.out) == (2, "") and says in done.err


@pytest.mark.parametrize(
    ("python", "says"),
    [
        ("nowhere/python", "nowhere/python does not exist: --tensorflow takes the path of a Python"),
        (".", ". is a folder"),
        ("script.py", "script.py cannot be executed"),
        ("false", "did not run compare_record.py (exit status 1): is it a Python"),
        ("other", "no interpreter of Python\n"),
        ("bare", "has no TensorFlow: ModuleNotFoundError: import of tensorflow halted"),
        ("old", "has no TensorFlow: ImportError: its module tensorflow"),
        ("sleeps", "did not run compare_record.py within 0.3 s"),
    ],
)
def test_a_python_that_is_none(
    python: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "tensorflow.py").write_text("Session = 1\n")
    programs = {
        "other": "echo no interpreter of Python >&2",
        "bare": f"exec {sys.executable} -S -c \"import sys, runpy; sys.path += {sys.path!r}; sys.modules['tensorflow'] "
        '= None; sys.argv[:1] = []; runpy.run_path(sys.argv[0], run_name=\'__main__\')" "$@"',
        "old": f'PYTHONPATH={tmp_path}/old exec {sys.executable} "$@"',
        "sleeps": "exec sleep 60",
    }
    if python in programs:
        path = tmp_path / f"{python}.sh"
        path.write_text(f"#!/bin/sh\n{programs[python]}\n")
        path.chmod(0o755)
        python = str(path)
    done = Comparing(tmp_path, capsys)(
        "print(1)\n", "--timeout", "0.3" if "sleeps" in python else "60", python=python
    )
    assert done.status == 2, done.out
    assert says in done.err


def test_what_is_there_is_not_replaced(compare: Comparing) -> None:
    (compare.folder / "report.html").write_text("mine")
    done = compare("print(1)\n", "--html", "report.html")
    assert done.status == 2 and "'report.html' is there already: --force replaces it" in done.err
    assert (compare.folder / "report.html").read_text() == "mine"
    done = compare.call("--record", ".")
    assert done.status == 0 and "compare_record.py: take it" in done.out
    assert (compare.folder / "compare_record.py").read_text() == recorder.assembled()
    assert compare.call("--record", ".").status == 2
    assert compare.call("--record", "compare_record.py", "--force").status == 0
    assert compare.call("--record", "nowhere/x.py").status == 2


def test_usage(compare: Comparing) -> None:
    assert "SCRIPT" in compare.call("--tensorflow", "python").err
    assert "either --tensorflow PYTHON or --recording FILE" in compare.call("script.py").err
    assert "alone" in compare.call("--record", "x", "script.py").err
    assert "no number of seconds" in compare.call("--timeout", "0", "script.py").err
