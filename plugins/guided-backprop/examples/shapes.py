"""Which pixels made a network say "circle"? Three kinds of saliency maps of a small convolutional network.

    python examples/shapes.py saliency.png

makes images of a circle, a square or a cross among clutter and noise, trains the network on them in half a minute, and
draws for some new images what the gradient, the deconvnet and guided backpropagation say. It also prints how much of
each map lies on the figure, which the network was never told.
"""

import argparse
import time

import numpy as np
from tfcompat_guided_backprop import METHODS, saliency

import tfcompat_tape as tf

NAMES = ("circle", "square", "cross")
SIDE = 32


def distances(kind, across, down, radius):
    """How far each pixel is from the outline of a figure in the middle of the plane."""
    if kind == "circle":
        return np.abs(np.hypot(across, down) - radius)
    if kind == "square":
        outside = np.maximum(np.abs(across), np.abs(down)) - radius
        return np.where(
            outside > 0, np.hypot(*[np.maximum(np.abs(one) - radius, 0) for one in (across, down)]), -outside
        )
    bars = [np.maximum(np.abs(one) - radius, 0) for one in (across, down)]
    return np.minimum(np.hypot(across, bars[1]), np.hypot(down, bars[0]))


def make_images(count, seed):
    """Images [count, side, side, 1], their classes, and where the figures are [count, side, side].

    Each shows one figure, turned a little, and four strokes that mean nothing, on noise.
    """
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)))  # across, down
    images = rng.normal(0.0, 0.25, (count, SIDE, SIDE))
    classes = rng.integers(0, len(NAMES), count)
    figures = np.zeros((count, SIDE, SIDE), bool)
    for i in range(count):
        radius = rng.uniform(5.0, 8.0)
        middle = rng.uniform(radius + 2, SIDE - radius - 2, 2)
        turn = rng.uniform(-0.3, 0.3)
        across, down = (grid - middle[:, None, None]).astype(float)
        across, down = (
            across * np.cos(turn) - down * np.sin(turn),
            across * np.sin(turn) + down * np.cos(turn),
        )
        away = distances(NAMES[classes[i]], across, down, radius)
        images[i] += np.clip(1.5 - away, 0.0, 1.0)
        figures[i] = away < 2.0
        for _ in range(4):
            start, angle = rng.uniform(0, SIDE, 2), rng.uniform(0, np.pi)
            along, beside = [
                (grid[0] - start[0]) * a + (grid[1] - start[1]) * b
                for a, b in ((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle)))
            ]
            stroke = np.hypot(np.maximum(np.abs(along) - 2.5, 0), beside)
            images[i] += np.where(figures[i], 0.0, np.clip(1.5 - stroke, 0.0, 1.0))
    return images[..., None].astype(np.float32), classes.astype(np.int32), figures


class Network:
    """Three convolutions with rectifiers, the largest answer of each filter, and a linear layer."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.filters = [
            tf.Variable(rng.normal(0, np.sqrt(2 / (h * h * i)), (h, h, i, o)).astype(np.float32))
            for h, i, o in ((5, 1, 8), (5, 8, 16), (3, 16, 24))
        ]
        self.biases = [tf.Variable(tf.zeros([o])) for o in (8, 16, 24)]
        self.last = tf.Variable(rng.normal(0, 0.2, (24, len(NAMES))).astype(np.float32))

    @property
    def variables(self):
        return [*self.filters, *self.biases, self.last]

    def __call__(self, x):
        for i, (filters, bias) in enumerate(zip(self.filters, self.biases, strict=True)):
            x = tf.nn.relu(tf.nn.conv2d(x, filters, strides=1, padding="SAME") + bias)
            if i < 2:
                x = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
        return tf.reduce_max(x, axis=[1, 2]) @ self.last


def train(network, images, classes, steps, batch=32, rate=5e-3, seed=0):
    """Adam on the cross entropy."""
    rng = np.random.default_rng(seed)
    first = [tf.zeros_like(v) for v in network.variables]
    second = [tf.zeros_like(v) for v in network.variables]
    for step in range(1, steps + 1):
        rows = rng.integers(0, len(images), batch)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(classes[rows], network(images[rows]))
            loss = tf.reduce_mean(losses)
        grads = tape.gradient(loss, network.variables)
        size = rate * (1 - step / (steps + 1)) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        for i, (variable, grad) in enumerate(zip(network.variables, grads, strict=True)):
            first[i] = 0.9 * first[i] + 0.1 * grad
            second[i] = 0.999 * second[i] + 0.001 * grad * grad
            variable.assign_sub(size * first[i] / (tf.sqrt(second[i]) + 1e-7))
        if step % 100 == 0:
            print(f"step {step:4d}   loss {loss.numpy():.3f}", flush=True)


def accuracy(network, images, classes):
    """How often it is right."""
    return float(np.mean(np.argmax(network(images).numpy(), 1) == classes))


def on_the_figure(maps, figures):
    """The share of each map's magnitude that lies on the figure, on average."""
    size = np.abs(maps[..., 0])
    return float(np.mean((size * figures).sum((1, 2)) / size.sum((1, 2))))


def draw(file, images, classes, maps):
    """A row for each image: the image, and its maps side by side. Red speaks for the class, blue against it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    columns = 1 + len(maps)
    fig, axes = plt.subplots(len(images), columns, figsize=(2.1 * columns, 2.1 * len(images)), squeeze=False)
    for row, (image, kind) in enumerate(zip(images, classes, strict=True)):
        axes[row, 0].imshow(image[..., 0], cmap="gray")
        axes[row, 0].set_ylabel(NAMES[kind])
        for column, values in enumerate(maps.values(), 1):
            limit = np.quantile(np.abs(values[row]), 0.995)
            axes[row, column].imshow(values[row, ..., 0], cmap="RdBu_r", vmin=-limit, vmax=limit)
    for axis, title in zip(axes[0], ("image", *maps), strict=True):
        axis.set_title(title)
    for axis in axes.flat:
        axis.set_xticks([])
        axis.set_yticks([])
    fig.tight_layout()
    fig.savefig(file, dpi=100)
    plt.close(fig)


def main(args=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", default="saliency.png", help="the picture to write")
    parser.add_argument("--steps", type=int, default=500, help="of training")
    given = parser.parse_args(args)

    start = time.perf_counter()
    network = Network()
    images, classes, _ = make_images(4000, seed=1)
    train(network, images, classes, given.steps)
    images, classes, figures = make_images(300, seed=2)
    right = accuracy(network, images, classes)
    print(f"trained in {time.perf_counter() - start:.0f} s; right on {right:.1%} of new images")

    maps = {method: saliency(network, images, classes, method).numpy() for method in METHODS}
    print(f"\n{'method':10s} on the figure   ({figures.mean():.0%} of the pixels are)")
    for method, values in maps.items():
        print(f"{method:10s} {on_the_figure(values, figures):.0%}")
    shown = [int(np.flatnonzero(classes == kind)[i]) for kind in range(len(NAMES)) for i in range(2)]
    draw(given.file, images[shown], classes[shown], {method: one[shown] for method, one in maps.items()})
    print(f"\nwrote {given.file}")
    return maps, figures, right


if __name__ == "__main__":
    main()
