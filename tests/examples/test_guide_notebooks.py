"""The notebooks in examples/guide print what record_guide.py wrote down of TensorFlow, and hold no outputs."""

import json

import pytest
from guide_cells import GUIDE, NAMES, PRINTED, printed

from tfcompat_tape.porting import cli
from tfcompat_tape.porting.notebooks import code_cells, read_notebook

pytest.importorskip("matplotlib", reason="pip install 'tfcompat_tape[examples]'")

TENSORFLOW = json.loads(PRINTED.read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_prints_what_it_prints_with_tensorflow(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib.pyplot as plt

    import tfcompat_tape as tf

    drawn: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: drawn.append(len(plt.get_fignums())) or plt.close("all"))
    book = read_notebook((GUIDE / f"{name}.ipynb").read_text(encoding="utf-8"))
    sources = [cell.source for cell in code_cells(book)]
    tf.random.set_seed(None)
    tf.install()
    __import__("keras").backend.clear_session()  # which counts the names of models
    try:
        lines = printed(sources, name)
    finally:
        tf.uninstall()
        tf.random.set_seed(None)
    assert lines == TENSORFLOW[name]
    assert drawn == [1] * sum(source.count("plt.show()") for source in sources)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_no_outputs(name: str) -> None:
    for cell in json.loads((GUIDE / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
        assert cell["cell_type"] == "markdown" or (cell["outputs"], cell["execution_count"]) == ([], None)


def test_check_finds_nothing_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(GUIDE)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert (
        last.startswith(f"{len(NAMES)} files, {len(NAMES)} with TensorFlow") and "covered (100.0 %)" in last
    )
