"""Influence functions: which images to learn from made a classifier right or wrong about a test image.

P. Koh, P. Liang: Understanding Black-box Predictions via Influence Functions (ICML 2017), arXiv:1703.04730.

Leaving out a training image moves the minimum of the loss by the inverse Hessian times its gradient. The Hessian is
never formed: a forward accumulator over a tape gives its product with a vector, and conjugate gradients solve with it.
One solution tells the influence of all images on the loss of a test image. Forty of these predictions are then checked
the hard way: the image is left out, and the classifier learns again.

    python examples/influence.py --picture influence.png
"""

import argparse

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scikit-learn") from missing

DECAY = 5e-3


def digits(seed=0, train=1000):
    """Return images and labels to learn from and to test. Pixels are from 0 to 1, and a column of ones follows."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(images))
    images = np.hstack([images[order] / 16.0, np.ones((len(images), 1))])
    labels = labels[order].astype(np.int32)
    return tuple(map(tf.constant, (images[:train], labels[:train], images[train:], labels[train:])))


class Classifier(tf.Module):
    """Softmax regression with a penalty on the weights, [65, 10]: a convex loss with one minimum."""

    def __init__(self, images, labels):
        super().__init__()
        self.images, self.labels = images, labels
        self.w = tf.Variable(tf.zeros([65, 10], tf.float64))
        self.present = tf.Variable(tf.ones([len(labels)], tf.float64))  # 0 where an image is left out
        # the Hessian where all ten classes are equally likely, of one class: near enough for a preconditioner
        gram = tf.transpose(images) @ images / len(labels)
        self.preconditioner = tf.linalg.inv(0.1 * gram + DECAY * tf.eye(65, dtype=tf.float64))

    def losses(self, images, labels):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=images @ self.w)

    def objective(self):
        mean = tf.reduce_mean(self.present * self.losses(self.images, self.labels))
        return mean + 0.5 * DECAY * tf.reduce_sum(self.w**2)

    @tf.function
    def gradient(self):
        with tf.GradientTape() as tape:
            loss = self.objective()
        return tape.gradient(loss, self.w)

    @tf.function
    def hessian_product(self, vector):
        """The Hessian of the objective times a vector, [65, 10]: how the gradient changes along it."""
        with tf.autodiff.ForwardAccumulator(self.w, vector) as accumulator:
            with tf.GradientTape() as tape:
                loss = self.objective()
            gradient = tape.gradient(loss, self.w)
        return accumulator.jvp(gradient)

    def solve(self, b, tolerance=1e-6):
        """Solve H x = b by conjugate gradients with a preconditioner, which also keeps roundings from growing."""
        x, residual = tf.zeros_like(b), b
        direction = self.preconditioner @ residual
        square = first = tf.reduce_sum(residual * direction)
        while square > tolerance**2 * first:
            product = self.hessian_product(direction)
            step = square / tf.reduce_sum(direction * product)
            x, residual = x + step * direction, residual - step * product
            better = self.preconditioner @ residual
            square, last = tf.reduce_sum(residual * better), square
            direction = better + square / last * direction
        return x

    def fit(self, tolerance, steps=100):
        """Newton's method with conjugate gradients, halving steps that do not lower the loss. Return the losses."""
        losses = [float(self.objective())]
        for _ in range(steps):
            gradient = self.gradient()
            if tf.norm(gradient) < tolerance:
                break
            step = self.solve(gradient, tolerance=1e-3)
            self.w.assign_sub(step)
            while self.objective() > losses[-1] + 1e-12:
                step /= 2
                self.w.assign_add(step)
            losses.append(float(self.objective()))
        return losses


def influences(model, image, label):
    """By how much the loss of a test image grows when each training image is left out: a prediction, [n]."""
    with tf.GradientTape() as tape:
        loss = model.losses(image[None], label[None])
    solution = model.solve(tape.gradient(loss, model.w))
    # the gradient of each training image's loss times the solution is the derivative of that loss along the solution
    with tf.autodiff.ForwardAccumulator(model.w, solution) as accumulator:
        losses = model.losses(model.images, model.labels)
    return accumulator.jvp(losses).numpy() / len(losses)


def leave_out(model, index, image, label):
    """The same, by learning again without the image."""
    start, before = model.w.numpy(), model.losses(image[None], label[None])[0]
    model.present.scatter_nd_update([[index]], [0.0])
    model.fit(tolerance=1e-7)
    after = model.losses(image[None], label[None])[0]
    model.present.scatter_nd_update([[index]], [1.0])
    model.w.assign(start)
    return float(after - before)


def draw(picture, model, image, label, guess, predicted, checked, actual):
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.2])
    ax = left.subplots()
    ax.axline((0, 0), slope=1, color="0.7", lw=1)
    ax.plot(actual, predicted[checked], "o", ms=4)
    ax.set(
        title="change of the test image's loss", xlabel="image left out, learned again", ylabel="predicted"
    )
    axes = right.subplots(3, 5)
    order = np.argsort(predicted)
    rows = [("helps most", order[:-6:-1]), ("harms most", order[:5])]
    for row, (title, chosen) in zip(axes[1:], rows):
        for ax, index in zip(row, chosen):
            ax.imshow(tf.reshape(model.images[index, :-1], [8, 8]), cmap="Greys")
            ax.set_title(f"a {model.labels[index]}", fontsize=10)
        row[0].set_ylabel(title)
    axes[0, 2].imshow(tf.reshape(image[:-1], [8, 8]), cmap="Greys")
    axes[0, 2].set_title(f"a {label}, taken for a {guess}", fontsize=10)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.set_axis_on() if ax.images else ax.set_axis_off()
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--steps", type=int, default=40, help="how many images are left out, to check predictions"
    )
    parser.add_argument("--picture", default="influence.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    images, labels, test_images, test_labels = digits()
    model = Classifier(images, labels)
    losses = model.fit(tolerance=1e-9)
    guesses = tf.argmax(test_images @ model.w, axis=1, output_type=tf.int32)
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.6f} in {len(losses) - 1} steps of Newton's method")
    print(f"{np.mean(guesses == test_labels):.1%} of the test images are right")

    wrong = int(np.flatnonzero(guesses != test_labels)[0])
    image, label, guess = test_images[wrong], test_labels[wrong], guesses[wrong]
    predicted = influences(model, image, label)
    checked = np.argsort(-np.abs(predicted))[: options.steps]
    actual = np.array([leave_out(model, index, image, label) for index in checked])
    correlation = np.corrcoef(predicted[checked], actual)[0, 1]
    print(
        f"influence on a {label} that is taken for a {guess}: predictions and {len(checked)} retrainings",
        end=" ",
    )
    print(f"correlate with {correlation:.4f}")
    draw(options.picture, model, image, label, guess, predicted, checked, actual)
    print(f"picture: {options.picture}")
    return [*losses, *predicted[checked], *actual]


if __name__ == "__main__":
    main()
