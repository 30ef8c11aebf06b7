"""Newton's method, with the gradient and the Hessian of a tape.

J. Nocedal, S. J. Wright: Numerical Optimization, 2nd edition, chapters 3 and 6 (Springer, 2006).

An inner tape gives the gradient, an outer one its Jacobian: the Hessian. Where that is not positive definite,
the step is taken in its eigenvectors with the absolute eigenvalues (Y. Dauphin et al., arXiv:1406.2572), so that it
always goes downhill; the step length is halved until the function falls. Two functions are minimised, each by Newton's
method and by gradient descent: Rosenbrock's valley, and a logistic regression on scikit-learn's breast cancer data.

    python examples/newton.py --picture newton.png
"""

import argparse

import numpy as np
import tensorflow as tf

try:
    from matplotlib.figure import Figure
    from sklearn.datasets import load_breast_cancer
except ImportError as missing:
    raise SystemExit(f"{missing}. This example needs: pip install matplotlib scikit-learn") from missing


def rosenbrock(x):
    return (1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2


def logistic_loss():
    """The mean negative log-likelihood of malignant or benign, as a function of the weights, with a small penalty."""
    table, label = load_breast_cancer(return_X_y=True)
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    features = tf.constant(np.hstack([table, np.ones((len(table), 1))]))
    sign = tf.constant(2.0 * label - 1.0)

    def loss(w):
        margin = sign * tf.linalg.matvec(features, w)
        return tf.reduce_mean(tf.nn.softplus(-margin)) + 1e-4 * tf.reduce_sum(w**2)

    return loss


def newton_direction(function, x):
    """Return the value, the gradient and Newton's step of a function at a Variable."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            value = function(x)
        gradient = inner.gradient(value, x)
    hessian = outer.jacobian(gradient, x)
    curvature, axes = tf.linalg.eigh(hessian)
    along = tf.linalg.matvec(axes, gradient, transpose_a=True)
    return value, gradient, -tf.linalg.matvec(axes, along / tf.maximum(tf.abs(curvature), 1e-12))


def steepest_direction(function, x):
    with tf.GradientTape() as tape:
        value = function(x)
    gradient = tape.gradient(value, x)
    return value, gradient, -gradient


def minimise(function, start, direction, steps, tolerance=1e-10):
    """Follow a direction with Armijo's rule for its length. Return the points, the values and the gradients' norms."""
    x = tf.Variable(start, dtype=tf.float64)
    points, values, norms, length = [], [], [], 1.0
    for _ in range(steps + 1):
        value, gradient, step = direction(function, x)
        points.append(x.numpy())
        values.append(float(value))
        norms.append(float(tf.norm(gradient)))
        if norms[-1] < tolerance:
            break
        slope, length = tf.tensordot(gradient, step, 1), min(1.0, 2 * length)
        while function(x + length * step) > value + 1e-4 * length * slope and length > 1e-10:
            length /= 2
        x.assign_add(length * step)
    return np.array(points), values, norms


def draw(picture, paths, norms):
    figure = Figure(figsize=(10, 4), layout="constrained")
    valley, convergence = figure.subplots(1, 2)
    across, up = np.meshgrid(np.linspace(-1.6, 1.4, 121), np.linspace(-0.6, 1.8, 121))
    valley.contour(
        across, up, rosenbrock([across, up]), np.geomspace(0.1, 1000, 13), cmap="Greys_r", linewidths=0.6
    )
    for name, color, size in [("gradient descent", "tab:orange", 2), ("Newton", "tab:blue", 5)]:
        style = {"marker": "o", "ms": size, "lw": 1, "color": color}
        valley.plot(*paths[name].T, **style, label=f"{name}: {len(paths[name]) - 1} steps")
        convergence.semilogy(norms[name], **style, label=name)
    valley.plot(1, 1, "k*", ms=11)
    valley.set(title="Rosenbrock's valley", xlabel="$x_0$", ylabel="$x_1$")
    valley.legend(loc="lower left")
    convergence.set(title="Logistic regression, 31 weights", xlabel="step", xlim=(-1, 60))
    convergence.set_ylabel("norm of the gradient")
    convergence.legend()
    figure.savefig(picture, dpi=80)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--steps", type=int, default=1000, help="at most so many steps for each function and method"
    )
    parser.add_argument("--picture", default="newton.png", metavar="FILE", help="where the picture goes")
    options = parser.parse_args(arguments)

    paths, norms, curve = {}, {}, []
    for name, direction in {"Newton": newton_direction, "gradient descent": steepest_direction}.items():
        paths[name], valley, _ = minimise(rosenbrock, [-1.2, 1.0], direction, options.steps)
        _, losses, norms[name] = minimise(logistic_loss(), np.zeros(31), direction, options.steps)
        print(f"{name:>16}: Rosenbrock {valley[-1]:.1e} after {len(valley) - 1} steps, ", end="")
        print(f"logistic loss {losses[-1]:.6f}, gradient {norms[name][-1]:.1e} after {len(losses) - 1} steps")
        curve += valley + losses
    draw(options.picture, paths, norms)
    print(f"picture: {options.picture}")
    return curve


if __name__ == "__main__":
    main()
