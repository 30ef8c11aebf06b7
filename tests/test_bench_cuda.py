"""The benchmarks for a GPU, with small sizes on the CPU: that they run, compare, and say that no GPU was there."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

FOLDER = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    spec = importlib.util.spec_from_file_location("bench_cuda", FOLDER / "cuda.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.on = lambda *arguments: (
        monkeypatch.setattr(sys, "argv", ["cuda.py", *map(str, arguments)]) or module.main()
    )
    yield module
    for name in ("memory", "data"):
        sys.modules.pop(name, None)


def test_every_workload_runs_and_is_compared(bench: Any, tmp_path: Path) -> None:
    written = tmp_path / "table.md"
    # In a process of its own: it collects garbage often, and this process has much.
    options = ["--device", "cpu", "--small", "--rounds", "1", "--write", str(written)]
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    subprocess.run([sys.executable, str(FOLDER / "cuda.py"), *options], check=True, env=environment)
    text = written.read_text()
    assert "no GPU: on the CPU" in text and "The sizes are small: these are no measurements." in text
    rows = [line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if line.startswith("| ")]
    ours = [row for row in rows if not row.endswith(", JAX")]
    assert ours == ["workload", *bench.WORKLOADS, "functions, tf.function"]


def test_another_result_is_no_row_of_figures(
    bench: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = bench.Workload(lambda: torch.ones(2), lambda: torch.tensor([1.0, 1.1]))
    monkeypatch.setitem(bench.WORKLOADS, "hvp", lambda small, device: wrong)
    assert bench.on("--device", "cpu", "--small", "--only", "hvp") == 1
    assert "| hvp | failed: AssertionError: ours: Tensor-likes are not close!" in capsys.readouterr().out


def test_where_no_gpu_is_nothing_is_measured(
    bench: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert bench.on() == 2
    assert "No GPU here" in capsys.readouterr().out
