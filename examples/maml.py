"""Model-agnostic meta-learning: weights from which a few gradient steps learn a new sine.

C. Finn, P. Abbeel, S. Levine: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks (ICML 2017),
arXiv:1703.03400.

A task is a sine of some amplitude and phase, seen at ten points. The inner tape takes one gradient step on these
points; the outer tape differentiates the loss after that step, through the inner gradient, with respect to the weights
before it. All tasks of a batch run at once: adapted weights have an axis of tasks in front.

    python examples/maml.py --picture maml.png
"""

import argparse
import itertools

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib") from missing

POINTS, RATE = 10, 0.01


def initial_weights(seed=0, sizes=(1, 40, 40, 1)):
    random = np.random.default_rng(seed)
    weights = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        kernel = random.normal(scale=np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))
        weights += [tf.Variable(kernel.astype(np.float32)), tf.Variable(tf.zeros([1, fan_out]))]
    return weights


def network(weights, x):
    """Two hidden layers; x is [tasks, points, 1], and weights are [in, out] or, one for each task, [tasks, in, out]."""
    *hidden, kernel, bias = weights
    for hidden_kernel, hidden_bias in zip(hidden[::2], hidden[1::2]):
        x = tf.nn.relu(x @ hidden_kernel + hidden_bias)
    return x @ kernel + bias


def task_losses(weights, x, y):
    """The mean squared error of each task, [tasks]."""
    return tf.reduce_mean((network(weights, x) - y) ** 2, axis=[1, 2])


def adapt(weights, x, y, rate=RATE):
    """One gradient step on each task, from weights with an axis of tasks."""
    with tf.GradientTape() as tape:
        tape.watch(weights)
        # the tasks share nothing, so the gradient of the sum is each task's own
        loss = tf.reduce_sum(task_losses(weights, x, y))
    return [w - rate * g for w, g in zip(weights, tape.gradient(loss, weights))]


def for_each_task(weights, tasks):
    return [tf.tile(w[None], [tasks, 1, 1]) for w in weights]


def meta_loss(weights, x, y):
    """The loss on the second half of the points after one step on the first half."""
    adapted = adapt(for_each_task(weights, x.shape[0]), x[:, :POINTS], y[:, :POINTS])
    return tf.reduce_mean(task_losses(adapted, x[:, POINTS:], y[:, POINTS:]))


def plain_loss(weights, x, y):
    """What one would do without MAML: one network for all sines at once."""
    return tf.reduce_mean(task_losses(weights, x, y))


def sines(random, tasks, points):
    amplitude, phase = random.uniform(0.1, 5.0, (tasks, 1, 1)), random.uniform(0.0, np.pi, (tasks, 1, 1))
    x = random.uniform(-5.0, 5.0, (tasks, points, 1))
    return x.astype(np.float32), (amplitude * np.sin(x - phase)).astype(np.float32)


def train(objective, weights, steps, tasks=25, rate=1e-3):
    """Minimise an objective over random tasks with Adam. Return the loss of each step."""
    first = [tf.Variable(tf.zeros_like(w)) for w in weights]
    second = [tf.Variable(tf.zeros_like(w)) for w in weights]

    @tf.function
    def step(x, y, count):
        with tf.GradientTape() as tape:
            loss = objective(weights, x, y)
        scale = rate * tf.sqrt(1.0 - 0.999**count) / (1.0 - 0.9**count)
        for w, m, s, g in zip(weights, first, second, tape.gradient(loss, weights)):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * g**2)
            w.assign_sub(scale * m / (tf.sqrt(s) + 1e-7))
        return loss

    random = np.random.default_rng(1)
    return [
        float(step(*map(tf.constant, sines(random, tasks, 2 * POINTS)), tf.constant(float(count))))
        for count in range(1, steps + 1)
    ]


def errors_while_adapting(weights, x, y, steps, rate):
    """Losses on points not seen, after 0, 1, ... steps on the first ten; a mean over tasks."""
    adapted, errors = for_each_task(weights, x.shape[0]), []
    for _ in range(steps + 1):
        errors.append(float(tf.reduce_mean(task_losses(adapted, x[:, POINTS:], y[:, POINTS:]))))
        adapted = adapt(adapted, x[:, :POINTS], y[:, :POINTS], rate)
    return errors


def draw(picture, models, curves, steps):
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    *examples, right = figure.subplots(1, 3)
    x = np.linspace(-5.0, 5.0, 200, dtype=np.float32).reshape(1, -1, 1)
    seen = (
        np.random.default_rng(3).uniform(-5.0, 0.0, (1, POINTS, 1)).astype(np.float32)
    )  # one half of the line
    labels = {0: "before", 1: "after 1 step", steps: f"after {steps} steps"}
    for ax, (name, (weights, rate)) in zip(examples, models.items()):
        adapted = for_each_task(weights, 1)
        for step in range(steps + 1):
            if step in labels:
                ax.plot(
                    x[0, :, 0],
                    network(adapted, x)[0, :, 0],
                    [":", "--", "-"][min(step, 2)],
                    label=labels[step],
                )
            adapted = adapt(adapted, tf.constant(seen), 4.0 * tf.sin(seen - 1.0), rate)
        ax.plot(x[0, :, 0], 4.0 * np.sin(x[0, :, 0] - 1.0), "k", lw=0.7, label="the sine")
        ax.plot(seen[0, :, 0], 4.0 * np.sin(seen[0, :, 0] - 1.0), "k^", ms=6)
        ax.set(title=f"{name}: ten points of a new sine", ylim=(-6.5, 6.5))
    examples[0].legend(loc="lower right", fontsize=8)
    for name, errors in curves.items():
        right.semilogy(errors, "o-", ms=4, label=name)
    right.set(title="mean squared error on 500 new sines", xlabel="gradient steps on ten points")
    right.legend()
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=8000, help="steps of meta-training")
    parser.add_argument("--picture", default="maml.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    meta_learned, pretrained = initial_weights(), initial_weights()
    losses = train(meta_loss, meta_learned, options.steps)
    losses += train(plain_loss, pretrained, options.steps)
    # gradient descent from the pretrained weights diverges at MAML's rate
    models = {"MAML": (meta_learned, RATE), "pretrained": (pretrained, RATE / 10)}
    x, y = map(tf.constant, sines(np.random.default_rng(2), 500, POINTS + 50))
    curves = {
        name: errors_while_adapting(weights, x, y, 10, rate) for name, (weights, rate) in models.items()
    }
    for name, errors in curves.items():
        print(
            f"{name:>10}: error {errors[0]:.2f} before, {errors[1]:.2f} after one step, {errors[10]:.2f} after ten"
        )
    draw(options.picture, models, curves, 10)
    print(f"picture: {options.picture}")
    return losses + curves["MAML"]


if __name__ == "__main__":
    main()
