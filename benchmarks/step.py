"""A training step, from eager to traced to compiled: `python benchmarks/step.py [--width 64] [--rounds 200]`.

A tanh MLP of three layers on a batch of 64, a loss and a step of Adam with torch's formula: six parameters, twelve
moments. Measured in turns in one process, medians in microseconds:

  torch          torch.autograd with torch.optim.Adam(fused=True)
  eager          the step as it is: tape, gradients, assignments
  tf.function    the same under `tf.function`
  jit_compile    the same under `tf.function(jit_compile=True)`

All four start from the same parameters; what they have come to after the same number of steps is compared first.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tfcompat_tape as tf

RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-7
LAYERS = 3
BATCH = 64


def start(width: int) -> list[np.ndarray]:
    """The first values of the parameters: a matrix and a vector for each layer."""
    draw = np.random.default_rng(1)
    found: list[np.ndarray] = []
    for _ in range(LAYERS):
        found.append((draw.normal(size=(width, width)) / np.sqrt(width)).astype(np.float32))
        found.append(np.zeros(width, np.float32))
    return found


def data(width: int, batch: int = BATCH) -> tuple[np.ndarray, np.ndarray]:
    """A batch of inputs and what they should give."""
    draw = np.random.default_rng(2)
    return tuple(draw.normal(size=(batch, width)).astype(np.float32) for _ in range(2))  # type: ignore[return-value]


class Model:
    """The step on this library; `wrap` makes of it what is measured."""

    def __init__(self, width: int, wrap: Callable[[Any], Any], batch: int = BATCH) -> None:
        self.parameters = [tf.Variable(value) for value in start(width)]
        self.first = [tf.Variable(tf.zeros_like(v)) for v in self.parameters]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in self.parameters]
        self.count = tf.Variable(0.0)
        x, y = data(width, batch)
        self.x, self.y = tf.constant(x), tf.constant(y)
        self.wrapped = wrap(self.train)

    def loss(self, x: Any, y: Any) -> Any:
        for w, b in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            x = tf.tanh(x @ w + b)
        return tf.reduce_mean((x - y) ** 2)

    def train(self, x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = self.loss(x, y)
        grads = tape.gradient(loss, self.parameters)
        self.count.assign_add(1.0)
        rate = RATE / (1.0 - BETA_1**self.count)
        scale = tf.sqrt(1.0 - BETA_2**self.count)
        for v, m, s, g in zip(self.parameters, self.first, self.second, grads, strict=True):
            m.assign_add((g - m) * (1.0 - BETA_1))
            s.assign_add((g * g - s) * (1.0 - BETA_2))
            v.assign_sub(rate * m / (tf.sqrt(s) / scale + EPSILON))
        return loss

    def step(self) -> Any:
        return self.wrapped(self.x, self.y)

    def values(self) -> list[np.ndarray]:
        return [v.numpy() for v in self.parameters]


class TorchModel:
    """The same on torch alone."""

    def __init__(self, width: int) -> None:
        self.parameters = [torch.tensor(value, requires_grad=True) for value in start(width)]
        self.optimizer = torch.optim.Adam(self.parameters, RATE, (BETA_1, BETA_2), EPSILON, fused=True)
        self.x, self.y = (torch.tensor(value) for value in data(width))

    def step(self) -> Any:
        x = self.x
        for w, b in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            x = torch.tanh(x @ w + b)
        loss = ((x - self.y) ** 2).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def values(self) -> list[np.ndarray]:
        return [p.detach().numpy() for p in self.parameters]


def contestants(width: int) -> dict[str, Any]:
    """What is measured, by name."""
    return {
        "torch": TorchModel(width),
        "eager": Model(width, lambda f: f),
        "tf.function": Model(width, tf.function),
        "jit_compile": Model(width, lambda f: tf.function(f, jit_compile=True)),
    }


def compare(models: dict[str, Any], steps: int = 20) -> None:
    """Let all take some steps; AssertionError where they do not come to the same."""
    for model in models.values():
        for _ in range(steps):
            model.step()
    for name, model in models.items():
        for value, expected in zip(model.values(), models["eager"].values(), strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-3, atol=1e-4, err_msg=name)


def measure(models: dict[str, Any], rounds: int) -> dict[str, float]:
    """The median time of a step in microseconds, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(rounds):
        for name, model in models.items():
            begin = time.perf_counter()
            model.step()
            times[name].append((time.perf_counter() - begin) * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--width", type=int, default=64, help="of each layer (64)")
    parser.add_argument("--rounds", type=int, default=200, help="how often each takes its turn (200)")
    parser.add_argument("--threads", type=int, default=1, help="torch's threads (1)")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    models = contestants(arguments.width)
    compare(models)
    medians = measure(models, arguments.rounds)
    print(
        f"{LAYERS}x{arguments.width} MLP, batch {BATCH}, Adam; {arguments.threads} thread(s); torch {torch.__version__}"
    )
    print(f"{'':<12} {'us':>8} {'x torch':>8}")
    for name, median in medians.items():
        print(f"{name:<12} {median:8.0f} {median / medians['torch']:8.2f}")


if __name__ == "__main__":
    main()
