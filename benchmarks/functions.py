"""`make bench`, second table: the workloads as they are, in a tf.function, and compiled, beside torch, in turns.

    taskset -c 0 python benchmarks/functions.py [NAME ...] [--threads N] [--seconds S] [--minima] [--in-a-row N] [--cpu]

One process; every column is run in each round, in an order that turns. Columns are medians in microseconds, in brackets
the median of the ratios to torch's run of the same round; with `--minima` both are of the quickest runs, which a busy
machine disturbs less. Each workload is checked first.

Where JAX can be imported there is a column for `jax.jit`, and one for the ratio of jit_compile to that. Pin the process
to one processor then: otherwise JAX takes several, and the thread pools disturb each other.
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
from speed import check

import tfcompat_tape as tf

COLUMNS = ("torch", "tfcompat_tape", "tf.function", "jit_compile")


def in_turns(
    runs: list[Callable[[], Any]], budget: float, count: int, clock: Callable[[], float]
) -> list[list[float]]:
    """Times of each of `runs`, by round, `count` in a row, until `budget` seconds are spent."""
    for run in runs * 3:
        run()
    times: list[list[float]] = [[] for _ in runs]
    order = list(range(len(runs)))
    gc.collect()
    end = time.perf_counter() + budget
    while time.perf_counter() < end or len(times[0]) < 10:
        order.append(order.pop(0))
        for i in order:
            times[i] += [data.seconds(runs[i], clock) for _ in range(count)]
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(data.NAMES), help="workloads; all by default")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=4.0, help="time to spend on each workload")
    parser.add_argument(
        "--in-a-row", type=int, default=1, help="runs of each column in a turn: 1 is with cold caches"
    )
    parser.add_argument("--cpu", action="store_true", help="processor time, where other programs run")
    parser.add_argument("--minima", action="store_true", help="minima in place of medians")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    try:
        import jax_workloads as jax
    except ImportError:
        jax = None

    print(f"torch {torch.__version__}, Python {platform.python_version()}, {args.threads} threads")
    middle: Any = min if args.minima else statistics.median
    print(f"{'minima' if args.minima else 'medians'} in microseconds, in brackets ratios to torch\n")
    header = ["workload", *COLUMNS, *(["JAX jit", "jit_compile / JAX"] if jax else []), "first compiled call"]
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for name in args.names:
        arrays = data.make(name)
        eager = getattr(tf_workloads, name)(tf, arrays)
        function, compiled = tf.function(eager), tf.function(eager, jit_compile=True)
        theirs = getattr(torch_workloads, name)(arrays, "cpu")
        first = data.seconds(compiled)
        runs = [theirs, eager, function, compiled]
        for ours in runs[1:]:
            check(name, ours(), theirs())
        if jax:
            runs.append(getattr(jax, name)(arrays))
            check(name, flat(runs[-1]()), theirs())
        clock = time.process_time if args.cpu else time.perf_counter
        times = in_turns(runs, args.seconds, args.in_a_row, clock)

        def ratio(column: list[float], other: list[float]) -> str:
            if args.minima:
                return f"{min(column) / min(other):.2f}"
            return f"{statistics.median(x / y for x, y in zip(column, other, strict=True)):.2f}"

        cells = [f"{middle(times[0]) * 1e6:.0f}"]
        cells += [f"{middle(column) * 1e6:.0f} ({ratio(column, times[0])})" for column in times[1:]]
        if jax:
            cells.append(ratio(times[3], times[4]))
        print("| " + " | ".join([name, *cells, f"{first:.2f} s"]) + " |", flush=True)


def flat(value: Any) -> list[Any]:
    """The arrays in nested lists and tuples."""
    return [x for one in value for x in flat(one)] if isinstance(value, (list, tuple)) else [value]


if __name__ == "__main__":
    main()
