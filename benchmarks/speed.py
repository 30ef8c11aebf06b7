"""`make bench`: the eight workloads against torch, in one process, interleaved run by run, as ratios.

    python benchmarks/speed.py [NAME ...] [--device cuda] [--threads N] [--seconds S]
                               [--tensorflow PYTHON] [--jax PYTHON]

A ratio below 1 means that this package took less time than torch.autograd or torch.func. Each workload is checked
first: both must give the same gradient.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import data
import numpy as np
import tf_workloads
import torch
import torch_workloads

import tfcompat_tape as tf

TARGETS = dict.fromkeys(data.NAMES, 1.03) | dict.fromkeys(("chain", "mlp64", "penalty"), 0.9)


def check(name: str, ours: Any, theirs: Any) -> None:
    """Both frameworks must have computed the same thing."""
    ours = ours if isinstance(ours, (list, tuple)) else [ours]
    theirs = theirs if isinstance(theirs, (list, tuple)) else [theirs]
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.array(a), b.detach().cpu().numpy(), rtol=1e-3, atol=1e-5, err_msg=name)


def interleaved(first: Any, second: Any, budget: float, device: str) -> tuple[list[float], list[float]]:
    """Times of both, taken in turns until `budget` seconds are spent."""
    synchronize = torch.cuda.synchronize if device == "cuda" else lambda: None
    for _ in range(5):
        first(), second()
    synchronize()
    a: list[float] = []
    b: list[float] = []
    gc.collect()
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(a) < 10:
        for run, times in ((first, a), (second, b)) if len(a) % 2 else ((second, b), (first, a)):
            start = time.perf_counter()
            run()
            synchronize()
            times.append(time.perf_counter() - start)
    return a, b


def elsewhere(python: str, framework: str) -> dict[str, dict[str, float]]:
    """Medians measured by another environment, in seconds."""
    script = Path(__file__).with_name("elsewhere.py")
    done = subprocess.run([python, str(script), framework], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{framework}: {python} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
        return {}
    result: dict[str, dict[str, float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(data.NAMES), help="workloads; all by default")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=4.0, help="time to spend on each workload")
    parser.add_argument(
        "--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow, for two more columns"
    )
    parser.add_argument("--jax", metavar="PYTHON", help="a Python that has JAX, for one more column")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    others: dict[str, dict[str, float]] = {name: {} for name in data.NAMES}
    for python, framework in ((args.tensorflow, "tensorflow"), (args.jax, "jax")):
        if python:
            for name, times in elsewhere(python, framework).items():
                others[name].update(times)
    extra = sorted({label for times in others.values() for label in times}, reverse=True)

    place = torch.cuda.get_device_name() if args.device == "cuda" else f"{platform.machine()} CPU"
    print(f"torch {torch.__version__}, Python {platform.python_version()}, {place}, {args.threads} threads")
    print("medians in microseconds; ratio: the median of the ratios of neighbouring runs\n")
    header = ["workload", "tfcompat_tape", "torch", "ratio", "target", *extra]
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for name in args.names:
        arrays = data.make(name)
        with tf.device("/GPU:0" if args.device == "cuda" else "/CPU:0"):
            ours = getattr(tf_workloads, name)(tf, arrays)
            theirs = getattr(torch_workloads, name)(arrays, args.device)
            check(name, ours(), theirs())
            a, b = interleaved(ours, theirs, args.seconds, args.device)
        ratio = statistics.median(x / y for x, y in zip(a, b, strict=True))
        cells = [f"{statistics.median(a) * 1e6:.0f}", f"{statistics.median(b) * 1e6:.0f}", f"{ratio:.2f}"]
        cells += [f"<= {TARGETS[name]}"]
        cells += [f"{others[name][label] * 1e6:.0f}" if label in others[name] else "-" for label in extra]
        print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
