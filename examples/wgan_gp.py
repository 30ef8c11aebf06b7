"""A Wasserstein GAN with gradient penalty, on eight points in a ring.

M. Arjovsky, S. Chintala, L. Bottou: Wasserstein GAN (ICML 2017), arXiv:1701.07875; I. Gulrajani et al.: Improved
Training of Wasserstein GANs (NIPS 2017), arXiv:1704.00028.

The critic's slope is held near one: a tape within the tape takes the gradient of the critic with respect to points
between real and generated ones, and the penalty on its norm is differentiated with respect to the critic's weights.
What the critic then tells apart is the distance by which the generated points would have to be moved.

    python examples/wgan_gp.py --picture wgan-gp.png
"""

import argparse
import itertools

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib") from missing

BATCH, CRITIC_STEPS, PENALTY, SPREAD = 256, 4, 0.1, 0.1
ANGLES = np.arange(8) * np.pi / 4
MODES = 2.0 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)


class MLP(tf.Module):
    """Dense layers with leaky rectifiers between them."""

    def __init__(self, *sizes, seed):
        super().__init__()
        random = np.random.default_rng(seed)
        self.kernels = [
            tf.Variable(random.normal(scale=np.sqrt(2.0 / a), size=(a, b)).astype(np.float32))
            for a, b in itertools.pairwise(sizes)
        ]
        self.biases = [tf.Variable(tf.zeros([size])) for size in sizes[1:]]

    def __call__(self, x):
        for kernel, bias in zip(self.kernels[:-1], self.biases):
            x = tf.nn.leaky_relu(x @ kernel + bias)
        return x @ self.kernels[-1] + self.biases[-1]


class Adam(tf.Module):
    """Adam, with a rate that falls to zero over so many steps."""

    def __init__(self, variables, steps, rate=1e-3, beta1=0.5, beta2=0.9):
        super().__init__()
        self.trained, self.steps, self.rate, self.beta1, self.beta2 = variables, steps, rate, beta1, beta2
        self.first = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.count = tf.Variable(0.0)

    def apply(self, gradients):
        self.count.assign_add(1.0)
        rate = self.rate * (1.0 - self.count / (self.steps + 1.0))
        scale = rate * tf.sqrt(1.0 - self.beta2**self.count) / (1.0 - self.beta1**self.count)
        for v, m, s, g in zip(self.trained, self.first, self.second, gradients):
            m.assign(self.beta1 * m + (1.0 - self.beta1) * g)
            s.assign(self.beta2 * s + (1.0 - self.beta2) * g**2)
            v.assign_sub(scale * m / (tf.sqrt(s) + 1e-7))


def gradient_penalty(critic, real, fake, share):
    """The mean of (slope - 1)^2 at points between real and fake ones."""
    between = real + share * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    slope = tf.norm(tape.gradient(values, between), axis=1)
    return tf.reduce_mean((slope - 1.0) ** 2)


class WGAN(tf.Module):
    def __init__(self, steps, units=64):
        super().__init__()
        self.generator, self.critic = (
            MLP(2, units, units, units, 2, seed=0),
            MLP(2, units, units, units, 1, seed=1),
        )
        self.generator_adam = Adam(self.generator.trainable_variables, steps)
        self.critic_adam = Adam(self.critic.trainable_variables, CRITIC_STEPS * steps)

    @tf.function
    def critic_step(self, real, noise, share):
        """One step of the critic. Return its estimate of the distance between the two distributions."""
        fake = self.generator(noise)
        with tf.GradientTape() as tape:
            distance = tf.reduce_mean(self.critic(real)) - tf.reduce_mean(self.critic(fake))
            loss = PENALTY * gradient_penalty(self.critic, real, fake, share) - distance
        self.critic_adam.apply(tape.gradient(loss, self.critic.trainable_variables))
        return distance

    @tf.function
    def generator_step(self, noise):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.critic(self.generator(noise)))
        self.generator_adam.apply(tape.gradient(loss, self.generator.trainable_variables))


def real_points(random, count):
    return (MODES[random.integers(8, size=count)] + SPREAD * random.normal(size=(count, 2))).astype(
        np.float32
    )


def noise(random, count):
    return random.normal(size=(count, 2)).astype(np.float32)


def train(gan, steps, watch):
    """Return the distance that the critic sees before each step of the generator. `watch` is called with each step."""
    random, distances = np.random.default_rng(2), []
    for step in range(steps):
        watch(step)
        for _ in range(CRITIC_STEPS):
            share = random.random((BATCH, 1), dtype=np.float32)
            batch = map(tf.constant, (real_points(random, BATCH), noise(random, BATCH), share))
            distance = gan.critic_step(*batch)
        gan.generator_step(tf.constant(noise(random, BATCH)))
        distances.append(float(distance))
    return distances


def judge(points):
    """Return what share of the points is within four standard deviations of a mode, and the share of each mode."""
    far = np.linalg.norm(points[:, None] - MODES, axis=2)
    near = far.min(axis=1) < 4 * SPREAD
    return near.mean(), np.bincount(far.argmin(axis=1)[near], minlength=8) / len(points)


def draw(picture, gan, snapshots, distances):
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    *scatters, right = figure.subplots(1, 4)
    across, up = np.meshgrid(
        np.linspace(-3, 3, 61, dtype=np.float32), np.linspace(-3, 3, 61, dtype=np.float32)
    )
    heights = gan.critic(tf.constant(np.stack([across, up], axis=-1).reshape(-1, 2)))
    scatters[-1].contour(across, up, tf.reshape(heights, across.shape), 14, cmap="Greys", linewidths=0.6)
    for ax, (step, points) in zip(scatters, snapshots.items()):
        ax.plot(*MODES.T, "o", color="tab:orange", ms=14, alpha=0.5)
        ax.plot(*points[:1000].T, ".", color="tab:blue", ms=2)
        ax.set(title=f"after {step} steps", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
    scatters[-1].set_title(f"after {step} steps, and the critic")
    right.semilogy(np.maximum(distances, 1e-4), lw=0.5)
    right.set(title="distance, as the critic sees it", xlabel="steps of the generator")
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3500, help="steps of the generator")
    parser.add_argument("--picture", default="wgan-gp.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    gan, snapshots = WGAN(options.steps), {}
    fixed = tf.constant(noise(np.random.default_rng(3), 5000))

    def watch(step):
        if step in (options.steps // 40, options.steps // 8):
            snapshots[step] = gan.generator(fixed).numpy()

    distances = train(gan, options.steps, watch)
    snapshots[options.steps] = gan.generator(fixed).numpy()
    for step, points in snapshots.items():
        near, shares = judge(points)
        print(
            f"step {step:4}: {near:.1%} of the points are at a mode, {np.sum(shares > 0.02)} of 8 modes found"
        )
    print(
        f"shares of the modes: {', '.join(f'{share:.1%}' for share in shares)}; distance {distances[-1]:.3f}"
    )
    draw(options.picture, gan, snapshots, distances)
    print(f"picture: {options.picture}")
    return distances


if __name__ == "__main__":
    main()
