"""`tfcompat run` of notebooks, and the IPython extension, in a real kernel; and `notebooks`, which reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tfcompat_tape.porting.cli import main
from tfcompat_tape.porting.notebooks import code_cells, plain_python, read_notebook


def notebook(*cells: str) -> str:
    made = [
        {
            "id": f"c{i}",
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": cell,
        }
        for i, cell in enumerate(cells)
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


CELLS = (
    "%matplotlib inline\nimport tensorflow as tf\nprint(tf.constant(2.0))",
    "open('beside.txt').read(), tf.random.normal([]).numpy()",
    "%%explain\nv = tf.Variable(2.0)\nwith tf.GradientTape() as tape:\n    y = tf.constant(v.numpy()) * 2.0\n"
    "tape.gradient(y, v)\n'the end'",
    "with tf.GradientTape(persistent=True) as tape:\n    product = v * v\ntape",
    "def fails(x):\n    return tf.matmul(x, x)\ntf.map_fn(fails, tf.ones([3]))",
    "print('never')",
)


def test_a_notebook(tmp_path: Path) -> None:
    """One kernel for all of it: a kernel takes seconds to start."""
    place, elsewhere = tmp_path / "books", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    (place / "beside.txt").write_text("found")
    (place / "book.ipynb").write_text(notebook(*CELLS))
    before = (place / "book.ipynb").read_bytes()
    command = [sys.executable, "-m", "tfcompat_tape", "run", "--seed", "3", "--output", "done.ipynb"]
    done = subprocess.run(
        [*command, "../books/book.ipynb"], cwd=elsewhere, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1
    assert "tf.Tensor(2.0, shape=(), dtype=float32)" in done.stdout
    assert "('found', np.float32(-0.82963765))" in done.stdout  # the first normal number after set_seed(3)
    assert "left the library" in done.stdout and "'the end'" in done.stdout
    assert "never" not in done.stdout
    assert (
        "MatMul" in done.stderr
        and "in fails" in done.stderr
        and "frames of tfcompat_tape left out" in done.stderr
    )
    assert "core/dispatch.py" not in done.stderr and "self must be" not in done.stderr.partition("MatMul")[0]
    assert (place / "book.ipynb").read_bytes() == before
    assert {one.name for one in place.iterdir()} == {"beside.txt", "book.ipynb"}
    cells = json.loads((elsewhere / "done.ipynb").read_text())["cells"]
    assert [bool(cell["outputs"]) for cell in cells] == [True] * 5 + [False]
    explained = next(one for one in cells[2]["outputs"] if "text/html" in one.get("data", {}))
    assert "<td>v</td>" in "".join(explained["data"]["text/html"])
    drawn = cells[3]["outputs"][0]["data"]
    assert {"image/svg+xml", "text/html"} & drawn.keys()
    shown = "".join(drawn.get("image/svg+xml", drawn.get("text/html")))
    assert "Mul" in shown and ("v1 = v " in shown or ">v" in shown)  # by the notebook's own name


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "no JSON"),
        (b"[]", "no list of cells"),
        (b"\xff", "not in UTF-8"),
        (b'{"worksheets": []}', "format 3"),
    ],
)
def test_what_is_no_notebook(data: bytes, message: str, tmp_path: Path, capsys: Any) -> None:
    book = tmp_path / "book.ipynb"
    book.write_bytes(data)
    assert main(["run", str(book)]) == 2
    assert message in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path: Path, capsys: Any) -> None:
    book = tmp_path / "book.ipynb"
    book.write_text(notebook("1"))
    out = tmp_path / "out.ipynb"
    out.write_text("mine")
    assert main(["run", "--output", str(out), str(book)]) == 2
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main(["run", "--output", str(tmp_path / "no" / "out.ipynb"), str(book)]) == 2
    assert "can't write" in capsys.readouterr().err
    assert main(["run", str(tmp_path / "none.ipynb")]) == 2
    assert "can't open file" in capsys.readouterr().err


def test_without_jupyter(tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nbclient", None)
    (tmp_path / "book.ipynb").write_text(notebook("1"))
    assert main(["run", str(tmp_path / "book.ipynb")]) == 2
    assert "pip install 'tfcompat_tape[notebook]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--profile", "x.ipynb"], "in a notebook use tf.profile()"),
        (["x.ipynb", "-v"], "takes no arguments: -v"),
        (["--output", "y", "x.py"], "for notebooks"),
        (["--force", "x.py"], "for notebooks"),
        ([], "required: SCRIPT"),
    ],
)
def test_usage(argv: list[str], message: str, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["run", *argv])
    assert message in capsys.readouterr().err


def test_lines_of_ipython() -> None:
    source = "a = 1\n  !ls \\\n  -l\nx?\n# why?\nfiles = !ls\ny = %time a\nb = a % 2\n%magic"
    assert plain_python(source) == "a = 1\n  pass\n  pass\n\n# why?\n\n\nb = a % 2\n"
    assert plain_python("%%bash\nls\nls") == "\n\n"
    assert plain_python("\n%%time\nx = 1") == "\n\nx = 1"
    cells = code_cells(read_notebook(notebook("a", "%%html\n<b>", "c\n")))
    assert [(cell.number, cell.source) for cell in cells] == [(1, "a"), (2, "\n"), (3, "c\n")]
