"""Two to four bits: a classifier that learns with quantized weights and activations, and one rounded afterwards.

    python examples/spirals.py

trains a network on three interleaved spirals, in floating point. Then, for each number of bits, it quantizes that
network with `LSQFakeQuant`, and leaves it at that ("rounded"), or trains it on, with the steps as they were ("fixed")
or together with them ("learned"). The first and the last layer have 8 bits, as in the paper. Takes half a minute.
"""

import argparse
import itertools

import numpy as np
from tfcompat_quantizers import initial_step

import tfcompat_tape as tf

ARMS, WIDTH = 3, 16
quantize = tf.plugins.ops.LSQFakeQuant


def make_spirals(count, seed):
    """Points [count, 2] on three noisy spirals, and which."""
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, ARMS, count)
    along = np.sqrt(rng.uniform(0.02, 1.0, count))
    angle = 2 * np.pi * (classes / ARMS + 1.3 * along)
    points = along[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1) + rng.normal(0, 0.025, (count, 2))
    return points.astype(np.float32), classes.astype(np.int32)


class Network:
    """Three layers and an output; quantized once it has steps."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        sizes = [2, WIDTH, WIDTH, WIDTH, ARMS]
        self.weights = [
            tf.Variable(rng.normal(0, np.sqrt(2 / i), (i, o)).astype(np.float32))
            for i, o in itertools.pairwise(sizes)
        ]
        self.biases = [tf.Variable(tf.zeros([o])) for o in sizes[1:]]
        self.steps = []

    def set_bits(self, bits, points):
        """Quantize from now on; the first steps are what these points suggest."""
        self.bits = [8, bits, bits, 8]
        self.steps = [
            (tf.Variable(initial_step(w, b)), None) for w, b in zip(self.weights, self.bits, strict=True)
        ]
        x = tf.constant(points)
        for i in range(len(self.weights)):
            step = tf.Variable(initial_step(x, self.bits[i], signed=i == 0))
            self.steps[i] = (self.steps[i][0], step)
            x = self.layer(i, x)

    def layer(self, i, x):
        """What layer `i` makes of x. Its inputs have a sign in the first layer only: after that they are rectified."""
        weight = self.weights[i]
        if self.steps:
            for_weight, for_x = self.steps[i]
            weight = quantize(weight, for_weight, bits=self.bits[i])
            # Of the paper: the number of features, whatever the batch.
            scale = 1.0 / np.sqrt(x.shape[1] * (2 ** (self.bits[i] - (i == 0)) - 1))
            x = quantize(x, for_x, bits=self.bits[i], signed=i == 0, gradient_scale=float(scale))
        x = x @ weight + self.biases[i]
        return x if i == len(self.weights) - 1 else tf.nn.relu(x)

    def __call__(self, x):
        for i in range(len(self.weights)):
            x = self.layer(i, x)
        return x

    def variables(self, with_steps=True):
        """What is to be trained."""
        steps = [one for pair in self.steps for one in pair] if with_steps else []
        return [*self.weights, *self.biases, *steps]

    def copy(self):
        """Another one with these weights, not quantized."""
        other = Network(0)
        for mine, theirs in zip(self.variables(False), other.variables(), strict=True):
            theirs.assign(mine)
        return other


def train(network, variables, points, classes, steps, rate, batch=128):
    """Adam on the cross entropy, slower and slower."""
    rng = np.random.default_rng(0)
    first, second = [[tf.zeros_like(v) for v in variables] for _ in range(2)]
    for step in range(1, steps + 1):
        rows = rng.integers(0, len(points), batch)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                classes[rows], network(tf.constant(points[rows]))
            )
            loss = tf.reduce_mean(losses)
        size = rate * (1 - step / (steps + 1)) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        for i, grad in enumerate(tape.gradient(loss, variables)):
            first[i] = 0.9 * first[i] + 0.1 * grad
            second[i] = 0.999 * second[i] + 0.001 * grad * grad
            variables[i].assign_sub(size * first[i] / (tf.sqrt(second[i]) + 1e-7))


def accuracy(network, points, classes):
    """How often it is right."""
    return float(np.mean(np.argmax(network(tf.constant(points)).numpy(), 1) == classes))


def main(args=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1000, help="of training, before and again after")
    parser.add_argument("--bits", type=int, nargs="+", default=[2, 3, 4])
    given = parser.parse_args(args)

    points, classes = make_spirals(4000, seed=1)
    new = make_spirals(4000, seed=2)
    whole = Network(0)
    train(whole, whole.variables(), points, classes, given.steps, rate=0.01)
    table = {"float": accuracy(whole, *new)}
    print(f"float: {table['float']:.1%} of new points\n")
    print("bits   rounded   fixed   learned")
    for bits in given.bits:
        found = []
        for how in ("rounded", "fixed", "learned"):
            network = whole.copy()
            network.set_bits(bits, points)
            if how != "rounded":
                train(network, network.variables(how == "learned"), points, classes, given.steps, rate=0.003)
            found.append(accuracy(network, *new))
        table[bits] = found
        print("{:4d}   {:7.1%}   {:5.1%}   {:7.1%}".format(bits, *found), flush=True)
    return table


if __name__ == "__main__":
    main()
