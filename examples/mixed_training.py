"""Training with a bit of both: a loss written for TensorFlow, a model written for torch, a torch optimizer.

The same model is trained four times: by torch alone, by TensorFlow's API alone, and mixed in both directions - tapes
around a torch model, and torch's autograd around a TensorFlow loss. All four give the same numbers.

    python examples/mixed_training.py
"""

import numpy as np
import torch
from torch import nn

import tfcompat_tape as tf

STEPS, RATE, DELTA = 20, 0.05, 0.5


def data():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(64, 4)).astype(np.float32)
    return x, np.sin(x.sum(axis=1, keepdims=True)).astype(np.float32)


def new_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))


def huber_tf(y, prediction):
    """A loss as one finds it in TensorFlow code."""
    error = tf.abs(y - prediction)
    quadratic = tf.minimum(error, DELTA)
    return tf.reduce_mean(0.5 * tf.square(quadratic) + DELTA * (error - quadratic))


def train_torch():
    """Torch alone."""
    x, y = map(torch.from_numpy, data())
    model = new_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = nn.functional.huber_loss(model(x), y, delta=DELTA)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_tensorflow():
    """TensorFlow's API alone, with Adam written out."""
    x, y = map(tf.constant, data())
    w1, b1, w2, b2 = [tf.Variable(p.detach().numpy().T) for p in new_model().parameters()]
    variables = [w1, b1, w2, b2]
    first = [tf.Variable(tf.zeros_like(v)) for v in variables]
    second = [tf.Variable(tf.zeros_like(v)) for v in variables]
    losses = []
    for step in range(1, STEPS + 1):
        with tf.GradientTape() as tape:
            loss = huber_tf(y, tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2) + b2)
        for v, m, s, g in zip(variables, first, second, tape.gradient(loss, variables), strict=True):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * tf.square(g))
            root = tf.sqrt(s) / (1.0 - 0.999**step) ** 0.5 + 1e-8
            v.assign_sub(RATE / (1.0 - 0.9**step) * m / root)
        losses.append(float(loss))
    return losses


def train_on_a_tape():
    """A torch model and optimizer, a TensorFlow loss: the gradients come from a tape."""
    x, y = map(tf.constant, data())
    model = tf.interop.from_module(new_model())
    optimizer = tf.interop.TorchOptimizer(torch.optim.Adam, model.trainable_variables, lr=RATE)
    losses = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = huber_tf(y, model(x))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
        losses.append(float(loss))
    return losses


def train_on_autograd():
    """The same in a torch training loop: the TensorFlow loss is a function of torch tensors there."""
    x, y = map(torch.from_numpy, data())
    model = new_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    huber = tf.interop.to_torch(huber_tf)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = huber(y, model(x))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main():
    runs = {
        f.__doc__.splitlines()[0]: f()
        for f in (train_torch, train_tensorflow, train_on_a_tape, train_on_autograd)
    }
    reference = next(iter(runs.values()))
    for title, losses in runs.items():
        worst = max(abs(a - b) for a, b in zip(losses, reference, strict=True))
        print(f"{losses[0]:.6f} -> {losses[-1]:.6f}   within {worst:.1e} of torch   {title}")


if __name__ == "__main__":
    main()
