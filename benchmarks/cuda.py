"""`make bench-cuda`: all tests on the GPU, and the large workloads beside torch.func, with peak memory, as a table.

    python benchmarks/cuda.py [--only jacobian hvp] [--tests] [--write docs/benchmarks-cuda.md]
    python benchmarks/cuda.py --device cpu --small                  # whether it runs, where no GPU is

Each workload is computed by this package and by torch.func (torch.autograd for plain gradients), and by JAX where it
can be imported. What they compute is compared first. Then they take turns, run by run; the ratio is the median of the
ratios of neighbouring runs. Peak memory is what torch's allocator had given out at most, beyond what was there before.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from memory import peak as peak_on_cpu

import tfcompat_tape as tf

Run = Callable[[], Any]
TIME, MEMORY = 1.05, 1.0  # the targets, as ratios to torch

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None


class Workload:
    """What is measured: `ours` and `torch` are compared and timed; the others are timed beside them.

    Args:
      rtol: how far results may be apart, relative to the largest element.
    """

    def __init__(
        self, ours: Run, torch: Run, others: dict[str, Run] | None = None, rtol: float = 1e-3
    ) -> None:
        self.runs = {"ours": ours, "torch": torch, **(others or {})}
        self.rtol = rtol

    def compare(self) -> None:
        """AssertionError where results differ."""
        want = _flat(self.runs["torch"]())
        for name, run in self.runs.items():
            got = _flat(run())
            assert len(got) == len(want), f"{name}: {len(got)} results, torch has {len(want)}"
            for a, b in zip(got, want, strict=True):
                scale = float(b.abs().max()) or 1.0
                torch.testing.assert_close(
                    a.to(b),
                    b,
                    rtol=self.rtol,
                    atol=self.rtol * scale,
                    msg=lambda text, name=name: f"{name}: {text}",
                )


def _flat(value: Any) -> list[torch.Tensor]:
    if isinstance(value, (list, tuple)):
        return [x for one in value for x in _flat(one)]
    if isinstance(value, torch.Tensor):
        return [value.detach()]
    if hasattr(value, "_t"):
        return [value._t.detach()]
    return [torch.tensor(np.asarray(value))]


def _jax(function: Callable[..., Any], *args: Any) -> dict[str, Run]:
    """The column of JAX, where it can be imported."""
    if jax is None:
        return {}
    compiled = jax.jit(function)
    given = jax.tree.map(lambda x: jnp.asarray(x.cpu().numpy()), args)
    return {"JAX": lambda: jax.block_until_ready(compiled(*given))}


def _layers(count: int, width: int, device: str) -> list[torch.Tensor]:
    return [torch.randn(width, width, device=device) / width**0.5 for _ in range(count)]


# -- workloads ---------------------------------------------------------------------------------------------------------


def jacobian(small: bool, device: str) -> Workload:
    """A Jacobian, 4096x4096."""
    width = 16 if small else 4096
    w, x = *_layers(1, width, device), torch.randn(width, device=device)
    weight, given = tf.constant(w), tf.constant(x)

    def ours() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(given)
            y = tf.tanh(tf.linalg.matvec(weight, tf.tanh(tf.linalg.matvec(weight, given))))
        return tape.jacobian(y, given)

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(torch.mv(w, torch.tanh(torch.mv(w, x))))

    def of_jax(x: Any, w: Any) -> Any:
        return jax.jacrev(lambda x: jnp.tanh(w @ jnp.tanh(w @ x)))(x)

    return Workload(ours, lambda: torch.func.jacrev(function)(x), _jax(of_jax, x, w))


def batch_jacobian(small: bool, device: str) -> Workload:
    """1024 Jacobians of 128x128."""
    batch, width = (4, 8) if small else (1024, 128)
    w, x = *_layers(1, width, device), torch.randn(batch, width, device=device)
    weight, given = tf.constant(w), tf.constant(x)

    def ours() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(given)
            y = tf.tanh(tf.tanh(given @ weight) @ weight)
        return tape.batch_jacobian(y, given)

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(torch.matmul(torch.tanh(torch.matmul(x, w)), w))

    def of_jax(x: Any, w: Any) -> Any:
        return jax.vmap(jax.jacrev(lambda x: jnp.tanh(jnp.tanh(x @ w) @ w)))(x)

    return Workload(ours, lambda: torch.func.vmap(torch.func.jacrev(function))(x), _jax(of_jax, x, w))


def hessian(small: bool, device: str) -> Workload:
    """A Hessian, 2048x2048."""
    width = 16 if small else 2048
    w, x = *_layers(1, width, device), torch.randn(width, device=device)
    weight, given = tf.constant(w), tf.constant(x)

    def ours() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(given)
            y = tf.reduce_sum(tf.tanh(tf.linalg.matvec(weight, tf.sin(given))) ** 2)
        return tf.derivatives.hessian(tape, y, given)

    def function(x: torch.Tensor) -> torch.Tensor:
        return (torch.tanh(torch.mv(w, torch.sin(x))) ** 2).sum()

    def of_jax(x: Any, w: Any) -> Any:
        return jax.hessian(lambda x: (jnp.tanh(w @ jnp.sin(x)) ** 2).sum())(x)

    return Workload(ours, lambda: torch.func.hessian(function)(x), _jax(of_jax, x, w))


def per_example(small: bool, device: str) -> Workload:
    """The gradient of each of 256 examples of a residual convolutional net."""
    batch, size, channels, blocks = (3, 6, 4, 1) if small else (256, 32, 16, 3)
    x = torch.randn(batch, size, size, 3, device=device)
    filters = [torch.randn(3, 3, 3, channels, device=device) / 5]
    filters += [
        torch.randn(3, 3, channels, channels, device=device) / 3 / channels**0.5 for _ in range(2 * blocks)
    ]
    dense = torch.randn(channels, 10, device=device) / channels**0.5
    variables = [tf.Variable(f) for f in (*filters, dense)]
    given = tf.constant(x)

    def of_one(image: Any) -> Any:
        with tf.GradientTape() as tape:
            h = tf.nn.relu(tf.nn.conv2d(image[None], variables[0], 1, "SAME"))
            for first, second in zip(variables[1:-1:2], variables[2:-1:2], strict=True):
                inner = tf.nn.relu(tf.nn.conv2d(h, first, 1, "SAME"))
                h = tf.nn.relu(h + tf.nn.conv2d(inner, second, 1, "SAME"))
            loss = tf.reduce_sum((tf.reduce_mean(h, [1, 2]) @ variables[-1]) ** 2)
        return tape.gradient(loss, variables)

    images = x.permute(0, 3, 1, 2).contiguous()
    kernels = [f.permute(3, 2, 0, 1).contiguous() for f in filters]
    conv = functools.partial(torch.nn.functional.conv2d, padding=1)

    def loss_of(parameters: Any, image: torch.Tensor) -> torch.Tensor:
        *kernels, dense = parameters
        h = torch.relu(conv(image[None], kernels[0]))
        for first, second in zip(kernels[1::2], kernels[2::2], strict=True):
            h = torch.relu(h + conv(torch.relu(conv(h, first)), second))
        return ((h.mean((2, 3)) @ dense) ** 2).sum()

    each = torch.func.vmap(torch.func.grad(loss_of), in_dims=(None, 0))

    def of_torch() -> Any:
        *found, last = each((*kernels, dense), images)
        return [*(g.permute(0, 3, 4, 2, 1) for g in found), last]

    return Workload(lambda: tf.vectorized_map(of_one, given), of_torch)


def hvp(small: bool, device: str) -> Workload:
    """The product of a vector and the Hessian of an MLP of 100 million parameters."""
    count, width, batch = (3, 8, 4) if small else (6, 4096, 64)
    weights, vectors = _layers(count, width, device), _layers(count, width, device)
    x = torch.randn(batch, width, device=device)
    variables, given = [tf.Variable(w) for w in weights], tf.constant(x)
    along = [tf.constant(v) for v in vectors]

    def ours() -> Any:
        with tf.GradientTape() as tape:
            h = given
            for w in variables:
                h = tf.tanh(h @ w)
            loss = tf.reduce_mean(h**2)
        return tf.derivatives.hessian_vector_product(tape, loss, variables, along)

    def loss_of(*weights: torch.Tensor) -> torch.Tensor:
        h = x
        for w in weights:
            h = torch.tanh(h @ w)
        return (h**2).mean()

    gradient = torch.func.grad(loss_of, argnums=tuple(range(count)))

    def of_jax(weights: Any, vectors: Any, x: Any) -> Any:
        def loss(weights: Any) -> Any:
            h = x
            for w in weights:
                h = jnp.tanh(h @ w)
            return (h**2).mean()

        return jax.jvp(jax.grad(loss), (weights,), (vectors,))[1]

    return Workload(
        ours,
        lambda: torch.func.jvp(gradient, tuple(weights), tuple(vectors))[1],
        _jax(of_jax, weights, vectors, x),
    )


def _step(small: bool, device: str) -> tuple[Run, Run]:
    """The gradient of a 3x512 MLP, here and by torch.autograd."""
    width, batch = (16, 4) if small else (512, 128)
    leaves = [w.requires_grad_() for w in _layers(3, width, device)]
    x = torch.randn(batch, width, device=device)
    variables, given = [tf.Variable(w.detach()) for w in leaves], tf.constant(x)

    def ours() -> Any:
        with tf.GradientTape() as tape:
            h = given
            for w in variables:
                h = tf.tanh(h @ w)
            loss = tf.reduce_mean(h**2)
        return tape.gradient(loss, variables)

    def of_torch() -> Any:
        h = x
        for w in leaves:
            h = torch.tanh(h @ w)
        return torch.autograd.grad((h**2).mean(), leaves)

    return ours, of_torch


def _autocast(dtype: torch.dtype, small: bool, device: str) -> Workload:
    def cast(run: Run) -> Run:
        def within() -> Any:
            with torch.autocast(device, dtype=dtype):
                return run()

        return within

    ours, of_torch = _step(small, device)
    return Workload(cast(ours), cast(of_torch), rtol=3e-2)


def functions(small: bool, device: str) -> Workload:
    """A step of a 3x512 MLP as it is, under tf.function, compiled, and as CUDA graphs."""
    ours, of_torch = _step(small, device)
    replayed = tf.function(ours)
    others: dict[str, Run] = {"tf.function": replayed}
    if not small:  # to compile takes a minute
        others["jit_compile"] = tf.function(ours, jit_compile=True)
    if device == "cuda":
        for name, run in (("tf.function in a CUDA graph", replayed), ("torch in a CUDA graph", of_torch)):
            others[name] = _graphed(run)
    return Workload(ours, of_torch, others)


def _graphed(run: Run) -> Run:
    """`run` captured once, and replayed."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        results = run()

    def replay() -> Any:
        graph.replay()
        return results

    return replay


