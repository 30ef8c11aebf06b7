"""`tfcompat convert` of scripts that end badly, its options, and what it takes for the same."""

import builtins
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.porting import cli
from tfcompat_tape.porting.convert import runs
from tfcompat_tape.porting.convert.command import expected, told
from tfcompat_tape.porting.convert.observe import Observer
from tfcompat_tape.porting.convert.reading import CannotError, read
from tfcompat_tape.porting.convert.script import Converted, convert
from tfcompat_tape.porting.convert.source import Source
from tfcompat_tape.tracing.function import Function


def converted(text: str, monkeypatch: pytest.MonkeyPatch, compiled: bool = False) -> Converted:
    """What a script becomes that is run here."""
    observer = Observer(Source(text))
    tree = observer.prepare()
    monkeypatch.setattr(builtins, "__tfcompat_see__", observer.see, raising=False)
    monkeypatch.setattr(builtins, "__tfcompat_call__", observer.call_tape, raising=False)
    monkeypatch.setattr(Function, "__call__", Function.__call__)
    observer.watch_functions()
    tf.install()
    tf.config.run_functions_eagerly(True)
    try:
        exec(compile(tree, "<script>", "exec"), {"__name__": "__main__"})
    finally:
        tf.config.run_functions_eagerly(False)
        tf.uninstall()
    return convert(Source(text), observer.facts, compiled)


HEAD = "import tensorflow as tf\nv = tf.Variable([1.0, 2.0])\n"
DECORATED = "@tf.function\ndef f(x):\n    return x * 2.0\ng = tf.function(f)\nf(v), g(v)\n"


def test_functions_are_dropped_or_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = converted(HEAD + DECORATED, monkeypatch)
    assert plain.kind == "fully" and "\ndef f(x):" in plain.text and "g = f\n" in plain.text
    assert "@" not in plain.text
    compiled = converted(HEAD + DECORATED, monkeypatch, compiled=True)
    assert "@torch.compile\ndef f(x):" in compiled.text and "g = torch.compile(f)\n" in compiled.text


