"""Equations of DeepXDE's examples, solved for a few hundred steps: what the losses are along the way.

The geometries, equations, conditions and networks are those of the examples of the same names, with fewer points and
smaller networks. Each program returns the losses of training (their sum, every 100 steps), the errors of a test, where
the example has a solution to compare with, and what became of the constants that are sought.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from typing import Any

os.environ["DDE_BACKEND"] = "tensorflow"

import numpy as np
import tensorflow as tf

random.seed(
    1
)  # DeepXDE makes its initializers, which draw a seed, when it is imported; TensorFlow draws one, too

import deepxde as dde  # noqa: E402

TOLERANCE = 1e-4
STEPS = int(os.environ.get("STEPS", "200"))
Where = Callable[[Any, Any], Any]


def on_boundary(_: Any, on: Any) -> Any:
    return on


def end(value: float) -> Where:
    """The end of an interval that lies at this value."""
    return lambda x, on: on and dde.utils.isclose(x[0], value)


def constantly(value: float) -> Callable[[Any], float]:
    return lambda x: value


def trained(
    data: Any,
    net: Any,
    *,
    rate: float = 1e-3,
    metrics: Sequence[str] = (),
    variables: Sequence[Any] = (),
    lbfgs: int = 0,
) -> list[Any]:
    """The losses, the metrics, and what the variables became, after steps of Adam and then of L-BFGS."""
    model = dde.Model(data, net)
    options = {"external_trainable_variables": list(variables)} if variables else {}
    model.compile("adam", lr=rate, metrics=list(metrics), verbose=0, **options)
    history, _ = model.train(iterations=STEPS, display_every=100, verbose=0)
    if lbfgs:
        dde.optimizers.set_LBFGS_options(maxiter=lbfgs)
        model.compile("L-BFGS", metrics=list(metrics), verbose=0)
        history, _ = model.train(verbose=0)
    losses = [float(np.sum(loss)) for loss in history.loss_train]
    errors = [float(error) for row in history.metrics_test for error in np.ravel(row)]
    return [losses, errors, [float(variable.numpy()) for variable in variables]]


def network(*sizes: int, activation: str = "tanh", initial: str = "Glorot uniform") -> Any:
    return dde.nn.FNN(list(sizes), activation, initial)


def sine(x: Any) -> Any:
    return np.sin(np.pi * x)


def poisson_of_sine(x: Any, y: Any) -> Any:
    return -dde.grad.hessian(y, x) - np.pi**2 * tf.sin(np.pi * x)


def poisson_of_square(x: Any, y: Any) -> Any:
    return dde.grad.hessian(y, x) - 2


def poisson_dirichlet_1d() -> list[Any]:
    geometry = dde.geometry.Interval(-1, 1)
    edge = dde.icbc.DirichletBC(geometry, sine, on_boundary)
    data = dde.data.PDE(geometry, poisson_of_sine, edge, 16, 2, solution=sine, num_test=100)
    return trained(data, network(1, 50, 50, 50, 1), metrics=["l2 relative error"], lbfgs=10)


def poisson_square(right: Callable[[Any], Any]) -> list[Any]:
    """y'' = 2 with y(-1) = 0 and a condition on the right."""
    geometry = dde.geometry.Interval(-1, 1)
    left = dde.icbc.DirichletBC(geometry, lambda x: (x + 1) ** 2, end(-1))
    data = dde.data.PDE(
        geometry, poisson_of_square, [left, right(geometry)], 16, 2,
        solution=lambda x: (x + 1) ** 2, num_test=100,
    )  # fmt: skip
    return trained(data, network(1, 50, 50, 50, 1), metrics=["l2 relative error"])


def poisson_neumann_1d() -> list[Any]:
    return poisson_square(lambda where: dde.icbc.NeumannBC(where, lambda x: 2 * (x + 1), end(1)))


def poisson_robin_1d() -> list[Any]:
    return poisson_square(lambda where: dde.icbc.RobinBC(where, lambda x, y: y, end(1)))


def poisson_periodic_1d() -> list[Any]:
    geometry = dde.geometry.Interval(-1, 1)
    left = dde.icbc.DirichletBC(geometry, sine, end(-1))
    around = dde.icbc.PeriodicBC(geometry, 0, end(1))
    data = dde.data.PDE(geometry, poisson_of_sine, [left, around], 16, 2, solution=sine, num_test=100)
    return trained(data, network(1, 50, 50, 50, 1), metrics=["l2 relative error"])


def poisson_lshape() -> list[Any]:
    geometry = dde.geometry.Polygon([[0, 0], [1, 0], [1, -1], [-1, -1], [-1, 1], [0, 1]])

    def equation(x: Any, y: Any) -> Any:
        return -dde.grad.hessian(y, x, i=0, j=0) - dde.grad.hessian(y, x, i=1, j=1) - 1

    edge = dde.icbc.DirichletBC(geometry, lambda x: 0, on_boundary)
    data = dde.data.PDE(geometry, equation, edge, num_domain=200, num_boundary=60, num_test=200)
    return trained(data, network(2, 20, 20, 20, 1))


def burgers() -> list[Any]:
    domain = dde.geometry.GeometryXTime(dde.geometry.Interval(-1, 1), dde.geometry.TimeDomain(0, 0.99))

    def equation(x: Any, y: Any) -> Any:
        along_x, along_t = dde.grad.jacobian(y, x, i=0, j=0), dde.grad.jacobian(y, x, i=0, j=1)
        return along_t + y * along_x - 0.01 / np.pi * dde.grad.hessian(y, x, i=0, j=0)

    edge = dde.icbc.DirichletBC(domain, lambda x: 0, on_boundary)
    start = dde.icbc.IC(domain, lambda x: -np.sin(np.pi * x[:, 0:1]), lambda _, on: on)
    data = dde.data.TimePDE(domain, equation, [edge, start], num_domain=400, num_boundary=40, num_initial=60)
    return trained(data, network(2, 20, 20, 20, 1, initial="Glorot normal"), lbfgs=10)


def diffusion(inverse: bool = False) -> list[Any]:
    domain = dde.geometry.GeometryXTime(dde.geometry.Interval(-1, 1), dde.geometry.TimeDomain(0, 1))
    conductivity = dde.Variable(2.0) if inverse else 1.0

    def solution(x: Any) -> Any:
        return np.sin(np.pi * x[:, 0:1]) * np.exp(-x[:, 1:])

    def equation(x: Any, y: Any) -> Any:
        space, time = x[:, 0:1], x[:, 1:]
        source = tf.exp(-time) * (tf.sin(np.pi * space) - np.pi**2 * tf.sin(np.pi * space))
        along_t = dde.grad.jacobian(y, x, i=0, j=1)
        return along_t - conductivity * dde.grad.hessian(y, x, i=0, j=0) + source

    conditions = [
        dde.icbc.DirichletBC(domain, solution, on_boundary),
        dde.icbc.IC(domain, solution, lambda _, on: on),
    ]
    seen = None
    if inverse:
        seen = np.vstack((np.linspace(-1, 1, num=10), np.full(10, 1))).T
        conditions.append(dde.icbc.PointSetBC(seen, solution(seen), component=0))
    data = dde.data.TimePDE(
        domain, equation, conditions, num_domain=40, num_boundary=20, num_initial=10,
        anchors=seen, solution=solution, num_test=1000,
    )  # fmt: skip
    return trained(
        data,
        network(2, 32, 32, 32, 1),
        metrics=["l2 relative error"],
        variables=[conductivity] if inverse else (),
    )


def diffusion_1d() -> list[Any]:
    return diffusion()


def diffusion_1d_inverse() -> list[Any]:
    return diffusion(inverse=True)


def helmholtz_dirichlet_2d() -> list[Any]:
    geometry, wave = dde.geometry.Rectangle([0, 0], [1, 1]), 2 * np.pi * 2

    def equation(x: Any, y: Any) -> Any:
        laplacian = dde.grad.hessian(y, x, i=0, j=0) + dde.grad.hessian(y, x, i=1, j=1)
        source = wave**2 * tf.sin(wave * x[:, 0:1]) * tf.sin(wave * x[:, 1:2])
        return -laplacian - wave**2 * y - source

    net = network(2, 40, 40, 1, activation="sin")
    net.apply_output_transform(lambda x, y: x[:, 0:1] * (1 - x[:, 0:1]) * x[:, 1:2] * (1 - x[:, 1:2]) * y)
    data = dde.data.PDE(
        geometry, equation, [], num_domain=200, num_boundary=40,
        solution=lambda x: np.sin(wave * x[:, 0:1]) * np.sin(wave * x[:, 1:2]), num_test=400,
    )  # fmt: skip
    return trained(data, net, metrics=["l2 relative error"])


def laplace_disk() -> list[Any]:
    geometry = dde.geometry.Rectangle([0, 0], [1, 2 * np.pi])

    def equation(x: Any, y: Any) -> Any:
        radius = x[:, 0:1]
        return (
            radius * dde.grad.jacobian(y, x, i=0, j=0)
            + radius**2 * dde.grad.hessian(y, x, i=0, j=0)
            + dde.grad.hessian(y, x, i=1, j=1)
        )

    def solution(x: Any) -> Any:
        return x[:, 0:1] * np.cos(x[:, 1:2])

    net = network(2, 20, 20, 20, 1)
    net.apply_feature_transform(
        lambda x: tf.concat([x[:, 0:1] * tf.sin(x[:, 1:2]), x[:, 0:1] * tf.cos(x[:, 1:2])], axis=1)
    )
    edge = dde.icbc.DirichletBC(
        geometry, lambda x: np.cos(x[:, 1:2]), lambda x, on: on and dde.utils.isclose(x[0], 1)
    )
    data = dde.data.PDE(
        geometry, equation, edge, num_domain=300, num_boundary=40, num_test=400, solution=solution
    )
    return trained(data, net, metrics=["l2 relative error"])


def euler_beam() -> list[Any]:
    geometry = dde.geometry.Interval(0, 1)

    def bend(x: Any, y: Any) -> Any:
        return dde.grad.hessian(y, x)

    def shear(x: Any, y: Any) -> Any:
        return dde.grad.jacobian(bend(x, y), x)

    conditions = [
        dde.icbc.DirichletBC(geometry, lambda x: 0, end(0)),
        dde.icbc.NeumannBC(geometry, lambda x: 0, end(0)),
        dde.icbc.OperatorBC(geometry, lambda x, y, _: bend(x, y), end(1)),
        dde.icbc.OperatorBC(geometry, lambda x, y, _: shear(x, y), end(1)),
    ]
    data = dde.data.PDE(
        geometry, lambda x, y: dde.grad.hessian(bend(x, y), x) + 1, conditions,
        num_domain=10, num_boundary=2, num_test=100,
        solution=lambda x: -(x**4) / 24 + x**3 / 6 - x**2 / 4,
    )  # fmt: skip
    return trained(data, network(1, 20, 20, 20, 1), metrics=["l2 relative error"])


def wave_1d() -> list[Any]:
    domain = dde.geometry.GeometryXTime(dde.geometry.Interval(0, 1), dde.geometry.TimeDomain(0, 1))

    def solution(x: Any) -> Any:
        space, time = x[:, 0:1], x[:, 1:2]
        slow = np.sin(np.pi * space) * np.cos(2 * np.pi * time)
        return slow + np.sin(4 * np.pi * space) * np.cos(8 * np.pi * time)

    def equation(x: Any, y: Any) -> Any:
        return dde.grad.hessian(y, x, i=1, j=1) - 4 * dde.grad.hessian(y, x, i=0, j=0)

    def at_start(x: Any, _: Any) -> Any:
        return dde.utils.isclose(x[1], 0)

    conditions = [
        dde.icbc.DirichletBC(domain, solution, on_boundary),
        dde.icbc.IC(domain, solution, lambda _, on: on),
        dde.icbc.OperatorBC(domain, lambda x, y, _: dde.grad.jacobian(y, x, i=0, j=1), at_start),
    ]
    data = dde.data.TimePDE(
        domain, equation, conditions, num_domain=120, num_boundary=60, num_initial=60,
        solution=solution, num_test=400,
    )  # fmt: skip
    return trained(data, network(2, 30, 30, 30, 1), metrics=["l2 relative error"])


def ode_system() -> list[Any]:
    geometry = dde.geometry.TimeDomain(0, 10)

    def equation(x: Any, y: Any) -> Any:
        first, second = y[:, 0:1], y[:, 1:]
        return [dde.grad.jacobian(y, x, i=0) - second, dde.grad.jacobian(y, x, i=1) + first]

    conditions = [
        dde.icbc.IC(geometry, lambda x: np.sin(x), lambda _, on: on, component=0),
        dde.icbc.IC(geometry, lambda x: np.cos(x), lambda _, on: on, component=1),
    ]
    data = dde.data.PDE(
        geometry, equation, conditions, 35, 2,
        solution=lambda x: np.hstack((np.sin(x), np.cos(x))), num_test=100,
    )  # fmt: skip
    return trained(data, network(1, 50, 50, 50, 2), metrics=["l2 relative error"])


def lorenz_inverse() -> list[Any]:
    constants = [dde.Variable(1.0) for _ in range(3)]
    geometry = dde.geometry.TimeDomain(0, 3)

    def equation(x: Any, y: Any) -> Any:
        a, b, c = y[:, 0:1], y[:, 1:2], y[:, 2:]
        return [
            dde.grad.jacobian(y, x, i=0) - constants[0] * (b - a),
            dde.grad.jacobian(y, x, i=1) - (a * (constants[1] - c) - b),
            dde.grad.jacobian(y, x, i=2) - (a * b - constants[2] * c),
        ]

    times = np.linspace(0, 3, 20)[:, None]
    conditions: list[Any] = [
        dde.icbc.IC(geometry, constantly(value), lambda _, on: on, component=index)
        for index, value in enumerate((-8, 7, 27))
    ]
    conditions += [
        dde.icbc.PointSetBC(times, size * np.sin(times), component=index)
        for index, size in enumerate((5, 7, 20))
    ]
    data = dde.data.PDE(geometry, equation, conditions, num_domain=100, num_boundary=2, anchors=times)
    return trained(data, network(1, 40, 40, 40, 3), variables=constants)


def volterra_ide() -> list[Any]:
    geometry = dde.geometry.TimeDomain(0, 5)

    def equation(x: Any, y: Any, matrix: Any) -> Any:
        right = tf.matmul(matrix, y)
        return (dde.grad.jacobian(y, x) + y)[: tf.size(right)] - right

    data = dde.data.IDE(
        geometry, equation, dde.icbc.IC(geometry, lambda x: 1, lambda _, on: on),
        20, kernel=lambda x, s: np.exp(s - x), num_domain=10, num_boundary=2,
        train_distribution="uniform", solution=lambda x: np.exp(-x) * np.cosh(x), num_test=50,
    )  # fmt: skip
    return trained(data, network(1, 20, 20, 20, 1))


def func() -> list[Any]:
    geometry = dde.geometry.Interval(-1, 1)
    data = dde.data.Function(geometry, lambda x: x * np.sin(5 * x), 16, 100)
    return trained(data, network(1, 20, 20, 20, 1), metrics=["l2 relative error"])


def antiderivative_aligned() -> list[Any]:
    """An operator network: from a function on 20 points to its integral."""
    draw = np.random.RandomState(1)
    points = np.linspace(0, 1, 20)
    scales, shifts = draw.rand(2, 60, 1)
    inputs = np.sin(4 * scales * points + shifts)
    integrals = (np.cos(shifts) - np.cos(4 * scales * points + shifts)) / (4 * scales)
    trunk = points[:, None].astype("float32")
    inputs, integrals = inputs.astype("float32"), integrals.astype("float32")
    data = dde.data.TripleCartesianProd(
        X_train=(inputs[:40], trunk), y_train=integrals[:40],
        X_test=(inputs[40:], trunk), y_test=integrals[40:],
    )  # fmt: skip
    net = dde.nn.DeepONetCartesianProd([20, 20, 20], [1, 20, 20], "tanh", "Glorot normal")
    return trained(data, net, metrics=["mean l2 relative error"])


def antiderivative_pideeponet() -> list[Any]:
    """An operator network that knows the equation: dy/dx = v(x), without any data."""
    domain = dde.geometry.TimeDomain(0, 1)

    def equation(x: Any, y: Any, v: Any) -> Any:
        return dde.grad.jacobian(y, x, i=0, j=0) - v

    start = dde.icbc.IC(domain, lambda x: 0, lambda _, on: on)
    pde = dde.data.PDE(domain, equation, start, num_domain=20, num_boundary=2, num_test=20)
    data = dde.data.PDEOperator(
        pde, dde.data.PowerSeries(N=4), np.linspace(0, 1, num=10)[:, None], 20, num_test=10
    )
    return trained(data, dde.nn.DeepONet([10, 20, 20], [1, 20, 20], "tanh", "Glorot normal"))


PROGRAMS = {
    function.__name__: function
    for function in (
        poisson_dirichlet_1d, poisson_neumann_1d, poisson_robin_1d, poisson_periodic_1d, poisson_lshape,
        burgers, diffusion_1d, diffusion_1d_inverse, helmholtz_dirichlet_2d, laplace_disk, euler_beam,
        wave_1d, ode_system, lorenz_inverse, volterra_ide, func, antiderivative_aligned,
        antiderivative_pideeponet,
    )
}  # fmt: skip


def seed() -> None:
    """The seeds of Python, NumPy and TensorFlow, the same before each program."""
    dde.config.set_random_seed(1)
