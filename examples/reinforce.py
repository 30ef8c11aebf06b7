"""REINFORCE: a policy learns to balance a pole on a cart from nothing but how long it stood.

R. Williams: Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning, Machine Learning
8 (1992). The cart and the pole are those of A. Barto, R. Sutton, C. Anderson (1983), with Gym's limits.

The gradient of the expected return is the mean of the gradients of log pi(action | state), each times what came after
it. From this return the mean of the other carts at the same time is taken away: that changes nothing on average, and
makes the estimate much less noisy.

    python examples/reinforce.py --picture reinforce.png
"""

import argparse

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib") from missing

LIMIT, CARTS, DISCOUNT = 500, 16, 0.99


class CartPole:
    """Many carts at once: states [n, 4] (position, speed, angle, its speed), pushed to the left (0) or right (1)."""

    def __init__(self, count, random):
        self.states = random.uniform(-0.05, 0.05, (count, 4))

    def push(self, actions):
        """Move all by 20 ms. Return which poles stand."""
        _, speed, angle, turning = self.states.T
        sine, cosine = np.sin(angle), np.cos(angle)
        push = (np.where(actions == 1, 10.0, -10.0) + 0.05 * turning**2 * sine) / 1.1
        faster = (9.8 * sine - cosine * push) / (0.5 * (4.0 / 3.0 - 0.1 * cosine**2 / 1.1))
        change = np.stack([speed, push - 0.05 * faster * cosine / 1.1, turning, faster], axis=1)
        self.states = self.states + 0.02 * change
        return (np.abs(self.states[:, 0]) < 2.4) & (np.abs(self.states[:, 2]) < np.radians(12.0))


class Policy(tf.Module):
    """One hidden layer: states [n, 4] to the logits of both actions [n, 2]."""

    def __init__(self, units=32, seed=0):
        super().__init__()
        random = np.random.default_rng(seed)
        self.w1 = tf.Variable(random.normal(scale=0.5, size=(4, units)).astype(np.float32))
        self.w2 = tf.Variable(random.normal(scale=0.1, size=(units, 2)).astype(np.float32))
        self.b1, self.b2 = tf.Variable(tf.zeros([units])), tf.Variable(tf.zeros([2]))

    def __call__(self, states):
        return tf.tanh(states @ self.w1 + self.b1) @ self.w2 + self.b2

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
    def right(self, states):
        """The probability of a push to the right."""
        return tf.nn.softmax(self(states))[:, 1]


def play(policy, random, carts=CARTS, limit=LIMIT):
    """Play until all poles have fallen. Return states [time, carts, 4], actions, and which stood, [time, carts]."""
    game, standing = CartPole(carts, random), np.full(carts, True)
    states, actions, stood = [], [], []
    while standing.any() and len(states) < limit:
        states.append(game.states.astype(np.float32))
        probability = policy.right(tf.constant(states[-1])).numpy()
        actions.append((random.random(carts) < probability).astype(np.int32))
        stood.append(standing)
        standing = standing & game.push(actions[-1])
    return np.array(states), np.array(actions), np.array(stood)


def advantages(stood):
    """Discounted returns, 1 for each moment that the pole stands, less their mean over the carts that stand."""
    returns, later = np.zeros(stood.shape), 0.0
    for time in reversed(range(len(stood))):
        later = returns[time] = stood[time] * (1.0 + DISCOUNT * later)
    baseline = returns.sum(axis=1, keepdims=True) / stood.sum(axis=1, keepdims=True)
    return (returns - baseline) / (returns[stood].std() + 1e-6)


class Learner(tf.Module):
    """The policy, and Adam for its weights."""

    def __init__(self, rate=0.02):
        super().__init__()
        self.policy, self.rate = Policy(), rate
        self.first = [tf.Variable(tf.zeros_like(v)) for v in self.policy.trainable_variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in self.policy.trainable_variables]
        self.count = tf.Variable(0.0)

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 4], tf.float32),
            tf.TensorSpec([None], tf.int32),
            tf.TensorSpec([None], tf.float32),
        ]
    )
    def learn(self, states, actions, weights):
        variables = self.policy.trainable_variables
        with tf.GradientTape() as tape:
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=actions, logits=self.policy(states)
            )
            loss = tf.reduce_mean(weights * surprise)
        self.count.assign_add(1.0)
        scale = self.rate * tf.sqrt(1.0 - 0.999**self.count) / (1.0 - 0.9**self.count)
        for v, m, s, g in zip(variables, self.first, self.second, tape.gradient(loss, variables)):
            m.assign(0.9 * m + 0.1 * g)
            s.assign(0.999 * s + 0.001 * g**2)
            v.assign_sub(scale * m / (tf.sqrt(s) + 1e-7))


def train(learner, steps):
    """Return how long the pole of each cart stood, [steps, CARTS]."""
    random, lengths = np.random.default_rng(1), []
    for _ in range(steps):
        states, actions, stood = play(learner.policy, random)
        learner.learn(
            *map(tf.constant, (states[stood], actions[stood], advantages(stood)[stood].astype(np.float32)))
        )
        lengths.append(stood.sum(axis=0))
    return np.array(lengths)


def draw(picture, policy, lengths, tests):
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    curve, balance, right = figure.subplots(1, 3)
    curve.fill_between(range(len(lengths)), lengths.min(axis=1), lengths.max(axis=1), alpha=0.2, lw=0)
    curve.plot(lengths.mean(axis=1))
    curve.set(
        title=f"how long {CARTS} poles stand: mean and range",
        xlabel="step of learning",
        ylabel="moments of 20 ms",
    )
    for (name, (states, stood)), color in zip(tests.items(), ["tab:orange", "tab:blue"]):
        for cart in range(8):
            angles = np.degrees(states[stood[:, cart], cart, 2])
            balance.plot(angles, color, lw=0.7, label=name if cart == 0 else None)
    balance.set(title="the angle of eight poles", xlabel="moment", ylabel="degrees", ylim=(-13, 13))
    balance.legend(loc="upper right")
    angle, turning = np.meshgrid(np.linspace(-12, 12, 61), np.linspace(-120, 120, 61))
    zero = np.zeros_like(angle)
    states = np.stack([zero, zero, np.radians(angle), np.radians(turning)], axis=-1).reshape(-1, 4)
    chosen = policy.right(tf.constant(states, tf.float32)).numpy().reshape(angle.shape)
    image = right.pcolormesh(angle, turning, chosen, cmap="RdBu_r", vmin=0, vmax=1, rasterized=True)
    right.set(title="probability of a push to the right", xlabel="angle", ylabel="degrees per second")
    figure.colorbar(image, ax=right)
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--steps", type=int, default=80, help="steps of learning, each after one game of all carts"
    )
    parser.add_argument("--picture", default="reinforce.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    learner, tests = Learner(), {}
    for name in ("before", "after"):
        states, _, stood = play(learner.policy, np.random.default_rng(2), carts=100)
        tests[name] = states, stood
        if name == "before":
            lengths = train(learner, options.steps)
    before, after = (stood.sum(axis=0) for _, stood in tests.values())
    print(
        f"100 poles stand for {before.mean():.0f} moments before, for {after.mean():.0f} of {LIMIT} after learning"
    )
    print(f"{np.mean(after == LIMIT):.0%} of them until the end; learned from {lengths.sum()} moments")
    draw(options.picture, learner.policy, lengths, tests)
    print(f"picture: {options.picture}")
    return [*lengths.mean(axis=1), *np.ravel(learner.policy.b2), *np.ravel(learner.policy.w2[0])]


if __name__ == "__main__":
    main()
