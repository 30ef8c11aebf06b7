"""`make bench-distributed`: what several ranks gain and what they send; one core each, gloo over loopback.

    python benchmarks/distributed.py [--rounds 5] [--small] [--only rows tape bytes]

Three tables. Results are compared first, with those of one process.

  rows    a batch Jacobian and a Hessian, by one process and split over two. In turns in the same two processes: while
          the first computes all by itself, the other one waits.
  tape    a step of a 3x512 MLP: the tape alone, DistributedGradientTape, and torch's DistributedDataParallel, in turns.
  bytes   what a rank sends, as the kernel counts it on gloo's connections (TCP_INFO), with 1, 2, 3 and 4 ranks.

Wall times are the least of all rounds. Where other programs run they say little, so processor time (of all threads of a
process, the most of both ranks) stands beside them: it has all that a rank does, and not what it waits.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

import tfcompat_tape as tf

derivatives = tf.derivatives

BYTES_SENT = 200  # where TCP_INFO has them


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="sizes that say nothing about time")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        torch.set_num_threads(1)
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        if cores:
            os.sched_setaffinity(0, {cores[int(os.environ["RANK"]) % len(cores)]})
        found = PARTS[options.worker][0](options)
        if os.environ["RANK"] == "0":
            print(json.dumps(found))
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}, torch {torch.__version__}")
    if cores < 2:
        print("Two processes share one core here: wall times of two ranks say nothing.")
    for name in options.only:
        _, sizes, show = PARTS[name]
        show({size: on_ranks(name, size, options) for size in sizes})


def on_ranks(part: str, size: int, options: Any) -> Any:
    """What rank 0 of `size` processes finds."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    command = [sys.executable, __file__, "--worker", part, "--rounds", str(options.rounds)]
    command += ["--small"] * options.small
    processes = []
    for rank in range(size):
        env = {**os.environ, "RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_RANK": str(rank)}
        env |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
        processes.append(subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True))
    outputs = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        sys.exit(f"a rank failed: {[process.returncode for process in processes]}")
    return json.loads(outputs[0].splitlines()[-1])


def _ranks() -> Any:
    from tfcompat_tape.distribute import ranks

    torch.distributed.init_process_group("gloo")
    return ranks.of(None)


def _timed(run: Callable[[], Any]) -> tuple[float, float]:
    """Wall time and processor time of one run."""
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - cpu


# -- rows --------------------------------------------------------------------------------------------------------------


