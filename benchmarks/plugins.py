"""`make bench-plugins`: what plugins cost ten thousand ops under a tape, and their gradient.

    python benchmarks/plugins.py [--before CHECKOUT] [--rounds N]

Compared in one process, in turns: no plugin; a plugin with an op, a default gradient and an observer of gradients; an
observer of every op. With --before, the same ten thousand ops without a plugin in another checkout of this project (one
from before there were plugins, say), in processes of their own, in turns.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

OPS = 10_000
HERE = Path(__file__).resolve().parent.parent


def workload() -> Any:
    """Ten thousand ops (four kinds, as in a scalar chain) and one gradient."""
    import tfcompat_tape as tf

    x = tf.constant(0.5)

    def run() -> None:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x
            for _ in range(OPS // 4):
                y = tf.sin(y) * 1.01 + 0.1
                y = tf.tanh(y)
        tape.gradient(y, x)

    return run


def timed(run: Any, times: int = 3) -> float:
    """Seconds of one run: the quickest of some, which is the least disturbed one."""
    seconds = []
    for _ in range(times):
        gc.collect()
        gc.disable()
        try:
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        finally:
            gc.enable()
    return min(seconds)


def alone(runs: int) -> float:
    """Seconds of the quickest of some runs in this process, in which no plugin was loaded."""
    run = workload()
    for _ in range(3):
        run()
    return timed(run, runs)


def in_one_process(rounds: int) -> dict[str, list[float]]:
    """Ratios to no plugin at all, by what is loaded."""
    import tfcompat_tape as tf

    class Quiet:
        """An op, a default gradient and an observer of gradients."""

        @tf.plugins.hookimpl
        def tfcompat_ops(self) -> list[Any]:
            return [tf.plugins.OpDefinition("BenchCube", lambda x: x**3, "x", gradient=lambda op, dy: dy)]

        @tf.plugins.hookimpl
        def tfcompat_gradients(self) -> list[Any]:
            return [tf.plugins.GradientDefinition("Sign", lambda op, dy: dy, default=True)]

        @tf.plugins.hookimpl
        def tfcompat_observers(self) -> list[Any]:
            return [self]

        def gradient_computed(self, event: Any) -> None:
            pass

    class Watching:
        """An observer of every op."""

        @tf.plugins.hookimpl
        def tfcompat_observers(self) -> list[Any]:
            return [self]

        def op_recorded(self, event: Any) -> None:
            pass

    def loaded(plugin: Any) -> float:
        with tf.plugins.load(plugin):
            return timed(run)

    run = workload()
    for _ in range(3):
        run()
    ways = {
        "again no plugin": lambda: timed(run),
        "a plugin, no observer of ops": lambda: loaded(Quiet()),
        "an observer of ops": lambda: loaded(Watching()),
    }
    ratios: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(rounds):
        for name, way in ways.items():
            pair = [timed(run), way()] if i % 2 else [way(), timed(run)][::-1]
            ratios[name].append(pair[1] / pair[0])
    return ratios


def process(checkout: Path, runs: int) -> float:
    """`alone` in a fresh process that imports the package of `checkout`."""
    code = f"import sys; sys.path.insert(0, {str(HERE / 'benchmarks')!r}); import plugins; print(plugins.alone({runs}))"
    env = os.environ | {"PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=checkout, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, metavar="CHECKOUT", help="another checkout to compare with")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    for name, ratios in in_one_process(arguments.rounds).items():
        show(f"{name} / no plugin", ratios)
    if arguments.before:
        before, now = [], []
        for i in range(arguments.rounds):
            for checkout, times in ((arguments.before, before), (HERE, now))[:: 1 if i % 2 else -1]:
                times.append(process(checkout.resolve(), 5))
        show("no plugin / before", [b / a for a, b in zip(before, now, strict=True)])
        print(f"{OPS} ops and a gradient: {1000 * statistics.median(before):.1f} ms before, "
              f"{1000 * statistics.median(now):.1f} ms now")  # fmt: skip


def show(name: str, ratios: list[float]) -> None:
    """The median of some ratios, and how far they spread."""
    low, _, high = statistics.quantiles(ratios, n=4)
    print(f"{name:45}{statistics.median(ratios):6.3f}   (half of the pairs between {low:.3f} and {high:.3f})")


if __name__ == "__main__":
    main()
