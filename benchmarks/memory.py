"""`make bench-memory`: peak live tensor bytes of one gradient, beside torch.autograd; and what dropped results hold.

With `--traced` the eight workloads and a step of Adam instead: as they are, under `tf.function` and compiled.

The bytes are the allocator's own: every allocation and release of a forward pass and its gradient, added up in order of
time, as torch's profiler reports them. The parameters and inputs exist before and do not count.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from functools import partial
from typing import Any

import data
import step
import tf_workloads
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.checkpoint import checkpoint

import tfcompat_tape as tf

Run = Callable[[], Any]


def peak(run: Run) -> int:
    """Most bytes that `run` had allocated at once."""
    run()
    gc.collect()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        result = run()
        del result
        # What a run lets go of that one before has allocated is known from here on.
        mark = torch.empty(_MARK, dtype=torch.uint8)
        del mark
        result = run()
        del result
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    events.sort(key=lambda e: e.start_ns())
    sizes = [event.nbytes() for event in events]
    live = most = 0
    for size in sizes[sizes.index(-_MARK) + 1 :]:
        live += size
        most = max(most, live)
    return most


_MARK = 123_457  # bytes that no workload asks for


WAYS: dict[str, Callable[[Any], Any]] = {
    "eager": lambda f: f,
    "tf.function": tf.function,
    "compiled": lambda f: tf.function(f, jit_compile=True),
}


def traced() -> None:
    """The table of `--traced`, in KiB."""
    print(f"| workload | {' | '.join(f'{way} KiB' for way in WAYS)} | compiled / eager |")
    print(f"|{'---|' * (len(WAYS) + 2)}")
    cases: dict[str, Callable[[Any], Run]] = {
        name: lambda wrap, name=name: wrap(getattr(tf_workloads, name)(tf, data.make(name)))  # type: ignore[misc]
        for name in data.NAMES
    }
    cases["3x512 MLP with Adam, batch 256"] = lambda wrap: step.Model(512, wrap, 256).step
    for name, make in cases.items():
        found = [peak(make(wrap)) / 1024 for wrap in WAYS.values()]
        shown = [f"{x:.1f}" for x in found] + [f"{found[-1] / found[0]:.2f}"]
        print(f"| {name} | {' | '.join(shown)} |", flush=True)


def mlp(layers: int, width: int, batch: int) -> tuple[Run, Run]:
    """One gradient of a tanh MLP, by this package and by torch.autograd."""
    arrays = [torch.randn(width, width) / width**0.5 for _ in range(layers)]
    shifts = [torch.zeros(width) for _ in range(layers)]
    x = torch.randn(batch, width)
    weights, biases = [tf.Variable(w) for w in arrays], [tf.Variable(b) for b in shifts]
    w_leaves, b_leaves = (
        [w.clone().requires_grad_() for w in arrays],
        [b.clone().requires_grad_() for b in shifts],
    )
    given = tf.convert_to_tensor(x)

    def ours() -> Any:
        with tf.GradientTape() as tape:
            h = given
            for w, b in zip(weights, biases, strict=True):
                h = tf.tanh(tf.matmul(h, w) + b)
            loss = tf.reduce_mean(tf.square(h))
            del h
        return tape.gradient(loss, weights + biases)

    def theirs() -> Any:
        h = x
        for w, b in zip(w_leaves, b_leaves, strict=True):
            h = torch.tanh(torch.matmul(h, w) + b)
        loss = torch.mean(torch.square(h))
        del h
        return torch.autograd.grad(loss, w_leaves + b_leaves)

    return ours, theirs


def conv(layers: int = 4, channels: int = 16, size: int = 64, batch: int = 8) -> tuple[Run, Run]:
    """One gradient of a convolutional net; each framework in its own layout."""
    filters = [torch.randn(3, 3, channels, channels) * 0.1 for _ in range(layers)]
    x = torch.randn(batch, size, size, channels)
    variables = [tf.Variable(f) for f in filters]
    leaves = [f.permute(3, 2, 0, 1).contiguous().requires_grad_() for f in filters]
    given, moved = tf.convert_to_tensor(x), x.permute(0, 3, 1, 2).contiguous()

    def ours() -> Any:
        with tf.GradientTape() as tape:
            h = given
            for f in variables:
                h = tf.nn.relu(tf.nn.conv2d(h, f, strides=1, padding="SAME"))
            loss = tf.reduce_mean(tf.square(h))
            del h
        return tape.gradient(loss, variables)

    def theirs() -> Any:
        h = moved
        for f in leaves:
            h = torch.relu(torch.nn.functional.conv2d(h, f, padding=1))
        loss = torch.mean(torch.square(h))
        del h
        return torch.autograd.grad(loss, leaves)

    return ours, theirs


def recomputed(
    segments: int = 8, layers: int = 6, width: int = 64, batch: int = 4096
) -> tuple[tuple[Run, Run], tuple[Run, Run]]:
    """One gradient of a deep tanh MLP in segments: with everything kept, and with each segment computed again.

    The second is `tf.recompute_grad` here and `torch.utils.checkpoint` there.
    """
    arrays = [[torch.randn(width, width) / width**0.5 for _ in range(layers)] for _ in range(segments)]
    x = torch.randn(batch, width)
    weights = [[tf.Variable(w) for w in segment] for segment in arrays]
    leaves = [[w.clone().requires_grad_() for w in segment] for segment in arrays]
    given = tf.convert_to_tensor(x)

    def ours(again: bool) -> Any:
        with tf.GradientTape() as tape:
            h = given
            for segment in weights:

                def run(h: Any, segment: Any = tuple(segment)) -> Any:
                    for w in segment:
                        h = tf.tanh(tf.matmul(h, w))
                    return h

                h = (tf.recompute_grad(run) if again else run)(h)
            loss = tf.reduce_mean(tf.square(h))
            del h
        return tape.gradient(loss, [w for segment in weights for w in segment])

    def theirs(again: bool) -> Any:
        h = x
        for segment in leaves:

            def run(h: Any, segment: Any = segment) -> Any:
                for w in segment:
                    h = torch.tanh(torch.matmul(h, w))
                return h

            h = checkpoint(run, h, use_reentrant=False) if again else run(h)
        loss = torch.mean(torch.square(h))
        del h
        return torch.autograd.grad(loss, [w for segment in leaves for w in segment])

    kept, anew = [(partial(ours, again), partial(theirs, again)) for again in (False, True)]
    return kept, anew


def dropped(count: int) -> int:
    """How much higher the peak is when `count` results are computed under a tape and dropped than when ten are."""
    v = tf.Variable(torch.randn(1000))

    def compute(count: int) -> None:
        with tf.GradientTape():
            for _ in range(count):
                _ = v * v

    return peak(lambda: compute(count)) - peak(lambda: compute(10))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--traced", action="store_true", help="beside the same traced and compiled")
    if parser.parse_args().traced:
        return traced()
    torch.manual_seed(data.NAMES.index("chain"))
    print("| gradient of | tfcompat_tape MiB | torch MiB | ratio | target |\n|---|---|---|---|---|")
    cases = {"3x512 MLP": mlp(3, 512, 128), "50-layer MLP": mlp(50, 256, 64), "conv net": conv()}
    kept, anew = recomputed()
    cases |= {"48-layer MLP": kept, "48-layer MLP, recomputed in segments of 6": anew}
    for name, (ours, theirs) in cases.items():
        a, b = peak(ours), peak(theirs)
        print(f"| {name} | {a / 2**20:.2f} | {b / 2**20:.2f} | {a / b:.2f} | <= 1.0 |")
    print(
        f"\n10,000 dropped results under a tape hold {dropped(10_000)} bytes more at their peak than 10 do."
    )


if __name__ == "__main__":
    main()
