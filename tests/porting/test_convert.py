"""`tfcompat convert`: what a script becomes, that both agree, and what it says of scripts that it cannot take."""

from pathlib import Path

import pytest

from tfcompat_tape.porting import cli
from tfcompat_tape.porting.convert import runs
from tfcompat_tape.porting.convert.script import convert
from tfcompat_tape.porting.convert.source import Source

BEFORE = '''\
"""A line through points."""

import numpy as np
import tensorflow as tf

# The data.
x = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
y = 3.0 * x - 2.0


class Line(tf.Module):
    def __init__(self):
        super().__init__(name="line")
        self.w = tf.Variable(tf.zeros([1, 1]), name="w")
        self.b = tf.Variable(0.0)  # one number

    def __call__(self, inputs):
        return inputs @ self.w + self.b


def loss_of(target, predicted):
    return tf.reduce_mean(tf.square(target - predicted))


model = Line()


@tf.function
def step(rate):
    with tf.GradientTape() as tape:
        loss = loss_of(y, model(x))
    for v, g in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        v.assign_sub(rate * g)
    return loss


for epoch in range(5):
    loss = step(0.3)
    if epoch % 2 == 0:
        print(f"{epoch} {loss:.5f}", model.b.numpy(), model.w)

# Twice.
p = tf.constant([1.0, 2.0])
total = tf.reduce_sum(p)
kept = total
total += 1
with tf.GradientTape(persistent=True) as outer:
    outer.watch(p)
    with tf.GradientTape() as inner:
        inner.watch(p)
        value = tf.reduce_sum(p**3)
    first = inner.gradient(value, p)
print(outer.gradient(first, p).numpy(), outer.jacobian(first, p).numpy().tolist())
del outer
print(kept.numpy(), total.numpy(), np.mean([total, kept]), tf.constant(7) / 2, tf.constant([3]).dtype == tf.int32)
values = [tf.maximum(p, 1.5), tf.clip_by_norm(p, 1.0), tf.transpose(tf.stack([p, p]))[::-1]]
print([v.numpy().tolist() for v in values], tf.shape(p)[0].numpy(), len(p))
'''


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, runs.Run, runs.Run]:
    """The script above, converted, and the two runs."""
    script = tmp_path_factory.mktemp("convert") / "line.py"
    script.write_text(BEFORE, encoding="utf-8")
    facts, before = runs.observed(str(script), [])
    result = convert(Source(BEFORE), facts)
    assert (result.kind, result.stays, result.left) == ("fully", [], {}), result
    return result.text, before, runs.converted(result.text, str(script), [])


def test_a_script_of_which_all_has_a_counterpart_is_torch_alone(
    whole: tuple[str, runs.Run, runs.Run],
) -> None:
    text, before, after = whole
    assert "tfcompat" not in text and "tensorflow" not in text
    assert not after.ours
    assert runs.difference(before, after) is None
    assert len(before.gradients) == 8


def test_what_is_not_tensorflows_is_as_it_was(whole: tuple[str, runs.Run, runs.Run]) -> None:
    text = whole[0]
    for line in BEFORE.splitlines():
        if "tf." not in line and "tape" not in line and "assign" not in line and "tensorflow" not in line:
            if all(
                word not in line for word in ("numpy()", "super", "total", "inner", "outer", "@", "target - ")
            ):
                assert line in text.splitlines(), line
    for line in (
        "class Line(torch.nn.Module):",
        "        self.b = torch.nn.Parameter(torch.tensor(0.0))  # one number",
        "    with torch.enable_grad():",
        "        v.sub_(rate * g)",
        "total = total + 1",
        "    first = torch.autograd.grad(value, p, create_graph=True)[0]",
    ):
        assert line in text.splitlines(), text


def run(*words: str) -> int:
    return cli.main(["convert", *words])


