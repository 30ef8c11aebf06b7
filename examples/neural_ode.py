"""A neural ordinary differential equation learns a pendulum, with gradients by the adjoint method.

R. Chen, Y. Rubanova, J. Bettencourt, D. Duvenaud: Neural Ordinary Differential Equations (NeurIPS 2018),
arXiv:1806.07366.

The solver is one operation with a gradient of its own, `tf.custom_gradient`: nothing of the way there is kept.
Backwards, the state is solved again in reverse, together with the adjoint a = dL/dy and the gradients of the weights,

    da/dt = -a df/dy,   dg/dt = -a df/dtheta,

products that a tape gives with `output_gradients=a`. What is observed are short pieces
of one swing of a pendulum with friction, y = (angle, speed); then a swing that was not seen is foretold.

    python examples/neural_ode.py --picture neural-ode.png
"""

import argparse

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib") from missing

STEP, PIECE, BATCH, TIMES = 0.1, 10, 32, 250


class Field(tf.Module):
    """dy/dt at points [n, 2]: one hidden layer."""

    def __init__(self, units=50, seed=0):
        super().__init__()
        random = np.random.default_rng(seed)
        self.w1 = tf.Variable(random.normal(scale=0.7, size=(2, units)).astype(np.float32))
        self.w2 = tf.Variable(random.normal(scale=0.1, size=(units, 2)).astype(np.float32))
        self.b1, self.b2 = tf.Variable(tf.zeros([units])), tf.Variable(tf.zeros([2]))

    def __call__(self, y):
        return tf.tanh(y @ self.w1 + self.b1) @ self.w2 + self.b2


def pendulum(y):
    angle, speed = tf.unstack(y, axis=1)
    return tf.stack([speed, -2.0 * tf.sin(angle) - 0.15 * speed], axis=1)


def runge_kutta(f, state, step):
    """One step of the classical method of fourth order for a state that is a list of tensors."""

    def moved(slope, by):
        return [y + by * k for y, k in zip(state, slope)]

    k1 = f(state)
    k2 = f(moved(k1, step / 2))
    k3 = f(moved(k2, step / 2))
    k4 = f(moved(k3, step))
    return [y + step / 6 * (a + 2 * b + 2 * c + d) for y, a, b, c, d in zip(state, k1, k2, k3, k4)]


def solve(field, start, steps):
    """The path from each start, [steps + 1, n, 2]."""
    path = [start]
    for _ in range(steps):
        path += runge_kutta(lambda state: [field(state[0])], path[-1:], STEP)
    return tf.stack(path)


def solve_with_adjoint(field, start, steps):
    """The same; its gradient solves the adjoint equation backwards."""

    @tf.custom_gradient
    def operation(start):
        path = solve(field, start, steps)

        def gradient(upstream, variables):
            def backwards(state):
                y, adjoint, *_ = state
                with tf.GradientTape() as tape:
                    tape.watch(y)
                    slope = field(y)
                by_y, *by_variables = tape.gradient(slope, [y, *variables], output_gradients=adjoint)
                return [slope, -by_y, *(-g for g in by_variables)]

            y, adjoint = path[-1], upstream[-1]
            totals = [tf.zeros_like(v) for v in variables]
            for index in reversed(range(steps)):
                y, adjoint, *totals = runge_kutta(backwards, [y, adjoint, *totals], -STEP)
                adjoint += upstream[index]  # the path was observed here as well
            return adjoint, totals

        return path, gradient

    return operation(start)


def train(field, path, steps, rate=0.01):
    """Learn from random pieces of a path [times, 2] with Adam. Return the loss of each step."""
    variables = field.trainable_variables
    first = [tf.Variable(tf.zeros_like(v)) for v in variables]
    second = [tf.Variable(tf.zeros_like(v)) for v in variables]

    @tf.function
    def step(pieces, rate, count):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.abs(solve_with_adjoint(field, pieces[0], PIECE) - pieces))
        scale = rate * tf.sqrt(1.0 - 0.999**count) / (1.0 - 0.9**count)
        for v, m, s, g in zip(variables, first, second, tape.gradient(loss, variables)):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * g**2)
            v.assign_sub(scale * m / (tf.sqrt(s) + 1e-7))
        return loss

    random, losses = np.random.default_rng(1), []
    for count in range(1, steps + 1):
        starts = random.integers(len(path) - PIECE, size=BATCH)
        pieces = np.stack([path[starts + k] for k in range(PIECE + 1)])
        falling = rate * 0.5 * (1.0 + np.cos(np.pi * count / steps))
        losses.append(float(step(*(tf.constant(value, tf.float32) for value in (pieces, falling, count)))))
    return losses


def compare_gradients(field, start):
    """The largest relative difference of the adjoint method's gradients from those of a tape through the solver."""
    found = []
    for solver in (solve, solve_with_adjoint):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(solver(field, start, PIECE) ** 2)
        found.append(tape.gradient(loss, field.trainable_variables))
    return max(float(tf.norm(a - b) / tf.norm(a)) for a, b in zip(*found))


def draw(picture, field, observed, paths, learned, losses):
    figure = Figure(figsize=(11, 3.6), layout="constrained")
    plane, time, right = figure.subplots(1, 3)
    grid = np.stack(np.meshgrid(*2 * [np.linspace(-3.2, 3.2, 17, dtype=np.float32)]), axis=-1).reshape(-1, 2)
    plane.quiver(*grid.T, *np.transpose(field(tf.constant(grid))), color="0.6", scale=90, width=0.004)
    plane.plot(*observed.T, ".", color="tab:orange", ms=4, label="observed")
    for index, color in enumerate(["tab:blue", "tab:green"]):
        plane.plot(*learned[:, index].T, color, lw=1, label=f"start {index}, solved")
        time.plot(STEP * np.arange(len(paths)), paths[:, index, 0], color, lw=4, alpha=0.3)
        time.plot(STEP * np.arange(len(paths)), learned[:, index, 0], color, lw=1)
    plane.set(
        title="what was observed, and the learned field", xlabel="angle", ylabel="speed", aspect="equal"
    )
    plane.legend(loc="upper right", fontsize=8)
    time.set(title="the angle: pendulum (wide), learned (thin)", xlabel="t")
    right.semilogy(losses, lw=0.7)
    right.set(title="mean error on pieces of 1 s", xlabel="step")
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2000, help="steps of training")
    parser.add_argument("--picture", default="neural-ode.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    starts = tf.constant([[2.5, 0.0], [-0.5, 2.0]])  # the first is observed
    paths, field = solve(pendulum, starts, TIMES).numpy(), Field()
    difference = compare_gradients(field, starts)
    losses = train(field, paths[:, 0], options.steps)
    learned = solve(field, starts, TIMES).numpy()
    print(f"adjoint method and tape through the solver: gradients differ by {difference:.0e}")
    print(f"mean error on pieces of {STEP * PIECE:.0f} s: {losses[0]:.4f} -> {losses[-1]:.5f}")
    seen, new = np.abs(learned - paths).mean(axis=(0, 2))
    print(f"mean error over {STEP * TIMES:.0f} s: {seen:.4f} from the observed start, {new:.4f} from another")
    draw(options.picture, field, paths[:, 0], paths, learned, losses)
    print(f"picture: {options.picture}")
    return losses


if __name__ == "__main__":
    main()
