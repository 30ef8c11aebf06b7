"""A deep equilibrium layer: the gradient by implicit differentiation against the gradient by unrolling.

    python example/equilibrium.py [--picture unrolling.png]

The layer is `x = tanh(x W + drive)`. Unrolling it keeps every iterate for the gradient. Implicit differentiation keeps
the solution alone, however long it took to find, and the solver may be a faster one than plain iteration.
"""

import argparse
import ctypes
import statistics
import time
from functools import partial

from tfcompat_implicit import fixed_point

import tfcompat_tape as tf

WIDTH, EXAMPLES = 64, 512
STEPS = (8, 16, 32, 64, 128, 256)
TOLERANCES = (1e-2, 1e-4, 1e-6, 1e-8, 1e-10)


def layer(x, weights, drive):
    return tf.tanh(tf.matmul(x, weights) + drive)


def problem():
    """Weights whose iteration contracts slowly, by 0.95 a step around zero, and what drives the layer."""
    random = tf.random.stateless_normal([WIDTH, WIDTH], [1, 2], dtype=tf.float64)
    random = random + tf.transpose(random)
    weights = tf.Variable(0.95 * random / tf.linalg.norm(random, ord=2, axis=[0, 1]))
    drive = tf.Variable(0.1 * tf.random.stateless_normal([EXAMPLES, WIDTH], [3, 4], dtype=tf.float64))
    return weights, drive


def unrolled(weights, drive, steps):
    x = tf.zeros_like(drive)
    for _ in range(steps):
        x = layer(x, weights, drive)
    return x


def implicit(weights, drive, tolerance, memory):
    return fixed_point(
        layer, tf.zeros_like(drive), weights, drive, tolerance=tolerance, memory=memory, batch_dims=1
    )


def gradient(solve, weights, drive):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(solve(weights, drive) ** 2)
    return tape.gradient(loss, weights).numpy()


def _status(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field + ":")) / 1024


def measured(solve, weights, drive, repeats=3):
    """The gradient, the milliseconds for it, and the MiB that the process needed on top (Linux)."""
    seconds, sizes = [], []
    for _ in range(repeats):
        ctypes.CDLL(None).malloc_trim(0)
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the high-water mark starts anew
        before, start = _status("VmRSS"), time.perf_counter()
        found = gradient(solve, weights, drive)
        seconds.append(time.perf_counter() - start)
        sizes.append(_status("VmHWM") - before)
    return found, 1e3 * statistics.median(seconds), statistics.median(sizes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--picture", help="where to draw the figure (needs matplotlib)")
    options = parser.parse_args()
    weights, drive = problem()
    exact = gradient(lambda w, d: implicit(w, d, 1e-13, 0), weights, drive)
    gradient(lambda w, d: unrolled(w, d, 2), weights, drive)
    scale = abs(exact).max()
    rows = []
    for steps in STEPS:
        rows.append((f"unrolling, {steps} steps", *measured(partial(unrolled, steps=steps), weights, drive)))
    for memory, name in ((0, "implicit"), (5, "implicit, Anderson")):
        for tolerance in TOLERANCES:
            solve = partial(implicit, tolerance=tolerance, memory=memory)
            rows.append((f"{name}, tolerance {tolerance:.0e}", *measured(solve, weights, drive)))
    rows = [(name, abs(found - exact).max() / scale, ms, size) for name, found, ms, size in rows]
    print("| gradient by | largest error | ms | MiB |\n| --- | ---: | ---: | ---: |")
    for name, error, ms, size in rows:
        print(f"| {name} | {error:.1e} | {ms:.0f} | {size:.1f} |")
    if options.picture:
        draw(rows, options.picture)


def draw(rows, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for label, marker, part in (
        (f"unrolling, {STEPS[0]} to {STEPS[-1]} steps", "o-", rows[: len(STEPS)]),
        ("implicit, plain iteration", "s-", rows[len(STEPS) : -len(TOLERANCES)]),
        ("implicit, Anderson acceleration", "^-", rows[-len(TOLERANCES) :]),
    ):
        axes.plot([row[3] for row in part], [row[1] for row in part], marker, label=label)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="peak memory (MiB)",
        ylabel="largest relative error of the gradient",
    )
    axes.set_title("Gradient of a deep equilibrium layer", loc="left")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
