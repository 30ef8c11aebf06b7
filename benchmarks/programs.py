"""Whole programs beside real TensorFlow and beside Keras on torch.

    python benchmarks/programs.py
    python benchmarks/programs.py --tensorflow PYTHON
    python benchmarks/programs.py --only mlp_32 loop --threads 2

Each library runs in a process of its own; the processes take turns, run by run, and only one works at a time: so what
else the machine does meets all of them. Printed are medians in microseconds per step, and medians of the ratios of
neighbouring runs: below 1 this package took less time. GPflow and DeepXDE take part where `tools/libraries.py` has
installed them, or where they are importable. What programs say goes to a file with --log.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODES = {
    "tfcompat_tape": ("eager", "function", "compiled"),
    "tensorflow": ("eager", "function"),
    "torch": ("eager",),
}
# What is held against what: a run here, a run there.
PAIRS = (
    (("tfcompat_tape", "eager"), ("tensorflow", "eager")),
    (("tfcompat_tape", "function"), ("tensorflow", "function")),
    (("tfcompat_tape", "compiled"), ("tensorflow", "function")),
    (("tfcompat_tape", "function"), ("torch", "eager")),
    (("tfcompat_tape", "eager"), ("torch", "eager")),
)


def worker(library: str, threads: int, clock: Callable[[], float]) -> None:
    """Answer each line "PROGRAM MODE" by a line of JSON: seconds a step, and the loss."""
    if library != "tensorflow":
        import torch

        torch.set_num_threads(threads)
    if library == "tfcompat_tape":
        import tfcompat_tape as tf

        tf.install()
    elif library == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    from program_workloads import PROGRAMS

    made: dict[str, Any] = {}
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what programs print is no answer
    for line in sys.stdin:
        name, mode = line.split()
        try:
            if line not in made:
                made[line] = PROGRAMS[name](mode)
                first = made[line][1]()
                made[line][1]()
            else:
                first = None
            steps, run = made[line]
            began = clock()
            run()
            answer = {"seconds": (clock() - began) / steps, "loss": first}
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), file=answers, flush=True)


class Worker:
    """A process that measures."""

    def __init__(
        self, library: str, python: str, threads: int, folders: list[str], log: str | None, cpu: bool
    ) -> None:
        paths = [*([str(ROOT)] if library == "tfcompat_tape" else []), *folders]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "KERAS_BACKEND": "torch" if library == "torch" else "tensorflow",
            "OMP_NUM_THREADS": str(threads),
            "CUDA_VISIBLE_DEVICES": "",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        with Path(log or os.devnull).open("a") as file:
            self.process = subprocess.Popen(
                [
                    python,
                    __file__,
                    "--worker",
                    library,
                    "--threads",
                    str(threads),
                    *(["--cpu"] if cpu else []),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                env=environment,
            )

    def ask(self, name: str, mode: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{name} {mode}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else {"error": "the process has ended"}


def measure(workers: dict[str, Worker], name: str, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Seconds a step in each round, for each library and mode that can run the program."""
    times: dict[tuple[str, str], list[float]] = {}
    losses = {}
    for library, one in workers.items():
        if library == "torch" and name in ("gpflow", "deepxde"):
            continue
        for mode in MODES[library]:
            answer = one.ask(name, mode)
            if "error" in answer:
                print(f"{name}, {library} {mode}: {answer['error']}", file=sys.stderr)
                continue
            times[library, mode] = []
            losses[library, mode] = answer["loss"]
    shown = ", ".join(f"{library} {mode} {loss:.6g}" for (library, mode), loss in losses.items())
    print(f"{name}: losses of the first run: {shown}", file=sys.stderr)
    for _ in range(rounds):
        for library, mode in times:
            times[library, mode].append(workers[library].ask(name, mode)["seconds"])
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow and Keras")
    parser.add_argument("--threads", type=int, default=1, help="of each library's kernels (1)")
    parser.add_argument("--rounds", type=int, default=9, help="how often each takes its turn (9)")
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", help="some of the programs")
    parser.add_argument("--log", metavar="FILE", help="for what the programs print")
    parser.add_argument("--cpu", action="store_true", help="processor time, where other programs run")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(options.worker, options.threads, time.process_time if options.cpu else time.perf_counter)
        return
    from program_workloads import PROGRAMS

    folders = [
        str(path) for path in map((ROOT / ".libraries").joinpath, ("gpflow", "deepxde")) if path.is_dir()
    ]
    pythons = {"tfcompat_tape": sys.executable, "torch": sys.executable}
    if options.tensorflow:
        pythons["tensorflow"] = options.tensorflow
    workers = {
        library: Worker(library, python, options.threads, folders, options.log, options.cpu)
        for library, python in pythons.items()
    }
    runs = [(library, mode) for library in workers for mode in MODES[library]]
    pairs = [pair for pair in PAIRS if set(pair) <= set(runs)]
    header = ["program", *(f"{library} {mode}" for library, mode in runs)]
    header += [f"{mode} / {library} {other}" for (_, mode), (library, other) in pairs]
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header), flush=True)
    for name in options.only or PROGRAMS:
        times = measure(workers, name, options.rounds)
        row = [PROGRAMS[name].__doc__]
        row += [f"{statistics.median(times[one]) * 1e6:.0f}" if times.get(one) else "-" for one in runs]
        for ours, other in pairs:
            both = zip(times.get(ours, []), times.get(other, []), strict=False)
            ratios = [one / another for one, another in both]
            row.append(f"{statistics.median(ratios):.2f}" if ratios else "-")
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
    for one in workers.values():
        if one.process.stdin:
            one.process.stdin.close()
        one.process.wait()


if __name__ == "__main__":
    main()