def _batch(small: bool) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    width, batch = (16, 8) if small else (256, 256)
    torch.manual_seed(0)
    x = tf.constant(torch.randn(batch, width))
    layers = [tf.constant(torch.randn(width, width) / width**0.5) for _ in range(8)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x
        for w in layers:
            y = tf.tanh(y @ w)
    return (
        1,
        lambda: tape.batch_jacobian(y, x)._t,
        lambda: derivatives.batch_jacobian(tape, y, x, over="all").to_local(),
    )


def _hessian(small: bool) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    width = 16 if small else 2048
    torch.manual_seed(0)
    x = tf.constant(torch.randn(width))
    layers = [tf.constant(torch.randn(width, width) / width**0.5) for _ in range(4)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        h = x
        for w in layers:
            h = tf.tanh(tf.linalg.matvec(w, h))
        y = tf.reduce_sum(h)
    return (
        0,
        lambda: derivatives.hessian(tape, y, x)._t,
        lambda: derivatives.hessian(tape, y, x, over="all").to_local(),
    )


def rows(options: Any) -> Any:
    """Times of one process and of each of two."""
    ranks = _ranks()
    found = {}
    for name, make in (("batch Jacobian", _batch), ("Hessian", _hessian)):
        axis, alone, split = make(options.small)
        part = torch.chunk(alone(), ranks.size, axis)[ranks.rank]
        torch.testing.assert_close(split(), part, rtol=1e-4, atol=1e-5)
        times: list[Any] = []
        for _ in range(options.rounds):
            ranks.barrier("alone")
            one = _timed(alone) if ranks.rank == 0 else (0.0, 0.0)
            ranks.barrier("both")
            two = _timed(split)
            times.append([one, *ranks.exchange(two, "times")])
        found[name] = times
    return found


def show_rows(found: dict[int, Any]) -> None:
    print("\n| | wall, 1 process | 2 processes | gain | processor time, 1 | of each of 2 | gain |")
    print("|---|---|---|---|---|---|---|")
    for name, times in found[2].items():
        wall, cpu = (
            (min(one[0][k] for one in times), min(max(one[1][k], one[2][k]) for one in times)) for k in (0, 1)
        )
        cells = [f"{t[0]:.2f} s | {t[1]:.2f} s | {t[0] / t[1]:.2f}x" for t in (wall, cpu)]
        print(f"| {name} | {' | '.join(cells)} |")


# -- the tape ----------------------------------------------------------------------------------------------------------


def tape(options: Any) -> Any:
    """Times of a step: alone, over ranks, and by torch's DDP."""
    from torch.nn.parallel import DistributedDataParallel

    ranks = _ranks()
    width = 32 if options.small else 512
    found = {}
    for batch in (8,) if options.small else (128, 512):
        torch.manual_seed(0)
        layers = [torch.nn.Linear(width, width) for _ in range(3)]
        weights = [tf.Variable(layer.weight.detach().T.contiguous()) for layer in layers]
        biases = [tf.Variable(layer.bias.detach().clone()) for layer in layers]
        variables = [v for pair in zip(weights, biases, strict=True) for v in pair]
        raw = torch.randn(ranks.size, batch, width)[ranks.rank]
        x = tf.constant(raw)

        def recorded(x: Any = x, weights: Any = weights, biases: Any = biases) -> Any:
            with tf.GradientTape() as tape:
                h = x
                for w, b in zip(weights, biases, strict=True):
                    h = tf.tanh(h @ w + b)
                loss = tf.reduce_mean(h * h)
            return tape, loss

        def alone(variables: Any = variables, recorded: Any = recorded) -> Any:
            tape, loss = recorded()
            return tape.gradient(loss, variables)

        def averaged(variables: Any = variables, recorded: Any = recorded) -> Any:
            tape, loss = recorded()
            return tf.interop.DistributedGradientTape(tape).gradient(loss, variables)

        modules: list[Any] = []
        for layer in layers:
            modules += [layer, torch.nn.Tanh()]
        model = DistributedDataParallel(torch.nn.Sequential(*modules))

        def ddp(model: Any = model, raw: Any = raw) -> Any:
            model.zero_grad()
            h = model(raw)
            (h * h).mean().backward()
            return [p.grad for p in model.parameters()]

        def own(layers: Any = layers, raw: Any = raw) -> Any:
            h = raw
            for layer in layers:
                h = torch.tanh(layer(h))
            return torch.autograd.grad((h * h).mean(), [p for layer in layers for p in layer.parameters()])

        for got, want in zip(averaged(), ddp(), strict=True):
            torch.testing.assert_close(got._t, want.T if want.ndim == 2 else want, rtol=1e-4, atol=1e-6)
        flat = torch.zeros(sum(v._t.numel() for v in variables))

        def bare(flat: Any = flat) -> Any:
            torch.distributed.all_reduce(flat)

        runs = {"alone": alone, "averaged": averaged, "DDP": ddp, "torch": own, "bare": bare}
        for run in runs.values():
            for _ in range(3):
                run()
        times: dict[str, list[Any]] = {name: [] for name in runs}
        for _ in range(options.rounds * (1 if options.small else 12)):
            for name, run in runs.items():
                ranks.barrier(name)
                times[name].append(_timed(lambda run=run: [run() for _ in range(4)]))
        every = ranks.exchange(times, "times")
        found[str(batch)] = {
            name: [
                min(max(one[name][i][k] for one in every) for i in range(len(times[name]))) / 4
                for k in (0, 1)
            ]
            for name in runs
        }
    return found


def show_tape(found: dict[int, Any]) -> None:
    print(
        "\n| a step, us | batch | tape | DistributedGradientTape | all-reduce alone | torch | DDP | to DDP |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for batch, times in found[2].items():
        for k, kind in enumerate(("wall", "processor time")):
            alone, averaged, bare, own, ddp = (
                times[name][k] * 1e6 for name in ("alone", "averaged", "bare", "torch", "DDP")
            )
            print(
                f"| {kind} | {batch} | {alone:.0f} | {averaged:.0f} ({100 * (averaged / alone - 1):+.0f} %) "
                f"| {bare:.0f} ({100 * bare / alone:.0f} %) | {own:.0f} "
                f"| {ddp:.0f} ({100 * (ddp / own - 1):+.0f} %) | {averaged / ddp:.2f}x |"
            )


# -- bytes -------------------------------------------------------------------------------------------------------------


def sent() -> int:
    """Bytes that this process has sent over TCP so far, but for those to the store by which ranks find each other."""
    total = 0
    store = int(os.environ["MASTER_PORT"])
    for number in os.listdir("/proc/self/fd"):
        try:
            if not stat.S_ISSOCK(os.stat(f"/proc/self/fd/{number}").st_mode):
                continue
            with socket.socket(fileno=os.dup(int(number))) as s:
                if store in (s.getsockname()[1], s.getpeername()[1]):
                    continue
                told = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
                total += struct.unpack_from("Q", told, BYTES_SENT)[0]
        except (OSError, IndexError, struct.error):  # no connection, or none of TCP
            continue
    return total


def moved(options: Any) -> Any:
    """Bytes that a rank sends, the most of all ranks."""
    ranks = _ranks()
    width = 48 if options.small else 480  # of which 1, 2, 3 and 4 are divisors
    torch.manual_seed(0)
    x = tf.constant(torch.randn(width))
    v = tf.Variable(torch.randn(width, width) / width**0.5)
    examples = tf.constant(torch.randn(12, width))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, examples])
        y = tf.tanh(tf.linalg.matvec(v, x))
        z = tf.reduce_sum(y * y)
        h = tf.tanh(examples @ v)
        loss = tf.reduce_mean(h * h)
    vector = tf.ones_like(v)

    def averaged() -> Any:
        tf.interop.DistributedGradientTape(tape).gradient(loss, [v])

    runs = {
        "jacobian": lambda: derivatives.jacobian(tape, y, x, over="all"),
        "jacobian, gathered": lambda: derivatives.jacobian(tape, y, x, over="all", gather=True),
        "batch_jacobian": lambda: derivatives.batch_jacobian(tape, h, examples, over="all"),
        "hessian": lambda: derivatives.hessian(tape, z, x, over="all"),
        "gauss_newton_vector_product": lambda: derivatives.gauss_newton_vector_product(
            tape, loss, h, v, vector, over="all"
        ),
        "DistributedGradientTape": averaged,
    }
    found = {}
    for name, run in runs.items():
        run()
        ranks.barrier(name)
        before = sent()
        run()
        found[name] = max(ranks.exchange(sent() - before, "bytes"))
    found["the result of jacobian"] = width * width * 4
    return found


def show_bytes(found: dict[int, Any]) -> None:
    print(f"\n| bytes that a rank sends | {' | '.join(f'{size} ranks' for size in found)} |")
    print("|---|" + "---|" * len(found))
    for name in next(iter(found.values())):
        print(f"| {name} | {' | '.join(f'{each[name]:,}' for each in found.values())} |")


PARTS: dict[str, Any] = {
    "rows": (rows, [2], show_rows),
    "tape": (tape, [2], show_tape),
    "bytes": (moved, [1, 2, 3, 4], show_bytes),
}


if __name__ == "__main__":
    main()
