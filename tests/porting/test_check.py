"""`tfcompat check`: names by whatever way, arguments, traps, files that cannot be read, and the forms of the report."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tfcompat_tape.porting.check.examine import examine, examine_file
from tfcompat_tape.porting.check.findings import SEVERITY, Report
from tfcompat_tape.porting.check.sources import find
from tfcompat_tape.porting.cli import main


def check(tmp_path: Path, code: str, name: str = "script.py") -> Report:
    file = tmp_path / name
    file.write_text(textwrap.dedent(code), encoding="utf-8")
    return examine_file(str(file))


def told(report: Report) -> list[tuple[int, str]]:
    return [(one.line, one.kind) for one in report.findings if one.severity != "note"]


# Ways to say tf.linalg.foo, which TensorFlow does not have, so that the check has to find out what is meant.
WAYS = {
    "import as": "import tensorflow as t\nt.linalg.foo(1)",
    "import": "import tensorflow\ntensorflow.linalg.foo",
    "import of a part": "import tensorflow.linalg\ntensorflow.linalg.foo",
    "import of a part as": "import tensorflow.linalg as la\nla.foo",
    "from": "from tensorflow import linalg\nlinalg.foo",
    "from as": "from tensorflow import linalg as la\nla.foo",
    "the name itself": "import math\nfrom tensorflow.linalg import foo as bar",
    "version 2": "import tensorflow.compat.v2 as tf\ntf.linalg.foo",
    "assigned": "import tensorflow as tf; K = tf.linalg\nK.foo",
    "assigned in pairs": "import tensorflow as tf; K, n = tf.linalg, 3\nK.foo",
    "annotated": "import tensorflow as tf; K: object = tf.linalg\nK.foo",
    "walrus": "import tensorflow as tf\nprint((K := tf.linalg).eye, K.foo)",
    "of self": "import tensorflow as tf\nclass A:\n    def f(self):\n        return self.k.foo\n"
    "    def __init__(self):\n        self.k = tf.linalg",
    "of the class": "import tensorflow as tf\nclass A:\n    k = tf.linalg\n    def f(self):\n        return self.k.foo",
    "getattr": "import tensorflow as tf\ngetattr(tf.linalg, 'foo')(1)",
    "importlib": "import importlib; tf = importlib.import_module('tensorflow')\ntf.linalg.foo",
    "try": "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None\ntf.linalg.foo",
    "in a function, before": "def f():\n    return tf.linalg.foo\nimport tensorflow as tf",
    "imported in a function": "def f():\n    import tensorflow as tf\n    return lambda: tf.linalg.foo",
    "a default": "import tensorflow as tf\ndef f(x=tf.linalg.foo): pass",
    "a decorator": "import tensorflow as tf\n@tf.linalg.foo\ndef f(x): pass",
    "a comprehension": "import tensorflow as tf\nprint([tf.linalg.foo(x) for x in range(3)])",
    "a format": "import tensorflow as tf\nprint(f'{tf.linalg.foo}')",
    "star": "from tensorflow import *\nlinalg.foo",
    "match": "import tensorflow as tf\nmatch 1:\n    case 1:\n        tf.linalg.foo",
    "async": "import tensorflow as tf\nasync def f():\n    async with g() as x:\n        tf.linalg.foo",
}


@pytest.mark.parametrize("way", WAYS)
def test_names_are_found_however_they_are_said(way: str, tmp_path: Path) -> None:
    report = check(tmp_path, WAYS[way])
    assert [(one.kind, one.symbol) for one in report.findings] == [("not-in-tensorflow", "tf.linalg.foo")]


@pytest.mark.parametrize(
    "code",
    [
        "import tensorflow as tf\ntf = 3\ntf.linalg.foo",
        "import tensorflow as tf\ndef f(tf):\n    return tf.linalg.foo",
        "import tensorflow as tf\nfor tf in []:\n    tf.linalg.foo",
        "import tensorflow as tf\n[tf.linalg.foo for tf in []]",
        "import tensorflow as tf\nif x:\n    tf = 1\nelse:\n    tf = 2\ntf.linalg.foo",
        "import tensorflow_like as tf\ntf.linalg.foo",
        "from .tensorflow import linalg\nlinalg.foo",
        "import tensorflow as tf\nx = tf.constant(1.0)\nx.linalg.foo",
        "import tensorflow as tf\nclass A:\n    k = tf.linalg\nk.foo",
    ],
)
def test_names_that_are_not_tensorflows(code: str, tmp_path: Path) -> None:
    assert check(tmp_path, code).findings == []


def test_what_is_missing_comes_with_what_is_there(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        """
        import tensorflow as tf
        from tensorflow.python.ops import math_ops
        tf.log(1.0)
        tf.load_op_library("x.so")
        math_ops.argmax_v2(1, 2)
        math_ops.sin_v9(1)
        tf.reduce_sum(1.0, keep_dims=True)
        tf.nn.softmax(x, dim=-1)
        tf.nn.softmax(x, **options)
        """,
    )
    assert [(one.line, one.kind, one.symbol, one.instead) for one in report.findings] == [
        (4, "not-in-tensorflow", "tf.log", "tf.math.log"),
        (5, "missing", "tf.load_op_library", None),
        (7, "missing", "tensorflow.python.ops.math_ops.sin_v9", None),
        (8, "argument", "tf.reduce_sum", "keepdims"),
        (9, "argument", "tf.nn.softmax", "axis"),
    ]
    assert "kernels" in report.findings[1].message
    assert report.covered["tf.nn.softmax"] == 2


def test_names_that_may_be_missing_are_no_errors(tmp_path: Path) -> None:
    report = check(
        tmp_path,
        """
        import tensorflow as tf
        if hasattr(tf, "contrib"):
            tf.contrib.layers.fully_connected
        try:
            tf.Session
        except AttributeError:
            pass
        old = getattr(tf, "Session", None)
        tf.contrib
        """,
    )
    assert [(one.line, one.kind) for one in report.findings] == [
        (4, "guarded"),
        (6, "guarded"),
        (9, "guarded"),
        (10, "not-in-tensorflow"),
    ]


def test_names_that_differ(tmp_path: Path) -> None:
    report = check(tmp_path, "import tensorflow as tf\ntf.nn.elu(x)\ntf.nn.relu(x)")
    assert [(one.line, one.kind) for one in report.findings] == [(2, "different")]
    assert "slope" in report.findings[0].message


def test_the_facts_on_differences_are_up_to_date() -> None:
    script = Path(__file__).parents[2] / "docs" / "make_differences.py"
    assert subprocess.run([sys.executable, str(script), "--check"]).returncode == 0


TRAPS = {
    "a Variable rebound in a loop": (
        "v = tf.Variable(1.0)\nfor i in range(9):\n    v = v - 0.1 * g",
        [(4, "variable-rebound")],
    ),
    "a Variable rebound with -=": (
        "class M:\n def __init__(self):\n  self.w = tf.Variable(1.0)\n def f(self):\n  self.w -= 0.1",
        [(6, "variable-rebound")],
    ),
    "a Variable rebound, then a source": (
        "v = tf.Variable(1.0)\nv = v * 2.0\nwith tf.GradientTape() as t:\n  y = v * v\nt.gradient(y, v)",
        [(6, "variable-rebound")],
    ),
    "assign is right": (
        "v = tf.Variable(1.0)\nfor i in range(9):\n  v.assign_sub(0.1)\n  w = v * 2.0\n  v = tf.Variable(2.0)",
        [],
    ),
    "numpy() under a tape": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = tf.sin(v).numpy() * v\nt.gradient(y, v)",
        [(4, "numpy-under-tape")],
    ),
    "NumPy under a tape": (
        "import numpy as np\nv = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = v * 2.0\n  z = np.sin(y)",
        [(6, "numpy-under-tape")],
    ),
    "NumPy on data, and values that are shown": (
        "import numpy as np\nv = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = v * np.sin(x)\n"
        "  print(y.numpy())\n  losses.append(float(y.numpy()))\nt.gradient(y, v)",
        [],
    ),
    "integer sources": (
        "v = tf.Variable(3)\nc = tf.constant([1, 2])\nd = tf.constant(1, dtype=tf.float32)\n"
        "with tf.GradientTape() as t:\n  t.watch([c, d])\n  y = d\nt.gradient(y, [v, d])",
        [(6, "integer-source"), (8, "integer-source")],
    ),
    "a source that no tape watches": (
        "c = tf.constant(1.0)\nr = tf.random.normal([3])\nwith tf.GradientTape(persistent=False) as t:\n"
        "  t.watch(r)\n  y = c * r\nt.gradient(y, [c, r])",
        [(7, "unwatched-source")],
    ),
    "a tape asked twice": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = v * v\nt.gradient(y, v)\nt.gradient(y, v)",
        [(6, "tape-used-up")],
    ),
    "a tape asked in two branches": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = v * v\nif a:\n  t.gradient(y, v)\n"
        "else:\n  t.jacobian(y, v)",
        [],
    ),
    "a tape of its own in each round": (
        "v = tf.Variable(1.0)\nfor i in range(3):\n  with tf.GradientTape() as t:\n    y = v * v\n  t.gradient(y, v)",
        [],
    ),
    "a persistent tape": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape(persistent=True) as t:\n  y = v * v\n"
        "t.gradient(y, v)\nt.gradient(y, v)",
        [(3, "persistent-tape-kept")],
    ),
    "a persistent tape that is dropped": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape(True) as t:\n  y = v * v\nt.gradient(y, v)\ndel t\n"
        "def f():\n  with tf.GradientTape(True) as s:\n    y = v * v\n  return s.gradient(y, v)",
        [],
    ),
    "assign between uses": (
        "v = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n  y = v * v\n  v.assign_add(1.0)\n  y += v\n"
        "t.gradient(y, v)",
        [(5, "assign-under-tape")],
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps(name: str, tmp_path: Path) -> None:
    code, found = TRAPS[name]
    report = check(tmp_path, f"import tensorflow as tf\n{code}")
    assert told(report) == found
    assert not report.of("error")


def test_the_traps_are_true() -> None:
    """What the messages say is what happens."""
    import tfcompat_tape as tf

    v = tf.Variable(3.0)
    kept = v
    v = v - 1.0
    assert kept.numpy() == 3.0 and not isinstance(v, tf.Variable)
    with tf.GradientTape() as tape:
        y = kept * kept
    c = tf.constant(1.0)
    assert tape.gradient(y, c) is None
    with pytest.raises(RuntimeError):
        tape.gradient(y, kept)
    with tf.GradientTape() as tape:
        y = kept * kept
        kept.assign(5.0)
        y += kept * kept
    assert tape.gradient(y, kept).numpy() == 6.0 + 10.0


NOTEBOOK = {
    "nbformat": 4,
    "cells": [
        {"cell_type": "markdown", "source": "import tensorflow as tf; tf.log"},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "!pip install x\n", "import tensorflow as tf"],
        },
        {"cell_type": "code", "source": "%%bash\ntf.log"},
        {"cell_type": "code", "source": "%%time\nif True:\n    %timeit 3\ntf.log(2.0)"},
    ],
}


def test_notebooks(tmp_path: Path) -> None:
    report = check(tmp_path, json.dumps(NOTEBOOK), "book.ipynb")
    assert [(one.cell, one.line, one.symbol) for one in report.findings] == [(4, 4, "tf.log")]


BROKEN = {
    "python2.py": b"import tensorflow as tf\nprint 'x'\n",
    "latin.py": b"import tensorflow\nx = '\xe4'\n",
    "codec.py": b"# -*- coding: nonsense -*-\nimport tensorflow\n",
    "binary.py": b"import tensorflow\n\0\xff",
    "json.ipynb": b'{"cells": [import tensorflow',
    "other.ipynb": b'{"x": "import tensorflow"}',
    "old.ipynb": b'{"worksheets": ["import tensorflow"]}',
    "cell.ipynb": b'{"cells": [{"cell_type": "code", "source": "from tensorflow import ("}]}',
    "deep.py": b"import tensorflow\nx = " + b"-" * 100_000 + b"1\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_files_that_cannot_be_read(name: str, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / name).write_bytes(BROKEN[name])
    (tmp_path / "good.py").write_text("import tensorflow as tf\ntf.log")
    assert main(["check", str(tmp_path)]) == 2
    text = capsys.readouterr().out
    assert f"{name}:" in text and "unreadable: it " in text
    assert "tf.math.log" in text  # the others are checked all the same


def test_encodings_that_a_file_names_itself(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# coding: latin-1\nimport tensorflow as tf\nx = '\xe4'\ntf.log")
    (tmp_path / "mark.py").write_bytes(b"\xef\xbb\xbfimport tensorflow as tf\ntf.log")
    report = examine(find([str(tmp_path)]))
    assert [one.kind for one in report.findings] == ["not-in-tensorflow"] * 2


def test_folders(tmp_path: Path) -> None:
    for name in ("a.py", "b/c.py", "b/.hidden/d.py", "env/lib/e.py", "b/__pycache__/f.py", "g.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("import tensorflow")
    (tmp_path / "env/pyvenv.cfg").touch()
    found = find([str(tmp_path), str(tmp_path / "a.py")])
    assert [str(Path(one).relative_to(tmp_path)) for one in found] == ["a.py", "b/c.py"]


def test_many_files_are_read_by_several_processes(tmp_path: Path) -> None:
    for i in range(220):
        (tmp_path / f"{i:03}.py").write_text(f"import tensorflow as tf\ntf.log({i})\n")
    report = examine(find([str(tmp_path)]))
    assert report.files == report.speaking == 220
    assert [Path(one.path).name for one in report.findings] == [f"{i:03}.py" for i in range(220)]


def test_exit_status_and_forms(tmp_path: Path, capsys: Any) -> None:
    good = tmp_path / "good.py"
    good.write_text(
        "import tensorflow as tf\nv = tf.Variable(1)\nwith tf.GradientTape() as t:\n  t.watch(v)\n"
    )
    assert main(["check", str(good)]) == 0
    assert "1 trap for gradients" in capsys.readouterr().out
    assert main(["check", "--strict", str(good)]) == 1
    assert main(["check", str(tmp_path / "none")]) == 2
    assert "there is no file or folder" in capsys.readouterr().err
    assert main(["check", "--color=always", str(good)]) == 0
    assert "\033[33minteger-source" in capsys.readouterr().out

    bad = tmp_path / "bad.py"
    bad.write_text("import tensorflow as tf\ntf.log(2.0); tf.nn.elu(1.0)\n")
    assert main(["check", "--json", str(bad)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["names"]["tf.log"] == {"uses": 1, "covered": False}
    assert [one["severity"] for one in found["findings"]] == ["error", "note"]

    out = tmp_path / "out.sarif"
    assert main(["check", "--sarif", "--output", str(out), str(bad), str(good)]) == 1
    (run,) = json.loads(out.read_text())["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} <= set(SEVERITY)
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert (rule["id"], rule["defaultConfiguration"]["level"]) == (result["ruleId"], result["level"])
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 1, "endColumn": 7}
    assert main(["check", "--output", str(tmp_path / "no" / "x"), str(bad)]) == 2


def test_names_are_told_once_unless_asked(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "x.py"
    file.write_text("import tensorflow as tf\ntf.nn.elu(1.0)\ntf.nn.elu(2.0)\n")
    assert main(["check", str(file)]) == 0
    assert "tf.nn.elu (2x):" in capsys.readouterr().out
    assert main(["check", "--notes", str(file)]) == 0
    assert "x.py:3:1: different:" in capsys.readouterr().out
