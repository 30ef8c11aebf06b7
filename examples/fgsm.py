"""The fast gradient sign method: images that a network takes for others, and training against them.

I. Goodfellow, J. Shlens, C. Szegedy: Explaining and Harnessing Adversarial Examples (ICLR 2015), arXiv:1412.6572.

Each pixel moves by epsilon in the direction in which the loss grows: the sign of the gradient with respect to the
image. Two networks learn scikit-learn's digits, one on the images as they are, the other also on images attacked while
it learns; then both are attacked, and as a control moved by as much at random.

    python examples/fgsm.py --picture fgsm.png
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
    images, labels = (images[order] / 16.0).astype(np.float32), labels[order].astype(np.int32)
    return images[:1400], labels[:1400], images[1400:], labels[1400:]


class Network(tf.Module):
    """One hidden layer: images [n, 64] to scores [n, 10]."""

    def __init__(self, units=128, seed=0):
        super().__init__()
        random = np.random.default_rng(seed)
        self.w1 = tf.Variable(random.normal(scale=0.18, size=(64, units)).astype(np.float32))
        self.w2 = tf.Variable(random.normal(scale=0.12, size=(units, 10)).astype(np.float32))
        self.b1, self.b2 = tf.Variable(tf.zeros([units])), tf.Variable(tf.zeros([10]))

    def __call__(self, x):
        return tf.nn.relu(x @ self.w1 + self.b1) @ self.w2 + self.b2


def loss_of(network, x, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=network(x)))


def attack(network, x, y, epsilon):
    """The fast gradient sign method."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = loss_of(network, x, y)
    moved = x + epsilon * tf.sign(tape.gradient(loss, x))
    return tf.clip_by_value(moved, 0.0, 1.0)


def train(network, images, labels, steps, epsilon=0.0, batch=64, rate=0.1, momentum=0.9):
    """Gradient descent with momentum; with an epsilon, half of the loss is that of attacked images."""
    speeds = [tf.Variable(tf.zeros_like(v)) for v in network.trainable_variables]
    random = np.random.default_rng(1)

    @tf.function
    def step(x, y):
        attacked = attack(network, x, y, epsilon) if epsilon else x
        with tf.GradientTape() as tape:
            loss = 0.5 * (loss_of(network, x, y) + loss_of(network, attacked, y))
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


def accuracy(network, x, y):
    return float(np.mean(tf.argmax(network(x), axis=1, output_type=tf.int32) == y))


def draw(picture, network, x, y, epsilon, epsilons, curves):
    figure = Figure(figsize=(10, 4), layout="constrained")
    grid, right = figure.subfigures(1, 2, width_ratios=[1.2, 1])
    axes = grid.subplots(3, 6)
    attacked = attack(network, x, y, epsilon)
    before, after = (tf.argmax(network(images), axis=1).numpy() for images in (x, attacked))
    fooled = np.flatnonzero((before == y.numpy()) & (after != before))[:6]
    for column, index in zip(axes.T, fooled):
        rows = [
            (x[index], "Greys", 0),
            (attacked[index] - x[index], "RdBu_r", -1),
            (attacked[index], "Greys", 0),
        ]
        for ax, (image, colors, low) in zip(column, rows):
            ax.imshow(tf.reshape(image, [8, 8]), cmap=colors, vmin=low, vmax=1)
        column[0].set_title(f"a {before[index]}")
        column[2].set_title(f"a {after[index]}?")
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
    for ax, label in zip(axes[:, 0], ["image", "change", "attacked"]):
        ax.set_ylabel(label)
    grid.suptitle(f"each pixel moved by {epsilon} at most")
    ax = right.subplots()
    for (name, accuracies), style in zip(curves.items(), ["C0o-", "C0:", "C1o-", "C1:"]):
        ax.plot(epsilons, accuracies, style, ms=4, label=name)
    ax.set(xlabel="epsilon", ylabel="right of 397 test images", ylim=(0, 1.02))
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=8, frameon=False)
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--steps", type=int, default=3000, help="steps of training for each of the two networks"
    )
    parser.add_argument("--picture", default="fgsm.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    images, labels, test_images, test_labels = digits()
    x, y = tf.constant(test_images), tf.constant(test_labels)
    noise = np.sign(np.random.default_rng(2).normal(size=x.shape)).astype(np.float32)
    epsilons = np.linspace(0.0, 0.3, 13)
    networks, losses, curves = {"plain": Network(), "adversarial training": Network()}, [], {}
    for (name, network), epsilon in zip(networks.items(), [0.0, 0.15]):
        losses += train(network, images, labels, options.steps, epsilon)
        curves[f"{name}, attacked"] = [accuracy(network, attack(network, x, y, e), y) for e in epsilons]
        curves[f"{name}, random signs"] = [
            accuracy(network, tf.clip_by_value(x + e * noise, 0.0, 1.0), y) for e in epsilons
        ]
    for name, accuracies in curves.items():
        print(f"{name:>34}: {accuracies[0]:.1%} right, {accuracies[4]:.1%} at {epsilons[4]:.2f}")
    draw(options.picture, networks["plain"], x, y, 0.15, epsilons, curves)
    print(f"picture: {options.picture}")
    return losses + [share for shares in curves.values() for share in shares]


if __name__ == "__main__":
    main()
