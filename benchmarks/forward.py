"""`make bench-forward`: what forward mode costs, in one process, interleaved run by run, as ratios.

    python benchmarks/forward.py [--device cuda] [--threads N] [--seconds S]

First single ops under a `tf.autodiff.ForwardAccumulator`, beside the same ops without one. Then Hessian-vector and
Jacobian-vector products of tanh MLPs, beside `torch.func.jvp(torch.func.grad(f), ...)` and `torch.func.jvp(f, ...)`.
"""

from __future__ import annotations

import argparse
import platform
import statistics
from collections.abc import Callable
from typing import Any

import data
import numpy as np
import speed
import torch

import tfcompat_tape as tf

Run = Callable[[], Any]
OP_TARGET = 3.0
HVP_TARGET = 1.2
CALLS = 100  # of an op in one run, so that entering the accumulator does not count


# -- single ops --------------------------------------------------------------------------------------------------------


def ops() -> dict[str, tuple[Any, Callable[[Any], Any]]]:
    """Name, input and function of the ops that are measured."""
    vector, other, matrix, factor = (
        tf.constant(np.random.RandomState(i).standard_normal(shape).astype(np.float32))
        for i, shape in enumerate([(32,), (32,), (32, 32), (32, 32)])
    )
    return {
        "x + y": (vector, lambda x: x + other),
        "x * y": (vector, lambda x: x * other),
        "x * x": (vector, lambda x: x * x),
        "x / y": (vector, lambda x: x / other),
        "-x": (vector, lambda x: -x),
        "tanh": (vector, tf.tanh),
        "exp": (vector, tf.exp),
        "log": (vector, tf.math.log),
        "sin": (vector, tf.sin),
        "relu": (vector, tf.nn.relu),
        "sigmoid": (vector, tf.sigmoid),
        "square": (vector, tf.square),
        "reduce_sum": (vector, tf.reduce_sum),
        "reshape": (vector, lambda x: tf.reshape(x, (4, 8))),
        "matmul": (matrix, lambda x: tf.matmul(x, factor)),
    }


def single(x: Any, function: Callable[[Any], Any]) -> tuple[Run, Run]:
    """A run of the op under an accumulator, and one without."""
    accumulator = tf.autodiff.ForwardAccumulator(x, tf.ones_like(x))

    def plain() -> None:
        for _ in range(CALLS):
            function(x)

    def pushed() -> None:
        with accumulator:
            for _ in range(CALLS):
                function(x)

    return pushed, plain


# -- products with derivatives of an MLP -------------------------------------------------------------------------------


def directions(arrays: list[Any]) -> list[Any]:
    random = np.random.RandomState(1)
    return [random.standard_normal(a.shape).astype(np.float32) for a in arrays]


def ours(arrays: dict[str, Any], hessian: bool) -> Run:
    """The loss's HVP, or its JVP, with `tf.autodiff.ForwardAccumulator`."""
    weights = [tf.Variable(w) for w in arrays["weights"]]
    biases = [tf.Variable(b) for b in arrays["biases"]]
    variables = weights + biases
    tangents = [tf.constant(t) for t in directions(arrays["weights"] + arrays["biases"])]
    x = tf.constant(arrays["x"])

    def loss() -> Any:
        h = x
        for w, b in zip(weights, biases, strict=True):
            h = tf.tanh(tf.matmul(h, w) + b)
        return tf.reduce_mean(tf.square(h))

    def jvp() -> Any:
        with tf.autodiff.ForwardAccumulator(variables, tangents) as accumulator:
            value = loss()
        return accumulator.jvp(value)

    def hvp() -> Any:
        with tf.autodiff.ForwardAccumulator(variables, tangents) as accumulator:
            with tf.GradientTape() as tape:
                value = loss()
            grads = tape.gradient(value, variables)
        return accumulator.jvp(grads)

    return hvp if hessian else jvp


def theirs(arrays: dict[str, Any], hessian: bool, device: str) -> Run:
    """The same with torch.func."""
    primals = [torch.tensor(a, device=device) for a in arrays["weights"] + arrays["biases"]]
    tangents = [torch.tensor(t, device=device) for t in directions(arrays["weights"] + arrays["biases"])]
    x = torch.tensor(arrays["x"], device=device)

    def loss(parameters: list[torch.Tensor]) -> torch.Tensor:
        h = x
        for w, b in zip(parameters[:3], parameters[3:], strict=True):
            h = torch.tanh(torch.matmul(h, w) + b)
        return torch.mean(torch.square(h))

    function = torch.func.grad(loss) if hessian else loss
    return lambda: torch.func.jvp(function, (primals,), (tangents,))[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=4.0, help="time to spend on each product")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    place = torch.cuda.get_device_name() if args.device == "cuda" else f"{platform.machine()} CPU"
    print(f"torch {torch.__version__}, Python {platform.python_version()}, {place}, {args.threads} threads")
    print("medians in microseconds; ratio: the median of the ratios of neighbouring runs\n")

    def row(name: str, first: Run, second: Run, calls: int, seconds: float, target: float | None) -> None:
        a, b = speed.interleaved(first, second, seconds, args.device)
        ratio = statistics.median(x / y for x, y in zip(a, b, strict=True))
        times = [f"{statistics.median(times) * 1e6 / calls:.1f}" for times in (a, b)]
        cells = [name, *times, f"{ratio:.2f}", f"<= {target}" if target else "-"]
        print("| " + " | ".join(cells) + " |", flush=True)

    with tf.device("/GPU:0" if args.device == "cuda" else "/CPU:0"):
        print("| op, of 32 numbers | with an accumulator | without | ratio | target |\n|---|---|---|---|---|")
        for name, (x, function) in ops().items():
            row(name, *single(x, function), CALLS, args.seconds / 4, OP_TARGET)
        print("\n| product | tfcompat_tape | torch.func | ratio | target |\n|---|---|---|---|---|")
        for what, name, hessian, target in (
            ("Hessian-vector", "mlp64", True, None),
            ("Hessian-vector", "mlp512", True, HVP_TARGET),
            ("Jacobian-vector", "mlp64", False, None),
            ("Jacobian-vector", "mlp512", False, None),
        ):
            arrays = data.make(name)
            first, second = ours(arrays, hessian), theirs(arrays, hessian, args.device)
            speed.check(f"{what} of {name}", first(), second())
            row(f"{what}, {name}", first, second, 1, args.seconds, target)


if __name__ == "__main__":
    main()