WORKLOADS: dict[str, Callable[[bool, str], Workload]] = {
    "jacobian": jacobian,
    "batch_jacobian": batch_jacobian,
    "hessian": hessian,
    "per_example": per_example,
    "hvp": hvp,
    "autocast_float16": functools.partial(_autocast, torch.float16),
    "autocast_bfloat16": functools.partial(_autocast, torch.bfloat16),
    "functions": functions,
}


# -- measuring ---------------------------------------------------------------------------------------------------------


def seconds(run: Run, device: str) -> float:
    """Time of one run, to its end on the device."""
    begin = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def peak(run: Run, device: str) -> int:
    """Most bytes that `run` had allocated at once, results included."""
    if device == "cpu":
        return peak_on_cpu(run)
    gc.collect()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    result = run()
    torch.cuda.synchronize()
    del result
    return torch.cuda.max_memory_allocated() - before


def rows_of(name: str, options: Any) -> list[str]:
    """The rows of the table for one workload."""
    torch.manual_seed(0)
    device = options.device
    with tf.device("/GPU:0" if device == "cuda" else "/CPU:0"):
        workload = WORKLOADS[name](options.small, device)
        workload.compare()
        times: dict[str, list[float]] = {key: [] for key in workload.runs}
        for _ in range(options.rounds):
            for key, run in workload.runs.items():
                times[key].append(seconds(run, device))
        memory = {key: peak(run, device) for key, run in workload.runs.items() if key != "JAX"}
    rows = []
    for key in workload.runs:
        if key == "torch":
            continue
        ratio = statistics.median(a / b for a, b in zip(times[key], times["torch"], strict=True))
        bytes_ratio = memory[key] / max(1, memory["torch"]) if key in memory else None
        cells = [
            name if key == "ours" else f"{name}, {key}",
            f"{1e3 * statistics.median(times[key]):.2f}",
            f"{1e3 * statistics.median(times['torch']):.2f}",
            f"{ratio:.2f}{'' if ratio <= TIME or key == 'JAX' else ' (missed)'}",
        ]
        if bytes_ratio is None:
            cells += ["-", "-", "-"]
        else:
            cells += [f"{memory[key] / 1e6:.1f}", f"{memory['torch'] / 1e6:.1f}"]
            cells += [f"{bytes_ratio:.2f}{'' if bytes_ratio <= MEMORY else ' (missed)'}"]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def tests() -> tuple[str, bool]:
    """The last line of pytest on all tests, and whether all is well."""
    where = Path(__file__).resolve().parent.parent
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=where, stdout=subprocess.PIPE, text=True)
    lines = ran.stdout.strip().splitlines() or ["pytest said nothing"]
    if ran.returncode:
        print("\n".join(lines[-40:]))
    return lines[-1].strip("= "), not ran.returncode


