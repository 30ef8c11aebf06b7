"""Each line of the table of `tfcompat convert`, and its operators, against what TensorFlow answered."""

import builtins
import json
import math
from pathlib import Path
from typing import Any

import convert_lines as lines
import numpy as np
import pytest
import torch

import tfcompat_tape as tf
from tfcompat_tape.porting.convert import table
from tfcompat_tape.porting.convert.observe import Observer
from tfcompat_tape.porting.convert.script import Converted, convert
from tfcompat_tape.porting.convert.source import Source

ANSWERS = json.loads(Path(__file__).with_name("convert_lines.json").read_text(encoding="utf-8"))


def converted(line: str, monkeypatch: pytest.MonkeyPatch) -> Converted:
    """What a script of this one line becomes, where a tape records it."""
    names = [] if lines.PLAIN.match(line) else lines.sources(line)
    text = "import numpy as np\nimport tensorflow as tf\nwith tf.GradientTape() as tape:\n"
    text += "".join(f"    tape.watch({name})\n" for name in names) + f"    result = {line}\n"
    observer = Observer(Source(text))
    tree = observer.prepare()
    monkeypatch.setattr(builtins, "__tfcompat_see__", observer.see, raising=False)
    monkeypatch.setattr(builtins, "__tfcompat_call__", observer.call_tape, raising=False)
    tf.install()
    try:
        exec(
            compile(tree, "<line>", "exec"),
            {name: tf.constant(value) for name, value in lines.INPUTS.items()},
        )
    finally:
        tf.uninstall()
    observer.facts.recorded = set(observer.source.number.values()) if names else set()
    return convert(Source(text), observer.facts)


@pytest.mark.parametrize("line", ANSWERS)
def test_a_line_gives_what_tensorflow_gives(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = converted(line, monkeypatch)
    assert result.kind == "fully", (result.stays, result.left)
    names: dict[str, Any] = {name: torch.tensor(value) for name, value in lines.INPUTS.items()}
    with torch.enable_grad():
        exec(result.text, names)
        torch.set_grad_enabled(True)
        results = names["result"] if isinstance(names["result"], (list, tuple)) else [names["result"]]
        total = sum(
            (y * torch.tensor(lines.weights(tuple(y.shape))).to(y.dtype)).sum()
            for y in results
            if y.is_floating_point()
        )
    values, gradients = ANSWERS[line]
    assert len(results) == len(values)
    for y, (dtype, shape, numbers) in zip(results, values, strict=True):
        assert (str(y.dtype), list(y.shape)) == (f"torch.{dtype}", shape), (line, result.text)
        close(y.detach().reshape(-1).tolist(), numbers, result.text)
    if not gradients or lines.PLAIN.match(line):
        return
    sources = [names[name] for name in lines.sources(line)]
    found: Any = [None] * len(sources)
    if isinstance(total, torch.Tensor) and total.requires_grad:
        found = torch.autograd.grad(total, sources, allow_unused=True)
    for g, numbers in zip(found, gradients, strict=True):
        assert (g is None) == (numbers is None), result.text
        if g is not None:
            close(g.reshape(-1).tolist(), numbers, result.text)


def test_a_call_without_a_counterpart_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for line, name in (
        ("tf.reduce_sum(x, axis=())", "tf.reduce_sum"),
        ("tf.math.bessel_i0(x)", "tf.math.bessel_i0"),
        ("tf.pow(x, y)", "tf.pow"),
    ):
        result = converted(line, monkeypatch)
        assert result.left == {name: 1}
        assert f"to_torch({name})(x" in result.text and f"# {name} is TensorFlow's" in result.text
    result = converted("x ** y", monkeypatch)
    assert result.kind == "kept" and "import tfcompat_tape as tf" in result.text


def close(found: list[float], wanted: list[float], what: str) -> None:
    largest = max([abs(x) for x in wanted if math.isfinite(x)], default=0.0)
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6 * max(1.0, largest), err_msg=what)


def test_every_name_is_in_a_line() -> None:
    text = "\n".join(lines.LINES)
    used = {found.symbol for word in set(lines.words(text)) if (found := table.find(word)) is not None}
    assert set(table.entries()) - used == set()