STAYS = {
    "the gradient of a call with *": (
        "with tf.GradientTape() as tape:\n    y = v * v\nprint(tape.gradient(*[y, v]))\n",
        "gradient with *",
    ),
    "a tape that is made before": (
        "tape = tf.GradientTape()\nwith tape:\n    y = v * v\nprint(tape.gradient(y, v))\n",
        "a tape is made outside of a with statement",
    ),
    "a custom gradient of a number": (
        "@tf.custom_gradient\ndef f(x):\n    return x * 2.0, lambda g: g\nf(3.0)\n",
        "a function with a gradient of its own is given something that is no tensor",
    ),
    "a tape that is asked for a Variable that it does not watch": (
        "with tf.GradientTape(watch_accessed_variables=False) as tape:\n    y = v * v\nprint(tape.gradient(y, [v]))\n",
        "a tape that watches no Variables by itself",
    ),
    "slices from elsewhere": (
        "s = tf.IndexedSlices(tf.ones([1]), [0])\nv.scatter_sub(s)\n",
        "scatter_sub of slices that are made elsewhere",
    ),
    "an accumulator by two names": (
        "u = tf.ones([2])\nfor _ in range(2):\n    with tf.autodiff.ForwardAccumulator(v, u) as a:\n"
        "        y = v * v\n    with tf.autodiff.ForwardAccumulator(v, 2.0 * u) as a:\n        y = v * v\n"
        "    print(a.jvp(y))\n",
        "an accumulator that is made elsewhere",
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_has_no_exact_counterpart_stays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, why = STAYS[name]
    result = converted(HEAD + text, monkeypatch)
    assert result.kind == "kept" and why in [reason for _, reason in result.stays], result
    assert f": {why}\n" in result.text and "import tfcompat_tape as tf" in result.text


def test_what_the_new_script_needs_stands_behind_its_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many scripts set an environment variable before they import TensorFlow."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    head = 'import os\nos.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"\nimport tensorflow as tf\nimport math\n'
    tape = "with tf.GradientTape() as tape:\n    y = v * math.pi\nprint(tape.gradient(y, v))\n"
    result = converted(head + "v = tf.Variable(1.0)\n" + tape, monkeypatch)
    lines = result.text.splitlines()
    assert lines[:4] == [*head.splitlines()[:2], "import torch", "import math"]
    assert lines.index("import math") < lines.index(next(one for one in lines if "set_grad_enabled" in one))
    with torch.enable_grad():  # and as it was, afterwards
        exec(compile(result.text, "<converted>", "exec"), {})


def test_sources_that_are_not_watched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """torch refuses to be asked for them, where TensorFlow says None."""
    sources = "[v, tf.Variable(1.0, trainable=False), c]"
    text = f"c = tf.constant(2.0)\nwith tf.GradientTape() as tape:\n    y = v * c\nprint(tape.gradient(y, {sources}))\n"
    result = converted(HEAD + text, monkeypatch)
    assert result.kind == "fully"
    capsys.readouterr()
    with torch.enable_grad():
        exec(compile(result.text, "<converted>", "exec"), {})
    assert capsys.readouterr().out == "[tensor([2., 2.]), None, None]\n"


def test_calls_with_stars_go_through_this_package(monkeypatch: pytest.MonkeyPatch) -> None:
    result = converted(HEAD + "print(tf.add(*[v, v]), tf.stack([*[v, v]], **{'axis': 0}))\n", monkeypatch)
    assert result.left == {"tf.add": 1, "tf.stack": 1} and "to_torch(tf.add)(*[v, v])" in result.text


def test_random_numbers_stay_and_those_of_functions_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    result = converted(HEAD + "print(v + tf.random.normal([2]))\n", monkeypatch)
    assert result.left == {"tf.random.normal": 1} and not result.drawn
    result = converted(HEAD + "print(tf.function(lambda: v + tf.random.normal([2]))())\n", monkeypatch)
    assert result.left == {"tf.random.normal": 1} and result.drawn == [HEAD.count("\n") + 1]
    assert "tf.random.normal is TensorFlow's; it draws other numbers than in a tf.function" in result.text
    source = Source("", "s.py")
    assert "s.py:3: draws other random numbers" in told(
        source, "s_torch.py", replace(result, drawn=[3]), checked=True
    )
    original, seen, after = (runs.Run([word], []) for word in ("original", "seen", "after"))
    assert expected(result, original, seen, after).lines == ["seen"]
    assert expected(replace(result, drawn=[]), original, seen, after).lines == ["original"]


def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    script = tmp_path / "never.py"
    script.write_text("import tensorflow as tf\n")
    monkeypatch.setattr(runs, "original", interrupted)
    assert cli.main(["convert", str(script)]) == 130
    assert "interrupted; nothing is written" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["never.py"]


def test_runs_that_end_badly_are_told() -> None:
    def run(code: str) -> str:
        return runs._run([sys.executable, "-S", "-c", code], "the script")

    assert run(r"import sys; sys.stdout.buffer.write(b'\xff 1.5\n')") == "\ufffd 1.5\n"
    for code, words in {
        "import sys; sys.exit(3)": "ended with status 3:\nit wrote nothing to stderr",
        "input()": "EOFError",
        "import os; os.kill(os.getpid(), 9)": "ended with status -9",
    }.items():
        with pytest.raises(runs.RunError, match=words):
            run(code)


def test_rounding_that_grows_is_told_from_a_difference() -> None:
    def of(*values: float) -> runs.Run:
        return runs.Run(
            [f"{value}" for value in values], [[1, {"shape": [1], "values": [x]}] for x in values]
        )

    before, after = of(1.0, 1.0, 1.0), of(1.0, 1.0, 1.005)
    assert "became" in str(runs.difference(before, after))
    assert runs.difference(before, after, shaken=of(1.0, 1.0, 1.001)) is None
    assert "became" in str(runs.difference(before, of(1.0, 1.005, 1.005), shaken=of(1.0, 1.0, 1.001)))
    assert "became" in str(runs.difference(before, of(1.0, 1.0, 1.02), shaken=of(1.0, 1.0, 1.5)))


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow as tf",
        "import numpy as np, tensorflow as tf",
        "import os, sys,tensorflow as tf",
        "from tensorflow import math",
        "import tensorflow.compat.v2 as tf",
    ],
)
def test_however_tensorflow_is_imported_it_is_seen(line: str, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(f"{line}\n")
    assert read(str(path)).text == f"{line}\n"


@pytest.mark.parametrize(
    "line", ["import numpy as np  # not tensorflow", "import tensorflow_datasets", "tf = 1"]
)
def test_what_does_not_import_tensorflow_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(f"{line}\n")
    with pytest.raises(CannotError, match="does not import tensorflow"):
        read(str(path))
