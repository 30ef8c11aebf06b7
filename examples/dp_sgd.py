"""Learning with differential privacy: the gradient of each example, clipped, and noise on their sum.

M. Abadi et al.: Deep Learning with Differential Privacy (CCS 2016), arXiv:1607.00133; the privacy that it costs by
I. Mironov, K. Talwar, L. Zhang: Renyi Differential Privacy of the Sampled Gaussian Mechanism, arXiv:1908.10530.

`tf.vectorized_map` runs a tape for each example at once. An example's gradient is scaled down to a norm of at most
CLIP, so that no example moves the sum by more, and Gaussian noise in proportion to CLIP hides whether it was there.
With a small epsilon, nobody can tell from the weights whether an example was among those that were learned from.

    python examples/dp_sgd.py --picture dp-sgd.png
"""

import argparse
import math

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scikit-learn") from missing

CLIP, BATCH, DELTA = 1.0, 128, 1e-4


def digits():
    """Return 1400 images and labels to learn from and 397 to test, in a fixed random order. Pixels are from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = (images[order] / 16.0).astype(np.float32), labels[order].astype(np.int32)
    return images[:1400], labels[:1400], images[1400:], labels[1400:]


def initial_weights(units=32, seed=0):
    random = np.random.default_rng(seed)
    return [
        tf.Variable(random.normal(scale=64**-0.5, size=(64, units)).astype(np.float32)),
        tf.Variable(tf.zeros([units])),
        tf.Variable(random.normal(scale=units**-0.5, size=(units, 10)).astype(np.float32)),
        tf.Variable(tf.zeros([10])),
    ]


def scores(weights, x):
    w1, b1, w2, b2 = weights
    return tf.tanh(x @ w1 + b1) @ w2 + b2


def example_gradients(weights, x, y):
    """The losses of the examples, [n], and for each weight the gradients of each example, [n, *weight.shape]."""

    def one(example):
        image, label = example
        with tf.GradientTape() as tape:
            logits = scores(weights, image[None])
            loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label[None], logits=logits)[0]
        return loss, *tape.gradient(loss, weights)

    losses, *gradients = tf.vectorized_map(one, (x, y))
    return losses, gradients


def private_sum(gradients, noise, here):
    """The sum of the clipped gradients of the examples that are here (1 or 0), with noise; and the norms before."""
    norms = tf.sqrt(sum(tf.reduce_sum(g**2, axis=list(range(1, len(g.shape)))) for g in gradients))
    scale = here * tf.minimum(1.0, CLIP / norms)
    return [tf.tensordot(scale, g, 1) + CLIP * z for g, z in zip(gradients, noise)], norms


def private_step(weights, rate=0.5):
    """Return a function that takes one step of DP-SGD, and returns the mean loss and the norms of the gradients."""

    @tf.function
    def step(x, y, here, noise):
        losses, gradients = example_gradients(weights, x, y)
        total, norms = private_sum(gradients, noise, here)
        for w, g in zip(weights, total):
            w.assign_sub(rate / BATCH * g)
        return tf.reduce_sum(here * losses) / tf.reduce_sum(here), norms

    return step


def train(step, weights, images, labels, steps, sigma):
    """Learn from the start. Return the loss of each step, and the norms of the gradients in the first and the last."""
    for weight, initial in zip(weights, initial_weights()):
        weight.assign(initial)
    random, curve, clipped = np.random.default_rng(1), [], []
    for _ in range(steps):
        # Each example is in a batch with the same probability, independent of the others, as the analysis wants.
        # Such batches differ in size: arrays hold nearly all that can be, and `here` says what is of the batch.
        chosen = np.flatnonzero(random.random(len(images)) < BATCH / len(images))[: 2 * BATCH]
        here = (np.arange(2 * BATCH) < len(chosen)).astype(np.float32)
        chosen = np.resize(chosen, 2 * BATCH)
        noise = [tf.constant(sigma * random.normal(size=w.shape), tf.float32) for w in weights]
        loss, norms = step(*map(tf.constant, (images[chosen], labels[chosen], here)), noise)
        curve.append(float(loss))
        clipped.append(norms.numpy()[here > 0])
    return curve, clipped[0], clipped[-1]


def epsilon(sigma, steps, share):
    """The epsilon of (epsilon, DELTA)-privacy, from the Renyi divergences of whole orders (Mironov et al., 3.3)."""
    best = math.inf
    for order in range(2, 129):
        terms = [
            math.lgamma(order + 1) - math.lgamma(k + 1) - math.lgamma(order - k + 1)
            + k * math.log(share) + (order - k) * math.log1p(-share) + (k * k - k) / (2 * sigma**2)
            for k in range(order + 1)
        ]  # fmt: skip
        divergence = np.logaddexp.reduce(terms) / (order - 1)
        best = min(best, steps * divergence + math.log(1 / DELTA) / (order - 1))
    return best


def accuracy(weights, x, y):
    return float(np.mean(tf.argmax(scores(weights, x), axis=1, output_type=tf.int32) == y))


def draw(picture, spent, rights, plain, norms):
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.semilogx(spent, rights, "o-", label="with noise")
    left.axhline(plain, color="k", ls="--", lw=1, label="clipped, without noise: no privacy")
    left.set(
        title="what privacy costs", xlabel=f"epsilon, with delta = {DELTA}", ylabel="right of 397 test images"
    )
    left.yaxis.set_major_formatter("{x:.0%}")
    left.legend()
    bins = np.geomspace(1e-3, 20, 40)
    for name, values in norms.items():
        right.hist(values, bins, histtype="step", lw=1.5, label=name)
    right.axvline(CLIP, color="k", ls="--", lw=1)
    right.set(
        title="gradients of single examples",
        xlabel="norm before it is clipped to 1",
        ylabel="examples",
        xscale="log",
    )
    right.legend(loc="upper left")
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=400, help="steps of training for each amount of noise")
    parser.add_argument("--picture", default="dp-sgd.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    images, labels, test_images, test_labels = digits()
    weights = initial_weights()
    step = private_step(weights)
    spent, rights, curves = [], [], []
    for sigma in [0.0, 0.7, 1.0, 1.5, 2.5, 4.0, 7.0]:
        curve, first, last = train(step, weights, images, labels, options.steps, sigma)
        right = accuracy(weights, test_images, test_labels)
        cost = epsilon(sigma, options.steps, BATCH / len(images)) if sigma else math.inf
        print(
            f"noise {sigma:3.1f}: epsilon {cost:6.2f}, loss {curve[0]:.2f} -> {curve[-1]:.2f}, {right:.1%} are right"
        )
        spent, rights, curves = [*spent, cost], [*rights, right], curves + curve
        if sigma == 2.5:
            norms = {"first step": first, f"step {options.steps}": last}
    draw(options.picture, spent[1:], rights[1:], rights[0], norms)
    print(f"picture: {options.picture}")
    return curves + rights


if __name__ == "__main__":
    main()
