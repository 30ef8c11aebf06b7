"""A variational autoencoder: scikit-learn's digits on a plane.

D. Kingma, M. Welling: Auto-Encoding Variational Bayes (ICLR 2014), arXiv:1312.6114.

The encoder says of each image where on the plane it may lie, as a normal distribution; the decoder says of each place
what image is there. The bound on the likelihood is differentiated through the sample by writing it as mean +
deviation * noise: only the noise is random, so the gradient passes.

    python examples/vae.py --picture vae.png
"""

import argparse
import itertools

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_digits
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scikit-learn") from missing

LATENT, BATCH = 2, 128


def digits():
    """Return 1500 images and labels to learn from and 297 to test, in a fixed random order. Pixels are from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = (images[order] / 16.0).astype(np.float32), labels[order]
    return images[:1500], labels[:1500], images[1500:], labels[1500:]


class MLP(tf.Module):
    def __init__(self, *sizes, seed):
        super().__init__()
        random = np.random.default_rng(seed)
        self.kernels = [
            tf.Variable(random.normal(scale=fan_in**-0.5, size=(fan_in, fan_out)).astype(np.float32))
            for fan_in, fan_out in itertools.pairwise(sizes)
        ]
        self.biases = [tf.Variable(tf.zeros([size])) for size in sizes[1:]]

    def __call__(self, x):
        for kernel, bias in zip(self.kernels[:-1], self.biases):
            x = tf.nn.elu(x @ kernel + bias)
        return x @ self.kernels[-1] + self.biases[-1]


class VAE(tf.Module):
    def __init__(self, units=128):
        super().__init__()
        self.encoder = MLP(64, units, units, 2 * LATENT, seed=0)
        self.decoder = MLP(LATENT, units, units, 64, seed=1)

    def encode(self, x):
        """The mean and the logarithm of the variance of each image's place, [n, LATENT] each."""
        return tf.split(self.encoder(x), 2, axis=1)

    def decode(self, z):
        return tf.sigmoid(self.decoder(z))

    def bound(self, x):
        """The evidence lower bound of each image, in nats: how well it is described, less what its place tells."""
        mean, log_variance = self.encode(x)
        z = mean + tf.exp(0.5 * log_variance) * tf.random.normal(tf.shape(mean))
        described = -tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=self.decoder(z))
        divergence = 0.5 * (tf.exp(log_variance) + mean**2 - 1.0 - log_variance)
        return tf.reduce_sum(described, axis=1) - tf.reduce_sum(divergence, axis=1)


class Adam(tf.Module):
    def __init__(self, variables, rate=1e-3, beta1=0.9, beta2=0.999):
        super().__init__()
        self.trained, self.rate, self.beta1, self.beta2 = variables, rate, beta1, beta2
        self.first = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.count = tf.Variable(0.0)

    def apply(self, gradients):
        self.count.assign_add(1.0)
        scale = self.rate * tf.sqrt(1.0 - self.beta2**self.count) / (1.0 - self.beta1**self.count)
        for v, m, s, g in zip(self.trained, self.first, self.second, gradients):
            m.assign(self.beta1 * m + (1.0 - self.beta1) * g)
            s.assign(self.beta2 * s + (1.0 - self.beta2) * g**2)
            v.assign_sub(scale * m / (tf.sqrt(s) + 1e-7))


def train(model, images, test_images, steps):
    """Return the bounds of the batches, step by step, and those of the test images, every 50 steps."""
    optimizer, random = Adam(model.trainable_variables), np.random.default_rng(2)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(model.bound(x))
        optimizer.apply(tape.gradient(loss, model.trainable_variables))
        return -loss

    @tf.function
    def test():
        return tf.reduce_mean(model.bound(test_images))

    bounds, tested = [], {}
    for count in range(steps):
        if count % 50 == 0:
            tested[count] = float(test())
        bounds.append(float(step(tf.constant(images[random.choice(len(images), BATCH, replace=False)]))))
    return bounds, tested


def mosaic(images, columns):
    """One picture of many, [n, 64], row by row."""
    return np.reshape(images, (-1, columns, 8, 8)).swapaxes(1, 2).reshape(-1, 8 * columns)


def draw(picture, model, images, labels, test_images, bounds, tested):
    figure = Figure(figsize=(12, 4), layout="constrained")
    axes = figure.subplot_mosaic(
        [["plane", "manifold", "pairs"], ["plane", "manifold", "curve"]], height_ratios=[1, 2]
    )
    plane, manifold, pairs, curve = axes["plane"], axes["manifold"], axes["pairs"], axes["curve"]
    places = model.encode(images)[0]
    plane.scatter(places[:, 0], places[:, 1], c=labels, cmap="tab10", s=3)
    for digit in range(10):
        plane.text(*np.median(places[labels == digit], axis=0), digit, weight="bold", size=13)
    plane.set(title="where the encoder puts the digits", aspect="equal", xlim=(-3, 3), ylim=(-3, 3))
    side = np.linspace(-2.0, 2.0, 13, dtype=np.float32)
    grid = np.stack(np.meshgrid(side, side[::-1]), axis=-1).reshape(-1, 2)
    manifold.imshow(mosaic(model.decode(grid), 13), cmap="Greys")
    manifold.set(title="what the decoder finds there", xticks=[], yticks=[])
    shown = test_images[:10]
    again = model.decode(model.encode(shown)[0])
    pairs.imshow(mosaic(np.concatenate([shown, again]), 10), cmap="Greys")
    pairs.set(title="test images, encoded and decoded", xticks=[], yticks=[])
    curve.plot(bounds, lw=0.3, alpha=0.6, label="batches")
    curve.plot(list(tested), list(tested.values()), label="test images")
    curve.set(title="bound on log p(x), in nats", xlabel="step", ylim=(-30, -22))
    curve.legend()
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=6000, help="steps of training")
    parser.add_argument("--picture", default="vae.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    tf.random.set_seed(0)
    images, labels, test_images, test_labels = digits()
    model = VAE()
    bounds, tested = train(model, images, test_images, options.steps)
    places, test_places = model.encode(images)[0].numpy(), model.encode(test_images)[0].numpy()
    nearest = np.argmin(np.linalg.norm(test_places[:, None] - places, axis=2), axis=1)
    print(f"bound on the log-likelihood: {bounds[0]:.1f} -> {np.mean(bounds[-50:]):.2f} nats", end="")
    print(f", {tf.reduce_mean(model.bound(test_images)):.2f} of test images")
    print(
        f"the nearest place on the plane tells {np.mean(labels[nearest] == test_labels):.1%} of the test digits"
    )
    draw(options.picture, model, images, labels, test_images, bounds, tested)
    print(f"picture: {options.picture}")
    return bounds


if __name__ == "__main__":
    main()
