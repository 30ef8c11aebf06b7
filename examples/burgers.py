"""A physics-informed neural network for Burgers' equation.

M. Raissi, P. Perdikaris, G. Karniadakis: Physics-informed neural networks, Journal of Computational Physics 378 (2019),
arXiv:1711.10561.

    u_t + u u_x = nu u_xx,   u(0, x) = -sin(pi x),   u(t, -1) = u(t, 1) = 0,   nu = 0.01 / pi

A network u(t, x) is trained until the equation holds at points inside, with derivatives of the network by nested tapes.
No solution is shown to it. Initial and boundary values hold by construction, as does u(t, -x) = -u(t, x), and L-BFGS of
SciPy minimises what is left of the equation. The result is compared with the exact solution, by the transformation of
Cole and Hopf.

    python examples/burgers.py --picture burgers.png
"""

import argparse
import itertools

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from scipy.optimize import minimize
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scipy") from missing

NU = 0.01 / np.pi


class Network(tf.Module):
    """u(t, x) of points [n, 1] each. In float64: L-BFGS compares losses that are nearly equal."""

    def __init__(self, sizes=(2, 24, 24, 24, 24, 1), seed=0):
        super().__init__()
        random = np.random.default_rng(seed)
        shapes = list(itertools.pairwise(sizes))
        self.kernels = [
            tf.Variable(random.normal(scale=np.sqrt(2.0 / sum(shape)), size=shape)) for shape in shapes
        ]
        self.biases = [tf.Variable(tf.zeros([size], tf.float64)) for size in sizes[1:]]

    def layers(self, t, x):
        h = tf.concat([2.0 * t - 1.0, x], axis=1)
        for kernel, bias in zip(self.kernels[:-1], self.biases):
            h = tf.tanh(h @ kernel + bias)
        return h @ self.kernels[-1] + self.biases[-1]

    def __call__(self, t, x):
        return -tf.sin(np.pi * x) + t * (1.0 - x**2) * (self.layers(t, x) - self.layers(t, -x))


def residual(network, t, x):
    """u_t + u u_x - nu u_xx at points [n, 1]."""
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch([t, x])
            u = network(t, x)
        u_t, u_x = inner.gradient(u, [t, x])
    u_xx = outer.gradient(u_x, x)
    return u_t + u * u_x - NU * u_xx


def collocation_points(count, seed=1):
    """Random points t and x of [0, 1], half of them near x = 0, where a shock forms."""
    random = np.random.default_rng(seed)
    t, x = random.uniform(0.0, 1.0, (count, 1)), random.uniform(0.0, 1.0, (count, 1))
    x[::2] *= 0.1
    return tf.constant(t), tf.constant(x)


def train(network, points, steps):
    """Minimise the mean square of the residual by L-BFGS. Return the loss of each step."""
    variables = network.trainable_variables
    sizes = [int(np.prod(v.shape)) for v in variables]

    def assign(vector):
        for variable, part in zip(variables, np.split(vector, np.cumsum(sizes)[:-1])):
            variable.assign(part.reshape(variable.shape))

    @tf.function
    def loss_and_gradient():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(residual(network, *points) ** 2)
        gradients = tape.gradient(loss, variables)
        return loss, tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)

    def objective(vector):
        assign(vector)
        return tuple(value.numpy() for value in loss_and_gradient())

    start = np.concatenate([v.numpy().ravel() for v in variables])
    losses = [objective(start)[0]]
    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 50, "ftol": 0.0, "gtol": 0.0}

    def record(intermediate_result):
        losses.append(intermediate_result.fun)

    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options, callback=record)
    assign(found.x)
    return losses


def exact(t, x):
    """The solution of Burgers' equation at grids of t > 0 and x, by Gauss-Hermite quadrature of Cole's formula."""
    nodes, weights = np.polynomial.hermite.hermgauss(100)
    y = x[..., None] - np.sqrt(4.0 * NU * t[..., None]) * nodes
    f = weights * np.exp(-np.cos(np.pi * y) / (2.0 * np.pi * NU) - 1.0 / (2.0 * np.pi * NU))
    return -np.sum(np.sin(np.pi * y) * f, axis=-1) / np.sum(f, axis=-1)


def draw(picture, t, x, solution, truth, losses):
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    field, profiles, right = figure.subplots(1, 3)
    image = field.pcolormesh(t[:, 0], x[0], solution.T, cmap="RdBu_r", shading="gouraud", rasterized=True)
    field.set(title="the network u(t, x)", xlabel="t", ylabel="x")
    figure.colorbar(image, ax=field)
    for row, color in zip([25, 50, 99], ["C0", "C1", "C3"]):
        profiles.plot(x[0], truth[row], "k--", lw=1.5)
        profiles.plot(x[0], solution[row], color, lw=3, alpha=0.6, label=f"t = {t[row, 0]:.2f}")
    profiles.set(title="network, and exact solution (dashed)", xlabel="x")
    profiles.legend()
    right.semilogy(losses)
    right.set(title="mean squared residual", xlabel="step of L-BFGS")
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2500, help="steps of L-BFGS")
    parser.add_argument("--points", type=int, default=1000, help="where the equation shall hold")
    parser.add_argument("--picture", default="burgers.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    network = Network()
    losses = train(network, collocation_points(options.points), options.steps)
    t, x = np.meshgrid(np.linspace(0.01, 1.0, 100), np.linspace(-1.0, 1.0, 201), indexing="ij")
    solution = network(t.reshape(-1, 1), x.reshape(-1, 1)).numpy().reshape(t.shape)
    truth = exact(t, x)
    error = np.linalg.norm(solution - truth) / np.linalg.norm(truth)
    print(f"mean squared residual {losses[0]:.2e} -> {losses[-1]:.2e} in {len(losses) - 1} steps")
    print(f"relative error of the solution: {error:.1e}; largest error {np.abs(solution - truth).max():.1e}")
    draw(options.picture, t, x, solution, truth, losses)
    print(f"picture: {options.picture}")
    return [*losses, error]


if __name__ == "__main__":
    main()
