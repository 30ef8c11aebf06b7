"""`tfcompat convert` of notebooks: cells stay cells, IPython's lines stay, what is shown is compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfcompat_tape.porting import cli
from tfcompat_tape.porting.convert import cells

TEXT = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": ["# A line\n", "x = `tf.Variable`"]}


def book(*sources: str) -> dict[str, Any]:
    """A notebook with a cell of text and these of code, which have outputs."""
    shown = [{"output_type": "stream", "name": "stdout", "text": "old"}]
    made = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "execution_count": 7,
            "outputs": shown,
            "source": one,
        }
        for i, one in enumerate(sources)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"mine": 1}, "cells": [TEXT, *made]}


def codes(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


CELLS = (
    "%matplotlib inline\nimport tensorflow as tf\nimport beside  # in the notebook's folder",
    "w = tf.Variable([1.0, 2.0])\nwith tf.GradientTape() as tape:\n    y = tf.reduce_sum(w * w)\n"
    "tape.gradient(y, w)  # shown",
    "%%time\nif beside.LIMIT:\n    !ls\n    w.assign_add([1.0, 1.0])\ntf.exp(w);",
    "%%bash\nls -l\n  echo x",
    "open('numbers.txt').read(), tf.reduce_sum(w)",
)


def test_a_notebook_becomes_a_notebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    place = tmp_path / "books"
    place.mkdir()
    (place / "beside.py").write_text("LIMIT = 3\n")
    (place / "numbers.txt").write_text("1 2 3")
    (place / "line.ipynb").write_text(json.dumps(book(*CELLS)))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["convert", "books/line.ipynb"]) == 0
    assert capsys.readouterr().out == "books/line_torch.ipynb: torch alone; both runs agree\n"
    text = (place / "line_torch.ipynb").read_text()
    made = json.loads(text)
    assert made["cells"][0] == TEXT and made["metadata"] == {"mine": 1}
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in made["cells"][1:])
    first, second, third, fourth, fifth = codes(text)
    assert first.startswith("%matplotlib inline\nimport torch\nimport beside  # in the notebook's folder\n")
    assert "torch.set_grad_enabled(False)" in first
    assert second.startswith("w = torch.tensor([1.0, 2.0]).requires_grad_()\nwith torch.enable_grad():\n")
    assert second.endswith("\ntorch.autograd.grad(y, w)[0]  # shown")
    assert third.startswith("%%time\nif beside.LIMIT:\n    !ls\n    w.add_(") and third.endswith(
        "\ntorch.exp(w);"
    )
    assert (fourth, fifth) == (CELLS[3], "open('numbers.txt').read(), torch.sum(w)")


def test_values_that_are_shown_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here they are random: each run has others."""
    random = "import os\nint.from_bytes(os.urandom(4)) / 1.0"
    (tmp_path / "book.ipynb").write_text(json.dumps(book("import tensorflow as tf", random)))
    assert cli.main(["convert", str(tmp_path / "book.ipynb")]) == 1
    assert "do not agree: line 1 of what is printed" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["book.ipynb"]


def test_places_are_those_of_the_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "book.ipynb"
    file.write_text(json.dumps(book("import tensorflow as tf", "x = 1\n\ntf.lite.Interpreter")))
    assert cli.main(["convert", "--no-check", str(file)]) == 1
    told = capsys.readouterr().err
    assert f'File "{file}", cell 3, line 3' in told and "cells_of_notebook" not in told
    kept = book("import tensorflow as tf\nt = tf.Variable(1.0)", "\nprint(t.trainable)")
    file.write_text(json.dumps(kept))
    assert cli.main(["convert", "--no-check", str(file), "--compile"]) == 0
    assert f"{file}, cell 3, line 2: " in capsys.readouterr().out
    first = codes((tmp_path / "book_torch.ipynb").read_text())[0]
    assert "names stay in this notebook" in first and "#   cell 3, line 2: " in first
    assert cli.main(["convert", "--force", str(file), "5"]) == 2
    assert "a notebook takes no arguments: 5" in capsys.readouterr().err


def test_a_script_of_cells_and_back() -> None:
    given = book("display(1)", "", "# nothing", "print(2)", "x = 'ä'; (x,  # one\n 2)", "files = !ls\n\n?x")
    script = cells.as_script(given)
    compile(script, "script", "exec")
    assert script.startswith("from IPython.display import display\n# %% cell 2, shown\nprint(display(1))\n")
    assert "\nx = 'ä'; print((x,  # one\n 2))\n" in script
    assert codes(cells.as_notebook(script, given)) == [cell["source"] for cell in given["cells"][1:]]
    assert cells.places(script)(script.splitlines().index("print(2)") + 1) == "cell 5, line 1"
