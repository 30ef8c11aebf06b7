"""`make bench`, second table: the workloads as they are, in a tf.function, and compiled, beside torch, in turns.

    python benchmarks/functions.py [NAME ...] [--threads N] [--seconds S] [--jax PYTHON]

One process; every column is run in each round, in an order that turns. Columns are medians in microseconds, in brackets
the median of the ratios to torch's run of the same round. Each workload is checked first.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import data
import tf_workloads
import torch
import torch_workloads
from speed import check, elsewhere

import tfcompat_tape as tf

COLUMNS = ("torch", "tfcompat_tape", "tf.function", "jit_compile")


def in_turns(runs: list[Callable[[], Any]], budget: float) -> list[list[float]]:
    """Times of each of `runs`, by round, until `budget` seconds are spent."""
    for run in runs * 3:
        run()
    times: list[list[float]] = [[] for _ in runs]
    order = list(range(len(runs)))
    gc.collect()
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(times[0]) < 10:
        order.append(order.pop(0))
        for i in order:
            times[i].append(data.seconds(runs[i]))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(data.NAMES), help="workloads; all by default")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=4.0, help="time to spend on each workload")
    parser.add_argument("--jax", metavar="PYTHON", help="a Python that has JAX, for one more column")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    jax = elsewhere(args.jax, "jax") if args.jax else {}

    print(f"torch {torch.__version__}, Python {platform.python_version()}, {args.threads} threads")
    print("medians in microseconds, and the median of the ratios to torch's run of the same round\n")
    header = ["workload", *COLUMNS, *(["JAX jit"] if jax else []), "first compiled call"]
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for name in args.names:
        arrays = data.make(name)
        eager = getattr(tf_workloads, name)(tf, arrays)
        function, compiled = tf.function(eager), tf.function(eager, jit_compile=True)
        theirs = getattr(torch_workloads, name)(arrays, "cpu")
        first = data.seconds(compiled)
        for ours in (eager, function, compiled):
            check(name, ours(), theirs())
        times = in_turns([theirs, eager, function, compiled], args.seconds)
        cells = [f"{statistics.median(times[0]) * 1e6:.0f}"]
        for column in times[1:]:
            ratio = statistics.median(x / y for x, y in zip(column, times[0], strict=True))
            cells.append(f"{statistics.median(column) * 1e6:.0f} ({ratio:.2f})")
        if jax:
            cells.append(f"{jax[name]['JAX jit'] * 1e6:.0f}" if "JAX jit" in jax.get(name, {}) else "-")
        print("| " + " | ".join([name, *cells, f"{first:.2f} s"]) + " |", flush=True)


if __name__ == "__main__":
    main()
