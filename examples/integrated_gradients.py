"""Integrated gradients: which pixels made a network say what it says.

M. Sundararajan, A. Taly, Q. Yan: Axiomatic Attribution for Deep Networks (ICML 2017), arXiv:1703.01365.

The gradient of a class's score is averaged along the straight line from a blank image to the image, and multiplied by
their difference. By the fundamental theorem of calculus these attributions sum to the difference of the scores
(completeness), which the plain gradient times the image does not. A small convolutional network learns scikit-learn's
digits first; then one image of each digit is explained.

    python examples/integrated_gradients.py --picture integrated-gradients.png
"""

import argparse

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scikit-learn") from missing


def digits():
    """Return 1400 images and labels to learn from and 397 to test, in a fixed random order. Pixels are from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images = (images[order] / 16.0).reshape(-1, 8, 8, 1).astype(np.float32)
    labels = labels[order].astype(np.int32)
    return images[:1400], labels[:1400], images[1400:], labels[1400:]


class ConvNet(tf.Module):
    """Two convolutions and a linear layer: images [n, 8, 8, 1] to scores [n, 10]."""

    def __init__(self, seed=0):
        super().__init__()
        random = np.random.default_rng(seed)

        def weights(*shape):
            scale = np.sqrt(2.0 / np.prod(shape[:-1]))
            return tf.Variable(random.normal(scale=scale, size=shape).astype(np.float32))

        self.kernels = [weights(3, 3, 1, 16), weights(3, 3, 16, 32)]
        self.biases = [tf.Variable(tf.zeros([16])), tf.Variable(tf.zeros([32]))]
        self.readout, self.offset = weights(4 * 4 * 32, 10), tf.Variable(tf.zeros([10]))

    def __call__(self, x):
        for kernel, bias, stride in zip(self.kernels, self.biases, [1, 2]):
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, strides=stride, padding="SAME") + bias)
        return tf.reshape(x, [-1, 4 * 4 * 32]) @ self.readout + self.offset


def train(network, images, labels, steps, batch=64, rate=0.05, momentum=0.9):
    """Stochastic gradient descent with momentum. Return the loss of each step."""
    speeds = [tf.Variable(tf.zeros_like(v)) for v in network.trainable_variables]
    random = np.random.default_rng(1)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=network(x)))
        gradients = tape.gradient(loss, network.trainable_variables)
        for variable, speed, gradient in zip(network.trainable_variables, speeds, gradients):
            speed.assign(momentum * speed - rate * gradient)
            variable.assign_add(speed)
        return loss

    losses = []
    for _ in range(steps):
        chosen = random.choice(len(images), batch, replace=False)
        losses.append(float(step(images[chosen], labels[chosen])))
    return losses


def class_gradient(network, images, label):
    """The gradient of the score of one class with respect to each image."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = network(images)[:, label]
    return tape.gradient(scores, images)


def integrated_gradients(network, image, label, intervals=64):
    """Attributions of the pixels of one image, [8, 8, 1], by the midpoint rule from the blank image."""
    baseline = tf.zeros_like(image)
    positions = (tf.range(intervals, dtype=tf.float32) + 0.5) / intervals
    along = baseline + positions[:, None, None, None] * (image - baseline)
    return (image - baseline) * tf.reduce_mean(class_gradient(network, along, label), axis=0)


def gap(network, image, label, attributions):
    """How far the attributions are from completeness: their sum, less the difference of the scores."""
    scores = network(tf.stack([image, tf.zeros_like(image)]))[:, label]
    return float(tf.reduce_sum(attributions) - (scores[0] - scores[1]))


def draw(picture, images, attributions, gaps, plain_gap):
    figure = Figure(figsize=(10, 4), layout="constrained")
    grid, right = figure.subfigures(1, 2, width_ratios=[1.2, 1])
    axes = grid.subplots(4, 5)
    pairs = zip(np.concatenate(axes[::2]), np.concatenate(axes[1::2]), images, attributions)
    for above, below, image, attribution in pairs:
        limit = np.abs(attribution).max()
        above.imshow(image, cmap="Greys")
        below.imshow(attribution, cmap="RdBu_r", vmin=-limit, vmax=limit)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
    grid.suptitle("what speaks for each digit (red) and against it (blue)")
    ax = right.subplots()
    ax.loglog(list(gaps), list(gaps.values()), "o-", base=2, label="integrated gradients")
    ax.axhline(plain_gap, color="k", ls="--", lw=1, label="gradient times image")
    ax.set(title="distance from completeness", xlabel="points on the path")
    ax.legend()
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1500, help="steps of training")
    parser.add_argument(
        "--picture", default="integrated-gradients.png", metavar="FILE", help="where the picture goes"
    )
    options = parser.parse_args(arguments)

    images, labels, test_images, test_labels = digits()
    network = ConvNet()
    losses = train(network, images, labels, options.steps)
    guesses = tf.argmax(network(test_images), axis=1, output_type=tf.int32)
    print(
        f"loss {losses[0]:.3f} -> {losses[-1]:.4f}, {np.mean(guesses == test_labels):.1%} of the tests are right"
    )

    examples = [tf.constant(test_images[test_labels == digit][0]) for digit in range(10)]
    attributions = [integrated_gradients(network, image, digit) for digit, image in enumerate(examples)]
    gaps = {
        intervals: np.mean(
            [
                abs(gap(network, image, digit, integrated_gradients(network, image, digit, intervals)))
                for digit, image in enumerate(examples)
            ]
        )
        for intervals in [1, 2, 4, 8, 16, 32, 64, 128, 256]
    }
    plain = [image * class_gradient(network, image[None], digit)[0] for digit, image in enumerate(examples)]
    plain_gap = np.mean(
        [abs(gap(network, image, digit, a)) for digit, (image, a) in enumerate(zip(examples, plain))]
    )
    print(
        f"distance from completeness: {gaps[64]:.4f} with 64 points, {plain_gap:.2f} for gradient times image"
    )
    draw(options.picture, np.squeeze(examples), np.squeeze(attributions), gaps, plain_gap)
    print(f"picture: {options.picture}")
    return losses + [float(tf.reduce_max(a)) for a in attributions] + list(gaps.values())


if __name__ == "__main__":
    main()
