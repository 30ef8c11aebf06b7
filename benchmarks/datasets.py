"""Pipelines of `tf.data` beside TensorFlow's and torch's DataLoader, over 100000 small elements.

    python benchmarks/datasets.py
    python benchmarks/datasets.py --tensorflow PYTHON

Each library runs in a process of its own, the processes in turns, and each turn gives the best of several runs: so what
else the machine does meets all of them. Printed is the median over the turns, in microseconds per element.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

COUNT, WIDTH, BATCH = 100_000, 16, 256
TURNS, RUNS = 3, 2
PIPELINES = {
    "scale": "map (scale and shift), batch, prefetch",
    "shuffle": "shuffle of 1000, map (scale and shift), batch, prefetch",
    "tanh": "map (tanh), batch, prefetch",
    "norm": "map (mean and deviation), batch, prefetch",
    "parallel": "map (mean and deviation) with AUTOTUNE, batch, prefetch",
}


def arrays() -> tuple[Any, Any]:
    """The elements: rows of numbers, and their numbers."""
    return np.random.RandomState(0).standard_normal((COUNT, WIDTH)).astype(np.float32), np.arange(COUNT)


def of_tensorflow(tf: Any, name: str) -> Callable[[], int]:
    """One run over the pipeline `name`, which gives how many elements there were."""

    def scale(x: Any, y: Any) -> Any:
        return x * 2.0 + 1.0, y

    def tanh(x: Any, y: Any) -> Any:
        return tf.tanh(x), y

    def norm(x: Any, y: Any) -> Any:
        return (x - tf.reduce_mean(x)) / tf.math.reduce_std(x), y

    found = tf.data.Dataset.from_tensor_slices(arrays())
    if name == "shuffle":
        found = found.shuffle(1000, seed=1)
    function = {"tanh": tanh, "norm": norm, "parallel": norm}.get(name, scale)
    found = found.map(function, num_parallel_calls=tf.data.AUTOTUNE if name == "parallel" else None)
    found = found.batch(BATCH).prefetch(tf.data.AUTOTUNE)
    return lambda: sum(int(y.shape[0]) for _, y in found)


def of_torch(name: str) -> Callable[[], int]:
    """The same with a DataLoader that has no workers."""
    import torch

    rows, numbers = map(torch.from_numpy, arrays())
    functions = {
        "tanh": torch.tanh,
        "norm": lambda x: (x - x.mean()) / x.std(correction=0),
        "parallel": lambda x: (x - x.mean()) / x.std(correction=0),
    }
    function = functions.get(name, lambda x: x * 2.0 + 1.0)

    class Rows(torch.utils.data.Dataset[Any]):
        def __len__(self) -> int:
            return COUNT

        def __getitem__(self, i: int) -> Any:
            return function(rows[i]), numbers[i]

    loader: Any = torch.utils.data.DataLoader(Rows(), batch_size=BATCH, shuffle=name == "shuffle")
    return lambda: sum(len(y) for _, y in loader)


def worker(library: str) -> None:
    """Print the seconds of the best run of each pipeline."""
    found = {}
    if library == "torch":
        makes: Any = of_torch
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        if library == "tensorflow":
            import tensorflow as tf
        else:
            import tfcompat_tape as tf

        def makes(name: str) -> Callable[[], int]:
            return of_tensorflow(tf, name)

    for name in PIPELINES:
        run = makes(name)
        best = float("inf")
        for _ in range(RUNS):
            began = time.perf_counter()
            assert run() == COUNT
            best = min(best, time.perf_counter() - began)
        found[name] = best
    print(json.dumps(found))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(options.worker)
        return
    pythons = {"tfcompat_tape": sys.executable, "torch": sys.executable}
    if options.tensorflow:
        pythons["tensorflow"] = options.tensorflow
    root = str(Path(__file__).resolve().parent.parent)
    times: dict[str, dict[str, list[float]]] = {
        name: {library: [] for library in pythons} for name in PIPELINES
    }
    for _ in range(TURNS):
        for library, python in pythons.items():
            environment = {**os.environ, "PYTHONPATH": root if library == "tfcompat_tape" else ""}
            command = [python, __file__, "--worker", library]
            found = subprocess.run(
                command, capture_output=True, text=True, check=True, env=environment, cwd=root
            )
            for name, seconds in json.loads(found.stdout.splitlines()[-1]).items():
                times[name][library].append(seconds)
    print(
        f"{'microseconds per element':58}"
        + "".join(f"{library:>15}" for library in pythons)
        + "   of the fastest other"
    )
    for name, title in PIPELINES.items():
        medians = {library: statistics.median(times[name][library]) / COUNT * 1e6 for library in pythons}
        other = min(value for library, value in medians.items() if library != "tfcompat_tape")
        shown = "".join(f"{medians[library]:15.2f}" for library in pythons)
        print(f"{title:58}{shown}   {medians['tfcompat_tape'] / other:.2f}x")


if __name__ == "__main__":
    main()