def machine(device: str) -> str:
    """Where this is measured."""
    day = datetime.datetime.now(datetime.UTC).date()
    python = ".".join(map(str, sys.version_info[:3]))
    if device == "cuda":
        card = torch.cuda.get_device_properties(0)
        what = f"one {card.name} ({card.total_memory / 2**30:.0f} GiB), CUDA {torch.version.cuda}"
    else:
        what = "**no GPU: on the CPU, which says nothing about CUDA**"
    beside = "JAX is not there" if jax is None else f"JAX {jax.__version__}"
    return f"Measured on {day}: {what}; Python {python}, torch {torch.__version__}; {beside}."


def main() -> int:
    """Print the table; the exit status is 1 if a test or a comparison failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--small", action="store_true", help="sizes that show whether it runs, not how fast")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", nargs="*", choices=list(WORKLOADS), default=list(WORKLOADS))
    parser.add_argument("--tests", action="store_true", help="run all tests first")
    parser.add_argument("--write", help="a file for the table, in Markdown")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print(
            "No GPU here, or no torch that is built with CUDA: nothing was measured. "
            "--device cpu --small tries the code."
        )
        return 2
    well = True
    lines = [machine(options.device)]
    if options.small:
        lines.append("The sizes are small: these are no measurements.")
    if options.tests:
        told, well = tests()
        lines += ["", f"All tests: {told}"]
    lines += [
        "",
        "| workload | ms | torch, ms | ratio | peak, MB | torch, MB | ratio |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for name in options.only:
        try:
            rows = rows_of(name, options)
        except Exception as error:
            well = False
            first = (str(error).splitlines() or [""])[0]
            rows = [f"| {name} | failed: {type(error).__name__}: {first} | | | | | |"]
        lines += rows
        print("\n".join(rows), flush=True)
        gc.collect()
        with contextlib.suppress(RuntimeError):
            torch.cuda.empty_cache()
    if options.write:
        title = (
            "# Benchmarks on a GPU" if options.device == "cuda" else "# The benchmarks for a GPU, without one"
        )
        Path(options.write).write_text("\n".join(["---", "orphan: true", "---", "", title, "", *lines, ""]))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
