"""`make bench-explain`: what tracing costs. Nothing while it is off, also after it was on; and how much while it is on.

    python benchmarks/explain.py [NAME ...] [--seconds S] [--threads N]

With tracing off, the ratio to torch is measured twice, in one process: before any tape was traced and afterwards. With
tracing on (as under TFCOMPAT_EXPLAIN=1) the same gradients are computed by tapes that write everything down.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from typing import Any

import data
import tf_workloads
import torch
import torch_workloads
from speed import check, interleaved

import tfcompat_tape as tf
from tfcompat_tape.core.tensor import Tensor
from tfcompat_tape.core.variable import Variable

NAMES = ("chain", "mlp64", "penalty", "mlp512")
TRACED = "TFCOMPAT_EXPLAIN"


def methods() -> list[Any]:
    """All methods of the two classes through which every value passes."""
    return [dict(vars(Tensor)), dict(vars(Variable))]


def quartile(times: list[float]) -> float:
    """The lower quartile: a run that other processes interrupt says nothing."""
    return statistics.quantiles(times, n=4)[0]


def timed(run: Any, budget: float) -> float:
    """The time of `run`."""
    run()
    times = []
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return quartile(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(NAMES), help="workloads")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=3.0, help="time to spend on each measurement")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    os.environ.pop(TRACED, None)
    print(
        f"torch {torch.__version__}, Python {platform.python_version()}, {args.threads} threads; microseconds\n"
    )
    print("| workload | tracing off | ratio to torch | the same after tracing | tracing on | factor |")
    print("|---|---|---|---|---|---|")
    plain = methods()
    for name in args.names:
        arrays = data.make(name)
        with tf.device("/CPU:0"):
            ours = getattr(tf_workloads, name)(tf, arrays)
            theirs = getattr(torch_workloads, name)(arrays, "cpu")
            check(name, ours(), theirs())
            assert methods() == plain, "a method was replaced though no tape is traced"
            a, b = interleaved(ours, theirs, args.seconds, "cpu")
            os.environ[TRACED] = "1"
            check(name, ours(), theirs())
            traced = timed(ours, args.seconds)
            del os.environ[TRACED]
            assert methods() == plain, "a method stayed replaced after the last traced tape"
            c, d = interleaved(ours, theirs, args.seconds, "cpu")
        before = statistics.median(x / y for x, y in zip(a, b, strict=True))
        after = statistics.median(x / y for x, y in zip(c, d, strict=True))
        off = quartile(a)
        cells = [
            f"{off * 1e6:.0f}",
            f"{before:.2f}",
            f"{after:.2f}",
            f"{traced * 1e6:.0f}",
            f"{traced / off:.1f}",
        ]
        print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
