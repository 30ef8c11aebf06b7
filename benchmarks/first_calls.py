"""What the first call of a `tf.function` takes: tracing it, or finding its compiled code; and the memory of a step.

    python benchmarks/first_calls.py                          # this library; seconds of processor time
    PYTHON benchmarks/first_calls.py --library tensorflow     # the same for TensorFlow, in an environment that has it
    python benchmarks/first_calls.py --compiled               # twice: the second process finds code on disk
    python benchmarks/first_calls.py --memory eager           # or replayed, or compiled: peak of a step, in MiB

Processor time, the least of several functions: what others on the machine do matters little to it.
"""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path
from typing import Any

import data
import tf_workloads


def timed(call: Any) -> tuple[float, float]:
    """Seconds on the clock, and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


def peak() -> float:
    """The most memory that this process has held since it forgot what that was, in MiB."""
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024


def memory(tf: Any, how: str) -> None:
    """Print what a step with large activations takes beyond what the program holds."""
    random = tf.random.stateless_normal
    weights = [tf.Variable(random([512, 512], [0, i]) * 0.05) for i in range(6)]
    x = random([4096, 512], [1, 1])

    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            h = x
            for w in weights:
                h = tf.tanh(tf.matmul(h, w) * 1.5 + 0.1)
            loss = tf.reduce_mean(tf.square(h))
        return tape.gradient(loss, weights)

    run = {"eager": step, "replayed": tf.function(step), "compiled": tf.function(step, jit_compile=True)}[how]
    run(x[:16])  # what is loaded and made once
    Path("/proc/self/clear_refs").write_text("5")  # forget
    before = peak()
    for _ in range(2):
        run(x)
    print(f"{how}: {peak() - before:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--library", default="tfcompat_tape")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--memory", choices=("eager", "replayed", "compiled"))
    parser.add_argument("--functions", type=int, default=5, help="of each workload")
    arguments = parser.parse_args()
    tf = importlib.import_module(arguments.library)
    if arguments.memory:
        memory(tf, arguments.memory)
        return
    tf.function(lambda x: tf.tanh(x))(tf.constant(1.0))  # what is loaded once
    for name in data.NAMES:
        arrays = data.make(name)
        count = 1 if arguments.compiled else arguments.functions
        times = []
        for _ in range(count):
            run = getattr(tf_workloads, name)(tf, arrays)
            run()
            function = tf.function(run, jit_compile=True) if arguments.compiled else tf.function(run)
            clock, processor = timed(function)
            again = timed(function)[1]
            times.append((clock, processor - again))
        clock, processor = (min(column) for column in zip(*times, strict=True))
        print(
            f"{name}: {processor * 1e3:.0f} ms of the processor, {clock * 1e3:.0f} ms on the clock",
            flush=True,
        )


if __name__ == "__main__":
    main()