UNREADABLE = {
    "empty.ipynb": (b"{}", "it has no list of cells"),
    "cut.ipynb": (b'{"cells": [', "is no JSON"),
    "two.ipynb": (
        b'{"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "source": "x = 1\\nprint x"}]}',
        "(cell 2, line 2)",
    ),
    "latin.py": (b"import tensorflow as tf\nx = '\xe4'\n", "is no text in utf-8"),
    "two.py": (b"import tensorflow as tf\nprint 'x'\n", "is no Python 3"),
    "other.py": (b"import numpy\n", "does not import tensorflow"),
    "user.py": (b"import tensorflow as tf\nimport other_tf\n", "imports other_tf.py"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, words = UNREADABLE[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "other_tf.py").write_text("import tensorflow\n")
    assert run(str(tmp_path / name)) == 2
    assert words in capsys.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([name, "other_tf.py"])


def test_nothing_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.py"
    script.write_text("import tensorflow as tf\n")
    (tmp_path / "a_torch.py").write_text("mine\n")
    assert run(str(script)) == 2
    assert "--force" in capsys.readouterr().err
    assert run("--force", "-o", str(script), str(script)) == 2
    assert "would be replaced" in capsys.readouterr().err
    assert run(str(tmp_path / "absent.py")) == 2
    assert "can't open file" in capsys.readouterr().err
    assert (tmp_path / "a_torch.py").read_text() == "mine\n"


def test_a_script_that_fails_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "fails.py"
    script.write_text("import tensorflow as tf\nprint(tf.lite.Interpreter)\n")
    assert run("--no-check", str(script)) == 1
    told = capsys.readouterr().err
    assert "ended with status 1" in told and "tf.lite" in told
    assert not (tmp_path / "fails_torch.py").exists()


KEPT = """\
from tensorflow import *
import tensorflow as tf
torch = 3
x = Variable([1.0, 2.0])
with tf.GradientTape() as tape:
    y = x * x
    z = reduce_sum(y ** 0)
print(tape.gradient(z, x))
tf = None
"""


def test_a_script_with_names_of_its_own_is_kept(tmp_path: Path) -> None:
    script = tmp_path / "kept.py"
    script.write_text(KEPT, encoding="utf-8")
    facts, before = runs.observed(str(script), [])
    result = convert(Source(KEPT), facts)
    assert result.kind == "kept"
    assert {
        (3, "the script has a name 'torch' of its own"),
        (7, "the gradient of ** at 0 is another one in torch"),
    } <= set(result.stays)
    assert "import tfcompat_tape as tf\n" in result.text and "from tfcompat_tape import *\n" in result.text
    after = runs.converted(result.text, str(script), [])
    after.gradients = before.gradients
    assert runs.difference(before, after) is None


def test_runs_are_compared_by_their_numbers() -> None:
    def of(*lines: str, gradients: list[object] | None = None) -> runs.Run:
        return runs.Run(list(lines), gradients or [])

    shown = of("tf.Tensor([1.25 2.], shape=(2,), dtype=float32) a1")
    assert runs.difference(shown, of("tensor([1.2500, 2.0000], grad_fn=<MulBackward0>) a1")) is None
    assert "1.25 became 1.35" in str(runs.difference(shown, of("tensor([1.35, 2.])")))
    assert "2 numbers are printed" in str(runs.difference(shown, of("1.25")))
    one, two = {"shape": [1], "values": [1.0]}, {"shape": [1], "values": [1.1]}
    told = runs.difference(of(gradients=[[4, [one, None]]]), of(gradients=[[0, [two, None]]]))
    assert told == "gradient 1, of line 4: 1 became 1.1"
    assert "is None in one" in str(runs.difference(of(gradients=[[4, one]]), of(gradients=[[0, None]])))


def test_options_may_stand_behind_the_script(tmp_path, monkeypatch):
    from tfcompat_tape.porting.convert import command

    seen = []
    monkeypatch.setattr(command, "run", lambda arguments: seen.append(arguments) or 0)
    assert cli.main(["convert", "a.py", "--steps", "3", "-o", "b.py", "--force", "--", "--compile"]) == 0
    assert cli.main(["convert", "--force", "a.py", "-o", "b.py"]) == 0
    behind, before = seen
    assert (behind.output, behind.force, behind.compile) == ("b.py", True, False)
    assert behind.args == ["--steps", "3", "--compile"]
    assert (before.output, before.args) == (None, ["-o", "b.py"])
